/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Has 8x8sso-fetch get the provider's discovery document and token keys: for
 * `sync` and `check`, and for a login that met a new key (catalogue J27).
 * Nothing that a server wrote is parsed here; what the worker made of it is
 * checked again.
 */
#ifndef AUTH_OIDC_FETCH_H
#define AUTH_OIDC_FETCH_H

#include "auth/jwks.h"
#include "auth/oidc.h"
#include "sys/conf.h"

#define OIDC_ISSUER_SIZE 1025	/* as the wire's */

struct oidc_ask {
	const char *user;	/* the account that the worker becomes; "":
				 * it stays who the caller is */
	const char *issuer;	/* conf_device_issuer() */
	const char *url;	/* the discovery document; "": keys only */
	const char *jwks_uri;	/* then from there */
	int timeout_ms;		/* for everything; 0: as long as it may take */
};

/*
 * Starts the worker, asks, and receives.  Authorities, proxy and allowed hosts
 * are the configuration's.  *ret_endpoints are all "" when url is; it may be
 * NULL.  At least one key comes, or else: the worker's reasons (ERR_HTTP...,
 * ERR_OIDC..., ERR_JWKS..., ERR_JSON, ERR_TIMEOUT), ERR_WORKER, ERR_SPAWN,
 * ERR_CONF_VALUE.
 */
enum err oidc_fetch(const struct conf *conf, const struct oidc_ask *ask,
	struct oidc_endpoints *ret_endpoints, struct jwks *ret,
	struct diag *diag) MUST_USE;

#endif
