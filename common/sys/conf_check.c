/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules that look at several keys, or at more of one than its type. */
#include "sys/conf_keys.h"

#include <string.h>

#include "base/limits.h"
#include "base/parse.h"

#define ENTRA_ISSUER "https://sts.windows.net/"

/* The tenant of personal Microsoft accounts: anybody can have one. */
#define CONSUMER_TENANT "9188040d-6c67-4c5b-b112-36a304b66dad"

/* "https://sts.windows.net/<tenant>/": the tenant, not terminated. */
static const char *
entra_tenant(const char *issuer)
{
	size_t prefix = sizeof(ENTRA_ISSUER) - 1;

	if (strncmp(issuer, ENTRA_ISSUER, prefix) != 0 ||
	    strlen(issuer) != prefix + 37 || issuer[prefix + 36] != '/' ||
	    !parse_is_guid(issuer + prefix, 36))
		return NULL;
	return issuer + prefix;
}

static const char *
check_provider(const struct conf *c)
{
	bool certificate = is_set(c->idp_certificate);
	bool metadata = is_set(c->idp_metadata);

	/* The device flow needs the tenant alone. */
	if (!is_set(c->idp_issuer) && (certificate || metadata ||
	    is_set(c->idp_login_url) ||
	    (is_set(c->idp_tenant) && !c->device_enabled)))
		return "is missing; set it to the Azure AD (Entra) "
		    "Identifier of the portal";
	if (strlen(c->idp_issuer) > SAML_ENTITY_ID_MAX)
		return "is longer than an identifier can be, 1024 bytes; "
		    "copy it from the portal unchanged";
	if (is_set(c->idp_issuer) && certificate && metadata)
		return "has both a certificate and metadata; keep one";
	if (is_set(c->idp_issuer) && !certificate && !metadata)
		return "has no keys; set [idp] certificate or metadata";
	return NULL;
}

static const char *
check_login_url(const struct conf *c)
{
	if (is_set(c->idp_certificate) && !is_set(c->idp_login_url))
		return "is missing; a certificate alone does not say where "
		    "to log in";
	return NULL;
}

static const char *
check_tenant(const struct conf *c)
{
	const char *entra = entra_tenant(c->idp_issuer);
	char tenant[37] = "";

	if (entra != NULL)
		memcpy(tenant, entra, 36);
	if (parse_equal_nocase(c->idp_tenant, CONSUMER_TENANT) ||
	    parse_equal_nocase(tenant, CONSUMER_TENANT))
		return "is the tenant of personal Microsoft accounts; use "
		    "the company's own";
	if (entra != NULL && !is_set(c->idp_tenant))
		return "is missing; the issuer is Entra: set it to the GUID "
		    "in the issuer";
	if (c->device_enabled && !is_set(c->idp_tenant))
		return "is missing; [device] enabled needs it: set it to the "
		    "Directory (tenant) ID of the portal";
	if (entra != NULL && !parse_equal_nocase(c->idp_tenant, tenant))
		return "is not the tenant in [idp] issuer; correct one";
	return NULL;
}

static const char *
check_entity_id(const struct conf *c)
{
	return is_set(c->saml_entity_id) ? NULL : "must not be empty";
}

static const char *
check_acs_url(const struct conf *c)
{
	return is_set(c->saml_acs_url) ? NULL : "must not be empty";
}

/* With an empty name nothing would tie an assertion to an account. */
static const char *
check_user_attribute(const struct conf *c)
{
	return is_set(c->saml_user_attribute) ? NULL : "must not be empty";
}

static const char *
check_token(const struct conf *c)
{
	if (is_set(c->scim_url) != is_set(c->scim_token_file))
		return "and [scim] url go together; set both or neither";
	return NULL;
}

static const char *
check_state_dir(const struct conf *c)
{
	return is_set(c->host_state_dir) ? NULL : "must not be empty";
}

static const char *
check_libexec_dir(const struct conf *c)
{
	return is_set(c->host_libexec_dir) ? NULL : "must not be empty";
}

static const char *
check_user(const struct conf *c)
{
	if (strcmp(c->host_user, "root") == 0)
		return "must not be root; nothing needs it";
	return NULL;
}

static const struct conf_rule rules[] = {
	{ offsetof(struct conf, idp_issuer), check_provider },
	{ offsetof(struct conf, idp_login_url), check_login_url },
	{ offsetof(struct conf, idp_tenant), check_tenant },
	{ offsetof(struct conf, saml_entity_id), check_entity_id },
	{ offsetof(struct conf, saml_acs_url), check_acs_url },
	{ offsetof(struct conf, saml_user_attribute), check_user_attribute },
	{ offsetof(struct conf, scim_token_file), check_token },
	{ offsetof(struct conf, host_state_dir), check_state_dir },
	{ offsetof(struct conf, host_libexec_dir), check_libexec_dir },
	{ offsetof(struct conf, host_user), check_user },
};

static enum err
check_all(const struct conf_rule *rule, size_t count,
    const struct conf *conf, size_t *ret_field, struct diag *diag)
{
	for (size_t i = 0; i < count; i++) {
		const char *wrong = rule[i].check(conf);

		if (wrong == NULL)
			continue;
		*ret_field = rule[i].field;
		return fail(diag, ERR_CONF_VALUE, "%s", wrong);
	}
	return ERR_OK;
}

enum err
conf_check(const struct conf *conf, size_t *ret_field, struct diag *diag)
{
	enum err r = check_all(rules, ARRAY_LEN(rules), conf, ret_field,
	    diag);

	if (r == ERR_OK)
		r = check_all(conf_device_rules, conf_device_rule_count,
		    conf, ret_field, diag);
	if (r == ERR_OK)
		r = check_all(conf_users_rules, conf_users_rule_count, conf,
		    ret_field, diag);
	return r;
}
