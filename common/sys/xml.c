/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/xml.h"

#include <stdint.h>
#include <string.h>

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

#include "base/parse.h"
#include "sys/xml_memory.h"

/* Never NOWARNING or NOERROR: newer versions then call no handler.  Only a
 * pedantic parser warns of a relative namespace that has a prefix. */
#if LIBXML_VERSION >= 21300
#define PARSE_OPTIONS \
	(XML_PARSE_NONET | XML_PARSE_PEDANTIC | XML_PARSE_NO_XXE)
#else
#define PARSE_OPTIONS (XML_PARSE_NONET | XML_PARSE_PEDANTIC)
#endif

#if LIBXML_VERSION >= 21200
typedef const xmlError *error_arg;
#else
typedef xmlError *error_arg;
#endif

/* One parse; reachable from libxml2's context as _private. */
struct parse {
	const struct xml_limits *limits;
	unsigned int nodes;
	enum err reason;	/* the first complaint; ERR_OK: none */
	const char *what;
	int number;		/* libxml2's, of an error or a warning */
	int line;
};

/* -- bytes --------------------------------------------------------------- */

static bool
is_control(uint8_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

/* True when any of the eight bytes is below 0x20, or 0x7f. */
static bool
is_suspicious(const uint8_t *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t word;
	uint64_t del;

	memcpy(&word, p, sizeof(word));
	del = word ^ ones * 0x7f;
	return ((((word - ones * 0x20) & ~word) | ((del - ones) & ~del)) &
	    ones * 0x80) != 0;
}

static bool
has_control(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (len - i >= 8 && !is_suspicious(p + i))
			i += 7;
		else if (is_control(p[i]))
			return true;
	return false;
}

static bool
starts_with(const uint8_t *p, size_t len, const char *text)
{
	size_t n = strlen(text);

	return len >= n && memcmp(p, text, n) == 0;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* No declaration, or one that says nothing new.  It is compared without
 * blanks and with one kind of quotes; that those are where they belong is
 * libxml2's to see. */
static bool
declaration_is_plain(const uint8_t *p, size_t len)
{
	char text[sizeof("<?xmlversion=\"1.0\"encoding=\"utf-8\"?>")] = "";
	size_t n = 0;

	if (!starts_with(p, len, "<?xml") || len == 5 || !is_blank(p[5]))
		return true;
	for (size_t i = 0; i < len && n < sizeof(text) - 1; i++) {
		if (is_blank(p[i]))
			continue;
		text[n++] = p[i] == '\'' ? '"' : (char)p[i];
		if (p[i] == '>')
			break;
	}
	return strcmp(text, "<?xmlversion=\"1.0\"?>") == 0 ||
	    parse_equal_nocase(text,
	    "<?xmlversion=\"1.0\"encoding=\"utf-8\"?>");
}

static bool
has_declaration(const uint8_t *p, size_t len)
{
	const uint8_t *start = p;
	const uint8_t *end = p + len;

	for (p = memchr(p, '!', len); p != NULL;
	    p = memchr(p + 1, '!', (size_t)(end - p - 1)))
		if (p != start && p[-1] == '<' &&
		    (starts_with(p, (size_t)(end - p), "!DOCTYPE") ||
		    starts_with(p, (size_t)(end - p), "!ENTITY")))
			return true;
	return false;
}

/* The end of a tag whose inside begins at p; NULL when it has more than max
 * attributes. */
static const uint8_t *
end_of_tag(const uint8_t *p, const uint8_t *end, unsigned int max)
{
	static const bool stops[256] = {
		['"'] = true, ['\''] = true, ['='] = true, ['>'] = true
	};
	unsigned int count = 0;

	for (; p != end; p++) {
		if (!stops[*p])
			continue;
		if (*p == '>')
			return p;
		if (*p == '=' && ++count > max)
			return NULL;
		if (*p == '=')
			continue;
		p = memchr(p + 1, *p, (size_t)(end - p - 1));
		if (p == NULL)
			return end;
	}
	return end;
}

/* libxml2 2.9 needs time quadratic in the number of one tag's attributes, so
 * they are counted before it sees them. */
static bool
tags_are_small(const uint8_t *p, size_t len, unsigned int max)
{
	const uint8_t *end = p + len;

	for (p = memchr(p, '<', len); p != NULL;
	    p = memchr(p, '<', (size_t)(end - p))) {
		p = end_of_tag(p + 1, end, max);
		if (p == NULL)
			return false;
	}
	return true;
}

static enum err
check_bytes(const uint8_t *p, size_t len, const struct xml_limits *limits,
    struct diag *diag)
{
	if (len > limits->bytes)
		return fail(diag, ERR_SAML_TOO_LONG, "%zu bytes of XML, "
		    "at most %zu", len, limits->bytes);
	if (starts_with(p, len, "\xff\xfe") || starts_with(p, len, "\xfe\xff"))
		return fail(diag, ERR_SAML_ENCODING, "UTF-16");
	if (has_control(p, len))
		return fail(diag, ERR_SAML_BYTES, "control byte");
	if (!parse_is_utf8(p, len))
		return fail(diag, ERR_SAML_ENCODING, "not UTF-8");
	if (starts_with(p, len, "\xef\xbb\xbf"))
		return fail(diag, ERR_SAML_ENCODING, "byte order mark");
	if (!declaration_is_plain(p, len))
		return fail(diag, ERR_SAML_ENCODING, "XML declaration");
	if (has_declaration(p, len))
		return fail(diag, ERR_SAML_DTD, "declaration in the text");
	if (!tags_are_small(p, len, limits->attributes + limits->namespaces))
		return fail(diag, ERR_SAML_LIMITS, "attributes of one tag");
	return ERR_OK;
}

/* -- what libxml2 reports ------------------------------------------------ */

/* No element is built and nothing reported from here on.  xmlStopParser()
 * would do so, and free the text that its caller, when that is libxml2, still
 * reads. */
static void
refuse(xmlParserCtxt *ctxt, enum err reason, const char *what)
{
	struct parse *parse = ctxt->_private;

	if (parse->reason == ERR_OK) {
		parse->reason = reason;
		parse->what = what;
		parse->line = ctxt->input == NULL ? 0 : ctxt->input->line;
	}
	ctxt->disableSAX = 1;
}

static enum err
reason_of(int number)
{
	switch (number) {
	case XML_ERR_NO_MEMORY:
		return ERR_NOMEM;
	case XML_ERR_DOCUMENT_END:
		return ERR_SAML_TRAILING;
	case XML_ERR_UNDECLARED_ENTITY:
	case XML_WAR_UNDECLARED_ENTITY:
		return ERR_SAML_ENTITY;
	case XML_WAR_NS_URI:
	case XML_WAR_NS_URI_RELATIVE:
		return ERR_SAML_NAMESPACE;
	default:
		return ERR_SAML_XML;
	}
}

/* Errors and warnings alike. */
static void
on_error(void *ctx, error_arg error)
{
	xmlParserCtxt *ctxt = ctx;
	struct parse *parse = ctxt->_private;

	if (parse->reason == ERR_OK)
		parse->number = error->code;
	refuse(ctxt, reason_of(error->code), "libxml2");
}

/* Depth and declarations in scope are those of the ancestors and this. */
static bool
is_within(const xmlParserCtxt *ctxt, int declarations, int attributes)
{
	const struct parse *parse = ctxt->_private;
	const struct xml_limits *limits = parse->limits;
	unsigned int depth = 1;
	unsigned int scope = (unsigned int)declarations;

	for (const xmlNode *n = ctxt->node; n != NULL &&
	    n->type == XML_ELEMENT_NODE; n = n->parent) {
		depth++;
		for (const xmlNs *ns = n->nsDef; ns != NULL; ns = ns->next)
			scope++;
	}
	return parse->nodes <= limits->nodes && depth <= limits->depth &&
	    scope <= limits->namespaces &&
	    (unsigned int)attributes <= limits->attributes;
}

static void
on_start(void *ctx, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri, int nb_namespaces, const xmlChar **namespaces,
    int nb_attributes, int nb_defaulted, const xmlChar **attributes)
{
	xmlParserCtxt *ctxt = ctx;
	struct parse *parse = ctxt->_private;

	parse->nodes++;
	if (nb_defaulted != 0)
		refuse(ctxt, ERR_SAML_DEFAULTS, "defaulted attribute");
	else if (!is_within(ctxt, nb_namespaces, nb_attributes))
		refuse(ctxt, ERR_SAML_LIMITS, "element");
	else
		xmlSAX2StartElementNs(ctx, name, prefix, uri, nb_namespaces,
		    namespaces, nb_attributes, nb_defaulted, attributes);
}

/* libxml2 gives one text in pieces and joins them itself. */
static void
on_text(void *ctx, const xmlChar *text, int len)
{
	xmlParserCtxt *ctxt = ctx;
	struct parse *parse = ctxt->_private;
	const xmlNode *last = ctxt->node == NULL ? NULL : ctxt->node->last;

	parse->nodes += last == NULL || last->type != XML_TEXT_NODE;
	if (parse->nodes > parse->limits->nodes)
		refuse(ctxt, ERR_SAML_LIMITS, "text");
	else
		xmlSAX2Characters(ctx, text, len);
}

static void
on_dtd(void *ctx, const xmlChar *name, const xmlChar *external_id,
    const xmlChar *system_id)
{
	(void)name;
	(void)external_id;
	(void)system_id;
	refuse(ctx, ERR_SAML_DTD, "document type");
}

static void
on_entity_declaration(void *ctx, const xmlChar *name, int type,
    const xmlChar *public_id, const xmlChar *system_id, xmlChar *content)
{
	(void)name;
	(void)type;
	(void)public_id;
	(void)system_id;
	(void)content;
	refuse(ctx, ERR_SAML_DTD, "entity declaration");
}

static void
on_reference(void *ctx, const xmlChar *name)
{
	(void)name;
	refuse(ctx, ERR_SAML_ENTITY, "entity reference");
}

static void
on_comment(void *ctx, const xmlChar *text)
{
	(void)text;
	refuse(ctx, ERR_SAML_COMMENT, "comment");
}

static void
on_instruction(void *ctx, const xmlChar *target, const xmlChar *data)
{
	(void)target;
	(void)data;
	refuse(ctx, ERR_SAML_PI, "processing instruction");
}

static void
on_cdata(void *ctx, const xmlChar *text, int len)
{
	(void)text;
	(void)len;
	refuse(ctx, ERR_SAML_CDATA, "CDATA section");
}

static void
set_handlers(xmlSAXHandler *sax)
{
	sax->serror = on_error;
	sax->startElementNs = on_start;
	sax->characters = on_text;
	sax->ignorableWhitespace = on_text;
	sax->internalSubset = on_dtd;
	sax->externalSubset = on_dtd;
	sax->entityDecl = on_entity_declaration;
	sax->reference = on_reference;
	sax->comment = on_comment;
	sax->processingInstruction = on_instruction;
	sax->cdataBlock = on_cdata;
}

/* -- one document -------------------------------------------------------- */

static void
context_clear(xmlParserCtxt **ctxt)
{
	xmlFreeParserCtxt(*ctxt);
}

DEFINE_AUTO(context, xmlParserCtxt *, context_clear);

static void
document_clear(xmlDoc **doc)
{
	xmlFreeDoc(*doc);
}

DEFINE_AUTO(document, xmlDoc *, document_clear);

/* What must hold of a document besides that nobody complained. */
static enum err
check_document(xmlParserCtxt *ctxt, const xmlDoc *doc, size_t len,
    struct diag *diag)
{
	const struct parse *parse = ctxt->_private;

	if (parse->reason != ERR_OK)
		return fail(diag, parse->reason, "line %d: %s %d",
		    parse->line, parse->what, parse->number);
	/* No document has no root either. */
	if (ctxt->wellFormed != 1 || ctxt->nsWellFormed != 1 ||
	    ctxt->errNo != XML_ERR_OK || xmlDocGetRootElement(doc) == NULL)
		return fail(diag, ERR_SAML_XML, "libxml2 %d", ctxt->errNo);
	if (xmlByteConsumed(ctxt) != (long)len)
		return fail(diag, ERR_SAML_TRAILING, "%ld of %zu bytes read",
		    xmlByteConsumed(ctxt), len);
	if (doc->intSubset != NULL || doc->extSubset != NULL)
		return fail(diag, ERR_SAML_DTD, "document type");
	if (doc->ids != NULL)
		return fail(diag, ERR_SAML_ID_DUPLICATE, "xml:id");
	return ERR_OK;
}

static enum err
parse_bytes(const uint8_t *p, size_t len, const struct xml_limits *limits,
    struct xml_doc **ret, struct diag *diag)
{
	struct parse parse = { limits, 0, ERR_OK, "", 0, 0 };
	AUTO(context) xmlParserCtxt *ctxt = xmlNewParserCtxt();
	AUTO(document) xmlDoc *doc = NULL;
	enum err r;

	if (ctxt == NULL)
		return fail(diag, ERR_NOMEM, "parser");
	set_handlers(ctxt->sax);
	ctxt->_private = &parse;
	/* Of UTF-8 without NUL and mark, declared as nothing else, there is
	 * nothing to guess.  Told the encoding, 2.9 would copy the text, and
	 * crash when there is no memory for that. */
	doc = xmlCtxtReadMemory(ctxt, (const char *)p, (int)len, NULL, NULL,
	    PARSE_OPTIONS);
	r = check_document(ctxt, doc, len, diag);
	if (r != ERR_OK)
		return r;
	*ret = (struct xml_doc *)TAKE(doc);
	return ERR_OK;
}

static xmlParserInput *
no_entity(const char *url, const char *id, xmlParserCtxt *ctxt)
{
	(void)url;
	(void)id;
	(void)ctxt;
	return NULL;
}

/* "Any warning is a refusal" hangs on libxml2 telling us; a switch that is
 * global to the process could silence it. */
static bool
warnings_arrive(void)
{
	static const char warned[] = "<a xmlns=\"relative\"/>";
	static const struct xml_limits limits = { 64, 8, 8, 8, 8, false };
	AUTO(xml_doc) struct xml_doc *doc = NULL;

	return parse_bytes((const uint8_t *)warned, sizeof(warned) - 1,
	    &limits, &doc, NULL) == ERR_SAML_NAMESPACE;
}

void
xml_forbid_entities(void)
{
	xmlSetExternalEntityLoader(no_entity);
}

enum err
xml_init(struct diag *diag)
{
	static bool ready;

	if (ready)
		return ERR_OK;
	/* A sanitizer sees more with memory of its own. */
	if (!SANITIZED && !xml_memory_install())
		return fail(diag, ERR_INTERNAL, "libxml2 keeps its memory");
	xmlInitParser();
	xml_forbid_entities();
	if (!warnings_arrive())
		return fail(diag, ERR_INTERNAL, "libxml2 reports no warnings");
	ready = true;
	return ERR_OK;
}

enum err
xml_parse(const void *data, size_t len, const struct xml_limits *limits,
    struct xml_doc **ret, struct diag *diag)
{
	const uint8_t *p = data;
	enum err r = xml_init(diag);

	if (r != ERR_OK)
		return r;
	if (limits->bom && starts_with(p, len, "\xef\xbb\xbf")) {
		p += 3;
		len -= 3;
	}
	r = check_bytes(p, len, limits, diag);
	if (r != ERR_OK)
		return r;
	return parse_bytes(p, len, limits, ret, diag);
}

void
xml_doc_free(struct xml_doc **doc)
{
	xmlFreeDoc((xmlDoc *)*doc);
	*doc = NULL;
}
