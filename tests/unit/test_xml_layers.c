/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parser has several layers, each of which would be enough; what they do
 * together is in test_xml.c.  Here the ones before the one under test are
 * blind: the search of the text for declarations finds nothing, libxml2's own
 * handlers stand in for ours, and libxml2 says what it did not find.
 */
#include "unit.h"

#include <stdlib.h>

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/valid.h>

#include "base/cleanup.h"
#include "sys/xml.h"

static const struct xml_limits limits = {
	.bytes = 4096, .nodes = 20, .depth = 4, .attributes = 3,
	.namespaces = 3, .bom = false,
};

/* What is different in this test. */
static struct {
	bool blind;
	void (*before)(xmlParserCtxt *ctxt);
	xmlDoc *(*after)(xmlParserCtxt *ctxt, xmlDoc *doc);
	int reads;
} world;

void *__real_memchr(const void *text, int c, size_t len);
void *__wrap_memchr(const void *text, int c, size_t len);
xmlDoc *__real_xmlCtxtReadMemory(xmlParserCtxt *ctxt, const char *text,
    int len, const char *url, const char *encoding, int options);
xmlDoc *__wrap_xmlCtxtReadMemory(xmlParserCtxt *ctxt, const char *text,
    int len, const char *url, const char *encoding, int options);

void *
__wrap_memchr(const void *text, int c, size_t len)
{
	return world.blind && c == '!' ? NULL : __real_memchr(text, c, len);
}

xmlDoc *
__wrap_xmlCtxtReadMemory(xmlParserCtxt *ctxt, const char *text, int len,
    const char *url, const char *encoding, int options)
{
	xmlDoc *doc;

	/* The options that read more than the text, or say less about it. */
	assert_int_equal(options & (XML_PARSE_NOENT | XML_PARSE_DTDLOAD |
	    XML_PARSE_DTDATTR | XML_PARSE_DTDVALID | XML_PARSE_XINCLUDE |
	    XML_PARSE_HUGE | XML_PARSE_RECOVER | XML_PARSE_NOBLANKS |
	    XML_PARSE_NOWARNING | XML_PARSE_NOERROR), 0);
	assert_int_equal(options & XML_PARSE_NONET, XML_PARSE_NONET);
	/* 2.9 copies a text whose encoding it is told, and may crash then. */
	assert_null(encoding);
	assert_null(url);
	world.reads++;
	if (world.before != NULL)
		world.before(ctxt);
	doc = __real_xmlCtxtReadMemory(ctxt, text, len, url, encoding,
	    options);
	return world.after == NULL ? doc : world.after(ctxt, doc);
}

static int
begin(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	return 0;
}

static enum err
parse(const char *text)
{
	AUTO(xml_doc) struct xml_doc *doc = NULL;

	return xml_parse(text, strlen(text), &limits, &doc, NULL);
}

/* -- start --------------------------------------------------------------- */

/* First of all, while nothing is initialised. */
static void
a9_parser_that_says_no_warnings_is_not_used(void **state)
{
	struct diag diag = DIAG_INIT;

	(void)state;
	xmlGetWarningsDefaultValue = 0;
	assert_err(xml_init(&diag), ERR_INTERNAL);
	assert_err(parse("<a/>"), ERR_INTERNAL);
	xmlGetWarningsDefaultValue = 1;
	assert_err(xml_init(&diag), ERR_OK);
}

static void
a16_options_are_the_same_each_time(void **state)
{
	(void)state;
	assert_err(parse("<a/>"), ERR_OK);
	assert_err(parse("<a>b</a>"), ERR_OK);
	assert_int_equal(world.reads, 2);
}

static void
a5_no_file_is_ever_an_entity(void **state)
{
	xmlParserCtxt *ctxt = xmlNewParserCtxt();
	char path[4096];
	const char *top = getenv("top_srcdir");

	(void)state;
	assert_err(xml_init(NULL), ERR_OK);
	(void)snprintf(path, sizeof(path), "%s/LICENSE",
	    top == NULL ? "." : top);
	assert_int_equal(access(path, R_OK), 0);
	assert_null(xmlLoadExternalEntity(path, NULL, ctxt));
	xmlFreeParserCtxt(ctxt);
}

/* -- handlers ------------------------------------------------------------ */

static void
with_their_internal(xmlParserCtxt *ctxt)
{
	ctxt->sax->internalSubset = xmlSAX2InternalSubset;
}

static void
with_their_external(xmlParserCtxt *ctxt)
{
	ctxt->sax->externalSubset = xmlSAX2ExternalSubset;
}

static void
with_their_subsets(xmlParserCtxt *ctxt)
{
	with_their_internal(ctxt);
	with_their_external(ctxt);
}

static void
with_their_declarations(xmlParserCtxt *ctxt)
{
	with_their_subsets(ctxt);
	ctxt->sax->entityDecl = xmlSAX2EntityDecl;
}

/* The document afterwards shows nothing of it. */
static xmlDoc *
without_subset(xmlParserCtxt *ctxt, xmlDoc *doc)
{
	xmlDtd *dtd = doc == NULL ? NULL : doc->intSubset;

	(void)ctxt;
	if (dtd != NULL) {
		xmlUnlinkNode((xmlNode *)dtd);
		xmlFreeDtd(dtd);
	}
	return doc;
}

static void
a5_every_handler_refuses_by_itself(void **state)
{
	static const struct {
		void (*before)(xmlParserCtxt *);
		const char *text;
		enum err want;
	} cases[] = {
		{ NULL, "<!DOCTYPE a><a/>", ERR_SAML_DTD },
		{ NULL, "<!DOCTYPE a SYSTEM 'file:///dev/null'><a/>",
		    ERR_SAML_DTD },
		{ with_their_external, "<!DOCTYPE a><a/>", ERR_SAML_DTD },
		{ with_their_internal, "<!DOCTYPE a><a/>", ERR_SAML_DTD },
		{ with_their_subsets, "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>",
		    ERR_SAML_DTD },
		{ with_their_declarations,
		    "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
		    ERR_SAML_ENTITY },
		{ with_their_declarations,
		    "<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>",
		    ERR_SAML_DEFAULTS },
		/* So these are what is refused. */
		{ with_their_declarations, "<!DOCTYPE a><a/>", ERR_OK },
	};

	(void)state;
	world.blind = true;
	world.after = without_subset;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		world.before = cases[i].before;
		assert_err(parse(cases[i].text), cases[i].want);
	}
}

static void
a7_default_attribute_is_refused(void **state)
{
	(void)state;
	world.blind = true;
	world.before = with_their_subsets;
	assert_err(parse("<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>"),
	    ERR_SAML_DEFAULTS);
}

/* Of a text that is refused only its beginning costs much: 2.9 does go on
 * with texts. */
static xmlDoc *
no_more_elements(xmlParserCtxt *ctxt, xmlDoc *doc)
{
	(void)ctxt;
	assert_non_null(doc);
	assert_null(xmlFirstElementChild(xmlDocGetRootElement(doc)));
	return doc;
}

static void
a1_no_element_is_built_after_a_refusal(void **state)
{
	(void)state;
	world.after = no_more_elements;
	assert_err(parse("<a><!-- --><b>c</b></a>"), ERR_SAML_COMMENT);
	assert_err(parse("<a><?b?><b>c</b></a>"), ERR_SAML_PI);
}

/* -- the document, when nobody complained -------------------------------- */

static xmlDoc *
not_well_formed(xmlParserCtxt *ctxt, xmlDoc *doc)
{
	ctxt->wellFormed = 0;
	return doc;
}

static xmlDoc *
not_ns_well_formed(xmlParserCtxt *ctxt, xmlDoc *doc)
{
	ctxt->nsWellFormed = 0;
	return doc;
}

static xmlDoc *
with_error(xmlParserCtxt *ctxt, xmlDoc *doc)
{
	ctxt->errNo = XML_ERR_DOCUMENT_EMPTY;
	return doc;
}

static xmlDoc *
without_document(xmlParserCtxt *ctxt, xmlDoc *doc)
{
	(void)ctxt;
	xmlFreeDoc(doc);
	return NULL;
}

static xmlDoc *
without_root(xmlParserCtxt *ctxt, xmlDoc *doc)
{
	xmlNode *root = xmlDocGetRootElement(doc);

	(void)ctxt;
	xmlUnlinkNode(root);
	xmlFreeNode(root);
	return doc;
}

static xmlDoc *
not_all_read(xmlParserCtxt *ctxt, xmlDoc *doc)
{
	ctxt->input->cur--;
	return doc;
}

static xmlDoc *
with_internal_subset(xmlParserCtxt *ctxt, xmlDoc *doc)
{
	(void)ctxt;
	(void)xmlCreateIntSubset(doc, BAD_CAST "a", NULL, NULL);
	return doc;
}

static xmlDoc *
with_external_subset(xmlParserCtxt *ctxt, xmlDoc *doc)
{
	(void)ctxt;
	(void)xmlNewDtd(doc, BAD_CAST "a", NULL, NULL);
	return doc;
}

static xmlDoc *
with_id(xmlParserCtxt *ctxt, xmlDoc *doc)
{
	(void)ctxt;
	assert_non_null(xmlAddID(NULL, doc, BAD_CAST "c",
	    xmlDocGetRootElement(doc)->properties));
	return doc;
}

static void
a9_document_is_judged_though_nobody_complained(void **state)
{
	static const struct {
		xmlDoc *(*after)(xmlParserCtxt *, xmlDoc *);
		enum err want;
	} cases[] = {
		{ NULL, ERR_OK },
		{ not_well_formed, ERR_SAML_XML },
		{ not_ns_well_formed, ERR_SAML_XML },
		{ with_error, ERR_SAML_XML },
		{ without_document, ERR_SAML_XML },
		{ without_root, ERR_SAML_XML },
		{ not_all_read, ERR_SAML_TRAILING },
		{ with_internal_subset, ERR_SAML_DTD },
		{ with_external_subset, ERR_SAML_DTD },
		{ with_id, ERR_SAML_ID_DUPLICATE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		world.after = cases[i].after;
		assert_err(parse("<a b='c'/>"), cases[i].want);
	}
}

/* -- trees that the parser does not build -------------------------------- */

static void
a14_only_one_plain_text_is_a_text(void **state)
{
	xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *node = xmlNewDocNode(doc, NULL, BAD_CAST "a", NULL);
	const struct xml_node *leaf = (const struct xml_node *)node;

	(void)state;
	(void)xmlDocSetRootElement(doc, node);
	assert_null(xml_text(leaf));
	(void)xmlAddChild(node, xmlNewCDataBlock(doc, BAD_CAST "b", 1));
	assert_null(xml_text(leaf));
	assert_false(xml_is_container(leaf));
	assert_false(xml_is(leaf, "", "a"));
	(void)xmlAddChild(node, xmlNewDocComment(doc, BAD_CAST " "));
	assert_null(xml_text(leaf));
	xmlFreeDoc(doc);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a9_parser_that_says_no_warnings_is_not_used),
		TEST(a16_options_are_the_same_each_time),
		TEST(a5_no_file_is_ever_an_entity),
		TEST(a5_every_handler_refuses_by_itself),
		TEST(a7_default_attribute_is_refused),
		TEST(a1_no_element_is_built_after_a_refusal),
		TEST(a9_document_is_judged_though_nobody_complained),
		TEST(a14_only_one_plain_text_is_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
