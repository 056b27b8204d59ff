/* SPDX-License-Identifier: BSD-2-Clause */
#include "nss_8x8.h"

#include <errno.h>
#include <limits.h>

/* As in passwd.c. */
static __thread uint32_t cursor __attribute__((tls_model("initial-exec")));

enum nss_status
_nss_8x8_getgrnam_r(const char *name, struct group *result, char *buffer,
    size_t size, int *errnop)
{
	AUTO(cache) struct cache cache = CACHE_INIT;
	struct cache_group group;
	int before = errno;
	enum err r = ERR_NOT_FOUND;

	if (cache_may_have_name(name))
		r = cache_open(nss_cache_path, &cache);
	if (r == ERR_OK)
		r = cache_group_by_name(&cache, name, &group);
	if (r == ERR_OK)
		r = nss_fill_group(&cache, &group, result, buffer, size);
	return nss_answer(r, before, errnop);
}

enum nss_status
_nss_8x8_getgrgid_r(gid_t gid, struct group *result, char *buffer,
    size_t size, int *errnop)
{
	AUTO(cache) struct cache cache = CACHE_INIT;
	struct cache_group group;
	int before = errno;
	enum err r = ERR_NOT_FOUND;

	if (cache_may_have_id(gid))
		r = cache_open(nss_cache_path, &cache);
	if (r == ERR_OK)
		r = cache_group_by_gid(&cache, gid, &group);
	if (r == ERR_OK)
		r = nss_fill_group(&cache, &group, result, buffer, size);
	return nss_answer(r, before, errnop);
}

enum nss_status
_nss_8x8_setgrent(int stay_open)
{
	(void)stay_open;
	cursor = 0;
	return NSS_STATUS_SUCCESS;
}

enum nss_status
_nss_8x8_getgrent_r(struct group *result, char *buffer, size_t size,
    int *errnop)
{
	AUTO(cache) struct cache cache = CACHE_INIT;
	struct cache_group group;
	int before = errno;
	enum err r = cache_open(nss_cache_path, &cache);

	if (r == ERR_OK)
		r = cache_group_at(&cache, cursor, &group);
	if (r == ERR_OK)
		r = nss_fill_group(&cache, &group, result, buffer, size);
	if (r == ERR_OK)
		cursor++;
	return nss_answer(r, before, errnop);
}

enum nss_status
_nss_8x8_endgrent(void)
{
	cursor = 0;
	return NSS_STATUS_SUCCESS;
}

/* -- initgroups ------------------------------------------------------------ */

/* The caller's growing array. */
struct gid_list {
	long *count;
	long *size;
	gid_t **gids;
	long limit;
};

static bool
is_full(const struct gid_list *list)
{
	return list->limit > 0 && *list->count >= list->limit;
}

static enum err
append(const struct gid_list *list, gid_t gid)
{
	long size = *list->size > 0 ? *list->size : 16;
	gid_t *gids;

	if (*list->count < *list->size) {
		(*list->gids)[(*list->count)++] = gid;
		return ERR_OK;
	}
	if (size > LONG_MAX / 2 / (long)sizeof(gid))
		return ERR_NOMEM;
	size *= 2;
	if (list->limit > 0 && size > list->limit)
		size = list->limit;
	gids = realloc(*list->gids, (size_t)size * sizeof(gid));
	if (gids == NULL)
		return ERR_NOMEM;
	*list->gids = gids;
	*list->size = size;
	gids[(*list->count)++] = gid;
	return ERR_OK;
}

static enum err
append_groups(const struct cache *cache, const struct cache_user *user,
    gid_t skip_gid, const struct gid_list *list)
{
	for (uint32_t i = 0; i < user->gid_count && !is_full(list); i++) {
		uint32_t gid;
		enum err r = cache_user_group(cache, user, i, &gid);

		if (r == ERR_OK && gid != skip_gid)
			r = append(list, gid);
		if (r != ERR_OK)
			return r;
	}
	return ERR_OK;
}

enum nss_status
_nss_8x8_initgroups_dyn(const char *name, gid_t skip_gid, long *start,
    long *size, gid_t **gids, long limit, int *errnop)
{
	AUTO(cache) struct cache cache = CACHE_INIT;
	const struct gid_list list = { start, size, gids, limit };
	struct cache_user user;
	int before = errno;
	enum err r = ERR_NOT_FOUND;

	if (cache_may_have_name(name))
		r = cache_open(nss_cache_path, &cache);
	if (r == ERR_OK)
		r = cache_user_by_name(&cache, name, &user);
	if (r == ERR_OK)
		r = append_groups(&cache, &user, skip_gid, &list);
	return nss_answer(r, before, errnop);
}
