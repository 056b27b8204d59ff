/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include <unistd.h>

#include "auth/replay.h"

static enum err
accept_at(struct state *state, const char *issuer, const char *id,
    int64_t until, int64_t now)
{
	struct diag diag = DIAG_INIT;
	enum err r = replay_accept(state->store, issuer, id, until, now,
	    &diag);

	assert_err(diag.code, r);
	return r;
}

static void
d11_second_use_is_refused(void **data)
{
	assert_err(accept_at(*data, "idp", "_1", 200, 100), ERR_OK);
	assert_err(accept_at(*data, "idp", "_1", 200, 100), ERR_REPLAY);
	assert_err(accept_at(*data, "idp", "_1", 900, 199), ERR_REPLAY);
	assert_err(accept_at(*data, "idp", "_2", 200, 100), ERR_OK);
	assert_err(accept_at(*data, "other", "_1", 200, 100), ERR_OK);
}

static void
d11_issuer_and_id_do_not_run_together(void **data)
{
	assert_err(accept_at(*data, "ab", "c", 200, 100), ERR_OK);
	assert_err(accept_at(*data, "a", "bc", 200, 100), ERR_OK);
	assert_err(accept_at(*data, "abc", "", 200, 100), ERR_OK);
	assert_err(accept_at(*data, "", "abc", 200, 100), ERR_OK);
	assert_err(accept_at(*data, "a", "bc", 200, 100), ERR_REPLAY);
}

static void
d11_key_is_the_documented_hash(void **data)
{
	struct state *state = *data;

	assert_err(accept_at(state, "idp", "_1", 200, 100), ERR_OK);
	/* printf 'idp\0_1' | sha256sum */
	assert_string_equal(state_query(state->store,
	    "SELECT lower(hex(key)) FROM replay"),
	    "4f9c8083e669daa68d93eb2ea17fece40415aba0c9b4a1ba2c146e0a8c7a83b9");
}

static void
d11_survives_the_process(void **data)
{
	struct state *state = *data;

	assert_err(accept_at(state, "idp", "_1", 200, 100), ERR_OK);
	store_free(&state->store);
	state_open(state);
	assert_err(accept_at(state, "idp", "_1", 200, 100), ERR_REPLAY);
}

static void
expired_ones_are_forgotten_and_no_others(void **data)
{
	struct state *state = *data;

	assert_err(accept_at(state, "idp", "_1", 200, 100), ERR_OK);
	assert_err(accept_at(state, "idp", "_2", 201, 100), ERR_OK);
	assert_err(accept_at(state, "idp", "_3", 300, 200), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM replay"), "2");
	assert_err(accept_at(state, "idp", "_2", 300, 200), ERR_REPLAY);
}

static void
d11_refused_use_does_not_forget(void **data)
{
	struct state *state = *data;

	assert_err(accept_at(state, "idp", "_1", 200, 100), ERR_OK);
	assert_err(accept_at(state, "idp", "_2", 1000, 100), ERR_OK);
	assert_err(accept_at(state, "idp", "_2", 1000, 500), ERR_REPLAY);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM replay"), "2");
}

static void
d11_what_would_be_forgotten_at_once_is_refused(void **data)
{
	struct state *state = *data;

	assert_err(accept_at(state, "idp", "_1", 100, 100),
	    ERR_SAML_EXPIRED);
	assert_err(accept_at(state, "idp", "_1", 99, 100), ERR_SAML_EXPIRED);
	assert_err(accept_at(state, "idp", "_1", 101, 100), ERR_OK);
}

static enum err
accept_one(struct state *state, int i)
{
	(void)i;
	return replay_accept(state->store, "idp", "_1", 200, 100, NULL);
}

static void
d11_of_many_processes_one_wins(void **data)
{
	int count[ERR_COUNT] = { 0 };

	state_race(*data, accept_one, count);
	assert_int_equal(count[ERR_OK], 1);
	assert_int_equal(count[ERR_REPLAY], STATE_PROCESSES - 1);
}

static void
d11_read_only_database_fails_closed(void **data)
{
	struct state *state = *data;

	state_exec(state->store, "PRAGMA query_only = ON", ERR_OK);
	assert_err(accept_at(state, "idp", "_1", 200, 100),
	    ERR_REPLAY_STORE);
	assert_err(accept_at(state, "idp", "_1", 200, 100),
	    ERR_REPLAY_STORE);
}

/* Somebody holds it for longer than we wait. */
static void
d11_locked_database_fails_closed(void **data)
{
	struct state *state = *data;
	struct store *other = NULL;

	assert_err(store_open(state->path, false, &other, NULL), ERR_OK);
	assert_err(store_begin(other, NULL), ERR_OK);
	state_exec(state->store, "PRAGMA busy_timeout = 0", ERR_OK);
	assert_err(accept_at(state, "idp", "_1", 200, 100),
	    ERR_REPLAY_STORE);
	store_rollback(other);
	store_free(&other);
	assert_err(accept_at(state, "idp", "_1", 200, 100), ERR_OK);
}

static void
d11_removed_database_fails_closed(void **data)
{
	struct state *state = *data;

	assert_int_equal(unlink(state->path), 0);
	assert_err(accept_at(state, "idp", "_1", 200, 100),
	    ERR_REPLAY_STORE);
}

static void
d11_damaged_table_fails_closed(void **data)
{
	struct state *state = *data;

	state_exec(state->store, "DROP TABLE replay", ERR_OK);
	assert_err(accept_at(state, "idp", "_1", 200, 100),
	    ERR_REPLAY_STORE);
}

static void
d11_full_disk_fails_closed(void **data)
{
	struct state *state = *data;

	state_fill_disk(true);
	assert_err(accept_at(state, "idp", "_1", 200, 100),
	    ERR_REPLAY_STORE);
	state_fill_disk(false);
	/* And it is not left half done. */
	assert_err(accept_at(state, "idp", "_1", 200, 100), ERR_OK);
}

#define STATE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STATE_TEST(d11_second_use_is_refused),
		STATE_TEST(d11_issuer_and_id_do_not_run_together),
		STATE_TEST(d11_key_is_the_documented_hash),
		STATE_TEST(d11_survives_the_process),
		STATE_TEST(expired_ones_are_forgotten_and_no_others),
		STATE_TEST(d11_refused_use_does_not_forget),
		STATE_TEST(d11_what_would_be_forgotten_at_once_is_refused),
		STATE_TEST(d11_of_many_processes_one_wins),
		STATE_TEST(d11_read_only_database_fails_closed),
		STATE_TEST(d11_locked_database_fails_closed),
		STATE_TEST(d11_removed_database_fails_closed),
		STATE_TEST(d11_damaged_table_fails_closed),
		STATE_TEST(d11_full_disk_fails_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
