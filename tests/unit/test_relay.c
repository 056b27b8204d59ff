/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What needs a clock that a test can turn: this program's clock.h takes the
 * place of the library's.  What a helper may do wrong otherwise is in
 * tests/module/test_pam.c.
 */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <security/pam_appl.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "pam_8x8sso/relay.h"

/* How many milliseconds pass in one. */
static int64_t speed = 1;

static int64_t
real_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_now(void)
{
	return time(NULL);
}

int64_t
clock_monotonic_ms(void)
{
	return real_ms() * speed;
}

int
clock_left_ms(int64_t deadline_ms)
{
	int64_t left = (deadline_ms - clock_monotonic_ms()) / speed;

	return left < 0 ? 0 : (int)left;
}

void
clock_format(int64_t now, char text[static CLOCK_TEXT_SIZE])
{
	(void)now;
	text[0] = '\0';
}

static char helper[4096];
static char confdir[] = "/tmp/test_relay.XXXXXX";
static int shown;
static enum wire_operation operation = WIRE_ACCOUNT;
static const char *command = "/nonexistent/command";

static int
converse(int count, const struct pam_message **msg,
    struct pam_response **ret, void *context)
{
	(void)context;
	assert_int_equal(count, 1);
	assert_non_null(msg[0]->msg);
	shown++;
	*ret = calloc(1, sizeof(**ret));
	return *ret == NULL ? PAM_BUF_ERR : PAM_SUCCESS;
}

static enum err
run(const char *mode, enum verdict_outcome *ret_outcome)
{
	static const struct pam_conv conv = { converse, NULL };
	AUTO(wire_msg) struct wire_msg result = WIRE_MSG_INIT;
	struct args args = {
		.config = mode, .cache = "/nonexistent/cache",
		.helper = helper, .command = command,
	};
	struct verdict_request request = {
		.operation = operation,
		.nonce = "0123456789abcde",
		.user = "b.simon",
		.service = "", .rhost = "", .tty = "",
	};
	pam_handle_t *pamh = NULL;
	enum err reason;
	enum err r;

	shown = 0;
	assert_int_equal(pam_start_confdir("fake", "b.simon", &conv,
	    confdir, &pamh), PAM_SUCCESS);
	r = relay_run(pamh, 0, &args, &request, &result, NULL);
	if (r == ERR_OK)
		*ret_outcome = verdict_judge(&result, &request, &reason);
	(void)pam_end(pamh, PAM_SUCCESS);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	return r;
}

static void
a_result_ends_the_exchange(void **state)
{
	enum verdict_outcome outcome = OUTCOME_UNKNOWN;

	(void)state;
	assert_err(run("/grant", &outcome), ERR_OK);
	assert_int_equal(outcome, OUTCOME_GRANTED);
	assert_err(run("/deny", &outcome), ERR_OK);
	assert_int_equal(outcome, OUTCOME_DENIED);
}

static void
a_silent_helper_is_given_up_after_its_turn(void **state)
{
	enum verdict_outcome outcome = OUTCOME_UNKNOWN;

	(void)state;
	speed = 100;
	assert_err(run("/silent", &outcome), ERR_TIMEOUT);
	speed = 1;
	assert_int_equal(outcome, OUTCOME_UNKNOWN);
}

static void
a_helper_that_does_not_even_end_is_killed(void **state)
{
	enum verdict_outcome outcome = OUTCOME_UNKNOWN;

	(void)state;
	speed = 100;
	assert_err(run("/stuck", &outcome), ERR_TIMEOUT);
	speed = 1;
}

static void
a_helper_that_says_that_it_waits_is_given_the_time(void **state)
{
	static const char *const modes[] = { "/busy", "/busy-for-long" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		enum verdict_outcome outcome = OUTCOME_UNKNOWN;

		speed = 100;
		assert_err(run(modes[i], &outcome), ERR_OK);
		speed = 1;
		assert_int_equal(outcome, OUTCOME_GRANTED);
		assert_int_equal(shown, 0);
	}
}

static void
v4_a_wait_gives_no_more_time_than_it_says(void **state)
{
	enum verdict_outcome outcome = OUTCOME_UNKNOWN;

	(void)state;
	speed = 100;
	assert_err(run("/wait-and-silent", &outcome), ERR_TIMEOUT);
	speed = 1;
}

static void
v4_a_wait_beyond_the_limit_is_refused(void **state)
{
	enum verdict_outcome outcome = OUTCOME_UNKNOWN;

	(void)state;
	assert_err(run("/wait-too-long", &outcome), ERR_WIRE_SYNTAX);
	assert_err(run("/wait-for-ever", &outcome), ERR_WIRE_SYNTAX);
	assert_int_equal(outcome, OUTCOME_UNKNOWN);
}

static void
a_flood_of_messages_is_cut_off(void **state)
{
	enum verdict_outcome outcome = OUTCOME_UNKNOWN;

	(void)state;
	assert_err(run("/flood", &outcome), ERR_WIRE_UNEXPECTED);
	assert_int_equal(shown, RELAY_MESSAGES_MAX);
}

static void
without_a_configuration_the_helper_gets_no_option(void **state)
{
	enum verdict_outcome outcome = OUTCOME_UNKNOWN;

	(void)state;
	/* The fake one refuses to start then. */
	assert_err(run(NULL, &outcome), ERR_WIRE_CLOSED);
}

/* "publish" and all that it has started: a group of its own. */
static void
a_publisher_that_does_not_end_is_killed(void **state)
{
	enum verdict_outcome outcome = OUTCOME_UNKNOWN;
	char path[64];
	FILE *script;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/command", confdir);
	script = fopen(path, "w");
	assert_non_null(script);
	assert_true(fputs("#!/bin/sh\ntrap '' HUP TERM INT\n"
	    "/bin/sleep 60 &\nwait; /bin/sleep 60\n", script) > 0);
	assert_int_equal(fclose(script), 0);
	assert_int_equal(chmod(path, 0755), 0);
	command = path;
	operation = WIRE_AUTHENTICATE;
	speed = 100;
	assert_err(run("/publish", &outcome), ERR_JIT_PUBLISH);
	speed = 1;
	operation = WIRE_ACCOUNT;
	command = "/nonexistent/command";
	assert_int_equal(outcome, OUTCOME_UNKNOWN);
	assert_int_equal(unlink(path), 0);
}

static void
a_publisher_that_is_missing_is_the_end(void **state)
{
	enum verdict_outcome outcome = OUTCOME_UNKNOWN;

	(void)state;
	operation = WIRE_AUTHENTICATE;
	assert_err(run("/publish", &outcome), ERR_JIT_PUBLISH);
	operation = WIRE_ACCOUNT;
	assert_err(run("/publish", &outcome), ERR_WIRE_UNEXPECTED);
}

/* libpam wants a service, and nobody uses it. */
static int
set_up(void **state)
{
	char path[64];
	FILE *other;

	(void)state;
	assert_non_null(mkdtemp(confdir));
	(void)snprintf(path, sizeof(path), "%s/other", confdir);
	other = fopen(path, "w");
	assert_non_null(other);
	assert_true(fputs("auth required pam_deny.so\n", other) > 0);
	return fclose(other);
}

static int
tear_down(void **state)
{
	char path[64];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/other", confdir);
	return remove(path) + remove(confdir);
}

int
main(void)
{
	const char *build = getenv("top_builddir");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_result_ends_the_exchange),
		cmocka_unit_test(a_silent_helper_is_given_up_after_its_turn),
		cmocka_unit_test(a_helper_that_does_not_even_end_is_killed),
		cmocka_unit_test(
		    a_helper_that_says_that_it_waits_is_given_the_time),
		cmocka_unit_test(v4_a_wait_gives_no_more_time_than_it_says),
		cmocka_unit_test(v4_a_wait_beyond_the_limit_is_refused),
		cmocka_unit_test(a_flood_of_messages_is_cut_off),
		cmocka_unit_test(
		    without_a_configuration_the_helper_gets_no_option),
		cmocka_unit_test(a_publisher_that_does_not_end_is_killed),
		cmocka_unit_test(a_publisher_that_is_missing_is_the_end),
	};

	(void)snprintf(helper, sizeof(helper), "%s/tests/module/fake_helper",
	    build == NULL ? "." : build);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
