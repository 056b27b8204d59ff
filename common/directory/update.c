/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/update.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/parse.h"
#include "directory/groups.h"
#include "directory/jit.h"
#include "directory/links.h"
#include "directory/local.h"
#include "directory/names.h"
#include "directory/update_impl.h"

/* The listing lives in memory (temp_store).  Its ids are put into an order
 * when all have come: to find the place of each in a large one costs ten times
 * as much. */
static const char *const make_tables[] = {
	"CREATE TABLE temp.listing("
	    "place INTEGER PRIMARY KEY, id TEXT NOT NULL, external_id, "
	    "user_name, given_name, family_name, title, department, site, "
	    "created, number, active, created_at)",
	"CREATE TABLE temp.listed_groups("
	    "id TEXT PRIMARY KEY NOT NULL, display_name, number, place) "
	    "WITHOUT ROWID",
	"CREATE TABLE temp.listed_members("
	    "place, member_id, PRIMARY KEY (place, member_id)) WITHOUT ROWID",
	NULL
};

/* Of records with one id, the first is kept. */
static const char *const drop_duplicates[] = {
	"CREATE INDEX temp.listing_ids ON listing(id, place)",
	"DELETE FROM temp.listing WHERE EXISTS (SELECT 1 "
	    "FROM temp.listing AS other WHERE other.id = listing.id "
	    "AND other.place < listing.place)",
	NULL
};

static const char *const drop_tables[] = {
	"DROP TRIGGER IF EXISTS temp.users_before",
	"DROP TABLE IF EXISTS temp.before",
	"DROP TABLE IF EXISTS temp.newest",
	"DROP TABLE IF EXISTS temp.listing",
	"DROP TABLE IF EXISTS temp.listed_groups",
	"DROP TABLE IF EXISTS temp.listed_members",
	NULL
};

enum err
update_run(struct store *store, const char *const *sql, struct diag *diag)
{
	enum err r = ERR_OK;

	for (; *sql != NULL && r == ERR_OK; sql++)
		r = store_exec(store, *sql, diag);
	return r;
}

static enum err
prepare_inserts(struct update *update, struct diag *diag)
{
	const struct {
		const char *sql;
		struct store_stmt **stmt;
	} inserts[] = {
		{ "INSERT OR IGNORE INTO temp.listing VALUES "
		    "(NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
		    &update->insert },
		{ "INSERT OR IGNORE INTO temp.listed_groups VALUES "
		    "(?1, ?2, ?3, ?4)", &update->insert_group },
		{ "INSERT OR IGNORE INTO temp.listed_members VALUES (?1, ?2)",
		    &update->insert_member },
	};
	enum err r = ERR_OK;

	for (size_t i = 0; i < ARRAY_LEN(inserts) && r == ERR_OK; i++)
		r = store_prepare(update->store, inserts[i].sql,
		    inserts[i].stmt, diag);
	return r;
}

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
	r = update_run(store, drop_tables, diag);
	if (r == ERR_OK)
		r = update_run(store, make_tables, diag);
	if (r == ERR_OK)
		r = prepare_inserts(update, diag);
	/* Of the temporary tables only, so it locks nothing; without it each
	 * row is a transaction, whose end looks at every page there is. */
	if (r == ERR_OK)
		r = store_exec(store, "BEGIN", diag);
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
		record->number,
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

/* From here on, a record whose id came before is nothing. */
static enum err
order_listing(struct update *update, struct diag *diag)
{
	static const char order[] =
	    "CREATE UNIQUE INDEX temp.listing_id ON listing(id)";
	enum err r = store_exec(update->store, order, diag);
	uint64_t duplicates;

	update->is_ordered = true;
	if (r != ERR_EXISTS)
		return r;
	r = update_run(update->store, drop_duplicates, diag);
	if (r != ERR_OK)
		return r;
	duplicates = (uint64_t)store_changes(update->store);
	update->listed -= duplicates;
	update->duplicates += duplicates;
	r = store_exec(update->store, "DROP INDEX temp.listing_ids", diag);
	return r != ERR_OK ? r : store_exec(update->store, order, diag);
}

enum err
update_add(struct update *update, const struct record *record,
    struct diag *diag)
{
	enum err r;

	if (*record->id == '\0')
		return fail(diag, ERR_SCIM, "a user without an id");
	/* Ids that only sign-ins give. */
	if (strncmp(record->id, JIT_ID_PREFIX, sizeof(JIT_ID_PREFIX) - 1) == 0)
		return fail(diag, ERR_SCIM, "a user with the id %s",
		    record->id);
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
	if (update->listed > update->conf->scim_max_users &&
	    !update->is_ordered)
		r = order_listing(update, diag);
	if (r != ERR_OK)
		return r;
	if (update->listed > update->conf->scim_max_users)
		return fail(diag, ERR_SCIM_LIMITS,
		    "more users than [scim] max_users = %llu",
		    (unsigned long long)update->conf->scim_max_users);
	return ERR_OK;
}

enum err
update_add_group(struct update *update, const struct group_record *group,
    struct diag *diag)
{
	struct store_stmt *insert = update->insert_group;
	enum err r;

	if (*group->id == '\0')
		return fail(diag, ERR_SCIM, "a group without an id");
	if (update->groups == SCIM_GROUPS_MAX)
		return fail(diag, ERR_SCIM_LIMITS, "more than %u groups",
		    SCIM_GROUPS_MAX);
	r = store_bind_text(insert, 1, group->id, diag);
	if (r == ERR_OK)
		r = store_bind_text(insert, 2, group->display_name, diag);
	if (r == ERR_OK)
		r = store_bind_text(insert, 3, group->number, diag);
	if (r == ERR_OK)
		r = store_bind_int(insert, 4, (int64_t)update->groups + 1,
		    diag);
	if (r == ERR_OK)
		r = store_run(insert, diag);
	if (r != ERR_OK)
		return r;
	update->skips_members = store_changes(update->store) == 0;
	update->groups += !update->skips_members;
	return ERR_OK;
}

enum err
update_add_member(struct update *update, const char *id, struct diag *diag)
{
	struct store_stmt *insert = update->insert_member;
	enum err r;

	if (*id == '\0' || update->groups == 0)
		return fail(diag, ERR_SCIM, "a member without %s",
		    *id == '\0' ? "an id" : "a group");
	if (update->members == SCIM_MEMBERS_MAX)
		return fail(diag, ERR_SCIM_LIMITS, "more than %u members",
		    SCIM_MEMBERS_MAX);
	update->members++;
	if (update->skips_members)
		return ERR_OK;
	r = store_bind_int(insert, 1, (int64_t)update->groups, diag);
	if (r == ERR_OK)
		r = store_bind_text(insert, 2, id, diag);
	if (r == ERR_OK)
		r = store_run(insert, diag);
	return r;
}

void
update_repeat(struct update *update)
{
	update->repeats = true;
}

/* Everything that decides, in its order. */
static enum err
decide(const struct update *update, const struct update_options *options,
    struct update_before *before, struct update_report *report,
    struct diag *diag)
{
	AUTO(local) struct local *local = NULL;
	struct store *store = update->store;
	const struct conf *conf = update->conf;
	enum err r = local_load_host(&local, diag);

	if (r == ERR_OK)
		r = jit_recognise(store, diag);
	if (r == ERR_OK)
		r = update_records(update, diag);
	if (r == ERR_OK)
		r = links_update(store, conf, local, report, diag);
	if (r == ERR_OK)
		r = update_groups(update, options, before, diag);
	if (r == ERR_OK)
		r = groups_want(store, conf, local, true, diag);
	if (r == ERR_OK)
		r = names_admit(store, conf, local, report, diag);
	if (r == ERR_OK)
		r = groups_update(store, conf, local, report, diag);
	return r;
}

static enum err
write_down(const struct update *update, const struct update_options *options,
    const struct update_report *report, struct diag *diag)
{
	struct store *store = update->store;
	enum err r = store_meta_set_int(store, "last_sync", update->now,
	    diag);

	if (r == ERR_OK && !update->repeats)
		r = store_meta_set_int(store, "last_listing", update->now,
		    diag);
	if (r == ERR_OK)
		r = update_set_etags(store, options->etags, diag);
	if (r == ERR_OK)
		r = update_record_sync(store, update->now, ERR_OK, report,
		    diag);
	return r;
}

/* *ret_verdict is the guard's; a dry run goes on to tell what it refused. */
static enum err
apply(const struct update *update, const struct update_options *options,
    struct update_report *report, enum err *ret_verdict, struct diag *diag)
{
	struct update_before before = { 0 };
	enum err r = update_remember(update, &before, diag);

	if (r == ERR_OK)
		r = decide(update, options, &before, report, diag);
	if (r == ERR_OK)
		r = update_count(update, report, diag);
	if (r != ERR_OK)
		return r;
	*ret_verdict = update_guard(update, options, &before, report, diag);
	if (*ret_verdict != ERR_OK && !options->dry_run)
		return *ret_verdict;
	r = update_tell(update, options, diag);
	if (r == ERR_OK)
		r = write_down(update, options, report, diag);
	return r;
}

enum err
update_commit(struct update **update, const struct update_options *options,
    struct update_report *ret, struct diag *diag)
{
	AUTO(update) struct update *u = TAKE(*update);
	struct update_report report = { 0 };
	enum err verdict = ERR_OK;
	enum err r = u->is_ordered ? ERR_OK : order_listing(u, diag);

	report.duplicates = u->duplicates;
	if (r == ERR_OK)
		r = store_exec(u->store, "COMMIT", diag);
	if (r == ERR_OK)
		r = store_begin(u->store, diag);
	if (r == ERR_OK)
		r = apply(u, options, &report, &verdict, diag);
	if (r == ERR_OK && !options->dry_run)
		r = store_commit(u->store, diag);
	if (r != ERR_OK)
		return r;
	*ret = report;
	return verdict;
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
	store_stmt_free(&u->insert_group);
	store_stmt_free(&u->insert_member);
	store_rollback(u->store);
	/* What cannot be dropped goes with the connection. */
	r = update_run(u->store, drop_tables, NULL);
	(void)r;
	free(u);
}
