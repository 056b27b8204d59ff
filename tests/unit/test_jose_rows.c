/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each row of the catalogue's section on id_tokens lets through, up to
 * the limit.  What it refuses is in test_jws.c, test_jwks.c, test_jwt.c and
 * test_jwt_rows.c.
 */
#include "jwt_case.h"

#include "auth/jws.h"
#include "sys/crypto.h"

#define ISSUER_V1 "https://sts.windows.net/" CASE_TENANT "/"

static void
j1_a_signature_of_the_provider_is_accepted(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	assert_err(case_reason(&c), ERR_OK);
}

/* It is refused for its length, before anybody calculates with it. */
static void
j1_a_signature_of_another_length_is_not_compared(void **state)
{
	AUTO(buf) struct buf token = TOKEN_BUF;
	AUTO(jws) struct jws jws = JWS_INIT;
	struct diag diag = DIAG_INIT;
	struct jwk jwk;

	(void)state;
	make_jwk(&jwk, 0, "");
	put_signed(&token, "{\"alg\":\"RS256\"}", "{}", 0, "RS256");
	assert_err(jws_open(buf_str(&token), token.len, &jws, NULL), ERR_OK);
	jws.signature.len = 255;
	assert_err(jws_verify(&jws, &jwk, NULL, &diag), ERR_JWT_SIGNATURE);
	assert_string_equal(diag.text, "255 bytes, not 256");
	jws.signature.len = 256;
	assert_err(buf_putc(&jws.signature, '\0'), ERR_OK);
	assert_err(jws_verify(&jws, &jwk, NULL, &diag), ERR_JWT_SIGNATURE);
	assert_string_equal(diag.text, "257 bytes, not 256");
}

/* Entra's keys do not say for which algorithm they are. */
static void
j2_a_key_without_an_algorithm_verifies_rs256(void **state)
{
	static struct jwks keys;
	AUTO(buf) struct buf text = BUF_INIT(4096);
	struct jwt_case c;

	(void)state;
	case_init(&c);
	assert_err(buf_puts(&text, "{\"keys\":["), ERR_OK);
	put_jwk(&text, 0, CASE_KID, "");
	assert_err(buf_puts(&text, "]}"), ERR_OK);
	assert_err(jwks_parse(buf_str(&text), text.len, &keys, NULL), ERR_OK);
	c.check.keys = &keys;
	assert_err(case_reason(&c), ERR_OK);
}

static void
j4_the_members_of_entra_are_accepted(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	case_set(&c.header, "x5t", "\"zb8YKiHaVYPm\"");
	case_set(&c.header, "nonce", "\"r2QAIhLg\"");
	assert_err(case_reason(&c), ERR_OK);
}

static void
j5_the_longest_kid_is_accepted(void **state)
{
	char json[KID_MAX_LEN + 3];
	struct jwt_case c;
	char *kid;

	(void)state;
	case_init(&c);
	kid = c.keys->key[0].kid;
	memset(kid, '~', KID_MAX_LEN);
	kid[KID_MAX_LEN] = '\0';
	(void)snprintf(json, sizeof(json), "\"%s\"", kid);
	case_set(&c.header, "kid", json);
	assert_err(case_reason(&c), ERR_OK);
}

static void
j6_a_payload_may_have_a_member_crit(void **state)
{
	(void)state;
	assert_err(claim_reason("crit", "[\"exp\"]"), ERR_OK);
}

static void
j7_a_token_without_a_type_is_accepted(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	case_set(&c.header, "typ", NULL);
	assert_err(case_reason(&c), ERR_OK);
}

static void
j8_one_name_in_two_objects_is_no_name_twice(void **state)
{
	(void)state;
	assert_err(claim_reason("x", "{\"sub\":1,\"y\":{\"sub\":\"a\"}}"),
	    ERR_OK);
	assert_err(claim_reason("\\u0078", "\"\\ud83d\\ude00\""), ERR_OK);
}

static void
j9_what_is_as_large_as_the_limits_is_accepted(void **state)
{
	AUTO(buf) struct buf text = BUF_INIT(2 * JWT_STRING_MAX);
	char name[8];
	struct jwt_case c;

	(void)state;
	assert_err(buf_printf(&text, "\"%0*d\"", (int)JWT_STRING_MAX, 0),
	    ERR_OK);
	case_init(&c);
	case_set(&c.payload, "x", buf_str(&text));
	case_set(&c.payload, "y", "[[[[{\"a\":{\"b\":[1]}}]]]]");
	assert_err(case_reason(&c), ERR_OK);
	buf_reset(&text);
	for (unsigned int i = 0; i < JWT_MEMBERS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "%c\"%u\":",
		    i == 0 ? '{' : ',', i);
		assert_err(buf_printf(&text, "%s0", name), ERR_OK);
	}
	assert_err(buf_putc(&text, '}'), ERR_OK);
	assert_err(claim_reason("x", buf_str(&text)), ERR_OK);
}

/* Of a token whose payload has a string of so many bytes in four members. */
static enum err
reason_of_long(size_t filler, size_t *ret_len)
{
	AUTO(claims) struct claims *claims = NULL;
	AUTO(buf) struct buf token = TOKEN_BUF;
	char value[4][4100];
	static const char *const names[] = { "a", "b", "c", "d" };
	struct jwt_case c;

	case_init(&c);
	/* 51 bytes, which leave a multiple of four for the payload. */
	case_set(&c.header, "x5t", "\"x\"");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t len = filler < 4000 ? filler : 4000;

		filler -= len;
		(void)snprintf(value[i], sizeof(value[i]), "\"%0*d\"",
		    (int)len + 1, 0);
		case_set(&c.payload, names[i], value[i]);
	}
	case_write(&c, &token);
	*ret_len = token.len;
	return case_verify_text(&c, buf_str(&token), token.len, &claims);
}

static void
j11_a_token_as_long_as_the_limit_is_accepted(void **state)
{
	size_t len = 0;
	size_t filler;

	(void)state;
	assert_err(reason_of_long(0, &len), ERR_OK);
	filler = (JWT_MAX - len) / 4 * 3 - 2;
	while (len < JWT_MAX)
		assert_err(reason_of_long(++filler, &len), ERR_OK);
	assert_int_equal(len, JWT_MAX);
	assert_err(reason_of_long(filler + 1, &len), ERR_JWT_TOO_LONG);
}

/* What stands behind it in memory is not read. */
static void
j12_a_token_ends_where_it_is_said_to_end(void **state)
{
	AUTO(claims) struct claims *claims = NULL;
	AUTO(buf) struct buf token = TOKEN_BUF;
	struct jwt_case c;
	size_t len;

	(void)state;
	case_init(&c);
	case_write(&c, &token);
	len = token.len;
	assert_err(buf_puts(&token, ".A"), ERR_OK);
	assert_err(case_verify_text(&c, buf_str(&token), len, &claims),
	    ERR_OK);
}

/* A set of one key: the provider's with another type, or another modulus. */
static enum err
parse_key(const char *type, const void *n, size_t n_len, struct diag *diag)
{
	static struct jwks keys;
	AUTO(buf) struct buf text = BUF_INIT(4096);

	assert_err(buf_printf(&text, "{\"keys\":[{\"kty\":\"%s\","
	    "\"kid\":\"a\",\"e\":\"AQAB\",\"n\":\"", type), ERR_OK);
	put_base64url(&text, n, n_len);
	assert_err(buf_puts(&text, "\"}]}"), ERR_OK);
	return jwks_parse(buf_str(&text), text.len, &keys, diag);
}

static void
j13_a_key_of_another_type_is_none_whatever_it_has(void **state)
{
	AUTO(buf) struct buf n = BUF_INIT(256);

	(void)state;
	put_modulus(&n, 0);
	assert_err(parse_key("RSA", n.data, n.len, NULL), ERR_OK);
	assert_err(parse_key("EC", n.data, n.len, NULL), ERR_JWKS);
	assert_err(parse_key("rsa", n.data, n.len, NULL), ERR_JWKS);
	assert_err(parse_key("", n.data, n.len, NULL), ERR_JWKS);
}

/* It is refused where it is copied, not where it is looked at. */
static void
j13_a_modulus_that_does_not_fit_is_not_copied(void **state)
{
	struct diag diag = DIAG_INIT;
	uint8_t n[1025];

	(void)state;
	memset(n, 0xff, sizeof(n));
	assert_err(parse_key("RSA", n, sizeof(n), &diag), ERR_JWKS);
	assert_non_null(strstr(diag.text, "of a long modulus"));
}

static void
j14_the_issuer_of_version_1_is_accepted_where_it_is_set(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	c.check.issuer = ISSUER_V1;
	case_set(&c.payload, "iss", "\"" ISSUER_V1 "\"");
	case_set(&c.payload, "ver", "\"1.0\"");
	assert_err(case_reason(&c), ERR_OK);
}

static void
j15_a_key_of_all_tenants_and_one_of_ours_are_accepted(void **state)
{
	static const char *const issuers[] = {
		"", CASE_ISSUER,
		"https://login.microsoftonline.com/{tenantid}/v2.0",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(issuers); i++) {
		struct jwt_case c;

		case_init(&c);
		make_jwk(&c.keys->key[0], 0, issuers[i]);
		assert_err(case_reason(&c), ERR_OK);
	}
}

static void
j16_a_member_of_the_tenant_is_no_guest(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	case_set(&c.payload, "acct", "0");
	case_set(&c.payload, "idp", "\"" CASE_ISSUER "\"");
	case_set(&c.payload, "tid",
	    "\"6BABCAAD-604B-40AC-A9D7-9FD97C0B779F\"");
	assert_err(case_reason(&c), ERR_OK);
}

static void
j17_an_array_of_us_alone_is_accepted(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	case_set(&c.payload, "aud", "[\"" CASE_AUDIENCE "\"]");
	case_set(&c.payload, "azp", "\"" CASE_AUDIENCE "\"");
	assert_err(case_reason(&c), ERR_OK);
}

/* All of them at their limit. */
static void
j18_the_last_second_is_accepted(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	case_set(&c.payload, "nbf", "1795176060");
	case_set(&c.payload, "iat", "1795175580");
	case_set(&c.payload, "exp", "1795261980");
	assert_err(case_reason(&c), ERR_OK);
	case_set(&c.payload, "exp", "1795175941");
	assert_err(case_reason(&c), ERR_OK);
	/* The century's. */
	case_set(&c.payload, "nbf", "946684800");
	case_set(&c.payload, "exp", "4102444800");
	c.check.lifetime_max = 0;
	assert_err(case_reason(&c), ERR_OK);
}

static void
j19_the_nonce_that_was_sent_is_accepted(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	c.check.nonce = "n-0S6_WzA2Mj";
	case_set(&c.payload, "nonce", "\"n-0S6_WzA2Mj\"");
	assert_err(case_reason(&c), ERR_OK);
}

static void
j20_the_account_is_tenant_and_object(void **state)
{
	AUTO(claims) struct claims *claims = NULL;
	struct jwt_case c;

	(void)state;
	case_init(&c);
	case_set(&c.payload, "preferred_username", NULL);
	case_set(&c.payload, "sub", "\"one\"");
	assert_err(case_verify(&c, &claims), ERR_OK);
	assert_string_equal(claims_get(claims, CLAIM_TENANT), CASE_TENANT);
	assert_string_equal(claims_get(claims, CLAIM_OBJECT), CASE_OBJECT);
	assert_string_equal(claims_fixed(claims)->name_id, "one");
}

static void
j21_the_digest_of_a_token_is_sha256(void **state)
{
	AUTO(claims) struct claims *claims = NULL;
	AUTO(buf) struct buf token = TOKEN_BUF;
	AUTO(buf) struct buf id = BUF_INIT(128);
	uint8_t hash[SHA256_SIZE];
	struct jwt_case c;

	(void)state;
	case_init(&c);
	case_set(&c.payload, "uti", NULL);
	case_write(&c, &token);
	assert_err(case_verify_text(&c, buf_str(&token), token.len, &claims),
	    ERR_OK);
	assert_err(crypto_sha256(token.data, token.len, hash), ERR_OK);
	assert_err(buf_puts(&id, "sha256:"), ERR_OK);
	for (size_t i = 0; i < sizeof(hash); i++)
		assert_err(buf_printf(&id, "%02x", hash[i]), ERR_OK);
	assert_string_equal(claims_fixed(claims)->assertion_id, buf_str(&id));
}

static void
j22_what_is_not_asked_for_may_be_missing(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	assert_err(case_reason(&c), ERR_OK);
	c.check.require_acrs = "c1";
	c.check.auth_max_age = 600;
	case_set(&c.payload, "acrs", "[\"c1\"]");
	case_set(&c.payload, "auth_time", "1795175340");
	assert_err(case_reason(&c), ERR_OK);
}

static void
j23_the_hash_of_the_access_token_may_be_missing(void **state)
{
	struct jwt_case c;

	(void)state;
	case_init(&c);
	c.check.access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
	assert_err(case_reason(&c), ERR_OK);
	case_set(&c.payload, "at_hash", "\"77QmUPtjPfzWtF2AnpK9RQ\"");
	assert_err(case_reason(&c), ERR_OK);
}

/* Not even where what is missing of it would be zero. */
static void
j23_a_shorter_hash_is_none(void **state)
{
	AUTO(buf) struct buf value = BUF_INIT(64);
	uint8_t hash[SHA256_SIZE] = { 0 };
	char access[32];
	struct jwt_case c;
	int i = 0;

	(void)state;
	do {
		(void)snprintf(access, sizeof(access), "token %d", i++);
		assert_err(crypto_sha256(access, strlen(access), hash),
		    ERR_OK);
	} while (hash[SHA256_SIZE / 2 - 1] != 0);
	case_init(&c);
	c.check.access_token = access;
	for (size_t len = SHA256_SIZE / 2 - 1; len <= SHA256_SIZE / 2; len++) {
		buf_reset(&value);
		assert_err(buf_putc(&value, '"'), ERR_OK);
		put_base64url(&value, hash, len);
		assert_err(buf_putc(&value, '"'), ERR_OK);
		case_set(&c.payload, "at_hash", buf_str(&value));
		assert_err(case_reason(&c), len < SHA256_SIZE / 2 ?
		    ERR_JWT_HASH : ERR_OK);
	}
}

static void
j24_groups_are_not_read_where_none_is_required(void **state)
{
	(void)state;
	assert_err(claim_reason("groups", "[\"admins\"]"), ERR_OK);
	assert_err(claim_reason("hasgroups", "true"), ERR_OK);
}

static enum err
parse_long(size_t filler, size_t *ret_len)
{
	static struct jwks keys;
	AUTO(buf) struct buf text = BUF_INIT(2 * JWKS_MAX);

	assert_err(buf_puts(&text, "{\"keys\":["), ERR_OK);
	put_jwk(&text, 0, CASE_KID, "");
	assert_err(buf_printf(&text, "],\"x\":\"%0*d\"}", (int)filler, 0),
	    ERR_OK);
	*ret_len = text.len;
	return jwks_parse(buf_str(&text), text.len, &keys, NULL);
}

static void
j29_a_set_as_long_as_the_limit_is_accepted(void **state)
{
	size_t len = 0;
	size_t filler;

	(void)state;
	assert_err(parse_long(1, &len), ERR_OK);
	filler = 1 + JWKS_MAX - len;
	assert_err(parse_long(filler, &len), ERR_OK);
	assert_int_equal(len, JWKS_MAX);
	assert_err(parse_long(filler + 1, &len), ERR_JWKS_LIMITS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(j1_a_signature_of_the_provider_is_accepted),
		cmocka_unit_test(
		    j1_a_signature_of_another_length_is_not_compared),
		cmocka_unit_test(j2_a_key_without_an_algorithm_verifies_rs256),
		cmocka_unit_test(j4_the_members_of_entra_are_accepted),
		cmocka_unit_test(j5_the_longest_kid_is_accepted),
		cmocka_unit_test(j6_a_payload_may_have_a_member_crit),
		cmocka_unit_test(j7_a_token_without_a_type_is_accepted),
		cmocka_unit_test(j8_one_name_in_two_objects_is_no_name_twice),
		cmocka_unit_test(
		    j9_what_is_as_large_as_the_limits_is_accepted),
		cmocka_unit_test(j11_a_token_as_long_as_the_limit_is_accepted),
		cmocka_unit_test(j12_a_token_ends_where_it_is_said_to_end),
		cmocka_unit_test(
		    j13_a_key_of_another_type_is_none_whatever_it_has),
		cmocka_unit_test(
		    j13_a_modulus_that_does_not_fit_is_not_copied),
		cmocka_unit_test(
		    j14_the_issuer_of_version_1_is_accepted_where_it_is_set),
		cmocka_unit_test(
		    j15_a_key_of_all_tenants_and_one_of_ours_are_accepted),
		cmocka_unit_test(j16_a_member_of_the_tenant_is_no_guest),
		cmocka_unit_test(j17_an_array_of_us_alone_is_accepted),
		cmocka_unit_test(j18_the_last_second_is_accepted),
		cmocka_unit_test(j19_the_nonce_that_was_sent_is_accepted),
		cmocka_unit_test(j20_the_account_is_tenant_and_object),
		cmocka_unit_test(j21_the_digest_of_a_token_is_sha256),
		cmocka_unit_test(j22_what_is_not_asked_for_may_be_missing),
		cmocka_unit_test(
		    j23_the_hash_of_the_access_token_may_be_missing),
		cmocka_unit_test(j23_a_shorter_hash_is_none),
		cmocka_unit_test(
		    j24_groups_are_not_read_where_none_is_required),
		cmocka_unit_test(j29_a_set_as_long_as_the_limit_is_accepted),
	};

	return cmocka_run_group_tests(tests, case_setup, case_teardown);
}
