/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include "directory/directory.h"

static void
provision(struct state *state)
{
	static char department[] = "department";
	static char site[] = "site";
	static char *items[] = { department, site };
	struct record records[] = {
		state_record("id-z", "Zoe@x", T1),
		state_record("id-b", "B.Simon@Contoso.com", T1),
		state_record("id-9", "9lives", T1),
		state_record("id-1", "1st", T1),
	};

	state->conf.groups_attributes.item = items;
	state->conf.groups_attributes.count = 2;
	records[1].external_id = "ext";
	records[1].given_name = "B.";
	records[1].family_name = "Simon";
	records[1].title = "Agent";
	records[1].department = "Sales";
	records[1].site = "Berlin";
	records[0].active = false;
	assert_err(state_sync(state, records, 4, NULL), ERR_OK);
}

static void
found_user_has_everything(void **data)
{
	struct state *state = *data;
	AUTO(directory_user) struct directory_user user = { 0 };
	struct diag diag = DIAG_INIT;

	provision(state);
	state_exec(state->store, "INSERT INTO pins(scim_id, subject) "
	    "VALUES ('id-b', 'entra:t:o')", ERR_OK);
	assert_err(directory_find(state->store, "b.simon", &user, &diag),
	    ERR_OK);
	assert_string_equal(user.scim_id, "id-b");
	assert_string_equal(user.external_id, "ext");
	assert_string_equal(user.user_name, "B.Simon@Contoso.com");
	assert_string_equal(user.login, "b.simon");
	assert_string_equal(user.given_name, "B.");
	assert_string_equal(user.family_name, "Simon");
	assert_string_equal(user.title, "Agent");
	assert_string_equal(user.department, "Sales");
	assert_string_equal(user.site, "Berlin");
	assert_string_equal(user.created, T1);
	assert_string_equal(user.pin, "entra:t:o");
	assert_in_range(user.uid, state->conf.users_min_id,
	    state->conf.users_max_id);
	assert_true(user.active);
	assert_false(user.vanished);
	assert_err(user.refused, ERR_OK);
	assert_int_equal(user.group_count, 2);
	assert_string_equal(user.groups[0], "berlin");
	assert_string_equal(user.groups[1], "sales");
}

static void
absent_things_are_empty_and_not_null(void **data)
{
	struct state *state = *data;
	AUTO(directory_user) struct directory_user user = { 0 };
	struct diag diag = DIAG_INIT;

	provision(state);
	assert_err(directory_find(state->store, "zoe", &user, &diag), ERR_OK);
	assert_string_equal(user.pin, "");
	assert_string_equal(user.title, "");
	assert_int_equal(user.group_count, 0);
	assert_false(user.active);
}

static void
unknown_names_are_not_found_and_touch_nothing(void **data)
{
	static const char *const names[] = {
		"", "B.Simon", "b.simon ", "b.simo_", "9lives", "id-b", "%",
		"b.simon' OR '1'='1",
	};
	struct state *state = *data;
	struct directory_user user;
	struct directory_user before;
	struct diag diag = DIAG_INIT;

	provision(state);
	memset(&user, 0x5a, sizeof(user));
	before = user;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_err(directory_find(state->store, names[i], &user,
		    &diag), ERR_USER_UNKNOWN);
	assert_memory_equal(&user, &before, sizeof(user));
}

static void
i5_suspended_name_is_not_found(void **data)
{
	struct state *state = *data;
	struct directory_user user;
	struct diag diag = DIAG_INIT;

	provision(state);
	state_set_local("b.simon:x:1000:1000::/:\n", "");
	provision(state);
	assert_err(directory_find(state->store, "b.simon", &user, &diag),
	    ERR_USER_UNKNOWN);
}

struct seen {
	char text[256];
	int stop_after;
};

static enum err
note(const struct directory_user *user, void *context, struct diag *diag)
{
	struct seen *seen = context;
	size_t len = strlen(seen->text);

	(void)snprintf(seen->text + len, sizeof(seen->text) - len,
	    "%s/%s/%u/%s;", user->login, user->user_name, user->uid != 0,
	    err_name(user->refused));
	seen->stop_after--;
	if (seen->stop_after == 0)
		return fail(diag, ERR_IO, "enough");
	return ERR_OK;
}

static void
each_goes_by_login_and_refused_ones_come_last(void **data)
{
	struct state *state = *data;
	struct seen seen = { "", 0 };
	struct diag diag = DIAG_INIT;

	provision(state);
	assert_err(directory_each(state->store, note, &seen, &diag), ERR_OK);
	assert_string_equal(seen.text, "b.simon/B.Simon@Contoso.com/1/ok;"
	    "zoe/Zoe@x/1/ok;/1st/0/name-grammar;/9lives/0/name-grammar;");
}

static void
each_stops_when_the_visitor_says_so(void **data)
{
	struct state *state = *data;
	struct seen seen = { "", 2 };
	struct diag diag = DIAG_INIT;

	provision(state);
	assert_err(directory_each(state->store, note, &seen, &diag), ERR_IO);
	assert_int_equal(seen.stop_after, 0);
}

static void
each_of_nobody_is_nothing(void **data)
{
	struct state *state = *data;
	struct seen seen = { "", 0 };
	struct diag diag = DIAG_INIT;

	assert_err(directory_each(state->store, note, &seen, &diag), ERR_OK);
	assert_string_equal(seen.text, "");
}

static void
clearing_twice_is_harmless(void **data)
{
	struct state *state = *data;
	struct directory_user user = { 0 };
	struct diag diag = DIAG_INIT;

	directory_user_clear(&user);
	provision(state);
	assert_err(directory_find(state->store, "b.simon", &user, &diag),
	    ERR_OK);
	directory_user_clear(&user);
	directory_user_clear(&user);
	assert_null(user.login);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(found_user_has_everything),
		TEST(absent_things_are_empty_and_not_null),
		TEST(unknown_names_are_not_found_and_touch_nothing),
		TEST(i5_suspended_name_is_not_found),
		TEST(each_goes_by_login_and_refused_ones_come_last),
		TEST(each_stops_when_the_visitor_says_so),
		TEST(each_of_nobody_is_nothing),
		TEST(clearing_twice_is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
