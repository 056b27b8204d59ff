/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One SCIM User resource, reduced to what a host needs (RFC 7643 section 4.1).
 * Filled by the fetch worker, sent as WIRE_USER, stored by update.h.
 */
#ifndef DIRECTORY_RECORD_H
#define DIRECTORY_RECORD_H

#include <stdbool.h>

/* Borrowed strings, never NULL; "" means absent. */
struct record {
	const char *id;
	const char *external_id;
	const char *user_name;
	const char *given_name;
	const char *family_name;
	const char *title;
	const char *department;
	const char *site;
	const char *created;	/* meta.created as it came */
	bool active;
};

#endif
