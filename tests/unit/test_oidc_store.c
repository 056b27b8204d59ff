/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include <stdlib.h>

#include "auth/oidc_store.h"

#define ISSUER "https://login.example/t/v2.0"
#define OTHER "https://login.example/u/v2.0"

static const struct oidc_endpoints endpoints = {
	.device = "https://login.example/t/devicecode",
	.token = "https://login.example/t/token",
	.jwks_uri = "https://login.example/t/keys",
};

static struct jwks keys;
static struct oidc_record record;

static struct jwk
make_key(const char *kid)
{
	struct jwk key = {
		.n_len = 256, .e = { 1, 0, 1 }, .e_len = 3,
		.issuer = "https://login.example/{tenantid}/v2.0",
	};

	(void)snprintf(key.kid, sizeof(key.kid), "%s", kid);
	memset(key.n, 0xa5, key.n_len);
	return key;
}

static int
setup(void **data)
{
	memset(&record, 0x5a, sizeof(record));
	keys.count = 2;
	keys.key[0] = make_key("one");
	keys.key[1] = make_key("two");
	keys.key[1].n_len = 1024;
	memset(keys.key[1].n, 0xa5, 1024);
	return state_setup(data);
}

static enum err
save(struct state *state, const char *issuer, int64_t now)
{
	return oidc_store_save(state->store, issuer, &endpoints, &keys, now,
	    NULL);
}

static enum err
load(struct state *state, const char *issuer)
{
	struct diag diag = DIAG_INIT;
	enum err r = oidc_store_load(state->store, issuer, &record, &diag);

	assert_err(diag.code, r);
	return r;
}

static void
assert_untouched(void)
{
	static struct oidc_record untouched;

	memset(&untouched, 0x5a, sizeof(untouched));
	assert_memory_equal(&record, &untouched, sizeof(record));
}

/* -- what is saved --------------------------------------------------------- */

static void
what_is_saved_is_loaded(void **data)
{
	assert_err(save(*data, ISSUER, 1000), ERR_OK);
	assert_err(load(*data, ISSUER), ERR_OK);
	assert_string_equal(record.endpoints.device, endpoints.device);
	assert_string_equal(record.endpoints.token, endpoints.token);
	assert_string_equal(record.endpoints.jwks_uri, endpoints.jwks_uri);
	assert_int_equal(record.fetched, 1000);
	assert_int_equal(record.tried, 0);
	assert_int_equal(record.keys.count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct jwk *key = jwks_find(&record.keys,
		    keys.key[i].kid);

		assert_non_null(key);
		assert_int_equal(key->n_len, keys.key[i].n_len);
		assert_memory_equal(key->n, keys.key[i].n, key->n_len);
		assert_int_equal(key->e_len, 3);
		assert_memory_equal(key->e, keys.key[i].e, 3);
		assert_string_equal(key->issuer, keys.key[i].issuer);
	}
	assert_null(jwks_find(&record.keys, "on"));
	assert_null(jwks_find(&record.keys, "One"));
	assert_null(jwks_find(&record.keys, ""));
}

static void
what_was_never_saved_is_missing(void **data)
{
	assert_err(load(*data, ISSUER), ERR_OIDC_MISSING);
	assert_err(load(*data, ""), ERR_OIDC_MISSING);
	assert_untouched();
}

static void
j28_a_key_that_was_removed_is_forgotten(void **data)
{
	assert_err(save(*data, ISSUER, 1000), ERR_OK);
	keys.count = 1;
	assert_err(save(*data, ISSUER, 2000), ERR_OK);
	assert_err(load(*data, ISSUER), ERR_OK);
	assert_int_equal(record.keys.count, 1);
	assert_null(jwks_find(&record.keys, "two"));
	assert_int_equal(record.fetched, 2000);
}

static void
j14_another_issuer_takes_the_place(void **data)
{
	struct state *state = *data;
	enum oidc_turn turn;

	assert_err(save(state, ISSUER, 1000), ERR_OK);
	assert_err(oidc_store_turn(state->store, 1000, 1000, &turn, NULL),
	    ERR_OK);
	/* Only keys: the other's endpoints are not its own. */
	assert_err(oidc_store_save(state->store, OTHER, NULL, &keys, 2000,
	    NULL), ERR_OK);
	assert_err(load(state, ISSUER), ERR_OIDC_MISSING);
	assert_err(load(state, OTHER), ERR_OK);
	assert_string_equal(record.endpoints.device, "");
	assert_string_equal(record.endpoints.token, "");
	assert_string_equal(record.endpoints.jwks_uri, "");
	assert_int_equal(record.fetched, 2000);
	assert_int_equal(record.tried, 0);
	assert_string_equal(state_query(state->store, "SELECT count(*) FROM "
	    "jwks WHERE issuer = '" ISSUER "'"), "0");
}

static void
new_keys_leave_the_endpoints(void **data)
{
	struct state *state = *data;

	assert_err(save(state, ISSUER, 1000), ERR_OK);
	keys.key[0] = make_key("three");
	assert_err(oidc_store_save(state->store, ISSUER, NULL, &keys, 2000,
	    NULL), ERR_OK);
	assert_err(load(state, ISSUER), ERR_OK);
	assert_string_equal(record.endpoints.token, endpoints.token);
	assert_non_null(jwks_find(&record.keys, "three"));
	assert_null(jwks_find(&record.keys, "one"));
}

static void
issuers_are_compared_exactly(void **data)
{
	static const char *const others[] = {
		ISSUER "/", "https://login.example/t/v2.", "HTTPS" ISSUER,
		"https://login.example/T/v2.0",
	};

	assert_err(save(*data, ISSUER, 1000), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_err(load(*data, others[i]), ERR_OIDC_MISSING);
}

static void
j13_what_could_not_be_loaded_is_not_saved(void **data)
{
	struct state *state = *data;
	struct oidc_endpoints wrong = endpoints;

	assert_err(save(state, ISSUER, 1000), ERR_OK);
	keys.count = 0;
	assert_err(save(state, ISSUER, 2000), ERR_JWKS);
	keys.count = 2;
	keys.key[1] = make_key("one");
	assert_err(save(state, ISSUER, 2000), ERR_JWKS);
	keys.key[1] = make_key("");
	assert_err(save(state, ISSUER, 2000), ERR_JWKS);
	keys.key[1] = make_key("two");
	keys.key[1].n_len = 255;
	assert_err(save(state, ISSUER, 2000), ERR_JWKS);
	keys.key[1].n_len = 1025;
	assert_err(save(state, ISSUER, 2000), ERR_JWKS);
	keys.key[1] = make_key("two");
	(void)snprintf(wrong.token, sizeof(wrong.token), "http://h/");
	assert_err(oidc_store_save(state->store, ISSUER, &wrong, &keys, 2000,
	    NULL), ERR_OIDC_DISCOVERY);
	/* And what was there is as it was. */
	assert_err(load(state, ISSUER), ERR_OK);
	assert_int_equal(record.fetched, 1000);
	assert_int_equal(record.keys.count, 2);
	assert_non_null(jwks_find(&record.keys, "two"));
	assert_string_equal(record.endpoints.token, endpoints.token);
}

static const char *const changes[] = {
	"UPDATE jwks SET kid = 'a/b' WHERE kid = 'one'",
	"UPDATE jwks SET kid = 'a b' WHERE kid = 'one'",
	"UPDATE jwks SET kid = printf('%.129c', 'a') "
	    "WHERE kid = 'one'",
	"UPDATE jwks SET n = zeroblob(0)",
	"UPDATE jwks SET n = zeroblob(256)",
	"UPDATE jwks SET n = substr(n, 1, 255)",
	"UPDATE jwks SET n = substr(n, 1, 255) || x'a4'",
	"UPDATE jwks SET n = x'00' || substr(n, 1, 255)",
	"UPDATE jwks SET n = substr(n, 1, 1024) || x'a5' "
	    "WHERE kid = 'two'",
	"UPDATE jwks SET e = x''",
	"UPDATE jwks SET e = x'01'",
	"UPDATE jwks SET e = x'03'",
	"UPDATE jwks SET e = x'ffff'",
	"UPDATE jwks SET e = x'010000'",
	"UPDATE jwks SET e = x'00010001'",
	"UPDATE jwks SET e = x'010001010101010101'",
	"UPDATE jwks SET key_issuer = printf('%.1025c', 'a')",
	"UPDATE meta SET value = 'x' WHERE key = 'oidc_fetched'",
	"UPDATE meta SET value = '-1' WHERE key = 'oidc_fetched'",
	"UPDATE meta SET value = '1.5' WHERE key = 'oidc_tried'",
	"UPDATE meta SET value = 'ftp://h/' WHERE key = 'oidc_token'",
	"UPDATE meta SET value = 'http://login.example/' "
	    "WHERE key = 'oidc_device'",
	"UPDATE meta SET value = 'https://a@b/' "
	    "WHERE key = 'oidc_jwks_uri'",
	"UPDATE meta SET value = 'https://h/' || "
	    "printf('%.2040c', 'a') WHERE key = 'oidc_token'",
	"WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
	    "FROM i WHERE i < 63) INSERT INTO jwks SELECT issuer, "
	    "'k' || i, n, e, key_issuer FROM jwks, i "
	    "WHERE kid = 'one'",
	"DROP TABLE jwks",
};

static void
j28_keys_that_somebody_changed_are_refused(void **data)
{
	struct state *state = *data;

	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		/* Which a new set mends. */
		assert_err(save(state, ISSUER, 1000), ERR_OK);
		assert_err(load(state, ISSUER), ERR_OK);
		memset(&record, 0x5a, sizeof(record));
		state_exec(state->store, changes[i], ERR_OK);
		if (load(state, ISSUER) != ERR_STORE)
			fail_msg("%s: not seen", changes[i]);
		assert_untouched();
	}
}

static void
a_key_set_of_the_greatest_size_is_kept(void **data)
{
	for (keys.count = 0; keys.count < JWKS_KEYS_MAX; keys.count++) {
		char kid[KID_MAX_LEN + 1];

		(void)snprintf(kid, sizeof(kid), "%0*zu", KID_MAX_LEN,
		    keys.count);
		keys.key[keys.count] = make_key(kid);
		memset(keys.key[keys.count].issuer, 'i', 1024);
		memset(keys.key[keys.count].e, 0xff, 8);
		keys.key[keys.count].e_len = 8;
	}
	assert_err(save(*data, ISSUER, 1000), ERR_OK);
	assert_err(load(*data, ISSUER), ERR_OK);
	assert_int_equal(record.keys.count, JWKS_KEYS_MAX);
}

static void
a_disk_that_is_full_keeps_the_old_ones(void **data)
{
	struct state *state = *data;
	enum oidc_turn turn = (enum oidc_turn)77;
	enum err r;

	assert_err(save(state, ISSUER, 1000), ERR_OK);
	keys.count = 1;
	state_fill_disk(true);
	r = save(state, ISSUER, 2000);
	assert_err(oidc_store_turn(state->store, 1000, 2000, &turn, NULL),
	    ERR_STORE);
	state_fill_disk(false);
	assert_err(r, ERR_STORE);
	assert_int_equal(turn, 77);
	assert_err(load(state, ISSUER), ERR_OK);
	assert_int_equal(record.keys.count, 2);
	assert_int_equal(record.fetched, 1000);
	assert_int_equal(record.tried, 0);
}

static void
a_kid_has_its_grammar(void **data)
{
	static const char *const bad[] = {
		"", " ", "a b", "a/b", "../x", "a\n", "a'", "a\"", "a;", "a%",
		"a=", "a+b", "\xc3\xa4", "a,b", "a:b", "a\\",
	};
	char longest[KID_MAX_LEN + 2];

	(void)data;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(jwks_is_kid(bad[i]));
	assert_true(jwks_is_kid("a"));
	assert_true(jwks_is_kid("ABCxyz0189._~-"));
	memset(longest, 'a', sizeof(longest));
	longest[KID_MAX_LEN + 1] = '\0';
	assert_false(jwks_is_kid(longest));
	longest[KID_MAX_LEN] = '\0';
	assert_true(jwks_is_kid(longest));
}

/* -- whose turn it is ------------------------------------------------------ */

static enum oidc_turn
turn_at(struct state *state, int64_t since, int64_t now)
{
	enum oidc_turn turn = (enum oidc_turn)77;

	assert_err(oidc_store_turn(state->store, since, now, &turn, NULL),
	    ERR_OK);
	return turn;
}

static void
j27_one_may_fetch_in_five_minutes(void **data)
{
	static const struct {
		int64_t now;
		enum oidc_turn turn;
	} rows[] = {
		{ 5000, OIDC_TURN_OURS },
		{ 5000, OIDC_TURN_OTHERS },
		{ 4999, OIDC_TURN_OTHERS },
		{ 5029, OIDC_TURN_OTHERS },
		{ 5030, OIDC_TURN_NOBODYS },
		{ 5299, OIDC_TURN_NOBODYS },
		{ 5300, OIDC_TURN_OURS },
		{ 5301, OIDC_TURN_OTHERS },
	};

	assert_err(save(*data, ISSUER, 1000), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (turn_at(*data, 1000, rows[i].now) != rows[i].turn)
			fail_msg("row %zu", i);
	assert_err(load(*data, ISSUER), ERR_OK);
	assert_int_equal(record.tried, 5300);
}

static void
j27_a_host_without_keys_has_turns_too(void **data)
{
	assert_int_equal(turn_at(*data, 0, 5000), OIDC_TURN_OURS);
	assert_int_equal(turn_at(*data, 0, 5001), OIDC_TURN_OTHERS);
}

static void
j27_what_others_have_fetched_is_loaded(void **data)
{
	assert_err(save(*data, ISSUER, 1000), ERR_OK);
	assert_int_equal(turn_at(*data, 999, 5000), OIDC_TURN_OTHERS);
	assert_int_equal(turn_at(*data, 0, 5000), OIDC_TURN_OTHERS);
	/* Asking so is no turn. */
	assert_int_equal(turn_at(*data, 1000, 5000), OIDC_TURN_OURS);
}

static void
j27_what_was_fetched_in_vain_is_not_fetched_again(void **data)
{
	assert_err(save(*data, ISSUER, 1000), ERR_OK);
	assert_int_equal(turn_at(*data, 1000, 5000), OIDC_TURN_OURS);
	assert_err(save(*data, ISSUER, 5000), ERR_OK);
	assert_int_equal(turn_at(*data, 1000, 5000), OIDC_TURN_OTHERS);
	assert_int_equal(turn_at(*data, 5000, 5000), OIDC_TURN_NOBODYS);
	assert_int_equal(turn_at(*data, 5000, 5299), OIDC_TURN_NOBODYS);
	assert_int_equal(turn_at(*data, 5000, 5300), OIDC_TURN_OURS);
	assert_int_equal(turn_at(*data, 5000, 5301), OIDC_TURN_OTHERS);
}

static void
j27_two_sets_of_one_second_are_two(void **data)
{
	assert_err(save(*data, ISSUER, 5000), ERR_OK);
	assert_int_equal(turn_at(*data, 5000, 5000), OIDC_TURN_OURS);
	assert_err(save(*data, ISSUER, 5000), ERR_OK);
	assert_int_equal(turn_at(*data, 5000, 5000), OIDC_TURN_OTHERS);
	assert_err(load(*data, ISSUER), ERR_OK);
	assert_int_equal(turn_at(*data, record.fetched, 5000),
	    OIDC_TURN_NOBODYS);
}

static void
j27_a_clock_that_was_set_back_stops_nobody_for_ever(void **data)
{
	assert_err(save(*data, ISSUER, 2000000000), ERR_OK);
	assert_int_equal(turn_at(*data, 2000000000, 2000000000),
	    OIDC_TURN_OURS);
	/* By a little: a little longer. */
	assert_int_equal(turn_at(*data, 2000000000, 2000000000 - 299),
	    OIDC_TURN_OTHERS);
	/* By much: at once, and what comes then is news. */
	assert_int_equal(turn_at(*data, 2000000000, 1000000000),
	    OIDC_TURN_OURS);
	assert_err(save(*data, ISSUER, 1000000000), ERR_OK);
	assert_int_equal(turn_at(*data, 2000000000, 1000000001),
	    OIDC_TURN_OTHERS);
}

static enum err
take_turn(struct state *state, int i)
{
	enum oidc_turn turn;
	enum err r = oidc_store_turn(state->store, 1000, 5000 + i % 3, &turn,
	    NULL);

	if (r != ERR_OK)
		return r;
	return turn == OIDC_TURN_OURS ? ERR_OK :
	    turn == OIDC_TURN_OTHERS ? ERR_EXISTS : ERR_TIMEOUT;
}

static void
j27_of_many_processes_one_fetches(void **data)
{
	int count[ERR_COUNT] = { 0 };

	assert_err(save(*data, ISSUER, 1000), ERR_OK);
	state_race(*data, take_turn, count);
	assert_int_equal(count[ERR_OK], 1);
	assert_int_equal(count[ERR_EXISTS], STATE_PROCESSES - 1);
}

/* -- how old they are ------------------------------------------------------ */

static void
j28_keys_get_old(void **data)
{
	static const struct {
		int64_t fetched;
		int64_t now;
		bool stale;
	} rows[] = {
		{ 0, 100, true },
		{ 5000, 5000, false },
		{ 5000, 8600, false },
		{ 5000, 8601, true },
		{ 5000, 1400, false },
		{ 5000, 1399, true },
	};

	(void)data;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		record.fetched = rows[i].fetched;
		assert_int_equal(oidc_is_stale(&record, 3600, rows[i].now),
		    rows[i].stale);
	}
}

#define STATE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STATE_TEST(what_is_saved_is_loaded),
		STATE_TEST(what_was_never_saved_is_missing),
		STATE_TEST(j28_a_key_that_was_removed_is_forgotten),
		STATE_TEST(j14_another_issuer_takes_the_place),
		STATE_TEST(new_keys_leave_the_endpoints),
		STATE_TEST(issuers_are_compared_exactly),
		STATE_TEST(j13_what_could_not_be_loaded_is_not_saved),
		STATE_TEST(j28_keys_that_somebody_changed_are_refused),
		STATE_TEST(a_key_set_of_the_greatest_size_is_kept),
		STATE_TEST(a_disk_that_is_full_keeps_the_old_ones),
		STATE_TEST(a_kid_has_its_grammar),
		STATE_TEST(j27_one_may_fetch_in_five_minutes),
		STATE_TEST(j27_a_host_without_keys_has_turns_too),
		STATE_TEST(j27_what_others_have_fetched_is_loaded),
		STATE_TEST(j27_what_was_fetched_in_vain_is_not_fetched_again),
		STATE_TEST(j27_two_sets_of_one_second_are_two),
		STATE_TEST(
		    j27_a_clock_that_was_set_back_stops_nobody_for_ever),
		STATE_TEST(j27_of_many_processes_one_fetches),
		STATE_TEST(j28_keys_get_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
