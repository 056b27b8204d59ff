/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program of ours gives up before it looks at anything that a
 * stranger wrote.
 */
#ifndef SYS_SANDBOX_H
#define SYS_SANDBOX_H

#include <stddef.h>

#include "base/diag.h"

/*
 * Becomes this account for good (uid, gid, no supplementary groups, checked
 * afterwards), when the process is root and user is not ""; an unprivileged
 * process stays who it is.  Then, for everybody: no new privileges, not
 * dumpable, no core file.  ERR_SERVICE_USER when the account is missing or is
 * root, ERR_INTERNAL when the kernel refuses.
 */
enum err sandbox_enter(const char *user, struct diag *diag) MUST_USE;

/* Limits for a worker: seconds of CPU, bytes of address space (0: as is),
 * open files; no files written, no processes started.  Its memory is closed to
 * other processes of its account. */
enum err sandbox_limit(unsigned int cpu_seconds, size_t address_space,
	unsigned int files, struct diag *diag) MUST_USE;

/* Root's effective uid and gid become the account's (supplementary groups are
 * given up for good), and back.  For the parts of the command that touch
 * files owned by it.  No-ops when not root or user is "".  ERR_SERVICE_USER,
 * ERR_INTERNAL. */
enum err sandbox_as(const char *user, struct diag *diag) MUST_USE;
enum err sandbox_as_root(struct diag *diag) MUST_USE;

#endif
