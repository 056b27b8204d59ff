/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose a token is, for whom and when, row by row of the catalogue: the form
 * that is taken, and others.
 */
#include "jwt_case.h"

/* Every value of a claim is refused for this reason. */
#define assert_all(values, name, reason) \
	do { \
		for (size_t i_ = 0; i_ < ARRAY_LEN(values); i_++) { \
			enum err r_ = claim_reason((name), (values)[i_]); \
			if (r_ != (reason)) \
				fail_msg("%s %s: %s", (name), \
				    (values)[i_] == NULL ? "absent" : \
				    (values)[i_], err_name(r_)); \
		} \
	} while (0)

static void
j7_claims_of_other_tokens_are_refused(void **state)
{
	static const char *const any[] = {
		"\"openid\"", "\"\"", "null", "1", "[]", "{}",
	};

	(void)state;
	assert_all(any, "scp", ERR_JWT_TYPE);
	assert_all(any, "appid", ERR_JWT_TYPE);
	assert_all(any, "events", ERR_JWT_TYPE);
	assert_err(claim_reason("roles", "[\"x\"]"), ERR_OK);
}

static void
j14_iss_is_exactly_the_issuer(void **state)
{
	static const char *const others[] = {
		NULL, "\"\"", "1", "null", "[\"" CASE_ISSUER "\"]",
		"\"" CASE_ISSUER "/\"", "\" " CASE_ISSUER "\"",
		"\"https://login.microsoftonline.com/" CASE_TENANT "\"",
		"\"https://LOGIN.microsoftonline.com/" CASE_TENANT "/v2.0\"",
		"\"https://login.microsoftonline.com/"
		    "6BABCAAD-604B-40AC-A9D7-9FD97C0B779F/v2.0\"",
		"\"https://sts.windows.net/" CASE_TENANT "/\"",
		"\"https://login.microsoftonline.com/{tenantid}/v2.0\"",
		"\"https://login.microsoftonline.com/common/v2.0\"",
		"\"http://login.microsoftonline.com/" CASE_TENANT "/v2.0\"",
		"{\"" CASE_ISSUER "\":1}",
	};

	(void)state;
	assert_all(others, "iss", ERR_JWT_ISSUER);
	/* As bytes, however JSON spells them. */
	assert_err(claim_reason("iss", "\"https:\\/\\/login.microsoftonline."
	    "com/" CASE_TENANT "/v2.0\""), ERR_OK);
}

static void
j16_tid_is_the_tenant(void **state)
{
	static const char *const others[] = {
		NULL, "\"\"", "1", "null", "[\"" CASE_TENANT "\"]",
		"\"6babcaad-604b-40ac-a9d7-9fd97c0b7790\"",
		"\"6babcaad604b40aca9d79fd97c0b779f\"",
		"\"{6babcaad-604b-40ac-a9d7-9fd97c0b779f}\"",
		"\"" CASE_TENANT " \"", "\"" CASE_TENANT "\\n\"",
		"\"9188040d-6c67-4c5b-b112-36a304b66dad\"",
		"\"contoso.onmicrosoft.com\"",
	};

	(void)state;
	assert_all(others, "tid", ERR_JWT_TENANT);
	assert_err(claim_reason("tid",
	    "\"6BABCAAD-604B-40AC-A9D7-9FD97C0B779F\""), ERR_OK);
}

static void
j16_the_tenant_of_consumers_is_nobodys(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	c.check.tenant = "9188040D-6c67-4c5b-b112-36a304b66dad";
	case_set(&c.payload, "tid",
	    "\"9188040d-6c67-4c5b-b112-36a304b66dad\"");
	assert_err(case_reason(&c), ERR_JWT_TENANT);
	c.check.tenant = "contoso.example";
	case_set(&c.payload, "tid", "\"contoso.example\"");
	assert_err(case_reason(&c), ERR_JWT_TENANT);
}

static enum err
guest_reason(const char *name, const char *value)
{
	struct jwt_case c;

	case_init(&c);
	c.check.guests = true;
	case_set(&c.payload, name, value);
	return case_reason(&c);
}

static void
j16_guests_are_refused_unless_welcome(void **state)
{
	static const char *const acct[] = { "1", "2", "-1" };
	static const char *const idp[] = {
		"\"live.com\"", "\"\"", "\"" CASE_ISSUER "/\"",
		"\"https://sts.windows.net/" CASE_TENANT "/\"",
	};
	static const char *const malformed[] = {
		"null", "[]", "{}", "true", "1.0",
	};

	(void)state;
	assert_all(acct, "acct", ERR_LINK_GUEST);
	assert_all(idp, "idp", ERR_LINK_GUEST);
	assert_all(malformed, "acct", ERR_LINK_GUEST);
	assert_all(malformed, "idp", ERR_LINK_GUEST);
	assert_err(claim_reason("acct", "\"0\""), ERR_LINK_GUEST);
	assert_err(claim_reason("acct", "0"), ERR_OK);
	assert_err(claim_reason("idp", "\"" CASE_ISSUER "\""), ERR_OK);
	assert_err(guest_reason("acct", "1"), ERR_OK);
	assert_err(guest_reason("idp", "\"live.com\""), ERR_OK);
	assert_err(guest_reason("acct", "\"1\""), ERR_LINK_GUEST);
	assert_err(guest_reason("idp", "1"), ERR_LINK_GUEST);
	assert_err(guest_reason("idp", "\"live.com\\n\""), ERR_LINK_GUEST);
	assert_err(guest_reason("idp", "\"\\u009b2J\""), ERR_LINK_GUEST);
}

static void
j17_aud_is_us_and_nobody_else(void **state)
{
	static const char *const others[] = {
		NULL, "\"\"", "1", "null", "[]", "[1]", "{}", "[[]]",
		"\"" CASE_AUDIENCE "x\"", "\"api://" CASE_AUDIENCE "\"",
		"[\"" CASE_AUDIENCE "\",\"other\"]",
		"[\"other\",\"" CASE_AUDIENCE "\"]",
		"[\"" CASE_AUDIENCE "\",\"" CASE_AUDIENCE "\"]",
		"[[\"" CASE_AUDIENCE "\"]]", "[\"other\"]",
		"{\"" CASE_AUDIENCE "\":1}",
		"\"00001111-AAAA-2222-BBBB-3333CCCC4444\"",
	};

	(void)state;
	assert_all(others, "aud", ERR_JWT_AUDIENCE);
	assert_err(claim_reason("aud", "[\"" CASE_AUDIENCE "\"]"), ERR_OK);
}

static void
j17_azp_is_us_when_it_is_said(void **state)
{
	static const char *const others[] = {
		"\"\"", "\"other\"", "1", "null", "[\"" CASE_AUDIENCE "\"]",
	};

	(void)state;
	assert_all(others, "azp", ERR_JWT_AUDIENCE);
	assert_err(claim_reason("azp", "\"" CASE_AUDIENCE "\""), ERR_OK);
}

/* -- times ----------------------------------------------------------------- */

static void
j18_times_are_integers_of_this_century(void **state)
{
	static const char *const names[] = { "exp", "nbf", "iat" };
	static const char *const bad[] = {
		NULL, "\"1795176000\"", "1795176000.0", "1.795176e9", "null",
		"true", "[1795176000]", "0", "-1", "946684799", "4102444801",
		"9223372036854775807", "-9223372036854775808",
		"1795176000000", "{}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_all(bad, names[i], ERR_JWT_TIME);
}

static void
j18_exp_is_to_come(void **state)
{
	(void)state;
	assert_err(claim_reason("exp", case_number(CASE_NOW - 59)), ERR_OK);
	assert_err(claim_reason("exp", case_number(CASE_NOW - 60)),
	    ERR_JWT_EXPIRED);
	assert_err(claim_reason("exp", case_number(CASE_NOW - 61)),
	    ERR_JWT_EXPIRED);
	assert_err(claim_reason("exp", case_number(946684800)),
	    ERR_JWT_EXPIRED);
}

static void
j18_nbf_and_iat_are_past(void **state)
{
	static const char *const names[] = { "nbf", "iat" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_err(claim_reason(names[i], case_number(CASE_NOW + 60)),
		    ERR_OK);
		assert_err(claim_reason(names[i], case_number(CASE_NOW + 61)),
		    ERR_JWT_NOT_YET);
		assert_err(claim_reason(names[i], case_number(4102444800)),
		    ERR_JWT_NOT_YET);
	}
	assert_err(claim_reason("nbf", case_number(946684800)), ERR_OK);
}

static void
j18_a_token_is_issued_for_this_login(void **state)
{
	struct jwt_case c;
	/* begun 60 s ago, skew 60 s, set back by 300 s */
	const int64_t first = CASE_NOW - 60 - 60 - 300;

	(void)state;
	assert_err(claim_reason("iat", case_number(first)), ERR_OK);
	assert_err(claim_reason("iat", case_number(first - 1)), ERR_JWT_STALE);
	assert_err(claim_reason("iat", case_number(946684800)), ERR_JWT_STALE);
	case_init(&c);
	c.check.begun = 0;
	case_set(&c.payload, "iat", case_number(first - 1));
	assert_err(case_reason(&c), ERR_OK);
}

static void
j18_no_token_is_good_for_too_long(void **state)
{
	struct jwt_case c;
	const int64_t iat = CASE_NOW - 300;

	(void)state;
	assert_err(claim_reason("exp", case_number(iat + 86400)), ERR_OK);
	assert_err(claim_reason("exp", case_number(iat + 86401)),
	    ERR_JWT_STALE);
	assert_err(claim_reason("exp", case_number(4102444800)), ERR_JWT_STALE);
	case_init(&c);
	c.check.lifetime_max = 0;
	case_set(&c.payload, "exp", case_number(4102444800));
	assert_err(case_reason(&c), ERR_OK);
}

/* -- whose ----------------------------------------------------------------- */

static enum err
nonce_reason(const char *sent, const char *value)
{
	struct jwt_case c;

	case_init(&c);
	c.check.nonce = sent;
	case_set(&c.payload, "nonce", value);
	return case_reason(&c);
}

static void
j19_a_nonce_is_the_one_that_was_sent(void **state)
{
	(void)state;
	assert_err(nonce_reason("", NULL), ERR_OK);
	assert_err(nonce_reason("abc", "\"abc\""), ERR_OK);
	assert_err(nonce_reason("", "\"\""), ERR_JWT_NONCE);
	assert_err(nonce_reason("", "\"abc\""), ERR_JWT_NONCE);
	assert_err(nonce_reason("", "null"), ERR_JWT_NONCE);
	assert_err(nonce_reason("abc", NULL), ERR_JWT_NONCE);
	assert_err(nonce_reason("abc", "\"\""), ERR_JWT_NONCE);
	assert_err(nonce_reason("abc", "\"abcd\""), ERR_JWT_NONCE);
	assert_err(nonce_reason("abc", "\"ABC\""), ERR_JWT_NONCE);
	assert_err(nonce_reason("abc", "[\"abc\"]"), ERR_JWT_NONCE);
	assert_err(nonce_reason("abc", "null"), ERR_JWT_NONCE);
	assert_err(nonce_reason("1", "1"), ERR_JWT_NONCE);
}

static void
j20_sub_and_oid_say_whose_it_is(void **state)
{
	static const char *const subs[] = {
		NULL, "\"\"", "1", "null", "[\"a\"]", "\"a\\nb\"",
		"\"\\u007f\"", "\"a\\u009bb\"",
	};
	static const char *const oids[] = {
		NULL, "\"\"", "1", "null", "[\"" CASE_OBJECT "\"]",
		"\"aaaaaaaa00001111222bbbbbbbbbbbbb\"", "\"root\"",
		"\"" CASE_OBJECT "x\"", "\" " CASE_OBJECT "\"",
		"\"gaaaaaaa-0000-1111-2222-bbbbbbbbbbbb\"",
		"\"aaaaaaaa-0000-1111-2222-bbbbbbbbbbb\\n\"",
	};

	(void)state;
	assert_all(subs, "sub", ERR_JWT_SUBJECT);
	assert_all(oids, "oid", ERR_JWT_SUBJECT);
	assert_err(claim_reason("oid",
	    "\"AAAAAAAA-0000-1111-2222-BBBBBBBBBBBB\""), ERR_OK);
}

static void
j20_names_are_plain_texts(void **state)
{
	static const char *const names[] = {
		"preferred_username", "upn", "email",
	};
	static const char *const bad[] = {
		"1", "null", "true", "[\"b@x\"]", "{}", "\"b@x\\n\"",
		"\"b\\u001b[2J@x\"", "\"\\u0001\"", "\"b\\u007f@x\"",
		"\"b\\u0085@x\"", "\"b\\t@x\"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_all(bad, names[i], ERR_JWT_SUBJECT);
		assert_err(claim_reason(names[i], "\"J\xc3\xb6nes@x\""),
		    ERR_OK);
		assert_err(claim_reason(names[i], NULL), ERR_OK);
	}
}

static void
j20_version_is_that_of_the_issuer(void **state)
{
	static const char *const others[] = {
		NULL, "\"\"", "\"1.0\"", "\"2\"", "2.0", "2", "null",
		"\"2.0 \"", "[\"2.0\"]",
	};
	struct jwt_case c;

	(void)state;
	assert_all(others, "ver", ERR_JWT_VERSION);
	case_init(&c);
	c.check.issuer = "https://sts.windows.net/" CASE_TENANT "/";
	case_set(&c.payload, "iss",
	    "\"https://sts.windows.net/" CASE_TENANT "/\"");
	assert_err(case_reason(&c), ERR_JWT_VERSION);
	case_set(&c.payload, "ver", "\"1.0\"");
	assert_err(case_reason(&c), ERR_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(j7_claims_of_other_tokens_are_refused),
		cmocka_unit_test(j14_iss_is_exactly_the_issuer),
		cmocka_unit_test(j16_tid_is_the_tenant),
		cmocka_unit_test(j16_the_tenant_of_consumers_is_nobodys),
		cmocka_unit_test(j16_guests_are_refused_unless_welcome),
		cmocka_unit_test(j17_aud_is_us_and_nobody_else),
		cmocka_unit_test(j17_azp_is_us_when_it_is_said),
		cmocka_unit_test(j18_times_are_integers_of_this_century),
		cmocka_unit_test(j18_exp_is_to_come),
		cmocka_unit_test(j18_nbf_and_iat_are_past),
		cmocka_unit_test(j18_a_token_is_issued_for_this_login),
		cmocka_unit_test(j18_no_token_is_good_for_too_long),
		cmocka_unit_test(j19_a_nonce_is_the_one_that_was_sent),
		cmocka_unit_test(j20_sub_and_oid_say_whose_it_is),
		cmocka_unit_test(j20_names_are_plain_texts),
		cmocka_unit_test(j20_version_is_that_of_the_issuer),
	};

	return cmocka_run_group_tests(tests, case_setup, case_teardown);
}
