/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the steps of saml_response.c hand on to each other.  Included by
 * saml_response.c, saml_conditions.c and saml_statements.c only.
 */
#ifndef AUTH_SAML_VERIFIER_H
#define AUTH_SAML_VERIFIER_H

#include "auth/saml_response.h"
#include "base/buf.h"
#include "sys/crypto.h"
#include "sys/xml.h"

struct saml_verifier {
	const struct saml_check *check;
	struct crypto_keyring ring;		/* when the caller keeps none */

	/* As it came: it may be a reason to refuse, never to accept. */
	struct buf xml;
	struct xml_doc *received;

	/* What was signed: the digested bytes and a fresh parse of them. */
	struct buf assertion_bytes;
	struct buf response_bytes;		/* empty: not signed */
	struct xml_doc *assertion_doc;
	struct xml_doc *response_doc;

	/* Where the steps read: response is the signed one when there is,
	 * else the received one; assertion is always the signed one. */
	struct xml_node *response;
	struct xml_node *assertion;

	const struct saml_pending *request;	/* NULL: unsolicited */
	struct claims_fixed fixed;		/* strings are the documents' */
	struct claims *claims;
};

/* saml_conditions.c: catalogue D1-D9, D13. */
enum err saml_check_issuer(struct saml_verifier *v, struct diag *diag)
	MUST_USE;
enum err saml_check_tenant(struct saml_verifier *v, struct diag *diag)
	MUST_USE;
enum err saml_check_audience(struct saml_verifier *v, struct diag *diag)
	MUST_USE;
enum err saml_check_recipient(struct saml_verifier *v, struct diag *diag)
	MUST_USE;
enum err saml_check_request(struct saml_verifier *v, struct diag *diag)
	MUST_USE;
enum err saml_check_confirmation(struct saml_verifier *v, struct diag *diag)
	MUST_USE;
enum err saml_check_window(struct saml_verifier *v, struct diag *diag)
	MUST_USE;
enum err saml_check_age(struct saml_verifier *v, struct diag *diag) MUST_USE;
enum err saml_check_authn(struct saml_verifier *v, struct diag *diag)
	MUST_USE;

/* saml_statements.c: catalogue D2, D10, D15, D16; fills v->claims. */
enum err saml_read_name_id(struct saml_verifier *v, struct diag *diag)
	MUST_USE;
enum err saml_read_claims(struct saml_verifier *v, struct diag *diag)
	MUST_USE;
enum err saml_check_identity(struct saml_verifier *v, struct diag *diag)
	MUST_USE;
enum err saml_check_methods(struct saml_verifier *v, struct diag *diag)
	MUST_USE;

#endif
