/* SPDX-License-Identifier: BSD-2-Clause */
/* How long the application lets a login live, from a /proc of our own. */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "pam_8x8sso/helper/grace.h"

static char proc[] = "/tmp/test_grace.XXXXXX";

/* The process `pid`, child of `parent`, `start` seconds after the boot. */
static void
add_process(int pid, const char *name, int parent, int start)
{
	char path[64];
	FILE *stat;

	(void)snprintf(path, sizeof(path), "%s/%d", proc, pid);
	(void)mkdir(path, 0700);
	(void)snprintf(path, sizeof(path), "%s/%d/stat", proc, pid);
	stat = fopen(path, "w");
	assert_non_null(stat);
	assert_true(fprintf(stat, "%d (%s) S %d 1 1 0 -1 4194560 9 0 0 0 1 2 "
	    "0 0 20 0 1 0 %ld 1000 200\n", pid, name, parent,
	    start * sysconf(_SC_CLK_TCK)) > 0);
	assert_int_equal(fclose(stat), 0);
}

static struct grace
look_with_alarm(const char *service, pid_t application, double uptime,
    uint64_t until_alarm)
{
	const struct wire_msg begin = {
		.type = WIRE_BEGIN,
		.field = { [BEGIN_ALARM] = wire_u64(until_alarm) },
	};
	static const struct conf conf = {
		.prompt_ssh_grace = 120, .prompt_login_grace = 60,
	};
	const struct grace_view view = { proc, application, uptime };
	struct login login = { .conf = &conf, .begin = &begin };

	(void)snprintf(login.who.service, sizeof(login.who.service), "%s",
	    service);
	return grace_look(&login, &view);
}

static struct grace
look(const char *service, pid_t application, double uptime)
{
	return look_with_alarm(service, application, uptime, 0);
}

static void
v4_sshd_counts_from_the_connection(void **state)
{
	struct grace grace;

	(void)state;
	add_process(100, "sshd-session", 1, 1000);
	add_process(200, "sshd-session", 100, 1020);
	grace = look("sshd", 200, 1030.5);
	assert_int_equal(grace.limit, 120);
	assert_string_equal(grace.name, "LoginGraceTime");
	/* 30.5 s are over, and 5 are for the last words. */
	assert_int_equal(grace.seconds, 120 - 31 - 5);
}

static void
v4_login_counts_from_itself(void **state)
{
	static const char *const services[] = { "login", "remote" };

	(void)state;
	add_process(100, "sh", 1, 1000);
	add_process(200, "login", 100, 1020);
	for (size_t i = 0; i < ARRAY_LEN(services); i++) {
		struct grace grace = look(services[i], 200, 1030.5);

		assert_int_equal(grace.limit, 60);
		assert_string_equal(grace.name, "LOGIN_TIMEOUT");
		assert_int_equal(grace.seconds, 60 - 11 - 5);
	}
}

/* On a console agetty waits for a name, for hours, and becomes login. */
static void
v4_the_time_at_a_login_prompt_does_not_count(void **state)
{
	static const struct {
		uint64_t until_alarm;
		int64_t seconds;
	} rows[] = {
		{ 60, 60 - 5 }, { 59, 59 - 5 }, { 21, 21 - 5 }, { 1, 1 - 5 },
		/* What is configured is the most. */
		{ 61, 60 - 5 }, { UINT64_MAX, 60 - 5 },
		/* LOGIN_TIMEOUT is off. */
		{ 0, 60 - 10 - 5 },
	};

	(void)state;
	add_process(200, "login", 1, 1020);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct grace grace = look_with_alarm("login", 200, 5000,
		    rows[i].until_alarm);

		assert_int_equal(grace.limit, 60);
		assert_int_equal(grace.seconds, rows[i].seconds);
	}
}

/* For a password sshd asks in the connection's own process, whose parent is the
 * server; nobody would see the code. */
static void
v4_the_age_of_sshd_is_believed(void **state)
{
	(void)state;
	add_process(100, "sshd", 1, 10);
	add_process(200, "sshd", 100, 5000);
	assert_true(look_with_alarm("sshd", 200, 5003, 117).seconds < 0);
	assert_true(look("sshd", 200, 5003).seconds < 0);
}

static void
others_have_no_limit(void **state)
{
	static const char *const services[] = {
		"", "sudo", "su", "sshd2", "ssh", "SSHD", "login ",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(services); i++) {
		struct grace grace = look(services[i], 200, 1030.5);

		assert_int_equal(grace.limit, 0);
		assert_true(grace.seconds > 1000000);
	}
}

static void
a_limit_that_is_off_is_none(void **state)
{
	static const struct conf conf = { .prompt_ssh_grace = 0 };
	const struct grace_view view = { proc, 200, 1030.5 };
	const struct wire_msg begin = { .type = WIRE_BEGIN };
	struct login login = {
		.conf = &conf, .begin = &begin, .who = { .service = "sshd" },
	};

	(void)state;
	assert_int_equal(grace_look(&login, &view).limit, 0);
}

static void
the_name_of_a_process_is_not_read_as_numbers(void **state)
{
	(void)state;
	add_process(200, "x) S 1 (y 9 9 9", 1, 1020);
	assert_int_equal(look("login", 200, 1030.5).seconds, 60 - 11 - 5);
}

/* Closed to us, or nonsense: ten seconds have passed. */
static void
what_cannot_be_known_is_assumed(void **state)
{
	(void)state;
	assert_int_equal(look("login", 999, 1030.5).seconds, 60 - 10 - 5);
	add_process(300, "sshd", 999, 1020);
	assert_int_equal(look("sshd", 300, 1030.5).seconds, 120 - 10 - 5);
	assert_int_equal(look("login", 300, 5).seconds, 60 - 10 - 5);
	assert_int_equal(look("login", 300, -1).seconds, 60 - 10 - 5);
}

/* The real one has this process in it, which is some seconds old at most. */
static void
the_real_proc_is_understood(void **state)
{
	static const struct conf conf = { .prompt_login_grace = 600000000 };
	const struct wire_msg begin = { .type = WIRE_BEGIN };
	struct login login = {
		.conf = &conf, .begin = &begin, .who = { .service = "login" },
	};
	struct grace grace = grace_find(&login);

	(void)state;
	assert_in_range(grace.seconds, 500000000, 600000000);
}

static int
set_up(void **state)
{
	(void)state;
	return mkdtemp(proc) == NULL;
}

static int
tear_down(void **state)
{
	static const int pids[] = { 100, 200, 300 };
	char path[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pids); i++) {
		(void)snprintf(path, sizeof(path), "%s/%d/stat", proc,
		    pids[i]);
		(void)unlink(path);
		(void)snprintf(path, sizeof(path), "%s/%d", proc, pids[i]);
		(void)rmdir(path);
	}
	return rmdir(proc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v4_sshd_counts_from_the_connection),
		cmocka_unit_test(v4_login_counts_from_itself),
		cmocka_unit_test(v4_the_time_at_a_login_prompt_does_not_count),
		cmocka_unit_test(v4_the_age_of_sshd_is_believed),
		cmocka_unit_test(others_have_no_limit),
		cmocka_unit_test(a_limit_that_is_off_is_none),
		cmocka_unit_test(the_name_of_a_process_is_not_read_as_numbers),
		cmocka_unit_test(what_cannot_be_known_is_assumed),
		cmocka_unit_test(the_real_proc_is_understood),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
