/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every validator of this bench is called as:
 *
 *	validator N FILE...
 *
 * N validations over the files in turn, each the base64 of a SAMLResponse;
 * with N > 1 one pass over them goes before that is not timed.  It prints
 *
 *	ok=<accepted> n=<N> ns=<wall clock> cpu=<CPU time>
 *
 * per validation in nanoseconds, and succeeds when all were accepted.
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nanoseconds: CPU time of this process; a clock on the wall. */
uint64_t bench_cpu(void);
uint64_t bench_wall(void);

/* An environment variable; ends the program when it is not set. */
const char *bench_setting(const char *name);

/* A whole file and its length, with a NUL behind; ends the program when it
 * cannot be read. */
char *bench_read(const char *path, size_t *ret_len);

int bench_main(int argc, char **argv,
	bool (*validate)(const char *text, size_t len));

#endif
