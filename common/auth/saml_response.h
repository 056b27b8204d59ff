/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The verifier of SAML Responses: bytes in, claims or the first reason why
 * not out.  A pure function of its parameters; SECURITY.md is its
 * specification.  Replay (D11) and the account (section 4) are the caller's.
 */
#ifndef AUTH_SAML_RESPONSE_H
#define AUTH_SAML_RESPONSE_H

#include "auth/claims.h"
#include "auth/idp_keys.h"

struct crypto_keyring;

/* A request of ours that waits for its answer. */
struct saml_pending {
	const char *id;
	int64_t time;
};

/* Times are seconds since 1970, durations seconds; strings are never NULL. */
struct saml_check {
	const void *response;		/* base64, line breaks admitted */
	size_t response_len;
	const char *issuer;		/* the identity provider's entityID */
	const char *audience;		/* our entityID */
	const char *recipient;		/* our ACS address */
	const char *tenant;		/* GUID; "": not Entra */
	const struct saml_pending *pending; /* that may be answered, one of */
	size_t pending_count;		/* which has to be; 0: none */
	int64_t now;
	int64_t clock_floor;		/* an earlier now is a wrong clock */
	int64_t skew;
	int64_t max_age;
	int64_t unsolicited_max_age;
	uint64_t flags;			/* enum wire_saml_flags */
	const struct idp_keys *keys;	/* the issuer's, and no others */
	struct crypto_keyring *ring;	/* kept between checks; NULL: none */
};

/* Prepares the libraries underneath, which may read their configuration
 * files; for a program that then locks itself in.  ERR_INTERNAL. */
enum err saml_response_init(struct diag *diag) MUST_USE;

/*
 * The caller ends with claims_free().  The reason is that of the first check
 * that fails, in the order of the table in saml_response.c: the rows A-D of
 * err.h; ERR_CLOCK, ERR_CONF_MISSING, ERR_IDP_NO_KEYS, ERR_NOMEM,
 * ERR_INTERNAL.
 */
enum err saml_response_verify(const struct saml_check *check,
	struct claims **ret, struct diag *diag) MUST_USE;

/*
 * The first part of the same table: is there an assertion that these keys
 * signed, in the one form that is accepted?  Nothing is asked about whom it
 * is for, by whom, when and to what end, and there are no claims: ERR_OK is
 * not a login.  Of check only response, keys and WIRE_SAML_RESPONSE_SIGNED
 * are looked at.  For tools that look at samples.
 */
enum err saml_response_prove(const struct saml_check *check,
	struct diag *diag) MUST_USE;

#endif
