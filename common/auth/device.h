/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client's side of the device authorization grant (RFC 8628), as a
 * function of a transport and a clock: it asks for a code, polls at the
 * server's pace, and ends with a token or a reason.  What a server wrote
 * never leaves it but as checked values (catalogue V3 to V8).
 */
#ifndef AUTH_DEVICE_H
#define AUTH_DEVICE_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/limits.h"

struct http_response;

/* How it reaches the world. */
struct device_server {
	/* POST of a form to one of the two endpoints; as http_post(). */
	enum err (*post)(void *context, const char *url,
	    const struct buf *form, struct http_response *ret,
	    struct diag *diag);
	/* Milliseconds that only go forward. */
	int64_t (*clock)(void *context);
	/* Sleeps; ERR_WIRE_CLOSED when nobody waits for us any more. */
	enum err (*wait)(void *context, int64_t ms, struct diag *diag);
	/* Says, after a poll that brought nothing, that there is to be
	 * another, and when. */
	enum err (*pending)(void *context, int64_t seconds,
	    struct diag *diag);
	void *context;
};

struct device_request {
	const char *device_endpoint;
	const char *token_endpoint;
	const char *client_id;
	const char *uris;	/* verification addresses, one per line */
	int64_t deadline_ms;	/* on server->clock() */
};

/* What the person is shown, checked (V5). */
struct device_code {
	char user_code[USER_CODE_MAX_LEN + 1];	/* A-Z 0-9 and - */
	char uri[1025];
	int64_t expires_in;	/* seconds */
	int64_t interval;	/* seconds, at least DEVICE_INTERVAL_MIN */
	struct buf secret;	/* device_code */
};

#define DEVICE_CODE_INIT { "", "", 0, 0, BUF_INIT(DEVICE_CODE_MAX_LEN) }

/* Wipes. */
void device_code_clear(struct device_code *code);
DEFINE_AUTO(device_code, struct device_code, device_code_clear);

/* What the flow ended with. */
struct device_token {
	struct buf id_token;
	struct buf access_token;	/* for at_hash (J23), then forgotten */
};

#define DEVICE_TOKEN_INIT { BUF_INIT(JWT_MAX), BUF_INIT(OIDC_MAX) }

void device_token_clear(struct device_token *token);
DEFINE_AUTO(device_token, struct device_token, device_token_clear);

/* The device authorization request (RFC 8628, 3.1, 3.2).  One try, repeated
 * only while the server is busy and there is time.  ERR_DEVICE_*, ERR_HTTP_*,
 * ERR_JSON. */
enum err device_begin(const struct device_request *request,
	const struct device_server *server, struct device_code *ret,
	struct diag *diag) MUST_USE;

/*
 * The token requests (RFC 8628, 3.4, 3.5), from `interval` after now on: never
 * faster than the server wants, slower after slow_down (5 s for good), twice
 * as slow after each failure to connect and each 408, 429 or 5xx.
 * ERR_DEVICE_EXPIRED when the code's time is over, ERR_DEVICE_TIME at the
 * deadline (in both cases when there is no time for another poll),
 * ERR_DEVICE_BUSY when the last polls before that failed; ERR_DEVICE_RESPONSE,
 * ERR_JSON, ERR_JWT_TOO_LONG for an answer that is none, ERR_HTTP_TLS when
 * two in a row were that, ERR_HTTP_REDIRECT, and the reasons of
 * device_error.h.
 */
enum err device_poll(const struct device_request *request,
	const struct device_code *code, const struct device_server *server,
	struct device_token *ret, struct diag *diag) MUST_USE;

#endif
