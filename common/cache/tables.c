/* SPDX-License-Identifier: BSD-2-Clause */
#include "cache/writer_impl.h"

#include <string.h>

/* Seeds to try before giving up; one is enough unless names were chosen to
 * collide, and who chose them could not know the next one. */
#define SEEDS_MAX 64u
#define SLOTS_MIN 16u

uint32_t
writer_slots_for(uint32_t count)
{
	uint32_t slots = SLOTS_MIN;

	while (slots / 2 < count)
		slots *= 2;
	return slots;
}

struct cache_key
writer_name_key(const struct entry *entry)
{
	return (struct cache_key){ entry->hash,
		(uint32_t)(entry->hash >> 32) };
}

struct cache_key
writer_id_key(const struct cache_writer *w, uint32_t id)
{
	return cache_key_id(w->seed, id);
}

bool
writer_put(struct cache_slot *slots, uint32_t slot_count,
    struct cache_key key, uint32_t at)
{
	for (uint32_t i = 0; i < CACHE_PROBE_MAX; i++) {
		struct cache_slot *slot =
		    &slots[(key.hash + i) & (slot_count - 1)];

		if (slot->at != 0)
			continue;
		slot->tag = key.tag;
		slot->at = at;
		return true;
	}
	return false;
}

/* -- looking up ------------------------------------------------------------ */

/* The number of the n-th thing from *place on that has the key's tag;
 * WRITER_NONE behind the last. */
static uint32_t
next_match(const struct cache_writer *w, enum writer_table table,
    struct cache_key key, uint32_t *place)
{
	const struct cache_slot *slots = writer_slots(w, table);
	uint32_t mask = writer_slot_count(w, table) - 1;

	/* Before the first one there is no table. */
	if (slots == NULL)
		return WRITER_NONE;
	for (; *place < CACHE_PROBE_MAX; ++*place) {
		const struct cache_slot *slot =
		    &slots[(key.hash + *place) & mask];

		if (slot->at == 0)
			return WRITER_NONE;
		if (slot->tag == key.tag) {
			++*place;
			return slot->at - 1;
		}
	}
	return WRITER_NONE;
}

bool
writer_has_name(const struct cache_writer *w, const char *name, uint64_t hash)
{
	const struct entry key = { .hash = hash };
	uint32_t place = 0;
	uint32_t n;

	while ((n = next_match(w, WRITER_BY_NAME, writer_name_key(&key),
	    &place)) != WRITER_NONE)
		if (strcmp(writer_name(w, &writer_entries(w)[n]), name) == 0)
			return true;
	return false;
}

/* The tag of an id is the id. */
static uint32_t
find_id(const struct cache_writer *w, enum writer_table table, uint32_t id)
{
	uint32_t place = 0;

	return next_match(w, table, writer_id_key(w, id), &place);
}

bool
writer_has_id(const struct cache_writer *w, uint32_t id)
{
	return find_id(w, WRITER_BY_ID, id) != WRITER_NONE;
}

uint32_t
writer_find_group(const struct cache_writer *w, uint32_t gid)
{
	return find_id(w, WRITER_GROUPS, gid);
}

/* -- filling --------------------------------------------------------------- */

static uint32_t
count_of(const struct cache_writer *w, enum writer_table table)
{
	return table == WRITER_GROUPS ? writer_group_count(w) :
	    writer_entry_count(w);
}

static bool
table_put(struct cache_writer *w, enum writer_table table, uint32_t number)
{
	struct cache_key key =
	    table == WRITER_BY_NAME ?
	    writer_name_key(&writer_entries(w)[number]) :
	    writer_id_key(w, table == WRITER_BY_ID ?
	    writer_entries(w)[number].id : writer_groups(w)[number].gid);
	uint32_t slots = writer_slot_count(w, table);

	return slots / 2 > number &&
	    writer_put(writer_slots(w, table), slots, key, number + 1);
}

/* Makes a table anew, with the size that its records need. */
static enum err
fill_table(struct cache_writer *w, enum writer_table table, bool *ret_fits)
{
	uint32_t count = count_of(w, table);
	void *slots = NULL;
	enum err r;

	array_free(&w->tables[table]);
	r = array_push(&w->tables[table],
	    writer_slots_for(count) * sizeof(struct cache_slot), &slots);
	*ret_fits = true;
	for (uint32_t n = 0; n < count && r == ERR_OK && *ret_fits; n++)
		*ret_fits = table_put(w, table, n);
	return r;
}

/* The next seed follows from all names so far: were it a number that is known
 * beforehand, names could be chosen that collide under every one of them. */
static void
take_next_seed(struct cache_writer *w)
{
	uint64_t seed = cache_hash(w->seed, w->records.data, w->records.len);

	w->seed = cache_hash(seed, w->names.data, w->names.len);
	for (uint32_t n = 0; n < writer_entry_count(w); n++) {
		struct entry *entry = &writer_entries(w)[n];
		const char *name = writer_name(w, entry);

		entry->hash = cache_hash(w->seed, name, strlen(name));
	}
}

enum err
writer_reseed(struct cache_writer *w)
{
	for (unsigned int i = 0; i < SEEDS_MAX; i++) {
		bool fits = true;

		take_next_seed(w);
		for (unsigned int t = 0; t < WRITER_TABLES && fits; t++) {
			enum err r = fill_table(w, (enum writer_table)t,
			    &fits);

			if (r != ERR_OK)
				return r;
		}
		if (fits)
			return ERR_OK;
	}
	return ERR_INTERNAL;
}

/* A table that is full becomes larger, with the seed that it has. */
static enum err
index_newest(struct cache_writer *w, enum writer_table table)
{
	bool fits = true;
	enum err r;

	if (table_put(w, table, count_of(w, table) - 1))
		return ERR_OK;
	r = fill_table(w, table, &fits);
	return r != ERR_OK || fits ? r : writer_reseed(w);
}

enum err
writer_index_newest(struct cache_writer *w)
{
	const struct entry *entry =
	    &writer_entries(w)[writer_entry_count(w) - 1];
	bool group = (entry->at & WRITER_GROUP) != 0;
	uint64_t seed = w->seed;
	enum err r = ERR_OK;

	/* Another seed has put it everywhere. */
	for (unsigned int t = 0; t < (group ? WRITER_TABLES : WRITER_GROUPS) &&
	    r == ERR_OK && w->seed == seed; t++)
		r = index_newest(w, (enum writer_table)t);
	return r;
}
