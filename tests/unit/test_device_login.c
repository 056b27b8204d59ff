/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signing in by device code: what is shown when, who gets which flow, and how
 * it ends.
 */
#include "stage.h"

#include <stdlib.h>
#include <syslog.h>

#define BEGAN 1000000

static void
assert_seen(const char *text)
{
	if (strstr(stage_seen, text) == NULL)
		fail_msg("\"%s\" is not in:\n%s", text, stage_seen);
}

static void
assert_logged(const char *text)
{
	if (strstr(stage_log, text) == NULL)
		fail_msg("\"%s\" is not in: %s", text, stage_log);
}

static void
v5_the_prompt_carries_everything(void **state)
{
	STAGE(play, 0);

	(void)state;
	stage.polls = 2;
	stage_at(30000, STAGE_TYPE, "");
	assert_err(stage_run(&play), ERR_OK);
	assert_memory_equal(stage_seen, "1000120 PROMPT "
	    "Company sign-in for b.simon on host, from 192.0.2.7\n"
	    "Only continue if you started this login yourself.\n"
	    "<QR " STAGE_URI ">\n"
	    "  Open   " STAGE_URI "\n"
	    "  Enter  C45FGVYJR   (C45 FGV YJR)\n"
	    "You have 180 seconds.\n"
	    "Press Enter when you have signed in: \n", 270);
	assert_string_equal(stage.calls, "account flows replay link account "
	    "end remember ");
	assert_seen("1030000 RESULT G\n");
	assert_int_equal(stage_count("PROMPT"), 1);
	assert_string_equal(stage.source, "192.0.2.7");
}

static void
a_text_that_is_shown_at_once_needs_no_enter(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.polls = 4;
	assert_err(stage_run(&play), ERR_OK);
	assert_int_equal(stage_count("PROMPT"), 0);
	assert_seen("1000120 INFO Company sign-in for b.simon on host");
	assert_seen("This goes on by itself when you have signed in.\n");
	assert_seen("WAIT 10\n");
	/* The fifth poll accepts, and its keys take a moment. */
	assert_seen("1025721 RESULT G\n");
}

static void
who_waits_at_a_terminal_hears_when_a_minute_is_left(void **state)
{
	STAGE(play, 80);

	(void)state;
	assert_err(stage_run(&play), ERR_DEVICE_TIME);
	assert_seen("1120000 INFO 60 seconds are left.\n");
	assert_int_equal(stage_count("are left"), 1);
	assert_seen("1180000 INFO The time for this login is over");
	assert_seen("1180000 RESULT D\n");
	/* The module gives up after half a minute of silence. */
	assert_true(stage_count("WAIT 10\n") >= 17);
	assert_in_range(stage.ended_ms, 1175000, 1180000);
}

static void
enter_too_early_says_not_yet_and_goes_on(void **state)
{
	STAGE(play, 0);

	(void)state;
	stage.polls = 5;
	stage_at(6000, STAGE_TYPE, "");
	stage_at(11000, STAGE_TYPE, "now");
	stage_at(60000, STAGE_TYPE, "");
	assert_err(stage_run(&play), ERR_OK);
	/* The outcome of the next poll, not of the clock. */
	assert_seen("1010360 PROMPT Not yet.  170 seconds left.\n"
	    "Press Enter when you have signed in: \n");
	assert_seen("1015480 PROMPT Not yet.  165 seconds left.\n");
	assert_int_equal(stage_count("PROMPT"), 3);
	assert_seen("1060000 RESULT G\n");
}

static void
v4_a_poll_without_an_outcome_does_not_keep_anybody(void **state)
{
	STAGE(play, 0);

	(void)state;
	stage.code.interval = 5;
	stage.took_ms = 100000;
	stage.picture.took_ms = 0;
	stage_at(101000, STAGE_TYPE, "");
	stage_at(140000, STAGE_TYPE, "");
	assert_err(stage_run(&play), ERR_DEVICE_TIME);
	assert_seen("1121000 PROMPT Not yet.  59 seconds left.\n");
	assert_seen("1111000 WAIT 10\n");
}

/* The module is in the prompt and reads the last words after it. */
static void
v4_nobody_who_presses_enter_is_told_at_the_end(void **state)
{
	STAGE(play, 0);

	(void)state;
	assert_err(stage_run(&play), ERR_DEVICE_TIME);
	assert_seen("1180000 PROMPT The time for this login is over; try "
	    "again.\nYour administrator finds the reason in the log "
	    "(30313233).\nPress Enter to end: \n1180000 RESULT D\n");
	assert_logged("result=denied reason=device-time login=30313233 "
	    "way=device");
	assert_string_equal(stage.calls, "account flows end ");
}

static void
who_accepts_after_the_time_is_not_let_in(void **state)
{
	STAGE(play, 0);

	(void)state;
	stage.polls = 2;
	assert_err(stage_run(&play), ERR_DEVICE_TIME);
	assert_string_equal(stage.calls, "account flows end ");
}

static void
what_the_provider_refuses_is_told_after_enter(void **state)
{
	static const struct {
		enum err reason;
		const char *words;
		char verdict;
	} rows[] = {
		{ ERR_DEVICE_DECLINED, "You declined the sign-in in the ", 'D' },
		{ ERR_DEVICE_LOST, "Somebody else may have used the ", 'D' },
		{ ERR_DEVICE_UNASSIGNED, "You are not assigned to this ", 'D' },
		{ ERR_DEVICE_DISABLED, "Your account is disabled or ", 'D' },
		{ ERR_DEVICE_MFA, "Your company wants more proof first", 'D' },
		{ ERR_DEVICE_BLOCKED, "Your company does not allow sign-in "
		    "by code.\nYour administrator can set up sign-in by ", 'D' },
		{ ERR_DEVICE_CLIENT, "Sign-in by code is not set up "
		    "correctly.\nYour administrator can set up ", 'U' },
		{ ERR_DEVICE_TENANT, "Sign-in by code is not set up ", 'U' },
		{ ERR_DEVICE_BUSY, "The company's sign-in service does ", 'U' },
		{ ERR_HTTP_TLS, "The company's sign-in service does ", 'U' },
		{ ERR_DEVICE_RESPONSE, "The company's sign-in service ", 'U' },
		{ ERR_JWT_SIGNATURE, "Sign-in was refused.\n", 'D' },
		{ ERR_JWT_TENANT, "Sign-in was refused.\n", 'D' },
		{ ERR_LINK_GUEST, "Sign-in was refused.\n", 'D' },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char want[300];
		STAGE(play, 0);

		stage.polls = 1;
		stage.refusal = rows[i].reason;
		stage_at(30000, STAGE_TYPE, "");
		assert_err(stage_run(&play), rows[i].reason);
		(void)snprintf(want, sizeof(want), "1030000 PROMPT %s",
		    rows[i].words);
		assert_seen(want);
		(void)snprintf(want, sizeof(want), "1030000 RESULT %c\n",
		    rows[i].verdict);
		assert_seen(want);
		assert_logged("AADSTS70000");
		assert_int_equal(stage.ended_ms, 1010360);
		assert_null(strstr(stage.calls, "replay"));
	}
}

static void
a_refusal_before_there_is_a_code_is_seen_too(void **state)
{
	STAGE(play, 0);

	(void)state;
	stage.refusal_at_once = ERR_DEVICE_BUSY;
	assert_err(stage_run(&play), ERR_DEVICE_BUSY);
	assert_seen("1000120 PROMPT The company's sign-in service");
	assert_int_equal(stage_count("PROMPT"), 1);
	assert_int_equal(stage_count("INFO"), 0);
	assert_int_equal(stage.lessons, 1);
	assert_err(stage.lesson.failure, ERR_DEVICE_BUSY);
	assert_int_equal(stage.lesson.took_ms, 120);
}

static void
a_worker_that_fails_as_a_program_has_one_reason(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		STAGE(play, 80);

		stage.polls = 1;
		stage.dies = i == 0;
		stage.no_kid = i == 1;
		if (i == 2)
			stage.refusal = ERR_WIRE_SYNTAX;
		assert_err(stage_run(&play), ERR_WORKER);
		assert_null(strstr(stage.calls, "replay"));
		assert_seen("RESULT U\n");
	}
}

static void
a_worker_that_cannot_be_started_is_a_denial(void **state)
{
	STAGE(play, 0);

	(void)state;
	stage.spawn = ERR_SPAWN;
	assert_err(stage_run(&play), ERR_SPAWN);
	assert_seen("RESULT U\n");
	assert_string_equal(stage.calls, "account flows end ");
}

static void
the_decoys_learn_from_what_was_real(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.took_ms = 321;
	stage.polls = 0;
	assert_err(stage_run(&play), ERR_OK);
	assert_int_equal(stage.lessons, 1);
	assert_string_equal(stage.lesson.user_code, STAGE_REAL_CODE);
	assert_string_equal(stage.lesson.uri, STAGE_URI);
	assert_int_equal(stage.lesson.expires_in, 900);
	assert_int_equal(stage.lesson.interval, 5);
	assert_int_equal(stage.lesson.took_ms, 321);
	assert_err(stage.lesson.failure, ERR_OK);
}

/* Of a connection that is there: faster than the request for the code. */
static void
i8_decoys_learn_how_long_a_poll_takes(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.took_ms = 321;
	stage.polls = 3;
	assert_err(stage_run(&play), ERR_OK);
	assert_int_equal(stage.lessons, 1);
	assert_int_equal(stage.lesson.poll_ms, 321);
}

static void
i8_a_decoy_polls_as_fast_as_the_last_real_one(void **state)
{
	STAGE(decoy, 0);

	(void)state;
	stage.account = ERR_USER_INACTIVE;
	stage.picture.poll_ms = 40;
	stage_at(7000, STAGE_TYPE, "");
	assert_err(stage_run(&decoy), ERR_USER_INACTIVE);
	/* 120, and twice five seconds and a poll. */
	assert_seen("1010200 PROMPT Not yet.");
}

/* Or they would show a code where nobody else gets one. */
static void
i8_decoys_learn_how_a_worker_fails(void **state)
{
	static const struct {
		enum err spawn, says, learned;
	} rows[] = {
		{ ERR_SPAWN, ERR_OK, ERR_SPAWN },
		{ ERR_IO, ERR_OK, ERR_IO },
		{ ERR_OK, ERR_WIRE_SYNTAX, ERR_WORKER },
		{ ERR_OK, ERR_WIRE_CLOSED, ERR_WORKER },
		{ ERR_OK, ERR_TIMEOUT, ERR_WORKER },
		{ ERR_OK, ERR_HTTP_TLS, ERR_HTTP_TLS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		STAGE(play, 0);

		stage.spawn = rows[i].spawn;
		stage.refusal_at_once = rows[i].says;
		assert_err(stage_run(&play), rows[i].learned);
		assert_int_equal(stage.lessons, 1);
		assert_err(stage.lesson.failure, rows[i].learned);
	}
}

/* A person who does what people do. */
static void
wait_and_press(void)
{
	stage_at(8000, STAGE_TYPE, "");
	stage_at(31000, STAGE_TYPE, "done");
	/* In the last seconds of a code, and of the login. */
	stage_at(57000, STAGE_TYPE, "");
	stage_at(90000, STAGE_TYPE, "");
	stage_at(172000, STAGE_TYPE, "");
	stage_at(176000, STAGE_TYPE, "");
}

static void
replace(char *text, const char *from, const char *to)
{
	size_t len = strlen(from);

	assert_int_equal(strlen(to), len);
	for (char *p = text; (p = strstr(p, from)) != NULL; p += len)
		memcpy(p, to, len);
}

/* I8: bytes and times, until nobody has signed in. */
static void
i8_who_is_hopeless_sees_what_everybody_sees(void **state)
{
	static const enum err reasons[] = {
		ERR_USER_UNKNOWN, ERR_USER_INACTIVE, ERR_USER_VANISHED,
		ERR_USER_NOT_ALLOWED, ERR_DIRECTORY_STALE,
	};
	static const struct {
		uint64_t columns;
		int64_t expires_in;
		enum err failure;
		enum err saml;
	} rows[] = {
		{ 0, 900, ERR_OK, ERR_CONF_MISSING },
		{ 0, 900, ERR_OK, ERR_OK },
		{ 80, 900, ERR_OK, ERR_CONF_MISSING },
		{ 0, 60, ERR_OK, ERR_CONF_MISSING },
		{ 80, 60, ERR_OK, ERR_CONF_MISSING },
		{ 0, 900, ERR_DEVICE_BUSY, ERR_CONF_MISSING },
		{ 80, 900, ERR_DEVICE_BLOCKED, ERR_CONF_MISSING },
		{ 0, 900, ERR_DEVICE_CLIENT, ERR_OK },
	};
	static char real[sizeof(stage_seen)];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t k = 0; k <= ARRAY_LEN(reasons); k++) {
			enum err may = k == 0 ? ERR_OK : reasons[k - 1];
			enum err r;
			STAGE(play, rows[i].columns);

			stage.account = may;
			stage.saml = rows[i].saml;
			stage.code.expires_in = rows[i].expires_in;
			stage.picture.expires_in = rows[i].expires_in;
			stage.refusal_at_once = rows[i].failure;
			stage.picture.failure = rows[i].failure;
			if (rows[i].columns == 0)
				wait_and_press();
			r = stage_run(&play);
			if (k == 0) {
				memcpy(real, stage_seen, sizeof(real));
				replace(real, STAGE_REAL_CODE,
				    STAGE_DECOY_CODE);
				replace(real, "C45 FGV YJR", "D7W QXM 2PL");
				assert_true(stage.workers > 0);
				continue;
			}
			if (!play.login.pass_on) {
				assert_err(r, may);
				assert_logged(err_name(may));
			}
			assert_int_equal(stage.workers, 0);
			assert_int_equal(stage.lessons, 0);
			if (strcmp(real, stage_seen) != 0)
				fail_msg("row %zu:\n%s\n-- is not\n%s", i,
				    stage_seen, real);
		}
}

static void
i8_the_limits_are_the_same_for_everybody(void **state)
{
	static const enum err accounts[] = { ERR_OK, ERR_USER_UNKNOWN };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(accounts); i++) {
		STAGE(play, 0);

		stage.account = accounts[i];
		stage.flows = ERR_DEVICE_LIMIT;
		assert_err(stage_run(&play), i == 0 ? ERR_DEVICE_LIMIT :
		    ERR_USER_UNKNOWN);
		assert_string_equal(stage.calls, "account flows ");
		assert_string_equal(stage_seen, "1000000 INFO Too many "
		    "sign-ins by code; try again in a few minutes.\n"
		    "Your administrator finds the reason in the log "
		    "(30313233).\n1000000 RESULT D\n");
		assert_int_equal(stage.workers, 0);
	}
}

static void
v1_over_the_limit_saml_is_left(void **state)
{
	STAGE(play, 0);

	(void)state;
	stage.saml = ERR_OK;
	stage.flows = ERR_DEVICE_LIMIT;
	(void)stage_run(&play);
	assert_true(play.login.pass_on);
	assert_string_equal(stage_seen, "1000000 INFO Too many sign-ins by "
	    "code; try again in a few minutes.\n");
	assert_logged("result=passed-on reason=device-limit ");
}

static void
a_tenant_that_blocks_the_flow_leaves_saml(void **state)
{
	static const enum err reasons[] = {
		ERR_DEVICE_BLOCKED, ERR_DEVICE_CLIENT,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		STAGE(play, 0);

		stage.saml = ERR_OK;
		stage.polls = 0;
		stage.refusal = reasons[i];
		stage_at(20000, STAGE_TYPE, "");
		(void)stage_run(&play);
		assert_true(play.login.pass_on);
		/* After Enter, or that would be SAML's answer. */
		assert_seen("1020000 INFO ");
		assert_int_equal(stage_count("RESULT"), 0);
		assert_int_equal(stage_count("set up sign-in by SAML"), 0);
		assert_logged("result=passed-on");
		assert_logged("AADSTS70000");
	}
}

/* The module is still in the first prompt, and Enter there would be SAML's
 * answer. */
static void
v4_after_the_time_nobody_is_passed_on(void **state)
{
	STAGE(play, 0);

	(void)state;
	stage.saml = ERR_OK;
	stage.polls = 0;
	stage.refusal = ERR_DEVICE_BLOCKED;
	assert_err(stage_run(&play), ERR_DEVICE_BLOCKED);
	assert_false(play.login.pass_on);
	assert_seen("1180000 PROMPT Your company does not allow sign-in by "
	    "code.\n");
	assert_seen("1180000 RESULT D\n");
	assert_logged("result=denied reason=device-blocked");
}

static void
who_types_saml_gets_that(void **state)
{
	static const struct {
		const char *typed;
		bool passes_on;
	} rows[] = {
		{ "saml", true }, { "SAML", true }, { " Saml \r\n", true },
		{ "", false }, { "sam", false }, { "samla", false },
		{ "sa ml", false }, { "K7Q-4MX-9TD", false },
		{ "PHNhbWxwOlJlc3BvbnNlPg==", false },
		{ "saml                                    x", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		STAGE(play, 0);

		stage.saml = ERR_OK;
		stage_at(20000, STAGE_TYPE, rows[i].typed);
		assert_err(stage_run(&play), rows[i].passes_on ? ERR_OK :
		    ERR_DEVICE_TIME);
		assert_int_equal(play.login.pass_on, rows[i].passes_on);
		assert_seen("Or type \"saml\" to sign in with a SAML "
		    "response.\nPress Enter");
		if (rows[i].passes_on)
			assert_int_equal(stage.ended_ms, 1020000);
		assert_string_equal(stage.calls, "account flows end ");
	}
}

static void
without_saml_the_word_is_an_enter(void **state)
{
	STAGE(play, 0);

	(void)state;
	stage_at(20000, STAGE_TYPE, "saml");
	assert_err(stage_run(&play), ERR_DEVICE_TIME);
	assert_false(play.login.pass_on);
	assert_int_equal(stage_count("saml"), 0);
	assert_int_equal(stage_count("Not yet."), 1);
}

static void
v4_who_hangs_up_leaves_nothing_behind(void **state)
{
	static const struct {
		uint64_t columns;
		enum stage_do what;
		enum err account;
		enum err want;
	} rows[] = {
		{ 0, STAGE_HANG_UP, ERR_OK, ERR_WIRE_CLOSED },
		{ 80, STAGE_HANG_UP, ERR_OK, ERR_WIRE_CLOSED },
		{ 0, STAGE_FAIL, ERR_OK, ERR_ANSWER_FAILED },
		{ 0, STAGE_HANG_UP, ERR_USER_UNKNOWN, ERR_USER_UNKNOWN },
		{ 0, STAGE_FAIL, ERR_USER_UNKNOWN, ERR_USER_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		STAGE(play, rows[i].columns);

		stage.account = rows[i].account;
		stage.polls = 10;
		stage_at(7777, rows[i].what, "");
		assert_err(stage_run(&play), rows[i].want);
		assert_int_equal(stage_ms, 1007777);
		assert_int_equal(stage.alive, 0);
		assert_non_null(strstr(stage.calls, "end "));
		assert_null(strstr(stage.calls, "replay"));
	}
}

static void
an_answer_to_nothing_ends_the_login(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.polls = 3;
	stage_at(3000, STAGE_TYPE, "");
	assert_err(stage_run(&play), ERR_WIRE_UNEXPECTED);
}

static void
an_answer_that_is_too_long_is_an_enter(void **state)
{
	STAGE(play, 0);

	(void)state;
	stage.polls = 1;
	stage_at(30000, STAGE_TOO_LONG, "");
	assert_err(stage_run(&play), ERR_OK);
}

static void
a_code_that_expires_is_followed_by_one_more(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.code.expires_in = 60;
	assert_err(stage_run(&play), ERR_DEVICE_EXPIRED);
	assert_int_equal(stage.workers, 2);
	assert_seen("1060240 INFO The code has expired.  Here is another one, "
	    "the last.\nCompany sign-in");
	assert_int_equal(stage_count("Company sign-in"), 2);
	assert_seen("INFO The code has expired; try again.");
	assert_int_equal(stage_count("RESULT D"), 1);
	assert_int_equal(stage.start_seconds, 120);
}

static void
a_fresh_code_is_for_who_is_there(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		STAGE(play, 0);

		stage.code.expires_in = 60;
		if (i == 1)
			stage_at(100000, STAGE_TYPE, "");
		assert_err(stage_run(&play), ERR_DEVICE_TIME);
		assert_int_equal(stage.workers, i + 1);
		assert_int_equal(stage_count("Here is another one"), i);
	}
}

static void
v3_a_code_that_was_used_is_an_alarm(void **state)
{
	static const struct {
		enum err refusal;
		int want;
	} rows[] = {
		{ ERR_DEVICE_LOST, LOG_ALERT },
		{ ERR_DEVICE_DECLINED, LOG_WARNING },
		{ ERR_OK, LOG_NOTICE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		STAGE(play, 80);

		stage.polls = 1;
		stage.refusal = rows[i].refusal;
		assert_err(stage_run(&play), rows[i].refusal);
		assert_int_equal(stage.priority, rows[i].want);
	}
}

/* The browser was in time; the way back to the terminal took longer. */
static void
who_signed_in_in_time_may_press_enter_later(void **state)
{
	static const struct {
		int64_t ms;
		enum err want;
	} rows[] = {
		{ 179000, ERR_OK }, { 181000, ERR_OK }, { 235000, ERR_OK },
		{ 250000, ERR_DEVICE_TIME },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		STAGE(play, 0);

		stage.polls = 33;
		stage_at(rows[i].ms, STAGE_TYPE, "");
		assert_err(stage_run(&play), rows[i].want);
	}
}

static void
too_late_for_a_fresh_code_there_is_none(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.code.expires_in = 170;
	assert_err(stage_run(&play), ERR_DEVICE_EXPIRED);
	assert_int_equal(stage.workers, 1);
}

static void
v4_the_applications_time_is_the_shorter_one(void **state)
{
	STAGE(play, 0);

	(void)state;
	stage.grace = (struct grace){ 120, "LoginGraceTime", 112 };
	assert_err(stage_run(&play), ERR_DEVICE_TIME);
	assert_seen("This host ends logins after 120 seconds "
	    "(LoginGraceTime):\nyou have 112.\n");
	assert_seen("1112000 RESULT D\n");
	assert_int_equal(stage.start_seconds, 112);
}

static void
v4_a_longer_time_of_the_application_is_not_mentioned(void **state)
{
	STAGE(play, 0);

	(void)state;
	stage.grace = (struct grace){ 600, "LoginGraceTime", 590 };
	assert_err(stage_run(&play), ERR_DEVICE_TIME);
	assert_int_equal(stage_count("LoginGraceTime"), 0);
	assert_seen("1180000 RESULT D\n");
}

static void
v4_without_time_no_flow_is_begun(void **state)
{
	static const int64_t seconds[] = { 14, 0, -100 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(seconds); i++) {
		STAGE(play, 0);

		stage.grace = (struct grace){ 120, "LoginGraceTime",
		    seconds[i] };
		assert_err(stage_run(&play), ERR_DEVICE_TIME);
		assert_string_equal(stage.calls, "");
		assert_int_equal(stage.workers, 0);
		assert_seen("1000000 INFO The time for this login is over");
	}
}

static void
v5_only_codes_and_known_addresses_are_shown(void **state)
{
	static const struct {
		struct flow_code code;
		bool shown;
	} rows[] = {
		{ { "C45FGVYJR", STAGE_URI, 900, 5 }, true },
		{ { "ABCD-EFGH", STAGE_URI, 900, 5 }, true },
		{ { "1234", STAGE_URI, 900, 150 }, true },
		{ { "C45FGVYJR", "https://login.example/x", 900, 5 }, true },
		{ { "c45fgvyjr", STAGE_URI, 900, 5 }, false },
		{ { "C45", STAGE_URI, 900, 5 }, false },
		{ { "", STAGE_URI, 900, 5 }, false },
		{ { "C45 FGV", STAGE_URI, 900, 5 }, false },
		{ { "C45\x1b[2J", STAGE_URI, 900, 5 }, false },
		{ { "C45FGV\n", STAGE_URI, 900, 5 }, false },
		{ { "C45FGV\xc3\x84", STAGE_URI, 900, 5 }, false },
		{ { "C45FGVYJR", STAGE_URI "/", 900, 5 }, false },
		{ { "C45FGVYJR", "https://evil.example/devicelogin", 900, 5 },
		    false },
		{ { "C45FGVYJR", "HTTPS://microsoft.com/devicelogin", 900, 5 },
		    false },
		{ { "C45FGVYJR", "", 900, 5 }, false },
		{ { "C45FGVYJR", STAGE_URI, 0, 5 }, false },
		{ { "C45FGVYJR", STAGE_URI, 900, 0 }, false },
		{ { "C45FGVYJR", STAGE_URI, 900, 301 }, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		STAGE(play, 80);

		stage.code = rows[i].code;
		stage.polls = 0;
		assert_err(stage_run(&play), rows[i].shown ? ERR_OK :
		    ERR_DEVICE_PROMPT);
		assert_int_equal(stage_count("Company"), rows[i].shown);
		assert_null(strchr(stage_seen, '\x1b'));
	}
}

/* Nobody could say any more which of them is typed. */
static void
v2_a_worker_with_two_codes_has_failed(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.polls = 0;
	stage.two_codes = true;
	assert_err(stage_run(&play), ERR_WORKER);
	assert_null(strstr(stage.calls, "replay"));
}

static void
codes_are_grouped_for_reading(void **state)
{
	static const struct {
		const char *code;
		const char *group;
	} rows[] = {
		{ "C45FGVYJR", "C45 FGV YJR" }, { "ABCDEFGH", "ABCD EFGH" },
		{ "ABCDEFG", "ABC DEF G" }, { "ABCDEF", "" }, { "1234", "" },
		{ "ABCD-EFGH", "" }, { "ABCDEFGHIJKLMNOP",
		    "ABCD EFGH IJKL MNOP" },
		{ "ABCDEFGHIJKLMNO", "ABC DEF GHI JKL MNO" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char group[34] = "x";

		device_group(rows[i].code, group, sizeof(group));
		assert_string_equal(group, rows[i].group);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v5_the_prompt_carries_everything),
		cmocka_unit_test(a_text_that_is_shown_at_once_needs_no_enter),
		cmocka_unit_test(
		    who_waits_at_a_terminal_hears_when_a_minute_is_left),
		cmocka_unit_test(enter_too_early_says_not_yet_and_goes_on),
		cmocka_unit_test(
		    v4_a_poll_without_an_outcome_does_not_keep_anybody),
		cmocka_unit_test(
		    v4_nobody_who_presses_enter_is_told_at_the_end),
		cmocka_unit_test(who_accepts_after_the_time_is_not_let_in),
		cmocka_unit_test(what_the_provider_refuses_is_told_after_enter),
		cmocka_unit_test(a_refusal_before_there_is_a_code_is_seen_too),
		cmocka_unit_test(
		    a_worker_that_fails_as_a_program_has_one_reason),
		cmocka_unit_test(a_worker_that_cannot_be_started_is_a_denial),
		cmocka_unit_test(the_decoys_learn_from_what_was_real),
		cmocka_unit_test(i8_decoys_learn_how_long_a_poll_takes),
		cmocka_unit_test(i8_a_decoy_polls_as_fast_as_the_last_real_one),
		cmocka_unit_test(i8_decoys_learn_how_a_worker_fails),
		cmocka_unit_test(i8_who_is_hopeless_sees_what_everybody_sees),
		cmocka_unit_test(i8_the_limits_are_the_same_for_everybody),
		cmocka_unit_test(v1_over_the_limit_saml_is_left),
		cmocka_unit_test(a_tenant_that_blocks_the_flow_leaves_saml),
		cmocka_unit_test(v4_after_the_time_nobody_is_passed_on),
		cmocka_unit_test(who_types_saml_gets_that),
		cmocka_unit_test(without_saml_the_word_is_an_enter),
		cmocka_unit_test(v4_who_hangs_up_leaves_nothing_behind),
		cmocka_unit_test(an_answer_to_nothing_ends_the_login),
		cmocka_unit_test(an_answer_that_is_too_long_is_an_enter),
		cmocka_unit_test(a_code_that_expires_is_followed_by_one_more),
		cmocka_unit_test(a_fresh_code_is_for_who_is_there),
		cmocka_unit_test(v3_a_code_that_was_used_is_an_alarm),
		cmocka_unit_test(who_signed_in_in_time_may_press_enter_later),
		cmocka_unit_test(too_late_for_a_fresh_code_there_is_none),
		cmocka_unit_test(v4_the_applications_time_is_the_shorter_one),
		cmocka_unit_test(
		    v4_a_longer_time_of_the_application_is_not_mentioned),
		cmocka_unit_test(v4_without_time_no_flow_is_begun),
		cmocka_unit_test(v5_only_codes_and_known_addresses_are_shown),
		cmocka_unit_test(v2_a_worker_with_two_codes_has_failed),
		cmocka_unit_test(codes_are_grouped_for_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
