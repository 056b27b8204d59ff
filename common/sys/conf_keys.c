/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/conf_keys.h"

#include <string.h>

#include "base/limits.h"
#include "base/parse.h"

/* The claim that the cloud side links by unless told otherwise; the same
 * words are CLAIM_USER_NAME in auth/claims.h, a layer above. */
#define PRESET_USER_ATTRIBUTE \
	"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"

#define HOUR 3600u
#define DAY 86400u
#define NO_LIMIT UINT32_MAX

#define KEY(section, name, type, min, max, preset, help) \
	{ #section, #name, type, offsetof(struct conf, section##_##name), \
	  min, max, preset, help }

const struct conf_key conf_keys[] = {
	KEY(idp, issuer, CONF_STRING, 0, 0, "",
	    "Azure AD (Entra) Identifier: the issuer of every assertion"),
	KEY(idp, login_url, CONF_URL, 0, 0, "",
	    "Login URL: where a login begins"),
	KEY(idp, logout_url, CONF_URL, 0, 0, "",
	    "Logout URL; leave it out to stay signed in at Microsoft"),
	KEY(idp, certificate, CONF_PATH_VALUE, 0, 0, "",
	    "file with the Certificate (Base64) of the portal"),
	KEY(idp, metadata, CONF_SOURCE, 0, 0, "",
	    "federation metadata, a file or its address, instead of "
	    "certificate"),
	KEY(idp, ca_file, CONF_PATH_VALUE, 0, 0, "",
	    "certificate authorities to trust instead of the system's"),
	KEY(idp, proxy, CONF_PROXY, 0, 0, "",
	    "HTTP proxy to fetch metadata with"),
	KEY(idp, max_age, CONF_DURATION, 0, NO_LIMIT, "30d",
	    "refuse logins when the last fetch of metadata is older; 0: never"),
	KEY(idp, tenant, CONF_GUID, 0, 0, "",
	    "Entra tenant id; required when the issuer is Entra"),

	KEY(saml, entity_id, CONF_STRING, 0, 0, "https://sso.8x8.com/saml2",
	    "Identifier (Entity ID) of this service: the only audience"),
	KEY(saml, acs_url, CONF_URL, 0, 0, "https://sso.8x8.com/saml2",
	    "Reply URL (ACS): the only recipient"),
	KEY(saml, idp_initiated, CONF_BOOL, 0, 0, "no",
	    "accept responses that answer no request of this host"),
	KEY(saml, force_authn, CONF_BOOL, 0, 0, "yes",
	    "ask the provider to authenticate the person anew"),
	KEY(saml, require_mfa, CONF_BOOL, 0, 0, "no",
	    "demand the claim that several factors were used"),
	KEY(saml, require_response_signature, CONF_BOOL, 0, 0, "no",
	    "demand that the response is signed as well as the assertion"),
	KEY(saml, clock_skew, CONF_DURATION, 0, 60, "30s",
	    "how far the provider's clock may be off; 0s to 60s"),
	KEY(saml, max_age, CONF_DURATION, 30, HOUR, "5m",
	    "how long after its issue a response is taken; 30s to 1h"),
	KEY(saml, unsolicited_max_age, CONF_DURATION, 10, HOUR, "60s",
	    "the same for a response to no request; 10s to 1h"),
	KEY(saml, subject_attribute, CONF_STRING, 0, 0, "",
	    "claim that identifies the person; empty: persistent NameID"),
	KEY(saml, user_attribute, CONF_STRING, 0, 0, PRESET_USER_ATTRIBUTE,
	    "claim that must equal the provisioned userName"),

	KEY(device, enabled, CONF_BOOL, 0, 0, "no",
	    "offer sign-in by device code (RFC 8628)"),
	KEY(device, client_id, CONF_STRING, 0, 0, "",
	    "Application (client) ID of the public client in Entra"),
	KEY(device, issuer, CONF_URL, 0, 0, "",
	    "issuer of id_tokens; empty: the tenant's in the global cloud"),
	KEY(device, hosts, CONF_LIST, 0, 0, "",
	    "hosts besides the issuer's on which endpoints may be"),
	KEY(device, device_endpoint, CONF_URL, 0, 0, "",
	    "device authorization endpoint; empty: by discovery"),
	KEY(device, token_endpoint, CONF_URL, 0, 0, "",
	    "token endpoint; empty: by discovery"),
	KEY(device, jwks_uri, CONF_URL, 0, 0, "",
	    "address of the key set; empty: by discovery"),
	KEY(device, verification_uri, CONF_LIST, 0, 0,
	    "https://microsoft.com/devicelogin, "
	    "https://login.microsoft.com/device, "
	    "https://microsoft.com/deviceloginus",
	    "the only addresses that people are sent to"),
	KEY(device, services, CONF_LIST, 0, 0, "*",
	    "PAM services that offer it: names, or * (all)"),
	KEY(device, networks, CONF_LIST, 0, 0, "*",
	    "where logins may come from: networks, local, or * (anywhere)"),
	KEY(device, after_key, CONF_LIST, 0, 0, "",
	    "PAM services where an ssh key must have come first, or *"),
	KEY(device, timeout, CONF_DURATION, 30, 900, "3m",
	    "how long a sign-in may take; 30s to 15m"),
	KEY(device, keys_max_age, CONF_DURATION, HOUR, DAY, "1d",
	    "fetch the provider's keys anew when older; 1h to 1d"),
	KEY(device, user_claim, CONF_STRING, 0, 0, "preferred_username",
	    "claim that must equal the provisioned userName"),
	KEY(device, require_acrs, CONF_STRING, 0, 0, "",
	    "authentication context that the token must have, such as c1"),
	KEY(device, auth_max_age, CONF_DURATION, 0, NO_LIMIT, "0s",
	    "how long ago the person may have signed in; 0: any time"),
	KEY(device, require_groups, CONF_LIST, 0, 0, "",
	    "object ids of groups of which the token must have one"),
	KEY(device, browser_networks, CONF_LIST, 0, 0, "",
	    "where the browser may be: networks, source (where the login is)"),
	KEY(device, confirm, CONF_PATH_VALUE, 0, 0, "",
	    "program that sends the person a code to type back"),
	KEY(device, per_user, CONF_NUMBER, 1, 100000, "10",
	    "sign-ins by code in 15 minutes: of a user from new places"),
	KEY(device, per_source, CONF_NUMBER, 1, 100000, "20",
	    "of one source address"),
	KEY(device, per_host, CONF_NUMBER, 1, 100000, "200",
	    "on this host"),
	KEY(device, concurrent, CONF_NUMBER, 1, 10000, "50",
	    "sign-ins by code at the same time on this host"),

	KEY(prompt, qr, CONF_BOOL, 0, 0, "yes",
	    "show an address as a QR code too where there is room"),
	KEY(prompt, columns, CONF_NUMBER, 0, 500, "80",
	    "width of a screen that is not known, over ssh; 0 to 500"),
	KEY(prompt, ssh_grace, CONF_DURATION, 0, DAY, "2m",
	    "LoginGraceTime of sshd: be done before; 0: none"),
	KEY(prompt, login_grace, CONF_DURATION, 0, DAY, "1m",
	    "LOGIN_TIMEOUT of login: be done before; 0: none"),

	KEY(scim, url, CONF_URL, 0, 0, "",
	    "Tenant URL (8x8 URL) of user provisioning"),
	KEY(scim, token_file, CONF_PATH_VALUE, 0, 0, "",
	    "file with the Secret Token (8x8 API Token); mode 0600"),
	KEY(scim, ca_file, CONF_PATH_VALUE, 0, 0, "",
	    "certificate authorities to trust instead of the system's"),
	KEY(scim, proxy, CONF_PROXY, 0, 0, "",
	    "HTTP proxy to ask the server with"),
	KEY(scim, page_size, CONF_NUMBER, 1, 1000, "100",
	    "users asked for per request; 1 to 1000"),
	KEY(scim, max_users, CONF_NUMBER, 1, SCIM_USERS_MAX, "200000",
	    "a longer listing is an error; 1 to 2000000"),
	KEY(scim, timeout, CONF_DURATION, 1, HOUR, "10m",
	    "time for a whole listing; 1s to 1h"),

	KEY(users, name, CONF_NAME, 0, 0, "local_part",
	    "login name: userName up to the @, or the whole userName"),
	KEY(users, link_by, CONF_LINK, 0, 0, "user_name",
	    "what a first login must match: userName, or externalId = oid"),
	KEY(users, guests, CONF_BOOL, 0, 0, "no",
	    "take people whose own tenant is another one"),
	KEY(users, link_local, CONF_LIST, 0, 0, "",
	    "local accounts of provisioned people: account:userName"),
	KEY(users, min_local_uid, CONF_NUMBER, LOCAL_UID_MIN, ID_MIN - 1,
	    "1000", "lowest uid of an account that link_local may name"),
	KEY(users, uid_attribute, CONF_STRING, 0, 0, "",
	    "SCIM attribute that has the uid; empty: uids are given here"),
	KEY(users, jit, CONF_BOOL, 0, 0, "no",
	    "create people at their first sign-in on this host's screen"),
	KEY(users, jit_domains, CONF_LIST, 0, 0, "",
	    "domains of the user names that jit may create"),
	KEY(users, jit_max, CONF_NUMBER, 1, 10000, "100",
	    "how many people jit may create; 1 to 10000"),
	KEY(users, home, CONF_STRING, 0, 0, "/home/%u",
	    "home directory; %u is the login name"),
	KEY(users, shell, CONF_PATH_VALUE, 0, 0, "/bin/bash",
	    "login shell"),
	KEY(users, min_id, CONF_NUMBER, ID_MIN, ID_MAX, "1879048192",
	    "lowest uid and gid to give out"),
	KEY(users, max_id, CONF_NUMBER, ID_MIN, ID_MAX, "2147352575",
	    "highest uid and gid to give out"),

	KEY(groups, attributes, CONF_LIST, 0, 0, "",
	    "make groups of these: department, site, title"),
	KEY(groups, scim, CONF_BOOL, 0, 0, "yes",
	    "take the server's groups, if it has any (8x8 has none)"),
	KEY(groups, gid_attribute, CONF_STRING, 0, 0, "",
	    "SCIM attribute of groups that has the gid"),

	KEY(access, allow, CONF_LIST, 0, 0, "",
	    "who may log in: login names, @groups, or * (everybody)"),
	KEY(access, sites, CONF_LIST, 0, 0, "",
	    "8x8 sites whose people may log in; empty: all"),
	KEY(access, max_age, CONF_DURATION, 0, NO_LIMIT, "7d",
	    "refuse logins when the last sync is older; 0: never"),

	KEY(host, state_dir, CONF_PATH_VALUE, 0, 0,
	    LOCALSTATEDIR "/lib/8x8sso",
	    "where the user list and the state are kept"),
	KEY(host, libexec_dir, CONF_PATH_VALUE, 0, 0, PKGLIBEXECDIR,
	    "where the helper and the workers are installed"),
	KEY(host, user, CONF_STRING, 0, 0, "_8x8sso",
	    "service account; empty: none (for tests)"),
};
const size_t conf_key_count = ARRAY_LEN(conf_keys);
_Static_assert(ARRAY_LEN(conf_keys) <= CONF_KEYS_MAX, "CONF_KEYS_MAX");

static void *
field_of(const struct conf_key *key, struct conf *conf)
{
	return (char *)conf + key->offset;
}

static enum err
set_string(const struct conf_key *key, void *field, const char *value,
    struct diag *diag)
{
	char *copy = strdup(value);

	(void)key;
	if (copy == NULL)
		return fail(diag, ERR_NOMEM, "out of memory");
	*(char **)field = copy;
	return ERR_OK;
}

static enum err
set_url(const struct conf_key *key, void *field, const char *value,
    struct diag *diag)
{
	if (value[0] != '\0' && !parse_is_safe_url(value, strlen(value)))
		return fail(diag, ERR_CONF_VALUE,
		    "not an https:// address (plain http:// only for "
		    "127.0.0.1 or [::1]); copy it from the portal unchanged");
	return set_string(key, field, value, diag);
}

static enum err
set_path(const struct conf_key *key, void *field, const char *value,
    struct diag *diag)
{
	if (value[0] != '\0' && value[0] != '/')
		return fail(diag, ERR_CONF_VALUE,
		    "not an absolute path; begin it with /");
	return set_string(key, field, value, diag);
}

static enum err
set_source(const struct conf_key *key, void *field, const char *value,
    struct diag *diag)
{
	if (strchr(value, ':') == NULL || value[0] == '/')
		return set_path(key, field, value, diag);
	return set_url(key, field, value, diag);
}

static enum err
set_proxy(const struct conf_key *key, void *field, const char *value,
    struct diag *diag)
{
	if (value[0] != '\0' && strncmp(value, "http://", 7) != 0 &&
	    strncmp(value, "https://", 8) != 0)
		return fail(diag, ERR_CONF_VALUE,
		    "is not http://host:port");
	/* Credentials belong in no world-readable file. */
	if (strchr(value, '@') != NULL)
		return fail(diag, ERR_CONF_VALUE,
		    "must not contain a user name or password");
	return set_string(key, field, value, diag);
}

static enum err
set_guid(const struct conf_key *key, void *field, const char *value,
    struct diag *diag)
{
	if (value[0] != '\0' && !parse_is_guid(value, strlen(value)))
		return fail(diag, ERR_CONF_VALUE,
		    "not a GUID; take the tenant id of the portal's overview "
		    "page, not a domain, \"common\" or \"organizations\"");
	return set_string(key, field, value, diag);
}

static enum err
set_bool(const struct conf_key *key, void *field, const char *value,
    struct diag *diag)
{
	(void)key;
	if (!parse_bool(value, strlen(value), field))
		return fail(diag, ERR_CONF_VALUE, "write yes or no");
	return ERR_OK;
}

static enum err
set_number(const struct conf_key *key, void *field, const char *value,
    struct diag *diag)
{
	uint64_t number;

	if (!parse_u64(value, strlen(value), key->max, &number) ||
	    number < key->min)
		return fail(diag, ERR_CONF_VALUE,
		    "write a number from %llu to %llu",
		    (unsigned long long)key->min,
		    (unsigned long long)key->max);
	*(uint64_t *)field = number;
	return ERR_OK;
}

static enum err
set_duration(const struct conf_key *key, void *field, const char *value,
    struct diag *diag)
{
	int64_t seconds;

	if (!parse_duration(value, strlen(value), &seconds))
		return fail(diag, ERR_CONF_VALUE,
		    "write a duration, such as 30s, 5m, 12h or 7d");
	if ((uint64_t)seconds < key->min || (uint64_t)seconds > key->max)
		return fail(diag, ERR_CONF_VALUE,
		    "write a duration from %llus to %llus",
		    (unsigned long long)key->min,
		    (unsigned long long)key->max);
	*(int64_t *)field = seconds;
	return ERR_OK;
}

static void
list_clear(struct conf_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->item[i]);
	free(list->item);
	*list = (struct conf_list){ NULL, 0 };
}

static enum err
list_add(struct conf_list *list, const char *text, size_t len,
    struct diag *diag)
{
	while (len > 0 && text[0] == ' ') {
		text++;
		len--;
	}
	while (len > 0 && text[len - 1] == ' ')
		len--;
	if (len == 0)
		return fail(diag, ERR_CONF_VALUE,
		    "empty item in the list; remove the surplus comma");
	list->item[list->count] = strndup(text, len);
	if (list->item[list->count] == NULL)
		return fail(diag, ERR_NOMEM, "out of memory");
	list->count++;
	return ERR_OK;
}

static enum err
set_list(const struct conf_key *key, void *field, const char *value,
    struct diag *diag)
{
	struct conf_list *list = field;
	size_t commas = 0;
	enum err r = ERR_OK;

	(void)key;
	for (const char *p = value; *p != '\0'; p++)
		commas += *p == ',';
	list->item = calloc(commas + 1, sizeof(*list->item));
	if (list->item == NULL)
		return fail(diag, ERR_NOMEM, "out of memory");
	while (value[0] != '\0' && r == ERR_OK) {
		size_t len = strcspn(value, ",");

		r = list_add(list, value, len, diag);
		value += len;
		/* A comma promises another item. */
		if (r == ERR_OK && value[0] == ',' && *++value == '\0')
			r = list_add(list, value, 0, diag);
	}
	if (r != ERR_OK)
		list_clear(list);
	return r;
}

/* One of the two words of the type's name, in the order of its enum. */
static enum err
set_word(const struct conf_key *key, void *field, const char *value,
    struct diag *diag)
{
	static const char *const words[CONF_TYPE_COUNT][2] = {
		[CONF_NAME] = { "local_part", "user_name" },
		[CONF_LINK] = { "user_name", "external_id" },
	};
	bool second = strcmp(value, words[key->type][1]) == 0;

	if (!second && strcmp(value, words[key->type][0]) != 0)
		return fail(diag, ERR_CONF_VALUE, "write %s or %s",
		    words[key->type][0], words[key->type][1]);
	if (key->type == CONF_NAME)
		*(enum conf_name *)field = second;
	else
		*(enum conf_link *)field = second;
	return ERR_OK;
}

static const struct {
	const char *name;
	enum err (*set)(const struct conf_key *key, void *field,
	    const char *value, struct diag *diag);
	bool is_text;	/* the field is a char * of ours */
} types[CONF_TYPE_COUNT] = {
	[CONF_STRING] = { "string", set_string, true },
	[CONF_URL] = { "address", set_url, true },
	[CONF_PATH_VALUE] = { "path", set_path, true },
	[CONF_SOURCE] = { "path or address", set_source, true },
	[CONF_PROXY] = { "proxy", set_proxy, true },
	[CONF_GUID] = { "GUID", set_guid, true },
	[CONF_BOOL] = { "yes or no", set_bool, false },
	[CONF_NUMBER] = { "number", set_number, false },
	[CONF_DURATION] = { "duration", set_duration, false },
	[CONF_LIST] = { "list", set_list, false },
	[CONF_NAME] = { "local_part or user_name", set_word, false },
	[CONF_LINK] = { "user_name or external_id", set_word, false },
};

const char *
conf_type_name(enum conf_type type)
{
	return (unsigned int)type < CONF_TYPE_COUNT ? types[type].name : "?";
}

const struct conf_key *
conf_key_find(const char *section, const char *name)
{
	for (size_t i = 0; i < conf_key_count; i++)
		if (strcmp(conf_keys[i].section, section) == 0 &&
		    (name == NULL || strcmp(conf_keys[i].name, name) == 0))
			return &conf_keys[i];
	return NULL;
}

enum err
conf_key_set(const struct conf_key *key, struct conf *conf, const char *value,
    struct diag *diag)
{
	return types[key->type].set(key, field_of(key, conf), value, diag);
}

void
conf_key_clear(const struct conf_key *key, struct conf *conf)
{
	char **text = field_of(key, conf);

	if (key->type == CONF_LIST)
		list_clear(field_of(key, conf));
	if (!types[key->type].is_text)
		return;
	free(*text);
	*text = NULL;
}
