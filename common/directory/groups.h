/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups, from attributes and from the server; a part of update.h.
 *
 * One group is made for every distinct value of each attribute that [groups]
 * attributes names (department, site, title), and, with [groups] scim, one for
 * every group of the server (table scim_groups; 8x8 has none).  Its gid is the
 * registry's for "department:VALUE", or for "scim:ID": a group that gets
 * another displayName keeps its gid, and one that comes back has it again.
 * With [groups] gid_attribute the server says the gids of its groups; one with
 * none, or none that it can have, is refused.
 *
 * Its name is the value or displayName in lower case, every run of characters
 * other than [a-z0-9._] one '-', none at the ends.  A name that is not a group
 * name, is local or reserved (local.h), is a user's login name or home, or was
 * given to another group is refused: then there is no such group, and table
 * groups_refused says why (catalogue I6: it cannot become docker or wheel).
 * Of several that ask for a name it stays with the one that had it; else
 * attributes come before the server's groups, each in order of key.
 *
 * Who has a name keeps it, be it a person or a group.  A newcomer who asks for
 * the name of a group does not get it, also if both come in one listing, and
 * also of a group that is refused: a person's private group has the person's
 * name, and what others grant to a group, as sudoers does to %ops, would be
 * granted to the person.  The names that groups had stay taken when the groups
 * are gone (table group_names), until amend_adopt().
 *
 * Who is in them says the view memberships(scim_id, gid), of whoever has not
 * vanished: also of those who sign in as a local account.
 */
#ifndef DIRECTORY_GROUPS_H
#define DIRECTORY_GROUPS_H

#include "directory/local.h"
#include "directory/update.h"

/* Inside the transaction, when users and scim_groups are as listed, before
 * names_assign(): the groups that shall be, and group_names; with newcomers
 * also by what temp.listing says of people whom names_admit() will add.
 * ERR_STORE, ERR_NOMEM. */
enum err groups_want(struct store *store, const struct conf *conf,
	const struct local *local, bool newcomers, struct diag *diag)
	MUST_USE;

/* After groups_want(), when everybody has a name and scim_groups is as
 * listed: groups, groups_refused and scim_gids; writes only what is different.
 * Counts report->groups_refused, gid_conflicts and members_unknown.
 * ERR_ID_EXHAUSTED, ERR_SCIM_LIMITS (nested beyond measure), ERR_STORE,
 * ERR_NOMEM. */
enum err groups_update(struct store *store, const struct conf *conf,
	const struct local *local, struct update_report *report,
	struct diag *diag) MUST_USE;

#endif
