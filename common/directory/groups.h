/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups from attributes; a part of update.h.
 *
 * 8x8 has no groups, so one is made for every distinct value of each
 * attribute that [groups] attributes names (department, site, title).  Its
 * name is the value in lower case, every run of characters other than
 * [a-z0-9._] one '-', none at the ends; its gid is the registry's for
 * "department:VALUE".  A name that is not a group name, is local, is a
 * provisioned login name, or was made from another value already is refused:
 * that value has no group (catalogue I6: it cannot become docker or wheel).
 */
#ifndef DIRECTORY_GROUPS_H
#define DIRECTORY_GROUPS_H

#include "directory/local.h"
#include "directory/update.h"

/* Inside the transaction, when everybody has a name: all groups anew; who is
 * in them says the view memberships(scim_id, gid).  Counts report->groups_refused.
 * ERR_ID_EXHAUSTED, ERR_STORE, ERR_NOMEM. */
enum err groups_update(struct store *store, const struct conf *conf,
	const struct local *local, struct update_report *report,
	struct diag *diag) MUST_USE;

#endif
