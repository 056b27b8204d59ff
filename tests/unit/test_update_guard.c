/* SPDX-License-Identifier: BSD-2-Clause */
/* What is refused because it would take too many away; groups; the same listing
 * again. */
#include "state.h"

#include <stdio.h>

#include "base/limits.h"

#define PEOPLE_MAX 120

/* People numbered from first; they live until the test ends. */
struct people {
	struct record record[PEOPLE_MAX];
	char id[PEOPLE_MAX][8];
	size_t count;
};

static void
add_people(struct people *people, size_t first, size_t count, bool active)
{
	for (size_t i = first; i < first + count; i++) {
		size_t n = people->count++;

		assert_true(n < PEOPLE_MAX);
		(void)snprintf(people->id[n], sizeof(people->id[n]), "u%zu",
		    i);
		people->record[n] = state_record(people->id[n], people->id[n],
		    T1);
		people->record[n].active = active;
	}
}

static enum err
sync_people(struct state *state, const struct people *people,
    struct update_report *report)
{
	return state_sync(state, people->record, people->count, report);
}

/* So many active and inactive people, then what becomes of them. */
static const struct {
	size_t active, inactive;	/* before */
	size_t stay, turn, inactive_stay;
	size_t come;			/* new active people */
	enum err want;
} cases[] = {
	/* exactly 20 % is not more than 20 % */
	{ 50, 0, 40, 0, 0, 0, ERR_OK },
	{ 50, 0, 39, 0, 0, 0, ERR_SCIM_LOSS },
	{ 100, 0, 80, 0, 0, 0, ERR_OK },
	{ 100, 0, 79, 0, 0, 0, ERR_SCIM_LOSS },
	/* nine are few, whatever the part */
	{ 9, 0, 1, 0, 0, 0, ERR_OK },
	{ 10, 0, 1, 0, 0, 0, ERR_OK },
	{ 11, 0, 1, 0, 0, 0, ERR_SCIM_LOSS },
	{ 10, 0, 0, 10, 0, 0, ERR_SCIM_LOSS },
	{ 10, 0, 1, 9, 0, 0, ERR_OK },
	/* vanishing and turning inactive is the same */
	{ 40, 0, 30, 5, 0, 0, ERR_SCIM_LOSS },
	{ 40, 0, 31, 5, 0, 0, ERR_OK },
	{ 40, 0, 30, 10, 0, 0, ERR_SCIM_LOSS },
	/* others who come make up for nobody */
	{ 40, 0, 30, 10, 0, 10, ERR_SCIM_LOSS },
	{ 40, 0, 30, 0, 0, 60, ERR_SCIM_LOSS },
	/* inactive ones that vanish are listed ones that vanish */
	{ 10, 20, 10, 0, 10, 0, ERR_SCIM_LOSS },
	{ 10, 20, 10, 0, 11, 0, ERR_OK },
	{ 80, 20, 80, 0, 0, 0, ERR_OK },
	{ 79, 20, 79, 0, 0, 0, ERR_SCIM_LOSS },
	/* a few active among many inactive */
	{ 20, 80, 10, 0, 80, 0, ERR_SCIM_LOSS },
	/* nobody before */
	{ 0, 0, 0, 0, 0, 1, ERR_OK },
	{ 0, 9, 0, 0, 0, 1, ERR_OK },
};

static void
p5_too_many_at_once_are_refused(void **data)
{
	(void)data;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct people before = { .count = 0 };
		struct people after = { .count = 0 };
		size_t active = cases[i].active;
		void *made = NULL;
		struct state *state;

		assert_int_equal(state_setup(&made), 0);
		state = made;
		add_people(&before, 0, active, true);
		add_people(&before, active, cases[i].inactive, false);
		add_people(&after, 0, cases[i].stay, true);
		add_people(&after, cases[i].stay, cases[i].turn, false);
		add_people(&after, active, cases[i].inactive_stay, false);
		add_people(&after, 500, cases[i].come, true);
		if (before.count > 0)
			assert_err(sync_people(state, &before, NULL), ERR_OK);
		if (sync_people(state, &after, NULL) != cases[i].want)
			fail_msg("case %zu", i);
		assert_int_equal(state_teardown(&made), 0);
	}
}

static void
refused_listing_changes_nothing_and_accepted_all(void **data)
{
	struct state *state = *data;
	struct people before = { .count = 0 };
	struct people after = { .count = 0 };
	struct update_report report = { .listed = 77 };
	char was[64];

	add_people(&before, 0, 40, true);
	add_people(&after, 0, 5, true);
	assert_err(sync_people(state, &before, NULL), ERR_OK);
	(void)snprintf(was, sizeof(was), "%s", state_query(state->store,
	    "SELECT sum(active) || ' ' || sum(vanished) || ' ' || "
	    "(SELECT count(*) FROM syncs) FROM users"));
	assert_err(sync_people(state, &after, &report), ERR_SCIM_LOSS);
	assert_int_equal(report.listed, 77);
	assert_string_equal(state_query(state->store,
	    "SELECT sum(active) || ' ' || sum(vanished) || ' ' || "
	    "(SELECT count(*) FROM syncs) FROM users"), was);
	state->options.accept_loss = true;
	assert_err(sync_people(state, &after, &report), ERR_OK);
	assert_int_equal(report.vanished, 35);
	assert_err(state_sync(state, NULL, 0, &report), ERR_OK);
	assert_int_equal(report.vanished, 5);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM users WHERE active OR NOT vanished"), "0");
}

static void
tombstones_do_not_count(void **data)
{
	struct state *state = *data;
	struct people before = { .count = 0 };
	struct people after = { .count = 0 };

	add_people(&before, 0, 100, true);
	assert_err(sync_people(state, &before, NULL), ERR_OK);
	before.count = 40;
	state->options.accept_loss = true;
	assert_err(sync_people(state, &before, NULL), ERR_OK);
	/* A quarter of those who are left, a tenth of all there ever were. */
	state->options.accept_loss = false;
	add_people(&after, 0, 30, true);
	assert_err(sync_people(state, &after, NULL), ERR_SCIM_LOSS);
	add_people(&after, 30, 2, true);
	assert_err(sync_people(state, &after, NULL), ERR_OK);
}

/* The same of people who are listed, and inactive all the time. */
static void
inactive_people_are_counted_without_tombstones(void **data)
{
	struct state *state = *data;
	struct people people = { .count = 0 };

	add_people(&people, 0, 100, false);
	assert_err(sync_people(state, &people, NULL), ERR_OK);
	people.count = 40;
	state->options.accept_loss = true;
	assert_err(sync_people(state, &people, NULL), ERR_OK);
	state->options.accept_loss = false;
	people.count = 30;
	assert_err(sync_people(state, &people, NULL), ERR_SCIM_LOSS);
	people.count = 32;
	assert_err(sync_people(state, &people, NULL), ERR_OK);
}

/* A quarter of those who are listed, a tenth with those who are not. */
static void
people_whom_no_listing_has_had_hide_no_loss(void **data)
{
	struct state *state = *data;
	struct people people = { .count = 0 };

	add_people(&people, 0, 100, true);
	assert_err(sync_people(state, &people, NULL), ERR_OK);
	state_exec(state->store, "UPDATE users SET seen_at = 5 "
	    "WHERE CAST(substr(scim_id, 2) AS INTEGER) >= 40", ERR_OK);
	people.count = 30;
	assert_err(sync_people(state, &people, NULL), ERR_SCIM_LOSS);
	people.count = 32;
	assert_err(sync_people(state, &people, NULL), ERR_OK);
}

static void
p5_person_whom_no_listing_has_had_is_no_loss(void **data)
{
	struct state *state = *data;
	struct people people = { .count = 0 };
	struct update_report report;

	add_people(&people, 0, 12, true);
	assert_err(sync_people(state, &people, NULL), ERR_OK);
	state_exec(state->store, "UPDATE users SET seen_at = 5 "
	    "WHERE scim_id <> 'u0'", ERR_OK);
	people.count = 1;
	assert_err(sync_people(state, &people, &report), ERR_OK);
	assert_int_equal(report.vanished, 0);
	assert_int_equal(report.listed, 1);
	assert_string_equal(state_user(state, "active || vanished", "u5"),
	    "10");
}

/* -- groups ---------------------------------------------------------------- */

static enum err
sync_groups(struct state *state, const char *const *lines, size_t count)
{
	struct record ann = state_record("a", "ann", T1);
	struct update *update = NULL;
	struct update_report report;
	struct diag diag = DIAG_INIT;

	assert_err(update_begin(state->store, &state->conf, 1, &update,
	    &diag), ERR_OK);
	assert_err(update_add(update, &ann, &diag), ERR_OK);
	/* "+group" begins one, others are members. */
	for (size_t i = 0; i < count; i++) {
		struct group_record group = { lines[i] + 1, lines[i], "" };

		if (lines[i][0] == '+')
			assert_err(update_add_group(update, &group, &diag),
			    ERR_OK);
		else
			assert_err(update_add_member(update, lines[i], &diag),
			    ERR_OK);
	}
	return update_commit(&update, &state->options, &report, &diag);
}

#define SYNC_GROUPS(state, ...) \
	sync_groups(state, (const char *const[]){ __VA_ARGS__ }, \
	    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static const char *
stored(struct state *state)
{
	return state_query(state->store, "SELECT "
	    "(SELECT group_concat(id || display_name, ' ') FROM scim_groups) "
	    "|| ':' || coalesce((SELECT group_concat(group_id || '/' || "
	    "member_id, ' ') FROM scim_members), '')");
}

static void
groups_are_stored_as_listed(void **data)
{
	struct state *state = *data;

	state->conf.groups_scim = true;
	state->options.has_groups = true;
	assert_err(SYNC_GROUPS(state, "+g", "a", "b", "a", "+h", "g", "+g",
	    "thief"), ERR_OK);
	assert_string_equal(stored(state), "g+g h+h:g/a g/b h/g");
	assert_err(SYNC_GROUPS(state, "+h", "b", "+i"), ERR_OK);
	assert_string_equal(stored(state), "h+h i+i:h/b");
	state->options.keeps_groups = true;
	state->options.has_groups = false;
	assert_err(SYNC_GROUPS(state, "+x"), ERR_OK);
	assert_string_equal(stored(state), "h+h i+i:h/b");
}

static void
server_that_has_no_groups_any_more_is_a_loss(void **data)
{
	struct state *state = *data;

	state->conf.groups_scim = true;
	assert_err(sync_groups(state, NULL, 0), ERR_OK);
	state->options.has_groups = true;
	assert_err(SYNC_GROUPS(state, "+g", "a"), ERR_OK);
	/* Groups that are listed may go. */
	assert_err(SYNC_GROUPS(state, "+h", "a"), ERR_OK);
	state->options.has_groups = false;
	assert_err(sync_groups(state, NULL, 0), ERR_SCIM_LOSS);
	assert_string_equal(stored(state), "h+h:h/a");
	state->options.accept_loss = true;
	assert_err(sync_groups(state, NULL, 0), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM scim_groups"), "0");
}

static void
groups_that_have_nobody_left_are_a_loss(void **data)
{
	struct state *state = *data;

	state->conf.groups_scim = true;
	state->options.has_groups = true;
	assert_err(SYNC_GROUPS(state, "+g", "1", "2", "3", "4", "5", "6", "7",
	    "8", "9"), ERR_OK);
	/* One fewer than LOSS_MIN. */
	assert_err(SYNC_GROUPS(state, "+g"), ERR_OK);
	assert_err(SYNC_GROUPS(state, "+g", "1", "2", "3", "4", "5", "+h",
	    "6", "7", "8", "9", "10"), ERR_OK);
	assert_err(SYNC_GROUPS(state, "+g", "+h"), ERR_SCIM_LOSS);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM scim_members"), "10");
	/* Somebody is: so the server tells who. */
	assert_err(SYNC_GROUPS(state, "+g", "1", "+h"), ERR_OK);
	assert_err(SYNC_GROUPS(state, "+g", "1", "2", "3", "4", "5", "+h",
	    "6", "7", "8", "9", "10"), ERR_OK);
	state->options.accept_loss = true;
	assert_err(SYNC_GROUPS(state, "+g", "+h"), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM scim_members"), "0");
}

static void
too_many_groups_at_once_are_refused(void **data)
{
	static const char *const all[] = {
		"+a", "+b", "+c", "+d", "+e", "+f", "+g", "+h", "+i", "+j",
		"+k", "+l",
	};
	struct state *state = *data;

	state->conf.groups_scim = true;
	state->options.has_groups = true;
	assert_err(sync_groups(state, all, 12), ERR_OK);
	assert_err(sync_groups(state, all, 2), ERR_SCIM_LOSS);
	assert_err(SYNC_GROUPS(state, "+m", "+n", "+o", "+p", "+q", "+r",
	    "+s", "+t", "+u", "+v", "+w", "+x"), ERR_SCIM_LOSS);
	assert_string_equal(state_query(state->store,
	    "SELECT group_concat(id, '') FROM scim_groups"), "abcdefghijkl");
	/* Nine are few. */
	assert_err(sync_groups(state, all, 3), ERR_OK);
}

static void
groups_that_are_not_wanted_any_more_are_no_loss(void **data)
{
	struct state *state = *data;

	state->conf.groups_scim = true;
	state->options.has_groups = true;
	assert_err(SYNC_GROUPS(state, "+g", "a"), ERR_OK);
	state->conf.groups_scim = false;
	state->options.has_groups = false;
	assert_err(sync_groups(state, NULL, 0), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM scim_groups"), "0");
}

static void
malformed_groups_are_refused(void **data)
{
	struct state *state = *data;
	AUTO(update) struct update *update = NULL;
	const struct group_record nameless = { "", "x", "" };
	const struct group_record group = { "g", "x", "" };
	struct diag diag = DIAG_INIT;

	assert_err(update_begin(state->store, &state->conf, 1, &update,
	    &diag), ERR_OK);
	assert_err(update_add_member(update, "a", &diag), ERR_SCIM);
	assert_err(update_add_group(update, &nameless, &diag), ERR_SCIM);
	assert_err(update_add_group(update, &group, &diag), ERR_OK);
	assert_err(update_add_member(update, "", &diag), ERR_SCIM);
}

static void
more_groups_than_allowed_are_refused(void **data)
{
	struct state *state = *data;
	AUTO(update) struct update *update = NULL;
	struct diag diag = DIAG_INIT;
	char id[16];
	const struct group_record group = { id, "x", "" };

	assert_err(update_begin(state->store, &state->conf, 1, &update,
	    &diag), ERR_OK);
	for (unsigned int i = 0; i < SCIM_GROUPS_MAX; i++) {
		(void)snprintf(id, sizeof(id), "%u", i);
		assert_err(update_add_group(update, &group, &diag), ERR_OK);
	}
	(void)snprintf(id, sizeof(id), "more");
	assert_err(update_add_group(update, &group, &diag), ERR_SCIM_LIMITS);
}

/* -- the same listing again ------------------------------------------------ */

static enum err
repeat(struct state *state, struct update_report *report)
{
	struct update *update = NULL;
	struct diag diag = DIAG_INIT;

	assert_err(update_begin(state->store, &state->conf, 2000, &update,
	    &diag), ERR_OK);
	update_repeat(update);
	return update_commit(&update, &state->options, report, &diag);
}

static void
repeated_listing_takes_nobody_away(void **data)
{
	struct state *state = *data;
	struct people people = { .count = 0 };
	struct update_report report;

	add_people(&people, 0, 40, true);
	assert_err(sync_people(state, &people, NULL), ERR_OK);
	people.count = 39;
	assert_err(sync_people(state, &people, NULL), ERR_OK);
	assert_err(repeat(state, &report), ERR_OK);
	assert_int_equal(report.listed, 39);
	assert_int_equal(report.added + report.changed + report.vanished +
	    report.deactivated + report.reactivated, 0);
	assert_string_equal(state_query(state->store,
	    "SELECT max(time) FROM syncs"), "2000");
	assert_string_equal(state_query(state->store,
	    "SELECT value FROM meta WHERE key = 'last_sync'"), "2000");
	/* The host may have changed. */
	state_set_local("u7:x:1000:1000::/:/bin/sh\n", "");
	assert_err(repeat(state, &report), ERR_OK);
	assert_int_equal(report.refused, 1);
	state_account(state, "u7", "u7", "name-local");
	state_set_local("", "");
}

static const char *
etags(struct state *state)
{
	return state_query(state->store,
	    "SELECT value FROM meta WHERE key = 'scim_etags'");
}

static void
validators_are_kept_as_long_as_they_are_good(void **data)
{
	static const struct {
		enum err reason;
		const char *left;
	} reasons[] = {
		{ ERR_HTTP, "first" }, { ERR_HTTP_TLS, "first" },
		{ ERR_HTTP_STATUS, "first" }, { ERR_HTTP_AUTH, "first" },
		{ ERR_HTTP_REDIRECT, "first" }, { ERR_TIMEOUT, "first" },
		{ ERR_SCIM_PARTIAL, "" }, { ERR_SCIM_LOSS, "" },
		{ ERR_JSON, "" }, { ERR_STORE, "" }, { ERR_WORKER, "" },
	};
	struct state *state = *data;
	struct people people = { .count = 0 };
	struct diag diag = DIAG_INIT;

	add_people(&people, 0, 40, true);
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		state->options.etags = "first";
		assert_err(sync_people(state, &people, NULL), ERR_OK);
		assert_string_equal(etags(state), "first");
		assert_err(update_record_failure(state->store, 1,
		    reasons[i].reason, &diag), ERR_OK);
		assert_string_equal(etags(state), reasons[i].left);
	}
	state->options.etags = "first";
	assert_err(sync_people(state, &people, NULL), ERR_OK);
	state->options.etags = NULL;
	assert_err(sync_people(state, &people, NULL), ERR_OK);
	assert_string_equal(etags(state), "");
}

static void
validators_are_not_relied_on_for_ever(void **data)
{
	static const struct {
		int64_t now;
		const char *etags;
	} moments[] = {
		{ 2000, "first" }, { 2000 + SCIM_ETAGS_SECONDS - 1, "first" },
		{ 2000 + SCIM_ETAGS_SECONDS, "" }, { 1999, "" },
		{ INT64_MAX, "" }, { 0, "" },
	};
	struct state *state = *data;
	struct people people = { .count = 0 };
	struct update_report report;
	struct diag diag = DIAG_INIT;
	char etags[SCIM_ETAGS_MAX];

	add_people(&people, 0, 40, true);
	state->options.etags = "first";
	update_get_etags(state->store, 1, etags);
	assert_string_equal(etags, "");
	assert_err(sync_people(state, &people, NULL), ERR_OK);
	/* A listing that is as it was makes them no younger. */
	assert_err(store_meta_set_int(state->store, "last_listing", 500,
	    &diag), ERR_OK);
	assert_err(repeat(state, &report), ERR_OK);
	assert_string_equal(state_query(state->store, "SELECT value "
	    "FROM meta WHERE key = 'last_listing'"), "500");
	assert_err(store_meta_set_int(state->store, "last_listing", 2000,
	    &diag), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
		update_get_etags(state->store, moments[i].now, etags);
		assert_string_equal(etags, moments[i].etags);
	}
	assert_err(store_meta_set(state->store, "last_listing", "x", &diag),
	    ERR_OK);
	update_get_etags(state->store, 2000, etags);
	assert_string_equal(etags, "");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(p5_too_many_at_once_are_refused),
		TEST(refused_listing_changes_nothing_and_accepted_all),
		TEST(tombstones_do_not_count),
		TEST(inactive_people_are_counted_without_tombstones),
		TEST(people_whom_no_listing_has_had_hide_no_loss),
		TEST(p5_person_whom_no_listing_has_had_is_no_loss),
		TEST(groups_are_stored_as_listed),
		TEST(server_that_has_no_groups_any_more_is_a_loss),
		TEST(groups_that_have_nobody_left_are_a_loss),
		TEST(too_many_groups_at_once_are_refused),
		TEST(groups_that_are_not_wanted_any_more_are_no_loss),
		TEST(malformed_groups_are_refused),
		TEST(more_groups_than_allowed_are_refused),
		TEST(repeated_listing_takes_nobody_away),
		TEST(validators_are_kept_as_long_as_they_are_good),
		TEST(validators_are_not_relied_on_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
