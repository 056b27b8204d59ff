/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What store.c and store_open.c share; the only files that know SQLite.
 */
#ifndef SYS_STORE_IMPL_H
#define SYS_STORE_IMPL_H

#include <limits.h>
#include <sqlite3.h>

#include "sys/store.h"

struct store {
	sqlite3 *db;
	char path[PATH_MAX];
};

struct store_stmt {
	sqlite3_stmt *stmt;
	struct store *store;
};

/* ERR_STORE, ERR_EXISTS or ERR_NOMEM for the connection's last error, with
 * its message and the remedy. */
enum err store_fail(const struct store *store, struct diag *diag) MUST_USE;

#endif
