/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The provider's endpoints and token keys in state.db: put there by sync, or
 * by a login that met a new key, and good for a limited time (catalogue J27,
 * J28).
 */
#ifndef AUTH_OIDC_STORE_H
#define AUTH_OIDC_STORE_H

#include "auth/jwks.h"
#include "auth/oidc.h"
#include "sys/store.h"

struct oidc_record {
	struct oidc_endpoints endpoints;
	struct jwks keys;		/* no keys: none were ever fetched */
	int64_t fetched;		/* when the keys were; 0: never */
	int64_t tried;			/* the last time that a login asked */
};

/* Every key is looked at again (J13), but for the mark of ROCA; whether the
 * endpoints are on hosts that are allowed is the caller's to ask (J26).
 * ERR_OIDC_MISSING when nothing is known of this issuer, ERR_STORE. */
enum err oidc_store_load(struct store *store, const char *issuer,
	struct oidc_record *ret, struct diag *diag) MUST_USE;

/* Makes these the issuer's, and forgets every other issuer, in a transaction
 * of its own.  endpoints NULL: they stay, and only the keys are new.  What
 * load would refuse, or no keys at all, is not saved: ERR_OIDC_DISCOVERY,
 * ERR_JWKS.  ERR_STORE. */
enum err oidc_store_save(struct store *store, const char *issuer,
	const struct oidc_endpoints *endpoints, const struct jwks *keys,
	int64_t now, struct diag *diag) MUST_USE;

enum oidc_turn {
	OIDC_TURN_OURS,		/* fetch, now */
	OIDC_TURN_OTHERS,	/* somebody is at it: load again in a moment */
	OIDC_TURN_NOBODYS,	/* it was tried a short while ago */
};

/*
 * May this process fetch the keys now?  Of all on the host one may, once in
 * JWKS_REFRESH_SECONDS; for the first OIDC_MS of them the others may hope.
 * since: `fetched` of the record that was not enough; when there is another
 * one already, the turn is OTHERS'.  When the last turn has brought one, and
 * it was not enough either, it is NOBODYS at once.  ERR_STORE.
 */
enum err oidc_store_turn(struct store *store, int64_t since, int64_t now,
	enum oidc_turn *ret, struct diag *diag) MUST_USE;

/* Are these keys too old?  Of a clock that was set back, also. */
static inline bool
oidc_is_stale(const struct oidc_record *record, int64_t max_age, int64_t now)
{
	return record->fetched == 0 || now - record->fetched > max_age ||
	    record->fetched - now > max_age;
}

#endif
