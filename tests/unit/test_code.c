/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include <ctype.h>
#include <stdlib.h>
#include <unistd.h>

#include "auth/code.h"
#include "auth/pending.h"

static void
wait_for_answer(struct state *state, const char *request_id,
    const char *user)
{
	struct pending login = { .created = 100 };

	(void)snprintf(login.request_id, sizeof(login.request_id), "%s",
	    request_id);
	(void)snprintf(login.user, sizeof(login.user), "%s", user);
	assert_err(pending_add(state->store, &login, NULL), ERR_OK);
}

static enum err
issue_until(struct state *state, const char *user, const char *request_id,
    int64_t session_end, char code[static CODE_SIZE])
{
	const struct code_grant grant = { user, request_id, session_end };
	struct diag diag = DIAG_INIT;
	int64_t expires = 0;
	enum err r = code_issue(state->store, &grant, 100, code, &expires,
	    &diag);

	assert_err(diag.code, r);
	assert_int_equal(expires, r == ERR_OK ? 100 + CODE_SECONDS : 0);
	return r;
}

static void
issue(struct state *state, const char *user, const char *request_id,
    char code[static CODE_SIZE])
{
	assert_err(issue_until(state, user, request_id, 0, code), ERR_OK);
}

static enum err
redeem_as(struct state *state, const struct code_try *attempt,
    const char *text, int64_t now)
{
	struct diag diag = DIAG_INIT;
	int64_t session_end = -1;
	enum err r = code_redeem(state->store, attempt, text, strlen(text),
	    now, &session_end, &diag);

	assert_err(diag.code, r);
	assert_int_equal(session_end, r == ERR_OK ? 0 : -1);
	return r;
}

/* At the prompt of b.simon's login _1. */
static enum err
redeem(struct state *state, const char *text, int64_t now)
{
	static const struct code_try attempt = {
		"b.simon", "_1", false, "192.0.2.7",
	};

	return redeem_as(state, &attempt, text, now);
}

static void
a_code_can_be_read_aloud(void **data)
{
	struct state *state = *data;
	char seen[128] = "";

	wait_for_answer(state, "_1", "b.simon");
	for (int i = 0; i < 100; i++) {
		char code[CODE_SIZE];

		issue(state, "b.simon", "_1", code);
		assert_int_equal(strlen(code), 11);
		assert_true(code[3] == '-' && code[7] == '-');
		for (size_t at = 0; at < 11; at++) {
			if (at == 3 || at == 7)
				continue;
			assert_non_null(strchr(
			    "0123456789ABCDEFGHJKMNPQRSTVWXYZ", code[at]));
			seen[(unsigned char)code[at]] = 1;
		}
	}
	/* 900 of 32 symbols: one that never comes is one that cannot. */
	for (const char *p = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; *p != '\0';
	    p++)
		assert_int_equal(seen[(unsigned char)*p], 1);
}

static void
a_code_lets_in_once(void **data)
{
	struct state *state = *data;
	char code[CODE_SIZE];

	wait_for_answer(state, "_1", "b.simon");
	issue(state, "b.simon", "_1", code);
	assert_err(redeem(state, code, 101), ERR_OK);
	assert_err(redeem(state, code, 101), ERR_CODE_WRONG);
}

static void
a_code_is_typed_as_people_do(void **data)
{
	struct state *state = *data;
	char code[CODE_SIZE];

	wait_for_answer(state, "_1", "b.simon");
	for (int way = 0; way < 6; way++) {
		char typed[64] = "";
		size_t len = 0;

		do {
			issue(state, "b.simon", "_1", code);
		} while (strchr(code, '0') == NULL ||
		    strchr(code, '1') == NULL);
		for (const char *p = code; *p != '\0'; p++) {
			char c = *p;

			if (way == 1)
				c = (char)tolower(c);
			if (way == 2 && c == '-')
				continue;
			if (way == 3 && c == '-')
				c = ' ';
			if (way >= 4 && c == '0')
				c = 'o';
			if (way >= 4 && c == '1')
				c = way == 4 ? 'L' : 'i';
			typed[len++] = c;
			if (way >= 4) {
				typed[len] = "- \t"[len % 3];
				len++;
			}
		}
		assert_true(code_is_one(typed, len));
		assert_err(redeem(state, typed, 101), ERR_OK);
	}
}

static void
what_looks_like_a_code_is_taken_for_one(void **data)
{
	static const struct {
		const char *text;
		bool want;
	} rows[] = {
		{ "K7Q-4MX-9TD", true },
		{ "k7q4mx9td", true },
		{ " K7Q 4MX 9TD\r\n", true },
		{ "UUUUUUUUU", true },		/* mistyped: no base64 */
		{ "K7Q-4MX-9T", true },
		{ "K7Q-4MX-9TD-A", true },
		{ "K7Q4MX9T", true },
		{ "K7Q4MX9TDA", true },
		{ "Hunter2", true },		/* a password, from habit */
		{ "PHNhbWxwOlJ", true },
		{ "PHNhbWxwOlJlc", false },	/* a piece of a Response */
		{ "PHNhbWxwOlJlc3BvbnNlIElEPSI", false },
		{ "K7Q+4MX9TD", false },
		{ "K7Q_4MX-9TD", false },
		{ "K7Q-4MX-9T\xc3\x9f", false },
		{ "", false },
		{ "---", false },
		{ "K7Q-4MX-9TD-0000000000000000000000000000000000000000000000"
		    "00000000000000000", false },
	};

	(void)data;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (code_is_one(rows[i].text, strlen(rows[i].text)) !=
		    rows[i].want)
			fail_msg("%s", rows[i].text);
	assert_false(code_is_one("K7Q\0-4MX-9TD", 12));
}

static void
the_database_has_the_hash_and_not_the_code(void **data)
{
	struct state *state = *data;
	char code[CODE_SIZE];
	char plain[CODE_SIZE] = "";
	static char bytes[1 << 20];
	size_t len;
	FILE *file;

	wait_for_answer(state, "_1", "b.simon");
	issue(state, "b.simon", "_1", code);
	(void)snprintf(plain, sizeof(plain), "%.3s%.3s%.3s", code, code + 4,
	    code + 8);
	assert_string_equal(state_query(state->store,
	    "SELECT length(code) || typeof(code) FROM codes"), "32blob");
	file = fopen(state->path, "r");
	assert_non_null(file);
	len = fread(bytes, 1, sizeof(bytes), file);
	(void)fclose(file);
	assert_null(memmem(bytes, len, code, strlen(code)));
	assert_null(memmem(bytes, len, plain, strlen(plain)));
	/* The file holds what was recorded, so the search can find. */
	assert_non_null(memmem(bytes, len, "b.simon", 7));
}

static void
i1_a_code_is_for_its_user_and_its_login(void **data)
{
	static const struct code_try others[] = {
		{ "m.garcia", "_2", true, "h1" },	/* another's login */
		{ "m.garcia", "_1", true, "h2" },	/* another user */
		{ "b.simon", "_3", true, "h3" },	/* another login */
		{ "b.simon", "", true, "h4" },
		{ "B.SIMON", "_1", true, "h5" },
		{ "", "_1", true, "h6" },
	};
	struct state *state = *data;
	char code[CODE_SIZE];

	wait_for_answer(state, "_1", "b.simon");
	wait_for_answer(state, "_2", "m.garcia");
	wait_for_answer(state, "_3", "b.simon");
	issue(state, "b.simon", "_1", code);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_err(redeem_as(state, &others[i], code, 101),
		    ERR_CODE_WRONG);
	/* Nobody else used it up. */
	assert_err(redeem(state, code, 101), ERR_OK);
}

static void
a_code_of_no_request_is_its_users_where_that_is_allowed(void **data)
{
	static const struct {
		struct code_try attempt;
		enum err want;
	} rows[] = {
		{ { "b.simon", "_1", false, "h1" }, ERR_CODE_WRONG },
		{ { "m.garcia", "_2", true, "h2" }, ERR_CODE_WRONG },
		{ { "b.simon", "_1", true, "h3" }, ERR_OK },
		{ { "b.simon", "_1", true, "h4" }, ERR_CODE_WRONG },
	};
	struct state *state = *data;
	char code[CODE_SIZE];

	issue(state, "b.simon", "", code);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_err(redeem_as(state, &rows[i].attempt, code, 101),
		    rows[i].want);
}

static void
a_code_lasts_two_minutes(void **data)
{
	struct state *state = *data;
	char code[CODE_SIZE];

	wait_for_answer(state, "_1", "b.simon");
	issue(state, "b.simon", "_1", code);
	assert_err(redeem(state, code, 100 + CODE_SECONDS), ERR_CODE_WRONG);
	issue(state, "b.simon", "_1", code);
	assert_err(redeem(state, code, 100 + CODE_SECONDS - 1), ERR_OK);
	assert_int_equal(CODE_SECONDS, 120);
}

static void
expired_codes_are_forgotten(void **data)
{
	struct state *state = *data;
	char code[CODE_SIZE];

	issue(state, "b.simon", "", code);
	state_exec(state->store, "UPDATE codes SET expires = 100", ERR_OK);
	issue(state, "m.garcia", "", code);
	assert_string_equal(state_query(state->store,
	    "SELECT group_concat(user) FROM codes"), "m.garcia");
}

static void
a_newer_code_replaces_the_one_of_its_login_only(void **data)
{
	struct state *state = *data;
	static const struct code_try third = { "b.simon", "_3", false, "" };
	char old[CODE_SIZE];
	char other[CODE_SIZE];
	char new[CODE_SIZE];

	wait_for_answer(state, "_1", "b.simon");
	wait_for_answer(state, "_3", "b.simon");
	issue(state, "b.simon", "_1", old);
	issue(state, "b.simon", "_3", other);
	issue(state, "b.simon", "_1", new);
	assert_err(redeem(state, old, 101), ERR_CODE_WRONG);
	assert_err(redeem(state, new, 101), ERR_OK);
	assert_err(redeem_as(state, &third, other, 101), ERR_OK);
}

static void
a_login_that_has_ended_gets_no_code(void **data)
{
	struct state *state = *data;
	char code[CODE_SIZE];

	assert_err(issue_until(state, "b.simon", "_1", 0, code),
	    ERR_NOT_PENDING);
	wait_for_answer(state, "_1", "b.simon");
	pending_remove(state->store, "_1");
	assert_err(issue_until(state, "b.simon", "_1", 0, code),
	    ERR_NOT_PENDING);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM codes"), "0");
}

static void
the_session_end_comes_along(void **data)
{
	static const struct code_try attempt = { "b.simon", "_1", false, "" };
	struct state *state = *data;
	int64_t session_end = 0;
	char code[CODE_SIZE];

	wait_for_answer(state, "_1", "b.simon");
	assert_err(issue_until(state, "b.simon", "_1", 5000, code), ERR_OK);
	assert_err(code_redeem(state->store, &attempt, code, strlen(code),
	    101, &session_end, NULL), ERR_OK);
	assert_int_equal(session_end, 5000);
}

static void
too_many_wrong_codes_refuse_the_right_one_too(void **data)
{
	static const struct code_try elsewhere = {
		"b.simon", "_1", false, "192.0.2.8",
	};
	struct state *state = *data;
	char code[CODE_SIZE];

	wait_for_answer(state, "_1", "b.simon");
	issue(state, "b.simon", "_1", code);
	for (int i = 0; i < CODE_WRONG_MAX; i++)
		assert_err(redeem(state, "000-000-000", 101), ERR_CODE_WRONG);
	assert_err(redeem(state, "000-000-000", 102), ERR_CODE_LIMIT);
	assert_err(redeem(state, code, 102), ERR_CODE_LIMIT);
	/* A stranger locks nobody out who comes from somewhere else. */
	assert_err(redeem_as(state, &elsewhere, code, 102), ERR_OK);
	assert_err(redeem(state, "000-000-000", 101 + CODE_WRONG_SECONDS),
	    ERR_CODE_WRONG);
}

static void
right_codes_are_not_counted(void **data)
{
	struct state *state = *data;
	char code[CODE_SIZE];

	wait_for_answer(state, "_1", "b.simon");
	for (int i = 0; i < 2 * CODE_WRONG_MAX; i++) {
		issue(state, "b.simon", "_1", code);
		assert_err(redeem(state, code, 101), ERR_OK);
	}
}

static void
names_that_do_not_exist_are_counted_alike(void **data)
{
	static const struct code_try nobody = { "x", "_9", false, "h" };
	struct state *state = *data;

	for (int i = 0; i < CODE_WRONG_MAX; i++)
		assert_err(redeem_as(state, &nobody, "000-000-000", 101),
		    ERR_CODE_WRONG);
	assert_err(redeem_as(state, &nobody, "000-000-000", 101),
	    ERR_CODE_LIMIT);
}

static char raced[CODE_SIZE];

static enum err
use_it(struct state *state, int i)
{
	char source[16];
	struct code_try attempt = { "b.simon", "_1", false, source };
	int64_t session_end = 0;

	/* From one place most of them would meet the limit instead. */
	(void)snprintf(source, sizeof(source), "%d", i);
	return code_redeem(state->store, &attempt, raced, strlen(raced), 101,
	    &session_end, NULL);
}

static void
of_many_processes_with_one_code_one_wins(void **data)
{
	struct state *state = *data;
	int count[ERR_COUNT] = { 0 };

	wait_for_answer(state, "_1", "b.simon");
	issue(state, "b.simon", "_1", raced);
	state_race(state, use_it, count);
	assert_int_equal(count[ERR_OK], 1);
	assert_int_equal(count[ERR_CODE_WRONG], STATE_PROCESSES - 1);
}

static enum err
guess(struct state *state, int i)
{
	char text[16];
	struct code_try attempt = { "b.simon", "_1", false, "here" };
	int64_t session_end = 0;

	(void)snprintf(text, sizeof(text), "000-000-%03d", i);
	return code_redeem(state->store, &attempt, text, strlen(text), 101,
	    &session_end, NULL);
}

static void
many_processes_that_guess_meet_the_limit(void **data)
{
	struct state *state = *data;
	int count[ERR_COUNT] = { 0 };

	state_race(state, guess, count);
	assert_int_equal(count[ERR_CODE_WRONG], CODE_WRONG_MAX);
	assert_int_equal(count[ERR_CODE_LIMIT], STATE_PROCESSES - CODE_WRONG_MAX);
}

/* Only the end of the transaction sees what this trigger leaves. */
static void
d11_a_use_that_is_not_committed_lets_nobody_in(void **data)
{
	static const char *const statements[] = {
		"PRAGMA foreign_keys = ON",
		"CREATE TABLE parent(id INTEGER PRIMARY KEY)",
		"CREATE TABLE child(id INTEGER REFERENCES parent "
		    "DEFERRABLE INITIALLY DEFERRED)",
		"CREATE TRIGGER t AFTER DELETE ON codes "
		    "BEGIN INSERT INTO child VALUES (1); END",
	};
	struct state *state = *data;
	char code[CODE_SIZE];

	wait_for_answer(state, "_1", "b.simon");
	issue(state, "b.simon", "_1", code);
	for (size_t i = 0; i < ARRAY_LEN(statements); i++)
		state_exec(state->store, statements[i], ERR_OK);
	assert_true(redeem(state, code, 101) != ERR_OK);
	state_exec(state->store, "DROP TRIGGER t", ERR_OK);
	assert_err(redeem(state, code, 101), ERR_OK);
}

static void
a_table_that_cannot_be_written_lets_nobody_in(void **data)
{
	struct state *state = *data;
	char code[CODE_SIZE];

	wait_for_answer(state, "_1", "b.simon");
	issue(state, "b.simon", "_1", code);
	state_exec(state->store, "PRAGMA query_only = ON", ERR_OK);
	assert_err(redeem(state, code, 101), ERR_STORE);
	assert_err(issue_until(state, "b.simon", "_1", 0, code), ERR_STORE);
	state_exec(state->store, "PRAGMA query_only = OFF", ERR_OK);
	state_exec(state->store, "CREATE TRIGGER t BEFORE DELETE ON codes "
	    "BEGIN SELECT RAISE(IGNORE); END", ERR_OK);
	assert_err(redeem(state, code, 101), ERR_STORE);
}

#define TEST(name) cmocka_unit_test(name)
#define STATE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STATE_TEST(a_code_can_be_read_aloud),
		STATE_TEST(a_code_lets_in_once),
		STATE_TEST(a_code_is_typed_as_people_do),
		TEST(what_looks_like_a_code_is_taken_for_one),
		STATE_TEST(the_database_has_the_hash_and_not_the_code),
		STATE_TEST(i1_a_code_is_for_its_user_and_its_login),
		STATE_TEST(
		    a_code_of_no_request_is_its_users_where_that_is_allowed),
		STATE_TEST(a_code_lasts_two_minutes),
		STATE_TEST(expired_codes_are_forgotten),
		STATE_TEST(a_newer_code_replaces_the_one_of_its_login_only),
		STATE_TEST(a_login_that_has_ended_gets_no_code),
		STATE_TEST(the_session_end_comes_along),
		STATE_TEST(too_many_wrong_codes_refuse_the_right_one_too),
		STATE_TEST(right_codes_are_not_counted),
		STATE_TEST(names_that_do_not_exist_are_counted_alike),
		STATE_TEST(of_many_processes_with_one_code_one_wins),
		STATE_TEST(many_processes_that_guess_meet_the_limit),
		STATE_TEST(d11_a_use_that_is_not_committed_lets_nobody_in),
		STATE_TEST(a_table_that_cannot_be_written_lets_nobody_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
