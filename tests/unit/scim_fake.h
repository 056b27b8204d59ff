/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A SCIM server that is a table: no network, no waiting.
 */
#ifndef TESTS_SCIM_FAKE_H
#define TESTS_SCIM_FAKE_H

#include "directory/scim.h"

#define FAKE_URL "https://scim.example/udi/scim/v2"

/* A server with `users` users whose ids are their numbers. */
struct scim_fake {
	uint64_t users;
	uint64_t page_cap;	/* gives no more at once; 0: as asked */
	bool wraps;		/* first page again past the end */
	bool blind;		/* ignores startIndex */
	bool by_cursor;		/* RFC 9865, unasked */
	bool no_total;
	uint64_t hidden;	/* counted in totalResults, but not listed */
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
	unsigned int waits;
	int64_t waited;
	int64_t patience_ms;
	char url[512];
};

/* scim_list() against it; asserts that a failure is explained and leaves
 * nothing behind. */
enum err scim_fake_list(struct scim_fake *f,
	const struct scim_request *request, struct scim_listing *ret,
	struct diag *diag);

/* The same, in pages of 10 and with room for 1000 users. */
enum err scim_fake_list_tens(struct scim_fake *f, struct scim_listing *ret,
	struct diag *diag);

#endif
