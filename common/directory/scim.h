/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SCIM 2.0 as a client that only lists users (RFC 7644 section 3.4.2): whole
 * listings, from a server or from a file.  A listing is complete or it is an
 * error; nothing in between ever leaves here.
 *
 * The network is the caller's: a function that fetches one address, so that
 * tests and the fuzzer need none.
 */
#ifndef DIRECTORY_SCIM_H
#define DIRECTORY_SCIM_H

#include "directory/scim_page.h"
#include "sys/http.h"

struct scim_server {
	/* As http_get(); ret's body has its maximum. */
	enum err (*get)(void *context, const char *url,
	    struct http_response *ret, struct diag *diag);
	/* Waits so long; ERR_TIMEOUT, at once, when there is not that much
	 * time left. */
	enum err (*wait)(void *context, int64_t ms, struct diag *diag);
	/* Called after every page; an error ends the listing. */
	enum err (*progress)(void *context, uint64_t done, uint64_t total,
	    struct diag *diag);
	void *context;
};

struct scim_request {
	const char *url;	/* Tenant URL, with or without final '/' */
	uint64_t page_size;	/* resources to ask for at once, at least 1 */
	uint64_t max_users;	/* a longer listing is an error */
	bool first_page_only;	/* connection test: need not be complete */
};

/*
 * GET {url}/Users, page by page, 1-based, by resources received; follows
 * nextCursor where a server sends it.  Complete when exactly as many distinct
 * users arrived as totalResults said all the time (with cursors and no
 * totalResults: when there is no further cursor; total is then the number of
 * users).  When totalResults changes meanwhile or is exceeded, or users moved
 * between pages, it begins again, SCIM_ATTEMPTS_MAX times in all.  429, 5xx
 * and, after the first page, lost connections are tried again with growing
 * waits.
 *
 * ret must be empty and is so on failure.  ERR_SYNTAX (the URL),
 * ERR_SCIM_PARTIAL, ERR_SCIM_LIMITS, ERR_HTTP_AUTH, ERR_HTTP_STATUS, ERR_SCIM,
 * ERR_JSON, ERR_NOMEM, and what the server's functions return.
 */
enum err scim_list(const struct scim_request *request,
	const struct scim_server *server, struct scim_listing *ret,
	struct diag *diag) MUST_USE;

/* A saved ListResponse: one page that has as many users as totalResults
 * says.  ERR_SCIM_PARTIAL, ERR_SCIM_LIMITS, ERR_SCIM, ERR_JSON, ERR_NOMEM. */
enum err scim_read_saved(const void *data, size_t len, uint64_t max_users,
	struct scim_listing *ret, struct diag *diag) MUST_USE;

#endif
