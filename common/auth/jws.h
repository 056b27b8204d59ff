/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A JSON Web Signature in compact serialisation (RFC 7515, 7.1), signed with
 * RS256 (RFC 7518, 3.3) and nothing else.
 */
#ifndef AUTH_JWS_H
#define AUTH_JWS_H

#include "auth/jwks.h"
#include "base/buf.h"

struct crypto_keyring;
struct json;

/* A token that was taken apart and not believed yet. */
struct jws {
	struct json *header;
	struct buf payload;	/* decoded */
	struct buf signature;	/* decoded */
	const char *input;	/* header.payload as it came: what is signed */
	size_t input_len;	/* borrowed from the token */
	const char *kid;	/* of header; NULL: none */
};

#define JWS_SIGNATURE_MAX 1024
#define JWS_INIT { NULL, BUF_INIT(JWT_MAX), BUF_INIT(JWS_SIGNATURE_MAX), \
	NULL, 0, NULL }

void jws_clear(struct jws *jws);
DEFINE_AUTO(jws, struct jws, jws_clear);

/*
 * Takes a token apart and checks its form and its header: the rows J1 to J12.
 * The reason is that of the first check that fails, in the order of the table
 * in jws.c.  A kid is any string here; jwt.h demands one (J5).
 */
enum err jws_open(const char *token, size_t len, struct jws *ret,
	struct diag *diag) MUST_USE;

/* Did this key sign it?  ring: keys kept between calls, or NULL.
 * ERR_JWT_SIGNATURE; ERR_IDP_KEY_WEAK, ERR_INTERNAL for a bad key. */
enum err jws_verify(const struct jws *jws, const struct jwk *key,
	struct crypto_keyring *ring, struct diag *diag) MUST_USE;

#endif
