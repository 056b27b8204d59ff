/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The provider's keys for people and programs: what `status`, `check` and
 * `idp` say about them.
 */
#ifndef ADMIN_IDP_PRINT_H
#define ADMIN_IDP_PRINT_H

#include "admin/idp_store.h"
#include "sys/json.h"

#define IDP_EXPIRY_NOTICE (60 * 86400)

/* "expired", or "expires" that long ahead, or "": of the certificate.  Its
 * key is good without it (catalogue C3), but the provider is about to sign
 * with another one. */
const char *idp_key_expiry(const struct idp_key *key, int64_t now);

/* Bits of a modulus. */
size_t idp_key_bits(const uint8_t *n, size_t n_len);

/* A line in the log for each key that is in one of the sets only:
 * "COMMAND added=FINGERPRINT" or removed=. */
void idp_log_changes(const char *command, const struct idp_keys *before,
	const struct idp_keys *now);

/* Lines: where the keys come from, the keys, what of that an administrator
 * should look at, and what was refused; or that there is no key. */
void idp_print(const struct idp_record *record, const struct conf *conf,
	int64_t now);

/* The same as members of an object; all of them, also without a key. */
void idp_put(struct json_writer *w, const struct idp_record *record,
	const struct conf *conf, int64_t now);

#endif
