/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The identity provider in state.db: what logins use, and the rule by which
 * that changes (catalogue C6).
 */
#ifndef ADMIN_IDP_STORE_H
#define ADMIN_IDP_STORE_H

#include "admin/print.h"
#include "auth/saml_metadata.h"

#define IDP_FINGERPRINT_SIZE PRINT_HEX_SIZE(32)

struct idp_record {
	struct idp_keys keys;		/* at least one */
	struct idp_origin origin;
	char login_url[2049];		/* of the metadata; "": none */
	char logout_url[2049];
	/* The last change that was refused, if none was taken since: when (0:
	 * never), and its keys' fingerprints, each with a newline. */
	int64_t refused_at;
	char refused[SAML_KEYS_MAX * (IDP_FINGERPRINT_SIZE + 1)];
};

/* SHA-256 of the key's certificate, as print_hex(). */
void idp_fingerprint(const struct idp_key *key,
	char text[static IDP_FINGERPRINT_SIZE]);

/* ERR_IDP_NO_KEYS, ERR_STORE. */
enum err idp_store_load(struct store *store, const char *issuer,
	struct idp_record *ret, struct diag *diag) MUST_USE;

struct idp_update {
	const struct saml_idp *idp;	/* what was read */
	const char *source;		/* from there */
	int64_t now;
	bool accept;			/* whatever keys it has */
};

/*
 * Makes this the provider that logins use, in a transaction of its own;
 * *ret_before, which may be NULL, are the issuer's former keys (none at first).
 * ERR_IDP_KEYS_CHANGED, and the former keys stay, when the source is an address
 * and none of these keys is one of those: whoever took over the address, or
 * the way to it, would otherwise take over every login.  What was refused is
 * remembered.  ERR_STORE.
 */
enum err idp_store_save(struct store *store, const struct idp_update *update,
	struct idp_keys *ret_before, struct diag *diag) MUST_USE;

#endif
