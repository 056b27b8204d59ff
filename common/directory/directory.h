/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The provisioned users, as state.db holds them.
 */
#ifndef DIRECTORY_DIRECTORY_H
#define DIRECTORY_DIRECTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/policy.h"
#include "base/cleanup.h"
#include "sys/conf.h"
#include "sys/store.h"

/* One record.  Strings are owned and never NULL. */
struct directory_user {
	char *scim_id;
	char *external_id;
	char *user_name;	/* as SCIM has it */
	char *login;		/* "" when refused; the local account's name
				 * when linked */
	char *given_name;
	char *family_name;
	char *title;
	char *department;
	char *site;		/* written once */
	char *site_listed;	/* what the provider says now */
	char *created;
	uint32_t uid;		/* also the gid; 0 when refused or linked */
	int64_t seen_at;	/* created at sign-in and not listed yet: the
				 * last sign-in; else 0 */
	bool active;
	bool vanished;		/* tombstone */
	bool linked;		/* signs in as a local account (links.h) */
	enum err refused;	/* why it has no login name, or ERR_OK */
	char *pin;		/* subject that it is pinned to, or "" */
	char **groups;		/* names, without the user-private one */
	size_t group_count;
};

void directory_user_clear(struct directory_user *user);
DEFINE_AUTO(directory_user, struct directory_user, directory_user_clear);

/* The record as policy_check() wants it; borrows from the user. */
static inline struct policy_account
directory_account(const struct directory_user *user, int64_t last_sync)
{
	return (struct policy_account){
		.login = user->login,
		.active = user->active,
		.vanished = user->vanished,
		.site = user->site,
		.groups = (const char *const *)user->groups,
		.group_count = user->group_count,
		/* A sync says nothing about whom it has never listed. */
		.last_sync = user->seen_at > 0 ? user->seen_at : last_sync,
	};
}

/* By the login name, or by the name of the linked local account.
 * ERR_USER_UNKNOWN, ERR_STORE, ERR_NOMEM. */
enum err directory_find(struct store *store, const char *login,
	struct directory_user *ret, struct diag *diag) MUST_USE;

/* Calls visit for every record, in order of what is in login (refused ones last, by
 * userName); stops at the first result that is not ERR_OK and returns it. */
enum err directory_each(struct store *store,
	enum err (*visit)(const struct directory_user *user, void *context,
	    struct diag *diag),
	void *context, struct diag *diag) MUST_USE;

#endif
