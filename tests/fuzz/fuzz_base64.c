/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as base64, and the base64 of any bytes.  A text has one meaning
 * and a meaning has one text: what decodes is, but for admitted line breaks,
 * what encoding the result gives.
 */
#include <string.h>

#include "base/base64.h"
#include "fuzz.h"

static const char before[] = "before";

static void
put_without_breaks(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] != '\r' && text[i] != '\n')
			demand(buf_putc(out, text[i]) == ERR_OK);
}

/* Behind some bytes, that stay whatever comes. */
static bool
decodes(const char *text, size_t len, bool line_breaks)
{
	AUTO(buf) struct buf bytes = BUF_INIT(len + sizeof(before));
	AUTO(buf) struct buf again = BUF_INIT(len);
	AUTO(buf) struct buf plain = BUF_INIT(len);
	const size_t n = sizeof(before);
	enum err r;

	demand(buf_put(&bytes, before, n) == ERR_OK);
	r = base64_decode(&bytes, text, len, line_breaks);
	demand(memcmp(bytes.data, before, n) == 0);
	demand(bytes.data[bytes.len] == '\0');
	if (r != ERR_OK) {
		demand(r == ERR_SYNTAX && bytes.len == n);
		return false;
	}
	demand(base64_encode(&again, bytes.data + n, bytes.len - n) ==
	    ERR_OK);
	if (line_breaks)
		put_without_breaks(&plain, text, len);
	else
		demand(buf_put(&plain, text, len) == ERR_OK);
	demand(again.len == plain.len &&
	    strcmp(buf_str(&again), buf_str(&plain)) == 0);
	return true;
}

static void
round_trip(const uint8_t *data, size_t size)
{
	AUTO(buf) struct buf text = BUF_INIT(size * 2 + 4);
	AUTO(buf) struct buf bytes = BUF_INIT(size);

	demand(base64_encode(&text, data, size) == ERR_OK);
	demand(base64_decode(&bytes, buf_str(&text), text.len, false) ==
	    ERR_OK);
	demand(bytes.len == size);
	demand(size == 0 || memcmp(bytes.data, data, size) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	bool folded = memchr(data, '\n', size) != NULL ||
	    memchr(data, '\r', size) != NULL;

	demand(decodes(text, size, false) ==
	    (decodes(text, size, true) && !folded));
	round_trip(data, size);
	return 0;
}
