/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/update.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/parse.h"
#include "directory/groups.h"
#include "directory/local.h"
#include "directory/names.h"

struct update {
	struct store *store;
	const struct conf *conf;
	int64_t now;
	struct store_stmt *insert;	/* into temp.listing */
	uint64_t listed;
	uint64_t duplicates;
};

/* The listing lives in memory (temp_store), sorted when it is read. */
#define CREATE_LISTING \
	"CREATE TABLE temp.listing(" \
	    "id TEXT PRIMARY KEY NOT NULL, external_id, user_name, " \
	    "given_name, family_name, title, department, site, created, " \
	    "active, created_at) WITHOUT ROWID"

#define DROP_LISTING "DROP TABLE IF EXISTS temp.listing"

#define INSERT_LISTING \
	"INSERT OR IGNORE INTO temp.listing VALUES " \
	    "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"

/* Writes a row only if it says something new.  What users.site has stays. */
#define PLAIN(table) "(" table ".external_id, " table ".user_name, " \
	table ".given_name, " table ".family_name, " table ".title, " \
	table ".department, " table ".created, " table ".active)"

#define UPSERT_USERS \
	"INSERT INTO users(scim_id, external_id, user_name, given_name, " \
	    "family_name, title, department, site, created, active) " \
	"SELECT id, external_id, user_name, given_name, family_name, " \
	    "title, department, site, created, active " \
	    "FROM temp.listing WHERE true " \
	"ON CONFLICT(scim_id) DO UPDATE SET " \
	    "(external_id, user_name, given_name, family_name, title, " \
		"department, created, active) = " PLAIN("excluded") ", " \
	    "site = CASE users.site WHEN '' THEN excluded.site " \
		"ELSE users.site END, " \
	    "vanished = 0 " \
	"WHERE " PLAIN("users") " IS NOT " PLAIN("excluded") \
	    " OR users.vanished OR (users.site = '' AND excluded.site <> '')"

#define BURY_VANISHED \
	"UPDATE users SET vanished = 1, active = 0 WHERE NOT vanished " \
	    "AND scim_id NOT IN (SELECT id FROM temp.listing)"

#define COUNT_JOINED \
	"SELECT count(*) FROM users JOIN temp.listing " \
	    "ON users.scim_id = listing.id WHERE "

enum err
update_begin(struct store *store, const struct conf *conf, int64_t now,
    struct update **ret, struct diag *diag)
{
	AUTO(update) struct update *update = calloc(1, sizeof(*update));
	enum err r;

	if (update == NULL)
		return fail(diag, ERR_NOMEM, "listing");
	update->store = store;
	update->conf = conf;
	update->now = now;
	r = store_exec(store, DROP_LISTING, diag);
	if (r == ERR_OK)
		r = store_exec(store, CREATE_LISTING, diag);
	if (r == ERR_OK)
		r = store_prepare(store, INSERT_LISTING, &update->insert,
		    diag);
	if (r != ERR_OK)
		return r;
	*ret = TAKE(update);
	return ERR_OK;
}

static enum err
bind_record(struct store_stmt *insert, const struct record *record,
    struct diag *diag)
{
	const char *const texts[] = {
		record->id, record->external_id, record->user_name,
		record->given_name, record->family_name, record->title,
		record->department, record->site, record->created,
	};
	int place = 1;
	int64_t created_at = INT64_MAX;
	enum err r = ERR_OK;

	for (size_t i = 0; i < ARRAY_LEN(texts) && r == ERR_OK; i++)
		r = store_bind_text(insert, place++, texts[i], diag);
	if (r == ERR_OK)
		r = store_bind_int(insert, place++, record->active, diag);
	/* One instant may be written in many ways. */
	if (!parse_instant(record->created, strlen(record->created),
	    &created_at))
		created_at = INT64_MAX;
	if (r == ERR_OK)
		r = store_bind_int(insert, place, created_at, diag);
	return r;
}

enum err
update_add(struct update *update, const struct record *record,
    struct diag *diag)
{
	enum err r;

	if (*record->id == '\0')
		return fail(diag, ERR_SCIM, "a user without an id");
	r = bind_record(update->insert, record, diag);
	if (r == ERR_OK)
		r = store_run(update->insert, diag);
	if (r != ERR_OK)
		return r;
	if (store_changes(update->store) == 0) {
		update->duplicates++;
		return ERR_OK;
	}
	update->listed++;
	if (update->listed > update->conf->scim_max_users)
		return fail(diag, ERR_SCIM_LIMITS,
		    "more users than [scim] max_users = %llu",
		    (unsigned long long)update->conf->scim_max_users);
	return ERR_OK;
}

/* What the listing says that users does not say yet. */
static enum err
count_differences(struct store *store, struct update_report *report,
    struct diag *diag)
{
	const struct {
		const char *sql;
		uint64_t *number;
	} queries[] = {
		{ "SELECT count(*) FROM temp.listing WHERE id NOT IN "
		    "(SELECT scim_id FROM users)", &report->added },
		{ COUNT_JOINED "users.active AND NOT listing.active",
		    &report->deactivated },
		{ COUNT_JOINED "users.site <> '' AND listing.site <> '' "
		    "AND listing.site <> users.site",
		    &report->site_conflicts },
	};

	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		int64_t number = 0;
		enum err r = store_query_int(store, queries[i].sql, &number,
		    diag);

		if (r != ERR_OK)
			return r;
		*queries[i].number = (uint64_t)number;
	}
	return ERR_OK;
}

static enum err
apply_records(struct store *store, struct update_report *report,
    struct diag *diag)
{
	enum err r = count_differences(store, report, diag);

	if (r != ERR_OK)
		return r;
	r = store_exec(store, UPSERT_USERS, diag);
	if (r != ERR_OK)
		return r;
	report->changed = (uint64_t)store_changes(store) - report->added;
	r = store_exec(store, BURY_VANISHED, diag);
	if (r != ERR_OK)
		return r;
	report->vanished = (uint64_t)store_changes(store);
	return ERR_OK;
}

static enum err
record_sync(struct store *store, int64_t now, enum err result,
    const struct update_report *report, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *insert = NULL;
	AUTO(store_stmt) struct store_stmt *forget = NULL;
	const uint64_t numbers[] = {
		report->listed, report->added, report->changed,
		report->deactivated, report->vanished, report->refused,
	};
	enum err r = store_prepare(store,
	    "INSERT INTO syncs(time, result, listed, added, changed, "
	    "deactivated, vanished, refused) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", &insert, diag);

	if (r == ERR_OK)
		r = store_bind_int(insert, 1, now, diag);
	if (r == ERR_OK)
		r = store_bind_text(insert, 2, err_name(result), diag);
	for (size_t i = 0; i < ARRAY_LEN(numbers) && r == ERR_OK; i++)
		r = store_bind_int(insert, (int)i + 3, (int64_t)numbers[i],
		    diag);
	if (r == ERR_OK)
		r = store_run(insert, diag);
	if (r == ERR_OK)
		r = store_prepare(store, "DELETE FROM syncs WHERE id <= "
		    "(SELECT max(id) FROM syncs) - ?1", &forget, diag);
	if (r == ERR_OK)
		r = store_bind_int(forget, 1, SYNC_HISTORY_MAX, diag);
	if (r == ERR_OK)
		r = store_run(forget, diag);
	return r;
}

enum err
update_record_failure(struct store *store, int64_t now, enum err reason,
    struct diag *diag)
{
	const struct update_report nothing = { 0 };
	enum err r = store_begin(store, diag);

	if (r == ERR_OK)
		r = record_sync(store, now, reason, &nothing, diag);
	if (r == ERR_OK)
		r = store_commit(store, diag);
	store_rollback(store);
	return r;
}

static enum err
apply(const struct update *update, struct update_report *report,
    struct diag *diag)
{
	AUTO(local) struct local *local = NULL;
	struct store *store = update->store;
	enum err r = local_load_host(&local, diag);

	if (r != ERR_OK)
		return r;
	r = apply_records(store, report, diag);
	if (r != ERR_OK)
		return r;
	r = names_assign(store, update->conf, local, report, diag);
	if (r != ERR_OK)
		return r;
	r = groups_update(store, update->conf, local, report, diag);
	if (r != ERR_OK)
		return r;
	r = store_meta_set_int(store, "last_sync", update->now, diag);
	if (r != ERR_OK)
		return r;
	return record_sync(store, update->now, ERR_OK, report, diag);
}

enum err
update_commit(struct update **update, struct update_report *ret,
    struct diag *diag)
{
	AUTO(update) struct update *u = TAKE(*update);
	struct update_report report = { 0 };
	enum err r;

	report.listed = u->listed;
	report.duplicates = u->duplicates;
	if (u->listed == 0)
		return fail(diag, ERR_SCIM_EMPTY,
		    "the server lists no users; nothing was changed");
	r = store_begin(u->store, diag);
	if (r != ERR_OK)
		return r;
	r = apply(u, &report, diag);
	if (r != ERR_OK)
		return r;
	r = store_commit(u->store, diag);
	if (r != ERR_OK)
		return r;
	*ret = report;
	return ERR_OK;
}

void
update_free(struct update **update)
{
	struct update *u = *update;
	enum err r;

	*update = NULL;
	if (u == NULL)
		return;
	store_stmt_free(&u->insert);
	store_rollback(u->store);
	/* What cannot be dropped goes with the connection. */
	r = store_exec(u->store, DROP_LISTING, NULL);
	(void)r;
	free(u);
}
