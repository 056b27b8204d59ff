/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inner half of the verifier: what it does with bytes that a signature
 * was found to be good for, whatever they are.  The signature and the parser
 * are real unless a test says otherwise.
 */
#include "saml_case.h"

#include <libxml/tree.h>

#include "auth/saml_grammar.h"
#include "auth/saml_signature.h"
#include "base/limits.h"

static struct {
	const struct buf *assertion;	/* bytes that are signed; NULL: the */
	const struct buf *response;	/* real ones */
	char verified[128];		/* "Assertion Response " */
	struct xml_limits limits[8];	/* of each parse */
	size_t parses;
} world;

enum err __real_xml_parse(const void *data, size_t len,
    const struct xml_limits *limits, struct xml_doc **ret, struct diag *diag);
enum err __wrap_xml_parse(const void *data, size_t len,
    const struct xml_limits *limits, struct xml_doc **ret, struct diag *diag);
enum err __real_saml_signature_verify(struct xml_node *node,
    const struct idp_keys *pinned, struct crypto_keyring *ring,
    struct buf *out, struct diag *diag);
enum err __wrap_saml_signature_verify(struct xml_node *node,
    const struct idp_keys *pinned, struct crypto_keyring *ring,
    struct buf *out, struct diag *diag);

enum err
__wrap_xml_parse(const void *data, size_t len,
    const struct xml_limits *limits, struct xml_doc **ret, struct diag *diag)
{
	assert_true(world.parses < ARRAY_LEN(world.limits));
	world.limits[world.parses++] = *limits;
	return __real_xml_parse(data, len, limits, ret, diag);
}

enum err
__wrap_saml_signature_verify(struct xml_node *node,
    const struct idp_keys *pinned, struct crypto_keyring *ring,
    struct buf *out, struct diag *diag)
{
	bool is_response = xml_is(node, NS_SAMLP, "Response");
	const struct buf *bytes = is_response ? world.response :
	    world.assertion;
	size_t len = strlen(world.verified);

	(void)snprintf(world.verified + len, sizeof(world.verified) - len,
	    "%s ", xml_name(node));
	if (bytes == NULL)
		return __real_saml_signature_verify(node, pinned, ring, out,
		    diag);
	return buf_put(out, bytes->data, bytes->len);
}

static int
begin(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	return 0;
}

static void
replace(struct buf *text, const char *old, const char *new)
{
	AUTO(buf) struct buf before = XML_BUF;
	const char *at;
	size_t n;

	assert_err(buf_put(&before, text->data, text->len), ERR_OK);
	at = strstr(buf_str(&before), old);
	assert_non_null(at);
	n = (size_t)(at - buf_str(&before));
	text->len = n;
	assert_err(buf_puts(text, new), ERR_OK);
	assert_err(buf_puts(text, at + strlen(old)), ERR_OK);
}

/* What is digested of good.xml's assertion, or of good-both's Response: it
 * has no Signature of its own. */
static void
load_signed(const char *element, struct buf *out)
{
	AUTO(buf) struct buf xml = XML_BUF;
	struct span whole, signature;

	load_edited(*element == 'A' ? "good" : "good-both", "", "", &xml);
	whole = find_element(buf_str(&xml), element, 1);
	signature = find_element(whole.from, "Signature", 1);
	assert_err(buf_put(out, whole.from,
	    (size_t)(signature.from - whole.from)), ERR_OK);
	assert_err(buf_put(out, signature.to,
	    (size_t)(whole.to - signature.to)), ERR_OK);
}

/* The verdict when the signature of good.xml's assertion, or of good-both's
 * Response, is over its own bytes with one text replaced. */
static enum err
verify_signed(const char *element, const char *old, const char *new)
{
	AUTO(buf) struct buf bytes = XML_BUF;
	AUTO(claims) struct claims *claims = NULL;
	bool is_response = *element != 'A';

	load_signed(element, &bytes);
	replace(&bytes, old, new);
	world.assertion = is_response ? NULL : &bytes;
	world.response = is_response ? &bytes : NULL;
	return verify_file(vector_check(&keys),
	    is_response ? "good-both" : "good", &claims);
}

/* -- A16: one parser ----------------------------------------------------- */

static void
a16_every_parse_has_the_same_limits(void **state)
{
	AUTO(claims) struct claims *claims =
	    assert_accepted(vector_check(&keys), "good-both");

	(void)state;
	assert_non_null(claims);
	assert_int_equal(world.parses, 3);
	for (size_t i = 0; i < world.parses; i++) {
		const struct xml_limits *limits = &world.limits[i];

		assert_int_equal(limits->bytes, SAML_XML_MAX);
		assert_int_equal(limits->nodes, SAML_NODES_MAX);
		assert_int_equal(limits->depth, SAML_DEPTH_MAX);
		assert_int_equal(limits->attributes, SAML_ATTRIBUTES_MAX);
		assert_int_equal(limits->namespaces, SAML_NAMESPACES_MAX);
		assert_false(limits->bom);
	}
}

/* What no parser of ours would have let in is not let in because it is
 * signed. */
static void
a16_signed_bytes_go_through_the_parser_again(void **state)
{
	static const struct {
		const char *new;
		enum err want;
	} cases[] = {
		{ "<Subject><!-- -->", ERR_SAML_COMMENT },
		{ "<Subject><?x?>", ERR_SAML_PI },
		{ "<Subject><![CDATA[x]]>", ERR_SAML_CDATA },
		{ "<Subject>&x;", ERR_SAML_ENTITY },
		{ "<Subject x:y='z'>", ERR_SAML_XML },
		{ "<Subject xml:id='z'>", ERR_SAML_ID_DUPLICATE },
		{ "<Subject><!DOCTYPE x>", ERR_SAML_DTD },
		{ "<Subject>\x01", ERR_SAML_BYTES },
	};

	(void)state;
	assert_err(verify_signed("Assertion", "<Subject>", "<Subject>"),
	    ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		begin(NULL);
		assert_err(verify_signed("Assertion", "<Subject>",
		    cases[i].new), cases[i].want);
	}
}

static void
a1_what_is_too_long_is_not_parsed(void **state)
{
	struct saml_check check = vector_check(&keys);
	AUTO(buf) struct buf text = XML_BUF;
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	while (text.len < SAML_XML_MAX / 3 * 4 + 8)
		assert_err(buf_puts(&text, "ICAg"), ERR_OK);
	check.response = text.data;
	check.response_len = text.len;
	assert_err(saml_response_verify(&check, &claims, NULL),
	    ERR_SAML_TOO_LONG);
	assert_int_equal(world.parses, 0);
}

/* -- the signed element -------------------------------------------------- */

static void
b4_assertion_is_verified_whatever_else_is(void **state)
{
	AUTO(claims) struct claims *one =
	    assert_accepted(vector_check(&keys), "good");
	AUTO(claims) struct claims *both = NULL;

	(void)state;
	assert_non_null(one);
	assert_string_equal(world.verified, "Assertion ");
	begin(NULL);
	both = assert_accepted(vector_check(&keys), "good-both");
	assert_string_equal(world.verified, "Assertion Response ");
}

/* The document as it came is not looked at again: with another person in the
 * bytes that are signed, that person is who signed in. */
static void
b20_claims_are_those_of_the_signed_bytes(void **state)
{
	AUTO(buf) struct buf bytes = XML_BUF;
	AUTO(claims) struct claims *claims = NULL;

	(void)state;
	load_signed("Assertion", &bytes);
	replace(&bytes, ">B.Simon@contoso.com</NameID>",
	    ">A.Simon@contoso.com</NameID>");
	replace(&bytes, VECTOR_OBJECT,
	    "00000000-0000-4000-8000-000000000000");
	replace(&bytes, "2026-11-20T11:59:50.456Z", "2026-11-20T11:59:51Z");
	world.assertion = &bytes;
	claims = assert_accepted(vector_check(&keys), "good");
	assert_string_equal(claims_fixed(claims)->name_id,
	    "A.Simon@contoso.com");
	assert_string_equal(claims_get(claims, CLAIM_OBJECT),
	    "00000000-0000-4000-8000-000000000000");
	assert_int_equal(claims_fixed(claims)->authn_instant,
	    VECTOR_ISSUED - 9);
}

/* Every check is of the signed copy; the received one is right here. */
static void
b20_right_received_copy_of_a_wrong_signed_one_is_refused(void **state)
{
	static const struct {
		const char *old;
		const char *new;
		enum err want;
	} cases[] = {
		{ VECTOR_ISSUER "</Issuer>", "urn:x</Issuer>",
		    ERR_SAML_ISSUER },
		{ VECTOR_AUDIENCE, "urn:x", ERR_SAML_AUDIENCE },
		{ VECTOR_ACS, "urn:x", ERR_SAML_RECIPIENT },
		{ VECTOR_REQUEST, "_0000000000000000000000000000000f",
		    ERR_SAML_IN_RESPONSE_TO },
		{ "cm:bearer", "cm:holder-of-key", ERR_SAML_CONFIRMATION },
		{ "2026-11-20T11:55:00.123Z", "2026-11-20T12:55:00Z",
		    ERR_SAML_NOT_YET },
		{ "2026-11-20T12:00:00.123Z", "2026-11-20T11:00:00Z",
		    ERR_SAML_STALE },
		{ "2026-11-20T11:59:50.456Z", "2026-11-20T11:00:00Z",
		    ERR_SAML_AUTHN_OLD },
		{ "emailAddress\"", "x\"", ERR_SAML_NAME_ID },
		{ "multipleauthn", "x", ERR_SAML_MFA },
		{ ">" VECTOR_TENANT "<", ">x<", ERR_SAML_TENANT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		begin(NULL);
		assert_err(verify_signed("Assertion", cases[i].old,
		    cases[i].new), cases[i].want);
	}
}

static void
b16_no_signed_bytes_are_refused(void **state)
{
	AUTO(buf) struct buf nothing = XML_BUF;

	(void)state;
	assert_err(buf_puts(&nothing, ""), ERR_OK);
	world.assertion = &nothing;
	assert_refused(vector_check(&keys), "good", ERR_SAML_XML);
}

static void
b18_signed_bytes_have_no_signature(void **state)
{
	(void)state;
	AUTO(buf) struct buf xml = XML_BUF;
	AUTO(buf) struct buf whole = XML_BUF;
	struct span span;

	load_edited("good", "", "", &xml);
	span = find_element(buf_str(&xml), "Assertion", 1);
	assert_err(buf_put(&whole, span.from, (size_t)(span.to - span.from)),
	    ERR_OK);
	world.assertion = &whole;
	assert_refused(vector_check(&keys), "good", ERR_SAML_REFERENCE_URI);
}

static void
b1_signed_bytes_are_the_element_that_was_found(void **state)
{
	AUTO(buf) struct buf response = XML_BUF;

	(void)state;
	assert_err(verify_signed("Assertion", VECTOR_ASSERTION,
	    "_another-assertion"), ERR_SAML_REFERENCE_URI);
	begin(NULL);
	assert_err(verify_signed("Assertion", "Version=\"2.0\"",
	    "Version=\"1.1\""), ERR_SAML_VERSION);
	begin(NULL);
	assert_err(verify_signed("Assertion", "<Subject>", "<Subject><x/>"),
	    ERR_SAML_GRAMMAR);
	begin(NULL);
	load_signed("samlp:Response", &response);
	world.assertion = &response;
	assert_refused(vector_check(&keys), "good", ERR_SAML_GRAMMAR);
}

static void
b1_signed_response_holds_the_signed_assertion(void **state)
{
	(void)state;
	assert_err(verify_signed("samlp:Response", "Version", "Version"),
	    ERR_OK);
	begin(NULL);
	assert_err(verify_signed("samlp:Response", "<Assertion xmlns=\""
	    NS_SAML "\" ID=\"" VECTOR_ASSERTION, "<Assertion xmlns=\""
	    NS_SAML "\" ID=\"_another-assertion"), ERR_SAML_ASSERTIONS);
	begin(NULL);
	assert_err(verify_signed("samlp:Response", "<samlp:Response ID=\"_0",
	    "<samlp:Response ID=\"_1"), ERR_SAML_REFERENCE_URI);
}

/* Of a signed Response it is the signed copy that counts. */
static void
b20_checks_of_a_signed_response_are_of_its_signed_bytes(void **state)
{
	(void)state;
	assert_err(verify_signed("samlp:Response", "status:Success",
	    "status:Requester"), ERR_SAML_STATUS);
	begin(NULL);
	assert_err(verify_signed("samlp:Response", "Destination=\""
	    VECTOR_ACS, "Destination=\"urn:x"), ERR_SAML_DESTINATION);
	begin(NULL);
	assert_err(verify_signed("samlp:Response", VECTOR_ISSUER
	    "</Issuer>", "urn:x</Issuer>"), ERR_SAML_ISSUER);
	begin(NULL);
	assert_err(verify_signed("samlp:Response", "InResponseTo=\""
	    VECTOR_REQUEST, "InResponseTo=\"_other"),
	    ERR_SAML_IN_RESPONSE_TO);
	begin(NULL);
	assert_err(verify_signed("samlp:Response", "2026-11-20T12:00:00.129Z",
	    "never"), ERR_SAML_TIME);
}

/* -- the grammar on trees that the parser would not have built ----------- */

static void
b10_attribute_that_is_not_one_text_is_refused(void **state)
{
	static const struct xml_limits limits = {
		SAML_XML_MAX, SAML_NODES_MAX, SAML_DEPTH_MAX,
		SAML_ATTRIBUTES_MAX, SAML_NAMESPACES_MAX, false,
	};
	AUTO(buf) struct buf xml = XML_BUF;
	AUTO(xml_doc) struct xml_doc *doc = NULL;
	struct xml_node *root;
	xmlNode *node;

	(void)state;
	load_edited("good", "", "", &xml);
	assert_err(xml_parse(xml.data, xml.len, &limits, &doc, NULL), ERR_OK);
	root = xml_doc_root(doc);
	assert_err(saml_grammar_check(root, SAML_ROOT_RESPONSE, NULL),
	    ERR_OK);
	assert_err(saml_grammar_check(root, SAML_ROOT_ASSERTION, NULL),
	    ERR_SAML_GRAMMAR);
	node = (xmlNode *)root;
	(void)xmlAddChild((xmlNode *)xmlHasProp(node, BAD_CAST "Destination"),
	    xmlNewReference(node->doc, BAD_CAST "amp"));
	assert_err(saml_grammar_check(root, SAML_ROOT_RESPONSE, NULL),
	    ERR_SAML_ATTRIBUTE);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a16_every_parse_has_the_same_limits),
		TEST(a16_signed_bytes_go_through_the_parser_again),
		TEST(a1_what_is_too_long_is_not_parsed),
		TEST(b4_assertion_is_verified_whatever_else_is),
		TEST(b20_claims_are_those_of_the_signed_bytes),
		TEST(b20_right_received_copy_of_a_wrong_signed_one_is_refused),
		TEST(b16_no_signed_bytes_are_refused),
		TEST(b18_signed_bytes_have_no_signature),
		TEST(b1_signed_bytes_are_the_element_that_was_found),
		TEST(b1_signed_response_holds_the_signed_assertion),
		TEST(b20_checks_of_a_signed_response_are_of_its_signed_bytes),
		TEST(b10_attribute_that_is_not_one_text_is_refused),
	};

	return cmocka_run_group_tests(tests, setup_keys, NULL);
}
