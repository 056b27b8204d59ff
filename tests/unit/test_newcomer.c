/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When the helper creates somebody, and when it has them published.
 */
#include "scene.h"

#include "base/base64.h"

static enum err
sign_in(struct scene *s)
{
	static const char xml[] = "<samlp:Response>...</samlp:Response>";
	AUTO(buf) struct buf base64 = BUF_INIT(4096);

	assert_err(base64_encode(&base64, xml, sizeof(xml) - 1), ERR_OK);
	scene_answer(s, buf_str(&base64));
	return authenticate(&s->login, &s->diag);
}

static void
an_unknown_person_is_created_only_where_all_allow_it(void **state)
{
	static const struct {
		bool jit;
		uid_t caller;
		enum err link;
		enum err create;
		enum err link_again;
		enum err renew;
		enum err want;
		const char *calls;
	} rows[] = {
		{ false, 0, ERR_USER_UNKNOWN, ERR_OK, ERR_OK, ERR_OK,
		    ERR_USER_UNKNOWN, "link " },
		{ true, 1000, ERR_USER_UNKNOWN, ERR_OK, ERR_OK, ERR_OK,
		    ERR_USER_UNKNOWN, "link " },
		{ true, 0, ERR_LINK_MISMATCH, ERR_OK, ERR_OK, ERR_OK,
		    ERR_LINK_MISMATCH, "link " },
		{ true, 0, ERR_LINK_PIN, ERR_OK, ERR_OK, ERR_OK,
		    ERR_LINK_PIN, "link " },
		{ true, 0, ERR_USER_VANISHED, ERR_OK, ERR_OK, ERR_OK,
		    ERR_USER_VANISHED, "link " },
		{ true, 0, ERR_USER_UNKNOWN, ERR_JIT_DOMAIN, ERR_OK, ERR_OK,
		    ERR_JIT_DOMAIN, "link create " },
		{ true, 0, ERR_USER_UNKNOWN, ERR_STORE, ERR_OK, ERR_OK,
		    ERR_STORE, "link create " },
		{ true, 0, ERR_USER_UNKNOWN, ERR_EXISTS, ERR_LINK_PIN, ERR_OK,
		    ERR_LINK_PIN, "link create link " },
		{ true, 0, ERR_USER_UNKNOWN, ERR_EXISTS, ERR_USER_UNKNOWN,
		    ERR_OK, ERR_USER_UNKNOWN, "link create link " },
		{ true, 0, ERR_USER_UNKNOWN, ERR_OK, ERR_OK, ERR_STORE,
		    ERR_STORE, "link create renew " },
		{ true, 0, ERR_USER_UNKNOWN, ERR_OK, ERR_OK, ERR_OK, ERR_OK,
		    "link create renew find policy " },
		{ true, 0, ERR_USER_UNKNOWN, ERR_EXISTS, ERR_OK, ERR_OK,
		    ERR_OK, "link create link renew find policy " },
		{ true, 0, ERR_OK, ERR_OK, ERR_OK, ERR_OK, ERR_OK,
		    "link renew find policy " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCENE(s, AUTHENTICATE);

		s.conf.users_jit = true;
		fake.jit = rows[i].jit;
		fake.caller = rows[i].caller;
		fake.link = rows[i].link;
		fake.create = rows[i].create;
		fake.link_again = rows[i].link_again;
		fake.renew = rows[i].renew;
		assert_err(sign_in(&s), rows[i].want);
		assert_string_equal(strstr(fake.calls, "link "),
		    rows[i].calls);
	}
}

static void
without_jit_nothing_is_different(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	SCENE(s, AUTHENTICATE);

	(void)state;
	assert_err(sign_in(&s), ERR_OK);
	assert_string_equal(fake.calls, "worker replay link find policy ");
	scene_next(&s, WIRE_PROMPT, &msg);
	scene_no_more(&s);
}

static void
a_grant_is_published_before_it_is_told(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	SCENE(s, AUTHENTICATE);

	(void)state;
	s.conf.users_jit = true;
	fake.jit = true;
	assert_err(sign_in(&s), ERR_OK);
	reply_send(&s.login, ERR_OK, &s.diag);
	scene_next(&s, WIRE_PROMPT, &msg);
	scene_next(&s, WIRE_PUBLISH, &msg);
	assert_string_equal(wire_get_text(&msg, PUBLISH_USER), "b.simon");
	scene_next(&s, WIRE_RESULT, &msg);
	scene_no_more(&s);
}

static void
nothing_is_published_without_a_grant(void **state)
{
	static const struct {
		bool jit;
		uid_t caller;
		enum err create;
		enum err policy;
	} rows[] = {
		{ true, 0, ERR_JIT_LIMIT, ERR_OK },
		{ true, 0, ERR_OK, ERR_USER_NOT_ALLOWED },
		{ true, 1000, ERR_OK, ERR_OK },
		{ false, 0, ERR_OK, ERR_OK },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
		SCENE(s, AUTHENTICATE);

		s.conf.users_jit = true;
		fake.jit = rows[i].jit;
		fake.caller = rows[i].caller;
		fake.link = ERR_USER_UNKNOWN;
		fake.create = rows[i].create;
		fake.policy = rows[i].policy;
		assert_int_not_equal(sign_in(&s), ERR_OK);
		scene_next(&s, WIRE_PROMPT, &msg);
		scene_no_more(&s);
	}
}

static void
what_is_expected_of_a_sign_in(void **state)
{
	static const struct {
		bool configured;
		bool jit;
		uid_t caller;
		enum err find;
		enum err policy;
		enum err expect;
		enum err want;
		const char *calls;
	} rows[] = {
		{ false, false, 0, ERR_OK, ERR_OK, ERR_OK, ERR_OK,
		    "find policy " },
		{ false, false, 0, ERR_USER_UNKNOWN, ERR_OK, ERR_OK,
		    ERR_USER_UNKNOWN, "find " },
		{ false, false, 0, ERR_OK, ERR_DIRECTORY_STALE, ERR_OK,
		    ERR_DIRECTORY_STALE, "find policy " },
		{ true, false, 0, ERR_USER_UNKNOWN, ERR_OK, ERR_OK,
		    ERR_USER_UNKNOWN, "find " },
		{ true, true, 1000, ERR_USER_UNKNOWN, ERR_OK, ERR_OK,
		    ERR_USER_UNKNOWN, "find " },
		{ true, true, 0, ERR_USER_UNKNOWN, ERR_OK, ERR_OK, ERR_OK,
		    "find expect " },
		{ true, true, 0, ERR_USER_UNKNOWN, ERR_OK, ERR_JIT_LIMIT,
		    ERR_JIT_LIMIT, "find expect " },
		{ true, true, 0, ERR_OK, ERR_USER_INACTIVE, ERR_OK,
		    ERR_USER_INACTIVE, "find policy " },
		{ true, true, 0, ERR_STORE, ERR_OK, ERR_OK, ERR_STORE,
		    "find " },
		{ true, false, 0, ERR_OK, ERR_DIRECTORY_STALE, ERR_OK, ERR_OK,
		    "find policy expect-again " },
		{ true, false, 0, ERR_OK, ERR_DIRECTORY_STALE,
		    ERR_DIRECTORY_STALE, ERR_DIRECTORY_STALE,
		    "find policy expect-again " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SCENE(s, AUTHENTICATE);

		s.conf.users_jit = rows[i].configured;
		fake.jit = rows[i].jit;
		fake.caller = rows[i].caller;
		fake.find = rows[i].find;
		fake.policy = rows[i].policy;
		fake.expect = rows[i].expect;
		fake.expect_again = rows[i].expect;
		assert_err(newcomer_expect(&s.login, 1800000000, &s.diag),
		    rows[i].want);
		assert_string_equal(fake.calls, rows[i].calls);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    an_unknown_person_is_created_only_where_all_allow_it),
		cmocka_unit_test(without_jit_nothing_is_different),
		cmocka_unit_test(a_grant_is_published_before_it_is_told),
		cmocka_unit_test(nothing_is_published_without_a_grant),
		cmocka_unit_test(what_is_expected_of_a_sign_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
