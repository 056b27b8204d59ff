/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of [device], for conf_check.c. */
#include "sys/conf_keys.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/net.h"
#include "base/parse.h"

/* What messages of wire.h have room for. */
#define CLIENT_ID_MAX 256
#define ACRS_MAX 256
#define OIDC_URL_MAX 2048
#define SHOWN_URL_MAX 1024

#define GUID_LEN 36

/* ASCII that shows, in one piece. */
static bool
is_word(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	return is_set(text);
}

static bool
has_only(const struct conf_list *list, bool (*is_good)(const char *))
{
	for (size_t i = 0; i < list->count; i++)
		if (!is_good(list->item[i]))
			return false;
	return true;
}

static const char *
check_client_id(const struct conf *c)
{
	if (c->device_enabled && !is_set(c->device_client_id))
		return "is missing; set it to the Application (client) ID of "
		    "the portal";
	if (is_set(c->device_client_id) && (!is_word(c->device_client_id) ||
	    strlen(c->device_client_id) > CLIENT_ID_MAX))
		return "is not an id; copy it from the portal unchanged";
	return NULL;
}

/* Is a part of the path, between slashes, this word? */
static bool
has_part(const char *url, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = strchr(url, '/'); p != NULL;
	    p = strchr(p + 1, '/')) {
		char part[64];

		(void)snprintf(part, sizeof(part), "%.*s",
		    (int)strcspn(p + 1, "/?"), p + 1);
		if (strlen(part) == len && parse_equal_nocase(part, word))
			return true;
	}
	return false;
}

/* Entra's words for all tenants.  Of several nobody could say whose people
 * would be let in (V6). */
static bool
is_of_many(const char *url)
{
	return has_part(url, "common") || has_part(url, "organizations") ||
	    has_part(url, "consumers");
}

/* The first GUID of a text, not terminated, or NULL. */
static const char *
find_guid(const char *text)
{
	for (; strlen(text) >= GUID_LEN; text++)
		if (parse_is_guid(text, GUID_LEN))
			return text;
	return NULL;
}

static const char *
check_device_issuer(const struct conf *c)
{
	const char *guid = find_guid(c->device_issuer);
	char tenant[GUID_LEN + 1] = "";

	if (is_of_many(c->device_issuer))
		return "is that of many tenants; put the tenant's GUID in "
		    "the place of common, organizations or consumers";
	if (guid != NULL)
		memcpy(tenant, guid, GUID_LEN);
	if (guid != NULL && !parse_equal_nocase(tenant, c->idp_tenant))
		return "has the GUID of another tenant than [idp] tenant; "
		    "correct one";
	if (strlen(c->device_issuer) > SAML_ENTITY_ID_MAX)
		return "is longer than an issuer can be, 1024 bytes";
	return NULL;
}

/* A name or an address, perhaps with a port, as an address has it. */
static bool
is_host(const char *text)
{
	char url[300];
	int len = snprintf(url, sizeof(url), "https://%s/", text);

	return len > 0 && (size_t)len < sizeof(url) &&
	    strpbrk(text, "/?") == NULL &&
	    parse_is_safe_url(url, (size_t)len);
}

static const char *
check_hosts(const struct conf *c)
{
	if (!has_only(&c->device_hosts, is_host))
		return "may hold names of hosts (name or name:port), "
		    "separated by commas";
	return NULL;
}

static const char *
check_endpoints(const struct conf *c)
{
	const char *const urls[] = {
		c->device_device_endpoint, c->device_token_endpoint,
		c->device_jwks_uri,
	};
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		count += is_set(urls[i]) ? 1 : 0;
		if (strlen(urls[i]) > OIDC_URL_MAX)
			return "and its neighbours must not be longer than "
			    "2048 bytes";
		if (is_of_many(urls[i]))
			return "or a neighbour is that of many tenants; put "
			    "the tenant's GUID in the place of common, "
			    "organizations or consumers";
	}
	if (count != 0 && count != ARRAY_LEN(urls))
		return "token_endpoint and jwks_uri go together; set all "
		    "three, or none to have them discovered";
	return NULL;
}

static bool
is_shown_url(const char *text)
{
	size_t len = strlen(text);

	return len <= SHOWN_URL_MAX && parse_is_safe_url(text, len);
}

static const char *
check_verification_uri(const struct conf *c)
{
	if (c->device_verification_uri.count == 0)
		return "must not be empty; name the address where people "
		    "type the code";
	if (!has_only(&c->device_verification_uri, is_shown_url))
		return "may hold https:// addresses of at most 1024 bytes, "
		    "separated by commas";
	return NULL;
}

static const char *
check_services(const struct conf *c)
{
	if (!has_only(&c->device_services, is_word))
		return "may hold * and names of PAM services, separated by "
		    "commas";
	return NULL;
}

static const char *
check_after_key(const struct conf *c)
{
	if (!has_only(&c->device_after_key, is_word))
		return "may hold * and names of PAM services, separated by "
		    "commas";
	return NULL;
}

static bool
is_place(const char *text)
{
	return strcmp(text, "*") == 0 || strcmp(text, "local") == 0 ||
	    net_is_network(text);
}

static const char *
check_networks(const struct conf *c)
{
	if (!has_only(&c->device_networks, is_place))
		return "may hold *, local and networks such as 192.0.2.0/24 "
		    "or 2001:db8::/32 (no bits set behind the prefix), "
		    "separated by commas";
	return NULL;
}

static bool
is_browser_place(const char *text)
{
	return strcmp(text, "source") == 0 || net_is_network(text);
}

static const char *
check_browser_networks(const struct conf *c)
{
	if (!has_only(&c->device_browser_networks, is_browser_place))
		return "may hold source and networks such as 192.0.2.0/24 or "
		    "2001:db8::/32 (no bits set behind the prefix), "
		    "separated by commas";
	return NULL;
}

/* With an empty name nothing would tie a token to an account. */
static const char *
check_user_claim(const struct conf *c)
{
	return is_word(c->device_user_claim) ? NULL :
	    "must be the name of a claim";
}

static const char *
check_acrs(const struct conf *c)
{
	if (is_set(c->device_require_acrs) &&
	    (!is_word(c->device_require_acrs) ||
	    strlen(c->device_require_acrs) > ACRS_MAX))
		return "must be one authentication context, such as c1";
	return NULL;
}

static bool
is_guid(const char *text)
{
	return parse_is_guid(text, strlen(text));
}

/* Names of groups are anybody's to choose (J24). */
static const char *
check_require_groups(const struct conf *c)
{
	if (!has_only(&c->device_require_groups, is_guid))
		return "may hold object ids of groups (GUIDs, no names), "
		    "separated by commas";
	return NULL;
}

const struct conf_rule conf_device_rules[] = {
	{ offsetof(struct conf, device_client_id), check_client_id },
	{ offsetof(struct conf, device_issuer), check_device_issuer },
	{ offsetof(struct conf, device_hosts), check_hosts },
	{ offsetof(struct conf, device_device_endpoint), check_endpoints },
	{ offsetof(struct conf, device_verification_uri),
	    check_verification_uri },
	{ offsetof(struct conf, device_services), check_services },
	{ offsetof(struct conf, device_networks), check_networks },
	{ offsetof(struct conf, device_after_key), check_after_key },
	{ offsetof(struct conf, device_user_claim), check_user_claim },
	{ offsetof(struct conf, device_require_acrs), check_acrs },
	{ offsetof(struct conf, device_require_groups),
	    check_require_groups },
	{ offsetof(struct conf, device_browser_networks),
	    check_browser_networks },
};

const size_t conf_device_rule_count = ARRAY_LEN(conf_device_rules);
