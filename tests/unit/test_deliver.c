/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handing over: who may, which login is answered, and what comes back.
 */
#include "scene.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

#define FIRST "_11111111111111111111111111111111"
#define SECOND "_22222222222222222222222222222222"

/* Nobody's login yet; root has the other end. */
static void
open_delivery(struct scene *s)
{
	scene_open(s, WIRE_DELIVER);
	s->login.who = (struct pending){ .created = 0 };
	fake.in_response_to = FIRST;
}

#define DELIVERY(name) \
	AUTO(scene) struct scene name; \
	open_delivery(&name)

static enum err
hand_over(struct scene *s, const char *response)
{
	scene_answer(s, response);
	return deliver(&s->login, &s->diag);
}

static int64_t
codes(const struct scene *s)
{
	return scene_count(s->store, "SELECT count(*) FROM codes");
}

static void
a_delivery_gives_a_code_for_the_login_that_waits(void **state)
{
	static const struct code_try attempt = { "b.simon", FIRST, false, "" };
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	int64_t session_end = 0;
	DELIVERY(s);

	(void)state;
	scene_wait(&s, FIRST, "b.simon");
	assert_err(hand_over(&s, "PHg+"), ERR_OK);
	assert_string_equal(fake.calls, "worker replay link find policy ");
	scene_next(&s, WIRE_PROMPT, &msg);
	assert_int_equal(wire_get_u64(&msg, PROMPT_ECHO), 0);
	scene_next(&s, WIRE_CODE, &msg);
	assert_string_equal(wire_get_text(&msg, CODE_USER), "b.simon");
	assert_string_equal(wire_get_text(&msg, CODE_SERVICE), "sshd");
	assert_string_equal(wire_get_text(&msg, CODE_RHOST), "192.0.2.7");
	assert_true(llabs((long long)wire_get_u64(&msg, CODE_EXPIRES) -
	    clock_now() - CODE_SECONDS) <= 5);
	scene_no_more(&s);
	assert_err(code_redeem(s.store, &attempt,
	    wire_get_text(&msg, CODE_WORDS), msg.field[CODE_WORDS].len,
	    clock_now(), &session_end, NULL), ERR_OK);
	assert_int_equal(session_end, 3000);
}

static void
the_log_names_the_login_and_no_secret(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	DELIVERY(s);

	(void)state;
	scene_wait(&s, FIRST, "b.simon");
	assert_err(hand_over(&s, "PHg+"), ERR_OK);
	scene_next(&s, WIRE_PROMPT, &msg);
	scene_next(&s, WIRE_CODE, &msg);
	reply_send(&s.login, ERR_OK, &s.diag);
	assert_string_equal(logged, "<5>op=deliver user=\"b.simon\" "
	    "service=\"sshd\" rhost=\"192.0.2.7\" tty=\"ssh\" "
	    "result=granted reason=ok login=30313233");
	scene_next(&s, WIRE_RESULT, &msg);
	assert_int_equal(wire_get_u64(&msg, RESULT_OPERATION), WIRE_DELIVER);
	assert_string_equal(wire_get_text(&msg, RESULT_USER), "b.simon");
}

static void
every_login_that_waits_may_be_the_one(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	static const char *const want[] = { SECOND, FIRST };
	DELIVERY(s);

	(void)state;
	scene_wait(&s, FIRST, "m.garcia");
	scene_wait(&s, SECOND, "b.simon");
	assert_err(store_exec(s.store, "UPDATE pending SET created = "
	    "created - 9 WHERE user = 'm.garcia'", NULL), ERR_OK);
	fake.in_response_to = SECOND;
	assert_err(hand_over(&s, "PHg+"), ERR_OK);
	for (int i = 0; i < 2; i++)
		assert_err(channel_expect(&fake.worker, WIRE_SAML_KEY, &msg,
		    NULL), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_err(channel_expect(&fake.worker, WIRE_SAML_PENDING,
		    &msg, NULL), ERR_OK);
		assert_string_equal(wire_get_text(&msg, SAML_PENDING_ID),
		    want[i]);
	}
	assert_err(channel_expect(&fake.worker, WIRE_SAML_CHECK, &msg, NULL),
	    ERR_OK);
	assert_int_equal(msg.field[SAML_CHECK_RESPONSE].len, 4);
	assert_int_equal(scene_count(s.store, "SELECT count(*) FROM codes "
	    "WHERE user = 'b.simon' AND request_id = '" SECOND "'"), 1);
}

static void
c7_keys_that_are_too_old_deliver_nothing(void **state)
{
	DELIVERY(s);

	(void)state;
	scene_wait(&s, FIRST, "b.simon");
	fake.origin = ERR_IDP_STALE;
	assert_err(hand_over(&s, "PHg+"), ERR_IDP_STALE);
	assert_string_equal(fake.calls, "");
	assert_int_equal(codes(&s), 0);
}

static void
only_root_delivers(void **state)
{
	enum { SERVICE = 4711 };
	static const struct {
		uid_t caller;
		const char *service_account;
		enum err want;
	} rows[] = {
		{ 0, "_8x8sso", ERR_OK },
		{ 0, "", ERR_OK },
		{ SERVICE, "_8x8sso", ERR_NOT_ROOT },
		{ SERVICE + 1, "_8x8sso", ERR_NOT_ROOT },
		{ (uid_t)-1, "_8x8sso", ERR_NOT_ROOT },
		{ SERVICE + 1, "", ERR_NOT_ROOT },
		/* In tests that have no service account. */
		{ SERVICE, "", ERR_OK },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		DELIVERY(s);

		fake.self = SERVICE;
		fake.caller = rows[i].caller;
		s.conf.host_user = scene_text(rows[i].service_account);
		scene_wait(&s, FIRST, "b.simon");
		assert_err(hand_over(&s, "PHg+"), rows[i].want);
		if (rows[i].want == ERR_OK)
			continue;
		assert_string_equal(fake.calls, "");
		scene_no_more(&s);
	}
}

static void
without_a_login_that_waits_no_worker_is_started(void **state)
{
	DELIVERY(s);

	(void)state;
	assert_err(hand_over(&s, "PHg+"), ERR_NOT_PENDING);
	assert_string_equal(fake.calls, "");
}

static void
nothing_is_no_response(void **state)
{
	DELIVERY(s);

	(void)state;
	scene_wait(&s, FIRST, "b.simon");
	assert_err(hand_over(&s, ""), ERR_ANSWER_EMPTY);
	assert_string_equal(fake.calls, "");
}

static void
the_first_check_that_fails_is_the_reason_and_there_is_no_code(void **state)
{
	static const struct {
		enum err *fails;
		enum err reason;
		const char *calls;
	} rows[] = {
		{ &fake.keys, ERR_IDP_NO_KEYS, "" },
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
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
		DELIVERY(s);

		scene_wait(&s, FIRST, "b.simon");
		*rows[i].fails = rows[i].reason;
		assert_err(hand_over(&s, "PHg+"), rows[i].reason);
		assert_string_equal(fake.calls, rows[i].calls);
		assert_int_equal(codes(&s), 0);
		scene_next(&s, WIRE_PROMPT, &msg);
		scene_no_more(&s);
	}
}

static void
d5_a_worker_that_accepts_something_else_is_not_believed(void **state)
{
	static const struct {
		const char *issuer;
		const char *in_response_to;
		bool idp_initiated;
	} rows[] = {
		{ NULL, SECOND, true },
		{ NULL, "", false },
		{ "https://sts.example", FIRST, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		DELIVERY(s);

		scene_wait(&s, FIRST, "b.simon");
		s.conf.saml_idp_initiated = rows[i].idp_initiated;
		fake.issuer = rows[i].issuer;
		fake.in_response_to = rows[i].in_response_to;
		fake.found = "b.simon";
		assert_err(hand_over(&s, "PHg+"), ERR_WORKER);
		assert_string_equal(fake.calls, "worker ");
		assert_int_equal(codes(&s), 0);
	}
}

static void
an_unsolicited_response_is_its_persons(void **state)
{
	static const struct code_try attempt = { "b.simon", "_9", true, "" };
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	int64_t session_end = 0;
	DELIVERY(s);

	(void)state;
	s.conf.saml_idp_initiated = true;
	fake.in_response_to = "";
	fake.found = "b.simon";
	assert_err(hand_over(&s, "PHg+"), ERR_OK);
	assert_string_equal(fake.calls, "worker who replay link find policy ");
	scene_next(&s, WIRE_PROMPT, &msg);
	scene_next(&s, WIRE_CODE, &msg);
	assert_string_equal(wire_get_text(&msg, CODE_USER), "b.simon");
	assert_string_equal(wire_get_text(&msg, CODE_SERVICE), "");
	assert_string_equal(wire_get_text(&msg, CODE_RHOST), "");
	assert_err(code_redeem(s.store, &attempt,
	    wire_get_text(&msg, CODE_WORDS), msg.field[CODE_WORDS].len,
	    clock_now(), &session_end, NULL), ERR_OK);
}

static void
an_unsolicited_response_of_nobody_is_refused_unused(void **state)
{
	DELIVERY(s);

	(void)state;
	s.conf.saml_idp_initiated = true;
	fake.in_response_to = "";
	assert_err(hand_over(&s, "PHg+"), ERR_USER_UNKNOWN);
	assert_string_equal(fake.calls, "worker who ");
}

static void
end_login(struct store *store)
{
	pending_remove(store, FIRST);
}

static void
a_login_that_ends_meanwhile_gets_no_code(void **state)
{
	DELIVERY(s);

	(void)state;
	scene_wait(&s, FIRST, "b.simon");
	fake.at_link = end_login;
	assert_err(hand_over(&s, "PHg+"), ERR_NOT_PENDING);
	assert_int_equal(codes(&s), 0);
}

static void
deliveries_in_vain_are_limited(void **state)
{
	DELIVERY(s);

	(void)state;
	scene_wait(&s, FIRST, "b.simon");
	assert_err(hand_over(&s, "PHg+"), ERR_OK);
	assert_int_equal(scene_count(s.store, "SELECT count FROM rates "
	    "WHERE key = 'deliver'"), 0);
	fake.claims = ERR_SAML_BASE64;
	assert_err(hand_over(&s, "PHg+"), ERR_SAML_BASE64);
	assert_int_equal(scene_count(s.store, "SELECT count FROM rates "
	    "WHERE key = 'deliver'"), 1);
	assert_err(store_exec(s.store, "UPDATE rates SET count = 300", NULL),
	    ERR_OK);
	fake.claims = ERR_OK;
	fake.calls[0] = '\0';
	assert_err(hand_over(&s, "PHg+"), ERR_DELIVER_LIMIT);
	assert_string_equal(fake.calls, "");
	assert_int_equal(DELIVER_FAILED_MAX, 300);
}

static void
a_database_that_cannot_be_written_is_a_refusal(void **state)
{
	DELIVERY(s);

	(void)state;
	scene_wait(&s, FIRST, "b.simon");
	assert_err(store_exec(s.store, "PRAGMA query_only = ON", NULL),
	    ERR_OK);
	assert_err(hand_over(&s, "PHg+"), ERR_STORE);
	assert_string_equal(fake.calls, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_delivery_gives_a_code_for_the_login_that_waits),
		cmocka_unit_test(the_log_names_the_login_and_no_secret),
		cmocka_unit_test(every_login_that_waits_may_be_the_one),
		cmocka_unit_test(c7_keys_that_are_too_old_deliver_nothing),
		cmocka_unit_test(only_root_delivers),
		cmocka_unit_test(
		    without_a_login_that_waits_no_worker_is_started),
		cmocka_unit_test(nothing_is_no_response),
		cmocka_unit_test(
		    the_first_check_that_fails_is_the_reason_and_there_is_no_code),
		cmocka_unit_test(
		    d5_a_worker_that_accepts_something_else_is_not_believed),
		cmocka_unit_test(an_unsolicited_response_is_its_persons),
		cmocka_unit_test(
		    an_unsolicited_response_of_nobody_is_refused_unused),
		cmocka_unit_test(a_login_that_ends_meanwhile_gets_no_code),
		cmocka_unit_test(deliveries_in_vain_are_limited),
		cmocka_unit_test(a_database_that_cannot_be_written_is_a_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
