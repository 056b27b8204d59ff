/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The AuthnRequest of one login and the address that carries it: HTTP-Redirect
 * binding, SAMLRequest = base64(DEFLATE(XML)) (SAML bindings 3.4.4.1),
 * unsigned.  Response comes by HTTP-POST.
 */
#ifndef AUTH_SAML_REQUEST_H
#define AUTH_SAML_REQUEST_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/diag.h"

/* "_" and 32 hexadecimal digits: 128 random bits and no leading digit, which
 * Entra refuses. */
#define SAML_REQUEST_ID_SIZE 34

struct saml_request {
	const char *login_url;	/* may have a query already */
	const char *entity_id;
	const char *acs_url;
	bool force_authn;
	int64_t now;
};

/* ERR_INTERNAL when the kernel has no random bytes. */
enum err saml_request_new_id(char id[static SAML_REQUEST_ID_SIZE],
	struct diag *diag) MUST_USE;

/* Appends the URL.  ERR_SYNTAX (a value that cannot stand in XML or is not an
 * http URL, a login URL that has a SAMLRequest already), ERR_CLOCK (now is
 * none that an answer could have), ERR_TOO_LONG, ERR_NOMEM, ERR_INTERNAL. */
enum err saml_request_url(const struct saml_request *request, const char *id,
	struct buf *out, struct diag *diag) MUST_USE;

#endif
