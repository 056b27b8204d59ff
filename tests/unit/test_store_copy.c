/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"

static void
read_bytes(const char *path, struct buf *bytes)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_err(io_read_all(fd, bytes, NULL), ERR_OK);
}

static enum err
open_copy(const struct state *state, struct store **ret)
{
	struct diag diag = DIAG_INIT;

	return store_open_copy(state->path, ret, &diag);
}

static void
copy_is_the_database_as_it_is_and_writes_reach_no_disk(void **data)
{
	struct state *state = *data;
	AUTO(store) struct store *copy = NULL;
	AUTO(buf) struct buf before = BUF_INIT(1u << 20);
	AUTO(buf) struct buf after = BUF_INIT(1u << 20);

	state_exec(state->store, "INSERT INTO meta VALUES ('k', 'v')", ERR_OK);
	read_bytes(state->path, &before);
	assert_err(open_copy(state, &copy), ERR_OK);
	assert_string_equal(state_query(copy, "SELECT value FROM meta"), "v");
	state_exec(copy, "UPDATE meta SET value = 'w'", ERR_OK);
	/* Nobody waits for anybody. */
	state_exec(copy, "BEGIN IMMEDIATE", ERR_OK);
	state_exec(state->store, "PRAGMA busy_timeout = 0", ERR_OK);
	state_exec(state->store, "BEGIN EXCLUSIVE", ERR_OK);
	state_exec(state->store, "ROLLBACK", ERR_OK);
	store_free(&copy);
	read_bytes(state->path, &after);
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.data, after.data, after.len);
}

static void
copy_of_nothing_is_empty_and_makes_nothing(void **data)
{
	struct state *state = *data;
	AUTO(store) struct store *copy = NULL;
	struct diag diag = DIAG_INIT;

	store_free(&state->store);
	assert_int_equal(unlink(state->path), 0);
	assert_err(open_copy(state, &copy), ERR_OK);
	assert_string_equal(state_query(copy, "SELECT count(*) FROM users"),
	    "0");
	assert_int_equal(access(state->path, F_OK), -1);
	store_free(&copy);
	assert_err(store_open_copy("/nonexistent/dir/state.db", &copy, &diag),
	    ERR_OK);
	assert_int_equal(access("/nonexistent", F_OK), -1);
}

static void
copy_of_what_is_no_database_is_refused(void **data)
{
	struct state *state = *data;
	struct store *copy = NULL;

	store_free(&state->store);
	state_write(state->path, "this is no database, and long enough for "
	    "a page header to be looked for in it; but it has none, so it is "
	    "refused");
	assert_err(open_copy(state, &copy), ERR_STORE);
	assert_null(copy);
	state_write(state->path, "");
	assert_err(open_copy(state, &copy), ERR_STORE);
	assert_int_equal(unlink(state->path), 0);
	assert_int_equal(symlink("/etc/passwd", state->path), 0);
	assert_err(open_copy(state, &copy), ERR_STORE);
	assert_null(copy);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(copy_is_the_database_as_it_is_and_writes_reach_no_disk),
		TEST(copy_of_nothing_is_empty_and_makes_nothing),
		TEST(copy_of_what_is_no_database_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
