/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/net.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

/* As many bytes as an IPv6 address has; an IPv4 address is kept as the mapped
 * one, so that all are compared alike. */
#define BYTES 16
#define MAPPED_BITS 96

struct net {
	uint8_t bytes[BYTES];
	unsigned int bits;	/* of the prefix */
};

static const uint8_t mapped[MAPPED_BITS / 8] = { [10] = 0xff, [11] = 0xff };

static bool
is_ipv4(const struct net *net)
{
	return net->bits >= MAPPED_BITS &&
	    memcmp(net->bytes, mapped, sizeof(mapped)) == 0;
}

/* An address in digits; *ret_max is the length of a prefix of all of it. */
static bool
parse_address(const char *text, size_t len, uint8_t bytes[static BYTES],
    unsigned int *ret_max)
{
	char copy[INET6_ADDRSTRLEN];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	*ret_max = 128;
	if (inet_pton(AF_INET6, copy, bytes) == 1)
		return true;
	*ret_max = 32;
	memcpy(bytes, mapped, sizeof(mapped));
	return inet_pton(AF_INET, copy, bytes + sizeof(mapped)) == 1;
}

static bool
same_prefix(const uint8_t *a, const uint8_t *b, unsigned int bits)
{
	unsigned int rest = bits % 8;

	return memcmp(a, b, bits / 8) == 0 &&
	    (rest == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0);
}

/* Zeros, but for the prefix. */
static void
cut(uint8_t bytes[static BYTES], unsigned int bits)
{
	for (unsigned int i = bits; i < BYTES * 8; i++)
		bytes[i / 8] &= (uint8_t)~(0x80u >> i % 8);
}

static bool
parse_network(const char *text, struct net *ret)
{
	const char *slash = strchr(text, '/');
	size_t len = slash == NULL ? strlen(text) : (size_t)(slash - text);
	uint8_t all_zero_behind[BYTES];
	unsigned int max = 0;
	uint64_t bits;

	if (!parse_address(text, len, ret->bytes, &max))
		return false;
	bits = max;
	if (slash != NULL &&
	    !parse_u64(slash + 1, strlen(slash + 1), max, &bits))
		return false;
	ret->bits = (unsigned int)bits + (BYTES * 8 - max);
	memcpy(all_zero_behind, ret->bytes, BYTES);
	cut(all_zero_behind, ret->bits);
	return memcmp(all_zero_behind, ret->bytes, BYTES) == 0;
}

/* One address, perhaps with a zone. */
static bool
parse_host(const char *text, struct net *ret)
{
	const char *zone = strchr(text, '%');
	size_t len = zone == NULL ? strlen(text) : (size_t)(zone - text);
	unsigned int max = 0;

	if (!parse_address(text, len, ret->bytes, &max))
		return false;
	ret->bits = BYTES * 8;
	return zone == NULL || (max == 128 && zone[1] != '\0');
}

bool
net_is_network(const char *text)
{
	struct net net;

	return parse_network(text, &net);
}

bool
net_contains(const char *network, const char *address)
{
	struct net net;
	struct net host;

	return parse_network(network, &net) && parse_host(address, &host) &&
	    is_ipv4(&net) == is_ipv4(&host) &&
	    same_prefix(net.bytes, host.bytes, net.bits);
}

bool
net_source_of(const char *address, char source[static NET_SOURCE_SIZE])
{
	struct net host;
	char text[INET6_ADDRSTRLEN];

	if (!parse_host(address, &host))
		return false;
	if (is_ipv4(&host)) {
		if (inet_ntop(AF_INET, host.bytes + sizeof(mapped), text,
		    sizeof(text)) == NULL)
			return false;
		(void)snprintf(source, NET_SOURCE_SIZE, "%s", text);
		return true;
	}
	cut(host.bytes, 64);
	if (inet_ntop(AF_INET6, host.bytes, text, sizeof(text)) == NULL)
		return false;
	(void)snprintf(source, NET_SOURCE_SIZE, "%s/64", text);
	return true;
}
