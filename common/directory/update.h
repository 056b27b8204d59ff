/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Brings the directory to what one complete listing says: all of it, in one
 * transaction, or nothing.
 *
 *	update_begin(); update_add() for every record; update_commit()
 *
 * The same records give the same names and ids on every host: names and ids
 * are given in the order (created, id), whatever order the server sent.
 */
#ifndef DIRECTORY_UPDATE_H
#define DIRECTORY_UPDATE_H

#include "directory/record.h"
#include "sys/conf.h"
#include "sys/store.h"

struct update;

struct update_report {
	uint64_t listed;	/* records, each id once */
	uint64_t duplicates;	/* records whose id came before */
	uint64_t added;
	uint64_t changed;
	uint64_t deactivated;	/* were active, are not */
	uint64_t vanished;	/* were listed, are not */
	uint64_t refused;	/* records without a login name */
	uint64_t names_kept;	/* new login name refused, old one stays */
	uint64_t site_conflicts; /* a site is written once: old one stays */
	uint64_t groups_refused; /* attribute values without a group */
};

/* Starts collecting, in memory: the database is locked in update_commit()
 * only, because a listing may take minutes and logins write too.  One update
 * per store at a time.  conf and store stay the caller's and must outlive it.
 * ERR_STORE, ERR_NOMEM. */
enum err update_begin(struct store *store, const struct conf *conf,
	int64_t now, struct update **ret, struct diag *diag) MUST_USE;

/* Takes one record; a second record with the same id replaces nothing and
 * is counted.  ERR_SCIM (no id), ERR_SCIM_LIMITS (more records than
 * [scim] max_users), ERR_STORE. */
enum err update_add(struct update *update, const struct record *record,
	struct diag *diag) MUST_USE;

/*
 * Applies the listing in one transaction: records, names (names.h), groups
 * (groups.h), tombstones for those who vanished, meta last_sync, and a row of
 * the history.  A record that comes back is revived as it was.  The order is
 * (meta.created in whole seconds, id); a creation time that is not an instant
 * in UTC sorts last.  ERR_SCIM_EMPTY (an empty listing changes nothing),
 * ERR_STORE, ERR_ID_EXHAUSTED, ERR_IO (local files).  Either way the update
 * is over; *ret is untouched on failure.
 */
enum err update_commit(struct update **update, struct update_report *ret,
	struct diag *diag) MUST_USE;

/* A row of the history (table syncs, the last SYNC_HISTORY_MAX are kept) for
 * an attempt that failed before there was anything to commit.  ERR_STORE. */
enum err update_record_failure(struct store *store, int64_t now,
	enum err reason, struct diag *diag) MUST_USE;

/* Gives up: rolls back and frees; does nothing after update_commit(). */
void update_free(struct update **update);
static inline void update_auto(struct update **u) { update_free(u); }

#endif
