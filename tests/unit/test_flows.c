/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "auth/flows.h"
#include "auth/rate.h"
#include "base/limits.h"

#define DAY 86400

static struct diag why;

static int
setup(void **data)
{
	struct state *state;
	int r = state_setup(data);

	state = *data;
	state->conf.device_per_user = 10;
	state->conf.device_per_source = 20;
	state->conf.device_per_host = 200;
	state->conf.device_concurrent = 1000;
	return r;
}

/* A login of its own each time, until ended is. */
static enum err
begin(struct state *state, const char *user, const char *source, int64_t now)
{
	static unsigned int number;
	char id[32];
	const struct flow_claim claim = {
		.id = id, .user = user, .source = source, .until = now + 180,
	};

	(void)snprintf(id, sizeof(id), "%d-%u", (int)getpid(), number++);
	why = (struct diag)DIAG_INIT;
	return flows_begin(state->store, &state->conf, &claim, now, &why);
}

static void
assert_limit(enum err r, const char *name)
{
	assert_err(r, ERR_DEVICE_LIMIT);
	assert_err(why.code, ERR_DEVICE_LIMIT);
	assert_non_null(strstr(why.text, name));
}

/* The i-th of many addresses, names ... */
static const char *
nth(const char *format, int i)
{
	static char texts[8][64];
	static unsigned int next;
	char *text = texts[next++ % 8];

	(void)snprintf(text, sizeof(texts[0]), "%s%d", format, i);
	return text;
}

static const char *
flows(struct state *state)
{
	return state_query(state->store, "SELECT count(*) FROM flows");
}

/* -- rates ----------------------------------------------------------------- */

static void
v1_a_user_has_a_limit_wherever_it_comes_from(void **data)
{
	for (int i = 0; i < 10; i++)
		assert_err(begin(*data, "b.simon", nth("192.0.2.", i), 1000),
		    ERR_OK);
	for (int i = 10; i < 20; i++)
		assert_limit(begin(*data, "b.simon", nth("192.0.2.", i),
		    1899), "[device] per_user");
	/* It is nobody else's. */
	assert_err(begin(*data, "a.other", "192.0.2.1", 1899), ERR_OK);
	assert_err(begin(*data, "B.simon", "192.0.2.1", 1899), ERR_OK);
	assert_err(begin(*data, "b.simon", "192.0.2.1", 1900), ERR_OK);
}

static void
v1_a_source_has_a_limit_whoever_it_asks_for(void **data)
{
	for (int i = 0; i < 20; i++)
		assert_err(begin(*data, nth("u", i), "192.0.2.1", 1000),
		    ERR_OK);
	for (int i = 20; i < 30; i++)
		assert_limit(begin(*data, nth("u", i), "192.0.2.1", 1899),
		    "[device] per_source");
	assert_limit(begin(*data, "v", "::ffff:192.0.2.1", 1899),
	    "[device] per_source");
	assert_err(begin(*data, "u1", "192.0.2.11", 1899), ERR_OK);
	assert_err(begin(*data, "u1", "192.0.2.1", 1900), ERR_OK);
}

static void
v1_a_network_of_ipv6_is_one_source(void **data)
{
	for (int i = 0; i < 20; i++)
		assert_err(begin(*data, nth("u", i),
		    nth("2001:db8:1:2:3:4:5:", i), 1000), ERR_OK);
	assert_limit(begin(*data, "v", "2001:db8:1:2:ffff::", 1000),
	    "[device] per_source");
	assert_limit(begin(*data, "v", "2001:db8:1:2::%eth0", 1000),
	    "[device] per_source");
	assert_err(begin(*data, "v", "2001:db8:1:3::", 1000), ERR_OK);
}

static void
v1_the_host_has_a_limit(void **data)
{
	for (int i = 0; i < 200; i++)
		assert_err(begin(*data, nth("u", i), nth("192.0.2.", i),
		    1000), ERR_OK);
	assert_limit(begin(*data, "v", "198.51.100.1", 1899),
	    "[device] per_host");
	assert_err(begin(*data, "v", "198.51.100.1", 1900), ERR_OK);
}

static void
v1_who_is_refused_counts_nowhere(void **data)
{
	struct state *state = *data;
	const char *before;

	for (int i = 0; i < 10; i++)
		assert_err(begin(state, "b.simon", "192.0.2.1", 1000),
		    ERR_OK);
	before = state_query(state->store, "SELECT group_concat(key || count "
	    "|| ends) FROM rates");
	/* A victim's name costs the attackers' sources and the host nothing,
	 * and gives nobody a row. */
	for (int i = 0; i < 50; i++)
		assert_limit(begin(state, "b.simon", nth("203.0.113.", i),
		    1001), "per_user");
	assert_string_equal(state_query(state->store,
	    "SELECT group_concat(key || count || ends) FROM rates"), before);
	assert_string_equal(flows(state), "10");
}

static void
a_clock_that_was_set_back_locks_nobody_out(void **data)
{
	struct state *state = *data;

	state->conf.device_concurrent = 4;
	state->conf.device_per_user = 1;
	assert_err(begin(state, "b.simon", "192.0.2.1", 2000000000), ERR_OK);
	assert_err(begin(state, "b.simon", "192.0.2.1", 1000), ERR_OK);
	assert_string_equal(flows(state), "1");
}

/* -- places ---------------------------------------------------------------- */

static void
v4_a_source_has_a_quarter_of_the_places(void **data)
{
	static const struct {
		uint64_t concurrent;
		int quarter;
	} rows[] = {
		{ 1, 1 }, { 3, 1 }, { 4, 1 }, { 7, 1 }, { 8, 2 }, { 50, 12 },
	};
	struct state *state = *data;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		state->conf.device_concurrent = rows[i].concurrent;
		state_exec(state->store, "DELETE FROM flows", ERR_OK);
		state_exec(state->store, "DELETE FROM rates", ERR_OK);
		for (int k = 0; k < rows[i].quarter; k++)
			assert_err(begin(state, nth("u", k), "192.0.2.1",
			    1000), ERR_OK);
		assert_limit(begin(state, "v", "192.0.2.1", 1000),
		    "of one source");
	}
}

static void
v4_strangers_have_three_quarters_of_the_places(void **data)
{
	static const struct {
		uint64_t concurrent;
		int strangers;
	} rows[] = {
		{ 1, 1 }, { 2, 1 }, { 4, 3 }, { 8, 6 }, { 50, 37 },
	};
	struct state *state = *data;

	flows_remember(state->store, "home", "198.51.100.1", 900);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		state->conf.device_concurrent = rows[i].concurrent;
		state_exec(state->store, "DELETE FROM flows", ERR_OK);
		state_exec(state->store, "DELETE FROM rates", ERR_OK);
		for (int k = 0; k < rows[i].strangers; k++)
			assert_err(begin(state, nth("u", k),
			    nth("192.0.2.", k), 1000), ERR_OK);
		assert_limit(begin(state, "v", "203.0.113.1", 1000),
		    "from new places");
		/* The rest is for those who are at home. */
		if (rows[i].concurrent > 1)
			assert_err(begin(state, "home", "198.51.100.1", 1000),
			    ERR_OK);
		else
			assert_limit(begin(state, "home", "198.51.100.1",
			    1000), "concurrent: 1");
	}
}

static void
v4_all_places_together_have_a_limit(void **data)
{
	struct state *state = *data;

	state->conf.device_concurrent = 4;
	for (int i = 0; i < 6; i++)
		flows_remember(state->store, nth("u", i), nth("192.0.2.", i),
		    900);
	for (int i = 0; i < 4; i++)
		assert_err(begin(state, nth("u", i), nth("192.0.2.", i),
		    1000), ERR_OK);
	assert_limit(begin(state, "u4", "192.0.2.4", 1000), "concurrent: 4");
}

static void
v4_a_place_that_is_given_back_is_free(void **data)
{
	struct state *state = *data;
	const struct flow_claim claim = {
		.id = "one", .user = "b.simon", .source = "192.0.2.1",
		.until = 1180,
	};

	state->conf.device_concurrent = 1;
	assert_err(flows_begin(state->store, &state->conf, &claim, 1000,
	    NULL), ERR_OK);
	flows_end(state->store, "another");
	assert_limit(begin(state, "v", "203.0.113.1", 1000), "concurrent");
	flows_end(state->store, "one");
	flows_end(state->store, "one");
	assert_err(begin(state, "v", "203.0.113.1", 1000), ERR_OK);
}

static void
v4_a_login_has_one_place_however_often_it_begins(void **data)
{
	struct state *state = *data;
	const struct flow_claim claim = {
		.id = "one", .user = "b.simon", .source = "192.0.2.1",
		.until = 1180,
	};

	state->conf.device_concurrent = 1;
	for (int i = 0; i < 3; i++)
		assert_err(flows_begin(state->store, &state->conf, &claim,
		    1000, NULL), ERR_OK);
	assert_string_equal(flows(state), "1");
	/* Which counts each time. */
	assert_string_equal(state_query(state->store, "SELECT count FROM "
	    "rates WHERE key = 'device-user b.simon'"), "3");
}

static void
v4_the_place_of_a_killed_helper_ends_by_its_time(void **data)
{
	struct state *state = *data;
	int status = 0;
	pid_t pid;

	state->conf.device_concurrent = 1;
	store_free(&state->store);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		state_open(state);
		if (begin(state, "b.simon", "192.0.2.1", 1000) == ERR_OK)
			(void)kill(getpid(), SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	state_open(state);
	assert_limit(begin(state, "v", "203.0.113.1", 1179), "concurrent");
	assert_err(begin(state, "v", "203.0.113.1", 1180), ERR_OK);
	assert_string_equal(flows(state), "1");
}

static void
v4_no_place_is_taken_for_longer_than_a_flow_can_last(void **data)
{
	struct state *state = *data;
	const struct flow_claim claim = {
		.id = "one", .user = "b.simon", .source = "192.0.2.1",
		.until = INT64_MAX,
	};

	state->conf.device_concurrent = 1;
	assert_err(flows_begin(state->store, &state->conf, &claim, 1000,
	    NULL), ERR_OK);
	assert_limit(begin(state, "v", "203.0.113.1", 1899), "concurrent");
	assert_err(begin(state, "v", "203.0.113.1", 1900), ERR_OK);
}

/* -- at home --------------------------------------------------------------- */

static void
v1_a_flood_of_strangers_does_not_shut_out_who_is_at_home(void **data)
{
	struct state *state = *data;

	state->conf.device_concurrent = 100;
	flows_remember(state->store, "b.simon", "198.51.100.1", 1000);
	/* As the user, as others, from everywhere, until nothing goes. */
	for (int i = 0; i < 10; i++)
		assert_err(begin(state, "b.simon", nth("192.0.2.", i), 1001),
		    ERR_OK);
	for (int i = 0; i < 190; i++)
		(void)begin(state, nth("u", i), nth("203.0.113.", i), 1001);
	assert_limit(begin(state, "w", "192.0.2.99", 1001), "from new");
	for (int i = 0; i < 20; i++)
		assert_err(begin(state, "b.simon", "198.51.100.1", 1002),
		    ERR_OK);
	assert_limit(begin(state, "b.simon", "198.51.100.1", 1002),
	    "per_source");
	/* Elsewhere, and another one there, are strangers. */
	assert_limit(begin(state, "b.simon", "198.51.100.2", 1002), "");
	assert_limit(begin(state, "u1", "198.51.100.1", 1002), "");
}

static void
v1_who_is_at_home_uses_up_no_limit_of_strangers(void **data)
{
	struct state *state = *data;

	flows_remember(state->store, "b.simon", "198.51.100.1", 1000);
	for (int i = 0; i < 20; i++)
		assert_err(begin(state, "b.simon", "198.51.100.1", 1001),
		    ERR_OK);
	assert_string_equal(state_query(state->store, "SELECT group_concat("
	    "key || '=' || count) FROM rates"),
	    "device-source 198.51.100.1=20");
	/* It is not the home of others who come from there. */
	state->conf.device_per_source = 21;
	assert_err(begin(state, "a.other", "198.51.100.1", 1001), ERR_OK);
	assert_string_equal(state_query(state->store, "SELECT count(*) "
	    "FROM rates WHERE key IN ('device-user a.other', "
	    "'device-host ')"), "2");
}

static void
v1_a_place_is_known_for_30_days(void **data)
{
	static const struct {
		int64_t now;
		bool known;
	} rows[] = {
		{ 100 * DAY, true },
		{ 130 * DAY - 1, true },
		{ 130 * DAY, false },
		{ 100 * DAY - 1, false },	/* not yet: a clock set back */
		{ 99 * DAY, false },
	};
	struct state *state = *data;

	flows_remember(state->store, "b.simon", "2001:db8::1", 100 * DAY);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		state_exec(state->store, "DELETE FROM rates", ERR_OK);
		/* Another address of the same network. */
		assert_err(begin(state, "b.simon", "2001:db8::2:3",
		    rows[i].now), ERR_OK);
		assert_string_equal(state_query(state->store,
		    "SELECT count(*) FROM rates"),
		    rows[i].known ? "1" : "3");
	}
}

static void
v1_a_terminal_is_nobodys_home(void **data)
{
	struct state *state = *data;

	flows_remember(state->store, "b.simon", "/dev/pts/3", 1000);
	flows_remember(state->store, "b.simon", "host.example", 1000);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM homes"), "0");
	flows_remember(state->store, "b.simon", "192.0.2.1", 1000);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM homes"), "1");
}

static void
v1_a_visit_prolongs_and_the_old_is_forgotten(void **data)
{
	struct state *state = *data;

	flows_remember(state->store, "b.simon", "192.0.2.9", 100 * DAY);
	flows_remember(state->store, "b.simon", "192.0.2.1", 100 * DAY);
	flows_remember(state->store, "b.simon", "192.0.2.1", 120 * DAY);
	flows_remember(state->store, "a.other", "192.0.2.1", 130 * DAY);
	assert_string_equal(state_query(state->store, "SELECT group_concat("
	    "user || ' ' || source) FROM homes"),
	    "a.other 192.0.2.1,b.simon 192.0.2.1");
}

static void
v1_a_user_has_few_places_and_takes_those_of_nobody_else(void **data)
{
	struct state *state = *data;

	flows_remember(state->store, "b.simon", "198.51.100.1", 100 * DAY);
	for (int i = 0; i < 100; i++)
		flows_remember(state->store, "mallory", nth("192.0.2.", i),
		    100 * DAY + 1 + i / 50);
	assert_int_equal(strtoul(state_query(state->store, "SELECT count(*) "
	    "FROM homes WHERE user = 'mallory'"), NULL, 10),
	    DEVICE_HOMES_MAX);
	/* The latest, the last one always. */
	assert_string_equal(state_query(state->store, "SELECT count(*) FROM "
	    "homes WHERE source = '192.0.2.99'"), "1");
	assert_string_equal(state_query(state->store, "SELECT count(*) FROM "
	    "homes WHERE user = 'b.simon'"), "1");
}

static void
v1_a_flood_of_sources_loses_no_counter_that_matters(void **data)
{
	struct state *state = *data;
	char sql[512];

	flows_remember(state->store, "b.simon", "198.51.100.1", 1000);
	for (int i = 0; i < 10; i++)
		assert_err(begin(state, "victim", nth("192.0.2.", i), 1000),
		    ERR_OK);
	/* Other kinds than ours, any number of times: */
	(void)snprintf(sql, sizeof(sql), "WITH RECURSIVE n(i) AS (SELECT 1 "
	    "UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO rates "
	    "SELECT 'code x ' || i, 1000, 9000 FROM n", RATES_MAX + 50);
	state_exec(state->store, sql, ERR_OK);
	/* ... and sources without end. */
	(void)snprintf(sql, sizeof(sql), "WITH RECURSIVE n(i) AS (SELECT 1 "
	    "UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO rates "
	    "SELECT 'device-source x' || i, 19, 1900 FROM n", RATES_MAX + 50);
	state_exec(state->store, sql, ERR_OK);
	assert_err(begin(state, "u", "203.0.113.1", 1001), ERR_OK);
	assert_limit(begin(state, "victim", "203.0.113.2", 1001),
	    "per_user");
	assert_string_equal(state_query(state->store, "SELECT count FROM "
	    "rates WHERE key = 'device-host '"), "11");
	assert_err(begin(state, "b.simon", "198.51.100.1", 1001), ERR_OK);
	assert_string_equal(state_query(state->store, "SELECT count FROM "
	    "rates WHERE key = 'device-host '"), "11");
	assert_int_equal(strtoul(state_query(state->store, "SELECT count(*) "
	    "FROM rates WHERE key LIKE 'device-source %'"), NULL, 10),
	    RATES_MAX);
}

/* -- many, and trouble ----------------------------------------------------- */

static enum err
begin_one(struct state *state, int i)
{
	return begin(state, nth("u", i), nth("192.0.2.", i), 1000);
}

static void
v4_of_many_processes_as_many_begin_as_may(void **data)
{
	struct state *state = *data;
	int count[ERR_COUNT] = { 0 };

	state->conf.device_concurrent = 16;
	state_race(state, begin_one, count);
	assert_int_equal(count[ERR_OK], 12);
	assert_int_equal(count[ERR_DEVICE_LIMIT], STATE_PROCESSES - 12);
}

static void
what_cannot_be_counted_does_not_begin(void **data)
{
	static const char *const tables[] = {
		"DROP TABLE homes", "DROP TABLE rates", "DROP TABLE flows",
	};
	struct state *state = *data;
	enum err r;

	state_fill_disk(true);
	r = begin(state, "b.simon", "192.0.2.1", 1000);
	flows_remember(state->store, "b.simon", "192.0.2.1", 1000);
	state_fill_disk(false);
	assert_err(r, ERR_STORE);
	assert_string_equal(flows(state), "0");
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM homes"), "0");
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		state_exec(state->store, tables[i], ERR_OK);
		assert_err(begin(state, "b.simon", "192.0.2.1", 1000),
		    ERR_STORE);
	}
	flows_end(state->store, "one");
	flows_remember(state->store, "b.simon", "192.0.2.1", 1000);
}

static void
what_is_too_long_to_be_counted_does_not_begin(void **data)
{
	static char longest[10000];

	memset(longest, 'a', sizeof(longest) - 1);
	assert_err(begin(*data, longest, "192.0.2.1", 1000), ERR_STORE);
	assert_err(begin(*data, "b.simon", longest, 1000), ERR_STORE);
	assert_string_equal(flows(*data), "0");
}

#define STATE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STATE_TEST(v1_a_user_has_a_limit_wherever_it_comes_from),
		STATE_TEST(v1_a_source_has_a_limit_whoever_it_asks_for),
		STATE_TEST(v1_a_network_of_ipv6_is_one_source),
		STATE_TEST(v1_the_host_has_a_limit),
		STATE_TEST(v1_who_is_refused_counts_nowhere),
		STATE_TEST(a_clock_that_was_set_back_locks_nobody_out),
		STATE_TEST(v4_a_source_has_a_quarter_of_the_places),
		STATE_TEST(v4_strangers_have_three_quarters_of_the_places),
		STATE_TEST(v4_all_places_together_have_a_limit),
		STATE_TEST(v4_a_place_that_is_given_back_is_free),
		STATE_TEST(v4_a_login_has_one_place_however_often_it_begins),
		STATE_TEST(v4_the_place_of_a_killed_helper_ends_by_its_time),
		STATE_TEST(
		    v4_no_place_is_taken_for_longer_than_a_flow_can_last),
		STATE_TEST(
		    v1_a_flood_of_strangers_does_not_shut_out_who_is_at_home),
		STATE_TEST(v1_who_is_at_home_uses_up_no_limit_of_strangers),
		STATE_TEST(v1_a_place_is_known_for_30_days),
		STATE_TEST(v1_a_terminal_is_nobodys_home),
		STATE_TEST(v1_a_visit_prolongs_and_the_old_is_forgotten),
		STATE_TEST(
		    v1_a_user_has_few_places_and_takes_those_of_nobody_else),
		STATE_TEST(
		    v1_a_flood_of_sources_loses_no_counter_that_matters),
		STATE_TEST(v4_of_many_processes_as_many_begin_as_may),
		STATE_TEST(what_cannot_be_counted_does_not_begin),
		STATE_TEST(what_is_too_long_to_be_counted_does_not_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
