/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/base64.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* 0..63, or -1. */
static int
value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

static bool
is_break(char c)
{
	return c == '\n' || c == '\r';
}

/* What a well-formed text of this shape decodes to, or SIZE_MAX. */
static size_t
decoded_size(const char *text, size_t len, bool line_breaks)
{
	size_t symbols = 0;
	size_t padding = 0;

	for (size_t i = 0; i < len; i++) {
		if (line_breaks && is_break(text[i]))
			continue;
		symbols++;
		padding += text[i] == '=';
	}
	if (symbols % 4 != 0 || padding > 2)
		return SIZE_MAX;
	return symbols / 4 * 3 - padding;
}

/* Decodes into dest; every symbol must stand before the padding, which
 * decoded_size() has counted, so dest is never overrun. */
static bool
decode(uint8_t *dest, const char *text, size_t len, bool line_breaks)
{
	uint32_t bits = 0;
	unsigned int count = 0;		/* bits that are not written yet */
	bool padded = false;

	for (size_t i = 0; i < len; i++) {
		int v = value(text[i]);

		if (line_breaks && is_break(text[i]))
			continue;
		if (text[i] == '=') {
			padded = true;
			continue;
		}
		if (v < 0 || padded)
			return false;
		bits = (bits << 6 | (uint32_t)v) & 0xfff;
		count += 6;
		if (count >= 8) {
			count -= 8;
			*dest++ = (uint8_t)(bits >> count);
		}
	}
	return (bits & ((1u << count) - 1)) == 0;
}

enum err
base64_decode(struct buf *out, const char *text, size_t len, bool line_breaks)
{
	size_t size = decoded_size(text, len, line_breaks);
	enum err r;

	if (size == SIZE_MAX)
		return ERR_SYNTAX;
	r = buf_reserve(out, size);
	if (r != ERR_OK)
		return r;
	if (!decode(out->data + out->len, text, len, line_breaks)) {
		out->data[out->len] = '\0';
		return ERR_SYNTAX;
	}
	out->len += size;
	out->data[out->len] = '\0';
	return ERR_OK;
}

enum err
base64_encode(struct buf *out, const void *data, size_t len)
{
	const uint8_t *p = data;
	enum err r;
	char *dest;

	if (len > SIZE_MAX / 4)
		return ERR_TOO_LONG;
	r = buf_reserve(out, (len + 2) / 3 * 4);
	if (r != ERR_OK)
		return r;
	dest = (char *)out->data + out->len;
	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;

		if (i + 1 < len)
			v |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < len)
			v |= p[i + 2];
		*dest++ = alphabet[v >> 18];
		*dest++ = alphabet[v >> 12 & 63];
		*dest++ = i + 1 < len ? alphabet[v >> 6 & 63] : '=';
		*dest++ = i + 2 < len ? alphabet[v & 63] : '=';
	}
	*dest = '\0';
	out->len += (len + 2) / 3 * 4;
	return ERR_OK;
}
