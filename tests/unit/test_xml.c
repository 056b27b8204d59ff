/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parser makes of a text: which it takes, the reason for which it
 * refuses another, and the tree.  What its layers do one by one is in
 * test_xml_layers.c.
 */
#include "unit.h"

#include "base/cleanup.h"
#include "sys/xml.h"

static const struct xml_limits limits = {
	.bytes = 4096, .nodes = 20, .depth = 4, .attributes = 3,
	.namespaces = 3, .bom = false,
};

static enum err
parse(const char *text)
{
	AUTO(xml_doc) struct xml_doc *doc = NULL;
	struct diag diag = DIAG_INIT;
	enum err r = xml_parse(text, strlen(text), &limits, &doc, &diag);

	if (r != ERR_OK) {
		assert_null(doc);
		assert_err(diag.code, r);
	}
	return r;
}

/* Every text is one that libxml2 alone would take, or would nearly. */
static const struct {
	const char *text;
	enum err want;
} cases[] = {
	{ "<a/>", ERR_OK },
	{ "<a b=\"&lt;&#65;\">&amp;&#x42;</a>\n", ERR_OK },
	{ "<?xml version=\"1.0\"?><a/>", ERR_OK },
	{ "<?xml version='1.0' encoding='utf-8'?>\n<a/>", ERR_OK },
	{ "<?xml version='1.5'?><a/>", ERR_SAML_ENCODING },
	{ "<?xml version=\"1.0\" encoding=\"UTF-7\"?><a/>",
	    ERR_SAML_ENCODING },
	{ "<?xml  version = \"1.0\"\n\tencoding='Utf-8' ?>\r\n<a/>", ERR_OK },
	{ "<?xml version=\"1.0\" ?><a/>", ERR_OK },
	{ "<?xml version=\"1.0\"encoding=\"UTF-8\"?><a/>", ERR_SAML_XML },
	{ "<?xml version=\"1.0'?><a/>", ERR_SAML_XML },
	{ "<?xml version=\"1. 0\"?><a/>", ERR_SAML_XML },
	{ "<?xml version=\"1.0\" encoding=\"UTF- 8\"?><a/>",
	    ERR_SAML_XML },
	{ "<?xml VERSION=\"1.0\"?><a/>", ERR_SAML_ENCODING },
	{ "<?xml encoding=\"UTF-8\"?><a/>", ERR_SAML_ENCODING },
	{ "<?xml version=\"1.0\" standalone=\"no\"?><a/>",
	    ERR_SAML_ENCODING },
	{ "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>"
	    "<a/>", ERR_SAML_ENCODING },
	{ "<?xml version=\"1.0\" encoding=\"UTF8\"?><a/>",
	    ERR_SAML_ENCODING },
	{ "<?xml version=\"1.0\"", ERR_SAML_ENCODING },
	{ "<?xml ", ERR_SAML_ENCODING },
	{ "<?xml?><a/>", ERR_SAML_XML },
	{ "<?xml", ERR_SAML_XML },
	{ "<?xml-stylesheet href='x'?><a/>", ERR_SAML_PI },
	{ "\xef\xbb\xbf<a/>", ERR_SAML_ENCODING },
	{ "\xfe\xff<a/>", ERR_SAML_ENCODING },
	{ "<a>\xed\xa0\x80</a>", ERR_SAML_ENCODING },
	{ "<a>\x01</a>", ERR_SAML_BYTES },
	{ "<a>&#1;</a>", ERR_SAML_XML },
	{ "<a>\t\r\n</a>", ERR_OK },
	{ "<a>\x7f</a>", ERR_SAML_BYTES },
	{ "", ERR_SAML_XML },
	{ "text", ERR_SAML_XML },
	{ "<a>", ERR_SAML_XML },
	{ "<a></b>", ERR_SAML_XML },
	{ "<a b='1' b='2'/>", ERR_SAML_XML },
	{ "<a/><b/>", ERR_SAML_TRAILING },
	{ "<a/>text", ERR_SAML_TRAILING },
	{ "<!DOCTYPE a><a/>", ERR_SAML_DTD },
	{ "<!doctype a><a/>", ERR_SAML_XML },
	{ "<!DOCTYPE a [<!ATTLIST a b CDATA 'x'>]><a/>",
	    ERR_SAML_DTD },
	{ "<a><!-- <!DOCTYPE --></a>", ERR_SAML_DTD },
	{ "<a><!-- <!ENTITY --></a>", ERR_SAML_DTD },
	{ "<a b='!ENTITY'>!DOCTYPE &lt;!DOCTYPE</a>", ERR_OK },
	{ "<a>&b;</a>", ERR_SAML_ENTITY },
	{ "<a b='&c;'/>", ERR_SAML_ENTITY },
	{ "<a><!-- --></a>", ERR_SAML_COMMENT },
	{ "<!-- --><a/>", ERR_SAML_COMMENT },
	{ "<a/><!-- -->", ERR_SAML_COMMENT },
	{ "<a><?b?></a>", ERR_SAML_PI },
	{ "<a/><?b?>", ERR_SAML_PI },
	{ "<a><![CDATA[b]]></a>", ERR_SAML_CDATA },
	{ "<b:a/>", ERR_SAML_XML },
	{ "<a b:c='1'/>", ERR_SAML_XML },
	{ "<a xmlns:b='urn:x' xmlns:c='urn:x' b:d='' c:d=''/>",
	    ERR_SAML_XML },
	{ "<a xmlns='relative'/>", ERR_SAML_NAMESPACE },
	{ "<a xmlns:b='relative'/>", ERR_SAML_NAMESPACE },
	{ "<a xml:id='b'/>", ERR_SAML_ID_DUPLICATE },
	{ "<a><a><a><a/></a></a></a>", ERR_OK },
	{ "<a><a><a><a><a/></a></a></a></a>", ERR_SAML_LIMITS },
	{ "<a b='' c='' d=''/>", ERR_OK },
	{ "<a b='' c='' d='' e=''/>", ERR_SAML_LIMITS },
	/* One tag's are counted before libxml2 sees them twice. */
	{ "<a b='' b='' b='' b='' b='' b=''/>", ERR_SAML_XML },
	{ "<a b='' b='' b='' b='' b='' b='' b=''/>", ERR_SAML_LIMITS },
	{ "<a b='' c='' d=''><b b='' c='' d=''/>======= <b b=''/></a>",
	    ERR_OK },
	{ "<a b='=======>'/>", ERR_OK },
	{ "<a b=\"'='='='='='='='='='='='='='='='='\"/>", ERR_OK },
	{ "<a xmlns='urn:a' xmlns:b='urn:b'><b xmlns:c='urn:c'/>"
	    "<b xmlns:d='urn:d'/></a>", ERR_OK },
	{ "<a xmlns='urn:a' xmlns:b='urn:b'><b xmlns:c='urn:c'>"
	    "<b xmlns:d='urn:d'/></b></a>", ERR_SAML_LIMITS },
	{ "<a><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/>"
	    "<b/><b/><b/><b/><b/></a>", ERR_OK },
	{ "<a><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/>"
	    "<b/><b/><b/><b/><b/>x</a>", ERR_SAML_LIMITS },
	{ "<a> <b/> <b/> <b/> <b/> <b/> <b/> <b/> <b/> <b/> <b/></a>",
	    ERR_SAML_LIMITS },
	{ "<a><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/><b/>"
	    "<b/><b/><b/><b/><b/><b/></a>", ERR_SAML_LIMITS },
};

static void
only_elements_and_text_pass(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		enum err r = parse(cases[i].text);

		if (r != cases[i].want)
			print_error("%s\n", cases[i].text);
		assert_err(r, cases[i].want);
	}
}

static void
a3_nothing_hides_behind_a_nul(void **state)
{
	static const char text[] = "<a/>\0<b/>";
	AUTO(xml_doc) struct xml_doc *doc = NULL;

	(void)state;
	assert_err(xml_parse(text, sizeof(text) - 1, &limits, &doc, NULL),
	    ERR_SAML_BYTES);
	assert_null(doc);
}

/* They are looked at by eight. */
static void
a3_control_bytes_are_found_at_every_place(void **state)
{
	static const char good[] = "<a b='12345678901234'>123456789</a>";
	static const char bad[] = { 0x01, 0x08, 0x0b, 0x1f, 0x7f };

	(void)state;
	assert_err(parse(good), ERR_OK);
	for (size_t i = 0; i < sizeof(good) - 1; i++)
		for (size_t k = 0; k < sizeof(bad); k++) {
			char text[sizeof(good)];

			memcpy(text, good, sizeof(good));
			text[i] = bad[k];
			assert_err(parse(text), ERR_SAML_BYTES);
		}
}

static void
a1_bytes_are_limited(void **state)
{
	char text[4098];

	(void)state;
	memset(text, ' ', sizeof(text));
	text[4097] = '\0';
	memcpy(text, "<a/>", 4);
	assert_err(parse(text), ERR_SAML_TOO_LONG);
	text[4096] = '\0';
	assert_err(parse(text), ERR_OK);
}

static void
a8_bom_passes_where_it_is_admitted(void **state)
{
	struct xml_limits bom = limits;
	AUTO(xml_doc) struct xml_doc *doc = NULL;

	(void)state;
	bom.bom = true;
	assert_err(xml_parse("\xef\xbb\xbf<a/>", 7, &bom, &doc, NULL), ERR_OK);
	xml_doc_free(&doc);
	assert_err(xml_parse("\xef\xbb\xbf\xef\xbb\xbf<a/>", 10, &bom, &doc,
	    NULL), ERR_SAML_ENCODING);
}

static void
nodes_are_walked_by_namespace(void **state)
{
	static const char text[] = "<a xmlns='urn:a' xmlns:b='urn:b' c='1' "
	    "b:c='2' d=''> <b:e>x&amp;y</b:e>\n<e/><e> </e>t</a>";
	AUTO(xml_doc) struct xml_doc *doc = NULL;
	const struct xml_node *root, *one, *two, *three;
	const struct xml_attr *attr;
	const struct xml_ns *ns;

	(void)state;
	assert_err(xml_parse(text, sizeof(text) - 1, &limits, &doc, NULL),
	    ERR_OK);
	root = xml_doc_root(doc);
	one = xml_first(root);
	two = xml_next(one);
	three = xml_next(two);
	assert_null(xml_next(three));
	assert_null(xml_first(one));
	assert_true(xml_is(root, "urn:a", "a"));
	assert_true(xml_is(one, "urn:b", "e"));
	assert_false(xml_is(one, "urn:a", "e"));
	assert_true(xml_is(two, "urn:a", "e"));
	assert_string_equal(xml_name(one), "e");
	assert_string_equal(xml_text(one), "x&y");
	assert_null(xml_text(two));
	assert_string_equal(xml_text(three), " ");
	assert_null(xml_text(root));
	assert_false(xml_is_container(root));
	assert_true(xml_is_container(two));
	assert_true(xml_is_container(three));
	assert_false(xml_is_container(one));
	assert_string_equal(xml_get(root, "c"), "1");
	assert_string_equal(xml_get(root, "d"), "");
	assert_null(xml_get(root, "e"));
	attr = xml_attr_next(xml_attrs(root));
	assert_string_equal(xml_attr_name(attr), "c");
	assert_string_equal(xml_attr_ns(attr), "urn:b");
	assert_string_equal(xml_attr_value(attr), "2");
	ns = xml_declarations(root);
	assert_string_equal(xml_ns_uri(ns), "urn:a");
	assert_string_equal(xml_ns_uri(xml_ns_next(ns)), "urn:b");
	assert_null(xml_declarations(two));
}

/* A namespaced attribute alone is not the attribute of that name (B10). */
static void
b10_prefixed_attribute_is_another(void **state)
{
	static const char text[] = "<a xmlns:b='urn:b' b:ID='2'/>";
	AUTO(xml_doc) struct xml_doc *doc = NULL;

	(void)state;
	assert_err(xml_parse(text, sizeof(text) - 1, &limits, &doc, NULL),
	    ERR_OK);
	assert_null(xml_get(xml_doc_root(doc), "ID"));
}

/* Here libxml2 reports an error while it takes in the attributes of a tag.  A
 * sanitizer sees whether the text of the second one was still there. */
static void
an_error_in_a_tag_does_not_free_its_text(void **state)
{
	char text[1200];

	(void)state;
	(void)snprintf(text, sizeof(text),
	    "<a xml:id='1' b='%01000d'><a/></a>", 0);
	assert_err(parse(text), ERR_SAML_XML);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_elements_and_text_pass),
		cmocka_unit_test(a3_nothing_hides_behind_a_nul),
		cmocka_unit_test(a3_control_bytes_are_found_at_every_place),
		cmocka_unit_test(a1_bytes_are_limited),
		cmocka_unit_test(a8_bom_passes_where_it_is_admitted),
		cmocka_unit_test(nodes_are_walked_by_namespace),
		cmocka_unit_test(b10_prefixed_attribute_is_another),
		cmocka_unit_test(an_error_in_a_tag_does_not_free_its_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
