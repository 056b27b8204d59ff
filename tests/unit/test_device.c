/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device flow against a server and a clock that are written down here.
 */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include "auth/device.h"
#include "sys/http.h"

#define DEVICE "https://login.example/t/devicecode"
#define TOKEN "https://login.example/t/token"
#define URIS "https://microsoft.com/devicelogin\nhttps://h.example/d"
#define URI "https://microsoft.com/devicelogin"
#define TIMES_MAX 512

#define GOOD "{\"device_code\":\"dev-ice_code\"," \
	"\"user_code\":\"C45FGVYJR\"," \
	"\"verification_uri\":\"" URI "\",\"expires_in\":900," \
	"\"interval\":5,\"message\":\"\\u001b[2J\"}"
#define TOKENS "{" TOKENS_ON
#define TOKENS_ON "\"token_type\":\"Bearer\",\"expires_in\":3599," \
	"\"access_token\":\"acc\",\"id_token\":\"a.b.c\"," \
	"\"refresh_token\":\"never\",\"scope\":\"openid profile\"}"
#define PENDING "{\"error\":\"authorization_pending\"}"
#define SLOW "{\"error\":\"slow_down\"}"

/* One answer; err is what the transport says instead. */
struct reply {
	int status;
	const char *body;
	int64_t retry_after;
	int64_t takes_ms;
	enum err err;
	const char *type;	/* NULL: application/json */
};

struct fake {
	const struct reply *reply;
	size_t count;		/* the last one is given again and again */
	int64_t now;
	size_t asked;
	int64_t begun[TIMES_MAX];	/* of each request */
	int64_t ended[TIMES_MAX];
	char form[16384];	/* of the last */
	char url[128];
	size_t waits;
	size_t pendings;
	int64_t pending_s;	/* that was said last */
	size_t gone_after;	/* waits; 0: never */
};

static enum err
fake_post(void *context, const char *url, const struct buf *form,
    struct http_response *ret, struct diag *diag)
{
	struct fake *f = context;
	size_t i = f->asked < f->count ? f->asked : f->count - 1;
	const struct reply *reply = &f->reply[i];

	assert_true(f->asked < TIMES_MAX);
	f->begun[f->asked] = f->now;
	f->now += reply->takes_ms;
	f->ended[f->asked++] = f->now;
	(void)snprintf(f->form, sizeof(f->form), "%s", buf_str(form));
	(void)snprintf(f->url, sizeof(f->url), "%s", url);
	if (reply->err != ERR_OK)
		return fail(diag, reply->err, "transport");
	ret->status = reply->status;
	ret->retry_after = reply->retry_after;
	(void)snprintf(ret->content_type, sizeof(ret->content_type), "%s",
	    reply->type == NULL ? "application/json; charset=utf-8" :
	    reply->type);
	buf_reset(&ret->body);
	return buf_puts(&ret->body, reply->body);
}

static int64_t
fake_clock(void *context)
{
	const struct fake *f = context;

	return f->now;
}

static enum err
fake_wait(void *context, int64_t ms, struct diag *diag)
{
	struct fake *f = context;

	assert_true(ms > 0);
	f->waits++;
	if (f->gone_after != 0 && f->waits > f->gone_after)
		return fail(diag, ERR_WIRE_CLOSED, "gone");
	f->now += ms;
	return ERR_OK;
}

static enum err
fake_pending(void *context, int64_t seconds, struct diag *diag)
{
	struct fake *f = context;

	(void)diag;
	f->pendings++;
	f->pending_s = seconds;
	return ERR_OK;
}

static struct device_server
server_of(struct fake *f)
{
	return (struct device_server){ fake_post, fake_clock, fake_wait,
		fake_pending, f };
}

static const struct device_request request = {
	DEVICE, TOKEN, "11111111-2222-3333-4444-555555555555", URIS, 180000
};

static enum err
begin(struct fake *f, struct device_code *ret, struct diag *diag)
{
	const struct device_server server = server_of(f);

	return device_begin(&request, &server, ret, diag);
}

/* One answer to the first request. */
static enum err
begin_with(const char *body, struct device_code *ret)
{
	const struct reply reply = { .status = 200, .body = body };
	struct fake f = { .reply = &reply, .count = 1 };
	enum err r = begin(&f, ret, NULL);

	assert_int_equal(f.asked, 1);
	return r;
}

static void
assert_begin_refused(const char *body, enum err want)
{
	AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;

	assert_err(begin_with(body, &code), want);
	assert_int_equal(code.secret.len, 0);
	assert_string_equal(code.user_code, "");
}

/* Polls with a code of 900 s and this interval. */
static enum err
poll_every(struct fake *f, int64_t interval, struct device_token *ret,
    struct diag *diag)
{
	AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;
	const struct device_server server = server_of(f);

	code.interval = interval;
	code.expires_in = 900;
	assert_err(buf_puts(&code.secret, "dev/ice code"), ERR_OK);
	return device_poll(&request, &code, &server, ret, diag);
}

static enum err
poll_once(const struct reply *reply, struct device_token *ret)
{
	struct fake f = { .reply = reply, .count = 1 };
	enum err r = poll_every(&f, 5, ret, NULL);

	assert_int_equal(f.asked, 1);
	return r;
}

/* No token, and nobody is asked again. */
static void
assert_poll_refused(struct reply reply, enum err want)
{
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;

	assert_err(poll_once(&reply, &token), want);
	assert_int_equal(token.id_token.len, 0);
	assert_int_equal(token.access_token.len, 0);
}

static void
assert_token_refused(const char *body, enum err want)
{
	assert_poll_refused((struct reply){ .status = 200, .body = body },
	    want);
}

/* -- the code */

static void
good_answer_gives_a_code(void **state)
{
	const struct reply reply = { .status = 200, .body = GOOD };
	struct fake f = { .reply = &reply, .count = 1 };
	AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;

	(void)state;
	assert_err(begin(&f, &code, NULL), ERR_OK);
	assert_string_equal(f.url, DEVICE);
	assert_string_equal(f.form, "client_id=11111111-2222-3333-4444-"
	    "555555555555&scope=openid+profile");
	assert_string_equal(code.user_code, "C45FGVYJR");
	assert_string_equal(code.uri, URI);
	assert_string_equal(buf_str(&code.secret), "dev-ice_code");
	assert_int_equal(code.expires_in, 900);
	assert_int_equal(code.interval, 5);
}

static void
v7_what_is_no_document_gives_no_code(void **state)
{
	(void)state;
	assert_begin_refused("", ERR_JSON);
	assert_begin_refused("<html>", ERR_JSON);
	assert_begin_refused("{\"device_code\":\"dev", ERR_JSON);
	assert_begin_refused(GOOD "x", ERR_JSON);
	assert_begin_refused("{\"a\":{\"b\":1,\"b\":1}}", ERR_JSON);
	assert_begin_refused("[" GOOD "]", ERR_DEVICE_RESPONSE);
	assert_begin_refused("{}", ERR_DEVICE_RESPONSE);
	assert_begin_refused(PENDING, ERR_DEVICE_RESPONSE);
}

static void
v7_only_status_200_gives_a_code(void **state)
{
	static const struct {
		struct reply reply;
		enum err want;
	} bad[] = {
		{ { .status = 201, .body = GOOD }, ERR_DEVICE_RESPONSE },
		{ { .status = 204, .body = "" }, ERR_DEVICE_RESPONSE },
		{ { .status = 404, .body = GOOD }, ERR_DEVICE_RESPONSE },
		{ { .status = 400, .body = GOOD }, ERR_DEVICE_RESPONSE },
		{ { .status = 400, .body = PENDING }, ERR_DEVICE_RESPONSE },
		{ { .status = 400, .body = "{\"error\":\"invalid_client\","
		    "\"error_codes\":[7000218]}" }, ERR_DEVICE_CLIENT },
		{ { .status = 401, .body = "{\"error\":\"invalid_client\"}" },
		    ERR_DEVICE_CLIENT },
		{ { .status = 400, .body = "{\"error\":\"invalid_request\","
		    "\"error_codes\":[90002]}" }, ERR_DEVICE_TENANT },
		{ { .status = 200, .body = GOOD, .type = "text/html" },
		    ERR_DEVICE_RESPONSE },
		{ { .err = ERR_HTTP_TLS }, ERR_HTTP_TLS },
		{ { .err = ERR_HTTP_REDIRECT }, ERR_HTTP_REDIRECT },
		{ { .err = ERR_TOO_LONG }, ERR_DEVICE_RESPONSE },
		{ { .err = ERR_WIRE_CLOSED }, ERR_WIRE_CLOSED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct fake f = { .reply = &bad[i].reply, .count = 1 };
		AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;
		struct diag diag = DIAG_INIT;

		assert_err(begin(&f, &code, &diag), bad[i].want);
		assert_err(diag.code, bad[i].want == ERR_DEVICE_RESPONSE ?
		    ERR_DEVICE_RESPONSE : diag.code);
		assert_int_equal(f.asked, 1);
		assert_int_equal(code.secret.len, 0);
	}
}

static void
v8_a_busy_server_is_asked_three_times_for_a_code(void **state)
{
	static const struct reply busy[] = {
		{ .status = 429, .body = "" }, { .status = 500, .body = "" },
		{ .status = 408, .body = "" },
		{ .status = 503, .body = GOOD }, { .err = ERR_HTTP },
		{ .err = ERR_TIMEOUT, .takes_ms = 15000 },
		{ .status = 400, .body = SLOW },
		{ .status = 400,
		    .body = "{\"error\":\"temporarily_unavailable\"}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(busy); i++) {
		const struct reply then[] = { busy[i], busy[i],
			{ .status = 200, .body = GOOD } };
		struct fake f = { .reply = then, .count = 3 };
		struct fake g = { .reply = &busy[i], .count = 1 };
		AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;
		AUTO(device_code) struct device_code none = DEVICE_CODE_INIT;
		struct diag diag = DIAG_INIT;

		assert_err(begin(&f, &code, NULL), ERR_OK);
		assert_int_equal(f.begun[1] - f.ended[0], 1000);
		assert_int_equal(f.begun[2] - f.ended[1], 2000);
		assert_err(begin(&g, &none, &diag), ERR_DEVICE_BUSY);
		assert_err(diag.code, ERR_DEVICE_BUSY);
		assert_int_equal(g.asked, 3);
		assert_int_equal(none.secret.len, 0);
	}
}

static void
v8_retry_after_is_obeyed_or_it_is_given_up(void **state)
{
	static const struct reply soon[] = {
		{ .status = 429, .body = "", .retry_after = 30 },
		{ .status = 200, .body = GOOD } };
	static const struct reply late[] = {
		{ .status = 429, .body = "", .retry_after = 61 },
		{ .status = 200, .body = GOOD } };
	struct fake f = { .reply = soon, .count = 2 };
	struct fake g = { .reply = late, .count = 2 };
	struct fake h = { .reply = soon, .count = 2, .now = 160000 };
	AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;

	(void)state;
	assert_err(begin(&f, &code, NULL), ERR_OK);
	assert_int_equal(f.begun[1] - f.ended[0], 30000);
	assert_err(begin(&g, &code, NULL), ERR_DEVICE_BUSY);
	assert_int_equal(g.asked, 1);
	/* No time for it. */
	assert_err(begin(&h, &code, NULL), ERR_DEVICE_BUSY);
	assert_int_equal(h.asked, 1);
	/* A refusal leaves the code as it was. */
	assert_string_equal(code.user_code, "C45FGVYJR");
}

static void
v4_nobody_is_asked_after_the_deadline(void **state)
{
	const struct reply reply = { .status = 200, .body = GOOD };
	struct fake f = { .reply = &reply, .count = 1, .now = 180000 };
	AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;

	(void)state;
	assert_err(begin(&f, &code, NULL), ERR_DEVICE_TIME);
	assert_int_equal(f.asked, 0);
}

/* -- the token */

static void
v7_a_token_comes_with_status_200(void **state)
{
	static const char *const good[] = {
		TOKENS,
		"{\"token_type\":\"bearer\",\"id_token\":\"a.b.c\"}",
		"{\"token_type\":\"BEARER\",\"id_token\":\"a.b.c\","
		    "\"error\":\"\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		const struct reply reply = { .status = 200, .body = good[i] };
		struct fake f = { .reply = &reply, .count = 1 };
		AUTO(device_token) struct device_token token =
		    DEVICE_TOKEN_INIT;

		assert_err(poll_every(&f, 5, &token, NULL), ERR_OK);
		assert_string_equal(buf_str(&token.id_token), "a.b.c");
		assert_string_equal(buf_str(&token.access_token),
		    i == 0 ? "acc" : "");
		assert_int_equal(f.begun[0], 5000);
		assert_string_equal(f.url, TOKEN);
		assert_string_equal(f.form, "grant_type=urn%3Aietf%3Aparams"
		    "%3Aoauth%3Agrant-type%3Adevice_code&client_id=11111111-"
		    "2222-3333-4444-555555555555&device_code=dev%2Fice+code");
		assert_int_equal(f.pendings, 0);
	}
}

static void
v7_answers_that_are_no_token_end_it(void **state)
{
	static const char *const bad[] = {
		"{}", "[]", "[" TOKENS "]", PENDING,
		"{\"id_token\":\"a.b.c\"}",
		"{\"token_type\":\"mac\",\"id_token\":\"a.b.c\"}",
		"{\"token_type\":\"Bearer \",\"id_token\":\"a.b.c\"}",
		"{\"token_type\":\"N_A\",\"id_token\":\"a.b.c\"}",
		"{\"token_type\":1,\"id_token\":\"a.b.c\"}",
		"{\"token_type\":\"Bearer\"}",
		"{\"token_type\":\"Bearer\",\"access_token\":\"x\"}",
		"{\"token_type\":\"Bearer\",\"id_token\":null}",
		"{\"token_type\":\"Bearer\",\"id_token\":\"\"}",
		"{\"token_type\":\"Bearer\",\"id_token\":[\"a.b.c\"]}",
		"{\"token_type\":\"Bearer\",\"ID_TOKEN\":\"a.b.c\"}",
		"{\"Token_Type\":\"Bearer\",\"id_token\":\"a.b.c\"}",
		"{\"token_type\":\"Bearer\",\"id_token\":\"a.b.c\","
		    "\"access_token\":7}",
		"{\"token_type\":\"Bearer\",\"id_token\":\"a.b.c\","
		    "\"access_token\":\"\"}",
	};

	(void)state;
	assert_token_refused("{\"error\":\"authorization_pending\"," TOKENS_ON,
	    ERR_DEVICE_RESPONSE);
	assert_token_refused("{\"error\":{}," TOKENS_ON, ERR_DEVICE_RESPONSE);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_token_refused(bad[i], ERR_DEVICE_RESPONSE);
	assert_token_refused("", ERR_JSON);
	assert_token_refused("<html>login</html>", ERR_JSON);
	assert_token_refused("{\"token_type\":\"Bearer\",\"id_tok", ERR_JSON);
	assert_token_refused(TOKENS TOKENS, ERR_JSON);
	assert_token_refused("{\"token_type\":\"Bearer\",\"id_token\":\"a\","
	    "\"id_token\":\"b\"}", ERR_JSON);
}

static void
v7_no_other_status_has_a_token(void **state)
{
	static const int statuses[] = { 201, 202, 203, 204, 206, 400, 401,
		402, 403, 404, 405, 410, 418 };
	static const int strange[] = { 200, 201, 204, 299, 399, 402, 404,
		499 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		assert_poll_refused((struct reply){ .status = statuses[i],
		    .body = TOKENS }, ERR_DEVICE_RESPONSE);
	assert_poll_refused((struct reply){ .status = 200, .body = TOKENS,
	    .type = "text/html; charset=utf-8" }, ERR_DEVICE_RESPONSE);
	/* Nor does one say that the sign-in goes on. */
	for (size_t i = 0; i < ARRAY_LEN(strange); i++)
		assert_poll_refused((struct reply){ .status = strange[i],
		    .body = PENDING }, ERR_DEVICE_RESPONSE);
}

static void
v7_an_array_is_not_even_looked_at(void **state)
{
	const struct reply reply = { .status = 200, .body = "[" TOKENS "]" };
	struct fake f = { .reply = &reply, .count = 1 };
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_err(poll_every(&f, 5, &token, &diag), ERR_DEVICE_RESPONSE);
	assert_string_equal(diag.text, "status 200, no JSON object");
}

static void
v7_transport_that_is_not_trustworthy_ends_it(void **state)
{
	static const enum err ends[] = { ERR_HTTP_REDIRECT, ERR_SYNTAX,
		ERR_NOMEM, ERR_WIRE_CLOSED };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		assert_poll_refused((struct reply){ .err = ends[i] },
		    ends[i]);
	assert_poll_refused((struct reply){ .err = ERR_TOO_LONG },
	    ERR_DEVICE_RESPONSE);
}

static void
v8_broken_handshake_is_tried_once_more(void **state)
{
	static const struct reply replies[] = {
		{ .err = ERR_HTTP_TLS },
		{ .status = 400, .body = PENDING },
		{ .err = ERR_TIMEOUT },
		{ .err = ERR_HTTP_TLS },
		{ .err = ERR_TIMEOUT },
		{ .status = 200, .body = TOKENS },
	};
	struct fake f = { .reply = replies, .count = ARRAY_LEN(replies) };
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;

	(void)state;
	assert_err(poll_every(&f, 5, &token, NULL), ERR_OK);
	assert_int_equal(f.begun[1] - f.ended[0], 10000);
}

static void
j25_two_broken_handshakes_end_it(void **state)
{
	static const struct reply replies[] = {
		{ .status = 400, .body = PENDING },
		{ .err = ERR_HTTP_TLS },
		{ .err = ERR_HTTP_TLS },
		{ .status = 200, .body = TOKENS },
	};
	struct fake f = { .reply = replies, .count = ARRAY_LEN(replies) };
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_err(poll_every(&f, 5, &token, &diag), ERR_HTTP_TLS);
	assert_err(diag.code, ERR_HTTP_TLS);
	assert_int_equal(f.asked, 3);
	assert_int_equal(token.id_token.len, 0);
}

static void
j11_tokens_that_are_too_long_are_refused(void **state)
{
	AUTO_FREE char *body = malloc(OIDC_MAX);
	AUTO_FREE char *long_one = malloc(JWT_MAX + 2);

	(void)state;
	memset(long_one, 'x', JWT_MAX + 1);
	long_one[JWT_MAX + 1] = '\0';
	(void)snprintf(body, OIDC_MAX, "{\"token_type\":\"Bearer\","
	    "\"id_token\":\"%s\"}", long_one);
	assert_token_refused(body, ERR_JWT_TOO_LONG);
}

static void
errors_end_it_with_their_reason(void **state)
{
	static const struct {
		const char *body;
		enum err want;
	} errors[] = {
		{ "{\"error\":\"authorization_declined\"}",
		    ERR_DEVICE_DECLINED },
		{ "{\"error\":\"expired_token\"}", ERR_DEVICE_EXPIRED },
		{ "{\"error\":\"invalid_grant\",\"error_codes\":[50105]}",
		    ERR_DEVICE_UNASSIGNED },
		{ "{\"error\":\"invalid_grant\",\"error_codes\":[53003]}",
		    ERR_DEVICE_BLOCKED },
		{ "{\"error\":\"what_is_that\"}", ERR_DEVICE_REFUSED },
		{ "{}", ERR_DEVICE_RESPONSE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		assert_poll_refused((struct reply){ .status = 400,
		    .body = errors[i].body }, errors[i].want);
		assert_poll_refused((struct reply){ .status = 401,
		    .body = errors[i].body }, errors[i].want);
	}
}

static void
v3_a_code_that_was_used_ends_it(void **state)
{
	static const struct reply replies[] = {
		{ .status = 400, .body = PENDING },
		{ .status = 400, .body = "{\"error\":\"invalid_grant\"}" },
		{ .status = 200, .body = TOKENS },
	};
	struct fake f = { .reply = replies, .count = 3 };
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_err(poll_every(&f, 5, &token, &diag), ERR_DEVICE_LOST);
	assert_int_equal(f.asked, 2);
	assert_int_equal(token.id_token.len, 0);
	assert_null(strstr(diag.text, "dev"));
	assert_poll_refused((struct reply){ .status = 400,
	    .body = "{\"error\":\"bad_verification_code\"}" },
	    ERR_DEVICE_LOST);
}

/* -- the pace */

static void
v4_polls_keep_the_interval_after_each_answer(void **state)
{
	static const struct reply replies[] = {
		{ .status = 400, .body = PENDING, .takes_ms = 4000 },
		{ .status = 400, .body = PENDING, .takes_ms = 10 },
		{ .status = 400, .body = PENDING, .takes_ms = 14000 },
		{ .status = 200, .body = TOKENS },
	};
	struct fake f = { .reply = replies, .count = 4 };
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;

	(void)state;
	assert_err(poll_every(&f, 7, &token, NULL), ERR_OK);
	assert_int_equal(f.begun[0], 7000);
	for (size_t i = 1; i < f.asked; i++)
		assert_int_equal(f.begun[i] - f.ended[i - 1], 7000);
	assert_int_equal(f.pendings, 3);
	assert_int_equal(f.pending_s, 7);
}

static void
v4_slow_down_adds_five_seconds_for_good(void **state)
{
	static const struct reply replies[] = {
		{ .status = 400, .body = SLOW },
		{ .status = 400, .body = PENDING },
		{ .status = 400, .body = SLOW },
		{ .status = 503, .body = "" },
		{ .status = 400, .body = PENDING },
		{ .status = 200, .body = TOKENS },
	};
	static const int64_t gaps[] = { 10, 10, 15, 30, 15 };
	struct fake f = { .reply = replies, .count = 6 };
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;

	(void)state;
	assert_err(poll_every(&f, 5, &token, NULL), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(gaps); i++)
		assert_int_equal(f.begun[i + 1] - f.ended[i],
		    gaps[i] * 1000);
}

static void
v4_failures_double_the_wait_up_to_a_minute(void **state)
{
	static const struct reply kinds[] = {
		{ .err = ERR_HTTP }, { .err = ERR_TIMEOUT },
		{ .status = 429, .body = PENDING },
		{ .status = 502, .body = "<html>" },
		{ .status = 400,
		    .body = "{\"error\":\"temporarily_unavailable\"}" },
	};
	static const int64_t gaps[] = { 10, 20, 40, 5 };

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		const struct reply replies[] = { kinds[k], kinds[k], kinds[k],
			{ .status = 400, .body = PENDING },
			{ .status = 200, .body = TOKENS } };
		struct fake f = { .reply = replies, .count = 5 };
		struct fake g = { .reply = &kinds[k], .count = 1 };
		AUTO(device_token) struct device_token token =
		    DEVICE_TOKEN_INIT;

		assert_err(poll_every(&f, 5, &token, NULL), ERR_OK);
		for (size_t i = 0; i < ARRAY_LEN(gaps); i++)
			assert_int_equal(f.begun[i + 1] - f.ended[i],
			    gaps[i] * 1000);
		/* 20 s become 40, 60 and not 80. */
		assert_err(poll_every(&g, 20, &token, NULL),
		    ERR_DEVICE_BUSY);
		assert_int_equal(g.begun[2] - g.ended[1], 60000);
	}
}

static void
v4_long_intervals_are_not_shortened_by_the_cap(void **state)
{
	static const struct reply replies[] = {
		{ .err = ERR_HTTP }, { .status = 200, .body = TOKENS },
	};
	struct fake f = { .reply = replies, .count = 2 };
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;

	(void)state;
	assert_err(poll_every(&f, 80, &token, NULL), ERR_OK);
	assert_int_equal(f.begun[1] - f.ended[0], 80000);
}

static void
v4_retry_after_is_obeyed_when_it_is_longer(void **state)
{
	static const struct reply replies[] = {
		{ .status = 429, .body = "", .retry_after = 3 },
		{ .status = 503, .body = "", .retry_after = 90 },
		{ .status = 400, .body = PENDING, .retry_after = 12 },
		{ .status = 200, .body = TOKENS },
	};
	static const int64_t gaps[] = { 10, 90, 12 };
	static const struct reply late = { .status = 429, .body = "",
		.retry_after = INT64_MAX };
	struct fake f = { .reply = replies, .count = 4 };
	struct fake g = { .reply = &late, .count = 1 };
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;

	(void)state;
	assert_err(poll_every(&f, 5, &token, NULL), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(gaps); i++)
		assert_int_equal(f.begun[i + 1] - f.ended[i],
		    gaps[i] * 1000);
	assert_err(poll_every(&g, 5, &token, NULL), ERR_DEVICE_BUSY);
	assert_int_equal(g.asked, 1);
	assert_int_equal(g.waits, 1);
}

static void
v8_a_network_that_comes_back_costs_no_login(void **state)
{
	static const struct reply replies[] = {
		{ .status = 400, .body = PENDING },
		{ .err = ERR_HTTP }, { .err = ERR_TIMEOUT, .takes_ms = 15000 },
		{ .err = ERR_HTTP }, { .status = 400, .body = PENDING },
		{ .status = 200, .body = TOKENS },
	};
	struct fake f = { .reply = replies, .count = 6 };
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;

	(void)state;
	assert_err(poll_every(&f, 5, &token, NULL), ERR_OK);
	assert_int_equal(f.pendings, 5);
}

static void
v8_a_network_that_stays_away_ends_at_the_deadline(void **state)
{
	static const struct reply replies[] = {
		{ .status = 400, .body = PENDING }, { .err = ERR_HTTP },
	};
	struct fake f = { .reply = replies, .count = 2 };
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_err(poll_every(&f, 5, &token, &diag), ERR_DEVICE_BUSY);
	assert_err(diag.code, ERR_DEVICE_BUSY);
	assert_string_equal(diag.text, "transport");
	assert_in_range(f.now, 120000, 179999);
}

static void
v8_an_outage_that_is_over_is_none(void **state)
{
	static const struct reply replies[] = {
		{ .err = ERR_HTTP }, { .err = ERR_HTTP }, { .err = ERR_HTTP },
		{ .status = 400, .body = PENDING },
	};
	struct fake f = { .reply = replies, .count = 4 };
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;

	(void)state;
	assert_err(poll_every(&f, 5, &token, NULL), ERR_DEVICE_TIME);
}

static void
v4_polls_end_at_the_deadline(void **state)
{
	static const struct reply reply = { .status = 400, .body = PENDING,
		.takes_ms = 100 };
	struct fake f = { .reply = &reply, .count = 1 };
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;

	(void)state;
	assert_err(poll_every(&f, 5, &token, NULL), ERR_DEVICE_TIME);
	assert_int_equal(f.asked, 35);
	assert_in_range(f.now, 174000, 180000);
}

static void
v4_a_poll_cut_short_by_the_deadline_is_no_outage(void **state)
{
	static const struct reply replies[] = {
		{ .status = 400, .body = PENDING },
		{ .err = ERR_TIMEOUT, .takes_ms = 20000 },
	};
	struct fake f = { .reply = replies, .count = 2 };
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;

	(void)state;
	assert_err(poll_every(&f, 80, &token, NULL), ERR_DEVICE_TIME);
	assert_int_equal(f.asked, 2);
}

static void
v4_polls_end_when_the_code_expires(void **state)
{
	static const struct reply reply = { .status = 400, .body = PENDING };
	struct fake f = { .reply = &reply, .count = 1 };
	const struct device_server server = server_of(&f);
	AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;

	(void)state;
	code.interval = 5;
	code.expires_in = 21;
	assert_err(device_poll(&request, &code, &server, &token, NULL),
	    ERR_DEVICE_EXPIRED);
	assert_int_equal(f.asked, 4);
	/* Not even one poll fits. */
	f = (struct fake){ .reply = &reply, .count = 1 };
	code.expires_in = 5;
	assert_err(device_poll(&request, &code, &server, &token, NULL),
	    ERR_DEVICE_EXPIRED);
	assert_int_equal(f.asked, 0);
}

static void
v4_polls_end_when_nobody_waits_for_them(void **state)
{
	static const struct reply reply = { .status = 400, .body = PENDING };
	struct fake f = { .reply = &reply, .count = 1, .gone_after = 3 };
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;

	(void)state;
	assert_err(poll_every(&f, 5, &token, NULL), ERR_WIRE_CLOSED);
	assert_int_equal(f.asked, 3);
}

/* A generator of our own: the same sequences on every host. */
static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static struct reply
random_reply(uint32_t *seed)
{
	static const struct reply kinds[] = {
		{ .status = 400, .body = PENDING },
		{ .status = 400, .body = PENDING },
		{ .status = 400, .body = SLOW },
		{ .status = 429, .body = "" }, { .status = 503, .body = "" },
		{ .err = ERR_HTTP }, { .err = ERR_TIMEOUT },
	};
	struct reply reply = kinds[next_random(seed) % ARRAY_LEN(kinds)];

	reply.takes_ms = (int64_t)(next_random(seed) % 15000);
	if (next_random(seed) % 4 == 0)
		reply.retry_after = (int64_t)(next_random(seed) % 100);
	return reply;
}

/* What the server wants, by RFC 8628 and RFC 9110, told once more. */
static void
assert_polite(const struct fake *f, int64_t interval)
{
	int64_t failures = 0;

	assert_true(f->asked == 0 || f->begun[0] >= interval * 1000);
	for (size_t i = 0; i + 1 < f->asked; i++) {
		const struct reply *r = &f->reply[i];
		bool failed = r->err != ERR_OK || r->status >= 429;
		int64_t gap = f->begun[i + 1] - f->ended[i];

		if (r->body != NULL && strcmp(r->body, SLOW) == 0)
			interval += 5;
		failures = failed ? failures + 1 : 0;
		assert_true(gap >= interval * 1000);
		assert_true(r->err != ERR_OK || gap >= r->retry_after * 1000);
		/* Each failure reduces the frequency, until it is low. */
		assert_true(failures == 0 || gap >= 60000 ||
		    gap >= interval * 1000 + 1000);
	}
}

static void
v4_no_sequence_of_answers_makes_it_faster(void **state)
{
	uint32_t seed = 8628;

	(void)state;
	for (size_t run = 0; run < 2000; run++) {
		struct reply replies[64];
		struct fake f = { .reply = replies, .count = 64 };
		AUTO(device_token) struct device_token token =
		    DEVICE_TOKEN_INIT;
		int64_t interval = 5 + (int64_t)(next_random(&seed) % 20);
		enum err r;

		for (size_t i = 0; i < ARRAY_LEN(replies); i++)
			replies[i] = random_reply(&seed);
		r = poll_every(&f, interval, &token, NULL);
		assert_true(r == ERR_DEVICE_TIME || r == ERR_DEVICE_BUSY);
		assert_true(f.asked < 64);
		assert_true(f.asked == 0 || f.begun[f.asked - 1] < 180000);
		assert_polite(&f, interval);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_answer_gives_a_code),
		cmocka_unit_test(v7_what_is_no_document_gives_no_code),
		cmocka_unit_test(v7_only_status_200_gives_a_code),
		cmocka_unit_test(
		    v8_a_busy_server_is_asked_three_times_for_a_code),
		cmocka_unit_test(v8_retry_after_is_obeyed_or_it_is_given_up),
		cmocka_unit_test(v4_nobody_is_asked_after_the_deadline),
		cmocka_unit_test(v7_a_token_comes_with_status_200),
		cmocka_unit_test(v7_answers_that_are_no_token_end_it),
		cmocka_unit_test(v7_no_other_status_has_a_token),
		cmocka_unit_test(v7_an_array_is_not_even_looked_at),
		cmocka_unit_test(
		    v7_transport_that_is_not_trustworthy_ends_it),
		cmocka_unit_test(v8_broken_handshake_is_tried_once_more),
		cmocka_unit_test(j25_two_broken_handshakes_end_it),
		cmocka_unit_test(j11_tokens_that_are_too_long_are_refused),
		cmocka_unit_test(errors_end_it_with_their_reason),
		cmocka_unit_test(v3_a_code_that_was_used_ends_it),
		cmocka_unit_test(
		    v4_polls_keep_the_interval_after_each_answer),
		cmocka_unit_test(v4_slow_down_adds_five_seconds_for_good),
		cmocka_unit_test(v4_failures_double_the_wait_up_to_a_minute),
		cmocka_unit_test(
		    v4_long_intervals_are_not_shortened_by_the_cap),
		cmocka_unit_test(v4_retry_after_is_obeyed_when_it_is_longer),
		cmocka_unit_test(v8_a_network_that_comes_back_costs_no_login),
		cmocka_unit_test(
		    v8_a_network_that_stays_away_ends_at_the_deadline),
		cmocka_unit_test(v8_an_outage_that_is_over_is_none),
		cmocka_unit_test(v4_polls_end_at_the_deadline),
		cmocka_unit_test(
		    v4_a_poll_cut_short_by_the_deadline_is_no_outage),
		cmocka_unit_test(v4_polls_end_when_the_code_expires),
		cmocka_unit_test(v4_polls_end_when_nobody_waits_for_them),
		cmocka_unit_test(v4_no_sequence_of_answers_makes_it_faster),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
