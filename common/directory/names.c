/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is decided about, in which order, and what is written down. */
#include "directory/names_impl.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "directory/newcomers.h"
#include "directory/registry.h"
#include "directory/update_impl.h"

static void
names_clear(struct names *names)
{
	registry_free(&names->registry);
	newcomers_free(&names->newcomers);
	store_stmt_free(&names->undecided);
	store_stmt_free(&names->holder);
	store_stmt_free(&names->group);
	store_stmt_free(&names->set);
	store_stmt_free(&names->one);
	store_stmt_free(&names->admit);
}
DEFINE_AUTO(names, struct names, names_clear);

/* `wants` is wanted_name() in SQL, but for the grammar: a name outside it is
 * nobody's, so it differs from what the record has, and wanted_name() is
 * asked. */
#define ID_OF(key) "(SELECT id FROM ids WHERE kind = 'u' AND key = " key ")"
#define UNDECIDED(wants) \
	"SELECT scim_id, user_name, scim_id IN (SELECT scim_id FROM links), " \
	    "login, uid, refused, number, " ID_OF("scim_id") ", " \
	    "0 AS place, 1, created_at " \
	"FROM users WHERE NOT vanished AND (login IS NULL OR refused <> '' " \
	    "OR login <> " wants " OR scim_id IN (SELECT scim_id FROM links)) "
#define OF_NEWCOMER(wants) \
	"SELECT id AS scim_id, user_name, 0, NULL, 0, '', number, " \
	    ID_OF("listing.id") ", place, " \
	    "EXISTS (SELECT 1 FROM links WHERE name = " wants "), created_at " \
	"FROM temp.listing "
/* Both tables are read in the order of ids, which is quick. */
#define NEWCOMERS(wants) \
	OF_NEWCOMER(wants) "INDEXED BY listing_id WHERE id > '' " \
	"AND NOT EXISTS (SELECT 1 FROM users " \
	    "WHERE users.scim_id = listing.id) "
#define BY_CREATION "ORDER BY created_at, scim_id"

#define LOCAL_PART(of) "lower(substr(" of ".user_name, 1, " \
	"instr(" of ".user_name || '@', '@') - 1))"
#define FULL_NAME(of) "lower(" of ".user_name)"

#define SELECTS(wants) { \
	UNDECIDED(wants("users")) BY_CREATION, \
	UNDECIDED(wants("users")) "UNION ALL " NEWCOMERS(wants("listing")) \
	    BY_CREATION, \
	OF_NEWCOMER(wants("listing")) "WHERE place = ?1", \
}

enum { USERS, ALL, ONE, SELECTS };
static const char *const selects[][SELECTS] = {
	[CONF_NAME_LOCAL_PART] = SELECTS(LOCAL_PART),
	[CONF_NAME_USER_NAME] = SELECTS(FULL_NAME),
};

/* A newcomer, whole. */
#define ADMIT \
	"INSERT INTO users(scim_id, " UPDATE_PLAIN("") ", site, site_listed, " \
	    "login, uid, refused, home_name) " \
	"SELECT id, " UPDATE_PLAIN("") ", site, site, ?2, ?3, ?4, ?2 " \
	    "FROM temp.listing WHERE place = ?1"

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
	const char *const *select = selects[names->conf->users_name];
	const struct {
		const char *sql;
		struct store_stmt **stmt;
	} all[] = {
		{ select[names->admits ? ALL : USERS], &names->undecided },
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
	if (r != ERR_OK || !names->admits)
		return r;
	r = newcomers_open(names->store, &names->newcomers, diag);
	if (r == ERR_OK)
		r = store_prepare(names->store, select[ONE], &names->one,
		    diag);
	if (r == ERR_OK)
		r = store_prepare(names->store, ADMIT, &names->admit, diag);
	return r;
}

static void
read_candidate(struct store_stmt *row, struct candidate *ret)
{
	const char *refused = store_text(row, 5);

	ret->id = store_text(row, 0);
	ret->user_name = store_text(row, 1);
	ret->number = store_text(row, 6);
	ret->registered = (uint32_t)store_int(row, 7);
	ret->place = store_int(row, 8);
	ret->judged = store_int(row, 9) != 0;
	ret->linked = store_int(row, 2) != 0;
	(void)snprintf(ret->had.login, sizeof(ret->had.login), "%s",
	    store_text(row, 3));
	ret->had.uid = (uint32_t)store_int(row, 4);
	ret->had.refused = *refused == '\0' ? ERR_OK : err_from_name(refused);
}

/* ERR_EXISTS: of a newcomer whose name was not judged, somebody holds it. */
static enum err
set_holding(struct names *names, const struct candidate *candidate,
    const struct holding *holding, struct diag *diag)
{
	bool has_name = holding->login[0] != '\0';
	struct store_stmt *stmt = candidate->place != 0 ? names->admit :
	    names->set;
	enum err r = candidate->place != 0 ?
	    store_bind_int(stmt, 1, candidate->place, diag) :
	    store_bind_text(stmt, 1, candidate->id, diag);

	if (r == ERR_OK)
		r = store_bind_text(stmt, 2,
		    has_name ? holding->login : NULL, diag);
	if (r == ERR_OK && has_name)
		r = store_bind_int(stmt, 3, holding->uid, diag);
	if (r == ERR_OK && !has_name)
		r = store_bind_text(stmt, 3, NULL, diag);
	if (r == ERR_OK)
		r = store_bind_text(stmt, 4,
		    holding->refused == ERR_OK ? "" :
		    err_name(holding->refused), diag);
	if (r == ERR_OK)
		r = store_run(stmt, diag);
	return r;
}

/* The id, by the host's rule or by the server's. */
static enum err
give_id(struct names *names, const struct candidate *candidate,
    uint32_t *ret_id, struct diag *diag)
{
	if (candidate->registered != 0) {
		*ret_id = candidate->registered;
		return ERR_OK;
	}
	if (*names->conf->users_uid_attribute == '\0')
		return registry_add(names->registry, REGISTRY_USER,
		    candidate->id, ret_id, diag);
	return registry_claim(names->registry, REGISTRY_USER, candidate->id,
	    candidate->number, ret_id, diag);
}

/* Decides about the name and writes it down.  Whoever has no id has no name
 * either: none is asked for, or released.  Of a linked record, the local
 * account's id counts. */
static enum err
settle(struct names *names, const struct candidate *candidate,
    struct holding has, struct update_report *report, struct diag *diag)
{
	const struct holding *had = &candidate->had;
	bool kept = false;
	enum err r = has.uid == 0 && !candidate->linked ? ERR_OK :
	    names_decide(names, candidate, &has, &kept, diag);

	if (r != ERR_OK)
		return r;
	report->names_kept += kept;
	if (candidate->place == 0 && has.refused == had->refused &&
	    strcmp(has.login, had->login) == 0)
		return ERR_OK;
	return set_holding(names, candidate, &has, diag);
}

/*
 * To write a newcomer down is the quickest way to know that nobody holds the
 * name: login and home_name are unique, and a newcomer's are the same.  Only
 * if somebody does, it is looked who.
 */
static enum err
assign(struct names *names, struct candidate *candidate,
    struct update_report *report, struct diag *diag)
{
	struct holding has = candidate->had;
	struct diag why = DIAG_INIT;
	enum err r = has.uid != 0 ? ERR_OK :
	    give_id(names, candidate, &has.uid, &why);

	if (r != ERR_OK && !registry_refuses(r))
		return fail(diag, r, "%s", why.text);
	if (r != ERR_OK)
		has.refused = r;
	r = settle(names, candidate, has, report, diag);
	if (r != ERR_EXISTS || candidate->judged)
		return r;
	candidate->judged = true;
	return settle(names, candidate, has, report, diag);
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

/* -- newcomers, many at once ----------------------------------------------- */

static enum err
assign_one(struct names *names, int64_t place, struct update_report *report,
    struct diag *diag)
{
	struct candidate candidate;
	bool row = false;
	enum err r = store_bind_int(names->one, 1, place, diag);

	if (r == ERR_OK)
		r = store_step(names->one, &row, diag);
	if (r == ERR_OK && row) {
		read_candidate(names->one, &candidate);
		r = assign(names, &candidate, report, diag);
	}
	store_reset(names->one);
	return r;
}

/* Whoever comes later is decided later. */
static enum err
write_queued(struct names *names, struct update_report *report,
    struct diag *diag)
{
	struct diag why = DIAG_INIT;
	int64_t place = 0;
	enum err r = newcomers_write(names->newcomers, &why);

	if (r != ERR_OK && r != ERR_EXISTS)
		return fail(diag, r, "%s", why.text);
	if (r == ERR_OK)
		return ERR_OK;
	r = ERR_OK;
	while (r == ERR_OK && newcomers_take(names->newcomers, &place))
		r = assign_one(names, place, report, diag);
	return r;
}

/* *ret_id 0: there is more to be known of this one. */
static enum err
choose_id(struct names *names, const struct candidate *candidate,
    uint32_t *ret_id, struct diag *diag)
{
	if (candidate->place == 0 || candidate->judged ||
	    candidate->registered != 0 ||
	    *names->conf->users_uid_attribute != '\0')
		return ERR_OK;
	return registry_first_choice(names->registry, REGISTRY_USER,
	    candidate->id, ret_id, diag);
}

static enum err
queue(struct names *names, const struct candidate *candidate, uint32_t id,
    struct update_report *report, struct diag *diag)
{
	struct holding has = candidate->had;
	struct newcomer newcomer = { .place = candidate->place, .id = id };
	bool kept = false;
	enum err r = names_decide(names, candidate, &has, &kept, diag);

	if (r != ERR_OK)
		return r;
	memcpy(newcomer.login, has.login, sizeof(newcomer.login));
	newcomer.refused = has.refused;
	if (newcomers_queue(names->newcomers, &newcomer))
		return ERR_OK;
	r = write_queued(names, report, diag);
	if (r == ERR_OK && !newcomers_queue(names->newcomers, &newcomer))
		r = fail(diag, ERR_INTERNAL, "newcomers");
	return r;
}

static enum err
assign_row(struct names *names, struct update_report *report,
    struct diag *diag)
{
	struct candidate candidate;
	uint32_t id = 0;
	enum err r;

	read_candidate(names->undecided, &candidate);
	r = choose_id(names, &candidate, &id, diag);
	if (r == ERR_OK && id != 0)
		return queue(names, &candidate, id, report, diag);
	if (r == ERR_OK && names->admits)
		r = write_queued(names, report, diag);
	return r != ERR_OK ? r : assign(names, &candidate, report, diag);
}

static enum err
assign_all(struct names *names, struct update_report *report,
    struct diag *diag)
{
	bool row = false;
	enum err r = store_step(names->undecided, &row, diag);

	/* Sorting reads all rows before the first is decided. */
	while (r == ERR_OK && row) {
		r = assign_row(names, report, diag);
		if (r == ERR_OK)
			r = store_step(names->undecided, &row, diag);
	}
	if (r == ERR_OK && names->admits)
		r = write_queued(names, report, diag);
	return r;
}

static enum err
assign_names(struct names *names, struct update_report *report,
    struct diag *diag)
{
	int64_t refused = 0;
	enum err r = suspend_local(names, diag);

	report->names_kept = 0;
	if (r == ERR_OK)
		r = STORE_RUN(names->store, diag, "INSERT OR IGNORE "
		    "INTO home_templates VALUES (?1)",
		    store_text_value(names->conf->users_home));
	if (r == ERR_OK)
		r = prepare(names, diag);
	if (r == ERR_OK)
		r = assign_all(names, report, diag);
	/* An update counts at its end, other things too. */
	if (r == ERR_OK && !names->admits)
		r = store_query_int(names->store, "SELECT count(*) FROM users "
		    "WHERE NOT vanished AND refused NOT IN ('', 'name-linked')",
		    &refused, diag);
	if (r == ERR_OK && !names->admits)
		report->refused = (uint64_t)refused;
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

	return assign_names(&names, report, diag);
}

enum err
names_admit(struct store *store, const struct conf *conf,
    const struct local *local, struct update_report *report,
    struct diag *diag)
{
	AUTO(names) struct names names = {
		.store = store, .conf = conf, .local = local, .admits = true,
	};

	return assign_names(&names, report, diag);
}
