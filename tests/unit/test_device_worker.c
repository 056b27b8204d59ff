/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program 8x8sso-device itself, over its wire: what it refuses to begin.
 * tests/module/device.sh has a server for it.
 */
#include "unit.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "auth/claims.h"
#include "wire/spawn.h"

/* Nobody listens there. */
#define NOWHERE "http://127.0.0.1:1/t/devicecode"

static const struct wire_field good[] = {
	[DEVICE_START_DEVICE_ENDPOINT] = { NOWHERE, sizeof(NOWHERE) - 1, 0 },
	[DEVICE_START_TOKEN_ENDPOINT] = { NOWHERE, sizeof(NOWHERE) - 1, 0 },
	[DEVICE_START_CLIENT_ID] = { "client", 6, 0 },
	[DEVICE_START_CA_FILE] = { "", 0, 0 },
	[DEVICE_START_PROXY] = { "", 0, 0 },
	[DEVICE_START_URIS] = { "https://a.example/\nhttps://b.example/", 37,
	    0 },
	[DEVICE_START_SECONDS] = { NULL, 0, 1 },
	[DEVICE_START_ISSUER] = { "https://login.example/v2.0", 26, 0 },
	[DEVICE_START_TENANT] = { "aaaabbbb-0000-cccc-1111-dddd2222eeee", 36,
	    0 },
	[DEVICE_START_SKEW] = { NULL, 0, 60 },
	[DEVICE_START_ACRS] = { "", 0, 0 },
	[DEVICE_START_AUTH_MAX_AGE] = { NULL, 0, 0 },
	[DEVICE_START_GROUPS] = { "", 0, 0 },
	[DEVICE_START_FLAGS] = { NULL, 0, WIRE_DEVICE_GUESTS },
};

static void
start(struct peer *peer)
{
	char path[PATH_MAX];
	char *argv[] = { path, NULL };
	const char *top = getenv("top_builddir");

	(void)snprintf(path, sizeof(path), "%s/8x8sso-device",
	    top == NULL ? "." : top);
	assert_err(peer_start(peer, argv, -1, NULL), ERR_OK);
	channel_set_timeout(&peer->ch, 20000);
}

/* The reason why a start is refused in which one field is this. */
static enum err
begin_with(unsigned int place, struct wire_field value)
{
	struct wire_field field[ARRAY_LEN(good)];
	struct peer peer = PEER_INIT;
	struct claims *claims = NULL;
	enum err r;

	memcpy(field, good, sizeof(field));
	field[place] = value;
	start(&peer);
	assert_err(channel_send(&peer.ch, WIRE_DEVICE_START, field,
	    ARRAY_LEN(field), NULL), ERR_OK);
	r = claims_recv(&peer.ch, &claims, NULL);
	assert_null(claims);
	assert_int_equal(peer_end(&peer), 0);
	return r;
}

static void
assert_malformed(unsigned int place, const char *const *bad, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_err(begin_with(place, wire_text(bad[i])),
		    ERR_WIRE_SYNTAX);
}

static void
v8_an_endpoint_that_nobody_serves_is_an_outage(void **state)
{
	(void)state;
	assert_err(begin_with(DEVICE_START_GROUPS, wire_text("a\nb")),
	    ERR_DEVICE_BUSY);
}

static void
j25_unsafe_endpoints_are_not_asked(void **state)
{
	static const char *const bad[] = {
		"", "http://login.example/", "http://localhost:1/",
		"ftp://127.0.0.1/", "file:///etc/passwd", "login.example",
		"https://user@login.example/", "https://login.example/#x",
	};

	(void)state;
	assert_malformed(DEVICE_START_DEVICE_ENDPOINT, bad, ARRAY_LEN(bad));
	assert_malformed(DEVICE_START_TOKEN_ENDPOINT, bad, ARRAY_LEN(bad));
	assert_malformed(DEVICE_START_ISSUER, bad, ARRAY_LEN(bad));
}

static void
v5_addresses_to_show_are_safe_ones(void **state)
{
	static const char *const bad[] = {
		"", "\n", "https://a.example/\n", "\nhttps://a.example/",
		"https://a.example/\n\nhttps://b.example/",
		"https://a.example/\njavascript:1", "microsoft.com/devicelogin",
	};

	(void)state;
	assert_malformed(DEVICE_START_URIS, bad, ARRAY_LEN(bad));
}

static void
v6_a_tenant_is_a_guid(void **state)
{
	static const char *const bad[] = {
		"", "common", "organizations", "consumers", "contoso.example",
		"aaaabbbb-0000-cccc-1111-dddd2222eee",
		"{aaaabbbb-0000-cccc-1111-dddd2222eeee}",
	};

	(void)state;
	assert_malformed(DEVICE_START_TENANT, bad, ARRAY_LEN(bad));
}

static void
malformed_texts_are_refused(void **state)
{
	static const char *const words[] = { "", "a\nb", "\x7f", "\xc3\xa9" };
	static const char *const lines[] = { "\n", "a\n", "\na", "a\tb" };
	static const char *const file[] = { "ca.pem", "./ca.pem", " /ca.pem" };

	(void)state;
	assert_malformed(DEVICE_START_CLIENT_ID, words, ARRAY_LEN(words));
	assert_malformed(DEVICE_START_ACRS, words + 1, ARRAY_LEN(words) - 1);
	assert_malformed(DEVICE_START_PROXY, words + 1, ARRAY_LEN(words) - 1);
	assert_malformed(DEVICE_START_GROUPS, lines, ARRAY_LEN(lines));
	assert_malformed(DEVICE_START_CA_FILE, file, ARRAY_LEN(file));
}

static void
v4_numbers_out_of_range_are_refused(void **state)
{
	static const struct {
		unsigned int place;
		uint64_t value;
	} bad[] = {
		{ DEVICE_START_SECONDS, 0 }, { DEVICE_START_SECONDS, 901 },
		{ DEVICE_START_SECONDS, UINT64_MAX },
		{ DEVICE_START_SKEW, 61 }, { DEVICE_START_SKEW, UINT64_MAX },
		{ DEVICE_START_AUTH_MAX_AGE, UINT64_MAX },
		{ DEVICE_START_FLAGS, 2 }, { DEVICE_START_FLAGS, 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_err(begin_with(bad[i].place, wire_u64(bad[i].value)),
		    ERR_WIRE_SYNTAX);
}

static void
another_message_is_refused(void **state)
{
	struct peer peer = PEER_INIT;
	struct claims *claims = NULL;

	(void)state;
	start(&peer);
	assert_err(CHANNEL_SEND(&peer.ch, END, NULL, wire_u64(0),
	    wire_u64(0)), ERR_OK);
	assert_err(claims_recv(&peer.ch, &claims, NULL), ERR_WIRE_UNEXPECTED);
	assert_null(claims);
	assert_int_equal(peer_end(&peer), 0);
}

static void
closed_channel_ends_the_worker(void **state)
{
	struct peer peer = PEER_INIT;
	int status;

	(void)state;
	start(&peer);
	status = peer_end(&peer);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EXIT_FAILURE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    v8_an_endpoint_that_nobody_serves_is_an_outage),
		cmocka_unit_test(j25_unsafe_endpoints_are_not_asked),
		cmocka_unit_test(v5_addresses_to_show_are_safe_ones),
		cmocka_unit_test(v6_a_tenant_is_a_guid),
		cmocka_unit_test(malformed_texts_are_refused),
		cmocka_unit_test(v4_numbers_out_of_range_are_refused),
		cmocka_unit_test(another_message_is_refused),
		cmocka_unit_test(closed_channel_ends_the_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
