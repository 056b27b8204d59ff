/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/update_impl.h"

#include "base/cleanup.h"

/* What people would call a change.  `before` has these columns. */
#define SEEN(row) row "external_id, " row "user_name, " row "given_name, " \
	row "family_name, " row "title, " row "department, " row "site, " \
	row "created, " row "active, " row "vanished, " row "login, " \
	row "refused"

/*
 * The trigger sees whatever writes to users from here on: names, groups and
 * all who may come.  Rows that are new are not of interest, and nor is it
 * that a column is filled which no version had before.
 */
static const char *const remember[] = {
	"CREATE TABLE temp.newest AS "
	    "SELECT coalesce(max(rowid), 0) AS place FROM main.users",
	"CREATE TABLE temp.before(place INTEGER PRIMARY KEY, " SEEN("") ")",
	"CREATE TEMP TRIGGER users_before AFTER UPDATE ON main.users "
	    "WHEN (" SEEN("OLD.") ") IS NOT (" SEEN("NEW.") ") "
		"AND OLD.rowid <= (SELECT place FROM newest) "
		"AND NOT EXISTS (SELECT 1 FROM before "
		    "WHERE place = OLD.rowid) "
	    "BEGIN INSERT INTO before VALUES (OLD.rowid, " SEEN("OLD.") "); "
	    "END",
	NULL
};

/* Whom just-in-time creation wrote down is not listed, so not lost. */
#define COUNT_LISTED "SELECT count(*), coalesce(sum(active), 0) FROM users " \
	"WHERE NOT vanished AND seen_at = 0"

/* Writes a row only if it says something new: that is found out by reading,
 * because a million writes that change nothing are slow ones.  The file is read
 * as it lies, and what it is compared with is in memory.  What users.site has
 * stays. */
#define UPDATE_USERS \
	"INSERT INTO users(scim_id, " UPDATE_PLAIN("") ", site, site_listed) " \
	"SELECT l.id, " UPDATE_PLAIN("l.") ", l.site, l.site " \
	    "FROM users AS u CROSS JOIN temp.listing AS l " \
		"ON l.id = u.scim_id " \
	    "WHERE u.vanished OR u.seen_at <> 0 " \
		"OR u.site_listed <> l.site " \
		"OR (u.site = '' AND l.site <> '') " \
		"OR (" UPDATE_PLAIN("u.") ") IS NOT (" UPDATE_PLAIN("l.") ") " \
	"ON CONFLICT(scim_id) DO UPDATE SET " \
	    "(" UPDATE_PLAIN("") ") = (" UPDATE_PLAIN("excluded.") "), " \
	    "site = CASE users.site WHEN '' THEN excluded.site " \
		"ELSE users.site END, " \
	    "site_listed = excluded.site_listed, " \
	    "vanished = 0, seen_at = 0"

/* Links are decided before names, and only users have them. */
#define INSERT_LINKABLE \
	"INSERT INTO users(scim_id, " UPDATE_PLAIN("") ", site, site_listed) " \
	"SELECT id, " UPDATE_PLAIN("") ", site, site FROM temp.listing " \
	    "WHERE user_name = ?1 COLLATE NOCASE " \
	    "AND id NOT IN (SELECT scim_id FROM users)"

#define BURY_VANISHED \
	"UPDATE users SET vanished = 1, active = 0 " \
	    "WHERE NOT vanished AND seen_at = 0 " \
	    "AND scim_id NOT IN (SELECT id FROM temp.listing)"

enum err
update_remember(const struct update *update, struct update_before *ret,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	bool row = false;
	enum err r = update_run(update->store, remember, diag);

	if (r == ERR_OK)
		r = store_prepare(update->store, COUNT_LISTED, &stmt, diag);
	if (r == ERR_OK)
		r = store_step(stmt, &row, diag);
	if (r != ERR_OK)
		return r;
	ret->listed = store_int(stmt, 0);
	ret->active = store_int(stmt, 1);
	r = store_query_int(update->store,
	    "SELECT count(*) FROM scim_groups", &ret->groups, diag);
	return r != ERR_OK ? r : store_query_int(update->store,
	    "SELECT count(*) FROM scim_members", &ret->members, diag);
}

enum err
update_records(const struct update *update, struct diag *diag)
{
	static const char *const sql[] = {
		UPDATE_USERS, BURY_VANISHED, NULL
	};
	struct conf_link_local link;
	enum err r = ERR_OK;

	if (update->repeats)
		return ERR_OK;
	for (size_t i = 0; r == ERR_OK &&
	    conf_link_local(update->conf, i, &link); i++)
		r = STORE_RUN(update->store, diag, INSERT_LINKABLE,
		    store_text_value(link.user_name));
	return r != ERR_OK ? r : update_run(update->store, sql, diag);
}

/* Only what is different is written. */
static const char *const store_groups[] = {
	"DELETE FROM scim_members WHERE NOT EXISTS (SELECT 1 "
	    "FROM temp.listed_groups AS g JOIN temp.listed_members AS m "
	    "ON m.place = g.place WHERE g.id = scim_members.group_id "
	    "AND m.member_id = scim_members.member_id)",
	"DELETE FROM scim_groups "
	    "WHERE id NOT IN (SELECT id FROM temp.listed_groups)",
	"INSERT INTO scim_groups(id, display_name, number) "
	    "SELECT l.id, l.display_name, l.number "
		"FROM temp.listed_groups AS l LEFT JOIN scim_groups AS g "
		"ON g.id = l.id WHERE g.id IS NULL "
		"OR g.display_name <> l.display_name OR g.number <> l.number "
	    "ON CONFLICT(id) DO UPDATE SET "
		"display_name = excluded.display_name, "
		"number = excluded.number",
	"INSERT INTO scim_members(group_id, member_id) "
	    "SELECT g.id, m.member_id FROM temp.listed_groups AS g "
		"JOIN temp.listed_members AS m ON m.place = g.place "
		"WHERE NOT EXISTS (SELECT 1 FROM scim_members AS s "
		"WHERE s.group_id = g.id AND s.member_id = m.member_id)",
	NULL
};

enum err
update_groups(const struct update *update,
    const struct update_options *options, struct update_before *before,
    struct diag *diag)
{
	enum err r;

	if (update->repeats || options->keeps_groups)
		return ERR_OK;
	r = store_query_int(update->store, "SELECT count(*) FROM scim_groups "
	    "WHERE id NOT IN (SELECT id FROM temp.listed_groups)",
	    &before->groups_lost, diag);
	if (r != ERR_OK)
		return r;
	return update_run(update->store, store_groups, diag);
}
