/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Builds the bytes of nss.cache (format.h) from users and groups.  The same
 * input in the same order gives the same bytes.  Used by root's part of sync
 * only; io_replace() puts the result in place.  One writer makes one file.
 */
#ifndef CACHE_WRITER_H
#define CACHE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"

struct cache_writer;

/* NULL when out of memory. */
struct cache_writer *cache_writer_new(void);
void cache_writer_free(struct cache_writer **w);
DEFINE_AUTO(cache_writer, struct cache_writer *, cache_writer_free);

/* One user.  The user-private group (same name, gid) is added by this call.
 * Strings are copied.  gids are the supplementary groups; each must be added
 * by cache_writer_add_group() before cache_writer_finish().
 * ERR_NAME_GRAMMAR, ERR_ID_RANGE, ERR_EXISTS (a user or group has the name or
 * id already), ERR_SYNTAX (':', control byte or bad UTF-8 in a field; home or
 * shell is no absolute path), ERR_TOO_LONG (CACHE_FIELD_MAX, CACHE_GIDS_MAX):
 * the user is not added and others may be.  ERR_NOMEM, ERR_INTERNAL: the
 * writer is good for cache_writer_free() only. */
enum err cache_writer_add_user(struct cache_writer *w, const char *name,
	uint32_t id, const char *gecos, const char *home, const char *shell,
	bool may_log_in, const uint32_t *gids, size_t gid_count,
	struct diag *diag) MUST_USE;

/* One group without members of its own; members come from the users.  Fails
 * as cache_writer_add_user() does. */
enum err cache_writer_add_group(struct cache_writer *w, const char *name,
	uint32_t gid, struct diag *diag) MUST_USE;

/* One account of /etc/passwd that is a provisioned person's.
 * ERR_NAME_GRAMMAR, ERR_ID_RANGE (root's, the system's, ours), ERR_EXISTS (the
 * name or the uid is linked already), ERR_TOO_LONG (CACHE_LINKS_MAX): it is
 * not added and others may be.  ERR_NOMEM. */
enum err cache_writer_add_link(struct cache_writer *w, const char *name,
	uint32_t uid, struct diag *diag) MUST_USE;

/* Somebody whom nobody provisioned may get an account by signing in. */
void cache_writer_allow_jit(struct cache_writer *w);

/* Appends the finished file to out, whose maximum should be CACHE_SIZE_MAX.
 * What the writer has is given up on the way: afterwards, also after a
 * failure, it is good for cache_writer_free() only and says ERR_INTERNAL.
 * ERR_NOT_FOUND (a user's gid is no group that was added), ERR_EXISTS (it is
 * listed twice, or is the user's own), ERR_TOO_LONG, ERR_NOMEM. */
enum err cache_writer_finish(struct cache_writer *w, struct buf *out,
	struct diag *diag) MUST_USE;

#endif
