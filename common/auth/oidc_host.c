/* SPDX-License-Identifier: BSD-2-Clause */
/* Where endpoints may be: asked by the reader of the document, and again by
 * whoever gets them from elsewhere (catalogue J26). */
#include "auth/oidc.h"

#include <stdint.h>
#include <string.h>

#include "base/parse.h"

#define HTTPS_PORT 443
#define HTTP_PORT 80

struct place {
	bool https;
	const char *host;	/* with the brackets of an IPv6 address */
	size_t host_len;
	uint64_t port;
};

/* "name", "name:port", "[address]:port", of len bytes. */
static bool
parse_place(const char *text, size_t len, bool https, struct place *ret)
{
	const char *end = text + len;
	const char *from = len > 0 && *text == '[' ? memchr(text, ']', len) :
	    text;
	const char *colon = from == NULL ? NULL :
	    memchr(from, ':', (size_t)(end - from));
	uint64_t port = https ? HTTPS_PORT : HTTP_PORT;

	if (from == NULL || len == 0 || colon == text)
		return false;
	if (colon != NULL && !parse_u64(colon + 1, (size_t)(end - colon) - 1,
	    UINT16_MAX, &port))
		return false;
	ret->https = https;
	ret->host = text;
	ret->host_len = (size_t)((colon == NULL ? end : colon) - text);
	ret->port = port;
	return true;
}

static bool
parse_url(const char *url, struct place *ret)
{
	static const char https[] = "https://";
	static const char http[] = "http://";
	bool is_https = strncmp(url, https, sizeof(https) - 1) == 0;

	if (!is_https && strncmp(url, http, sizeof(http) - 1) != 0)
		return false;
	url += is_https ? sizeof(https) - 1 : sizeof(http) - 1;
	return parse_place(url, strcspn(url, "/?#"), is_https, ret);
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The whole name: what only ends like an allowed one is somebody else's. */
static bool
is_same(const struct place *a, const struct place *b)
{
	if (a->https != b->https || a->port != b->port ||
	    a->host_len != b->host_len)
		return false;
	for (size_t i = 0; i < a->host_len; i++)
		if (lower(a->host[i]) != lower(b->host[i]))
			return false;
	return true;
}

bool
oidc_is_host_allowed(const char *url, const char *issuer, const char *hosts)
{
	struct place asked;
	struct place allowed;

	if (!parse_url(url, &asked))
		return false;
	if (parse_url(issuer, &allowed) && is_same(&asked, &allowed))
		return true;
	while (*hosts != '\0') {
		size_t len = strcspn(hosts, "\n");

		if (parse_place(hosts, len, true, &allowed) &&
		    is_same(&asked, &allowed))
			return true;
		hosts += len + (hosts[len] == '\n');
	}
	return false;
}
