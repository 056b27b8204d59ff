/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SCIM 2.0 as a client that only lists users and groups (RFC 7644 section
 * 3.4.2): whole listings, from a server or from a file.  A listing is complete
 * or it is an error; nothing in between ever leaves here.
 *
 * The network is the caller's: a function that fetches one address, so that
 * tests and the fuzzer need none.
 */
#ifndef DIRECTORY_SCIM_H
#define DIRECTORY_SCIM_H

#include "directory/scim_page.h"
#include "sys/http.h"

struct scim_server {
	/* As http_get_changed(); ret's body has its maximum. */
	enum err (*get)(void *context, const char *url, const char *etag,
	    struct http_response *ret, struct diag *diag);
	/* Waits so long; ERR_TIMEOUT, at once, when there is not that much
	 * time left. */
	enum err (*wait)(void *context, int64_t ms, struct diag *diag);
	/* Called after every page with numbers of users, which stay as they
	 * are while groups are listed; an error ends the listing. */
	enum err (*progress)(void *context, uint64_t done, uint64_t total,
	    struct diag *diag);
	void *context;
	/* May be NULL.  Unless the page that is read meanwhile forbids it,
	 * get() will be asked for this address next, without a condition: the
	 * server may be asked now. */
	void (*expect)(void *context, const char *url);
};

struct scim_request {
	const char *url;	/* Tenant URL, with or without final '/' */
	uint64_t page_size;	/* resources to ask for at once, at least 1 */
	uint64_t max_users;	/* a longer listing is an error */
	bool first_page_only;	/* connection test: need not be complete, and
				 * is of users only */
	bool groups;		/* list them too, if the server has any */
	const char *uid_attribute; /* paths of ids, or "": scim_item_read() */
	const char *gid_attribute;
	const char *etags;	/* of an earlier listing, or "" */
};

/* What the server has. */
struct scim_listed {
	struct scim_listing users;
	struct scim_listing groups;
	bool has_groups;	/* it lists groups, be it none */
	bool unchanged;		/* all is as request.etags says, and users and
				 * groups are empty; only users.total is set */
	struct buf etags;	/* for the next time, or empty: scim_etags.h */
};

#define SCIM_LISTED_INIT { SCIM_LISTING_INIT, SCIM_LISTING_INIT, false, \
	false, BUF_INIT(SCIM_ETAGS_MAX) }

void scim_listed_clear(struct scim_listed *listed);
DEFINE_AUTO(scim_listed, struct scim_listed, scim_listed_clear);

/*
 * GET {url}/Users, page by page, 1-based, by resources received; follows
 * nextCursor where a server sends it.  Complete when exactly as many distinct
 * users arrived as totalResults said all the time (with cursors and no
 * totalResults: when there is no further cursor; total is then the number of
 * users).  When totalResults changes meanwhile or is exceeded, when users moved
 * between pages, or the server has forgotten a cursor, it begins again,
 * SCIM_ATTEMPTS_MAX times in all.  429, 5xx and, after the first answer, lost
 * connections are tried again with growing waits.
 *
 * Then {url}/Groups in the same way, where 404, 405 or 501 instead of the first
 * page says that there are none; any other failure is one of the whole listing.
 *
 * With etags each page is asked for only if it has changed; when every one of
 * them is as it was, that is the answer, and otherwise everything is listed.
 *
 * ret must be empty and is so on failure.  ERR_SYNTAX (the URL),
 * ERR_SCIM_PARTIAL, ERR_SCIM_EXPIRED, ERR_SCIM_LIMITS, ERR_HTTP_AUTH,
 * ERR_HTTP_STATUS, ERR_SCIM, ERR_JSON, ERR_NOMEM, and what the server's
 * functions return.
 */
enum err scim_list(const struct scim_request *request,
	const struct scim_server *server, struct scim_listed *ret,
	struct diag *diag) MUST_USE;

/* A saved ListResponse of users: one page that has as many as totalResults
 * says.  ret must be empty and is so on failure; its type and number say what
 * to read.  ERR_SCIM_PARTIAL, ERR_SCIM_LIMITS, ERR_SCIM, ERR_JSON,
 * ERR_NOMEM. */
enum err scim_read_saved(const void *data, size_t len, uint64_t max_users,
	struct scim_listing *ret, struct diag *diag) MUST_USE;

#endif
