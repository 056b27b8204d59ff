/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/store.h"

#include <stdlib.h>

#include <sqlite3.h>

#include "base/cleanup.h"
#include "sys/store_impl.h"

static const struct {
	int code;	/* primary */
	const char *text;
} remedies[] = {
	{ SQLITE_CORRUPT, "; it is damaged: restore it from a backup" },
	{ SQLITE_NOTADB, "; restore it from a backup, or move it away" },
	{ SQLITE_READONLY, "; check owner and mode of file and directory" },
	{ SQLITE_CANTOPEN, "; check owner and mode of file and directory" },
	{ SQLITE_FULL, "; make room on its file system" },
	{ SQLITE_BUSY, "; another process holds it" },
};

enum err
store_fail(const struct store *store, struct diag *diag)
{
	int code = sqlite3_extended_errcode(store->db);
	const char *remedy = "";

	if (code == SQLITE_NOMEM)
		return fail(diag, ERR_NOMEM, "%s", store->path);
	for (size_t i = 0; i < ARRAY_LEN(remedies); i++)
		if (remedies[i].code == (code & 0xff))
			remedy = remedies[i].text;
	switch (code) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
	case SQLITE_CONSTRAINT_TRIGGER:
		return fail(diag, ERR_EXISTS, "%s: %s", store->path,
		    sqlite3_errmsg(store->db));
	default:
		return fail(diag, ERR_STORE, "%s: %s (%d)%s", store->path,
		    sqlite3_errmsg(store->db), code, remedy);
	}
}

enum err
store_exec(struct store *store, const char *sql, struct diag *diag)
{
	if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return store_fail(store, diag);
	return ERR_OK;
}

enum err
store_query_int(struct store *store, const char *sql, int64_t *ret,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	bool row = false;
	enum err r = store_prepare(store, sql, &stmt, diag);

	if (r == ERR_OK)
		r = store_step(stmt, &row, diag);
	if (r != ERR_OK)
		return r;
	*ret = row ? store_int(stmt, 0) : 0;
	return ERR_OK;
}

void
store_free(struct store **store)
{
	struct store *s = *store;

	*store = NULL;
	if (s == NULL)
		return;
	(void)sqlite3_close_v2(s->db);
	free(s);
}

enum err
store_begin(struct store *store, struct diag *diag)
{
	return store_exec(store, "BEGIN IMMEDIATE", diag);
}

enum err
store_commit(struct store *store, struct diag *diag)
{
	enum err r = store_exec(store, "COMMIT", diag);

	/* A COMMIT that failed leaves the transaction open. */
	if (r != ERR_OK)
		store_rollback(store);
	return r;
}

void
store_rollback(struct store *store)
{
	if (sqlite3_get_autocommit(store->db) == 0)
		(void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

enum err
store_prepare(struct store *store, const char *sql, struct store_stmt **ret,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = calloc(1, sizeof(*stmt));

	if (stmt == NULL)
		return fail(diag, ERR_NOMEM, "%s", store->path);
	stmt->store = store;
	if (sqlite3_prepare_v2(store->db, sql, -1, &stmt->stmt, NULL) !=
	    SQLITE_OK)
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
	(void)sqlite3_finalize(s->stmt);
	free(s);
}

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

int64_t
store_changes(const struct store *store)
{
	return sqlite3_changes(store->db);
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
