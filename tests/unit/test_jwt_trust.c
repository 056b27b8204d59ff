/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How far a token is trusted, row by row of the catalogue: how and when the
 * person signed in, what the token belongs to, and which groups it names.
 */
#include "jwt_case.h"

/* -- how sure -------------------------------------------------------------- */

static enum err
acrs_reason(const char *want, const char *value)
{
	struct jwt_case c;

	case_init(&c);
	c.check.require_acrs = want;
	case_set(&c.payload, "acrs", value);
	return case_reason(&c);
}

static void
j22_the_authentication_context_is_there(void **state)
{
	static const char *const without[] = {
		NULL, "\"\"", "\"c2\"", "[]", "[\"c2\",\"c11\"]", "\"C1\"",
		"[\"c1 \"]", "\"c1 c2\"",
	};
	static const char *const malformed[] = {
		"1", "null", "{\"c1\":1}", "[1]", "[\"c1\",1]", "[\"c1\",[]]",
		"[[\"c1\"]]", "[null,\"c1\"]", "\"c1\\n\"",
		"[\"c1\",\"\\u001b[2J\"]", "[\"\\u009b2J\",\"c1\"]",
	};

	(void)state;
	assert_err(acrs_reason("c1", "\"c1\""), ERR_OK);
	assert_err(acrs_reason("c1", "[\"c1\"]"), ERR_OK);
	assert_err(acrs_reason("c1", "[\"c2\",\"c1\",\"c3\"]"), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(without); i++) {
		assert_err(acrs_reason("c1", without[i]), ERR_JWT_ACRS);
		assert_err(acrs_reason("", without[i]), ERR_OK);
	}
	for (size_t i = 0; i < ARRAY_LEN(malformed); i++) {
		assert_err(acrs_reason("c1", malformed[i]), ERR_JWT_ACRS);
		assert_err(acrs_reason("", malformed[i]), ERR_JWT_ACRS);
	}
}

static enum err
auth_time_reason(int64_t max_age, const char *value)
{
	struct jwt_case c;

	case_init(&c);
	c.check.auth_max_age = max_age;
	case_set(&c.payload, "auth_time", value);
	return case_reason(&c);
}

static void
j22_the_sign_in_is_recent(void **state)
{
	static const char *const malformed[] = {
		"\"1795176000\"", "1795176000.0", "null", "0", "-1", "[]",
		"9223372036854775807",
	};

	(void)state;
	assert_err(auth_time_reason(600, case_number(CASE_NOW)), ERR_OK);
	assert_err(auth_time_reason(600, case_number(CASE_NOW - 660)), ERR_OK);
	assert_err(auth_time_reason(600, case_number(CASE_NOW + 60)), ERR_OK);
	assert_err(auth_time_reason(0, case_number(946684800)), ERR_OK);
	assert_err(auth_time_reason(0, NULL), ERR_OK);
	assert_err(auth_time_reason(600, NULL), ERR_JWT_AUTH_OLD);
	/* However old it may be, it is there. */
	assert_err(auth_time_reason(UINT32_MAX, NULL), ERR_JWT_AUTH_OLD);
	assert_err(auth_time_reason(600, case_number(CASE_NOW - 661)),
	    ERR_JWT_AUTH_OLD);
	assert_err(auth_time_reason(600, case_number(CASE_NOW + 61)),
	    ERR_JWT_AUTH_OLD);
	assert_err(auth_time_reason(0, case_number(CASE_NOW + 61)),
	    ERR_JWT_AUTH_OLD);
	for (size_t i = 0; i < ARRAY_LEN(malformed); i++) {
		assert_err(auth_time_reason(600, malformed[i]),
		    ERR_JWT_AUTH_OLD);
		assert_err(auth_time_reason(0, malformed[i]),
		    ERR_JWT_AUTH_OLD);
	}
}

static enum err
hash_reason(const char *access_token, const char *value)
{
	struct jwt_case c;

	case_init(&c);
	c.check.access_token = access_token;
	case_set(&c.payload, "at_hash", value);
	return case_reason(&c);
}

/* at_hash of OpenID Connect Core, A.3, and its access token. */
#define A3_TOKEN "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
#define A3_HASH "77QmUPtjPfzWtF2AnpK9RQ"

static void
j23_at_hash_is_that_of_the_access_token(void **state)
{
	static const char *const bad[] = {
		"\"\"", "\"77QmUPtjPfzWtF2AnpK9Rg\"", "1", "null", "[]",
		"\"77QmUPtjPfzWtF2AnpK9RQ==\"", "\"77QmUPtjPfzWtF2AnpK9\"",
		"\"77QmUPtjPfzWtF2AnpK9RR\"", "\"77QmUPtjPfzWtF2AnpK9RQAA\"",
		"\" 77QmUPtjPfzWtF2AnpK9RQ\"", "\"AAAAAAAAAAAAAAAAAAAAAA\"",
		"[\"77QmUPtjPfzWtF2AnpK9RQ\"]",
	};

	(void)state;
	assert_err(hash_reason(A3_TOKEN, "\"" A3_HASH "\""), ERR_OK);
	assert_err(hash_reason(A3_TOKEN, NULL), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_err(hash_reason(A3_TOKEN, bad[i]), ERR_JWT_HASH);
	assert_err(hash_reason(A3_TOKEN "x", "\"" A3_HASH "\""),
	    ERR_JWT_HASH);
	/* The hash of nothing (SHA-256 of "") is no hash of a token. */
	assert_err(hash_reason("", "\"47DEQpj8HBSa-_TImW-5JA\""),
	    ERR_JWT_HASH);
}

static void
j23_there_was_no_code(void **state)
{
	(void)state;
	assert_err(claim_reason("c_hash", "\"" A3_HASH "\""), ERR_JWT_HASH);
	assert_err(claim_reason("c_hash", "\"\""), ERR_JWT_HASH);
	assert_err(claim_reason("c_hash", "null"), ERR_JWT_HASH);
}

/* -- groups ---------------------------------------------------------------- */

#define GROUP_A "11111111-2222-3333-4444-555555555555"
#define GROUP_B "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"

static enum err
group_reason(const char *name, const char *value, const char *groups)
{
	static const char *const wanted[] = { GROUP_A, GROUP_B, "admins" };
	struct jwt_case c;

	case_init(&c);
	c.check.groups = wanted;
	c.check.group_count = ARRAY_LEN(wanted);
	case_set(&c.payload, "groups", groups);
	case_set(&c.payload, name, value);
	return case_reason(&c);
}

static void
j24_one_of_the_groups_is_there(void **state)
{
	static const char *const without[] = {
		NULL, "[]", "[\"" GROUP_A "x\"]", "[\"admins\"]",
		"[\"00000000-2222-3333-4444-555555555555\"]", "[\"\"]",
	};
	static const char *const malformed[] = {
		"\"" GROUP_A "\"", "null", "1", "{\"" GROUP_A "\":1}",
		"[1]", "[\"" GROUP_A "\",1]", "[[\"" GROUP_A "\"]]",
	};

	(void)state;
	assert_err(group_reason("x", NULL, "[\"" GROUP_A "\"]"), ERR_OK);
	assert_err(group_reason("x", NULL, "[\"" GROUP_A "\","
	    "\"00000000-2222-3333-4444-555555555555\"]"), ERR_OK);
	assert_err(group_reason("x", NULL, "[\"00000000-2222-3333-4444-"
	    "555555555555\",\"AAAAAAAA-bbbb-CCCC-dddd-eeeeeeeeeeee\"]"),
	    ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(without); i++) {
		assert_err(group_reason("x", NULL, without[i]),
		    ERR_JWT_GROUPS);
		assert_err(claim_reason("groups", without[i]), ERR_OK);
	}
	for (size_t i = 0; i < ARRAY_LEN(malformed); i++) {
		assert_err(group_reason("x", NULL, malformed[i]),
		    ERR_JWT_GROUPS);
		assert_err(claim_reason("groups", malformed[i]),
		    ERR_JWT_GROUPS);
	}
}

/* Whatever else is said. */
static void
j24_groups_that_are_elsewhere_are_not_known(void **state)
{
	static const char groups[] = "[\"" GROUP_A "\"]";

	(void)state;
	assert_err(group_reason("_claim_names", "{\"groups\":\"src1\"}",
	    NULL), ERR_JWT_GROUPS);
	assert_err(group_reason("_claim_names", "{\"groups\":\"src1\"}",
	    groups), ERR_JWT_GROUPS);
	assert_err(group_reason("hasgroups", "true", NULL), ERR_JWT_GROUPS);
	assert_err(group_reason("hasgroups", "true", groups),
	    ERR_JWT_GROUPS);
	assert_err(group_reason("_claim_names", "{\"roles\":\"src1\"}",
	    groups), ERR_OK);
	assert_err(claim_reason("hasgroups", "true"), ERR_OK);
	assert_err(claim_reason("_claim_names", "{\"groups\":\"src1\"}"),
	    ERR_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(j22_the_authentication_context_is_there),
		cmocka_unit_test(j22_the_sign_in_is_recent),
		cmocka_unit_test(j23_at_hash_is_that_of_the_access_token),
		cmocka_unit_test(j23_there_was_no_code),
		cmocka_unit_test(j24_one_of_the_groups_is_there),
		cmocka_unit_test(j24_groups_that_are_elsewhere_are_not_known),
	};

	return cmocka_run_group_tests(tests, case_setup, case_teardown);
}
