/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "base/cleanup.h"
#include "base/net.h"

static void
networks_are_known(void **state)
{
	static const char *const good[] = {
		"0.0.0.0/0", "10.0.0.0/8", "192.0.2.0/24", "192.0.2.128/25",
		"192.0.2.1/32", "192.0.2.1", "255.255.255.255", "0.0.0.0",
		"::/0", "2001:db8::/32", "2001:DB8::/32", "2001:0db8::/32",
		"fe80::/10", "::1", "::1/128", "2001:db8::8000:0/97",
		"::ffff:192.0.2.0/120", "::ffff:0:0/96", "::ffff:192.0.2.1",
		"1:2:3:4:5:6:7:8",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!net_is_network(good[i]))
			fail_msg("%s is one", good[i]);
}

static void
what_is_no_network_is_refused(void **state)
{
	static const char *const bad[] = {
		/* no address */
		"", "/", "/24", "*", "local", "localhost", "example.com",
		"example.com/24", "eth0",
		/* not whole, or too much */
		"192.0.2", "192.0.2/24", "192.0.2.", "192.0.2.1.5", "1",
		"3232235776", "0xc0000201", "0300.0.2.1", ":", ":::",
		"1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
		"2001:db8", "12345::",
		/* out of range, or written oddly */
		"256.0.0.1", "192.0.2.256", "192.0.02.1", "192.000.2.1",
		"192.0.2.-1", "192.0.2.+1", "192.0.2. 1", " 192.0.2.1",
		"192.0.2.1 ", "192.0.2.1\n", "192,0,2,1", "\xd9\xa1.0.0.1",
		"[::1]", "[::1]/128", "::g", "::ffff:192.0.2.256",
		"00001::", "fe80::1%eth0", "fe80::%eth0/64",
		/* a wrong length */
		"192.0.2.0/", "192.0.2.0/33", "192.0.2.0/024", "192.0.2.0/-1",
		"192.0.2.0/+24", "192.0.2.0/ 24", "192.0.2.0/24 ",
		"192.0.2.0/24/24", "192.0.2.0/255.255.255.0", "192.0.2.0/x",
		"192.0.2.0//24", "192.0.2.0/4294967320", "::/129", "::/",
		"0.0.0.0/00", "192.0.2.0/18446744073709551640",
		/* bits behind the prefix */
		"192.0.2.1/24", "192.0.2.1/31", "192.0.2.1/0", "128.0.0.0/0",
		"192.0.2.64/25", "2001:db8::1/32", "2001:db8::1/127",
		"8000::/0", "fe80::1/64", "::ffff:192.0.2.1/120",
		"::ffff:0:0/80",
		/* too long */
		"1111:1111:1111:1111:1111:1111:111.111.111.1111",
		"0000000000000000000000000000000000000000000000000000000::",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (net_is_network(bad[i]))
			fail_msg("%s is none", bad[i]);
}

static const struct {
	const char *network;
	const char *address;
	bool is_in;
} places[] = {
	{ "0.0.0.0/0", "0.0.0.0", true },
	{ "0.0.0.0/0", "255.255.255.255", true },
	{ "0.0.0.0/0", "::ffff:192.0.2.1", true },
	{ "0.0.0.0/0", "::1", false },
	{ "0.0.0.0/0", "::192.0.2.1", false },
	{ "::/0", "::", true },
	{ "::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true },
	{ "::/0", "::192.0.2.1", true },
	{ "::/0", "192.0.2.1", false },
	{ "::/0", "::ffff:192.0.2.1", false },
	{ "192.0.2.0/24", "192.0.2.0", true },
	{ "192.0.2.0/24", "192.0.2.255", true },
	{ "192.0.2.0/24", "192.0.3.0", false },
	{ "192.0.2.0/24", "192.0.1.255", false },
	{ "192.0.2.0/24", "::ffff:192.0.2.7", true },
	{ "192.0.2.0/24", "::ffff:c000:207", true },
	{ "192.0.2.0/24", "::ffff:192.0.3.7", false },
	{ "192.0.2.128/25", "192.0.2.128", true },
	{ "192.0.2.128/25", "192.0.2.255", true },
	{ "192.0.2.128/25", "192.0.2.127", false },
	{ "192.0.2.1/32", "192.0.2.1", true },
	{ "192.0.2.1/32", "192.0.2.0", false },
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.3", false },
	{ "::ffff:192.0.2.0/120", "192.0.2.9", true },
	{ "::ffff:192.0.2.0/120", "192.0.3.9", false },
	{ "::ffff:0:0/96", "203.0.113.9", true },
	{ "::ffff:0:0/96", "2001:db8::1", false },
	{ "2001:db8::/32", "2001:db8::1", true },
	{ "2001:db8::/32", "2001:DB8:ffff::", true },
	{ "2001:db8::/32", "2001:db9::1", false },
	{ "2001:db8::/33", "2001:db8:8000::", false },
	{ "2001:db8::1/128", "2001:db8:0:0:0:0:0:1", true },
	{ "2001:db8::1/128", "2001:db8::2", false },
	{ "fe80::/10", "fe80::1%eth0", true },
	{ "fe80::/10", "fe80::1%25", true },
	{ "fe80::/10", "fec0::1%eth0", false },
	/* no address, or not clearly one */
	{ "0.0.0.0/0", "", false },
	{ "0.0.0.0/0", "localhost", false },
	{ "0.0.0.0/0", "192.0.2.1.example.com", false },
	{ "0.0.0.0/0", "192.0.2.1/32", false },
	{ "0.0.0.0/0", "192.0.2.1%eth0", false },
	{ "0.0.0.0/0", "192.0.2.01", false },
	{ "0.0.0.0/0", "192.0.2.1 ", false },
	{ "::/0", "fe80::1%", false },
	{ "::/0", "%eth0", false },
	{ "::/0", "[::1]", false },
	{ "::/0", "::1/128", false },
	/* no network */
	{ "", "192.0.2.1", false },
	{ "*", "192.0.2.1", false },
	{ "192.0.2.1/24", "192.0.2.1", false },
	{ "192.0.2.0/33", "192.0.2.1", false },
};

static void
addresses_are_in_their_networks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (net_contains(places[i].network, places[i].address) !=
		    places[i].is_in)
			fail_msg("%s in %s", places[i].address,
			    places[i].network);
}

static void
v1_who_has_a_network_of_2_to_the_64_is_one_source(void **state)
{
	static const struct {
		const char *address;
		const char *source;	/* NULL: none */
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "::ffff:c000:201", "192.0.2.1" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64" },
		{ "2001:db8:1:2:ffff::", "2001:db8:1:2::/64" },
		{ "2001:0DB8:1:2::9", "2001:db8:1:2::/64" },
		{ "2001:db8:1:3::", "2001:db8:1:3::/64" },
		{ "fe80::1%eth0", "fe80::/64" },
		{ "::1", "::/64" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		    "ffff:ffff:ffff:ffff::/64" },
		{ "", NULL }, { "localhost", NULL }, { "tty1", NULL },
		{ "192.0.2.1/32", NULL }, { "192.0.2.1%x", NULL },
		{ "2001:db8::/64", NULL }, { "fe80::1%", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char source[NET_SOURCE_SIZE] = "untouched";

		assert_int_equal(net_source_of(rows[i].address, source),
		    rows[i].source != NULL);
		assert_string_equal(source, rows[i].source == NULL ?
		    "untouched" : rows[i].source);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_are_known),
		cmocka_unit_test(what_is_no_network_is_refused),
		cmocka_unit_test(addresses_are_in_their_networks),
		cmocka_unit_test(
		    v1_who_has_a_network_of_2_to_the_64_is_one_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
