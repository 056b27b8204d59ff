/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/store_impl.h"

#include <string.h>

#include "base/cleanup.h"

/* -- statements that will be used again ------------------------------------ */

/* Takes the idle statement of this text out of the shelf; NULL if there is
 * none. */
static sqlite3_stmt *
take_idle(struct store *store, const char *sql)
{
	for (size_t i = 0; i < STORE_IDLE_MAX; i++) {
		sqlite3_stmt *stmt = store->idle[i];

		if (stmt == NULL || strcmp(sqlite3_sql(stmt), sql) != 0)
			continue;
		store->idle[i] = NULL;
		return stmt;
	}
	return NULL;
}

/* What was bound to it may be a secret, and what it read is not locked any
 * more.  The one that has been idle for longest makes room. */
static void
put_idle(struct store *store, sqlite3_stmt *stmt)
{
	size_t i = 0;

	(void)sqlite3_reset(stmt);
	(void)sqlite3_clear_bindings(stmt);
	while (i < STORE_IDLE_MAX - 1 && store->idle[i] != NULL)
		i++;
	(void)sqlite3_finalize(store->idle[i]);
	memmove(&store->idle[1], &store->idle[0], i * sizeof(stmt));
	store->idle[0] = stmt;
}

void
store_forget_stmts(struct store *store)
{
	for (size_t i = 0; i < STORE_IDLE_MAX; i++) {
		(void)sqlite3_finalize(store->idle[i]);
		store->idle[i] = NULL;
	}
}

enum err
store_prepare(struct store *store, const char *sql, struct store_stmt **ret,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = calloc(1, sizeof(*stmt));

	if (stmt == NULL)
		return fail(diag, ERR_NOMEM, "%s", store->path);
	stmt->store = store;
	stmt->stmt = take_idle(store, sql);
	if (stmt->stmt == NULL && sqlite3_prepare_v2(store->db, sql, -1,
	    &stmt->stmt, NULL) != SQLITE_OK)
		return store_fail(store, diag);
	*ret = TAKE(stmt);
	return ERR_OK;
}

void
store_stmt_free(struct store_stmt **stmt)
{
	struct store_stmt *s = *stmt;

	*stmt = NULL;
	if (s == NULL)
		return;
	if (s->stmt != NULL)
		put_idle(s->store, s->stmt);
	free(s);
}

/* -- values and rows ------------------------------------------------------- */

enum err
store_bind_text(struct store_stmt *stmt, int place, const char *text,
    struct diag *diag)
{
	if (sqlite3_bind_text(stmt->stmt, place, text, -1,
	    SQLITE_TRANSIENT) != SQLITE_OK)
		return store_fail(stmt->store, diag);
	return ERR_OK;
}

enum err
store_bind_blob(struct store_stmt *stmt, int place, const void *data,
    size_t len, struct diag *diag)
{
	/* SQLite takes a null pointer of length 0 for NULL. */
	if (sqlite3_bind_blob64(stmt->stmt, place, len == 0 ? "" : data, len,
	    SQLITE_TRANSIENT) != SQLITE_OK)
		return store_fail(stmt->store, diag);
	return ERR_OK;
}

enum err
store_bind_int(struct store_stmt *stmt, int place, int64_t value,
    struct diag *diag)
{
	if (sqlite3_bind_int64(stmt->stmt, place, value) != SQLITE_OK)
		return store_fail(stmt->store, diag);
	return ERR_OK;
}

enum err
store_step(struct store_stmt *stmt, bool *ret_row, struct diag *diag)
{
	int rc = sqlite3_step(stmt->stmt);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return store_fail(stmt->store, diag);
	*ret_row = rc == SQLITE_ROW;
	return ERR_OK;
}

enum err
store_run(struct store_stmt *stmt, struct diag *diag)
{
	bool row;
	enum err r = store_step(stmt, &row, diag);

	store_reset(stmt);
	return r;
}

void
store_reset(struct store_stmt *stmt)
{
	(void)sqlite3_reset(stmt->stmt);
}

const char *
store_text(struct store_stmt *stmt, int column)
{
	const unsigned char *text = sqlite3_column_text(stmt->stmt, column);

	return text == NULL ? "" : (const char *)text;
}

const void *
store_blob(struct store_stmt *stmt, int column, size_t *ret_len)
{
	const void *data = sqlite3_column_blob(stmt->stmt, column);

	*ret_len = (size_t)sqlite3_column_bytes(stmt->stmt, column);
	return data;
}

int64_t
store_int(struct store_stmt *stmt, int column)
{
	return sqlite3_column_int64(stmt->stmt, column);
}
