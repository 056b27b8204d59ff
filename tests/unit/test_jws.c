/* SPDX-License-Identifier: BSD-2-Clause */
#include "jwt_case.h"

#include "auth/jws.h"
#include "base/limits.h"
#include "sys/crypto.h"
#include "sys/json.h"

#define HEADER "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"kid-0\"}"
#define PAYLOAD "{\"sub\":\"me\"}"

/* A failure leaves nothing behind, and says why. */
static enum err
open_text(const char *token, size_t len, struct jws *jws)
{
	struct diag diag = DIAG_INIT;
	enum err r = jws_open(token, len, jws, &diag);

	assert_int_equal(r == ERR_OK, diag.text[0] == '\0');
	assert_int_equal(r == ERR_OK, jws->header != NULL);
	if (r != ERR_OK) {
		assert_null(jws->input);
		assert_null(jws->payload.data);
		assert_null(jws->signature.data);
	}
	return r;
}

static enum err
reason(const char *token)
{
	AUTO(jws) struct jws jws = JWS_INIT;

	return open_text(token, strlen(token), &jws);
}

/* Of a token of this header, well signed. */
static enum err
header_reason(const char *header)
{
	AUTO(buf) struct buf token = TOKEN_BUF;

	put_signed(&token, header, PAYLOAD, 0, "RS256");
	return reason(buf_str(&token));
}

/* Of a header with this after alg and kid. */
static enum err
member_reason(const char *more)
{
	AUTO(buf) struct buf header = TOKEN_BUF;

	assert_err(buf_printf(&header, "{\"alg\":\"RS256\",\"kid\":\"kid-0\""
	    "%s}", more), ERR_OK);
	return header_reason(buf_str(&header));
}

static enum err
alg_reason(const char *json)
{
	AUTO(buf) struct buf header = TOKEN_BUF;

	assert_err(buf_printf(&header, "{\"alg\":%s,\"kid\":\"kid-0\"}",
	    json), ERR_OK);
	return header_reason(buf_str(&header));
}

static void
a_token_is_taken_apart(void **state)
{
	AUTO(buf) struct buf token = TOKEN_BUF;
	AUTO(jws) struct jws jws = JWS_INIT;

	(void)state;
	put_signed(&token, HEADER, PAYLOAD, 0, "RS256");
	assert_err(open_text(buf_str(&token), token.len, &jws), ERR_OK);
	assert_string_equal(jws.kid, "kid-0");
	assert_string_equal(buf_str(&jws.payload), PAYLOAD);
	assert_int_equal(jws.signature.len, 256);
	assert_ptr_equal(jws.input, token.data);
	assert_int_equal(jws.input[jws.input_len], '.');
	assert_null(memchr(jws.input + jws.input_len + 1, '.',
	    token.len - jws.input_len - 1));
}

/* RFC 7515, A.2.1, whose header has no kid and whose payload has line
 * breaks. */
static void
j3_the_example_of_rfc_7515_is_opened(void **state)
{
	static const char token[] = "eyJhbGciOiJSUzI1NiJ9"
	    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leG"
	    "FtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.AAAA";
	AUTO(jws) struct jws jws = JWS_INIT;

	(void)state;
	assert_err(open_text(token, strlen(token), &jws), ERR_OK);
	assert_null(jws.kid);
	assert_string_equal(buf_str(&jws.payload), "{\"iss\":\"joe\",\r\n"
	    " \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}");
}

static void
j11_long_tokens_and_headers_are_refused(void **state)
{
	AUTO(buf) struct buf long_token = BUF_INIT(2 * JWT_MAX);
	AUTO(buf) struct buf more = TOKEN_BUF;

	(void)state;
	while (long_token.len <= JWT_MAX)
		assert_err(buf_putc(&long_token, 'A'), ERR_OK);
	assert_err(reason(buf_str(&long_token)), ERR_JWT_TOO_LONG);
	long_token.data[--long_token.len] = '\0';
	assert_err(reason(buf_str(&long_token)), ERR_JWT_SEGMENTS);
	/* {"alg":"RS256","kid":"kid-0","x5t":"..."} of 1024 bytes. */
	assert_err(buf_printf(&more, ",\"x5t\":\"%0*d\"",
	    (int)JWT_HEADER_MAX - 38, 0), ERR_OK);
	assert_err(member_reason(buf_str(&more)), ERR_OK);
	buf_reset(&more);
	assert_err(buf_printf(&more, ",\"x5t\":\"%0*d\"",
	    (int)JWT_HEADER_MAX - 37, 0), ERR_OK);
	assert_err(member_reason(buf_str(&more)), ERR_JWT_TOO_LONG);
}

static void
j12_a_token_has_exactly_three_parts(void **state)
{
	static const char *const wrong[] = {
		"", ".", "e30", "e30.", "e30.e30", "e30.e30.AA.AA", "...",
		"e30.e30.AA.", ".e30.e30.AA", "e30.e30.AA.AA.AA.AA",
		".....", "......",
	};

	(void)state;
	assert_err(header_reason(HEADER), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (reason(wrong[i]) != ERR_JWT_SEGMENTS)
			fail_msg("%s", wrong[i]);
}

static void
j7_other_serialisations_are_refused(void **state)
{
	(void)state;
	assert_err(reason("e30.AA.AA.AA.AA"), ERR_JWT_TYPE);
	assert_err(reason("e30..AA.AA.AA"), ERR_JWT_TYPE);
	assert_err(reason("...."), ERR_JWT_TYPE);
	assert_err(reason("{\"payload\":\"e30\",\"protected\":\"e30\","
	    "\"signature\":\"AA\"}"), ERR_JWT_TYPE);
	assert_err(reason("{"), ERR_JWT_TYPE);
	assert_err(reason("{}.e30.AA"), ERR_JWT_TYPE);
}

static void
j12_nothing_stands_around_a_token(void **state)
{
	AUTO(buf) struct buf token = TOKEN_BUF;
	AUTO(buf) struct buf text = TOKEN_BUF;
	static const char around[] = " \n\t\r=+/\"'";
	AUTO(jws) struct jws jws = JWS_INIT;

	(void)state;
	put_signed(&token, HEADER, PAYLOAD, 0, "RS256");
	for (const char *c = around; *c != '\0'; c++) {
		buf_reset(&text);
		assert_err(buf_printf(&text, "%c%s", *c, buf_str(&token)),
		    ERR_OK);
		assert_err(reason(buf_str(&text)), ERR_JWT_BASE64);
		buf_reset(&text);
		assert_err(buf_printf(&text, "%s%c", buf_str(&token), *c),
		    ERR_OK);
		assert_err(reason(buf_str(&text)), ERR_JWT_BASE64);
	}
	/* NUL, too. */
	assert_err(open_text(buf_str(&token), token.len + 1, &jws),
	    ERR_JWT_BASE64);
}

static void
j10_every_part_is_canonical(void **state)
{
	static const char *const wrong[] = {
		"eyJhbGciOiJSUzI1NiJ9=.e30.AA", "eyJhbGciOiJSUzI1NiJ9.e30=.AA",
		"eyJhbGciOiJSUzI1NiJ9.e30.AA==", "eyJhbGciOiJSUzI1NiJ9.e31.AA",
		"eyJhbGciOiJSUzI1NiJ9.e30.AB", "eyJhbGciOiJSUzI1NiJ9.e30.A",
		"eyJhbGciOiJSUzI1NiJ9.e30.AAA+", "eyJhbGciOiJSUzI1NiJ9.e30./A",
		"eyJhbGciOiJSUzI1NiJ9A.e30.AA", "eyJhbGci OiJSUzI1NiJ9.e30.AA",
		"eyJhbGciOiJSUzI1NiJ9.e30\n.AA", "\xc3\xa9.e30.AA",
	};

	(void)state;
	assert_err(reason("eyJhbGciOiJSUzI1NiJ9.e30.AA"), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (reason(wrong[i]) != ERR_JWT_BASE64)
			fail_msg("%s", wrong[i]);
}

static void
j8_a_header_is_one_strict_object(void **state)
{
	static const char *const wrong[] = {
		"", "x", "[]", "[\"alg\"]", "{\"alg\":\"RS256\"", "1",
		"{\"alg\":\"RS256\"} ,", "{\"alg\":\"RS256\"}{}",
		"{\"alg\":\"RS256\",}", "{'alg':'RS256'}",
		"{\"alg\":\"RS256\",\"alg\":\"RS256\"}",
		"{\"alg\":\"none\",\"alg\":\"RS256\"}",
		"{\"alg\":\"RS256\",\"\\u0061lg\":\"none\"}",
		"{\"alg\":\"RS256\",\"kid\":\"a\",\"kid\":\"b\"}",
		"{\"alg\":\"RS256\",\"x5t\":\"\\u0000\"}",
		"{\"alg\":\"RS256\",\"x5t\":\"\xff\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (header_reason(wrong[i]) != ERR_JSON)
			fail_msg("%s", wrong[i]);
}

static void
j9_a_deep_or_crowded_header_is_refused(void **state)
{
	AUTO(buf) struct buf crowd = TOKEN_BUF;

	(void)state;
	assert_err(member_reason(",\"x\":[[[[[[[1]]]]]]]"), ERR_JWT_HEADER);
	assert_err(member_reason(",\"x\":[[[[[[[[1]]]]]]]]"), ERR_JWT_LIMITS);
	assert_err(member_reason(",\"x\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":"
	    "{\"a\":{\"a\":{}}}}}}}}"), ERR_JWT_LIMITS);
	for (int i = 0; i < 126; i++)
		assert_err(buf_printf(&crowd, ",\"%x\":1", i), ERR_OK);
	assert_err(member_reason(buf_str(&crowd)), ERR_JWT_HEADER);
	assert_err(buf_puts(&crowd, ",\"x\":1"), ERR_OK);
	assert_err(member_reason(buf_str(&crowd)), ERR_JWT_LIMITS);
}

static void
j6_any_extension_is_refused(void **state)
{
	static const char *const crit[] = {
		",\"crit\":[]", ",\"crit\":[\"b64\"]", ",\"crit\":null",
		",\"crit\":[\"exp\"],\"exp\":1", ",\"crit\":\"x\"",
		",\"b64\":false,\"crit\":[\"b64\"]", ",\"crit\":[\"alg\"]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(crit); i++)
		assert_err(member_reason(crit[i]), ERR_JWT_CRIT);
	assert_err(member_reason(""), ERR_OK);
}

static void
j4_members_outside_the_list_are_refused(void **state)
{
	static const char *const others[] = {
		",\"jwk\":{\"kty\":\"RSA\"}", ",\"jku\":\"https://x/\"",
		",\"x5u\":\"https://x/\"", ",\"x5c\":[\"MIID\"]",
		",\"zip\":\"DEF\"", ",\"enc\":\"A128GCM\"", ",\"b64\":true",
		",\"cty\":\"JWT\"", ",\"x5t#S256\":\"x\"", ",\"Alg\":\"none\"",
		",\"ALG\":\"none\"", ",\"kid \":\"x\"", ",\"\":1",
		",\"iss\":\"x\"", ",\"jwk\":null", ",\"x5t\":1",
		",\"x5t\":null", ",\"nonce\":1", ",\"nonce\":[]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (member_reason(others[i]) != ERR_JWT_HEADER)
			fail_msg("%s", others[i]);
	assert_err(member_reason(",\"x5t\":\"x\",\"nonce\":\"y\""), ERR_OK);
}

static void
j1_a_token_without_signature_is_refused(void **state)
{
	static const char *const none[] = {
		"\"none\"", "\"None\"", "\"NONE\"", "\"nOnE\"",
		"\"\\u006eone\"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_err(alg_reason(none[i]), ERR_JWT_NONE);
	assert_err(reason("eyJhbGciOiJSUzI1NiJ9.e30."), ERR_JWT_NONE);
	assert_err(reason("eyJhbGciOiJub25lIn0.e30."), ERR_JWT_NONE);
	assert_err(alg_reason("\"RS256\""), ERR_OK);
}

static void
j2_shared_secrets_are_refused(void **state)
{
	static const char *const shared[] = {
		"\"HS256\"", "\"HS384\"", "\"HS512\"", "\"hs256\"",
		"\"hS1\"", "\"HS\"", "\"HS256/64\"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shared); i++)
		assert_err(alg_reason(shared[i]), ERR_JWT_HMAC);
	assert_err(alg_reason("\"RS256\""), ERR_OK);
}

static void
j3_other_algorithms_are_refused(void **state)
{
	static const char *const other[] = {
		"\"RS384\"", "\"RS512\"", "\"PS256\"", "\"ES256\"",
		"\"EdDSA\"", "\"rs256\"", "\"Rs256\"", "\"RS256 \"",
		"\" RS256\"", "\"RS2567\"", "\"RS25\"", "\"\"", "\"H\"",
		"1", "null", "[\"RS256\"]", "{\"RS256\":1}", "true",
		"\"RSA-OAEP\"", "\"dir\"", "\"nonee\"", "\"RS1\"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		if (alg_reason(other[i]) != ERR_JWT_ALGORITHM)
			fail_msg("%s", other[i]);
	assert_err(header_reason("{}"), ERR_JWT_ALGORITHM);
	assert_err(header_reason("{\"kid\":\"a\"}"), ERR_JWT_ALGORITHM);
}

static void
j7_other_types_of_token_are_refused(void **state)
{
	static const char *const other[] = {
		",\"typ\":\"at+jwt\"", ",\"typ\":\"logout+jwt\"",
		",\"typ\":\"jwt\"", ",\"typ\":\"application/jwt\"",
		",\"typ\":\"JWE\"", ",\"typ\":\"JOSE\"", ",\"typ\":\"\"",
		",\"typ\":\"JWT \"", ",\"typ\":\"secevent+jwt\"",
		",\"typ\":1", ",\"typ\":null", ",\"typ\":[\"JWT\"]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		assert_err(member_reason(other[i]), ERR_JWT_TYPE);
	assert_err(member_reason(",\"typ\":\"JWT\""), ERR_OK);
	assert_err(member_reason(""), ERR_OK);
}

static void
j5_a_kid_that_is_no_string_is_refused(void **state)
{
	(void)state;
	assert_err(header_reason("{\"alg\":\"RS256\",\"kid\":1}"),
	    ERR_JWT_KID);
	assert_err(header_reason("{\"alg\":\"RS256\",\"kid\":null}"),
	    ERR_JWT_KID);
	assert_err(header_reason("{\"alg\":\"RS256\",\"kid\":[\"kid-0\"]}"),
	    ERR_JWT_KID);
}

/* -- the signature --------------------------------------------------------- */

static enum err
verify_text(const char *token, size_t key, struct crypto_keyring *ring)
{
	AUTO(jws) struct jws jws = JWS_INIT;
	struct jwk jwk;

	make_jwk(&jwk, key, "");
	assert_err(open_text(token, strlen(token), &jws), ERR_OK);
	return jws_verify(&jws, &jwk, ring, NULL);
}

static enum err
verify_alg(const char *alg, size_t key)
{
	AUTO(buf) struct buf token = TOKEN_BUF;

	put_signed(&token, HEADER, PAYLOAD, 0, alg);
	return verify_text(buf_str(&token), key, NULL);
}

static void
j1_a_signature_is_of_this_key_and_algorithm(void **state)
{
	(void)state;
	assert_err(verify_alg("RS256", 0), ERR_OK);
	assert_err(verify_alg("RS256", 1), ERR_JWT_SIGNATURE);
	assert_err(verify_alg("RS512", 0), ERR_JWT_SIGNATURE);
	assert_err(verify_alg("PS256", 0), ERR_JWT_SIGNATURE);
}

static void
j1_a_signature_has_the_length_of_the_modulus(void **state)
{
	AUTO(jws) struct jws jws = JWS_INIT;
	AUTO(buf) struct buf token = TOKEN_BUF;
	struct jwk jwk;

	(void)state;
	make_jwk(&jwk, 0, "");
	put_signed(&token, HEADER, PAYLOAD, 0, "RS256");
	assert_err(open_text(buf_str(&token), token.len, &jws), ERR_OK);
	assert_err(jws_verify(&jws, &jwk, NULL, NULL), ERR_OK);
	for (size_t len = 0; len <= 255; len++) {
		jws.signature.len = len;
		assert_err(jws_verify(&jws, &jwk, NULL, NULL),
		    ERR_JWT_SIGNATURE);
	}
	jws.signature.len = 256;
	assert_err(buf_putc(&jws.signature, '\0'), ERR_OK);
	assert_err(jws_verify(&jws, &jwk, NULL, NULL), ERR_JWT_SIGNATURE);
	/* Longer than any key's is not even decoded. */
	for (int i = 0; i < 1400; i++)
		assert_err(buf_putc(&token, 'A'), ERR_OK);
	assert_err(reason(buf_str(&token)), ERR_JWT_SIGNATURE);
}

/* Not one byte of header, payload or signature can be another. */
static void
j1_every_flipped_bit_is_refused(void **state)
{
	AUTO(buf) struct buf token = TOKEN_BUF;
	AUTO(crypto_keyring) struct crypto_keyring ring = { { NULL } };
	struct jwk jwk;

	(void)state;
	make_jwk(&jwk, 0, "");
	put_signed(&token, HEADER, PAYLOAD, 0, "RS256");
	for (size_t i = 0; i < token.len * 8; i++) {
		AUTO(jws) struct jws jws = JWS_INIT;

		token.data[i / 8] ^= (uint8_t)(1u << i % 8);
		if (jws_open(buf_str(&token), token.len, &jws, NULL) ==
		    ERR_OK)
			assert_err(jws_verify(&jws, &jwk, &ring, NULL),
			    ERR_JWT_SIGNATURE);
		token.data[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	assert_err(verify_text(buf_str(&token), 0, &ring), ERR_OK);
	assert_err(verify_text(buf_str(&token), 1, &ring),
	    ERR_JWT_SIGNATURE);
}

static void
j13_a_weak_key_verifies_nothing(void **state)
{
	AUTO(jws) struct jws jws = JWS_INIT;
	AUTO(buf) struct buf token = TOKEN_BUF;
	struct jwk jwk;

	(void)state;
	make_jwk(&jwk, 0, "");
	put_signed(&token, HEADER, PAYLOAD, 0, "RS256");
	assert_err(open_text(buf_str(&token), token.len, &jws), ERR_OK);
	jwk.n_len = 128;
	assert_err(jws_verify(&jws, &jwk, NULL, NULL), ERR_IDP_KEY_WEAK);
	jwk.n_len = 0;
	assert_err(jws_verify(&jws, &jwk, NULL, NULL), ERR_IDP_KEY_WEAK);
	jwk.n_len = 256;
	jwk.e_len = 1;
	assert_err(jws_verify(&jws, &jwk, NULL, NULL), ERR_IDP_KEY_WEAK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_taken_apart),
		cmocka_unit_test(j3_the_example_of_rfc_7515_is_opened),
		cmocka_unit_test(j11_long_tokens_and_headers_are_refused),
		cmocka_unit_test(j12_a_token_has_exactly_three_parts),
		cmocka_unit_test(j7_other_serialisations_are_refused),
		cmocka_unit_test(j12_nothing_stands_around_a_token),
		cmocka_unit_test(j10_every_part_is_canonical),
		cmocka_unit_test(j8_a_header_is_one_strict_object),
		cmocka_unit_test(j9_a_deep_or_crowded_header_is_refused),
		cmocka_unit_test(j6_any_extension_is_refused),
		cmocka_unit_test(j4_members_outside_the_list_are_refused),
		cmocka_unit_test(j1_a_token_without_signature_is_refused),
		cmocka_unit_test(j2_shared_secrets_are_refused),
		cmocka_unit_test(j3_other_algorithms_are_refused),
		cmocka_unit_test(j7_other_types_of_token_are_refused),
		cmocka_unit_test(j5_a_kid_that_is_no_string_is_refused),
		cmocka_unit_test(j1_a_signature_is_of_this_key_and_algorithm),
		cmocka_unit_test(j1_a_signature_has_the_length_of_the_modulus),
		cmocka_unit_test(j1_every_flipped_bit_is_refused),
		cmocka_unit_test(j13_a_weak_key_verifies_nothing),
	};

	return cmocka_run_group_tests(tests, case_setup, case_teardown);
}
