/* SPDX-License-Identifier: BSD-2-Clause */
/* What every unit test includes: cmocka and the headers that it wants. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* cmocka's macro has the name of base/diag.h's function. */
#undef fail
#undef fail_msg
#define fail_msg(...) \
	(print_error("ERROR: " __VA_ARGS__), print_error("\n"), \
	    _fail(__FILE__, __LINE__))

#include "base/err.h"

/* Compares reasons by name, so that a failure is readable. */
#define assert_err(got, want) \
	assert_string_equal(err_name(got), err_name(want))

/*
 * Runs a group whose last for_root tests only root can run.  For others they
 * are left out, and it says so: cmocka's TAP calls a skipped test a failed
 * one.
 */
static inline int
run_group(const struct CMUnitTest *tests, size_t count, size_t for_root,
    CMFixtureFunction set_up, CMFixtureFunction tear_down)
{
	if (geteuid() != 0) {
		count -= for_root;
		print_message("# left out, only root can run them: %zu tests\n",
		    for_root);
	}
	return _cmocka_run_group_tests("tests", tests, count, set_up,
	    tear_down);
}

#endif
