/* SPDX-License-Identifier: BSD-2-Clause */
#include "cache/writer.h"

#include <string.h>

#include "cache/writer_impl.h"

struct cache_writer *
cache_writer_new(void)
{
	static const struct buf empty = BUF_INIT(CACHE_SIZE_MAX);
	struct cache_writer *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->users = empty;
	w->groups = empty;
	w->gids = empty;
	w->strings = empty;
	w->links = empty;
	for (int i = 0; i < CACHE_INDEXES; i++)
		w->tables[i] = empty;
	if (writer_index_all(w) != ERR_OK)
		cache_writer_free(&w);
	return w;
}

void
cache_writer_free(struct cache_writer **w)
{
	if (*w == NULL)
		return;
	buf_clear(&(*w)->users);
	buf_clear(&(*w)->groups);
	buf_clear(&(*w)->gids);
	buf_clear(&(*w)->strings);
	buf_clear(&(*w)->links);
	for (int i = 0; i < CACHE_INDEXES; i++)
		buf_clear(&(*w)->tables[i]);
	free(*w);
	*w = NULL;
}

/* -- adding ---------------------------------------------------------------- */

static enum err
check_new(const struct cache_writer *w, const char *name, uint32_t id,
    struct diag *diag)
{
	if (!cache_is_name(name, strnlen(name, LOGIN_NAME_MAX_LEN + 1)))
		return fail(diag, ERR_NAME_GRAMMAR, "%s", name);
	if (!cache_is_id(id))
		return fail(diag, ERR_ID_RANGE, "%s: id %u is not in %u-%u",
		    name, id, ID_MIN, ID_MAX);
	if (writer_find_group(w, name, 0) != WRITER_NONE)
		return fail(diag, ERR_EXISTS,
		    "%s: a user or group of this name is there already", name);
	if (writer_find_group(w, NULL, id) != WRITER_NONE)
		return fail(diag, ERR_EXISTS,
		    "%s: id %u belongs to another user or group", name, id);
	return ERR_OK;
}

static enum err
put_string(struct cache_writer *w, const char *text)
{
	return buf_put(&w->strings, text, strlen(text) + 1);
}

/* The group, and its strings: name, "*". */
static enum err
push_group(struct cache_writer *w, const char *name, uint32_t gid)
{
	struct group group = {
		.name_at = w->strings.len,
		.name_len = (uint32_t)strlen(name),
		.gid = gid,
	};
	enum err r = put_string(w, name);

	if (r == ERR_OK)
		r = put_string(w, "*");
	if (r == ERR_OK)
		r = buf_put(&w->groups, &group, sizeof(group));
	if (r == ERR_OK)
		r = writer_index_newest(w, CACHE_GROUP_BY_NAME,
		    CACHE_GROUP_BY_GID);
	return r;
}

enum err
cache_writer_add_group(struct cache_writer *w, const char *name, uint32_t gid,
    struct diag *diag)
{
	enum err r = check_new(w, name, gid, diag);

	if (r != ERR_OK)
		return r;
	r = push_group(w, name, gid);
	return r == ERR_OK ? r : fail(diag, r, "group %s", name);
}

static enum err
check_field(const char *name, const char *field, const char *text,
    bool (*check)(const char *, size_t), struct diag *diag)
{
	size_t len = strnlen(text, CACHE_FIELD_MAX + 1);

	if (len > CACHE_FIELD_MAX)
		return fail(diag, ERR_TOO_LONG,
		    "%s: %s is longer than %u bytes", name, field,
		    CACHE_FIELD_MAX);
	if (!check(text, len))
		return fail(diag, ERR_SYNTAX,
		    "%s: %s \"%s\" %sa ':', a control byte or bad UTF-8", name,
		    field, text, check == cache_is_path ?
		    "is no absolute path, or has " : "has ");
	return ERR_OK;
}

static enum err
check_fields(const char *name, const char *gecos, const char *home,
    const char *shell, struct diag *diag)
{
	enum err r = check_field(name, "gecos", gecos, cache_is_text, diag);

	if (r == ERR_OK)
		r = check_field(name, "home", home, cache_is_path, diag);
	if (r == ERR_OK)
		r = check_field(name, "shell", shell, cache_is_path, diag);
	return r;
}

/* The strings follow those of the private group, which was added last. */
static enum err
push_user(struct cache_writer *w, const char *gecos, const char *home,
    const char *shell, struct user *user)
{
	const struct group *group = &writer_groups(w)[user->group];
	size_t start = group->name_at;
	enum err r;

	user->strings_at = start;
	user->rec.uid = group->gid;
	user->rec.gid = group->gid;
	user->rec.gecos_at = (uint16_t)(w->strings.len - start);
	r = put_string(w, gecos);
	user->rec.home_at = (uint16_t)(w->strings.len - start);
	if (r == ERR_OK)
		r = put_string(w, home);
	user->rec.shell_at = (uint16_t)(w->strings.len - start);
	if (r == ERR_OK)
		r = put_string(w, shell);
	user->rec.strings_len = (uint16_t)(w->strings.len - start);
	if (r == ERR_OK)
		r = buf_put(&w->users, user, sizeof(*user));
	if (r == ERR_OK)
		r = writer_index_newest(w, CACHE_USER_BY_NAME,
		    CACHE_USER_BY_UID);
	return r;
}

enum err
cache_writer_add_user(struct cache_writer *w, const char *name, uint32_t id,
    const char *gecos, const char *home, const char *shell, bool may_log_in,
    const uint32_t *gids, size_t gid_count, struct diag *diag)
{
	struct user user = {
		.rec.flags = may_log_in ? CACHE_MAY_LOG_IN : 0,
		.rec.gid_count = (uint32_t)gid_count,
		.group = writer_group_count(w),
		.first_gid = (uint32_t)(w->gids.len / sizeof(*gids)),
	};
	enum err r = check_new(w, name, id, diag);

	if (r == ERR_OK)
		r = check_fields(name, gecos, home, shell, diag);
	if (r != ERR_OK)
		return r;
	if (gid_count > CACHE_GIDS_MAX)
		return fail(diag, ERR_TOO_LONG, "%s: more than %u groups",
		    name, CACHE_GIDS_MAX);
	r = buf_put(&w->gids, gids, gid_count * sizeof(*gids));
	if (r == ERR_OK)
		r = push_group(w, name, id);
	if (r == ERR_OK)
		r = push_user(w, gecos, home, shell, &user);
	return r == ERR_OK ? r : fail(diag, r, "user %s", name);
}

static bool
has_link(const struct cache_writer *w, const struct cache_link *wanted)
{
	const struct cache_link *link = (const void *)w->links.data;

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
	r = buf_put(&w->links, &link, sizeof(link));
	return r == ERR_OK ? r : fail(diag, r, "link %s", name);
}

void
cache_writer_allow_jit(struct cache_writer *w)
{
	w->allow_jit = true;
}
