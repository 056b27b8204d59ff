/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command's side of 8x8sso-fetch: starts the worker, asks, and receives
 * records.  Nothing that a server wrote is parsed here.
 */
#ifndef ADMIN_FETCH_H
#define ADMIN_FETCH_H

#include "admin/admin.h"
#include "auth/jwks.h"
#include "auth/oidc.h"
#include "auth/saml_metadata.h"
#include "directory/record.h"

struct fetch_users {
	int file;		/* a saved ListResponse, or -1: ask the server */
	bool first_page_only;	/* connection test */
	/* Called for every record, in the order of the server. */
	enum err (*record)(const struct record *record, void *context,
	    struct diag *diag);
	/* Called now and then; may be NULL. */
	void (*progress)(uint64_t done, uint64_t total, void *context);
	void *context;
};

/* Runs the whole listing; ERR_OK only when it was complete.  *ret_total is
 * what the server says it has.  The worker's reasons, ERR_WORKER. */
enum err fetch_users(const struct admin *admin, const struct fetch_users *ask,
	uint64_t *ret_total, struct diag *diag) MUST_USE;

/* Has the worker parse the configured certificate or metadata, which is read
 * here if it is a file and fetched by the worker if it is an address.  The
 * worker's reasons, ERR_WORKER; the detail begins with the file or address. */
enum err fetch_idp(const struct admin *admin, struct saml_idp *ret,
	struct diag *diag) MUST_USE;

/* The device flow's endpoints, configured or from the issuer's discovery
 * document, and the key set.  The worker's reasons, ERR_WORKER; the detail
 * names the address. */
enum err fetch_oidc(const struct admin *admin,
	struct oidc_endpoints *ret_endpoints, struct jwks *ret_keys,
	struct diag *diag) MUST_USE;

#endif
