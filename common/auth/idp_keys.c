/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/idp_keys.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

static bool
copy_blob(struct store_stmt *stmt, int column, uint8_t *to, size_t max,
    size_t *ret_len)
{
	size_t len = 0;
	const void *data = store_blob(stmt, column, &len);

	if (data == NULL || len == 0 || len > max)
		return false;
	memcpy(to, data, len);
	*ret_len = len;
	return true;
}

static bool
read_key(struct store_stmt *stmt, struct idp_key *key)
{
	size_t hash_len = 0;

	if (!copy_blob(stmt, 0, key->n, sizeof(key->n), &key->n_len) ||
	    !copy_blob(stmt, 1, key->e, sizeof(key->e), &key->e_len) ||
	    !copy_blob(stmt, 2, key->cert_sha256, sizeof(key->cert_sha256),
	    &hash_len) || hash_len != sizeof(key->cert_sha256))
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
	bool row = false;
	enum err r = store_prepare(store,
	    "SELECT n, e, cert_sha256, subject, not_before, not_after "
	    "FROM idp_keys WHERE issuer = ?1 ORDER BY place", &stmt, diag);

	if (r == ERR_OK)
		r = store_bind_text(stmt, 1, issuer, diag);
	if (r == ERR_OK)
		r = store_step(stmt, &row, diag);
	while (r == ERR_OK && row) {
		if (keys.count == SAML_KEYS_MAX ||
		    !read_key(stmt, &keys.key[keys.count]))
			return fail(diag, ERR_STORE,
			    "keys of %s are damaged; run 8x8sso sync",
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
insert(struct store_stmt *stmt, const char *issuer, size_t place,
    const struct idp_key *key, struct diag *diag)
{
	enum err r = store_bind_text(stmt, 1, issuer, diag);

	if (r == ERR_OK)
		r = store_bind_int(stmt, 2, (int64_t)place, diag);
	if (r == ERR_OK)
		r = store_bind_blob(stmt, 3, key->n, key->n_len, diag);
	if (r == ERR_OK)
		r = store_bind_blob(stmt, 4, key->e, key->e_len, diag);
	if (r == ERR_OK)
		r = store_bind_blob(stmt, 5, key->cert_sha256,
		    sizeof(key->cert_sha256), diag);
	if (r == ERR_OK)
		r = store_bind_text(stmt, 6, key->subject, diag);
	if (r == ERR_OK)
		r = store_bind_int(stmt, 7, key->not_before, diag);
	if (r == ERR_OK)
		r = store_bind_int(stmt, 8, key->not_after, diag);
	if (r == ERR_OK)
		r = store_run(stmt, diag);
	return r;
}

enum err
idp_keys_replace(struct store *store, const char *issuer,
    const struct idp_keys *keys, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = store_exec(store, "DELETE FROM idp_keys", diag);

	if (r == ERR_OK)
		r = store_prepare(store, "INSERT INTO idp_keys VALUES "
		    "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", &stmt, diag);
	for (size_t i = 0; i < keys->count && r == ERR_OK; i++)
		r = insert(stmt, issuer, i, &keys->key[i], diag);
	return r;
}
