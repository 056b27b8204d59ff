/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/idp_keys.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"

static bool
read_key(struct store_stmt *stmt, struct idp_key *key)
{
	size_t hash_len = 0;

	if (!store_copy_blob(stmt, 0, key->n, sizeof(key->n), &key->n_len) ||
	    !store_copy_blob(stmt, 1, key->e, sizeof(key->e), &key->e_len) ||
	    !store_copy_blob(stmt, 2, key->cert_sha256,
	    sizeof(key->cert_sha256), &hash_len) ||
	    hash_len != sizeof(key->cert_sha256))
		return false;
	(void)snprintf(key->subject, sizeof(key->subject), "%s",
	    store_text(stmt, 3));
	key->not_before = store_int(stmt, 4);
	key->not_after = store_int(stmt, 5);
	return true;
}

enum err
idp_keys_load(struct store *store, const char *issuer, struct idp_keys *ret,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	struct idp_keys keys = { .count = 0 };
	enum err r = STORE_ASK(store, &stmt, diag,
	    "SELECT n, e, cert_sha256, subject, not_before, not_after "
	    "FROM idp_keys WHERE issuer = ?1 ORDER BY place",
	    store_text_value(issuer));
	bool row = stmt != NULL;

	while (r == ERR_OK && row) {
		if (keys.count == SAML_KEYS_MAX ||
		    !read_key(stmt, &keys.key[keys.count]))
			return fail(diag, ERR_STORE,
			    "keys of %s are damaged; run 8x8sso idp accept",
			    issuer);
		keys.count++;
		r = store_step(stmt, &row, diag);
	}
	if (r != ERR_OK)
		return r;
	if (keys.count == 0)
		return fail(diag, ERR_IDP_NO_KEYS, "%s", issuer);
	*ret = keys;
	return ERR_OK;
}

static enum err
insert(struct store *store, const char *issuer, size_t place,
    const struct idp_key *key, struct diag *diag)
{
	return STORE_RUN(store, diag, "INSERT INTO idp_keys VALUES "
	    "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	    store_text_value(issuer), store_int_value((int64_t)place),
	    store_blob_value(key->n, key->n_len),
	    store_blob_value(key->e, key->e_len),
	    store_blob_value(key->cert_sha256, sizeof(key->cert_sha256)),
	    store_text_value(key->subject), store_int_value(key->not_before),
	    store_int_value(key->not_after));
}

enum err
idp_keys_replace(struct store *store, const char *issuer,
    const struct idp_keys *keys, struct diag *diag)
{
	enum err r = store_exec(store, "DELETE FROM idp_keys", diag);

	for (size_t i = 0; i < keys->count && r == ERR_OK; i++)
		r = insert(store, issuer, i, &keys->key[i], diag);
	return r;
}

static bool
same_key(const struct idp_key *a, const struct idp_key *b)
{
	return a->n_len == b->n_len && memcmp(a->n, b->n, a->n_len) == 0 &&
	    a->e_len == b->e_len && memcmp(a->e, b->e, a->e_len) == 0;
}

bool
idp_keys_share(const struct idp_keys *a, const struct idp_keys *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++)
			if (same_key(&a->key[i], &b->key[k]))
				return true;
	return false;
}

size_t
idp_keys_beyond(const struct idp_keys *a, const struct idp_keys *b)
{
	size_t count = 0;

	for (size_t i = 0; i < a->count; i++)
		count += idp_keys_find(b, a->key[i].cert_sha256) == NULL;
	return count;
}

/* -- where they came from -------------------------------------------------- */

enum err
idp_origin_set(struct store *store, const struct idp_origin *origin,
    struct diag *diag)
{
	enum err r = store_meta_set(store, "idp_source", origin->source,
	    diag);

	if (r == ERR_OK)
		r = store_meta_set_int(store, "idp_fetched", origin->fetched,
		    diag);
	if (r == ERR_OK)
		r = store_meta_set_int(store, "idp_valid_until",
		    origin->valid_until, diag);
	return r;
}

enum err
idp_origin_get(struct store *store, struct idp_origin *ret, struct diag *diag)
{
	struct idp_origin origin = { .fetched = 0 };
	enum err r = store_meta_get(store, "idp_source", origin.source,
	    sizeof(origin.source), diag);

	if (r == ERR_OK)
		r = store_meta_get_int(store, "idp_fetched", &origin.fetched,
		    diag);
	if (r == ERR_OK)
		r = store_meta_get_int(store, "idp_valid_until",
		    &origin.valid_until, diag);
	if (r != ERR_OK)
		return r;
	*ret = origin;
	return ERR_OK;
}

enum err
idp_origin_check(const struct idp_origin *origin, int64_t max_age,
    int64_t now, struct diag *diag)
{
	int64_t age = now - origin->fetched;
	char time[CLOCK_TEXT_SIZE];

	if (origin->valid_until != 0 && now >= origin->valid_until) {
		clock_format(origin->valid_until, time);
		return fail(diag, ERR_IDP_STALE, "the metadata was valid "
		    "until %s", time);
	}
	/* A clock that was set back makes a fetch lie in the future: then its
	 * age is as unknown as that of one long ago. */
	if (conf_is_address(origin->source) && max_age != 0 &&
	    (age > max_age || age < -max_age)) {
		clock_format(origin->fetched, time);
		return fail(diag, ERR_IDP_STALE, "the metadata was last "
		    "fetched at %s, and [idp] max_age has passed", time);
	}
	return ERR_OK;
}

enum err
idp_origin_verify(struct store *store, int64_t max_age, int64_t now,
    struct diag *diag)
{
	struct idp_origin origin;
	enum err r = idp_origin_get(store, &origin, diag);

	return r != ERR_OK ? r : idp_origin_check(&origin, max_age, now,
	    diag);
}
