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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
