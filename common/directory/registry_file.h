/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ids of one host for others: text, one id per line, sorted by id.
 *
 *	u 1879050001 2819c223-7f76-453a-919d-413861904646
 *	g 1879050002 department:Customer%20Care
 *
 * kind, id and key (see registry.h) with one space between.  In a key, '%',
 * spaces, control characters and every byte that is not ASCII are %HH.
 */
#ifndef DIRECTORY_REGISTRY_FILE_H
#define DIRECTORY_REGISTRY_FILE_H

#include "base/buf.h"
#include "directory/registry.h"

struct registry_entry {
	enum registry_kind kind;
	uint32_t id;
	const char *key;	/* borrowed */
};

/* Calls visit for every id that was ever given, in ascending order; stops at
 * the first result that is not ERR_OK and returns it.  ERR_STORE. */
enum err registry_each(struct store *store,
	enum err (*visit)(const struct registry_entry *entry, void *context,
	    struct diag *diag),
	void *context, struct diag *diag) MUST_USE;

/* Appends the entry's line.  ERR_TOO_LONG, ERR_NOMEM. */
enum err registry_format(const struct registry_entry *entry, struct buf *out)
	MUST_USE;

struct registry_imported {
	uint64_t added;
	uint64_t known;		/* had this id already */
};

/*
 * Registers what the text says: all of it, in a transaction of its own, or
 * nothing.  diag names the line and what to do.  ERR_SYNTAX (not as above, or
 * a thing said twice), ERR_ID_RANGE (outside [users] min_id to max_id),
 * ERR_ID_TAKEN (another key has the id, the key has another id, or a local
 * account or group has it), ERR_CONF_VALUE, ERR_STORE, ERR_NOMEM.
 */
enum err registry_import(struct store *store, const struct conf *conf,
	const struct local *local, const struct buf *text,
	struct registry_imported *ret, struct diag *diag) MUST_USE;

#endif
