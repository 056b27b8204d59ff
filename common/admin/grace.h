/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long the programs around a login wait for it: [prompt] ssh_grace and
 * login_grace have to know, or people are cut off in the middle of a sign-in.
 */
#ifndef ADMIN_GRACE_H
#define ADMIN_GRACE_H

#include <stdbool.h>
#include <stdint.h>

/* LoginGraceTime in what `sshd -T` writes, in seconds; 0: no limit.  False,
 * and *ret untouched, when it is not there. */
bool grace_of_sshd(const char *text, int64_t *ret)
	__attribute__((warn_unused_result));

/* LOGIN_TIMEOUT in login.defs(5), in seconds; 0: no limit, 60 when it is not
 * set. */
int64_t grace_of_login(const char *text);

/* What is wrong with a time of the configuration. */
enum grace {
	GRACE_GOOD,
	GRACE_CUT_OFF,	/* the host's is shorter */
	GRACE_TIGHT,	/* a sign-in may not take as long as [device] timeout
			 * says */
};

/* Both in seconds, 0: no limit. */
enum grace grace_judge(int64_t host, int64_t configured, int64_t timeout);

#endif
