/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/names.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/parse.h"
#include "directory/registry.h"

struct names {
	struct store *store;
	const struct conf *conf;
	const struct local *local;
	struct store_stmt *get;
	struct store_stmt *holder;
	struct store_stmt *set;
};

/* What a record has, and what it is to have. */
struct holding {
	char login[LOGIN_NAME_MAX_LEN + 1];	/* "": none */
	uint32_t uid;
	enum err refused;
};

static void
names_clear(struct names *names)
{
	store_stmt_free(&names->get);
	store_stmt_free(&names->holder);
	store_stmt_free(&names->set);
}
DEFINE_AUTO(names, struct names, names_clear);

static enum err
prepare(struct names *names, struct diag *diag)
{
	enum err r = store_prepare(names->store,
	    "SELECT login, uid, refused FROM users WHERE scim_id = ?1",
	    &names->get, diag);

	if (r != ERR_OK)
		return r;
	r = store_prepare(names->store,
	    "SELECT 1 FROM users WHERE (login = ?1 OR home_name = ?1) "
	    "AND scim_id <> ?2", &names->holder, diag);
	if (r != ERR_OK)
		return r;
	return store_prepare(names->store,
	    "UPDATE users SET login = ?2, uid = ?3, refused = ?4, "
	    "home_name = coalesce(home_name, ?2) WHERE scim_id = ?1",
	    &names->set, diag);
}

static enum err
get_holding(struct names *names, const char *id, struct holding *ret,
    struct diag *diag)
{
	const char *refused;
	bool row = false;
	enum err r;

	store_reset(names->get);
	r = store_bind_text(names->get, 1, id, diag);
	if (r == ERR_OK)
		r = store_step(names->get, &row, diag);
	if (r != ERR_OK)
		return r;
	if (!row)
		return fail(diag, ERR_INTERNAL, "listed record is not there");
	(void)snprintf(ret->login, sizeof(ret->login), "%s",
	    store_text(names->get, 0));
	ret->uid = (uint32_t)store_int(names->get, 1);
	refused = store_text(names->get, 2);
	ret->refused = *refused == '\0' ? ERR_OK : err_from_name(refused);
	store_reset(names->get);
	return ERR_OK;
}

static enum err
set_holding(struct names *names, const char *id, const struct holding *holding,
    struct diag *diag)
{
	bool has_name = holding->login[0] != '\0';
	enum err r = store_bind_text(names->set, 1, id, diag);

	if (r == ERR_OK)
		r = store_bind_text(names->set, 2,
		    has_name ? holding->login : NULL, diag);
	if (r == ERR_OK && has_name)
		r = store_bind_int(names->set, 3, holding->uid, diag);
	if (r == ERR_OK && !has_name)
		r = store_bind_text(names->set, 3, NULL, diag);
	if (r == ERR_OK)
		r = store_bind_text(names->set, 4,
		    holding->refused == ERR_OK ? "" :
		    err_name(holding->refused), diag);
	if (r == ERR_OK)
		r = store_run(names->set, diag);
	return r;
}

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

/* May the record have this name?  ERR_OK, ERR_NAME_*, or a failure. */
static enum err
judge_name(struct names *names, const char *id, const char *name,
    enum err *ret_verdict, struct diag *diag)
{
	bool held = false;
	enum err r;

	if (local_has_name(names->local, name)) {
		*ret_verdict = ERR_NAME_LOCAL;
		return ERR_OK;
	}
	r = store_bind_text(names->holder, 1, name, diag);
	if (r == ERR_OK)
		r = store_bind_text(names->holder, 2, id, diag);
	if (r == ERR_OK)
		r = store_step(names->holder, &held, diag);
	store_reset(names->holder);
	if (r != ERR_OK)
		return r;
	*ret_verdict = held ? ERR_NAME_TAKEN : ERR_OK;
	return ERR_OK;
}

/* Decides the name, from what the record has and what it asks for. */
static enum err
decide(struct names *names, const char *id, const char *user_name,
    struct holding *holding, bool *ret_kept, struct diag *diag)
{
	char name[LOGIN_NAME_MAX_LEN + 1] = "";
	bool established = holding->login[0] != '\0';
	enum err verdict = ERR_NAME_GRAMMAR;
	enum err r = ERR_OK;

	if (wanted_name(names->conf, user_name, name))
		r = judge_name(names, id, name, &verdict, diag);
	if (r != ERR_OK)
		return r;
	*ret_kept = established && verdict != ERR_OK &&
	    strcmp(name, holding->login) != 0;
	if (verdict == ERR_OK)
		memcpy(holding->login, name, sizeof(name));
	else if (established)
		verdict = local_has_name(names->local, holding->login) ?
		    ERR_NAME_LOCAL : ERR_OK;
	holding->refused = verdict;
	return ERR_OK;
}

static enum err
assign(struct names *names, const char *id, const char *user_name,
    struct update_report *report, struct diag *diag)
{
	struct holding had = { "", 0, ERR_OK };
	struct holding has;
	bool kept = false;
	enum err r = get_holding(names, id, &had, diag);

	if (r != ERR_OK)
		return r;
	has = had;
	if (has.uid == 0)
		r = registry_get(names->store, names->conf, REGISTRY_USER, id,
		    names->local, &has.uid, diag);
	if (r != ERR_OK)
		return r;
	r = decide(names, id, user_name, &has, &kept, diag);
	if (r != ERR_OK)
		return r;
	report->refused += has.refused != ERR_OK;
	report->names_kept += kept;
	if (strcmp(has.login, had.login) == 0 && has.refused == had.refused)
		return ERR_OK;
	return set_holding(names, id, &has, diag);
}

enum err
names_assign(struct store *store, const struct conf *conf,
    const struct local *local, struct update_report *report,
    struct diag *diag)
{
	AUTO(names) struct names names = { store, conf, local, NULL, NULL,
		NULL };
	AUTO(store_stmt) struct store_stmt *listing = NULL;
	bool row = false;
	enum err r = prepare(&names, diag);

	if (r != ERR_OK)
		return r;
	r = store_prepare(store, "SELECT id, user_name FROM temp.listing "
	    "ORDER BY created_at, id", &listing, diag);
	if (r != ERR_OK)
		return r;
	r = store_step(listing, &row, diag);
	while (r == ERR_OK && row) {
		r = assign(&names, store_text(listing, 0),
		    store_text(listing, 1), report, diag);
		if (r == ERR_OK)
			r = store_step(listing, &row, diag);
	}
	return r;
}
