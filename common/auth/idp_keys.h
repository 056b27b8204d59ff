/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The identity provider's signing keys (n and e, not certificates), pinned by
 * configuration, parsed by a worker, kept in state.db per issuer.
 */
#ifndef AUTH_IDP_KEYS_H
#define AUTH_IDP_KEYS_H

#include <string.h>

#include "base/limits.h"
#include "sys/store.h"
#include "wire/codec.h"

struct idp_key {
	uint8_t n[1024];
	size_t n_len;
	uint8_t e[8];
	size_t e_len;
	uint8_t cert_sha256[32];
	char subject[512];
	int64_t not_before;
	int64_t not_after;
};

struct idp_keys {
	struct idp_key key[SAML_KEYS_MAX];
	size_t count;
};

/* Sets the three parts of a key from a message (SAML_KEY, IDP_KEY); false, and
 * the key untouched, when one is empty or does not fit its place. */
static inline bool
idp_key_set(struct idp_key *key, const struct wire_field *n,
    const struct wire_field *e, const struct wire_field *cert_sha256)
{
	if (n->len == 0 || n->len > sizeof(key->n) || e->len == 0 ||
	    e->len > sizeof(key->e) ||
	    cert_sha256->len != sizeof(key->cert_sha256))
		return false;
	memcpy(key->n, n->data, n->len);
	key->n_len = n->len;
	memcpy(key->e, e->data, e->len);
	key->e_len = e->len;
	memcpy(key->cert_sha256, cert_sha256->data, cert_sha256->len);
	return true;
}

/* ERR_IDP_NO_KEYS when the issuer has none, ERR_STORE. */
enum err idp_keys_load(struct store *store, const char *issuer,
	struct idp_keys *ret, struct diag *diag) MUST_USE;

/* Inside the caller's transaction: these and no others are the issuer's, and
 * no other issuer has any. */
enum err idp_keys_replace(struct store *store, const char *issuer,
	const struct idp_keys *keys, struct diag *diag) MUST_USE;

#endif
