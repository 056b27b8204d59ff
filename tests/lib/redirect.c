/* SPDX-License-Identifier: BSD-2-Clause */
#include "redirect.h"

#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#include "base/base64.h"

bool
redirect_inflate(struct buf *out, const void *data, size_t len)
{
	unsigned char piece[4096];
	bool good = true;
	z_stream z;
	int status;

	memset(&z, 0, sizeof(z));
	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return false;
	z.next_in = data;
	z.avail_in = (uInt)len;
	do {
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		status = inflate(&z, Z_NO_FLUSH);
		good = buf_put(out, piece, sizeof(piece) - z.avail_out) ==
		    ERR_OK;
	} while (good && status == Z_OK);
	good = good && status == Z_STREAM_END && z.avail_in == 0;
	return inflateEnd(&z) == Z_OK && good;
}

static bool
unescape(struct buf *out, const char *value)
{
	static const struct {
		const char *escape;
		char c;
	} escapes[] = { { "%2B", '+' }, { "%2F", '/' }, { "%3D", '=' } };

	while (*value != '\0') {
		char c = *value;
		size_t len = c == '%' ? 3 : 1;
		size_t i = 0;

		while (c == '%' && i < ARRAY_LEN(escapes) &&
		    strncmp(value, escapes[i].escape, 3) != 0)
			i++;
		if (i == ARRAY_LEN(escapes))
			return false;
		if (c == '%')
			c = escapes[i].c;
		if (buf_putc(out, c) != ERR_OK)
			return false;
		value += len;
	}
	return true;
}

bool
redirect_decode(struct buf *out, const char *value)
{
	AUTO(buf) struct buf base64 = BUF_INIT(1024u * 1024);
	AUTO(buf) struct buf deflated = BUF_INIT(1024u * 1024);

	/* These three would have another meaning in a query. */
	if (value[strcspn(value, "+/=")] != '\0')
		return false;
	return unescape(&base64, value) &&
	    base64_decode(&deflated, buf_str(&base64), base64.len, false) ==
	    ERR_OK && redirect_inflate(out, deflated.data, deflated.len);
}
