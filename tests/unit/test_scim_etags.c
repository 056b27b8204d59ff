/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A listing that is as it was.
 */
#include "unit.h"

#include <stdlib.h>

#include "scim_fake.h"

static const struct scim_request both = {
	.url = FAKE_URL, .page_size = 10, .max_users = 1000, .groups = true,
	FAKE_PLAIN
};

/* The validators of a listing; freed by the caller. */
static char *
etags_of(struct scim_fake *f, const struct scim_request *request)
{
	AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
	struct diag diag = DIAG_INIT;
	char *etags;

	assert_err(scim_fake_list_all(f, request, &l, &diag), ERR_OK);
	assert_false(l.unchanged);
	etags = strdup(buf_str(&l.etags));
	assert_non_null(etags);
	f->requests = f->unmodified = 0;
	return etags;
}

/* Lists again with these.  Is that a whole listing? */
static bool
lists_all(struct scim_fake *f, struct scim_request request, const char *etags)
{
	AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
	struct diag diag = DIAG_INIT;

	f->requests = f->unmodified = 0;
	request.etags = etags;
	assert_err(scim_fake_list_all(f, &request, &l, &diag), ERR_OK);
	if (l.unchanged) {
		assert_int_equal(l.users.count, 0);
		assert_int_equal(l.groups.count, 0);
		assert_int_equal(l.users.total, f->users);
		assert_int_equal(l.has_groups, f->groups_status == 0);
		assert_string_equal(buf_str(&l.etags), etags);
		return false;
	}
	assert_int_equal(l.users.count, f->users);
	return true;
}

static void
p2_what_has_not_changed_is_not_sent_again(void **state)
{
	static const char tags[] = { 's', 'w' };

	(void)state;
	for (size_t i = 0; i < sizeof(tags); i++) {
		struct scim_fake f = { .users = 25, .groups = 15,
			.tags = tags[i] };
		AUTO_FREE char *etags = etags_of(&f, &both);

		assert_false(lists_all(&f, both, etags));
		assert_int_equal(f.requests, 5);
		assert_int_equal(f.unmodified, 5);
	}
}

static void
an_empty_server_stays_empty(void **state)
{
	struct scim_fake f = { .tags = 's' };
	AUTO_FREE char *etags = etags_of(&f, &both);

	(void)state;
	assert_false(lists_all(&f, both, etags));
	assert_int_equal(f.unmodified, 2);
}

static void
p2_one_page_that_changed_has_everything_listed(void **state)
{
	static const uint64_t pages[] = { 1, 11, 21 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		struct scim_fake f = { .users = 25, .groups = 5, .tags = 's' };
		AUTO_FREE char *etags = etags_of(&f, &both);

		f.changed = pages[i];
		assert_true(lists_all(&f, both, etags));
		assert_int_equal(f.unmodified, i);
		/* Without conditions: those, one with its body, and all. */
		assert_int_equal(f.requests, i + 1 + 4);
	}
}

static void
a_page_of_groups_that_changed_has_everything_listed(void **state)
{
	struct scim_fake f = { .users = 5, .groups = 25, .tags = 's' };
	AUTO_FREE char *etags = etags_of(&f, &both);

	(void)state;
	f.changed = 11;
	assert_true(lists_all(&f, both, etags));
	assert_int_equal(f.unmodified, 2);
}

static void
without_all_tags_there_are_none(void **state)
{
	static const struct scim_fake servers[] = {
		{ .users = 25, .groups = 15 },
		{ .users = 25, .groups = 15, .tags = 's', .untagged = 1 },
		{ .users = 25, .groups = 15, .tags = 's', .untagged = 11 },
		{ .users = 25, .groups = 15, .tags = 's', .untagged = 21 },
		{ .users = 5, .groups = 15, .tags = 's', .untagged = 11 },
		/* A cursor leads elsewhere next time. */
		{ .users = 25, .groups = 5, .tags = 's', .by_cursor = true },
		{ .users = 5, .groups = 15, .tags = 's', .by_cursor = true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(servers); i++) {
		struct scim_fake f = servers[i];
		AUTO_FREE char *etags = etags_of(&f, &both);

		assert_string_equal(etags, "");
	}
}

static void
a_connection_test_has_no_validators(void **state)
{
	struct scim_fake f = { .users = 5, .tags = 's' };
	struct scim_request request = both;
	AUTO_FREE char *etags = etags_of(&f, &both);
	AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
	struct diag diag = DIAG_INIT;

	(void)state;
	request.first_page_only = true;
	request.etags = etags;
	assert_err(scim_fake_list_all(&f, &request, &l, &diag), ERR_OK);
	assert_false(l.unchanged);
	assert_int_equal(f.unmodified, 0);
	assert_int_equal(l.etags.len, 0);
}

static void
too_many_tags_are_none(void **state)
{
	struct scim_fake f = { .users = 20000, .tags = 's' };
	struct scim_request request = both;
	AUTO_FREE char *etags = NULL;

	(void)state;
	request.page_size = 1;
	request.max_users = 20000;
	etags = etags_of(&f, &request);
	assert_string_equal(etags, "");
}

static void
validators_of_an_attempt_that_was_given_up_are_forgotten(void **state)
{
	struct scim_fake f = { .users = 25, .tags = 's', .repeat_at = 10,
		.repeats = 1 };
	AUTO_FREE char *etags = etags_of(&f, &both);

	(void)state;
	assert_false(lists_all(&f, both, etags));
	assert_int_equal(f.unmodified, 4);
}

static void
validators_hold_for_one_question_only(void **state)
{
	struct scim_request others[6] = {
		both, both, both, both, both, both
	};
	struct scim_fake f = { .users = 25, .groups = 15, .tags = 's' };
	AUTO_FREE char *etags = etags_of(&f, &both);

	(void)state;
	others[0].url = FAKE_URL "/";
	others[1].page_size = 11;
	others[2].groups = false;
	others[3].uid_attribute = "uidNumber";
	others[4].gid_attribute = "gidNumber";
	others[5].max_users = 25;
	for (size_t i = 0; i < 5; i++) {
		assert_true(lists_all(&f, others[i], etags));
		assert_int_equal(f.unmodified, 0);
	}
	assert_false(lists_all(&f, others[5], etags));
}

static void
a_lower_limit_is_kept_to(void **state)
{
	struct scim_fake f = { .users = 25, .tags = 's' };
	struct scim_request request = both;
	AUTO_FREE char *etags = etags_of(&f, &both);
	AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
	struct diag diag = DIAG_INIT;

	(void)state;
	request.max_users = 24;
	request.etags = etags;
	assert_err(scim_fake_list_all(&f, &request, &l, &diag),
	    ERR_SCIM_LIMITS);
}

static void
groups_that_appear_or_go_are_a_change(void **state)
{
	struct scim_fake f = { .users = 25, .groups = 5, .tags = 's',
		.groups_status = 404 };
	AUTO_FREE char *without = etags_of(&f, &both);
	AUTO_FREE char *with = NULL;

	(void)state;
	assert_false(lists_all(&f, both, without));
	f.groups_status = 0;
	assert_true(lists_all(&f, both, without));
	with = etags_of(&f, &both);
	assert_false(lists_all(&f, both, with));
	f.groups_status = 404;
	assert_true(lists_all(&f, both, with));
}

static void
malformed_validators_are_none(void **state)
{
	static const char *const bad[] = {
		"", "Users 25", "Users 25\n", "Users 25\n1 \"u0.0\"",
		"1 \"u0.0\"\n", "Groups none\n", "Users none\nGroups none\n",
		"Users 25\n1 \"u0.0\"\n",
		"Users 25\n1 \"u0.0\"\nGroups 15\n",
		"Users 25\nGroups none\n",
		"Users 25\n11 \"u10.0\"\nGroups none\n",
		"Users 25\n1 \"u0.0\"\n1 \"u0.0\"\nGroups none\n",
		"Users 25\n1 \"u0.0\"\n11 \"u10.0\"\n2 \"x\"\nGroups none\n",
		"Users 25\n1 u0.0\nGroups none\n",
		"Users 25\n1 \"u0.0\nGroups none\n",
		"Users 25\n1 \"u0.0\"\r\nGroups none\n",
		"Users 25\n1 \"a\"b\"\nGroups none\n",
		"Users 25\n1\"u0.0\"\nGroups none\n",
		"Users 25\n01 \"u0.0\"\nGroups none\n",
		"Users -25\n1 \"u0.0\"\nGroups none\n",
		"Users 2x\n1 \"u0.0\"\nGroups none\n",
		"Users 25\n1 \"u0.0\"\nGroups none\n1 \"g0.0\"\n",
		"Users 25\n1 \"u0.0\"\nGroups none\nGroups none\n",
		"Users 25\n1 \"u0.0\"\nUsers 25\n1 \"u0.0\"\nGroups none\n",
		"Users 25\n1 \"u0.0\"\nGroups none\nUsers 25\n1 \"u0.0\"\n",
		"Users 9223372036854775808\n1 \"u0.0\"\nGroups none\n",
	};
	struct scim_fake f = { .users = 25, .groups = 5, .tags = 's' };
	AUTO_FREE char *good = etags_of(&f, &both);
	size_t first_line = strcspn(good, "\n") + 1;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char text[512];

		(void)snprintf(text, sizeof(text), "%.*s%s", (int)first_line,
		    good, bad[i]);
		if (!lists_all(&f, both, text) || f.unmodified != 0)
			fail_msg("%s", bad[i]);
	}
	/* Another version of the program reads other things. */
	good[0] = '9';
	assert_true(lists_all(&f, both, good));
}

static void
a_question_that_fails_is_answered_as_ever(void **state)
{
	static const struct {
		int status;
		enum err fails;
		enum err want;
		unsigned int requests;
	} cases[] = {
		/* What a server may say to If-None-Match. */
		{ 412, ERR_OK, ERR_OK, 2 + 4 },
		{ 400, ERR_OK, ERR_OK, 2 + 4 },
		/* It is asked once more, without. */
		{ 401, ERR_OK, ERR_OK, 2 + 4 },
		{ 0, ERR_HTTP_TLS, ERR_HTTP_TLS, 2 },
		{ 0, ERR_HTTP_REDIRECT, ERR_HTTP_REDIRECT, 2 },
		/* A lost connection, and a busy server, are asked again. */
		{ 0, ERR_HTTP, ERR_OK, 5 },
		{ 503, ERR_OK, ERR_OK, 5 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct scim_fake f = { .users = 25, .groups = 5, .tags = 's' };
		AUTO_FREE char *etags = etags_of(&f, &both);
		AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
		struct scim_request request = both;
		struct diag diag = DIAG_INIT;

		request.etags = etags;
		f.fail_from = 2;
		f.failures = 1;
		f.fail_status = cases[i].status;
		f.fail_err = cases[i].fails;
		assert_err(scim_fake_list_all(&f, &request, &l, &diag),
		    cases[i].want);
		assert_int_equal(f.requests, cases[i].requests);
	}
}

static void
a_server_that_stays_busy_is_not_asked_all_over_again(void **state)
{
	struct scim_fake f = { .users = 25, .tags = 's' };
	struct scim_request request = both;
	AUTO_FREE char *etags = etags_of(&f, &both);
	AUTO(scim_listed) struct scim_listed l = SCIM_LISTED_INIT;
	struct diag diag = DIAG_INIT;

	(void)state;
	request.etags = etags;
	f.fail_from = 2;
	f.failures = 1000;
	f.fail_status = 429;
	assert_err(scim_fake_list_all(&f, &request, &l, &diag),
	    ERR_HTTP_STATUS);
	assert_int_equal(f.waits, SCIM_RETRIES_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(p2_what_has_not_changed_is_not_sent_again),
		cmocka_unit_test(an_empty_server_stays_empty),
		cmocka_unit_test(p2_one_page_that_changed_has_everything_listed),
		cmocka_unit_test(
		    a_page_of_groups_that_changed_has_everything_listed),
		cmocka_unit_test(without_all_tags_there_are_none),
		cmocka_unit_test(a_connection_test_has_no_validators),
		cmocka_unit_test(too_many_tags_are_none),
		cmocka_unit_test(
		    validators_of_an_attempt_that_was_given_up_are_forgotten),
		cmocka_unit_test(validators_hold_for_one_question_only),
		cmocka_unit_test(a_lower_limit_is_kept_to),
		cmocka_unit_test(groups_that_appear_or_go_are_a_change),
		cmocka_unit_test(malformed_validators_are_none),
		cmocka_unit_test(a_question_that_fails_is_answered_as_ever),
		cmocka_unit_test(
		    a_server_that_stays_busy_is_not_asked_all_over_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
