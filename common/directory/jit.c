/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/jit.h"

#include <stdio.h>
#include <string.h>

#include "auth/policy.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/parse.h"
#include "directory/local.h"
#include "directory/names.h"

#define XMLSOAP "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"

bool
jit_allowed(const struct conf *conf, const char *service, const char *rhost)
{
	return conf->users_jit && rhost[0] == '\0' &&
	    strcmp(service, "sshd") != 0;
}

/* -- who would be created -------------------------------------------------- */

static enum err
check_limit(struct store *store, const struct conf *conf, struct diag *diag)
{
	int64_t count = 0;
	enum err r = store_query_int(store,
	    "SELECT count(*) FROM users WHERE seen_at > 0", &count, diag);

	if (r != ERR_OK)
		return r;
	if ((uint64_t)count >= conf->users_jit_max)
		return fail(diag, ERR_JIT_LIMIT, "%lld people",
		    (long long)count);
	return ERR_OK;
}

/* What [access] says of somebody of whom nothing is known but the name. */
static enum err
check_access(const struct conf *conf, const char *login, int64_t now,
    struct diag *diag)
{
	char empty[] = "";
	char name[LOGIN_NAME_MAX_LEN + 1];
	const struct directory_user user = {
		.scim_id = empty, .external_id = empty, .user_name = empty,
		.login = name, .given_name = empty, .family_name = empty,
		.title = empty, .department = empty, .site = empty,
		.created = empty, .active = true, .pin = empty,
		.seen_at = now,
	};
	const struct policy_account account = directory_account(&user, 0);

	(void)snprintf(name, sizeof(name), "%s", login);
	return policy_check(conf, &account, now, diag);
}

/* Does the query, for one text, give a row? */
static enum err
is_there(struct store *store, const char *sql, const char *text,
    bool *ret_is, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = STORE_ASK(store, &stmt, diag, sql,
	    store_text_value(text));

	*ret_is = stmt != NULL;
	return r;
}

enum err
jit_expect(struct store *store, const struct conf *conf, const char *login,
    int64_t now, struct diag *diag)
{
	bool full = conf->users_name == CONF_NAME_USER_NAME;
	bool held = false;
	enum err r;

	if (!parse_is_login_name(login, strlen(login), full))
		return fail(diag, ERR_USER_UNKNOWN, "no login name");
	r = is_there(store, "SELECT 1 FROM users WHERE NOT vanished AND "
	    "(login = ?1 OR home_name = ?1)", login, &held, diag);
	if (r == ERR_OK && held)
		return fail(diag, ERR_USER_UNKNOWN, "%s is a refused record's",
		    login);
	if (r == ERR_OK)
		r = check_limit(store, conf, diag);
	return r != ERR_OK ? r : check_access(conf, login, now, diag);
}

enum err
jit_expect_again(struct store *store, const struct conf *conf,
    const char *login, int64_t now, struct diag *diag)
{
	AUTO(directory_user) struct directory_user user = { 0 };
	struct policy_account account;
	enum err r = directory_find(store, login, &user, diag);

	if (r != ERR_OK)
		return r;
	if (user.seen_at == 0 || !conf->users_jit)
		return fail(diag, ERR_DIRECTORY_STALE, "%s waits for a sync",
		    login);
	user.seen_at = now;
	account = directory_account(&user, 0);
	return policy_check(conf, &account, now, diag);
}

/* -- creation -------------------------------------------------------------- */

struct newcomer {
	const struct conf *conf;
	const struct link_person *person;
	const char *login;
	int64_t now;
	const struct local *local;
	const char *subject;
	const char *user_name;
	const char *id;
};

/* user@domain with one @, and one of our domains. */
static enum err
check_domain(const struct conf *conf, const char *user_name,
    struct diag *diag)
{
	const struct conf_list *domains = &conf->users_jit_domains;
	const char *at = strchr(user_name, '@');

	if (at == NULL || at == user_name || strchr(at + 1, '@') != NULL ||
	    strlen(user_name) > SCIM_STRING_MAX)
		return fail(diag, ERR_JIT_DOMAIN, "%s is not name@domain",
		    user_name);
	for (size_t i = 0; i < domains->count; i++)
		if (parse_equal_nocase(at + 1, domains->item[i]))
			return ERR_OK;
	return fail(diag, ERR_JIT_DOMAIN, "%s", user_name);
}

/* Has the person an account already? */
static enum err
check_subject(struct store *store, const struct newcomer *n,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = STORE_ASK(store, &stmt, diag, "SELECT login FROM users "
	    "JOIN pins ON pins.scim_id = users.scim_id WHERE subject = ?1",
	    store_text_value(n->subject));

	if (r != ERR_OK || stmt == NULL)
		return r;
	if (strcmp(store_text(stmt, 0), n->login) != 0)
		return fail(diag, ERR_LINK_MISMATCH, "signed in as %s, who is "
		    "not %s", n->subject, n->login);
	return fail(diag, ERR_EXISTS, "%s", n->login);
}

/* Whoever has this userName, even if nobody has it any more, is somebody. */
static enum err
check_user_name(struct store *store, const struct newcomer *n,
    struct diag *diag)
{
	bool known = false;
	enum err r = is_there(store, "SELECT 1 FROM users "
	    "WHERE user_name = ?1 COLLATE NOCASE", n->user_name, &known, diag);

	if (r == ERR_OK && !known)
		r = is_there(store, "SELECT 1 FROM users WHERE scim_id = ?1",
		    n->id, &known, diag);
	if (r == ERR_OK && known)
		return fail(diag, ERR_USER_UNKNOWN, "%s has a record, which "
		    "is not the account %s", n->user_name, n->login);
	return r;
}

/* A name to show, if the provider tells one that can be text at all. */
static const char *
shown_name(const struct claims *claims, const char *const claim[2])
{
	const char *value = claims_get(claims, claim[0]);

	if (value == NULL)
		value = claims_get(claims, claim[1]);
	return value == NULL || strlen(value) > SCIM_STRING_MAX ||
	    !parse_is_utf8(value, strlen(value)) ? "" : value;
}

static enum err
insert(struct store *store, const struct newcomer *n, struct diag *diag)
{
	/* Of SAML, and of a token; Entra has given and family names there if
	 * they are configured as optional claims, and else all in one. */
	static const char *const names[][2] = {
		{ XMLSOAP "givenname", "given_name" },
		{ XMLSOAP "surname", "family_name" },
		{ "name", "name" },
	};
	const struct claims *claims = n->person->claims;
	const char *given = shown_name(claims, names[0]);
	const char *family = shown_name(claims, names[1]);
	char created[CLOCK_TEXT_SIZE];

	if (*given == '\0' && *family == '\0')
		given = shown_name(claims, names[2]);
	clock_format(n->now, created);
	return STORE_RUN(store, diag,
	    "INSERT INTO users(scim_id, external_id, user_name, given_name, "
		"family_name, title, department, site, created, created_at, "
		"active, seen_at) "
	    "VALUES (?1, '', ?2, ?3, ?4, '', '', '', ?5, ?6, 1, ?6)",
	    store_text_value(n->id), store_text_value(n->user_name),
	    store_text_value(given), store_text_value(family),
	    store_text_value(created), store_int_value(n->now));
}

/* Was the name given that was typed? */
static enum err
check_name(struct store *store, const struct newcomer *n, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = STORE_ASK(store, &stmt, diag, "SELECT login, refused "
	    "FROM users WHERE scim_id = ?1", store_text_value(n->id));
	const char *refused;

	if (r != ERR_OK)
		return r;
	if (stmt == NULL)
		return fail(diag, ERR_INTERNAL, "new record is not there");
	refused = store_text(stmt, 1);
	if (*refused != '\0')
		return fail(diag, err_from_name(refused), "%s, signed in as "
		    "%s", n->login, n->user_name);
	if (strcmp(store_text(stmt, 0), n->login) != 0)
		return fail(diag, ERR_LINK_MISMATCH, "signed in as %s, who "
		    "would be %s", n->user_name, store_text(stmt, 0));
	return ERR_OK;
}

static enum err
check_policy(struct store *store, const struct newcomer *n,
    struct diag *diag)
{
	AUTO(directory_user) struct directory_user user = { 0 };
	struct policy_account account;
	enum err r = directory_find(store, n->login, &user, diag);

	if (r != ERR_OK)
		return r;
	account = directory_account(&user, 0);
	return policy_check(n->conf, &account, n->now, diag);
}

/* Inside the transaction. */
static enum err
create(struct store *store, const struct newcomer *n, struct diag *diag)
{
	struct update_report unused = { 0 };
	enum err r = check_subject(store, n, diag);

	if (r == ERR_OK)
		r = check_user_name(store, n, diag);
	if (r == ERR_OK)
		r = check_limit(store, n->conf, diag);
	if (r == ERR_OK)
		r = insert(store, n, diag);
	if (r == ERR_OK)
		r = names_assign(store, n->conf, n->local, &unused, diag);
	if (r == ERR_OK)
		r = check_name(store, n, diag);
	if (r == ERR_OK)
		r = STORE_RUN(store, diag,
		    "INSERT INTO pins(scim_id, subject) VALUES (?1, ?2)",
		    store_text_value(n->id), store_text_value(n->subject));
	return r != ERR_OK ? r : check_policy(store, n, diag);
}

/* All that needs no look at the directory. */
static enum err
introduce(struct newcomer *n, struct buf *subject, struct buf *id,
    struct diag *diag)
{
	enum err r = link_subject(n->conf, n->person->claims, subject, diag);

	if (r != ERR_OK)
		return r;
	n->user_name = claims_get(n->person->claims, n->person->user_claim);
	if (n->user_name == NULL)
		return fail(diag, ERR_SAML_CLAIM_MISSING, "%s",
		    n->person->user_claim);
	r = check_domain(n->conf, n->user_name, diag);
	if (r != ERR_OK)
		return r;
	n->subject = buf_str(subject);
	r = buf_printf(id, JIT_ID_PREFIX "%s", n->subject);
	n->id = buf_str(id);
	return r == ERR_OK ? r : fail(diag, r, "%s", n->login);
}

enum err
jit_create(struct store *store, const struct conf *conf,
    const struct link_person *person, const char *login, int64_t now,
    struct diag *diag)
{
	AUTO(buf) struct buf subject = BUF_INIT(SUBJECT_MAX_LEN);
	AUTO(buf) struct buf id = BUF_INIT(SCIM_STRING_MAX);
	AUTO(local) struct local *local = NULL;
	struct newcomer n = {
		.conf = conf, .person = person, .login = login, .now = now,
	};
	enum err r = introduce(&n, &subject, &id, diag);

	if (r == ERR_OK)
		r = local_load_host(&local, diag);
	if (r != ERR_OK)
		return r;
	n.local = local;
	r = store_begin(store, diag);
	if (r == ERR_OK)
		r = create(store, &n, diag);
	if (r == ERR_OK)
		r = store_commit(store, diag);
	store_rollback(store);
	return r;
}

enum err
jit_renew(struct store *store, const struct conf *conf, const char *login,
    int64_t now, struct diag *diag)
{
	if (!conf->users_jit)
		return ERR_OK;
	return STORE_RUN(store, diag, "UPDATE users SET seen_at = ?2 "
	    "WHERE login = ?1 AND seen_at > 0", store_text_value(login),
	    store_int_value(now));
}
