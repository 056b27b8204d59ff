/* SPDX-License-Identifier: BSD-2-Clause */
#include "signed_bytes.h"

#include <string.h>

#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

static bool
is_named(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE &&
	    strcmp((const char *)node->name, name) == 0;
}

/* The last one in document order; counts them. */
static void
find(xmlNode *node, const char *name, xmlNode **ret, unsigned int *count)
{
	for (; node != NULL; node = node->next) {
		if (is_named(node, name)) {
			*ret = node;
			++*count;
		}
		find(node->children, name, ret, count);
	}
}

static int
is_signed(void *assertion, xmlNode *node, xmlNode *parent)
{
	const xmlNode *n = node;

	if (node->type == XML_NAMESPACE_DECL ||
	    node->type == XML_ATTRIBUTE_NODE)
		n = parent;
	for (; n != NULL; n = n->parent) {
		if (n == assertion)
			return 1;
		if (n->parent == assertion && is_named(n, "Signature"))
			return 0;
	}
	return 0;
}

bool
signed_bytes(struct buf *out, const void *xml, size_t len)
{
	xmlDoc *doc = xmlReadMemory(xml, (int)len, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlOutputBuffer *text = xmlAllocOutputBuffer(NULL);
	xmlNode *assertion = NULL;
	unsigned int count = 0;
	bool good = false;

	if (doc != NULL)
		find(doc->children, "Assertion", &assertion, &count);
	if (count == 1 && text != NULL)
		good = xmlC14NExecute(doc, is_signed, assertion,
		    XML_C14N_EXCLUSIVE_1_0, NULL, 0, text) >= 0 &&
		    buf_put(out, xmlOutputBufferGetContent(text),
		    xmlOutputBufferGetSize(text)) == ERR_OK;
	if (text != NULL)
		(void)xmlOutputBufferClose(text);
	xmlFreeDoc(doc);
	return good;
}
