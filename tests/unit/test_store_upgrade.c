/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host that has run an older version goes on with the programs of today: no
 * id is lost, and nobody is locked out between the package and the next sync.
 */
#include "state.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "auth/flows.h"
#include "auth/pending.h"
#include "base/io.h"
#include "directory/directory.h"
#include "sys/store_schema.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

static void
run_sql(const char *path, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
run_file(const char *db, const char *name)
{
	AUTO(buf) struct buf sql = BUF_INIT(1u << 16);
	char path[PATH_MAX];
	AUTO_CLOSE int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/tests/vectors/state/%s",
	    getenv("top_srcdir"), name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_err(io_read_all(fd, &sql, NULL), ERR_OK);
	run_sql(db, buf_str(&sql));
}

/* A database as version 1 left it. */
static int
old_setup(void **data)
{
	struct state *state = calloc(1, sizeof(*state));

	assert_non_null(state);
	state_init(state);
	run_file(state->path, "version-1.sql");
	assert_int_equal(chmod(state->path, 0600), 0);
	*data = state;
	return 0;
}

/* As version 2 left it. */
static int
newer_setup(void **data)
{
	struct state *state;
	int r = old_setup(data);

	state = *data;
	run_file(state->path, "version-2.sql");
	return r;
}

/* As version 3 left it. */
static int
newest_setup(void **data)
{
	struct state *state;
	int r = newer_setup(data);

	state = *data;
	run_file(state->path, "version-3.sql");
	return r;
}

static void
open_it(struct state *state)
{
	struct diag diag = DIAG_INIT;

	store_free(&state->store);
	if (store_open(state->path, false, &state->store, &diag) != ERR_OK)
		fail_msg("%s", diag.text);
}

static const char *
version(struct state *state)
{
	return state_query(state->store, "PRAGMA user_version");
}

static enum err
announce(struct state *state)
{
	struct pending login = {
		.request_id = "_1", .user = "b.simon", .created = 100,
	};

	return pending_add(state->store, &login, NULL);
}

/* What needs version 3. */
static enum err
begin_flow(struct state *state)
{
	const struct flow_claim claim = {
		.id = "1", .user = "b.simon", .source = "192.0.2.1",
		.until = 200,
	};

	state->conf.device_per_user = 1;
	state->conf.device_per_source = 1;
	state->conf.device_per_host = 1;
	state->conf.device_concurrent = 1;
	return flows_begin(state->store, &state->conf, &claim, 100, NULL);
}

/* Everything that version 1 knew, in one line. */
static const char *
contents(struct state *state)
{
	return state_query(state->store, "SELECT "
	    "(SELECT value FROM meta WHERE key = 'last_sync') || ' ' || "
	    "(SELECT group_concat(id || kind || key || registered_at) "
	    "FROM ids) || ' ' || "
	    "(SELECT group_concat(login || uid || home_name) FROM users) "
	    "|| ' ' || (SELECT count(*) FROM memberships) "
	    "|| (SELECT group_concat(subject || pinned_at) FROM pins) "
	    "|| (SELECT count(*) FROM replay) "
	    "|| (SELECT count(*) FROM idp_keys) || (SELECT max(id) "
	    "FROM syncs)");
}

#define CONTENTS "1790000000 2000000000uscim-11789000000," \
	"2000000001gdepartment:Sales1789000000 b.simon2000000000b.simon " \
	"1entra:t:o1789000001111"

static void
opening_brings_an_old_database_up_to_date(void **data)
{
	struct state *state = *data;
	struct stat st;

	open_it(state);
	assert_string_equal(version(state), TEXT(STORE_VERSION));
	assert_string_equal(contents(state), CONTENTS);
	assert_string_equal(state_query(state->store,
	    "PRAGMA integrity_check"), "ok");
	assert_string_equal(state_query(state->store,
	    "PRAGMA foreign_key_check"), "");
	state_exec(state->store, "DELETE FROM pending", ERR_OK);
	assert_err(announce(state), ERR_OK);
	assert_int_equal(stat(state->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	/* And once is enough. */
	open_it(state);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM pending"), "1");
}

static void
an_upgraded_database_is_as_a_new_one(void **data)
{
	static const char schema[] = "SELECT group_concat(type || name || "
	    "replace(replace(sql, ' ', ''), char(10), ''), char(10)) FROM "
	    "(SELECT * FROM sqlite_schema WHERE sql IS NOT NULL "
	    "ORDER BY name)";
	struct state *old = *data;
	struct state new;
	AUTO(store_stmt) struct store_stmt *a = NULL;
	AUTO(store_stmt) struct store_stmt *b = NULL;
	bool row = false;

	state_init(&new);
	state_open(&new);
	open_it(old);
	assert_err(store_prepare(old->store, schema, &a, NULL), ERR_OK);
	assert_err(store_prepare(new.store, schema, &b, NULL), ERR_OK);
	assert_err(store_step(a, &row, NULL), ERR_OK);
	assert_err(store_step(b, &row, NULL), ERR_OK);
	assert_string_equal(store_text(a, 0), store_text(b, 0));
	assert_true(strlen(store_text(a, 0)) > 3000);
	store_stmt_free(&b);
	state_clear(&new);
}

/* What logins had left for each other is good until its time is over. */
static void
version_2_loses_nothing_either(void **data)
{
	struct state *state = *data;

	open_it(state);
	assert_string_equal(version(state), TEXT(STORE_VERSION));
	assert_string_equal(contents(state), CONTENTS);
	assert_string_equal(state_query(state->store, "SELECT request_id || "
	    "user || service || rhost || created || expires FROM pending"),
	    "_0b.simonsshd192.0.2.117900000004000000000");
	assert_string_equal(state_query(state->store, "SELECT user || "
	    "request_id || session_end || expires FROM codes"),
	    "b.simon_004000000000");
	assert_string_equal(state_query(state->store, "SELECT key || count "
	    "|| ends FROM rates"), "code b.simon 192.0.2.131790000900");
	assert_err(begin_flow(state), ERR_OK);
}

static void
version_2_stays_readable_on_a_full_disk(void **data)
{
	struct state *state = *data;

	state_fill_disk(true);
	open_it(state);
	assert_string_equal(version(state), "2");
	assert_string_equal(contents(state), CONTENTS);
	assert_err(begin_flow(state), ERR_STORE);
	state_fill_disk(false);
	open_it(state);
	assert_string_equal(version(state), TEXT(STORE_VERSION));
	assert_err(begin_flow(state), ERR_OK);
}

static void
a_third_version_that_breaks_off_leaves_the_second(void **data)
{
	struct state *state = *data;

	run_sql(state->path, "CREATE TABLE homes(x)");
	open_it(state);
	assert_string_equal(version(state), "2");
	assert_string_equal(contents(state), CONTENTS);
	assert_string_equal(state_query(state->store, "SELECT count(*) FROM "
	    "sqlite_schema WHERE name IN ('jwks', 'flows')"), "0");
	/* SAML goes on. */
	assert_err(announce(state), ERR_OK);
}

/* What is new has a value that a sync would replace. */
static void
version_3_loses_nothing(void **data)
{
	struct state *state = *data;

	open_it(state);
	assert_string_equal(version(state), TEXT(STORE_VERSION));
	assert_string_equal(state_query(state->store,
	    "PRAGMA integrity_check"), "ok");
	assert_string_equal(state_query(state->store,
	    "PRAGMA foreign_key_check"), "");
	assert_string_equal(state_query(state->store, "SELECT group_concat("
	    "scim_id || coalesce(login, '') || coalesce(home_name, '') || "
	    "coalesce(uid, '') || active || vanished || refused) FROM "
	    "(SELECT * FROM users ORDER BY scim_id)"),
	    "goneannann200000001001,new10name-taken,"
	    "renamedsmithbob200000001110,"
	    "scim-1b.simonb.simon200000000010");
	assert_string_equal(state_query(state->store, "SELECT count(*) "
	    "FROM users WHERE created_at = 9223372036854775807 "
	    "AND site_listed = '' AND number = '' AND seen_at = 0"), "4");
	assert_string_equal(state_query(state->store,
	    "SELECT group_concat(subject || pinned_at) FROM pins"),
	    "entra:t:o1789000001,entra:t:gone1789000001");
	assert_string_equal(state_query(state->store, "SELECT issuer || kid "
	    "|| hex(n) || hex(e) || key_issuer FROM jwks"),
	    "https://login.example/kidC0010001");
	assert_string_equal(state_query(state->store,
	    "SELECT user || source || expires FROM homes"),
	    "b.simon192.0.2.14000000000");
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM ids"), "5");
	state_exec(state->store, "DELETE FROM ids", ERR_EXISTS);
}

/* And its first sync with today's programs decides by today's rules. */
static void
version_3_goes_on_syncing(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("renamed", "smith", T1),
		state_record("new", "ann", T2),
		state_record("scim-1", "b.simon", T3),
	};

	open_it(state);
	state->options.accept_loss = true;
	state->conf.users_min_id = 2000000000;
	state->conf.users_max_id = 2000000100;
	state->conf.users_home = "/nonexistent/%u";
	STATE_SYNC(state, records, NULL);
	state_account(state, "new", "ann", "");
	state_account(state, "gone", "", "");
	state_account(state, "renamed", "smith", "");
	assert_string_equal(state_user(state, "uid", "new"), "2000000012");
	assert_string_equal(state_user(state, "uid || home_name", "renamed"),
	    "2000000011bob");
	assert_string_equal(state_user(state, "site", "renamed"), "Main");
	assert_string_equal(state_user(state, "created_at", "renamed"),
	    "1704067200");
}

static void
version_3_stays_readable_on_a_full_disk(void **data)
{
	struct state *state = *data;
	AUTO(directory_user) struct directory_user user = { 0 };

	state_fill_disk(true);
	open_it(state);
	assert_string_equal(version(state), "3");
	assert_err(directory_find(state->store, "smith", &user, NULL),
	    ERR_OK);
	assert_int_equal(user.uid, 2000000011);
	state_fill_disk(false);
	open_it(state);
	assert_string_equal(version(state), TEXT(STORE_VERSION));
}

static void
a_fourth_version_that_breaks_off_leaves_the_third(void **data)
{
	struct state *state = *data;

	run_sql(state->path, "CREATE TABLE links(x)");
	open_it(state);
	assert_string_equal(version(state), "3");
	assert_string_equal(state_query(state->store, "SELECT count(*) FROM "
	    "pragma_table_info('users', 'main') WHERE name = 'seen_at'"), "0");
	assert_string_equal(state_query(state->store,
	    "SELECT login FROM users WHERE scim_id = 'renamed'"), "smith");
	/* Sign-in goes on. */
	assert_err(begin_flow(state), ERR_OK);
}

static void
ids_stay_written_once(void **data)
{
	struct state *state = *data;

	open_it(state);
	state_exec(state->store, "DELETE FROM ids", ERR_EXISTS);
	state_exec(state->store, "INSERT OR REPLACE INTO ids(id, kind, key) "
	    "VALUES (2000000000, 'u', 'other')", ERR_EXISTS);
}

static void
many_processes_upgrade_it_once(void **data)
{
	struct state *state = *data;
	int start[2];
	char byte;

	assert_int_equal(pipe(start), 0);
	for (int i = 0; i < 20; i++) {
		pid_t pid = fork();

		assert_int_not_equal(pid, -1);
		if (pid != 0)
			continue;
		(void)close(start[1]);
		_exit(read(start[0], &byte, 1) == 0 &&
		    store_open(state->path, false, &state->store, NULL) ==
		    ERR_OK && strcmp(version(state), TEXT(STORE_VERSION)) == 0 ? 0 : 1);
	}
	(void)close(start[0]);
	(void)close(start[1]);
	for (int i = 0; i < 20; i++) {
		int status = -1;

		assert_int_not_equal(wait(&status), -1);
		assert_int_equal(status, 0);
	}
	open_it(state);
	assert_string_equal(contents(state), CONTENTS);
}

/* The account phase only reads: an SSH key lets in as before. */
static void
assert_reads_as_before(struct state *state)
{
	AUTO(directory_user) struct directory_user user = { 0 };

	assert_string_equal(version(state), "1");
	assert_string_equal(contents(state), CONTENTS);
	assert_err(directory_find(state->store, "b.simon", &user, NULL),
	    ERR_OK);
	/* What needs the new tables fails. */
	assert_err(announce(state), ERR_STORE);
}

static void
on_a_full_disk_it_stays_readable(void **data)
{
	struct state *state = *data;

	state_fill_disk(true);
	open_it(state);
	assert_reads_as_before(state);
	state_fill_disk(false);
	open_it(state);
	assert_string_equal(version(state), TEXT(STORE_VERSION));
	assert_err(announce(state), ERR_OK);
}

/* Root may write to any file, so it becomes somebody else for this. */
static void
a_file_that_cannot_be_written_stays_readable(void **data)
{
	struct state *state = *data;
	bool root = geteuid() == 0;

	assert_int_equal(chmod(state->path, 0400), 0);
	if (root) {
		assert_int_equal(chown(state->path, 65534, 65534), 0);
		assert_int_equal(chown(state->dir, 65534, 65534), 0);
		assert_int_equal(seteuid(65534), 0);
	}
	open_it(state);
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_reads_as_before(state);
}

static void
an_upgrade_that_breaks_off_leaves_the_old_one(void **data)
{
	struct state *state = *data;

	/* The second statement cannot work. */
	run_sql(state->path, "CREATE TABLE codes(x)");
	open_it(state);
	assert_string_equal(version(state), "1");
	assert_string_equal(contents(state), CONTENTS);
	assert_string_equal(state_query(state->store, "SELECT count(*) FROM "
	    "sqlite_schema WHERE name IN ('pending', 'rates')"), "0");
}

static void
versions_before_the_first_and_after_the_last_are_refused(void **data)
{
	static const int numbers[] = { 0, -1, STORE_VERSION + 1, 99 };
	struct state *state = *data;

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		char sql[64];
		struct diag diag = DIAG_INIT;

		(void)snprintf(sql, sizeof(sql), "PRAGMA user_version = %d",
		    numbers[i]);
		run_sql(state->path, sql);
		assert_err(store_open(state->path, true, &state->store,
		    &diag), ERR_STORE_VERSION);
		assert_null(state->store);
	}
}

#define OLD_TEST(name) \
	cmocka_unit_test_setup_teardown(name, old_setup, state_teardown)
#define NEWEST_TEST(name) \
	cmocka_unit_test_setup_teardown(name, newest_setup, state_teardown)
#define NEWER_TEST(name) \
	cmocka_unit_test_setup_teardown(name, newer_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		OLD_TEST(opening_brings_an_old_database_up_to_date),
		OLD_TEST(an_upgraded_database_is_as_a_new_one),
		NEWER_TEST(opening_brings_an_old_database_up_to_date),
		NEWER_TEST(an_upgraded_database_is_as_a_new_one),
		NEWER_TEST(version_2_loses_nothing_either),
		NEWER_TEST(version_2_stays_readable_on_a_full_disk),
		NEWER_TEST(a_third_version_that_breaks_off_leaves_the_second),
		NEWEST_TEST(an_upgraded_database_is_as_a_new_one),
		NEWEST_TEST(version_3_loses_nothing),
		NEWEST_TEST(version_3_goes_on_syncing),
		NEWEST_TEST(version_3_stays_readable_on_a_full_disk),
		NEWEST_TEST(a_fourth_version_that_breaks_off_leaves_the_third),
		OLD_TEST(ids_stay_written_once),
		NEWER_TEST(many_processes_upgrade_it_once),
		OLD_TEST(many_processes_upgrade_it_once),
		OLD_TEST(on_a_full_disk_it_stays_readable),
		OLD_TEST(a_file_that_cannot_be_written_stays_readable),
		OLD_TEST(an_upgrade_that_breaks_off_leaves_the_old_one),
		OLD_TEST(
		    versions_before_the_first_and_after_the_last_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
