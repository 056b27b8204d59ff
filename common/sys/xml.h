/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one XML parser (libxml2), for everything that a stranger wrote: the
 * Response, the bytes that its signature covers, and metadata.
 *
 * What it lets through is elements, attributes, namespace declarations and
 * text; every other construct, every error and every warning of libxml2 is a
 * refusal (catalogue A1, A3-A13).  A document is read-only, a node lives as
 * long as its document, strings are borrowed and UTF-8.  One thread only.
 */
#ifndef SYS_XML_H
#define SYS_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/diag.h"

/* libxml2's xmlDoc, xmlNode, xmlAttr and xmlNs. */
struct xml_doc;
struct xml_node;
struct xml_attr;
struct xml_ns;

struct xml_limits {
	size_t bytes;
	unsigned int nodes;		/* elements and texts */
	unsigned int depth;
	unsigned int attributes;	/* of one element */
	unsigned int namespaces;	/* declarations in scope */
	bool bom;			/* a UTF-8 byte order mark may lead */
};

/* Prepares libxml2, once per process, and proves that it still reports what
 * we rely on.  xml_parse() calls it; a program that is going to lock itself
 * in calls it first.  ERR_INTERNAL. */
enum err xml_init(struct diag *diag) MUST_USE;

/* No external entity is loaded from now on.  For a wrapper of common/sys whose
 * library has just set a loader of its own. */
void xml_forbid_entities(void);

/* SAML_TOO_LONG, SAML_BYTES, SAML_ENCODING, SAML_DTD, SAML_LIMITS,
 * SAML_ENTITY, SAML_COMMENT, SAML_PI, SAML_CDATA, SAML_DEFAULTS,
 * SAML_NAMESPACE, SAML_TRAILING, SAML_ID_DUPLICATE, SAML_XML; ERR_NOMEM, ERR_INTERNAL. */
enum err xml_parse(const void *data, size_t len,
	const struct xml_limits *limits, struct xml_doc **ret,
	struct diag *diag) MUST_USE;
void xml_doc_free(struct xml_doc **doc);
static inline void xml_doc_auto(struct xml_doc **doc) { xml_doc_free(doc); }

struct xml_node *xml_doc_root(struct xml_doc *doc);

/* The root of the document that the node is in. */
struct xml_node *xml_root(const struct xml_node *node);

/* Elements; NULL when there is no such.  Texts between them are skipped:
 * xml_is_container() says that they are white space. */
struct xml_node *xml_first(const struct xml_node *node);
struct xml_node *xml_next(const struct xml_node *node);

/* The local name. */
const char *xml_name(const struct xml_node *node);
bool xml_is(const struct xml_node *node, const char *ns, const char *name);

/* True when there is nothing but elements and white space inside. */
bool xml_is_container(const struct xml_node *node);

/* The content of an element that holds exactly one text and nothing else
 * (catalogue A14); NULL for any other, also for an empty one. */
const char *xml_text(const struct xml_node *node);

/* An attribute in no namespace; NULL when it is absent. */
const char *xml_get(const struct xml_node *node, const char *name);

/* All attributes, and all namespace declarations, of one element. */
const struct xml_attr *xml_attrs(const struct xml_node *node);
const struct xml_attr *xml_attr_next(const struct xml_attr *attr);
const char *xml_attr_name(const struct xml_attr *attr);
const char *xml_attr_ns(const struct xml_attr *attr);	/* "": none */
const char *xml_attr_value(const struct xml_attr *attr);
const struct xml_ns *xml_declarations(const struct xml_node *node);
const struct xml_ns *xml_ns_next(const struct xml_ns *ns);
const char *xml_ns_uri(const struct xml_ns *ns);

#endif
