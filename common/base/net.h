/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Networks as configurations write them, and the addresses in them.
 */
#ifndef BASE_NET_H
#define BASE_NET_H

#include <stdbool.h>

/* "192.0.2.0/24", "2001:db8::/32", or one address; digits only, no zone, no
 * bits set behind the prefix. */
bool net_is_network(const char *text) __attribute__((warn_unused_result));

/* Is the address, in digits, in the network?  A mapped one (::ffff:192.0.2.1)
 * is the IPv4 address that it stands for, so ::/0 does not hold it; a zone
 * (%eth0) is ignored.  False for a host name: nobody knows where that is. */
bool net_contains(const char *network, const char *address)
	__attribute__((warn_unused_result));

#define NET_SOURCE_SIZE 50	/* with the NUL */

/* Whom to count an address as: an IPv4 address as itself, an IPv6 address as
 * its /64, of which everybody has all 2^64 addresses.  False, and source
 * untouched, for what is no address in digits. */
bool net_source_of(const char *address, char source[static NET_SOURCE_SIZE])
	__attribute__((warn_unused_result));

#endif
