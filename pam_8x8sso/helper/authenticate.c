/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is it?  There is more than one way to find out.
 */
#include "helper.h"

#include "base/buf.h"
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

/* Nobody who reads the log should have to guess which of them was to serve
 * this login, so each says why it does not. */
static enum err
not_offered(enum err missing, const struct diag *why, struct buf *reasons,
    struct diag *diag)
{
	(void)!buf_printf(reasons, "%s%s", reasons->len == 0 ? "" : "; ",
	    why->text);
	return fail(diag, missing, "no way to sign in: %s", buf_str(reasons));
}

/* The first way that is offered; one may pass the person on to the next. */
static enum err
sign_in(struct login *login, struct diag *diag)
{
	AUTO(buf) struct buf reasons = BUF_INIT(2 * DIAG_TEXT_MAX);
	enum err r = ERR_CONF_MISSING;

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct diag why = DIAG_INIT;
		enum err missing = ways[i].offered(login, &why);

		if (missing != ERR_OK) {
			if (login->way == NULL)
				r = not_offered(missing == ERR_DEVICE_KEY_FIRST ?
				    missing : r, &why, &reasons, diag);
			continue;
		}
		login->way = ways[i].name;
		login->pass_on = false;
		r = ways[i].sign_in(login, diag);
		if (!login->pass_on)
			return r;
		login_extend(login, LOGIN_MS);
	}
	return r;
}

enum err
authenticate(struct login *login, struct diag *diag)
{
	enum err r = sign_in(login, diag);

	return r == ERR_OK ? newcomer_publish(login, diag) : r;
}
