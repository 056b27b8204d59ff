/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

static void
configure_groups(struct state *state, char **items, size_t count)
{
	state->conf.groups_attributes.item = items;
	state->conf.groups_attributes.count = count;
}

static const char *
groups_of(struct state *state, const char *login)
{
	char sql[256];

	(void)snprintf(sql, sizeof(sql), "SELECT group_concat(name) FROM "
	    "(SELECT name FROM groups JOIN memberships USING (gid) JOIN users "
	    "USING (scim_id) WHERE login = '%s' ORDER BY name)", login);
	return state_query(state->store, sql);
}

static void
configured_attributes_make_groups(void **data)
{
	char department[] = "department";
	char title[] = "title";
	char *items[] = { title, department };
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "ann", T1), state_record("b", "bob", T1),
	};

	records[0].department = records[1].department = "Field  Sales & R&D";
	records[0].title = "(Agent)";
	records[0].site = "Berlin";
	STATE_SYNC(state, records, NULL);
	assert_string_equal(groups_of(state, "ann"), "");
	configure_groups(state, items, 2);
	STATE_SYNC(state, records, NULL);
	assert_string_equal(groups_of(state, "ann"),
	    "agent,field-sales-r-d");
	assert_string_equal(groups_of(state, "bob"), "field-sales-r-d");
	assert_string_equal(state_query(state->store, "SELECT count(*) "
	    "FROM groups JOIN ids ON ids.id = gid AND ids.key = groups.key "
	    "WHERE kind = 'g'"), "2");
}

static void
membership_follows_the_attribute_and_gids_stay(void **data)
{
	char department[] = "department";
	char *items[] = { department };
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "ann", T1), state_record("b", "bob", T1),
	};
	const char *gid;

	configure_groups(state, items, 1);
	records[0].department = "Sales";
	STATE_SYNC(state, records, NULL);
	gid = state_query(state->store, "SELECT gid FROM groups");
	records[0].department = "Support";
	STATE_SYNC(state, records, NULL);
	assert_string_equal(groups_of(state, "ann"), "support");
	records[1].department = "Sales";
	STATE_SYNC(state, records, NULL);
	assert_string_equal(state_query(state->store,
	    "SELECT gid FROM groups WHERE name = 'sales'"), gid);
	assert_string_equal(groups_of(state, "bob"), "sales");
	/* A tombstone is in no group, even if the group stays. */
	records[0].department = "Sales";
	assert_err(state_sync(state, records, 1, NULL), ERR_OK);
	assert_string_equal(groups_of(state, "ann"), "sales");
	assert_string_equal(groups_of(state, "bob"), "");
	/* A group of tombstones alone is none, and its name is free. */
	records[0].department = "Support";
	assert_err(state_sync(state, records, 1, NULL), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT group_concat(name) FROM groups"), "support");
}

#define SEVENTY "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz" \
	"abcdefghijklmnopqr"

static void
i6_group_names_that_cannot_be_are_refused(void **data)
{
	static const char *const values[] = {
		"Docker",		/* local group */
		"WHEEL",		/* local user */
		"bob", "Bob",		/* a login name */
		"123", "...", "---", "\xe7\xa0\x94\xe7\xa9\xb6", "_x",
		"a department with a name that is too long",
		"x23456789.123456789.123456789.123456789.123456789.123456789",
		SEVENTY,
	};
	char department[] = "department";
	char *items[] = { department };
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "ann", T1), state_record("b", "bob", T1),
	};
	struct update_report report;

	state_set_local("wheel:x:1:1::/:\n", "docker:x:999:\n");
	configure_groups(state, items, 1);
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		records[0].department = values[i];
		STATE_SYNC(state, records, &report);
		assert_int_equal(report.groups_refused, 1);
		assert_string_equal(state_query(state->store,
		    "SELECT count(*) FROM groups"), "0");
	}
}

static void
i4_second_value_with_a_group_name_is_refused(void **data)
{
	char site[] = "site";
	char department[] = "department";
	char *items[] = { site, department };
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "ann", T1), state_record("b", "bob", T1),
		state_record("c", "cid", T1),
	};
	struct update_report report;

	configure_groups(state, items, 2);
	records[0].department = "Sales";
	records[1].department = "sales";
	records[2].site = "Sales";
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.groups_refused, 2);
	assert_string_equal(groups_of(state, "ann"), "sales");
	assert_string_equal(groups_of(state, "bob"), "");
	assert_string_equal(groups_of(state, "cid"), "");
}

static void
i6_a_hostile_value_is_not_sql(void **data)
{
	char department[] = "department";
	char *items[] = { department };
	struct state *state = *data;
	struct record records[] = { state_record("a'); --", "ann", T1) };

	configure_groups(state, items, 1);
	records[0].department = "x'); DROP TABLE users; --";
	STATE_SYNC(state, records, NULL);
	assert_string_equal(groups_of(state, "ann"), "x-drop-table-users");
}

/* -- groups of the server -------------------------------------------------- */

struct listed {
	const char *id;
	const char *name;
	const char *members;	/* ids, separated by spaces */
	const char *number;	/* NULL: none */
};

static void
add_members(struct update *update, const char *members)
{
	struct diag diag = DIAG_INIT;

	while (*members != '\0') {
		size_t len = strcspn(members, " ");
		char id[64];

		(void)snprintf(id, sizeof(id), "%.*s", (int)len, members);
		assert_err(update_add_member(update, id, &diag), ERR_OK);
		members += len + (members[len] == ' ');
	}
}

static bool eve_is_listed;

static enum err
sync_groups(struct state *state, const struct listed *groups, size_t count,
    struct update_report *report)
{
	const struct record records[] = {
		state_record("a", "ann", T1), state_record("b", "bob", T1),
		state_record("c", "cid", T1), state_record("d", "9d", T1),
		state_record("e", "eve@x", T1),
	};
	const size_t people = eve_is_listed ? 5 : 4;
	const struct update_options options = {
		.has_groups = true, .accept_loss = true,
	};
	struct update_report unused;
	struct update *update = NULL;
	struct diag diag = DIAG_INIT;

	assert_err(update_begin(state->store, &state->conf, 1000, &update,
	    &diag), ERR_OK);
	for (size_t i = 0; i < people; i++)
		assert_err(update_add(update, &records[i], &diag), ERR_OK);
	for (size_t i = 0; i < count; i++) {
		const struct group_record group = {
			.id = groups[i].id, .display_name = groups[i].name,
			.number = groups[i].number == NULL ? "" :
			    groups[i].number,
		};

		assert_err(update_add_group(update, &group, &diag), ERR_OK);
		add_members(update, groups[i].members);
	}
	return update_commit(&update, &options,
	    report == NULL ? &unused : report, &diag);
}

#define SYNC_GROUPS(state, groups, report) \
	assert_err(sync_groups(state, groups, ARRAY_LEN(groups), report), \
	    ERR_OK)

static const char *
refusal_of(struct state *state, const char *key)
{
	char sql[256];

	(void)snprintf(sql, sizeof(sql), "SELECT refused FROM groups_refused "
	    "WHERE key = '%s'", key);
	return state_query(state->store, sql);
}

static const char *
all_groups(struct state *state)
{
	return state_query(state->store, "SELECT group_concat(name || '=' || "
	    "key) FROM (SELECT * FROM groups ORDER BY name)");
}

static void
groups_of_the_server_have_their_members(void **data)
{
	static const struct listed groups[] = {
		{ "1", "Field Sales", "a b ghost", NULL },
		{ "2", "Empty", "", NULL },
		{ "3", "On Call", "b b d", NULL },
	};
	struct state *state = *data;
	struct update_report report;

	SYNC_GROUPS(state, groups, &report);
	assert_string_equal(groups_of(state, "ann"), "field-sales");
	assert_string_equal(groups_of(state, "bob"), "field-sales,on-call");
	assert_string_equal(groups_of(state, "cid"), "");
	assert_string_equal(all_groups(state),
	    "empty=scim:2,field-sales=scim:1,on-call=scim:3");
	assert_int_equal(report.members_unknown, 1);
	assert_int_equal(report.groups_refused, 0);
	/* Who has no name here may sign in as a local account. */
	assert_string_equal(state_query(state->store, "SELECT name FROM "
	    "memberships JOIN groups USING (gid) WHERE scim_id = 'd'"),
	    "on-call");
}

static void
groups_of_the_server_are_ignored_without_scim(void **data)
{
	static const struct listed groups[] = { { "1", "Sales", "a", NULL } };
	struct state *state = *data;

	SYNC_GROUPS(state, groups, NULL);
	state->conf.groups_scim = false;
	SYNC_GROUPS(state, groups, NULL);
	assert_string_equal(all_groups(state), "");
	assert_string_equal(groups_of(state, "ann"), "");
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM memberships"), "0");
}

static void
gid_stays_and_the_name_follows(void **data)
{
	struct state *state = *data;
	struct listed groups[] = { { "1", "Sales", "a", NULL } };
	const char *gid;

	SYNC_GROUPS(state, groups, NULL);
	gid = state_query(state->store, "SELECT gid FROM groups");
	groups[0].name = "Revenue";
	SYNC_GROUPS(state, groups, NULL);
	assert_string_equal(state_query(state->store,
	    "SELECT gid FROM groups WHERE name = 'revenue'"), gid);
	assert_string_equal(groups_of(state, "ann"), "revenue");
	/* It goes away, and the one that comes back is the same. */
	assert_err(sync_groups(state, NULL, 0, NULL), ERR_OK);
	assert_string_equal(all_groups(state), "");
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM scim_gids"), "0");
	SYNC_GROUPS(state, groups, NULL);
	assert_string_equal(state_query(state->store,
	    "SELECT gid FROM groups"), gid);
	/* Another one with the name is another. */
	groups[0].id = "2";
	SYNC_GROUPS(state, groups, NULL);
	assert_string_not_equal(state_query(state->store,
	    "SELECT gid FROM groups"), gid);
}

static void
two_groups_can_swap_names(void **data)
{
	struct state *state = *data;
	struct listed groups[] = {
		{ "1", "Red", "a", NULL }, { "2", "Blue", "b", NULL },
	};

	SYNC_GROUPS(state, groups, NULL);
	groups[0].name = "Blue";
	groups[1].name = "Red";
	SYNC_GROUPS(state, groups, NULL);
	assert_string_equal(all_groups(state), "blue=scim:1,red=scim:2");
	assert_string_equal(groups_of(state, "ann"), "blue");
}

static void
i6_server_cannot_name_a_group_what_it_must_not_be(void **data)
{
	static const struct {
		const char *name;
		const char *reason;
	} cases[] = {
		{ "docker", "name-local" }, { "Docker", "name-local" },
		{ "sudo", "name-local" }, { "WHEEL", "name-local" },
		{ "admin", "name-local" }, { "adm", "name-local" },
		{ "lxd", "name-local" }, { "disk", "name-local" },
		{ "root", "name-local" }, { "shadow", "name-local" },
		{ " sudo ", "name-local" }, { "\xc3\xa9sudo", "name-local" },
		{ "kiosk", "name-local" }, { "backup", "name-local" },
		{ "ann", "name-taken" }, { "Bob!", "name-taken" },
		{ "annette", "name-taken" },
		{ "", "name-grammar" }, { "42", "name-grammar" },
		{ "-", "name-grammar" }, { "../etc", "name-grammar" },
		{ "\xe7\xa0\x94\xe7\xa9\xb6", "name-grammar" },
		{ "\x1b[2J", "name-grammar" },
		{ "abcdefghijklmnopqrstuvwxyz0123456", "name-grammar" },
		{ SEVENTY, "name-grammar" },
	};
	struct state *state = *data;
	struct update_report report;

	state_set_local("kiosk:x:1000:1000::/:\n", "backup:x:34:\n");
	SYNC_GROUPS(state, ((struct listed[]){ { "0", "x", "", NULL } }),
	    NULL);
	/* ann's home is named for another name that she had. */
	state_exec(state->store, "UPDATE users SET home_name = 'annette' "
	    "WHERE login = 'ann'", ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct listed groups[] = {
			{ "1", cases[i].name, "a b c", NULL },
		};

		SYNC_GROUPS(state, groups, &report);
		assert_int_equal(report.groups_refused, 1);
		assert_string_equal(refusal_of(state, "scim:1"),
		    cases[i].reason);
		assert_string_equal(state_query(state->store, "SELECT label "
		    "FROM groups_refused"), cases[i].name);
		assert_string_equal(all_groups(state), "");
		assert_string_equal(state_query(state->store,
		    "SELECT count(*) FROM memberships"), "0");
	}
}

static void
refusal_is_forgotten_with_its_cause(void **data)
{
	static const struct listed groups[] = { { "1", "Kiosk", "a", NULL } };
	struct state *state = *data;
	const char *gid;

	state_set_local("", "kiosk:x:34:\n");
	SYNC_GROUPS(state, groups, NULL);
	gid = state_query(state->store, "SELECT gid FROM groups_refused");
	assert_string_equal(refusal_of(state, "scim:1"), "name-local");
	state_set_local("", "");
	SYNC_GROUPS(state, groups, NULL);
	assert_string_equal(refusal_of(state, "scim:1"), "");
	assert_string_equal(groups_of(state, "ann"), "kiosk");
	/* The gid that all hosts give it. */
	assert_string_equal(state_query(state->store,
	    "SELECT gid FROM groups"), gid);
}

static void
order_of_the_listing_does_not_matter(void **data)
{
	static const struct listed one[] = {
		{ "1", "Sales", "a", NULL }, { "2", "sales", "b", NULL },
		{ "3", "SALES!", "c", NULL }, { "4", "In", "1 b", NULL },
	};
	static const struct listed other[] = {
		{ "4", "In", "b 1", NULL }, { "3", "SALES!", "c", NULL },
		{ "2", "sales", "b", NULL }, { "1", "Sales", "a", NULL },
	};
	struct state *state = *data;
	struct state fresh;
	struct update_report report;
	static const char sql[] = "SELECT (SELECT group_concat(gid || name) "
	    "FROM groups) || (SELECT group_concat(key || refused) FROM "
	    "groups_refused) || (SELECT group_concat(scim_id || gid) FROM "
	    "(SELECT * FROM memberships ORDER BY scim_id, gid))";

	SYNC_GROUPS(state, one, &report);
	assert_int_equal(report.groups_refused, 2);
	assert_string_equal(refusal_of(state, "scim:2"), "name-taken");
	assert_string_equal(groups_of(state, "ann"), "in,sales");
	state_init(&fresh);
	state_open(&fresh);
	SYNC_GROUPS(&fresh, other, NULL);
	assert_string_equal(state_query(state->store, sql),
	    state_query(fresh.store, sql));
	state_clear(&fresh);
}

/* Else whoever may make groups at the provider takes over rules and files. */
static void
i6_newcomer_does_not_take_a_groups_name(void **data)
{
	struct state *state = *data;
	const struct listed before[] = { { "5", "Ops", "a", NULL } };
	const struct listed groups[] = {
		{ "1", "ops", "b", NULL }, { "5", "Ops", "a", NULL },
		{ "9", "OPS", "c", NULL },
	};

	SYNC_GROUPS(state, before, NULL);
	SYNC_GROUPS(state, groups, NULL);
	assert_string_equal(all_groups(state), "ops=scim:5");
	assert_string_equal(groups_of(state, "ann"), "ops");
	assert_string_equal(groups_of(state, "bob"), "");
	assert_string_equal(refusal_of(state, "scim:1"), "name-taken");
}

static void
attributes_come_before_the_servers_groups(void **data)
{
	char title[] = "title";
	char *items[] = { title };
	struct state *state = *data;
	struct record records[] = { state_record("a", "ann", T1) };
	const struct group_record group = {
		.id = "1", .display_name = "Agent", .number = "",
	};
	const struct update_options options = { .has_groups = true };
	struct update_report report;
	struct update *update = NULL;
	struct diag diag = DIAG_INIT;

	configure_groups(state, items, 1);
	records[0].title = "agent";
	assert_err(update_begin(state->store, &state->conf, 1, &update,
	    &diag), ERR_OK);
	assert_err(update_add(update, &records[0], &diag), ERR_OK);
	assert_err(update_add_group(update, &group, &diag), ERR_OK);
	assert_err(update_commit(&update, &options, &report, &diag), ERR_OK);
	assert_string_equal(all_groups(state), "agent=title:agent");
	assert_string_equal(refusal_of(state, "scim:1"), "name-taken");
}

static void
ids_of_groups_cannot_make_the_key_of_another(void **data)
{
	char department[] = "department";
	char *items[] = { department };
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "ann", T1), state_record("b", "bob", T1),
		state_record("c", "cid", T1),
	};
	const struct listed groups[] = {
		{ "department:Sales", "One", "b", NULL },
		{ "scim:department:Sales", "Two", "c", NULL },
		{ "x'; DROP TABLE groups; --", "Three", "", NULL },
		{ "title:", "Four", "", NULL },
	};

	configure_groups(state, items, 1);
	records[0].department = "Sales";
	records[1].department = "scim:1";
	records[2].department = "site:Sales";
	STATE_SYNC(state, records, NULL);
	assert_string_equal(groups_of(state, "ann"), "sales");
	assert_string_equal(groups_of(state, "bob"), "scim-1");
	assert_string_equal(groups_of(state, "cid"), "site-sales");
	configure_groups(state, NULL, 0);
	SYNC_GROUPS(state, groups, NULL);
	assert_string_equal(groups_of(state, "ann"), "");
	assert_string_equal(groups_of(state, "bob"), "one");
	assert_string_equal(groups_of(state, "cid"), "two");
	assert_string_equal(state_query(state->store, "SELECT count(*), "
	    "count(DISTINCT id) FROM ids WHERE kind = 'g'"), "7");
}

static void
long_ids_stay_apart(void **data)
{
	struct state *state = *data;
	char id[2][1025];
	struct listed groups[] = {
		{ id[0], "One", "a", NULL }, { id[1], "Two", "b", NULL },
	};

	memset(id, 'x', sizeof(id));
	id[0][1024] = id[1][1024] = '\0';
	id[1][1023] = 'y';
	SYNC_GROUPS(state, groups, NULL);
	assert_string_equal(groups_of(state, "ann"), "one");
	assert_string_equal(groups_of(state, "bob"), "two");
}

/* An account that just-in-time creation made is in no group before the
 * listing has the person, whatever the members are called. */
static void
alias_is_a_member_and_the_made_up_id_is_not(void **data)
{
	struct state *state = *data;
	struct listed groups[] = { { "1", "Sales", "jit:o a", NULL } };

	SYNC_GROUPS(state, groups, NULL);
	state_exec(state->store, "INSERT INTO ids(id, kind, key) "
	    "VALUES (2000000001, 'u', 'jit:o')", ERR_OK);
	state_exec(state->store, "INSERT INTO users(scim_id, external_id, "
	    "user_name, given_name, family_name, title, department, site, "
	    "created, active, login, home_name, uid, seen_at) VALUES "
	    "('jit:o', '', 'eve@x', '', '', '', '', '', '', 1, 'eve', 'eve', "
	    "2000000001, 5)", ERR_OK);
	SYNC_GROUPS(state, groups, NULL);
	assert_string_equal(groups_of(state, "eve"), "");
	eve_is_listed = true;
	SYNC_GROUPS(state, groups, NULL);
	assert_string_equal(groups_of(state, "eve"), "");
	groups[0].members = "jit:o e";
	SYNC_GROUPS(state, groups, NULL);
	assert_string_equal(groups_of(state, "eve"), "sales");
	eve_is_listed = false;
}

static void
gids_of_the_server_are_taken(void **data)
{
	static const struct listed groups[] = {
		{ "1", "Sales", "a", "2000000100" },
		{ "2", "Docker", "b", "2000000101" },
	};
	struct state *state = *data;
	char attribute[] = "gidNumber";

	state->conf.groups_gid_attribute = attribute;
	SYNC_GROUPS(state, groups, NULL);
	assert_string_equal(state_query(state->store,
	    "SELECT group_concat(gid || key) FROM groups"),
	    "2000000100scim:1");
	assert_string_equal(refusal_of(state, "scim:2"), "name-local");
}

/* One group of the server's and one of an attribute, new at once. */
static void
sync_sales(struct state *state, const char *number)
{
	struct record ann = state_record("a", "ann", T1);
	const struct group_record group = { "1", "Docks", number };
	const struct update_options options = { .has_groups = true };
	struct update *update = NULL;
	struct update_report report;
	struct diag diag = DIAG_INIT;
	char department[] = "department";
	char *items[] = { department };

	ann.department = "Sales";
	configure_groups(state, items, 1);
	assert_err(update_begin(state->store, &state->conf, 1, &update,
	    &diag), ERR_OK);
	assert_err(update_add(update, &ann, &diag), ERR_OK);
	if (number != NULL)
		assert_err(update_add_group(update, &group, &diag), ERR_OK);
	assert_err(update_commit(&update, &options, &report, &diag), ERR_OK);
}

/* Sales would have this very gid, and can have any other one. */
static void
who_can_have_one_gid_only_comes_first(void **data)
{
	struct state *state = *data;
	void *other = NULL;
	struct state *host;
	const char *gid;
	char attribute[] = "gidNumber";

	sync_sales(state, NULL);
	gid = state_query(state->store, "SELECT gid FROM groups");
	assert_int_equal(state_setup(&other), 0);
	host = other;
	host->conf.groups_scim = true;
	host->conf.groups_gid_attribute = attribute;
	sync_sales(host, gid);
	assert_string_equal(state_query(host->store,
	    "SELECT gid FROM groups WHERE name = 'docks'"), gid);
	assert_string_equal(state_query(host->store,
	    "SELECT count(*) FROM groups"), "2");
	assert_int_equal(state_teardown(&other), 0);
}

static void
gids_that_cannot_be_are_refused(void **data)
{
	static const struct listed groups[] = {
		{ "1", "Missing", "a", "" }, { "2", "Zero", "a", "0" },
		{ "3", "Docks", "a", "999" }, { "4", "Low", "a", "1879048191" },
		{ "5", "High", "a", "2147352576" },
		{ "6", "Minus", "a", "-2147483648" },
		{ "7", "Wrap", "a", "6294967396" },
		{ "8", "Word", "a", "0x77359400" },
		{ "9", "Local", "a", "2000000009" },
		{ "a", "First", "a", "2000000010" },
		{ "b", "Second", "a", "2000000010" },
		{ "c", "Annes", "a", NULL },
	};
	struct state *state = *data;
	char attribute[] = "gidNumber";
	struct update_report report;
	struct listed hers = { "d", "Hers", "a", NULL };

	state_set_local("", "x:x:2000000009:\n");
	state->conf.groups_gid_attribute = attribute;
	SYNC_GROUPS(state, groups, &report);
	assert_string_equal(all_groups(state), "first=scim:a");
	assert_int_equal(report.groups_refused, 11);
	assert_string_equal(state_query(state->store,
	    "SELECT group_concat(substr(key, 6) || refused) "
	    "FROM groups_refused"), "1id-missing,2id-range,3id-range,"
	    "4id-range,5id-range,6id-range,7id-range,8id-range,9id-taken,"
	    "bid-taken,cid-missing");
	hers.number = state_user(state, "uid", "a");
	assert_err(sync_groups(state, &hers, 1, NULL), ERR_OK);
	assert_string_equal(refusal_of(state, "scim:d"), "id-taken");
}

static void
who_has_a_gid_keeps_it(void **data)
{
	static const struct listed before[] = {
		{ "1", "Sales", "a", "2000000100" },
	};
	static const struct listed after[] = {
		{ "1", "Sales", "a", "2000000200" },
	};
	struct state *state = *data;
	char attribute[] = "gidNumber";
	struct update_report report;

	state->conf.groups_gid_attribute = attribute;
	SYNC_GROUPS(state, before, &report);
	assert_int_equal(report.gid_conflicts, 0);
	SYNC_GROUPS(state, after, &report);
	assert_int_equal(report.gid_conflicts, 1);
	assert_string_equal(state_query(state->store,
	    "SELECT gid FROM groups"), "2000000100");
}

/* A million memberships are not written again because somebody asked. */
static void
what_is_as_before_is_not_written(void **data)
{
	static const char *const tables[] = {
		"groups", "groups_refused", "scim_gids", "scim_members", "ids",
	};
	static const struct listed groups[] = {
		{ "1", "Sales", "a b c 2", NULL }, { "2", "In", "a 1", NULL },
		{ "3", "Docker", "a", NULL },
	};
	struct state *state = *data;

	SYNC_GROUPS(state, groups, NULL);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		static const char *const events[] = {
			"INSERT", "UPDATE", "DELETE",
		};

		for (size_t k = 0; k < ARRAY_LEN(events); k++) {
			char sql[256];

			(void)snprintf(sql, sizeof(sql), "CREATE TRIGGER "
			    "never%zu%zu BEFORE %s ON %s BEGIN "
			    "SELECT RAISE(ABORT, 'written'); END", i, k,
			    events[k], tables[i]);
			state_exec(state->store, sql, ERR_OK);
		}
	}
	SYNC_GROUPS(state, groups, NULL);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(configured_attributes_make_groups),
		TEST(membership_follows_the_attribute_and_gids_stay),
		TEST(i6_group_names_that_cannot_be_are_refused),
		TEST(i4_second_value_with_a_group_name_is_refused),
		TEST(i6_a_hostile_value_is_not_sql),
		TEST(groups_of_the_server_have_their_members),
		TEST(groups_of_the_server_are_ignored_without_scim),
		TEST(gid_stays_and_the_name_follows),
		TEST(two_groups_can_swap_names),
		TEST(i6_server_cannot_name_a_group_what_it_must_not_be),
		TEST(refusal_is_forgotten_with_its_cause),
		TEST(order_of_the_listing_does_not_matter),
		TEST(i6_newcomer_does_not_take_a_groups_name),
		TEST(attributes_come_before_the_servers_groups),
		TEST(ids_of_groups_cannot_make_the_key_of_another),
		TEST(long_ids_stay_apart),
		TEST(alias_is_a_member_and_the_made_up_id_is_not),
		TEST(gids_of_the_server_are_taken),
		TEST(who_can_have_one_gid_only_comes_first),
		TEST(gids_that_cannot_be_are_refused),
		TEST(who_has_a_gid_keeps_it),
		TEST(what_is_as_before_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
