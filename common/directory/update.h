/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Brings the directory to what one complete listing says: all of it, in one
 * transaction, or nothing.
 *
 *	update_begin()
 *	update_add() for every user; update_add_group() for every group, and
 *	update_add_member() for each of its members; or update_repeat()
 *	update_commit()
 *
 * The same records give the same names and ids on every host: names and ids
 * are given in the order (created, id), whatever order the server sent.
 *
 * A listing that would take too many people away at once is not believed
 * (LOSS_PERCENT, LOSS_MIN): see update_commit().
 */
#ifndef DIRECTORY_UPDATE_H
#define DIRECTORY_UPDATE_H

#include "base/limits.h"
#include "directory/record.h"
#include "sys/conf.h"
#include "sys/store.h"

struct update;

struct update_report {
	uint64_t listed;	/* records, each id once */
	uint64_t duplicates;	/* records whose id came before */
	uint64_t added;
	uint64_t changed;	/* say something else, or are named so */
	uint64_t deactivated;	/* were active, are listed and are not */
	uint64_t reactivated;	/* were inactive or vanished, are active */
	uint64_t vanished;	/* were listed, are not */
	uint64_t refused;	/* records without a login name */
	uint64_t names_kept;	/* new login name refused, old one stays */
	uint64_t site_conflicts; /* a site is written once: old one stays */
	uint64_t id_conflicts;	/* the server says another id: ours stays */
	uint64_t links;		/* local accounts of provisioned people */
	uint64_t links_idle;	/* lines of link_local that give none away */
	uint64_t groups;	/* of the server */
	uint64_t groups_refused; /* groups without a name */
	uint64_t gid_conflicts;	/* the server says another gid: ours stays */
	uint64_t members_unknown; /* of groups: neither user nor group */
	uint64_t values_ignored; /* by whoever read the listing */
};

/* What is different after an update, or listed and not applied. */
enum difference_kind {
	DIFFERENCE_ADDED, DIFFERENCE_CHANGED, DIFFERENCE_DEACTIVATED,
	DIFFERENCE_REACTIVATED, DIFFERENCE_VANISHED, DIFFERENCE_REFUSED,
	DIFFERENCE_GROUP_REFUSED, DIFFERENCE_SITE, DIFFERENCE_ID,
	DIFFERENCE_COUNT
};

#define DIFFERENCE_BIT(kind) (1u << (kind))
#define DIFFERENCE_ALL (DIFFERENCE_BIT(DIFFERENCE_COUNT) - 1)

/* Borrowed strings, never NULL; "" where there is nothing to say. */
struct difference {
	enum difference_kind kind;
	const char *id;		/* of the server; a group's key */
	const char *user_name;	/* a group's name as listed */
	const char *login;	/* as it is to be */
	const char *was;	/* login before, if it was another */
	uint64_t fields;	/* changed: bits of update_field_name() */
	const char *reason;	/* refused: err_name() */
	const char *ours;	/* site or uid that stays */
	const char *listed;	/* what the server says instead */
};

/* The field of the bit 1 << i ("title"), NULL after the last. */
const char *update_field_name(unsigned int i);

struct update_options {
	bool accept_loss;	/* the listing is right, whatever it takes */
	bool dry_run;		/* roll back at the end */
	bool has_groups;	/* the listing is of groups, too */
	bool keeps_groups;	/* it says nothing of them: they stay */
	const char *etags;	/* for the next listing; NULL: there is none
				 * that this one could be told by */
	/* Told of every difference of these kinds, one kind after the other;
	 * may be NULL.  What it fails with is the update's failure. */
	unsigned int kinds;	/* DIFFERENCE_BIT() */
	enum err (*difference)(const struct difference *difference,
	    void *context, struct diag *diag);
	void *context;
};

/* Starts collecting, in memory: the database is locked in update_commit()
 * only, because a listing may take minutes and logins write too.  One update
 * per store at a time, and nothing else with the store until it is over.  conf and store stay the caller's and must outlive it.
 * ERR_STORE, ERR_NOMEM. */
enum err update_begin(struct store *store, const struct conf *conf,
	int64_t now, struct update **ret, struct diag *diag) MUST_USE;

/* Takes one record; a second record with the same id replaces nothing and
 * is counted.  ERR_SCIM (no id), ERR_SCIM_LIMITS (more records than
 * [scim] max_users), ERR_STORE. */
enum err update_add(struct update *update, const struct record *record,
	struct diag *diag) MUST_USE;

/* Takes one group; a second one with the same id is nothing, and nor are its
 * members.  ERR_SCIM (no id), ERR_SCIM_LIMITS, ERR_STORE. */
enum err update_add_group(struct update *update,
	const struct group_record *group, struct diag *diag) MUST_USE;

/* Takes one member, user or group, of the group that came last.
 * ERR_SCIM (no id, or no group yet), ERR_SCIM_LIMITS, ERR_STORE. */
enum err update_add_member(struct update *update, const char *id,
	struct diag *diag) MUST_USE;

/* Instead of all these: the listing is as the last one, so records and groups
 * stay; names, links and groups are decided anew, because the host may be
 * another. */
void update_repeat(struct update *update);

/*
 * Applies the listing in one transaction: records, names (names.h), groups
 * (groups.h), tombstones for those who vanished, meta last_sync, scim_etags
 * and (unless it was repeated) last_listing, and a row of the history.  A record that comes back is revived
 * as it was.  The order is (meta.created in whole seconds, id); a creation
 * time that is not an instant in UTC sorts last.
 *
 * Refused unless accept_loss: an empty listing (ERR_SCIM_EMPTY); one by which
 * more than LOSS_PERCENT, and at least LOSS_MIN, of those who were active
 * would be so no more, or of those who were listed, or of the groups; and one
 * without groups where there were some, or whose groups have no member at all
 * where there were LOSS_MIN (ERR_SCIM_LOSS, with the numbers).
 *
 * A dry run tells the differences, changes nothing, and gives *ret also when
 * it ends with ERR_SCIM_EMPTY or ERR_SCIM_LOSS: what would be.
 *
 * ERR_STORE, ERR_ID_EXHAUSTED, ERR_IO (local files).  Either way the update
 * is over; *ret is otherwise untouched on failure.
 */
enum err update_commit(struct update **update,
	const struct update_options *options, struct update_report *ret,
	struct diag *diag) MUST_USE;

/* A row of the history (table syncs, the last SYNC_HISTORY_MAX are kept) for
 * an attempt that failed.  Unless it was the network that failed, the
 * validators of the last listing (meta scim_etags) are forgotten, so that the
 * next one is whole.  ERR_STORE. */
enum err update_record_failure(struct store *store, int64_t now,
	enum err reason, struct diag *diag) MUST_USE;

/*
 * The validators of the last listing; "" when there are none or the last whole
 * listing (meta last_listing) is not known to be younger than
 * SCIM_ETAGS_SECONDS.  A server or something before it that calls everything
 * unchanged for ever would otherwise keep everybody who leaves, unnoticed.
 * "" also when they cannot be read: then everything is listed, which is as
 * good.
 */
void update_get_etags(struct store *store, int64_t now,
	char etags[static SCIM_ETAGS_MAX]);

/* Gives up: rolls back and frees; does nothing after update_commit(). */
void update_free(struct update **update);
static inline void update_auto(struct update **u) { update_free(u); }

#endif
