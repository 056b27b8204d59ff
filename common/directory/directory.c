/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/directory.h"

#include <string.h>

/* The columns' order is the order of text_columns[] and of read_row(). */
#define SELECT_USERS \
	"SELECT users.scim_id, external_id, users.user_name, given_name, " \
	    "family_name, title, department, site, site_listed, created, " \
	    "coalesce(links.name, CASE refused WHEN '' THEN login END), " \
	    "subject, uid, active, vanished, refused, seen_at, " \
	    "links.name IS NOT NULL " \
	"FROM users LEFT JOIN pins ON pins.scim_id = users.scim_id " \
	    "LEFT JOIN links ON links.scim_id = users.scim_id "

/* A login name is the linked account's, or else the record's own. */
#define WHERE_LOGIN \
	"WHERE users.scim_id = coalesce(" \
	    "(SELECT scim_id FROM links WHERE name = ?1), " \
	    "(SELECT scim_id FROM users WHERE login = ?1 AND refused = '' " \
		"AND scim_id NOT IN (SELECT scim_id FROM links)))"

#define SELECT_GROUPS \
	"SELECT name FROM memberships JOIN groups USING (gid) " \
	"WHERE memberships.scim_id = ?1 ORDER BY name"

static const size_t text_columns[] = {
	offsetof(struct directory_user, scim_id),
	offsetof(struct directory_user, external_id),
	offsetof(struct directory_user, user_name),
	offsetof(struct directory_user, given_name),
	offsetof(struct directory_user, family_name),
	offsetof(struct directory_user, title),
	offsetof(struct directory_user, department),
	offsetof(struct directory_user, site),
	offsetof(struct directory_user, site_listed),
	offsetof(struct directory_user, created),
	offsetof(struct directory_user, login),
	offsetof(struct directory_user, pin),
};

enum { COLUMN_UID = ARRAY_LEN(text_columns), COLUMN_ACTIVE, COLUMN_VANISHED,
	COLUMN_REFUSED, COLUMN_SEEN_AT, COLUMN_LINKED };

static char **
text_of(struct directory_user *user, size_t column)
{
	return (char **)((char *)user + text_columns[column]);
}

void
directory_user_clear(struct directory_user *user)
{
	for (size_t i = 0; i < ARRAY_LEN(text_columns); i++)
		free(*text_of(user, i));
	for (size_t i = 0; i < user->group_count; i++)
		free(user->groups[i]);
	free(user->groups);
	memset(user, 0, sizeof(*user));
}

static enum err
read_row(struct store_stmt *stmt, struct directory_user *user,
    struct diag *diag)
{
	const char *refused = store_text(stmt, COLUMN_REFUSED);

	for (size_t i = 0; i < ARRAY_LEN(text_columns); i++) {
		char *text = strdup(store_text(stmt, (int)i));

		if (text == NULL)
			return fail(diag, ERR_NOMEM, "user");
		*text_of(user, i) = text;
	}
	user->active = store_int(stmt, COLUMN_ACTIVE) != 0;
	user->vanished = store_int(stmt, COLUMN_VANISHED) != 0;
	user->seen_at = store_int(stmt, COLUMN_SEEN_AT);
	user->linked = store_int(stmt, COLUMN_LINKED) != 0;
	user->refused = *refused == '\0' || user->linked ? ERR_OK :
	    err_from_name(refused);
	if (user->refused == ERR_OK && !user->linked)
		user->uid = (uint32_t)store_int(stmt, COLUMN_UID);
	return ERR_OK;
}

static enum err
add_group(struct directory_user *user, const char *name, struct diag *diag)
{
	AUTO_FREE char *copy = strdup(name);
	char **groups = reallocarray(user->groups, user->group_count + 1,
	    sizeof(*groups));

	if (groups != NULL)
		user->groups = groups;
	if (groups == NULL || copy == NULL)
		return fail(diag, ERR_NOMEM, "groups");
	user->groups[user->group_count++] = TAKE(copy);
	return ERR_OK;
}

static enum err
read_groups(struct store_stmt *stmt, struct directory_user *user,
    struct diag *diag)
{
	bool row = false;
	enum err r = store_bind_text(stmt, 1, user->scim_id, diag);

	if (r == ERR_OK)
		r = store_step(stmt, &row, diag);
	while (r == ERR_OK && row) {
		r = add_group(user, store_text(stmt, 0), diag);
		if (r == ERR_OK)
			r = store_step(stmt, &row, diag);
	}
	store_reset(stmt);
	return r;
}

static enum err
read_user(struct store_stmt *users, struct store_stmt *groups,
    struct directory_user *user, struct diag *diag)
{
	enum err r = read_row(users, user, diag);

	if (r != ERR_OK)
		return r;
	return read_groups(groups, user, diag);
}

enum err
directory_find(struct store *store, const char *login,
    struct directory_user *ret, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *users = NULL;
	AUTO(store_stmt) struct store_stmt *groups = NULL;
	AUTO(directory_user) struct directory_user user = { 0 };
	bool row = false;
	enum err r = store_prepare(store, SELECT_USERS WHERE_LOGIN, &users,
	    diag);

	if (r == ERR_OK)
		r = store_prepare(store, SELECT_GROUPS, &groups, diag);
	if (r == ERR_OK)
		r = store_bind_text(users, 1, login, diag);
	if (r == ERR_OK)
		r = store_step(users, &row, diag);
	if (r != ERR_OK)
		return r;
	if (!row)
		return fail(diag, ERR_USER_UNKNOWN, "%s", login);
	r = read_user(users, groups, &user, diag);
	if (r != ERR_OK)
		return r;
	*ret = user;
	memset(&user, 0, sizeof(user));
	return ERR_OK;
}

enum err
directory_each(struct store *store,
    enum err (*visit)(const struct directory_user *user, void *context,
	struct diag *diag),
    void *context, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *users = NULL;
	AUTO(store_stmt) struct store_stmt *groups = NULL;
	bool row = false;
	enum err r = store_prepare(store, SELECT_USERS
	    "ORDER BY refused <> '' AND links.name IS NULL, "
	    "coalesce(links.name, "
		"CASE refused WHEN '' THEN login ELSE users.user_name END), "
	    "users.scim_id", &users, diag);

	if (r == ERR_OK)
		r = store_prepare(store, SELECT_GROUPS, &groups, diag);
	if (r == ERR_OK)
		r = store_step(users, &row, diag);
	while (r == ERR_OK && row) {
		AUTO(directory_user) struct directory_user user = { 0 };

		r = read_user(users, groups, &user, diag);
		if (r == ERR_OK)
			r = visit(&user, context, diag);
		if (r == ERR_OK)
			r = store_step(users, &row, diag);
	}
	return r;
}
