/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One page of a SCIM listing: bytes of a ListResponse (RFC 7644 section
 * 3.4.2) -> records.  No network, no files.
 */
#ifndef DIRECTORY_SCIM_PAGE_H
#define DIRECTORY_SCIM_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "base/limits.h"
#include "directory/scim_resource.h"

/*
 * What was received of one type, and nothing else of the pages.  An id may
 * occur in several user records (a server moves people between pages while it
 * is asked), for somebody counts them; of groups with the same id the first is
 * kept.
 */
struct scim_listing {
	enum scim_type type;
	const char *number;	/* path, see scim_item_read(); borrowed */
	union {			/* owned, and their strings */
		struct record **record;
		struct scim_group **group;
		void **item;
	};
	size_t count;		/* of them */
	size_t received;	/* resources that came */
	size_t distinct;	/* ids */
	uint64_t total;		/* as the server says; see scim.h */
	size_t ignored;		/* values: scim_item_read() */
	struct diag remark;	/* which was the first, and what is wrong */
	/* private: */
	size_t cap;
	size_t memory;
	size_t members;		/* of all groups */
	void *ids;
};

#define SCIM_LISTING_INIT \
	{ SCIM_USERS, "", { NULL }, 0, 0, 0, 0, 0, DIAG_INIT, 0, 0, 0, NULL }

/* The listing is empty and usable again, for the same type. */
void scim_listing_clear(struct scim_listing *listing);
DEFINE_AUTO(scim_listing, struct scim_listing, scim_listing_clear);

/* What one page says about the listing. */
struct scim_page {
	bool has_total;
	uint64_t total;		/* totalResults */
	size_t fresh;		/* ids on it that were not seen before */
	char cursor[SCIM_CURSOR_MAX + 1]; /* nextCursor (RFC 9865), or "" */
};

/*
 * Parses a ListResponse and adds its resources to the listing.  One bad
 * resource refuses the page, because a listing without it would deactivate
 * somebody; see scim_item_read().  Absent `active` reads as inactive; "True"
 * and "False" as strings are what Entra writes.  On failure the listing may
 * hold a part of the page and is only good for clearing.  ERR_JSON, ERR_SCIM
 * (the detail names the resource), ERR_SCIM_LIMITS, ERR_NOMEM.
 */
enum err scim_page_add(struct scim_listing *listing, const void *data,
	size_t len, struct scim_page *ret, struct diag *diag) MUST_USE;

#endif
