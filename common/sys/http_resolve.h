/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names -> addresses for http.c, in our own thread.
 *
 * libcurl resolves in a thread of its own, and a worker may not start any
 * (sandbox_limit: RLIMIT_NPROC counts threads too), so it is told the
 * addresses beforehand.
 */
#ifndef SYS_HTTP_RESOLVE_H
#define SYS_HTTP_RESOLVE_H

#include "base/buf.h"
#include "base/diag.h"

/* Appends "HOST:PORT:ADDRESS,ADDRESS...", as CURLOPT_RESOLVE takes it, or
 * nothing when the URL's host is an address already.  port is for a URL that
 * names none.  Waits as long as the system's resolver does.
 * ERR_HTTP (no such host), ERR_SYNTAX, ERR_TOO_LONG, ERR_NOMEM. */
enum err http_resolve(const char *url, const char *port, struct buf *out,
	struct diag *diag) MUST_USE;

#endif
