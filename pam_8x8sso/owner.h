/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ours or not: decided in the module, without a helper, so that root and
 * local people never depend on anything of ours.
 */
#ifndef PAM_8X8SSO_OWNER_H
#define PAM_8X8SSO_OWNER_H

#include <security/pam_modules.h>

#include "args.h"
#include "verdict.h"

/* The longest name that PAM may ask about: a field of BEGIN. */
#define OWNER_NAME_MAX 256

/*
 * OUTCOME_LOCAL: root, by name or id, or in /etc/passwd and not linked.
 * OUTCOME_NOTHING: ours, because the host resolves the name to an id of our
 * range, or does not resolve it and the cache has it, or because it is in
 * /etc/passwd and the cache says that the account of this name and uid is a
 * provisioned person's.  OUTCOME_UNKNOWN: neither, or no name at all (empty,
 * longer than OWNER_NAME_MAX, control bytes).  A missing or damaged cache
 * makes nobody ours, and who is linked is plainly local; *ret_cache says that
 * it is so: ERR_OK when the cache was of use or was not asked, else the
 * reader's reason.
 */
enum verdict_outcome owner_of(pam_handle_t *pamh, const struct args *args,
	const char *user, enum err *ret_cache);

#endif
