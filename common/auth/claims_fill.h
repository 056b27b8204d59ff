/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pen for struct claims.  For the verifiers of signed bytes and for
 * claims.c, which copies over the wire; tests/lint/includes.sh sees that
 * nobody else has it (catalogue B20).
 */
#ifndef AUTH_CLAIMS_FILL_H
#define AUTH_CLAIMS_FILL_H

#include "auth/claims.h"

/* NULL when out of memory. */
struct claims *claims_new(void);

/* Adds one value.  ERR_TOO_LONG above the limits
 * SAML_CLAIMS_MAX (names), SAML_CLAIM_VALUES_MAX, SAML_CLAIM_NAME_MAX and
 * SAML_CLAIM_VALUE_MAX, ERR_NOMEM. */
enum err claims_add(struct claims *claims, const char *name,
	const char *value) MUST_USE;

/* Strings are copied.  ERR_NOMEM. */
enum err claims_set_fixed(struct claims *claims,
	const struct claims_fixed *fixed) MUST_USE;

#endif
