/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include <stdlib.h>

#include "auth/pending.h"

#define LIFE (LOGIN_MS / 1000)

static struct pending
login_of(const char *request_id, const char *user, int64_t created)
{
	struct pending login = {
		.service = "sshd", .rhost = "192.0.2.7", .created = created,
	};

	(void)snprintf(login.request_id, sizeof(login.request_id), "%s",
	    request_id);
	(void)snprintf(login.user, sizeof(login.user), "%s", user);
	return login;
}

static enum err
add(struct state *state, const char *request_id, int64_t created)
{
	struct pending login = login_of(request_id, "b.simon", created);
	struct diag diag = DIAG_INIT;
	enum err r = pending_add(state->store, &login, &diag);

	assert_err(diag.code, r);
	return r;
}

/* The requests that wait, "_2 _1". */
static const char *
waiting(struct state *state, int64_t now)
{
	static char text[1024];
	struct pending_list *list = NULL;
	struct diag diag = DIAG_INIT;

	text[0] = '\0';
	assert_err(pending_load(state->store, now, &list, &diag), ERR_OK);
	for (size_t i = 0; i < list->count; i++) {
		size_t len = strlen(text);

		(void)snprintf(text + len, sizeof(text) - len, "%s%s",
		    i == 0 ? "" : " ", list->item[i].request_id);
	}
	free(list);
	return text;
}

static void
several_logins_wait_at_once_the_latest_first(void **data)
{
	assert_string_equal(waiting(*data, 100), "");
	assert_err(add(*data, "_1", 100), ERR_OK);
	assert_err(add(*data, "_3", 102), ERR_OK);
	assert_err(add(*data, "_2", 101), ERR_OK);
	assert_string_equal(waiting(*data, 102), "_3 _2 _1");
}

static void
everything_that_was_said_is_kept(void **data)
{
	struct state *state = *data;
	struct pending login = login_of("_1", "nobody \"such\"", 100);
	struct pending_list *list = NULL;

	memset(login.rhost, 'r', sizeof(login.rhost) - 1);
	memset(login.service, 's', sizeof(login.service) - 1);
	assert_err(pending_add(state->store, &login, NULL), ERR_OK);
	assert_err(pending_load(state->store, 100, &list, NULL), ERR_OK);
	assert_int_equal(list->count, 1);
	assert_string_equal(list->item[0].request_id, login.request_id);
	assert_string_equal(list->item[0].user, login.user);
	assert_string_equal(list->item[0].service, login.service);
	assert_string_equal(list->item[0].rhost, login.rhost);
	assert_int_equal(list->item[0].created, 100);
	free(list);
}

static void
d5_one_request_is_one_login(void **data)
{
	assert_err(add(*data, "_1", 100), ERR_OK);
	assert_err(add(*data, "_1", 101), ERR_EXISTS);
}

static void
a_login_that_has_ended_waits_no_more(void **data)
{
	struct state *state = *data;

	assert_err(add(state, "_1", 100), ERR_OK);
	assert_err(add(state, "_2", 100), ERR_OK);
	state_exec(state->store, "INSERT INTO codes VALUES "
	    "(randomblob(32), 'b.simon', '_1', 0, 200), "
	    "(randomblob(32), 'b.simon', '_2', 0, 200), "
	    "(randomblob(32), 'b.simon', '', 0, 200)", ERR_OK);
	pending_remove(state->store, "_1");
	assert_string_equal(waiting(state, 100), "_2");
	/* Its code is gone with it, and no other. */
	assert_string_equal(state_query(state->store,
	    "SELECT group_concat(request_id) FROM (SELECT request_id "
	    "FROM codes ORDER BY request_id)"), ",_2");
	assert_err(pending_check(state->store, "_1", 100, NULL),
	    ERR_NOT_PENDING);
	assert_err(pending_check(state->store, "_2", 100, NULL), ERR_OK);
	pending_remove(state->store, "_1");
}

static void
a_login_waits_as_long_as_it_may_last(void **data)
{
	struct state *state = *data;

	assert_err(add(state, "_1", 100), ERR_OK);
	assert_string_equal(waiting(state, 100 + LIFE - 1), "_1");
	assert_err(pending_check(state->store, "_1", 100 + LIFE - 1, NULL),
	    ERR_OK);
	assert_string_equal(waiting(state, 100 + LIFE), "");
	assert_err(pending_check(state->store, "_1", 100 + LIFE, NULL),
	    ERR_NOT_PENDING);
	assert_err(add(state, "_2", 100 + LIFE), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM pending"), "1");
}

/* Logins _FIRST to _LAST by su, one a second. */
static void
crowd(struct state *state, const char *user, int first, int last)
{
	char sql[256];

	(void)snprintf(sql, sizeof(sql), "WITH RECURSIVE n(i) AS (SELECT %d "
	    "UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO pending "
	    "SELECT '_' || i, %s, 'su', '', 100 + i, 700 + i FROM n", first,
	    last, user);
	state_exec(state->store, sql, ERR_OK);
}

static bool
waits(struct state *state, const char *id)
{
	enum err r = pending_check(state->store, id, 100, NULL);

	if (r != ERR_OK)
		assert_err(r, ERR_NOT_PENDING);
	return r == ERR_OK;
}

static void
a_crowd_displaces_its_own(void **data)
{
	struct state *state = *data;
	struct pending_list *list = NULL;

	assert_err(add(state, "_victim", 100), ERR_OK);
	crowd(state, "'x'", 1, SAML_PENDING_MAX - 1);
	assert_err(add(state, "_more", 100), ERR_OK);
	assert_err(add(state, "_most", 100), ERR_OK);
	assert_true(waits(state, "_victim"));
	assert_true(waits(state, "_more"));
	assert_true(waits(state, "_most"));
	assert_false(waits(state, "_1"));
	assert_false(waits(state, "_2"));
	assert_true(waits(state, "_3"));
	assert_err(pending_load(state->store, 100, &list, NULL), ERR_OK);
	assert_int_equal(list->count, SAML_PENDING_MAX);
	free(list);
}

static void
a_crowd_of_many_names_loses_the_oldest(void **data)
{
	struct state *state = *data;

	crowd(state, "'x' || i", 1, SAML_PENDING_MAX);
	assert_err(add(state, "_more", 100), ERR_OK);
	assert_false(waits(state, "_1"));
	assert_true(waits(state, "_2"));
	assert_true(waits(state, "_more"));
}

static void
a_table_that_cannot_be_used_is_no_empty_table(void **data)
{
	struct state *state = *data;
	struct pending_list *list = NULL;

	state_exec(state->store, "PRAGMA query_only = ON", ERR_OK);
	assert_err(add(state, "_1", 100), ERR_STORE);
	state_exec(state->store, "PRAGMA query_only = OFF", ERR_OK);
	state_exec(state->store, "DROP TABLE pending", ERR_OK);
	assert_err(add(state, "_1", 100), ERR_STORE);
	assert_err(pending_load(state->store, 100, &list, NULL), ERR_STORE);
	assert_null(list);
	assert_err(pending_check(state->store, "_1", 100, NULL), ERR_STORE);
}

#define STATE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STATE_TEST(several_logins_wait_at_once_the_latest_first),
		STATE_TEST(everything_that_was_said_is_kept),
		STATE_TEST(d5_one_request_is_one_login),
		STATE_TEST(a_login_that_has_ended_waits_no_more),
		STATE_TEST(a_login_waits_as_long_as_it_may_last),
		STATE_TEST(a_crowd_displaces_its_own),
		STATE_TEST(a_crowd_of_many_names_loses_the_oldest),
		STATE_TEST(a_table_that_cannot_be_used_is_no_empty_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
