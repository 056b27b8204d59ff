/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes through deflate_raw() and zlib's own way back, behind bytes that
 * are there.  The first byte says how much room there is.
 */
#include <string.h>

#include "fuzz.h"
#include "sys/deflate.h"
#include "../lib/redirect.h"

static const char before[] = "before";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t room = size == 0 || data[0] % 2 == 0 ? 1024u * 1024 :
	    data[0];
	AUTO(buf) struct buf packed = BUF_INIT(sizeof(before) + room);
	AUTO(buf) struct buf back = BUF_INIT(size);
	const size_t n = sizeof(before);
	enum err r;

	demand(buf_put(&packed, before, n) == ERR_OK);
	r = deflate_raw(&packed, data, size, NULL);
	demand(memcmp(packed.data, before, n) == 0);
	demand(packed.data[packed.len] == '\0');
	if (r != ERR_OK) {
		demand(r == ERR_TOO_LONG && packed.len == n);
		return 0;
	}
	demand(redirect_inflate(&back, packed.data + n, packed.len - n));
	demand(back.len == size);
	demand(size == 0 || memcmp(back.data, data, size) == 0);
	return 0;
}
