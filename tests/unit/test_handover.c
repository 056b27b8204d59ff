/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signing in with a hand-over code: the login can be found while it waits, and
 * a code is an answer to its prompt.
 */
#include "scene.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/clock.h"

#define WRONG "000-000-000"

static int64_t session_end;

/* A code as deliver() would make it. */
static void
issue(struct store *store, const char *user, const char *request_id,
    char code[static CODE_SIZE])
{
	const struct code_grant grant = { user, request_id, session_end };
	int64_t expires = 0;

	assert_err(code_issue(store, &grant, clock_now(), code, &expires,
	    NULL), ERR_OK);
}

/* An unsolicited one can be made in advance. */
static void
answer_with_code(struct scene *s)
{
	char code[CODE_SIZE];

	s->conf.saml_idp_initiated = true;
	issue(s->store, "b.simon", "", code);
	scene_answer(s, code);
}

static void
answer_with_response(struct scene *s)
{
	static const char xml[] = "<samlp:Response></samlp:Response>";
	AUTO(buf) struct buf base64 = BUF_INIT(1024);

	assert_err(base64_encode(&base64, xml, strlen(xml)), ERR_OK);
	scene_answer(s, buf_str(&base64));
}

/* The prompts that were shown, the first one cut to its first word. */
static void
expect_prompts(struct scene *s, int again)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;

	scene_next(s, WIRE_PROMPT, &msg);
	assert_memory_equal(wire_get_text(&msg, PROMPT_WORDS), "Company ", 8);
	for (int i = 0; i < again; i++) {
		scene_next(s, WIRE_PROMPT, &msg);
		assert_string_equal(wire_get_text(&msg, PROMPT_WORDS),
		    prompt_again);
		assert_int_equal(wire_get_u64(&msg, PROMPT_ECHO), 0);
	}
	scene_no_more(s);
}

/*
 * The person at the prompt, in a process of its own, when the answer is not
 * known before: meanwhile(), which answers, sees what a delivery would see.
 */
static enum err
sign_in_while(struct scene *s,
    bool (*meanwhile)(struct scene *s, const struct pending *login))
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	pid_t pid = fork();
	int status = -1;
	enum err r;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct pending_list *list = NULL;
		struct store *store = NULL;

		channel_close(&s->ch);
		if (channel_expect(&s->module, WIRE_PROMPT, &msg, NULL) !=
		    ERR_OK ||
		    store_open(s->path, false, &store, NULL) != ERR_OK ||
		    pending_load(store, clock_now(), &list, NULL) != ERR_OK)
			_exit(1);
		s->store = store;
		_exit(list->count == 1 && meanwhile(s, &list->item[0]) ?
		    0 : 1);
	}
	r = authenticate(&s->login, &s->diag);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	return r;
}

static bool
deliver_and_type(struct scene *s, const struct pending *login)
{
	char code[CODE_SIZE];

	issue(s->store, "b.simon", login->request_id, code);
	scene_answer(s, code);
	return strcmp(login->user, "b.simon") == 0 &&
	    strcmp(login->service, "sshd") == 0 &&
	    strcmp(login->rhost, "192.0.2.7\n") == 0;
}

static bool
type_nothing(struct scene *s, const struct pending *login)
{
	scene_answer(s, "");
	return login->created <= clock_now();
}

static int64_t
waiting(const struct scene *s)
{
	return scene_count(s->store, "SELECT count(*) FROM pending");
}

static void
a_login_waits_while_it_asks_and_its_code_lets_in(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	session_end = 9999999999;
	assert_err(sign_in_while(&s, deliver_and_type), ERR_OK);
	session_end = 0;
	assert_string_equal(fake.calls, "find policy ");
	assert_int_equal(s.login.session_end, 9999999999);
	assert_int_equal(waiting(&s), 0);
	assert_int_equal(scene_count(s.store, "SELECT count(*) FROM codes"),
	    0);
}

static void
a_refused_login_waits_no_more(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	assert_err(sign_in_while(&s, type_nothing), ERR_ANSWER_EMPTY);
	assert_int_equal(waiting(&s), 0);
}

static void
i8_who_is_unknown_waits_like_everybody(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	fake.find = ERR_USER_UNKNOWN;
	assert_err(sign_in_while(&s, deliver_and_type), ERR_USER_UNKNOWN);
	assert_string_equal(fake.calls, "find ");
	assert_int_equal(s.login.session_end, 0);
}

static void
the_account_is_asked_for_again_when_a_code_is_redeemed(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	fake.policy = ERR_USER_INACTIVE;
	assert_err(sign_in_while(&s, deliver_and_type), ERR_USER_INACTIVE);
	assert_string_equal(fake.calls, "find policy ");
}

static void
d9_a_session_that_ended_since_the_delivery_is_refused(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	session_end = clock_now();
	assert_err(sign_in_while(&s, deliver_and_type),
	    ERR_SAML_SESSION_ENDED);
	session_end = 0;
	assert_string_equal(fake.calls, "");
}

static void
an_unsolicited_code_lets_in_where_that_is_configured(void **state)
{
	(void)state;
	for (int configured = 0; configured < 2; configured++) {
		SCENE(s, AUTHENTICATE);

		answer_with_code(&s);
		scene_answer(&s, WRONG);
		scene_answer(&s, WRONG);
		s.conf.saml_idp_initiated = configured == 1;
		assert_err(authenticate(&s.login, &s.diag),
		    configured == 1 ? ERR_OK : ERR_CODE_WRONG);
	}
}

static void
a_code_of_another_user_is_wrong(void **state)
{
	char code[CODE_SIZE];
	SCENE(s, AUTHENTICATE);

	(void)state;
	s.conf.saml_idp_initiated = true;
	issue(s.store, "m.garcia", "", code);
	for (int i = 0; i < CODE_TRIES_MAX; i++)
		scene_answer(&s, code);
	assert_err(authenticate(&s.login, &s.diag), ERR_CODE_WRONG);
	assert_string_equal(fake.calls, "");
	expect_prompts(&s, CODE_TRIES_MAX - 1);
	/* Which is refused like everything else. */
	reply_send(&s.login, ERR_CODE_WRONG, &s.diag);
	assert_non_null(strstr(logged, " result=denied reason=code-wrong "));
	assert_null(strstr(logged, code));
}

static void
d20_a_wrong_code_is_refused_in_the_words_of_every_refusal(void **state)
{
	static const enum err reasons[] = { ERR_CODE_WRONG, ERR_CODE_LIMIT };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
		SCENE(s, AUTHENTICATE);

		reply_send(&s.login, reasons[i], &s.diag);
		scene_next(&s, WIRE_INFO, &msg);
		assert_memory_equal(wire_get_text(&msg, INFO_WORDS),
		    "Sign-in was refused.\n", 21);
	}
}

static void
a_mistyped_code_may_be_typed_again(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	for (int i = 1; i < CODE_TRIES_MAX; i++)
		scene_answer(&s, WRONG);
	answer_with_code(&s);
	assert_err(authenticate(&s.login, &s.diag), ERR_OK);
	expect_prompts(&s, CODE_TRIES_MAX - 1);
}

static void
after_a_wrong_code_a_response_may_be_pasted(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	scene_answer(&s, WRONG);
	answer_with_response(&s);
	assert_err(authenticate(&s.login, &s.diag), ERR_OK);
	assert_string_equal(fake.calls, "worker replay link find policy ");
	expect_prompts(&s, 1);
}

static void
more_wrong_codes_than_allowed_end_the_login_at_once(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	s.conf.saml_idp_initiated = true;
	for (int i = 0; i < CODE_WRONG_MAX; i++) {
		const struct code_try attempt = {
			"b.simon", "_1", true, "192.0.2.7\n",
		};
		int64_t end = 0;

		assert_err(code_redeem(s.store, &attempt, WRONG,
		    strlen(WRONG), clock_now(), &end, NULL), ERR_CODE_WRONG);
	}
	answer_with_code(&s);
	assert_err(authenticate(&s.login, &s.diag), ERR_CODE_LIMIT);
	expect_prompts(&s, 0);
}

/* Without a remote host, one terminal does not use up another's. */
static void
the_limit_is_one_of_the_place(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	s.login.who.rhost[0] = '\0';
	for (int i = 0; i < CODE_TRIES_MAX; i++)
		scene_answer(&s, WRONG);
	assert_err(authenticate(&s.login, &s.diag), ERR_CODE_WRONG);
	assert_int_equal(scene_count(s.store, "SELECT count FROM rates "
	    "WHERE key = 'code b.simon ssh'"), CODE_TRIES_MAX);
}

static void
fill(struct scene *s)
{
	char sql[256];

	(void)snprintf(sql, sizeof(sql), "WITH RECURSIVE n(i) AS (SELECT 1 "
	    "UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO pending "
	    "SELECT '_' || i, 'x', 'su', '', 1, 9999999999 FROM n",
	    SAML_PENDING_MAX);
	assert_err(store_exec(s->store, sql, NULL), ERR_OK);
}

static void
when_too_many_wait_this_one_waits_too(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	fill(&s);
	answer_with_response(&s);
	assert_err(authenticate(&s.login, &s.diag), ERR_OK);
	/* It had a place, which it has left. */
	assert_int_equal(waiting(&s), SAML_PENDING_MAX - 1);
}

static void
a_table_that_cannot_be_written_ends_the_login_before_the_prompt(void **state)
{
	SCENE(s, AUTHENTICATE);

	(void)state;
	assert_err(store_exec(s.store, "PRAGMA query_only = ON", NULL),
	    ERR_OK);
	answer_with_response(&s);
	assert_err(authenticate(&s.login, &s.diag), ERR_STORE);
	assert_string_equal(fake.calls, "");
	scene_no_more(&s);
}

static void
d5_a_pasted_response_answers_this_login_only(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	SCENE(s, AUTHENTICATE);

	(void)state;
	scene_wait(&s, "_11111111111111111111111111111111", "b.simon");
	fake.in_response_to = "_11111111111111111111111111111111";
	answer_with_response(&s);
	assert_err(authenticate(&s.login, &s.diag), ERR_WORKER);
	assert_string_equal(fake.calls, "worker ");
	/* The worker was not even told of the other one. */
	for (int i = 0; i < 2; i++)
		assert_err(channel_expect(&fake.worker, WIRE_SAML_KEY, &msg,
		    NULL), ERR_OK);
	assert_err(channel_expect(&fake.worker, WIRE_SAML_PENDING, &msg,
	    NULL), ERR_OK);
	assert_string_equal(wire_get_text(&msg, SAML_PENDING_ID),
	    s.login.who.request_id);
	assert_err(channel_expect(&fake.worker, WIRE_SAML_CHECK, &msg, NULL),
	    ERR_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_login_waits_while_it_asks_and_its_code_lets_in),
		cmocka_unit_test(a_refused_login_waits_no_more),
		cmocka_unit_test(i8_who_is_unknown_waits_like_everybody),
		cmocka_unit_test(
		    the_account_is_asked_for_again_when_a_code_is_redeemed),
		cmocka_unit_test(
		    d9_a_session_that_ended_since_the_delivery_is_refused),
		cmocka_unit_test(
		    an_unsolicited_code_lets_in_where_that_is_configured),
		cmocka_unit_test(a_code_of_another_user_is_wrong),
		cmocka_unit_test(
		    d20_a_wrong_code_is_refused_in_the_words_of_every_refusal),
		cmocka_unit_test(a_mistyped_code_may_be_typed_again),
		cmocka_unit_test(after_a_wrong_code_a_response_may_be_pasted),
		cmocka_unit_test(
		    more_wrong_codes_than_allowed_end_the_login_at_once),
		cmocka_unit_test(the_limit_is_one_of_the_place),
		cmocka_unit_test(
		    when_too_many_wait_this_one_waits_too),
		cmocka_unit_test(
		    a_table_that_cannot_be_written_ends_the_login_before_the_prompt),
		cmocka_unit_test(d5_a_pasted_response_answers_this_login_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
