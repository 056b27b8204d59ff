/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/http.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/parse.h"
#include "sys/http_etag.h"
#include "sys/http_resolve.h"

#define CONNECT_TIMEOUT_MS 10000
#define RESOLVED_MAX 4096
#define SHOWN_MAX 200	/* bytes of foreign text in an error */

struct http {
	CURL *curl;
	struct curl_slist *headers;	/* one holds the token */
	struct curl_slist *resolved;	/* host, port and addresses */
	char *proxy;
	enum err (*watch)(void *context);
	void *watcher;
	char why[CURL_ERROR_SIZE];
};

/* What is sent, where the answer goes, and why we ended the transfer. */
struct sink {
	const struct http *http;
	const struct http_question *question;
	const struct buf *form;		/* NULL: none */
	size_t sent;
	struct http_response *answer;
	enum err err;
};

void
http_response_clear(struct http_response *response)
{
	buf_clear(&response->body);
}

static size_t
receive(char *data, size_t size, size_t count, void *context)
{
	struct sink *sink = context;

	sink->err = buf_put(&sink->answer->body, data, size * count);
	return sink->err == ERR_OK ? size * count : 0;
}

static size_t
receive_header(char *line, size_t size, size_t count, void *context)
{
	struct sink *sink = context;

	http_etag_read(line, size * count, sink->answer->etag);
	return size * count;
}

/*
 * On a connection that was kept and is closed meanwhile libcurl sends a
 * request again, by itself and at once, which the provider takes for a poll
 * that came too early.  It cannot if it would have to read the form again: so
 * it is given one that cannot be wound back, and not the bytes.
 */
static size_t
send_form(char *to, size_t size, size_t count, void *context)
{
	struct sink *sink = context;
	size_t len = sink->form->len - sink->sent;

	if (len > size * count)
		len = size * count;
	memcpy(to, sink->form->data + sink->sent, len);
	sink->sent += len;
	return len;
}

/* libcurl calls it once a second at least. */
static int
go_on(void *context, curl_off_t in_all, curl_off_t in, curl_off_t out_all,
    curl_off_t out)
{
	struct sink *sink = context;
	const struct http *http = sink->http;

	(void)in_all;
	(void)in;
	(void)out_all;
	(void)out;
	if (sink->err == ERR_OK && http->watch != NULL)
		sink->err = http->watch(http->watcher);
	return sink->err == ERR_OK ? 0 : 1;
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
	http->proxy = strdup(options->proxy);
	if (http->curl == NULL || http->proxy == NULL)
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

void
http_free(struct http **http)
{
	struct http *h = *http;

	if (h == NULL)
		return;
	curl_easy_cleanup(h->curl);
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

static bool
is_plain(const char *url)
{
	return url[4] == ':';
}

/* Sees to it that libcurl need not resolve: see http_resolve.h. */
static enum err
resolve(struct http *http, const char *url, struct diag *diag)
{
	AUTO(buf) struct buf entry = BUF_INIT(RESOLVED_MAX);
	struct curl_slist *list;
	bool direct = http->proxy[0] == '\0' || is_plain(url);
	enum err r;

	/* One client asks one server. */
	if (http->resolved != NULL)
		return ERR_OK;
	if (direct)
		r = http_resolve(url, is_plain(url) ? "80" : "443", &entry,
		    diag);
	else
		r = http_resolve(http->proxy, strncmp(http->proxy, "https:",
		    6) == 0 ? "443" : "1080", &entry, diag);
	if (r != ERR_OK || entry.len == 0)
		return r;
	list = curl_slist_append(NULL, buf_str(&entry));
	if (list == NULL)
		return fail(diag, ERR_NOMEM, "address");
	http->resolved = list;
	if (curl_easy_setopt(http->curl, CURLOPT_RESOLVE, list) != CURLE_OK)
		return fail(diag, ERR_HTTP, "address");
	return ERR_OK;
}

/* curl itself refuses every other scheme, whatever we think of the URL. */
static CURLcode
set_scheme(CURL *curl, bool plain)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
	    plain ? "http" : "https");
#else
	return curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
	    (long)(plain ? CURLPROTO_HTTP : CURLPROTO_HTTPS));
#endif
}

static CURLcode
set_functions(CURL *curl)
{
	CURLcode c = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);

	if (c == CURLE_OK)
		c = curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION,
		    receive_header);
	if (c == CURLE_OK)
		c = curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, go_on);
	return c;
}

/* What differs from one request to the next.  headers must live as long as
 * the request does. */
static CURLcode
set_request(struct http *http, const struct curl_slist *headers,
    struct sink *sink)
{
	const char *url = sink->question->url;
	bool plain = is_plain(url);
	long left = clock_left_ms(sink->question->deadline_ms);
	const struct {
		CURLoption option;
		long value;
	} numbers[] = {
		{ CURLOPT_TIMEOUT_MS, left },
		{ CURLOPT_CONNECTTIMEOUT_MS,
		    left < CONNECT_TIMEOUT_MS ? left : CONNECT_TIMEOUT_MS },
	};
	const struct {
		CURLoption option;
		const void *value;
	} pointers[] = {
		{ CURLOPT_URL, url },
		{ CURLOPT_HTTPHEADER, headers },
		{ CURLOPT_PROXY, plain ? "" : http->proxy },
		{ CURLOPT_WRITEDATA, sink },
		{ CURLOPT_HEADERDATA, sink },
		{ CURLOPT_XFERINFODATA, sink },
		{ CURLOPT_ERRORBUFFER, http->why },
	};
	CURLcode c = set_scheme(http->curl, plain);

	for (size_t i = 0; i < ARRAY_LEN(numbers) && c == CURLE_OK; i++)
		c = curl_easy_setopt(http->curl, numbers[i].option,
		    numbers[i].value);
	for (size_t i = 0; i < ARRAY_LEN(pointers) && c == CURLE_OK; i++)
		c = curl_easy_setopt(http->curl, pointers[i].option,
		    pointers[i].value);
	return c == CURLE_OK ? set_functions(http->curl) : c;
}

/* A GET, or a POST of the sink's form. */
static CURLcode
set_method(CURL *curl, struct sink *sink)
{
	CURLcode c;

	if (sink->form == NULL)
		return curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	c = curl_easy_setopt(curl, CURLOPT_POST, 1L);
	if (c == CURLE_OK)
		c = curl_easy_setopt(curl, CURLOPT_READFUNCTION, send_form);
	if (c == CURLE_OK)
		c = curl_easy_setopt(curl, CURLOPT_READDATA, sink);
	if (c == CURLE_OK)
		c = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE,
		    (long)sink->form->len);
	return c;
}

static enum err
reason_of(CURLcode c)
{
	static const struct {
		CURLcode curl;
		enum err err;
	} reasons[] = {
		{ CURLE_OPERATION_TIMEDOUT, ERR_TIMEOUT },
		{ CURLE_OUT_OF_MEMORY, ERR_NOMEM },
		{ CURLE_PEER_FAILED_VERIFICATION, ERR_HTTP_TLS },
		{ CURLE_SSL_CONNECT_ERROR, ERR_HTTP_TLS },
		{ CURLE_SSL_CACERT_BADFILE, ERR_HTTP_TLS },
		{ CURLE_SSL_CERTPROBLEM, ERR_HTTP_TLS },
		{ CURLE_SSL_CIPHER, ERR_HTTP_TLS },
		{ CURLE_SSL_ISSUER_ERROR, ERR_HTTP_TLS },
	};

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].curl == c)
			return reasons[i].err;
	return ERR_HTTP;
}

static enum err
failed(const struct http *http, CURLcode c, const struct sink *sink,
    struct diag *diag)
{
	if (sink->err != ERR_OK && c == CURLE_ABORTED_BY_CALLBACK)
		return fail(diag, sink->err, "nobody waits for the answer");
	if (sink->err != ERR_OK)
		return fail(diag, sink->err,
		    "the server's answer is longer than %zu bytes",
		    sink->answer->body.max);
	return fail(diag, reason_of(c), "%s",
	    http->why[0] != '\0' ? http->why : curl_easy_strerror(c));
}

/* Reads status and headers of a finished request. */
static enum err
read_answer(const struct sink *sink, struct diag *diag)
{
	struct http_response *ret = sink->answer;
	CURL *curl = sink->http->curl;
	const char *type = NULL;
	const char *location = NULL;
	curl_off_t retry_after = 0;
	long status = 0;

	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	(void)curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
	(void)curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
	if (status >= 300 && status < 400 && status != 304)
		return fail(diag, ERR_HTTP_REDIRECT, "%ld to \"%.*s\": "
		    "if that is right, configure that address", status,
		    SHOWN_MAX, location == NULL ? "" : location);
	if (status < 200 || status > 599 ||
	    (status == 304 && sink->question->etag[0] == '\0'))
		return fail(diag, ERR_HTTP, "status %ld", status);
	(void)snprintf(ret->content_type, sizeof(ret->content_type), "%s",
	    type == NULL ? "" : type);
	if (!http_is_etag(ret->etag, strlen(ret->etag)))
		ret->etag[0] = '\0';
	/* A date that is past. */
	ret->retry_after = retry_after < 0 ? 0 : retry_after;
	ret->status = (int)status;
	return ERR_OK;
}

static enum err
check_question(const struct http_question *question, struct diag *diag)
{
	const char *url = question->url;
	const char *etag = question->etag;

	if (!parse_is_safe_url(url, strlen(url)))
		return fail(diag, ERR_SYNTAX, "\"%.*s\" is not an address "
		    "that begins with https://", SHOWN_MAX, url);
	if (etag[0] != '\0' && !http_is_etag(etag, strlen(etag)))
		return fail(diag, ERR_SYNTAX, "not an entity tag");
	return ERR_OK;
}

static enum err
ask(struct http *http, const struct http_question *question,
    const struct buf *form, struct http_response *ret, struct diag *diag)
{
	struct sink sink = { http, question, form, 0, ret, ERR_OK };
	char line[SCIM_ETAG_MAX + 32];
	/* One header before those of every request. */
	struct curl_slist condition = { line, http->headers };
	enum err r = check_question(question, diag);
	CURLcode c;

	if (r == ERR_OK)
		r = resolve(http, question->url, diag);
	if (r != ERR_OK)
		return r;
	/* To curl, 0 ms left would mean "no limit". */
	if (clock_left_ms(question->deadline_ms) == 0)
		return fail(diag, ERR_TIMEOUT, "no time left");
	buf_reset(&ret->body);
	ret->etag[0] = '\0';
	http->why[0] = '\0';
	(void)snprintf(line, sizeof(line), "If-None-Match: %s",
	    question->etag);
	c = set_request(http, question->etag[0] != '\0' ? &condition :
	    http->headers, &sink);
	if (c == CURLE_OK)
		c = set_method(http->curl, &sink);
	if (c == CURLE_OK)
		c = curl_easy_perform(http->curl);
	if (c != CURLE_OK)
		return failed(http, c, &sink, diag);
	return read_answer(&sink, diag);
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
