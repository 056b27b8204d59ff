/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The verifier of id_tokens (OpenID Connect Core, 3.1.3.7; RFC 8725): bytes
 * in, claims or the first reason why not out.  A pure function of its
 * parameters; SECURITY.md section 3 is its specification.  Replay (J21) and
 * the account are the caller's.
 */
#ifndef AUTH_JWT_H
#define AUTH_JWT_H

#include "auth/claims.h"
#include "auth/jws.h"

/* Times are seconds since 1970, durations seconds; strings are never NULL. */
struct jwt_check {
	const char *token;
	size_t token_len;
	const struct jwks *keys;	/* the issuer's, and no others */
	struct crypto_keyring *ring;	/* kept between checks; NULL: none */
	const char *issuer;
	const char *audience;		/* our client_id */
	const char *tenant;		/* GUID */
	const char *nonce;		/* that was sent; "": none */
	const char *access_token;	/* of the same answer; "": none */
	int64_t now;
	int64_t clock_floor;		/* an earlier now is a wrong clock */
	int64_t begun;			/* the flow; 0: not asked about */
	int64_t skew;
	int64_t lifetime_max;		/* exp - iat; 0: any */
	const char *require_acrs;	/* "": none */
	int64_t auth_max_age;		/* 0: any */
	const char *const *groups;	/* object ids, one of them required */
	size_t group_count;		/* 0: none is */
	bool guests;			/* are welcome */
};

/* Entra sets iat and nbf back by so much (ENTRA-SCIM-8X8.md 3.4): begun is
 * compared with iat plus this. */
#define JWT_BACKDATED 300

/*
 * The caller ends with claims_free().  The reason is that of the first check
 * that fails, in the order of the table in jwt.c: rows J1 to J24 of err.h,
 * ERR_LINK_GUEST (J16), ERR_JWT_KEY_UNKNOWN (J27), ERR_CLOCK, ERR_NOMEM,
 * ERR_CONF_MISSING (no issuer, audience or tenant to expect).
 *
 * tid, oid and idp become the claims CLAIM_TENANT, CLAIM_OBJECT and
 * CLAIM_PROVIDER, as Microsoft names them in SAML; preferred_username, upn,
 * email, name, given_name, family_name, ipaddr and acrs keep their names.  A
 * name to show or ipaddr that is no plain text is left out; any other of these
 * is a reason then.  Of the fixed parts, issuer is iss, assertion_id is uti (or
 * "sha256:" and the token's digest), name_id is sub, not_on_or_after is exp
 * plus skew, authn_instant is auth_time.
 */
enum err jwt_verify(const struct jwt_check *check, struct claims **ret,
	struct diag *diag) MUST_USE;

/* The kid of a token that was not verified, to find its key by: checks what
 * jws_open() does, and J5.  kid has room for KID_MAX_LEN + 1. */
enum err jwt_kid(const char *token, size_t len, char *kid,
	struct diag *diag) MUST_USE;

#endif
