/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A person's private group has the person's name, so nobody gets a group's:
 * sudoers' %ops is about a group.
 */
#include "state.h"

#include "directory/amend.h"

static void
make_groups_of_departments(struct state *state)
{
	static char *items[] = { "department" };

	state->conf.groups_attributes = (struct conf_list){ items, 1 };
}

static enum err
adopt(struct state *state, const char *name, struct amend_adoption *ret)
{
	AUTO(local) struct local *local = NULL;

	assert_err(local_load_host(&local, NULL), ERR_OK);
	return amend_adopt(state->store, &state->conf, local, name, ret, NULL);
}

static const char *
group_of(struct state *state, const char *name)
{
	char sql[128];

	(void)snprintf(sql, sizeof(sql),
	    "SELECT key FROM groups WHERE name = '%s'", name);
	return state_query(state->store, sql);
}

/* ann is of Ops. */
static void
found_ops(struct state *state)
{
	struct record ann = state_record("a", "ann", T2);

	make_groups_of_departments(state);
	ann.department = "Ops";
	assert_err(state_sync(state, &ann, 1, NULL), ERR_OK);
	assert_string_equal(group_of(state, "ops"), "department:Ops");
}

static void
i6_newcomer_does_not_get_a_groups_name(void **data)
{
	struct state *state = *data;
	struct update_report report;
	struct record all[] = {
		state_record("a", "ann", T2), state_record("o", "OPS@x", T1),
	};

	found_ops(state);
	all[0].department = "Ops";
	for (int i = 0; i < 2; i++) {
		STATE_SYNC(state, all, &report);
		assert_int_equal(report.refused, 1);
		assert_int_equal(report.groups_refused, 0);
		state_account(state, "o", "", "name-taken");
		assert_string_equal(group_of(state, "ops"), "department:Ops");
	}
	/* Nor by being renamed. */
	all[1].user_name = "oscar";
	STATE_SYNC(state, all, NULL);
	all[1].user_name = "ops";
	STATE_SYNC(state, all, &report);
	assert_int_equal(report.names_kept, 1);
	state_account(state, "o", "oscar", "");
	assert_string_equal(group_of(state, "ops"), "department:Ops");
}

/* However early the person was created, and whatever comes first. */
static void
i6_of_both_in_one_listing_the_group_has_the_name(void **data)
{
	struct state *state = *data;
	struct record all[] = {
		state_record("o", "ops", T1), state_record("a", "ann", T2),
	};

	make_groups_of_departments(state);
	all[1].department = "Ops";
	STATE_SYNC(state, all, NULL);
	state_account(state, "o", "", "name-taken");
	assert_string_equal(group_of(state, "ops"), "department:Ops");
}

static void
i6_of_both_in_one_listing_the_servers_group_has_the_name(void **data)
{
	struct state *state = *data;
	struct record ops = state_record("o", "ops", T1);

	state->options.keeps_groups = true;
	state->conf.groups_scim = true;
	state_exec(state->store, "INSERT INTO scim_groups VALUES "
	    "('g', 'OPS', '')", ERR_OK);
	assert_err(state_sync(state, &ops, 1, NULL), ERR_OK);
	state_account(state, "o", "", "name-taken");
	assert_string_equal(group_of(state, "ops"), "scim:g");
	/* With groups that nobody asked for there is nothing to take. */
	state->conf.groups_scim = false;
	state_exec(state->store, "DELETE FROM group_names", ERR_OK);
	assert_err(state_sync(state, &ops, 1, NULL), ERR_OK);
	state_account(state, "o", "ops", "");
}

/* A rule for the group is there, if the group is or not. */
static void
i6_refused_groups_name_is_nobodys(void **data)
{
	static char number[] = "number";
	struct state *state = *data;
	struct record ops = state_record("o", "ops", T1);

	state->options.keeps_groups = true;
	state->conf.groups_scim = true;
	state->conf.groups_gid_attribute = number;
	state_exec(state->store, "INSERT INTO scim_groups VALUES "
	    "('g', 'ops', '0')", ERR_OK);
	assert_err(state_sync(state, &ops, 1, NULL), ERR_OK);
	assert_string_equal(group_of(state, "ops"), "");
	state_account(state, "o", "", "name-taken");
	/* It never was a group, so nothing of it stays. */
	state_exec(state->store, "DELETE FROM scim_groups", ERR_OK);
	assert_err(state_sync(state, &ops, 1, NULL), ERR_OK);
	state_account(state, "o", "ops", "");
}

static void
who_had_the_name_keeps_it(void **data)
{
	struct state *state = *data;
	struct update_report report;
	struct record all[] = {
		state_record("o", "ops", T3), state_record("a", "ann", T1),
	};

	make_groups_of_departments(state);
	STATE_SYNC(state, all, NULL);
	all[1].department = "Ops";
	for (int i = 0; i < 2; i++) {
		STATE_SYNC(state, all, &report);
		assert_int_equal(report.groups_refused, 1);
		state_account(state, "o", "ops", "");
		assert_string_equal(group_of(state, "ops"), "");
	}
	/* Away, back again, suspended, and back: it was theirs before. */
	assert_err(state_sync(state, &all[1], 1, NULL), ERR_OK);
	STATE_SYNC(state, all, NULL);
	state_account(state, "o", "ops", "");
	all[0].user_name = "oscar";
	STATE_SYNC(state, all, NULL);
	state_account(state, "o", "oscar", "");
	all[0].user_name = "ops";
	STATE_SYNC(state, all, NULL);
	state_account(state, "o", "ops", "");
	state_set_local("ops:x:1000:1000::/:\n", "");
	STATE_SYNC(state, all, NULL);
	state_account(state, "o", "ops", "name-local");
	state_set_local("", "");
	STATE_SYNC(state, all, NULL);
	state_account(state, "o", "ops", "");
}

/* Who lost the name is a newcomer to it. */
static void
i6_tombstone_that_was_released_does_not_get_a_groups_name(void **data)
{
	struct state *state = *data;
	struct record all[] = {
		state_record("a", "ann", T1), state_record("o", "ops", T2),
	};
	struct record heir[] = {
		state_record("a", "ann", T1), state_record("n", "ops", T3),
	};

	make_groups_of_departments(state);
	STATE_SYNC(state, all, NULL);
	STATE_SYNC(state, heir, NULL);
	state_account(state, "n", "ops", "");
	state_exec(state->store, "UPDATE users SET login = NULL, uid = NULL, "
	    "home_name = NULL, refused = 'name-grammar' "
	    "WHERE scim_id = 'n'", ERR_OK);
	all[0].department = "Ops";
	STATE_SYNC(state, all, NULL);
	state_account(state, "o", "", "name-taken");
	assert_string_equal(group_of(state, "ops"), "department:Ops");
}

/* sudoers has %ops as long as nobody takes it out. */
static void
i6_name_of_a_group_that_is_gone_is_nobodys(void **data)
{
	struct state *state = *data;
	struct amend_adoption a = { .old_uid = 7 };
	struct record all[] = {
		state_record("a", "ann", T2), state_record("o", "ops", T1),
	};

	found_ops(state);
	for (int i = 0; i < 2; i++) {
		STATE_SYNC(state, all, NULL);
		assert_string_equal(group_of(state, "ops"), "");
		state_account(state, "o", "", "name-taken");
	}
	/* The group itself may have it again. */
	all[0].department = "Ops";
	STATE_SYNC(state, all, NULL);
	assert_string_equal(group_of(state, "ops"), "department:Ops");
	/* No administrator takes it from a group that is there. */
	assert_err(adopt(state, "ops", &a), ERR_USER_UNKNOWN);
	state_account(state, "o", "", "name-taken");
	assert_string_equal(group_of(state, "ops"), "department:Ops");
	all[0].department = "";
	STATE_SYNC(state, all, NULL);
	state_account(state, "o", "", "name-taken");
	assert_err(adopt(state, "ops", &a), ERR_OK);
	state_account(state, "o", "ops", "");
	assert_int_equal(a.old_uid, 0);
	assert_false(a.old_home_exists);
}

static void
too_long_a_label_asks_for_no_name(void **data)
{
	char label[100];
	struct state *state = *data;
	struct record ann = state_record("a", "ann", T1);

	make_groups_of_departments(state);
	memset(label, 'x', sizeof(label) - 1);
	label[sizeof(label) - 1] = '\0';
	ann.department = label;
	assert_err(state_sync(state, &ann, 1, NULL), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM group_names"), "0");
	assert_string_equal(state_query(state->store,
	    "SELECT refused FROM groups_refused"), "name-grammar");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(i6_newcomer_does_not_get_a_groups_name),
		TEST(i6_of_both_in_one_listing_the_group_has_the_name),
		TEST(i6_of_both_in_one_listing_the_servers_group_has_the_name),
		TEST(i6_refused_groups_name_is_nobodys),
		TEST(who_had_the_name_keeps_it),
		TEST(i6_tombstone_that_was_released_does_not_get_a_groups_name),
		TEST(i6_name_of_a_group_that_is_gone_is_nobodys),
		TEST(too_long_a_label_asks_for_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
