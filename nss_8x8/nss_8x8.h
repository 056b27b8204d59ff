/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libnss_8x8.so.2: what every process on the host asks for users and groups.
 *
 * Runs inside all of them, so: libc only, silent, no lock, no allocation (but
 * initgroups grows the caller's array), no state but the two thread-local
 * cursors of the enumerations.  Each call maps the cache, looks, copies into
 * the caller's buffer and unmaps, so threads, fork, chroot and a new file at
 * any moment are no special cases.
 *
 * Every entry point answers
 *
 *	SUCCESS		errno is as it was before the call
 *	NOTFOUND	*errnop ENOENT: no such record; without opening the
 *			file for names and ids that it can never hold
 *	TRYAGAIN	*errnop ERANGE: buffer is too small, and nothing was
 *			written; ENOMEM; EAGAIN: the process or the host has
 *			no descriptor or memory to open the file with (nscd
 *			would remember ENOENT)
 *	UNAVAIL		*errnop ENOENT: no cache, or not one to believe
 */
#ifndef NSS_8X8_H
#define NSS_8X8_H

#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <stddef.h>

#include "base/err.h"
#include "cache/reader.h"

/* Where the cache is: CACHE_PATH (path.c), or what a test links instead. */
extern const char nss_cache_path[];

/* Copies a record into the caller's buffer; pw_passwd and gr_passwd are "*".
 * ERR_TOO_LONG, before anything is written, if it does not fit;
 * ERR_CACHE_DAMAGED. */
enum err nss_fill_passwd(const struct cache_user *user, struct passwd *result,
	char *buffer, size_t size) MUST_USE;
enum err nss_fill_group(const struct cache *cache,
	const struct cache_group *group, struct group *result, char *buffer,
	size_t size) MUST_USE;

/* Ends every entry point: the status for a result, and for errno if that is
 * ERR_IO.  Sets errno to what it was before the call, then *errnop (often
 * errno itself) if the call failed. */
enum nss_status nss_answer(enum err result, int errno_before, int *errnop);

#pragma GCC visibility push(default)

enum nss_status _nss_8x8_getpwnam_r(const char *name, struct passwd *result,
	char *buffer, size_t size, int *errnop);
enum nss_status _nss_8x8_getpwuid_r(uid_t uid, struct passwd *result,
	char *buffer, size_t size, int *errnop);
/* The cursor is an index into the file's list: a record may be skipped or
 * come twice if the file is replaced meanwhile. */
enum nss_status _nss_8x8_setpwent(int stay_open);
enum nss_status _nss_8x8_getpwent_r(struct passwd *result, char *buffer,
	size_t size, int *errnop);
enum nss_status _nss_8x8_endpwent(void);

enum nss_status _nss_8x8_getgrnam_r(const char *name, struct group *result,
	char *buffer, size_t size, int *errnop);
enum nss_status _nss_8x8_getgrgid_r(gid_t gid, struct group *result,
	char *buffer, size_t size, int *errnop);
enum nss_status _nss_8x8_setgrent(int stay_open);
enum nss_status _nss_8x8_getgrent_r(struct group *result, char *buffer,
	size_t size, int *errnop);
enum nss_status _nss_8x8_endgrent(void);

/* Appends the user's supplementary gids but skip_gid behind *start, growing
 * the array of *size gids with realloc(3) up to limit (<= 0: none); stops
 * with SUCCESS at the limit. */
enum nss_status _nss_8x8_initgroups_dyn(const char *name, gid_t skip_gid,
	long *start, long *size, gid_t **gids, long limit, int *errnop);

#pragma GCC visibility pop

#endif
