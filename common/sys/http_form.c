/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/http.h"

#include <string.h>

/* As browsers do it (URL standard, 5.2), and RFC 6749, appendix B. */
static enum err
put_escaped(struct buf *out, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789*-._";
	enum err r = ERR_OK;

	for (const char *p = text; *p != '\0' && r == ERR_OK; p++) {
		if (*p == ' ')
			r = buf_putc(out, '+');
		else if (strchr(plain, *p) != NULL)
			r = buf_putc(out, *p);
		else
			r = buf_printf(out, "%%%02X", (unsigned char)*p);
	}
	return r;
}

/* Cuts out back to what it was. */
static void
cut(struct buf *out, size_t len)
{
	if (out->len == len)
		return;
	explicit_bzero(out->data + len, out->len - len);
	out->len = len;
}

enum err
http_form_add(struct buf *out, const char *name, const char *value)
{
	size_t before = out->len;
	enum err r = before == 0 ? ERR_OK : buf_putc(out, '&');

	if (r == ERR_OK)
		r = put_escaped(out, name);
	if (r == ERR_OK)
		r = buf_putc(out, '=');
	if (r == ERR_OK)
		r = put_escaped(out, value);
	if (r != ERR_OK)
		cut(out, before);
	return r;
}
