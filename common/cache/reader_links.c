/* SPDX-License-Identifier: BSD-2-Clause */
#include "cache/reader_impl.h"

/* The list's first link, and how many there are; NULL for none and for a list
 * that breaks a bound. */
static const struct cache_link *
read_list(const struct cache *cache, uint32_t *ret_count)
{
	uint32_t at = le32toh(reader_header(cache)->link_list_at);
	const uint32_t *count = reader_bytes(cache, at, sizeof(*count));
	uint64_t size;

	if (at == 0 || count == NULL || le32toh(*count) > CACHE_LINKS_MAX)
		return NULL;
	size = (uint64_t)le32toh(*count) * sizeof(struct cache_link);
	if (reader_bytes(cache, at, sizeof(*count) + size) == NULL)
		return NULL;
	*ret_count = le32toh(*count);
	return (const void *)(count + 1);
}

bool
cache_is_linked(const struct cache *cache, const char *name, uint32_t uid)
{
	size_t len = strnlen(name, LOCAL_NAME_MAX_LEN + 1);
	uint32_t count = 0;
	const struct cache_link *link = NULL;

	if (cache_is_local(name, len, uid))
		link = read_list(cache, &count);
	if (link == NULL)
		return false;
	for (; count > 0; count--, link++)
		if (le32toh(link->uid) == uid &&
		    strncmp(link->name, name, sizeof(link->name)) == 0)
			return true;
	return false;
}

bool
cache_creates_users(const struct cache *cache)
{
	return le32toh(reader_header(cache)->flags) == CACHE_CREATES_USERS;
}
