/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/store.h"

#include <stdlib.h>

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
	store_forget_stmts(s);
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

int64_t
store_changes(const struct store *store)
{
	return sqlite3_changes(store->db);
}
