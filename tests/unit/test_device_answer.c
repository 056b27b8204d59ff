/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is taken from the answers of the device flow, and what is not.
 */
#include "unit.h"

#include "auth/device_answer.h"
#include "sys/json.h"

#define URIS "https://microsoft.com/devicelogin\nhttps://h.example/d"
#define URI "https://microsoft.com/devicelogin"

#define CODE "\"device_code\":\"dev-ice_code\""
#define USER "\"user_code\":\"C45FGVYJR\""
#define WHERE "\"verification_uri\":\"" URI "\""
#define GOOD "{" CODE "," USER "," WHERE ",\"expires_in\":900}"

static enum err
read_code(const char *text, const char *uris, struct device_code *ret)
{
	AUTO(json) struct json *body = NULL;

	assert_err(json_parse(text, strlen(text), &body, NULL), ERR_OK);
	return device_answer_code(body, uris, ret, NULL);
}

static enum err
read_listed(const char *text, struct device_code *ret)
{
	return read_code(text, URIS, ret);
}

static void
assert_refused(const char *body, enum err want)
{
	AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;

	assert_err(read_listed(body, &code), want);
	assert_int_equal(code.secret.len, 0);
	assert_string_equal(code.user_code, "");
	assert_string_equal(code.uri, "");
}

static void
v4_interval_is_five_seconds_at_least(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
	} good[] = {
		{ "", 5 }, { ",\"interval\":0", 5 }, { ",\"interval\":4", 5 },
		{ ",\"interval\":6", 6 }, { ",\"interval\":\"7\"", 7 },
		{ ",\"interval\":300", 300 }, { ",\"Interval\":30", 5 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;
		char body[512];

		(void)snprintf(body, sizeof(body), "{" CODE "," USER "," WHERE
		    ",\"expires_in\":\"900\"%s}", good[i].text);
		assert_err(read_listed(body, &code), ERR_OK);
		assert_int_equal(code.interval, good[i].want);
		assert_int_equal(code.expires_in, 900);
	}
}

static void
v7_times_that_are_no_times_are_refused(void **state)
{
	static const char *const bad[] = {
		"\"interval\":5", "\"expires_in\":0", "\"expires_in\":-1",
		"\"expires_in\":86401", "\"expires_in\":900.0",
		"\"expires_in\":\"\"", "\"expires_in\":\" 900\"",
		"\"expires_in\":\"900s\"", "\"expires_in\":\"-1\"",
		"\"expires_in\":\"99999999999999999999\"",
		"\"expires_in\":null", "\"expires_in\":[900]",
		"\"expires_in\":true", "\"Expires_In\":900",
		"\"expires_in\":900,\"interval\":301",
		"\"expires_in\":900,\"interval\":-1",
		"\"expires_in\":900,\"interval\":5.0",
		"\"expires_in\":900,\"interval\":\"x\"",
		"\"expires_in\":900,\"interval\":{}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char body[512];

		(void)snprintf(body, sizeof(body), "{" CODE "," USER "," WHERE
		    ",%s}", bad[i]);
		assert_refused(body, ERR_DEVICE_RESPONSE);
	}
}

static void
v5_user_codes_to_show_are_capitals_digits_and_hyphens(void **state)
{
	static const char *const good[] = {
		"ABCD", "C45FGVYJR", "WDJB-MJHT", "-A-B-C-D-", "0123",
		"ABCDEFGHIJKLMNOP",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;
		char body[512];

		(void)snprintf(body, sizeof(body), "{" CODE "," WHERE
		    ",\"expires_in\":900,\"user_code\":\"%s\"}", good[i]);
		assert_err(read_listed(body, &code), ERR_OK);
		assert_string_equal(code.user_code, good[i]);
	}
}

static void
v5_user_codes_that_could_do_more_are_refused(void **state)
{
	static const char *const bad[] = {
		"\"\"", "\"ABC\"", "\"A-B-C\"", "\"----\"",
		"\"ABCDEFGHIJKLMNOPQ\"", "\"c45fgvyjr\"", "\"ABCDe\"",
		"\"ABCD \"", "\" ABCD\"", "\"ABCD\\n\"", "\"AB CD\"",
		"\"\\u001b[31mABCD\"", "\"ABCD\\u0007\"", "\"ABC\\u00c4\"",
		"\"ABCD\\u009b31m\"", "\"ABCD_\"", "\"ABCD.\"", "1234",
		"null", "[\"ABCD\"]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char body[512];

		(void)snprintf(body, sizeof(body), "{" CODE "," WHERE
		    ",\"expires_in\":900,\"user_code\":%s}", bad[i]);
		assert_refused(body, ERR_DEVICE_PROMPT);
	}
	assert_refused("{" CODE "," WHERE ",\"expires_in\":900}",
	    ERR_DEVICE_PROMPT);
}

static void
v5_only_listed_addresses_are_shown(void **state)
{
	static const char *const bad[] = {
		"", "https://microsoft.com/devicelogin/",
		"https://microsoft.com/deviceloginus",
		"https://microsoft.com/devicelogi", "https://h.example/",
		"HTTPS://microsoft.com/devicelogin",
		"http://microsoft.com/devicelogin",
		"https://microsoft.com/devicelogin?otc=ABCD",
		"https://microsoft.com/devicelogin\\nhttps://h.example/d",
		"https://microsoft.com/devicelogin\\n", "\\n",
		"\\u001b]8;;https://evil.example\\u0007",
	};
	AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char body[512];

		(void)snprintf(body, sizeof(body), "{" CODE "," USER
		    ",\"expires_in\":900,\"verification_uri\":\"%s\"}",
		    bad[i]);
		assert_refused(body, ERR_DEVICE_PROMPT);
	}
	assert_refused("{" CODE "," USER ",\"expires_in\":900}",
	    ERR_DEVICE_PROMPT);
	/* The old name of the old endpoint is not the member. */
	assert_refused("{" CODE "," USER ",\"expires_in\":900,"
	    "\"verification_url\":\"" URI "\"}", ERR_DEVICE_PROMPT);
	assert_err(read_listed("{" CODE "," USER ",\"expires_in\":900,"
	    "\"verification_uri\":\"https://h.example/d\","
	    "\"verification_uri_complete\":\"https://evil.example/\"}",
	    &code), ERR_OK);
	assert_string_equal(code.uri, "https://h.example/d");
}

static void
v5_nothing_can_be_shown_when_nothing_is_listed(void **state)
{
	static const char *const lists[] = { "", "\n", "\n\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;

		assert_err(read_code(GOOD, lists[i], &code),
		    ERR_DEVICE_PROMPT);
	}
}

static void
v3_a_device_code_is_printable_and_of_sane_length(void **state)
{
	static const char *const bad[] = {
		"\"\"", "\"a\\nb\"", "\"a\\u007f\"",
		"\"\\u00e9\"", "17", "null", "{}",
	};
	AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;
	char body[2 * DEVICE_CODE_MAX_LEN];
	char secret[DEVICE_CODE_MAX_LEN + 2];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		(void)snprintf(body, sizeof(body), "{" USER "," WHERE
		    ",\"expires_in\":900,\"device_code\":%s}", bad[i]);
		assert_refused(body, ERR_DEVICE_RESPONSE);
	}
	memset(secret, 'x', sizeof(secret));
	secret[sizeof(secret) - 1] = '\0';
	(void)snprintf(body, sizeof(body), "{" USER "," WHERE
	    ",\"expires_in\":900,\"device_code\":\"%s\"}", secret);
	assert_refused(body, ERR_DEVICE_RESPONSE);
	(void)snprintf(body, sizeof(body), "{" USER "," WHERE
	    ",\"expires_in\":900,\"device_code\":\"%s\"}", secret + 1);
	assert_err(read_listed(body, &code), ERR_OK);
	assert_int_equal(code.secret.len, DEVICE_CODE_MAX_LEN);
}

static void
v3_a_code_that_is_cleared_is_gone(void **state)
{
	static const char zeros[sizeof(((struct device_code *)0)->user_code)];
	struct device_code code = DEVICE_CODE_INIT;

	(void)state;
	assert_err(read_listed(GOOD, &code), ERR_OK);
	assert_string_equal(buf_str(&code.secret), "dev-ice_code");
	device_code_clear(&code);
	assert_null(code.secret.data);
	assert_int_equal(code.secret.len, 0);
	assert_memory_equal(code.user_code, zeros, sizeof(zeros));
}

/* Of the token's answer only what the verifier needs is kept. */
static void
j23_nothing_but_two_tokens_is_kept(void **state)
{
	static const char text[] = "{\"token_type\":\"Bearer\","
	    "\"id_token\":\"a.b.c\",\"access_token\":\"acc\","
	    "\"refresh_token\":[1],\"expires_in\":\"never\"}";
	AUTO(json) struct json *body = NULL;
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;

	(void)state;
	assert_err(json_parse(text, strlen(text), &body, NULL), ERR_OK);
	assert_err(device_answer_token(body, &token, NULL), ERR_OK);
	assert_string_equal(buf_str(&token.id_token), "a.b.c");
	assert_string_equal(buf_str(&token.access_token), "acc");
	assert_err(device_answer_token(NULL, &token, NULL),
	    ERR_DEVICE_RESPONSE);
	assert_string_equal(buf_str(&token.id_token), "a.b.c");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v4_interval_is_five_seconds_at_least),
		cmocka_unit_test(v7_times_that_are_no_times_are_refused),
		cmocka_unit_test(
		    v5_user_codes_to_show_are_capitals_digits_and_hyphens),
		cmocka_unit_test(v5_user_codes_that_could_do_more_are_refused),
		cmocka_unit_test(v5_only_listed_addresses_are_shown),
		cmocka_unit_test(
		    v5_nothing_can_be_shown_when_nothing_is_listed),
		cmocka_unit_test(
		    v3_a_device_code_is_printable_and_of_sane_length),
		cmocka_unit_test(v3_a_code_that_is_cleared_is_gone),
		cmocka_unit_test(j23_nothing_but_two_tokens_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
