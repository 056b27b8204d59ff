/* SPDX-License-Identifier: BSD-2-Clause */
#include "jwt_case.h"

#include <openssl/bn.h>

#include "base/limits.h"

#define SET_BUF BUF_INIT(1024u * 1024)

/* The set is in static memory: it is too large for many stacks. */
static struct jwks set;

static enum err
parse(const char *text)
{
	struct diag diag = DIAG_INIT;
	struct jwks before;
	enum err r;

	memset(&set, 0x5a, sizeof(set));
	before = set;
	r = jwks_parse(text, strlen(text), &set, &diag);
	assert_int_equal(r == ERR_OK, diag.text[0] == '\0');
	if (r != ERR_OK)
		assert_memory_equal(&set, &before, sizeof(set));
	return r;
}

/* A set of the provider's key with these members, or with another number. */
static enum err
parse_with(const char *more)
{
	AUTO(buf) struct buf text = SET_BUF;

	assert_err(buf_puts(&text, "{\"keys\":["), ERR_OK);
	put_jwk(&text, 0, CASE_KID, more);
	assert_err(buf_puts(&text, "]}"), ERR_OK);
	return parse(buf_str(&text));
}

static enum err
parse_numbers(const void *n, size_t n_len, const char *e, size_t e_len)
{
	AUTO(buf) struct buf text = SET_BUF;

	assert_err(buf_puts(&text, "{\"keys\":[{\"kty\":\"RSA\","
	    "\"kid\":\"a\",\"n\":\""), ERR_OK);
	put_base64url(&text, n, n_len);
	assert_err(buf_puts(&text, "\",\"e\":\""), ERR_OK);
	put_base64url(&text, e, e_len);
	assert_err(buf_puts(&text, "\"}]}"), ERR_OK);
	return parse(buf_str(&text));
}

static void
j13_the_keys_of_entra_are_taken(void **state)
{
	AUTO(buf) struct buf text = SET_BUF;
	AUTO(buf) struct buf n = BUF_INIT(256);
	const struct jwk *key;

	(void)state;
	assert_err(buf_puts(&text, "{\"keys\":["), ERR_OK);
	put_jwk(&text, 1, "other", ",\"use\":\"sig\",\"x5t\":\"x\","
	    "\"x5c\":[\"MIID\"],\"issuer\":\"https://x/{tenantid}/v2.0\"");
	assert_err(buf_putc(&text, ','), ERR_OK);
	put_jwk(&text, 0, CASE_KID, ",\"alg\":\"RS256\","
	    "\"key_ops\":[\"verify\"]");
	assert_err(buf_puts(&text, "]}"), ERR_OK);
	assert_err(parse(buf_str(&text)), ERR_OK);
	assert_int_equal(set.count, 2);
	assert_int_equal(set.left_out, 0);
	key = jwks_find(&set, CASE_KID);
	assert_ptr_equal(key, &set.key[1]);
	put_modulus(&n, 0);
	assert_int_equal(key->n_len, n.len);
	assert_memory_equal(key->n, n.data, n.len);
	assert_int_equal(key->e_len, 3);
	assert_memory_equal(key->e, "\1\0\1", 3);
	assert_string_equal(key->issuer, "");
	assert_string_equal(jwks_find(&set, "other")->issuer,
	    "https://x/{tenantid}/v2.0");
}

static void
j27_a_key_is_found_by_its_exact_kid_only(void **state)
{
	(void)state;
	assert_err(parse_with(""), ERR_OK);
	assert_non_null(jwks_find(&set, "kid-0"));
	assert_null(jwks_find(&set, "KID-0"));
	assert_null(jwks_find(&set, "kid-"));
	assert_null(jwks_find(&set, "kid-00"));
	assert_null(jwks_find(&set, ""));
	set.count = 0;
	assert_null(jwks_find(&set, "kid-0"));
}

static void
j5_a_kid_has_a_grammar(void **state)
{
	char text[KID_MAX_LEN + 2];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[KID_MAX_LEN + 1] = '\0';
	assert_false(jwks_is_kid(text));
	text[KID_MAX_LEN] = '\0';
	assert_true(jwks_is_kid(text));
	assert_false(jwks_is_kid(""));
	assert_true(jwks_is_kid("-_.~AZaz09"));
	for (int c = 1; c < 256; c++) {
		const char one[] = { 'a', (char)c, '\0' };

		assert_int_equal(jwks_is_kid(one), (c >= '0' && c <= '9') ||
		    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    c == '.' || c == '_' || c == '~' || c == '-');
	}
}

static void
j13_a_key_for_another_purpose_is_left_out(void **state)
{
	static const char *const other[] = {
		",\"use\":\"enc\"", ",\"use\":\"SIG\"", ",\"use\":\"\"",
		",\"use\":1", ",\"use\":null", ",\"use\":[\"sig\"]",
		",\"alg\":\"RS384\"", ",\"alg\":\"PS256\"",
		",\"alg\":\"rs256\"", ",\"alg\":\"HS256\"",
		",\"alg\":\"RSA1_5\"", ",\"alg\":\"none\"", ",\"alg\":null",
		",\"alg\":[\"RS256\"]", ",\"key_ops\":[]",
		",\"key_ops\":\"verify\"", ",\"key_ops\":[\"encrypt\"]",
		",\"key_ops\":[\"verify\",\"encrypt\"]", ",\"key_ops\":[1]",
		",\"key_ops\":[\"sign\"]", ",\"key_ops\":null",
		",\"issuer\":1", ",\"issuer\":\"\"", ",\"issuer\":null",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		if (parse_with(other[i]) != ERR_JWKS)
			fail_msg("accepted: %s", other[i]);
	assert_err(parse_with(",\"use\":\"sig\",\"alg\":\"RS256\","
	    "\"key_ops\":[\"verify\"],\"issuer\":\"x\""), ERR_OK);
}

static void
j13_an_issuer_that_does_not_fit_is_not_cut(void **state)
{
	AUTO(buf) struct buf more = BUF_INIT(4096);

	(void)state;
	assert_err(buf_printf(&more, ",\"issuer\":\"%01024d\"", 0), ERR_OK);
	assert_err(parse_with(buf_str(&more)), ERR_OK);
	buf_reset(&more);
	assert_err(buf_printf(&more, ",\"issuer\":\"%01025d\"", 0), ERR_OK);
	assert_err(parse_with(buf_str(&more)), ERR_JWKS);
}

static void
j13_a_set_that_tells_a_private_key_is_refused(void **state)
{
	static const char *const secrets[] = {
		",\"d\":\"AQ\"", ",\"p\":\"AQ\"", ",\"q\":\"AQ\"",
		",\"dp\":\"AQ\"", ",\"dq\":\"AQ\"", ",\"qi\":\"AQ\"",
		",\"oth\":[]", ",\"k\":\"AQ\"", ",\"d\":null", ",\"d\":1",
		/* Wherever it stands, in a key that is left out, too. */
		"},{\"kty\":\"EC\",\"d\":\"AQ\"",
		"},{\"kty\":\"RSA\",\"use\":\"enc\",\"d\":\"AQ\"",
		"},{\"kty\":\"RSA\",\"k\":\"AQ\"", "},{\"q\":\"AQ\"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
		if (parse_with(secrets[i]) != ERR_JWKS)
			fail_msg("accepted: %s", secrets[i]);
}

static void
j13_a_kid_twice_refuses_the_set(void **state)
{
	static const char *const twice[] = {
		"},{\"kid\":\"kid-0\"", "},{\"kty\":\"EC\",\"kid\":\"kid-0\"",
		"},{\"kty\":\"oct\",\"k\":\"AQ\",\"kid\":\"kid-0\"",
		"},{\"kid\":\"x y\"},{\"kid\":\"x y\"",
		"},{\"kid\":\"\"},{\"kid\":\"\"",
	};
	AUTO(buf) struct buf text = SET_BUF;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(twice); i++)
		if (parse_with(twice[i]) != ERR_JWKS)
			fail_msg("accepted: %s", twice[i]);
	/* Two without one, or of different case, are no such two. */
	assert_err(parse_with("},{\"kty\":\"EC\"},{\"kid\":\"KID-0\""),
	    ERR_OK);
	assert_err(buf_puts(&text, "{\"keys\":["), ERR_OK);
	put_jwk(&text, 0, "a", "");
	assert_err(buf_putc(&text, ','), ERR_OK);
	put_jwk(&text, 1, "a", "");
	assert_err(buf_puts(&text, "]}"), ERR_OK);
	assert_err(parse(buf_str(&text)), ERR_JWKS);
}

static void
j13_keys_of_another_kind_are_left_out_and_counted(void **state)
{
	(void)state;
	assert_err(parse_with("},{\"kty\":\"EC\",\"kid\":\"1\"},"
	    "{\"kty\":\"oct\",\"k\":\"AQ\",\"kid\":\"2\"},{},"
	    "{\"kty\":\"rsa\",\"kid\":\"3\"},{\"kty\":1,\"kid\":\"4\"},"
	    "{\"kty\":\"RSA\",\"kid\":5},{\"kty\":\"RSA\",\"kid\":\"6\","
	    "\"n\":\"AQAB\",\"e\":\"AQAB\""), ERR_OK);
	assert_int_equal(set.count, 1);
	assert_int_equal(set.left_out, 7);
	assert_null(jwks_find(&set, "6"));
}

static void
j13_a_key_without_a_good_kid_is_left_out(void **state)
{
	static const char *const bad[] = {
		"", "a b", "a/b", "../a", "a%00", "a'", "k\\u00e9y", "a\\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(buf) struct buf text = SET_BUF;

		assert_err(buf_puts(&text, "{\"keys\":["), ERR_OK);
		put_jwk(&text, 0, bad[i], "");
		assert_err(buf_puts(&text, "]}"), ERR_OK);
		assert_err(parse(buf_str(&text)), ERR_JWKS);
	}
}

static void
j13_weak_keys_are_left_out(void **state)
{
	uint8_t n[1026];

	(void)state;
	memset(n, 0xff, sizeof(n));
	assert_err(parse_numbers(n, 256, "\1\0\1", 3), ERR_OK);
	assert_err(parse_numbers(n, 1024, "\1\0\1", 3), ERR_OK);
	assert_err(parse_numbers(n, 256, "\1\0\0\0\0\0\0\1", 8), ERR_OK);
	assert_err(parse_numbers(n, 128, "\1\0\1", 3), ERR_JWKS);
	assert_err(parse_numbers(n, 255, "\1\0\1", 3), ERR_JWKS);
	assert_err(parse_numbers(n, 1025, "\1\0\1", 3), ERR_JWKS);
	assert_err(parse_numbers(n, 1026, "\1\0\1", 3), ERR_JWKS);
	assert_err(parse_numbers(n, 0, "\1\0\1", 3), ERR_JWKS);
	assert_err(parse_numbers(n, 256, "\1", 1), ERR_JWKS);
	assert_err(parse_numbers(n, 256, "\3", 1), ERR_JWKS);
	assert_err(parse_numbers(n, 256, "\xff\xff", 2), ERR_JWKS);
	assert_err(parse_numbers(n, 256, "\1\0\2", 3), ERR_JWKS);
	assert_err(parse_numbers(n, 256, "", 0), ERR_JWKS);
	assert_err(parse_numbers(n, 256, "\0\1\0\1", 4), ERR_JWKS);
	assert_err(parse_numbers(n, 256, "\1\0\0\0\0\0\0\0\1", 9), ERR_JWKS);
	n[0] = 0x7f;
	assert_err(parse_numbers(n, 256, "\1\0\1", 3), ERR_JWKS);
	n[0] = 0xff;
	n[255] = 0xfe;
	assert_err(parse_numbers(n, 256, "\1\0\1", 3), ERR_JWKS);
}

static void
j13_one_zero_before_a_modulus_says_nothing(void **state)
{
	uint8_t n[1026];

	(void)state;
	memset(n, 0xff, sizeof(n));
	n[0] = 0;
	assert_err(parse_numbers(n, 257, "\1\0\1", 3), ERR_OK);
	assert_int_equal(set.key[0].n_len, 256);
	assert_int_equal(set.key[0].n[0], 0xff);
	assert_err(parse_numbers(n, 1025, "\1\0\1", 3), ERR_OK);
	assert_int_equal(set.key[0].n_len, 1024);
	/* It does not make 2048 bits of fewer, nor do two. */
	assert_err(parse_numbers(n, 256, "\1\0\1", 3), ERR_JWKS);
	assert_err(parse_numbers("", 1, "\1\0\1", 3), ERR_JWKS);
	n[1] = 0;
	assert_err(parse_numbers(n, 258, "\1\0\1", 3), ERR_JWKS);
}

static void
j10_numbers_that_are_not_canonical_are_left_out(void **state)
{
	static const char *const bad[] = {
		"AQAB=", "AQAB====", "AQA", "AQA+", "AQ/B", " AQAB", "AQAB\\n",
		"AQABA", "AQABAR", "65537", "",
	};
	AUTO(buf) struct buf n = BUF_INIT(256);
	AUTO(buf) struct buf n_text = BUF_INIT(1024);

	(void)state;
	put_modulus(&n, 0);
	put_base64url(&n_text, n.data, n.len);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(buf) struct buf text = SET_BUF;

		assert_err(buf_printf(&text, "{\"keys\":[{\"kty\":\"RSA\","
		    "\"kid\":\"a\",\"n\":\"%s\",\"e\":\"%s\"}]}",
		    buf_str(&n_text), bad[i]), ERR_OK);
		if (parse(buf_str(&text)) != ERR_JWKS)
			fail_msg("accepted: %s", bad[i]);
		buf_reset(&text);
		assert_err(buf_printf(&text, "{\"keys\":[{\"kty\":\"RSA\","
		    "\"kid\":\"a\",\"n\":\"%s%s\",\"e\":\"AQAB\"}]}",
		    buf_str(&n_text), "="), ERR_OK);
		assert_err(parse(buf_str(&text)), ERR_JWKS);
	}
}

static void
j13_what_is_no_set_is_refused(void **state)
{
	static const char *const bad[] = {
		"{}", "[]", "{\"keys\":{}}", "{\"keys\":null}",
		"{\"keys\":\"\"}", "{\"keys\":[]}", "{\"keys\":[1]}",
		"{\"keys\":[null]}", "{\"keys\":[[]]}", "{\"Keys\":[{}]}",
		"[{\"keys\":[]}]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (parse(bad[i]) != ERR_JWKS)
			fail_msg("accepted: %s", bad[i]);
	assert_err(parse(""), ERR_JSON);
	assert_err(parse("<html>"), ERR_JSON);
	assert_err(parse("{\"keys\":[],\"keys\":[]}"), ERR_JSON);
	assert_err(parse_with(",\"use\":\"sig\",\"use\":\"sig\""), ERR_JSON);
	assert_err(parse_with("},1,{\"kid\":\"x\""), ERR_JWKS);
}

static void
j13_an_empty_set_has_no_last_key(void **state)
{
	static const char text[] = "{\"keys\":[]}";
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_err(jwks_parse(text, strlen(text), &set, &diag), ERR_JWKS);
	assert_string_equal(diag.text, "none of 0 keys can be used");
}

static void
j29_long_and_crowded_sets_are_refused(void **state)
{
	AUTO(buf) struct buf text = SET_BUF;

	(void)state;
	for (int i = 1; i < JWKS_KEYS_MAX; i++)
		assert_err(buf_puts(&text, "},{"), ERR_OK);
	assert_err(parse_with(buf_str(&text)), ERR_OK);
	assert_int_equal(set.left_out, JWKS_KEYS_MAX - 1);
	assert_err(buf_puts(&text, "},{"), ERR_OK);
	assert_err(parse_with(buf_str(&text)), ERR_JWKS_LIMITS);
	buf_reset(&text);
	assert_err(buf_printf(&text, ",\"x\":\"%0*d\"", JWKS_MAX - 1000, 0),
	    ERR_OK);
	assert_err(parse_with(buf_str(&text)), ERR_OK);
	buf_reset(&text);
	assert_err(buf_printf(&text, ",\"x\":\"%0*d\"", JWKS_MAX, 0), ERR_OK);
	assert_err(parse_with(buf_str(&text)), ERR_JWKS_LIMITS);
}

/* -- ROCA ------------------------------------------------------------------ */

/* jws_rsa_roca_key of Project Wycheproof, json_web_key_test.json. */
#define ROCA_N \
	"AanFpofbj7KjD4Lf-N2hVMKR7yewSyXhhbirIMTGpfYEhZ_lnt5UoK98DnKIgArXGTu" \
	"3MaW_HhFw16HGaTDUHqPrId7fe4r11CqRw09yBFuW79V8sYIwHdzCaWflUI6auImYbV" \
	"foN9_nD5n8N8SY9DwXw7mwZM9wREPXoDPgOoIWl6q_MPsp7n0zs3Z5ZaiQWOOzl1S9O" \
	"hwAfSiiOwz6efnXEaxuTEtPd7BjSx7NaFka8Dx9U7YqXy2RFj1O9PjyaDGuRh7YXsX3" \
	"iMUSP_wSyHQg_c_qHRtKUsNSGCT7OZg0hzm2KphtjnayKJvC64vAbROBR4Ubg6Bxg9I" \
	"QVZ-QYyE"

static void
j13_the_roca_key_of_wycheproof_is_left_out(void **state)
{
	(void)state;
	assert_err(parse("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\","
	    "\"n\":\"" ROCA_N "\",\"e\":\"AQAB\"}]}"), ERR_JWKS);
	assert_err(parse_with("},{\"kty\":\"RSA\",\"kid\":\"a\","
	    "\"n\":\"" ROCA_N "\",\"e\":\"AQAB\""), ERR_OK);
	assert_int_equal(set.left_out, 1);
	assert_null(jwks_find(&set, "a"));
}

/* The product of the primes up to 701, which the chips use from 1984 bits
 * on. */
static BIGNUM *
product_of_primes(void)
{
	BIGNUM *m = BN_new();

	assert_int_equal(BN_one(m), 1);
	for (BN_ULONG i = 2; i <= 701; i++) {
		BN_ULONG divisor = 2;

		while (i % divisor != 0)
			divisor++;
		if (divisor == i)
			assert_int_equal(BN_mul_word(m, i), 1);
	}
	return m;
}

/* A random number of so many bits that is a power of 65537 modulo that
 * product. */
static void
make_marked(size_t bytes, uint8_t *n)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *m = product_of_primes();
	BIGNUM *number = BN_new();
	BIGNUM *power = BN_new();
	BIGNUM *rest = BN_new();

	assert_int_equal(BN_rand(power, 64, 0, 0), 1);
	assert_int_equal(BN_set_word(rest, 65537), 1);
	assert_int_equal(BN_mod_exp(power, rest, power, m, ctx), 1);
	assert_int_equal(BN_rand(number, (int)bytes * 8, 1, 0), 1);
	assert_int_equal(BN_mod(rest, number, m, ctx), 1);
	assert_int_equal(BN_sub(number, number, rest), 1);
	assert_int_equal(BN_add(number, number, power), 1);
	assert_int_equal(BN_bn2bin(number, n), bytes);
	BN_free(rest);
	BN_free(power);
	BN_free(number);
	BN_free(m);
	BN_CTX_free(ctx);
}

static void
j13_keys_made_as_infineon_made_them_are_left_out(void **state)
{
	static const size_t sizes[] = { 256, 257, 384, 512, 1024 };
	uint8_t n[1024];

	(void)state;
	for (size_t i = 0; i < 10 * ARRAY_LEN(sizes); i++) {
		size_t size = sizes[i % ARRAY_LEN(sizes)];

		make_marked(size, n);
		assert_err(parse_numbers(n, size, "\1\0\1", 3), ERR_JWKS);
		/* The next odd number is no power of 65537. */
		n[size - 1] ^= 2;
		assert_err(parse_numbers(n, size, "\1\0\1", 3), ERR_OK);
	}
}

/* Odd numbers of a generator that always gives the same. */
static void
j13_no_ordinary_modulus_has_the_mark(void **state)
{
	uint64_t seed = 88172645463325252u;
	uint8_t n[256];

	(void)state;
	for (int round = 0; round < 4000; round++) {
		for (size_t i = 0; i < sizeof(n); i++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			n[i] = (uint8_t)(seed >> 32);
		}
		n[0] |= 0x80;
		n[255] |= 1;
		assert_err(parse_numbers(n, sizeof(n), "\1\0\1", 3),
		    ERR_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(j13_the_keys_of_entra_are_taken),
		cmocka_unit_test(j27_a_key_is_found_by_its_exact_kid_only),
		cmocka_unit_test(j5_a_kid_has_a_grammar),
		cmocka_unit_test(j13_a_key_for_another_purpose_is_left_out),
		cmocka_unit_test(j13_an_issuer_that_does_not_fit_is_not_cut),
		cmocka_unit_test(j13_a_set_that_tells_a_private_key_is_refused),
		cmocka_unit_test(j13_a_kid_twice_refuses_the_set),
		cmocka_unit_test(
		    j13_keys_of_another_kind_are_left_out_and_counted),
		cmocka_unit_test(j13_a_key_without_a_good_kid_is_left_out),
		cmocka_unit_test(j13_weak_keys_are_left_out),
		cmocka_unit_test(j13_one_zero_before_a_modulus_says_nothing),
		cmocka_unit_test(
		    j10_numbers_that_are_not_canonical_are_left_out),
		cmocka_unit_test(j13_what_is_no_set_is_refused),
		cmocka_unit_test(j13_an_empty_set_has_no_last_key),
		cmocka_unit_test(j29_long_and_crowded_sets_are_refused),
		cmocka_unit_test(j13_the_roca_key_of_wycheproof_is_left_out),
		cmocka_unit_test(
		    j13_keys_made_as_infineon_made_them_are_left_out),
		cmocka_unit_test(j13_no_ordinary_modulus_has_the_mark),
	};

	return cmocka_run_group_tests(tests, case_setup, case_teardown);
}
