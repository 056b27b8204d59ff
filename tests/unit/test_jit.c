/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is created at sign-in, and who is not; and what a listing makes of them
 * later.
 */
#include "state.h"

#include <stdlib.h>

#include "auth/policy.h"
#include "directory/jit.h"
#include "directory/publish.h"
#include "claims_fake.h"

#define OID_A "aaaaaaaa-0000-4000-8000-00000000000a"
#define OID_B "bbbbbbbb-0000-4000-8000-00000000000b"
#define SUBJECT(oid) "entra:" TENANT ":" oid
#define JIT(oid) "jit:" SUBJECT(oid)
#define GIVEN "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname"
#define SURNAME "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname"
#define NOW 1700000000

static enum err
create(struct state *state, const struct claims *claims, const char *login)
{
	const struct link_person person = {
		claims, state->conf.saml_user_attribute,
	};
	struct diag diag = DIAG_INIT;
	enum err r = jit_create(state->store, &state->conf, &person, login,
	    NOW, &diag);

	assert_err(diag.code, r);
	/* Whatever happened, no transaction is left open. */
	assert_err(store_begin(state->store, &diag), ERR_OK);
	store_rollback(state->store);
	return r;
}

static enum err
create_as(struct state *state, const char *oid, const char *name,
    const char *login)
{
	struct claims claims = entra(oid, name);

	return create(state, &claims, login);
}

static enum err
link_as(struct state *state, const char *oid, const char *name,
    const char *login)
{
	struct claims claims = entra(oid, name);
	const struct link_person person = {
		&claims, state->conf.saml_user_attribute,
	};

	return link_check(state->store, &state->conf, &person, login, NULL);
}

/* All that a refusal must not have left behind. */
static const char *
traces(struct state *state)
{
	return state_query(state->store, "SELECT "
	    "(SELECT count(*) FROM users) || ' users ' || "
	    "(SELECT count(*) FROM pins) || ' pins ' || "
	    "(SELECT count(*) FROM ids) || ' ids'");
}

static void
assert_refused(struct state *state, const char *name, const char *login,
    enum err why)
{
	const char *before = traces(state);

	assert_err(create_as(state, OID_A, name, login), why);
	assert_string_equal(traces(state), before);
}

static int
setup(void **data)
{
	static char *domains[] = { "contoso.com", "Example.ORG" };
	static char *everybody[] = { "*" };
	struct state *state;

	(void)state_setup(data);
	state = *data;
	state->conf.idp_tenant = TENANT;
	state->conf.users_jit = true;
	state->conf.users_jit_domains = (struct conf_list){ domains, 2 };
	state->conf.users_jit_max = 100;
	state->conf.access_allow = (struct conf_list){ everybody, 1 };
	state->conf.access_max_age = 1000;
	/* Homes of this host are no part of the tests. */
	state->conf.users_home = "/nonexistent/%u";
	return 0;
}

/* -- creation -------------------------------------------------------------- */

static void
p11_somebody_new_gets_a_record_a_name_an_id_and_a_pin(void **data)
{
	struct state *state = *data;

	assert_err(create_as(state, OID_A, "Ann.Lee@Contoso.com", "ann.lee"),
	    ERR_OK);
	state_account(state, JIT(OID_A), "ann.lee", "");
	assert_string_equal(state_user(state, "user_name", JIT(OID_A)),
	    "Ann.Lee@Contoso.com");
	assert_string_equal(state_user(state, "seen_at", JIT(OID_A)),
	    "1700000000");
	assert_string_equal(state_user(state, "created", JIT(OID_A)),
	    "2023-11-14T22:13:20Z");
	assert_string_equal(state_user(state, "active || vanished || site",
	    JIT(OID_A)), "10");
	assert_string_equal(state_query(state->store,
	    "SELECT scim_id || ' ' || subject FROM pins"),
	    JIT(OID_A) " " SUBJECT(OID_A));
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM ids JOIN users ON ids.id = users.uid "
	    "WHERE kind = 'u' AND key = scim_id"), "1");
	/* The next time they are known, whatever they are called then. */
	assert_err(link_as(state, OID_A, "renamed@contoso.com", "ann.lee"),
	    ERR_OK);
}

static void
the_same_person_has_the_same_id_on_every_host(void **data)
{
	struct state *state = *data;
	const char *uid;

	assert_err(create_as(state, OID_A, "ann@contoso.com", "ann"), ERR_OK);
	uid = state_user(state, "uid", JIT(OID_A));
	state_clear(state);
	state->store = NULL;
	(void)snprintf(state->dir, sizeof(state->dir), "/tmp/test_jit-XXXXXX");
	assert_non_null(mkdtemp(state->dir));
	(void)snprintf(state->path, sizeof(state->path), "%s/state.db",
	    state->dir);
	state_open(state);
	assert_err(create_as(state, OID_B, "bob@contoso.com", "bob"), ERR_OK);
	assert_err(create_as(state, OID_A, "ann@contoso.com", "ann"), ERR_OK);
	assert_string_equal(state_user(state, "uid", JIT(OID_A)), uid);
}

static void
the_name_must_be_the_one_that_the_rules_give(void **data)
{
	static const char *const typed[] = {
		"bob", "Ann", "ANN", "ann ", " ann", "ann@contoso.com", "an",
		"annn", "", "root", "ann\n", "ann\\",
	};

	for (size_t i = 0; i < ARRAY_LEN(typed); i++)
		assert_refused(*data, "ann@contoso.com", typed[i],
		    ERR_LINK_MISMATCH);
}

static void
the_full_user_name_is_the_name_where_that_is_configured(void **data)
{
	struct state *state = *data;

	state->conf.users_name = CONF_NAME_USER_NAME;
	assert_refused(state, "ann@contoso.com", "ann", ERR_LINK_MISMATCH);
	assert_err(create_as(state, OID_A, "Ann@contoso.com",
	    "ann@contoso.com"), ERR_OK);
}

static void
domains_are_exact_but_for_case(void **data)
{
	static const char *const names[] = {
		"ann@fabrikam.com", "ann@xcontoso.com", "ann@contoso.com.evil",
		"ann@sub.contoso.com", "ann@contoso.com.", "ann@", "ann",
		"@contoso.com", "a@fabrikam.com@contoso.com",
		"ann@contoso.com@fabrikam.com", "ann@contoso.com ",
		"ann@contoso", "ann@contoso.com\n", "ann@\xc3\xa7ontoso.com",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_refused(*data, names[i], "ann", ERR_JIT_DOMAIN);
	assert_err(create_as(*data, OID_A, "ann@CONTOSO.com", "ann"), ERR_OK);
	assert_err(create_as(*data, OID_B, "bob@example.org", "bob"), ERR_OK);
}

static void
names_are_held_to_everybodys_rules(void **data)
{
	static const struct {
		const char *name;
		const char *login;
		enum err why;
	} rows[] = {
		{ "root@contoso.com", "root", ERR_NAME_LOCAL },
		{ "docker@contoso.com", "docker", ERR_NAME_LOCAL },
		{ "wheel@contoso.com", "wheel", ERR_NAME_LOCAL },
		{ "local@contoso.com", "local", ERR_NAME_LOCAL },
		{ "staff@contoso.com", "staff", ERR_NAME_LOCAL },
		{ "1234@contoso.com", "1234", ERR_NAME_GRAMMAR },
		{ "-ann@contoso.com", "-ann", ERR_NAME_GRAMMAR },
		{ "a/../b@contoso.com", "a/../b", ERR_NAME_GRAMMAR },
		{ "..@contoso.com", "..", ERR_NAME_GRAMMAR },
		{ "a b@contoso.com", "a b", ERR_NAME_GRAMMAR },
		{ "a:b@contoso.com", "a:b", ERR_NAME_GRAMMAR },
		{ "j\xc3\xb6nes@contoso.com", "j\xc3\xb6nes", ERR_NAME_GRAMMAR },
		{ "a#EXT#@contoso.com", "a#ext#", ERR_NAME_GRAMMAR },
	};

	state_set_local("root:x:0:0::/root:/bin/sh\n"
	    "local:x:1000:1000::/home/local:/bin/sh\n", "staff:x:50:\n");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_refused(*data, rows[i].name, rows[i].login,
		    rows[i].why);
}

static void
p11_whoever_has_the_user_name_is_somebody(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "ann@contoso.com", T1),
		state_record("i", "ina@contoso.com", T1),
		state_record("v", "vic@contoso.com", T1),
		state_record("r", "root@contoso.com", T1),
	};

	records[1].active = false;
	STATE_SYNC(state, records, NULL);
	state_exec(state->store, "UPDATE users SET vanished = 1, active = 0 "
	    "WHERE scim_id = 'v'", ERR_OK);
	assert_refused(state, "ANN@contoso.com", "ann", ERR_USER_UNKNOWN);
	assert_refused(state, "ann@contoso.com", "other", ERR_USER_UNKNOWN);
	assert_refused(state, "Ina@contoso.com", "ina", ERR_USER_UNKNOWN);
	assert_refused(state, "vic@CONTOSO.com", "vic", ERR_USER_UNKNOWN);
	assert_refused(state, "root@contoso.com", "root", ERR_USER_UNKNOWN);
}

static void
a_name_that_another_record_holds_is_not_given(void **data)
{
	struct state *state = *data;
	const struct record records[] = {
		state_record("a", "ann@contoso.com", T1),
	};

	STATE_SYNC(state, records, NULL);
	assert_refused(state, "ann@example.org", "ann", ERR_NAME_TAKEN);
	/* Nor a group's: sudoers' %ops would be about them. */
	state_exec(state->store, "INSERT INTO group_names VALUES ('ops', 1)",
	    ERR_OK);
	assert_refused(state, "ops@contoso.com", "ops", ERR_NAME_TAKEN);
}

static void
a_home_directory_is_nobodys_inheritance(void **data)
{
	struct state *state = *data;
	const struct record records[] = {
		state_record("a", "ann@contoso.com", T1),
		state_record("b", "bob@contoso.com", T1),
	};
	char home[128];

	(void)snprintf(home, sizeof(home), "%s/%%u", state->dir);
	state->conf.users_home = home;
	STATE_SYNC(state, records, NULL);
	state_exec(state->store, "UPDATE users SET vanished = 1, active = 0",
	    ERR_OK);
	state_write(state_file(state, "ann"), "");
	assert_refused(state, "ann@example.org", "ann", ERR_NAME_HOME);
	/* Bob has left none. */
	assert_err(create_as(state, OID_B, "bob@example.org", "bob"), ERR_OK);
	assert_string_equal(state_query(state->store, "SELECT count(*) "
	    "FROM users AS old JOIN users AS new ON old.uid = new.uid "
	    "WHERE old.scim_id = 'b' AND new.scim_id = '" JIT(OID_B) "'"),
	    "0");
}

static void
somebody_with_an_account_gets_no_second_one(void **data)
{
	struct state *state = *data;

	assert_err(create_as(state, OID_A, "ann@contoso.com", "ann"), ERR_OK);
	assert_refused(state, "lee@contoso.com", "lee", ERR_LINK_MISMATCH);
	/* Two sign-ins at once: the second one finds the account. */
	assert_refused(state, "ann@contoso.com", "ann", ERR_EXISTS);
	assert_err(link_as(state, OID_A, "ann@contoso.com", "ann"), ERR_OK);
	/* The name is hers, whoever is called so now. */
	assert_err(create_as(state, OID_B, "ann@contoso.com", "ann"),
	    ERR_USER_UNKNOWN);
	assert_err(link_as(state, OID_B, "ann@contoso.com", "ann"),
	    ERR_LINK_PIN);
}

static void
somebody_whose_pin_was_forgotten_is_not_made_anew(void **data)
{
	struct state *state = *data;

	assert_err(create_as(state, OID_A, "ann@contoso.com", "ann"), ERR_OK);
	state_exec(state->store, "DELETE FROM pins", ERR_OK);
	state_exec(state->store, "UPDATE users SET user_name = "
	    "'lee@contoso.com'", ERR_OK);
	assert_refused(state, "ann@contoso.com", "ann", ERR_USER_UNKNOWN);
}

static void
claims_that_name_nobody_create_nobody(void **data)
{
	struct state *state = *data;
	struct claims claims = entra(OID_A, "");
	const char *before = traces(state);

	assert_err(create(state, &claims, "ann"), ERR_SAML_CLAIM_MISSING);
	assert_err(claims_add(&claims, CLAIM_USER_NAME, "ann@contoso.com"),
	    ERR_OK);
	assert_err(claims_add(&claims, CLAIM_USER_NAME, "bob@contoso.com"),
	    ERR_OK);
	assert_err(create(state, &claims, "ann"), ERR_SAML_CLAIM_MISSING);
	claims = entra("no guid", "ann@contoso.com");
	assert_err(create(state, &claims, "ann"), ERR_SAML_VALUE);
	claims = entra(OID_A, "ann@contoso.com");
	state->conf.idp_tenant = "99999999-2222-3333-4444-abcdefabcdef";
	assert_err(create(state, &claims, "ann"), ERR_SAML_TENANT);
	assert_string_equal(traces(state), before);
}

static void
guests_are_created_only_where_guests_are_welcome(void **data)
{
	struct state *state = *data;
	struct claims claims = entra(OID_A, "ann@contoso.com");

	claims.row[1].value = "live.com";
	assert_err(create(state, &claims, "ann"), ERR_LINK_GUEST);
	assert_string_equal(traces(state), "0 users 0 pins 0 ids");
	state->conf.users_guests = true;
	assert_err(create(state, &claims, "ann"), ERR_OK);
}

static void
a_subject_that_is_too_long_for_an_id_is_refused(void **data)
{
	static char value[SCIM_STRING_MAX + 1];
	struct state *state = *data;
	struct claims claims = entra(OID_A, "ann@contoso.com");

	memset(value, 'x', sizeof(value) - 1);
	state->conf.idp_tenant = "";
	state->conf.saml_subject_attribute = GIVEN;
	assert_err(claims_add(&claims, GIVEN, value), ERR_OK);
	assert_err(create(state, &claims, "ann"), ERR_TOO_LONG);
	assert_string_equal(traces(state), "0 users 0 pins 0 ids");
}

static void
nobody_is_created_whom_the_policy_would_refuse(void **data)
{
	static char *only_bob[] = { "bob", "@sales" };
	struct state *state = *data;

	state->conf.access_allow = (struct conf_list){ only_bob, 2 };
	assert_refused(state, "ann@contoso.com", "ann", ERR_USER_NOT_ALLOWED);
	state->conf.access_allow.count = 0;
	assert_refused(state, "bob@contoso.com", "bob", ERR_USER_NOT_ALLOWED);
	state->conf.access_allow.count = 1;
	/* A sync that is too long ago says nothing about them. */
	assert_err(create_as(state, OID_A, "bob@contoso.com", "bob"), ERR_OK);
}

static void
the_number_of_people_is_limited(void **data)
{
	struct state *state = *data;
	const struct record records[] = {
		state_record("x", "xia@contoso.com", T1),
		state_record("b", "bob@contoso.com", T1),
	};

	STATE_SYNC(state, records, NULL);
	state->conf.users_jit_max = 1;
	assert_err(create_as(state, OID_B, "lee@contoso.com", "lee"), ERR_OK);
	assert_refused(state, "ann@contoso.com", "ann", ERR_JIT_LIMIT);
	/* Whoever is listed by now makes room. */
	state_exec(state->store, "UPDATE users SET seen_at = 0", ERR_OK);
	assert_err(create_as(state, OID_A, "ann@contoso.com", "ann"), ERR_OK);
}

static enum err
create_one_of_many(struct state *state, int i)
{
	char oid[sizeof(OID_A)];
	char name[32];
	char login[16];

	(void)snprintf(oid, sizeof(oid), "aaaaaaaa-0000-4000-8000-%012d", i);
	(void)snprintf(login, sizeof(login), "user%d", i);
	(void)snprintf(name, sizeof(name), "%s@contoso.com", login);
	return create_as(state, oid, name, login);
}

static void
the_limit_holds_when_fifty_come_at_once(void **data)
{
	struct state *state = *data;
	int count[ERR_COUNT] = { 0 };

	state->conf.users_jit_max = 7;
	state_race(state, create_one_of_many, count);
	assert_int_equal(count[ERR_OK], 7);
	assert_int_equal(count[ERR_JIT_LIMIT], STATE_PROCESSES - 7);
	assert_string_equal(traces(state), "7 users 7 pins 7 ids");
}

static enum err
create_the_same(struct state *state, int i)
{
	(void)i;
	return create_as(state, OID_A, "ann@contoso.com", "ann");
}

static void
one_person_who_comes_fifty_times_is_created_once(void **data)
{
	struct state *state = *data;
	int count[ERR_COUNT] = { 0 };

	state_race(state, create_the_same, count);
	assert_int_equal(count[ERR_OK], 1);
	assert_int_equal(count[ERR_EXISTS], STATE_PROCESSES - 1);
	assert_string_equal(traces(state), "1 users 1 pins 1 ids");
}

static void
a_creation_that_breaks_off_leaves_nothing(void **data)
{
	struct state *state = *data;

	state_exec(state->store, "CREATE TRIGGER broken BEFORE INSERT ON pins "
	    "BEGIN SELECT RAISE(ABORT, 'broken'); END", ERR_OK);
	assert_int_not_equal(create_as(state, OID_A, "ann@contoso.com",
	    "ann"), ERR_OK);
	assert_string_equal(traces(state), "0 users 0 pins 0 ids");
	state_exec(state->store, "DROP TRIGGER broken", ERR_OK);
	assert_err(create_as(state, OID_A, "ann@contoso.com", "ann"), ERR_OK);
}

/* -- what is shown of them ------------------------------------------------- */

static void
names_to_show_are_the_providers_if_they_are_text(void **data)
{
	static const struct {
		const char *key;
		const char *value;
		const char *want;
	} rows[] = {
		{ GIVEN, "Ann", "Ann|" },
		{ "given_name", "Ann", "Ann|" },
		{ SURNAME, "L\xc3\xa9" "e", "|L\xc3\xa9" "e" },
		{ "family_name", "Lee", "|Lee" },
		{ GIVEN, "\xff\xfe", "|" },
		{ "name", "Ann Lee", "Ann Lee|" },
	};
	struct state *state = *data;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct claims claims = entra(OID_A, "ann@contoso.com");

		assert_err(claims_add(&claims, rows[i].key, rows[i].value),
		    ERR_OK);
		assert_err(create(state, &claims, "ann"), ERR_OK);
		assert_string_equal(state_user(state,
		    "given_name || '|' || family_name", JIT(OID_A)),
		    rows[i].want);
		state_exec(state->store, "DELETE FROM pins", ERR_OK);
		state_exec(state->store, "DELETE FROM users", ERR_OK);
	}
}

static void
a_name_cannot_break_a_line_of_passwd(void **data)
{
	AUTO(buf) struct buf bytes = BUF_INIT(1u << 20);
	struct publish_report report;
	struct state *state = *data;
	struct claims claims = entra(OID_A, "ann@contoso.com");

	assert_err(claims_add(&claims, GIVEN, "An:n\n,\x1b[2J\xc2\x9b"),
	    ERR_OK);
	assert_err(claims_add(&claims, SURNAME, "0:0:root"), ERR_OK);
	assert_err(create(state, &claims, "ann"), ERR_OK);
	assert_err(publish_build(state->store, &state->conf, &bytes, &report,
	    NULL), ERR_OK);
	assert_int_equal(report.users, 1);
	assert_non_null(memmem(buf_str(&bytes), bytes.len,
	    "ann\0*\0Ann[2J 00root\0", 20));
}

/* -- before anything is proven --------------------------------------------- */

static enum err
expect(struct state *state, const char *login)
{
	return jit_expect(state->store, &state->conf, login, NOW, NULL);
}

static void
a_flow_is_begun_only_for_names_with_hope(void **data)
{
	static char *only_bob[] = { "bob" };
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "root@contoso.com", T1),
		state_record("b", "dora@contoso.com", T1),
	};

	STATE_SYNC(state, records, NULL);
	assert_err(expect(state, "ann"), ERR_OK);
	assert_err(expect(state, "Ann"), ERR_USER_UNKNOWN);
	assert_err(expect(state, "ann@contoso.com"), ERR_USER_UNKNOWN);
	assert_err(expect(state, "1"), ERR_USER_UNKNOWN);
	assert_err(expect(state, ""), ERR_USER_UNKNOWN);
	assert_err(expect(state, "dora"), ERR_USER_UNKNOWN);
	/* Nor for the first name of somebody who has another one now. */
	records[1].user_name = "dora.lee@contoso.com";
	STATE_SYNC(state, records, NULL);
	assert_err(expect(state, "dora.lee"), ERR_USER_UNKNOWN);
	assert_err(expect(state, "dora"), ERR_USER_UNKNOWN);
	state->conf.users_jit_max = 0;
	assert_err(expect(state, "ann"), ERR_JIT_LIMIT);
	state->conf.users_jit_max = 1;
	state->conf.access_allow = (struct conf_list){ only_bob, 1 };
	assert_err(expect(state, "ann"), ERR_USER_NOT_ALLOWED);
	assert_err(expect(state, "bob"), ERR_OK);
	assert_string_equal(traces(state), "2 users 0 pins 2 ids");
}

static void
only_this_hosts_own_screen_will_do(void **data)
{
	struct state *state = *data;
	struct conf *conf = &state->conf;

	assert_true(jit_allowed(conf, "login", ""));
	assert_true(jit_allowed(conf, "gdm-password", ""));
	assert_false(jit_allowed(conf, "sshd", ""));
	assert_false(jit_allowed(conf, "sshd", "192.0.2.7"));
	assert_false(jit_allowed(conf, "login", "192.0.2.7"));
	assert_false(jit_allowed(conf, "login", "localhost"));
	assert_false(jit_allowed(conf, "remote", "?"));
	conf->users_jit = false;
	assert_false(jit_allowed(conf, "login", ""));
}

/* -- how long they are believed -------------------------------------------- */

static enum err
policy_at(struct state *state, const char *login, int64_t now)
{
	AUTO(directory_user) struct directory_user user = { 0 };
	struct policy_account account;

	assert_err(directory_find(state->store, login, &user, NULL), ERR_OK);
	account = directory_account(&user, 1000);
	return policy_check(&state->conf, &account, now, NULL);
}

static void
the_last_sign_in_counts_instead_of_the_last_sync(void **data)
{
	struct state *state = *data;
	struct conf *conf = &state->conf;

	assert_err(create_as(state, OID_A, "ann@contoso.com", "ann"), ERR_OK);
	assert_err(policy_at(state, "ann", NOW + 1000), ERR_OK);
	assert_err(policy_at(state, "ann", NOW + 1001), ERR_DIRECTORY_STALE);
	assert_err(jit_renew(state->store, conf, "ann", NOW + 900, NULL),
	    ERR_OK);
	assert_err(policy_at(state, "ann", NOW + 1001), ERR_OK);
	/* Without jit they wait for a listing. */
	conf->users_jit = false;
	assert_err(jit_renew(state->store, conf, "ann", NOW + 9000, NULL),
	    ERR_OK);
	assert_err(policy_at(state, "ann", NOW + 9000), ERR_DIRECTORY_STALE);
}

static enum err
expect_again(struct state *state, const char *login, int64_t now)
{
	return jit_expect_again(state->store, &state->conf, login, now, NULL);
}

/* Whoever the provider still signs in is believed to be there; whoever a
 * listing had must be in one. */
static void
only_who_was_created_may_sign_in_to_be_renewed(void **data)
{
	struct state *state = *data;
	const struct record records[] = {
		state_record("b", "bob@contoso.com", T1),
	};

	STATE_SYNC(state, records, NULL);
	assert_err(create_as(state, OID_A, "ann@contoso.com", "ann"), ERR_OK);
	assert_err(expect_again(state, "ann", NOW + 9000), ERR_OK);
	assert_err(expect_again(state, "bob", NOW + 9000),
	    ERR_DIRECTORY_STALE);
	assert_err(expect_again(state, "who", NOW + 9000), ERR_USER_UNKNOWN);
	state->conf.access_allow = (struct conf_list){ NULL, 0 };
	assert_err(expect_again(state, "ann", NOW + 9000),
	    ERR_USER_NOT_ALLOWED);
	state->conf.users_jit = false;
	assert_err(expect_again(state, "ann", NOW + 9000),
	    ERR_DIRECTORY_STALE);
}

static void
a_sign_in_renews_nobody_else(void **data)
{
	struct state *state = *data;

	assert_err(create_as(state, OID_A, "ann@contoso.com", "ann"), ERR_OK);
	assert_err(create_as(state, OID_B, "bob@contoso.com", "bob"), ERR_OK);
	assert_err(jit_renew(state->store, &state->conf, "ann", NOW + 900,
	    NULL), ERR_OK);
	assert_err(policy_at(state, "ann", NOW + 1001), ERR_OK);
	assert_err(policy_at(state, "bob", NOW + 1001), ERR_DIRECTORY_STALE);
}

static void
a_sign_in_renews_nobody_who_is_listed(void **data)
{
	struct state *state = *data;
	const struct record records[] = {
		state_record("a", "ann@contoso.com", T1),
	};

	STATE_SYNC(state, records, NULL);
	assert_err(jit_renew(state->store, &state->conf, "ann", NOW, NULL),
	    ERR_OK);
	assert_string_equal(state_user(state, "seen_at", "a"), "0");
	assert_err(policy_at(state, "ann", NOW), ERR_DIRECTORY_STALE);
}

/* -- recognition ----------------------------------------------------------- */

static void
make_ann(struct state *state)
{
	assert_err(create_as(state, OID_A, "ann@contoso.com", "ann"), ERR_OK);
}

static const char *
aliases(struct state *state)
{
	return state_query(state->store, "SELECT coalesce(group_concat("
	    "scim_id || '=' || user_id, ' '), '') FROM aliases");
}

static void
a_listing_knows_them_again(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("scim-7", "ANN@contoso.com", T1),
		state_record("b", "bob@contoso.com", T1),
	};
	struct update_report report;
	const char *uid;

	make_ann(state);
	uid = state_user(state, "uid", JIT(OID_A));
	records[0].site = "Berlin";
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.added, 1);
	assert_int_equal(report.refused, 0);
	assert_string_equal(aliases(state), "scim-7=" JIT(OID_A));
	state_account(state, JIT(OID_A), "ann", "");
	assert_string_equal(state_user(state, "uid", JIT(OID_A)), uid);
	assert_string_equal(state_user(state, "seen_at || site", JIT(OID_A)),
	    "0Berlin");
	assert_string_equal(state_user(state, "login", "scim-7"), "");
	assert_err(link_as(state, OID_A, "ann@contoso.com", "ann"), ERR_OK);
	/* From now on the listing decides. */
	records[0].active = false;
	STATE_SYNC(state, records, NULL);
	assert_err(link_as(state, OID_A, "ann@contoso.com", "ann"),
	    ERR_USER_INACTIVE);
}

static void
the_alias_survives_every_new_name(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("scim-7", "ann@contoso.com", T1),
	};

	make_ann(state);
	STATE_SYNC(state, records, NULL);
	records[0].user_name = "Ann.Lee@contoso.com";
	STATE_SYNC(state, records, NULL);
	state_account(state, JIT(OID_A), "ann.lee", "");
	assert_string_equal(state_user(state, "home_name", JIT(OID_A)),
	    "ann");
	assert_string_equal(traces(state), "1 users 1 pins 1 ids");
}

static void
of_two_with_the_user_name_the_first_is_theirs(void **data)
{
	struct state *state = *data;
	const struct record records[] = {
		state_record("b", "ann@contoso.com", T2),
		state_record("c", "Ann@contoso.com", T1),
	};

	make_ann(state);
	STATE_SYNC(state, records, NULL);
	assert_string_equal(aliases(state), "c=" JIT(OID_A));
	state_account(state, JIT(OID_A), "ann", "");
	state_account(state, "b", "", "name-taken");
	/* And so it stays, also alone. */
	assert_err(state_sync(state, records, 1, NULL), ERR_OK);
	assert_string_equal(aliases(state), "c=" JIT(OID_A));
	assert_string_equal(state_user(state, "vanished", JIT(OID_A)), "1");
}

static void
a_listed_record_with_an_account_of_its_own_keeps_it(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("b", "bob@contoso.com", T1),
	};

	STATE_SYNC(state, records, NULL);
	make_ann(state);
	records[0].user_name = "ann@contoso.com";
	STATE_SYNC(state, records, NULL);
	assert_string_equal(aliases(state), "");
	state_account(state, "b", "bob", "");
	state_account(state, JIT(OID_A), "ann", "");
	assert_string_equal(state_user(state, "seen_at > 0", JIT(OID_A)),
	    "1");
}

static void
whoever_inherits_the_user_name_does_not_get_the_account(void **data)
{
	struct state *state = *data;
	const struct record records[] = {
		state_record("scim-7", "ann@contoso.com", T1),
	};

	make_ann(state);
	STATE_SYNC(state, records, NULL);
	assert_err(link_as(state, OID_B, "ann@contoso.com", "ann"),
	    ERR_LINK_PIN);
	assert_string_equal(state_query(state->store,
	    "SELECT subject FROM pins"), SUBJECT(OID_A));
}

static void
who_was_listed_once_can_vanish_and_come_back(void **data)
{
	struct state *state = *data;
	const struct record records[] = {
		state_record("scim-7", "ann@contoso.com", T1),
		state_record("x", "xia@contoso.com", T1),
	};
	const char *uid;

	make_ann(state);
	uid = state_user(state, "uid", JIT(OID_A));
	STATE_SYNC(state, records, NULL);
	assert_err(state_sync(state, records + 1, 1, NULL), ERR_OK);
	assert_string_equal(state_user(state, "vanished", JIT(OID_A)), "1");
	assert_err(link_as(state, OID_A, "ann@contoso.com", "ann"),
	    ERR_USER_VANISHED);
	STATE_SYNC(state, records, NULL);
	assert_string_equal(state_user(state, "vanished", JIT(OID_A)), "0");
	assert_string_equal(state_user(state, "uid", JIT(OID_A)), uid);
}

static void
who_is_not_listed_yet_does_not_vanish(void **data)
{
	struct state *state = *data;
	const struct record records[] = {
		state_record("b", "bob@contoso.com", T1),
	};
	struct update_report report;

	make_ann(state);
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.vanished, 0);
	assert_string_equal(state_user(state, "active || vanished || seen_at",
	    JIT(OID_A)), "101700000000");
}

static void
a_server_cannot_list_somebody_by_our_id(void **data)
{
	struct state *state = *data;
	const struct record record = state_record(JIT(OID_A),
	    "eve@contoso.com", T1);
	struct update *update = NULL;

	make_ann(state);
	assert_err(update_begin(state->store, &state->conf, NOW, &update,
	    NULL), ERR_OK);
	assert_err(update_add(update, &record, NULL), ERR_SCIM);
	update_free(&update);
	assert_string_equal(state_user(state, "user_name", JIT(OID_A)),
	    "ann@contoso.com");
}

static void
groups_know_them_by_the_listed_id(void **data)
{
	struct state *state = *data;
	const struct record record = state_record("scim-7", "ann@contoso.com",
	    T1);
	const struct group_record group = { "g", "Berlin", "" };
	const struct update_options options = { .has_groups = true };
	struct update_report report;
	struct update *update = NULL;

	make_ann(state);
	assert_err(update_begin(state->store, &state->conf, NOW, &update,
	    NULL), ERR_OK);
	assert_err(update_add(update, &record, NULL), ERR_OK);
	assert_err(update_add_group(update, &group, NULL), ERR_OK);
	assert_err(update_add_member(update, "scim-7", NULL), ERR_OK);
	assert_err(update_commit(&update, &options, &report, NULL), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT group_concat(scim_id) FROM memberships"), JIT(OID_A));
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(p11_somebody_new_gets_a_record_a_name_an_id_and_a_pin),
		TEST(the_same_person_has_the_same_id_on_every_host),
		TEST(the_name_must_be_the_one_that_the_rules_give),
		TEST(the_full_user_name_is_the_name_where_that_is_configured),
		TEST(domains_are_exact_but_for_case),
		TEST(names_are_held_to_everybodys_rules),
		TEST(p11_whoever_has_the_user_name_is_somebody),
		TEST(a_name_that_another_record_holds_is_not_given),
		TEST(a_home_directory_is_nobodys_inheritance),
		TEST(somebody_with_an_account_gets_no_second_one),
		TEST(somebody_whose_pin_was_forgotten_is_not_made_anew),
		TEST(claims_that_name_nobody_create_nobody),
		TEST(guests_are_created_only_where_guests_are_welcome),
		TEST(a_subject_that_is_too_long_for_an_id_is_refused),
		TEST(nobody_is_created_whom_the_policy_would_refuse),
		TEST(the_number_of_people_is_limited),
		TEST(the_limit_holds_when_fifty_come_at_once),
		TEST(one_person_who_comes_fifty_times_is_created_once),
		TEST(a_creation_that_breaks_off_leaves_nothing),
		TEST(names_to_show_are_the_providers_if_they_are_text),
		TEST(a_name_cannot_break_a_line_of_passwd),
		TEST(a_flow_is_begun_only_for_names_with_hope),
		TEST(only_this_hosts_own_screen_will_do),
		TEST(the_last_sign_in_counts_instead_of_the_last_sync),
		TEST(only_who_was_created_may_sign_in_to_be_renewed),
		TEST(a_sign_in_renews_nobody_else),
		TEST(a_sign_in_renews_nobody_who_is_listed),
		TEST(a_listing_knows_them_again),
		TEST(the_alias_survives_every_new_name),
		TEST(of_two_with_the_user_name_the_first_is_theirs),
		TEST(a_listed_record_with_an_account_of_its_own_keeps_it),
		TEST(whoever_inherits_the_user_name_does_not_get_the_account),
		TEST(who_was_listed_once_can_vanish_and_come_back),
		TEST(who_is_not_listed_yet_does_not_vanish),
		TEST(a_server_cannot_list_somebody_by_our_id),
		TEST(groups_know_them_by_the_listed_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
