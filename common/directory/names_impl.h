/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of names.h share. */
#ifndef DIRECTORY_NAMES_IMPL_H
#define DIRECTORY_NAMES_IMPL_H

#include "base/limits.h"
#include "directory/names.h"

struct newcomers;
struct registry;

struct names {
	struct store *store;
	const struct conf *conf;
	const struct local *local;
	bool admits;		/* newcomers of temp.listing */
	struct registry *registry;
	struct newcomers *newcomers;
	struct store_stmt *undecided;
	struct store_stmt *holder;
	struct store_stmt *group;	/* of a name that is new to a record */
	struct store_stmt *set;
	struct store_stmt *one;		/* of undecided, a newcomer */
	struct store_stmt *admit;
};

/* What a record has, and what it is to have. */
struct holding {
	char login[LOGIN_NAME_MAX_LEN + 1];	/* "": none */
	uint32_t uid;
	enum err refused;
	bool linked;		/* to a local account */
};

/* One record that a decision is due for; the texts are its row's. */
struct candidate {
	const char *id;
	const char *user_name;
	const char *number;	/* [users] uid_attribute, as it came */
	uint32_t registered;	/* id; 0: none yet */
	int64_t place;		/* of a newcomer in temp.listing; 0: of users */
	bool linked;
	bool judged;		/* whoever holds the name is looked for */
	struct holding had;
};

/* Decides the name, from what the record has and what it asks for; *ret_kept:
 * the one that it asks for is refused, and it keeps the one that it has.
 * ERR_STORE. */
enum err names_decide(struct names *names, const struct candidate *candidate,
	struct holding *holding, bool *ret_kept, struct diag *diag) MUST_USE;

#endif
