/* SPDX-License-Identifier: BSD-2-Clause */
#include "owner.h"

#include <pwd.h>
#include <string.h>

#include <security/pam_modutil.h>

#include "base/limits.h"
#include "cache/reader.h"

static bool
is_name(const char *user)
{
	size_t len = strnlen(user, OWNER_NAME_MAX + 1);

	if (len == 0 || len > OWNER_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)user[i] < 0x20 || user[i] == 0x7f)
			return false;
	return true;
}

static bool
is_cached(const char *path, const char *user, enum err *ret_cache)
{
	AUTO(cache) struct cache cache = CACHE_INIT;
	struct cache_user entry;
	enum err r = cache_open(path, &cache);

	if (r == ERR_OK)
		r = cache_user_by_name(&cache, user, &entry);
	*ret_cache = r == ERR_NOT_FOUND ? ERR_OK : r;
	return r == ERR_OK;
}

/* The uid that the host would open the account with decides, and root's is
 * asked for before our file is. */
static bool
is_linked(pam_handle_t *pamh, const char *path, const char *user,
    enum err *ret_cache)
{
	AUTO(cache) struct cache cache = CACHE_INIT;
	const struct passwd *pw = pam_modutil_getpwnam(pamh, user);

	if (pw == NULL || pw->pw_uid < LOCAL_UID_MIN)
		return false;
	*ret_cache = cache_open(path, &cache);
	return *ret_cache == ERR_OK &&
	    cache_is_linked(&cache, user, pw->pw_uid);
}

enum verdict_outcome
owner_of(pam_handle_t *pamh, const struct args *args, const char *user,
    enum err *ret_cache)
{
	const struct passwd *pw;

	*ret_cache = ERR_OK;
	if (!is_name(user))
		return OUTCOME_UNKNOWN;
	if (strcmp(user, "root") == 0)
		return OUTCOME_LOCAL;
	if (verdict_pam_ok(pam_modutil_check_user_in_passwd(pamh, user,
	    NULL)))
		return is_linked(pamh, args->cache, user, ret_cache) ?
		    OUTCOME_NOTHING : OUTCOME_LOCAL;
	/* The account that the host would open decides: a name that another
	 * source (LDAP) answers first is that source's, even if it is
	 * provisioned too. */
	pw = pam_modutil_getpwnam(pamh, user);
	if (pw != NULL && pw->pw_uid == 0)
		return OUTCOME_LOCAL;
	if (pw != NULL)
		return pw->pw_uid >= ID_MIN && pw->pw_uid <= ID_MAX ?
		    OUTCOME_NOTHING : OUTCOME_UNKNOWN;
	return is_cached(args->cache, user, ret_cache) ? OUTCOME_NOTHING :
	    OUTCOME_UNKNOWN;
}
