/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/deflate.h"

#include <limits.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#define MEMORY_LEVEL 8	/* zlib's default */

static enum err
compress_into(z_stream *z, struct buf *out, const void *data, size_t len,
    struct diag *diag)
{
	size_t bound = deflateBound(z, len);
	enum err r = buf_reserve(out, bound);

	if (r != ERR_OK)
		return fail(diag, r, "compressing %zu bytes", len);
	z->next_in = data;
	z->avail_in = (uInt)len;
	z->next_out = out->data + out->len;
	z->avail_out = (uInt)bound;
	if (deflate(z, Z_FINISH) != Z_STREAM_END)
		return fail(diag, ERR_INTERNAL, "deflate");
	out->len += z->total_out;
	out->data[out->len] = '\0';
	return ERR_OK;
}

enum err
deflate_raw(struct buf *out, const void *data, size_t len, struct diag *diag)
{
	z_stream z;
	enum err r;

	if (len > INT_MAX / 2)
		return fail(diag, ERR_TOO_LONG, "compressing %zu bytes", len);
	memset(&z, 0, sizeof(z));
	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS,
	    MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return fail(diag, ERR_NOMEM, "deflate");
	r = compress_into(&z, out, data, len, diag);
	(void)deflateEnd(&z);
	return r;
}
