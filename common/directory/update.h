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
	uint64_t listed;	/* records in the listing */
	uint64_t duplicates;	/* ids that came more than once */
	uint64_t added;
	uint64_t changed;
	uint64_t deactivated;	/* were active, are not */
	uint64_t vanished;	/* were listed, are not */
	uint64_t refused;	/* records without a login name, see user list */
};

/* Starts the transaction.  ERR_STORE, ERR_NOMEM. */
enum err update_begin(struct store *store, const struct conf *conf,
	int64_t now, struct update **ret, struct diag *diag) MUST_USE;

/* Takes one record; a second record with the same id replaces nothing and
 * is counted.  ERR_STORE. */
enum err update_add(struct update *update, const struct record *record,
	struct diag *diag) MUST_USE;

/* Applies the listing and commits.  ERR_SCIM_EMPTY (an empty listing changes
 * nothing), ERR_STORE, ERR_ID_EXHAUSTED.  Either way the update is over. */
enum err update_commit(struct update **update, struct update_report *ret,
	struct diag *diag) MUST_USE;

/* Gives up: rolls back and frees; does nothing after update_commit(). */
void update_free(struct update **update);
static inline void update_auto(struct update **u) { update_free(u); }

#endif
