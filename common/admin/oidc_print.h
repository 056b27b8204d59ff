/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device flow's endpoints and token keys for people and programs: what
 * `sync`, `status`, `check` and `idp` say about them.
 */
#ifndef ADMIN_OIDC_PRINT_H
#define ADMIN_OIDC_PRINT_H

#include "auth/oidc_store.h"
#include "sys/conf.h"
#include "sys/json.h"

/* What is stored of the configured issuer; empty when nothing is, or when
 * the device flow is off.  ERR_STORE. */
enum err oidc_read(struct store *store, const struct conf *conf,
	struct oidc_record *ret, struct diag *diag) MUST_USE;

/* ERR_OK, ERR_OIDC_MISSING (no sign-in by code), ERR_JWKS_STALE (the next one
 * has to fetch new keys first). */
enum err oidc_state(const struct oidc_record *record, const struct conf *conf,
	int64_t now) MUST_USE;

/* Seconds since the keys were read. */
int64_t oidc_age(const struct oidc_record *record, int64_t now);

/* How many keys of a are not in b: kid, modulus and exponent. */
size_t oidc_keys_beyond(const struct jwks *a, const struct jwks *b);

/* A line in the log for each key that is in one of the sets only:
 * "COMMAND added=KID" or removed=. */
void oidc_log_changes(const char *command, const struct jwks *before,
	const struct jwks *now);

/* Lines: that the device flow is off; or its addresses, its keys, and what of
 * that an administrator should look at. */
void oidc_print(const struct oidc_record *record, const struct conf *conf,
	int64_t now);

/* The same as a member "device" of an object. */
void oidc_put(struct json_writer *w, const struct oidc_record *record,
	const struct conf *conf, int64_t now);

#endif
