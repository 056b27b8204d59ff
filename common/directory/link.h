/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A verified identity becomes a local account only here (DESIGN.md 4, SECURITY
 * section 4).
 */
#ifndef DIRECTORY_LINK_H
#define DIRECTORY_LINK_H

#include "auth/claims.h"
#include "base/buf.h"
#include "base/limits.h"
#include "directory/directory.h"

/* Somebody whose identity was verified. */
struct link_person {
	const struct claims *claims;
	const char *user_claim;	/* compared with userName at first login:
				 * [saml] user_attribute, [device] user_claim */
};

/*
 * Is the person of these claims the account `login`?  The subject is
 * "entra:<tid>:<oid>" when [idp] tenant is set, otherwise "saml:<issuer>:..."
 * with the persistent NameID or the configured attribute.
 *
 * A pinned account needs exactly its subject (ERR_LINK_MISMATCH when the
 * subject is pinned to another account, else ERR_LINK_PIN).  Without a pin,
 * userName must equal user_claim, ASCII case-insensitive,
 * or, with link_by = external_id, externalId the oid (ERR_LINK_MISMATCH); then
 * the subject is pinned in the same transaction.  Guests, unless [users] guests: ERR_LINK_GUEST.  An
 * account that is not active gets no pin: ERR_USER_VANISHED,
 * ERR_USER_INACTIVE.  Whoever is first to sign in to a local account (links.h)
 * needs, pinned or not, the user name that [users] link_local has for it
 * (ERR_LINK_MISMATCH), but not with link_by = external_id.
 * ERR_USER_UNKNOWN, ERR_SAML_CLAIM_MISSING, ERR_STORE.
 */
enum err link_check(struct store *store, const struct conf *conf,
	const struct link_person *person, const char *login,
	struct diag *diag) MUST_USE;

/* Who the provider says it is: what link_check() pins.  Its reasons. */
enum err link_subject(const struct conf *conf, const struct claims *claims,
	struct buf *subject, struct diag *diag) MUST_USE;

/*
 * Whose claims are these?  The login name of the account that is pinned to
 * the subject, or else of the one that link_check() would pin.  Only a
 * candidate: link_check() decides.  ERR_USER_UNKNOWN, ERR_LINK_MISMATCH
 * (several), and link_check()'s.
 */
enum err link_find(struct store *store, const struct conf *conf,
	const struct link_person *person, char login[static LOGIN_NAME_MAX_LEN + 1],
	struct diag *diag) MUST_USE;

#endif
