/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens signed with OpenSSL and keys that are made for the test, and the
 * key sets that hold them.
 */
#ifndef TESTS_UNIT_JWT_CASE_H
#define TESTS_UNIT_JWT_CASE_H

#include "unit.h"

#include "auth/jwt.h"
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

/* -- a token, what is expected of it, and the verdict ---------------------- */

#define TOKEN_BUF BUF_INIT(64u * 1024)

#define CASE_NOW 1795176000	/* 2026-11-20T12:00:00Z */
#define CASE_TENANT "6babcaad-604b-40ac-a9d7-9fd97c0b779f"
#define CASE_ISSUER "https://login.microsoftonline.com/" CASE_TENANT "/v2.0"
#define CASE_AUDIENCE "00001111-aaaa-2222-bbbb-3333cccc4444"
#define CASE_OBJECT "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb"

struct case_member {
	const char *name;
	const char *value;	/* JSON */
};

struct case_members {
	struct case_member at[64];
	size_t count;
};

struct jwt_case {
	struct case_members header;
	struct case_members payload;
	size_t key;			/* that signs */
	struct jwks *keys;		/* that are known: key 0 */
	struct jwt_check check;		/* all but the token */
};

/* A token as Entra makes them, and the usual expectations: it is accepted. */
void case_init(struct jwt_case *c);

/* Gives a member another value, or one that there was not; NULL drops it.
 * Strings are borrowed. */
void case_set(struct case_members *members, const char *name,
	const char *value);

/* Adds a member, perhaps for the second time. */
void case_add(struct case_members *members, const char *name,
	const char *value);

/* Appends the token. */
void case_write(const struct jwt_case *c, struct buf *out);

/* The verdict on a case, or on it with another token.  A refusal leaves no
 * claims behind and says why. */
enum err case_verify(const struct jwt_case *c, struct claims **ret);
enum err case_verify_text(const struct jwt_case *c, const char *token,
	size_t len, struct claims **ret);

/* The same without the claims. */
enum err case_reason(const struct jwt_case *c);

/* Of the usual token with one claim of another value (NULL: without). */
enum err claim_reason(const char *name, const char *value);

/* A number as JSON; good for four calls more. */
const char *case_number(int64_t value);

#endif
