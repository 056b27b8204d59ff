/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whom nobody knows: a name that neither the host nor the cache has may be
 * that of somebody who becomes a user of this host by signing in to it
 * ([users] jit).  The module asks for a helper then, and has the new user
 * published, which is root's to do.
 */
#ifndef PAM_8X8SSO_NEWCOMER_H
#define PAM_8X8SSO_NEWCOMER_H

#include <stdbool.h>

#include <security/pam_modules.h>

#include "args.h"

/*
 * May this login create its user?  The cache says that this host creates
 * users, the name could be one, the caller is root (and no set-user-ID
 * program), and the login is at the host's own screen: no PAM_RHOST, and not
 * sshd, which has refused the name before it asks.  To be asked about a name that is OUTCOME_UNKNOWN.
 */
bool newcomer_possible(pam_handle_t *pamh, const struct args *args,
	const char *user);

/*
 * Makes the host know this user, unless it does: runs `8x8sso publish`, for
 * PUBLISH_MS at most.  What decides is whether the cache has the user
 * afterwards.  ERR_JIT_PUBLISH.
 */
enum err newcomer_publish(const struct args *args, const char *user,
	struct diag *diag) MUST_USE;

#endif
