/* SPDX-License-Identifier: BSD-2-Clause */
#include "cache/writer_impl.h"

#include <string.h>

/* Where the sections and the records are. */
struct plan {
	uint64_t size;
	uint32_t tables[CACHE_INDEXES];
	uint32_t user_list;
	uint32_t group_list;
	uint32_t link_list;	/* 0: none */
};

/* Enters one user into the groups that are listed for them. */
static enum err
join_groups(struct cache_writer *w, uint32_t number, struct diag *diag)
{
	const struct user *user = &writer_users(w)[number];
	struct group *own = &writer_groups(w)[user->group];
	const uint32_t *gids = writer_gids(w, user);

	own->last_user = number + 1;
	for (uint32_t i = 0; i < user->rec.gid_count; i++) {
		uint32_t n = writer_find_group(w, NULL, gids[i]);
		struct group *group;

		if (n == WRITER_NONE)
			return fail(diag, ERR_NOT_FOUND,
			    "user %s: there is no group %u",
			    writer_string(w, own->name_at), gids[i]);
		group = &writer_groups(w)[n];
		if (group->last_user == number + 1)
			return fail(diag, ERR_EXISTS,
			    "user %s: group %u is listed twice",
			    writer_string(w, own->name_at), gids[i]);
		group->last_user = number + 1;
		group->member_count++;
		group->strings_len += own->name_len + 1;
	}
	return ERR_OK;
}

static enum err
join_all_groups(struct cache_writer *w, struct diag *diag)
{
	enum err r = ERR_OK;

	for (uint32_t n = 0; n < writer_group_count(w); n++) {
		struct group *group = &writer_groups(w)[n];

		group->member_count = 0;
		group->members_done = 0;
		group->strings_done = group->name_len + 3;
		group->strings_len = group->strings_done;
		group->last_user = 0;
	}
	for (uint32_t n = 0; n < writer_user_count(w) && r == ERR_OK; n++)
		r = join_groups(w, n, diag);
	return r;
}

/* Gives len bytes the next place. */
static uint32_t
plan_section(struct plan *plan, uint64_t len)
{
	uint32_t at = (uint32_t)(plan->size / CACHE_UNIT);

	plan->size += (len + CACHE_UNIT - 1) / CACHE_UNIT * CACHE_UNIT;
	return at;
}

/* Where the gids of a user are in the record. */
static size_t
gids_at(const struct user *user)
{
	return sizeof(user->rec) + (user->rec.strings_len + 3u) / 4 * 4;
}

static void
plan_file(struct cache_writer *w, struct plan *plan)
{
	*plan = (struct plan){ .size = sizeof(struct cache_header) };
	for (enum cache_index i = 0; i < CACHE_INDEXES; i++)
		plan->tables[i] = plan_section(plan, w->tables[i].len);
	plan->user_list = plan_section(plan, 4ull * writer_user_count(w));
	plan->group_list = plan_section(plan, 4ull * writer_group_count(w));
	if (w->links.len > 0)
		plan->link_list = plan_section(plan, 4ull + w->links.len);
	for (uint32_t n = 0; n < writer_user_count(w); n++) {
		struct user *user = &writer_users(w)[n];

		user->at = plan_section(plan,
		    gids_at(user) + 4ull * user->rec.gid_count);
	}
	for (uint32_t n = 0; n < writer_group_count(w); n++) {
		struct group *group = &writer_groups(w)[n];

		group->at = plan_section(plan,
		    sizeof(struct cache_group_record) +
		    4ull * group->member_count + group->strings_len);
	}
}

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
place_of(const struct cache_writer *w, enum cache_index index,
    uint32_t number)
{
	return writer_is_user_index(index) ? writer_users(w)[number].at :
	    writer_groups(w)[number].at;
}

static void
write_table(const struct cache_writer *w, enum cache_index index, uint8_t *p)
{
	for (uint32_t i = 0; i < writer_slot_count(w, index); i++) {
		const struct cache_slot *slot = &writer_slots(w, index)[i];

		if (slot->at == 0)
			continue;
		put32(p, (size_t)i * 2, slot->tag);
		put32(p, (size_t)i * 2 + 1, place_of(w, index, slot->at - 1));
	}
}

/* Adds a user's name to the record of a group. */
static void
write_member(const struct cache_writer *w, const struct group *own,
    struct group *group, uint8_t *file)
{
	uint8_t *members = place(file, group->at) +
	    sizeof(struct cache_group_record);
	uint8_t *strings = members + (size_t)group->member_count * 4;

	put32(members, group->members_done++, group->strings_done);
	memcpy(strings + group->strings_done, writer_string(w, own->name_at),
	    own->name_len + 1);
	group->strings_done += own->name_len + 1;
}

static void
write_user(const struct cache_writer *w, const struct user *user,
    uint8_t *file)
{
	const struct cache_user_record rec = {
		.uid = htole32(user->rec.uid),
		.gid = htole32(user->rec.gid),
		.flags = htole32(user->rec.flags),
		.gid_count = htole32(user->rec.gid_count),
		.strings_len = htole16(user->rec.strings_len),
		.gecos_at = htole16(user->rec.gecos_at),
		.home_at = htole16(user->rec.home_at),
		.shell_at = htole16(user->rec.shell_at),
	};
	const uint32_t *gids = writer_gids(w, user);
	uint8_t *p = place(file, user->at);

	memcpy(p, &rec, sizeof(rec));
	memcpy(p + sizeof(rec), writer_string(w, user->strings_at),
	    user->rec.strings_len);
	for (uint32_t i = 0; i < user->rec.gid_count; i++) {
		struct group *group = &writer_groups(w)[
		    writer_find_group(w, NULL, gids[i])];

		put32(p + gids_at(user), i, gids[i]);
		write_member(w, &writer_groups(w)[user->group], group, file);
	}
}

static void
write_group(const struct cache_writer *w, const struct group *group,
    uint8_t *file)
{
	const struct cache_group_record rec = {
		.gid = htole32(group->gid),
		.member_count = htole32(group->member_count),
		.strings_len = htole32((uint32_t)group->strings_len),
		.members_at = htole32(group->name_len + 3),
	};
	uint8_t *p = place(file, group->at);

	memcpy(p, &rec, sizeof(rec));
	memcpy(p + sizeof(rec) + (size_t)group->member_count * 4,
	    writer_string(w, group->name_at), group->name_len + 3);
}

static void
write_header(const struct cache_writer *w, const struct plan *plan,
    uint8_t *file)
{
	struct cache_header header = {
		.version = htole32(CACHE_VERSION),
		.size = htole64(plan->size),
		.seed = htole64(w->seed),
		.user_count = htole32(writer_user_count(w)),
		.group_count = htole32(writer_group_count(w)),
		.user_list_at = htole32(plan->user_list),
		.group_list_at = htole32(plan->group_list),
		.link_list_at = htole32(plan->link_list),
		.flags = htole32(w->allow_jit ? CACHE_CREATES_USERS : 0),
	};
	size_t from = offsetof(struct cache_header, size);

	memcpy(header.magic, CACHE_MAGIC, CACHE_MAGIC_LEN);
	for (enum cache_index i = 0; i < CACHE_INDEXES; i++) {
		header.tables[i].at = htole32(plan->tables[i]);
		header.tables[i].slots = htole32(writer_slot_count(w, i));
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
	put32(p, 0, writer_link_count(w));
	memcpy(p + sizeof(uint32_t), w->links.data, w->links.len);
}

static void
write_file(const struct cache_writer *w, const struct plan *plan,
    uint8_t *file)
{
	for (enum cache_index i = 0; i < CACHE_INDEXES; i++)
		write_table(w, i, place(file, plan->tables[i]));
	for (uint32_t n = 0; n < writer_user_count(w); n++) {
		put32(place(file, plan->user_list), n, writer_users(w)[n].at);
		write_user(w, &writer_users(w)[n], file);
	}
	for (uint32_t n = 0; n < writer_group_count(w); n++) {
		put32(place(file, plan->group_list), n, writer_groups(w)[n].at);
		write_group(w, &writer_groups(w)[n], file);
	}
	write_links(w, plan, file);
	write_header(w, plan, file);
}

enum err
cache_writer_finish(struct cache_writer *w, struct buf *out,
    struct diag *diag)
{
	struct plan plan;
	enum err r = join_all_groups(w, diag);

	if (r != ERR_OK)
		return r;
	plan_file(w, &plan);
	r = plan.size > CACHE_SIZE_MAX ? ERR_TOO_LONG :
	    buf_reserve(out, (size_t)plan.size);
	if (r != ERR_OK)
		return fail(diag, r, "user cache of %llu bytes",
		    (unsigned long long)plan.size);
	memset(out->data + out->len, 0, (size_t)plan.size + 1);
	write_file(w, &plan, out->data + out->len);
	out->len += (size_t)plan.size;
	return ERR_OK;
}
