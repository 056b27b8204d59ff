/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why something failed: a code and one line of detail.
 *
 * Library code does not log; it fills a diag and returns the code.  The
 * detail may hold foreign bytes: whoever prints it escapes it (log_escape).
 * It never holds a secret.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/err.h"

#define DIAG_TEXT_MAX 512

struct diag {
	enum err code;
	char text[DIAG_TEXT_MAX];
};

#define DIAG_INIT { ERR_OK, "" }

/* Records code and the printf-style detail (cut to fit; NULL diag is
 * allowed), and returns code, so that a guard reads
 *	return fail(diag, ERR_SAML_AUDIENCE, "audience %s", ...); */
enum err fail(struct diag *diag, enum err code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* As fail(), and adds ": " and strerror(errno). */
enum err fail_errno(struct diag *diag, enum err code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
