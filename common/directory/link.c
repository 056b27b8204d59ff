/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/link.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/parse.h"

/* A claim's only value; ERR_SAML_CLAIM_MISSING for none, several or "". */
static enum err
need_claim(const struct claims *claims, const char *name,
    const char **ret_value, struct diag *diag)
{
	const char *value = claims_get(claims, name);

	if (value == NULL || *value == '\0')
		return fail(diag, ERR_SAML_CLAIM_MISSING, "%s", name);
	*ret_value = value;
	return ERR_OK;
}

static enum err
need_guid(const struct claims *claims, const char *name,
    const char **ret_value, struct diag *diag)
{
	const char *value = NULL;
	enum err r = need_claim(claims, name, &value, diag);

	if (r != ERR_OK)
		return r;
	if (!parse_is_guid(value, strlen(value)))
		return fail(diag, ERR_SAML_VALUE, "%s is not a GUID", name);
	*ret_value = value;
	return ERR_OK;
}

/* Entra says for members that it authenticated them itself, or nothing. */
static bool
is_guest(const struct claims *claims)
{
	const char *provider = claims_get(claims, CLAIM_PROVIDER);

	if (claims_count(claims, CLAIM_PROVIDER) == 0)
		return false;
	return provider == NULL ||
	    strcmp(provider, claims_fixed(claims)->issuer) != 0;
}

static enum err
entra_subject(const struct conf *conf, const struct claims *claims,
    struct buf *subject, const char **ret_id, struct diag *diag)
{
	const char *tenant = NULL;
	const char *object = NULL;
	enum err r = need_guid(claims, CLAIM_TENANT, &tenant, diag);

	if (r != ERR_OK)
		return r;
	if (!parse_equal_nocase(tenant, conf->idp_tenant))
		return fail(diag, ERR_SAML_TENANT, "tenant %s", tenant);
	if (!conf->users_guests && is_guest(claims))
		return fail(diag, ERR_LINK_GUEST,
		    "authenticated by another provider than %s",
		    claims_fixed(claims)->issuer);
	r = need_guid(claims, CLAIM_OBJECT, &object, diag);
	if (r != ERR_OK)
		return r;
	if (buf_printf(subject, "entra:%s:%s", tenant, object) != ERR_OK)
		return fail(diag, ERR_NOMEM, "subject");
	/* A GUID is the same in either case. */
	parse_lower((char *)subject->data);
	*ret_id = object;
	return ERR_OK;
}

/*
 * The kind of the identifier is a part of the subject: a value that moved
 * from one claim to another is another value.
 */
static enum err
saml_subject(const struct conf *conf, const struct claims *claims,
    struct buf *subject, const char **ret_id, struct diag *diag)
{
	const struct claims_fixed *fixed = claims_fixed(claims);
	const char *kind = conf->saml_subject_attribute;
	const char *value = fixed->name_id;
	enum err r = ERR_OK;

	if (*kind != '\0')
		r = need_claim(claims, kind, &value, diag);
	if (r != ERR_OK)
		return r;
	if (*kind == '\0') {
		kind = NAME_ID_PERSISTENT;
		if (strcmp(fixed->name_id_format, kind) != 0 || *value == '\0')
			return fail(diag, ERR_SAML_NAME_ID,
			    "persistent NameID needed, not %s",
			    fixed->name_id_format);
	}
	r = buf_printf(subject, "saml:%s:%s:%s", fixed->issuer, kind, value);
	if (r != ERR_OK)
		return fail(diag, r, "subject");
	*ret_id = value;
	return ERR_OK;
}

/* A text that a query gives for one parameter, or "". */
static enum err
look_up(struct store *store, const char *sql, const char *parameter,
    struct buf *out, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = STORE_ASK(store, &stmt, diag, sql,
	    store_text_value(parameter));

	if (r == ERR_OK && stmt != NULL)
		r = buf_puts(out, store_text(stmt, 0));
	return r;
}

static enum err
pin(struct store *store, const char *scim_id, const char *subject,
    struct diag *diag)
{
	return STORE_RUN(store, diag,
	    "INSERT INTO pins(scim_id, subject) VALUES (?1, ?2)",
	    store_text_value(scim_id), store_text_value(subject));
}

/* The first time: is this the provisioned person?  id is what identifies
 * them to the provider. */
static enum err
check_first(const struct conf *conf, const struct link_person *person,
    const struct directory_user *user, const char *id, struct diag *diag)
{
	const char *name = NULL;
	enum err r;

	if (conf->users_link_by == CONF_LINK_EXTERNAL_ID) {
		bool guid = *conf->idp_tenant != '\0';

		if (guid ? !parse_equal_nocase(id, user->external_id) :
		    strcmp(id, user->external_id) != 0)
			return fail(diag, ERR_LINK_MISMATCH,
			    "signed in as %s, externalId of %s is %s", id,
			    user->login, user->external_id);
		return ERR_OK;
	}
	r = need_claim(person->claims, person->user_claim, &name, diag);
	if (r != ERR_OK)
		return r;
	if (!parse_equal_nocase(name, user->user_name))
		return fail(diag, ERR_LINK_MISMATCH,
		    "signed in as %s, userName of %s is %s", name,
		    user->login, user->user_name);
	return ERR_OK;
}

/*
 * The first time in a local account: which record has the userName that
 * root's configuration gives it to is the server's word alone, and a record
 * may have another name, or another person's pin, since.  So the provider
 * must say that name, too.
 */
static enum err
confirm_link(struct store *store, const struct conf *conf,
    const struct link_person *person, const char *login, struct diag *diag)
{
	AUTO(buf) struct buf owner = BUF_INIT(CONF_LINE_MAX);
	const char *name = NULL;
	enum err r = look_up(store, "SELECT user_name FROM links "
	    "WHERE name = ?1 AND NOT confirmed", login, &owner, diag);

	/* With externalId the server says who everybody is. */
	if (r != ERR_OK || owner.len == 0 ||
	    conf->users_link_by == CONF_LINK_EXTERNAL_ID)
		return r;
	r = need_claim(person->claims, person->user_claim, &name, diag);
	if (r != ERR_OK)
		return r;
	if (!parse_equal_nocase(name, buf_str(&owner)))
		return fail(diag, ERR_LINK_MISMATCH,
		    "signed in as %s, [users] link_local gives %s to %s",
		    name, login, buf_str(&owner));
	return STORE_RUN(store, diag, "UPDATE links SET confirmed = 1 "
	    "WHERE name = ?1", store_text_value(login));
}

/* What the pins say: *ret_pinned when this subject has this account. */
static enum err
check_pins(struct store *store, const struct directory_user *user,
    const char *subject, bool *ret_pinned, struct diag *diag)
{
	AUTO(buf) struct buf owner = BUF_INIT(SCIM_STRING_MAX);
	enum err r = look_up(store,
	    "SELECT scim_id FROM pins WHERE subject = ?1", subject, &owner,
	    diag);

	if (r != ERR_OK)
		return r;
	if (owner.len > 0 && strcmp(buf_str(&owner), user->scim_id) != 0)
		return fail(diag, ERR_LINK_MISMATCH,
		    "signed in as %s, who is not %s", subject, user->login);
	if (*user->pin != '\0' && strcmp(user->pin, subject) != 0)
		return fail(diag, ERR_LINK_PIN, "%s is pinned to %s, not %s",
		    user->login, user->pin, subject);
	*ret_pinned = *user->pin != '\0';
	return ERR_OK;
}

struct identity {
	const char *subject;
	const char *id;		/* the part of it that the provider gives */
};

/* Inside the transaction. */
static enum err
check_account(struct store *store, const struct conf *conf,
    const struct link_person *person, const char *login,
    const struct identity *identity, struct diag *diag)
{
	AUTO(directory_user) struct directory_user user = { 0 };
	bool pinned = false;
	enum err r = directory_find(store, login, &user, diag);

	if (r != ERR_OK)
		return r;
	if (user.vanished)
		return fail(diag, ERR_USER_VANISHED, "%s", login);
	if (!user.active)
		return fail(diag, ERR_USER_INACTIVE, "%s", login);
	r = check_pins(store, &user, identity->subject, &pinned, diag);
	if (r == ERR_OK && user.linked)
		r = confirm_link(store, conf, person, login, diag);
	if (r != ERR_OK || pinned)
		return r;
	r = check_first(conf, person, &user, identity->id, diag);
	if (r != ERR_OK)
		return r;
	return pin(store, user.scim_id, identity->subject, diag);
}

/* Who the provider says it is. */
static enum err
identify(const struct conf *conf, const struct claims *claims,
    struct buf *subject, struct identity *ret, struct diag *diag)
{
	enum err r = *conf->idp_tenant != '\0' ?
	    entra_subject(conf, claims, subject, &ret->id, diag) :
	    saml_subject(conf, claims, subject, &ret->id, diag);

	if (r == ERR_OK)
		ret->subject = buf_str(subject);
	return r;
}

enum err
link_subject(const struct conf *conf, const struct claims *claims,
    struct buf *subject, struct diag *diag)
{
	struct identity identity = { NULL, NULL };

	return identify(conf, claims, subject, &identity, diag);
}

enum err
link_check(struct store *store, const struct conf *conf,
    const struct link_person *person, const char *login, struct diag *diag)
{
	AUTO(buf) struct buf subject = BUF_INIT(SUBJECT_MAX_LEN);
	struct identity identity = { NULL, NULL };
	enum err r = identify(conf, person->claims, &subject, &identity,
	    diag);

	if (r != ERR_OK)
		return r;
	r = store_begin(store, diag);
	if (r != ERR_OK)
		return r;
	r = check_account(store, conf, person, login, &identity, diag);
	if (r == ERR_OK)
		r = store_commit(store, diag);
	store_rollback(store);
	return r;
}

/* The only account with this value; "" for none. */
static enum err
find_login(struct store *store, const char *sql, const char *value,
    char login[static LOGIN_NAME_MAX_LEN + 1], struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	bool row = false;
	enum err r = STORE_ASK(store, &stmt, diag, sql,
	    store_text_value(value));

	login[0] = '\0';
	if (r != ERR_OK || stmt == NULL)
		return r;
	(void)snprintf(login, LOGIN_NAME_MAX_LEN + 1, "%s",
	    store_text(stmt, 0));
	r = store_step(stmt, &row, diag);
	if (r == ERR_OK && row)
		r = fail(diag, ERR_LINK_MISMATCH, "signed in as %s, which "
		    "several accounts have", value);
	return r;
}

#define SELECT_LOGIN "SELECT coalesce(name, login) " \
	"FROM users LEFT JOIN links USING (scim_id) WHERE (name IS NOT NULL " \
	    "OR (refused = '' AND login IS NOT NULL)) AND "

/* As check_first() compares. */
static enum err
find_first(struct store *store, const struct conf *conf,
    const struct link_person *person, const char *id,
    char login[static LOGIN_NAME_MAX_LEN + 1], struct diag *diag)
{
	const char *name = NULL;
	enum err r;

	if (conf->users_link_by == CONF_LINK_EXTERNAL_ID)
		return find_login(store, *conf->idp_tenant != '\0' ?
		    SELECT_LOGIN "external_id = ?1 COLLATE NOCASE" :
		    SELECT_LOGIN "external_id = ?1", id, login, diag);
	r = need_claim(person->claims, person->user_claim, &name, diag);
	if (r != ERR_OK)
		return r;
	return find_login(store, SELECT_LOGIN "users.user_name = ?1 COLLATE NOCASE",
	    name, login, diag);
}

enum err
link_find(struct store *store, const struct conf *conf,
    const struct link_person *person,
    char login[static LOGIN_NAME_MAX_LEN + 1], struct diag *diag)
{
	AUTO(buf) struct buf subject = BUF_INIT(SUBJECT_MAX_LEN);
	struct identity identity = { NULL, NULL };
	enum err r = identify(conf, person->claims, &subject, &identity,
	    diag);

	if (r == ERR_OK)
		r = find_login(store, SELECT_LOGIN "scim_id = (SELECT scim_id "
		    "FROM pins WHERE subject = ?1)", identity.subject, login,
		    diag);
	if (r == ERR_OK && login[0] == '\0')
		r = find_first(store, conf, person, identity.id, login, diag);
	if (r == ERR_OK && login[0] == '\0')
		r = fail(diag, ERR_USER_UNKNOWN, "%s", identity.subject);
	return r;
}
