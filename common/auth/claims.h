/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a verified assertion says.  Only the verifier of signed bytes fills
 * one (in the worker, by claims_fill.h); the helper gets a copy over the wire
 * and reads it through the calls below.  Names are the identity provider's
 * claim URIs.
 */
#ifndef AUTH_CLAIMS_H
#define AUTH_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "wire/channel.h"

#define CLAIM_TENANT "http://schemas.microsoft.com/identity/claims/tenantid"
#define CLAIM_OBJECT \
	"http://schemas.microsoft.com/identity/claims/objectidentifier"
#define CLAIM_PROVIDER \
	"http://schemas.microsoft.com/identity/claims/identityprovider"
#define CLAIM_METHODS \
	"http://schemas.microsoft.com/claims/authnmethodsreferences"
#define CLAIM_USER_NAME \
	"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"
#define METHOD_MFA "http://schemas.microsoft.com/claims/multipleauthn"
#define NAME_ID_PERSISTENT \
	"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"

/* The tenant of everybody's private Microsoft account. */
#define TENANT_CONSUMERS "9188040d-6c67-4c5b-b112-36a304b66dad"

struct claims;

void claims_free(struct claims **claims);
static inline void claims_auto(struct claims **c) { claims_free(c); }

/* The only value of this claim: NULL when it is absent or has several. */
const char *claims_get(const struct claims *claims, const char *name);

/* True when one of the claim's values is exactly this. */
bool claims_has(const struct claims *claims, const char *name,
	const char *value);

/* How many values the claim has. */
size_t claims_count(const struct claims *claims, const char *name);

/* The i-th of all values in the assertion's order, where a claim's values
 * follow each other; false behind the last. */
bool claims_at(const struct claims *claims, size_t i, const char **ret_name,
	const char **ret_value) MUST_USE;

/* The fixed parts; strings are "" and times 0 when absent. */
struct claims_fixed {
	const char *issuer;
	const char *assertion_id;
	const char *name_id;
	const char *name_id_format;
	const char *in_response_to;	/* "": unsolicited */
	int64_t not_on_or_after;	/* from then on it is refused: the
					 * earliest end, plus the skew */
	int64_t authn_instant;
	int64_t session_not_on_or_after;
};

/* Borrowed until the claims are freed. */
const struct claims_fixed *claims_fixed(const struct claims *claims);

/* Worker: CLAIM*, ACCEPT. */
enum err claims_send(const struct claims *claims, struct channel *ch,
	struct diag *diag) MUST_USE;

/* Helper: the worker's whole reply.  A REFUSE becomes its reason code and
 * detail in diag; a reason that is unknown or "ok" becomes ERR_WORKER. */
enum err claims_recv(struct channel *ch, struct claims **ret,
	struct diag *diag) MUST_USE;

/* The reason of a REFUSE of any worker, its detail in diag; never ERR_OK: a
 * reason that is unknown or "ok" becomes ERR_WORKER. */
enum err claims_refusal(const struct wire_msg *msg, struct diag *diag)
	MUST_USE;

#endif
