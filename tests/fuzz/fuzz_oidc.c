/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes of a provider -> endpoints.  The first line of the input are the hosts
 * that are allowed, divided by blanks; the rest is the document.  An address
 * that is accepted is a safe one, and on one of those hosts or the issuer's
 * (catalogue J26).
 */
#include <string.h>

#include "auth/oidc.h"
#include "base/parse.h"
#include "fuzz.h"

#define ISSUER "https://login.example/t/v2.0"
#define HOSTS_MAX 256

/* Told apart by the bytes that may follow a host, and without a parser of
 * addresses. */
static bool
begins_with_host(const char *url, const char *host, size_t len)
{
	const char *rest = strstr(url, "://");

	if (rest == NULL || len == 0)
		return false;
	rest += 3;
	if (strncasecmp(rest, host, len) != 0)
		return false;
	rest += len;
	if (strncmp(rest, ":443", 4) == 0)
		rest += 4;
	return *rest == '\0' || *rest == '/' || *rest == '?';
}

static void
check_address(const char *url, const char *hosts)
{
	bool allowed = begins_with_host(url, "login.example",
	    strlen("login.example"));

	demand(strlen(url) <= 2048 && parse_is_safe_url(url, strlen(url)));
	demand(oidc_is_host_allowed(url, ISSUER, hosts));
	while (*hosts != '\0' && !allowed) {
		size_t len = strcspn(hosts, "\n");

		allowed = begins_with_host(url, hosts, len);
		if (len > 4 && memcmp(hosts + len - 4, ":443", 4) == 0)
			allowed = allowed ||
			    begins_with_host(url, hosts, len - 4);
		hosts += len + (hosts[len] == '\n');
	}
	demand(allowed);
}

/* Hosts as root may configure them: no NUL, and no more than fit. */
static size_t
take_hosts(const uint8_t *data, size_t size, char hosts[static HOSTS_MAX])
{
	const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);
	size_t len = end == NULL ? 0 : (size_t)(end - data);

	if (end == NULL || len >= HOSTS_MAX || memchr(data, 0, len) != NULL)
		return 0;
	for (size_t i = 0; i < len; i++)
		hosts[i] = data[i] == ' ' ? '\n' : (char)data[i];
	hosts[len] = '\0';
	return len + 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oidc_endpoints ends = { "untouched", "", "" };
	struct diag diag = DIAG_INIT;
	char hosts[HOSTS_MAX] = "";
	size_t used = take_hosts(data, size, hosts);

	if (oidc_parse(data + used, size - used, ISSUER, hosts, &ends,
	    &diag) != ERR_OK) {
		demand(strcmp(ends.device, "untouched") == 0 &&
		    diag.code != ERR_OK);
		return 0;
	}
	check_address(ends.device, hosts);
	check_address(ends.token, hosts);
	check_address(ends.jwks_uri, hosts);
	return 0;
}
