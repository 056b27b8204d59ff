/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "base/cleanup.h"
#include "base/limits.h"
#include "sys/json.h"
#include "sys/json_quick.h"

static struct json *
quick(const char *text)
{
	return json_quick_parse(text, strlen(text));
}

static void
j8_j9_what_is_wrong_is_left_to_jansson(void **state)
{
	static const char *const bad[] = {
		"", " ", "null", "1", "\"a\"", "{", "}", "[", "[1", "[1,]",
		"[,1]", "[1 2]", "{\"a\":1,}", "{,}", "{\"a\"}", "{\"a\":}",
		"{\"a\" 1}", "{a:1}", "{1:1}", "[1] x", "[1][2]", "[1}",
		"{\"a\":1]", "{\"a\":1,\"a\":2}", "[{\"b\":[],\"b\":[]}]",
		"{\"x\":{\"b\":1,\"b\":1}}", "[NaN]", "[01]", "[-01]", "[-]",
		"[- 1]", "[+1]", "[.5]", "[1.]", "[1e]", "[0x1]", "['a']",
		"[/* */1]", "[\"\xc3\"]", "[\"\xed\xa0\x80\"]",
		"[\"\xc0\xaf\"]", "{\"\xc0\xaf\":1}", "[\"a\nb\"]",
		"[\"a\n\"]", "[\"a \t\"]", "[\"\x1f\"]",
		"\xef\xbb\xbf[1]", "[\"a", "[truex]", "[tru]", "[True]",
		"[nul", "\f[1]", "[\v1]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (quick(bad[i]) != NULL)
			fail_msg("accepted: %s", bad[i]);
	assert_null(json_quick_parse("[\"a\0b\"]", 7));
	assert_null(json_quick_parse("[1]\0", 4));
	assert_null(json_quick_parse("{\"a\0b\":1}", 9));
	/* Not a byte behind the end is looked at. */
	assert_null(json_quick_parse("[true]", 4));
	assert_null(json_quick_parse("[12]", 3));
	assert_null(json_quick_parse("[\"a\"]", 3));
}

static void
what_is_unusual_is_left_to_jansson(void **state)
{
	static const char *const unusual[] = {
		"[\"\\n\"]", "[\"\\u0061\"]", "{\"\\u0061\":1}", "[1.5]",
		"[1e3]", "[1000000000000000000]", "[-1000000000000000000]",
	};
	char text[300];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(unusual); i++) {
		AUTO(json) struct json *json = NULL;

		if (quick(unusual[i]) != NULL)
			fail_msg("read: %s", unusual[i]);
		assert_err(json_parse(unusual[i], strlen(unusual[i]), &json,
		    NULL), ERR_OK);
	}
	(void)snprintf(text, sizeof(text), "{\"%0256d\":1}", 0);
	assert_null(quick(text));
}

static void
depth_is_capped(void **state)
{
	AUTO(json) struct json *json = NULL;
	char text[2 * JSON_DEPTH_MAX + 2];

	(void)state;
	memset(text, '[', sizeof(text) / 2);
	memset(text + sizeof(text) / 2, ']', sizeof(text) / 2);
	assert_null(json_quick_parse(text, sizeof(text)));
	json = json_quick_parse(text + 1, sizeof(text) - 2);
	assert_non_null(json);
}

static void
values_are_what_they_were(void **state)
{
	static const char *const kinds = "[{},[],\"\",0,true,false,null]";
	static const enum json_kind wanted[] = {
		JSON_KIND_OBJECT, JSON_KIND_ARRAY, JSON_KIND_STRING,
		JSON_KIND_INT, JSON_KIND_BOOL, JSON_KIND_BOOL, JSON_KIND_NONE,
	};
	AUTO(json) struct json *json = quick(kinds);

	(void)state;
	assert_non_null(json);
	assert_int_equal(json_count(json), ARRAY_LEN(wanted));
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		assert_int_equal(json_kind_of(json_item(json, i)), wanted[i]);
}

static void
members_are_what_they_were(void **state)
{
	AUTO(json) struct json *json = quick(" \r\n{ \"a\" : -12 ,\t\"\":"
	    "999999999999999999,\"A\":[-0,\"Gr\xc3\xbcn \x7f\"]} \n");
	int64_t number = 1;

	(void)state;
	assert_non_null(json);
	assert_true(json_int_of(json_member(json, "a"), &number));
	assert_int_equal(number, -12);
	assert_true(json_int_of(json_member(json, ""), &number));
	assert_true(number == 999999999999999999);
	assert_true(json_int_of(json_item(json_member(json, "A"), 0),
	    &number));
	assert_int_equal(number, 0);
	assert_string_equal(json_string_of(json_item(json_member(json, "A"),
	    1)), "Gr\xc3\xbcn \x7f");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(j8_j9_what_is_wrong_is_left_to_jansson),
		cmocka_unit_test(what_is_unusual_is_left_to_jansson),
		cmocka_unit_test(depth_is_capped),
		cmocka_unit_test(values_are_what_they_were),
		cmocka_unit_test(members_are_what_they_were),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
