/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads nss.cache (format.h).  libc only; runs inside every process that asks
 * for a user.  Trusts nothing in the file: every offset is bounds-checked,
 * every name and id is tested against the compiled-in grammar and ranges
 * before it is handed out, and no input makes it crash, loop or read outside
 * the mapping.  Allocates nothing, takes no lock, writes nothing.
 *
 * An open cache is a value of its owner; nothing is kept between calls, so
 * threads, fork and chroot need no thought.
 */
#ifndef CACHE_READER_H
#define CACHE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

/* Where 8x8sso publishes and everybody reads. */
#define CACHE_PATH LOCALSTATEDIR "/lib/8x8sso/nss.cache"

/* An open cache.  Opaque to callers, embedded for want of an allocator. */
struct cache {
	const uint8_t *map;	/* NULL: closed */
	size_t size;
};

#define CACHE_INIT { NULL, 0 }

/* Strings point into the mapping: copy them before cache_close().  All five
 * lie in the strings_len bytes from name on, in this order, each with its
 * NUL. */
struct cache_user {
	const char *name;
	const char *passwd;	/* always "*" */
	const char *gecos;
	const char *home;
	const char *shell;
	size_t strings_len;
	uint32_t uid;
	uint32_t gid;
	bool may_log_in;	/* false: inactive or vanished */
	uint32_t gid_count;	/* private: see cache_user_group() */
	uint32_t gids_;		/* private: byte offset in the file */
};

/* name, passwd and all members' names lie in the strings_len bytes from name
 * on. */
struct cache_group {
	const char *name;
	const char *passwd;	/* always "*" */
	size_t strings_len;
	uint32_t gid;
	uint32_t member_count;
	uint32_t members_;	/* private: see cache_group_member() */
};

/* Whether a cache can have this name or id at all, by the compiled-in grammar
 * and range: what local accounts have is mostly refused here, before any
 * file is touched. */
bool cache_may_have_name(const char *name) MUST_USE;
bool cache_may_have_id(uint32_t id) MUST_USE;

/*
 * Maps the file.  It must be a regular file, no symbolic link, that belongs
 * to root, or to the effective user of this process, and that nobody else may
 * write.
 *
 * Why the effective user is good enough: the path is compiled in and its
 * folders are root's, so the owner is tested only against a file that the
 * service account might put into the folder it may write.  Such a file is
 * then believed by that account's own processes alone.  In a set-user-id
 * program the effective user is the program's owner, not its caller, so that
 * the caller gains nothing.  It is io_open_trusted()'s rule, and lets tests
 * run without root.
 *
 * No thread is cancelled in here.
 *
 * ERR_CACHE_MISSING, ERR_UNSAFE_FILE, ERR_CACHE_DAMAGED, ERR_CACHE_VERSION,
 * ERR_IO (errno says why).
 */
enum err cache_open(const char *path, struct cache *ret_cache) MUST_USE;
void cache_close(struct cache *cache);
DEFINE_AUTO(cache, struct cache, cache_close);

/* As cache_open(), for bytes that are in memory already, aligned to 8 and
 * the caller's for as long as the cache is used; not to be closed. */
enum err cache_open_bytes(const void *bytes, size_t size,
	struct cache *ret_cache) MUST_USE;

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

/* The index-th member's login name, or NULL if the record is damaged or has
 * no such member.  Points into the group's strings. */
const char *cache_group_member(const struct cache *cache,
	const struct cache_group *group, uint32_t index) MUST_USE;

/* Supplementary gids of a user, without the primary one: the index-th, or
 * ERR_NOT_FOUND behind the last, ERR_CACHE_DAMAGED. */
enum err cache_user_group(const struct cache *cache,
	const struct cache_user *user, uint32_t index, uint32_t *ret_gid)
	MUST_USE;

/* Is the account of /etc/passwd that has this name and this uid a provisioned
 * person's?  Never root's, an account's of the system, or one's in our range;
 * false, too, when the list is damaged: then local people are local. */
bool cache_is_linked(const struct cache *cache, const char *name,
	uint32_t uid) MUST_USE;

/* May somebody whom nobody provisioned get an account by signing in? */
bool cache_creates_users(const struct cache *cache) MUST_USE;

/* Reads the whole file and compares the checksum of the publisher: for
 * `8x8sso check`, not for lookups.  ERR_CACHE_DAMAGED. */
enum err cache_verify(const struct cache *cache) MUST_USE;

#endif
