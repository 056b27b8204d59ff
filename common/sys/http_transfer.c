/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/http_impl.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/parse.h"
#include "sys/http_etag.h"
#include "sys/http_resolve.h"

#define CONNECT_TIMEOUT_MS 10000
#define RESOLVED_MAX 4096
#define WAIT_MS 1000	/* as curl_easy_perform() does */
#define SHOWN_MAX 200	/* bytes of foreign text in an error */

static size_t
receive(char *data, size_t size, size_t count, void *context)
{
	struct http_transfer *transfer = context;

	transfer->err = buf_put(&transfer->answer->body, data, size * count);
	return transfer->err == ERR_OK ? size * count : 0;
}

static size_t
receive_header(char *line, size_t size, size_t count, void *context)
{
	struct http_transfer *transfer = context;

	http_etag_read(line, size * count, transfer->answer->etag);
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
	struct http_transfer *transfer = context;
	size_t len = transfer->form->len - transfer->sent;

	if (len > size * count)
		len = size * count;
	memcpy(to, transfer->form->data + transfer->sent, len);
	transfer->sent += len;
	return len;
}

/* libcurl calls it once a second at least. */
static int
go_on(void *context, curl_off_t in_all, curl_off_t in, curl_off_t out_all,
    curl_off_t out)
{
	struct http_transfer *transfer = context;
	const struct http *http = transfer->http;

	(void)in_all;
	(void)in;
	(void)out_all;
	(void)out;
	if (transfer->err == ERR_OK && http->watch != NULL)
		transfer->err = http->watch(http->watcher);
	return transfer->err == ERR_OK ? 0 : 1;
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
    struct http_transfer *transfer)
{
	const char *url = transfer->question->url;
	bool plain = is_plain(url);
	long left = clock_left_ms(transfer->question->deadline_ms);
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
		{ CURLOPT_WRITEDATA, transfer },
		{ CURLOPT_HEADERDATA, transfer },
		{ CURLOPT_XFERINFODATA, transfer },
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

/* A GET, or a POST of the transfer's form. */
static CURLcode
set_method(CURL *curl, struct http_transfer *transfer)
{
	CURLcode c;

	if (transfer->form == NULL)
		return curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	c = curl_easy_setopt(curl, CURLOPT_POST, 1L);
	if (c == CURLE_OK)
		c = curl_easy_setopt(curl, CURLOPT_READFUNCTION, send_form);
	if (c == CURLE_OK)
		c = curl_easy_setopt(curl, CURLOPT_READDATA, transfer);
	if (c == CURLE_OK)
		c = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE,
		    (long)transfer->form->len);
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
failed(const struct http *http, CURLcode c,
    const struct http_transfer *transfer, struct diag *diag)
{
	if (transfer->err != ERR_OK && c == CURLE_ABORTED_BY_CALLBACK)
		return fail(diag, transfer->err, "nobody waits for the answer");
	if (transfer->err != ERR_OK)
		return fail(diag, transfer->err,
		    "the server's answer is longer than %zu bytes",
		    transfer->answer->body.max);
	return fail(diag, reason_of(c), "%s",
	    http->why[0] != '\0' ? http->why : curl_easy_strerror(c));
}

/* Reads status and headers of a finished request. */
static enum err
read_answer(const struct http_transfer *transfer, struct diag *diag)
{
	struct http_response *ret = transfer->answer;
	CURL *curl = transfer->http->curl;
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
	    (status == 304 && transfer->question->etag[0] == '\0'))
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

enum err
http_send(struct http *http, struct http_transfer *transfer,
    struct diag *diag)
{
	const struct http_question *question = transfer->question;
	struct http_response *answer = transfer->answer;
	enum err r = check_question(question, diag);
	int running;
	CURLcode c;

	if (r == ERR_OK)
		r = resolve(http, question->url, diag);
	if (r != ERR_OK)
		return r;
	/* To curl, 0 ms left would mean "no limit". */
	if (clock_left_ms(question->deadline_ms) == 0)
		return fail(diag, ERR_TIMEOUT, "no time left");
	buf_reset(&answer->body);
	answer->etag[0] = '\0';
	http->why[0] = '\0';
	(void)snprintf(transfer->line, sizeof(transfer->line),
	    "If-None-Match: %s", question->etag);
	transfer->http = http;
	transfer->condition.data = transfer->line;
	transfer->condition.next = http->headers;
	c = set_request(http, question->etag[0] != '\0' ?
	    &transfer->condition : http->headers, transfer);
	if (c == CURLE_OK)
		c = set_method(http->curl, transfer);
	if (c != CURLE_OK)
		return failed(http, c, transfer, diag);
	if (curl_multi_add_handle(http->multi, http->curl) != CURLM_OK)
		return fail(diag, ERR_NOMEM, "HTTP client");
	/* What goes wrong, http_finish() hears. */
	(void)curl_multi_perform(http->multi, &running);
	return ERR_OK;
}

/* Waits for the end of what was sent. */
static CURLcode
run(CURLM *multi)
{
	CURLMcode m = CURLM_OK;
	struct CURLMsg *end;
	int running = 1;
	int left;

	while (running != 0 && m == CURLM_OK) {
		m = curl_multi_perform(multi, &running);
		if (running != 0 && m == CURLM_OK)
			m = curl_multi_poll(multi, NULL, 0, WAIT_MS, NULL);
	}
	end = curl_multi_info_read(multi, &left);
	if (end == NULL)
		return m == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY :
		    CURLE_RECV_ERROR;
	return end->data.result;
}

enum err
http_finish(struct http *http, struct http_transfer *transfer,
    struct diag *diag)
{
	CURLcode c = run(http->multi);

	(void)curl_multi_remove_handle(http->multi, http->curl);
	return c == CURLE_OK ? read_answer(transfer, diag) :
	    failed(http, c, transfer, diag);
}

void
http_drop(struct http *http)
{
	(void)curl_multi_remove_handle(http->multi, http->curl);
}
