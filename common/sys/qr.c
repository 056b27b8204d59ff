/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/qr.h"

#if HAVE_QRENCODE
#include <errno.h>
#include <qrencode.h>
#include <stdbool.h>
#include <string.h>

/* The largest code there is. */
#define SIDE_MAX 177

static void
qrcode_auto(QRcode **code)
{
	QRcode_free(*code);
}

static enum err
encode(const char *text, QRcode **ret)
{
	*ret = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
	if (*ret != NULL)
		return ERR_OK;
	switch (errno) {
	case ERANGE:
		return ERR_TOO_LONG;
	case EINVAL:
		return ERR_SYNTAX;
	default:
		return ERR_NOMEM;
	}
}

/* A look before the work, which takes a millisecond: a module is a bit, and
 * some are taken. */
static bool
cannot_fit(const char *text, size_t columns)
{
	size_t side = columns < 2 * QR_MARGIN ? 0 : columns - 2 * QR_MARGIN;

	if (side > SIDE_MAX)
		side = SIDE_MAX;
	return strlen(text) * 8 > side * side;
}

/* What is beyond the code is margin. */
static bool
is_light(const QRcode *code, int x, int y)
{
	if (x < 0 || y < 0 || x >= code->width || y >= code->width)
		return true;
	return (code->data[y * code->width + x] & 1) == 0;
}

static enum err
draw_line(const QRcode *code, int y, struct buf *out)
{
	static const char *const glyphs[2][2] = {
		{ " ", "\u2584" },	/* dark above dark, above light */
		{ "\u2580", "\u2588" },
	};
	enum err r = ERR_OK;

	for (int x = -QR_MARGIN; x < code->width + QR_MARGIN && r == ERR_OK;
	    x++)
		r = buf_puts(out, glyphs[is_light(code, x, y)]
		    [is_light(code, x, y + 1)]);
	return r == ERR_OK ? buf_putc(out, '\n') : r;
}

enum err
qr_draw(const char *text, size_t columns, size_t rows, struct buf *out)
{
	__attribute__((cleanup(qrcode_auto))) QRcode *code = NULL;
	size_t side;
	size_t lines;
	enum err r;

	if (cannot_fit(text, columns))
		return ERR_TOO_LONG;
	r = encode(text, &code);
	if (r != ERR_OK)
		return r;
	side = (size_t)code->width + 2 * QR_MARGIN;
	lines = (side + 1) / 2;
	if (side > columns || (rows > 0 && lines > rows))
		return ERR_TOO_LONG;
	/* With room for the longest of glyphs nothing fails halfway. */
	r = buf_reserve(out, lines * (side * 3 + 1));
	for (size_t i = 0; i < lines && r == ERR_OK; i++)
		r = draw_line(code, 2 * (int)i - QR_MARGIN, out);
	return r;
}

#else

enum err
qr_draw(const char *text, size_t columns, size_t rows, struct buf *out)
{
	(void)text;
	(void)columns;
	(void)rows;
	(void)out;
	return ERR_NOT_FOUND;
}

#endif
