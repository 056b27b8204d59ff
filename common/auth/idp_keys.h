/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The identity provider's signing keys (n and e, not certificates), pinned by
 * configuration, parsed by a worker, kept in state.db per issuer; where they
 * came from, and how long they are good (catalogue C6, C7).
 */
#ifndef AUTH_IDP_KEYS_H
#define AUTH_IDP_KEYS_H

#include <string.h>

#include "base/limits.h"
#include "sys/conf.h"
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

/* The key with this certificate, or NULL. */
static inline const struct idp_key *
idp_keys_find(const struct idp_keys *keys,
    const uint8_t cert_sha256[static 32])
{
	for (size_t i = 0; i < keys->count; i++)
		if (memcmp(keys->key[i].cert_sha256, cert_sha256, 32) == 0)
			return &keys->key[i];
	return NULL;
}

/* ERR_IDP_NO_KEYS when the issuer has none, ERR_STORE. */
enum err idp_keys_load(struct store *store, const char *issuer,
	struct idp_keys *ret, struct diag *diag) MUST_USE;

/* Inside the caller's transaction: these and no others are the issuer's, and
 * no other issuer has any. */
enum err idp_keys_replace(struct store *store, const char *issuer,
	const struct idp_keys *keys, struct diag *diag) MUST_USE;

/* True when one key is in both sets: the same n and e, whatever their
 * certificates say. */
bool idp_keys_share(const struct idp_keys *a, const struct idp_keys *b);

/* How many keys of a are not in b, by their certificates. */
size_t idp_keys_beyond(const struct idp_keys *a, const struct idp_keys *b);

/* How the keys in state.db came there. */
struct idp_origin {
	char source[CONF_LINE_MAX + 1];	/* path or address; "": not known */
	int64_t fetched;	/* when that was read; 0: not known */
	int64_t valid_until;	/* of the metadata; 0: for ever */
};

/* Inside the caller's transaction, with idp_keys_replace(). */
enum err idp_origin_set(struct store *store, const struct idp_origin *origin,
	struct diag *diag) MUST_USE;
enum err idp_origin_get(struct store *store, struct idp_origin *ret,
	struct diag *diag) MUST_USE;

/* Whether keys of this origin may still be believed (C7): ERR_IDP_STALE after
 * validUntil, and, if they came from an address, when the last fetch is
 * further than max_age from now (0: no limit).  A file is root's word, and
 * gets no older. */
enum err idp_origin_check(const struct idp_origin *origin, int64_t max_age,
	int64_t now, struct diag *diag) MUST_USE;

/* The two above, for a login. */
enum err idp_origin_verify(struct store *store, int64_t max_age, int64_t now,
	struct diag *diag) MUST_USE;

#endif
