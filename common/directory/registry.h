/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ids, written once and never reused (DESIGN.md 4 "Ids").  uid and gid share
 * one space, so a user's private group has the user's number and no other
 * group can.  Everything is inside the caller's transaction.
 */
#ifndef DIRECTORY_REGISTRY_H
#define DIRECTORY_REGISTRY_H

#include "directory/local.h"
#include "sys/conf.h"
#include "sys/store.h"

enum registry_kind { REGISTRY_USER = 'u', REGISTRY_GROUP = 'g' };

/* The table with its statements prepared, for many ids.  Borrows all three;
 * local may be NULL: no local id is in the way then.  ERR_STORE, ERR_NOMEM. */
struct registry;

enum err registry_open(struct store *store, const struct conf *conf,
	const struct local *local, struct registry **ret, struct diag *diag)
	MUST_USE;
void registry_free(struct registry **registry);
static inline void
registry_auto(struct registry **registry)
{
	registry_free(registry);
}

/*
 * The id of this key (SCIM id of a user; "department:Sales", "scim:ID" of a
 * group): the registered one, or a new one: the first 8 bytes of
 * SHA-256(kind ':' key), big-endian, modulo the range's size, then the next
 * free slot, around the end.  The slots of local accounts and groups are
 * skipped.  Callers register new keys in (created, id) order.
 *
 * So hosts that never speak to each other agree on every key whose slot no
 * other key ever wants or is driven to; and on all of them when they had the
 * same keys in the same syncs.  Where that is not enough, see
 * registry_file.h.
 *
 * ERR_ID_EXHAUSTED, ERR_CONF_VALUE (a range outside ID_MIN to ID_MAX),
 * ERR_STORE.
 */
enum err registry_give(struct registry *registry, enum registry_kind kind,
	const char *key, uint32_t *ret_id, struct diag *diag) MUST_USE;

/* The id that a key without one gets unless it is another key's; 0: it is a
 * local account's or group's.  ERR_CONF_VALUE. */
enum err registry_first_choice(struct registry *registry,
	enum registry_kind kind, const char *key, uint32_t *ret_id,
	struct diag *diag) MUST_USE;

/* The new id of a key that is known to have none.  The same errors; and
 * ERR_EXISTS if it has one. */
enum err registry_add(struct registry *registry, enum registry_kind kind,
	const char *key, uint32_t *ret_id, struct diag *diag) MUST_USE;

/*
 * registry_give() where the server gives the ids: the registered one, whatever the
 * server says now, or its number (decimal digits, as it came).  What is wrong
 * with that is a verdict on this record only: ERR_ID_MISSING (""),
 * ERR_ID_RANGE (no number from min_id to max_id), ERR_ID_TAKEN (another
 * key's, or a local account's or group's).  Failures as above.
 */
enum err registry_claim(struct registry *registry, enum registry_kind kind,
	const char *key, const char *number, uint32_t *ret_id,
	struct diag *diag) MUST_USE;

/* Is it such a verdict? */
static inline bool
registry_refuses(enum err r)
{
	return r == ERR_ID_MISSING || r == ERR_ID_RANGE || r == ERR_ID_TAKEN;
}

#endif
