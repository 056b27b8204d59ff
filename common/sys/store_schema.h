/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables of state.db; for store.c.  Whoever changes the schema raises
 * STORE_VERSION: a database of another version is refused.
 */
#ifndef SYS_STORE_SCHEMA_H
#define SYS_STORE_SCHEMA_H

#include <stddef.h>

#define STORE_VERSION 1			/* PRAGMA user_version */
#define STORE_APPLICATION 947402800	/* PRAGMA application_id: "8x80" */

/* SQL statements, for one transaction. */
extern const char *const store_schema[];
extern const size_t store_schema_count;

#endif
