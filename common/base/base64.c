/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/base64.h"

#include <string.h>

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* 0..63 by character, or -1.  A table of all 256 costs no comparison; the two
 * alphabets differ in the last two symbols. */
#define NONE_16 -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1
#define VALUES(plus, dash, slash, low) { \
	NONE_16, NONE_16, \
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, plus, -1, dash, -1, slash, \
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1, \
	-1,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, \
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, low, \
	-1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, \
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1, \
	NONE_16, NONE_16, NONE_16, NONE_16, \
	NONE_16, NONE_16, NONE_16, NONE_16, \
}
static const int8_t standard[256] = VALUES(62, -1, 63, -1);
static const int8_t url[256] = VALUES(-1, 62, -1, 63);

/* What may stand in a text. */
struct form {
	const int8_t *values;
	bool padding;
	bool line_breaks;
};

static bool
is_break(char c)
{
	return c == '\n' || c == '\r';
}

static size_t
count_of(char c, const char *text, size_t len)
{
	const char *end = text + len;
	size_t count = 0;

	while (text != end) {
		text = memchr(text, c, (size_t)(end - text));
		if (text == NULL)
			break;
		count++;
		text++;
	}
	return count;
}

/* What a well-formed text of this shape decodes to, or SIZE_MAX. */
static size_t
decoded_size(const struct form *form, const char *text, size_t len)
{
	size_t symbols = len;
	size_t padding;

	if (!form->padding)
		return len % 4 == 1 ? SIZE_MAX : len / 4 * 3 + len % 4 * 3 / 4;
	padding = count_of('=', text, len);
	if (form->line_breaks)
		symbols -= count_of('\n', text, len) +
		    count_of('\r', text, len);
	if (symbols % 4 != 0 || padding > 2)
		return SIZE_MAX;
	return symbols / 4 * 3 - padding;
}

/* The usual case: four symbols, three bytes, up to the first that is not one.
 * How many quads there were. */
static size_t
decode_quads(const int8_t *values, uint8_t *dest, const char *text,
    size_t quads)
{
	for (size_t i = 0; i < quads; i++) {
		int a = values[(uint8_t)text[0]];
		int b = values[(uint8_t)text[1]];
		int c = values[(uint8_t)text[2]];
		int d = values[(uint8_t)text[3]];

		if ((a | b | c | d) < 0)
			return i;
		*dest++ = (uint8_t)(a << 2 | b >> 4);
		*dest++ = (uint8_t)(b << 4 | c >> 2);
		*dest++ = (uint8_t)(c << 6 | d);
		text += 4;
	}
	return quads;
}

/* Decodes into dest; every symbol must stand before the padding, which
 * decoded_size() has counted, so dest is never overrun. */
static bool
decode(const struct form *form, uint8_t *dest, const char *text, size_t len)
{
	uint32_t bits = 0;
	unsigned int count = 0;		/* bits that are not written yet */
	bool padded = false;

	for (size_t i = 0; i < len; i++) {
		int v;

		if (count == 0 && !padded) {
			size_t quads = decode_quads(form->values, dest,
			    text + i, (len - i) / 4);

			dest += 3 * quads;
			i += 4 * quads;
			if (i == len)
				break;
		}
		if (form->line_breaks && is_break(text[i]))
			continue;
		if (form->padding && text[i] == '=') {
			padded = true;
			continue;
		}
		v = form->values[(uint8_t)text[i]];
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

static enum err
append(struct buf *out, const struct form *form, const char *text, size_t len)
{
	size_t size = decoded_size(form, text, len);
	enum err r;

	if (size == SIZE_MAX)
		return ERR_SYNTAX;
	r = buf_reserve(out, size);
	if (r != ERR_OK)
		return r;
	if (!decode(form, out->data + out->len, text, len)) {
		out->data[out->len] = '\0';
		return ERR_SYNTAX;
	}
	out->len += size;
	out->data[out->len] = '\0';
	return ERR_OK;
}

enum err
base64_decode(struct buf *out, const char *text, size_t len, bool line_breaks)
{
	const struct form form = { standard, true, line_breaks };

	return append(out, &form, text, len);
}

enum err
base64url_decode(struct buf *out, const char *text, size_t len)
{
	static const struct form form = { url, false, false };

	return append(out, &form, text, len);
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
