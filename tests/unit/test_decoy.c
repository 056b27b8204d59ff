/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include "auth/decoy.h"

#define NOW 1800000000

static char first[] = "https://microsoft.com/devicelogin";
static char second[] = "https://login.microsoft.com/device";
static char *uris[] = { first, second };

static struct decoy_picture drawn;

static int
setup(void **data)
{
	struct state *state;
	int r = state_setup(data);

	state = *data;
	state->conf.device_verification_uri.item = uris;
	state->conf.device_verification_uri.count = ARRAY_LEN(uris);
	memset(&drawn, 0x5a, sizeof(drawn));
	return r;
}

static struct decoy_picture
real(const char *code)
{
	struct decoy_picture picture = {
		.expires_in = 600, .interval = 7, .took_ms = 123,
	};

	(void)snprintf(picture.user_code, sizeof(picture.user_code), "%s",
	    code);
	(void)snprintf(picture.uri, sizeof(picture.uri), "%s", second);
	return picture;
}

static void
learn_code(struct state *state, const char *code)
{
	const struct decoy_picture picture = real(code);

	decoy_learn(state->store, &picture, NOW);
}

static void
learn_failure(struct state *state, enum err failure, int64_t now)
{
	const struct decoy_picture picture = {
		.failure = failure, .took_ms = 4567,
	};

	decoy_learn(state->store, &picture, now);
}

static void
draw(struct state *state, int64_t now)
{
	struct diag diag = DIAG_INIT;

	assert_err(decoy_draw(state->store, &state->conf, now, &drawn, &diag),
	    ERR_OK);
}

/* Many draws have this shape, and exactly these symbols come. */
static void
assert_drawn_from(struct state *state, const char *shape, const char *from)
{
	bool seen[256] = { false };

	for (int i = 0; i < 300; i++) {
		draw(state, NOW);
		assert_int_equal(strlen(drawn.user_code), strlen(shape));
		for (size_t k = 0; shape[k] != '\0'; k++) {
			if (shape[k] == '-')
				assert_int_equal(drawn.user_code[k], '-');
			else
				seen[(unsigned char)drawn.user_code[k]] = true;
		}
	}
	for (int c = 1; c < 256; c++)
		if (seen[c] != (strchr(from, c) != NULL))
			fail_msg("%c of %s", c, from);
}

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static void
i8_before_anything_was_seen_it_looks_like_entra(void **data)
{
	draw(*data, NOW);
	assert_string_equal(drawn.uri, first);
	assert_int_equal(drawn.expires_in, 900);
	assert_int_equal(drawn.interval, 5);
	assert_int_equal(drawn.took_ms, 300);
	assert_int_equal(drawn.poll_ms, 100);
	assert_err(drawn.failure, ERR_OK);
	assert_drawn_from(*data, "XXXXXXXXX", DIGITS LETTERS);
}

static void
i8_it_looks_like_the_last_real_one(void **data)
{
	struct decoy_picture other = real("C45FGVYJR");

	learn_code(*data, "ABCD-EFGH");
	(void)snprintf(other.uri, sizeof(other.uri), "%s", first);
	other.expires_in = 899;
	other.interval = 5;
	other.took_ms = 99;
	other.poll_ms = 42;
	decoy_learn(((struct state *)*data)->store, &other, NOW);
	draw(*data, NOW);
	assert_string_equal(drawn.uri, first);
	assert_int_equal(drawn.expires_in, 899);
	assert_int_equal(drawn.interval, 5);
	assert_int_equal(drawn.took_ms, 99);
	assert_int_equal(drawn.poll_ms, 42);
	assert_int_equal(strlen(drawn.user_code), 9);
	assert_null(strchr(drawn.user_code, '-'));
	learn_code(*data, "ABCD-EFGH");
	draw(*data, NOW + 1000000);
	assert_string_equal(drawn.uri, second);
	assert_int_equal(drawn.expires_in, 600);
	assert_int_equal(drawn.interval, 7);
	assert_int_equal(drawn.took_ms, 123);
	/* Nobody polled for this one. */
	assert_int_equal(drawn.poll_ms, 42);
	assert_int_equal(drawn.user_code[4], '-');
}

static void
i8_symbols_are_those_that_were_seen(void **data)
{
	/* A few say of which kind all are. */
	learn_code(*data, "BCDF-GHJK");
	assert_drawn_from(*data, "XXXX-XXXX", LETTERS);
	/* Enough say which they are. */
	learn_code(*data, "LMNP-QRST");
	assert_drawn_from(*data, "XXXX-XXXX", "BCDFGHJKLMNPQRST");
	learn_code(*data, "VWXZ-BBBB");
	assert_drawn_from(*data, "XXXX-XXXX", "BCDFGHJKLMNPQRSTVWXZ");
	/* Of another shape they are others. */
	learn_code(*data, "123-456-789");
	assert_drawn_from(*data, "XXX-XXX-XXX", DIGITS);
	learn_code(*data, "A23456789");
	assert_drawn_from(*data, "XXXXXXXXX", DIGITS LETTERS);
}

static void
i8_every_symbol_is_as_likely_as_another(void **data)
{
	unsigned int count[256] = { 0 };

	learn_code(*data, "AAAAAAAA00000000");
	for (int i = 0; i < 3600; i++) {
		draw(*data, NOW);
		for (const char *p = drawn.user_code; *p != '\0'; p++)
			count[(unsigned char)*p]++;
	}
	/* 1600 each, 40 the deviation: 7 of them. */
	for (const char *p = DIGITS LETTERS; *p != '\0'; p++)
		assert_in_range(count[(unsigned char)*p], 1320, 1880);
	/* The rest of a byte would give the first four 7200 together; they
	 * have 6400, with a deviation of 75. */
	assert_in_range(count['0'] + count['1'] + count['2'] + count['3'],
	    6000, 6800);
}

/* A worker that cannot be started. */
static void
i8_a_failure_that_took_no_time_takes_none(void **data)
{
	const struct decoy_picture picture = { .failure = ERR_SPAWN };

	learn_code(*data, "C45FGVYJR");
	decoy_learn(((struct state *)*data)->store, &picture, NOW);
	draw(*data, NOW);
	assert_err(drawn.failure, ERR_SPAWN);
	assert_int_equal(drawn.took_ms, 0);
}

static void
i8_a_failure_is_repeated_for_five_minutes(void **data)
{
	static const struct {
		int64_t after;
		bool failed;
	} rows[] = {
		{ 0, true }, { 299, true }, { 300, false }, { 301, false },
		{ -299, true }, { -300, false }, { -1000000, false },
	};

	learn_code(*data, "C45FGVYJR");
	learn_failure(*data, ERR_DEVICE_CLIENT, NOW);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		draw(*data, NOW + rows[i].after);
		assert_err(drawn.failure, rows[i].failed ?
		    ERR_DEVICE_CLIENT : ERR_OK);
		assert_int_equal(drawn.took_ms, rows[i].failed ? 4567 : 123);
	}
	learn_failure(*data, ERR_DEVICE_BUSY, NOW + 10);
	draw(*data, NOW + 20);
	assert_err(drawn.failure, ERR_DEVICE_BUSY);
	/* A success ends it. */
	learn_code(*data, "C45FGVYJR");
	draw(*data, NOW + 20);
	assert_err(drawn.failure, ERR_OK);
	assert_int_equal(drawn.took_ms, 123);
}

static void
v5_only_addresses_that_may_be_shown_are(void **data)
{
	struct state *state = *data;
	struct decoy_picture elsewhere = real("C45FGVYJR");

	(void)snprintf(elsewhere.uri, sizeof(elsewhere.uri),
	    "https://evil.example/");
	decoy_learn(state->store, &elsewhere, NOW);
	draw(state, NOW);
	assert_string_equal(drawn.uri, first);
	/* What root does not name any more. */
	learn_code(state, "C45FGVYJR");
	state->conf.device_verification_uri.count = 1;
	draw(state, NOW);
	assert_string_equal(drawn.uri, first);
}

static void
v5_what_is_no_code_is_not_learned(void **data)
{
	static const char *const codes[] = {
		"", "ABC", "abcd-efgh", "ABCD EFGH", "ABCD\nEFGH",
		"ABCD\033[0m", "--------", "\xc3\x84" "BCD", "AB_CD",
	};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		learn_code(*data, codes[i]);
	assert_string_equal(state_query(((struct state *)*data)->store,
	    "SELECT count(*) FROM meta WHERE key LIKE 'decoy%'"), "0");
	learn_code(*data, "ABCD");
	draw(*data, NOW);
	assert_int_equal(strlen(drawn.user_code), 4);
	learn_code(*data, "ABCD-EFGH-IJKL-M");
	draw(*data, NOW);
	assert_int_equal(strlen(drawn.user_code), 16);
}

static void
v3_no_code_is_in_the_database(void **data)
{
	struct state *state = *data;

	learn_code(state, "C45F-GVYJ");
	assert_string_equal(state_query(state->store, "SELECT count(*) FROM "
	    "meta WHERE value LIKE '%C45F%' OR value LIKE '%GVYJ%'"), "0");
	assert_string_equal(state_query(state->store, "SELECT value FROM "
	    "meta WHERE key = 'decoy_shape'"), "XXXX-XXXX");
}

static void
what_somebody_changed_is_not_drawn(void **data)
{
	static const struct {
		const char *key;
		const char *value;
		enum err result;
	} rows[] = {
		{ "decoy_shape", "C45F-GVYJ", ERR_OK },
		{ "decoy_shape", "XXX", ERR_OK },
		{ "decoy_shape", "\033[2JXXXX", ERR_OK },
		{ "decoy_shape", "XXXXXXXXXXXXXXXXX", ERR_OK },
		{ "decoy_shape", "----", ERR_OK },
		{ "decoy_symbols", "0", ERR_OK },
		{ "decoy_symbols", "9223372036854775807", ERR_OK },
		{ "decoy_symbols", "9223367638808264704", ERR_OK },
		{ "decoy_symbols", "x", ERR_STORE },
		{ "decoy_expires_in", "0", ERR_OK },
		{ "decoy_expires_in", "86401", ERR_OK },
		{ "decoy_interval", "4", ERR_OK },
		{ "decoy_interval", "301", ERR_OK },
		{ "decoy_took_ms", "60001", ERR_OK },
		{ "decoy_poll_ms", "60001", ERR_OK },
		{ "decoy_took_ms", "-1", ERR_STORE },
		{ "decoy_failed", "x", ERR_STORE },
	};
	struct state *state = *data;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		state_exec(state->store, "DELETE FROM meta", ERR_OK);
		learn_code(state, "ABCD-EFGH");
		assert_err(store_meta_set(state->store, rows[i].key,
		    rows[i].value, NULL), ERR_OK);
		assert_err(decoy_draw(state->store, &state->conf, NOW,
		    &drawn, NULL), rows[i].result);
		if (rows[i].result != ERR_OK)
			continue;
		assert_in_range(drawn.expires_in, 1, 86400);
		assert_in_range(drawn.interval, 5, 300);
		assert_in_range(drawn.took_ms, 1, 60000);
		assert_in_range(drawn.poll_ms, 1, 60000);
		assert_int_equal(strlen(drawn.user_code), 9);
		assert_int_equal(strspn(drawn.user_code,
		    DIGITS LETTERS "-"), 9);
	}
}

static void
without_a_database_nothing_is_drawn(void **data)
{
	struct state *state = *data;
	struct decoy_picture before = drawn;

	state_fill_disk(true);
	learn_code(state, "ABCD-EFGH");
	state_fill_disk(false);
	draw(state, NOW);
	assert_int_equal(drawn.took_ms, 300);
	state_exec(state->store, "DROP TABLE meta", ERR_OK);
	drawn = before;
	assert_err(decoy_draw(state->store, &state->conf, NOW, &drawn, NULL),
	    ERR_STORE);
	assert_memory_equal(&drawn, &before, sizeof(drawn));
	learn_code(state, "ABCD-EFGH");
}

#define STATE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STATE_TEST(i8_before_anything_was_seen_it_looks_like_entra),
		STATE_TEST(i8_it_looks_like_the_last_real_one),
		STATE_TEST(i8_symbols_are_those_that_were_seen),
		STATE_TEST(i8_every_symbol_is_as_likely_as_another),
		STATE_TEST(i8_a_failure_that_took_no_time_takes_none),
		STATE_TEST(i8_a_failure_is_repeated_for_five_minutes),
		STATE_TEST(v5_only_addresses_that_may_be_shown_are),
		STATE_TEST(v5_what_is_no_code_is_not_learned),
		STATE_TEST(v3_no_code_is_in_the_database),
		STATE_TEST(what_somebody_changed_is_not_drawn),
		STATE_TEST(without_a_database_nothing_is_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
