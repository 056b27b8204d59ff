/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "directory/amend.h"

static enum err
adopt(struct state *state, const char *name, struct amend_adoption *ret)
{
	AUTO(local) struct local *local = NULL;
	struct diag diag = DIAG_INIT;

	assert_err(local_load_host(&local, NULL), ERR_OK);
	return amend_adopt(state->store, &state->conf, local, name, ret,
	    &diag);
}

/* "a" was ann and is gone, her home is not; "n" wants the name. */
static void
leave_a_home(struct state *state)
{
	static char template[128];
	struct record before[] = {
		state_record("a", "ann", T1), state_record("z", "zoe", T1),
	};
	struct record after[] = {
		state_record("n", "ann@new", T2), state_record("z", "zoe", T1),
	};

	(void)snprintf(template, sizeof(template), "%s/%%u", state->dir);
	state->conf.users_home = template;
	STATE_SYNC(state, before, NULL);
	state_exec(state->store, "INSERT INTO pins(scim_id, subject) VALUES "
	    "('a', 'entra:t:a'), ('z', 'entra:t:z')", ERR_OK);
	state_write(state_file(state, "ann"), "a home");
	STATE_SYNC(state, after, NULL);
	state_account(state, "n", "", "name-home");
}

static const char *
everybody(const struct state *state)
{
	return state_query(state->store, "SELECT group_concat(scim_id || "
	    "coalesce(login, '') || coalesce(uid, 0) || refused) || "
	    "(SELECT group_concat(subject) FROM pins) FROM users");
}

static void
adopted_name_is_the_newcomers_with_another_id(void **data)
{
	struct state *state = *data;
	struct amend_adoption a = { .uid = 0 };
	char text[32];

	leave_a_home(state);
	(void)snprintf(text, sizeof(text), "%s",
	    state_user(state, "uid", "a"));
	assert_err(adopt(state, "ann", &a), ERR_OK);
	state_account(state, "n", "ann", "");
	state_account(state, "a", "", "");
	assert_string_equal(a.user_name, "ann@new");
	assert_string_equal(a.home, state_file(state, "ann"));
	assert_string_equal(a.old_home, a.home);
	assert_true(a.old_home_exists);
	assert_int_equal(a.old_uid, strtoul(text, NULL, 10));
	assert_int_equal(a.uid, strtoul(state_user(state, "uid", "n"), NULL,
	    10));
	assert_int_not_equal(a.uid, a.old_uid);
	/* The old one's pin went with the name, and nobody else's. */
	assert_string_equal(state_query(state->store,
	    "SELECT group_concat(subject) FROM pins"), "entra:t:z");
	assert_string_equal(state_query(state->store,
	    "SELECT id FROM ids WHERE key = 'a'"), text);
	/* No file was touched. */
	assert_int_equal(access(a.home, F_OK), 0);
	/* And the next sync leaves it so. */
	assert_err(adopt(state, "ann", &a), ERR_NAME_TAKEN);
}

static void
adoption_that_gives_nobody_the_name_changes_nothing(void **data)
{
	static const char *const names[] = {
		"", "bob", "ANN", "ann ", "ann@new", "a", "n", "root",
	};
	struct state *state = *data;
	struct amend_adoption a = { .uid = 77 };
	const char *before;

	leave_a_home(state);
	before = everybody(state);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_err(adopt(state, names[i], &a), ERR_USER_UNKNOWN);
	assert_err(adopt(state, "zoe", &a), ERR_NAME_TAKEN);
	/* The name is a local account's now. */
	state_set_local("ann:x:1000:1000::/:\n", "");
	assert_err(adopt(state, "ann", &a), ERR_USER_UNKNOWN);
	assert_string_equal(everybody(state), before);
	state_set_local("", "");
	/* The newcomer has another account. */
	state_exec(state->store, "INSERT INTO links"
	    "(name, user_name, scim_id) VALUES "
	    "('local', 'x', 'n')", ERR_OK);
	assert_err(adopt(state, "ann", &a), ERR_USER_UNKNOWN);
	assert_string_equal(everybody(state), before);
	/* And is gone, too. */
	state_exec(state->store, "DELETE FROM links", ERR_OK);
	state_exec(state->store, "UPDATE users SET vanished = 1, active = 0 "
	    "WHERE scim_id = 'n'", ERR_OK);
	assert_err(adopt(state, "ann", &a), ERR_USER_UNKNOWN);
	assert_int_equal(a.uid, 77);
}

static void
renamed_tombstones_files_are_where_they_were(void **data)
{
	static char template[128];
	struct state *state = *data;
	struct record records[] = { state_record("a", "ann", T1) };
	struct record new[] = { state_record("n", "smith", T1) };
	struct amend_adoption a;

	(void)snprintf(template, sizeof(template), "%s/%%u", state->dir);
	state->conf.users_home = template;
	STATE_SYNC(state, records, NULL);
	records[0].user_name = "smith";
	STATE_SYNC(state, records, NULL);
	state_write(state_file(state, "ann"), "a home");
	STATE_SYNC(state, new, NULL);
	state_account(state, "n", "", "name-home");
	assert_err(adopt(state, "smith", &a), ERR_OK);
	assert_string_equal(a.old_home, state_file(state, "ann"));
	assert_string_equal(a.home, state_file(state, "smith"));
}

static void
files_are_where_the_template_was(void **data)
{
	static char elsewhere[] = "/nonexistent/%u";
	struct state *state = *data;
	struct amend_adoption a;

	leave_a_home(state);
	state->conf.users_home = elsewhere;
	assert_err(adopt(state, "ann", &a), ERR_OK);
	assert_string_equal(a.old_home, state_file(state, "ann"));
	assert_true(a.old_home_exists);
	assert_string_equal(a.home, "/nonexistent/ann");
}

static void
relinked_account_is_pinned_to_nobody(void **data)
{
	struct state *state = *data;
	char subject[SUBJECT_MAX_LEN + 1] = "untouched";

	leave_a_home(state);
	assert_err(amend_relink(state->store, "bob", subject, NULL),
	    ERR_USER_UNKNOWN);
	assert_string_equal(subject, "untouched");
	assert_err(amend_relink(state->store, "zoe", subject, NULL), ERR_OK);
	assert_string_equal(subject, "entra:t:z");
	assert_err(amend_relink(state->store, "zoe", subject, NULL), ERR_OK);
	assert_string_equal(subject, "");
	/* Somebody who left may stand in the way of who came. */
	assert_err(amend_relink(state->store, "ann", subject, NULL), ERR_OK);
	assert_string_equal(subject, "entra:t:a");
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM pins"), "0");
}

static void
linked_local_account_is_relinked_by_its_own_name(void **data)
{
	struct state *state = *data;
	char subject[SUBJECT_MAX_LEN + 1] = "";

	leave_a_home(state);
	/* The local ann is zoe, and no more the ann who left. */
	state_exec(state->store, "INSERT INTO links"
	    "(name, user_name, scim_id) VALUES "
	    "('ann', 'zoe', 'z')", ERR_OK);
	assert_err(amend_relink(state->store, "ann", subject, NULL), ERR_OK);
	assert_string_equal(subject, "entra:t:z");
	assert_string_equal(state_query(state->store,
	    "SELECT group_concat(subject) FROM pins"), "entra:t:a");
}

static void
full_disk_changes_nothing(void **data)
{
	struct state *state = *data;
	AUTO(local) struct local *local = NULL;
	char subject[SUBJECT_MAX_LEN + 1] = "untouched";
	struct amend_adoption a = { .uid = 77 };
	const char *before;

	leave_a_home(state);
	before = everybody(state);
	assert_err(local_load_host(&local, NULL), ERR_OK);
	state_fill_disk(true);
	assert_err(amend_adopt(state->store, &state->conf, local, "ann", &a,
	    NULL), ERR_STORE);
	assert_err(amend_relink(state->store, "zoe", subject, NULL),
	    ERR_STORE);
	state_fill_disk(false);
	assert_int_equal(a.uid, 77);
	assert_string_equal(subject, "untouched");
	assert_string_equal(everybody(state), before);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(adopted_name_is_the_newcomers_with_another_id),
		TEST(adoption_that_gives_nobody_the_name_changes_nothing),
		TEST(renamed_tombstones_files_are_where_they_were),
		TEST(files_are_where_the_template_was),
		TEST(relinked_account_is_pinned_to_nobody),
		TEST(linked_local_account_is_relinked_by_its_own_name),
		TEST(full_disk_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
