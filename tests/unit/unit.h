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

#include "base/err.h"

/* Compares reasons by name, so that a failure is readable. */
#define assert_err(got, want) \
	assert_string_equal(err_name(got), err_name(want))

#endif
