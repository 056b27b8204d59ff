/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BUF_MIN_CAP 256

void
buf_clear(struct buf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->cap);
	free(b->data);
	b->data = NULL;
	b->len = 0;
	b->cap = 0;
}

void
buf_reset(struct buf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->cap);
	b->len = 0;
}

const char *
buf_str(const struct buf *b)
{
	return b->data == NULL ? "" : (const char *)b->data;
}

/* realloc() would leave a copy of a secret behind. */
static enum err
grow(struct buf *b, size_t need)
{
	size_t cap = b->cap < BUF_MIN_CAP ? BUF_MIN_CAP : b->cap;
	uint8_t *data;

	while (cap < need)
		cap *= 2;
	if (cap > b->max + 1)
		cap = b->max + 1;
	data = malloc(cap);
	if (data == NULL)
		return ERR_NOMEM;
	if (b->data != NULL) {
		memcpy(data, b->data, b->len);
		explicit_bzero(b->data, b->cap);
		free(b->data);
	}
	data[b->len] = '\0';
	b->data = data;
	b->cap = cap;
	return ERR_OK;
}

enum err
buf_reserve(struct buf *b, size_t more)
{
	if (b->max >= SIZE_MAX / 2 || more > b->max || b->len > b->max - more)
		return ERR_TOO_LONG;
	if (b->data != NULL && b->len + more + 1 <= b->cap)
		return ERR_OK;
	return grow(b, b->len + more + 1);
}

enum err
buf_put(struct buf *b, const void *data, size_t len)
{
	enum err r = buf_reserve(b, len);

	if (r != ERR_OK)
		return r;
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
	return ERR_OK;
}

enum err
buf_puts(struct buf *b, const char *text)
{
	return buf_put(b, text, strlen(text));
}

enum err
buf_putc(struct buf *b, char c)
{
	return buf_put(b, &c, 1);
}

enum err
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int len;
	enum err r;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		return ERR_INTERNAL;
	r = buf_reserve(b, (size_t)len);
	if (r != ERR_OK)
		return r;
	va_start(ap, fmt);
	(void)vsnprintf((char *)b->data + b->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)len;
	return ERR_OK;
}
