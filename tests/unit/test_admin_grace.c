/* SPDX-License-Identifier: BSD-2-Clause */
/* How long sshd and login wait, and whether the configuration knows it. */
#include "unit.h"

#include "admin/grace.h"
#include "base/cleanup.h"

static void
logingracetime_is_found_among_what_sshd_writes(void **state)
{
	int64_t seconds = -1;

	(void)state;
	assert_true(grace_of_sshd("port 22\naddressfamily any\n"
	    "logingracetime 120\nx11displayoffset 10\n", &seconds));
	assert_int_equal(seconds, 120);
	assert_true(grace_of_sshd("logingracetime 0", &seconds));
	assert_int_equal(seconds, 0);
}

static void
what_is_no_logingracetime_is_not_taken_for_one(void **state)
{
	static const char *const texts[] = {
		"", "\n\n", "logingracetime", "logingracetime \n",
		"logingracetime2 120\n", "logingracetime120\n",
		"xlogingracetime 120\n", " logingracetime 120\n",
		"logingracetime 2m\n", "logingracetime -1\n",
		"logingracetime 120s\n", "logingracetime\n120\n",
		"logingracetime 99999999999999999999\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		int64_t seconds = -1;

		assert_false(grace_of_sshd(texts[i], &seconds));
		assert_int_equal(seconds, -1);
	}
}

static void
login_waits_for_a_minute_unless_it_is_told(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{ "", 60 },
		{ "# LOGIN_TIMEOUT 300\n", 60 },
		{ "LOGIN_TIMEOUTS 300\n", 60 },
		{ "LOGIN_TIMEOUT\tyes\n", 60 },
		{ "LOGIN_RETRIES\t\t5\nLOGIN_TIMEOUT\t\t300\n", 300 },
		{ "LOGIN_TIMEOUT 300  \nUMASK 022\n", 300 },
		{ "LOGIN_TIMEOUT 300\nLOGIN_TIMEOUT 0\n", 0 },
		{ " \tLOGIN_TIMEOUT 30\n", 30 },
		{ "LOGIN_TIMEOUT \"30\"\n", 30 },
		{ "\n \nLOGIN_TIMEOUT 30\n \n", 30 },
		{ " # LOGIN_TIMEOUT 30\n", 60 },
		{ "LOGIN_TIMEOUT\n 30\n", 60 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(grace_of_login(cases[i].text),
		    cases[i].want);
}

static void
a_sign_in_has_to_end_before_the_host_does(void **state)
{
	static const struct {
		int64_t host;
		int64_t configured;
		int64_t timeout;
		enum grace want;
	} cases[] = {
		{ 120, 121, 60, GRACE_CUT_OFF },
		{ 120, 0, 60, GRACE_CUT_OFF },
		{ 120, 120, 180, GRACE_TIGHT },
		{ 0, 120, 180, GRACE_TIGHT },
		{ 600, 179, 180, GRACE_TIGHT },
		{ 120, 120, 120, GRACE_GOOD },
		{ 600, 600, 180, GRACE_GOOD },
		{ 0, 0, 180, GRACE_GOOD },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(grace_judge(cases[i].host,
		    cases[i].configured, cases[i].timeout), cases[i].want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    logingracetime_is_found_among_what_sshd_writes),
		cmocka_unit_test(
		    what_is_no_logingracetime_is_not_taken_for_one),
		cmocka_unit_test(login_waits_for_a_minute_unless_it_is_told),
		cmocka_unit_test(a_sign_in_has_to_end_before_the_host_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
