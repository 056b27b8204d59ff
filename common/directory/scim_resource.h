/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One resource of a SCIM listing -> one record.  Users and groups are read by
 * the same code from two tables.  No network, no files.
 */
#ifndef DIRECTORY_SCIM_RESOURCE_H
#define DIRECTORY_SCIM_RESOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/limits.h"
#include "directory/record.h"
#include "sys/json.h"

enum scim_type { SCIM_USERS, SCIM_GROUPS, SCIM_TYPES };

/* A group and the ids of its members, one after the other, each with its
 * NUL.  Users or groups: what an id is, only the ids of the others tell. */
struct scim_group {
	struct group_record record;
	size_t members;
	const char *member;
};

/* A resource that was read; its strings are borrowed from the document, and
 * from the item itself, which must not be moved. */
struct scim_item {
	union {
		struct record user;
		struct scim_group group;
		const char *id;		/* the first member of both */
	};
	struct buf members;		/* group.member's bytes */
	size_t ignored;			/* values that were */
	struct diag remark;		/* what is wrong with the first */
	char external_id[32];
	char number[SCIM_NUMBER_MAX + 1];
};

void scim_item_clear(struct scim_item *item);
DEFINE_AUTO(scim_item, struct scim_item, scim_item_clear);

/*
 * Reads a resource.  number is the RFC 7644 path of the attribute that has the
 * id ("[URN:]name[.part]", at most SCIM_PATH_MAX), "" for none.  Names are
 * compared without regard to case, extension attributes may stand in their
 * object or, flattened, as "URN:name".
 *
 * It fails when there is no id or userName, and when they, externalId, active
 * or a member are of the wrong type or too long.  Another value that is so is
 * ignored, as if it were absent, and counted: one title that is wrong must not
 * keep everybody who leaves.  (It is not cut off: groups are made of titles,
 * departments and sites.)  The same name twice fails always.  The number is an integer or a string of digits;
 * anything else that is there becomes a text that is no id ("?", or negative),
 * because one wrong number is no reason to do without the page.  On failure
 * the item has the id, if there is one.  ERR_SCIM, ERR_JSON, ERR_NOMEM.
 */
enum err scim_item_read(struct json *resource, enum scim_type type,
	const char *number, struct scim_item *ret, struct diag *diag) MUST_USE;

/* Copies it, with its strings, into one piece of memory: a struct record or a
 * struct scim_group, for free().  NULL when there is no memory. */
void *scim_item_copy(const struct scim_item *item, enum scim_type type,
	size_t *ret_size) __attribute__((warn_unused_result));

#endif
