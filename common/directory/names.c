/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/names.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/parse.h"
#include "directory/home.h"
#include "directory/registry.h"

struct names {
	struct store *store;
	const struct conf *conf;
	const struct local *local;
	struct registry *registry;
	struct store_stmt *undecided;
	struct store_stmt *holder;
	struct store_stmt *group;	/* of a name that is new to a record */
	struct store_stmt *set;
};

/* What a record has, and what it is to have. */
struct holding {
	char login[LOGIN_NAME_MAX_LEN + 1];	/* "": none */
	uint32_t uid;
	enum err refused;
	bool linked;		/* to a local account */
};

/* One record that a decision is due for; the texts are its row's. */
struct candidate {
	const char *id;
	const char *user_name;
	const char *number;	/* [users] uid_attribute, as it came */
	bool linked;
	struct holding had;
};

static void
names_clear(struct names *names)
{
	registry_free(&names->registry);
	store_stmt_free(&names->undecided);
	store_stmt_free(&names->holder);
	store_stmt_free(&names->group);
	store_stmt_free(&names->set);
}
DEFINE_AUTO(names, struct names, names_clear);

/* `wants` is wanted_name() in SQL, but for the grammar: a name outside it is
 * nobody's, so it differs from what the record has, and wanted_name() is
 * asked. */
#define SELECT_UNDECIDED(wants) \
	"SELECT scim_id, user_name, scim_id IN (SELECT scim_id FROM links), " \
	    "login, uid, refused, number " \
	"FROM users WHERE NOT vanished AND (login IS NULL OR refused <> '' " \
	    "OR login <> " wants " OR scim_id IN (SELECT scim_id FROM links)) " \
	"ORDER BY created_at, scim_id"

/* The living first: a tombstone's name may be released.  A link keeps its name
 * when the local account is gone for a while. */
#define SELECT_HOLDER \
	"SELECT scim_id, vanished, home_name FROM users " \
	"WHERE (login = ?1 OR home_name = ?1) AND scim_id <> ?2 " \
	"UNION ALL SELECT scim_id, 0, name FROM links " \
	"WHERE name = ?1 AND scim_id <> ?2 ORDER BY 2 LIMIT 1"

#define SELECT_GROUP \
	"SELECT 1 FROM group_names WHERE name = ?1 AND NOT EXISTS (" \
	    "SELECT 1 FROM users WHERE scim_id = ?2 " \
	    "AND (login = ?1 OR home_name = ?1))"

static enum err
prepare(struct names *names, struct diag *diag)
{
	const struct {
		const char *sql;
		struct store_stmt **stmt;
	} all[] = {
		{ names->conf->users_name == CONF_NAME_USER_NAME ?
		    SELECT_UNDECIDED("lower(user_name)") :
		    SELECT_UNDECIDED("lower(substr(user_name, 1, "
			"instr(user_name || '@', '@') - 1))"),
		    &names->undecided },
		{ SELECT_HOLDER, &names->holder },
		{ SELECT_GROUP, &names->group },
		{ "UPDATE users SET login = ?2, uid = ?3, refused = ?4, "
		    "home_name = coalesce(home_name, ?2) WHERE scim_id = ?1",
		    &names->set },
	};
	enum err r = registry_open(names->store, names->conf, names->local,
	    &names->registry, diag);

	for (size_t i = 0; i < ARRAY_LEN(all) && r == ERR_OK; i++)
		r = store_prepare(names->store, all[i].sql, all[i].stmt,
		    diag);
	return r;
}

static void
read_candidate(struct store_stmt *row, struct candidate *ret)
{
	const char *refused = store_text(row, 5);

	ret->id = store_text(row, 0);
	ret->user_name = store_text(row, 1);
	ret->number = store_text(row, 6);
	ret->linked = store_int(row, 2) != 0;
	(void)snprintf(ret->had.login, sizeof(ret->had.login), "%s",
	    store_text(row, 3));
	ret->had.uid = (uint32_t)store_int(row, 4);
	ret->had.refused = *refused == '\0' ? ERR_OK : err_from_name(refused);
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
judge_name(struct names *names, const char *id, const char *name,
    enum err *ret_verdict, struct diag *diag)
{
	bool held = true;
	bool is_group = false;
	enum err r = ask(names->group, id, name, &is_group, diag);

	store_reset(names->group);
	*ret_verdict = local_has_name(names->local, name) ? ERR_NAME_LOCAL :
	    is_group ? ERR_NAME_TAKEN : ERR_OK;
	/* Whoever is released holds it no more. */
	while (r == ERR_OK && held && *ret_verdict == ERR_OK) {
		r = ask(names->holder, id, name, &held, diag);
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

/* Decides the name, from what the record has and what it asks for. */
static enum err
decide(struct names *names, const struct candidate *candidate,
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
		r = judge_name(names, candidate->id, name, &verdict, diag);
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

/* The id, by the host's rule or by the server's. */
static enum err
give_id(struct names *names, const struct candidate *candidate,
    uint32_t *ret_id, struct diag *diag)
{
	if (*names->conf->users_uid_attribute == '\0')
		return registry_give(names->registry, REGISTRY_USER,
		    candidate->id, ret_id, diag);
	return registry_claim(names->registry, REGISTRY_USER, candidate->id,
	    candidate->number, ret_id, diag);
}

/* Whoever has no id has no name either: none is asked for, or released. */
static enum err
assign(struct names *names, const struct candidate *candidate,
    struct update_report *report, struct diag *diag)
{
	const struct holding *had = &candidate->had;
	struct holding has = *had;
	struct diag why = DIAG_INIT;
	bool kept = false;
	enum err r = has.uid != 0 ? ERR_OK :
	    give_id(names, candidate, &has.uid, &why);

	if (r != ERR_OK && !registry_refuses(r))
		return fail(diag, r, "%s", why.text);
	/* Of a linked record, the local account's id counts. */
	if (r != ERR_OK && !candidate->linked)
		has.refused = r;
	else
		r = decide(names, candidate, &has, &kept, diag);
	if (r != ERR_OK && !registry_refuses(r))
		return r;
	report->names_kept += kept;
	if (strcmp(has.login, had->login) == 0 && has.refused == had->refused)
		return ERR_OK;
	return set_holding(names, candidate->id, &has, diag);
}

/* Those whose name has become local are undecided again. */
static enum err
suspend_local(const struct names *names, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *suspend = NULL;
	enum err r = store_prepare(names->store, "UPDATE users "
	    "SET refused = ?2 WHERE login = ?1 AND refused = '' "
	    "AND NOT vanished", &suspend, diag);

	for (size_t i = 0; r == ERR_OK && local_name(names->local, i) != NULL;
	    i++) {
		r = store_bind_text(suspend, 1, local_name(names->local, i),
		    diag);
		if (r == ERR_OK)
			r = store_bind_text(suspend, 2,
			    err_name(ERR_NAME_LOCAL), diag);
		if (r == ERR_OK)
			r = store_run(suspend, diag);
	}
	return r;
}

static enum err
assign_all(struct names *names, struct update_report *report,
    struct diag *diag)
{
	bool row = false;
	enum err r = store_step(names->undecided, &row, diag);

	/* Sorting reads all rows before the first is decided. */
	while (r == ERR_OK && row) {
		struct candidate candidate;

		read_candidate(names->undecided, &candidate);
		r = assign(names, &candidate, report, diag);
		if (r == ERR_OK)
			r = store_step(names->undecided, &row, diag);
	}
	return r;
}

enum err
names_assign(struct store *store, const struct conf *conf,
    const struct local *local, struct update_report *report,
    struct diag *diag)
{
	AUTO(names) struct names names = {
		.store = store, .conf = conf, .local = local,
	};
	int64_t refused = 0;
	enum err r = suspend_local(&names, diag);

	report->names_kept = 0;
	if (r == ERR_OK)
		r = STORE_RUN(store, diag, "INSERT OR IGNORE "
		    "INTO home_templates VALUES (?1)",
		    store_text_value(conf->users_home));
	if (r == ERR_OK)
		r = prepare(&names, diag);
	if (r == ERR_OK)
		r = assign_all(&names, report, diag);
	if (r == ERR_OK)
		r = store_query_int(store, "SELECT count(*) FROM users "
		    "WHERE NOT vanished AND refused NOT IN ('', 'name-linked')",
		    &refused, diag);
	if (r == ERR_OK)
		report->refused = (uint64_t)refused;
	return r;
}
