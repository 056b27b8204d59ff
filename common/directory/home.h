/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where people's files are: [users] home, with a name for %u.
 */
#ifndef DIRECTORY_HOME_H
#define DIRECTORY_HOME_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/diag.h"

/* Appends the path.  The buffer's maximum is HOME_MAX_LEN.
 * ERR_TOO_LONG, ERR_NOMEM. */
enum err home_path(const char *template, const char *name, struct buf *out,
	struct diag *diag) MUST_USE;

/*
 * Is there anything of that name, be it a dangling symbolic link?  Who asks is
 * the service account, which may not look into homes, and need not: what it
 * cannot see because of an error counts as there, but for ENOENT and ENOTDIR.
 * ERR_NOMEM.
 */
enum err home_exists(const char *template, const char *name, bool *ret,
	struct diag *diag) MUST_USE;

#endif
