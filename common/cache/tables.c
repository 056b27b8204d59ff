/* SPDX-License-Identifier: BSD-2-Clause */
#include "cache/writer_impl.h"

#include <string.h>

/* Seeds to try before giving up; one is enough unless names were chosen to
 * collide, and who chose them could not know the next one. */
#define SEEDS_MAX 64u
#define SLOTS_MIN 16u

static bool
is_name_index(enum cache_index index)
{
	return index == CACHE_USER_BY_NAME || index == CACHE_GROUP_BY_NAME;
}

static uint32_t
record_count(const struct cache_writer *w, enum cache_index index)
{
	return writer_is_user_index(index) ? writer_user_count(w) :
	    writer_group_count(w);
}

static struct cache_key
key_of(const struct cache_writer *w, enum cache_index index, uint32_t number)
{
	const struct group *group;

	if (writer_is_user_index(index))
		number = writer_users(w)[number].group;
	group = &writer_groups(w)[number];
	if (is_name_index(index))
		return cache_key_name(w->seed, writer_string(w, group->name_at),
		    group->name_len);
	return cache_key_id(w->seed, group->gid);
}

/* The n-th slot of a key's probe. */
static struct cache_slot *
slot_of(const struct cache_writer *w, enum cache_index index,
    struct cache_key key, uint32_t n)
{
	uint32_t mask = writer_slot_count(w, index) - 1;

	return &writer_slots(w, index)[(key.hash + n) & mask];
}

/* False if the table is too full or the probe too long. */
static bool
table_put(struct cache_writer *w, enum cache_index index, uint32_t number)
{
	struct cache_key key = key_of(w, index, number);

	if (writer_slot_count(w, index) / 2 <= number)
		return false;
	for (uint32_t i = 0; i < CACHE_PROBE_MAX; i++) {
		struct cache_slot *slot = slot_of(w, index, key, i);

		if (slot->at != 0)
			continue;
		slot->tag = key.tag;
		slot->at = number + 1;
		return true;
	}
	return false;
}

uint32_t
writer_find_group(const struct cache_writer *w, const char *name,
    uint32_t gid)
{
	enum cache_index index = name != NULL ? CACHE_GROUP_BY_NAME :
	    CACHE_GROUP_BY_GID;
	struct cache_key key = name != NULL ?
	    cache_key_name(w->seed, name, strlen(name)) :
	    cache_key_id(w->seed, gid);

	for (uint32_t i = 0; i < CACHE_PROBE_MAX; i++) {
		const struct cache_slot *slot = slot_of(w, index, key, i);
		const struct group *group;

		if (slot->at == 0)
			return WRITER_NONE;
		if (slot->tag != key.tag)
			continue;
		group = &writer_groups(w)[slot->at - 1];
		if (name == NULL ? group->gid == gid :
		    strcmp(writer_string(w, group->name_at), name) == 0)
			return slot->at - 1;
	}
	return WRITER_NONE;
}

/* Empties a table and makes it the size that its records need. */
static enum err
table_reset(struct cache_writer *w, enum cache_index index)
{
	struct buf *table = &w->tables[index];
	uint32_t count = SLOTS_MIN;
	size_t len;
	enum err r;

	while (count / 2 < record_count(w, index))
		count *= 2;
	len = count * sizeof(struct cache_slot);
	buf_clear(table);
	r = buf_reserve(table, len);
	if (r != ERR_OK)
		return r;
	memset(table->data, 0, len);
	table->len = len;
	return ERR_OK;
}

/* Makes all tables anew with the present seed; *ret_fits says whether that
 * seed will do. */
static enum err
fill_tables(struct cache_writer *w, bool *ret_fits)
{
	bool fits = true;

	for (enum cache_index i = 0; i < CACHE_INDEXES; i++) {
		enum err r = table_reset(w, i);

		if (r != ERR_OK)
			return r;
		for (uint32_t n = 0; n < record_count(w, i) && fits; n++)
			fits = table_put(w, i, n);
	}
	*ret_fits = fits;
	return ERR_OK;
}

/* The next seed follows from all names so far: were it a number that is known
 * beforehand, names could be chosen that collide under every one of them. */
static uint64_t
next_seed(const struct cache_writer *w)
{
	return cache_hash(w->seed, buf_str(&w->strings), w->strings.len);
}

enum err
writer_index_all(struct cache_writer *w)
{
	for (unsigned int i = 0; i < SEEDS_MAX; i++) {
		bool fits;
		enum err r = fill_tables(w, &fits);

		if (r != ERR_OK || fits)
			return r;
		w->seed = next_seed(w);
	}
	return ERR_INTERNAL;
}

enum err
writer_index_newest(struct cache_writer *w, enum cache_index by_name,
    enum cache_index by_id)
{
	uint32_t number = record_count(w, by_name) - 1;

	if (table_put(w, by_name, number) && table_put(w, by_id, number))
		return ERR_OK;
	return writer_index_all(w);
}

