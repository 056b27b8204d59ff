/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "base/cleanup.h"
#include "base/parse.h"

static void
numbers_are_plain_digits_up_to_a_maximum(void **state)
{
	static const char *const bad[] = {
		"", "-1", "+1", " 1", "1 ", "01", "00", "0x1", "1e3", "101",
		"18446744073709551616",
	};
	uint64_t n = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(parse_u64(bad[i], strlen(bad[i]), 100, &n));
	assert_int_equal(n, 7);
	assert_true(parse_u64("0", 1, 100, &n) && n == 0);
	assert_true(parse_u64("100", 3, 100, &n) && n == 100);
	assert_true(parse_u64("18446744073709551615", 20, UINT64_MAX, &n));
	assert_true(n == UINT64_MAX);
}

static void
durations_have_one_unit_at_most(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {
		{ "0", 0 }, { "90", 90 }, { "30s", 30 }, { "5m", 300 },
		{ "2h", 7200 }, { "7d", 604800 },
	};
	static const char *const bad[] = {
		"", "s", "5 m", "5M", "1w", "1h30m", "-1s", "1.5h",
		"4294967296s",
	};
	int64_t seconds = -1;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(parse_duration(good[i].text,
		    strlen(good[i].text), &seconds));
		assert_int_equal(seconds, good[i].seconds);
	}
	seconds = -1;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(parse_duration(bad[i], strlen(bad[i]),
		    &seconds));
	assert_int_equal(seconds, -1);
}

static void
booleans_are_yes_and_no(void **state)
{
	static const char *const bad[] = { "", "YES", "true", "1", "yes " };
	bool value = false;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(parse_bool(bad[i], strlen(bad[i]), &value));
	assert_true(parse_bool("yes", 3, &value) && value);
	assert_true(parse_bool("no", 2, &value) && !value);
}

static void
d8_instants_are_read_in_their_one_form(void **state)
{
	static const struct {
		const char *text;
		int64_t time;
	} good[] = {
		{ "2000-01-01T00:00:00Z", 946684800 },
		{ "2024-02-29T23:59:59Z", 1709251199 },
		{ "2026-11-20T12:00:00.1234567Z", 1795176000 },
		{ "2026-11-20T12:00:00.123456789Z", 1795176000 },
		{ "2099-12-31T23:59:59.1Z", 4102444799 },
	};
	int64_t time = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(parse_instant(good[i].text, strlen(good[i].text),
		    &time));
		assert_int_equal(time, good[i].time);
	}
}

static void
d8_other_instants_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "2026-11-20", "2026-11-20T12:00:00",
		"2026-11-20T12:00:00+00:00", "2026-11-20T12:00:00z",
		"2026-11-20 12:00:00Z", "2026-11-20T12:00:00.Z",
		"2026-11-20T12:00:00.1234567890Z", "2026-11-20T24:00:00Z",
		"2026-11-20T12:60:00Z", "2016-12-31T23:59:60Z",
		"2026-02-29T12:00:00Z", "2026-13-01T12:00:00Z",
		"2026-00-10T12:00:00Z", "2026-04-31T12:00:00Z",
		"2026-11-00T12:00:00Z", "1999-12-31T23:59:59Z",
		"2100-01-01T00:00:00Z", "-026-11-20T12:00:00Z",
		" 2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z ",
		"2026-11-20T12:00:00,5Z", "2026-1-20T12:00:00.0Z",
		"2026-11-20T12:00:00.1a3Z",
	};
	int64_t time = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(parse_instant(bad[i], strlen(bad[i]), &time));
	assert_int_equal(time, 7);
}

static void
a15_guids_have_their_hyphens_in_place(void **state)
{
	static const char good[] = "9188040d-6c67-4C5B-b112-36a304b66dad";
	static const char *const bad[] = {
		"", "9188040d6c674c5bb11236a304b66dad",
		"{9188040d-6c67-4c5b-b112-36a304b66dad}",
		"9188040g-6c67-4c5b-b112-36a304b66dad",
		"9188040d-6c67-4c5b-b112-36a304b66da",
		"9188040d-6c674-c5b-b112-36a304b66dad", "common",
	};

	(void)state;
	assert_true(parse_is_guid(good, strlen(good)));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(parse_is_guid(bad[i], strlen(bad[i])));
}

static void
i4_login_names_are_of_the_grammar(void **state)
{
	static const char *const bad[] = {
		"", "B.Simon", "1234", "8x8sso", "-rf", ".hidden", "_svc",
		"a b", "a/b", "../x", "a:b", "a\nb", "jos\xc3\xa9", "a$",
		"a@b", "a123456789012345678901234567890123",
	};

	(void)state;
	assert_true(parse_is_login_name("b.simon", 7, false));
	assert_true(parse_is_login_name("a_b-c9", 6, false));
	assert_true(parse_is_login_name("b.simon@contoso.com", 19, true));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(parse_is_login_name(bad[i], strlen(bad[i]),
		    false));
	assert_false(parse_is_login_name("@a", 2, true));
	assert_false(parse_is_login_name("a\0b", 3, true));
}

static void
i5_local_names_are_no_path_no_option_no_uid_and_not_root(void **state)
{
	static const char *const bad[] = {
		"", "-a", ".", "..", ".a", "a/b", "/a", "a:b", "a b", "a,b",
		"a+", "+a", "a@b", "a$", "a\n", "\xc3\xb6", "0", "1000",
		"root", "abcdefghijklmnopabcdefghijklmnopq",
	};
	static const char *const good[] = {
		"bsimon", "B.Simon", "_b", "b-1", "1b", "b", "roots", "Root",
		"abcdefghijklmnopabcdefghijklmnop",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(parse_is_local_name(bad[i], strlen(bad[i])));
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(parse_is_local_name(good[i], strlen(good[i])));
	assert_false(parse_is_local_name("a\0b", 3));
}

static void
utf8_is_well_formed_or_refused(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
		"\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"a\xc3(", "\xe2\x82", "\xfe", "\xff",
	};

	(void)state;
	assert_true(parse_is_utf8("", 0));
	assert_true(parse_is_utf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	    10));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(parse_is_utf8(bad[i], strlen(bad[i])));
	assert_false(parse_is_utf8("a\0b", 3));
}

static void
characters_are_read_one_by_one(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		uint32_t character;
		bool showable;
	} cases[] = {
		{ "a", 1, 'a', true }, { "~b", 1, '~', true },
		{ " ", 1, ' ', true }, { "\x1f", 1, 0x1f, false },
		{ "\x7f", 1, 0x7f, false }, { "\xc2\x9f", 2, 0x9f, false },
		{ "\xc2\xa0", 2, 0xa0, true }, { "\xc3\xa9", 2, 0xe9, true },
		{ "\xe2\x80\xae", 3, 0x202e, false },
		{ "\xe2\x80\xaf", 3, 0x202f, true },
		{ "\xe2\x82\xac" "a", 3, 0x20ac, true },
		{ "\xef\xbb\xbf", 3, 0xfeff, false },
		{ "\xf3\xa0\x81\xbf", 4, 0xe007f, false },
		{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff, true },
		{ "\xe2\x80", 0, 0, false }, { "\xff", 0, 0, false },
		{ "\xed\xa0\x80", 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint32_t character = 1;

		assert_int_equal(parse_character(cases[i].text,
		    strlen(cases[i].text), &character), cases[i].len);
		assert_int_equal(character, cases[i].character);
		assert_int_equal(parse_is_showable(character),
		    cases[i].showable);
	}
}

/* Long runs of ASCII are looked at eight bytes at once. */
static void
utf8_is_refused_wherever_it_is_bad(void **state)
{
	(void)state;
	for (size_t place = 0; place < 20; place++) {
		char text[] = "abcdefghijklmnopqrst";

		assert_true(parse_is_utf8(text, 20));
		text[place] = '\x80';
		assert_false(parse_is_utf8(text, 20));
		text[place] = '\0';
		assert_false(parse_is_utf8(text, 20));
		text[place] = '\x7f';
		assert_true(parse_is_utf8(text, 20));
		text[place] = '\xc3';
		assert_false(parse_is_utf8(text, 20));
		if (place == 19)
			continue;
		text[place + 1] = '\xa9';
		assert_true(parse_is_utf8(text, 20));
	}
}

static void
urls_that_may_carry_a_secret_are_accepted(void **state)
{
	static const char *const good[] = {
		"https://h", "https://sso.8x8.com/saml2",
		"https://platform.8x8.com:8443/udi/customers/0012J/scim/v2",
		"https://login.microsoftonline.com/x/saml2?a=b&c=%20d",
		"https://h?q", "https://10.1.2.3/", "https://[2001:db8::1]/",
		"http://127.0.0.1:8080/x", "http://127.1.2.3", "http://[::1]:1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!parse_is_safe_url(good[i], strlen(good[i])))
			fail_msg("%s", good[i]);
}

static void
urls_that_may_not_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "https://", "https:///x", "//h/x", "h", "ftp://h/",
		"HTTPS://h/", "http://h/", "http://localhost/",
		"http://10.0.0.1/", "http://127.0.0.1.example/",
		"http://127.0.0.256/", "http://127.0.0/", "http://127.1/",
		"http://0127.0.0.1/", "http://127.0.0.1.1/", "http://[::2]/",
		"http://127.0.0.1@evil/", "https://u@h/", "https://u:p@h/",
		"https://h\\@evil/", "https://h:0/", "https://h:65536/",
		"https://h:/", "https://h:80x/", "https://-h/", "https://.h/",
		"https://[]/", "https://[::1/", "https://[x]/",
		"https://h/#frag", "https://h/a b", "https://h/\n",
		"https://h/%zz", "https://h/%2", "https://h/\"", "https://h/<",
		"https://h/\xc3\xa9", " https://h/", "https://h/ ",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (parse_is_safe_url(bad[i], strlen(bad[i])))
			fail_msg("%s", bad[i]);
	assert_false(parse_is_safe_url("https://h/\0", 11));
	assert_false(parse_is_safe_url("https://h", 8));
}

static void
case_is_ascii_case(void **state)
{
	char text[] = "B.SIMON\xc3\x89";

	(void)state;
	assert_true(parse_equal_nocase("B.Simon", "b.sIMON"));
	assert_false(parse_equal_nocase("b.simon", "b.simo"));
	assert_false(parse_equal_nocase("b.simo", "b.simon"));
	assert_false(parse_equal_nocase("\xc3\x89", "\xc3\xa9"));
	parse_lower(text);
	assert_string_equal(text, "b.simon\xc3\x89");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_plain_digits_up_to_a_maximum),
		cmocka_unit_test(durations_have_one_unit_at_most),
		cmocka_unit_test(booleans_are_yes_and_no),
		cmocka_unit_test(d8_instants_are_read_in_their_one_form),
		cmocka_unit_test(d8_other_instants_are_refused),
		cmocka_unit_test(a15_guids_have_their_hyphens_in_place),
		cmocka_unit_test(i4_login_names_are_of_the_grammar),
		cmocka_unit_test(
		    i5_local_names_are_no_path_no_option_no_uid_and_not_root),
		cmocka_unit_test(utf8_is_well_formed_or_refused),
		cmocka_unit_test(characters_are_read_one_by_one),
		cmocka_unit_test(utf8_is_refused_wherever_it_is_bad),
		cmocka_unit_test(urls_that_may_carry_a_secret_are_accepted),
		cmocka_unit_test(urls_that_may_not_are_refused),
		cmocka_unit_test(case_is_ascii_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
