/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A verifier with a hole, for the engine's own test: the linker puts these in
 * the place of the product's functions, and the environment variable WEAKNESS
 * says which of them is broken.  The others do what they are for.
 */
#include <string.h>

#include <libxml/c14n.h>
#include <libxml/tree.h>
#include <libxml/xmlIO.h>

#include "auth/saml_grammar.h"
#include "auth/saml_metadata.h"
#include "auth/saml_signature.h"
#include "auth/saml_verifier.h"
#include "base/base64.h"
#include "sys/xmlsig.h"

#define WRAPPED(type, name, ...) \
	type __real_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__); \
	type \
	__wrap_##name(__VA_ARGS__)

static bool
is_weak(const char *name)
{
	const char *weakness = getenv("WEAKNESS");

	return weakness != NULL && strcmp(weakness, name) == 0;
}

/* C1: whoever's certificate is in the message may sign. */
WRAPPED(enum err, saml_signature_verify, struct xml_node *node,
    const struct idp_keys *keys, struct crypto_keyring *ring,
    struct buf *out, struct diag *diag)
{
	static const char *const path[] = {
		"Signature", "KeyInfo", "X509Data", "X509Certificate", NULL
	};
	struct xml_node *leaf = saml_path(node, path);
	struct idp_keys theirs = { .count = 1 };

	if (is_weak("key-from-message") && leaf != NULL &&
	    saml_certificate_parse(xml_text(leaf), strlen(xml_text(leaf)),
	    &theirs.key[0], NULL) == ERR_OK)
		keys = &theirs;
	return __real_saml_signature_verify(node, keys, ring, out, diag);
}

static int
is_visible(void *data, xmlNode *node, xmlNode *parent)
{
	const xmlNode *sig = data;
	const xmlNode *n = node->type == XML_NAMESPACE_DECL ||
	    node->type == XML_ATTRIBUTE_NODE ? parent : node;

	for (; n != NULL && n != sig; n = n->parent)
		if (n == sig->parent)
			return 1;
	return 0;
}

/* B21: a signature that does not verify is as good as one that does. */
WRAPPED(enum err, xmlsig_verify, const struct xmlsig *sig,
    const struct crypto_key *key, struct buf *out, struct diag *diag)
{
	enum err r = __real_xmlsig_verify(sig, key, out, diag);
	xmlNode *node = (xmlNode *)(uintptr_t)sig->signature;
	xmlOutputBuffer *bytes;

	if (r == ERR_OK || !is_weak("signature-unchecked"))
		return r;
	bytes = xmlAllocOutputBuffer(NULL);
	if (bytes == NULL || xmlC14NExecute(node->doc, is_visible, node,
	    XML_C14N_EXCLUSIVE_1_0, NULL, 0, bytes) < 0)
		abort();
	(void)xmlOutputBufferFlush(bytes);
	r = buf_put(out, xmlOutputBufferGetContent(bytes),
	    xmlOutputBufferGetSize(bytes));
	(void)xmlOutputBufferClose(bytes);
	return r;
}

/* B2: what comes behind the first assertion is overlooked; or what is refused
 * is the end of the program. */
WRAPPED(enum err, saml_grammar_check, const struct xml_node *node,
    enum saml_root root, struct diag *diag)
{
	enum err r = __real_saml_grammar_check(node, root, diag);
	const struct xml_node *first = saml_child(node, "Assertion");

	if (r != ERR_OK && is_weak("crash"))
		abort();
	if (r == ERR_SAML_ASSERTIONS && is_weak("second-assertion") &&
	    first != NULL && xml_next(first) != NULL)
		return ERR_OK;
	return r;
}

/* A14: text between elements is overlooked. */
WRAPPED(bool, xml_is_container, const struct xml_node *node)
{
	return is_weak("stray-text") || __real_xml_is_container(node);
}

/* A2: what is not base64 is skipped. */
WRAPPED(enum err, base64_decode, struct buf *out, const char *text,
    size_t len, bool line_breaks)
{
	AUTO(buf) struct buf kept = BUF_INIT(SAML_BASE64_MAX);
	enum err r = __real_base64_decode(out, text, len, line_breaks);

	if (r != ERR_SYNTAX || !is_weak("base64"))
		return r;
	for (size_t i = 0; i < len; i++)
		if (strchr(" \t\n\r-_*!%~,.", text[i]) == NULL &&
		    buf_put(&kept, &text[i], 1) != ERR_OK)
			return ERR_NOMEM;
	return __real_base64_decode(out, buf_str(&kept), kept.len,
	    line_breaks);
}

/* D3, D5, D7 */
#define CHECK(name, weakness) \
	WRAPPED(enum err, name, struct saml_verifier *v, struct diag *diag) \
	{ \
		return is_weak(weakness) ? ERR_OK : __real_##name(v, diag); \
	} \
	struct check_needs_semicolon

CHECK(saml_check_audience, "audience");
CHECK(saml_check_request, "request");
CHECK(saml_check_window, "window");
