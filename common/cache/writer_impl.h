/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of libwriter share: writer.c takes users and groups in,
 * tables.c finds them, image.c lays the file out.  Nobody else includes this.
 */
#ifndef CACHE_WRITER_IMPL_H
#define CACHE_WRITER_IMPL_H

#include "cache/format.h"
#include "cache/writer.h"

#define WRITER_NONE UINT32_MAX

struct group {
	size_t name_at;		/* in strings; "*" follows */
	uint32_t name_len;
	uint32_t gid;
	/* Set by cache_writer_finish(): */
	uint32_t at;
	uint32_t member_count;
	uint64_t strings_len;
	uint32_t members_done;
	uint32_t strings_done;
	uint32_t last_user;	/* number + 1 of the last user seen in it */
};

/* Name and id are those of the private group. */
struct user {
	struct cache_user_record rec;	/* in this host's byte order */
	size_t strings_at;
	uint32_t group;
	uint32_t first_gid;
	uint32_t at;		/* set by cache_writer_finish() */
};

/*
 * The arrays grow in buffers.  The tables are those of the file, but with
 * number + 1 for a place; they serve to find duplicates first.
 */
struct cache_writer {
	uint64_t seed;
	struct buf users;	/* struct user */
	struct buf groups;	/* struct group, private ones among them */
	struct buf gids;	/* uint32_t */
	struct buf strings;
	struct buf links;	/* struct cache_link, as in the file */
	bool allow_jit;
	struct buf tables[CACHE_INDEXES];	/* struct cache_slot */
};

static inline struct user *
writer_users(const struct cache_writer *w)
{
	return (void *)w->users.data;
}

static inline struct group *
writer_groups(const struct cache_writer *w)
{
	return (void *)w->groups.data;
}

static inline const uint32_t *
writer_gids(const struct cache_writer *w, const struct user *user)
{
	return (const uint32_t *)(void *)w->gids.data + user->first_gid;
}

static inline const char *
writer_string(const struct cache_writer *w, size_t at)
{
	return buf_str(&w->strings) + at;
}

static inline uint32_t
writer_user_count(const struct cache_writer *w)
{
	return (uint32_t)(w->users.len / sizeof(struct user));
}

static inline uint32_t
writer_group_count(const struct cache_writer *w)
{
	return (uint32_t)(w->groups.len / sizeof(struct group));
}

static inline uint32_t
writer_link_count(const struct cache_writer *w)
{
	return (uint32_t)(w->links.len / sizeof(struct cache_link));
}

static inline bool
writer_is_user_index(enum cache_index index)
{
	return index == CACHE_USER_BY_NAME || index == CACHE_USER_BY_UID;
}

static inline uint32_t
writer_slot_count(const struct cache_writer *w, enum cache_index index)
{
	return (uint32_t)(w->tables[index].len / sizeof(struct cache_slot));
}

static inline struct cache_slot *
writer_slots(const struct cache_writer *w, enum cache_index index)
{
	return (void *)w->tables[index].data;
}

/* Enters the newest user or group into its two tables; rebuilds all tables
 * when one is too full or a probe too long.  ERR_NOMEM, ERR_TOO_LONG,
 * ERR_INTERNAL (no seed will do); the writer is unusable then. */
enum err writer_index_newest(struct cache_writer *w, enum cache_index by_name,
	enum cache_index by_id) MUST_USE;

/* Makes all tables anew, with the next seed that will do.  Fails as
 * writer_index_newest() does. */
enum err writer_index_all(struct cache_writer *w) MUST_USE;

/* The number of the group of this name, or with this gid if name is NULL;
 * WRITER_NONE if there is none. */
uint32_t writer_find_group(const struct cache_writer *w, const char *name,
	uint32_t gid) MUST_USE;

#endif
