/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * D9: the end of a session, from the helper's RESULT to the PAM environment
 * and on to the module that stands where pam_systemd does.
 */
#include "world.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/cleanup.h"
#include "pam_8x8sso/session.h"

#define FUTURE 4102444800	/* 2100: the fake helper's "session-end" */

/* first: what another module has set before ours; "" for nothing. */
static void
write_stack(const char *mode, const char *first)
{
	const char *build = getenv("top_builddir");
	char ours[13000];
	char peek[4200];
	static char text[32768];
	int len;

	(void)snprintf(ours, sizeof(ours), "%s cache=%s/cache helper=%s "
	    "config=/%s", world_module, world_dir, world_helper, mode);
	(void)snprintf(peek, sizeof(peek),
	    "%s/tests/module/.libs/pam_peek.so", build != NULL ? build : ".");
	len = snprintf(text, sizeof(text), "auth required %s\n"
	    "account required %s\n"
	    "session optional %s %s\n"
	    "session [success=ok ignore=ignore module_unknown=ignore "
	    "default=bad] %s\n"
	    "session required %s\n", ours, ours,
	    first[0] != '\0' ? peek : "pam_permit.so", first, ours, peek);
	assert_in_range(len, 1, sizeof(text) - 1);
	world_write("stack", text, (size_t)len);
}

static void
set(pam_handle_t *pamh, const char *value)
{
	char text[1100];

	(void)snprintf(text, sizeof(text), SESSION_END_NAME "=%s", value);
	assert_int_equal(pam_putenv(pamh, text), PAM_SUCCESS);
}

/* Opens a session of this user, whose sign-in left this in the environment;
 * says in limit what pam_systemd would be given. */
static int
open_with(const char *user, const char *value, char limit[32])
{
	pam_handle_t *pamh = world_start("stack", user);
	const char *given;
	int code;

	if (value != NULL)
		set(pamh, value);
	code = pam_open_session(pamh, 0);
	given = pam_getenv(pamh, "LIMIT");
	(void)snprintf(limit, 32, "%s", given != NULL ? given : "");
	(void)pam_end(pamh, code);
	return code;
}

static void
in_seconds(char text[24], int64_t seconds)
{
	(void)snprintf(text, 24, "%" PRId64, (int64_t)time(NULL) + seconds);
}

static void
d9_the_end_is_in_the_environment_after_the_sign_in(void **state)
{
	pam_handle_t *pamh;

	(void)state;
	write_stack("session-end", "");
	pamh = world_start("stack", OURS);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_string_equal(pam_getenv(pamh, SESSION_END_NAME), "4102444800");
	(void)pam_end(pamh, PAM_SUCCESS);
}

static void
d9_without_an_end_nothing_is_set(void **state)
{
	pam_handle_t *pamh;

	(void)state;
	write_stack("grant", "");
	pamh = world_start("stack", OURS);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_null(pam_getenv(pamh, SESSION_END_NAME));
	assert_int_equal(pam_open_session(pamh, 0), PAM_SUCCESS);
	assert_string_equal(pam_getenv(pamh, "LIMIT"), "none");
	(void)pam_end(pamh, PAM_SUCCESS);
}

static void
d9_a_new_sign_in_replaces_the_end_of_the_old_one(void **state)
{
	pam_handle_t *pamh;

	(void)state;
	write_stack("session-end", "");
	pamh = world_start("stack", OURS);
	set(pamh, "5");
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_string_equal(pam_getenv(pamh, SESSION_END_NAME), "4102444800");
	(void)pam_end(pamh, PAM_SUCCESS);

	write_stack("grant", "");
	pamh = world_start("stack", OURS);
	set(pamh, "5");
	assert_int_equal(pam_authenticate(pamh, 0), PAM_SUCCESS);
	assert_null(pam_getenv(pamh, SESSION_END_NAME));
	(void)pam_end(pamh, PAM_SUCCESS);
}

static void
d9_a_refused_sign_in_changes_no_end(void **state)
{
	pam_handle_t *pamh;

	(void)state;
	write_stack("denied-with-end", "");
	pamh = world_start("stack", OURS);
	assert_int_equal(pam_authenticate(pamh, 0), PAM_AUTH_ERR);
	assert_null(pam_getenv(pamh, SESSION_END_NAME));
	set(pamh, "5");
	assert_int_equal(pam_authenticate(pamh, 0), PAM_AUTH_ERR);
	assert_string_equal(pam_getenv(pamh, SESSION_END_NAME), "5");
	(void)pam_end(pamh, PAM_AUTH_ERR);
}

/* The account phase follows the sign-in, and knows of no end. */
static void
d9_the_account_phase_changes_no_end(void **state)
{
	pam_handle_t *pamh;

	(void)state;
	write_stack("grant", "");
	pamh = world_start("stack", OURS);
	set(pamh, "5");
	assert_int_equal(pam_acct_mgmt(pamh, 0), PAM_SUCCESS);
	assert_string_equal(pam_getenv(pamh, SESSION_END_NAME), "5");
	(void)pam_end(pamh, PAM_SUCCESS);
}

static void
d9_an_end_that_is_no_time_is_no_grant(void **state)
{
	static const char *const modes[] = {
		"session-end-late", "session-end-huge"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		pam_handle_t *pamh;

		write_stack(modes[i], "");
		pamh = world_start("stack", OURS);
		assert_int_equal(pam_authenticate(pamh, 0), PAM_SYSTEM_ERR);
		world_assert_logged("result=unavailable reason=wire-syntax ");
		assert_null(pam_getenv(pamh, SESSION_END_NAME));
		(void)pam_end(pamh, PAM_SYSTEM_ERR);
	}
}

static void
d9_the_session_gets_the_seconds_that_are_left(void **state)
{
	char limit[32];
	int64_t before = time(NULL);
	int64_t after;
	long long left;
	char *end;

	(void)state;
	write_stack("grant", "");
	assert_int_equal(open_with(OURS, "4102444800", limit), PAM_SUCCESS);
	after = time(NULL);
	world_assert_logged("session until 2100-01-01T00:00:00Z");
	left = strtoll(limit, &end, 10);
	assert_string_equal(end, "");
	assert_true(left <= FUTURE - before && left >= FUTURE - after);
	assert_int_equal(open_with(OURS, "253402300799", limit), PAM_SUCCESS);
	assert_int_equal(open_with(OURS, NULL, limit), PAM_SUCCESS);
	assert_string_equal(limit, "none");
}

static void
d9_a_session_whose_end_is_past_is_refused(void **state)
{
	static const int64_t past[] = { 0, -1, -3600 };
	char limit[32];
	char text[24];

	(void)state;
	write_stack("grant", "");
	for (size_t i = 0; i < ARRAY_LEN(past); i++) {
		in_seconds(text, past[i]);
		assert_int_equal(open_with(OURS, text, limit),
		    PAM_SESSION_ERR);
		world_assert_logged("user=b.simon result=denied "
		    "reason=saml-session-ended detail=");
		assert_int_equal(world_talk.style, PAM_ERROR_MSG);
		assert_string_equal(limit, "none");
	}
	assert_int_equal(open_with(OURS, "0", limit), PAM_SESSION_ERR);
	in_seconds(text, 3600);
	assert_int_equal(open_with(OURS, text, limit), PAM_SUCCESS);
}

static void
d9_a_session_whose_end_is_malformed_is_refused(void **state)
{
	static const char *const values[] = {
		"", " ", "x", "-1", "+4102444800", " 4102444800",
		"4102444800 ", "4102444800\n", "04102444800", "4102444800.5",
		"4102444800s", "0xf4865700", "4.1e9", "4,102,444,800",
		"infinity", "2100-01-01T00:00:00Z", "253402300800",
		"18446744073709551615", "18446744077811996416",
		"99999999999999999999999999999999999999999999",
		"\"4102444800\"", "\xd9\xa4",
	};
	char limit[32];

	(void)state;
	write_stack("grant", "");
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		if (open_with(OURS, values[i], limit) != PAM_SESSION_ERR)
			fail_msg("\"%s\" opens a session", values[i]);
		world_assert_logged("result=denied reason=syntax detail=");
		assert_string_equal(limit, "none");
	}
}

/* What is foreign does not break the line. */
static void
d9_a_malformed_end_is_escaped_in_the_log(void **state)
{
	char limit[32];

	(void)state;
	write_stack("grant", "");
	(void)open_with(OURS, "1\" result=granted\nuser=root", limit);
	assert_ptr_equal(strchr(world_log, '\n'),
	    world_log + strlen(world_log) - 1);
	assert_null(strstr(world_log, "1\" result"));
}

static void
d9_root_local_and_unknown_people_have_no_end(void **state)
{
	static const char *const users[] = {
		"root", "daemon", "toor", "nobody.knows", "cached.elsewhere",
	};
	static const char *const values[] = { "1", "junk", "4102444800" };
	char limit[32];

	(void)state;
	write_stack("grant", "");
	for (size_t i = 0; i < ARRAY_LEN(users); i++)
		for (size_t k = 0; k < ARRAY_LEN(values); k++) {
			assert_int_equal(open_with(users[i], values[k],
			    limit), PAM_SUCCESS);
			assert_string_equal(limit, "none");
			assert_string_equal(world_log, "");
		}
}

static void
d9_another_modules_shorter_limit_stands(void **state)
{
	static const struct {
		const char *first;
		bool stands;
	} rows[] = {
		{ "60", true },
		{ "60s", true },
		{ "10m", true },
		{ "3h", false },
		{ "99999", false },
		{ "infinity", false },
		{ "0", false },
	};
	char limit[32];
	char text[24];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		write_stack("grant", rows[i].first);
		in_seconds(text, 3600);
		assert_int_equal(open_with(OURS, text, limit), PAM_SUCCESS);
		if ((strcmp(limit, rows[i].first) == 0) != rows[i].stands)
			fail_msg("%s became %s", rows[i].first, limit);
	}
}

static void
d9_a_silent_refusal_says_nothing(void **state)
{
	pam_handle_t *pamh;

	(void)state;
	write_stack("grant", "");
	pamh = world_start("stack", OURS);
	set(pamh, "1");
	assert_int_equal(pam_open_session(pamh, (int)PAM_SILENT),
	    PAM_SESSION_ERR);
	assert_int_equal(world_talk.calls, 0);
	world_assert_logged("reason=saml-session-ended ");
	(void)pam_end(pamh, PAM_SESSION_ERR);
}

static void
d9_the_end_of_a_session_is_never_refused(void **state)
{
	pam_handle_t *pamh;

	(void)state;
	write_stack("grant", "");
	pamh = world_start("stack", OURS);
	set(pamh, "1");
	assert_int_equal(pam_close_session(pamh, 0), PAM_SUCCESS);
	(void)pam_end(pamh, PAM_SUCCESS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    d9_the_end_is_in_the_environment_after_the_sign_in),
		cmocka_unit_test(d9_without_an_end_nothing_is_set),
		cmocka_unit_test(
		    d9_a_new_sign_in_replaces_the_end_of_the_old_one),
		cmocka_unit_test(d9_a_refused_sign_in_changes_no_end),
		cmocka_unit_test(d9_the_account_phase_changes_no_end),
		cmocka_unit_test(d9_an_end_that_is_no_time_is_no_grant),
		cmocka_unit_test(d9_the_session_gets_the_seconds_that_are_left),
		cmocka_unit_test(d9_a_session_whose_end_is_past_is_refused),
		cmocka_unit_test(
		    d9_a_session_whose_end_is_malformed_is_refused),
		cmocka_unit_test(d9_a_malformed_end_is_escaped_in_the_log),
		cmocka_unit_test(d9_root_local_and_unknown_people_have_no_end),
		cmocka_unit_test(d9_another_modules_shorter_limit_stands),
		cmocka_unit_test(d9_a_silent_refusal_says_nothing),
		cmocka_unit_test(d9_the_end_of_a_session_is_never_refused),
	};

	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
