/* SPDX-License-Identifier: BSD-2-Clause */
/* Local accounts of provisioned people, from the listing to the cache. */
#include "state.h"

#include "cache/reader.h"
#include "directory/directory.h"
#include "directory/links.h"
#include "directory/publish.h"

#define ROOT "root:x:0:0:root:/root:/bin/sh\n"
#define BSIMON "bsimon:x:1000:1000::/home/bsimon:/bin/bash\n"
#define SIMON "B.Simon@contoso.com"

static char simon_item[] = "bsimon:b.SIMON@Contoso.com";
static char *simon_items[] = { simon_item };

static void
configure(struct state *state, char **items, size_t count)
{
	state->conf.users_link_local.item = items;
	state->conf.users_link_local.count = count;
}

static int
setup(void **data)
{
	struct state *state;

	(void)state_setup(data);
	state = *data;
	state->conf.users_min_local_uid = 1000;
	configure(state, simon_items, 1);
	state_set_local(ROOT BSIMON, "root:x:0:\n");
	return 0;
}

static struct update_report
list_simon(struct state *state)
{
	struct record records[] = {
		state_record("s", SIMON, T1), state_record("o", "other@x", T2),
	};
	struct update_report report = { 0 };

	STATE_SYNC(state, records, &report);
	return report;
}

/* What the host would be told. */
static void
publish(struct state *state, struct buf *bytes, struct cache *cache)
{
	struct publish_report report;
	struct diag diag = DIAG_INIT;

	if (publish_build(state->store, &state->conf, bytes, &report, &diag) !=
	    ERR_OK)
		fail_msg("%s", diag.text);
	assert_err(cache_open_bytes(bytes->data, bytes->len, cache), ERR_OK);
}

static bool
is_published(struct state *state, const char *name, uint32_t uid)
{
	AUTO(buf) struct buf bytes = BUF_INIT(CACHE_SIZE_MAX);
	struct cache cache = CACHE_INIT;

	publish(state, &bytes, &cache);
	return cache_is_linked(&cache, name, uid);
}

static bool
has_account(struct state *state, const char *name)
{
	AUTO(buf) struct buf bytes = BUF_INIT(CACHE_SIZE_MAX);
	struct cache cache = CACHE_INIT;
	struct cache_user user;

	publish(state, &bytes, &cache);
	return cache_user_by_name(&cache, name, &user) == ERR_OK;
}

static enum err
find(struct state *state, const char *login, struct directory_user *user)
{
	struct diag diag = DIAG_INIT;

	return directory_find(state->store, login, user, &diag);
}

static void
a_linked_person_has_the_local_account_and_no_other(void **data)
{
	struct state *state = *data;
	AUTO(directory_user) struct directory_user user = { 0 };
	struct update_report report = list_simon(state);

	assert_int_equal(report.links, 1);
	assert_int_equal(report.links_idle, 0);
	assert_int_equal(report.refused, 0);
	assert_true(is_published(state, "bsimon", 1000));
	assert_false(is_published(state, "bsimon", 1001));
	assert_false(has_account(state, "b.simon"));
	assert_false(has_account(state, "bsimon"));
	assert_true(has_account(state, "other"));
	state_account(state, "s", "", "name-linked");
	assert_err(find(state, "b.simon", &user), ERR_USER_UNKNOWN);
	assert_err(find(state, "bsimon", &user), ERR_OK);
	assert_string_equal(user.login, "bsimon");
	assert_string_equal(user.scim_id, "s");
	assert_true(user.linked);
	assert_err(user.refused, ERR_OK);
	assert_int_equal(user.uid, 0);
}

/* Each row is an /etc/passwd in which bsimon is nobody's to give away. */
static void
i5_only_one_plain_line_of_a_person_is_linked(void **data)
{
	static const char *const passwds[] = {
		ROOT,
		/* root, by any spelling */
		"bsimon:x:0:0::/root:/bin/sh\n",
		"bsimon:x:00:0::/root:/bin/sh\n",
		"bsimon:x:4294967296:0::/root:/bin/sh\n",
		"bsimon:x:-0:0::/root:/bin/sh\n",
		"bsimon:x::0::/root:/bin/sh\n",
		BSIMON "bsimon:x:0:0::/root:/bin/sh\n",
		"bsimon:x:0:0::/root:/bin/sh\n" BSIMON,
		BSIMON " bsimon:x:0:0::/root:/bin/sh\n",
		BSIMON BSIMON,
		/* the system's */
		"bsimon:x:1:1::/:/bin/sh\n",
		"bsimon:x:999:999::/:/bin/sh\n",
		"bsimon:x:60001:60001::/:/bin/sh\n",
		"bsimon:x:61184:61184::/:/bin/sh\n",
		"bsimon:x:65534:65534::/:/bin/sh\n",
		"bsimon:x:4294967295:1::/:/bin/sh\n",
		"bsimon:x:1879048192:1::/:/bin/sh\n",
		"bsimon:x:1000:1000::/:/usr/sbin/nologin\n",
		"bsimon:x:1000:1000::/:/bin/false\n",
		/* another's */
		BSIMON "bob:x:1000:1000::/:/bin/sh\n",
		/* nss_compat's, and what is no line at all */
		"+bsimon:x:1000:1000::/:/bin/sh\n",
		"-bsimon:x:1000:1000::/:/bin/sh\n",
		BSIMON "+bsimon::::::\n", BSIMON "-bsimon\n",
		"+\n", " bsimon:x:1000:1000::/:/bin/sh\n",
		"#bsimon:x:1000:1000::/:/bin/sh\n",
		"bsimon\n", "bsimon:x:1000\n", "bsimon:x:1000:1000::\n",
		"bsimon:x:1000:1000::/:/bin/sh:\n",
		"bsimon:x:+1000:1000::/:/bin/sh\n",
		"bsimon:x: 1000:1000::/:/bin/sh\n",
		"bsimon:x:1000:staff::/:/bin/sh\n",
		"bsimon2:x:1000:1000::/:/bin/sh\n",
		"BSimon:x:1000:1000::/:/bin/sh\n",
	};
	struct state *state = *data;

	for (size_t i = 0; i < ARRAY_LEN(passwds); i++) {
		struct update_report report;

		state_set_local(passwds[i], BSIMON);
		report = list_simon(state);
		if (report.links != 0 || report.links_idle != 1)
			fail_msg("linked: %s", passwds[i]);
		for (uint32_t uid = 0; uid < 1002; uid++)
			if (uid < 2 || uid > 998)
				assert_false(is_published(state, "bsimon",
				    uid));
		assert_string_equal(state_query(state->store,
		    "SELECT count(*) FROM links"), "0");
		assert_false(has_account(state, "bsimon"));
		if (!has_account(state, "b.simon"))
			fail_msg("no account: %s", passwds[i]);
	}
}

static void
i5_reserved_names_and_low_uids_are_never_linked(void **data)
{
	static char wheel[] = "wheel:" SIMON;
	static char sshd[] = "sshd:" SIMON;
	static char *items[][1] = { { wheel }, { sshd } };
	struct state *state = *data;

	state_set_local("wheel:x:1000:1::/:/bin/sh\n"
	    "sshd:x:1001:1::/:/bin/sh\n", "");
	for (size_t i = 0; i < ARRAY_LEN(items); i++) {
		configure(state, items[i], 1);
		assert_int_equal(list_simon(state).links, 0);
		assert_false(is_published(state, "wheel", 1000));
		assert_false(is_published(state, "sshd", 1001));
	}
}

static void
i5_an_account_below_min_local_uid_is_not_linked(void **data)
{
	struct state *state = *data;

	state->conf.users_min_local_uid = 1001;
	assert_int_equal(list_simon(state).links, 0);
	assert_false(is_published(state, "bsimon", 1000));
	state->conf.users_min_local_uid = 1000;
	assert_int_equal(list_simon(state).links, 1);
	assert_true(is_published(state, "bsimon", 1000));
	/* Root's word counts when it publishes, too. */
	state->conf.users_min_local_uid = 1001;
	assert_false(is_published(state, "bsimon", 1000));
	/* Not even the configuration gives a system account away. */
	state->conf.users_min_local_uid = 0;
	state_set_local("bsimon:x:999:999::/:/bin/sh\n", "");
	assert_false(is_published(state, "bsimon", 999));
}

/* state.db belongs to an account that is not root. */
static void
i5_no_database_can_link_what_root_did_not_configure(void **data)
{
	struct state *state = *data;

	(void)list_simon(state);
	state_set_local(ROOT BSIMON "bob:x:1001:1001::/:/bin/sh\n", "");
	state_exec(state->store, "INSERT INTO links"
	    "(name, user_name, scim_id) VALUES ('bob', '" SIMON
	    "', 'o')", ERR_OK);
	assert_false(is_published(state, "bob", 1001));
	state_exec(state->store, "UPDATE links SET user_name = 'other@x' "
	    "WHERE name = 'bsimon'", ERR_OK);
	assert_false(is_published(state, "bsimon", 1000));
	state_exec(state->store, "PRAGMA foreign_keys = OFF", ERR_OK);
	state_exec(state->store, "UPDATE links SET user_name = '" SIMON
	    "', scim_id = 'nobody' WHERE name = 'bsimon'", ERR_OK);
	assert_false(is_published(state, "bsimon", 1000));
	/* The next sync forgets what is not configured. */
	(void)list_simon(state);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM links WHERE name = 'bob'"), "0");
}

static void
i3_the_link_stays_with_the_record_and_not_with_the_name(void **data)
{
	struct state *state = *data;
	AUTO(directory_user) struct directory_user user = { 0 };
	struct record records[] = {
		state_record("s", "Renamed@contoso.com", T1),
		state_record("n", SIMON, T2),
	};

	(void)list_simon(state);
	STATE_SYNC(state, records, NULL);
	assert_true(is_published(state, "bsimon", 1000));
	assert_err(find(state, "bsimon", &user), ERR_OK);
	assert_string_equal(user.scim_id, "s");
	assert_string_equal(user.user_name, "Renamed@contoso.com");
	/* Who has the name now is somebody else, with an own account. */
	assert_true(has_account(state, "b.simon"));
}

static void
i3_nobody_inherits_the_account_of_somebody_who_vanished(void **data)
{
	struct state *state = *data;
	AUTO(directory_user) struct directory_user user = { 0 };
	struct record records[] = { state_record("n", SIMON, T2) };

	(void)list_simon(state);
	for (int i = 0; i < 2; i++)
		STATE_SYNC(state, records, NULL);
	assert_err(find(state, "bsimon", &user), ERR_OK);
	assert_string_equal(user.scim_id, "s");
	assert_true(user.vanished);
	/* Still ours, so that the account is denied and not merely local. */
	assert_true(is_published(state, "bsimon", 1000));
}

static void
who_vanished_before_the_first_link_is_not_linked(void **data)
{
	struct state *state = *data;
	struct record records[] = { state_record("o", "other@x", T1) };

	configure(state, NULL, 0);
	(void)list_simon(state);
	STATE_SYNC(state, records, NULL);
	configure(state, simon_items, 1);
	STATE_SYNC(state, records, NULL);
	assert_false(is_published(state, "bsimon", 1000));
}

static void
a_link_that_is_not_configured_any_more_is_gone(void **data)
{
	struct state *state = *data;
	char uid[32];

	configure(state, NULL, 0);
	(void)list_simon(state);
	assert_true(has_account(state, "b.simon"));
	(void)snprintf(uid, sizeof(uid), "%s", state_user(state, "uid", "s"));
	configure(state, simon_items, 1);
	(void)list_simon(state);
	assert_true(is_published(state, "bsimon", 1000));
	assert_false(has_account(state, "b.simon"));
	configure(state, NULL, 0);
	/* At once, whatever the database says. */
	assert_false(is_published(state, "bsimon", 1000));
	(void)list_simon(state);
	assert_false(is_published(state, "bsimon", 1000));
	assert_true(has_account(state, "b.simon"));
	assert_string_equal(state_user(state, "uid", "s"), uid);
}

static void
another_line_of_the_configuration_links_anew(void **data)
{
	static char other[] = "bsimon:other@x";
	static char moved[] = "bob:other@x";
	static char *items[][1] = { { other }, { moved } };
	struct state *state = *data;
	AUTO(directory_user) struct directory_user user = { 0 };

	(void)list_simon(state);
	configure(state, items[0], 1);
	(void)list_simon(state);
	assert_err(find(state, "bsimon", &user), ERR_OK);
	assert_string_equal(user.scim_id, "o");
	assert_true(has_account(state, "b.simon"));
	directory_user_clear(&user);
	state_set_local(ROOT BSIMON "bob:x:1001:1001::/:/bin/sh\n", "");
	configure(state, items[1], 1);
	(void)list_simon(state);
	assert_err(find(state, "bsimon", &user), ERR_USER_UNKNOWN);
	assert_true(is_published(state, "bob", 1001));
	assert_false(is_published(state, "bsimon", 1000));
}

/* Whoever had the account is not its person any more, even if nobody is. */
static void
i5_a_line_for_nobody_takes_the_account_away(void **data)
{
	static char nobody[] = "bsimon:who@x";
	static char *items[] = { nobody };
	struct state *state = *data;
	AUTO(directory_user) struct directory_user user = { 0 };

	(void)list_simon(state);
	configure(state, items, 1);
	assert_int_equal(list_simon(state).links, 0);
	assert_false(is_published(state, "bsimon", 1000));
	assert_err(find(state, "bsimon", &user), ERR_USER_UNKNOWN);
	state_account(state, "s", "b.simon", "");
}

/* One is listed, the other, whose record is the later one, is not. */
static void
i3_of_two_with_the_name_who_is_here_is_linked(void **data)
{
	struct state *state = *data;
	AUTO(directory_user) struct directory_user user = { 0 };
	struct record records[] = {
		state_record("n", "other@x", T1),
		state_record("s", SIMON, T2),
	};

	configure(state, NULL, 0);
	STATE_SYNC(state, records, NULL);
	records[0].user_name = SIMON;
	configure(state, simon_items, 1);
	assert_err(state_sync(state, records, 1, NULL), ERR_OK);
	assert_err(find(state, "bsimon", &user), ERR_OK);
	assert_string_equal(user.scim_id, "n");
	assert_true(is_published(state, "bsimon", 1000));
}

/* Two accounts for one name: the person, called so twice, gets the first. */
static void
i3_a_renamed_person_does_not_get_a_second_account(void **data)
{
	static char second[] = "bob:new@contoso.com";
	static char *items[] = { simon_item, second };
	struct state *state = *data;
	struct record records[] = { state_record("s", SIMON, T1) };

	state_set_local(ROOT BSIMON "bob:x:1001:1001::/:/bin/sh\n", "");
	configure(state, items, 2);
	STATE_SYNC(state, records, NULL);
	records[0].user_name = "new@contoso.com";
	STATE_SYNC(state, records, NULL);
	assert_true(is_published(state, "bsimon", 1000));
	assert_false(is_published(state, "bob", 1001));
}

static void
two_people_of_one_name_are_not_linked(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("s", SIMON, T1),
		state_record("t", "b.simon@CONTOSO.com", T2),
	};
	struct update_report report;

	STATE_SYNC(state, records, &report);
	assert_int_equal(report.links, 0);
	assert_false(is_published(state, "bsimon", 1000));
}

/* Between the local account's end and its line's, the name is nobody's. */
static void
i5_the_name_of_a_link_is_given_to_nobody(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("s", SIMON, T1),
		state_record("n", "BSimon@contoso.com", T2),
	};

	(void)list_simon(state);
	state_set_local(ROOT, "");
	STATE_SYNC(state, records, NULL);
	assert_false(is_published(state, "bsimon", 1000));
	assert_false(has_account(state, "bsimon"));
	state_account(state, "n", "", "name-taken");
	/* Not even by the database. */
	state_exec(state->store, "DELETE FROM links", ERR_OK);
	state_exec(state->store, "UPDATE users SET login = 'bsimon', "
	    "home_name = 'bsimon', refused = '', uid = (SELECT id FROM ids "
	    "WHERE key = 'n') WHERE scim_id = 'n'", ERR_OK);
	assert_false(has_account(state, "bsimon"));
}

/* Or whose the link is would open their account. */
static void
i5_who_had_the_name_of_a_link_waits_for_its_end(void **data)
{
	struct state *state = *data;
	AUTO(directory_user) struct directory_user user = { 0 };
	struct record records[] = {
		state_record("s", SIMON, T1),
		state_record("n", "BSimon@contoso.com", T2),
	};

	state_set_local(ROOT, "");
	configure(state, NULL, 0);
	STATE_SYNC(state, records, NULL);
	assert_true(has_account(state, "bsimon"));
	configure(state, simon_items, 1);
	state_set_local(ROOT BSIMON, "");
	STATE_SYNC(state, records, NULL);
	state_account(state, "n", "bsimon", "name-local");
	state_set_local(ROOT, "");
	STATE_SYNC(state, records, NULL);
	state_account(state, "n", "bsimon", "name-taken");
	/* The table still has the link. */
	configure(state, NULL, 0);
	assert_false(has_account(state, "bsimon"));
	assert_err(find(state, "bsimon", &user), ERR_OK);
	assert_string_equal(user.scim_id, "s");
	STATE_SYNC(state, records, NULL);
	state_account(state, "n", "bsimon", "");
	assert_true(has_account(state, "bsimon"));
}

static void
the_uid_that_is_published_is_that_of_now(void **data)
{
	struct state *state = *data;

	(void)list_simon(state);
	state_set_local(ROOT "bsimon:x:1007:1000::/:/bin/sh\n", "");
	assert_true(is_published(state, "bsimon", 1007));
	assert_false(is_published(state, "bsimon", 1000));
	state_set_local(ROOT "bsimon:x:0:0::/:/bin/sh\n", "");
	assert_false(is_published(state, "bsimon", 1007));
	assert_false(is_published(state, "bsimon", 0));
}

static void
a_linked_person_is_in_groups_for_the_policy(void **data)
{
	static char department[] = "department";
	static char *attributes[] = { department };
	static char allow[] = "@sales";
	static char *allowed[] = { allow };
	struct state *state = *data;
	AUTO(directory_user) struct directory_user user = { 0 };
	struct record records[] = { state_record("s", SIMON, T1) };
	struct policy_account account;
	struct diag diag = DIAG_INIT;

	records[0].department = "Sales";
	state->conf.groups_attributes.item = attributes;
	state->conf.groups_attributes.count = 1;
	state->conf.access_allow.item = allowed;
	state->conf.access_allow.count = 1;
	STATE_SYNC(state, records, NULL);
	assert_err(find(state, "bsimon", &user), ERR_OK);
	account = directory_account(&user, 1000);
	assert_err(policy_check(&state->conf, &account, 1000, &diag), ERR_OK);
	assert_string_equal(account.login, "bsimon");
	allow[1] = 'x';
	assert_err(policy_check(&state->conf, &account, 1000, &diag),
	    ERR_USER_NOT_ALLOWED);
	allow[1] = 's';
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, state_teardown)
		TEST(a_linked_person_has_the_local_account_and_no_other),
		TEST(i5_only_one_plain_line_of_a_person_is_linked),
		TEST(i5_reserved_names_and_low_uids_are_never_linked),
		TEST(i5_an_account_below_min_local_uid_is_not_linked),
		TEST(i5_no_database_can_link_what_root_did_not_configure),
		TEST(i3_the_link_stays_with_the_record_and_not_with_the_name),
		TEST(i3_nobody_inherits_the_account_of_somebody_who_vanished),
		TEST(who_vanished_before_the_first_link_is_not_linked),
		TEST(a_link_that_is_not_configured_any_more_is_gone),
		TEST(another_line_of_the_configuration_links_anew),
		TEST(i5_a_line_for_nobody_takes_the_account_away),
		TEST(i3_of_two_with_the_name_who_is_here_is_linked),
		TEST(i3_a_renamed_person_does_not_get_a_second_account),
		TEST(two_people_of_one_name_are_not_linked),
		TEST(i5_the_name_of_a_link_is_given_to_nobody),
		TEST(i5_who_had_the_name_of_a_link_waits_for_its_end),
		TEST(the_uid_that_is_published_is_that_of_now),
		TEST(a_linked_person_is_in_groups_for_the_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
