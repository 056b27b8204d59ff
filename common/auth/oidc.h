/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The provider's OpenID configuration (OpenID Connect Discovery 1.0, section
 * 4): where its endpoints are (catalogue J14, J26).
 */
#ifndef AUTH_OIDC_H
#define AUTH_OIDC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

struct oidc_endpoints {
	char device[2049];	/* device authorization endpoint, RFC 8628 3.1 */
	char token[2049];
	char jwks_uri[2049];
};

/* Is the address on the issuer's host (scheme, name and port) or on one of
 * hosts (a name, or name:port, one per line; "" for none)?  Both addresses
 * are safe ones (parse_is_safe_url()). */
bool oidc_is_host_allowed(const char *url, const char *issuer,
	const char *hosts) __attribute__((warn_unused_result));

/* issuer, without a slash at its end (Discovery, 4.1), and
 * "/.well-known/openid-configuration".  ERR_TOO_LONG. */
enum err oidc_discovery_url(const char *issuer, char *url, size_t size,
	struct diag *diag) MUST_USE;

/*
 * Reads a document.  Its issuer must be exactly ours, and every endpoint on an
 * allowed host.  ERR_OIDC_DISCOVERY, ERR_OIDC_HOST, ERR_JSON.
 */
enum err oidc_parse(const void *data, size_t len, const char *issuer,
	const char *hosts, struct oidc_endpoints *ret, struct diag *diag)
	MUST_USE;

#endif
