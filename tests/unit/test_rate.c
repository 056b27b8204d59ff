/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include <stdlib.h>

#include "auth/rate.h"
#include "base/limits.h"

static const struct rate three = { "a", 3, 60, ERR_CODE_LIMIT };

static enum err
take(struct state *state, const struct rate *rate, int64_t now)
{
	struct diag diag = DIAG_INIT;
	enum err r;

	assert_err(store_begin(state->store, &diag), ERR_OK);
	r = rate_take(state->store, rate, now, &diag);
	assert_err(diag.code, r);
	assert_err(store_commit(state->store, &diag), ERR_OK);
	return r;
}

static void
beyond_the_limit_is_refused_until_the_window_ends(void **data)
{
	for (int64_t now = 100; now < 103; now++)
		assert_err(take(*data, &three, now), ERR_OK);
	for (int64_t now = 103; now < 160; now++)
		assert_err(take(*data, &three, now), ERR_CODE_LIMIT);
	for (int i = 0; i < 3; i++)
		assert_err(take(*data, &three, 160), ERR_OK);
	assert_err(take(*data, &three, 160), ERR_CODE_LIMIT);
}

static void
the_reason_is_the_counters_own(void **data)
{
	static const struct rate one = { "b", 1, 60, ERR_DELIVER_LIMIT };

	assert_err(take(*data, &one, 100), ERR_OK);
	assert_err(take(*data, &one, 100), ERR_DELIVER_LIMIT);
}

static void
keys_are_counted_apart(void **data)
{
	static const struct rate other = { "A", 3, 60, ERR_CODE_LIMIT };

	for (int i = 0; i < 3; i++)
		assert_err(take(*data, &three, 100), ERR_OK);
	assert_err(take(*data, &other, 100), ERR_OK);
	assert_err(take(*data, &three, 100), ERR_CODE_LIMIT);
}

static void
what_is_given_back_does_not_count(void **data)
{
	struct state *state = *data;

	for (int i = 0; i < 10; i++) {
		assert_err(take(state, &three, 100), ERR_OK);
		assert_err(rate_give_back(state->store, &three, NULL),
		    ERR_OK);
	}
	assert_string_equal(state_query(state->store,
	    "SELECT count FROM rates"), "0");
	/* Never below zero, and not for somebody unknown. */
	assert_err(rate_give_back(state->store, &three, NULL), ERR_OK);
	for (int i = 0; i < 3; i++)
		assert_err(take(state, &three, 100), ERR_OK);
	assert_err(take(state, &three, 100), ERR_CODE_LIMIT);
}

static void
a_clock_that_was_set_back_does_not_lock_out_for_years(void **data)
{
	for (int i = 0; i < 3; i++)
		assert_err(take(*data, &three, 2000000000), ERR_OK);
	assert_err(take(*data, &three, 100), ERR_OK);
}

static void
ended_windows_are_forgotten(void **data)
{
	struct state *state = *data;
	static const struct rate other = { "b", 3, 60, ERR_CODE_LIMIT };

	assert_err(take(state, &three, 100), ERR_OK);
	assert_err(take(state, &other, 200), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT group_concat(key) FROM rates"), "b");
}

static void
a_full_table_makes_room_but_not_for_who_is_at_the_limit(void **data)
{
	static const struct rate near = { "k a", 3, 60, ERR_CODE_LIMIT };
	static const struct rate other = { "k b", 3, 60, ERR_CODE_LIMIT };
	struct state *state = *data;
	char sql[256];

	for (int i = 0; i < 3; i++)
		assert_err(take(state, &near, 100), ERR_OK);
	(void)snprintf(sql, sizeof(sql), "WITH RECURSIVE n(i) AS (SELECT 1 "
	    "UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO rates "
	    "SELECT 'k x' || i, 1, 150 FROM n", RATES_MAX - 1);
	state_exec(state->store, sql, ERR_OK);
	assert_err(take(state, &other, 100), ERR_OK);
	assert_int_equal(strtoul(state_query(state->store,
	    "SELECT count(*) FROM rates"), NULL, 10), RATES_MAX);
	assert_err(take(state, &near, 100), ERR_CODE_LIMIT);
}

static void
a_flood_of_one_kind_costs_the_others_nothing(void **data)
{
	static const struct rate flood = { "k b", 9, 60, ERR_CODE_LIMIT };
	static const struct rate others[] = {
		{ "k", 3, 60, ERR_CODE_LIMIT },
		{ "ka x", 3, 60, ERR_CODE_LIMIT },
		{ "j x", 3, 60, ERR_CODE_LIMIT },
		{ "", 3, 60, ERR_CODE_LIMIT },
	};
	struct state *state = *data;
	char sql[256];

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_err(take(state, &others[i], 100), ERR_OK);
	(void)snprintf(sql, sizeof(sql), "WITH RECURSIVE n(i) AS (SELECT 1 "
	    "UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO rates "
	    "SELECT 'k x' || i, 2, 159 FROM n", RATES_MAX + 50);
	state_exec(state->store, sql, ERR_OK);
	assert_err(take(state, &flood, 100), ERR_OK);
	assert_int_equal(strtoul(state_query(state->store, "SELECT count(*) "
	    "FROM rates WHERE key LIKE 'k %'"), NULL, 10), RATES_MAX);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		assert_err(take(state, &others[i], 100), ERR_OK);
		assert_err(take(state, &others[i], 100), ERR_OK);
		assert_err(take(state, &others[i], 100), ERR_CODE_LIMIT);
	}
}

static void
a_table_that_cannot_be_written_refuses(void **data)
{
	struct state *state = *data;

	state_exec(state->store, "PRAGMA query_only = ON", ERR_OK);
	assert_err(rate_take(state->store, &three, 100, NULL), ERR_STORE);
	assert_err(rate_give_back(state->store, &three, NULL), ERR_STORE);
}

#define STATE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STATE_TEST(beyond_the_limit_is_refused_until_the_window_ends),
		STATE_TEST(the_reason_is_the_counters_own),
		STATE_TEST(keys_are_counted_apart),
		STATE_TEST(what_is_given_back_does_not_count),
		STATE_TEST(
		    a_clock_that_was_set_back_does_not_lock_out_for_years),
		STATE_TEST(ended_windows_are_forgotten),
		STATE_TEST(
		    a_full_table_makes_room_but_not_for_who_is_at_the_limit),
		STATE_TEST(a_flood_of_one_kind_costs_the_others_nothing),
		STATE_TEST(a_table_that_cannot_be_written_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
