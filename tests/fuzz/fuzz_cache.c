/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asks everything of a damaged cache.  The input is the damage: it is XORed
 * over a whole one, behind the part of the header that would only make all
 * inputs be refused.  So no corpus is needed to begin.
 */
#include <string.h>

#include "../lib/cache.h"
#include "base/limits.h"
#include "cache/format.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(buf) struct buf sample = BUF_INIT(CACHE_SIZE_MAX);
	size_t from = offsetof(struct cache_header, seed);
	uint64_t len;
	AUTO_FREE uint8_t *file = NULL;

	sample_cache(&sample);
	len = from + size > sample.len ? from + size : sample.len;
	/* Exact, so that each byte read outside is seen. */
	file = calloc(1, len);
	if (file == NULL)
		return 0;
	memcpy(file, sample.data, sample.len);
	for (size_t i = 0; i < size; i++)
		file[from + i] ^= data[i];
	len = htole64(len);
	memcpy(file + offsetof(struct cache_header, size), &len, sizeof(len));
	(void)walk_cache(file, le64toh(len));
	return 0;
}
