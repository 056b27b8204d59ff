/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The logins of this host that wait for a Response, in state.db: what a
 * Response that reaches another program than the login's own may answer.
 * Whoever waits is here, whether there is such an account or not (catalogue
 * I8).
 */
#ifndef AUTH_PENDING_H
#define AUTH_PENDING_H

#include "auth/saml_request.h"
#include "base/limits.h"
#include "sys/store.h"

/* The names as BEGIN of wire.h has them. */
struct pending {
	char request_id[SAML_REQUEST_ID_SIZE];	/* "": no login of ours */
	char user[257];
	char service[129];
	char rhost[257];
	int64_t created;
};

/* Lasts as long as a login may.  When SAML_PENDING_MAX others wait, the oldest
 * of the user, service and host that has most of them cannot be handed over
 * any more, only pasted.  ERR_STORE. */
enum err pending_add(struct store *store, const struct pending *login,
	struct diag *diag) MUST_USE;

/* The login has ended: nothing answers it any more, and no code is for it.
 * What cannot be removed expires. */
void pending_remove(struct store *store, const char *request_id);

struct pending_list {
	struct pending item[SAML_PENDING_MAX];
	size_t count;
};

/* All of them, the latest first.  The caller frees *ret.  ERR_STORE,
 * ERR_NOMEM. */
enum err pending_load(struct store *store, int64_t now,
	struct pending_list **ret, struct diag *diag) MUST_USE;

/* Is it still there?  For a caller with a transaction of its own.
 * ERR_NOT_PENDING, ERR_STORE. */
enum err pending_check(struct store *store, const char *request_id,
	int64_t now, struct diag *diag) MUST_USE;

#endif
