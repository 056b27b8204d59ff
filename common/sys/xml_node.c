/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading the tree of a document that xml.c let through.
 */
#include "sys/xml.h"

#include <string.h>

#include <libxml/tree.h>

static const xmlNode *
node_of(const struct xml_node *node)
{
	return (const xmlNode *)node;
}

static struct xml_node *
element_from(xmlNode *n)
{
	while (n != NULL && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return (struct xml_node *)n;
}

struct xml_node *
xml_doc_root(struct xml_doc *doc)
{
	return (struct xml_node *)xmlDocGetRootElement((xmlDoc *)doc);
}

struct xml_node *
xml_root(const struct xml_node *node)
{
	return (struct xml_node *)xmlDocGetRootElement(node_of(node)->doc);
}

struct xml_node *
xml_first(const struct xml_node *node)
{
	return element_from(node_of(node)->children);
}

struct xml_node *
xml_next(const struct xml_node *node)
{
	return element_from(node_of(node)->next);
}

const char *
xml_name(const struct xml_node *node)
{
	return (const char *)node_of(node)->name;
}

bool
xml_is(const struct xml_node *node, const char *ns, const char *name)
{
	const xmlNode *n = node_of(node);

	return strcmp((const char *)n->name, name) == 0 &&
	    n->ns != NULL && n->ns->href != NULL &&
	    strcmp((const char *)n->ns->href, ns) == 0;
}

static bool
is_blank(const xmlChar *text)
{
	return text[strspn((const char *)text, " \t\r\n")] == '\0';
}

bool
xml_is_container(const struct xml_node *node)
{
	for (const xmlNode *n = node_of(node)->children; n != NULL;
	    n = n->next)
		if (n->type != XML_ELEMENT_NODE &&
		    (n->type != XML_TEXT_NODE || !is_blank(n->content)))
			return false;
	return true;
}

/* Of the one text in a list of children. */
static const char *
single_text(const xmlNode *n)
{
	if (n == NULL || n->type != XML_TEXT_NODE || n->next != NULL)
		return NULL;
	return (const char *)n->content;
}

const char *
xml_text(const struct xml_node *node)
{
	const char *text = single_text(node_of(node)->children);

	return text == NULL || *text == '\0' ? NULL : text;
}

const char *
xml_get(const struct xml_node *node, const char *name)
{
	for (const struct xml_attr *a = xml_attrs(node); a != NULL;
	    a = xml_attr_next(a))
		if (*xml_attr_ns(a) == '\0' &&
		    strcmp(xml_attr_name(a), name) == 0)
			return xml_attr_value(a);
	return NULL;
}

const struct xml_attr *
xml_attrs(const struct xml_node *node)
{
	return (const struct xml_attr *)node_of(node)->properties;
}

static const xmlAttr *
attr_of(const struct xml_attr *attr)
{
	return (const xmlAttr *)attr;
}

const struct xml_attr *
xml_attr_next(const struct xml_attr *attr)
{
	return (const struct xml_attr *)attr_of(attr)->next;
}

const char *
xml_attr_name(const struct xml_attr *attr)
{
	return (const char *)attr_of(attr)->name;
}

const char *
xml_attr_ns(const struct xml_attr *attr)
{
	const xmlNs *ns = attr_of(attr)->ns;

	return ns == NULL ? "" : (const char *)ns->href;
}

/* An empty value has no text node. */
const char *
xml_attr_value(const struct xml_attr *attr)
{
	const xmlNode *children = attr_of(attr)->children;

	return children == NULL ? "" : single_text(children);
}

const struct xml_ns *
xml_declarations(const struct xml_node *node)
{
	return (const struct xml_ns *)node_of(node)->nsDef;
}

const struct xml_ns *
xml_ns_next(const struct xml_ns *ns)
{
	return (const struct xml_ns *)((const xmlNs *)ns)->next;
}

const char *
xml_ns_uri(const struct xml_ns *ns)
{
	const xmlChar *uri = ((const xmlNs *)ns)->href;

	return uri == NULL ? "" : (const char *)uri;
}
