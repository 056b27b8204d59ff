/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/update_impl.h"

#include "base/cleanup.h"
#include "base/limits.h"

enum err
update_record_sync(struct store *store, int64_t now, enum err result,
    const struct update_report *report, struct diag *diag)
{
	enum err r = STORE_RUN(store, diag,
	    "INSERT INTO syncs(time, result, listed, added, changed, "
		"deactivated, vanished, refused) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	    store_int_value(now), store_text_value(err_name(result)),
	    store_int_value((int64_t)report->listed),
	    store_int_value((int64_t)report->added),
	    store_int_value((int64_t)report->changed),
	    store_int_value((int64_t)report->deactivated),
	    store_int_value((int64_t)report->vanished),
	    store_int_value((int64_t)report->refused));

	if (r != ERR_OK)
		return r;
	return STORE_RUN(store, diag, "DELETE FROM syncs WHERE id <= "
	    "(SELECT max(id) FROM syncs) - ?1",
	    store_int_value(SYNC_HISTORY_MAX));
}

enum err
update_set_etags(struct store *store, const char *etags, struct diag *diag)
{
	if (etags == NULL || *etags == '\0')
		return store_exec(store,
		    "DELETE FROM meta WHERE key = 'scim_etags'", diag);
	return store_meta_set(store, "scim_etags", etags, diag);
}

void
update_get_etags(struct store *store, int64_t now,
    char etags[static SCIM_ETAGS_MAX])
{
	int64_t listed = 0;

	etags[0] = '\0';
	if (store_meta_get_int(store, "last_listing", &listed, NULL) !=
	    ERR_OK || listed > now || now - listed >= SCIM_ETAGS_SECONDS)
		return;
	(void)!store_meta_get(store, "scim_etags", etags, SCIM_ETAGS_MAX,
	    NULL);
}

/* The server did not answer, or not with a listing: what it said the last
 * time is as good as it was. */
static bool
is_of_the_network(enum err reason)
{
	static const enum err reasons[] = {
		ERR_TIMEOUT, ERR_HTTP, ERR_HTTP_TLS, ERR_HTTP_STATUS,
		ERR_HTTP_AUTH, ERR_HTTP_REDIRECT,
	};

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i] == reason)
			return true;
	return false;
}

enum err
update_record_failure(struct store *store, int64_t now, enum err reason,
    struct diag *diag)
{
	const struct update_report nothing = { 0 };
	enum err r = store_begin(store, diag);

	if (r == ERR_OK)
		r = update_record_sync(store, now, reason, &nothing, diag);
	if (r == ERR_OK && !is_of_the_network(reason))
		r = update_set_etags(store, NULL, diag);
	if (r == ERR_OK)
		r = store_commit(store, diag);
	store_rollback(store);
	return r;
}
