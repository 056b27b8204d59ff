/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of libwriter share: writer.c takes users and groups in,
 * array.c keeps them, tables.c finds them, image.c lays the file out.  Nobody
 * else includes this.
 */
#ifndef CACHE_WRITER_IMPL_H
#define CACHE_WRITER_IMPL_H

#include "cache/format.h"
#include "cache/writer.h"

#define WRITER_NONE UINT32_MAX
#define WRITER_GROUP 0x80000000u	/* in entry.at: a group, no user */

/* A growing array.  Nothing in it is secret, so that, other than a buf, it
 * moves by its pages and need not be wiped. */
struct array {
	uint8_t *data;
	size_t len;
	size_t cap;
};

/* One name with its id: a user and their private group, or a group. */
struct entry {
	uint64_t hash;		/* of the name, with the present seed */
	uint32_t id;
	uint32_t at;		/* the user's unit in records, or the group's
				 * number and WRITER_GROUP */
};

struct group {
	uint32_t name_at;	/* in names */
	uint32_t name_len;
	uint32_t gid;
	/* Set by cache_writer_finish(): */
	uint32_t at;
	uint32_t member_count;
	uint32_t members_done;
	uint64_t strings_len;
	uint64_t strings_done;
	uint32_t last_user;	/* number + 1 of the last user seen in it */
};

/* The tables are like those of the file, but with number + 1 for a place. */
enum writer_table {
	WRITER_BY_NAME,		/* entries */
	WRITER_BY_ID,		/* entries */
	WRITER_GROUPS,		/* groups, by their gids */
	WRITER_TABLES
};

struct cache_writer {
	uint64_t seed;
	uint32_t user_count;
	bool allow_jit;
	bool finished;
	struct array entries;	/* struct entry, in the order of coming */
	struct array records;	/* of the users, as in the file */
	struct array groups;	/* struct group */
	struct array names;	/* of the groups */
	struct array links;	/* struct cache_link, as in the file */
	struct array tables[WRITER_TABLES];	/* struct cache_slot */
};

static inline struct entry *
writer_entries(const struct cache_writer *w)
{
	return (void *)w->entries.data;
}

static inline struct group *
writer_groups(const struct cache_writer *w)
{
	return (void *)w->groups.data;
}

static inline const struct cache_link *
writer_links(const struct cache_writer *w)
{
	return (const void *)w->links.data;
}

static inline struct cache_slot *
writer_slots(const struct cache_writer *w, enum writer_table table)
{
	return (void *)w->tables[table].data;
}

static inline uint32_t
writer_entry_count(const struct cache_writer *w)
{
	return (uint32_t)(w->entries.len / sizeof(struct entry));
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

static inline uint32_t
writer_slot_count(const struct cache_writer *w, enum writer_table table)
{
	return (uint32_t)(w->tables[table].len / sizeof(struct cache_slot));
}

/* A user's record, and where what follows it begins. */
static inline const struct cache_user_record *
writer_record(const struct cache_writer *w, const struct entry *user)
{
	return (const void *)(w->records.data +
	    (size_t)user->at * CACHE_UNIT);
}

static inline const char *
writer_record_name(const struct cache_user_record *record)
{
	return (const char *)(record + 1);
}

static inline uint32_t
writer_record_name_len(const struct cache_user_record *record)
{
	return le16toh(record->gecos_at) - 3u;
}

static inline size_t
writer_gids_at(const struct cache_user_record *record)
{
	return sizeof(*record) + (le16toh(record->strings_len) + 3u) / 4 * 4;
}

static inline size_t
writer_round_up(size_t len)
{
	return (len + CACHE_UNIT - 1) / CACHE_UNIT * CACHE_UNIT;
}

static inline size_t
writer_record_size(const struct cache_user_record *record)
{
	return writer_round_up(writer_gids_at(record) +
	    4 * (size_t)le32toh(record->gid_count));
}

static inline const char *
writer_name(const struct cache_writer *w, const struct entry *entry)
{
	if ((entry->at & WRITER_GROUP) == 0)
		return writer_record_name(writer_record(w, entry));
	return (const char *)w->names.data +
	    writer_groups(w)[entry->at & ~WRITER_GROUP].name_at;
}

/* Makes an array longer by len bytes, zeros, which *ret points to.
 * ERR_NOMEM, ERR_TOO_LONG (CACHE_SIZE_MAX). */
enum err array_push(struct array *a, size_t len, void *ret_new) MUST_USE;

/* Copies len bytes to the end. */
enum err array_put(struct array *a, const void *data, size_t len) MUST_USE;

void array_free(struct array *a);

/* Asks the kernel for large pages, which are cheaper to come by and to find;
 * it may have none. */
void array_advise(void *data, size_t len);

/* How many slots a table has for so many records. */
uint32_t writer_slots_for(uint32_t count) MUST_USE;

/* Enters a key into a table of so many slots.  False if its probe is too
 * long. */
bool writer_put(struct cache_slot *slots, uint32_t slot_count,
	struct cache_key key, uint32_t at) MUST_USE;

/* Enters the newest entry, and the newest group if it is one; makes all tables
 * anew when one is too full or a probe too long.  ERR_NOMEM, ERR_TOO_LONG,
 * ERR_INTERNAL (no seed will do); the writer is unusable then. */
enum err writer_index_newest(struct cache_writer *w) MUST_USE;

/* Makes all tables anew with another seed.  Fails as writer_index_newest()
 * does. */
enum err writer_reseed(struct cache_writer *w) MUST_USE;

/* The entry's keys. */
struct cache_key writer_name_key(const struct entry *entry) MUST_USE;
struct cache_key writer_id_key(const struct cache_writer *w, uint32_t id)
	MUST_USE;

/* Does an entry have this name (of this hash), or this id? */
bool writer_has_name(const struct cache_writer *w, const char *name,
	uint64_t hash) MUST_USE;
bool writer_has_id(const struct cache_writer *w, uint32_t id) MUST_USE;

/* The number of the group with this gid, which is nobody's private one;
 * WRITER_NONE if there is none. */
uint32_t writer_find_group(const struct cache_writer *w, uint32_t gid)
	MUST_USE;

#endif
