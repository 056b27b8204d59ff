/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens signed with OpenSSL and keys that are made for the test, and the
 * key sets that hold them.
 */
#ifndef TESTS_UNIT_JWT_CASE_H
#define TESTS_UNIT_JWT_CASE_H

#include "unit.h"

#include "auth/jwks.h"
#include "base/buf.h"

/* Key 0 is the provider's, key 1 somebody else's. */
#define CASE_KEYS 2
#define CASE_KID "kid-0"

/* Makes the keys; for cmocka_run_group_tests(). */
int case_setup(void **state);
int case_teardown(void **state);

/* Appends base64url without padding. */
void put_base64url(struct buf *out, const void *data, size_t len);

/* Appends the modulus of a key, which has 256 bytes. */
void put_modulus(struct buf *out, size_t key);

/* Appends {"kty":"RSA","kid":kid,"n":...,"e":"AQAB",more}; more is "" or
 * begins with a comma. */
void put_jwk(struct buf *out, size_t key, const char *kid, const char *more);

/* Appends header.payload.signature, signed with a key as its algorithm says:
 * "RS256", "RS512" or "PS256". */
void put_signed(struct buf *out, const char *header, const char *payload,
	size_t key, const char *alg);

/* The key as jwks_parse() gives it, of this issuer. */
void make_jwk(struct jwk *jwk, size_t key, const char *issuer);

#endif
