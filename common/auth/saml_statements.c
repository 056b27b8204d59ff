/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the signed assertion says about the person: the only place that fills
 * a struct claims from a document.
 */
#include "auth/saml_verifier.h"

#include <string.h>

#include "auth/claims_fill.h"
#include "auth/saml_grammar.h"
#include "base/limits.h"
#include "base/parse.h"

#define FORMAT_1_1 "urn:oasis:names:tc:SAML:1.1:nameid-format:"

/* No transient one: it names nobody the second time. */
static bool
is_lasting_format(const char *format)
{
	static const char *const formats[] = {
		NAME_ID_PERSISTENT,
		FORMAT_1_1 "unspecified",
		FORMAT_1_1 "emailAddress",
		FORMAT_1_1 "WindowsDomainQualifiedName",
	};

	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (strcmp(formats[i], format) == 0)
			return true;
	return false;
}

static bool
is_absent_or(const char *value, const char *wanted)
{
	return value == NULL || strcmp(value, wanted) == 0;
}

enum err
saml_read_name_id(struct saml_verifier *v, struct diag *diag)
{
	const struct xml_node *node =
	    saml_child(saml_child(v->assertion, "Subject"), "NameID");
	const char *format = xml_get(node, "Format");

	if (format == NULL)
		format = FORMAT_1_1 "unspecified";
	if (!is_lasting_format(format))
		return fail(diag, ERR_SAML_NAME_ID, "format %.128s", format);
	if (!is_absent_or(xml_get(node, "NameQualifier"), v->check->issuer) ||
	    !is_absent_or(xml_get(node, "SPNameQualifier"),
	    v->check->audience))
		return fail(diag, ERR_SAML_NAME_ID, "foreign qualifier");
	if (strlen(xml_text(node)) > SAML_NAME_ID_MAX)
		return fail(diag, ERR_SAML_NAME_ID, "%zu bytes",
		    strlen(xml_text(node)));
	v->fixed.name_id = xml_text(node);
	v->fixed.name_id_format = format;
	return ERR_OK;
}

static enum err
read_claim(struct saml_verifier *v, const struct xml_node *attribute,
    struct diag *diag)
{
	const char *name = xml_get(attribute, "Name");

	if (claims_count(v->claims, name) != 0)
		return fail(diag, ERR_SAML_CLAIM_DUPLICATE, "%.256s", name);
	for (const struct xml_node *value = xml_first(attribute);
	    value != NULL; value = xml_next(value)) {
		enum err r = claims_add(v->claims, name, xml_text(value));

		if (r == ERR_TOO_LONG)
			return fail(diag, ERR_SAML_LIMITS,
			    "attribute %.256s: too many or too long", name);
		if (r != ERR_OK)
			return fail(diag, r, "claims");
	}
	return ERR_OK;
}

/* By Name only, each once (D16); what has to be one value is one. */
enum err
saml_read_claims(struct saml_verifier *v, struct diag *diag)
{
	static const char *const single[] = {
		CLAIM_TENANT, CLAIM_OBJECT, CLAIM_PROVIDER, CLAIM_USER_NAME
	};
	const struct xml_node *statement =
	    saml_child(v->assertion, "AttributeStatement");

	v->claims = claims_new();
	if (v->claims == NULL)
		return fail(diag, ERR_NOMEM, "claims");
	for (const struct xml_node *attribute = xml_first(statement);
	    attribute != NULL; attribute = xml_next(attribute)) {
		enum err r = read_claim(v, attribute, diag);

		if (r != ERR_OK)
			return r;
	}
	for (size_t i = 0; i < ARRAY_LEN(single); i++)
		if (claims_count(v->claims, single[i]) > 1)
			return fail(diag, ERR_SAML_CLAIM_DUPLICATE,
			    "several values of %s", single[i]);
	return ERR_OK;
}

/* With a tenant configured the identity is (tid, oid): both must be there. */
enum err
saml_check_identity(struct saml_verifier *v, struct diag *diag)
{
	const char *tenant = claims_get(v->claims, CLAIM_TENANT);
	const char *object = claims_get(v->claims, CLAIM_OBJECT);

	if (*v->check->tenant == '\0')
		return ERR_OK;
	if (tenant == NULL || object == NULL)
		return fail(diag, ERR_SAML_CLAIM_MISSING, "%s",
		    tenant == NULL ? CLAIM_TENANT : CLAIM_OBJECT);
	if (!parse_equal_nocase(tenant, v->check->tenant))
		return fail(diag, ERR_SAML_TENANT, "tenant claim is %.64s",
		    tenant);
	if (!parse_is_guid(object, strlen(object)))
		return fail(diag, ERR_SAML_VALUE, "object id %.64s", object);
	return ERR_OK;
}

/* The class stays Password even after MFA; the claim is what counts. */
enum err
saml_check_methods(struct saml_verifier *v, struct diag *diag)
{
	if ((v->check->flags & WIRE_SAML_REQUIRE_MFA) != 0 &&
	    !claims_has(v->claims, CLAIM_METHODS, METHOD_MFA))
		return fail(diag, ERR_SAML_MFA, "no value multipleauthn");
	return ERR_OK;
}
