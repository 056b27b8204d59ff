/* SPDX-License-Identifier: BSD-2-Clause */
#include "nss_8x8.h"

#include <errno.h>

/* The next user of this thread's enumeration.  initial-exec: no call into
 * the loader, and four bytes of the space that it keeps for this. */
static __thread uint32_t cursor __attribute__((tls_model("initial-exec")));

enum nss_status
_nss_8x8_getpwnam_r(const char *name, struct passwd *result, char *buffer,
    size_t size, int *errnop)
{
	AUTO(cache) struct cache cache = CACHE_INIT;
	struct cache_user user;
	int before = errno;
	enum err r = ERR_NOT_FOUND;

	if (cache_may_have_name(name))
		r = cache_open(nss_cache_path, &cache);
	if (r == ERR_OK)
		r = cache_user_by_name(&cache, name, &user);
	if (r == ERR_OK)
		r = nss_fill_passwd(&user, result, buffer, size);
	return nss_answer(r, before, errnop);
}

enum nss_status
_nss_8x8_getpwuid_r(uid_t uid, struct passwd *result, char *buffer,
    size_t size, int *errnop)
{
	AUTO(cache) struct cache cache = CACHE_INIT;
	struct cache_user user;
	int before = errno;
	enum err r = ERR_NOT_FOUND;

	if (cache_may_have_id(uid))
		r = cache_open(nss_cache_path, &cache);
	if (r == ERR_OK)
		r = cache_user_by_uid(&cache, uid, &user);
	if (r == ERR_OK)
		r = nss_fill_passwd(&user, result, buffer, size);
	return nss_answer(r, before, errnop);
}

enum nss_status
_nss_8x8_setpwent(int stay_open)
{
	(void)stay_open;
	cursor = 0;
	return NSS_STATUS_SUCCESS;
}

enum nss_status
_nss_8x8_getpwent_r(struct passwd *result, char *buffer, size_t size,
    int *errnop)
{
	AUTO(cache) struct cache cache = CACHE_INIT;
	struct cache_user user;
	int before = errno;
	enum err r = cache_open(nss_cache_path, &cache);

	if (r == ERR_OK)
		r = cache_user_at(&cache, cursor, &user);
	if (r == ERR_OK)
		r = nss_fill_passwd(&user, result, buffer, size);
	if (r == ERR_OK)
		cursor++;
	return nss_answer(r, before, errnop);
}

enum nss_status
_nss_8x8_endpwent(void)
{
	cursor = 0;
	return NSS_STATUS_SUCCESS;
}
