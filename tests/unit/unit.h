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

#endif
