/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Both sides of every row of the catalogue: what test_saml_response.c leaves.
 * A positive test stands as near to its check as it can: at the limit, or at
 * the tolerated form.
 */
#include "saml_case.h"

#include "base/base64.h"
#include "base/limits.h"

#define VECTOR_RESPONSE "_0c8f2e1d-7b6a-4f5e-9d3c-2b1a09f8e7d6"

/* -- vectors ------------------------------------------------------------- */

#define REFUSED(X) \
	X(a7_defaults_of_a_document_type_are_refused, "a7-defaults", \
	    SAML_DTD) \
	X(b7_digest_elsewhere_is_refused, "b7-digest-in-status", \
	    SAML_DIGEST_PLACE) \
	X(b7_second_digest_value_is_refused, "b7-two-digest-values", \
	    SAML_DIGEST_PLACE) \
	X(b16_missing_id_is_refused, "b16-missing-id", SAML_REFERENCE_VOID) \
	X(b19_prefix_that_is_no_name_is_refused, \
	    "b19-prefix-with-digit-first", SAML_C14N) \
	X(c3_issued_by_the_pinned_certificate_is_refused, \
	    "c3-issued-by-the-pinned-one", SAML_KEY_UNKNOWN) \
	X(c5_shorter_signature_is_refused, "c5-signature-a-byte-short", \
	    SAML_SIG_VALUE) \
	X(d14_id_of_15_characters_is_refused, "d14-id-of-15", SAML_VERSION) \
	X(d14_id_that_is_no_ncname_is_refused, "d14-id-with-colon", \
	    SAML_VERSION) \
	X(d19_logout_response_is_refused, "d19-logout-response", \
	    SAML_GRAMMAR) \
	X(d19_logout_request_is_refused, "d19-logout-request", SAML_GRAMMAR) \
	X(d19_authn_request_is_refused, "d19-authn-request", SAML_GRAMMAR) \
	X(d19_artifact_response_is_refused, "d19-artifact-response", \
	    SAML_GRAMMAR) \
	X(d19_response_in_an_artifact_response_is_refused, \
	    "d19-artifact-with-response", SAML_GRAMMAR) \
	X(d22_answer_to_another_host_is_refused, "d22-of-another-host", \
	    SAML_AUDIENCE) \
	X(d22_acs_of_another_host_is_refused, "d22-acs-of-another-host", \
	    SAML_RECIPIENT)

REFUSED(REFUSAL)

#define ACCEPTED(X) \
	X(a5_words_of_a_declaration_are_text, "good-markup-in-text") \
	X(a6_predefined_entities_are_resolved, "good-escaped") \
	X(a7_attributes_of_the_document_itself_are_read, "good") \
	X(a11_text_that_looks_like_a_comment_is_accepted, \
	    "good-markup-in-text") \
	X(a14_white_space_between_elements_is_accepted, "good-indented") \
	X(b2_one_assertion_is_accepted, "good") \
	X(b3_signatures_in_both_places_are_accepted, "good-both") \
	X(b4_signature_of_the_assertion_is_enough, "good") \
	X(b5_one_signature_for_each_element_is_accepted, "good-both") \
	X(b6_line_breaks_in_the_digest_are_accepted, "good-folded-digest") \
	X(b6_line_breaks_in_the_signature_are_accepted, "good-folded") \
	X(b7_each_reference_has_its_own_digest, "good-both") \
	X(b8_one_reference_in_each_signature_is_accepted, "good-both") \
	X(b9_different_ids_are_accepted, "good-both") \
	X(b11_each_reference_is_to_its_parent, "good-both") \
	X(b12_id_that_looks_like_a_pointer_is_an_id, "good-id-xpointer") \
	X(b13_reference_to_the_shortest_id_is_accepted, "good-id-16") \
	X(b14_reference_into_the_document_is_accepted, "good-id-128") \
	X(b15_enveloped_and_exclusive_c14n_are_accepted, "good") \
	X(b17_signature_without_an_object_is_accepted, "good") \
	X(b18_certificate_in_keyinfo_is_accepted, "good") \
	X(b19_eight_prefixes_are_accepted, "good-eight-prefixes") \
	X(c1_certificate_of_a_pinned_key_is_accepted, "good") \
	X(c2_rsa_sha256_is_accepted, "good") \
	X(d3_our_audience_is_accepted, "good") \
	X(d6_bearer_is_accepted, "good") \
	X(d8_nine_digits_of_a_second_are_accepted, "good-nine-digits") \
	X(d12_one_time_use_is_accepted, "good-one-time-use") \
	X(d13_success_is_accepted, "good") \
	X(d14_id_of_16_characters_is_accepted, "good-id-16") \
	X(d14_id_of_128_characters_is_accepted, "good-id-128") \
	X(d15_our_qualifiers_are_accepted, "good-formats") \
	X(d17_assertion_in_the_clear_is_accepted, "good") \
	X(d18_name_id_in_the_clear_is_accepted, "good") \
	X(d19_response_is_accepted, "good") \
	X(d22_answer_to_this_host_is_accepted, "good")

ACCEPTED(ACCEPTANCE)

/* What another provider sends: no tenant, no MFA claim. */
static struct claims *
accept_simplesamlphp(const char *file)
{
	struct saml_check check = vector_check(&keys);

	check.tenant = "";
	check.flags = WIRE_SAML_FORCE_AUTHN;
	return assert_accepted(check, file);
}

#define OTHER_PROVIDER(X) \
	X(a9_declared_prefixes_are_accepted, "good-prefixes") \
	X(a10_namespaces_of_types_are_accepted, "good-simplesamlphp") \
	X(a12_declaration_is_no_instruction, "good-simplesamlphp") \
	X(b1_either_order_of_the_statements_is_accepted, \
	    "good-simplesamlphp") \
	X(b10_string_type_is_accepted, "good-simplesamlphp") \
	X(b1_shape_of_adfs_is_accepted, "good-shape-adfs") \
	X(b1_shape_of_keycloak_is_accepted, "good-shape-keycloak") \
	X(b1_shape_of_okta_is_accepted, "good-shape-okta") \
	X(b1_shape_of_onelogin_is_accepted, "good-shape-onelogin") \
	X(b1_shape_of_shibboleth_is_accepted, "good-shape-shibboleth")

#define OTHER_ACCEPTANCE(test, file) \
	static void \
	test(void **state) \
	{ \
		AUTO(claims) struct claims *claims = \
		    accept_simplesamlphp(file); \
		(void)state; \
		assert_string_equal(claims_get(claims, "uid"), "b.simon"); \
	}
OTHER_PROVIDER(OTHER_ACCEPTANCE)

/* -- bytes --------------------------------------------------------------- */

/* A good Response with blanks behind it, in base64 with line breaks behind
 * it. */
static enum err
verify_padded(size_t xml_len, size_t text_len)
{
	struct saml_check check = vector_check(&keys);
	AUTO(buf) struct buf xml = XML_BUF;
	AUTO(buf) struct buf text = XML_BUF;
	AUTO(claims) struct claims *claims = NULL;

	load_edited("good", "", "", &xml);
	while (xml.len < xml_len)
		assert_err(buf_putc(&xml, ' '), ERR_OK);
	assert_err(base64_encode(&text, xml.data, xml.len), ERR_OK);
	while (text.len < text_len)
		assert_err(buf_putc(&text, '\n'), ERR_OK);
	check.response = text.data;
	check.response_len = text.len;
	return saml_response_verify(&check, &claims, NULL);
}

static void
a1_what_is_as_long_as_the_limit_is_accepted(void **state)
{
	(void)state;
	assert_err(verify_padded(SAML_XML_MAX, SAML_BASE64_MAX), ERR_OK);
	assert_err(verify_padded(SAML_XML_MAX + 1, 0), ERR_SAML_TOO_LONG);
	assert_err(verify_padded(SAML_XML_MAX, SAML_BASE64_MAX + 1),
	    ERR_SAML_TOO_LONG);
}

static enum err
verify_around(const char *before, const char *after)
{
	AUTO(buf) struct buf xml = XML_BUF;
	AUTO(claims) struct claims *claims = NULL;

	assert_err(buf_puts(&xml, before), ERR_OK);
	load_edited("good", "", "", &xml);
	assert_err(buf_puts(&xml, after), ERR_OK);
	return verify_bytes(vector_check(&keys), xml.data, xml.len, &claims);
}

static void
a2_line_breaks_in_base64_are_accepted(void **state)
{
	struct saml_check check = vector_check(&keys);
	AUTO(buf) struct buf xml = XML_BUF;
	AUTO(buf) struct buf text = XML_BUF;
	AUTO(buf) struct buf folded = XML_BUF;
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	load_edited("good", "", "", &xml);
	assert_err(base64_encode(&text, xml.data, xml.len), ERR_OK);
	for (size_t i = 0; i < text.len; i += 76) {
		size_t n = text.len - i < 76 ? text.len - i : 76;

		assert_err(buf_put(&folded, text.data + i, n), ERR_OK);
		assert_err(buf_puts(&folded, "\r\n"), ERR_OK);
	}
	check.response = folded.data;
	check.response_len = folded.len;
	assert_err(saml_response_verify(&check, &claims, NULL), ERR_OK);
}

static void
a3_tab_and_line_breaks_are_accepted(void **state)
{
	(void)state;
	assert_err(verify_around("\t\r\n", "\t\r\n"), ERR_OK);
	assert_err(verify_around("", "\v"), ERR_SAML_BYTES);
}

static void
a4_white_space_behind_the_root_is_accepted(void **state)
{
	(void)state;
	assert_err(verify_around("", "\n \n"), ERR_OK);
	assert_err(verify_around("", "\n<x/>"), ERR_SAML_TRAILING);
	assert_err(verify_around("", "x"), ERR_SAML_TRAILING);
}

static void
a8_plain_declarations_are_accepted(void **state)
{
	(void)state;
	assert_err(verify_around("<?xml version=\"1.0\"?>", ""), ERR_OK);
	assert_err(verify_around("<?xml version='1.0' encoding='utf-8'?>\n",
	    ""), ERR_OK);
	assert_err(verify_around("<?xml version='1.0' encoding='utf-16'?>",
	    ""), ERR_SAML_ENCODING);
}

/* -- the grammar, element by element ------------------------------------- */

struct element {
	const char *file;
	const char *name;
	int occurrence;
	enum err missing;
	enum err twice;
};

/* The text with a part of it left out (0), or there several times, at its
 * place or at one behind it. */
static enum err
verify_changed(const struct buf *xml, struct span part, int times,
    const char *place)
{
	AUTO(buf) struct buf changed = XML_BUF;
	AUTO(claims) struct claims *claims = NULL;
	const char *text = buf_str(xml);

	assert_err(buf_put(&changed, text, (size_t)(part.from - text)),
	    ERR_OK);
	assert_err(buf_put(&changed, part.to, (size_t)(place - part.to)),
	    ERR_OK);
	for (int i = 0; i < times; i++)
		assert_err(buf_put(&changed, part.from,
		    (size_t)(part.to - part.from)), ERR_OK);
	assert_err(buf_puts(&changed, place), ERR_OK);
	return verify_bytes(vector_check(&keys), changed.data, changed.len,
	    &claims);
}

/* Says of which line of a table it is. */
static void
assert_reason(enum err got, enum err want, const char *line)
{
	if (got != want)
		print_error("%s\n", line);
	assert_err(got, want);
}

/* What is signed cannot be left out even where the grammar lets it. */
static const struct element elements[] = {
#define ELEMENT(file, name, occurrence, missing, twice) \
	{ file, name, occurrence, ERR_SAML_##missing, ERR_SAML_##twice }
	ELEMENT("good", "Issuer", 1, ISSUER, ISSUER),
	ELEMENT("good", "samlp:Status", 1, STATUS, STATUS),
	ELEMENT("good", "samlp:StatusCode", 1, STATUS, STATUS),
	ELEMENT("good", "Assertion", 1, ASSERTIONS, ASSERTIONS),
	ELEMENT("good", "Issuer", 2, ISSUER, ISSUER),
	ELEMENT("good", "Signature", 1, SIG_MISSING, SIG_DOUBLE),
	ELEMENT("good-both", "Signature", 2, SIG_MISSING, SIG_DOUBLE),
	ELEMENT("good", "Subject", 1, NAME_ID, GRAMMAR),
	ELEMENT("good", "NameID", 1, NAME_ID, NAME_ID),
	ELEMENT("good", "SubjectConfirmation", 1, CONFIRMATION, CONFIRMATION),
	ELEMENT("good", "SubjectConfirmationData", 1, CONFIRMATION,
	    CONFIRMATION),
	ELEMENT("good", "Conditions", 1, CONDITION, CONDITION),
	ELEMENT("good", "AudienceRestriction", 1, AUDIENCE, SIG_INVALID),
	ELEMENT("good", "Audience", 1, AUDIENCE, SIG_INVALID),
	ELEMENT("good-one-time-use", "OneTimeUse", 1, SIG_INVALID, CONDITION),
	ELEMENT("good", "AttributeStatement", 1, CLAIM_MISSING, GRAMMAR),
	ELEMENT("good", "Attribute", 1, SIG_INVALID, SIG_INVALID),
	ELEMENT("good", "AttributeValue", 1, CLAIM_MISSING, SIG_INVALID),
	ELEMENT("good", "AuthnStatement", 1, AUTHN, AUTHN),
	ELEMENT("good", "AuthnContext", 1, AUTHN, AUTHN),
	ELEMENT("good", "AuthnContextClassRef", 1, AUTHN, AUTHN),
	ELEMENT("good", "SignedInfo", 1, SIG_VALUE, SIG_DOUBLE),
	ELEMENT("good", "SignatureValue", 1, SIG_VALUE, SIG_VALUE),
	ELEMENT("good", "CanonicalizationMethod", 1, C14N, C14N),
	ELEMENT("good", "SignatureMethod", 1, ALGORITHM, ALGORITHM),
	ELEMENT("good", "Reference", 1, REFERENCES, REFERENCES),
	ELEMENT("good", "Transforms", 1, TRANSFORMS, TRANSFORMS),
	ELEMENT("good", "Transform", 1, TRANSFORMS, TRANSFORMS),
	ELEMENT("good", "Transform", 2, TRANSFORMS, TRANSFORMS),
	ELEMENT("good-eight-prefixes", "InclusiveNamespaces", 1, SIG_INVALID,
	    TRANSFORMS),
	ELEMENT("good", "DigestMethod", 1, ALGORITHM, ALGORITHM),
	ELEMENT("good", "DigestValue", 1, SIG_VALUE, DIGEST_PLACE),
	ELEMENT("good", "X509Data", 1, KEYINFO, KEYINFO),
	ELEMENT("good", "X509Certificate", 1, KEYINFO, KEYINFO),
#undef ELEMENT
	/* Only the configuration demands this one. */
	{ "good-both", "Signature", 1, ERR_OK, ERR_SAML_SIG_DOUBLE },
};

static void
b1_every_element_is_there_and_not_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(elements); i++) {
		const struct element *e = &elements[i];
		AUTO(buf) struct buf xml = XML_BUF;
		struct span span;

		load_edited(e->file, "", "", &xml);
		span = find_element(buf_str(&xml), e->name, e->occurrence);
		assert_reason(verify_changed(&xml, span, 1, span.to), ERR_OK,
		    e->name);
		assert_reason(verify_changed(&xml, span, 0, span.to),
		    e->missing, e->name);
		assert_reason(verify_changed(&xml, span, 2, span.to),
		    e->twice, e->name);
	}
}

static void
b1_every_element_is_at_its_place(void **state)
{
	static const struct {
		const char *name;
		const char *behind;
	} moved[] = {
		{ "samlp:Status", "Assertion" },
		{ "Issuer", "samlp:Status" },
		{ "Subject", "Conditions" },
		{ "Conditions", "AuthnStatement" },
		{ "NameID", "SubjectConfirmation" },
		{ "SignedInfo", "SignatureValue" },
		{ "SignatureValue", "KeyInfo" },
		{ "SignatureMethod", "Reference" },
		{ "CanonicalizationMethod", "SignatureMethod" },
		{ "Transforms", "DigestMethod" },
		{ "DigestMethod", "DigestValue" },
	};
	AUTO(buf) struct buf xml = XML_BUF;

	(void)state;
	load_edited("good", "", "", &xml);
	for (size_t i = 0; i < ARRAY_LEN(moved); i++)
		assert_reason(verify_changed(&xml, find_element(buf_str(&xml),
		    moved[i].name, 1), 1, find_element(buf_str(&xml),
		    moved[i].behind, 1).to), ERR_SAML_GRAMMAR, moved[i].name);
}

struct attribute {
	const char *file;
	const char *element;
	int occurrence;
	const char *name;
	enum err missing;
};

static struct span
find_attribute(const char *text, const struct attribute *attribute)
{
	struct span element = find_element(text, attribute->element,
	    attribute->occurrence);
	struct span span;
	char start[64];

	(void)snprintf(start, sizeof(start), " %s=\"", attribute->name);
	span.from = strstr(element.from, start);
	assert_non_null(span.from);
	assert_true(span.from < strchr(element.from, '>'));
	span.to = strchr(span.from + strlen(start), '"') + 1;
	return span;
}

static const struct attribute attributes[] = {
#define ATTRIBUTE(element, name, missing) \
	{ "good", element, 1, name, ERR_SAML_##missing }
	ATTRIBUTE("samlp:Response", "ID", VERSION),
	ATTRIBUTE("samlp:Response", "Version", VERSION),
	ATTRIBUTE("samlp:Response", "IssueInstant", TIME),
	ATTRIBUTE("samlp:StatusCode", "Value", STATUS),
	ATTRIBUTE("Assertion", "ID", VERSION),
	ATTRIBUTE("Assertion", "Version", VERSION),
	ATTRIBUTE("Assertion", "IssueInstant", TIME),
	ATTRIBUTE("SubjectConfirmation", "Method", CONFIRMATION),
	ATTRIBUTE("SubjectConfirmationData", "NotOnOrAfter", CONFIRMATION),
	ATTRIBUTE("SubjectConfirmationData", "Recipient", RECIPIENT),
	ATTRIBUTE("Conditions", "NotBefore", CONDITION),
	ATTRIBUTE("Conditions", "NotOnOrAfter", CONDITION),
	ATTRIBUTE("Attribute", "Name", ATTRIBUTE),
	ATTRIBUTE("AuthnStatement", "AuthnInstant", AUTHN),
	ATTRIBUTE("CanonicalizationMethod", "Algorithm", C14N),
	ATTRIBUTE("SignatureMethod", "Algorithm", ALGORITHM),
	ATTRIBUTE("Reference", "URI", REFERENCE_EMPTY),
	ATTRIBUTE("Transform", "Algorithm", TRANSFORMS),
	ATTRIBUTE("DigestMethod", "Algorithm", ALGORITHM),
	{ "good", "Transform", 2, "Algorithm", ERR_SAML_TRANSFORMS },
	{ "good-eight-prefixes", "InclusiveNamespaces", 1, "PrefixList",
	    ERR_SAML_TRANSFORMS },
#undef ATTRIBUTE
};

static void
b10_every_required_attribute_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(attributes); i++) {
		const struct attribute *a = &attributes[i];
		AUTO(buf) struct buf xml = XML_BUF;
		struct span span;

		load_edited(a->file, "", "", &xml);
		span = find_attribute(buf_str(&xml), a);
		assert_reason(verify_changed(&xml, span, 0, span.to),
		    a->missing, a->name);
	}
}

/* One text replaced, which is before every signature is verified. */
static void
assert_edited(const char *file, const char *old, const char *new,
    enum err want)
{
	AUTO(buf) struct buf xml = XML_BUF;
	AUTO(claims) struct claims *claims = NULL;

	load_edited(file, old, new, &xml);
	assert_reason(verify_bytes(vector_check(&keys), xml.data, xml.len,
	    &claims), want, new);
}

static void
a14_text_in_every_kind_of_element_is_judged(void **state)
{
	(void)state;
	assert_edited("good", "<SignedInfo>", "<SignedInfo>x", ERR_SAML_TEXT);
	assert_edited("good", "<samlp:Status>", "<samlp:Status>\n", ERR_OK);
	assert_edited("good", "<samlp:Status>", "<samlp:Status>&#160;",
	    ERR_SAML_TEXT);
}

static void
b9_same_id_is_found_before_any_signature(void **state)
{
	(void)state;
	assert_edited("b4-unsigned",
	    VECTOR_RESPONSE, VECTOR_ASSERTION,
	    ERR_SAML_ID_DUPLICATE);
}

static void
b10_type_is_of_a_value_and_of_no_other_name(void **state)
{
	(void)state;
	assert_edited("good-simplesamlphp", "xsi:type", "xsi:nil",
	    ERR_SAML_ATTRIBUTE);
	assert_edited("good-simplesamlphp", "<saml:Attribute ",
	    "<saml:Attribute xsi:type=\"xs:string\" ", ERR_SAML_ATTRIBUTE);
}

static void
b15_each_transform_is_its_own(void **state)
{
	(void)state;
	assert_edited("good", "#enveloped-signature", "#base64",
	    ERR_SAML_TRANSFORMS);
	assert_edited("good", "#enveloped-signature", "#enveloped-signatures",
	    ERR_SAML_TRANSFORMS);
}

static void
b17_manifest_without_an_object_is_refused(void **state)
{
	(void)state;
	assert_edited("good", "</KeyInfo>", "</KeyInfo><Manifest/>",
	    ERR_SAML_OBJECT);
}

#define WRAPPER(what) \
	"<samlp:Extensions><x>" what "</x></samlp:Extensions><samlp:Status>"
#define HELD(what) \
	"<samlp:Extensions>" what "</samlp:Extensions><samlp:Status>"
#define A "<Assertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>"
#define SIG(name) "<" name " xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/>"

/* The reason is the attack's, and not the place's that it was put in. */
static void
b1_wrapper_is_named_after_what_it_wraps(void **state)
{
	static const struct {
		const char *place;
		const char *new;
		enum err want;
	} cases[] = {
		{ "<samlp:Status>", HELD(A), ERR_SAML_GRAMMAR },
		{ "<samlp:Status>", HELD(SIG("Signature")),
		    ERR_SAML_SIG_PLACE },
		{ "<samlp:Status>", HELD(SIG("DigestValue")),
		    ERR_SAML_DIGEST_PLACE },
		{ "<samlp:Status>", HELD(SIG("DigestValue") A),
		    ERR_SAML_GRAMMAR },
		{ "<samlp:Status>", WRAPPER(SIG("Signature")),
		    ERR_SAML_GRAMMAR },
		{ "</Signature>", "<Object><Manifest/></Object></Signature>",
		    ERR_SAML_OBJECT },
		{ "</Signature>", "<Object>" A "</Object></Signature>",
		    ERR_SAML_GRAMMAR },
		{ "</KeyInfo>", A "</KeyInfo>", ERR_SAML_PARKED },
		{ "</X509Data>", A "</X509Data>", ERR_SAML_PARKED },
		{ "</KeyInfo>", "<x>" A "</x></KeyInfo>", ERR_SAML_PARKED },
		{ "</KeyInfo>", "<Object/></KeyInfo>", ERR_SAML_PARKED },
		{ "</KeyInfo>", "<KeyValue/></KeyInfo>", ERR_SAML_KEYINFO },
		{ "</X509Data>", "<X509SKI/></X509Data>", ERR_SAML_KEYINFO },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_edited("good", cases[i].place, cases[i].new,
		    cases[i].want);
}

static void
b9_id_that_is_there_already_is_a_duplicate(void **state)
{
	static const struct {
		const char *attribute;
		enum err want;
	} cases[] = {
		{ "ID=\"" VECTOR_ASSERTION "\"", ERR_SAML_ID_DUPLICATE },
		{ "id=\"" VECTOR_ASSERTION "\"", ERR_SAML_ID_DUPLICATE },
		{ "Id=\"" VECTOR_RESPONSE "\"", ERR_SAML_ID_DUPLICATE },
		{ "ID=\"_a-new-one-of-its-own\"", ERR_SAML_ATTRIBUTE },
		{ "Name=\"" VECTOR_ASSERTION "\"", ERR_SAML_ATTRIBUTE },
		{ "xmlns:a=\"http://www.w3.org/2000/09/xmldsig#\" a:ID=\""
		    VECTOR_ASSERTION "\"", ERR_SAML_ATTRIBUTE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char tag[256];

		(void)snprintf(tag, sizeof(tag), "<Subject %s>",
		    cases[i].attribute);
		assert_edited("good", "<Subject>", tag, cases[i].want);
	}
}

static void
b12_fragment_is_told_by_its_shape(void **state)
{
	static const struct {
		const char *uri;
		enum err want;
	} cases[] = {
		{ "#xpointer(/)", ERR_SAML_REFERENCE_POINTER },
		{ "#element(/1)", ERR_SAML_REFERENCE_POINTER },
		{ "#" VECTOR_RESPONSE, ERR_SAML_REFERENCE_URI },
		{ "#" VECTOR_ASSERTION " x", ERR_SAML_REFERENCE_URI },
		{ "#" VECTOR_ASSERTION "&apos;)", ERR_SAML_REFERENCE_URI },
		{ "#" VECTOR_ASSERTION "x", ERR_SAML_REFERENCE_VOID },
		{ "#", ERR_SAML_REFERENCE_VOID },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_edited("good", "#" VECTOR_ASSERTION, cases[i].uri,
		    cases[i].want);
}

static void
d14_saml_1_is_refused_as_such(void **state)
{
	static const char xml[] = "<Response MajorVersion='1' MinorVersion='1'"
	    " xmlns='urn:oasis:names:tc:SAML:1.0:protocol'/>";
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	assert_err(verify_bytes(vector_check(&keys), xml, sizeof(xml) - 1,
	    &claims), ERR_SAML_VERSION);
}

static void
a8_utf_16_is_refused_as_such(void **state)
{
	static const char xml[] = "\xff\xfe<\0a\0/\0>";	/* and a NUL */
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	assert_err(verify_bytes(vector_check(&keys), xml, sizeof(xml),
	    &claims), ERR_SAML_ENCODING);
}

static void
b19_prefixes_are_names_with_one_space_between(void **state)
{
	(void)state;
	assert_edited("good-eight-prefixes", "p0 p1 p2 p3 p4 p5 p6 p7", "",
	    ERR_SAML_C14N);
	assert_edited("good-eight-prefixes", "p0 p1", "p0  p1",
	    ERR_SAML_C14N);
	assert_edited("good-eight-prefixes", "p0 p1", "p0,p1",
	    ERR_SAML_C14N);
	assert_edited("good-eight-prefixes", "p7\"", "p7 \"",
	    ERR_SAML_C14N);
}

static void
c1_certificate_that_is_not_base64_is_refused(void **state)
{
	(void)state;
	assert_edited("good", "<X509Certificate>", "<X509Certificate>*",
	    ERR_SAML_KEYINFO);
}

/* A failure has no assertion, and is refused for what it is. */
static void
d13_failure_is_refused_as_such(void **state)
{
	AUTO(buf) struct buf xml = XML_BUF;
	struct span span;

	(void)state;
	load_edited("d13-requester", "", "", &xml);
	span = find_element(buf_str(&xml), "Assertion", 1);
	assert_err(verify_changed(&xml, span, 0, span.to), ERR_SAML_STATUS);
}

static void
d14_id_is_checked_before_any_signature(void **state)
{
	(void)state;
	assert_edited("b4-unsigned", VECTOR_ASSERTION, "_short",
	    ERR_SAML_VERSION);
}

/* -- keys ---------------------------------------------------------------- */

/* Dates of a certificate are for reports; the key is what is pinned. */
static void
c3_expired_certificate_still_names_its_key(void **state)
{
	struct idp_keys old = keys;
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	old.key[0].not_before = 1;
	old.key[0].not_after = 2;
	claims = assert_accepted(vector_check(&old), "good");
}

/* The certificate selects: no other key is tried for it. */
static void
c1_certificate_selects_one_key(void **state)
{
	struct idp_keys two = { .count = 0 };

	(void)state;
	assert_true(vector_key("idp", &two));
	assert_true(vector_key("other", &two));
	assert_refused(vector_check(&two), "c1-attackers-key-our-certificate",
	    ERR_SAML_SIG_INVALID);
}

static void
c6_key_that_was_dropped_is_refused(void **state)
{
	struct idp_keys other = { .count = 0 };

	(void)state;
	assert_true(vector_key("other", &other));
	assert_refused(vector_check(&other), "good", ERR_SAML_KEY_UNKNOWN);
	assert_refused(vector_check(&other), "good-no-keyinfo",
	    ERR_SAML_SIG_INVALID);
}

/* Without a certificate the keys are tried in turn, until one verifies. */
static void
c6_first_key_that_verifies_ends_the_search(void **state)
{
	struct idp_keys two = { .count = 0 };
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	assert_true(vector_key("idp", &two));
	assert_true(vector_key("other", &two));
	claims = assert_accepted(vector_check(&two), "good-no-keyinfo");
}

/* Another's key so often, and the right one at last. */
static struct idp_keys
keys_behind_others(size_t others)
{
	struct idp_keys many = { .count = 0 };

	while (many.count < others)
		assert_true(vector_key("other", &many));
	assert_true(vector_key("idp", &many));
	return many;
}

static void
c6_as_many_keys_as_the_limit_are_tried(void **state)
{
	struct idp_keys many = keys_behind_others(SAML_CANDIDATES_MAX - 1);
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	claims = assert_accepted(vector_check(&many), "good-no-keyinfo");
	many = keys_behind_others(SAML_CANDIDATES_MAX);
	assert_refused(vector_check(&many), "good-no-keyinfo",
	    ERR_SAML_KEY_UNKNOWN);
}

static void
c6_as_many_keys_as_the_limit_are_pinned(void **state)
{
	struct idp_keys many = keys_behind_others(SAML_KEYS_MAX - 1);
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	claims = assert_accepted(vector_check(&many), "good");
	many.count = SAML_KEYS_MAX + 1;
	assert_refused(vector_check(&many), "good", ERR_IDP_NO_KEYS);
}

/* -- meaning ------------------------------------------------------------- */

static void
a15_guids_are_compared_without_case(void **state)
{
	AUTO(claims) struct claims *claims =
	    assert_accepted(vector_check(&keys), "good-upper-guids");

	(void)state;
	assert_string_equal(claims_get(claims, CLAIM_OBJECT),
	    "6F9619FF-8B86-4D01-B42D-00CF4FC964FF");
}

/* A stolen key signs whatever it likes: what is left are the request, the
 * time and, in the helper, the replay table (D11). */
static void
c9_what_a_stolen_key_signs_must_answer_a_request_in_time(void **state)
{
	struct saml_check check = vector_check(&keys);

	(void)state;
	check.pending_count = 0;
	assert_refused(check, "good", ERR_SAML_IN_RESPONSE_TO);
	assert_refused(check, "good-unsolicited", ERR_SAML_UNSOLICITED);
	check = vector_check(&keys);
	check.now = VECTOR_ISSUED + 301;
	assert_refused(check, "good", ERR_SAML_STALE);
}

static void
c9_fresh_answer_to_a_request_is_accepted(void **state)
{
	struct saml_check check = vector_check(&keys);
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	check.now = VECTOR_ISSUED + 300;
	claims = assert_accepted(check, "good");
}

static void
d1_issuer_of_format_entity_is_accepted(void **state)
{
	AUTO(claims) struct claims *claims =
	    assert_accepted(vector_check(&keys), "good-one-time-use");

	(void)state;
	assert_string_equal(claims_fixed(claims)->issuer, VECTOR_ISSUER);
}

static void
d2_tenant_is_a_whole_segment_of_the_issuer(void **state)
{
	struct saml_check check = vector_check(&keys);

	(void)state;
	check.issuer = "https://sts.windows.net/" VECTOR_TENANT "x/";
	assert_refused(check, "d2-tenant-in-a-longer-segment",
	    ERR_SAML_TENANT);
}

static void
d2_tenant_is_a_guid(void **state)
{
	struct saml_check check = vector_check(&keys);

	(void)state;
	check.tenant = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
	check.issuer = "https://sts.windows.net/"
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/";
	assert_refused(check, "d2-tenant-is-no-guid", ERR_SAML_TENANT);
}

static void
d10_multipleauthn_is_accepted(void **state)
{
	struct saml_check check = vector_check(&keys);
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	check.flags |= WIRE_SAML_REQUIRE_MFA;
	claims = assert_accepted(check, "good");
	assert_true(claims_has(claims, CLAIM_METHODS, METHOD_MFA));
}

static void
d15_long_name_id_is_read_whole(void **state)
{
	AUTO(claims) struct claims *claims =
	    assert_accepted(vector_check(&keys), "good-formats");

	(void)state;
	assert_int_equal(strlen(claims_fixed(claims)->name_id),
	    SAML_NAME_ID_MAX);
	assert_string_equal(claims_fixed(claims)->name_id_format,
	    "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified");
}

static void
d16_claim_of_several_values_is_accepted(void **state)
{
	AUTO(claims) struct claims *claims =
	    assert_accepted(vector_check(&keys), "good");

	(void)state;
	assert_int_equal(claims_count(claims, CLAIM_METHODS), 2);
	assert_int_equal(claims_count(claims, CLAIM_OBJECT), 1);
}

/* A Response pasted into another login, of the same person at the same
 * moment, is not that login's. */
static void
d21_answer_to_another_login_is_refused(void **state)
{
	static const struct saml_pending other = {
		"_b74c3f0e9d2b48c1a74c3f0e9d2b48c1", VECTOR_REQUESTED
	};
	struct saml_check check = vector_check(&keys);

	(void)state;
	check.pending = &other;
	assert_refused(check, "good", ERR_SAML_IN_RESPONSE_TO);
	check.flags |= WIRE_SAML_UNSOLICITED;
	assert_refused(check, "good", ERR_SAML_IN_RESPONSE_TO);
}

static void
d21_answer_to_this_login_is_accepted(void **state)
{
	AUTO(claims) struct claims *claims =
	    assert_accepted(vector_check(&keys), "good");

	(void)state;
	assert_string_equal(claims_fixed(claims)->in_response_to,
	    VECTOR_REQUEST);
}

#define NAME(test, ...) cmocka_unit_test(test),

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REFUSED(NAME)
		ACCEPTED(NAME)
		OTHER_PROVIDER(NAME)
		cmocka_unit_test(a1_what_is_as_long_as_the_limit_is_accepted),
		cmocka_unit_test(a2_line_breaks_in_base64_are_accepted),
		cmocka_unit_test(a3_tab_and_line_breaks_are_accepted),
		cmocka_unit_test(a4_white_space_behind_the_root_is_accepted),
		cmocka_unit_test(a8_plain_declarations_are_accepted),
		cmocka_unit_test(b1_every_element_is_there_and_not_twice),
		cmocka_unit_test(b1_every_element_is_at_its_place),
		cmocka_unit_test(b10_every_required_attribute_is_there),
		cmocka_unit_test(a14_text_in_every_kind_of_element_is_judged),
		cmocka_unit_test(b9_same_id_is_found_before_any_signature),
		cmocka_unit_test(b10_type_is_of_a_value_and_of_no_other_name),
		cmocka_unit_test(b15_each_transform_is_its_own),
		cmocka_unit_test(b17_manifest_without_an_object_is_refused),
		cmocka_unit_test(b1_wrapper_is_named_after_what_it_wraps),
		cmocka_unit_test(b9_id_that_is_there_already_is_a_duplicate),
		cmocka_unit_test(b12_fragment_is_told_by_its_shape),
		cmocka_unit_test(d14_saml_1_is_refused_as_such),
		cmocka_unit_test(a8_utf_16_is_refused_as_such),
		cmocka_unit_test(
		    b19_prefixes_are_names_with_one_space_between),
		cmocka_unit_test(c1_certificate_that_is_not_base64_is_refused),
		cmocka_unit_test(d13_failure_is_refused_as_such),
		cmocka_unit_test(d14_id_is_checked_before_any_signature),
		cmocka_unit_test(c3_expired_certificate_still_names_its_key),
		cmocka_unit_test(c1_certificate_selects_one_key),
		cmocka_unit_test(c6_key_that_was_dropped_is_refused),
		cmocka_unit_test(c6_first_key_that_verifies_ends_the_search),
		cmocka_unit_test(c6_as_many_keys_as_the_limit_are_tried),
		cmocka_unit_test(c6_as_many_keys_as_the_limit_are_pinned),
		cmocka_unit_test(a15_guids_are_compared_without_case),
		cmocka_unit_test(
		    c9_what_a_stolen_key_signs_must_answer_a_request_in_time),
		cmocka_unit_test(c9_fresh_answer_to_a_request_is_accepted),
		cmocka_unit_test(d1_issuer_of_format_entity_is_accepted),
		cmocka_unit_test(
		    d2_tenant_is_a_whole_segment_of_the_issuer),
		cmocka_unit_test(d2_tenant_is_a_guid),
		cmocka_unit_test(d10_multipleauthn_is_accepted),
		cmocka_unit_test(d15_long_name_id_is_read_whole),
		cmocka_unit_test(d16_claim_of_several_values_is_accepted),
		cmocka_unit_test(d21_answer_to_another_login_is_refused),
		cmocka_unit_test(d21_answer_to_this_login_is_accepted),
	};

	return cmocka_run_group_tests(tests, setup_keys, NULL);
}
