/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "sys/json.h"

static enum err
parse(const char *text, size_t len)
{
	AUTO(json) struct json *json = NULL;
	struct diag diag = DIAG_INIT;
	enum err r = json_parse(text, len, &json, &diag);

	/* Untouched on failure, explained on failure. */
	assert_int_equal(r == ERR_OK, json != NULL);
	assert_int_equal(r == ERR_OK, diag.text[0] == '\0');
	return r;
}

static void
j8_j9_what_is_not_strict_json_is_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "null", "1", "\"a\"", "{", "[1", "[1,]", "{\"a\":1,}",
		"[1] x", "[1][2]", "{\"a\":1,\"a\":2}",
		"[{\"a\":1,\"\\u0061\":2}]", "{\"x\":{\"b\":1,\"b\":1}}",
		"[NaN]", "[01]", "[1e999]", "[9223372036854775808]",
		"['a']", "[/* */1]", "[\"\\u0000\"]", "{\"a\\u0000\":1}",
		"[\"\\ud800\"]", "[\"\xc3\"]", "[\"\xed\xa0\x80\"]",
		"[\"\xc0\xaf\"]", "[\"a\nb\"]", "\xef\xbb\xbf[1]", "[\"a",
		"[\"\\",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (parse(bad[i], strlen(bad[i])) != ERR_JSON)
			fail_msg("accepted: %s", bad[i]);
	assert_err(parse("[\"a\0b\"]", 7), ERR_JSON);
	assert_err(parse("[1]\0", 4), ERR_JSON);
}

static void
depth_is_capped(void **state)
{
	char text[2 * JSON_DEPTH_MAX + 2];

	(void)state;
	memset(text, '[', sizeof(text) / 2);
	memset(text + sizeof(text) / 2, ']', sizeof(text) / 2);
	assert_err(parse(text, sizeof(text)), ERR_JSON);
	assert_err(parse(text + 1, sizeof(text) - 2), ERR_OK);
}

static void
number_of_values_is_capped(void **state)
{
	size_t len = 2 * (size_t)JSON_VALUES_MAX + 3;
	AUTO_FREE char *text = malloc(len);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < len; i++)
		text[i] = i % 2 == 0 ? ',' : '0';
	text[0] = '[';
	text[len - 1] = ']';
	assert_err(parse(text, len), ERR_JSON);
}

static void
brackets_inside_strings_do_not_count(void **state)
{
	char text[256] = "[\"\\\"";
	size_t n = strlen(text);

	(void)state;
	memset(text + n, '[', 100);
	memcpy(text + n + 100, "\\\\\"]", 5);
	assert_err(parse(text, strlen(text)), ERR_OK);
}

static struct json *
member(struct json *json, const char *name)
{
	struct json *value = NULL;

	assert_err(json_get(json, name, &value, NULL), ERR_OK);
	return value;
}

static void
brackets_behind_strings_count(void **state)
{
	static const char *const strings[] = {
		"\"\"", "\"\\\\\"", "\"\\\"\"", "\"\\\\\\\"\\\\\"",
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
		size_t n = (size_t)snprintf(text, sizeof(text), "[%s,",
		    strings[i]);

		memset(text + n, '[', JSON_DEPTH_MAX);
		memset(text + n + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX + 1);
		assert_err(parse(text, n + 2 * JSON_DEPTH_MAX + 1), ERR_JSON);
		text[n] = '1';
		text[n + 1] = ',';
		text[n + 2 * JSON_DEPTH_MAX - 1] = ' ';
		text[n + 2 * JSON_DEPTH_MAX] = ' ';
		assert_err(parse(text, n + 2 * JSON_DEPTH_MAX), ERR_OK);
	}
}

static void
members_are_found_in_any_case_and_null_is_absent(void **state)
{
	static const char text[] =
	    "{\"userNAME\":\"b\",\"Active\":false,\"n\":-7,\"x\":null,"
	    "\"list\":[1,\"two\"],\"r\":1.0}";
	AUTO(json) struct json *json = NULL;
	bool yes = true;
	int64_t n = 0;

	(void)state;
	assert_err(json_parse(text, strlen(text), &json, NULL), ERR_OK);
	assert_string_equal(json_string_of(member(json, "username")), "b");
	assert_true(json_bool_of(member(json, "active"), &yes));
	assert_false(yes);
	assert_true(json_int_of(member(json, "N"), &n));
	assert_int_equal(n, -7);
	assert_null(member(json, "x"));
	assert_null(member(json, "absent"));
	assert_null(member(NULL, "absent"));
	assert_int_equal(json_count(member(json, "list")), 2);
	assert_string_equal(json_string_of(json_item(member(json, "list"), 1)),
	    "two");
	assert_null(json_item(member(json, "list"), 2));
	assert_null(member(member(json, "list"), "list"));
	assert_int_equal(json_count(json), 0);
}

static void
a_value_of_another_kind_is_not_converted(void **state)
{
	static const char text[] = "{\"s\":\"1\",\"r\":1.0,\"t\":true,\"i\":1}";
	AUTO(json) struct json *json = NULL;
	bool b = true;
	int64_t n = 5;

	(void)state;
	assert_err(json_parse(text, strlen(text), &json, NULL), ERR_OK);
	assert_false(json_int_of(member(json, "s"), &n));
	assert_false(json_int_of(member(json, "r"), &n));
	assert_false(json_int_of(member(json, "t"), &n));
	assert_false(json_int_of(NULL, &n));
	assert_false(json_bool_of(member(json, "i"), &b));
	assert_false(json_bool_of(member(json, "s"), &b));
	assert_null(json_string_of(member(json, "i")));
	assert_null(json_string_of(NULL));
	assert_int_equal(n, 5);
	assert_true(b);
}

static void
two_members_that_differ_only_in_case_are_refused(void **state)
{
	static const char text[] = "{\"active\":true,\"Active\":false}";
	AUTO(json) struct json *json = NULL;
	struct json *value = NULL;
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_err(json_parse(text, strlen(text), &json, NULL), ERR_OK);
	assert_err(json_get(json, "active", &value, &diag), ERR_JSON);
	assert_null(value);
	assert_non_null(strstr(diag.text, "active"));
}

static void
j8_a_member_is_found_by_its_exact_name_only(void **state)
{
	static const char text[] = "{\"alg\":1,\"x\":null,\"list\":[\"alg\"]}";
	AUTO(json) struct json *json = NULL;
	int64_t n = 0;

	(void)state;
	assert_err(json_parse(text, strlen(text), &json, NULL), ERR_OK);
	assert_true(json_int_of(json_member(json, "alg"), &n));
	assert_int_equal(n, 1);
	assert_null(json_member(json, "Alg"));
	assert_null(json_member(json, "al"));
	assert_null(json_member(json, "algo"));
	assert_null(json_member(json, ""));
	assert_null(json_member(NULL, "alg"));
	assert_null(json_member(json_member(json, "list"), "alg"));
	/* Being there is something else than being something. */
	assert_non_null(json_member(json, "x"));
	assert_int_equal(json_kind_of(json_member(json, "x")),
	    JSON_KIND_NONE);
}

static void
j4_a_member_outside_a_list_is_named(void **state)
{
	static const char *const all[] = { "b", "list", "a", "c", NULL };
	static const char *const few[] = { "a", "list", NULL };
	static const char *const none[] = { NULL };
	static const char text[] = "{\"a\":1,\"b\":2,\"list\":[1]}";
	AUTO(json) struct json *json = NULL;

	(void)state;
	assert_err(json_parse(text, strlen(text), &json, NULL), ERR_OK);
	assert_null(json_other_member(json, all));
	assert_string_equal(json_other_member(json, few), "b");
	assert_non_null(json_other_member(json, none));
	assert_null(json_other_member(json_member(json, "list"), none));
	assert_null(json_other_member(NULL, none));
}

static bool
is_within(const char *text, struct json_limits limits)
{
	AUTO(json) struct json *json = NULL;

	assert_err(json_parse(text, strlen(text), &json, NULL), ERR_OK);
	return json_is_within(json, &limits);
}

static void
j9_limits_hold_at_every_level(void **state)
{
	const struct json_limits limits = { 3, 2, 4 };

	(void)state;
	assert_true(is_within("{\"a\":[[\"1234\"]],\"b\":1}", limits));
	assert_true(is_within("[[[1]],null,true,1.5]", limits));
	assert_true(is_within("[1,2,3,4,5,6]", limits));
	assert_false(is_within("{\"a\":[[[]]]}", limits));
	assert_false(is_within("[{\"a\":[{}]}]", limits));
	assert_false(is_within("{\"a\":1,\"b\":2,\"c\":3}", limits));
	assert_false(is_within("[[{\"a\":1,\"b\":2,\"c\":3}]]", limits));
	assert_false(is_within("[\"12345\"]", limits));
	assert_false(is_within("{\"a\":{\"b\":\"12345\"}}", limits));
	assert_false(is_within("[{\"12345\":1}]", limits));
	assert_false(is_within("[]", (struct json_limits){ 0, 2, 4 }));
}

static void
writer_gives_what_the_reader_takes(void **state)
{
	AUTO_FREE char *text = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&text, &len);
	struct json_writer w = JSON_WRITER_INIT(file);

	(void)state;
	json_begin(&w, NULL, '{');
	json_put_string(&w, "a\"b", "x\\\n\x1b\x7f\xc2\x9b" "J\xc3\xb6nes");
	json_put_string(&w, "bad", "\xff\xc3(");
	json_begin(&w, "list", '[');
	json_put_int(&w, NULL, INT64_MIN);
	json_put_bool(&w, NULL, true);
	json_begin(&w, NULL, '{');
	json_end(&w, '}');
	json_put_bool(&w, NULL, false);
	json_end(&w, ']');
	json_put_int(&w, "n", 0);
	json_put_time(&w, "never", 0);
	json_put_time(&w, "t", 1795176000);
	json_end(&w, '}');
	assert_int_equal(fclose(file), 0);
	assert_string_equal(text, "{\"a\\\"b\":\"x\\\\\\u000a\\u001b\\u007f"
	    "\\u009bJ\xc3\xb6nes\",\"bad\":\"\\ufffd\\ufffd(\",\"list\":"
	    "[-9223372036854775808,true,{},false],\"n\":0,"
	    "\"never\":\"\",\"t\":\"2026-11-20T12:00:00Z\"}\n");
	assert_err(parse(text, len), ERR_OK);
}

static void
json_that_is_written_is_fit_for_a_terminal(void **state)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "\xe2\x80\xae" "x", "\\u202ex" },
		{ "\xe2\x81\xa9", "\\u2069" },
		{ "\xef\xbb\xbf", "\\ufeff" },
		{ "\xd8\x9c", "\\u061c" },
		{ "\xf3\xa0\x81\x81", "\\udb40\\udc41" },
		{ "\xf0\x9f\x98\x80\xe2\x82\xac",
		    "\xf0\x9f\x98\x80\xe2\x82\xac" },
		{ "\xc3\xa9\xff\xc3", "\xc3\xa9\\ufffd\\ufffd" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_FREE char *text = NULL;
		size_t len = 0;
		FILE *file = open_memstream(&text, &len);
		struct json_writer w = JSON_WRITER_INIT(file);
		char want[64];

		assert_non_null(file);
		(void)snprintf(want, sizeof(want), "[\"%s\"]\n",
		    cases[i].want);
		json_begin(&w, NULL, '[');
		json_put_string(&w, NULL, cases[i].text);
		json_end(&w, ']');
		assert_int_equal(fclose(file), 0);
		assert_string_equal(text, want);
		assert_err(parse(text, len), ERR_OK);
	}
}

/* Freed memory may only be looked at where it was not given back: the test's
 * own allocator keeps what jansson's wrapper frees. */
static const unsigned char *kept;
static size_t kept_len;

void __real_free(void *memory);
void __wrap_free(void *memory);

void
__wrap_free(void *memory)
{
	if (kept == NULL || memory != (const void *)kept)
		__real_free(memory);
}

static void
secrets_of_a_document_are_wiped_when_it_is_freed(void **state)
{
	struct json *doc = NULL;
	static const char text[] = "{\"id_token\":\"top.secret.words\"}";

	(void)state;
	json_wipe_freed();
	assert_err(json_parse(text, strlen(text), &doc, NULL), ERR_OK);
	kept = (const unsigned char *)json_string_of(json_member(doc,
	    "id_token"));
	kept_len = strlen((const char *)kept);
	assert_int_equal(kept_len, 16);
	json_free(&doc);
	for (size_t i = 0; i < kept_len; i++)
		assert_int_equal(kept[i], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(j8_j9_what_is_not_strict_json_is_refused),
		cmocka_unit_test(depth_is_capped),
		cmocka_unit_test(number_of_values_is_capped),
		cmocka_unit_test(brackets_inside_strings_do_not_count),
		cmocka_unit_test(brackets_behind_strings_count),
		cmocka_unit_test(
		    members_are_found_in_any_case_and_null_is_absent),
		cmocka_unit_test(a_value_of_another_kind_is_not_converted),
		cmocka_unit_test(
		    two_members_that_differ_only_in_case_are_refused),
		cmocka_unit_test(j8_a_member_is_found_by_its_exact_name_only),
		cmocka_unit_test(j4_a_member_outside_a_list_is_named),
		cmocka_unit_test(j9_limits_hold_at_every_level),
		cmocka_unit_test(writer_gives_what_the_reader_takes),
		cmocka_unit_test(json_that_is_written_is_fit_for_a_terminal),
		/* Last: it changes how all documents are freed. */
		cmocka_unit_test(
		    secrets_of_a_document_are_wiped_when_it_is_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
