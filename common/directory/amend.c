/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/amend.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "directory/groups.h"
#include "directory/home.h"
#include "directory/names.h"

static enum err
put_home(const char *template, const char *name,
    char home[static HOME_MAX_LEN + 1], struct diag *diag)
{
	AUTO(buf) struct buf path = BUF_INIT(HOME_MAX_LEN);
	enum err r = home_path(template, name, &path, diag);

	if (r == ERR_OK)
		(void)snprintf(home, HOME_MAX_LEN + 1, "%s", buf_str(&path));
	return r;
}

/* A group that is there asks for its name again. */
static enum err
forget_group(struct store *store, const char *name, bool *ret_forgotten,
    struct diag *diag)
{
	enum err r = STORE_RUN(store, diag, "DELETE FROM group_names "
	    "WHERE name = ?1", store_text_value(name));

	*ret_forgotten = r == ERR_OK && store_changes(store) > 0;
	return r;
}

/* Whoever has left the name loses it; old_uid stays 0 if a group has. */
static enum err
release_holder(struct store *store, const struct conf *conf,
    const char *name, struct amend_adoption *ret, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *holder = NULL;
	AUTO(buf) struct buf template = BUF_INIT(HOME_MAX_LEN);
	bool forgotten = false;
	enum err r = forget_group(store, name, &forgotten, diag);

	if (r == ERR_OK)
		r = STORE_ASK(store, &holder, diag,
		    "SELECT scim_id, user_name, uid, home_name, vanished "
		    "FROM users WHERE login = ?1 OR home_name = ?1 "
		    "ORDER BY vanished LIMIT 1", store_text_value(name));
	if (r != ERR_OK || (holder == NULL && forgotten))
		return r;
	if (holder == NULL)
		return fail(diag, ERR_USER_UNKNOWN,
		    "nobody who left has the name %s", name);
	if (store_int(holder, 4) == 0)
		return fail(diag, ERR_NAME_TAKEN, "%s is %.200s's, who has "
		    "not left", name, store_text(holder, 1));
	ret->old_uid = (uint32_t)store_int(holder, 2);
	r = names_find_home(store, conf, store_text(holder, 3), &template,
	    &ret->old_home_exists, diag);
	if (r == ERR_OK)
		r = put_home(buf_str(&template), store_text(holder, 3),
		    ret->old_home, diag);
	if (r == ERR_OK)
		r = names_release(store, store_text(holder, 0), diag);
	return r;
}

static enum err
find_heir(struct store *store, const struct conf *conf, const char *name,
    struct amend_adoption *ret, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *heir = NULL;
	enum err r = STORE_ASK(store, &heir, diag,
	    "SELECT user_name, uid, home_name FROM users "
	    "WHERE login = ?1 AND refused = '' AND NOT vanished",
	    store_text_value(name));

	if (r != ERR_OK)
		return r;
	if (heir == NULL)
		return fail(diag, ERR_USER_UNKNOWN, "nobody new is there to "
		    "get the name %s; nothing was changed", name);
	(void)snprintf(ret->user_name, sizeof(ret->user_name), "%s",
	    store_text(heir, 0));
	ret->uid = (uint32_t)store_int(heir, 1);
	return put_home(conf->users_home, store_text(heir, 2), ret->home, diag);
}

enum err
amend_adopt(struct store *store, const struct conf *conf,
    const struct local *local, const char *name, struct amend_adoption *ret,
    struct diag *diag)
{
	struct amend_adoption adoption = { .uid = 0 };
	struct update_report report = { 0 };
	enum err r = store_begin(store, diag);

	if (r == ERR_OK)
		r = release_holder(store, conf, name, &adoption, diag);
	if (r == ERR_OK)
		r = groups_want(store, conf, local, false, diag);
	if (r == ERR_OK)
		r = names_assign(store, conf, local, &report, diag);
	/* No group has the name of a user. */
	if (r == ERR_OK)
		r = groups_update(store, conf, local, &report, diag);
	if (r == ERR_OK)
		r = find_heir(store, conf, name, &adoption, diag);
	if (r == ERR_OK)
		r = store_commit(store, diag);
	store_rollback(store);
	if (r != ERR_OK)
		return r;
	*ret = adoption;
	return ERR_OK;
}

/* A local account that is linked is meant before a record that only holds its
 * name. */
#define SELECT_PINNED \
	"SELECT users.scim_id, subject FROM users " \
	    "LEFT JOIN links ON links.scim_id = users.scim_id " \
	    "LEFT JOIN pins ON pins.scim_id = users.scim_id " \
	"WHERE links.name = ?1 OR login = ?1 " \
	"ORDER BY links.name IS NOT ?1 LIMIT 1"

static enum err
forget_pin(struct store *store, const char *name,
    char subject[static SUBJECT_MAX_LEN + 1], struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *user = NULL;
	enum err r = STORE_ASK(store, &user, diag, SELECT_PINNED,
	    store_text_value(name));

	if (r != ERR_OK)
		return r;
	if (user == NULL)
		return fail(diag, ERR_USER_UNKNOWN, "%s", name);
	(void)snprintf(subject, SUBJECT_MAX_LEN + 1, "%s",
	    store_text(user, 1));
	r = STORE_RUN(store, diag, "DELETE FROM pins WHERE scim_id = ?1",
	    store_text_value(store_text(user, 0)));
	return r != ERR_OK ? r : STORE_RUN(store, diag,
	    "UPDATE links SET confirmed = 0 WHERE scim_id = ?1",
	    store_text_value(store_text(user, 0)));
}

enum err
amend_relink(struct store *store, const char *name,
    char subject[static SUBJECT_MAX_LEN + 1], struct diag *diag)
{
	char forgotten[SUBJECT_MAX_LEN + 1] = "";
	enum err r = store_begin(store, diag);

	if (r == ERR_OK)
		r = forget_pin(store, name, forgotten, diag);
	if (r == ERR_OK)
		r = store_commit(store, diag);
	store_rollback(store);
	if (r == ERR_OK)
		memcpy(subject, forgotten, sizeof(forgotten));
	return r;
}
