/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads nss.cache (format.h).  libc only; runs inside every process that asks
 * for a user.  Trusts nothing in the file: every offset is bounds-checked,
 * every name and id is tested against the compiled-in grammar and ranges
 * before it is handed out, and no input makes it crash, loop or read outside
 * the mapping.  Allocates nothing, takes no lock, writes nothing.
 */
#ifndef CACHE_READER_H
#define CACHE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Where 8x8sso publishes and everybody reads. */
#define CACHE_PATH LOCALSTATEDIR "/lib/8x8sso/nss.cache"

/* An open cache.  Opaque to callers, embedded for want of an allocator. */
struct cache {
	const uint8_t *map;	/* NULL: closed */
	size_t size;
};

#define CACHE_INIT { NULL, 0 }

/* Strings point into the mapping: copy them before cache_close(). */
struct cache_user {
	const char *name;
	const char *gecos;
	const char *home;
	const char *shell;
	uint32_t uid;
	uint32_t gid;
	bool may_log_in;	/* false: inactive or vanished */
};

struct cache_group {
	const char *name;
	uint32_t gid;
	uint32_t member_count;
	uint32_t members_;	/* private: see cache_group_member() */
};

/* Maps the file.  ERR_CACHE_MISSING, ERR_CACHE_DAMAGED (also for a file that
 * is not a regular one), ERR_CACHE_VERSION, ERR_IO. */
enum err cache_open(const char *path, struct cache *ret_cache) MUST_USE;
void cache_close(struct cache *cache);

/* ERR_NOT_FOUND, ERR_CACHE_DAMAGED (the record breaks a bound). */
enum err cache_user_by_name(const struct cache *cache, const char *name,
	struct cache_user *ret) MUST_USE;
enum err cache_user_by_uid(const struct cache *cache, uint32_t uid,
	struct cache_user *ret) MUST_USE;
enum err cache_group_by_name(const struct cache *cache, const char *name,
	struct cache_group *ret) MUST_USE;
enum err cache_group_by_gid(const struct cache *cache, uint32_t gid,
	struct cache_group *ret) MUST_USE;

/* The index-th record, 0-based; ERR_NOT_FOUND behind the last. */
enum err cache_user_at(const struct cache *cache, uint32_t index,
	struct cache_user *ret) MUST_USE;
enum err cache_group_at(const struct cache *cache, uint32_t index,
	struct cache_group *ret) MUST_USE;

/* The index-th member's login name, or NULL if the record is damaged. */
const char *cache_group_member(const struct cache *cache,
	const struct cache_group *group, uint32_t index) MUST_USE;

/* Supplementary gids of a user, without the primary one: the index-th, or
 * ERR_NOT_FOUND behind the last, ERR_CACHE_DAMAGED. */
enum err cache_user_group(const struct cache *cache,
	const struct cache_user *user, uint32_t index, uint32_t *ret_gid)
	MUST_USE;

/* Reads the whole file and compares the checksum of the publisher: for
 * `8x8sso check`, not for lookups.  ERR_CACHE_DAMAGED. */
enum err cache_verify(const struct cache *cache) MUST_USE;

#endif
