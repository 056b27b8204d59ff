/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * state.db: SQLite behind the few calls that the rules need.
 *
 * One struct store is one connection, used by one thread.  The schema is in
 * store_schema.c, versioned by PRAGMA user_version; ids are write-once by
 * trigger.  A busy database is waited for up to 5 s.  A committed transaction
 * survives a power cut.  Every failure is ERR_STORE with SQLite's message and
 * the remedy in diag.
 */
#ifndef SYS_STORE_H
#define SYS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct store;

/* Opens the database; with create, makes it (0600, schema and all, or not at
 * all) if the file is missing.  A file that is damaged, empty, foreign, a
 * symbolic link or of a later version is refused and left as it is, because
 * the ids of everybody are in it; one of an earlier version is brought up to
 * ours, in one transaction.  A file that cannot be written opens for reading,
 * as it is.  ERR_STORE_MISSING, ERR_STORE_VERSION, ERR_STORE, ERR_NOMEM. */
enum err store_open(const char *path, bool create, struct store **ret,
	struct diag *diag) MUST_USE;

/* A copy in memory, of our version, of the database as it is now; an empty
 * one if the file is missing.  For trying out what would be: nobody waits for
 * a lock, and nothing on the disk is made or changed.  It is as large as the
 * file.  The same errors. */
enum err store_open_copy(const char *path, struct store **ret,
	struct diag *diag) MUST_USE;
void store_free(struct store **store);
static inline void store_auto(struct store **store) { store_free(store); }

/* BEGIN IMMEDIATE ... COMMIT.  store_rollback() does nothing outside a
 * transaction, so an early return may always call it; store_free() rolls
 * back too. */
enum err store_begin(struct store *store, struct diag *diag) MUST_USE;
enum err store_commit(struct store *store, struct diag *diag) MUST_USE;
void store_rollback(struct store *store);

/*
 * A statement: prepare once, then bind, step, read columns, reset; free it
 * before its store.  A few that were freed are kept, reset and without what
 * was bound, so that to prepare one anew costs little.
 *	"SELECT uid FROM users WHERE login = ?1"
 */
struct store_stmt;

enum err store_prepare(struct store *store, const char *sql,
	struct store_stmt **ret, struct diag *diag) MUST_USE;
void store_stmt_free(struct store_stmt **stmt);
static inline void
store_stmt_auto(struct store_stmt **stmt)
{
	store_stmt_free(stmt);
}

/* Places count from 1.  The bytes are copied; NULL binds SQL NULL. */
enum err store_bind_text(struct store_stmt *stmt, int place, const char *text,
	struct diag *diag) MUST_USE;
enum err store_bind_blob(struct store_stmt *stmt, int place, const void *data,
	size_t len, struct diag *diag) MUST_USE;
enum err store_bind_int(struct store_stmt *stmt, int place, int64_t value,
	struct diag *diag) MUST_USE;

/* Runs to the next row: *ret_row says whether there is one.
 * ERR_EXISTS when a uniqueness or write-once rule refuses; ERR_STORE. */
enum err store_step(struct store_stmt *stmt, bool *ret_row,
	struct diag *diag) MUST_USE;

/* store_step() for a statement that gives no row, then reset. */
enum err store_run(struct store_stmt *stmt, struct diag *diag) MUST_USE;
void store_reset(struct store_stmt *stmt);

/* Runs one statement without parameters whose rows do not matter. */
enum err store_exec(struct store *store, const char *sql, struct diag *diag)
	MUST_USE;

/* A value for a place of a statement; NULL text is SQL NULL.  It borrows what
 * it is made of. */
struct store_value {
	enum { STORE_TEXT, STORE_BLOB, STORE_INT } kind;
	const void *data;
	size_t len;		/* of a blob */
	int64_t number;
};

struct store_value store_text_value(const char *text);
struct store_value store_blob_value(const void *data, size_t len);
struct store_value store_int_value(int64_t number);

/* All of prepare, bind (?1 and so on) and run, for a statement that is run
 * once and gives no row. */
enum err store_run_with(struct store *store, const char *sql,
	const struct store_value *values, size_t count, struct diag *diag)
	MUST_USE;

/* The same for one that gives rows: *ret is at the first of them, from which
 * store_step() goes on, or NULL when there is none. */
enum err store_ask_with(struct store *store, const char *sql,
	const struct store_value *values, size_t count,
	struct store_stmt **ret, struct diag *diag) MUST_USE;

/* STORE_RUN(store, diag, sql, value of ?1, of ?2 ...), with one at least. */
#define STORE_VALUES(...) (const struct store_value[]){ __VA_ARGS__ }, \
	sizeof((const struct store_value[]){ __VA_ARGS__ }) / \
	sizeof(struct store_value)
#define STORE_RUN(store, diag, sql, ...) \
	store_run_with(store, sql, STORE_VALUES(__VA_ARGS__), diag)
#define STORE_ASK(store, ret, diag, sql, ...) \
	store_ask_with(store, sql, STORE_VALUES(__VA_ARGS__), ret, diag)

/* The number that a statement without parameters gives; 0 without a row. */
enum err store_query_int(struct store *store, const char *sql, int64_t *ret,
	struct diag *diag) MUST_USE;

/* Rows that the last INSERT, UPDATE or DELETE wrote itself. */
int64_t store_changes(const struct store *store);

/* Columns count from 0.  Text is never NULL (SQL NULL reads as ""); it and
 * blobs are borrowed until the next step, reset or free. */
const char *store_text(struct store_stmt *stmt, int column);
const void *store_blob(struct store_stmt *stmt, int column, size_t *ret_len);
int64_t store_int(struct store_stmt *stmt, int column);

/* Copies a column.  False when it does not fit; a blob also when it is
 * empty. */
bool store_copy_text(struct store_stmt *stmt, int column, char *to,
	size_t size) __attribute__((warn_unused_result));
bool store_copy_blob(struct store_stmt *stmt, int column, void *to,
	size_t size, size_t *ret_len) __attribute__((warn_unused_result));

/* Single values of the table meta (last_sync, idp_login_url ...); absent
 * reads as "" and 0.  Numbers are not negative. */
enum err store_meta_set(struct store *store, const char *key,
	const char *value, struct diag *diag) MUST_USE;
enum err store_meta_get(struct store *store, const char *key, char *value,
	size_t size, struct diag *diag) MUST_USE;
enum err store_meta_set_int(struct store *store, const char *key,
	int64_t value, struct diag *diag) MUST_USE;
enum err store_meta_get_int(struct store *store, const char *key,
	int64_t *ret, struct diag *diag) MUST_USE;

#endif
