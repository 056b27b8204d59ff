/* SPDX-License-Identifier: BSD-2-Clause */
#include "nss_8x8.h"

#include <errno.h>
#include <stdalign.h>
#include <string.h>

/* A pointer into a record's strings, moved to their copy. */
static char *
moved(char *copy, const char *strings, const char *p)
{
	return copy + (p - strings);
}

enum err
nss_fill_passwd(const struct cache_user *user, struct passwd *result,
    char *buffer, size_t size)
{
	const char *strings = user->name;

	if (user->strings_len > size)
		return ERR_TOO_LONG;
	memcpy(buffer, strings, user->strings_len);
	*result = (struct passwd){
		.pw_name = buffer,
		.pw_passwd = moved(buffer, strings, user->passwd),
		.pw_uid = user->uid,
		.pw_gid = user->gid,
		.pw_gecos = moved(buffer, strings, user->gecos),
		.pw_dir = moved(buffer, strings, user->home),
		.pw_shell = moved(buffer, strings, user->shell),
	};
	return ERR_OK;
}

enum err
nss_fill_group(const struct cache *cache, const struct cache_group *group,
    struct group *result, char *buffer, size_t size)
{
	const char *strings = group->name;
	size_t pad = -(uintptr_t)buffer % alignof(char *);
	size_t pointers = ((size_t)group->member_count + 1) * sizeof(char *);
	char **members;
	char *copy;

	if (pad + pointers + group->strings_len > size)
		return ERR_TOO_LONG;
	members = (char **)(void *)(buffer + pad);
	copy = buffer + pad + pointers;
	memcpy(copy, strings, group->strings_len);
	for (uint32_t i = 0; i < group->member_count; i++) {
		const char *member = cache_group_member(cache, group, i);

		if (member == NULL)
			return ERR_CACHE_DAMAGED;
		members[i] = moved(copy, strings, member);
	}
	members[group->member_count] = NULL;
	*result = (struct group){
		.gr_name = copy,
		.gr_passwd = moved(copy, strings, group->passwd),
		.gr_gid = group->gid,
		.gr_mem = members,
	};
	return ERR_OK;
}

/* Want of descriptors or memory, or an interruption: it may be gone the next
 * time. */
static bool
is_passing(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM ||
	    error == EAGAIN || error == EINTR;
}

enum nss_status
nss_answer(enum err result, int errno_before, int *errnop)
{
	int error = errno;

	errno = errno_before;
	switch (result) {
	case ERR_OK:
		return NSS_STATUS_SUCCESS;
	case ERR_TOO_LONG:
		*errnop = ERANGE;
		return NSS_STATUS_TRYAGAIN;
	case ERR_NOMEM:
		*errnop = ENOMEM;
		return NSS_STATUS_TRYAGAIN;
	case ERR_NOT_FOUND:
		*errnop = ENOENT;
		return NSS_STATUS_NOTFOUND;
	case ERR_IO:
		*errnop = is_passing(error) ? EAGAIN : ENOENT;
		return is_passing(error) ? NSS_STATUS_TRYAGAIN :
		    NSS_STATUS_UNAVAIL;
	default:
		*errnop = ENOENT;
		return NSS_STATUS_UNAVAIL;
	}
}
