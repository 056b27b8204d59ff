/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/groups.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/parse.h"
#include "directory/group_nesting.h"
#include "directory/registry.h"
#include "directory/update_impl.h"

/* Of whom there may be groups, in the order in which they get names; SQL is a
 * literal so that no configured word becomes a part of a statement.  Keys: no
 * word before the ':' has one, so no value makes the key of another's. */
static const struct source {
	const char *name;
	const char *rows;	/* key, label, number of the server */
	const char *with_newcomers; /* the same, also of temp.listing */
} sources[] = {
#define VALUES(name, of) "SELECT '" #name ":' || " #name ", " #name \
	", '' FROM (" of ")"
#define OF_USERS(name) \
	"SELECT DISTINCT " #name " FROM users " \
	    "WHERE " #name " <> '' AND NOT vanished"
#define OF_NEWCOMERS(name) \
	" UNION SELECT " #name " FROM temp.listing WHERE " #name " <> '' " \
	    "AND NOT EXISTS (SELECT 1 FROM users " \
	    "WHERE users.scim_id = listing.id)"
#define ATTRIBUTE(name) { #name, VALUES(name, OF_USERS(name)), \
	VALUES(name, OF_USERS(name) OF_NEWCOMERS(name)) }
#define OF_SERVER "SELECT 'scim:' || id, display_name, number FROM scim_groups"
	ATTRIBUTE(department),
	ATTRIBUTE(site),
	ATTRIBUTE(title),
	{ "scim", OF_SERVER, OF_SERVER },
#undef ATTRIBUTE
};

/*
 * Every group that is wanted.  claims: its gid is the server's to say, by
 * number.  held: its name was its own before.  refused: why there is no such
 * group, or ''.
 */
static const char *const make_tables[] = {
	"CREATE TABLE temp.wanted_groups("
	    "key TEXT PRIMARY KEY NOT NULL, place, label, number, claims, "
	    "name, refused, held, gid) WITHOUT ROWID",
	"CREATE TABLE temp.given_names("
	    "name TEXT PRIMARY KEY NOT NULL, key) WITHOUT ROWID",
	NULL
};

static const char *const drop_tables[] = {
	"DROP TABLE IF EXISTS temp.wanted_groups",
	"DROP TABLE IF EXISTS temp.given_names",
	NULL
};

#define INSERT_WANTED \
	"INSERT INTO temp.wanted_groups VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, " \
	    "EXISTS (SELECT 1 FROM groups WHERE key = ?1 AND name = ?6), " \
	    "(SELECT id FROM ids WHERE kind = 'g' AND key = ?1))"

/* Before people get theirs.  What a group had stays here when it is gone. */
static const char *const store_names[] = {
	"DELETE FROM group_names WHERE NOT given "
	    "AND name NOT IN (SELECT name FROM temp.wanted_groups)",
	"INSERT INTO group_names(name) SELECT DISTINCT name "
	    "FROM temp.wanted_groups WHERE name <> '' "
	    "AND name NOT IN (SELECT name FROM group_names)",
	NULL
};

#define KEEP_NAMES \
	"UPDATE group_names SET given = 1 WHERE NOT given " \
	    "AND name IN (SELECT name FROM groups)"

/* Who has a name keeps it, and a group as long as it asks for it: nobody gets
 * into a group's files, or past a rule for its name, by making another one
 * that is called so. */
static const char *const decide_names[] = {
	"UPDATE temp.wanted_groups SET refused = 'name-taken' "
	    "WHERE refused = '' AND EXISTS (SELECT 1 FROM users "
	    "WHERE login = name OR home_name = name)",
	"INSERT OR IGNORE INTO temp.given_names "
	    "SELECT name, key FROM temp.wanted_groups WHERE refused = '' "
	    "ORDER BY held DESC, place, key",
	"UPDATE temp.wanted_groups SET refused = 'name-taken' "
	    "WHERE refused = '' AND key <> (SELECT given.key "
	    "FROM temp.given_names AS given WHERE given.name = "
	    "wanted_groups.name)",
	NULL
};

/* Only what is different is written. */
static const char *const store_groups[] = {
	"DELETE FROM groups WHERE NOT EXISTS (SELECT 1 "
	    "FROM temp.wanted_groups AS w WHERE w.key = groups.key "
	    "AND w.refused = '' AND w.name = groups.name)",
	"INSERT INTO groups(gid, key, name) "
	    "SELECT gid, key, name FROM temp.wanted_groups AS w "
	    "WHERE refused = '' AND NOT EXISTS (SELECT 1 FROM groups "
	    "WHERE groups.key = w.key)",
	"DELETE FROM groups_refused WHERE NOT EXISTS (SELECT 1 "
	    "FROM temp.wanted_groups AS w WHERE w.key = groups_refused.key "
	    "AND w.refused = groups_refused.refused "
	    "AND w.label = groups_refused.label "
	    "AND w.gid IS groups_refused.gid)",
	"INSERT INTO groups_refused(key, gid, label, refused) "
	    "SELECT w.key, w.gid, w.label, w.refused FROM temp.wanted_groups AS w "
	    "WHERE refused <> '' AND NOT EXISTS (SELECT 1 "
	    "FROM groups_refused WHERE groups_refused.key = w.key)",
	NULL
};

#define COUNT_CONFLICTS \
	"SELECT count(*) FROM temp.wanted_groups WHERE claims " \
	    "AND number <> '' AND number <> CAST(gid AS TEXT)"

/* Of groups of the server: those that no listing has as a user or group. */
#define COUNT_UNKNOWN \
	"SELECT count(*) FROM scim_members WHERE " \
	    "NOT EXISTS (SELECT 1 FROM users WHERE scim_id = member_id) " \
	    "AND NOT EXISTS (SELECT 1 FROM aliases " \
		"WHERE aliases.scim_id = member_id) " \
	    "AND NOT EXISTS (SELECT 1 FROM scim_groups WHERE id = member_id)"

static bool
is_configured(const struct conf *conf, const char *name)
{
	if (strcmp(name, "scim") == 0)
		return conf->groups_scim;
	for (size_t i = 0; i < conf->groups_attributes.count; i++)
		if (strcmp(conf->groups_attributes.item[i], name) == 0)
			return true;
	return false;
}

static bool
is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
	    c == '_';
}

/* False: too long for a name. */
static bool
make_name(const char *value, char name[static LOGIN_NAME_MAX_LEN + 1])
{
	size_t len = 0;
	bool gap = false;

	for (; *value != '\0'; value++) {
		char c[] = { *value, '\0' };

		parse_lower(c);
		if (!is_name_byte(c[0])) {
			gap = len > 0;
			continue;
		}
		if (len + 2 > LOGIN_NAME_MAX_LEN)
			return false;
		if (gap)
			name[len++] = '-';
		gap = false;
		name[len++] = c[0];
	}
	name[len] = '\0';
	return true;
}

/* One update of the groups. */
struct making {
	struct store *store;
	const struct conf *conf;
	const struct local *local;
	bool newcomers;			/* of temp.listing, too */
	struct store_stmt *insert;	/* into temp.wanted_groups */
};

static void
making_clear(struct making *making)
{
	store_stmt_free(&making->insert);
}
DEFINE_AUTO(making, struct making, making_clear);

/* The name is "" if the label makes none. */
static enum err
judge_name(const struct making *making, const char *label,
    char name[static LOGIN_NAME_MAX_LEN + 1])
{
	if (!make_name(label, name) ||
	    !parse_is_login_name(name, strlen(name), false)) {
		name[0] = '\0';
		return ERR_NAME_GRAMMAR;
	}
	if (local_has_name(making->local, name))
		return ERR_NAME_LOCAL;
	return ERR_OK;
}

/* One row of a source. */
static enum err
want_group(struct making *making, size_t place, struct store_stmt *row,
    struct diag *diag)
{
	const char *label = store_text(row, 1);
	bool claims = strcmp(sources[place].name, "scim") == 0 &&
	    making->conf->groups_gid_attribute[0] != '\0';
	char name[LOGIN_NAME_MAX_LEN + 1];
	enum err verdict = judge_name(making, label, name);
	const char *const texts[] = { label, store_text(row, 2) };
	struct store_stmt *insert = making->insert;
	enum err r = store_bind_text(insert, 1, store_text(row, 0), diag);

	if (r == ERR_OK)
		r = store_bind_int(insert, 2, (int64_t)place, diag);
	for (size_t i = 0; i < ARRAY_LEN(texts) && r == ERR_OK; i++)
		r = store_bind_text(insert, (int)i + 3, texts[i], diag);
	if (r == ERR_OK)
		r = store_bind_int(insert, 5, claims, diag);
	if (r == ERR_OK)
		r = store_bind_text(insert, 6, name, diag);
	if (r == ERR_OK)
		r = store_bind_text(insert, 7,
		    verdict == ERR_OK ? "" : err_name(verdict), diag);
	if (r == ERR_OK)
		r = store_run(insert, diag);
	return r;
}

static enum err
want_groups_of(struct making *making, size_t place, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *rows = NULL;
	bool row = false;
	enum err r = store_prepare(making->store, making->newcomers ?
	    sources[place].with_newcomers : sources[place].rows, &rows, diag);

	if (r == ERR_OK)
		r = store_step(rows, &row, diag);
	while (r == ERR_OK && row) {
		r = want_group(making, place, rows, diag);
		if (r == ERR_OK)
			r = store_step(rows, &row, diag);
	}
	return r;
}

/* One row of a group that has no gid yet: key, number, claims. */
static enum err
register_group(struct making *making, struct registry *registry,
    struct store_stmt *row, struct diag *diag)
{
	const char *key = store_text(row, 0);
	uint32_t gid = 0;
	enum err r = store_int(row, 2) == 0 ?
	    registry_give(registry, REGISTRY_GROUP, key, &gid, diag) :
	    registry_claim(registry, REGISTRY_GROUP, key, store_text(row, 1),
	    &gid, diag);

	if (!registry_refuses(r))
		return r;
	return STORE_RUN(making->store, diag, "UPDATE temp.wanted_groups "
	    "SET refused = ?2 WHERE key = ?1 AND refused = ''",
	    store_text_value(key), store_text_value(err_name(r)));
}

/* Also groups that are refused for their names, so that hosts with other local
 * groups give the same gids.  Who can have one gid only comes first. */
static enum err
register_new(struct making *making, struct diag *diag)
{
	AUTO(registry) struct registry *registry = NULL;
	AUTO(store_stmt) struct store_stmt *rows = NULL;
	bool row = false;
	enum err r = registry_open(making->store, making->conf,
	    making->local, &registry, diag);

	if (r == ERR_OK)
		r = store_prepare(making->store, "SELECT key, number, claims "
		    "FROM temp.wanted_groups WHERE gid IS NULL "
		    "ORDER BY claims DESC, place, key", &rows, diag);
	if (r == ERR_OK)
		r = store_step(rows, &row, diag);
	while (r == ERR_OK && row) {
		r = register_group(making, registry, rows, diag);
		if (r == ERR_OK)
			r = store_step(rows, &row, diag);
	}
	if (r != ERR_OK)
		return r;
	return store_exec(making->store, "UPDATE temp.wanted_groups "
	    "SET gid = (SELECT id FROM ids WHERE kind = 'g' "
	    "AND ids.key = wanted_groups.key) WHERE gid IS NULL", diag);
}

enum err
groups_want(struct store *store, const struct conf *conf,
    const struct local *local, bool newcomers, struct diag *diag)
{
	AUTO(making) struct making making = {
		store, conf, local, newcomers, NULL,
	};
	enum err r = update_run(store, drop_tables, diag);

	if (r == ERR_OK)
		r = update_run(store, make_tables, diag);
	if (r == ERR_OK)
		r = store_prepare(store, INSERT_WANTED, &making.insert, diag);
	for (size_t i = 0; i < ARRAY_LEN(sources) && r == ERR_OK; i++)
		if (is_configured(conf, sources[i].name))
			r = want_groups_of(&making, i, diag);
	if (r == ERR_OK)
		r = update_run(store, store_names, diag);
	return r;
}

static enum err
count(struct making *making, struct update_report *report, struct diag *diag)
{
	const struct {
		const char *sql;
		uint64_t *number;
	} queries[] = {
		{ "SELECT count(*) FROM groups_refused",
		    &report->groups_refused },
		{ COUNT_CONFLICTS, &report->gid_conflicts },
		{ making->conf->groups_scim ? COUNT_UNKNOWN : "SELECT 0",
		    &report->members_unknown },
	};
	enum err r = ERR_OK;

	for (size_t i = 0; i < ARRAY_LEN(queries) && r == ERR_OK; i++) {
		int64_t number = 0;

		r = store_query_int(making->store, queries[i].sql, &number,
		    diag);
		*queries[i].number = (uint64_t)number;
	}
	return r;
}

enum err
groups_update(struct store *store, const struct conf *conf,
    const struct local *local, struct update_report *report,
    struct diag *diag)
{
	AUTO(making) struct making making = {
		store, conf, local, false, NULL,
	};
	enum err r = register_new(&making, diag);

	if (r == ERR_OK)
		r = update_run(store, decide_names, diag);
	if (r == ERR_OK)
		r = update_run(store, store_groups, diag);
	if (r == ERR_OK)
		r = store_exec(store, KEEP_NAMES, diag);
	if (r == ERR_OK)
		r = group_nesting_update(store, conf, diag);
	if (r == ERR_OK)
		r = count(&making, report, diag);
	if (r == ERR_OK)
		r = update_run(store, drop_tables, diag);
	return r;
}
