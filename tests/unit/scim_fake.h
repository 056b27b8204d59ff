/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A SCIM server that is a table: no network, no waiting.
 */
#ifndef TESTS_SCIM_FAKE_H
#define TESTS_SCIM_FAKE_H

#include "directory/scim.h"

#define FAKE_URL "https://scim.example/udi/scim/v2"

/* What a request is mostly about nothing of. */
#define FAKE_PLAIN .uid_attribute = "", .gid_attribute = "", .etags = ""

/* A server with `users` users whose ids are their numbers, and groups whose
 * ids are g0, g1 ... and whose members are the first users. */
struct scim_fake {
	uint64_t users;
	uint64_t groups;
	uint64_t members;	/* of each group */
	int groups_status;	/* instead of groups; 0: there are groups */
	bool groups_repeat;	/* every second one has the id before */
	char tags;		/* entity tags: 's'trong, 'w'eak, 0: none */
	unsigned int version;	/* in the tags */
	uint64_t changed;	/* this page (its first resource, from 1) has
				 * another tag; 0: none */
	uint64_t untagged;	/* this page has none; 0: all have */
	unsigned int expiries;	/* a cursor is lost, so many times */
	const char *expiry;	/* scimType */
	uint64_t page_cap;	/* gives no more at once; 0: as asked */
	bool wraps;		/* first page again past the end */
	bool blind;		/* ignores startIndex */
	bool by_cursor;		/* RFC 9865, unasked */
	bool no_total;
	uint64_t hidden;	/* counted in totalResults, but not listed */
	bool uneven;		/* every second page is shorter */
	unsigned int grow_every; /* a user is added with every n-th request */
	unsigned int grows;	/* ... so many times */
	uint64_t repeat_at;	/* this user's id is that of the one before */
	unsigned int repeats;	/* ... so many times */
	int fail_status;	/* instead of an answer */
	enum err fail_err;
	unsigned int fail_from;	/* first request (from 1) that fails */
	unsigned int failures;
	int64_t retry_after;
	const char *content_type;
	const char *error_body;
	/* what happened */
	unsigned int requests;
	unsigned int unmodified; /* answers that were 304 */
	unsigned int waits;
	int64_t waited;
	int64_t patience_ms;
	char url[512];
	char expected[512];	/* address that was to come next; or "" */
	unsigned int foreseen;	/* ... and came */
	unsigned int wasted;	/* ... and another one came */
};

/* scim_list() against it; as scim_fake_list(), but all that came. */
enum err scim_fake_list_all(struct scim_fake *f,
	const struct scim_request *request, struct scim_listed *ret,
	struct diag *diag);

/* scim_list() against it, users; asserts that a failure is explained and leaves
 * nothing behind. */
enum err scim_fake_list(struct scim_fake *f,
	const struct scim_request *request, struct scim_listing *ret,
	struct diag *diag);

/* The same, in pages of 10 and with room for 1000 users. */
enum err scim_fake_list_tens(struct scim_fake *f, struct scim_listing *ret,
	struct diag *diag);

#endif
