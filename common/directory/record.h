/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One SCIM User or Group resource, reduced to what a host needs (RFC 7643
 * sections 4.1 and 4.2).  Filled by the fetch worker, sent as WIRE_USER,
 * WIRE_GROUP and WIRE_MEMBER, stored by update.h.
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
	const char *number;	/* [users] uid_attribute, not checked yet */
	bool active;
};

/* Its members are told one by one, by their ids. */
struct group_record {
	const char *id;
	const char *display_name;
	const char *number;	/* [groups] gid_attribute, not checked yet */
};

#endif
