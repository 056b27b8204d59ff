/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

static void
values_stand_in_their_places(void **data)
{
	struct state *state = *data;
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	size_t len = 9;

	assert_err(STORE_ASK(state->store, &stmt, NULL,
	    "SELECT ?1, ?2, ?3, ?4 IS NULL", store_text_value("x"),
	    store_blob_value("a\0b", 3), store_int_value(INT64_MIN),
	    store_text_value(NULL)), ERR_OK);
	assert_non_null(stmt);
	assert_string_equal(store_text(stmt, 0), "x");
	assert_memory_equal(store_blob(stmt, 1, &len), "a\0b", 3);
	assert_int_equal(len, 3);
	assert_true(store_int(stmt, 2) == INT64_MIN);
	assert_int_equal(store_int(stmt, 3), 1);
}

static void
an_empty_blob_is_not_null(void **data)
{
	struct state *state = *data;
	AUTO(store_stmt) struct store_stmt *stmt = NULL;

	assert_err(STORE_ASK(state->store, &stmt, NULL, "SELECT ?1 IS NULL",
	    store_blob_value(NULL, 0)), ERR_OK);
	assert_int_equal(store_int(stmt, 0), 0);
}

static void
the_first_row_leads_to_the_others(void **data)
{
	struct state *state = *data;
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	bool row = false;

	assert_err(STORE_ASK(state->store, &stmt, NULL,
	    "SELECT ?1 UNION ALL SELECT ?2", store_int_value(7),
	    store_int_value(8)), ERR_OK);
	assert_int_equal(store_int(stmt, 0), 7);
	assert_err(store_step(stmt, &row, NULL), ERR_OK);
	assert_true(row);
	assert_int_equal(store_int(stmt, 0), 8);
	assert_err(store_step(stmt, &row, NULL), ERR_OK);
	assert_false(row);
}

static void
without_a_row_there_is_no_statement(void **data)
{
	struct state *state = *data;
	struct store_stmt *stmt = (struct store_stmt *)data;

	assert_err(STORE_ASK(state->store, &stmt, NULL,
	    "SELECT 1 WHERE ?1", store_int_value(0)), ERR_OK);
	assert_null(stmt);
}

static void
a_run_does_its_work_once(void **data)
{
	static const char insert[] =
	    "INSERT INTO meta(key, value) VALUES (?1, ?2)";
	struct state *state = *data;
	struct diag diag = DIAG_INIT;

	assert_err(STORE_RUN(state->store, &diag, insert,
	    store_text_value("k"), store_text_value("v")), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT value FROM meta WHERE key = 'k'"), "v");
	assert_err(STORE_RUN(state->store, &diag, insert,
	    store_text_value("k"), store_text_value("w")), ERR_EXISTS);
	assert_err(diag.code, ERR_EXISTS);
	assert_string_equal(state_query(state->store,
	    "SELECT value FROM meta WHERE key = 'k'"), "v");
}

static void
mistakes_are_errors_and_give_nothing(void **data)
{
	static const char *const wrong[] = {
		"SELEC ?1", "SELECT 1", "SELECT ?1 FROM nowhere", "SELECT ?2 +",
	};
	struct state *state = *data;
	struct store_stmt *untouched = (struct store_stmt *)data;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct store_stmt *stmt = untouched;
		struct diag diag = DIAG_INIT;

		/* "SELECT 1" has no place for the value. */
		assert_err(STORE_ASK(state->store, &stmt, &diag, wrong[i],
		    store_int_value(1)), ERR_STORE);
		assert_err(diag.code, ERR_STORE);
		assert_ptr_equal(stmt, untouched);
		assert_err(STORE_RUN(state->store, NULL, wrong[i],
		    store_int_value(1)), ERR_STORE);
	}
}

static void
columns_are_copied_whole_or_not(void **data)
{
	struct state *state = *data;
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	char text[4] = "old";
	uint8_t blob[3] = { 7, 7, 7 };
	size_t len = 9;

	assert_err(STORE_ASK(state->store, &stmt, NULL,
	    "SELECT 'abc', x'010203', 'abcd', x'01020304', x'', NULL, ?1",
	    store_int_value(1)), ERR_OK);
	assert_false(store_copy_text(stmt, 2, text, sizeof(text)));
	assert_string_equal(text, "old");
	assert_true(store_copy_text(stmt, 0, text, sizeof(text)));
	assert_string_equal(text, "abc");
	assert_true(store_copy_text(stmt, 5, text, sizeof(text)));
	assert_string_equal(text, "");
	for (int column = 3; column <= 5; column++)
		assert_false(store_copy_blob(stmt, column, blob,
		    sizeof(blob), &len));
	assert_int_equal(len, 9);
	assert_memory_equal(blob, "\7\7\7", 3);
	assert_true(store_copy_blob(stmt, 1, blob, sizeof(blob), &len));
	assert_int_equal(len, 3);
	assert_memory_equal(blob, "\1\2\3", 3);
}

#define STATE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

/* Statements are kept for the next one who wants the same. */
static void
statement_comes_back_as_new(void **data)
{
	struct state *state = *data;

	for (int i = 0; i < 3; i++) {
		AUTO(store_stmt) struct store_stmt *stmt = NULL;
		bool row = false;

		assert_err(store_prepare(state->store, "SELECT ?1 UNION ALL "
		    "SELECT 'more'", &stmt, NULL), ERR_OK);
		if (i == 1)
			assert_err(store_bind_text(stmt, 1, "secret", NULL),
			    ERR_OK);
		assert_err(store_step(stmt, &row, NULL), ERR_OK);
		assert_true(row);
		assert_string_equal(store_text(stmt, 0),
		    i == 1 ? "secret" : "");
	}
}

static void
statement_that_was_given_up_locks_nothing(void **data)
{
	struct state *state = *data;
	struct store_stmt *stmt = NULL;
	bool row = false;

	state_exec(state->store, "CREATE TABLE t AS SELECT 1 AS a UNION ALL "
	    "SELECT 2", ERR_OK);
	assert_err(store_prepare(state->store, "SELECT a FROM t", &stmt,
	    NULL), ERR_OK);
	assert_err(store_step(stmt, &row, NULL), ERR_OK);
	store_stmt_free(&stmt);
	state_exec(state->store, "DROP TABLE t", ERR_OK);
	assert_err(store_prepare(state->store, "SELECT a FROM t", &stmt,
	    NULL), ERR_OK);
	assert_err(store_step(stmt, &row, NULL), ERR_STORE);
	store_stmt_free(&stmt);
}

static void
two_of_a_kind_and_many_kinds_do_not_meet(void **data)
{
	struct state *state = *data;
	struct store_stmt *stmts[80] = { NULL };
	char sql[64];
	bool row;

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_LEN(stmts); i++) {
			(void)snprintf(sql, sizeof(sql), "SELECT %zu", i / 2);
			assert_err(store_prepare(state->store, sql, &stmts[i],
			    NULL), ERR_OK);
		}
		for (size_t i = 0; i < ARRAY_LEN(stmts); i++) {
			assert_err(store_step(stmts[i], &row, NULL), ERR_OK);
			assert_int_equal(store_int(stmts[i], 0), i / 2);
		}
		for (size_t i = 0; i < ARRAY_LEN(stmts); i++)
			store_stmt_free(&stmts[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STATE_TEST(values_stand_in_their_places),
		STATE_TEST(an_empty_blob_is_not_null),
		STATE_TEST(the_first_row_leads_to_the_others),
		STATE_TEST(without_a_row_there_is_no_statement),
		STATE_TEST(a_run_does_its_work_once),
		STATE_TEST(columns_are_copied_whole_or_not),
		STATE_TEST(mistakes_are_errors_and_give_nothing),
		STATE_TEST(statement_comes_back_as_new),
		STATE_TEST(statement_that_was_given_up_locks_nothing),
		STATE_TEST(two_of_a_kind_and_many_kinds_do_not_meet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
