/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a well signed Response must not say: every field that the verifier
 * compares, under a valid signature of the sample's own key.  Here not only
 * the refusal counts but its reason.
 */
#include "mutate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#define SAML "urn:oasis:names:tc:SAML:2.0:assertion"
#define SAMLP "urn:oasis:names:tc:SAML:2.0:protocol"
#define DSIG "http://www.w3.org/2000/09/xmldsig#"
#define XSI "http://www.w3.org/2001/XMLSchema-instance"
#define FORMAT "urn:oasis:names:tc:SAML:2.0:nameid-format:"
#define FORMAT_1 "urn:oasis:names:tc:SAML:1.1:nameid-format:"
#define METHOD "urn:oasis:names:tc:SAML:2.0:cm:"
#define STATUS "urn:oasis:names:tc:SAML:2.0:status:"
#define SPAN_MAX (86400 + 300)

static struct span
before(size_t at)
{
	return (struct span){ at, at };
}

static void
splice_signed(struct engine *e, struct span span, const char *text,
    size_t len, enum err expected, const char *what)
{
	if (e->sample->own.key == NULL || !engine_due(e))
		return;
	engine_cut(e, span, text, len);
	e->what = what;
	engine_try_signed(e, &e->sample->own, span.from, expected);
}

/* -- fields -------------------------------------------------------------- */

/* SET, FRONT and END change an attribute (or the text, when it is NULL) that
 * is there; ADD one that is not; DROP, DOUBLE, EMPTY as they say.  SOLE: only
 * where the element has no sibling of its name. */
enum how { SET, FRONT, END, ADD, DROP, DOUBLE, EMPTY };

static const struct field {
	const char *parent;	/* NULL: the root is meant */
	const char *element;
	const char *attr;
	enum how how;
	const char *value;
	enum err reason;
	enum err other;		/* may be as well; ERR_OK: none */
	bool sole;
} table[] = {
#define ROW(parent, element, attr, how, value, reason) \
	{ parent, element, attr, how, value, ERR_SAML_##reason, ERR_OK, false }
#define SOLE(parent, element, attr, how, value, reason) \
	{ parent, element, attr, how, value, ERR_SAML_##reason, ERR_OK, true }
#define EITHER(parent, element, attr, how, value, reason, other) \
	{ parent, element, attr, how, value, ERR_SAML_##reason, \
	    ERR_SAML_##other, false }
#define BOTH(element, attr, how, value, reason) \
	ROW("Response", element, attr, how, value, reason), \
	ROW("Assertion", element, attr, how, value, reason)
	/* D1 */
	BOTH("Issuer", NULL, END, "x", ISSUER),
	BOTH("Issuer", NULL, END, "/", ISSUER),
	BOTH("Issuer", NULL, END, " ", ISSUER),
	BOTH("Issuer", NULL, FRONT, " ", ISSUER),
	BOTH("Issuer", NULL, FRONT, "\n", ISSUER),
	BOTH("Issuer", NULL, SET, "https://evil.example/", ISSUER),
	BOTH("Issuer", NULL, EMPTY, "", TEXT),
	BOTH("Issuer", NULL, DROP, "", ISSUER),
	BOTH("Issuer", NULL, DOUBLE, "", ISSUER),
	BOTH("Issuer", "Format", ADD, FORMAT "persistent", ISSUER),
	BOTH("Issuer", "Format", SET, FORMAT "transient", ISSUER),
	BOTH("Issuer", "NameQualifier", ADD, "x", ATTRIBUTE),
	/* D3 */
	SOLE("AudienceRestriction", "Audience", NULL, END, "x", AUDIENCE),
	SOLE("AudienceRestriction", "Audience", NULL, END, "/", AUDIENCE),
	SOLE("AudienceRestriction", "Audience", NULL, END, " ", AUDIENCE),
	SOLE("AudienceRestriction", "Audience", NULL, FRONT, " ", AUDIENCE),
	SOLE("AudienceRestriction", "Audience", NULL, SET, "*", AUDIENCE),
	ROW("AudienceRestriction", "Audience", NULL, EMPTY, "", TEXT),
	SOLE("AudienceRestriction", "Audience", NULL, DROP, "", AUDIENCE),
	SOLE("Conditions", "AudienceRestriction", NULL, DROP, "", AUDIENCE),
	/* D4 */
	ROW("SubjectConfirmation", "SubjectConfirmationData", "Recipient",
	    END, "x", RECIPIENT),
	ROW("SubjectConfirmation", "SubjectConfirmationData", "Recipient",
	    END, "/", RECIPIENT),
	ROW("SubjectConfirmation", "SubjectConfirmationData", "Recipient",
	    FRONT, " ", RECIPIENT),
	ROW("SubjectConfirmation", "SubjectConfirmationData", "Recipient",
	    EMPTY, "", RECIPIENT),
	ROW("SubjectConfirmation", "SubjectConfirmationData", "Recipient",
	    DROP, "", RECIPIENT),
	ROW(NULL, "Response", "Destination", END, "x", DESTINATION),
	ROW(NULL, "Response", "Destination", END, "/", DESTINATION),
	ROW(NULL, "Response", "Destination", EMPTY, "", DESTINATION),
	ROW(NULL, "Response", "Destination", ADD, "https://evil.example/",
	    DESTINATION),
	/* D5 */
	ROW(NULL, "Response", "InResponseTo", END, "x", IN_RESPONSE_TO),
	ROW(NULL, "Response", "InResponseTo", EMPTY, "", IN_RESPONSE_TO),
	ROW(NULL, "Response", "InResponseTo", ADD, "_x", IN_RESPONSE_TO),
	ROW("SubjectConfirmation", "SubjectConfirmationData", "InResponseTo",
	    END, "x", IN_RESPONSE_TO),
	ROW("SubjectConfirmation", "SubjectConfirmationData", "InResponseTo",
	    EMPTY, "", IN_RESPONSE_TO),
	ROW("SubjectConfirmation", "SubjectConfirmationData", "InResponseTo",
	    ADD, "_x", IN_RESPONSE_TO),
	EITHER("SubjectConfirmation", "SubjectConfirmationData",
	    "InResponseTo", DROP, "", IN_RESPONSE_TO, UNSOLICITED),
	/* D6 */
	ROW("Subject", "SubjectConfirmation", "Method", SET,
	    METHOD "holder-of-key", CONFIRMATION),
	ROW("Subject", "SubjectConfirmation", "Method", SET,
	    METHOD "sender-vouches", CONFIRMATION),
	ROW("Subject", "SubjectConfirmation", "Method", END, " ",
	    CONFIRMATION),
	ROW("Subject", "SubjectConfirmation", "Method", EMPTY, "",
	    CONFIRMATION),
	ROW("Subject", "SubjectConfirmation", "Method", DROP, "",
	    CONFIRMATION),
	ROW("Subject", "SubjectConfirmation", NULL, DROP, "", CONFIRMATION),
	ROW("Subject", "SubjectConfirmation", NULL, DOUBLE, "", CONFIRMATION),
	ROW("SubjectConfirmation", "SubjectConfirmationData", NULL, DROP, "",
	    CONFIRMATION),
	ROW("SubjectConfirmation", "SubjectConfirmationData", NULL, DOUBLE,
	    "", CONFIRMATION),
	ROW("SubjectConfirmation", "SubjectConfirmationData", "NotOnOrAfter",
	    DROP, "", CONFIRMATION),
	ROW("SubjectConfirmation", "SubjectConfirmationData", "NotBefore",
	    ADD, "2020-01-01T00:00:00Z", CONFIRMATION),
	/* D7, D12 */
	ROW("Assertion", "Conditions", NULL, DROP, "", CONDITION),
	ROW("Assertion", "Conditions", NULL, DOUBLE, "", CONDITION),
	ROW("Assertion", "Conditions", "NotBefore", DROP, "", CONDITION),
	ROW("Assertion", "Conditions", "NotOnOrAfter", DROP, "", CONDITION),
	/* D9, D10 */
	ROW("Assertion", "AuthnStatement", NULL, DROP, "", AUTHN),
	ROW("Assertion", "AuthnStatement", NULL, DOUBLE, "", AUTHN),
	ROW("Assertion", "AuthnStatement", "AuthnInstant", DROP, "", AUTHN),
	ROW("Assertion", "AuthnStatement", "SessionNotOnOrAfter", ADD,
	    "2020-01-01T00:00:00Z", SESSION_ENDED),
	ROW("AuthnStatement", "AuthnContext", NULL, DROP, "", AUTHN),
	ROW("AuthnStatement", "AuthnContext", NULL, DOUBLE, "", AUTHN),
	ROW("AuthnContext", "AuthnContextClassRef", NULL, DROP, "", AUTHN),
	ROW("AuthnContext", "AuthnContextClassRef", NULL, DOUBLE, "", AUTHN),
	ROW("AuthnContext", "AuthnContextClassRef", NULL, EMPTY, "", TEXT),
	/* D13 */
	ROW("Response", "Status", NULL, DROP, "", STATUS),
	ROW("Response", "Status", NULL, DOUBLE, "", STATUS),
	ROW("Status", "StatusCode", NULL, DROP, "", STATUS),
	ROW("Status", "StatusCode", NULL, DOUBLE, "", STATUS),
	ROW("Status", "StatusCode", "Value", SET, STATUS "Responder", STATUS),
	ROW("Status", "StatusCode", "Value", SET, STATUS "success", STATUS),
	ROW("Status", "StatusCode", "Value", END, " ", STATUS),
	ROW("Status", "StatusCode", "Value", EMPTY, "", STATUS),
	ROW("Status", "StatusCode", "Value", DROP, "", STATUS),
	/* D14 */
	ROW(NULL, "Response", "Version", SET, "1.1", VERSION),
	ROW(NULL, "Response", "Version", SET, "2", VERSION),
	ROW(NULL, "Response", "Version", END, " ", VERSION),
	ROW(NULL, "Response", "Version", EMPTY, "", VERSION),
	ROW(NULL, "Response", "Version", DROP, "", VERSION),
	ROW(NULL, "Response", "ID", SET, "_short", VERSION),
	ROW(NULL, "Response", "ID", FRONT, "1", VERSION),
	ROW(NULL, "Response", "ID", END, ":x", VERSION),
	ROW(NULL, "Response", "ID", EMPTY, "", VERSION),
	ROW(NULL, "Response", "ID", DROP, "", VERSION),
	ROW(NULL, "Response", "IssueInstant", DROP, "", TIME),
	ROW("Response", "Assertion", "Version", SET, "1.1", VERSION),
	ROW("Response", "Assertion", "Version", SET, "2.00", VERSION),
	ROW("Response", "Assertion", "Version", DROP, "", VERSION),
	ROW("Response", "Assertion", "ID", SET, "_short", VERSION),
	ROW("Response", "Assertion", "ID", FRONT, "1", VERSION),
	ROW("Response", "Assertion", "ID", END, ")", VERSION),
	ROW("Response", "Assertion", "ID", DROP, "", VERSION),
	ROW("Response", "Assertion", "IssueInstant", DROP, "", TIME),
	ROW("Response", "Assertion", NULL, DROP, "", ASSERTIONS),
	ROW("Response", "Assertion", NULL, DOUBLE, "", ASSERTIONS),
	/* D15 */
	ROW("Assertion", "Subject", NULL, DROP, "", NAME_ID),
	ROW("Assertion", "Subject", NULL, DOUBLE, "", GRAMMAR),
	ROW("Subject", "NameID", NULL, DROP, "", NAME_ID),
	ROW("Subject", "NameID", NULL, DOUBLE, "", NAME_ID),
	ROW("Subject", "NameID", NULL, EMPTY, "", TEXT),
	ROW("Subject", "NameID", "Format", SET, FORMAT "transient", NAME_ID),
	ROW("Subject", "NameID", "Format", SET, FORMAT "encrypted", NAME_ID),
	ROW("Subject", "NameID", "Format", SET, FORMAT "kerberos", NAME_ID),
	ROW("Subject", "NameID", "Format", SET, FORMAT_1 "X509SubjectName",
	    NAME_ID),
	ROW("Subject", "NameID", "Format", END, " ", NAME_ID),
	ROW("Subject", "NameID", "Format", EMPTY, "", NAME_ID),
	ROW("Subject", "NameID", "NameQualifier", ADD, "x", NAME_ID),
	ROW("Subject", "NameID", "SPNameQualifier", ADD, "x", NAME_ID),
	ROW("Subject", "NameID", "SPNameQualifier", END, "x", NAME_ID),
	ROW("Subject", "NameID", "SPNameQualifier", EMPTY, "", NAME_ID),
	ROW("Subject", "NameID", "SPProvidedID", ADD, "x", ATTRIBUTE),
	/* D16 */
	ROW("Assertion", "AttributeStatement", NULL, DROP, "", CLAIM_MISSING),
	ROW("Assertion", "AttributeStatement", NULL, DOUBLE, "", GRAMMAR),
	ROW("AttributeStatement", "Attribute", NULL, DOUBLE, "",
	    CLAIM_DUPLICATE),
	ROW("AttributeStatement", "Attribute", "Name", DROP, "", ATTRIBUTE),
	SOLE("Attribute", "AttributeValue", NULL, DROP, "", CLAIM_MISSING),
	ROW("Attribute", "AttributeValue", NULL, EMPTY, "", TEXT),
	ROW("Attribute", "AttributeValue", "Name", ADD, "x", ATTRIBUTE),
#undef ROW
#undef SOLE
#undef EITHER
#undef BOTH
};

static bool
is_meant(const struct doc *d, size_t i, const struct field *field)
{
	size_t parent = d->element[i].parent;
	size_t first;

	if (!doc_is(d, i, field->element))
		return false;
	if (field->parent == NULL || parent == DOC_NONE)
		return field->parent == NULL && parent == DOC_NONE;
	if (!doc_is(d, parent, field->parent))
		return false;
	first = doc_child(d, parent, DOC_NONE, field->element);
	return !field->sole || (first == i && doc_child(d, parent, i,
	    field->element) == DOC_NONE);
}

/* What the row replaces in this element; false when it does not apply. */
static bool
place_of(const struct doc *d, size_t i, const struct field *field,
    struct span *ret)
{
	const struct doc_attr *attr = field->attr == NULL ? NULL :
	    doc_attr(d, i, field->attr);
	struct span whole = doc_whole(d, i);

	if (field->attr != NULL && (attr == NULL) != (field->how == ADD))
		return false;
	if (attr != NULL)
		whole = field->how == DROP ? attr->all : attr->value;
	else if (field->how == ADD)
		whole = before(d->element[i].name.to);
	else if (field->how != DROP && field->how != DOUBLE)
		whole = doc_inner(d, i);
	if (field->how == FRONT || field->how == DOUBLE)
		whole.to = whole.from;
	if (field->how == END)
		whole.from = whole.to;
	*ret = whole;
	return true;
}

static enum err
reason_of(struct engine *e, const struct field *field)
{
	const struct doc *d = &e->sample->doc;

	/* An answer to nothing, unless the Response itself says to what. */
	if (field->other == ERR_SAML_UNSOLICITED &&
	    doc_attr(d, 0, "InResponseTo") == NULL)
		return field->other;
	return field->reason;
}

static void
try_field(struct engine *e, size_t i, const struct field *field)
{
	AUTO(buf) struct buf text = BUF_INIT(MUTANT_MAX);
	const struct doc *d = &e->sample->doc;
	char what[128];
	struct span span;

	if (!place_of(d, i, field, &span))
		return;
	if (field->how == DOUBLE)
		add_span(&text, d, doc_whole(d, i));
	else if (field->how == ADD) {
		adds(&text, " ");
		adds(&text, field->attr);
		adds(&text, "=\"");
		adds(&text, field->value);
		adds(&text, "\"");
	} else
		adds(&text, field->value);
	(void)snprintf(what, sizeof(what), "%s/%s@%s, %d \"%s\"",
	    field->parent == NULL ? "" : field->parent, field->element,
	    field->attr == NULL ? "" : field->attr, (int)field->how,
	    field->value);
	splice_signed(e, span, buf_str(&text), text.len, reason_of(e, field),
	    what);
}

/* -- whose identity ------------------------------------------------------ */

static const struct {
	const char *claim;
	enum how how;
	const char *value;
	enum err reason;
} identity[] = {
	{ CLAIM_TENANT, SET, "9188040d-6c67-4c5b-b112-36a304b66dad",
	    ERR_SAML_TENANT },
	{ CLAIM_TENANT, SET, "x", ERR_SAML_TENANT },
	{ CLAIM_TENANT, END, " ", ERR_SAML_TENANT },
	{ CLAIM_TENANT, DOUBLE, "", ERR_SAML_CLAIM_DUPLICATE },
	{ CLAIM_TENANT, DROP, "", ERR_SAML_CLAIM_MISSING },
	{ CLAIM_OBJECT, SET, "x", ERR_SAML_VALUE },
	{ CLAIM_OBJECT, END, " ", ERR_SAML_VALUE },
	{ CLAIM_OBJECT, FRONT, "{", ERR_SAML_VALUE },
	{ CLAIM_OBJECT, DOUBLE, "", ERR_SAML_CLAIM_DUPLICATE },
	{ CLAIM_OBJECT, DROP, "", ERR_SAML_CLAIM_MISSING },
	{ CLAIM_PROVIDER, DOUBLE, "", ERR_SAML_CLAIM_DUPLICATE },
	{ CLAIM_USER_NAME, DOUBLE, "", ERR_SAML_CLAIM_DUPLICATE },
	{ CLAIM_METHODS, DROP, "", ERR_SAML_MFA },
};

static void
try_identity(struct engine *e, size_t attribute, size_t row)
{
	const struct doc *d = &e->sample->doc;
	const struct field field = { NULL, "AttributeValue", NULL,
	    identity[row].how, identity[row].value, identity[row].reason,
	    ERR_OK, false };
	size_t value = doc_child(d, attribute, DOC_NONE, "AttributeValue");

	if (identity[row].how == DROP)
		splice_signed(e, doc_whole(d, attribute), "", 0,
		    identity[row].reason, identity[row].claim);
	else
		try_field(e, value, &field);
}

static void
identities(struct engine *e)
{
	const struct doc *d = &e->sample->doc;
	const struct saml_check *check = &e->sample->options.check;

	for (size_t i = 0; i < d->elements; i++)
		for (size_t n = 0; n < ARRAY_LEN(identity); n++) {
			const struct doc_attr *name =
			    doc_attr(d, i, "Name");

			if (!doc_is(d, i, "Attribute") || name == NULL ||
			    !doc_span_is(d, name->value, identity[n].claim) ||
			    (identity[n].reason == ERR_SAML_MFA &&
			    (check->flags & WIRE_SAML_REQUIRE_MFA) == 0) ||
			    (*check->tenant == '\0' && identity[n].reason !=
			    ERR_SAML_CLAIM_DUPLICATE))
				continue;
			try_identity(e, i, n);
		}
}

void
fields(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t n = 0; n < ARRAY_LEN(table); n++)
		for (size_t i = 0; i < d->elements; i++)
			if (is_meant(d, i, &table[n]))
				try_field(e, i, &table[n]);
	identities(e);
}

/* -- something more in the assertion ------------------------------------- */

static const struct {
	const char *parent;
	bool last;
	const char *xml;
	enum err reason;
} strangers[] = {
	{ "Response", true, "<Extensions xmlns=\"" SAMLP "\"/>",
	    ERR_SAML_GRAMMAR },
	{ "Response", false, "<Extensions xmlns=\"" SAMLP "\"/>",
	    ERR_SAML_GRAMMAR },
	{ "Response", true, "<EncryptedAssertion xmlns=\"" SAML "\"/>",
	    ERR_SAML_ENCRYPTED },
	{ "Response", true, "x", ERR_SAML_TEXT },
	{ "Status", true, "<StatusDetail xmlns=\"" SAMLP "\"/>",
	    ERR_SAML_STATUS },
	{ "StatusCode", true, "<StatusCode xmlns=\"" SAMLP
	    "\" Value=\"" STATUS "Success\"/>", ERR_SAML_STATUS },
	{ "Assertion", true, "<Advice xmlns=\"" SAML "\"/>",
	    ERR_SAML_GRAMMAR },
	{ "Assertion", true, "<AuthzDecisionStatement xmlns=\"" SAML
	    "\" Resource=\"\" Decision=\"Permit\"/>",
	    ERR_SAML_GRAMMAR },
	{ "Assertion", true, "<Statement xmlns=\"" SAML
	    "\" xmlns:xsi=\"" XSI "\" xsi:type=\"x\"/>",
	    ERR_SAML_GRAMMAR },
	{ "Assertion", true, "<Assertion xmlns=\"" SAML "\"/>",
	    ERR_SAML_ASSERTIONS },
	{ "Assertion", true, "<Signature xmlns=\"" DSIG "\"/>",
	    ERR_SAML_SIG_PLACE },
	{ "Assertion", true, "x", ERR_SAML_TEXT },
	{ "Subject", true, "<EncryptedID xmlns=\"" SAML "\"/>",
	    ERR_SAML_ENCRYPTED_PART },
	{ "Subject", false, "<BaseID xmlns=\"" SAML "\"/>",
	    ERR_SAML_GRAMMAR },
	{ "Subject", true, "x", ERR_SAML_TEXT },
	{ "NameID", true, "<NameID xmlns=\"" SAML "\">x</NameID>",
	    ERR_SAML_TEXT },
	{ "SubjectConfirmation", false, "<NameID xmlns=\"" SAML
	    "\">x</NameID>", ERR_SAML_CONFIRMATION },
	{ "SubjectConfirmationData", true, "<KeyInfo xmlns=\"" DSIG
	    "\"/>", ERR_SAML_CONFIRMATION },
	{ "SubjectConfirmationData", true, "x", ERR_SAML_TEXT },
	{ "Conditions", true, "<ProxyRestriction xmlns=\"" SAML
	    "\" Count=\"0\"/>", ERR_SAML_CONDITION },
	{ "Conditions", true, "<Condition xmlns=\"" SAML
	    "\" xmlns:xsi=\"" XSI "\" xsi:type=\"x\"/>",
	    ERR_SAML_CONDITION },
	{ "Conditions", true, "<OneTimeUse xmlns=\"" SAML
	    "\"/><OneTimeUse xmlns=\"" SAML "\"/>",
	    ERR_SAML_CONDITION },
	{ "Conditions", false, "<AudienceRestriction xmlns=\"" SAML
	    "\"><Audience>urn:x</Audience></AudienceRestriction>",
	    ERR_SAML_AUDIENCE },
	{ "Conditions", false, "<AudienceRestriction xmlns=\"" SAML
	    "\"/>", ERR_SAML_AUDIENCE },
	{ "Conditions", true, "x", ERR_SAML_TEXT },
	{ "AudienceRestriction", true, "x", ERR_SAML_TEXT },
	{ "AttributeStatement", true, "<EncryptedAttribute xmlns=\""
	    SAML "\"/>", ERR_SAML_ENCRYPTED_PART },
	{ "AttributeStatement", true, "x", ERR_SAML_TEXT },
	{ "Attribute", true, "<NameID xmlns=\"" SAML "\">x</NameID>",
	    ERR_SAML_GRAMMAR },
	{ "Attribute", true, "x", ERR_SAML_TEXT },
	{ "AttributeValue", true, "<NameID xmlns=\"" SAML
	    "\">x</NameID>", ERR_SAML_TEXT },
	{ "AuthnStatement", false, "<SubjectLocality xmlns=\"" SAML
	    "\"/>", ERR_SAML_GRAMMAR },
	{ "AuthnContext", true, "<AuthnContextDecl xmlns=\"" SAML
	    "\"/>", ERR_SAML_GRAMMAR },
	{ "AuthnContext", true, "x", ERR_SAML_TEXT },
};

void
elements_added(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->elements; i++)
		for (size_t n = 0; n < ARRAY_LEN(strangers); n++) {
			AUTO(buf) struct buf b = BUF_INIT(1024);
			const struct doc_element *element = &d->element[i];
			struct span at = before(strangers[n].last ?
			    element->close.from : element->open.to);

			if (!doc_is(d, i, strangers[n].parent))
				continue;
			if (element->empty) {
				at = (struct span){ element->open.to - 2,
				    element->open.to };
				adds(&b, ">");
			}
			adds(&b, strangers[n].xml);
			if (element->empty) {
				adds(&b, "</");
				add_span(&b, d, element->name);
				adds(&b, ">");
			}
			splice_signed(e, at, buf_str(&b), b.len,
			    strangers[n].reason, strangers[n].xml);
		}
}

/* -- times --------------------------------------------------------------- */

static const struct {
	const char *element;
	const char *attr;
} times[] = {
	{ "Response", "IssueInstant" },
	{ "Assertion", "IssueInstant" },
	{ "Conditions", "NotBefore" },
	{ "Conditions", "NotOnOrAfter" },
	{ "SubjectConfirmationData", "NotOnOrAfter" },
	{ "AuthnStatement", "AuthnInstant" },
	{ "AuthnStatement", "SessionNotOnOrAfter" },
};

static const struct doc_attr *
time_of(const struct doc *d, const char *element, const char *attr)
{
	size_t i = doc_find(d, DOC_NONE, element);

	return i == DOC_NONE ? NULL : doc_attr(d, i, attr);
}

void
times_malformed(struct engine *e)
{
	static const char *const list[] = {
		"", "x", " ", "2026-11-20", "2026-11-20T12:00:00",
		"2026-11-20T12:00:00+00:00", "2026-11-20T12:00:00-00:00",
		"2026-11-20T13:00:00+01:00", "2026-11-20T12:00:00z",
		"2026-11-20t12:00:00Z", "2026-11-20 12:00:00Z",
		"2026-11-20T12:00Z", "2026-11-20T12:00:00.Z",
		"2026-11-20T12:00:00.1234567890Z", "2026-11-20T12:00:00,5Z",
		"2026-11-20T24:00:00Z", "2026-11-20T12:60:00Z",
		"2026-12-31T23:59:60Z", "2026-13-01T12:00:00Z",
		"2026-00-01T12:00:00Z", "2026-11-00T12:00:00Z",
		"2026-11-31T12:00:00Z", "2026-02-29T12:00:00Z",
		"1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z",
		"+2026-11-20T12:00:00Z", "-2026-11-20T12:00:00Z",
		"02026-11-20T12:00:00Z", "20261120T120000Z",
		" 2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z ",
		"2026-11-20T12:00:00ZZ", "2026-W47-5T12:00:00Z",
		"2026-11-20T1 :00:00Z", "2026-11-20T12:00:00.5 Z", "1795176000",
		"9999-12-31T23:59:59Z", "2026-11-20T-2:00:00Z",
	};
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		const struct doc_attr *attr = time_of(d, times[i].element,
		    times[i].attr);

		for (size_t n = 0; attr != NULL && n < ARRAY_LEN(list); n++)
			splice_signed(e, attr->value, list[n],
			    strlen(list[n]), ERR_SAML_TIME, list[n]);
	}
}

/* A time of the sample that is known to be well formed. */
static int64_t
read_time(const struct doc *d, const struct doc_attr *attr)
{
	char text[64] = "";
	struct tm tm = { .tm_mday = 0 };
	size_t len = attr->value.to - attr->value.from;

	memcpy(text, d->s + attr->value.from,
	    len < sizeof(text) ? len : sizeof(text) - 1);
	return strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) == NULL ? 0 :
	    (int64_t)timegm(&tm);
}

/* One limit: what is at time last is accepted, and what is one second on
 * (step 1) or back (-1) is refused. */
static void
try_limit(struct engine *e, const char *element, const char *name,
    int64_t last, int step, enum err reason)
{
	const struct doc *d = &e->sample->doc;
	const struct doc_attr *attr = time_of(d, element, name);

	for (int i = -1; attr != NULL && i <= 2; i++) {
		char text[CLOCK_TEXT_SIZE];
		char what[96];

		clock_format(last + i * step, text);
		(void)snprintf(what, sizeof(what), "%s@%s, %d s", element,
		    name, i);
		splice_signed(e, attr->value, text, strlen(text),
		    i <= 0 ? ERR_OK : reason, what);
	}
}

void
times_limits(struct engine *e)
{
	const struct verify_options *options = &e->sample->options;
	const struct saml_check *check = &options->check;
	const struct doc *d = &e->sample->doc;
	const struct doc_attr *until = time_of(d, "Conditions",
	    "NotOnOrAfter");
	bool solicited = check->pending_count != 0;
	int64_t now = check->now;
	int64_t oldest = now - (solicited ? check->max_age :
	    check->unsolicited_max_age);
	int64_t requested = options->pending.time - check->skew;

	if (solicited && requested > oldest)
		oldest = requested;
	try_limit(e, "Conditions", "NotBefore", now + check->skew, 1,
	    ERR_SAML_NOT_YET);
	try_limit(e, "Conditions", "NotBefore", read_time(d, until) - SPAN_MAX,
	    -1, ERR_SAML_WINDOW);
	try_limit(e, "Conditions", "NotOnOrAfter", now - check->skew + 1, -1,
	    ERR_SAML_EXPIRED);
	try_limit(e, "SubjectConfirmationData", "NotOnOrAfter",
	    now - check->skew + 1, -1, ERR_SAML_EXPIRED);
	try_limit(e, "Assertion", "IssueInstant", now + check->skew, 1,
	    ERR_SAML_NOT_YET);
	try_limit(e, "Assertion", "IssueInstant", oldest, -1, ERR_SAML_STALE);
	try_limit(e, "AuthnStatement", "AuthnInstant", now + check->skew, 1,
	    ERR_SAML_AUTHN_FUTURE);
	if (solicited && (check->flags & WIRE_SAML_FORCE_AUTHN) != 0)
		try_limit(e, "AuthnStatement", "AuthnInstant", requested, -1,
		    ERR_SAML_AUTHN_OLD);
	try_limit(e, "AuthnStatement", "SessionNotOnOrAfter", now + 1, -1,
	    ERR_SAML_SESSION_ENDED);
}
