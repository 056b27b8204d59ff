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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
