/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who gets which login name and id (catalogue I4, I5); a part of update.h.
 *
 * The login name is the local part of userName, or all of it, in lower case,
 * by [users] name.  It must be a login name, not be local, not be held by
 * another record, and not be a name that a group has, had or asks for (see
 * groups.h); else it is refused and the record has no account.  One that
 * has a link (table links) signs in as its local account instead
 * (ERR_NAME_LINKED).
 *
 * A name that was given stays with its record:
 * - a renamed person keeps uid, groups and home, and takes the new login name
 *   if it is free; if it is not, the old one stays (counted as names_kept).
 *   The home directory stays named for the first login name, and nobody else
 *   gets that name as long as the record has it: files do not change hands.
 * - somebody who vanished keeps the name while a home directory of it is
 *   there, by today's [users] home or a former one, and a newcomer of the same
 *   name is a new person, refused (ERR_NAME_HOME) and never the heir.  Without
 *   one the name is released: the tombstone loses login, uid, home_name and pin, and the newcomer gets the
 *   name with an id of its own.  The old id stays registered to the tombstone,
 *   which has it again should it come back, under a name that is free then.
 * - while a local account has the name it is not in effect (ERR_NAME_LOCAL),
 *   and in effect again when the local account is gone; so with a link.
 *
 * An id is registered for every record, also a refused one, so that hosts with
 * different local accounts agree on the ids of all the others.  Where the
 * server gives the ids ([users] uid_attribute), a record without a usable one
 * is refused (ERR_ID_*); one that has an id keeps it, whatever is listed.
 */
#ifndef DIRECTORY_NAMES_H
#define DIRECTORY_NAMES_H

#include "directory/local.h"
#include "directory/update.h"

/*
 * Inside a transaction, when users and links are as they shall be: names and
 * ids for all who have not vanished, in the order (created_at, scim_id).
 * Only records that a decision is due for are touched: without a login name,
 * refused, whose userName asks for another one (also because [users] name
 * says so now), whose name has become local, and with a link.
 * Sets report->refused and report->names_kept.
 * ERR_ID_EXHAUSTED, ERR_STORE, ERR_NOMEM.
 */
enum err names_assign(struct store *store, const struct conf *conf,
	const struct local *local, struct update_report *report,
	struct diag *diag) MUST_USE;

/*
 * Is there a home directory of the name (see home.h), by what [users] home is
 * or was when names were given?  Appends the template by which, or today's, to
 * template, which may be NULL.
 * ERR_STORE, ERR_TOO_LONG, ERR_NOMEM.
 */
enum err names_find_home(struct store *store, const struct conf *conf,
	const char *name, struct buf *template, bool *ret, struct diag *diag)
	MUST_USE;
/* The same for an update: also writes down those of temp.listing who are not in
 * users yet, in the same order; report->refused stays as it is. */
enum err names_admit(struct store *store, const struct conf *conf,
	const struct local *local, struct update_report *report,
	struct diag *diag) MUST_USE;

/* Takes the name from a record that vanished, and its pin, but not its id.
 * ERR_STORE. */
enum err names_release(struct store *store, const char *scim_id,
	struct diag *diag) MUST_USE;

#endif
