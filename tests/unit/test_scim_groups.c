/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Users and groups in one listing; cursors that are lost.
 */
#include "unit.h"

#include "scim_fake.h"

static const struct scim_request both = {
	.url = FAKE_URL, .page_size = 10, .max_users = 1000, .groups = true,
	FAKE_PLAIN
};

static enum err
list(struct scim_fake *f, struct scim_listed *ret, struct diag *diag)
{
	return scim_fake_list_all(f, &both, ret, diag);
}

static void
groups_are_paged_as_users_are(void **state)
{
	(void)state;
	for (uint64_t cap = 0; cap < 11; cap += 3)
		for (int cursors = 0; cursors < 2; cursors++) {
			AUTO(scim_listed) struct scim_listed l =
			    SCIM_LISTED_INIT;
			struct diag diag = DIAG_INIT;
			struct scim_fake f = { .users = 25, .groups = 35,
				.members = 3, .page_cap = cap,
				.by_cursor = cursors };

			assert_err(list(&f, &l, &diag), ERR_OK);
			assert_true(l.has_groups);
			assert_int_equal(l.users.count, 25);
			assert_int_equal(l.groups.count, 35);
			assert_int_equal(l.groups.total, 35);
			assert_string_equal(l.groups.group[34]->record.id,
			    "g34");
			assert_memory_equal(l.groups.group[34]->member,
			    "0\0" "1\0" "2", 6);
		}
}

static void
groups_are_asked_for_only_where_they_are_wanted(void **state)
{
	AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
	AUTO(scim_listed) struct scim_listed first = SCIM_LISTED_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 5, .groups = 5 };
	struct scim_request request = both;

	(void)state;
	request.groups = false;
	assert_err(scim_fake_list_all(&f, &request, &l, &diag), ERR_OK);
	assert_int_equal(f.requests, 1);
	assert_false(l.has_groups);
	request.groups = true;
	request.first_page_only = true;
	f = (struct scim_fake){ .users = 5, .groups = 5 };
	assert_err(scim_fake_list_all(&f, &request, &first, &diag), ERR_OK);
	assert_int_equal(f.requests, 1);
	assert_false(first.has_groups);
}

static void
a_server_may_have_none(void **state)
{
	static const int none[] = { 404, 405, 501 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
		struct diag diag = DIAG_INIT;
		struct scim_fake f = { .users = 25, .groups = 5,
			.groups_status = none[i] };

		assert_err(list(&f, &l, &diag), ERR_OK);
		assert_int_equal(l.users.count, 25);
		assert_false(l.has_groups);
		assert_int_equal(f.waits, 0);
	}
}

static void
no_groups_at_the_moment_is_something_else(void **state)
{
	AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 5 };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_OK);
	assert_true(l.has_groups);
	assert_int_equal(l.groups.count, 0);
}

static void
any_other_failure_is_one_of_the_whole_listing(void **state)
{
	static const struct {
		int status;
		enum err want;
	} cases[] = {
		{ 400, ERR_HTTP_STATUS }, { 401, ERR_HTTP_AUTH },
		{ 403, ERR_HTTP_AUTH }, { 410, ERR_HTTP_STATUS },
		{ 429, ERR_HTTP_STATUS }, { 500, ERR_HTTP_STATUS },
		{ 503, ERR_HTTP_STATUS }, { 204, ERR_HTTP_STATUS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
		struct diag diag = DIAG_INIT;
		struct scim_fake f = { .users = 5,
			.groups_status = cases[i].status };

		assert_err(list(&f, &l, &diag), cases[i].want);
		assert_non_null(strstr(diag.text, "[groups] scim = no"));
	}
}

static void
pages_of_groups_do_not_go_missing(void **state)
{
	static const int statuses[] = { 404, 405, 501 };

	(void)state;
	/* Request 1 is all users, 2 the first groups, 3 the others. */
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
		struct diag diag = DIAG_INIT;
		struct scim_fake f = { .users = 5, .groups = 15,
			.fail_from = 3, .failures = 1,
			.fail_status = statuses[i] };

		assert_err(list(&f, &l, &diag), ERR_HTTP_STATUS);
	}
}

/* Requests 2 and 3 find groups, and the cursor is lost. */
static void
groups_that_were_there_a_moment_ago_are_not_missing(void **state)
{
	static const int statuses[] = { 404, 405, 501 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
		struct diag diag = DIAG_INIT;
		struct scim_fake f = { .users = 5, .groups = 15,
			.by_cursor = true, .expiry = "expiredCursor",
			.expiries = 1, .fail_from = 4, .failures = 1,
			.fail_status = statuses[i] };

		assert_err(list(&f, &l, &diag), ERR_SCIM_PARTIAL);
	}
}

static void
users_cannot_be_missing(void **state)
{
	static const int statuses[] = { 404, 405, 501 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
		struct diag diag = DIAG_INIT;
		struct scim_fake f = { .users = 5, .groups = 15,
			.failures = 1, .fail_status = statuses[i] };

		assert_err(list(&f, &l, &diag), ERR_HTTP_STATUS);
		assert_int_equal(f.requests, 1);
	}
}

static void
groups_that_are_repeated_are_kept_once(void **state)
{
	AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 5, .groups = 30,
		.groups_repeat = true };

	(void)state;
	/* 15 groups, it says, and gives each twice. */
	assert_err(list(&f, &l, &diag), ERR_SCIM_PARTIAL);
	f = (struct scim_fake){ .users = 25, .groups = 30, .by_cursor = true,
		.no_total = true, .groups_repeat = true };
	assert_err(list(&f, &l, &diag), ERR_OK);
	assert_int_equal(l.groups.count, 15);
	assert_int_equal(l.groups.received, 30);
}

static void
a_server_blind_to_start_index_has_no_groups_to_believe_in(void **state)
{
	AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 5, .groups = 50, .blind = true };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_SCIM_PARTIAL);
	assert_int_equal(f.requests, 3);
	assert_non_null(strstr(diag.text, "50 groups"));
}

static void
there_are_not_more_groups_than_allowed(void **state)
{
	AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 5, .groups = SCIM_GROUPS_MAX + 1 };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_SCIM_LIMITS);
	assert_int_equal(f.requests, 2);
	assert_null(strstr(diag.text, "max_users"));
}

/* -- cursors --------------------------------------------------------------- */

static void
a_lost_cursor_begins_again(void **state)
{
	static const char *const types[] = {
		"expiredCursor", "invalidCursor", "EXPIREDCURSOR"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
		struct diag diag = DIAG_INIT;
		struct scim_fake f = { .users = 25, .groups = 15,
			.by_cursor = true, .expiry = types[i],
			.expiries = SCIM_ATTEMPTS_MAX - 1 };

		assert_err(list(&f, &l, &diag), ERR_OK);
		assert_int_equal(l.users.count, 25);
		assert_int_equal(l.users.received, 25);
		assert_int_equal(f.requests,
		    2 * (SCIM_ATTEMPTS_MAX - 1) + 3 + 2);
	}
}

static void
a_cursor_that_is_lost_every_time_is_an_error(void **state)
{
	AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 25, .by_cursor = true,
		.expiry = "expiredCursor", .expiries = SCIM_ATTEMPTS_MAX };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_SCIM_EXPIRED);
	assert_int_equal(f.requests, 2 * SCIM_ATTEMPTS_MAX);
}

static void
other_errors_about_a_cursor_are_final(void **state)
{
	static const char *const types[] = {
		"invalidCount", "invalidValue", "", "expiredCursor ",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
		struct diag diag = DIAG_INIT;
		struct scim_fake f = { .users = 25, .by_cursor = true,
			.expiry = types[i], .expiries = 1 };

		assert_err(list(&f, &l, &diag), ERR_HTTP_STATUS);
		assert_int_equal(f.requests, 2);
	}
}

static void
nobody_loses_a_cursor_who_was_given_none(void **state)
{
	AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 25, .fail_status = 400,
		.fail_from = 2, .failures = 1,
		.error_body = "{\"scimType\":\"expiredCursor\"}" };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_HTTP_STATUS);
	assert_int_equal(f.requests, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_are_paged_as_users_are),
		cmocka_unit_test(
		    groups_are_asked_for_only_where_they_are_wanted),
		cmocka_unit_test(a_server_may_have_none),
		cmocka_unit_test(no_groups_at_the_moment_is_something_else),
		cmocka_unit_test(any_other_failure_is_one_of_the_whole_listing),
		cmocka_unit_test(pages_of_groups_do_not_go_missing),
		cmocka_unit_test(
		    groups_that_were_there_a_moment_ago_are_not_missing),
		cmocka_unit_test(users_cannot_be_missing),
		cmocka_unit_test(groups_that_are_repeated_are_kept_once),
		cmocka_unit_test(
		    a_server_blind_to_start_index_has_no_groups_to_believe_in),
		cmocka_unit_test(there_are_not_more_groups_than_allowed),
		cmocka_unit_test(a_lost_cursor_begins_again),
		cmocka_unit_test(a_cursor_that_is_lost_every_time_is_an_error),
		cmocka_unit_test(other_errors_about_a_cursor_are_final),
		cmocka_unit_test(nobody_loses_a_cursor_who_was_given_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
