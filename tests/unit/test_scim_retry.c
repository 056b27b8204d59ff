/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is asked again, and what is not.
 */
#include "unit.h"

#include "scim_fake.h"

static void
p4_a_busy_server_is_asked_again(void **state)
{
	static const int busy[] = { 429, 500, 502, 503, 504 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(busy); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		struct diag diag = DIAG_INIT;
		struct scim_fake f = { .users = 25, .fail_status = busy[i],
			.fail_from = 2, .failures = SCIM_RETRIES_MAX };

		assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_OK);
		assert_int_equal(l.distinct, 25);
		assert_int_equal(f.waits, SCIM_RETRIES_MAX);
		/* A window of one minute is sat out, with at most a quarter
		 * more. */
		assert_in_range(f.waited, 63000, 63000 * 5 / 4);
	}
}

/* Each of six waits is exactly as long as it must be once in billions of
 * syncs. */
static void
hosts_do_not_come_back_together(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 5, .fail_status = 503,
		.failures = SCIM_RETRIES_MAX };

	(void)state;
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_OK);
	assert_true(f.waited > 63000);
}

static void
p4_a_server_that_stays_busy_is_an_error(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 25, .fail_status = 503,
		.failures = SCIM_RETRIES_MAX + 1 };

	(void)state;
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_HTTP_STATUS);
	assert_memory_equal(diag.text, "503", 3);
	f = (struct scim_fake){ .users = 25, .fail_status = 503,
		.failures = 3, .patience_ms = 2000 };
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_HTTP_STATUS);
	assert_int_equal(f.requests, 2);
}

static void
retry_after_is_obeyed_within_bounds(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	AUTO(scim_listing) struct scim_listing m = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 5, .fail_status = 429, .failures = 1,
		.retry_after = 40 };

	(void)state;
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_OK);
	assert_in_range(f.waited, 40000, 50000);
	f = (struct scim_fake){ .users = 5, .fail_status = 429, .failures = 1,
		.retry_after = 3600 };
	assert_err(scim_fake_list_tens(&f, &m, &diag), ERR_HTTP_STATUS);
	assert_int_equal(f.waits, 0);
	assert_non_null(strstr(diag.text, "3600"));
}

static void
a_lost_connection_is_tried_again_only_after_the_first_page(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	AUTO(scim_listing) struct scim_listing m = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .users = 25, .fail_err = ERR_HTTP, .fail_from = 2,
		.failures = 1 };

	(void)state;
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_OK);
	assert_int_equal(f.waits, 1);
	f = (struct scim_fake){ .users = 25, .fail_err = ERR_HTTP, .failures = 1 };
	assert_err(scim_fake_list_tens(&f, &m, &diag), ERR_HTTP);
	assert_int_equal(f.waits, 0);
}

static void
errors_that_will_not_pass_are_not_tried_again(void **state)
{
	static const struct {
		int status;
		enum err fails;
		enum err want;
		const char *says;
	} cases[] = {
		{ 400, ERR_OK, ERR_HTTP_STATUS, "400" },
		{ 401, ERR_OK, ERR_HTTP_AUTH, "8x8 replaces it" },
		{ 403, ERR_OK, ERR_HTTP_AUTH, "403" },
		{ 404, ERR_OK, ERR_HTTP_STATUS, "Tenant URL" },
		{ 501, ERR_OK, ERR_HTTP_STATUS, "501" },
		{ 204, ERR_OK, ERR_HTTP_STATUS, "204" },
		{ 0, ERR_HTTP_TLS, ERR_HTTP_TLS, "broken" },
		{ 0, ERR_HTTP_REDIRECT, ERR_HTTP_REDIRECT, "broken" },
		{ 0, ERR_TIMEOUT, ERR_TIMEOUT, "broken" },
		{ 0, ERR_TOO_LONG, ERR_TOO_LONG, "broken" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		struct diag diag = DIAG_INIT;
		struct scim_fake f = { .users = 25, .failures = 1, .fail_from = 2,
			.fail_status = cases[i].status,
			.fail_err = cases[i].fails };

		assert_err(scim_fake_list_tens(&f, &l, &diag), cases[i].want);
		assert_int_equal(f.requests, 2);
		assert_non_null(strstr(diag.text, cases[i].says));
	}
}

static void
what_the_server_says_about_an_error_is_shown_and_cut(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	AUTO(buf) struct buf body = BUF_INIT(4096);
	struct diag diag = DIAG_INIT;
	struct scim_fake f = { .fail_status = 400, .failures = 2,
		.error_body = "{\"schemas\":[\"urn:ietf:params:scim:api:"
		    "messages:2.0:Error\"],\"status\":\"400\","
		    "\"scimType\":\"invalidFilter\",\"detail\":\"no such\"}" };

	(void)state;
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_HTTP_STATUS);
	assert_non_null(strstr(diag.text, "the server says \"no such\""));
	assert_err(buf_printf(&body, "{\"detail\":\"%0999d\"}", 0), ERR_OK);
	f = (struct scim_fake){ .fail_status = 400, .failures = 1,
		.error_body = buf_str(&body) };
	assert_err(scim_fake_list_tens(&f, &l, &diag), ERR_HTTP_STATUS);
	assert_in_range(strlen(diag.text), 200, 300);
}

static void
only_json_types_are_taken(void **state)
{
	static const struct {
		const char *type;
		enum err err;
	} cases[] = {
		{ "application/scim+json", ERR_OK },
		{ "Application/JSON ; charset=x", ERR_OK },
		{ "application/json", ERR_OK }, { "text/html", ERR_SCIM },
		{ "", ERR_SCIM }, { "application/json-seq", ERR_SCIM },
		{ "text/plain; application/json", ERR_SCIM },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		struct diag diag = DIAG_INIT;
		struct scim_fake f = { .users = 5,
			.content_type = cases[i].type };

		assert_err(scim_fake_list_tens(&f, &l, &diag), cases[i].err);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(p4_a_busy_server_is_asked_again),
		cmocka_unit_test(hosts_do_not_come_back_together),
		cmocka_unit_test(p4_a_server_that_stays_busy_is_an_error),
		cmocka_unit_test(retry_after_is_obeyed_within_bounds),
		cmocka_unit_test(
		    a_lost_connection_is_tried_again_only_after_the_first_page),
		cmocka_unit_test(errors_that_will_not_pass_are_not_tried_again),
		cmocka_unit_test(
		    what_the_server_says_about_an_error_is_shown_and_cut),
		cmocka_unit_test(only_json_types_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
