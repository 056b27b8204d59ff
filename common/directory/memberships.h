/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is in which group, for everybody at once; a part of publish.h.  It says
 * what the view memberships says, but reads each table once: with a query for
 * each user, publishing takes a tenth longer.
 */
#ifndef DIRECTORY_MEMBERSHIPS_H
#define DIRECTORY_MEMBERSHIPS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "sys/store.h"

struct memberships;

/* Of the groups with these gids, which are sorted and stay the caller's until
 * it returns.  ERR_TOO_LONG (more than SCIM_MEMBERS_MAX), ERR_STORE,
 * ERR_NOMEM. */
enum err memberships_load(struct store *store, const uint32_t *gids,
	size_t count, struct memberships **ret, struct diag *diag) MUST_USE;

/* The attributes that make groups, in the order of memberships_get(). */
enum { MEMBERSHIP_DEPARTMENT, MEMBERSHIP_SITE, MEMBERSHIP_TITLE,
	MEMBERSHIP_ATTRIBUTES };

/* Replaces *gids by the user's, sorted, each once.  ERR_TOO_LONG when they do
 * not fit. */
enum err memberships_get(const struct memberships *memberships, uint32_t uid,
	const char *const values[MEMBERSHIP_ATTRIBUTES], struct buf *gids,
	struct diag *diag) MUST_USE;

void memberships_free(struct memberships **memberships);
DEFINE_AUTO(memberships, struct memberships *, memberships_free);

#endif
