/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "directory/registry.h"
#include "sys/crypto.h"

#define PEOPLE 300

static enum err
get_with(struct state *state, const struct local *local,
    enum registry_kind kind, const char *key, uint32_t *id)
{
	AUTO(registry) struct registry *registry = NULL;
	struct diag diag = DIAG_INIT;
	enum err r = registry_open(state->store, &state->conf, local,
	    &registry, &diag);

	return r != ERR_OK ? r : registry_give(registry, kind, key, id, &diag);
}

static uint32_t
get(struct state *state, enum registry_kind kind, const char *key)
{
	uint32_t id = 0;

	assert_err(get_with(state, NULL, kind, key, &id), ERR_OK);
	return id;
}

static void
narrow(struct state *state, uint64_t size)
{
	state->conf.users_min_id = 2000000000;
	state->conf.users_max_id = 2000000000 + size - 1;
}

/* What the header promises, computed in another way. */
static uint32_t
expected_first(const struct conf *conf, const char *text)
{
	uint8_t hash[SHA256_SIZE];
	uint64_t size = conf->users_max_id - conf->users_min_id + 1;
	uint64_t rest = 0;

	assert_err(crypto_sha256(text, strlen(text), hash), ERR_OK);
	for (int i = 0; i < 64; i++) {
		rest = rest * 2 + ((hash[i / 8] >> (7 - i % 8)) & 1);
		rest %= size;
	}
	return (uint32_t)(conf->users_min_id + rest);
}

static void
first_choice_is_the_documented_hash(void **data)
{
	struct state *state = *data;

	assert_int_equal(get(state, REGISTRY_USER, "2819c223"),
	    expected_first(&state->conf, "u:2819c223"));
	assert_int_equal(get(state, REGISTRY_GROUP, "department:Sales"),
	    expected_first(&state->conf, "g:department:Sales"));
	/* printf u:2819c223 | sha256sum | cut -c-16, modulo 268304384 */
	assert_int_equal(get(state, REGISTRY_USER, "2819c223"), 2116853411);
}

static void
p8_id_stays_when_everything_else_changes(void **data)
{
	struct state *state = *data;
	uint32_t id = get(state, REGISTRY_USER, "a");

	narrow(state, 4);
	assert_int_equal(get(state, REGISTRY_USER, "a"), id);
	store_free(&state->store);
	state_open(state);
	assert_int_equal(get(state, REGISTRY_USER, "a"), id);
}

static void
users_and_groups_share_one_space(void **data)
{
	struct state *state = *data;
	uint32_t a, b, c;

	narrow(state, 3);
	a = get(state, REGISTRY_USER, "same");
	b = get(state, REGISTRY_GROUP, "same");
	c = get(state, REGISTRY_USER, "other");
	assert_int_not_equal(a, b);
	assert_int_not_equal(a, c);
	assert_int_not_equal(b, c);
	assert_int_equal((uint64_t)a + b + c, 3 * 2000000000ull + 3);
}

static void
keys_are_compared_exactly(void **data)
{
	struct state *state = *data;
	uint32_t id = get(state, REGISTRY_USER, "Key");

	assert_int_not_equal(get(state, REGISTRY_USER, "key"), id);
	assert_int_not_equal(get(state, REGISTRY_USER, "Key "), id);
	assert_int_equal(get(state, REGISTRY_USER, "Key"), id);
}

static void
exhausted_range_is_an_error_and_gives_nothing_twice(void **data)
{
	struct state *state = *data;
	uint32_t seen[7];
	uint32_t id = 1;
	char key[16];

	narrow(state, 7);
	for (unsigned int i = 0; i < 7; i++) {
		(void)snprintf(key, sizeof(key), "key-%u", i);
		seen[i] = get(state, REGISTRY_USER, key);
		assert_in_range(seen[i], 2000000000, 2000000006);
		for (unsigned int j = 0; j < i; j++)
			assert_int_not_equal(seen[i], seen[j]);
	}
	assert_err(get_with(state, NULL, REGISTRY_USER, "one more", &id),
	    ERR_ID_EXHAUSTED);
	assert_int_equal(id, 1);
	assert_int_equal(get(state, REGISTRY_USER, "key-3"), seen[3]);
}

static void
local_ids_are_never_given(void **data)
{
	struct state *state = *data;
	AUTO(local) struct local *local = NULL;
	struct diag diag = DIAG_INIT;
	uint32_t id = 1;

	narrow(state, 3);
	state_set_local("a:x:2000000000:0::/:\n", "b:x:2000000002:\n");
	assert_err(local_load_host(&local, &diag), ERR_OK);
	assert_err(get_with(state, local, REGISTRY_USER, "x", &id), ERR_OK);
	assert_int_equal(id, 2000000001);
	assert_err(get_with(state, local, REGISTRY_USER, "y", &id),
	    ERR_ID_EXHAUSTED);
}

static void
range_outside_the_compiled_one_is_refused(void **data)
{
	static const uint64_t ranges[][2] = {
		{ 0, ID_MAX }, { 0, 0 }, { ID_MIN - 1, ID_MAX },
		{ ID_MIN, ID_MAX + 1ull }, { ID_MIN + 1, ID_MIN },
		{ ID_MIN, UINT64_MAX }, { UINT64_MAX, UINT64_MAX },
	};
	struct state *state = *data;
	uint32_t id = 1;

	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		state->conf.users_min_id = ranges[i][0];
		state->conf.users_max_id = ranges[i][1];
		assert_err(get_with(state, NULL, REGISTRY_USER, "x", &id),
		    ERR_CONF_VALUE);
	}
	assert_int_equal(id, 1);
	state->conf.users_min_id = ID_MIN;
	state->conf.users_max_id = ID_MIN;
	assert_int_equal(get(state, REGISTRY_USER, "x"), ID_MIN);
}

static void
last_slot_is_followed_by_the_first(void **data)
{
	struct state *state = *data;
	char key[16] = "";
	uint32_t last;

	narrow(state, 4);
	last = (uint32_t)state->conf.users_max_id;
	state_exec(state->store, "INSERT INTO ids(id, kind, key) VALUES "
	    "(2000000003, 'u', 'somebody')", ERR_OK);
	for (unsigned int i = 0; i == 0 || expected_first(&state->conf, key)
	    != last; i++)
		(void)snprintf(key, sizeof(key), "u:%u", i);
	assert_int_equal(get(state, REGISTRY_USER, key + 2), 2000000000);
}

static void
two_of_one_first_choice_are_both_there(void **data)
{
	struct state *state = *data;
	uint32_t a, b;

	narrow(state, 2);
	a = get(state, REGISTRY_USER, "a");
	b = get(state, REGISTRY_USER, "b");
	assert_int_equal(a + b, 4000000001);
	assert_int_equal(get(state, REGISTRY_USER, "a"), a);
	assert_int_equal(get(state, REGISTRY_USER, "b"), b);
}

/* -- the property: hosts that never speak to each other agree ------------- */

static char ids[PEOPLE][16];
static char names[PEOPLE][16];
static char moments[PEOPLE][32];

/* Entry i of the history: created in this order, ids in no order. */
static struct record
person(unsigned int i)
{
	(void)snprintf(ids[i], sizeof(ids[i]), "%08x", i * 2654435761u);
	(void)snprintf(names[i], sizeof(names[i]), "user%u", i);
	(void)snprintf(moments[i], sizeof(moments[i]),
	    "2024-01-%02uT10:%02u:00Z", 1 + i / 60, i % 60);
	return state_record(ids[i], names[i], moments[i]);
}

/* One host: syncs when the history has `first` people, then all of it.  The
 * server's order differs from host to host. */
static void
live_through(struct state *host, uint64_t range, unsigned int first,
    unsigned int people, bool backwards)
{
	struct record records[PEOPLE];

	state_init(host);
	state_open(host);
	narrow(host, range);
	for (unsigned int i = 0; i < people; i++)
		records[i] = person(backwards ? people - 1 - i : i);
	if (first > 0) {
		struct record early[PEOPLE];

		for (unsigned int i = 0; i < first; i++)
			early[i] = person(i);
		assert_err(state_sync(host, early, first, NULL), ERR_OK);
	}
	assert_err(state_sync(host, records, people, NULL), ERR_OK);
}

static const char *
id_of(const struct state *host, unsigned int i)
{
	char sql[96];

	(void)snprintf(sql, sizeof(sql), "SELECT id FROM ids WHERE kind = 'u' "
	    "AND key = '%.15s'", ids[i]);
	return state_query(host->store, sql);
}

static bool
collides(const struct state *host, unsigned int i, unsigned int people)
{
	char mine[32];
	char other[32];
	uint32_t want;

	(void)snprintf(mine, sizeof(mine), "u:%.15s", ids[i]);
	want = expected_first(&host->conf, mine);
	if (strtoul(id_of(host, i), NULL, 10) != want)
		return true;
	for (unsigned int j = 0; j < people; j++) {
		(void)snprintf(other, sizeof(other), "u:%.15s", ids[j]);
		if (j != i && expected_first(&host->conf, other) == want)
			return true;
	}
	return false;
}

static void
compare_hosts(const struct state *a, const struct state *b,
    unsigned int people, bool also_collisions, unsigned int *collisions)
{
	for (unsigned int i = 0; i < people; i++) {
		bool collided = collides(a, i, people) ||
		    collides(b, i, people);

		*collisions += collided;
		if (!collided || also_collisions)
			assert_string_equal(id_of(a, i), id_of(b, i));
	}
}

static void
hosts_with_equal_lists_agree_on_everything(void **data)
{
	/* A roomy range, one that is nearly full, one that is full. */
	static const uint64_t ranges[] = { 1 << 20, 320, PEOPLE };
	unsigned int collisions = 0;

	(void)data;
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		struct state a, b;

		live_through(&a, ranges[i], 0, PEOPLE, false);
		live_through(&b, ranges[i], 0, PEOPLE, true);
		compare_hosts(&a, &b, PEOPLE, true, &collisions);
		state_clear(&a);
		state_clear(&b);
	}
	/* else the test would not show what it says */
	assert_true(collisions > PEOPLE);
}

static void
many_at_once_get_what_one_after_the_other_gets(void **data)
{
	static const uint64_t ranges[] = { 1 << 27, 1 << 14, 320, PEOPLE };

	(void)data;
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		struct state a, b;

		live_through(&a, ranges[i], 0, PEOPLE, true);
		state_init(&b);
		state_open(&b);
		narrow(&b, ranges[i]);
		for (unsigned int n = 0; n < PEOPLE; n++)
			assert_int_equal(get(&b, REGISTRY_USER, ids[n]),
			    strtoul(id_of(&a, n), NULL, 10));
		assert_string_equal(state_query(a.store, "SELECT count(*) "
		    "FROM users JOIN ids ON key = scim_id AND uid = id"),
		    state_query(b.store, "SELECT count(*) FROM ids"));
		state_clear(&a);
		state_clear(&b);
	}
}

/* The name is the first one's, wherever among the many the others are. */
static void
of_many_at_once_the_first_has_the_name(void **data)
{
	struct state *state = *data;
	struct record records[PEOPLE];
	char want[16];

	for (unsigned int n = 0; n < PEOPLE; n++)
		records[n] = person(n);
	for (unsigned int n = 10; n < PEOPLE; n += 97)
		records[n].user_name = names[n % 7];
	assert_err(state_sync(state, records, PEOPLE, NULL), ERR_OK);
	for (unsigned int n = 0; n < PEOPLE; n++) {
		bool taken = n % 97 == 10;

		(void)snprintf(want, sizeof(want), "user%u", n);
		state_account(state, ids[n], taken ? "" : want,
		    taken ? "name-taken" : "");
	}
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM ids"), "300");
}

static void
hosts_that_sync_at_other_moments_agree(void **data)
{
	static const unsigned int firsts[] = { 1, 50, 299 };
	unsigned int collisions = 0;

	(void)data;
	for (size_t i = 0; i < ARRAY_LEN(firsts); i++) {
		struct state a, b;

		/* People are only added, in the order of creation: then the
		 * one list is the beginning of the other, and collisions
		 * resolve alike too. */
		live_through(&a, 320, firsts[i], PEOPLE, true);
		live_through(&b, 320, 0, PEOPLE, false);
		compare_hosts(&a, &b, PEOPLE, true, &collisions);
		state_clear(&a);
		state_clear(&b);
	}
	assert_true(collisions > PEOPLE / 2);
}

/* -- ids of the server's own ----------------------------------------------- */

static enum err
claim(struct state *state, const char *key, const char *number, uint32_t *id)
{
	AUTO(local) struct local *local = NULL;
	AUTO(registry) struct registry *registry = NULL;
	struct diag diag = DIAG_INIT;

	assert_err(local_load_host(&local, &diag), ERR_OK);
	assert_err(registry_open(state->store, &state->conf, local, &registry,
	    &diag), ERR_OK);
	return registry_claim(registry, REGISTRY_USER, key, number, id,
	    &diag);
}

static void
claimed_number_is_taken_once(void **data)
{
	struct state *state = *data;
	uint32_t id = 1;

	narrow(state, 4);
	assert_err(claim(state, "a", "2000000003", &id), ERR_OK);
	assert_int_equal(id, 2000000003);
	assert_err(claim(state, "b", "2000000003", &id), ERR_ID_TAKEN);
	assert_err(claim(state, "b", "2000000000", &id), ERR_OK);
	/* Whoever has one keeps it. */
	assert_err(claim(state, "a", "2000000001", &id), ERR_OK);
	assert_int_equal(id, 2000000003);
	assert_err(claim(state, "a", "", &id), ERR_OK);
	assert_err(claim(state, "a", "0", &id), ERR_OK);
	assert_int_equal(id, 2000000003);
	/* Groups are in the same space. */
	(void)get(state, REGISTRY_GROUP, "x");
	(void)get(state, REGISTRY_GROUP, "y");
	assert_err(claim(state, "c", "2000000001", &id), ERR_ID_TAKEN);
	assert_err(claim(state, "c", "2000000002", &id), ERR_ID_TAKEN);
}

static void
p8_number_that_is_no_id_of_ours_is_refused(void **data)
{
	static const char *const numbers[] = {
		"0", "-1", "999", "1000", "1999999999", "2000000004",
		"2147483648", "4294967295", "4294967296", "6294967298",
		"18446744073709551616", "02000000001", " 2000000001",
		"2000000001 ", "+2000000001", "2000000001.0", "2e9",
		"0x77359401", "root", "2000000001\n",
	};
	struct state *state = *data;
	uint32_t id = 1;

	narrow(state, 4);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		assert_err(claim(state, "a", numbers[i], &id), ERR_ID_RANGE);
	assert_err(claim(state, "a", "", &id), ERR_ID_MISSING);
	state_set_local("a:x:2000000000:0::/:\n", "b:x:2000000002:\n");
	assert_err(claim(state, "a", "2000000000", &id), ERR_ID_TAKEN);
	assert_err(claim(state, "a", "2000000002", &id), ERR_ID_TAKEN);
	assert_int_equal(id, 1);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM ids"), "0");
	state->conf.users_max_id = ID_MAX + 1ull;
	assert_err(claim(state, "a", "2000000001", &id), ERR_CONF_VALUE);
}

static void
servers_ids_refuse_only_the_records_that_they_do_not_fit(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "ann", T1), state_record("b", "bob", T1),
		state_record("c", "cid", T1), state_record("d", "dan", T1),
	};
	struct update_report report;

	narrow(state, 10);
	state->conf.users_uid_attribute = "uidNumber";
	records[0].number = "2000000005";
	records[1].number = "0";
	records[2].number = "2000000005";
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.refused, 3);
	assert_int_equal(report.id_conflicts, 0);
	state_account(state, "a", "ann", "");
	assert_string_equal(state_user(state, "uid", "a"), "2000000005");
	state_account(state, "b", "", "id-range");
	state_account(state, "c", "", "id-taken");
	state_account(state, "d", "", "id-missing");
	/* The provider mends it, and changes what it cannot change. */
	records[0].number = "2000000006";
	records[2].number = "2000000007";
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.id_conflicts, 1);
	assert_int_equal(report.refused, 2);
	assert_string_equal(state_user(state, "uid", "a"), "2000000005");
	assert_string_equal(state_user(state, "uid", "c"), "2000000007");
	/* And without the attribute everybody has one. */
	state->conf.users_uid_attribute = "";
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.refused, 0);
	assert_string_equal(state_user(state, "uid", "a"), "2000000005");
}

/* Filling a range to the last slot looks at few of them each time. */
static void
nearly_full_range_costs_one_query_for_an_id(void **data)
{
	struct state *state = *data;
	uint32_t id = 0;

	narrow(state, 100000);
	state_exec(state->store, "WITH RECURSIVE n(i) AS (SELECT 2000000000 "
	    "UNION ALL SELECT i + 1 FROM n WHERE i < 2000099998) "
	    "INSERT INTO ids(id, kind, key) SELECT i, 'u', 'x' || i FROM n",
	    ERR_OK);
	assert_err(get_with(state, NULL, REGISTRY_USER, "a", &id), ERR_OK);
	assert_int_equal(id, 2000099999);
	assert_err(get_with(state, NULL, REGISTRY_USER, "b", &id),
	    ERR_ID_EXHAUSTED);
}

static void
exhaustion_fails_the_sync_as_a_whole(void **data)
{
	struct state *state = *data;
	struct record records[] = { person(0), person(1), person(2) };

	narrow(state, 2);
	assert_err(state_sync(state, records, 3, NULL), ERR_ID_EXHAUSTED);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM ids"), "0");
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM users"), "0");
	assert_err(state_sync(state, records, 2, NULL), ERR_OK);
}

#define TEST(name) cmocka_unit_test(name)
#define STATE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STATE_TEST(first_choice_is_the_documented_hash),
		STATE_TEST(p8_id_stays_when_everything_else_changes),
		STATE_TEST(users_and_groups_share_one_space),
		STATE_TEST(keys_are_compared_exactly),
		STATE_TEST(
		    exhausted_range_is_an_error_and_gives_nothing_twice),
		STATE_TEST(local_ids_are_never_given),
		STATE_TEST(range_outside_the_compiled_one_is_refused),
		STATE_TEST(last_slot_is_followed_by_the_first),
		STATE_TEST(two_of_one_first_choice_are_both_there),
		TEST(hosts_with_equal_lists_agree_on_everything),
		TEST(many_at_once_get_what_one_after_the_other_gets),
		STATE_TEST(of_many_at_once_the_first_has_the_name),
		TEST(hosts_that_sync_at_other_moments_agree),
		STATE_TEST(claimed_number_is_taken_once),
		STATE_TEST(p8_number_that_is_no_id_of_ours_is_refused),
		STATE_TEST(
		    servers_ids_refuse_only_the_records_that_they_do_not_fit),
		STATE_TEST(nearly_full_range_costs_one_query_for_an_id),
		STATE_TEST(exhaustion_fails_the_sync_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
