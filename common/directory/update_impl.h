/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of update.h share.  update.c collects the listing in
 * temporary tables and says in which order it is applied; update_records.c
 * applies it; update_differ.c finds what is different then, and whether that
 * is too much; update_history.c writes down that there was a sync.
 *
 *	temp.listing		one row per user; place: when it came
 *	temp.listed_groups	one per group; place: its number
 *	temp.listed_members	place of the group, id of the member
 *	temp.before		rows of users as they were, once they are
 *				written; place: their rowid
 *	temp.newest		the greatest rowid there was
 */
#ifndef DIRECTORY_UPDATE_IMPL_H
#define DIRECTORY_UPDATE_IMPL_H

#include "directory/update.h"

/* What of a record is stored as it came; columns of temp.listing and of
 * users. */
#define UPDATE_PLAIN(row) row "external_id, " row "user_name, " \
	row "given_name, " row "family_name, " row "title, " \
	row "department, " row "created, " row "active, " row "number, " \
	row "created_at"

struct update {
	struct store *store;
	const struct conf *conf;
	int64_t now;
	bool repeats;			/* temp.listing is empty */
	bool is_ordered;		/* it has each id once */
	struct store_stmt *insert;	/* into temp.listing */
	struct store_stmt *insert_group;
	struct store_stmt *insert_member;
	uint64_t listed;
	uint64_t duplicates;
	uint64_t groups;
	uint64_t members;
	bool skips_members;		/* of a group that came twice */
};

/* How many there were: what the guard compares with. */
struct update_before {
	int64_t active;
	int64_t listed;
	int64_t groups;
	int64_t groups_lost;
	int64_t members;	/* of groups */
};

/* Runs statements until one fails; the last is NULL. */
enum err update_run(struct store *store, const char *const *sql,
	struct diag *diag) MUST_USE;

/* Makes temp.before and temp.newest, which fill themselves, and counts. */
enum err update_remember(const struct update *update,
	struct update_before *ret, struct diag *diag) MUST_USE;

/* temp.listing -> users, but for newcomers: names_admit() writes them down,
 * once and with their names.  Those of them whom a link may be for are written
 * down here, without. */
enum err update_records(const struct update *update, struct diag *diag)
	MUST_USE;

/* temp.listed_groups and temp.listed_members -> scim_groups and
 * scim_members, as the options say; counts those that go. */
enum err update_groups(const struct update *update,
	const struct update_options *options, struct update_before *before,
	struct diag *diag) MUST_USE;

/* Counts the differences. */
enum err update_count(const struct update *update,
	struct update_report *report, struct diag *diag) MUST_USE;

/* ERR_SCIM_EMPTY, ERR_SCIM_LOSS. */
enum err update_guard(const struct update *update,
	const struct update_options *options,
	const struct update_before *before,
	const struct update_report *report, struct diag *diag) MUST_USE;

/* Tells the differences to options->difference. */
enum err update_tell(const struct update *update,
	const struct update_options *options, struct diag *diag) MUST_USE;

/* A row of the history, inside the caller's transaction. */
enum err update_record_sync(struct store *store, int64_t now,
	enum err result, const struct update_report *report,
	struct diag *diag) MUST_USE;

/* meta scim_etags; NULL or "": none. */
enum err update_set_etags(struct store *store, const char *etags,
	struct diag *diag) MUST_USE;

#endif
