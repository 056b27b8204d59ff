/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is it?  There is more than one way to find out.
 */
#include "helper.h"

static const struct way {
	const char *name;		/* in the log */
	/* Why it is not offered, or ERR_OK. */
	enum err (*offered)(const struct login *login, struct diag *diag);
	enum err (*sign_in)(struct login *login, struct diag *diag);
} ways[] = {
	{ "saml", saml_offered, saml_sign_in },
};

/* The first way that is offered; a way may leave it to the next. */
enum err
authenticate(struct login *login, struct diag *diag)
{
	enum err r = fail(diag, ERR_CONF_MISSING, "no way to sign in: set "
	    "[idp] issuer");

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct diag why = DIAG_INIT;

		if (ways[i].offered(login, &why) != ERR_OK)
			continue;
		login->way = ways[i].name;
		return ways[i].sign_in(login, diag);
	}
	return r;
}
