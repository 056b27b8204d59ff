/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line of saml-verify, and of what else asks the verifier about a
 * sample of somebody's:
 *
 *	(--cert PEM)... | --metadata FILE
 *	--issuer S --audience S --recipient S
 *	[--request-id ID | --unsolicited] --now TIME [--request-time TIME]
 *	[--no-force-authn] [--max-age SECONDS] [--signature-only] FILE
 */
#ifndef TESTS_VERIFY_OPTIONS_H
#define TESTS_VERIFY_OPTIONS_H

#include "auth/saml_response.h"

#define VERIFY_OPTIONS_USAGE \
	"(--cert PEM)... | --metadata FILE\n" \
	"\t--issuer S --audience S --recipient S\n" \
	"\t[--request-id ID | --unsolicited] --now 2022-02-23T17:50:00Z\n" \
	"\t[--request-time T] [--no-force-authn] [--max-age SECONDS]\n" \
	"\t[--signature-only] FILE\n"

/* Strings are borrowed from argv.  check points into the structure, which
 * therefore stays where it was filled. */
struct verify_options {
	struct saml_check check;	/* response is not set */
	struct idp_keys keys;
	struct saml_pending pending;
	char tenant[37];		/* an Entra issuer's, else "" */
	bool signature_only;
	const char *file;
};

/*
 * ERR_USAGE for a wrong command line and for a file that cannot be read;
 * ERR_IDP_CERTIFICATE, ERR_IDP_KEY_WEAK, ERR_IDP_METADATA or the parser's
 * SAML_* reason for keys that cannot be used; ERR_NOMEM, ERR_INTERNAL.  With
 * --signature-only only keys and FILE have to be given.
 */
enum err verify_options_parse(int argc, char **argv,
	struct verify_options *ret, struct diag *diag) MUST_USE;

/*
 * Appends FILE, a Response, as the base64 that the verifier takes: what holds
 * a '<' is XML and becomes base64, anything else is passed on as it is.
 * ERR_USAGE when it cannot be read, ERR_SAML_TOO_LONG above SAML_BASE64_MAX,
 * ERR_NOMEM.
 */
enum err verify_options_load(const char *file, struct buf *out,
	struct diag *diag) MUST_USE;

#endif
