/* SPDX-License-Identifier: BSD-2-Clause */
/* What every fuzzer has. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* For xml_mutator.c: appends one of the documents, by any number, that the
 * fuzzer knows to be accepted; false when it knows none. */
struct buf;
bool fuzz_known(size_t number, struct buf *out);

/* What does not hold is a finding. */
static inline void
demand(bool condition)
{
	if (!condition)
		abort();
}

#endif
