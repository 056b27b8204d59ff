/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log lines of our own programs (helper, command).  Modules use
 * pam_syslog(3) and NSS is silent.  One line per event, key=value; foreign
 * strings go through log_escape() first, secrets never.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stddef.h>

#include "base/buf.h"

/* Opens syslog(3) with LOG_AUTHPRIV under this name (kept, not copied). */
void log_open(const char *ident);

/* One line of LOG_NOTICE, LOG_WARNING ... */
void log_event(int priority, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Appends text with everything but printable ASCII, and '"' and '\', written
 * as \xHH: one log line stays one line and no escape sequence reaches a
 * terminal.  Text that does not fit is cut. */
void log_escape(struct buf *out, const char *text, size_t len);

#endif
