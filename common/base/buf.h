/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A growing byte buffer with a maximum that is given when it is declared.
 *
 * The bytes are always followed by a NUL that is not counted in len, so text
 * can be read as a C string.  Memory is wiped whenever it is given up (clear
 * and growth), so a buffer may hold secrets.  After a failed put the buffer
 * is as it was before.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

struct buf {
	uint8_t *data;	/* NULL until the first put */
	size_t len;
	size_t cap;
	size_t max;	/* of len */
};

#define BUF_INIT(maximum) { NULL, 0, 0, (maximum) }

/* Wipes and frees; the buffer is empty and usable again, maximum kept. */
void buf_clear(struct buf *b);
DEFINE_AUTO(buf, struct buf, buf_clear);

/* Empties without freeing; the bytes are wiped. */
void buf_reset(struct buf *b);

/* The content as a C string; "" for an empty buffer.  Borrowed until the
 * buffer changes. */
const char *buf_str(const struct buf *b);

/* Makes room for more bytes behind len without changing len.
 * ERR_TOO_LONG above the maximum, ERR_NOMEM. */
enum err buf_reserve(struct buf *b, size_t more) MUST_USE;

/* Append; ERR_TOO_LONG, ERR_NOMEM. */
enum err buf_put(struct buf *b, const void *data, size_t len) MUST_USE;
enum err buf_puts(struct buf *b, const char *text) MUST_USE;
enum err buf_putc(struct buf *b, char c) MUST_USE;
enum err buf_printf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3))) MUST_USE;

#endif
