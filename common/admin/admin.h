/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the commands of `8x8sso` share.  main.c has the table of commands,
 * parses the global options and loads the configuration; a command gets this
 * and its own arguments (argv[0] is its name) and returns an exit code.
 */
#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#include "sys/conf.h"
#include "sys/store.h"

/* Documented in 8x8sso(8). */
enum admin_exit {
	ADMIN_OK = 0,
	ADMIN_FAILED = 1,	/* did not work; what was there before stays */
	ADMIN_USAGE = 2,
	ADMIN_NOT_CONFIGURED = 3,
};

struct admin {
	const char *conf_path;
	struct conf conf;	/* `check` loads it itself */
	int64_t now;
	bool json;	/* --json: one JSON document on standard output */
	bool quiet;	/* --quiet: errors only */
};

int admin_sync(struct admin *admin, int argc, char **argv);
int admin_check(struct admin *admin, int argc, char **argv);
int admin_deliver(struct admin *admin, int argc, char **argv);
int admin_publish(struct admin *admin, int argc, char **argv);
int admin_status(struct admin *admin, int argc, char **argv);
int admin_group(struct admin *admin, int argc, char **argv);
int admin_idp(struct admin *admin, int argc, char **argv);
int admin_ids(struct admin *admin, int argc, char **argv);
int admin_user(struct admin *admin, int argc, char **argv);

/* "8x8sso: DETAIL (REASON: its text)" (escaped) on standard error, and with --json also
 * {"error": REASON, "detail": DETAIL} on standard output, so a command must
 * not have printed there before.  Returns ADMIN_FAILED. */
int admin_fail(const struct admin *admin, const struct diag *diag);

/* "8x8sso: WHAT" and where to read more, on standard error; ADMIN_USAGE. */
int admin_usage(const char *what);

/* Opens state.db as the service account (sandbox_as): the process stays that
 * account until sandbox_as_root(). */
enum err admin_store_open(const struct admin *admin, bool create,
	struct store **ret, struct diag *diag) MUST_USE;

/* Opens state.db, calls read, closes, and is root again: for commands that
 * only look.  read's error, or those of opening. */
enum err admin_with_store(const struct admin *admin,
	enum err (*read)(struct store *store, void *context,
	    struct diag *diag),
	void *context, struct diag *diag) MUST_USE;

#endif
