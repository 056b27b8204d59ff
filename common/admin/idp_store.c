/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/idp_store.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

/* The texts and times of the table meta that are not idp_origin's. */
#define META_LOGIN "idp_login_url"
#define META_LOGOUT "idp_logout_url"
#define META_REFUSED "idp_refused"
#define META_REFUSED_AT "idp_refused_at"

void
idp_fingerprint(const struct idp_key *key,
    char text[static IDP_FINGERPRINT_SIZE])
{
	print_hex(key->cert_sha256, sizeof(key->cert_sha256), text);
}

enum err
idp_store_load(struct store *store, const char *issuer,
    struct idp_record *ret, struct diag *diag)
{
	AUTO_FREE struct idp_record *record = calloc(1, sizeof(*record));
	enum err r;

	if (record == NULL)
		return fail(diag, ERR_NOMEM, "keys");
	r = idp_keys_load(store, issuer, &record->keys, diag);
	if (r == ERR_OK)
		r = idp_origin_get(store, &record->origin, diag);
	if (r == ERR_OK)
		r = store_meta_get(store, META_LOGIN, record->login_url,
		    sizeof(record->login_url), diag);
	if (r == ERR_OK)
		r = store_meta_get(store, META_LOGOUT, record->logout_url,
		    sizeof(record->logout_url), diag);
	if (r == ERR_OK)
		r = store_meta_get(store, META_REFUSED, record->refused,
		    sizeof(record->refused), diag);
	if (r == ERR_OK)
		r = store_meta_get_int(store, META_REFUSED_AT,
		    &record->refused_at, diag);
	if (r != ERR_OK)
		return r;
	*ret = *record;
	return ERR_OK;
}

static enum err
set_refused(struct store *store, int64_t at, const struct idp_keys *keys,
    struct diag *diag)
{
	AUTO(buf) struct buf text = BUF_INIT(sizeof(
	    ((struct idp_record *)0)->refused) - 1);
	enum err r = store_meta_set_int(store, META_REFUSED_AT, at, diag);

	for (size_t i = 0; i < keys->count && r == ERR_OK; i++) {
		char fingerprint[IDP_FINGERPRINT_SIZE];

		idp_fingerprint(&keys->key[i], fingerprint);
		r = buf_printf(&text, "%s\n", fingerprint);
	}
	if (r != ERR_OK)
		return r;
	return store_meta_set(store, META_REFUSED, buf_str(&text), diag);
}

static enum err
save(struct store *store, const struct idp_update *update, struct diag *diag)
{
	static const struct idp_keys none = { .count = 0 };
	const struct saml_idp *idp = update->idp;
	struct idp_origin origin = {
		.fetched = update->now, .valid_until = idp->valid_until,
	};
	enum err r = idp_keys_replace(store, idp->entity_id, &idp->keys,
	    diag);

	(void)snprintf(origin.source, sizeof(origin.source), "%s",
	    update->source);
	if (r == ERR_OK)
		r = idp_origin_set(store, &origin, diag);
	if (r == ERR_OK)
		r = store_meta_set(store, META_LOGIN, idp->login_url, diag);
	if (r == ERR_OK)
		r = store_meta_set(store, META_LOGOUT, idp->logout_url, diag);
	if (r == ERR_OK)
		r = set_refused(store, 0, &none, diag);
	return r;
}

/* The reason is the refusal, even if it cannot be remembered. */
static enum err
refuse(struct store *store, const struct idp_update *update,
    struct diag *diag)
{
	enum err r = set_refused(store, update->now, &update->idp->keys,
	    NULL);

	if (r == ERR_OK)
		r = store_commit(store, NULL);
	return fail(diag, ERR_IDP_KEYS_CHANGED, "%.200s: none of its keys is "
	    "known, so the known ones stay%s; if the provider did change "
	    "them all, run 8x8sso idp accept", update->source,
	    r == ERR_OK ? " (8x8sso idp show)" : "");
}

static enum err
save_guarded(struct store *store, const struct idp_update *update,
    struct idp_keys *before, struct diag *diag)
{
	bool guarded = conf_is_address(update->source) && !update->accept;
	enum err r = idp_keys_load(store, update->idp->entity_id, before,
	    diag);

	/* Damaged keys are nothing to compare with, but can be replaced. */
	if (guarded && r != ERR_OK && r != ERR_IDP_NO_KEYS)
		return r;
	if (guarded && before->count > 0 &&
	    !idp_keys_share(before, &update->idp->keys))
		return refuse(store, update, diag);
	r = save(store, update, diag);
	return r != ERR_OK ? r : store_commit(store, diag);
}

enum err
idp_store_save(struct store *store, const struct idp_update *update,
    struct idp_keys *ret_before, struct diag *diag)
{
	AUTO_FREE struct idp_keys *before = calloc(1, sizeof(*before));
	enum err r;

	if (before == NULL)
		return fail(diag, ERR_NOMEM, "keys");
	r = store_begin(store, diag);
	if (r == ERR_OK)
		r = save_guarded(store, update, before, diag);
	store_rollback(store);
	if (r == ERR_OK && ret_before != NULL)
		*ret_before = *before;
	return r;
}
