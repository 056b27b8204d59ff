/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signing in: what is shown and asked, and in which order the checks stand.
 */
#include "scene.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/base64.h"

#define XML "<samlp:Response>...</samlp:Response>"

static void
answer_status(struct scene *s, enum wire_answer status)
{
	assert_err(CHANNEL_SEND(&s->module, ANSWER, NULL, wire_u64(status),
	    wire_bytes(NULL, 0)), ERR_OK);
}

static void
encode(const char *xml, struct buf *out)
{
	assert_err(base64_encode(out, xml, strlen(xml)), ERR_OK);
}

static enum err
sign_in_with(struct scene *s, const char *xml)
{
	AUTO(buf) struct buf base64 = BUF_INIT(1u << 20);

	encode(xml, &base64);
	scene_answer(s, buf_str(&base64));
	return authenticate(&s->login, &s->diag);
}

static void
a_good_response_is_granted_after_every_check(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	assert_err(sign_in_with(&s, XML), ERR_OK);
	assert_string_equal(fake.calls, "worker replay link find policy ");
	assert_int_equal(fake.replay_until, 2000);
	assert_int_equal(s.login.session_end, 3000);
}

static void
the_prompt_carries_everything(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	SCENE(s, AUTHENTICATE);
	const char *prompt;

	(void)state;
	assert_err(sign_in_with(&s, XML), ERR_OK);
	scene_next(&s, WIRE_PROMPT, &msg);
	prompt = wire_get_text(&msg, PROMPT_WORDS);
	assert_int_equal(wire_get_u64(&msg, PROMPT_ECHO), 0);
	assert_non_null(strstr(prompt, "sign-in for b.simon on "));
	assert_non_null(strstr(prompt, "\n" SCENE_LOGIN_URL "?SAMLRequest="));
	/* A remote name with a control byte is not shown. */
	assert_null(strstr(prompt, "192.0.2.7"));
	scene_no_more(&s);
}

static void
the_prompt_is_the_same_for_every_account(void **state)
{
	static const enum err reasons[] = {
		ERR_USER_UNKNOWN, ERR_USER_INACTIVE, ERR_USER_NOT_ALLOWED,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
		SCENE(s, AUTHENTICATE);

		fake.find = reasons[i] == ERR_USER_UNKNOWN ? reasons[i] :
		    ERR_OK;
		fake.policy = reasons[i];
		assert_err(sign_in_with(&s, XML), reasons[i]);
		scene_next(&s, WIRE_PROMPT, &msg);
		scene_no_more(&s);
		reply_send(&s.login, reasons[i], &s.diag);
		scene_next(&s, WIRE_INFO, &msg);
		assert_string_equal(wire_get_text(&msg, INFO_WORDS),
		    "Sign-in was refused.\nYour administrator finds the "
		    "reason in the log (30313233).");
	}
}

/* What the worker got, whose two keys are passed over. */
static void
receive_check(struct wire_msg *msg, struct wire_msg *pending)
{
	for (int i = 0; i < 2; i++)
		assert_err(channel_expect(&fake.worker, WIRE_SAML_KEY, msg,
		    NULL), ERR_OK);
	assert_err(channel_expect(&fake.worker, WIRE_SAML_PENDING, pending,
	    NULL), ERR_OK);
	assert_err(channel_expect(&fake.worker, WIRE_SAML_CHECK, msg, NULL),
	    ERR_OK);
}

static void
the_worker_is_told_what_to_demand(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO(wire_msg) struct wire_msg pending = WIRE_MSG_INIT;
	AUTO(buf) struct buf base64 = BUF_INIT(1u << 20);
	SCENE(s, AUTHENTICATE);

	(void)state;
	s.conf.saml_require_mfa = true;
	assert_err(sign_in_with(&s, XML), ERR_OK);
	receive_check(&msg, &pending);
	encode(XML, &base64);
	assert_int_equal(msg.field[SAML_CHECK_RESPONSE].len, base64.len);
	assert_memory_equal(msg.field[SAML_CHECK_RESPONSE].data, base64.data,
	    base64.len);
	assert_string_equal(wire_get_text(&msg, SAML_CHECK_ISSUER),
	    "https://sts.example/");
	assert_string_equal(wire_get_text(&msg, SAML_CHECK_AUDIENCE),
	    "https://sp.example");
	assert_string_equal(wire_get_text(&msg, SAML_CHECK_RECIPIENT),
	    "https://sp.example/acs");
	assert_string_equal(wire_get_text(&msg, SAML_CHECK_TENANT), "tenant");
	assert_int_equal(wire_get_text(&pending, SAML_PENDING_ID)[0], '_');
	assert_int_equal(pending.field[SAML_PENDING_ID].len, 33);
	assert_true(wire_get_u64(&pending, SAML_PENDING_TIME) <=
	    wire_get_u64(&msg, SAML_CHECK_NOW));
	assert_int_equal(wire_get_u64(&msg, SAML_CHECK_SKEW), 30);
	assert_int_equal(wire_get_u64(&msg, SAML_CHECK_MAX_AGE), 300);
	assert_int_equal(wire_get_u64(&msg, SAML_CHECK_UNSOLICITED_MAX_AGE),
	    60);
	assert_int_equal(wire_get_u64(&msg, SAML_CHECK_FLAGS),
	    WIRE_SAML_FORCE_AUTHN | WIRE_SAML_REQUIRE_MFA);
}

static void
each_demand_is_configured_by_itself(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 16; i++) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
		AUTO(wire_msg) struct wire_msg pending = WIRE_MSG_INIT;
		SCENE(s, AUTHENTICATE);

		s.conf.saml_idp_initiated = (i & 1) != 0;
		s.conf.saml_force_authn = (i & 2) != 0;
		s.conf.saml_require_mfa = (i & 4) != 0;
		s.conf.saml_require_response_signature = (i & 8) != 0;
		assert_err(sign_in_with(&s, XML), ERR_OK);
		receive_check(&msg, &pending);
		assert_int_equal(wire_get_u64(&msg, SAML_CHECK_FLAGS),
		    ((i & 1) != 0 ? WIRE_SAML_UNSOLICITED : 0) |
		    ((i & 2) != 0 ? WIRE_SAML_FORCE_AUTHN : 0) |
		    ((i & 4) != 0 ? WIRE_SAML_REQUIRE_MFA : 0) |
		    ((i & 8) != 0 ? WIRE_SAML_RESPONSE_SIGNED : 0));
	}
}

/* The answers that terminals let through, of a Response as it was copied. */
static void
pieces_of_any_length_give_the_response(void **state)
{
	static const size_t sizes[] = { 64, 76, 78, 511, 1023, 4095, 9999 };
	static const char *const breaks[] = { "", "\n", "\r\n" };
	static const char end[] = "</samlp:Response>\n";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes) * ARRAY_LEN(breaks); i++) {
		const char *line_break = breaks[i % ARRAY_LEN(breaks)];
		size_t size = sizes[i / ARRAY_LEN(breaks)];
		/* A socket holds few hundred answers that nobody reads. */
		size_t len = size < 511 ? 2000 : 8000;
		char xml[8000 + sizeof(end)];
		AUTO(buf) struct buf base64 = BUF_INIT(1u << 20);
		AUTO(buf) struct buf folded = BUF_INIT(1u << 20);
		AUTO(buf) struct buf got = BUF_INIT(1u << 20);
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
		AUTO(wire_msg) struct wire_msg pending = WIRE_MSG_INIT;
		const struct wire_field *sent = &msg.field[SAML_CHECK_RESPONSE];
		char piece[10000];
		SCENE(s, AUTHENTICATE);

		memset(xml, 'x', len);
		memcpy(xml + len, end, sizeof(end));
		encode(xml, &base64);
		for (size_t at = 0; at < base64.len; at += 76)
			assert_err(buf_printf(&folded, "%.76s%s",
			    buf_str(&base64) + at, line_break), ERR_OK);
		for (size_t at = 0; at < folded.len; at += size) {
			(void)snprintf(piece, sizeof(piece), "%.*s", (int)size,
			    buf_str(&folded) + at);
			scene_answer(&s, piece);
		}
		assert_err(authenticate(&s.login, &s.diag), ERR_OK);
		receive_check(&msg, &pending);
		assert_err(base64_decode(&got, sent->data, sent->len, true),
		    ERR_OK);
		assert_string_equal(buf_str(&got), xml);
	}
}

static void
pieces_are_put_together_until_the_response_ends(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO(buf) struct buf base64 = BUF_INIT(1u << 20);
	char piece[24];
	SCENE(s, AUTHENTICATE);
	int count = 0;

	(void)state;
	encode(XML "\n", &base64);
	for (size_t i = 0; i < base64.len; i += 13) {
		(void)snprintf(piece, sizeof(piece), " %.13s\r\n",
		    buf_str(&base64) + i);
		scene_answer(&s, piece);
		count++;
	}
	assert_err(authenticate(&s.login, &s.diag), ERR_OK);
	scene_next(&s, WIRE_PROMPT, &msg);
	for (int i = 1; i < count; i++) {
		scene_next(&s, WIRE_PROMPT, &msg);
		assert_string_equal(wire_get_text(&msg, PROMPT_WORDS),
		    "more: ");
	}
	scene_no_more(&s);
}

static void
an_empty_line_ends_what_does_not_look_complete(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO(wire_msg) struct wire_msg pending = WIRE_MSG_INIT;
	SCENE(s, AUTHENTICATE);

	(void)state;
	scene_answer(&s, "binary junk \x01\xff");
	scene_answer(&s, "\r\n");
	assert_err(authenticate(&s.login, &s.diag), ERR_OK);
	assert_string_equal(fake.calls, "worker replay link find policy ");
	receive_check(&msg, &pending);
	assert_int_equal(msg.field[SAML_CHECK_RESPONSE].len, 14);
}

static void
answers_that_are_none_are_refused_without_a_worker(void **state)
{
	static const struct {
		const char *words;	/* NULL: the status */
		enum wire_answer status;
		enum err want;
	} rows[] = {
		{ "", 0, ERR_ANSWER_EMPTY },
		{ " \t\r\n", 0, ERR_ANSWER_EMPTY },
		{ NULL, WIRE_ANSWER_TOO_LONG, ERR_ANSWER_TOO_LONG },
		{ NULL, WIRE_ANSWER_FAILED, ERR_ANSWER_FAILED },
		{ NULL, (enum wire_answer)0, ERR_ANSWER_FAILED },
		{ NULL, (enum wire_answer)99, ERR_ANSWER_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCENE(s, AUTHENTICATE);

		if (rows[i].words != NULL)
			scene_answer(&s, rows[i].words);
		else
			answer_status(&s, rows[i].status);
		assert_err(authenticate(&s.login, &s.diag), rows[i].want);
		assert_string_equal(fake.calls, "");
	}
}

static void
a1_pieces_that_are_too_much_together_are_refused(void **state)
{
	static char words[SAML_BASE64_MAX / 2 + 2];
	SCENE(s, AUTHENTICATE);

	(void)state;
	memset(words, 'A', sizeof(words) - 1);
	scene_answer(&s, words);
	scene_answer(&s, words);
	assert_err(authenticate(&s.login, &s.diag), ERR_ANSWER_TOO_LONG);
	assert_string_equal(fake.calls, "");
}

/* More than a socket holds at once, so somebody must answer as asked. */
static void
too_many_pieces_are_refused(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	SCENE(s, AUTHENTICATE);
	int asked = 0;
	int status = 0;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		channel_close(&s.ch);
		for (; channel_recv(&s.module, &msg, NULL) == ERR_OK; asked++)
			scene_answer(&s, "AAAAAAAAAAAAA");
		_exit(asked == ANSWER_PIECES_MAX ? 0 : 1);
	}
	assert_err(authenticate(&s.login, &s.diag), ERR_ANSWER_TOO_LONG);
	channel_close(&s.ch);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
a_module_that_goes_away_ends_the_login(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	channel_close(&s.module);
	assert_err(authenticate(&s.login, &s.diag), ERR_WIRE_CLOSED);
	assert_string_equal(fake.calls, "");
}

static void
nobody_who_answers_is_a_timeout(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	channel_set_timeout(&s.ch, 0);
	assert_err(authenticate(&s.login, &s.diag), ERR_ANSWER_TIMEOUT);
}

static void
a_message_that_is_no_answer_ends_the_login(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	assert_err(CHANNEL_SEND(&s.module, INFO, NULL, wire_u64(0),
	    wire_text("x")), ERR_OK);
	assert_err(authenticate(&s.login, &s.diag), ERR_WIRE_UNEXPECTED);
}

static void
nothing_is_asked_on_a_host_that_is_not_set_up(void **state)
{
	static const struct {
		const char *login_url;
		const char *stored_url;
		enum err keys;
		enum err origin;
		enum err want;
	} rows[] = {
		{ SCENE_LOGIN_URL, "", ERR_IDP_NO_KEYS, ERR_OK,
		    ERR_IDP_NO_KEYS },
		{ SCENE_LOGIN_URL, "", ERR_STORE, ERR_OK, ERR_STORE },
		/* C7 */
		{ SCENE_LOGIN_URL, "", ERR_OK, ERR_IDP_STALE, ERR_IDP_STALE },
		{ "", "", ERR_OK, ERR_OK, ERR_CONF_MISSING },
		{ "", "not an address", ERR_OK, ERR_OK, ERR_CONF_VALUE },
		{ "https://a/\x1b[2J", "", ERR_OK, ERR_OK, ERR_CONF_VALUE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
		SCENE(s, AUTHENTICATE);

		s.conf.idp_login_url = scene_text(rows[i].login_url);
		fake.stored_url = rows[i].stored_url;
		fake.keys = rows[i].keys;
		fake.origin = rows[i].origin;
		assert_err(authenticate(&s.login, &s.diag), rows[i].want);
		assert_string_equal(fake.calls, "");
		scene_no_more(&s);
		reply_send(&s.login, rows[i].want, &s.diag);
		scene_next(&s, WIRE_INFO, &msg);
		scene_next(&s, WIRE_RESULT, &msg);
		assert_int_equal(wire_get_u64(&msg, RESULT_VERDICT),
		    WIRE_UNAVAILABLE);
	}
}

static void
a_host_without_any_way_says_so(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	s.conf.idp_issuer = scene_text("");
	fake.device_offered = ERR_CONF_MISSING;
	assert_err(authenticate(&s.login, &s.diag), ERR_CONF_MISSING);
	assert_string_equal(s.diag.text, "no way to sign in: device; "
	    "[idp] issuer is not set");
	assert_string_equal(fake.calls, "");
	assert_null(s.login.way);
	scene_no_more(&s);
}

/* The device flow comes first, and SAML after it or instead of it. */
static void
the_first_way_that_is_offered_is_taken(void **state)
{
	static const struct {
		enum err offered;
		enum err device;
		bool passes_on;
		bool saml;
		enum err want;
		const char *way;
		const char *calls;
	} rows[] = {
#define SAML "worker replay link find policy "
		{ ERR_OK, ERR_OK, false, true, ERR_OK, "device", "device " },
		{ ERR_OK, ERR_DEVICE_DECLINED, false, true,
		    ERR_DEVICE_DECLINED, "device", "device " },
		{ ERR_OK, ERR_USER_UNKNOWN, false, true, ERR_USER_UNKNOWN,
		    "device", "device " },
		{ ERR_OK, ERR_OK, true, true, ERR_OK, "saml", "device " SAML },
		{ ERR_CONF_MISSING, ERR_OK, false, true, ERR_OK, "saml", SAML },
		{ ERR_DEVICE_KEY_FIRST, ERR_OK, false, true, ERR_OK, "saml",
		    SAML },
		{ ERR_OK, ERR_OK, false, false, ERR_OK, "device", "device " },
		{ ERR_DEVICE_KEY_FIRST, ERR_OK, false, false,
		    ERR_DEVICE_KEY_FIRST, NULL, "" },
		{ ERR_CONF_MISSING, ERR_OK, false, false, ERR_CONF_MISSING,
		    NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCENE(s, AUTHENTICATE);

		fake.device_offered = rows[i].offered;
		fake.device = rows[i].device;
		fake.device_passes_on = rows[i].passes_on;
		if (!rows[i].saml)
			s.conf.idp_issuer = scene_text("");
		assert_err(sign_in_with(&s, XML), rows[i].want);
		assert_string_equal(fake.calls, rows[i].calls);
		if (rows[i].way == NULL)
			assert_null(s.login.way);
		else
			assert_string_equal(s.login.way, rows[i].way);
	}
}

static void
the_login_url_may_come_from_the_metadata(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	SCENE(s, AUTHENTICATE);

	(void)state;
	s.conf.idp_login_url = scene_text("");
	fake.stored_url = "https://stored.example/sso";
	assert_err(sign_in_with(&s, XML), ERR_OK);
	scene_next(&s, WIRE_PROMPT, &msg);
	assert_non_null(strstr(wire_get_text(&msg, PROMPT_WORDS),
	    "\nhttps://stored.example/sso?SAMLRequest="));
}

static void
the_first_check_that_fails_is_the_reason(void **state)
{
	static const struct {
		enum err *fails;
		enum err reason;
		const char *calls;
	} rows[] = {
		{ &fake.spawn, ERR_SPAWN, "" },
		{ &fake.claims, ERR_SAML_AUDIENCE, "worker " },
		{ &fake.replay, ERR_REPLAY, "worker replay " },
		{ &fake.replay, ERR_REPLAY_STORE, "worker replay " },
		{ &fake.link, ERR_LINK_MISMATCH, "worker replay link " },
		{ &fake.find, ERR_USER_UNKNOWN, "worker replay link find " },
		{ &fake.policy, ERR_USER_INACTIVE,
		    "worker replay link find policy " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCENE(s, AUTHENTICATE);

		*rows[i].fails = rows[i].reason;
		assert_err(sign_in_with(&s, XML), rows[i].reason);
		assert_string_equal(fake.calls, rows[i].calls);
		assert_int_equal(s.login.session_end, 0);
	}
}

static void
a_worker_that_fails_as_a_program_has_one_reason(void **state)
{
	static const enum err ways[] = {
		ERR_WIRE_CLOSED, ERR_WIRE_SYNTAX, ERR_WIRE_UNEXPECTED,
		ERR_WIRE_VERSION, ERR_TIMEOUT,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		SCENE(s, AUTHENTICATE);

		fake.claims = ways[i];
		assert_err(sign_in_with(&s, XML), ERR_WORKER);
		assert_string_equal(fake.calls, "worker ");
	}
}

static void
d5_a_worker_that_accepts_something_else_is_not_believed(void **state)
{
	static const struct {
		const char *issuer;
		const char *in_response_to;
		bool idp_initiated;
		enum err want;
	} rows[] = {
		{ NULL, NULL, true, ERR_OK },
		{ NULL, "", true, ERR_OK },
		{ NULL, "", false, ERR_WORKER },
		{ NULL, "_00000000000000000000000000000000", true, ERR_WORKER },
		{ "https://sts.example", NULL, true, ERR_WORKER },
		{ "", "", true, ERR_WORKER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCENE(s, AUTHENTICATE);

		s.conf.saml_idp_initiated = rows[i].idp_initiated;
		fake.issuer = rows[i].issuer;
		fake.in_response_to = rows[i].in_response_to;
		assert_err(sign_in_with(&s, XML), rows[i].want);
		assert_string_equal(fake.calls, rows[i].want == ERR_OK ?
		    "worker replay link find policy " : "worker ");
	}
}

static void
a_worker_that_dies_at_once_is_a_denial(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	fake.worker_hangs_up = true;
	assert_err(sign_in_with(&s, XML), ERR_WORKER);
	assert_string_equal(fake.calls, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_response_is_granted_after_every_check),
		cmocka_unit_test(the_prompt_carries_everything),
		cmocka_unit_test(the_prompt_is_the_same_for_every_account),
		cmocka_unit_test(the_worker_is_told_what_to_demand),
		cmocka_unit_test(each_demand_is_configured_by_itself),
		cmocka_unit_test(pieces_of_any_length_give_the_response),
		cmocka_unit_test(
		    pieces_are_put_together_until_the_response_ends),
		cmocka_unit_test(
		    an_empty_line_ends_what_does_not_look_complete),
		cmocka_unit_test(
		    answers_that_are_none_are_refused_without_a_worker),
		cmocka_unit_test(
		    a1_pieces_that_are_too_much_together_are_refused),
		cmocka_unit_test(too_many_pieces_are_refused),
		cmocka_unit_test(a_module_that_goes_away_ends_the_login),
		cmocka_unit_test(nobody_who_answers_is_a_timeout),
		cmocka_unit_test(a_message_that_is_no_answer_ends_the_login),
		cmocka_unit_test(nothing_is_asked_on_a_host_that_is_not_set_up),
		cmocka_unit_test(a_host_without_any_way_says_so),
		cmocka_unit_test(the_first_way_that_is_offered_is_taken),
		cmocka_unit_test(the_login_url_may_come_from_the_metadata),
		cmocka_unit_test(the_first_check_that_fails_is_the_reason),
		cmocka_unit_test(
		    a_worker_that_fails_as_a_program_has_one_reason),
		cmocka_unit_test(
		    d5_a_worker_that_accepts_something_else_is_not_believed),
		cmocka_unit_test(a_worker_that_dies_at_once_is_a_denial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
