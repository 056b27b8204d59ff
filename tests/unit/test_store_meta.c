/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

static void
meta_keeps_texts_and_numbers(void **data)
{
	struct state *state = *data;
	struct diag diag = DIAG_INIT;
	char text[8] = "before";
	int64_t number = 7;

	assert_err(store_meta_get(state->store, "none", text, sizeof(text),
	    &diag), ERR_OK);
	assert_string_equal(text, "");
	assert_err(store_meta_get_int(state->store, "none", &number, &diag),
	    ERR_OK);
	assert_int_equal(number, 0);
	assert_err(store_meta_set_int(state->store, "n", INT64_MAX, &diag),
	    ERR_OK);
	assert_err(store_meta_get_int(state->store, "n", &number, &diag),
	    ERR_OK);
	assert_true(number == INT64_MAX);
	assert_err(store_meta_set(state->store, "t", "12345678", &diag),
	    ERR_OK);
	assert_err(store_meta_get(state->store, "t", text, sizeof(text),
	    &diag), ERR_TOO_LONG);
	assert_err(store_meta_set(state->store, "t", "1x", &diag), ERR_OK);
	assert_err(store_meta_get_int(state->store, "t", &number, &diag),
	    ERR_STORE);
	assert_err(store_meta_set(state->store, "t", "1234567", &diag),
	    ERR_OK);
	assert_err(store_meta_get(state->store, "t", text, sizeof(text),
	    &diag), ERR_OK);
	assert_string_equal(text, "1234567");
}

static void
values_are_never_taken_for_sql(void **data)
{
	struct state *state = *data;
	struct diag diag = DIAG_INIT;
	char text[64];

	assert_err(store_meta_set(state->store, "k'); DROP TABLE meta; --",
	    "'\"; \xc3\xa9", &diag), ERR_OK);
	assert_err(store_meta_get(state->store, "k'); DROP TABLE meta; --",
	    text, sizeof(text), &diag), ERR_OK);
	assert_string_equal(text, "'\"; \xc3\xa9");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(meta_keeps_texts_and_numbers),
		TEST(values_are_never_taken_for_sql),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
