/* SPDX-License-Identifier: BSD-2-Clause */
/* How a connection is opened, and its schema brought up to date. */
#include "sys/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "sys/store_impl.h"
#include "sys/store_schema.h"

#define BUSY_MS 5000

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

static enum err
copy(struct store *from, struct store *to, struct diag *diag)
{
	sqlite3_backup *backup = sqlite3_backup_init(to->db, "main",
	    from->db, "main");

	if (backup == NULL)
		return store_fail(to, diag);
	(void)sqlite3_backup_step(backup, -1);
	/* What failed in between is the connection's error now. */
	if (sqlite3_backup_finish(backup) != SQLITE_OK)
		return store_fail(to, diag);
	return ERR_OK;
}

static enum err
copy_file(const char *path, struct store *to, struct diag *diag)
{
	AUTO(store) struct store *from = NULL;
	enum err r = check_files(path, diag);

	if (r == ERR_OK)
		r = connect_to(path, &from, diag);
	if (r == ERR_OK)
		r = copy(from, to, diag);
	if (r != ERR_OK)
		return r;
	(void)snprintf(to->path, sizeof(to->path), "%s", path);
	return check_version(to, diag);
}

enum err
store_open_copy(const char *path, struct store **ret, struct diag *diag)
{
	AUTO(store) struct store *store = NULL;
	char resolved[PATH_MAX];
	struct stat st;
	enum err r = connect_to(":memory:", &store, diag);

	if (r != ERR_OK)
		return r;
	r = resolve(path, resolved, diag);
	if (r == ERR_OK && lstat(resolved, &st) != 0)
		r = fail_errno(diag,
		    errno == ENOENT ? ERR_STORE_MISSING : ERR_STORE, "%s",
		    path);
	if (r == ERR_OK)
		r = copy_file(resolved, store, diag);
	else if (r == ERR_STORE_MISSING)
		r = upgrade(store, diag);
	if (r != ERR_OK)
		return r;
	*ret = TAKE(store);
	return ERR_OK;
}
