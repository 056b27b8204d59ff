/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `8x8sso sync`: sync.c runs the parts, sync_report.c says how they went.
 */
#ifndef ADMIN_SYNC_H
#define ADMIN_SYNC_H

#include "admin/admin.h"
#include "directory/publish.h"
#include "directory/update.h"

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
	bool shows_progress;
	struct store *store;
	struct update *update;
	struct key_counts idp;
	struct key_counts device;
	struct update_report users;
	struct publish_report published;
	bool wanted[PART_COUNT];
	struct diag failed[PART_COUNT];	/* code ERR_OK: it did not */
};

struct sync_part {
	const char *name;
	enum err (*run)(struct sync *sync, struct diag *diag);
};

extern const struct sync_part sync_parts[PART_COUNT];

/* To the log, the terminal and, with --json, the one document; the command's
 * exit code. */
int sync_report(const struct sync *sync);

#endif
