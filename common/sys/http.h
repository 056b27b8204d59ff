/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An HTTP client that can GET and POST forms (libcurl underneath).
 *
 * https with TLS 1.2 or later, certificate and host name verified; plain http
 * only to a loopback address (parse_is_safe_url()): what never leaves the host
 * needs no TLS, and a laboratory no certificates.  No redirects, cookies,
 * netrc, compression or HTTP/2; nothing from the environment.  Every answer
 * has a maximum size and every wait an end.
 */
#ifndef SYS_HTTP_H
#define SYS_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/limits.h"

struct http_options {
	const char *token;	/* bearer token, secret; "" for none */
	const char *accept;	/* media types; "" for none */
	const char *ca_file;	/* PEM; "" for the system's store */
	const char *proxy;	/* "" for none; never used for plain http */
};

struct http_response {
	int status;		/* 200-299, 304 where it was asked for, 400-599 */
	int64_t retry_after;	/* seconds that the server asks for; 0: none */
	char etag[SCIM_ETAG_MAX + 1]; /* http_is_etag(), or "": none of use */
	char content_type[128];	/* cut to fit; "" when absent */
	struct buf body;
};

#define HTTP_RESPONSE_INIT(body_max) { 0, 0, "", "", BUF_INIT(body_max) }

/* Wipes the body. */
void http_response_clear(struct http_response *response);
DEFINE_AUTO(http_response, struct http_response, http_response_clear);

/* A client talks to one server (whose name it resolves once, without starting
 * a thread) and keeps its connection from one request to the next.  Strings
 * are copied; the copy of the token is wiped by http_free(), and it is sent in
 * the Authorization header to the origin server and nowhere else.  The process
 * ignores SIGPIPE from then on.
 * ERR_SYNTAX (a token that cannot stand in a header), ERR_NOMEM. */
struct http;
enum err http_new(const struct http_options *options, struct http **ret,
	struct diag *diag) MUST_USE;
void http_free(struct http **http);
static inline void http_auto(struct http **http) { http_free(http); }

/* Has every transfer from now on ask watch() once a second or more often
 * whether it shall go on; anything but ERR_OK ends it, with that reason.
 * NULL: nobody is asked.  A name is resolved without asking. */
void http_watch(struct http *http, enum err (*watch)(void *context),
	void *context);

/*
 * GET; ends at the deadline (clock_monotonic_ms()).  Whatever the server
 * answers is a success, whose status the caller looks at, except a redirect.
 * ret's body is filled up to its maximum.  What a server wrote, an error's
 * detail included, may repeat the token.  ERR_SYNTAX (unsafe address),
 * ERR_HTTP_REDIRECT, ERR_HTTP_TLS, ERR_TIMEOUT, ERR_TOO_LONG, ERR_NOMEM,
 * ERR_HTTP (anything else: no such host, refused, broken off).
 */
enum err http_get(struct http *http, const char *url, int64_t deadline_ms,
	struct http_response *ret, struct diag *diag) MUST_USE;

/* A question that the server need not answer again. */
struct http_question {
	const char *url;
	const char *etag;	/* an earlier answer's; "": none is known */
	int64_t deadline_ms;
};

/*
 * As http_get(), with If-None-Match: status 304, and no body, says that the
 * answer would be the one that etag was given with.  304 to a question without
 * etag is ERR_HTTP.  ERR_SYNTAX also for what is no etag.
 */
enum err http_get_changed(struct http *http,
	const struct http_question *question, struct http_response *ret,
	struct diag *diag) MUST_USE;

/*
 * Sends the question of an http_get() that will come, with the same address,
 * deadline and maximum of the answer, which then need only wait for what is
 * left.  Any other question drops it, and its connection.  Does not wait, so
 * that only a connection that is there already can be used at once; what goes
 * wrong is for http_get() to tell.
 */
void http_ask_ahead(struct http *http, const char *url, int64_t deadline_ms,
	size_t max);

/* An entity tag as RFC 9110 section 8.8.3 writes it, "..." or W/"...", that
 * may stand in a header: no longer than SCIM_ETAG_MAX, and ASCII only, which
 * the RFC does not ask for. */
bool http_is_etag(const char *text, size_t len)
	__attribute__((warn_unused_result));

/*
 * POST of an application/x-www-form-urlencoded body, which may be secret; sent
 * once, whatever becomes of the connection; as http_get() in everything else.
 * For the OAuth endpoints: a SCIM server is never sent anything but GET
 * (tests/lint/includes.sh sees to it).
 */
enum err http_post(struct http *http, const char *url, const struct buf *form,
	int64_t deadline_ms, struct http_response *ret, struct diag *diag)
	MUST_USE;

/* Appends name=value, with an & before it unless out is empty, escaped as the
 * form's media type wants.  ERR_TOO_LONG, ERR_NOMEM. */
enum err http_form_add(struct buf *out, const char *name, const char *value)
	MUST_USE;

#endif
