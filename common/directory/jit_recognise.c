/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/jit.h"

#include "directory/update_impl.h"

/* Both are searched for each other's names, in either case of the letters; the
 * few are put into an order for that, the many are read once. */
static const char *const recognise[] = {
	"DROP TABLE IF EXISTS temp.jit_people",
	"CREATE TABLE temp.jit_people("
	    "user_name TEXT PRIMARY KEY NOT NULL COLLATE NOCASE, "
	    "user_id TEXT NOT NULL) WITHOUT ROWID",
	"INSERT OR IGNORE INTO temp.jit_people "
	    "SELECT user_name, scim_id FROM users WHERE seen_at > 0",
	/* A listed record that has an account of its own keeps it; of several
	 * with the name the first is the person's, and has the alias. */
	"INSERT OR IGNORE INTO aliases(scim_id, user_id) "
	    "SELECT listing.id, jit_people.user_id FROM temp.listing "
	    "JOIN temp.jit_people "
	    "ON jit_people.user_name = listing.user_name "
	    "WHERE listing.id NOT IN (SELECT scim_id FROM users) "
	    "AND listing.id NOT IN (SELECT scim_id FROM aliases) "
	    "ORDER BY listing.created_at, listing.id",
	"UPDATE users SET seen_at = 0 WHERE seen_at > 0 "
	    "AND scim_id IN (SELECT user_id FROM aliases)",
	"DROP TABLE temp.jit_people",
	NULL
};

/* What the listing says of them by its own ids; groups have the listing's, and
 * their view knows the aliases. */
static const char *const translate[] = {
	"UPDATE temp.listing SET id = (SELECT user_id FROM aliases "
	    "WHERE scim_id = listing.id) "
	    "WHERE id IN (SELECT scim_id FROM aliases)",
	NULL
};

enum err
jit_recognise(struct store *store, struct diag *diag)
{
	int64_t people = 0;
	enum err r = store_query_int(store,
	    "SELECT count(*) FROM users WHERE seen_at > 0", &people, diag);

	if (r == ERR_OK && people > 0)
		r = update_run(store, recognise, diag);
	if (r == ERR_OK)
		r = update_run(store, translate, diag);
	return r;
}
