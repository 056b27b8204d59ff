/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * saml-verify: the verifier of the SAML worker behind a command line, for
 * samples of one's own.  One line of JSON says what it says:
 *
 *	{"verdict":"reject","reason":"saml-audience","row":"D3","claims":{},
 *	"detail":"audience is https://other.example"}
 *
 * Exit status 0: accepted, 1: rejected, 2: wrong usage.
 */
#include "../lib/verdict_line.h"
#include "../lib/verify_options.h"

static enum err
decide(struct verify_options *options, int argc, char **argv,
    struct claims **ret, struct diag *diag)
{
	AUTO(buf) struct buf response = BUF_INIT(2 * SAML_BASE64_MAX);
	struct saml_check *check = &options->check;
	enum err r = verify_options_parse(argc, argv, options, diag);

	if (r == ERR_OK)
		r = verify_options_load(options->file, &response, diag);
	check->response = buf_str(&response);
	check->response_len = response.len;
	if (r == ERR_OK && options->signature_only)
		r = saml_response_prove(check, diag);
	else if (r == ERR_OK)
		r = saml_response_verify(check, ret, diag);
	return r;
}

int
main(int argc, char **argv)
{
	static struct verify_options options;
	AUTO(claims) struct claims *claims = NULL;
	struct diag diag = DIAG_INIT;
	enum err r = decide(&options, argc, argv, &claims, &diag);

	if (r == ERR_USAGE)
		return verdict_usage(argv, "saml-verify",
		    VERIFY_OPTIONS_USAGE, &diag);
	return verdict_print(r, claims, &diag);
}
