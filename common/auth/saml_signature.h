/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The signature on a Response or an Assertion: is it the identity provider's,
 * over exactly this element, and over which bytes (catalogue B3-B21, C1-C5)?
 */
#ifndef AUTH_SAML_SIGNATURE_H
#define AUTH_SAML_SIGNATURE_H

#include "auth/idp_keys.h"
#include "base/buf.h"
#include "sys/crypto.h"
#include "sys/xml.h"

/*
 * Verifies the Signature that is a child of node, an element of a document
 * that matched the grammar and whose ID is registered (xmlsig_register_id),
 * with the provider's pinned keys, and appends the signed bytes.  They are
 * the only thing that is proven.  The ring spares making a key again.
 * The reasons of rows B6-B21 and C1-C5; ERR_TOO_LONG, ERR_NOMEM,
 * ERR_INTERNAL.
 */
enum err saml_signature_verify(struct xml_node *node,
	const struct idp_keys *keys, struct crypto_keyring *ring,
	struct buf *out, struct diag *diag) MUST_USE;

#endif
