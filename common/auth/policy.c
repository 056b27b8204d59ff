/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/policy.h"

#include <string.h>

/* A clock that was set back makes a sync lie in the future: then its age is
 * as unknown as that of one long ago. */
static bool
is_stale(const struct policy_account *account, int64_t max_age, int64_t now)
{
	if (max_age == 0)
		return false;
	return account->last_sync == 0 ||
	    now - account->last_sync > max_age ||
	    account->last_sync - now > max_age;
}

static bool
is_member(const struct policy_account *account, const char *group)
{
	for (size_t i = 0; i < account->group_count; i++)
		if (strcmp(account->groups[i], group) == 0)
			return true;
	return false;
}

static bool
is_admitted_by(const struct policy_account *account, const char *item)
{
	if (strcmp(item, "*") == 0)
		return true;
	if (item[0] == '@')
		return is_member(account, item + 1);
	return strcmp(item, account->login) == 0;
}

static bool
is_allowed(const struct policy_account *account, const struct conf_list *allow)
{
	for (size_t i = 0; i < allow->count; i++)
		if (is_admitted_by(account, allow->item[i]))
			return true;
	return false;
}

static bool
is_at(const struct policy_account *account, const struct conf_list *sites)
{
	for (size_t i = 0; i < sites->count; i++)
		if (strcmp(account->site, sites->item[i]) == 0)
			return true;
	return sites->count == 0;
}

enum err
policy_check(const struct conf *conf, const struct policy_account *account,
    int64_t now, struct diag *diag)
{
	if (account->vanished)
		return fail(diag, ERR_USER_VANISHED, "%s", account->login);
	if (!account->active)
		return fail(diag, ERR_USER_INACTIVE, "%s", account->login);
	if (is_stale(account, conf->access_max_age, now))
		return fail(diag, ERR_DIRECTORY_STALE,
		    "last sync at %lld, now %lld; run 8x8sso sync",
		    (long long)account->last_sync, (long long)now);
	if (!is_allowed(account, &conf->access_allow))
		return fail(diag, ERR_USER_NOT_ALLOWED, "%s", account->login);
	if (!is_at(account, &conf->access_sites))
		return fail(diag, ERR_USER_SITE, "%s is of site \"%s\"",
		    account->login, account->site);
	return ERR_OK;
}
