/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests and fuzzers: a small cache, and a reader of everything that a
 * cache says.
 */
#ifndef TESTS_LIB_CACHE_H
#define TESTS_LIB_CACHE_H

#include <stddef.h>

#include "base/buf.h"

#define SAMPLE_SIMON 1879048200u
#define SAMPLE_ADAMS 1879048201u
#define SAMPLE_GONE 1879048202u
#define SAMPLE_STAFF 1880000000u
#define SAMPLE_AGENTS 1880000001u
#define SAMPLE_EMPTY 1880000002u

#define SAMPLE_BSIMON 1000u
#define SAMPLE_AADAMS 60000u

/* One byte more than a name may have. */
#define NAME_OF_65 \
	"abcdefghijklmnopabcdefghijklmnop" "abcdefghijklmnopabcdefghijklmnopq"

/*
 * Three users (b.simon in staff and agents; a.adams@contoso.com in staff;
 * gone, who may not log in) and three groups besides their private ones
 * (empty has no members), in this order; groups first.  The local accounts
 * bsimon and A.Adams are linked.  Aborts on failure.
 */
void sample_cache(struct buf *out);

/* Puts these bytes, or the sample, into the file, mode 0644.  Aborts on
 * failure. */
void put_cache(const char *path, const void *data, size_t len);
void put_sample_cache(const char *path);

/* A copy with nothing around it, so that a sanitizer sees each byte that is
 * read outside; the caller frees it.  Aborts on failure. */
uint8_t *exact_copy(const void *data, size_t len);

/*
 * Asks everything that can be asked of these bytes (aligned to 8) and aborts
 * if an answer is one that the reader must never give.  Returns the number
 * of records that were returned.
 */
size_t walk_cache(const void *bytes, size_t size);

#endif
