/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenSSL's libcrypto: SHA-256, RSA public keys, RS256, and what is in a
 * certificate.
 */
#ifndef SYS_CRYPTO_H
#define SYS_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/diag.h"

#define SHA256_SIZE 32
#ifdef TEST_ADMITS_SHA1
#define RSA_BITS_MIN 1024
#else
#define RSA_BITS_MIN 2048
#endif
#define RSA_BITS_MAX 8192
#define RSA_N_MAX (RSA_BITS_MAX / 8)
#define RSA_E_MAX 8
#define RSA_E_MIN 65537u

/* ERR_INTERNAL when OpenSSL fails. */
enum err crypto_sha256(const void *data, size_t len,
	uint8_t ret[static SHA256_SIZE]) MUST_USE;

/* An RSA public key. */
struct crypto_key;

/* From modulus and exponent, big-endian without leading zeros (catalogue
 * C4): ERR_IDP_KEY_WEAK unless it has 2048..8192 bits and an odd exponent of
 * at least 65537 and at most 8 bytes; ERR_INTERNAL. */
enum err crypto_key_new(const uint8_t *n, size_t n_len, const uint8_t *e,
	size_t e_len, struct crypto_key **ret, struct diag *diag) MUST_USE;
void crypto_key_free(struct crypto_key **key);
static inline void crypto_key_auto(struct crypto_key **k)
{
	crypto_key_free(k);
}

/* Keys that were made before, for whoever verifies more than once: to make
 * one takes nearly as long as to use it.  Zeroed at first.  A key is found by
 * its numbers, so none can be out of date. */
#define CRYPTO_KEYRING_MAX 16
struct crypto_keyring {
	struct crypto_key *key[CRYPTO_KEYRING_MAX];
};

void crypto_keyring_clear(struct crypto_keyring *ring);
DEFINE_AUTO(crypto_keyring, struct crypto_keyring, crypto_keyring_clear);

struct crypto_numbers {
	const uint8_t *n;
	size_t n_len;
	const uint8_t *e;
	size_t e_len;
};

/* Borrowed from the ring until its next use.  As crypto_key_new(). */
enum err crypto_keyring_get(struct crypto_keyring *ring,
	const struct crypto_numbers *numbers, const struct crypto_key **ret,
	struct diag *diag) MUST_USE;

/* Bytes of the modulus, and so of every signature. */
size_t crypto_key_size(const struct crypto_key *key);

/* OpenSSL's own EVP_PKEY with one more reference, for other wrappers of
 * common/sys; NULL on failure. */
struct evp_pkey_st *crypto_key_evp(const struct crypto_key *key);

/* True only when this is the RSASSA-PKCS1-v1_5 signature with SHA-256 of
 * exactly these bytes (catalogue C5). */
bool crypto_rs256_verify(const struct crypto_key *key, const void *data,
	size_t len, const uint8_t *signature, size_t signature_len) MUST_USE;

#ifdef TEST_ADMITS_SHA1
/* The same two with SHA-1, for tests/vectors/saml-verify-sha1 only. */
#define SHA1_SIZE 20
enum err crypto_test_sha1(const void *data, size_t len, uint8_t *ret)
	MUST_USE;
bool crypto_test_rs1_verify(const struct crypto_key *key, const void *data,
	size_t len, const uint8_t *signature, size_t signature_len) MUST_USE;
#endif

struct crypto_certificate {
	uint8_t n[RSA_N_MAX];
	size_t n_len;
	uint8_t e[RSA_E_MAX];
	size_t e_len;
	uint8_t sha256[SHA256_SIZE];	/* of the DER */
	char subject[512];		/* printable ASCII, cut to fit */
	int64_t not_before;
	int64_t not_after;
};

/* Exactly one DER certificate with an RSA key.  Nobody's signature on it is
 * looked at (catalogue C3).  ERR_IDP_CERTIFICATE, ERR_IDP_KEY_WEAK,
 * ERR_INTERNAL. */
enum err crypto_certificate_parse(const uint8_t *der, size_t len,
	struct crypto_certificate *ret, struct diag *diag) MUST_USE;

#endif
