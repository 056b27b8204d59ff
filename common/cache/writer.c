/* SPDX-License-Identifier: BSD-2-Clause */
#include "cache/writer.h"

#include <string.h>

#include "cache/writer_impl.h"

/* The strings of a user, in the record's order. */
enum string { NAME, PASSWD, GECOS, HOME, SHELL, STRINGS };

struct strings {
	const char *text[STRINGS];
	size_t len[STRINGS];
};

struct cache_writer *
cache_writer_new(void)
{
	return calloc(1, sizeof(struct cache_writer));
}

void
cache_writer_free(struct cache_writer **w)
{
	if (*w == NULL)
		return;
	array_free(&(*w)->entries);
	array_free(&(*w)->records);
	array_free(&(*w)->groups);
	array_free(&(*w)->names);
	array_free(&(*w)->links);
	for (int i = 0; i < WRITER_TABLES; i++)
		array_free(&(*w)->tables[i]);
	free(*w);
	*w = NULL;
}

/* -- adding ---------------------------------------------------------------- */

static enum err
check_new(const struct cache_writer *w, const char *name,
    struct entry *entry, struct diag *diag)
{
	size_t len = strnlen(name, LOGIN_NAME_MAX_LEN + 1);

	if (w->finished)
		return fail(diag, ERR_INTERNAL, "%s: too late", name);
	if (!cache_is_name(name, len))
		return fail(diag, ERR_NAME_GRAMMAR, "%s", name);
	if (!cache_is_id(entry->id))
		return fail(diag, ERR_ID_RANGE, "%s: id %u is not in %u-%u",
		    name, entry->id, ID_MIN, ID_MAX);
	entry->hash = cache_hash(w->seed, name, len);
	if (writer_has_name(w, name, entry->hash))
		return fail(diag, ERR_EXISTS,
		    "%s: a user or group of this name is there already", name);
	if (writer_has_id(w, entry->id))
		return fail(diag, ERR_EXISTS,
		    "%s: id %u belongs to another user or group", name,
		    entry->id);
	return ERR_OK;
}

static enum err
push_entry(struct cache_writer *w, const struct entry *entry)
{
	enum err r = array_put(&w->entries, entry, sizeof(*entry));

	return r == ERR_OK ? writer_index_newest(w) : r;
}

enum err
cache_writer_add_group(struct cache_writer *w, const char *name, uint32_t gid,
    struct diag *diag)
{
	struct entry entry = {
		.id = gid,
		.at = WRITER_GROUP | writer_group_count(w),
	};
	struct group group = {
		.name_at = (uint32_t)w->names.len,
		.gid = gid,
	};
	enum err r = check_new(w, name, &entry, diag);

	if (r != ERR_OK)
		return r;
	group.name_len = (uint32_t)strlen(name);
	r = array_put(&w->names, name, group.name_len + 1);
	if (r == ERR_OK)
		r = array_put(&w->groups, &group, sizeof(group));
	if (r == ERR_OK)
		r = push_entry(w, &entry);
	return r == ERR_OK ? r : fail(diag, r, "group %s", name);
}

static enum err
check_field(struct strings *s, enum string field, const char *label,
    struct diag *diag)
{
	bool path = field != GECOS;
	const char *text = s->text[field];
	size_t len = strnlen(text, CACHE_FIELD_MAX + 1);

	if (len > CACHE_FIELD_MAX)
		return fail(diag, ERR_TOO_LONG,
		    "%s: %s is longer than %u bytes", s->text[NAME], label,
		    CACHE_FIELD_MAX);
	if (!(path ? cache_is_path : cache_is_text)(text, len))
		return fail(diag, ERR_SYNTAX,
		    "%s: %s \"%s\" %sa ':', a control byte or bad UTF-8",
		    s->text[NAME], label, text, path ?
		    "is no absolute path, or has " : "has ");
	s->len[field] = len;
	return ERR_OK;
}

static enum err
check_strings(struct strings *s, struct diag *diag)
{
	enum err r = check_field(s, GECOS, "gecos", diag);

	if (r == ERR_OK)
		r = check_field(s, HOME, "home", diag);
	if (r == ERR_OK)
		r = check_field(s, SHELL, "shell", diag);
	s->len[NAME] = strlen(s->text[NAME]);
	s->len[PASSWD] = strlen(s->text[PASSWD]);
	return r;
}

/* Writes the record as it will be in the file. */
static enum err
push_record(struct cache_writer *w, const struct strings *s,
    struct cache_user_record *rec, const uint32_t *gids)
{
	uint16_t at[STRINGS + 1] = { 0 };
	uint8_t *p = NULL;
	enum err r;

	for (int i = 0; i < STRINGS; i++)
		at[i + 1] = (uint16_t)(at[i] + s->len[i] + 1);
	rec->strings_len = htole16(at[STRINGS]);
	rec->gecos_at = htole16(at[GECOS]);
	rec->home_at = htole16(at[HOME]);
	rec->shell_at = htole16(at[SHELL]);
	r = array_push(&w->records, writer_record_size(rec), &p);
	if (r != ERR_OK)
		return r;
	memcpy(p, rec, sizeof(*rec));
	for (int i = 0; i < STRINGS; i++)
		memcpy(p + sizeof(*rec) + at[i], s->text[i], s->len[i]);
	p += writer_gids_at(rec);
	for (uint32_t i = 0; i < le32toh(rec->gid_count); i++) {
		uint32_t gid = htole32(gids[i]);

		memcpy(p + i * sizeof(gid), &gid, sizeof(gid));
	}
	return ERR_OK;
}

enum err
cache_writer_add_user(struct cache_writer *w, const char *name, uint32_t id,
    const char *gecos, const char *home, const char *shell, bool may_log_in,
    const uint32_t *gids, size_t gid_count, struct diag *diag)
{
	struct strings s = { .text = { name, "*", gecos, home, shell } };
	struct entry entry = {
		.id = id,
		.at = (uint32_t)(w->records.len / CACHE_UNIT),
	};
	struct cache_user_record rec = {
		.uid = htole32(id),
		.gid = htole32(id),
		.flags = htole32(may_log_in ? CACHE_MAY_LOG_IN : 0),
		.gid_count = htole32((uint32_t)gid_count),
	};
	enum err r = check_new(w, name, &entry, diag);

	if (r == ERR_OK)
		r = check_strings(&s, diag);
	if (r != ERR_OK)
		return r;
	if (gid_count > CACHE_GIDS_MAX)
		return fail(diag, ERR_TOO_LONG, "%s: more than %u groups",
		    name, CACHE_GIDS_MAX);
	r = push_record(w, &s, &rec, gids);
	if (r == ERR_OK)
		r = push_entry(w, &entry);
	if (r != ERR_OK)
		return fail(diag, r, "user %s", name);
	w->user_count++;
	return ERR_OK;
}

static bool
has_link(const struct cache_writer *w, const struct cache_link *wanted)
{
	const struct cache_link *link = writer_links(w);

	for (uint32_t i = 0; i < writer_link_count(w); i++)
		if (link[i].uid == wanted->uid ||
		    strcmp(link[i].name, wanted->name) == 0)
			return true;
	return false;
}

enum err
cache_writer_add_link(struct cache_writer *w, const char *name, uint32_t uid,
    struct diag *diag)
{
	size_t len = strnlen(name, LOCAL_NAME_MAX_LEN + 1);
	struct cache_link link = { .uid = htole32(uid) };
	enum err r;

	if (w->finished)
		return fail(diag, ERR_INTERNAL, "%s: too late", name);
	if (!parse_is_local_name(name, len))
		return fail(diag, ERR_NAME_GRAMMAR, "%s", name);
	if (!cache_is_local(name, len, uid))
		return fail(diag, ERR_ID_RANGE,
		    "%s: uid %u is no person's of this host", name, uid);
	if (writer_link_count(w) >= CACHE_LINKS_MAX)
		return fail(diag, ERR_TOO_LONG, "more than %u links",
		    CACHE_LINKS_MAX);
	memcpy(link.name, name, len);
	if (has_link(w, &link))
		return fail(diag, ERR_EXISTS,
		    "%s: the account or its uid %u is linked already", name,
		    uid);
	r = array_put(&w->links, &link, sizeof(link));
	return r == ERR_OK ? r : fail(diag, r, "link %s", name);
}

void
cache_writer_allow_jit(struct cache_writer *w)
{
	w->allow_jit = true;
}
