/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the steps of jwt.c hand on to each other.  Included by jwt.c and
 * jwt_claims.c only.
 */
#ifndef AUTH_JWT_VERIFIER_H
#define AUTH_JWT_VERIFIER_H

#include "auth/jwt.h"

struct json;

struct jwt_verifier {
	const struct jwt_check *check;
	struct jws jws;
	const struct jwk *key;
	struct json *payload;		/* of signed bytes */

	/* What the checks found, for the claims; strings are the payload's. */
	const char *tid;
	const char *oid;
	const char *sub;
	int64_t exp;
	int64_t iat;
	int64_t auth_time;		/* 0: not said */
	struct claims *claims;
};

/* jwt_claims.c, by rows of the catalogue. */
enum err jwt_check_kind(struct jwt_verifier *v, struct diag *diag) MUST_USE;
enum err jwt_check_issuer(struct jwt_verifier *v, struct diag *diag) MUST_USE;
enum err jwt_check_tenant(struct jwt_verifier *v, struct diag *diag) MUST_USE;
enum err jwt_check_guest(struct jwt_verifier *v, struct diag *diag) MUST_USE;
enum err jwt_check_audience(struct jwt_verifier *v, struct diag *diag)
	MUST_USE;
enum err jwt_check_times(struct jwt_verifier *v, struct diag *diag) MUST_USE;
enum err jwt_check_age(struct jwt_verifier *v, struct diag *diag) MUST_USE;
enum err jwt_check_nonce(struct jwt_verifier *v, struct diag *diag) MUST_USE;
enum err jwt_check_subject(struct jwt_verifier *v, struct diag *diag)
	MUST_USE;
enum err jwt_check_version(struct jwt_verifier *v, struct diag *diag)
	MUST_USE;
enum err jwt_check_context(struct jwt_verifier *v, struct diag *diag)
	MUST_USE;
enum err jwt_check_auth_time(struct jwt_verifier *v, struct diag *diag)
	MUST_USE;
enum err jwt_check_hashes(struct jwt_verifier *v, struct diag *diag) MUST_USE;
enum err jwt_check_groups(struct jwt_verifier *v, struct diag *diag) MUST_USE;

#endif
