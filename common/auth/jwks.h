/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A JSON Web Key set (RFC 7517): the keys that may sign id_tokens.  A key is
 * bound to RS256 when it is read, whatever it or a token says (catalogue J2,
 * J13, J29).
 */
#ifndef AUTH_JWKS_H
#define AUTH_JWKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/limits.h"

struct jwk {
	char kid[KID_MAX_LEN + 1];	/* as jwks_is_kid() */
	uint8_t n[1024];		/* big-endian, no leading zeros */
	size_t n_len;
	uint8_t e[8];
	size_t e_len;
	char issuer[1025];	/* whom it signs for, perhaps with {tenantid};
				 * "": not said */
};

struct jwks {
	struct jwk key[JWKS_KEYS_MAX];
	size_t count;
	size_t left_out;	/* of another kind or use, or weak */
};

/* 1 to KID_MAX_LEN of A-Z a-z 0-9 . _ ~ - (catalogue J5). */
bool jwks_is_kid(const char *text) __attribute__((warn_unused_result));

/*
 * Reads a set.  Keys of another kty, use, alg or key_ops, weak ones (not 2048
 * to 8192 bits, exponent not odd or below 65537, even modulus, the mark of
 * ROCA) and those without a kid are left out and counted; x5c is not looked
 * at.  ERR_JWKS_LIMITS (J29), ERR_JSON (J8), ERR_JWKS: not a set, a kid twice,
 * a private key in it, or nothing left.
 */
enum err jwks_parse(const void *data, size_t len, struct jwks *ret,
	struct diag *diag) MUST_USE;

/* The key of exactly this kid, or NULL. */
const struct jwk *jwks_find(const struct jwks *keys, const char *kid);

#endif
