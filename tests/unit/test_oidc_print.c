/* SPDX-License-Identifier: BSD-2-Clause */
/* What the commands make of the device flow's record. */
#include "unit.h"

#include "admin/oidc_print.h"

#define NOW 1800000000
#define DAY 86400

static const struct conf conf = { .device_keys_max_age = DAY };

static struct jwk
make_key(const char *kid, uint8_t byte)
{
	struct jwk key = { .n_len = 256, .e = { 1, 0, 1 }, .e_len = 3 };

	memset(key.n, byte, key.n_len);
	(void)snprintf(key.kid, sizeof(key.kid), "%s", kid);
	return key;
}

static struct oidc_record
make_record(int64_t fetched)
{
	struct oidc_record record = {
		.endpoints = { "https://h/d", "https://h/t", "https://h/k" },
		.fetched = fetched,
	};

	record.keys.key[0] = make_key("a", 0x81);
	record.keys.count = 1;
	return record;
}

static void
keys_of_the_last_day_are_good(void **state)
{
	static const int64_t times[] = { NOW, NOW + 1, NOW - DAY };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		struct oidc_record record = make_record(times[i]);

		assert_err(oidc_state(&record, &conf, NOW), ERR_OK);
	}
}

static void
j28_older_ones_and_those_of_another_clock_are_stale(void **state)
{
	static const int64_t times[] = { 0, NOW - DAY - 1, NOW + DAY + 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		struct oidc_record record = make_record(times[i]);

		assert_err(oidc_state(&record, &conf, NOW), ERR_JWKS_STALE);
	}
}

static void
without_endpoints_or_keys_nobody_can_sign_in(void **state)
{
	struct oidc_record record = make_record(NOW);

	(void)state;
	record.keys.count = 0;
	assert_err(oidc_state(&record, &conf, NOW), ERR_OIDC_MISSING);
	record = make_record(NOW);
	record.endpoints.device[0] = '\0';
	assert_err(oidc_state(&record, &conf, NOW), ERR_OIDC_MISSING);
}

static void
no_set_is_of_the_future_because_two_came_in_a_second(void **state)
{
	struct oidc_record record = make_record(NOW + 1);

	(void)state;
	assert_int_equal(oidc_age(&record, NOW), 0);
	record.fetched = NOW + 2;
	assert_int_equal(oidc_age(&record, NOW), -2);
	record.fetched = NOW - 5;
	assert_int_equal(oidc_age(&record, NOW), 5);
}

static void
keys_are_told_apart_by_all_that_they_are(void **state)
{
	struct jwks a = { .count = 2 };
	struct jwks b = { .count = 1 };
	struct jwks none = { .count = 0 };

	(void)state;
	a.key[0] = make_key("a", 0x81);
	a.key[1] = make_key("b", 0x81);
	b.key[0] = make_key("a", 0x81);
	assert_int_equal(oidc_keys_beyond(&a, &a), 0);
	assert_int_equal(oidc_keys_beyond(&a, &b), 1);
	assert_int_equal(oidc_keys_beyond(&b, &a), 0);
	assert_int_equal(oidc_keys_beyond(&a, &none), 2);
	assert_int_equal(oidc_keys_beyond(&none, &a), 0);
	b.key[0].n[7] ^= 1;
	assert_int_equal(oidc_keys_beyond(&b, &a), 1);
	b.key[0] = make_key("a", 0x81);
	b.key[0].e[2] = 3;
	assert_int_equal(oidc_keys_beyond(&b, &a), 1);
	b.key[0] = make_key("a", 0x81);
	b.key[0].e_len = 1;
	assert_int_equal(oidc_keys_beyond(&b, &a), 1);
	b.key[0] = make_key("A", 0x81);
	assert_int_equal(oidc_keys_beyond(&b, &a), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_the_last_day_are_good),
		cmocka_unit_test(
		    j28_older_ones_and_those_of_another_clock_are_stale),
		cmocka_unit_test(
		    without_endpoints_or_keys_nobody_can_sign_in),
		cmocka_unit_test(
		    no_set_is_of_the_future_because_two_came_in_a_second),
		cmocka_unit_test(keys_are_told_apart_by_all_that_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
