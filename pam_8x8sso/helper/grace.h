/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The application may end a login on its own (sshd's LoginGraceTime, login's
 * LOGIN_TIMEOUT), without a word to anybody: who knows when can be done
 * before.  The module may have seen its alarm; else its age has to do.
 */
#ifndef PAM_8X8SSO_HELPER_GRACE_H
#define PAM_8X8SSO_HELPER_GRACE_H

#include "helper.h"

/* Where the ages of processes are seen. */
struct grace_view {
	const char *proc;	/* "/proc" */
	pid_t application;	/* the process that the module is in */
	double uptime;		/* now, in seconds, suspension included */
};

struct grace {
	int64_t limit;		/* as it is configured; 0: there is none */
	const char *name;	/* of the setting */
	int64_t seconds;	/* that are left, with a margin */
};

/* The limit of this login's service. */
struct grace grace_look(const struct login *login,
	const struct grace_view *view);

/* The same as this process sees it: its parent is the application. */
struct grace grace_find(const struct login *login);

#endif
