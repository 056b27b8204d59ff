/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `8x8sso sync`: sync.c runs the parts, sync_users.c is the greatest of them,
 * sync_differ.c prints what a dry run finds, sync_report.c says how it went.
 */
#ifndef ADMIN_SYNC_H
#define ADMIN_SYNC_H

#include "admin/admin.h"
#include "admin/progress.h"
#include "directory/publish.h"
#include "directory/update.h"
#include "sys/json.h"

enum part_id { PART_IDP, PART_DEVICE, PART_USERS, PART_COUNT };

/* Of one key set. */
struct key_counts {
	size_t keys;
	size_t added;		/* since the sync before */
	size_t removed;
	size_t left_out;
};

struct sync {
	const struct admin *admin;
	const char *from;	/* saved listing, or NULL */
	bool accept_loss;
	bool dry_run;
	struct progress progress;
	struct json_writer writer;	/* of --json's document */
	struct store *store;
	struct update *update;
	struct key_counts idp;
	struct key_counts device;
	struct update_report users;
	bool has_report;	/* users is filled */
	unsigned int logged;	/* conflicts */
	struct publish_report published;
	bool wanted[PART_COUNT];
	struct diag failed[PART_COUNT];	/* code ERR_OK: it did not */
};

struct sync_part {
	const char *name;
	enum err (*run)(struct sync *sync, struct diag *diag);
};

extern const struct sync_part sync_parts[PART_COUNT];

/* Lists the users, applies the listing and publishes; a dry run does the
 * first, and tells what the second would do. */
enum err sync_users(struct sync *sync, struct diag *diag) MUST_USE;

/* One difference, for people (80 columns) or into the array of the
 * document. */
void sync_differ_text(const struct difference *difference, FILE *out);
void sync_differ_json(const struct difference *difference,
	struct json_writer *w);

/* With --json, the beginning of the document: up to the array of differences
 * of a dry run. */
void sync_report_begin(struct sync *sync);

/* Instead: no part was begun.  To the log, because nobody may be looking, and
 * as admin_fail(). */
int sync_report_none(const struct sync *sync, const struct diag *why);

/* To the log, the terminal and, with --json, the rest of the document; the
 * command's exit code. */
int sync_report(struct sync *sync);

#endif
