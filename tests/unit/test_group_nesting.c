/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include "directory/groups.h"

/* User u, groups 1 to count: "Group N", in which group N - 1 is. */
static void
plant_chain(struct state *state, int count)
{
	char sql[512];
	const struct record records[] = { state_record("u", "ann", T1) };

	STATE_SYNC(state, records, NULL);
	(void)snprintf(sql, sizeof(sql), "WITH RECURSIVE n(i) AS (SELECT 1 "
	    "UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
	    "INSERT INTO scim_groups(id, display_name, number) "
	    "SELECT 'g' || i, 'Group ' || i, '' FROM n", count);
	state_exec(state->store, sql, ERR_OK);
	state_exec(state->store, "INSERT INTO scim_members SELECT id, "
	    "'g' || (substr(id, 2) - 1) FROM scim_groups WHERE id <> 'g1'",
	    ERR_OK);
	state_exec(state->store, "INSERT INTO scim_members VALUES "
	    "('g1', 'u')", ERR_OK);
}

static enum err
update_groups_of(struct state *state)
{
	AUTO(local) struct local *local = NULL;
	struct update_report report = { 0 };
	struct diag diag = DIAG_INIT;
	enum err r;

	assert_err(local_load_host(&local, &diag), ERR_OK);
	assert_err(store_begin(state->store, &diag), ERR_OK);
	r = groups_want(state->store, &state->conf, local, false, &diag);
	if (r == ERR_OK)
		r = groups_update(state->store, &state->conf, local,
		    &report, &diag);
	if (r == ERR_OK)
		assert_err(store_commit(state->store, &diag), ERR_OK);
	store_rollback(state->store);
	return r;
}

/* "1,2,3": numbers of the groups that u is in. */
static const char *
groups_of_u(struct state *state)
{
	assert_err(update_groups_of(state), ERR_OK);
	return state_query(state->store, "SELECT group_concat(substr(name, 7)) "
	    "FROM (SELECT name FROM memberships JOIN groups USING (gid) "
	    "WHERE scim_id = 'u' ORDER BY CAST(substr(name, 7) AS INTEGER))");
}

static void
put(struct state *state, const char *group, const char *member)
{
	char sql[128];

	(void)snprintf(sql, sizeof(sql), "INSERT INTO scim_members "
	    "VALUES ('%s', '%s')", group, member);
	state_exec(state->store, sql, ERR_OK);
}

static void
p10_member_of_a_group_is_member_of_those_that_hold_it(void **data)
{
	struct state *state = *data;

	plant_chain(state, 3);
	assert_string_equal(groups_of_u(state), "1,2,3");
	state_exec(state->store, "DELETE FROM scim_members "
	    "WHERE group_id = 'g2'", ERR_OK);
	assert_string_equal(groups_of_u(state), "1");
	/* Not the other way round. */
	put(state, "g1", "g3");
	assert_string_equal(groups_of_u(state), "1");
}

static void
two_ways_into_a_group_are_one_membership(void **data)
{
	struct state *state = *data;

	plant_chain(state, 3);
	put(state, "g3", "u");
	put(state, "g3", "g1");
	assert_string_equal(groups_of_u(state), "1,2,3");
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM memberships"), "3");
}

static void
cycles_are_harmless(void **data)
{
	struct state *state = *data;

	plant_chain(state, 4);
	put(state, "g1", "g1");
	put(state, "g1", "g4");
	put(state, "g2", "g3");
	assert_string_equal(groups_of_u(state), "1,2,3,4");
}

static void
members_come_up_sixteen_groups_and_no_more(void **data)
{
	struct state *state = *data;

	plant_chain(state, 20);
	assert_string_equal(groups_of_u(state),
	    "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17");
	/* The shortest way counts. */
	put(state, "g19", "g5");
	assert_string_equal(groups_of_u(state),
	    "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,19,20");
}

static void
refused_group_hands_its_members_on(void **data)
{
	struct state *state = *data;

	plant_chain(state, 3);
	state_exec(state->store, "UPDATE scim_groups "
	    "SET display_name = 'docker' WHERE id = 'g2'", ERR_OK);
	assert_string_equal(groups_of_u(state), "1,3");
}

static void
who_vanished_is_in_none(void **data)
{
	struct state *state = *data;

	plant_chain(state, 3);
	state_exec(state->store, "UPDATE users SET vanished = 1, active = 0",
	    ERR_OK);
	assert_string_equal(groups_of_u(state), "");
}

static void
nesting_goes_when_the_groups_go(void **data)
{
	struct state *state = *data;

	plant_chain(state, 3);
	assert_string_equal(groups_of_u(state), "1,2,3");
	state->conf.groups_scim = false;
	assert_string_equal(groups_of_u(state), "");
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM scim_gids"), "0");
}

/* Each of 1,500 groups in each of them. */
static void
p10_nesting_without_measure_is_refused(void **data)
{
	struct state *state = *data;

	plant_chain(state, 1500);
	assert_err(update_groups_of(state), ERR_OK);
	state_exec(state->store, "INSERT OR IGNORE INTO scim_members "
	    "SELECT 'g1', id FROM scim_groups", ERR_OK);
	state_exec(state->store, "INSERT OR IGNORE INTO scim_members "
	    "SELECT id, 'g1' FROM scim_groups", ERR_OK);
	assert_err(update_groups_of(state), ERR_SCIM_LIMITS);
	/* And what was before is as it was. */
	assert_string_equal(state_query(state->store, "SELECT count(*) "
	    "FROM memberships"), "17");
}

/* Few groups, many members: 2,000 in each of 6,000. */
static void
members_without_measure_are_refused(void **data)
{
	struct state *state = *data;

	plant_chain(state, 6000);
	state_exec(state->store, "DELETE FROM scim_members", ERR_OK);
	state_exec(state->store, "INSERT INTO scim_members "
	    "SELECT id, 'g1' FROM scim_groups", ERR_OK);
	state_exec(state->store, "WITH RECURSIVE n(i) AS (SELECT 1 "
	    "UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
	    "INSERT INTO scim_members SELECT 'g1', 'u' || i FROM n", ERR_OK);
	assert_err(update_groups_of(state), ERR_SCIM_LIMITS);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(p10_member_of_a_group_is_member_of_those_that_hold_it),
		TEST(two_ways_into_a_group_are_one_membership),
		TEST(cycles_are_harmless),
		TEST(members_come_up_sixteen_groups_and_no_more),
		TEST(refused_group_hands_its_members_on),
		TEST(who_vanished_is_in_none),
		TEST(nesting_goes_when_the_groups_go),
		TEST(p10_nesting_without_measure_is_refused),
		TEST(members_without_measure_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
