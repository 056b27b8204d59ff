/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asking a SCIM server for one page: its address, patience, and what its
 * refusals mean.  Part of scim.c, which lists.
 */
#ifndef DIRECTORY_SCIM_ASK_H
#define DIRECTORY_SCIM_ASK_H

#include "directory/scim.h"

#define SCIM_PAGE_URL_MAX (SCIM_URL_MAX + SCIM_CURSOR_MAX + 128)

/* One server while it is listed. */
struct scim_client {
	const struct scim_request *request;
	const struct scim_server *server;
	struct http_response *response;	/* the last answer; reused */
	bool answered;			/* it is there */
	bool by_cursor;			/* the last question had one */
};

/* Writes the address of the page that begins with resource `first` (from 1),
 * or, unless cursor is "", of the one that cursor leads to.  ERR_SYNTAX when
 * the configured URL cannot be extended, ERR_NOMEM. */
enum err scim_ask_url(const struct scim_request *request, enum scim_type type,
	const char *cursor, size_t first, struct buf *out) MUST_USE;

/*
 * GET, again if need be: 429, 500, 502 to 504, and, once the server has
 * answered anything, lost connections.  ERR_OK for any answer that is final;
 * it is in client->response.  etag: "" or that of an earlier answer.  What
 * the server's functions return.
 */
enum err scim_ask(struct scim_client *client, const char *url,
	const char *etag, struct diag *diag) MUST_USE;

/* The answer is a page; says why it is none otherwise.  ERR_HTTP_AUTH,
 * ERR_HTTP_STATUS, ERR_SCIM; ERR_SCIM_EXPIRED for a cursor that the server
 * does not know, or not any more (RFC 9865). */
enum err scim_ask_check(const struct scim_client *client, enum scim_type type,
	struct diag *diag) MUST_USE;

#endif
