/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables of state.db; for store.c.  Whoever changes the schema raises
 * STORE_VERSION and adds the statements that lead there from the version
 * before: a new database goes through all of them, an old one through those
 * that it lacks.
 */
#ifndef SYS_STORE_SCHEMA_H
#define SYS_STORE_SCHEMA_H

#define STORE_VERSION 4			/* PRAGMA user_version */
#define STORE_APPLICATION 947402800	/* PRAGMA application_id: "8x80" */

/* From each version to the next: SQL statements, NULL at the end, for one
 * transaction. */
extern const char *const *const store_schema[STORE_VERSION];

/* For a connection to an older one that cannot be written: what is missing
 * there, in memory, for those who only read; NULL at the end. */
extern const char *const store_schema_reading[];

#endif
