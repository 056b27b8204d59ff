/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/oidc.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/parse.h"
#include "sys/json.h"

#define WELL_KNOWN "/.well-known/openid-configuration"

enum err
oidc_discovery_url(const char *issuer, char *url, size_t size,
    struct diag *diag)
{
	size_t len = strlen(issuer);

	len -= len > 0 && issuer[len - 1] == '/';
	if (size < sizeof(WELL_KNOWN) || len > size - sizeof(WELL_KNOWN))
		return fail(diag, ERR_TOO_LONG, "issuer of %zu bytes", len);
	memcpy(url, issuer, len);
	memcpy(url + len, WELL_KNOWN, sizeof(WELL_KNOWN));
	return ERR_OK;
}

/* What common and organizations have is a template, and for everybody. */
static enum err
check_issuer(struct json *json, const char *issuer, struct diag *diag)
{
	const char *said = json_string_of(json_member(json, "issuer"));

	if (said == NULL)
		return fail(diag, ERR_OIDC_DISCOVERY, "issuer is missing");
	if (strstr(said, "{tenantid}") != NULL)
		return fail(diag, ERR_OIDC_DISCOVERY, "it is for all "
		    "tenants: have the tenant's GUID in [device] issuer, not "
		    "common or organizations");
	if (strcmp(said, issuer) != 0)
		return fail(diag, ERR_OIDC_DISCOVERY, "issuer is %.256s",
		    said);
	return ERR_OK;
}

static enum err
copy_endpoint(struct json *json, const char *name, char *to, size_t size,
    struct diag *diag)
{
	const char *url = json_string_of(json_member(json, name));

	if (url == NULL)
		return fail(diag, ERR_OIDC_DISCOVERY, "%s is missing", name);
	if (strlen(url) >= size || !parse_is_safe_url(url, strlen(url)))
		return fail(diag, ERR_OIDC_DISCOVERY, "%s is %.256s", name,
		    url);
	memcpy(to, url, strlen(url) + 1);
	return ERR_OK;
}

enum err
oidc_parse(const void *data, size_t len, const char *issuer,
    const char *hosts, struct oidc_endpoints *ret, struct diag *diag)
{
	AUTO(json) struct json *json = NULL;
	struct oidc_endpoints found;
	const struct {
		const char *name;
		char *url;
	} endpoints[] = {
		{ "device_authorization_endpoint", found.device },
		{ "token_endpoint", found.token },
		{ "jwks_uri", found.jwks_uri },
	};
	enum err r;

	if (len > OIDC_MAX)
		return fail(diag, ERR_OIDC_DISCOVERY, "%zu bytes", len);
	r = json_parse(data, len, &json, diag);
	if (r == ERR_OK)
		r = check_issuer(json, issuer, diag);
	for (size_t i = 0; i < ARRAY_LEN(endpoints) && r == ERR_OK; i++) {
		r = copy_endpoint(json, endpoints[i].name, endpoints[i].url,
		    sizeof(found.device), diag);
		if (r == ERR_OK && !oidc_is_host_allowed(endpoints[i].url,
		    issuer, hosts))
			r = fail(diag, ERR_OIDC_HOST, "%s is %.256s",
			    endpoints[i].name, endpoints[i].url);
	}
	if (r != ERR_OK)
		return r;
	*ret = found;
	return ERR_OK;
}
