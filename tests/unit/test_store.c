/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

static enum err
open_again(struct state *state, bool create, struct diag *diag)
{
	store_free(&state->store);
	return store_open(state->path, create, &state->store, diag);
}

/* The file's bytes, so that a test can say that nobody touched them. */
static char *
read_bytes(const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "r");
	char *bytes = calloc(1, 1 << 20);

	assert_non_null(file);
	assert_non_null(bytes);
	*ret_len = fread(bytes, 1, 1 << 20, file);
	(void)fclose(file);
	return bytes;
}

static void
assert_refused_untouched(struct state *state, enum err want, const char *says)
{
	struct diag diag = DIAG_INIT;
	size_t before_len, after_len;
	AUTO_FREE char *before = read_bytes(state->path, &before_len);
	AUTO_FREE char *after = NULL;

	for (int create = 0; create < 2; create++) {
		assert_err(open_again(state, create == 1, &diag), want);
		assert_null(state->store);
		if (strstr(diag.text, says) == NULL)
			fail_msg("%s", diag.text);
	}
	after = read_bytes(state->path, &after_len);
	assert_int_equal(before_len, after_len);
	assert_memory_equal(before, after, after_len);
}

static void
missing_database_is_made_only_on_request(void **data)
{
	struct state state;
	struct diag diag = DIAG_INIT;

	(void)data;
	state_init(&state);
	assert_err(store_open(state.path, false, &state.store, &diag),
	    ERR_STORE_MISSING);
	assert_int_equal(access(state.path, F_OK), -1);
	assert_err(store_open(state.path, true, &state.store, &diag), ERR_OK);
	assert_err(open_again(&state, false, &diag), ERR_OK);
	state_clear(&state);
}

static void
missing_directory_is_a_missing_database(void **data)
{
	struct store *store = NULL;
	struct diag diag = DIAG_INIT;

	(void)data;
	assert_err(store_open("/nonexistent/state.db", true, &store, &diag),
	    ERR_STORE_MISSING);
}

static void
database_is_its_owners_alone_whatever_the_umask(void **data)
{
	struct state state;
	struct stat st;
	mode_t mask = umask(0);

	(void)data;
	state_init(&state);
	state_open(&state);
	(void)umask(mask);
	assert_int_equal(stat(state.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	state_clear(&state);
}

static void
creation_leaves_one_file(void **data)
{
	struct state *state = *data;

	assert_int_equal(access(state_file(state, "state.db-journal"), F_OK),
	    -1);
	store_free(&state->store);
	assert_int_equal(unlink(state->path), 0);
	assert_int_equal(rmdir(state->dir), 0);
	/* for the teardown */
	assert_int_equal(mkdir(state->dir, 0700), 0);
}

static void
empty_file_is_damage_and_not_a_beginning(void **data)
{
	struct state *state = *data;

	store_free(&state->store);
	state_write(state->path, "");
	assert_refused_untouched(state, ERR_STORE, "backup");
}

static void
random_file_is_refused_and_left(void **data)
{
	struct state *state = *data;

	store_free(&state->store);
	state_write(state->path, "this is not a database, whatever its name "
	    "may say; it is somebody's letter, and longer than a header of "
	    "one hundred bytes.  It must survive.");
	assert_refused_untouched(state, ERR_STORE, "backup");
}

static void
foreign_database_is_refused_and_left(void **data)
{
	struct state *state = *data;

	state_exec(state->store, "PRAGMA application_id = 7", ERR_OK);
	assert_refused_untouched(state, ERR_STORE, "not a state database");
}

static void
other_version_is_refused_and_left(void **data)
{
	struct state *state = *data;

	state_exec(state->store, "PRAGMA user_version = 99", ERR_OK);
	assert_refused_untouched(state, ERR_STORE_VERSION, "version 99");
}

static void
truncated_database_fails_and_says_so(void **data)
{
	struct state *state = *data;
	struct store_stmt *stmt = NULL;
	struct diag diag = DIAG_INIT;
	bool row;
	enum err r;

	store_free(&state->store);
	assert_int_equal(truncate(state->path, 4096), 0);
	r = open_again(state, true, &diag);
	if (r == ERR_OK)
		r = store_prepare(state->store, "SELECT * FROM users", &stmt,
		    &diag);
	if (r == ERR_OK)
		r = store_step(stmt, &row, &diag);
	store_stmt_free(&stmt);
	assert_err(r, ERR_STORE);
	assert_non_null(strstr(diag.text, "backup"));
}

static void
symbolic_link_is_not_followed(void **data)
{
	struct state *state = *data;
	struct store *store = NULL;
	struct diag diag = DIAG_INIT;
	const char *link = state_file(state, "link.db");

	assert_int_equal(symlink(state->path, link), 0);
	assert_err(store_open(link, true, &store, &diag), ERR_STORE);
	assert_null(store);
}

/* The directory is the service account's, and root opens what is in it. */
static void
pipes_in_place_of_the_files_are_not_waited_for(void **data)
{
	static const char *const names[] = { "state.db", "state.db-journal" };
	struct state *state = *data;
	struct store *store = NULL;
	struct diag diag = DIAG_INIT;

	store_free(&state->store);
	for (size_t i = ARRAY_LEN(names); i-- > 0;) {
		const char *path = state_file(state, names[i]);

		(void)unlink(path);
		assert_int_equal(mkfifo(path, 0600), 0);
		(void)alarm(20);
		assert_err(store_open(state->path, false, &store, &diag),
		    ERR_STORE);
		(void)alarm(0);
		assert_non_null(strstr(diag.text, "is not a regular file"));
		assert_int_equal(unlink(path), 0);
	}
}

static void
directory_may_be_reached_by_a_symbolic_link(void **data)
{
	struct state *state = *data;
	struct store *store = NULL;
	struct diag diag = DIAG_INIT;
	char link[PATH_MAX];
	char path[PATH_MAX + 16];

	(void)snprintf(link, sizeof(link), "%s", state_file(state, "here"));
	(void)snprintf(path, sizeof(path), "%s/state.db", link);
	assert_int_equal(symlink(state->dir, link), 0);
	assert_err(store_open(path, false, &store, &diag), ERR_OK);
	store_free(&store);
}

static void
journal_of_a_lost_database_is_not_played_into_a_new_one(void **data)
{
	struct state *state = *data;
	struct diag diag = DIAG_INIT;

	store_free(&state->store);
	assert_int_equal(unlink(state->path), 0);
	state_write(state_file(state, "state.db-journal"), "journal");
	assert_err(open_again(state, true, &diag), ERR_STORE);
	assert_int_equal(access(state->path, F_OK), -1);
}

static void
many_processes_create_one_database(void **data)
{
	struct state state;
	int status;

	(void)data;
	state_init(&state);
	for (int i = 0; i < 8; i++) {
		pid_t pid = fork();

		assert_int_not_equal(pid, -1);
		if (pid != 0)
			continue;
		_exit(store_open(state.path, true, &state.store, NULL) ==
		    ERR_OK &&
		    store_exec(state.store, "INSERT INTO syncs VALUES "
		    "(NULL, 0, '', 0, 0, 0, 0, 0, 0)", NULL) == ERR_OK ?
		    0 : 1);
	}
	for (int i = 0; i < 8; i++) {
		assert_int_not_equal(wait(&status), -1);
		assert_int_equal(status, 0);
	}
	state_open(&state);
	assert_string_equal(state_query(state.store,
	    "SELECT count(*) FROM syncs"), "8");
	state_clear(&state);
}

static void
settings_are_in_force(void **data)
{
	static const char *const want[][2] = {
		{ "PRAGMA journal_mode", "delete" },
		{ "PRAGMA synchronous", "3" },
		{ "PRAGMA foreign_keys", "1" },
		{ "PRAGMA trusted_schema", "0" },
		{ "PRAGMA cell_size_check", "1" },
		{ "PRAGMA busy_timeout", "5000" },
		{ "PRAGMA temp_store", "2" },
		{ "PRAGMA integrity_check", "ok" },
	};
	struct state *state = *data;

	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_string_equal(state_query(state->store, want[i][0]),
		    want[i][1]);
	/* Defensive: the schema cannot be edited as a table. */
	state_exec(state->store, "PRAGMA writable_schema = ON", ERR_OK);
	state_exec(state->store, "DELETE FROM sqlite_schema", ERR_STORE);
}

static void
ids_are_written_once(void **data)
{
	static const char *const attempts[] = {
		"UPDATE ids SET id = 2000000001 WHERE id = 2000000000",
		"UPDATE ids SET key = 'other' WHERE id = 2000000000",
		"UPDATE OR REPLACE ids SET kind = 'g'",
		"DELETE FROM ids",
		"INSERT INTO ids(id, kind, key) VALUES (2000000000, 'u', 'b')",
		"INSERT INTO ids(id, kind, key) VALUES (2000000001, 'u', 'a')",
		"INSERT OR REPLACE INTO ids(id, kind, key) "
		    "VALUES (2000000000, 'u', 'b')",
		"REPLACE INTO ids(id, kind, key) "
		    "VALUES (2000000001, 'u', 'a')",
		"INSERT INTO ids(id, kind, key) VALUES (2000000001, 'u', 'a') "
		    "ON CONFLICT(kind, key) DO UPDATE SET id = excluded.id",
	};
	struct state *state = *data;

	state_exec(state->store, "INSERT INTO ids(id, kind, key) "
	    "VALUES (2000000000, 'u', 'a')", ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(attempts); i++)
		state_exec(state->store, attempts[i], ERR_EXISTS);
	assert_string_equal(state_query(state->store, "SELECT "
	    "group_concat(id || kind || key) FROM ids"), "2000000000ua");
	state_exec(state->store, "INSERT INTO ids(id, kind, key) "
	    "VALUES (0, 'u', 'root')", ERR_STORE);
}

#define USER_VALUES(id, login, uid) "INSERT INTO users(scim_id, external_id, " \
	"user_name, given_name, family_name, title, department, site, " \
	"created, active, login, home_name, uid) VALUES ('" id "', '', '', " \
	"'', '', '', '', '', '', 1, " login ", " login ", " uid ")"

static void
uid_must_be_registered_for_its_user(void **data)
{
	struct state *state = *data;

	state_exec(state->store, "INSERT INTO ids(id, kind, key) VALUES "
	    "(2000000000, 'u', 'a'), (2000000001, 'g', 'b')", ERR_OK);
	state_exec(state->store, USER_VALUES("a", "'x'", "1999999999"),
	    ERR_EXISTS);
	state_exec(state->store, USER_VALUES("c", "'x'", "2000000000"),
	    ERR_EXISTS);
	state_exec(state->store, USER_VALUES("b", "'x'", "2000000001"),
	    ERR_EXISTS);
	state_exec(state->store, USER_VALUES("b", "'x'", "NULL"), ERR_STORE);
	state_exec(state->store, USER_VALUES("b", "NULL", "NULL"), ERR_OK);
	state_exec(state->store, USER_VALUES("a", "'x'", "2000000000"),
	    ERR_OK);
	state_exec(state->store, "UPDATE users SET uid = 2000000000, "
	    "login = 'b', home_name = 'b' WHERE scim_id = 'b'", ERR_EXISTS);
	state_exec(state->store, "UPDATE users SET scim_id = 'z' "
	    "WHERE scim_id = 'a'", ERR_EXISTS);
	state_exec(state->store, "UPDATE users SET uid = 0 "
	    "WHERE scim_id = 'a'", ERR_EXISTS);
}

static void
pin_is_one_subject_of_one_user(void **data)
{
	struct state *state = *data;

	state_exec(state->store, USER_VALUES("a", "NULL", "NULL"), ERR_OK);
	state_exec(state->store, USER_VALUES("b", "NULL", "NULL"), ERR_OK);
	state_exec(state->store, "INSERT INTO pins(scim_id, subject) "
	    "VALUES ('a', 's')", ERR_OK);
	state_exec(state->store, "INSERT INTO pins(scim_id, subject) "
	    "VALUES ('a', 't')", ERR_EXISTS);
	state_exec(state->store, "INSERT INTO pins(scim_id, subject) "
	    "VALUES ('b', 's')", ERR_EXISTS);
	state_exec(state->store, "INSERT INTO pins(scim_id, subject) "
	    "VALUES ('nobody', 't')", ERR_STORE);
}

static void
rolled_back_and_abandoned_work_leaves_nothing(void **data)
{
	struct state *state = *data;
	struct diag diag = DIAG_INIT;

	store_rollback(state->store);
	assert_err(store_begin(state->store, &diag), ERR_OK);
	assert_err(store_meta_set(state->store, "a", "1", &diag), ERR_OK);
	store_rollback(state->store);
	assert_err(store_begin(state->store, &diag), ERR_OK);
	assert_err(store_meta_set(state->store, "b", "1", &diag), ERR_OK);
	assert_err(open_again(state, false, &diag), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM meta"), "0");
	assert_err(store_begin(state->store, &diag), ERR_OK);
	assert_err(store_meta_set(state->store, "c", "1", &diag), ERR_OK);
	assert_err(store_commit(state->store, &diag), ERR_OK);
	assert_err(store_commit(state->store, &diag), ERR_STORE);
	assert_err(open_again(state, false, &diag), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT group_concat(key) FROM meta"), "c");
}

static void
commit_that_fails_leaves_no_transaction_open(void **data)
{
	struct state *state = *data;
	struct store *reader = NULL;
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	struct diag diag = DIAG_INIT;
	bool row = false;

	assert_err(store_open(state->path, false, &reader, &diag), ERR_OK);
	assert_err(store_prepare(reader, "SELECT name FROM sqlite_schema",
	    &stmt, &diag), ERR_OK);
	assert_err(store_step(stmt, &row, &diag), ERR_OK);
	state_exec(state->store, "PRAGMA busy_timeout = 0", ERR_OK);
	assert_err(store_begin(state->store, &diag), ERR_OK);
	assert_err(store_meta_set(state->store, "a", "1", &diag), ERR_OK);
	assert_err(store_commit(state->store, &diag), ERR_STORE);
	store_stmt_free(&stmt);
	store_free(&reader);
	assert_err(store_begin(state->store, &diag), ERR_OK);
	assert_err(store_commit(state->store, &diag), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM meta"), "0");
}

static void
columns_read_as_bound(void **data)
{
	struct state *state = *data;
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	struct diag diag = DIAG_INIT;
	size_t len = 9;
	bool row = false;

	assert_err(store_prepare(state->store, "SELECT ?1, ?2, ?3, ?4", &stmt,
	    &diag), ERR_OK);
	assert_err(store_bind_text(stmt, 1, NULL, &diag), ERR_OK);
	assert_err(store_bind_blob(stmt, 2, "a\0b", 3, &diag), ERR_OK);
	assert_err(store_bind_int(stmt, 3, INT64_MAX, &diag), ERR_OK);
	assert_err(store_bind_blob(stmt, 4, NULL, 0, &diag), ERR_OK);
	assert_err(store_bind_int(stmt, 5, 0, &diag), ERR_STORE);
	assert_err(store_step(stmt, &row, &diag), ERR_OK);
	assert_true(row);
	assert_string_equal(store_text(stmt, 0), "");
	assert_memory_equal(store_blob(stmt, 1, &len), "a\0b", 3);
	assert_int_equal(len, 3);
	assert_true(store_int(stmt, 2) == INT64_MAX);
	(void)store_blob(stmt, 3, &len);
	assert_int_equal(len, 0);
	assert_err(store_step(stmt, &row, &diag), ERR_OK);
	assert_false(row);
}

static void
syntax_error_is_an_error(void **data)
{
	struct state *state = *data;
	struct store_stmt *stmt = NULL;
	struct diag diag = DIAG_INIT;

	assert_err(store_prepare(state->store, "SELEC 1", &stmt, &diag),
	    ERR_STORE);
	assert_null(stmt);
	/* A string is not an identifier, nor the other way round. */
	assert_err(store_prepare(state->store, "SELECT \"text\"", &stmt,
	    &diag), ERR_STORE);
}

#define TEST(name) cmocka_unit_test(name)
#define STATE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(missing_database_is_made_only_on_request),
		TEST(missing_directory_is_a_missing_database),
		TEST(database_is_its_owners_alone_whatever_the_umask),
		STATE_TEST(creation_leaves_one_file),
		STATE_TEST(empty_file_is_damage_and_not_a_beginning),
		STATE_TEST(random_file_is_refused_and_left),
		STATE_TEST(foreign_database_is_refused_and_left),
		STATE_TEST(other_version_is_refused_and_left),
		STATE_TEST(truncated_database_fails_and_says_so),
		STATE_TEST(symbolic_link_is_not_followed),
		STATE_TEST(pipes_in_place_of_the_files_are_not_waited_for),
		STATE_TEST(directory_may_be_reached_by_a_symbolic_link),
		STATE_TEST(
		    journal_of_a_lost_database_is_not_played_into_a_new_one),
		TEST(many_processes_create_one_database),
		STATE_TEST(settings_are_in_force),
		STATE_TEST(ids_are_written_once),
		STATE_TEST(uid_must_be_registered_for_its_user),
		STATE_TEST(pin_is_one_subject_of_one_user),
		STATE_TEST(rolled_back_and_abandoned_work_leaves_nothing),
		STATE_TEST(commit_that_fails_leaves_no_transaction_open),
		STATE_TEST(columns_read_as_bound),
		STATE_TEST(syntax_error_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
