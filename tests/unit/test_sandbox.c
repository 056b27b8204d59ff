/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each test gives something up for good, so each runs in a child.  What only
 * root can show is skipped for others.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/sandbox.h"

/* Runs check() in a child; true when it returned true. */
static bool
in_child(bool (*check)(void))
{
	int status = -1;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(check() ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool
gives_up_privileges(void)
{
	struct rlimit core;

	return sandbox_enter("", NULL) == ERR_OK &&
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
	    prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
	    getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0;
}

static void
everybody_gives_up_new_privileges_and_core_files(void **state)
{
	(void)state;
	assert_true(in_child(gives_up_privileges));
}

static bool
becomes_daemon(void)
{
	uid_t u[3];

	return sandbox_enter("daemon", NULL) == ERR_OK &&
	    getresuid(&u[0], &u[1], &u[2]) == 0 && u[0] != 0 &&
	    u[0] == u[1] && u[1] == u[2] && getgid() != 0 &&
	    getgroups(0, NULL) == 0 && setuid(0) != 0 &&
	    prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static void
root_becomes_the_account_for_good(void **state)
{
	(void)state;
	assert_true(in_child(becomes_daemon));
}

static bool
refuses_accounts(void)
{
	return sandbox_enter("root", NULL) == ERR_SERVICE_USER &&
	    sandbox_enter("no-such-account", NULL) == ERR_SERVICE_USER &&
	    sandbox_as("root", NULL) == ERR_SERVICE_USER && geteuid() == 0;
}

static void
an_account_that_is_missing_or_root_is_refused(void **state)
{
	(void)state;
	assert_true(in_child(refuses_accounts));
}

static bool
goes_and_comes_back(void)
{
	return sandbox_as("daemon", NULL) == ERR_OK && geteuid() != 0 &&
	    getegid() != 0 && getuid() == 0 &&
	    sandbox_as_root(NULL) == ERR_OK && geteuid() == 0 &&
	    getegid() == 0;
}

static void
root_acts_as_the_account_and_comes_back(void **state)
{
	(void)state;
	assert_true(in_child(goes_and_comes_back));
}

static bool
is_limited(void)
{
	static const struct {
		unsigned int resource;
		rlim_t want;
	} rows[] = {
		{ RLIMIT_CPU, 2 }, { RLIMIT_NOFILE, 64 },
		{ RLIMIT_FSIZE, 0 }, { RLIMIT_NPROC, 0 },
	};
	struct rlimit got;
	int fd = 0;

	if (sandbox_limit(2, 0, 64, NULL) != ERR_OK)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(rows) - SANITIZED; i++)
		if (getrlimit(rows[i].resource, &got) != 0 ||
		    got.rlim_max != rows[i].want)
			return false;
	for (int i = 0; i < 65 && fd >= 0; i++)
		fd = open("/dev/null", O_RDONLY);
	return fd < 0 && errno == EMFILE;
}

static void
a_worker_has_limits(void **state)
{
	(void)state;
	assert_true(in_child(is_limited));
}

/* As after execve(2). */
static bool
closes_its_memory(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0 &&
	    sandbox_limit(2, 0, 64, NULL) == ERR_OK &&
	    prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == SANITIZED;
}

static void
v3_a_worker_s_memory_is_closed_to_its_account(void **state)
{
	(void)state;
	assert_true(in_child(closes_its_memory));
}

static bool
keeps_a_lower_limit(void)
{
	struct rlimit one = { 1, 1 };
	struct rlimit got;

	return setrlimit(RLIMIT_CPU, &one) == 0 &&
	    sandbox_limit(2, 0, 64, NULL) == ERR_OK &&
	    getrlimit(RLIMIT_CPU, &got) == 0 && got.rlim_max == 1;
}

static void
a_lower_limit_of_the_host_stays(void **state)
{
	(void)state;
	assert_true(in_child(keeps_a_lower_limit));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    everybody_gives_up_new_privileges_and_core_files),
		cmocka_unit_test(a_worker_has_limits),
		cmocka_unit_test(v3_a_worker_s_memory_is_closed_to_its_account),
		cmocka_unit_test(a_lower_limit_of_the_host_stays),
		/* for root */
		cmocka_unit_test(root_becomes_the_account_for_good),
		cmocka_unit_test(
		    an_account_that_is_missing_or_root_is_refused),
		cmocka_unit_test(root_acts_as_the_account_and_comes_back),
	};

	return run_group(tests, ARRAY_LEN(tests), 3, NULL, NULL);
}
