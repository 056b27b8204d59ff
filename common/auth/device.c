/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/device.h"

#include <stdbool.h>
#include <string.h>

#include "auth/device_answer.h"
#include "auth/device_error.h"
#include "sys/http.h"
#include "sys/json.h"

#define GRANT "urn:ietf:params:oauth:grant-type:device_code"
/* No offline_access: a host that wants one login needs no refresh token. */
#define SCOPE "openid profile"

#define FORM_MAX (3 * (DEVICE_CODE_MAX_LEN + 1024))
#define BEGIN_TRIES 3
#define BEGIN_WAIT_MS 1000	/* before the second try, twice as long after */
#define SLOW_DOWN_MS 5000	/* RFC 8628, 3.5 */
#define BACK_OFF_MAX_MS 60000

/* What came of one request. */
enum outcome {
	ANSWERED,		/* with status 200, and a document */
	STOPPED,
	NOT_YET,
	TOO_FAST,
	BUSY,
};

struct turn {
	enum outcome outcome;
	enum err reason;	/* of STOPPED */
	int64_t retry_after_ms;	/* that the server asks for; 0: nothing */
	struct json *body;	/* of ANSWERED */
};

#define TURN_INIT { STOPPED, ERR_INTERNAL, 0, NULL }

static void
turn_clear(struct turn *turn)
{
	json_free(&turn->body);
}
DEFINE_AUTO(turn, struct turn, turn_clear);

static int64_t
longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
shorter(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* A failure of the transport: is it worth another try? */
static void
read_failure(enum err r, struct turn *turn, struct diag *diag)
{
	turn->outcome = r == ERR_HTTP || r == ERR_TIMEOUT ? BUSY : STOPPED;
	turn->reason = r != ERR_TOO_LONG ? r : fail(diag, ERR_DEVICE_RESPONSE,
	    "an answer longer than %u bytes", OIDC_MAX);
}

/* What a proxy or a portal shows instead of an answer. */
static bool
is_page(const struct http_response *answer)
{
	return strncasecmp(answer->content_type, "text/html", 9) == 0;
}

static enum err
read_body(const struct http_response *answer, struct json **ret,
    struct diag *diag)
{
	AUTO(json) struct json *body = NULL;
	enum err r;

	if (is_page(answer))
		return fail(diag, ERR_DEVICE_RESPONSE,
		    "status %d, a page of HTML", answer->status);
	r = json_parse(answer->body.data, answer->body.len, &body, NULL);
	if (r != ERR_OK)
		return fail(diag, r, "answer with status %d", answer->status);
	if (json_kind_of(body) != JSON_KIND_OBJECT)
		return fail(diag, ERR_DEVICE_RESPONSE,
		    "status %d, no JSON object", answer->status);
	*ret = TAKE(body);
	return ERR_OK;
}

static void
read_error(struct json *body, struct turn *turn, struct diag *diag)
{
	static const enum outcome outcomes[] = {
		[DEVICE_STOP] = STOPPED,
		[DEVICE_GO_ON] = NOT_YET,
		[DEVICE_SLOW_DOWN] = TOO_FAST,
		[DEVICE_BACK_OFF] = BUSY,
	};

	turn->outcome = outcomes[device_error_read(body, &turn->reason,
	    diag)];
}

/* Success is status 200 and nothing else; an error is one that RFC 6749, 5.2
 * has a status for, or 403. */
static enum err
read_answer(const struct http_response *answer, struct turn *turn,
    struct diag *diag)
{
	AUTO(json) struct json *body = NULL;
	int status = answer->status;
	enum err r;

	/* 408 is what some say on a connection before they close it. */
	if (status == 408 || status == 429 || status >= 500) {
		turn->outcome = BUSY;
		return fail(diag, ERR_DEVICE_BUSY, "status %d", status);
	}
	if (status != 200 && status != 400 && status != 401 && status != 403)
		return fail(diag, ERR_DEVICE_RESPONSE, "status %d", status);
	r = read_body(answer, &body, diag);
	if (r != ERR_OK)
		return r;
	if (status != 200) {
		read_error(body, turn, diag);
		return turn->reason;
	}
	turn->outcome = ANSWERED;
	turn->body = TAKE(body);
	return ERR_OK;
}

/* One request and its answer; the caller clears turn. */
static void
take_turn(const struct device_server *server, const char *url,
    const struct buf *form, struct turn *turn, struct diag *diag)
{
	AUTO(http_response) struct http_response answer =
	    HTTP_RESPONSE_INIT(OIDC_MAX);
	enum err r = server->post(server->context, url, form, &answer, diag);

	turn_clear(turn);
	*turn = (struct turn)TURN_INIT;
	if (r != ERR_OK) {
		read_failure(r, turn, diag);
		return;
	}
	turn->retry_after_ms = 1000 * shorter(DEVICE_EXPIRES_IN_MAX,
	    longer(answer.retry_after, 0));
	turn->reason = read_answer(&answer, turn, diag);
}

/* Another try might help, and there is no time for it; diag keeps what happened
 * to the last one. */
static enum err
busy(struct diag *diag)
{
	if (diag != NULL)
		diag->code = ERR_DEVICE_BUSY;
	return ERR_DEVICE_BUSY;
}

/* Waits for the next try, unless it were too long for somebody who has seen
 * nothing yet. */
static enum err
wait_to_begin(const struct device_request *request,
    const struct device_server *server, int64_t ms, struct diag *diag)
{
	if (ms > BACK_OFF_MAX_MS ||
	    ms >= request->deadline_ms - server->clock(server->context))
		return ERR_DEVICE_BUSY;
	return server->wait(server->context, ms, diag);
}

/* Asks until there is an answer or it is enough. */
static enum err
ask_for_code(const struct device_request *request,
    const struct device_server *server, const struct buf *form,
    struct turn *turn, struct diag *diag)
{
	int64_t wait_ms = BEGIN_WAIT_MS;
	enum err r = ERR_OK;

	for (int i = 0; i < BEGIN_TRIES && r == ERR_OK; i++) {
		if (i > 0)
			r = wait_to_begin(request, server, longer(wait_ms <<
			    (i - 1), turn->retry_after_ms), diag);
		if (r != ERR_OK)
			break;
		take_turn(server, request->device_endpoint, form, turn, diag);
		if (turn->outcome == ANSWERED)
			return ERR_OK;
		if (turn->outcome == STOPPED)
			return turn->reason;
		if (turn->outcome == NOT_YET)
			return fail(diag, ERR_DEVICE_RESPONSE,
			    "authorization_pending before there is a code");
	}
	return r != ERR_OK && r != ERR_DEVICE_BUSY ? r : busy(diag);
}

enum err
device_begin(const struct device_request *request,
    const struct device_server *server, struct device_code *ret,
    struct diag *diag)
{
	AUTO(turn) struct turn turn = TURN_INIT;
	AUTO(buf) struct buf form = BUF_INIT(FORM_MAX);
	enum err r = http_form_add(&form, "client_id", request->client_id);

	if (r == ERR_OK)
		r = http_form_add(&form, "scope", SCOPE);
	if (r != ERR_OK)
		return fail(diag, r, "device authorization request");
	if (server->clock(server->context) >= request->deadline_ms)
		return fail(diag, ERR_DEVICE_TIME, "no time left");
	r = ask_for_code(request, server, &form, &turn, diag);
	if (r != ERR_OK)
		return r;
	return device_answer_code(turn.body, request->uris, ret, diag);
}

/* A login that waits for its token. */
struct polls {
	const struct device_request *request;
	const struct device_server *server;
	struct buf form;	/* has the device_code */
	int64_t expires_ms;	/* the code does */
	int64_t interval_ms;	/* that the server wants */
	int64_t wait_ms;	/* before the next poll */
	unsigned int failures;	/* without an answer between them */
	bool untrusted;		/* the last one was ERR_HTTP_TLS */
	struct turn turn;	/* the last poll */
};

static void
polls_clear(struct polls *p)
{
	buf_clear(&p->form);
	turn_clear(&p->turn);
}
DEFINE_AUTO(polls, struct polls, polls_clear);

/* After NOT_YET, TOO_FAST or BUSY. */
static void
set_pace(struct polls *p)
{
	if (p->turn.outcome == TOO_FAST)
		p->interval_ms += SLOW_DOWN_MS;
	if (p->turn.outcome == BUSY) {
		p->failures++;
		p->wait_ms = longer(p->interval_ms,
		    shorter(p->wait_ms * 2, BACK_OFF_MAX_MS));
	} else {
		p->failures = 0;
		p->wait_ms = p->interval_ms;
	}
	p->wait_ms = longer(p->wait_ms, p->turn.retry_after_ms);
}

/* The reason when there is no time for another poll: to wait for none would
 * help nobody.  One failure that the end has cut short says nothing about the
 * server. */
static enum err
check_time(const struct polls *p, struct diag *diag)
{
	int64_t now = p->server->clock(p->server->context);
	int64_t deadline = p->request->deadline_ms;
	int64_t end = shorter(deadline, p->expires_ms);

	if (now + p->wait_ms < end)
		return ERR_OK;
	if (p->failures > 1 || (p->failures == 1 && now < end))
		return busy(diag);
	if (p->expires_ms < deadline)
		return fail(diag, ERR_DEVICE_EXPIRED,
		    "nobody signed in within the code's time");
	return fail(diag, ERR_DEVICE_TIME, "nobody signed in");
}

/* A handshake that the network breaks off looks like one that is refused: who
 * means it says it twice. */
static void
forgive_once(struct polls *p)
{
	bool again = p->untrusted;

	p->untrusted = p->turn.outcome == STOPPED &&
	    p->turn.reason == ERR_HTTP_TLS;
	if (p->untrusted && !again)
		p->turn.outcome = BUSY;
}

/* Polls once, when it is time. */
static enum err
poll_once(struct polls *p, bool first, struct diag *diag)
{
	enum err r = check_time(p, diag);

	if (r == ERR_OK && !first)
		r = p->server->pending(p->server->context,
		    (p->wait_ms + 999) / 1000, diag);
	if (r == ERR_OK)
		r = p->server->wait(p->server->context, p->wait_ms, diag);
	if (r != ERR_OK)
		return r;
	take_turn(p->server, p->request->token_endpoint, &p->form, &p->turn,
	    diag);
	forgive_once(p);
	return p->turn.outcome == STOPPED ? p->turn.reason : ERR_OK;
}

enum err
device_poll(const struct device_request *request,
    const struct device_code *code, const struct device_server *server,
    struct device_token *ret, struct diag *diag)
{
	AUTO(polls) struct polls p = {
		.request = request, .server = server,
		.form = BUF_INIT(FORM_MAX),
		.expires_ms = server->clock(server->context) +
		    code->expires_in * 1000,
		.interval_ms = code->interval * 1000,
		.wait_ms = code->interval * 1000,
		.turn = TURN_INIT,
	};
	enum err r = http_form_add(&p.form, "grant_type", GRANT);

	if (r == ERR_OK)
		r = http_form_add(&p.form, "client_id", request->client_id);
	if (r == ERR_OK)
		r = http_form_add(&p.form, "device_code",
		    buf_str(&code->secret));
	if (r != ERR_OK)
		return fail(diag, r, "token request");
	r = poll_once(&p, true, diag);
	while (r == ERR_OK && p.turn.outcome != ANSWERED) {
		set_pace(&p);
		r = poll_once(&p, false, diag);
	}
	if (r != ERR_OK)
		return r;
	return device_answer_token(p.turn.body, ret, diag);
}
