/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/diag.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void __attribute__((format(printf, 3, 0)))
record(struct diag *diag, enum err code, const char *fmt, va_list ap)
{
	if (diag == NULL)
		return;
	diag->code = code;
	if (vsnprintf(diag->text, sizeof(diag->text), fmt, ap) < 0)
		diag->text[0] = '\0';
}

enum err
fail(struct diag *diag, enum err code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	record(diag, code, fmt, ap);
	va_end(ap);
	return code;
}

enum err
fail_errno(struct diag *diag, enum err code, const char *fmt, ...)
{
	int saved = errno;
	char reason[128];
	size_t len;
	va_list ap;

	va_start(ap, fmt);
	record(diag, code, fmt, ap);
	va_end(ap);
	if (diag != NULL) {
		len = strlen(diag->text);
		(void)snprintf(diag->text + len, sizeof(diag->text) - len,
		    ": %s", strerror_r(saved, reason, sizeof(reason)));
	}
	errno = saved;
	return code;
}
