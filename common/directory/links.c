/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/links.h"

#include <string.h>

#include "base/buf.h"
#include "base/parse.h"

static bool
is_configured(const struct conf *conf, const char *name,
    const char *user_name)
{
	struct conf_link_local link;

	for (size_t i = 0; conf_link_local(conf, i, &link); i++)
		if (strcmp(link.name, name) == 0)
			return parse_equal_nocase(link.user_name, user_name);
	return false;
}

/* The names of links that the configuration has no longer, each with its
 * NUL. */
static enum err
find_dropped(struct store *store, const struct conf *conf, struct buf *names,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	bool row = false;
	enum err r = store_prepare(store, "SELECT name, user_name FROM links",
	    &stmt, diag);

	if (r == ERR_OK)
		r = store_step(stmt, &row, diag);
	while (r == ERR_OK && row) {
		const char *name = store_text(stmt, 0);

		if (!is_configured(conf, name, store_text(stmt, 1)) &&
		    buf_put(names, name, strlen(name) + 1) != ERR_OK)
			return fail(diag, ERR_NOMEM, "links");
		r = store_step(stmt, &row, diag);
	}
	return r;
}

static enum err
drop(struct store *store, const struct conf *conf, struct diag *diag)
{
	AUTO(buf) struct buf names = BUF_INIT(LOCAL_FILE_MAX);
	enum err r = find_dropped(store, conf, &names, diag);
	size_t len;

	for (size_t at = 0; at < names.len && r == ERR_OK; at += len + 1) {
		const char *name = buf_str(&names) + at;

		len = strlen(name);
		r = STORE_RUN(store, diag, "DELETE FROM links WHERE name = ?1",
		    store_text_value(name));
	}
	return r;
}

enum err
links_has(struct store *store, const struct conf_link_local *link,
    bool *ret_linked, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = STORE_ASK(store, &stmt, diag,
	    "SELECT 1 FROM links JOIN users USING (scim_id) "
	    "WHERE name = ?1 AND links.user_name = ?2 COLLATE NOCASE",
	    store_text_value(link->name), store_text_value(link->user_name));

	if (r == ERR_OK)
		*ret_linked = stmt != NULL;
	return r;
}

enum err
links_count_candidates(struct store *store,
    const struct conf_link_local *link, int64_t *ret, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = STORE_ASK(store, &stmt, diag,
	    "SELECT count(*) FROM users "
	    "WHERE user_name = ?1 COLLATE NOCASE AND NOT vanished",
	    store_text_value(link->user_name));

	if (r == ERR_OK)
		*ret = stmt == NULL ? 0 : store_int(stmt, 0);
	return r;
}

/* The record is somebody's who is listed now, and has no other account. */
static enum err
insert(struct store *store, const struct conf_link_local *link, bool *ret_in,
    struct diag *diag)
{
	enum err r = STORE_RUN(store, diag,
	    "INSERT OR REPLACE INTO links(name, user_name, scim_id) "
	    "SELECT ?1, ?2, scim_id FROM users "
	    "WHERE user_name = ?2 COLLATE NOCASE AND NOT vanished "
	    "AND scim_id NOT IN (SELECT scim_id FROM links)",
	    store_text_value(link->name), store_text_value(link->user_name));

	if (r == ERR_OK)
		*ret_in = store_changes(store) == 1;
	return r;
}

static enum err
update_link(struct store *store, const struct conf *conf,
    const struct local *local, const struct conf_link_local *link,
    bool *ret_linked, struct diag *diag)
{
	bool linked = false;
	int64_t candidates = 0;
	uint32_t uid;
	bool may = local_refuses_link(local, link->name,
	    conf->users_min_local_uid, &uid) == NULL;
	enum err r = links_has(store, link, &linked, diag);

	if (r == ERR_OK && may && !linked)
		r = links_count_candidates(store, link, &candidates, diag);
	/* Two people of one name: neither is. */
	if (r == ERR_OK && candidates == 1)
		r = insert(store, link, &linked, diag);
	if (r == ERR_OK)
		*ret_linked = may && linked;
	return r;
}

enum err
links_update(struct store *store, const struct conf *conf,
    const struct local *local, struct update_report *report,
    struct diag *diag)
{
	struct conf_link_local link;
	enum err r = drop(store, conf, diag);

	for (size_t i = 0; r == ERR_OK && conf_link_local(conf, i, &link);
	    i++) {
		bool linked = false;

		r = update_link(store, conf, local, &link, &linked, diag);
		report->links += linked;
		report->links_idle += !linked;
	}
	return r;
}
