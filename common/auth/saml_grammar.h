/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The small language of Responses that is accepted (SECURITY.md section 1,
 * with the tolerances of decision 1), as tables.  A document that matched has
 * no element, attribute, namespace or text that the tables do not name, so
 * the steps after this one may walk it by position and name.
 */
#ifndef AUTH_SAML_GRAMMAR_H
#define AUTH_SAML_GRAMMAR_H

#include "sys/xml.h"

#define NS_SAML "urn:oasis:names:tc:SAML:2.0:assertion"
#define NS_SAMLP "urn:oasis:names:tc:SAML:2.0:protocol"
#define NS_DSIG "http://www.w3.org/2000/09/xmldsig#"
#define NS_C14N "http://www.w3.org/2001/10/xml-exc-c14n#"

enum saml_root {
	SAML_ROOT_RESPONSE,
	SAML_ROOT_ASSERTION,	/* digested bytes: without its Signature */
};

/* The whole document below node.  The reason is the first departure's in
 * document order; see err.h, A10, A14, B1-B18, C1, D4-D18. */
enum err saml_grammar_check(const struct xml_node *node, enum saml_root root,
	struct diag *diag) MUST_USE;

/* The first child element of this local name; NULL without.  In a matched
 * document the name says the namespace as well. */
struct xml_node *saml_child(const struct xml_node *node, const char *name);

/* True when this is the ID of node's document's root, or of the Assertion in
 * that. */
bool saml_is_id(const struct xml_node *node, const char *id);

/* saml_child() along a path that the grammar guarantees, ended by NULL. */
struct xml_node *saml_path(struct xml_node *node, const char *const *names);

#endif
