/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The account operation, and what the module, the person and the log are told
 * at the end of either.
 */
#include "scene.h"

static void
an_account_needs_directory_and_policy_only(void **state)
{
	SCENE(s, ACCOUNT);

	(void)state;
	assert_err(account(&s.login, &s.diag), ERR_OK);
	assert_string_equal(fake.calls, "find policy ");
	scene_no_more(&s);
}

static void
an_account_that_is_not_allowed_is_told_so(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	SCENE(s, ACCOUNT);

	(void)state;
	fake.policy = ERR_USER_NOT_ALLOWED;
	assert_err(account(&s.login, &s.diag), ERR_USER_NOT_ALLOWED);
	reply_send(&s.login, ERR_USER_NOT_ALLOWED, &s.diag);
	scene_next(&s, WIRE_INFO, &msg);
	assert_int_equal(wire_get_u64(&msg, INFO_ERROR), 1);
	assert_string_equal(wire_get_text(&msg, INFO_WORDS),
	    "Your account is not allowed on this host.\n"
	    "Your administrator finds the reason in the log (30313233).");
	scene_next(&s, WIRE_RESULT, &msg);
	assert_int_equal(wire_get_u64(&msg, RESULT_VERDICT), WIRE_DENIED);
	assert_string_equal(wire_get_text(&msg, RESULT_REASON),
	    "user-not-allowed");
}

static void
d20_a_grant_is_silent_and_names_the_request(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	SCENE(s, ACCOUNT);

	(void)state;
	s.login.session_end = 3000;
	reply_send(&s.login, ERR_OK, &s.diag);
	scene_next(&s, WIRE_RESULT, &msg);
	assert_int_equal(msg.field[RESULT_NONCE].len, 16);
	assert_memory_equal(msg.field[RESULT_NONCE].data, "0123456789abcde",
	    16);
	assert_int_equal(wire_get_u64(&msg, RESULT_OPERATION), WIRE_ACCOUNT);
	assert_string_equal(wire_get_text(&msg, RESULT_USER), "b.simon");
	assert_int_equal(wire_get_u64(&msg, RESULT_VERDICT), WIRE_GRANTED);
	assert_string_equal(wire_get_text(&msg, RESULT_REASON), "ok");
	assert_int_equal(wire_get_u64(&msg, RESULT_SESSION_END), 3000);
}

static void
every_reason_but_ok_is_a_denial(void **state)
{
	(void)state;
	for (int reason = 1; reason < ERR_COUNT; reason++) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
		SCENE(s, AUTHENTICATE);

		reply_send(&s.login, (enum err)reason, &s.diag);
		scene_next(&s, WIRE_INFO, &msg);
		scene_next(&s, WIRE_RESULT, &msg);
		assert_true(wire_get_u64(&msg, RESULT_VERDICT) !=
		    WIRE_GRANTED);
		assert_string_equal(wire_get_text(&msg, RESULT_REASON),
		    err_name((enum err)reason));
	}
}

/* What a person can do better next time they are told; why an assertion was
 * refused they are not. */
static void
d20_who_answered_badly_is_told_and_who_is_refused_is_not(void **state)
{
	static const struct {
		enum err reason;
		const char *words;
	} rows[] = {
		{ ERR_ANSWER_EMPTY, "No answer was given.\n" },
		{ ERR_ANSWER_TOO_LONG, "The answer is longer than any " },
		{ ERR_ANSWER_TIMEOUT, "The answer came too late.\n" },
		{ ERR_SAML_AUDIENCE, "Sign-in was refused.\n" },
		{ ERR_REPLAY, "Sign-in was refused.\n" },
		{ ERR_LINK_MISMATCH, "Sign-in was refused.\n" },
		{ ERR_USER_INACTIVE, "Sign-in was refused.\n" },
		{ ERR_USER_UNKNOWN, "Sign-in was refused.\n" },
		{ ERR_STORE, "Sign-in does not work on this host " },
		{ ERR_IDP_STALE, "Sign-in does not work on this host " },
		{ ERR_IDP_NO_KEYS, "Sign-in is not set up on this host.\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
		SCENE(s, AUTHENTICATE);

		reply_send(&s.login, rows[i].reason, &s.diag);
		scene_next(&s, WIRE_INFO, &msg);
		assert_memory_equal(wire_get_text(&msg, INFO_WORDS),
		    rows[i].words, strlen(rows[i].words));
	}
}

static void
the_log_has_one_line_with_foreign_text_escaped(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	(void)fail(&s.diag, ERR_SAML_AUDIENCE, "audience \"x\"\n\x1b[2J");
	reply_send(&s.login, ERR_SAML_AUDIENCE, &s.diag);
	assert_string_equal(logged, "<4>op=authenticate user=\"b.simon\" "
	    "service=\"sshd\" rhost=\"192.0.2.7\\x0a\" tty=\"ssh\" "
	    "result=denied reason=saml-audience login=30313233 "
	    "detail=\"audience \\x22x\\x22\\x0a\\x1b[2J\"");
	reply_send(&s.login, ERR_OK, &s.diag);
	assert_string_equal(logged, "<5>op=authenticate user=\"b.simon\" "
	    "service=\"sshd\" rhost=\"192.0.2.7\\x0a\" tty=\"ssh\" "
	    "result=granted reason=ok login=30313233");
}

static void
the_log_says_which_way_somebody_signed_in(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	s.login.way = "saml";
	reply_send(&s.login, ERR_OK, &s.diag);
	assert_non_null(strstr(logged, " login=30313233 way=saml"));
}

static void
a_grant_that_nobody_hears_is_logged_as_none(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	channel_close(&s.module);
	reply_send(&s.login, ERR_OK, &s.diag);
	assert_non_null(strstr(logged, "result=denied reason=wire-closed "));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_account_needs_directory_and_policy_only),
		cmocka_unit_test(an_account_that_is_not_allowed_is_told_so),
		cmocka_unit_test(d20_a_grant_is_silent_and_names_the_request),
		cmocka_unit_test(every_reason_but_ok_is_a_denial),
		cmocka_unit_test(
		    d20_who_answered_badly_is_told_and_who_is_refused_is_not),
		cmocka_unit_test(
		    the_log_has_one_line_with_foreign_text_escaped),
		cmocka_unit_test(the_log_says_which_way_somebody_signed_in),
		cmocka_unit_test(a_grant_that_nobody_hears_is_logged_as_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
