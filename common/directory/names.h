/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who gets which login name and id (catalogue I4, I5); a part of update.h.
 *
 * The login name is the local part of userName, or all of it, in lower case,
 * by [users] name.  It must be a login name, not be local, and not be held by
 * another record; else it is refused and the record has no account.
 *
 * A name that was given stays with its record:
 * - a renamed person keeps uid, groups and home, and takes the new login name
 *   if it is free; if it is not, the old one stays (counted as names_kept).
 *   The home directory stays named for the first login name, and nobody else
 *   ever gets that name: files do not change hands with it.
 * - somebody who vanished keeps the name, so a newcomer of the same name is a
 *   new person and refused (ERR_NAME_TAKEN), never the heir.
 * - while a local account has the name it is not in effect (ERR_NAME_LOCAL),
 *   and in effect again when the local account is gone.
 *
 * An id is registered for every listed record, also a refused one, so that
 * hosts with different local accounts agree on the ids of all the others.
 */
#ifndef DIRECTORY_NAMES_H
#define DIRECTORY_NAMES_H

#include "directory/local.h"
#include "directory/update.h"

/* Inside the transaction, when users has the listing's records: names and ids
 * for all records of temp.listing, in its order (created_at, id).
 * ERR_ID_EXHAUSTED, ERR_STORE, ERR_NOMEM. */
enum err names_assign(struct store *store, const struct conf *conf,
	const struct local *local, struct update_report *report,
	struct diag *diag) MUST_USE;

#endif
