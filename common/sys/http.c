/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/http_impl.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

void
http_response_clear(struct http_response *response)
{
	buf_clear(&response->body);
}

/* Adds a header of name and value; none when the value is "". */
static enum err
add_header(struct http *http, const char *name, const char *value)
{
	AUTO(buf) struct buf line = BUF_INIT(SCIM_TOKEN_MAX + 256);
	struct curl_slist *longer;
	enum err r;

	if (value[0] == '\0')
		return ERR_OK;
	r = buf_printf(&line, "%s%s", name, value);
	if (r != ERR_OK)
		return r;
	longer = curl_slist_append(http->headers, buf_str(&line));
	if (longer == NULL)
		return ERR_NOMEM;
	http->headers = longer;
	return ERR_OK;
}

static enum err
check_token(const char *token, struct diag *diag)
{
	for (const char *p = token; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return fail(diag, ERR_SYNTAX, "the token has a space, "
			    "a control character or a non-ASCII one");
	if (strlen(token) > SCIM_TOKEN_MAX)
		return fail(diag, ERR_SYNTAX,
		    "the token is longer than %u bytes", SCIM_TOKEN_MAX);
	return ERR_OK;
}

/* What is the same for every request. */
static CURLcode
set_policy(CURL *curl, const struct http_options *options)
{
	static const struct {
		CURLoption option;
		long value;
	} policy[] = {
		{ CURLOPT_NOSIGNAL, 1 },
		{ CURLOPT_NOPROGRESS, 0 },
		{ CURLOPT_FOLLOWLOCATION, 0 },
		{ CURLOPT_UNRESTRICTED_AUTH, 0 },
		{ CURLOPT_NETRC, CURL_NETRC_IGNORED },
		{ CURLOPT_HEADEROPT, CURLHEADER_SEPARATE },
		{ CURLOPT_SUPPRESS_CONNECT_HEADERS, 1 },
		{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
		{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
		{ CURLOPT_SSL_VERIFYPEER, 1 },
		{ CURLOPT_SSL_VERIFYHOST, 2 },
		{ CURLOPT_PROXY_SSL_VERIFYPEER, 1 },
		{ CURLOPT_PROXY_SSL_VERIFYHOST, 2 },
	};
	CURLcode c = CURLE_OK;

	for (size_t i = 0; i < ARRAY_LEN(policy) && c == CURLE_OK; i++)
		c = curl_easy_setopt(curl, policy[i].option, policy[i].value);
	if (c == CURLE_OK)
		c = curl_easy_setopt(curl, CURLOPT_USERAGENT,
		    "8x8sso/" PACKAGE_VERSION);
	/* "" and not NULL: NULL would mean the environment's no_proxy. */
	if (c == CURLE_OK)
		c = curl_easy_setopt(curl, CURLOPT_NOPROXY, "");
	if (c == CURLE_OK && options->ca_file[0] != '\0')
		c = curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca_file);
	/* The configured file replaces the system's store. */
	if (c == CURLE_OK && options->ca_file[0] != '\0')
		c = curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	return c;
}

/* CURLOPT_NOSIGNAL leaves this to the program: OpenSSL may write to a socket as
 * to a file, and a server that has gone away would be the end of us. */
static void
ignore_broken_pipes(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGPIPE, &ignore, NULL);
}

enum err
http_new(const struct http_options *options, struct http **ret,
    struct diag *diag)
{
	AUTO(http) struct http *http = NULL;
	enum err r = check_token(options->token, diag);

	ignore_broken_pipes();

	if (r != ERR_OK)
		return r;
	http = calloc(1, sizeof(*http));
	if (http == NULL)
		return fail(diag, ERR_NOMEM, "HTTP client");
	http->curl = curl_easy_init();
	http->multi = curl_multi_init();
	http->proxy = strdup(options->proxy);
	if (http->curl == NULL || http->multi == NULL || http->proxy == NULL)
		return fail(diag, ERR_NOMEM, "HTTP client");
	r = add_header(http, "Accept: ", options->accept);
	if (r == ERR_OK)
		r = add_header(http, "Authorization: Bearer ",
		    options->token);
	if (r != ERR_OK)
		return fail(diag, r, "HTTP client");
	if (set_policy(http->curl, options) != CURLE_OK)
		return fail(diag, ERR_HTTP,
		    "this libcurl lacks an option that is needed for safety");
	*ret = TAKE(http);
	return ERR_OK;
}

static void
forget_ahead(struct http *http)
{
	if (http->ahead.sent)
		http_drop(http);
	http->ahead.sent = false;
	free(http->ahead.url);
	http->ahead.url = NULL;
}

void
http_free(struct http **http)
{
	struct http *h = *http;

	if (h == NULL)
		return;
	forget_ahead(h);
	buf_clear(&h->ahead.answer.body);
	curl_easy_cleanup(h->curl);
	(void)curl_multi_cleanup(h->multi);
	for (struct curl_slist *l = h->headers; l != NULL; l = l->next)
		explicit_bzero(l->data, strlen(l->data));
	curl_slist_free_all(h->headers);
	curl_slist_free_all(h->resolved);
	free(h->proxy);
	free(h);
	*http = NULL;
}

void
http_watch(struct http *http, enum err (*watch)(void *context), void *context)
{
	http->watch = watch;
	http->watcher = context;
}

/* -- asking ---------------------------------------------------------------- */

static bool
is_ahead(const struct http_ahead *ahead, const struct http_question *question,
    size_t max)
{
	return ahead->sent && question->etag[0] == '\0' &&
	    strcmp(question->url, ahead->url) == 0 &&
	    question->deadline_ms == ahead->question.deadline_ms &&
	    ahead->answer.body.max == max;
}

/* The answers change places: each goes on with the other's memory. */
static enum err
take_ahead(struct http *http, struct http_response *ret, struct diag *diag)
{
	struct http_ahead *ahead = &http->ahead;
	struct http_response answer;
	enum err r = http_finish(http, &ahead->transfer, diag);

	ahead->sent = false;
	answer = ahead->answer;
	ahead->answer = *ret;
	*ret = answer;
	return r;
}

static enum err
ask(struct http *http, const struct http_question *question,
    const struct buf *form, struct http_response *ret, struct diag *diag)
{
	struct http_transfer transfer = {
		.question = question, .form = form, .answer = ret,
	};
	enum err r;

	if (form == NULL && is_ahead(&http->ahead, question, ret->body.max))
		return take_ahead(http, ret, diag);
	forget_ahead(http);
	r = http_send(http, &transfer, diag);
	return r != ERR_OK ? r : http_finish(http, &transfer, diag);
}

void
http_ask_ahead(struct http *http, const char *url, int64_t deadline_ms,
    size_t max)
{
	struct http_ahead *ahead = &http->ahead;

	forget_ahead(http);
	ahead->url = strdup(url);
	if (ahead->url == NULL)
		return;
	ahead->question = (struct http_question){
		ahead->url, "", deadline_ms
	};
	ahead->answer.body.max = max;
	ahead->answer.retry_after = 0;
	ahead->transfer = (struct http_transfer){
		.question = &ahead->question, .answer = &ahead->answer,
	};
	ahead->sent = http_send(http, &ahead->transfer, NULL) == ERR_OK;
}

enum err
http_get(struct http *http, const char *url, int64_t deadline_ms,
    struct http_response *ret, struct diag *diag)
{
	const struct http_question question = { url, "", deadline_ms };

	return ask(http, &question, NULL, ret, diag);
}

enum err
http_get_changed(struct http *http, const struct http_question *question,
    struct http_response *ret, struct diag *diag)
{
	return ask(http, question, NULL, ret, diag);
}

enum err
http_post(struct http *http, const char *url, const struct buf *form,
    int64_t deadline_ms, struct http_response *ret, struct diag *diag)
{
	const struct http_question question = { url, "", deadline_ms };

	return ask(http, &question, form, ret, diag);
}
