/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ids, written once and never reused (DESIGN.md 4 "Ids").  uid and gid share
 * one space, so a user's private group has the user's number and no other
 * group can.
 */
#ifndef DIRECTORY_REGISTRY_H
#define DIRECTORY_REGISTRY_H

#include "directory/local.h"
#include "sys/conf.h"
#include "sys/store.h"

enum registry_kind { REGISTRY_USER = 'u', REGISTRY_GROUP = 'g' };

/*
 * The id of this key (SCIM id of a user; "department:Sales" of a group): the
 * registered one, or a new one: the first 8 bytes of SHA-256(kind ':' key),
 * big-endian, modulo the range's size, then the next free slot.  Inside the
 * caller's transaction; callers register new keys in (created, id) order.
 * The slots of local accounts and groups are skipped (NULL: none are).
 * ERR_ID_EXHAUSTED, ERR_STORE.
 */
enum err registry_get(struct store *store, const struct conf *conf,
	enum registry_kind kind, const char *key, const struct local *local,
	uint32_t *ret_id, struct diag *diag) MUST_USE;

#endif
