/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What store.c, store_open.c and store_stmt.c share; the only files that know
 * SQLite.
 */
#ifndef SYS_STORE_IMPL_H
#define SYS_STORE_IMPL_H

#include <limits.h>
#include <sqlite3.h>

#include "sys/store.h"

/* To make a statement of its text costs more than most of them do, and a
 * listing runs the same few for every user. */
#define STORE_IDLE_MAX 16

struct store {
	sqlite3 *db;
	sqlite3_stmt *idle[STORE_IDLE_MAX];	/* the last one first */
	char path[PATH_MAX];
};

struct store_stmt {
	sqlite3_stmt *stmt;
	struct store *store;
};

/* ERR_STORE, ERR_EXISTS or ERR_NOMEM for the connection's last error, with
 * its message and the remedy. */
enum err store_fail(const struct store *store, struct diag *diag) MUST_USE;

/* Before the connection is closed. */
void store_forget_stmts(struct store *store);

#endif
