/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include "auth/idp_keys.h"

static struct idp_keys
make_keys(uint8_t first, size_t count)
{
	struct idp_keys keys;

	memset(&keys, 0, sizeof(keys));
	keys.count = count;
	for (size_t i = 0; i < count; i++) {
		struct idp_key *key = &keys.key[i];

		memset(key->n, first + (uint8_t)i, 256);
		key->n_len = 256;
		memcpy(key->e, "\1\0\1", 3);
		key->e_len = 3;
		memset(key->cert_sha256, 7, sizeof(key->cert_sha256));
		(void)snprintf(key->subject, sizeof(key->subject),
		    "CN=key %zu", i);
		key->not_before = 5;
		key->not_after = INT64_MAX;
	}
	return keys;
}

static enum err
load(struct state *state, const char *issuer, struct idp_keys *keys)
{
	struct diag diag = DIAG_INIT;

	return idp_keys_load(state->store, issuer, keys, &diag);
}

static void
replace(struct state *state, const char *issuer, const struct idp_keys *keys)
{
	struct diag diag = DIAG_INIT;

	assert_err(store_begin(state->store, &diag), ERR_OK);
	assert_err(idp_keys_replace(state->store, issuer, keys, &diag),
	    ERR_OK);
	assert_err(store_commit(state->store, &diag), ERR_OK);
}

static void
keys_come_back_as_they_were(void **data)
{
	struct idp_keys keys = make_keys(1, SAML_KEYS_MAX);
	struct idp_keys got;

	memset(&got, 0, sizeof(got));
	replace(*data, "idp", &keys);
	assert_err(load(*data, "idp", &got), ERR_OK);
	assert_int_equal(got.count, SAML_KEYS_MAX);
	for (size_t i = 0; i < got.count; i++) {
		assert_int_equal(got.key[i].n_len, 256);
		assert_int_equal(got.key[i].n[255], 1 + i);
		assert_int_equal(got.key[i].e_len, 3);
		assert_memory_equal(got.key[i].e, "\1\0\1", 3);
		assert_int_equal(got.key[i].cert_sha256[31], 7);
		assert_string_equal(got.key[i].subject, keys.key[i].subject);
		assert_int_equal(got.key[i].not_before, 5);
		assert_true(got.key[i].not_after == INT64_MAX);
	}
}

static void
c1_another_issuer_has_no_keys(void **data)
{
	struct idp_keys keys = make_keys(1, 1);
	struct idp_keys got = { .count = 9 };

	assert_err(load(*data, "idp", &got), ERR_IDP_NO_KEYS);
	replace(*data, "idp", &keys);
	assert_err(load(*data, "idp2", &got), ERR_IDP_NO_KEYS);
	assert_err(load(*data, "", &got), ERR_IDP_NO_KEYS);
	assert_err(load(*data, "IDP", &got), ERR_IDP_NO_KEYS);
	assert_int_equal(got.count, 9);
}

static void
c6_replaced_keys_and_issuers_are_gone(void **data)
{
	struct idp_keys keys = make_keys(1, 3);
	struct idp_keys got;

	replace(*data, "idp", &keys);
	keys = make_keys(9, 1);
	replace(*data, "idp", &keys);
	assert_err(load(*data, "idp", &got), ERR_OK);
	assert_int_equal(got.count, 1);
	assert_int_equal(got.key[0].n[0], 9);
	replace(*data, "idp2", &keys);
	assert_err(load(*data, "idp", &got), ERR_IDP_NO_KEYS);
	keys.count = 0;
	replace(*data, "idp2", &keys);
	assert_err(load(*data, "idp2", &got), ERR_IDP_NO_KEYS);
}

static void
damaged_keys_are_refused(void **data)
{
	static const char *const damage[] = {
		"UPDATE idp_keys SET n = zeroblob(1025)",
		"UPDATE idp_keys SET n = x''",
		"UPDATE idp_keys SET e = zeroblob(9)",
		"UPDATE idp_keys SET e = x''",
		"UPDATE idp_keys SET cert_sha256 = zeroblob(31)",
		"UPDATE idp_keys SET cert_sha256 = zeroblob(33)",
	};
	struct state *state = *data;
	struct idp_keys keys = make_keys(1, 3);
	struct idp_keys got = { .count = 9 };

	for (size_t i = 0; i < ARRAY_LEN(damage); i++) {
		replace(state, "idp", &keys);
		state_exec(state->store, damage[i], ERR_OK);
		assert_err(load(state, "idp", &got), ERR_STORE);
		assert_int_equal(got.count, 9);
	}
	keys = make_keys(1, SAML_KEYS_MAX);
	replace(state, "idp", &keys);
	state_exec(state->store, "INSERT INTO idp_keys SELECT issuer, "
	    "place + 100, n, e, cert_sha256, subject, 0, 0 FROM idp_keys",
	    ERR_OK);
	assert_err(load(state, "idp", &got), ERR_STORE);
}

/* -- the guard ------------------------------------------------------------- */

static void
c6_sets_share_a_key_by_n_and_e(void **data)
{
	const struct idp_keys ours = make_keys(1, 3);
	struct idp_keys theirs = make_keys(3, 3);

	(void)data;
	assert_true(idp_keys_share(&ours, &theirs));
	assert_true(idp_keys_share(&theirs, &ours));
	/* A new certificate for a key, and another key in its certificate. */
	memset(theirs.key[0].cert_sha256, 8, sizeof(theirs.key[0].cert_sha256));
	assert_true(idp_keys_share(&ours, &theirs));
	theirs.key[0].n[255] ^= 1;
	assert_false(idp_keys_share(&ours, &theirs));
	theirs.key[0] = ours.key[2];
	theirs.key[0].n_len--;
	assert_false(idp_keys_share(&ours, &theirs));
	theirs.key[0] = ours.key[2];
	theirs.key[0].e[2] ^= 2;
	assert_false(idp_keys_share(&ours, &theirs));
	theirs.key[0] = ours.key[2];
	theirs.key[0].e_len = 2;
	assert_false(idp_keys_share(&ours, &theirs));
	theirs.key[2] = ours.key[2];
	assert_true(idp_keys_share(&ours, &theirs));
}

static void
c6_nothing_is_shared_with_no_keys(void **data)
{
	const struct idp_keys ours = make_keys(1, 3);
	const struct idp_keys none = { .count = 0 };

	(void)data;
	assert_false(idp_keys_share(&ours, &none));
	assert_false(idp_keys_share(&none, &ours));
	assert_false(idp_keys_share(&none, &none));
}

static void
added_and_removed_keys_are_counted_by_certificate(void **data)
{
	struct idp_keys before = make_keys(1, 2);
	struct idp_keys after = make_keys(1, 3);

	(void)data;
	for (size_t i = 0; i < 3; i++)
		after.key[i].cert_sha256[0] = (uint8_t)(i + 1);
	before.key[0].cert_sha256[0] = 1;
	before.key[1].cert_sha256[0] = 9;
	assert_int_equal(idp_keys_beyond(&after, &before), 2);
	assert_int_equal(idp_keys_beyond(&before, &after), 1);
	assert_ptr_equal(idp_keys_find(&after, after.key[2].cert_sha256),
	    &after.key[2]);
	assert_null(idp_keys_find(&after, before.key[1].cert_sha256));
}

/* -- the age --------------------------------------------------------------- */

#define FETCHED 1000000
#define ADDRESS "https://login.example/metadata?appid=1"

static void
c7_old_keys_from_an_address_are_stale(void **data)
{
	static const struct {
		const char *source;
		int64_t valid_until;
		int64_t max_age;
		int64_t now;
		enum err want;
	} rows[] = {
		{ ADDRESS, 0, 60, FETCHED, ERR_OK },
		{ ADDRESS, 0, 60, FETCHED + 60, ERR_OK },
		{ ADDRESS, 0, 60, FETCHED + 61, ERR_IDP_STALE },
		{ "http://127.0.0.1/", 0, 60, FETCHED + 61, ERR_IDP_STALE },
		/* no limit */
		{ ADDRESS, 0, 0, FETCHED * 2, ERR_OK },
		/* the clock was set back */
		{ ADDRESS, 0, 60, FETCHED - 60, ERR_OK },
		{ ADDRESS, 0, 60, FETCHED - 61, ERR_IDP_STALE },
		/* root's own files */
		{ "/etc/8x8sso/m.xml", 0, 60, FETCHED + 61, ERR_OK },
		{ "/etc/8x8sso/m.xml", 0, 60, 1, ERR_OK },
		{ "", 0, 60, FETCHED + 61, ERR_OK },
		/* validUntil, of both, whatever the limit */
		{ ADDRESS, FETCHED + 10, 60, FETCHED + 9, ERR_OK },
		{ ADDRESS, FETCHED + 10, 60, FETCHED + 10, ERR_IDP_STALE },
		{ ADDRESS, FETCHED + 10, 0, FETCHED + 10, ERR_IDP_STALE },
		{ "/m", FETCHED + 10, 60, FETCHED + 9, ERR_OK },
		{ "/m", FETCHED + 10, 60, FETCHED + 10, ERR_IDP_STALE },
		{ "/m", FETCHED + 10, 0, FETCHED + 11, ERR_IDP_STALE },
	};

	(void)data;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct diag diag = DIAG_INIT;
		struct idp_origin origin = {
			.fetched = FETCHED,
			.valid_until = rows[i].valid_until,
		};

		(void)snprintf(origin.source, sizeof(origin.source), "%s",
		    rows[i].source);
		if (idp_origin_check(&origin, rows[i].max_age, rows[i].now,
		    &diag) != rows[i].want)
			fail_msg("row %zu: %s", i, diag.text);
	}
}

static void
c7_age_is_that_of_what_is_stored(void **data)
{
	struct state *state = *data;
	struct idp_origin origin = { ADDRESS, FETCHED, FETCHED + 50 };
	struct idp_origin got = { .fetched = 0 };
	struct diag diag = DIAG_INIT;

	assert_err(idp_origin_set(state->store, &origin, &diag), ERR_OK);
	assert_err(idp_origin_get(state->store, &got, &diag), ERR_OK);
	assert_string_equal(got.source, ADDRESS);
	assert_true(got.fetched == FETCHED);
	assert_true(got.valid_until == FETCHED + 50);
	assert_err(idp_origin_verify(state->store, 60, FETCHED + 49, &diag),
	    ERR_OK);
	assert_err(idp_origin_verify(state->store, 60, FETCHED + 50, &diag),
	    ERR_IDP_STALE);
	assert_non_null(strstr(diag.text, "1970-01-12T13:47:30Z"));
	assert_err(idp_origin_verify(state->store, 48, FETCHED + 49, &diag),
	    ERR_IDP_STALE);
	state_exec(state->store, "UPDATE meta SET value = 'soon' "
	    "WHERE key = 'idp_valid_until'", ERR_OK);
	assert_err(idp_origin_verify(state->store, 60, FETCHED, &diag),
	    ERR_STORE);
}

/* Keys from an address of which no fetch is known are older than any limit;
 * a state.db that knows no source has keys from files. */
static void
c7_unknown_age_is_too_old(void **data)
{
	struct state *state = *data;
	struct idp_origin origin = { ADDRESS, 0, 0 };
	struct diag diag = DIAG_INIT;

	assert_err(idp_origin_verify(state->store, 60, FETCHED, &diag),
	    ERR_OK);
	assert_err(idp_origin_set(state->store, &origin, &diag), ERR_OK);
	assert_err(idp_origin_verify(state->store, 60, FETCHED, &diag),
	    ERR_IDP_STALE);
}

#define STATE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STATE_TEST(keys_come_back_as_they_were),
		STATE_TEST(c1_another_issuer_has_no_keys),
		STATE_TEST(c6_replaced_keys_and_issuers_are_gone),
		STATE_TEST(damaged_keys_are_refused),
		STATE_TEST(c6_sets_share_a_key_by_n_and_e),
		STATE_TEST(c6_nothing_is_shared_with_no_keys),
		STATE_TEST(added_and_removed_keys_are_counted_by_certificate),
		STATE_TEST(c7_old_keys_from_an_address_are_stale),
		STATE_TEST(c7_age_is_that_of_what_is_stored),
		STATE_TEST(c7_unknown_age_is_too_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
