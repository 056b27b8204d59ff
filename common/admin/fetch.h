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
#include "base/buf.h"
#include "base/limits.h"
#include "directory/record.h"

struct fetch_users {
	int file;		/* a saved ListResponse, or -1: ask the server */
	bool first_page_only;	/* connection test */
	/* struct fetched's of the last listing that was kept, so that the
	 * server can say that it is as it was; NULL or "": list anyway. */
	const char *etags;
	/* Called for every record, in the order of the server, once the whole
	 * listing is known to be complete. */
	enum err (*record)(const struct record *record, void *context,
	    struct diag *diag);
	/* Called, after all records, for every group, and after each of them
	 * for every member of it.  NULL, both: groups are not asked for; nor
	 * are they with [groups] scim = no, of a file, or in a connection
	 * test. */
	enum err (*group)(const struct group_record *group, void *context,
	    struct diag *diag);
	enum err (*member)(const char *id, void *context, struct diag *diag);
	/* Called now and then; may be NULL. */
	void (*progress)(uint64_t done, uint64_t total, void *context);
	void *context;
};

/* What came of it. */
struct fetched {
	uint64_t total;		/* users that the server says it has */
	bool unchanged;		/* all is as etags said: no callback was called */
	bool has_groups;	/* groups were asked for and the server has them,
				 * or had them when nothing is changed */
	struct buf etags;	/* for the next time; may be empty */
	uint64_t ignored;	/* values that were wrong and not needed */
	char remark[DIAG_TEXT_MAX]; /* the first of them */
};

#define FETCHED_INIT { 0, false, false, BUF_INIT(SCIM_ETAGS_MAX), 0, "" }

void fetched_clear(struct fetched *fetched);
DEFINE_AUTO(fetched, struct fetched, fetched_clear);

/* Runs the whole listing; ERR_OK only when it was complete.  ret must be empty
 * and is untouched on failure.  The worker's reasons, ERR_WORKER. */
enum err fetch_users(const struct admin *admin, const struct fetch_users *ask,
	struct fetched *ret, struct diag *diag) MUST_USE;

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
