/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who vanished, and a newcomer of the same name.
 */
#include "state.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "directory/names.h"

/* Homes are below the test's directory. */
static void
move_homes(struct state *state)
{
	static char template[128];

	(void)snprintf(template, sizeof(template), "%s/%%u", state->dir);
	state->conf.users_home = template;
}

/* "a" was ann, is gone, and zoe stays. */
static const char *
lose_ann(struct state *state)
{
	struct record ann[] = {
		state_record("a", "ann", T2), state_record("z", "zoe", T1),
	};

	move_homes(state);
	STATE_SYNC(state, ann, NULL);
	state_exec(state->store, "INSERT INTO pins(scim_id, subject) "
	    "VALUES ('a', 'entra:t:o')", ERR_OK);
	assert_err(state_sync(state, &ann[1], 1, NULL), ERR_OK);
	return state_user(state, "uid", "a");
}

/* A newcomer of the name, and zoe. */
static void
meet_ann(struct state *state, struct update_report *report)
{
	struct record new[] = {
		state_record("n", "ann", T1), state_record("z", "zoe", T1),
	};

	STATE_SYNC(state, new, report);
}

static void
i3_same_name_with_a_new_id_is_a_new_person(void **data)
{
	struct state *state = *data;
	struct update_report report;
	const char *uid = lose_ann(state);

	assert_int_equal(mkdir(state_file(state, "ann"), 0), 0);
	for (int i = 0; i < 2; i++) {
		meet_ann(state, &report);
		assert_int_equal(report.refused, 1);
		state_account(state, "n", "", "name-home");
		state_account(state, "a", "ann", "");
		assert_string_equal(state_user(state, "uid", "a"), uid);
		assert_string_equal(state_user(state,
		    "(SELECT count(*) FROM pins)", "a"), "1");
	}
	assert_int_equal(rmdir(state_file(state, "ann")), 0);
	meet_ann(state, &report);
	assert_int_equal(report.refused, 0);
	state_account(state, "n", "ann", "");
	assert_string_not_equal(state_user(state, "uid", "n"), uid);
}

static void
i3_released_tombstone_has_only_its_id(void **data)
{
	struct state *state = *data;
	const char *uid = lose_ann(state);

	meet_ann(state, NULL);
	state_account(state, "n", "ann", "");
	assert_string_equal(state_user(state, "login IS NULL AND uid IS NULL "
	    "AND home_name IS NULL AND vanished", "a"), "1");
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM pins"), "0");
	assert_string_equal(state_query(state->store,
	    "SELECT id FROM ids WHERE key = 'a'"), uid);
}

static void
i3_tombstone_that_comes_back_does_not_get_the_name_back(void **data)
{
	struct state *state = *data;
	struct record all[] = {
		state_record("a", "ann", T2), state_record("n", "ann", T3),
		state_record("z", "zoe", T1),
	};
	const char *uid = lose_ann(state);

	meet_ann(state, NULL);
	STATE_SYNC(state, all, NULL);
	state_account(state, "a", "", "name-taken");
	state_account(state, "n", "ann", "");
	all[0].user_name = "ann.b";
	STATE_SYNC(state, all, NULL);
	state_account(state, "a", "ann.b", "");
	assert_string_equal(state_user(state, "uid", "a"), uid);
	assert_string_equal(state_user(state, "home_name", "a"), "ann.b");
	state_account(state, "n", "ann", "");
}

static void
tombstone_that_comes_back_in_time_is_as_before(void **data)
{
	struct state *state = *data;
	struct record all[] = {
		state_record("a", "ann", T2), state_record("n", "ann", T1),
		state_record("z", "zoe", T1),
	};
	const char *uid = lose_ann(state);

	/* Also in the very listing that has the newcomer. */
	STATE_SYNC(state, all, NULL);
	state_account(state, "a", "ann", "");
	state_account(state, "n", "", "name-taken");
	assert_string_equal(state_user(state, "uid", "a"), uid);
	assert_string_equal(state_user(state, "vanished", "a"), "0");
	assert_string_equal(state_query(state->store,
	    "SELECT subject FROM pins"), "entra:t:o");
}

static void
p9_whatever_may_be_a_home_keeps_the_name(void **data)
{
	struct state *state = *data;
	const char *path;

	(void)lose_ann(state);
	path = state_file(state, "ann");
	state_write(path, "a file");
	meet_ann(state, NULL);
	state_account(state, "n", "", "name-home");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/nonexistent", path), 0);
	meet_ann(state, NULL);
	state_account(state, "n", "", "name-home");
	state->conf.users_home = strcat(state->conf.users_home, "/");
	meet_ann(state, NULL);
	state_account(state, "n", "", "name-home");
	/* ELOOP is not the answer "no"; ENOTDIR is. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("ann", path), 0);
	state->conf.users_home = strcat(state->conf.users_home, "home");
	meet_ann(state, NULL);
	state_account(state, "n", "", "name-home");
	assert_int_equal(unlink(path), 0);
	state_write(path, "a file");
	state_exec(state->store, "DELETE FROM home_templates", ERR_OK);
	meet_ann(state, NULL);
	state_account(state, "n", "ann", "");
}

/* What it was when the tombstone lived is where the files are. */
static void
i3_home_by_a_former_template_keeps_the_name(void **data)
{
	static char elsewhere[] = "/nonexistent/%u";
	struct state *state = *data;

	(void)lose_ann(state);
	assert_int_equal(mkdir(state_file(state, "ann"), 0700), 0);
	state->conf.users_home = elsewhere;
	for (int i = 0; i < 2; i++) {
		meet_ann(state, NULL);
		state_account(state, "n", "", "name-home");
		state_account(state, "a", "ann", "");
	}
	assert_int_equal(rmdir(state_file(state, "ann")), 0);
	meet_ann(state, NULL);
	state_account(state, "n", "ann", "");
}

static void
who_is_here_keeps_the_name_whoever_releases_it(void **data)
{
	struct state *state = *data;
	struct diag diag = DIAG_INIT;

	(void)lose_ann(state);
	assert_err(names_release(state->store, "z", &diag), ERR_OK);
	state_account(state, "z", "zoe", "");
	assert_err(names_release(state->store, "a", &diag), ERR_OK);
	state_account(state, "a", "", "");
}

/* Nobody can say whether it is there. */
static void
a_home_whose_path_is_too_long_keeps_the_name(void **data)
{
	struct state *state = *data;
	char template[HOME_MAX_LEN + 1];

	(void)lose_ann(state);
	memset(template, 'x', sizeof(template));
	template[0] = '/';
	memcpy(template + sizeof(template) - 4, "/%u", 4);
	state->conf.users_home = template;
	meet_ann(state, NULL);
	state_account(state, "n", "", "name-home");
	template[HOME_MAX_LEN / 2] = '/';
	memcpy(template + HOME_MAX_LEN / 2, "/%u", 4);
	meet_ann(state, NULL);
	state_account(state, "n", "", "name-home");
}

/* She was renamed to smith, which ann's home does not show. */
static void
i3_home_of_the_first_name_keeps_the_later_one_too(void **data)
{
	struct state *state = *data;
	struct record before[] = {
		state_record("a", "ann", T1), state_record("z", "zoe", T1),
	};
	struct record after[] = {
		state_record("n", "smith", T1), state_record("z", "zoe", T1),
	};

	move_homes(state);
	STATE_SYNC(state, before, NULL);
	before[0].user_name = "smith";
	STATE_SYNC(state, before, NULL);
	assert_int_equal(mkdir(state_file(state, "ann"), 0700), 0);
	STATE_SYNC(state, after, NULL);
	state_account(state, "n", "", "name-home");
	assert_int_equal(rename(state_file(state, "ann"),
	    state_file(state, "smith")), 0);
	STATE_SYNC(state, after, NULL);
	state_account(state, "n", "", "name-home");
	assert_int_equal(rmdir(state_file(state, "smith")), 0);
	STATE_SYNC(state, after, NULL);
	state_account(state, "n", "smith", "");
}

static void
i3_name_goes_at_the_moment_of_vanishing(void **data)
{
	struct state *state = *data;
	struct record before[] = { state_record("a", "ann", T1) };
	struct record after[] = { state_record("n", "ann", T2) };
	char *attributes[] = { "department" };

	move_homes(state);
	state->conf.groups_attributes =
	    (struct conf_list){ attributes, ARRAY_LEN(attributes) };
	before[0].department = after[0].department = "Sales";
	STATE_SYNC(state, before, NULL);
	STATE_SYNC(state, after, NULL);
	state_account(state, "n", "ann", "");
	state_account(state, "a", "", "");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(i3_same_name_with_a_new_id_is_a_new_person),
		TEST(i3_released_tombstone_has_only_its_id),
		TEST(i3_tombstone_that_comes_back_does_not_get_the_name_back),
		TEST(tombstone_that_comes_back_in_time_is_as_before),
		TEST(p9_whatever_may_be_a_home_keeps_the_name),
		TEST(i3_home_by_a_former_template_keeps_the_name),
		TEST(who_is_here_keeps_the_name_whoever_releases_it),
		TEST(a_home_whose_path_is_too_long_keeps_the_name),
		TEST(i3_home_of_the_first_name_keeps_the_later_one_too),
		TEST(i3_name_goes_at_the_moment_of_vanishing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
