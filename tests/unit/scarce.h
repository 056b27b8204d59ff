/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that runs out: allocations of a test program itself, and of what is
 * linked into it, which fail when they are told to.  The program is linked
 * with $(scarce_ldflags); what a library allocates goes through the hooks that
 * it has, if the test sets them.
 */
#ifndef TESTS_UNIT_SCARCE_H
#define TESTS_UNIT_SCARCE_H

#include <stdbool.h>
#include <stddef.h>

#define SCARCE_NEVER 0

/* Allocations that were asked for since scarce_arm(). */
extern size_t scarce_asked;

/* Our own that are not freed yet. */
extern long scarce_living;

/* Of the next allocations the one of this number fails, counted from 1, and
 * with after, as in a host that has no memory left, all that follow.
 * SCARCE_NEVER: none. */
void scarce_arm(size_t number, bool after);
void scarce_disarm(void);

/* Counts an allocation: is it one that fails? */
bool scarce_fails(void);

/* The C library's, and what takes their place. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
char *__real_strdup(const char *text);
void __real_free(void *p);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
char *__wrap_strdup(const char *text);
void __wrap_free(void *p);

#endif
