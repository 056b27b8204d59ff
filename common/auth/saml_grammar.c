/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/saml_grammar.h"

#include <limits.h>
#include <string.h>

#include "base/parse.h"

#define NS_XSI "http://www.w3.org/2001/XMLSchema-instance"
#define NS_XS "http://www.w3.org/2001/XMLSchema"

enum element {
	RESPONSE, STATUS, STATUS_CODE,
	ASSERTION, ISSUER,
	SUBJECT, NAME_ID, CONFIRMATION, CONFIRMATION_DATA,
	CONDITIONS, AUDIENCE_RESTRICTION, AUDIENCE, ONE_TIME_USE,
	ATTRIBUTE_STATEMENT, ATTRIBUTE, ATTRIBUTE_VALUE,
	AUTHN_STATEMENT, AUTHN_CONTEXT, CLASS_REF, AUTHORITY,
	SIGNATURE, SIGNED_INFO, C14N_METHOD, SIGNATURE_METHOD, REFERENCE,
	TRANSFORMS, TRANSFORM, PREFIXES, DIGEST_METHOD, DIGEST_VALUE,
	SIGNATURE_VALUE, KEY_INFO, X509_DATA, X509_CERTIFICATE,
	ELEMENT_COUNT
};

enum content { CONTAINER, LEAF };

/* Names, and the reason for a child that has no place in it. */
static const struct {
	const char *ns;
	const char *name;
	enum content content;
	enum err stranger;
} elements[ELEMENT_COUNT] = {
#define CONTAINER(ns, name, stranger) \
	{ NS_##ns, name, CONTAINER, ERR_SAML_##stranger }
#define LEAF(ns, name) { NS_##ns, name, LEAF, ERR_SAML_TEXT }
	[RESPONSE] = CONTAINER(SAMLP, "Response", GRAMMAR),
	[STATUS] = CONTAINER(SAMLP, "Status", STATUS),
	[STATUS_CODE] = CONTAINER(SAMLP, "StatusCode", STATUS),
	[ASSERTION] = CONTAINER(SAML, "Assertion", GRAMMAR),
	[ISSUER] = LEAF(SAML, "Issuer"),
	[SUBJECT] = CONTAINER(SAML, "Subject", GRAMMAR),
	[NAME_ID] = LEAF(SAML, "NameID"),
	[CONFIRMATION] = CONTAINER(SAML, "SubjectConfirmation", CONFIRMATION),
	[CONFIRMATION_DATA] = CONTAINER(SAML, "SubjectConfirmationData",
	    CONFIRMATION),
	[CONDITIONS] = CONTAINER(SAML, "Conditions", CONDITION),
	[AUDIENCE_RESTRICTION] = CONTAINER(SAML, "AudienceRestriction",
	    CONDITION),
	[AUDIENCE] = LEAF(SAML, "Audience"),
	[ONE_TIME_USE] = CONTAINER(SAML, "OneTimeUse", CONDITION),
	[ATTRIBUTE_STATEMENT] = CONTAINER(SAML, "AttributeStatement", GRAMMAR),
	[ATTRIBUTE] = CONTAINER(SAML, "Attribute", GRAMMAR),
	[ATTRIBUTE_VALUE] = LEAF(SAML, "AttributeValue"),
	[AUTHN_STATEMENT] = CONTAINER(SAML, "AuthnStatement", GRAMMAR),
	[AUTHN_CONTEXT] = CONTAINER(SAML, "AuthnContext", GRAMMAR),
	[CLASS_REF] = LEAF(SAML, "AuthnContextClassRef"),
	[AUTHORITY] = LEAF(SAML, "AuthenticatingAuthority"),
	[SIGNATURE] = CONTAINER(DSIG, "Signature", GRAMMAR),
	[SIGNED_INFO] = CONTAINER(DSIG, "SignedInfo", GRAMMAR),
	[C14N_METHOD] = CONTAINER(DSIG, "CanonicalizationMethod", C14N),
	[SIGNATURE_METHOD] = CONTAINER(DSIG, "SignatureMethod", ALGORITHM),
	[REFERENCE] = CONTAINER(DSIG, "Reference", GRAMMAR),
	[TRANSFORMS] = CONTAINER(DSIG, "Transforms", TRANSFORMS),
	[TRANSFORM] = CONTAINER(DSIG, "Transform", TRANSFORMS),
	[PREFIXES] = CONTAINER(C14N, "InclusiveNamespaces", TRANSFORMS),
	[DIGEST_METHOD] = CONTAINER(DSIG, "DigestMethod", ALGORITHM),
	[DIGEST_VALUE] = LEAF(DSIG, "DigestValue"),
	[SIGNATURE_VALUE] = LEAF(DSIG, "SignatureValue"),
	[KEY_INFO] = CONTAINER(DSIG, "KeyInfo", KEYINFO),
	[X509_DATA] = CONTAINER(DSIG, "X509Data", KEYINFO),
	[X509_CERTIFICATE] = LEAF(DSIG, "X509Certificate"),
#undef CONTAINER
#undef LEAF
};

/* Who may stand in whom: in ascending order (the same number: any order),
 * how often, and the reasons for too few and too many. */
static const struct place {
	enum element parent;
	enum element child;
	unsigned short order;
	unsigned short min;
	unsigned short max;
	enum err few;
	enum err many;
} places[] = {
#define PLACE(parent, child, order, min, max, few, many) \
	{ parent, child, order, min, max, ERR_SAML_##few, ERR_SAML_##many }
	PLACE(RESPONSE, ISSUER, 1, 1, 1, ISSUER, ISSUER),
	PLACE(RESPONSE, SIGNATURE, 2, 0, 1, SIG_MISSING, SIG_DOUBLE),
	PLACE(RESPONSE, STATUS, 3, 1, 1, STATUS, STATUS),
	PLACE(RESPONSE, ASSERTION, 4, 1, 1, ASSERTIONS, ASSERTIONS),
	PLACE(STATUS, STATUS_CODE, 1, 1, 1, STATUS, STATUS),
	/* The received assertion's signature is demanded elsewhere, because
	 * the digested one has none. */
	PLACE(ASSERTION, ISSUER, 1, 1, 1, ISSUER, ISSUER),
	PLACE(ASSERTION, SIGNATURE, 2, 0, 1, SIG_MISSING, SIG_DOUBLE),
	PLACE(ASSERTION, SUBJECT, 3, 1, 1, NAME_ID, GRAMMAR),
	PLACE(ASSERTION, CONDITIONS, 4, 1, 1, CONDITION, CONDITION),
	PLACE(ASSERTION, ATTRIBUTE_STATEMENT, 5, 1, 1, CLAIM_MISSING, GRAMMAR),
	PLACE(ASSERTION, AUTHN_STATEMENT, 5, 1, 1, AUTHN, AUTHN),
	PLACE(SUBJECT, NAME_ID, 1, 1, 1, NAME_ID, NAME_ID),
	PLACE(SUBJECT, CONFIRMATION, 2, 1, 1, CONFIRMATION, CONFIRMATION),
	PLACE(CONFIRMATION, CONFIRMATION_DATA, 1, 1, 1, CONFIRMATION,
	    CONFIRMATION),
	PLACE(CONDITIONS, AUDIENCE_RESTRICTION, 1, 1, USHRT_MAX, AUDIENCE,
	    AUDIENCE),
	PLACE(CONDITIONS, ONE_TIME_USE, 2, 0, 1, CONDITION, CONDITION),
	PLACE(AUDIENCE_RESTRICTION, AUDIENCE, 1, 1, USHRT_MAX, AUDIENCE,
	    AUDIENCE),
	PLACE(ATTRIBUTE_STATEMENT, ATTRIBUTE, 1, 1, USHRT_MAX, CLAIM_MISSING,
	    LIMITS),
	PLACE(ATTRIBUTE, ATTRIBUTE_VALUE, 1, 1, USHRT_MAX, CLAIM_MISSING,
	    LIMITS),
	PLACE(AUTHN_STATEMENT, AUTHN_CONTEXT, 1, 1, 1, AUTHN, AUTHN),
	PLACE(AUTHN_CONTEXT, CLASS_REF, 1, 1, 1, AUTHN, AUTHN),
	PLACE(AUTHN_CONTEXT, AUTHORITY, 2, 0, USHRT_MAX, AUTHN, LIMITS),
	PLACE(SIGNATURE, SIGNED_INFO, 1, 1, 1, SIG_VALUE, SIG_DOUBLE),
	PLACE(SIGNATURE, SIGNATURE_VALUE, 2, 1, 1, SIG_VALUE, SIG_VALUE),
	PLACE(SIGNATURE, KEY_INFO, 3, 0, 1, KEYINFO, KEYINFO),
	PLACE(SIGNED_INFO, C14N_METHOD, 1, 1, 1, C14N, C14N),
	PLACE(SIGNED_INFO, SIGNATURE_METHOD, 2, 1, 1, ALGORITHM, ALGORITHM),
	PLACE(SIGNED_INFO, REFERENCE, 3, 1, 1, REFERENCES, REFERENCES),
	PLACE(REFERENCE, TRANSFORMS, 1, 1, 1, TRANSFORMS, TRANSFORMS),
	PLACE(REFERENCE, DIGEST_METHOD, 2, 1, 1, ALGORITHM, ALGORITHM),
	PLACE(REFERENCE, DIGEST_VALUE, 3, 1, 1, SIG_VALUE, DIGEST_PLACE),
	PLACE(TRANSFORMS, TRANSFORM, 1, 2, 2, TRANSFORMS, TRANSFORMS),
	PLACE(TRANSFORM, PREFIXES, 1, 0, 1, TRANSFORMS, TRANSFORMS),
	PLACE(KEY_INFO, X509_DATA, 1, 1, 1, KEYINFO, KEYINFO),
	PLACE(X509_DATA, X509_CERTIFICATE, 1, 1, 1, KEYINFO, KEYINFO),
#undef PLACE
};

enum presence { OPTIONAL, REQUIRED, FORBIDDEN };

/* XML attributes, all in no namespace, and the reason for a missing or a
 * forbidden one. */
static const struct attribute {
	enum element element;
	const char *name;
	enum presence presence;
	enum err reason;
} attributes[] = {
#define MAY(element, name) { element, name, OPTIONAL, ERR_OK }
#define MUST(element, name, reason) \
	{ element, name, REQUIRED, ERR_SAML_##reason }
#define NOT(element, name, reason) \
	{ element, name, FORBIDDEN, ERR_SAML_##reason }
	MUST(RESPONSE, "ID", VERSION),
	MUST(RESPONSE, "Version", VERSION),
	MUST(RESPONSE, "IssueInstant", TIME),
	MAY(RESPONSE, "Destination"),
	MAY(RESPONSE, "InResponseTo"),
	MAY(RESPONSE, "Consent"),
	MUST(STATUS_CODE, "Value", STATUS),
	MUST(ASSERTION, "ID", VERSION),
	MUST(ASSERTION, "Version", VERSION),
	MUST(ASSERTION, "IssueInstant", TIME),
	MAY(ISSUER, "Format"),
	MAY(NAME_ID, "Format"),
	MAY(NAME_ID, "NameQualifier"),
	MAY(NAME_ID, "SPNameQualifier"),
	MUST(CONFIRMATION, "Method", CONFIRMATION),
	MUST(CONFIRMATION_DATA, "NotOnOrAfter", CONFIRMATION),
	MUST(CONFIRMATION_DATA, "Recipient", RECIPIENT),
	MAY(CONFIRMATION_DATA, "InResponseTo"),
	MAY(CONFIRMATION_DATA, "Address"),
	NOT(CONFIRMATION_DATA, "NotBefore", CONFIRMATION),
	MUST(CONDITIONS, "NotBefore", CONDITION),
	MUST(CONDITIONS, "NotOnOrAfter", CONDITION),
	MUST(ATTRIBUTE, "Name", ATTRIBUTE),
	MAY(ATTRIBUTE, "NameFormat"),
	MAY(ATTRIBUTE, "FriendlyName"),
	MUST(AUTHN_STATEMENT, "AuthnInstant", AUTHN),
	MAY(AUTHN_STATEMENT, "SessionIndex"),
	MAY(AUTHN_STATEMENT, "SessionNotOnOrAfter"),
	MUST(C14N_METHOD, "Algorithm", C14N),
	MUST(SIGNATURE_METHOD, "Algorithm", ALGORITHM),
	MUST(REFERENCE, "URI", REFERENCE_EMPTY),
	MUST(TRANSFORM, "Algorithm", TRANSFORMS),
	MUST(PREFIXES, "PrefixList", TRANSFORMS),
	MUST(DIGEST_METHOD, "Algorithm", ALGORITHM),
#undef MAY
#undef MUST
#undef NOT
};

struct stranger {
	const char *ns;
	const char *name;
	enum err reason;
};

/* Elements that tell more about an attack than their parent does, */
static const struct stranger strangers[] = {
	{ NS_DSIG, "Signature", ERR_SAML_SIG_PLACE },
	{ NS_DSIG, "DigestValue", ERR_SAML_DIGEST_PLACE },
	{ NS_DSIG, "Object", ERR_SAML_OBJECT },
	{ NS_DSIG, "Manifest", ERR_SAML_OBJECT },
	{ NS_SAMLP, "Response", ERR_SAML_GRAMMAR },
	{ NS_SAML, "Assertion", ERR_SAML_ASSERTIONS },
	{ NS_SAML, "EncryptedAssertion", ERR_SAML_ENCRYPTED },
	{ NS_SAML, "EncryptedID", ERR_SAML_ENCRYPTED_PART },
	{ NS_SAML, "EncryptedAttribute", ERR_SAML_ENCRYPTED_PART },
};

/* and what makes any other, and an Object, the wrapper of one. */
static const struct stranger wrapped[] = {
	{ NS_SAML, "Assertion", ERR_SAML_GRAMMAR },
	{ NS_SAMLP, "Response", ERR_SAML_GRAMMAR },
	{ NS_DSIG, "Signature", ERR_SAML_SIG_PLACE },
	{ NS_DSIG, "DigestValue", ERR_SAML_DIGEST_PLACE },
};

static bool
holds(const struct xml_node *node, const struct stranger *what)
{
	const struct xml_node *n = xml_first(node);

	while (n != NULL && !xml_is(n, what->ns, what->name))
		n = xml_next(n);
	return n != NULL;
}

/* ERR_OK: nothing is known of it. */
static enum err
reason_of(const struct xml_node *child)
{
	enum err reason = ERR_OK;

	for (size_t i = 0; i < ARRAY_LEN(strangers) && reason == ERR_OK; i++)
		if (xml_is(child, strangers[i].ns, strangers[i].name))
			reason = strangers[i].reason;
	if (reason != ERR_OK && reason != ERR_SAML_OBJECT)
		return reason;
	for (size_t i = 0; i < ARRAY_LEN(wrapped); i++)
		if (holds(child, &wrapped[i]))
			return wrapped[i].reason;
	return reason;
}

static enum err
stranger_reason(enum element parent, const struct xml_node *child)
{
	enum err reason = reason_of(child);

	if (reason == ERR_OK)
		return elements[parent].stranger;
	return parent == KEY_INFO || parent == X509_DATA ? ERR_SAML_PARKED :
	    reason;
}

static bool
has_place(const struct xml_node *child, const struct place *place)
{
	return xml_is(child, elements[place->child].ns,
	    elements[place->child].name);
}

/* Often that of the child before, which is NULL for the first. */
static const struct place *
find_place(enum element parent, const struct xml_node *child,
    const struct place *before)
{
	if (before != NULL && has_place(child, before))
		return before;
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (places[i].parent == parent &&
		    has_place(child, &places[i]))
			return &places[i];
	return NULL;
}

static const struct attribute *
find_attribute(enum element element, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(attributes); i++)
		if (attributes[i].element == element &&
		    strcmp(attributes[i].name, name) == 0)
			return &attributes[i];
	return NULL;
}

static enum err
check_declarations(const struct xml_node *node, struct diag *diag)
{
	static const char *const known[] = {
		NS_SAML, NS_SAMLP, NS_DSIG, NS_C14N, NS_XSI, NS_XS
	};

	for (const struct xml_ns *ns = xml_declarations(node); ns != NULL;
	    ns = xml_ns_next(ns)) {
		size_t i = 0;

		while (i < ARRAY_LEN(known) &&
		    strcmp(known[i], xml_ns_uri(ns)) != 0)
			i++;
		if (i == ARRAY_LEN(known))
			return fail(diag, ERR_SAML_NAMESPACE,
			    "namespace \"%.128s\" on <%.64s>",
			    xml_ns_uri(ns), xml_name(node));
	}
	return ERR_OK;
}

/* The one attribute with a namespace that says nothing: a type that is the
 * only one we read. */
static bool
is_string_type(enum element element, const struct xml_attr *attr)
{
	const char *value = xml_attr_value(attr);

	return element == ATTRIBUTE_VALUE &&
	    strcmp(xml_attr_ns(attr), NS_XSI) == 0 &&
	    strcmp(xml_attr_name(attr), "type") == 0 &&
	    value != NULL && strcmp(value, "xs:string") == 0;
}

static bool
has_id(const struct xml_node *node, const char *id)
{
	const char *own = node == NULL ? NULL : xml_get(node, "ID");

	return own != NULL && strcmp(own, id) == 0;
}

bool
saml_is_id(const struct xml_node *node, const char *id)
{
	const struct xml_node *root = xml_root(node);

	return has_id(root, id) || has_id(saml_child(root, "Assertion"), id);
}

/* An attribute that has no place is the worse for being an ID once more. */
static enum err
misplaced_reason(const struct xml_node *node, const struct xml_attr *attr)
{
	const char *value = xml_attr_value(attr);

	if (*xml_attr_ns(attr) == '\0' && value != NULL &&
	    parse_equal_nocase(xml_attr_name(attr), "ID") &&
	    saml_is_id(node, value))
		return ERR_SAML_ID_DUPLICATE;
	return ERR_SAML_ATTRIBUTE;
}

static enum err
check_attribute(const struct xml_node *node, enum element element,
    const struct xml_attr *attr, struct diag *diag)
{
	const struct attribute *known;

	if (is_string_type(element, attr))
		return ERR_OK;
	known = *xml_attr_ns(attr) != '\0' ? NULL :
	    find_attribute(element, xml_attr_name(attr));
	if (known == NULL || xml_attr_value(attr) == NULL)
		return fail(diag, misplaced_reason(node, attr), "%.64s on <%s>",
		    xml_attr_name(attr), elements[element].name);
	if (known->presence == FORBIDDEN)
		return fail(diag, known->reason, "%s on <%s>", known->name,
		    elements[element].name);
	return ERR_OK;
}

static enum err
check_attributes(const struct xml_node *node, enum element element,
    struct diag *diag)
{
	for (const struct xml_attr *attr = xml_attrs(node); attr != NULL;
	    attr = xml_attr_next(attr)) {
		enum err r = check_attribute(node, element, attr, diag);

		if (r != ERR_OK)
			return r;
	}
	for (size_t i = 0; i < ARRAY_LEN(attributes); i++)
		if (attributes[i].element == element &&
		    attributes[i].presence == REQUIRED &&
		    xml_get(node, attributes[i].name) == NULL)
			return fail(diag, attributes[i].reason,
			    "<%s> without %s", elements[element].name,
			    attributes[i].name);
	return ERR_OK;
}

static enum err
check_text(const struct xml_node *node, enum element element,
    struct diag *diag)
{
	bool fits = elements[element].content == LEAF ?
	    xml_text(node) != NULL : xml_is_container(node);

	if (!fits)
		return fail(diag, ERR_SAML_TEXT, "text of <%s>",
		    elements[element].name);
	return ERR_OK;
}

static enum err
check_counts(enum element element, const unsigned short count[],
    struct diag *diag)
{
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (places[i].parent == element &&
		    count[places[i].child] < places[i].min)
			return fail(diag, places[i].few, "<%s> without <%s>",
			    elements[element].name,
			    elements[places[i].child].name);
	return ERR_OK;
}

/* The tables have no cycle: this recursion ends at depth 8, whatever the
 * document. */
static enum err
check_element(const struct xml_node *node, enum element element,
    struct diag *diag)
{
	unsigned short count[ELEMENT_COUNT] = { 0 };
	const struct place *place = NULL;
	unsigned short order = 0;
	enum err r = check_declarations(node, diag);

	if (r == ERR_OK)
		r = check_attributes(node, element, diag);
	/* Most elements are such: there is nothing to count. */
	if (r == ERR_OK && elements[element].content == LEAF &&
	    xml_first(node) == NULL)
		return check_text(node, element, diag);
	for (const struct xml_node *child = xml_first(node);
	    child != NULL && r == ERR_OK; child = xml_next(child)) {
		place = find_place(element, child, place);
		if (place == NULL || place->order < order)
			return fail(diag, stranger_reason(element, child),
			    "<%.64s> in <%s>", xml_name(child),
			    elements[element].name);
		if (count[place->child] == place->max)
			return fail(diag, place->many, "<%s> more than %d "
			    "times in <%s>", elements[place->child].name,
			    place->max, elements[element].name);
		order = place->order;
		count[place->child]++;
		r = check_element(child, place->child, diag);
	}
	if (r == ERR_OK)
		r = check_text(node, element, diag);
	if (r == ERR_OK)
		r = check_counts(element, count, diag);
	return r;
}

enum err
saml_grammar_check(const struct xml_node *node, enum saml_root root,
    struct diag *diag)
{
	enum element element =
	    root == SAML_ROOT_RESPONSE ? RESPONSE : ASSERTION;

	if (!xml_is(node, elements[element].ns, elements[element].name))
		return fail(diag, ERR_SAML_GRAMMAR, "<%.64s> instead of <%s>",
		    xml_name(node), elements[element].name);
	return check_element(node, element, diag);
}

struct xml_node *
saml_child(const struct xml_node *node, const char *name)
{
	struct xml_node *child = xml_first(node);

	while (child != NULL && strcmp(xml_name(child), name) != 0)
		child = xml_next(child);
	return child;
}

struct xml_node *
saml_path(struct xml_node *node, const char *const *names)
{
	for (; node != NULL && *names != NULL; names++)
		node = saml_child(node, *names);
	return node;
}
