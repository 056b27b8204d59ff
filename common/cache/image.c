/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lays the file out.  What the writer has is given up on the way as soon as
 * the file has it, so that a large directory is not in memory twice.
 */
#include "cache/writer_impl.h"

#include <string.h>

#define SEEDS_MAX 64u

/* Where the sections are. */
struct plan {
	uint64_t size;
	struct cache_table tables[CACHE_INDEXES];
	uint32_t user_list;
	uint32_t group_list;
	uint32_t link_list;	/* 0: none */
	uint32_t records;
	uint32_t groups;
};

/* -- members --------------------------------------------------------------- */

static uint32_t
gid_of(const struct cache_user_record *rec, uint32_t index)
{
	uint32_t gid;

	memcpy(&gid, (const uint8_t *)rec + writer_gids_at(rec) +
	    index * sizeof(gid), sizeof(gid));
	return le32toh(gid);
}

static enum err
join_group(const struct cache_writer *w, uint32_t number,
    const struct cache_user_record *rec, uint32_t gid, struct diag *diag)
{
	const char *name = writer_record_name(rec);
	uint32_t n = writer_find_group(w, gid);
	struct group *group;

	if (n == WRITER_NONE && gid != le32toh(rec->gid))
		return fail(diag, ERR_NOT_FOUND,
		    "user %s: there is no group %u", name, gid);
	group = n == WRITER_NONE ? NULL : &writer_groups(w)[n];
	if (group == NULL || group->last_user == number + 1)
		return fail(diag, ERR_EXISTS,
		    "user %s: group %u is listed twice", name, gid);
	group->last_user = number + 1;
	group->member_count++;
	group->strings_len += writer_record_name_len(rec) + 1;
	return ERR_OK;
}

/* Counts every user into the groups that are listed for them. */
static enum err
join_groups(const struct cache_writer *w, struct diag *diag)
{
	const uint8_t *p = w->records.data;
	enum err r = ERR_OK;

	for (uint32_t n = 0; n < writer_group_count(w); n++) {
		struct group *group = &writer_groups(w)[n];

		group->strings_len = group->name_len + 3;
		group->strings_done = group->strings_len;
	}
	for (uint32_t n = 0; n < w->user_count && r == ERR_OK; n++) {
		const struct cache_user_record *rec = (const void *)p;

		for (uint32_t i = 0; i < le32toh(rec->gid_count) &&
		    r == ERR_OK; i++)
			r = join_group(w, n, rec, gid_of(rec, i), diag);
		p += writer_record_size(rec);
	}
	return r;
}

/* -- the plan -------------------------------------------------------------- */

/* Gives len bytes the next place. */
static uint32_t
plan_section(struct plan *plan, uint64_t len)
{
	uint32_t at = (uint32_t)(plan->size / CACHE_UNIT);

	plan->size += writer_round_up(len);
	return at;
}

static uint64_t
group_size(const struct group *group)
{
	return sizeof(struct cache_group_record) +
	    4ull * group->member_count + group->strings_len;
}

static uint64_t
private_group_size(const struct cache_user_record *rec)
{
	return sizeof(struct cache_group_record) +
	    writer_record_name_len(rec) + 3;
}

static void
plan_tables(const struct cache_writer *w, struct plan *plan)
{
	const uint32_t counts[CACHE_INDEXES] = {
		[CACHE_USER_BY_NAME] = w->user_count,
		[CACHE_USER_BY_UID] = w->user_count,
		[CACHE_GROUP_BY_NAME] = writer_entry_count(w),
		[CACHE_GROUP_BY_GID] = writer_entry_count(w),
	};

	for (unsigned int i = 0; i < CACHE_INDEXES; i++) {
		struct cache_table *table = &plan->tables[i];

		table->slots = writer_slots_for(counts[i]);
		table->at = plan_section(plan,
		    table->slots * sizeof(struct cache_slot));
	}
}

static void
plan_file(const struct cache_writer *w, struct plan *plan)
{
	*plan = (struct plan){ .size = sizeof(struct cache_header) };
	plan_tables(w, plan);
	plan->user_list = plan_section(plan, 4ull * w->user_count);
	plan->group_list = plan_section(plan, 4ull * writer_entry_count(w));
	if (w->links.len > 0)
		plan->link_list = plan_section(plan, 4ull + w->links.len);
	plan->records = plan_section(plan, w->records.len);
	plan->groups = (uint32_t)(plan->size / CACHE_UNIT);
	for (uint32_t n = 0; n < writer_entry_count(w); n++) {
		const struct entry *entry = &writer_entries(w)[n];

		if ((entry->at & WRITER_GROUP) == 0)
			(void)plan_section(plan,
			    private_group_size(writer_record(w, entry)));
	}
	for (uint32_t n = 0; n < writer_group_count(w); n++)
		(void)plan_section(plan, group_size(&writer_groups(w)[n]));
}

/* -- the bytes ------------------------------------------------------------- */

static uint8_t *
place(uint8_t *file, uint32_t at)
{
	return file + (size_t)at * CACHE_UNIT;
}

static void
put32(uint8_t *p, size_t index, uint32_t number)
{
	number = htole32(number);
	memcpy(p + index * sizeof(number), &number, sizeof(number));
}

static uint32_t
get32(const uint8_t *p, size_t index)
{
	uint32_t number;

	memcpy(&number, p + index * sizeof(number), sizeof(number));
	return le32toh(number);
}

/* To this machine's byte order and back is the same. */
static struct cache_slot *
slots_of(uint8_t *file, const struct cache_table *table)
{
	return (void *)place(file, table->at);
}

static void
order_bytes(struct cache_slot *slots, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		slots[i].tag = htole32(slots[i].tag);
		slots[i].at = htole32(slots[i].at);
	}
}

/* False if a probe is too long. */
static bool
fill_user_tables(const struct cache_writer *w, const struct plan *plan,
    uint8_t *file)
{
	const struct cache_table *by_name = &plan->tables[CACHE_USER_BY_NAME];
	const struct cache_table *by_uid = &plan->tables[CACHE_USER_BY_UID];
	struct cache_slot *names = slots_of(file, by_name);
	struct cache_slot *uids = slots_of(file, by_uid);

	memset(names, 0, by_name->slots * sizeof(*names));
	memset(uids, 0, by_uid->slots * sizeof(*uids));
	for (uint32_t n = 0; n < writer_entry_count(w); n++) {
		const struct entry *entry = &writer_entries(w)[n];
		uint32_t at = plan->records + entry->at;

		if ((entry->at & WRITER_GROUP) != 0)
			continue;
		if (!writer_put(names, by_name->slots, writer_name_key(entry),
		    at) || !writer_put(uids, by_uid->slots,
		    writer_id_key(w, entry->id), at))
			return false;
	}
	order_bytes(names, by_name->slots);
	order_bytes(uids, by_uid->slots);
	return true;
}

static enum err
write_user_tables(struct cache_writer *w, const struct plan *plan,
    uint8_t *file)
{
	for (unsigned int i = 0; i < SEEDS_MAX; i++) {
		enum err r;

		if (fill_user_tables(w, plan, file))
			return ERR_OK;
		r = writer_reseed(w);
		if (r != ERR_OK)
			return r;
	}
	return ERR_INTERNAL;
}

static void
write_users(struct cache_writer *w, const struct plan *plan, uint8_t *file)
{
	uint8_t *list = place(file, plan->user_list);
	uint32_t done = 0;

	memset(list, 0, writer_round_up(4 * (size_t)w->user_count));
	for (uint32_t n = 0; n < writer_entry_count(w); n++) {
		const struct entry *entry = &writer_entries(w)[n];

		if ((entry->at & WRITER_GROUP) == 0)
			put32(list, done++, plan->records + entry->at);
	}
	if (w->records.len > 0)
		memcpy(place(file, plan->records), w->records.data,
		    w->records.len);
	array_free(&w->records);
}

/* All of a group but its members; returns the units that it takes. */
static uint32_t
write_group(uint8_t *p, const struct group *group, const char *name)
{
	const struct cache_group_record rec = {
		.gid = htole32(group->gid),
		.member_count = htole32(group->member_count),
		.strings_len = htole32((uint32_t)group->strings_len),
		.members_at = htole32(group->name_len + 3),
	};
	size_t size = writer_round_up(group_size(group));
	uint8_t *strings = p + sizeof(rec) + 4 * (size_t)group->member_count;

	memset(p + size - CACHE_UNIT, 0, CACHE_UNIT);
	memcpy(p, &rec, sizeof(rec));
	memcpy(strings, name, group->name_len);
	memcpy(strings + group->name_len, "\0*", 3);
	return (uint32_t)(size / CACHE_UNIT);
}

/* The private group of a user whose record is in the file. */
static struct group
private_group(const struct cache_user_record *rec)
{
	uint32_t len = writer_record_name_len(rec);

	return (struct group){
		.name_len = len,
		.gid = le32toh(rec->gid),
		.strings_len = len + 3,
	};
}

static void
write_groups(const struct cache_writer *w, const struct plan *plan,
    uint8_t *file)
{
	uint8_t *list = place(file, plan->group_list);
	uint32_t at = plan->groups;

	memset(list, 0, writer_round_up(4 * (size_t)writer_entry_count(w)));
	for (uint32_t n = 0; n < writer_entry_count(w); n++) {
		const struct entry *entry = &writer_entries(w)[n];
		uint8_t *p = place(file, at);

		put32(list, n, at);
		if ((entry->at & WRITER_GROUP) == 0) {
			const struct cache_user_record *rec = (const void *)
			    place(file, plan->records + entry->at);
			struct group group = private_group(rec);

			at += write_group(p, &group, writer_record_name(rec));
		} else {
			struct group *group = &writer_groups(w)[
			    entry->at & ~WRITER_GROUP];

			group->at = at;
			at += write_group(p, group, (const char *)
			    w->names.data + group->name_at);
		}
	}
}

/* Adds a user's name to the record of a group. */
static void
write_member(const struct cache_user_record *rec, struct group *group,
    uint8_t *file)
{
	uint8_t *members = place(file, group->at) +
	    sizeof(struct cache_group_record);
	uint8_t *strings = members + 4 * (size_t)group->member_count;
	size_t len = writer_record_name_len(rec) + 1;

	put32(members, group->members_done++, (uint32_t)group->strings_done);
	memcpy(strings + group->strings_done, writer_record_name(rec), len);
	group->strings_done += len;
}

static void
write_members(const struct cache_writer *w, const struct plan *plan,
    uint8_t *file)
{
	const uint8_t *p = place(file, plan->records);

	for (uint32_t n = 0; n < w->user_count; n++) {
		const struct cache_user_record *rec = (const void *)p;

		for (uint32_t i = 0; i < le32toh(rec->gid_count); i++)
			write_member(rec, &writer_groups(w)[
			    writer_find_group(w, gid_of(rec, i))], file);
		p += writer_record_size(rec);
	}
}

/* The writer's own table, with places for numbers. */
static void
write_group_table(struct cache_writer *w, enum writer_table from,
    const struct plan *plan, enum cache_index to, uint8_t *file)
{
	const uint8_t *list = place(file, plan->group_list);
	const struct cache_table *table = &plan->tables[to];
	const struct cache_slot *slot = writer_slots(w, from);
	uint8_t *p = place(file, table->at);

	/* No entry, no table yet. */
	if (slot == NULL)
		memset(p, 0, table->slots * sizeof(*slot));
	for (uint32_t i = 0; i < table->slots && slot != NULL; i++, slot++) {
		put32(p, (size_t)i * 2, slot->tag);
		put32(p, (size_t)i * 2 + 1, slot->at == 0 ? 0 :
		    get32(list, slot->at - 1));
	}
	array_free(&w->tables[from]);
}

static void
write_header(const struct cache_writer *w, const struct plan *plan,
    uint8_t *file)
{
	struct cache_header header = {
		.version = htole32(CACHE_VERSION),
		.size = htole64(plan->size),
		.seed = htole64(w->seed),
		.user_count = htole32(w->user_count),
		.group_count = htole32(writer_entry_count(w)),
		.user_list_at = htole32(plan->user_list),
		.group_list_at = htole32(plan->group_list),
		.link_list_at = htole32(plan->link_list),
		.flags = htole32(w->allow_jit ? CACHE_CREATES_USERS : 0),
	};
	size_t from = offsetof(struct cache_header, size);

	memcpy(header.magic, CACHE_MAGIC, CACHE_MAGIC_LEN);
	for (unsigned int i = 0; i < CACHE_INDEXES; i++) {
		header.tables[i].at = htole32(plan->tables[i].at);
		header.tables[i].slots = htole32(plan->tables[i].slots);
	}
	memcpy(file, &header, sizeof(header));
	header.checksum = htole64(cache_hash(0, file + from,
	    plan->size - from));
	memcpy(file, &header, sizeof(header));
}

static void
write_links(const struct cache_writer *w, const struct plan *plan,
    uint8_t *file)
{
	uint8_t *p = place(file, plan->link_list);

	if (w->links.len == 0)
		return;
	memset(p, 0, writer_round_up(4 + w->links.len));
	put32(p, 0, writer_link_count(w));
	memcpy(p + sizeof(uint32_t), w->links.data, w->links.len);
}

static enum err
write_file(struct cache_writer *w, const struct plan *plan, uint8_t *file)
{
	enum err r = write_user_tables(w, plan, file);

	if (r != ERR_OK)
		return r;
	write_links(w, plan, file);
	write_users(w, plan, file);
	write_groups(w, plan, file);
	write_members(w, plan, file);
	write_group_table(w, WRITER_BY_NAME, plan, CACHE_GROUP_BY_NAME, file);
	write_group_table(w, WRITER_BY_ID, plan, CACHE_GROUP_BY_GID, file);
	write_header(w, plan, file);
	return ERR_OK;
}

enum err
cache_writer_finish(struct cache_writer *w, struct buf *out,
    struct diag *diag)
{
	struct plan plan;
	enum err r;

	if (w->finished)
		return fail(diag, ERR_INTERNAL, "user cache is finished");
	w->finished = true;
	r = join_groups(w, diag);
	if (r != ERR_OK)
		return r;
	plan_file(w, &plan);
	r = plan.size > CACHE_SIZE_MAX ? ERR_TOO_LONG :
	    buf_reserve(out, (size_t)plan.size);
	if (r == ERR_OK) {
		array_advise(out->data + out->len, (size_t)plan.size);
		r = write_file(w, &plan, out->data + out->len);
	}
	if (r != ERR_OK) {
		if (out->data != NULL)
			out->data[out->len] = '\0';
		return fail(diag, r, "user cache of %llu bytes",
		    (unsigned long long)plan.size);
	}
	out->len += (size_t)plan.size;
	out->data[out->len] = '\0';
	return ERR_OK;
}
