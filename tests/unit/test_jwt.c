/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The verifier as a whole: what it takes, what comes out, and that no part of
 * a token can be missing, twice or other.  test_jwt_rows.c has the claims.
 */
#include "jwt_case.h"

#include "sys/crypto.h"

static void
a_token_of_entra_becomes_claims(void **state)
{
	AUTO(claims) struct claims *claims = NULL;
	const struct claims_fixed *fixed;
	struct jwt_case c;

	(void)state;
	case_init(&c);
	assert_err(case_verify(&c, &claims), ERR_OK);
	fixed = claims_fixed(claims);
	assert_string_equal(fixed->issuer, CASE_ISSUER);
	assert_string_equal(fixed->assertion_id, "fqiBqXLPj0eQa82S-IYFAA");
	assert_string_equal(fixed->name_id,
	    "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ");
	assert_string_equal(fixed->name_id_format, "");
	assert_string_equal(fixed->in_response_to, "");
	assert_int_equal(fixed->not_on_or_after, CASE_NOW + 3600 + 60);
	assert_int_equal(fixed->authn_instant, 0);
	assert_int_equal(fixed->session_not_on_or_after, 0);
	assert_string_equal(claims_get(claims, CLAIM_TENANT), CASE_TENANT);
	assert_string_equal(claims_get(claims, CLAIM_OBJECT), CASE_OBJECT);
	assert_string_equal(claims_get(claims, "preferred_username"),
	    "b.simon@contoso.example");
	assert_string_equal(claims_get(claims, "name"), "B. Simon");
	assert_int_equal(claims_count(claims, CLAIM_PROVIDER), 0);
	assert_null(claims_get(claims, "sub"));
	assert_null(claims_get(claims, "aio"));
}

static void
optional_claims_are_handed_on(void **state)
{
	AUTO(claims) struct claims *claims = NULL;
	struct jwt_case c;

	(void)state;
	case_init(&c);
	c.check.guests = true;
	case_set(&c.payload, "upn", "\"b@x\"");
	case_set(&c.payload, "email", "\"e@x\"");
	case_set(&c.payload, "ipaddr", "\"192.0.2.1\"");
	case_set(&c.payload, "given_name", "\"B.\"");
	case_set(&c.payload, "family_name", "[\"Simon\"]");
	case_set(&c.payload, "idp", "\"live.com\"");
	case_set(&c.payload, "acrs", "[\"c1\",\"c2\"]");
	case_set(&c.payload, "auth_time", "1795175900");
	case_set(&c.payload, "name", "\"a\\nb\"");
	assert_err(case_verify(&c, &claims), ERR_OK);
	assert_string_equal(claims_get(claims, "upn"), "b@x");
	assert_string_equal(claims_get(claims, "email"), "e@x");
	assert_string_equal(claims_get(claims, "ipaddr"), "192.0.2.1");
	assert_string_equal(claims_get(claims, "given_name"), "B.");
	assert_int_equal(claims_count(claims, "family_name"), 0);
	assert_string_equal(claims_get(claims, CLAIM_PROVIDER), "live.com");
	assert_true(claims_has(claims, "acrs", "c1"));
	assert_true(claims_has(claims, "acrs", "c2"));
	assert_int_equal(claims_count(claims, "acrs"), 2);
	assert_int_equal(claims_fixed(claims)->authn_instant, 1795175900);
	/* What is only shown is left out when it is no plain text. */
	assert_int_equal(claims_count(claims, "name"), 0);
}

static void
j21_a_token_without_uti_is_known_by_its_digest(void **state)
{
	AUTO(claims) struct claims *first = NULL;
	AUTO(claims) struct claims *again = NULL;
	AUTO(claims) struct claims *other = NULL;
	struct jwt_case c;
	const char *id;

	(void)state;
	case_init(&c);
	case_set(&c.payload, "uti", NULL);
	assert_err(case_verify(&c, &first), ERR_OK);
	assert_err(case_verify(&c, &again), ERR_OK);
	case_set(&c.payload, "iat", "1795175701");
	assert_err(case_verify(&c, &other), ERR_OK);
	id = claims_fixed(first)->assertion_id;
	assert_memory_equal(id, "sha256:", 7);
	assert_int_equal(strlen(id), 7 + 64);
	assert_int_equal(strspn(id + 7, "0123456789abcdef"), 64);
	assert_string_equal(id, claims_fixed(again)->assertion_id);
	assert_string_not_equal(id, claims_fixed(other)->assertion_id);
}

static void
j21_a_uti_is_one_plain_text(void **state)
{
	(void)state;
	assert_err(claim_reason("uti", "1"), ERR_JWT_SUBJECT);
	assert_err(claim_reason("uti", "null"), ERR_JWT_SUBJECT);
	assert_err(claim_reason("uti", "\"\""), ERR_JWT_SUBJECT);
	assert_err(claim_reason("uti", "\"a\\n\""), ERR_JWT_SUBJECT);
}

static void
d8_a_wrong_clock_is_said_first(void **state)
{
	struct jwt_case c;
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	case_init(&c);
	c.check.clock_floor = CASE_NOW + 1;
	assert_err(case_reason(&c), ERR_CLOCK);
	assert_err(case_verify_text(&c, "x", 1, &claims), ERR_CLOCK);
	c.check.clock_floor = CASE_NOW;
	assert_err(case_reason(&c), ERR_OK);
}

static void
j14_nothing_expected_is_not_met_by_nothing(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	c.check.issuer = "";
	case_set(&c.payload, "iss", "\"\"");
	assert_err(case_reason(&c), ERR_CONF_MISSING);
	case_init(&c);
	c.check.audience = "";
	case_set(&c.payload, "aud", "\"\"");
	assert_err(case_reason(&c), ERR_CONF_MISSING);
	case_init(&c);
	c.check.tenant = "";
	case_set(&c.payload, "tid", "\"\"");
	assert_err(case_reason(&c), ERR_CONF_MISSING);
}

/* -- the key --------------------------------------------------------------- */

static enum err
kid_reason(const char *json)
{
	struct jwt_case c;

	case_init(&c);
	case_set(&c.header, "kid", json);
	return case_reason(&c);
}

static void
j5_a_kid_is_there_and_in_its_grammar(void **state)
{
	static const char *const bad[] = {
		NULL, "\"\"", "1", "null", "[\"kid-0\"]", "\"kid 0\"",
		"\"../kid-0\"", "\"kid-0\\n\"", "\"' OR 1=1 --\"",
		"\"kid-0/\"", "\"https://x\"", "\"kid-\\u00e9\"", "\"%s\"",
		"\"|touch x\"",
		"\"0123456789012345678901234567890123456789012345678901234567"
		"890123456789012345678901234567890123456789012345678901234567"
		"89012345678\"",
	};

	(void)state;
	assert_err(kid_reason("\"kid-0\""), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_err(kid_reason(bad[i]), ERR_JWT_KID);
}

static void
j27_a_key_that_is_not_the_providers_is_refused(void **state)
{
	struct jwt_case c;

	(void)state;
	assert_err(kid_reason("\"kid-1\""), ERR_JWT_KEY_UNKNOWN);
	assert_err(kid_reason("\"KID-0\""), ERR_JWT_KEY_UNKNOWN);
	assert_err(kid_reason("\"kid-\""), ERR_JWT_KEY_UNKNOWN);
	case_init(&c);
	c.keys->count = 0;
	assert_err(case_reason(&c), ERR_JWT_KEY_UNKNOWN);
}

static enum err
key_issuer_reason(const char *issuer)
{
	struct jwt_case c;

	case_init(&c);
	make_jwk(&c.keys->key[0], 0, issuer);
	return case_reason(&c);
}

static void
j15_a_key_signs_for_its_issuer_only(void **state)
{
	static const char *const others[] = {
		"https://login.microsoftonline.com/{tenantid}/v2.0/",
		"https://login.microsoftonline.com/{tenantid}/",
		"https://login.microsoftonline.com/{tenantid}",
		"https://login.microsoftonline.us/{tenantid}/v2.0",
		"https://login.microsoftonline.com/{TENANTID}/v2.0",
		"https://login.microsoftonline.com/{tenantid}{tenantid}/v2.0",
		"https://login.microsoftonline.com/"
		    "9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
		"https://LOGIN.microsoftonline.com/" CASE_TENANT "/v2.0",
		"https://login.microsoftonline.org/{tenantid}/v2.0",
		"https://login.microsoftonline.com/" CASE_TENANT,
		"{tenantid}", "x", "*", CASE_ISSUER "x",
		"https://sts.windows.net/{tenantid}/",
	};

	(void)state;
	assert_err(key_issuer_reason(""), ERR_OK);
	assert_err(key_issuer_reason(CASE_ISSUER), ERR_OK);
	assert_err(key_issuer_reason(
	    "https://login.microsoftonline.com/{tenantid}/v2.0"), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (key_issuer_reason(others[i]) != ERR_JWT_KEY_ISSUER)
			fail_msg("%s", others[i]);
}

static void
j15_the_tenant_that_is_put_in_is_ours(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	make_jwk(&c.keys->key[0], 0,
	    "https://login.microsoftonline.com/{tenantid}/v2.0");
	c.check.tenant = "6BABCAAD-604b-40ac-a9d7-9fd97c0b779f";
	assert_err(case_reason(&c), ERR_OK);
	c.check.tenant = "7babcaad-604b-40ac-a9d7-9fd97c0b779f";
	assert_err(case_reason(&c), ERR_JWT_KEY_ISSUER);
}

static void
j1_a_signature_is_by_the_key_of_its_kid(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	c.key = 1;
	assert_err(case_reason(&c), ERR_JWT_SIGNATURE);
	make_jwk(&c.keys->key[1], 1, "");
	c.keys->count = 2;
	assert_err(case_reason(&c), ERR_JWT_SIGNATURE);
	case_set(&c.header, "kid", "\"kid-1\"");
	assert_err(case_reason(&c), ERR_OK);
}

static void
a_ring_changes_nothing(void **state)
{
	AUTO(crypto_keyring) struct crypto_keyring ring = { { NULL } };
	struct jwt_case c;

	(void)state;
	case_init(&c);
	c.check.ring = &ring;
	assert_err(case_reason(&c), ERR_OK);
	assert_err(case_reason(&c), ERR_OK);
	c.key = 1;
	assert_err(case_reason(&c), ERR_JWT_SIGNATURE);
	case_set(&c.header, "kid", "\"kid-1\"");
	make_jwk(&c.keys->key[0], 1, "");
	assert_err(case_reason(&c), ERR_OK);
	c.key = 0;
	assert_err(case_reason(&c), ERR_JWT_SIGNATURE);
}

/* -- the payload ----------------------------------------------------------- */

static enum err
payload_reason(const char *payload)
{
	AUTO(claims) struct claims *claims = NULL;
	AUTO(buf) struct buf token = TOKEN_BUF;
	struct jwt_case c;

	case_init(&c);
	put_signed(&token, "{\"alg\":\"RS256\",\"kid\":\"kid-0\"}", payload,
	    0, "RS256");
	return case_verify_text(&c, buf_str(&token), token.len, &claims);
}

static void
j8_a_payload_is_one_strict_object(void **state)
{
	static const char *const bad[] = {
		"", "x", "[]", "{", "{}{}", "{} x", "{\"a\":1,}", "null",
		"{\"sub\":\"a\",\"sub\":\"a\"}", "{'sub':'a'}",
		"{\"x\":{\"y\":1,\"y\":2}}", "{\"a\":1,\"\\u0061\":2}",
		"{\"exp\":NaN}", "{\"exp\":1e999}", "{\"a\":\"\\u0000\"}",
		"{\"exp\":99999999999999999999}", "{\"a\":\"\xc0\xaf\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (payload_reason(bad[i]) != ERR_JSON)
			fail_msg("%s", bad[i]);
	assert_err(payload_reason("{}"), ERR_JWT_ISSUER);
}

static void
j9_a_deep_or_crowded_payload_is_refused(void **state)
{
	AUTO(buf) struct buf text = TOKEN_BUF;
	AUTO(buf) struct buf crowd = TOKEN_BUF;

	(void)state;
	assert_err(claim_reason("x", "[[[[[[[1]]]]]]]"), ERR_OK);
	assert_err(claim_reason("x", "[[[[[[[[1]]]]]]]]"), ERR_JWT_LIMITS);
	assert_err(buf_printf(&text, "\"%04096d\"", 0), ERR_OK);
	assert_err(claim_reason("x", buf_str(&text)), ERR_OK);
	buf_reset(&text);
	assert_err(buf_printf(&text, "\"%04097d\"", 0), ERR_OK);
	assert_err(claim_reason("x", buf_str(&text)), ERR_JWT_LIMITS);
	for (int i = 0; i < 128; i++)
		assert_err(buf_printf(&crowd, "%c\"%d\":1", i == 0 ? '{' : ',',
		    i), ERR_OK);
	assert_err(buf_printf(&crowd, "}"), ERR_OK);
	assert_err(claim_reason("x", buf_str(&crowd)), ERR_OK);
	crowd.data[--crowd.len] = '\0';
	assert_err(buf_printf(&crowd, ",\"x\":1}"), ERR_OK);
	assert_err(claim_reason("x", buf_str(&crowd)), ERR_JWT_LIMITS);
}

/* -- every part ------------------------------------------------------------ */

/* Members that a token may lack. */
static bool
is_optional(const char *name)
{
	static const char *const optional[] = {
		"typ", "aio", "name", "preferred_username", "rh", "uti",
	};

	for (size_t i = 0; i < ARRAY_LEN(optional); i++)
		if (strcmp(name, optional[i]) == 0)
			return true;
	return false;
}

/* Members that nobody reads, whatever their type. */
static bool
is_unread(const char *name)
{
	return strcmp(name, "aio") == 0 || strcmp(name, "rh") == 0 ||
	    strcmp(name, "name") == 0;
}

static void
try_member(struct jwt_case *c, struct case_members *members, size_t i)
{
	static const char *const types[] = {
		"null", "true", "false", "1", "-1", "1.5", "[]", "{}",
		"\"\"", "[[]]", "[null]", "\"x y\"",
	};
	const struct case_member kept = members->at[i];

	members->at[i].value = NULL;
	if ((case_reason(c) == ERR_OK) != is_optional(kept.name))
		fail_msg("without %s", kept.name);
	members->at[i].value = kept.value;
	case_add(members, kept.name, kept.value);
	assert_err(case_reason(c), ERR_JSON);
	members->count--;
	for (size_t t = 0; t < ARRAY_LEN(types); t++) {
		bool text = types[t][0] == '"' &&
		    (strcmp(kept.name, "sub") == 0 ||
		    strcmp(kept.name, "uti") == 0 ||
		    strcmp(kept.name, "preferred_username") == 0);

		members->at[i].value = types[t];
		if (!is_unread(kept.name) && !text &&
		    case_reason(c) == ERR_OK)
			fail_msg("%s: %s", kept.name, types[t]);
	}
	members->at[i].value = kept.value;
}

static void
j8_no_member_is_missing_twice_or_of_another_type(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	for (size_t i = 0; i < c.header.count; i++)
		try_member(&c, &c.header, i);
	for (size_t i = 0; i < c.payload.count; i++)
		try_member(&c, &c.payload, i);
	assert_err(case_reason(&c), ERR_OK);
}

static void
j1_no_bit_of_a_token_can_be_another(void **state)
{
	AUTO(crypto_keyring) struct crypto_keyring ring = { { NULL } };
	AUTO(buf) struct buf token = TOKEN_BUF;
	AUTO(claims) struct claims *claims = NULL;
	struct jwt_case c;

	(void)state;
	case_init(&c);
	c.check.ring = &ring;
	case_write(&c, &token);
	for (size_t i = 0; i < token.len * 8; i++) {
		token.data[i / 8] ^= (uint8_t)(1u << i % 8);
		assert_true(case_verify_text(&c, buf_str(&token), token.len,
		    &claims) != ERR_OK);
		token.data[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	assert_err(case_verify_text(&c, buf_str(&token), token.len, &claims),
	    ERR_OK);
}

static void
j12_no_part_of_a_token_is_a_token(void **state)
{
	AUTO(buf) struct buf token = TOKEN_BUF;
	AUTO(claims) struct claims *claims = NULL;
	struct jwt_case c;

	(void)state;
	case_init(&c);
	case_write(&c, &token);
	for (size_t i = 0; i < token.len; i++) {
		assert_true(case_verify_text(&c, buf_str(&token), i,
		    &claims) != ERR_OK);
		assert_true(case_verify_text(&c, buf_str(&token) + i + 1,
		    token.len - i - 1, &claims) != ERR_OK);
	}
}

static void
j5_the_kid_of_an_unverified_token_is_told(void **state)
{
	AUTO(buf) struct buf token = TOKEN_BUF;
	char kid[KID_MAX_LEN + 1] = "before";
	struct jwt_case c;

	(void)state;
	case_init(&c);
	case_set(&c.header, "kid", "\"kid-9\"");
	c.key = 1;
	case_write(&c, &token);
	assert_err(jwt_kid(buf_str(&token), token.len, kid, NULL), ERR_OK);
	assert_string_equal(kid, "kid-9");
	assert_err(jwt_kid(buf_str(&token), token.len - 342, kid, NULL),
	    ERR_JWT_NONE);
	assert_err(jwt_kid("x", 1, kid, NULL), ERR_JWT_SEGMENTS);
	buf_reset(&token);
	case_set(&c.header, "kid", "\"a b\"");
	case_write(&c, &token);
	assert_err(jwt_kid(buf_str(&token), token.len, kid, NULL),
	    ERR_JWT_KID);
	buf_reset(&token);
	case_set(&c.header, "kid", NULL);
	case_write(&c, &token);
	assert_err(jwt_kid(buf_str(&token), token.len, kid, NULL),
	    ERR_JWT_KID);
	assert_string_equal(kid, "kid-9");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_of_entra_becomes_claims),
		cmocka_unit_test(optional_claims_are_handed_on),
		cmocka_unit_test(
		    j21_a_token_without_uti_is_known_by_its_digest),
		cmocka_unit_test(j21_a_uti_is_one_plain_text),
		cmocka_unit_test(d8_a_wrong_clock_is_said_first),
		cmocka_unit_test(j14_nothing_expected_is_not_met_by_nothing),
		cmocka_unit_test(j5_a_kid_is_there_and_in_its_grammar),
		cmocka_unit_test(
		    j27_a_key_that_is_not_the_providers_is_refused),
		cmocka_unit_test(j15_a_key_signs_for_its_issuer_only),
		cmocka_unit_test(j15_the_tenant_that_is_put_in_is_ours),
		cmocka_unit_test(j1_a_signature_is_by_the_key_of_its_kid),
		cmocka_unit_test(a_ring_changes_nothing),
		cmocka_unit_test(j8_a_payload_is_one_strict_object),
		cmocka_unit_test(j9_a_deep_or_crowded_payload_is_refused),
		cmocka_unit_test(
		    j8_no_member_is_missing_twice_or_of_another_type),
		cmocka_unit_test(j1_no_bit_of_a_token_can_be_another),
		cmocka_unit_test(j12_no_part_of_a_token_is_a_token),
		cmocka_unit_test(j5_the_kid_of_an_unverified_token_is_told),
	};

	return cmocka_run_group_tests(tests, case_setup, case_teardown);
}
