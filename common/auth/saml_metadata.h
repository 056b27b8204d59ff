/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The identity provider's keys and addresses, from SAML 2.0 metadata or from
 * the certificate that the portal hands out (catalogue C4, C6-C8).
 */
#ifndef AUTH_SAML_METADATA_H
#define AUTH_SAML_METADATA_H

#include "auth/idp_keys.h"

struct saml_idp {
	char entity_id[1025];
	char login_url[2049];	/* HTTP-Redirect binding; "" when unknown */
	char logout_url[2049];
	int64_t valid_until;	/* 0: for ever */
	struct idp_keys keys;	/* at least one */
	size_t keys_weak;	/* signing keys that were left out (C4) */
};

/*
 * Metadata of exactly one EntityDescriptor whose entityID is byte-equal to
 * issuer: keys from its one IDPSSODescriptor, use "signing" only (C8: one of
 * unspecified use has to be configured, as a certificate).  A UTF-8 BOM is
 * admitted; validUntil is honoured, the entity's and the role's, and the
 * earlier one told.  A signature on the document is not
 * looked at: it proves nothing (section 2.6 of the provider's facts).
 * ERR_IDP_METADATA, ERR_IDP_CERTIFICATE, ERR_IDP_KEY_WEAK (all keys are), or
 * the parser's SAML_* reason.
 */
enum err saml_metadata_parse(const void *data, size_t len,
	const char *issuer, int64_t now, struct saml_idp *ret,
	struct diag *diag) MUST_USE;

/* One certificate, PEM or DER, or bare base64 of the DER as the portal's
 * "Certificate (Base64)" without its armour.  Only the key counts; dates are
 * reported, not judged.  ERR_IDP_CERTIFICATE, ERR_IDP_KEY_WEAK. */
enum err saml_certificate_parse(const void *data, size_t len,
	struct idp_key *ret, struct diag *diag) MUST_USE;

#endif
