/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an administrator decides about one record, because no rule can.
 */
#ifndef DIRECTORY_AMEND_H
#define DIRECTORY_AMEND_H

#include "base/limits.h"
#include "directory/local.h"
#include "sys/conf.h"
#include "sys/store.h"

/* A login name that went from somebody who vanished to a newcomer. */
struct amend_adoption {
	char user_name[SCIM_STRING_MAX + 1];	/* the newcomer's, cut to fit */
	uint32_t uid;
	char home[HOME_MAX_LEN + 1];
	uint32_t old_uid;	/* whose the files are that were left; or 0 */
	char old_home[HOME_MAX_LEN + 1];
	bool old_home_exists;
};

/*
 * Takes the name from a record that vanished, although there is a home
 * directory (see names.h), or from a group that is gone, and gives names anew;
 * in a transaction of its own.
 * No file is touched.  ERR_USER_UNKNOWN (nobody who vanished holds it, or
 * nobody new is there to get it), ERR_NAME_TAKEN (its holder is listed),
 * ERR_ID_EXHAUSTED, ERR_STORE, ERR_NOMEM.
 */
enum err amend_adopt(struct store *store, const struct conf *conf,
	const struct local *local, const char *name,
	struct amend_adoption *ret, struct diag *diag) MUST_USE;

/*
 * Forgets whom the account of this name is pinned to, so that its next first
 * login pins anew; the name is a login name, or of a linked local account.
 * subject is what was forgotten, "" for nothing.  ERR_USER_UNKNOWN, ERR_STORE.
 */
enum err amend_relink(struct store *store, const char *name,
	char subject[static SUBJECT_MAX_LEN + 1], struct diag *diag)
	MUST_USE;

#endif
