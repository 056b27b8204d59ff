/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups in groups, flattened; a part of groups.h.
 *
 * A member of a group is a member of every group that holds it, directly or
 * through up to SCIM_NESTING_MAX others; deeper ones are not.  A group that
 * holds itself, at whatever distance, is harmless.  A group that is refused
 * hands its members on all the same: it is its name that is refused.
 */
#ifndef DIRECTORY_GROUP_NESTING_H
#define DIRECTORY_GROUP_NESTING_H

#include "sys/conf.h"
#include "sys/store.h"

/* Inside the transaction, when table groups is final: table scim_gids; writes
 * only what is different.  ERR_SCIM_LIMITS when all groups together would have
 * more than SCIM_MEMBERS_MAX members, or hold more than SCIM_NESTED_MAX others
 * (directly or not, each as often as there are ways to it); ERR_STORE,
 * ERR_NOMEM. */
enum err group_nesting_update(struct store *store, const struct conf *conf,
	struct diag *diag) MUST_USE;

#endif
