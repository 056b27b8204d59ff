/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include "base/limits.h"

static void
empty_listing_changes_nothing(void **data)
{
	struct state *state = *data;
	struct record records[] = { state_record("a", "ann", T1) };

	assert_err(state_sync(state, NULL, 0, NULL), ERR_SCIM_EMPTY);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM meta"), "0");
	STATE_SYNC(state, records, NULL);
	assert_err(state_sync(state, NULL, 0, NULL), ERR_SCIM_EMPTY);
	assert_string_equal(state_user(state, "active || vanished", "a"), "10");
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM syncs"), "1");
}

static void
listing_that_is_given_up_changes_nothing(void **data)
{
	struct state *state = *data;
	struct record a = state_record("a", "ann", T1);
	struct update *update = NULL;
	struct diag diag = DIAG_INIT;

	assert_err(update_begin(state->store, &state->conf, 1, &update,
	    &diag), ERR_OK);
	assert_err(update_add(update, &a, &diag), ERR_OK);
	update_free(&update);
	update_free(&update);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM users"), "0");
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM ids"), "0");
}

static void
collecting_does_not_lock_the_database(void **data)
{
	struct state *state = *data;
	struct record a = state_record("a", "ann", T1);
	struct update *update = NULL;
	struct update_report report;
	struct store *other = NULL;
	struct diag diag = DIAG_INIT;

	assert_err(update_begin(state->store, &state->conf, 1, &update,
	    &diag), ERR_OK);
	assert_err(update_add(update, &a, &diag), ERR_OK);
	assert_err(store_open(state->path, false, &other, &diag), ERR_OK);
	state_exec(other, "PRAGMA busy_timeout = 0", ERR_OK);
	state_exec(other, "INSERT INTO meta VALUES ('login', '1')", ERR_OK);
	store_free(&other);
	assert_err(update_commit(&update, &state->options,
	    &report, &diag), ERR_OK);
	assert_null(update);
}

static void
p6_failure_at_the_last_step_changes_nothing(void **data)
{
	struct state *state = *data;
	struct record records[] = { state_record("a", "ann", T1) };
	struct update_report report = { .listed = 77 };

	state_exec(state->store, "CREATE TEMP TRIGGER broken "
	    "BEFORE INSERT ON main.syncs BEGIN "
	    "SELECT RAISE(FAIL, 'no'); END", ERR_OK);
	assert_err(state_sync(state, records, 1, &report), ERR_EXISTS);
	assert_int_equal(report.listed, 77);
	assert_string_equal(state_query(state->store,
	    "SELECT (SELECT count(*) FROM users) || (SELECT count(*) "
	    "FROM ids) || (SELECT count(*) FROM meta)"), "000");
}

static void
report_counts_what_happened(void **data)
{
	struct state *state = *data;
	struct record first[] = {
		state_record("a", "ann", T1), state_record("b", "bob", T1),
		state_record("c", "cid", T1), state_record("d", "dot", T1),
		state_record("a", "thief", T1), state_record("e", "1x", T1),
	};
	struct record second[] = {
		state_record("a", "ann", T1), state_record("b", "bob", T1),
		state_record("c", "cid", T1), state_record("f", "fay", T1),
	};
	struct update_report report;

	STATE_SYNC(state, first, &report);
	assert_int_equal(report.listed, 5);
	assert_int_equal(report.duplicates, 1);
	assert_int_equal(report.added, 5);
	assert_int_equal(report.changed, 0);
	assert_int_equal(report.deactivated, 0);
	assert_int_equal(report.vanished, 0);
	assert_int_equal(report.refused, 1);
	state_account(state, "a", "ann", "");
	second[1].title = "Agent";
	second[2].active = false;
	STATE_SYNC(state, second, &report);
	assert_int_equal(report.listed, 4);
	assert_int_equal(report.duplicates, 0);
	assert_int_equal(report.added, 1);
	assert_int_equal(report.changed, 1);
	assert_int_equal(report.deactivated, 1);
	assert_int_equal(report.vanished, 2);
	assert_int_equal(report.refused, 0);
	STATE_SYNC(state, second, &report);
	assert_int_equal(report.added + report.changed + report.deactivated +
	    report.vanished, 0);
}

static void
p7_every_changed_attribute_is_stored(void **data)
{
	struct state *state = *data;
	struct record r = state_record("a", "ann", T1);
	const struct {
		const char **field;
		const char *column;
	} fields[] = {
		{ &r.external_id, "external_id" },
		{ &r.user_name, "user_name" },
		{ &r.given_name, "given_name" },
		{ &r.family_name, "family_name" }, { &r.title, "title" },
		{ &r.department, "department" }, { &r.site, "site" },
		{ &r.created, "created" },
	};
	struct update_report report;

	assert_err(state_sync(state, &r, 1, &report), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		*fields[i].field = "changed";
		assert_err(state_sync(state, &r, 1, &report), ERR_OK);
		assert_int_equal(report.changed, 1);
		assert_string_equal(state_user(state, fields[i].column, "a"),
		    "changed");
	}
}

static void
record_without_an_id_is_refused(void **data)
{
	struct state *state = *data;
	struct record nobody = state_record("", "ann", T1);
	AUTO(update) struct update *update = NULL;
	struct diag diag = DIAG_INIT;

	assert_err(update_begin(state->store, &state->conf, 1, &update,
	    &diag), ERR_OK);
	assert_err(update_add(update, &nobody, &diag), ERR_SCIM);
}

static void
more_users_than_configured_are_refused(void **data)
{
	struct state *state = *data;
	struct record a = state_record("a", "ann", T1);
	struct record b = state_record("b", "bob", T1);
	AUTO(update) struct update *update = NULL;
	struct diag diag = DIAG_INIT;

	state->conf.scim_max_users = 1;
	assert_err(update_begin(state->store, &state->conf, 1, &update,
	    &diag), ERR_OK);
	assert_err(update_add(update, &a, &diag), ERR_OK);
	assert_err(update_add(update, &a, &diag), ERR_OK);
	assert_err(update_add(update, &b, &diag), ERR_SCIM_LIMITS);
}

static void
first_of_those_with_one_id_counts(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("b", "bob", T1), state_record("a", "ann", T1),
		state_record("b", "eve", T1), state_record("a", "eve", T1),
		state_record("b", "eve", T1), state_record("c", "cid", T1),
	};
	struct update_report report;

	state->conf.scim_max_users = 3;
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.listed, 3);
	assert_int_equal(report.duplicates, 3);
	state_account(state, "a", "ann", "");
	state_account(state, "b", "bob", "");
	state->conf.scim_max_users = 100;
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.duplicates, 3);
	assert_int_equal(report.changed, 0);
	state_account(state, "c", "cid", "");
}

static void
history_keeps_the_last_hundred(void **data)
{
	struct state *state = *data;
	struct record records[] = { state_record("a", "ann", T1) };
	struct diag diag = DIAG_INIT;
	int64_t last = 0;

	STATE_SYNC(state, records, NULL);
	assert_err(store_meta_get_int(state->store, "last_sync", &last,
	    &diag), ERR_OK);
	assert_int_equal(last, 1000);
	assert_string_equal(state_query(state->store,
	    "SELECT time || result || listed || added FROM syncs"),
	    "1000ok11");
	for (int i = 0; i < SYNC_HISTORY_MAX; i++)
		assert_err(update_record_failure(state->store, 2000 + i,
		    ERR_HTTP_AUTH, &diag), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) || ' ' || min(time) || ' ' || max(time) || ' ' "
	    "|| min(result) FROM syncs"), "100 2000 2099 http-auth");
	assert_err(store_meta_get_int(state->store, "last_sync", &last,
	    &diag), ERR_OK);
	assert_int_equal(last, 1000);
}

static void
vanished_person_is_a_tombstone_with_name_and_id(void **data)
{
	struct state *state = *data;
	struct record both[] = {
		state_record("a", "ann", T1), state_record("b", "bob", T1),
	};
	struct record one[] = { state_record("b", "bob", T1) };
	struct update_report report;
	const char *uid;

	STATE_SYNC(state, both, NULL);
	uid = state_user(state, "uid", "a");
	STATE_SYNC(state, one, &report);
	assert_int_equal(report.vanished, 1);
	state_account(state, "a", "ann", "");
	assert_string_equal(state_user(state, "uid", "a"), uid);
	assert_string_equal(state_user(state, "active || vanished", "a"), "01");
	STATE_SYNC(state, one, &report);
	assert_int_equal(report.vanished, 0);
	STATE_SYNC(state, both, &report);
	assert_int_equal(report.added, 0);
	assert_int_equal(report.reactivated, 1);
	assert_int_equal(report.changed, 0);
	state_account(state, "a", "ann", "");
	assert_string_equal(state_user(state, "uid", "a"), uid);
	assert_string_equal(state_user(state, "active || vanished", "a"), "10");
}

static void
inactive_person_who_comes_back_is_no_tombstone(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("b", "bob", T1), state_record("a", "ann", T1),
	};
	struct update_report report;

	records[1].active = false;
	STATE_SYNC(state, records, NULL);
	assert_err(state_sync(state, records, 1, NULL), ERR_OK);
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.changed, 1);
	assert_string_equal(state_user(state, "active || vanished", "a"),
	    "00");
}

static void
deactivated_person_stays_with_everything(void **data)
{
	struct state *state = *data;
	struct record records[] = { state_record("a", "ann", T1) };
	struct update_report report;

	STATE_SYNC(state, records, NULL);
	records[0].active = false;
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.deactivated, 1);
	state_account(state, "a", "ann", "");
	assert_string_equal(state_user(state, "active || vanished", "a"), "00");
}

static void
p7_site_is_written_once_and_the_rest_goes_on(void **data)
{
	struct state *state = *data;
	struct record records[] = { state_record("a", "ann", T1) };
	struct update_report report;

	STATE_SYNC(state, records, NULL);
	records[0].site = "Berlin";
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.site_conflicts, 0);
	records[0].site = "Paris";
	records[0].title = "Agent";
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.site_conflicts, 1);
	assert_string_equal(state_user(state, "site || title", "a"),
	    "BerlinAgent");
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.site_conflicts, 1);
	assert_int_equal(report.changed, 0);
	records[0].site = "";
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.site_conflicts, 0);
	assert_string_equal(state_user(state, "site", "a"), "Berlin");
	/* Not by any program that there may be. */
	state_exec(state->store, "UPDATE users SET site = 'Paris'",
	    ERR_EXISTS);
	state_exec(state->store, "UPDATE users SET site = ''", ERR_EXISTS);
	state_exec(state->store, "UPDATE users SET site = 'Berlin'", ERR_OK);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(empty_listing_changes_nothing),
		TEST(listing_that_is_given_up_changes_nothing),
		TEST(collecting_does_not_lock_the_database),
		TEST(p6_failure_at_the_last_step_changes_nothing),
		TEST(report_counts_what_happened),
		TEST(p7_every_changed_attribute_is_stored),
		TEST(record_without_an_id_is_refused),
		TEST(more_users_than_configured_are_refused),
		TEST(first_of_those_with_one_id_counts),
		TEST(history_keeps_the_last_hundred),
		TEST(vanished_person_is_a_tombstone_with_name_and_id),
		TEST(inactive_person_who_comes_back_is_no_tombstone),
		TEST(deactivated_person_stays_with_everything),
		TEST(p7_site_is_written_once_and_the_rest_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
