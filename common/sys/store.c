/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "sys/store_schema.h"

#define BUSY_MS 5000

struct store {
	sqlite3 *db;
	char path[PATH_MAX];
};

struct store_stmt {
	sqlite3_stmt *stmt;
	struct store *store;
};

/*
 * Set on every connection.
 *
 * The rollback journal and not WAL: our transactions are few and small, and
 * WAL would leave two more files that every reader must be able to write.
 * EXTRA and not FULL: with FULL a power cut can bring a deleted journal back,
 * which undoes the transaction that recorded an assertion as used.
 * No memory mapping: a file that shrinks would be a SIGBUS.
 * At most 64 MiB of pages in memory: a sync of 100,000 people touches about
 * that much, and a login a few pages of it.
 */
static const char *const settings[] = {
	"PRAGMA journal_mode = DELETE",
	"PRAGMA synchronous = EXTRA",
	"PRAGMA cell_size_check = ON",
	"PRAGMA temp_store = MEMORY",
	"PRAGMA mmap_size = 0",
	"PRAGMA cache_size = -65536",
};

static const struct {
	int option;
	int value;
} switches[] = {
	{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
	{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
	{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
	{ SQLITE_DBCONFIG_DQS_DDL, 0 },
	{ SQLITE_DBCONFIG_DQS_DML, 0 },
};

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

static enum err
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

/*
 * The path with its directory resolved: SQLITE_OPEN_NOFOLLOW refuses a
 * symbolic link anywhere, and /var may well be one; the file itself may not.
 */
static enum err
resolve(const char *path, char *resolved, struct diag *diag)
{
	char dir[PATH_MAX];
	char real[PATH_MAX];
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	int n;

	n = slash == NULL ? snprintf(dir, sizeof(dir), ".") :
	    snprintf(dir, sizeof(dir), "%.*s/", (int)(slash - path), path);
	if (n < 0 || (size_t)n >= sizeof(dir))
		return fail(diag, ERR_STORE, "%s: path is too long", path);
	if (realpath(dir, real) == NULL)
		return fail_errno(diag,
		    errno == ENOENT ? ERR_STORE_MISSING : ERR_STORE, "%s",
		    dir);
	n = snprintf(resolved, PATH_MAX, "%s/%s",
	    strcmp(real, "/") == 0 ? "" : real, name);
	if (n < 0 || n >= PATH_MAX)
		return fail(diag, ERR_STORE, "%s: path is too long", path);
	return ERR_OK;
}

/* Connects to a file that exists. */
static enum err
connect_to(const char *path, struct store **ret, struct diag *diag)
{
	AUTO(store) struct store *store = calloc(1, sizeof(*store));
	enum err r = ERR_OK;

	if (store == NULL)
		return fail(diag, ERR_NOMEM, "%s", path);
	(void)snprintf(store->path, sizeof(store->path), "%s", path);
	if (sqlite3_open_v2(path, &store->db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL) != SQLITE_OK)
		return store_fail(store, diag);
	(void)sqlite3_extended_result_codes(store->db, 1);
	(void)sqlite3_busy_timeout(store->db, BUSY_MS);
	for (size_t i = 0; i < ARRAY_LEN(switches); i++)
		if (sqlite3_db_config(store->db, switches[i].option,
		    switches[i].value, NULL) != SQLITE_OK)
			return store_fail(store, diag);
	for (size_t i = 0; i < ARRAY_LEN(settings) && r == ERR_OK; i++)
		r = store_exec(store, settings[i], diag);
	if (r != ERR_OK)
		return r;
	*ret = TAKE(store);
	return ERR_OK;
}

/* Whatever another process did meanwhile: the version counts that it has
 * inside the transaction. */
static enum err
upgrade(struct store *store, struct diag *diag)
{
	int64_t version = 0;
	enum err r = store_begin(store, diag);

	if (r == ERR_OK)
		r = store_query_int(store, "PRAGMA user_version", &version,
		    diag);
	for (; r == ERR_OK && version < STORE_VERSION; version++)
		for (const char *const *sql = store_schema[version];
		    *sql != NULL && r == ERR_OK; sql++)
			r = store_exec(store, *sql, diag);
	if (r == ERR_OK)
		r = store_commit(store, diag);
	store_rollback(store);
	return r;
}

static enum err
build_schema(const char *path, struct diag *diag)
{
	AUTO(store) struct store *store = NULL;
	enum err r = connect_to(path, &store, diag);

	if (r != ERR_OK)
		return r;
	return upgrade(store, diag);
}

/* A name that ends with "-journal" beside the database. */
static void
journal_of(const char *path, char *journal)
{
	(void)snprintf(journal, PATH_MAX, "%.*s-journal",
	    PATH_MAX - (int)sizeof("-journal"), path);
}

/* SQLite would wait for the writer of a pipe, without end. */
static enum err
check_files(const char *path, struct diag *diag)
{
	char journal[PATH_MAX];
	const char *const files[] = { path, journal };
	struct stat st;

	journal_of(path, journal);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (lstat(files[i], &st) == 0 && !S_ISREG(st.st_mode))
			return fail(diag, ERR_STORE, "%s: is not a regular "
			    "file; move it away", files[i]);
	return ERR_OK;
}

/*
 * Makes the database beside its place and links it there when it is whole, so
 * that an empty or half-made state.db is always damage and never a beginning.
 * Whoever is first wins; the other one's is dropped.
 */
static enum err
create(const char *path, struct diag *diag)
{
	AUTO_CLOSE int fd = -1;
	char temp[PATH_MAX];
	char journal[PATH_MAX];
	struct stat st;
	int n = snprintf(temp, sizeof(temp), "%s.XXXXXX", path);
	enum err r;

	if (n < 0 || (size_t)n >= sizeof(temp))
		return fail(diag, ERR_STORE, "%s: path is too long", path);
	journal_of(path, journal);
	/* SQLite would play it back into the new database. */
	if (lstat(journal, &st) == 0)
		return fail(diag, ERR_STORE, "%s is there but %s is not: "
		    "restore it from a backup, or move the journal away",
		    journal, path);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return fail_errno(diag, ERR_STORE, "%s", temp);
	r = build_schema(temp, diag);
	if (r == ERR_OK && link(temp, path) != 0 && errno != EEXIST)
		r = fail_errno(diag, ERR_STORE, "%s", path);
	(void)unlink(temp);
	if (r != ERR_OK)
		return r;
	return io_sync_directory_of(path, diag);
}

/* What cannot be written now (a full or read-only disk) is as good as it was
 * for those who only read: the account phase locks nobody out.  The others
 * find what they need missing. */
static enum err
bring_up_to_date(struct store *store, struct diag *diag)
{
	int64_t version = 0;
	enum err r = upgrade(store, NULL);

	if (r != ERR_OK)
		r = store_query_int(store, "PRAGMA user_version", &version,
		    diag);
	else
		version = STORE_VERSION;
	if (version >= STORE_VERSION)
		return r;
	for (const char *const *sql = store_schema_reading;
	    *sql != NULL && r == ERR_OK; sql++)
		r = store_exec(store, *sql, diag);
	return r;
}

static enum err
check_version(struct store *store, struct diag *diag)
{
	int64_t application = 0;
	int64_t version = 0;
	enum err r = store_query_int(store, "PRAGMA application_id", &application,
	    diag);

	if (r != ERR_OK)
		return r;
	if (application != STORE_APPLICATION)
		return fail(diag, ERR_STORE, "%s: not a state database of "
		    "8x8sso; restore it from a backup, or move it away",
		    store->path);
	r = store_query_int(store, "PRAGMA user_version", &version, diag);
	if (r != ERR_OK)
		return r;
	if (version < 1 || version > STORE_VERSION)
		return fail(diag, ERR_STORE_VERSION, "%s: version %lld, but "
		    "this program knows version %d; install the 8x8sso that "
		    "made it", store->path, (long long)version,
		    STORE_VERSION);
	if (version < STORE_VERSION)
		return bring_up_to_date(store, diag);
	return ERR_OK;
}

enum err
store_open(const char *path, bool may_create, struct store **ret,
    struct diag *diag)
{
	AUTO(store) struct store *store = NULL;
	char resolved[PATH_MAX];
	struct stat st;
	enum err r = resolve(path, resolved, diag);

	if (r != ERR_OK)
		return r;
	if (lstat(resolved, &st) != 0) {
		if (errno != ENOENT)
			return fail_errno(diag, ERR_STORE, "%s", path);
		if (!may_create)
			return fail(diag, ERR_STORE_MISSING, "%s", path);
		r = create(resolved, diag);
		if (r != ERR_OK)
			return r;
	}
	r = check_files(resolved, diag);
	if (r != ERR_OK)
		return r;
	r = connect_to(resolved, &store, diag);
	if (r != ERR_OK)
		return r;
	r = check_version(store, diag);
	if (r != ERR_OK)
		return r;
	*ret = TAKE(store);
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
