/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A key set crosses a socket whole, or not at all.
 */
#include "unit.h"

#include <sys/socket.h>

#include "auth/jwk_wire.h"

struct pair {
	struct channel a;
	struct channel b;
};

static int
set_up(void **state)
{
	static struct pair pair;
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	pair = (struct pair){ { fd[0], 0 }, { fd[1], 0 } };
	channel_set_timeout(&pair.a, 10000);
	channel_set_timeout(&pair.b, 10000);
	*state = &pair;
	return 0;
}

static int
tear_down(void **state)
{
	struct pair *pair = *state;

	channel_close(&pair->a);
	channel_close(&pair->b);
	return 0;
}

static struct jwk
make_key(const char *kid)
{
	struct jwk key = { .n_len = 256, .e = { 1, 0, 1 }, .e_len = 3 };

	memset(key.n, 0xa5, key.n_len);
	(void)snprintf(key.kid, sizeof(key.kid), "%s", kid);
	(void)snprintf(key.issuer, sizeof(key.issuer),
	    "https://login.example/{tenantid}/v2.0");
	return key;
}

static void
end(struct pair *pair, uint64_t count)
{
	assert_err(CHANNEL_SEND(&pair->a, END, NULL, wire_u64(count),
	    wire_u64(count)), ERR_OK);
}

/* What becomes of one key and an END that announces count. */
static enum err
pass(struct pair *pair, const struct jwk *key, uint64_t count)
{
	struct jwks got = { .count = 99 };
	enum err r;

	assert_err(jwk_send(&pair->a, key, NULL), ERR_OK);
	end(pair, count);
	r = jwks_recv(&pair->b, &got, NULL);
	if (r != ERR_OK)
		assert_int_equal(got.count, 99);
	return r;
}

static void
a_set_arrives_as_it_was_sent(void **state)
{
	struct pair *pair = *state;
	struct jwks sent = { .count = 2 };
	struct jwks got = { .count = 0 };

	sent.key[0] = make_key("first");
	sent.key[1] = make_key("second-._~9");
	sent.key[1].issuer[0] = '\0';
	assert_err(jwks_send(&pair->a, &sent, NULL), ERR_OK);
	assert_err(jwks_recv(&pair->b, &got, NULL), ERR_OK);
	assert_int_equal(got.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(got.key[i].kid, sent.key[i].kid);
		assert_string_equal(got.key[i].issuer, sent.key[i].issuer);
		assert_int_equal(got.key[i].n_len, 256);
		assert_memory_equal(got.key[i].n, sent.key[i].n, 256);
		assert_int_equal(got.key[i].e_len, 3);
		assert_memory_equal(got.key[i].e, sent.key[i].e, 3);
	}
}

static void
an_empty_set_is_one(void **state)
{
	struct jwks got = { .count = 99 };
	struct pair *pair = *state;

	end(pair, 0);
	assert_err(jwks_recv(&pair->b, &got, NULL), ERR_OK);
	assert_int_equal(got.count, 0);
}

static void
j29_the_largest_set_passes_and_one_more_key_does_not(void **state)
{
	struct pair *pair = *state;
	struct jwks keys = { .count = 0 };
	struct jwk key;
	char kid[8];

	for (int i = 0; i <= JWKS_KEYS_MAX; i++) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;

		(void)snprintf(kid, sizeof(kid), "k%d", i);
		key = make_key(kid);
		assert_err(jwk_send(&pair->a, &key, NULL), ERR_OK);
		assert_err(channel_recv(&pair->b, &msg, NULL), ERR_OK);
		assert_err(jwk_take(&msg, &keys, NULL),
		    i < JWKS_KEYS_MAX ? ERR_OK : ERR_WIRE_SYNTAX);
	}
	assert_int_equal(keys.count, JWKS_KEYS_MAX);
}

static void
j5_a_kid_that_is_none_is_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "a b", "a/b", "../x", "a\nb", "a'b", "\xc3\xa9",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct jwk key = make_key(bad[i]);

		assert_err(pass(*state, &key, 1), ERR_WIRE_SYNTAX);
		(void)tear_down(state);
		(void)set_up(state);
	}
}

static void
j13_a_kid_twice_is_refused(void **state)
{
	struct jwks sent = { .count = 2 };
	struct jwks got;
	struct pair *pair = *state;

	sent.key[0] = make_key("same");
	sent.key[1] = make_key("same");
	assert_err(jwks_send(&pair->a, &sent, NULL), ERR_OK);
	assert_err(jwks_recv(&pair->b, &got, NULL), ERR_WIRE_SYNTAX);
}

static void
a_key_without_modulus_is_refused(void **state)
{
	struct jwk key = make_key("k");

	key.n_len = 0;
	assert_err(pass(*state, &key, 1), ERR_WIRE_SYNTAX);
}

static void
a_key_without_exponent_is_refused(void **state)
{
	struct jwk key = make_key("k");

	key.e_len = 0;
	assert_err(pass(*state, &key, 1), ERR_WIRE_SYNTAX);
}

static void
a_number_with_leading_zeros_is_refused(void **state)
{
	struct jwk key = make_key("k");

	key.n[0] = 0;
	assert_err(pass(*state, &key, 1), ERR_WIRE_SYNTAX);
}

static void
a_set_of_another_number_than_announced_is_refused(void **state)
{
	struct jwk key = make_key("k");

	assert_err(pass(*state, &key, 2), ERR_WIRE_SYNTAX);
}

static void
another_message_among_the_keys_is_refused(void **state)
{
	struct pair *pair = *state;
	struct jwk key = make_key("k");
	struct jwks got;

	assert_err(jwk_send(&pair->a, &key, NULL), ERR_OK);
	assert_err(CHANNEL_SEND(&pair->a, WAIT, NULL, wire_u64(1)), ERR_OK);
	assert_err(jwks_recv(&pair->b, &got, NULL), ERR_WIRE_UNEXPECTED);
}

static void
a_set_that_breaks_off_is_refused(void **state)
{
	struct pair *pair = *state;
	struct jwk key = make_key("k");
	struct jwks got;

	assert_err(jwk_send(&pair->a, &key, NULL), ERR_OK);
	channel_close(&pair->a);
	assert_err(jwks_recv(&pair->b, &got, NULL), ERR_WIRE_CLOSED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_set_arrives_as_it_was_sent),
		TEST(an_empty_set_is_one),
		TEST(j29_the_largest_set_passes_and_one_more_key_does_not),
		TEST(j5_a_kid_that_is_none_is_refused),
		TEST(j13_a_kid_twice_is_refused),
		TEST(a_key_without_modulus_is_refused),
		TEST(a_key_without_exponent_is_refused),
		TEST(a_number_with_leading_zeros_is_refused),
		TEST(a_set_of_another_number_than_announced_is_refused),
		TEST(another_message_among_the_keys_is_refused),
		TEST(a_set_that_breaks_off_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
