/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line of a program that asks a verifier: options by a table,
 * then operands.  An option's value is the next argument, or follows "=".
 * "--" ends the options.
 */
#ifndef TESTS_ARGUMENTS_H
#define TESTS_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"

#define ARGUMENTS_OPTIONS_MAX 16
#define ARGUMENTS_TIMES_MAX 16
#define ARGUMENTS_OPERANDS_MAX 4

struct argument_option {
	const char *name;
	bool has_value;		/* which is not empty */
	unsigned int max;	/* times it may be given */
};

/* Of one program; strings are borrowed from argv. */
struct arguments {
	const struct argument_option *table;
	unsigned int options;		/* in the table */
	unsigned int operands_max;
	/* What was given; of a flag the value is its name. */
	const char *value[ARGUMENTS_OPTIONS_MAX][ARGUMENTS_TIMES_MAX];
	unsigned int count[ARGUMENTS_OPTIONS_MAX];
	const char *operand[ARGUMENTS_OPERANDS_MAX];
	unsigned int operands;
};

/* table, options and operands_max are set, the rest is zero.  ERR_USAGE. */
enum err arguments_take(struct arguments *args, char **argv,
	struct diag *diag) MUST_USE;

/* The first value, "" when there is none. */
const char *arguments_get(const struct arguments *args, unsigned int option);
bool arguments_has(const struct arguments *args, unsigned int option);

/* ERR_USAGE, and *ret untouched, unless it is a time such as
 * 2022-02-23T17:50:00Z, or a number up to max; both leave *ret alone when the
 * option was not given. */
enum err arguments_time(const struct arguments *args, unsigned int option,
	int64_t *ret, struct diag *diag) MUST_USE;
enum err arguments_seconds(const struct arguments *args, unsigned int option,
	uint64_t max, int64_t *ret, struct diag *diag) MUST_USE;

/* Appends a file.  ERR_USAGE when it cannot be read, ERR_NOMEM; too_long is
 * the reason for one above out's maximum. */
enum err arguments_read_file(const char *path, enum err too_long,
	struct buf *out, struct diag *diag) MUST_USE;

#endif
