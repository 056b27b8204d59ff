/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The identity provider's signing keys (n and e, not certificates), pinned by
 * configuration, parsed by a worker, kept in state.db per issuer.
 */
#ifndef AUTH_IDP_KEYS_H
#define AUTH_IDP_KEYS_H

#include "base/limits.h"
#include "sys/store.h"

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

/* ERR_IDP_NO_KEYS when the issuer has none, ERR_STORE. */
enum err idp_keys_load(struct store *store, const char *issuer,
	struct idp_keys *ret, struct diag *diag) MUST_USE;

/* Inside the caller's transaction: these and no others are the issuer's, and
 * no other issuer has any. */
enum err idp_keys_replace(struct store *store, const char *issuer,
	const struct idp_keys *keys, struct diag *diag) MUST_USE;

#endif
