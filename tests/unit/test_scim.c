/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When is a listing complete?
 */
#include "unit.h"

#include <stdlib.h>

#include "scim_fake.h"

static void
p1_pages_are_counted_by_what_was_received(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 9, 10, 11, 20, 95 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (uint64_t cap = 0; cap < 11; cap += 3) {
			AUTO(scim_listing) struct scim_listing l =
			    SCIM_LISTING_INIT;
			struct diag diag = DIAG_INIT;
			struct scim_fake f = { .users = sizes[i], .page_cap = cap };

			assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_OK);
			assert_int_equal(l.count, sizes[i]);
			assert_int_equal(l.distinct, sizes[i]);
			assert_int_equal(l.total, sizes[i]);
			for (size_t n = 0; n < l.count; n++)
				assert_int_equal(strtoull(l.record[n]->id,
				    NULL, 10), n);
		}
}

/* The next page is asked for while one is read: no page but one that will be
 * needed, as long as the server gives as much as it did before. */
static void
pages_are_asked_for_ahead(void **state)
{
	static const struct {
		struct scim_fake server;
		unsigned int requests;
		unsigned int foreseen;
		unsigned int wasted;
	} cases[] = {
		{ { .users = 0 }, 1, 0, 0 },
		{ { .users = 20 }, 2, 0, 0 },
		{ { .users = 95 }, 10, 8, 0 },
		{ { .users = 100 }, 10, 8, 0 },
		{ { .users = 95, .page_cap = 4 }, 24, 22, 0 },
		{ { .users = 95, .uneven = true }, 11, 0, 1 },
		{ { .users = 95, .by_cursor = true }, 10, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		struct diag diag = DIAG_INIT;
		struct scim_fake f = cases[i].server;

		assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_OK);
		assert_int_equal(l.count, f.users);
		assert_int_equal(f.requests, cases[i].requests);
		assert_int_equal(f.foreseen, cases[i].foreseen);
		assert_int_equal(f.wasted, cases[i].wasted);
		assert_string_equal(f.expected, "");
	}
}

/* What was asked for ahead does not count when a page says otherwise. */
static void
a_page_that_was_expected_is_not_waited_for(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 95, .grow_every = 5, .grows = 1 };

	(void)state;
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_OK);
	assert_int_equal(l.count, 96);
	assert_int_equal(f.requests, 5 + 10);
	assert_int_equal(f.wasted, 1);
}

static void
a_server_blind_to_start_index_ends_and_is_partial(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 900, .blind = true };

	(void)state;
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_SCIM_PARTIAL);
	assert_int_equal(f.requests, 2);
}

static void
a_first_page_past_the_end_does_not_complete_a_listing(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 25, .wraps = true, .hidden = 75 };

	(void)state;
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_SCIM_PARTIAL);
	assert_int_equal(f.requests, 4);
}

static void
p1_users_that_are_counted_and_not_listed_make_it_partial(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 25, .hidden = 1 };

	(void)state;
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_SCIM_PARTIAL);
	assert_non_null(strstr(diag.text, "26"));
	assert_non_null(strstr(diag.text, "25"));
}

static void
users_that_are_listed_and_not_counted_make_it_partial(void **data)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 25, .hidden = (uint64_t)-16 };

	(void)data;
	/* Nine, it says, and gives ten at once: who knows how many it has. */
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_SCIM_PARTIAL);
}

static void
users_that_keep_moving_make_it_partial(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 25, .repeat_at = 24,
		.repeats = UINT32_MAX };

	(void)state;
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_SCIM_PARTIAL);
	assert_int_equal(f.requests, 3 * SCIM_ATTEMPTS_MAX);
}

static void
users_that_move_once_make_it_begin_again(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 25, .repeat_at = 10, .repeats = 1 };

	(void)state;
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_OK);
	assert_int_equal(l.distinct, 25);
	assert_int_equal(l.count, 25);
	assert_int_equal(f.requests, 6);
}

static void
a_total_that_changes_makes_it_begin_again(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 25, .grow_every = 2,
		.grows = 99 };

	(void)state;
	/* With requests 2, 4, 6 ...: no attempt of three pages is quiet. */
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_SCIM_PARTIAL);
	assert_non_null(strstr(diag.text, "changed"));
	f = (struct scim_fake){ .users = 25, .grow_every = 2,
		.grows = 1 };
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_OK);
	assert_int_equal(l.total, 26);
	assert_int_equal(l.distinct, 26);
}

/* One came in front and another moved back: who fell between two pages is
 * missing, though as many came as were said to be there. */
static void
who_falls_between_two_pages_is_not_lost(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 25, .grow_every = 3, .grows = 1,
		.repeat_at = 24, .repeats = 1 };

	(void)state;
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_OK);
	assert_int_equal(l.total, 26);
	assert_int_equal(l.distinct, 26);
	assert_int_equal(f.requests, 6);
}

static void
a_cursor_that_nobody_asked_for_is_followed(void **state)
{
	(void)state;
	for (int no_total = 0; no_total < 2; no_total++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		struct diag diag = DIAG_INIT;
		struct scim_fake f = { .users = 25, .by_cursor = true,
			.no_total = no_total };

		assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_OK);
		assert_int_equal(l.distinct, 25);
		assert_int_equal(l.total, 25);
		assert_string_equal(f.url, FAKE_URL "/Users?count=10&cursor=20");
	}
}

static void
without_total_and_cursor_it_is_no_listing(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 5, .no_total = true };

	(void)state;
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_SCIM);
}

static void
more_users_than_allowed_are_an_error(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 1001 };

	(void)state;
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_SCIM_LIMITS);
	assert_int_equal(f.requests, 1);
	assert_non_null(strstr(diag.text, "max_users"));
	f = (struct scim_fake){ .users = 1001, .by_cursor = true,
		.no_total = true };
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_SCIM_LIMITS);
}

static void
a_connection_test_asks_for_one_page(void **state)
{
	const struct scim_request request = {
		.url = FAKE_URL, .page_size = 1, .max_users = 1000,
		.first_page_only = true, .groups = true, FAKE_PLAIN
	};
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 500 };

	(void)state;
	assert_err(scim_fake_list(&f, &request, &l, &diag), ERR_OK);
	assert_int_equal(f.requests, 1);
	assert_int_equal(l.total, 500);
	assert_string_equal(f.url, FAKE_URL "/Users?startIndex=1&count=1");
}

static void
a_tenant_url_that_cannot_be_extended_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "https://h/scim?x=1", "http://scim.example/", "ftp://h",
		"https://h/scim#x",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const struct scim_request request = {
			.url = bad[i], .page_size = 10, .max_users = 10,
			FAKE_PLAIN
		};
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		struct diag diag = DIAG_INIT;
		struct scim_fake f = { .users = 5 };

		assert_err(scim_fake_list(&f, &request, &l, &diag), ERR_SYNTAX);
		assert_int_equal(f.requests, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(p1_pages_are_counted_by_what_was_received),
		cmocka_unit_test(pages_are_asked_for_ahead),
		cmocka_unit_test(a_page_that_was_expected_is_not_waited_for),
		cmocka_unit_test(
		    a_server_blind_to_start_index_ends_and_is_partial),
		cmocka_unit_test(
		    a_first_page_past_the_end_does_not_complete_a_listing),
		cmocka_unit_test(
		    p1_users_that_are_counted_and_not_listed_make_it_partial),
		cmocka_unit_test(
		    users_that_are_listed_and_not_counted_make_it_partial),
		cmocka_unit_test(users_that_keep_moving_make_it_partial),
		cmocka_unit_test(users_that_move_once_make_it_begin_again),
		cmocka_unit_test(a_total_that_changes_makes_it_begin_again),
		cmocka_unit_test(who_falls_between_two_pages_is_not_lost),
		cmocka_unit_test(a_cursor_that_nobody_asked_for_is_followed),
		cmocka_unit_test(without_total_and_cursor_it_is_no_listing),
		cmocka_unit_test(more_users_than_allowed_are_an_error),
		cmocka_unit_test(a_connection_test_asks_for_one_page),
		cmocka_unit_test(
		    a_tenant_url_that_cannot_be_extended_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
