/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Validators of a whole listing, as one text that the command keeps from one
 * sync to the next and hands back.  Its first line says what it is about:
 *
 *	VERSION URL PAGE_SIZE GROUPS UID_ATTRIBUTE GID_ATTRIBUTE
 *	Users TOTAL
 *	1 W/"entity-tag-of-the-page-that-begins-with-the-first-user"
 *	101 "..."
 *	Groups TOTAL		or, when the server had none,	Groups none
 *	1 "..."
 *
 * VERSION is the program's: another one may read other things from the same
 * pages.  Nothing in here is trusted: it comes out of the service account's
 * database, and its lines go into addresses and headers.
 */
#ifndef DIRECTORY_SCIM_ETAGS_H
#define DIRECTORY_SCIM_ETAGS_H

#include "directory/scim.h"

/* Append to a text.  Any failure means that there is no text: the next sync
 * lists.  ERR_TOO_LONG, ERR_NOMEM; ERR_SYNTAX for what http_is_etag() refuses
 * (also ""). */
enum err scim_etags_begin(const struct scim_request *request, struct buf *out)
	MUST_USE;
enum err scim_etags_section(enum scim_type type, bool exists, uint64_t total,
	struct buf *out) MUST_USE;
enum err scim_etags_page(size_t first, const char *etag, struct buf *out)
	MUST_USE;

/* One page of the listing that it is about. */
struct scim_validator {
	enum scim_type type;
	size_t first;		/* the page's first resource, from 1 */
	const char *etag;	/* http_is_etag() */
};

/* What it says. */
struct scim_known {
	uint64_t total;		/* users */
	bool has_groups;
	struct scim_validator *page;	/* owned; users before groups */
	size_t pages;
	char *text;		/* private: what etag points into */
};

#define SCIM_KNOWN_INIT { 0, false, NULL, 0, NULL }

void scim_known_clear(struct scim_known *known);
DEFINE_AUTO(scim_known, struct scim_known, scim_known_clear);

/* Reads request->etags.  False, and ret untouched, when it is "", about
 * something else than this request, not as it is written above, or when there
 * is no memory. */
bool scim_etags_read(const struct scim_request *request,
	struct scim_known *ret) __attribute__((warn_unused_result));

#endif
