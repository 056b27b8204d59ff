/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever statement of a sync fails: users, ids, groups and history are as
 * they were, and the next sync does all of it. */
#include "state.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

/* The call that fails, counted from 1; 0: none. */
static unsigned int fails_at;
static unsigned int calls;

static bool
is_to_fail(void)
{
	calls++;
	return fails_at != 0 && calls == fails_at;
}

int __real_sqlite3_exec(sqlite3 *db, const char *sql,
    int (*row)(void *, int, char **, char **), void *context, char **error);
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql,
    int (*row)(void *, int, char **, char **), void *context, char **error);
int __real_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int len,
    sqlite3_stmt **ret, const char **tail);
int __wrap_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int len,
    sqlite3_stmt **ret, const char **tail);
int __real_sqlite3_step(sqlite3_stmt *stmt);
int __wrap_sqlite3_step(sqlite3_stmt *stmt);

/* What cleans up after a failure is not asked to fail. */
int
__wrap_sqlite3_exec(sqlite3 *db, const char *sql,
    int (*row)(void *, int, char **, char **), void *context, char **error)
{
	if (strcmp(sql, "ROLLBACK") != 0 && strncmp(sql, "DROP", 4) != 0 &&
	    is_to_fail())
		return SQLITE_IOERR;
	return __real_sqlite3_exec(db, sql, row, context, error);
}

int
__wrap_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int len,
    sqlite3_stmt **ret, const char **tail)
{
	if (is_to_fail())
		return SQLITE_IOERR;
	return __real_sqlite3_prepare_v2(db, sql, len, ret, tail);
}

int
__wrap_sqlite3_step(sqlite3_stmt *stmt)
{
	return is_to_fail() ? SQLITE_IOERR : __real_sqlite3_step(stmt);
}

static enum err
run(struct state *state, struct diag *diag)
{
	struct record people[] = {
		state_record("a", "ann", T1), state_record("b", "rob", T1),
		state_record("d", "dot", T2), state_record("e", "1x", T2),
	};
	const struct group_record group = { "h", "Helpers", "" };
	AUTO(update) struct update *update = NULL;
	struct update_report report;
	enum err r = update_begin(state->store, &state->conf, 2000, &update,
	    diag);

	people[0].department = "Sales";
	people[2].active = false;
	for (size_t i = 0; i < ARRAY_LEN(people) && r == ERR_OK; i++)
		r = update_add(update, &people[i], diag);
	if (r == ERR_OK)
		r = update_add_group(update, &group, diag);
	if (r == ERR_OK)
		r = update_add_member(update, "a", diag);
	if (r == ERR_OK)
		r = update_commit(&update, &state->options, &report, diag);
	return r;
}

/* All that a sync writes. */
#define CONTENTS \
	"SELECT (SELECT group_concat(scim_id || user_name || department || " \
	    "active || vanished || coalesce(login, '-') || " \
	    "coalesce(uid, 0) || refused, ' ') FROM users) || " \
	"(SELECT group_concat(id || key, ' ') FROM ids) || " \
	"(SELECT group_concat(key || value, ' ') FROM meta) || " \
	"(SELECT group_concat(time || result, ' ') FROM syncs) || " \
	"(SELECT count(*) FROM groups) || " \
	"(SELECT group_concat(id || display_name) FROM scim_groups) || " \
	"(SELECT group_concat(group_id || member_id) FROM scim_members)"

static void
first_sync(struct state *state)
{
	static char department[] = "department";
	static char *attributes[] = { department };
	struct record people[] = {
		state_record("a", "ann", T1), state_record("b", "bob", T1),
		state_record("c", "cid", T1), state_record("d", "dot", T2),
	};
	const struct group_record group = { "g", "Guests", "" };
	struct update *update = NULL;
	struct update_report report;
	struct diag diag = DIAG_INIT;

	state->conf.groups_scim = true;
	state->conf.groups_attributes.item = attributes;
	state->conf.groups_attributes.count = 1;
	state->options.has_groups = true;
	state->options.etags = "first";
	people[1].department = "Care";
	assert_err(update_begin(state->store, &state->conf, 1000, &update,
	    &diag), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(people); i++)
		assert_err(update_add(update, &people[i], &diag), ERR_OK);
	assert_err(update_add_group(update, &group, &diag), ERR_OK);
	assert_err(update_add_member(update, "b", &diag), ERR_OK);
	assert_err(update_commit(&update, &state->options, &report, &diag),
	    ERR_OK);
}

static void
failure_at_any_statement_changes_nothing(void **data)
{
	struct state *state = *data;
	struct diag diag = DIAG_INIT;
	char before[2048];
	enum err r = ERR_STORE;
	unsigned int k;

	first_sync(state);
	(void)snprintf(before, sizeof(before), "%s",
	    state_query(state->store, CONTENTS));
	assert_true(strlen(before) > 100);
	for (k = 1; k < 2000 && r != ERR_OK; k++) {
		calls = 0;
		fails_at = k;
		diag = (struct diag)DIAG_INIT;
		r = run(state, &diag);
		fails_at = 0;
		if (r == ERR_OK)
			continue;
		assert_string_not_equal(diag.text, "");
		if (strcmp(state_query(state->store, CONTENTS), before) != 0)
			fail_msg("call %u: %s", k, state_query(state->store,
			    CONTENTS));
	}
	/* It was not k that ended the loop, and there were many. */
	assert_true(k > 50 && k < 2000);
	assert_string_equal(state_user(state, "login || vanished", "b"),
	    "rob0");
	assert_string_equal(state_user(state, "vanished", "c"), "1");
	assert_string_equal(state_query(state->store,
	    "SELECT group_concat(group_id || member_id) FROM scim_members"),
	    "ha");
	assert_string_equal(state_query(state->store,
	    "PRAGMA integrity_check"), "ok");
}

static void
failure_of_writing_down_a_failure_changes_nothing(void **data)
{
	struct state *state = *data;
	struct diag diag = DIAG_INIT;
	char before[2048];
	enum err r = ERR_STORE;

	first_sync(state);
	(void)snprintf(before, sizeof(before), "%s",
	    state_query(state->store, CONTENTS));
	for (unsigned int k = 1; k < 100 && r != ERR_OK; k++) {
		assert_string_equal(state_query(state->store, CONTENTS),
		    before);
		calls = 0;
		fails_at = k;
		r = update_record_failure(state->store, 3, ERR_JSON, &diag);
		fails_at = 0;
	}
	assert_err(r, ERR_OK);
	assert_string_not_equal(state_query(state->store, CONTENTS), before);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(failure_at_any_statement_changes_nothing),
		TEST(failure_of_writing_down_a_failure_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
