/* SPDX-License-Identifier: BSD-2-Clause */
/* Which name one record gets, and who has to give it up. */
#include "directory/names_impl.h"

#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/parse.h"
#include "directory/home.h"

/* userName -> the login name that it asks for; false: none. */
static bool
wanted_name(const struct conf *conf, const char *user_name,
    char name[static LOGIN_NAME_MAX_LEN + 1])
{
	bool full = conf->users_name == CONF_NAME_USER_NAME;
	size_t len = full ? strlen(user_name) : strcspn(user_name, "@");

	if (len > LOGIN_NAME_MAX_LEN)
		return false;
	memcpy(name, user_name, len);
	name[len] = '\0';
	parse_lower(name);
	return parse_is_login_name(name, len, full);
}

enum err
names_release(struct store *store, const char *scim_id, struct diag *diag)
{
	enum err r = STORE_RUN(store, diag, "DELETE FROM pins "
	    "WHERE scim_id = ?1", store_text_value(scim_id));

	if (r == ERR_OK)
		r = STORE_RUN(store, diag, "UPDATE users SET login = NULL, "
		    "uid = NULL, home_name = NULL "
		    "WHERE scim_id = ?1 AND vanished",
		    store_text_value(scim_id));
	return r;
}

enum err
names_find_home(struct store *store, const struct conf *conf,
    const char *name, struct buf *template, bool *ret, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *rows = NULL;
	bool exists = false;
	bool row = true;
	enum err r = store_prepare(store, "SELECT template FROM "
	    "(SELECT ?1 AS template UNION SELECT template "
	    "FROM home_templates) ORDER BY template <> ?1, template", &rows,
	    diag);

	if (r == ERR_OK)
		r = store_bind_text(rows, 1, conf->users_home, diag);
	while (r == ERR_OK && row && !exists) {
		r = store_step(rows, &row, diag);
		if (r == ERR_OK && row)
			r = home_exists(store_text(rows, 0), name, &exists,
			    diag);
	}
	if (r != ERR_OK)
		return r;
	if (template != NULL)
		r = buf_puts(template, exists ? store_text(rows, 0) :
		    conf->users_home);
	if (r != ERR_OK)
		return fail(diag, r, "home directory of %s", name);
	*ret = exists;
	return ERR_OK;
}

/* Is there a home of the tombstone, or of the name that it holds? */
static enum err
has_left_home(const struct names *names, const char *name,
    const char *home_name, bool *ret, struct diag *diag)
{
	enum err r = names_find_home(names->store, names->conf, name, NULL,
	    ret, diag);

	if (r == ERR_OK && !*ret)
		r = names_find_home(names->store, names->conf, home_name,
		    NULL, ret, diag);
	return r;
}

/* Whoever holds the name: a verdict against id, or the name is released. */
static enum err
judge_holder(struct names *names, const char *name, enum err *ret_verdict,
    struct diag *diag)
{
	AUTO(buf) struct buf holder = BUF_INIT(SCIM_STRING_MAX);
	bool home = true;
	enum err r;

	if (store_int(names->holder, 1) == 0) {
		*ret_verdict = ERR_NAME_TAKEN;
		return ERR_OK;
	}
	r = has_left_home(names, name, store_text(names->holder, 2),
	    &home, diag);
	if (r != ERR_OK)
		return r;
	if (home) {
		*ret_verdict = ERR_NAME_HOME;
		return ERR_OK;
	}
	r = buf_puts(&holder, store_text(names->holder, 0));
	if (r != ERR_OK)
		return fail(diag, r, "who holds %s", name);
	store_reset(names->holder);
	return names_release(names->store, buf_str(&holder), diag);
}

/* Binds the name and the record, and looks for a row. */
static enum err
ask(struct store_stmt *stmt, const char *id, const char *name, bool *ret_row,
    struct diag *diag)
{
	enum err r = store_bind_text(stmt, 1, name, diag);

	if (r == ERR_OK)
		r = store_bind_text(stmt, 2, id, diag);
	return r != ERR_OK ? r : store_step(stmt, ret_row, diag);
}

/* May the record have this name?  ERR_OK, ERR_NAME_*, or a failure. */
static enum err
judge_name(struct names *names, const struct candidate *candidate,
    const char *name, enum err *ret_verdict, struct diag *diag)
{
	bool held = candidate->judged;
	bool is_group = false;
	enum err r = ask(names->group, candidate->id, name, &is_group, diag);

	store_reset(names->group);
	*ret_verdict = local_has_name(names->local, name) ? ERR_NAME_LOCAL :
	    is_group ? ERR_NAME_TAKEN : ERR_OK;
	/* Whoever is released holds it no more. */
	while (r == ERR_OK && held && *ret_verdict == ERR_OK) {
		r = ask(names->holder, candidate->id, name, &held, diag);
		if (r == ERR_OK && held)
			r = judge_holder(names, name, ret_verdict, diag);
		store_reset(names->holder);
	}
	return r;
}

/* May a record go on with the name that it has?  A link is found before it. */
static enum err
judge_kept(struct names *names, const char *login, enum err *ret_verdict,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *link = NULL;
	enum err r = STORE_ASK(names->store, &link, diag,
	    "SELECT 1 FROM links WHERE name = ?1", store_text_value(login));

	if (r == ERR_OK)
		*ret_verdict = local_has_name(names->local, login) ?
		    ERR_NAME_LOCAL : link != NULL ? ERR_NAME_TAKEN : ERR_OK;
	return r;
}

enum err
names_decide(struct names *names, const struct candidate *candidate,
    struct holding *holding, bool *ret_kept, struct diag *diag)
{
	char name[LOGIN_NAME_MAX_LEN + 1] = "";
	bool established = holding->login[0] != '\0';
	enum err verdict = ERR_NAME_GRAMMAR;
	enum err r = ERR_OK;

	if (candidate->linked) {
		holding->refused = ERR_NAME_LINKED;
		return ERR_OK;
	}
	if (wanted_name(names->conf, candidate->user_name, name))
		r = judge_name(names, candidate, name, &verdict, diag);
	if (r != ERR_OK)
		return r;
	*ret_kept = established && verdict != ERR_OK &&
	    strcmp(name, holding->login) != 0;
	if (verdict == ERR_OK)
		memcpy(holding->login, name, sizeof(name));
	else if (established)
		r = judge_kept(names, holding->login, &verdict, diag);
	holding->refused = verdict;
	return r;
}
