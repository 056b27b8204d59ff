/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Verifies one enveloped XML signature of known place and shape, with one
 * given key, in two ways that must agree: xmlsec, and libxml2's exclusive
 * C14N with OpenSSL (catalogue, decision 7).
 *
 * The caller has matched the document with its grammar and checked every
 * algorithm, the reference and the transforms (B3-B19); nothing in the
 * document chooses anything here.  One thread only.
 */
#ifndef SYS_XMLSIG_H
#define SYS_XMLSIG_H

#include "base/buf.h"
#include "sys/crypto.h"
#include "sys/xml.h"

#define XMLSIG_PREFIXES_MAX 8

#define XMLSIG_C14N "http://www.w3.org/2001/10/xml-exc-c14n#"
#define XMLSIG_ENVELOPED \
	"http://www.w3.org/2000/09/xmldsig#enveloped-signature"
#define XMLSIG_SHA256 "http://www.w3.org/2001/04/xmlenc#sha256"
#define XMLSIG_RSA_SHA256 "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"

/* What a signature may be made with (catalogue C4), as both ways know it. */
struct xmlsig_suite {
	const char *signature;		/* URI of the SignatureMethod */
	const char *digest;		/* URI of the DigestMethod */
	size_t digest_size;
	const struct _xmlSecTransformKlass *(*signature_transform)(void);
	const struct _xmlSecTransformKlass *(*digest_transform)(void);
	enum err (*hash)(const void *data, size_t len, uint8_t *ret);
	bool (*verify)(const struct crypto_key *key, const void *data,
	    size_t len, const uint8_t *signature, size_t signature_len);
};

/* The one with this SignatureMethod; NULL: not allowed. */
const struct xmlsig_suite *xmlsig_suite(const char *signature);

struct xmlsig {
	const struct xmlsig_suite *suite;
	struct xml_node *signature;	/* a child of what it signs */
	struct xml_node *signed_info;	/* its child */
	const char *uri;		/* "#" and the parent's ID */
	const char *prefixes;		/* of InclusiveNamespaces; "": none */
	uint8_t digest[SHA256_SIZE];
	const uint8_t *value;
	size_t value_len;
};

/* Prepares libxml2, xmlsec and OpenSSL, once per process.  The functions
 * below call it; a program that is going to lock itself in calls it first.
 * ERR_INTERNAL, also when xmlsec is not the version that we were built with
 * (the layout of its structures differs). */
enum err xmlsig_init(struct diag *diag) MUST_USE;

/* Makes the element's ID attribute one that a reference can find; once per
 * element, before xmlsig_verify().  ERR_SAML_ID_DUPLICATE. */
enum err xmlsig_register_id(struct xml_node *node, struct diag *diag)
	MUST_USE;

/* Appends the bytes that were digested: all that is signed.
 * ERR_SAML_SIG_INVALID, ERR_SAML_DIFFERENTIAL, ERR_SAML_DIGEST_VOID,
 * ERR_TOO_LONG, ERR_NOMEM, ERR_INTERNAL. */
enum err xmlsig_verify(const struct xmlsig *sig, const struct crypto_key *key,
	struct buf *out, struct diag *diag) MUST_USE;

#endif
