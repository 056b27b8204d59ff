/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"

#include <stdarg.h>
#include <syslog.h>

void
log_open(const char *ident)
{
	openlog(ident, LOG_PID | LOG_NDELAY, LOG_AUTHPRIV);
}

void
log_event(int priority, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsyslog(priority, fmt, ap);
	va_end(ap);
}

void
log_escape(struct buf *out, const char *text, size_t len)
{
	enum err r = ERR_OK;

	for (size_t i = 0; i < len && r == ERR_OK; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
			r = buf_printf(out, "\\x%02x", c);
		else
			r = buf_putc(out, (char)c);
	}
}
