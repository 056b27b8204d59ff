/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When a session must end (catalogue D9): from the sign-in that learns it to
 * the session that it opens.  sshd does the two in different processes and
 * carries the PAM environment across, but nothing of pam_set_data(3).
 */
#ifndef PAM_8X8SSO_SESSION_H
#define PAM_8X8SSO_SESSION_H

#include <stdint.h>

#include <security/pam_modules.h>

#include "base/diag.h"

/* Decimal seconds since 1970.  The session has it in its environment too. */
#define SESSION_END_NAME "PAM_8X8SSO_SESSION_END"

/* A sign-in was granted: puts the end into the PAM environment, or takes that
 * of an older sign-in out of it when there is none (0).
 * ERR_WIRE_SYNTAX: above SESSION_END_MAX.  ERR_NOMEM. */
enum err session_keep_end(pam_handle_t *pamh, uint64_t end,
	struct diag *diag) MUST_USE;

/*
 * A session is to be opened: hands the seconds that are left to pam_systemd,
 * which runs later, unless it has been given a shorter time already.  *ret_end
 * is the end, 0 when there is none.  ERR_SYNTAX: what stands in the
 * environment is no time.  ERR_SAML_SESSION_ENDED: it is past.  ERR_NOMEM.
 */
enum err session_limit(pam_handle_t *pamh, int64_t now, int64_t *ret_end,
	struct diag *diag) MUST_USE;

#endif
