/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is it?  There is more than one way to find out.
 */
#include "helper.h"

#include "base/limits.h"

static const struct way {
	const char *name;		/* in the log */
	/* Why it is not offered, or ERR_OK. */
	enum err (*offered)(const struct login *login, struct diag *diag);
	enum err (*sign_in)(struct login *login, struct diag *diag);
} ways[] = {
	{ "device", device_offered, device_sign_in },
	{ "saml", saml_offered, saml_sign_in },
};

/* The first way that is offered; one may pass the person on to the next. */
enum err
authenticate(struct login *login, struct diag *diag)
{
	enum err r = fail(diag, ERR_CONF_MISSING, "no way to sign in: set "
	    "[idp] issuer, or [device]");

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct diag why = DIAG_INIT;
		enum err missing = ways[i].offered(login, &why);

		if (missing == ERR_DEVICE_KEY_FIRST)
			r = fail(diag, missing, "%s", why.text);
		if (missing != ERR_OK)
			continue;
		login->way = ways[i].name;
		login->pass_on = false;
		r = ways[i].sign_in(login, diag);
		if (!login->pass_on)
			return r;
		login_extend(login, LOGIN_MS);
	}
	return r;
}
