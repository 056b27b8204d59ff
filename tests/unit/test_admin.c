/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the command that need no host: print and nsswitch. */
#include "unit.h"

#include "admin/nsswitch.h"
#include "admin/print.h"
#include "base/cleanup.h"

/* What print_safe() makes of the text; the caller frees. */
static char *
printed(const char *text)
{
	char *out = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&out, &len);

	assert_non_null(f);
	print_safe(f, text);
	assert_int_equal(fclose(f), 0);
	return out;
}

static void
text_of_all_languages_is_printed(void **state)
{
	static const char text[] =
	    "B. Simon, Jos\xc3\xa9, \xe7\x94\xb0\xe4\xb8\xad \xf0\x9f\x98\x80";
	AUTO_FREE char *out = printed(text);

	(void)state;
	assert_string_equal(out, text);
}

static void
nothing_that_steers_a_terminal_is_printed(void **state)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "a\x1b[2Jb", "a\\x1b[2Jb" },
		{ "a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd" },
		{ "\x7f", "\\x7f" },
		/* C1: a CSI to some terminals */
		{ "\xc2\x9b" "31m", "\\xc2\\x9b31m" },
		/* not UTF-8: the same CSI as one byte, cut and overlong */
		{ "\x9b" "31m", "\\x9b31m" },
		{ "a\xe2\x82", "a\\xe2\\x82" },
		{ "\xc0\xaf", "\\xc0\\xaf" },
		{ "\xff\xfe", "\\xff\\xfe" },
		/* right-to-left override, isolates, marks, line separator */
		{ "\xe2\x80\xae" "x", "\\xe2\\x80\\xaex" },
		{ "\xe2\x81\xa7", "\\xe2\\x81\\xa7" },
		{ "\xe2\x80\x8f", "\\xe2\\x80\\x8f" },
		{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },
		/* Arabic letter mark, byte order mark, zero-width space */
		{ "\xd8\x9c", "\\xd8\\x9c" },
		{ "\xef\xbb\xbfroot", "\\xef\\xbb\\xbfroot" },
		{ "\xe2\x80\x8b", "\\xe2\\x80\\x8b" },
		/* tag that is an invisible A */
		{ "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_FREE char *out = printed(cases[i].text);

		assert_string_equal(out, cases[i].want);
	}
}

static void
ages_are_in_words(void **state)
{
	static const struct {
		int64_t seconds;
		const char *want;
	} cases[] = {
		{ -1, "in the future" }, { 0, "0 s ago" }, { 119, "119 s ago" },
		{ 120, "2 min ago" }, { 7199, "119 min ago" }, { 7200, "2 h ago" },
		{ 172799, "47 h ago" }, { 172800, "2 days ago" },
		{ INT64_MAX, "106751991167300 days ago" },
	};
	char text[PRINT_AGE_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		print_age(cases[i].seconds, text);
		assert_string_equal(text, cases[i].want);
	}
}

static void
fingerprints_are_pairs_of_digits(void **state)
{
	static const uint8_t data[] = { 0x00, 0x0a, 0xff };
	char text[PRINT_HEX_SIZE(sizeof(data))];

	(void)state;
	print_hex(data, sizeof(data), text);
	assert_string_equal(text, "00:0A:FF");
}

static void
nsswitch_lines_are_judged(void **state)
{
	static const struct {
		const char *text;
		enum nsswitch want;
	} cases[] = {
		{ "passwd: files 8x8\n", NSSWITCH_GOOD },
		{ "passwd:\tfiles 8x8 systemd", NSSWITCH_GOOD },
		{ " passwd : compat 8x8\n", NSSWITCH_GOOD },
		{ "passwd: files [!UNAVAIL=return] 8x8\n", NSSWITCH_GOOD },
		{ "passwd: files[NOTFOUND=continue]8x8\n", NSSWITCH_GOOD },
		{ "group: files\npasswd: files 8x8\n", NSSWITCH_GOOD },
		{ "passwd: files\npasswd: files 8x8\n", NSSWITCH_GOOD },
		{ "", NSSWITCH_MISSING },
		{ "passwd:", NSSWITCH_MISSING },
		{ "passwd: files\n", NSSWITCH_MISSING },
		{ "passwd: files # 8x8\n", NSSWITCH_MISSING },
		{ "#passwd: files 8x8\n", NSSWITCH_MISSING },
		{ "group: files 8x8\n", NSSWITCH_MISSING },
		{ "passwd_compat: 8x8\n", NSSWITCH_MISSING },
		{ "passwd: files\n 8x8\n", NSSWITCH_MISSING },
		{ "passwd: files 8x8x 88\n", NSSWITCH_MISSING },
		{ "passwd: files [8x8\ngroup: 8x8\n", NSSWITCH_MISSING },
		{ "passwd: files 8x8\npasswd: files\n", NSSWITCH_MISSING },
		{ "passwd: 8x8 files\n", NSSWITCH_FIRST },
		{ "passwd: systemd 8x8 files\n", NSSWITCH_FIRST },
		{ "passwd: files systemd 8x8\n", NSSWITCH_SLOW },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (nsswitch_judge(cases[i].text, "passwd") != cases[i].want)
			fail_msg("%s", cases[i].text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_of_all_languages_is_printed),
		cmocka_unit_test(nothing_that_steers_a_terminal_is_printed),
		cmocka_unit_test(ages_are_in_words),
		cmocka_unit_test(fingerprints_are_pairs_of_digits),
		cmocka_unit_test(nsswitch_lines_are_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
