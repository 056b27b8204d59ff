/* SPDX-License-Identifier: BSD-2-Clause */
/* What is told to be different, and dry runs. */
#include "state.h"

#include <stdio.h>
#include <string.h>

struct told {
	unsigned int count[DIFFERENCE_COUNT];
	char last[DIFFERENCE_COUNT][128];
	enum err answer;
};

static enum err
take_difference(const struct difference *d, void *context, struct diag *diag)
{
	struct told *told = context;

	(void)diag;
	(void)snprintf(told->last[d->kind], sizeof(told->last[d->kind]),
	    "%s %s %s<%s %llu %s %s>%s", d->id, d->user_name, d->login,
	    d->was, (unsigned long long)d->fields, d->reason, d->ours,
	    d->listed);
	told->count[d->kind]++;
	return told->answer;
}

static void
listen(struct state *state, struct told *told)
{
	memset(told, 0, sizeof(*told));
	state->options.kinds = DIFFERENCE_ALL;
	state->options.difference = take_difference;
	state->options.context = told;
}

static const struct {
	const char *id, *name, *title, *site;
	bool active;
} first_people[] = {
	{ "a", "ann", "", "Berlin", true }, { "b", "bob", "", "", true },
	{ "c", "cid", "", "", false }, { "d", "dot", "", "", true },
	{ "e", "1x", "", "", true },
}, second_people[] = {
	{ "a", "ann", "Agent", "Paris", true }, { "b", "rob", "", "", true },
	{ "c", "cid", "", "", true }, { "e", "1x", "", "", false },
	{ "f", "fay", "", "", true },
};

#define TAKE_PEOPLE(people, records) \
	for (size_t i = 0; i < ARRAY_LEN(people); i++) { \
		(records)[i] = state_record((people)[i].id, (people)[i].name, \
		    T1); \
		(records)[i].title = (people)[i].title; \
		(records)[i].site = (people)[i].site; \
		(records)[i].active = (people)[i].active; \
	}

static void
every_difference_is_told_and_counted(void **data)
{
	struct state *state = *data;
	struct record first[ARRAY_LEN(first_people)];
	struct record second[ARRAY_LEN(second_people)];
	struct update_report report;
	struct told told;

	TAKE_PEOPLE(first_people, first);
	TAKE_PEOPLE(second_people, second);
	STATE_SYNC(state, first, NULL);
	listen(state, &told);
	STATE_SYNC(state, second, &report);
	assert_string_equal(told.last[DIFFERENCE_ADDED], "f fay fay< 0  >");
	assert_string_equal(told.last[DIFFERENCE_CHANGED],
	    "b rob rob<bob 3  >");
	assert_string_equal(told.last[DIFFERENCE_DEACTIVATED],
	    "e 1x < 0  >");
	assert_string_equal(told.last[DIFFERENCE_REACTIVATED],
	    "c cid cid< 0  >");
	assert_string_equal(told.last[DIFFERENCE_VANISHED],
	    "d dot dot< 0  >");
	assert_string_equal(told.last[DIFFERENCE_REFUSED],
	    "e 1x < 0 name-grammar >");
	assert_string_equal(told.last[DIFFERENCE_SITE],
	    "a ann ann< 0  Berlin>Paris");
	assert_int_equal(told.count[DIFFERENCE_ADDED], report.added);
	assert_int_equal(told.count[DIFFERENCE_CHANGED], report.changed);
	assert_int_equal(report.changed, 2);
	assert_int_equal(told.count[DIFFERENCE_DEACTIVATED],
	    report.deactivated);
	assert_int_equal(told.count[DIFFERENCE_REACTIVATED],
	    report.reactivated);
	assert_int_equal(told.count[DIFFERENCE_VANISHED], report.vanished);
	assert_int_equal(told.count[DIFFERENCE_REFUSED], report.refused);
	assert_int_equal(told.count[DIFFERENCE_SITE], report.site_conflicts);
}

static void
p6_dry_run_is_what_the_sync_then_does(void **data)
{
	struct state *state = *data;
	struct record first[ARRAY_LEN(first_people)];
	struct record second[ARRAY_LEN(second_people)];
	struct update_report would, did;
	struct told would_tell, told;
	char before[256];

	TAKE_PEOPLE(first_people, first);
	TAKE_PEOPLE(second_people, second);
	STATE_SYNC(state, first, NULL);
#define EVERYTHING "SELECT group_concat(scim_id || user_name || title || " \
	"active || vanished || coalesce(login, '-') || site_listed) || " \
	"(SELECT count(*) FROM ids) || (SELECT count(*) FROM syncs) " \
	"FROM users"
	(void)snprintf(before, sizeof(before), "%s",
	    state_query(state->store, EVERYTHING));
	listen(state, &would_tell);
	state->options.dry_run = true;
	STATE_SYNC(state, second, &would);
	assert_string_equal(state_query(state->store, EVERYTHING), before);
	state->options.dry_run = false;
	listen(state, &told);
	STATE_SYNC(state, second, &did);
	assert_memory_equal(&would, &did, sizeof(did));
	assert_memory_equal(&would_tell, &told, sizeof(told));
	assert_string_not_equal(state_query(state->store, EVERYTHING), before);
}

static void
dry_run_tells_what_is_refused(void **data)
{
	struct state *state = *data;
	struct record people[40];
	char id[ARRAY_LEN(people)][8];
	struct update_report report = { 0 };
	struct told told;

	for (size_t i = 0; i < ARRAY_LEN(people); i++) {
		(void)snprintf(id[i], sizeof(id[i]), "u%zu", i);
		people[i] = state_record(id[i], id[i], T1);
	}
	STATE_SYNC(state, people, NULL);
	state->options.dry_run = true;
	listen(state, &told);
	assert_err(state_sync(state, people, 5, &report), ERR_SCIM_LOSS);
	assert_int_equal(told.count[DIFFERENCE_VANISHED], 35);
	assert_int_equal(report.vanished, 35);
	listen(state, &told);
	assert_err(state_sync(state, NULL, 0, &report), ERR_SCIM_EMPTY);
	assert_int_equal(told.count[DIFFERENCE_VANISHED], 40);
	state->options.accept_loss = true;
	assert_err(state_sync(state, NULL, 0, &report), ERR_OK);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM users WHERE active"), "40");
}

static void
who_is_told_may_end_it(void **data)
{
	struct state *state = *data;
	struct record first[ARRAY_LEN(first_people)];
	struct told told;

	TAKE_PEOPLE(first_people, first);
	listen(state, &told);
	told.answer = ERR_IO;
	assert_err(state_sync(state, first, ARRAY_LEN(first), NULL), ERR_IO);
	assert_int_equal(told.count[DIFFERENCE_ADDED], 1);
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM users"), "0");
}

static void
columns_that_an_older_version_lacked_are_no_change(void **data)
{
	struct state *state = *data;
	struct record first[ARRAY_LEN(first_people)];
	struct update_report report;

	TAKE_PEOPLE(first_people, first);
	STATE_SYNC(state, first, NULL);
	state_exec(state->store, "UPDATE users SET site_listed = '', "
	    "created_at = 9223372036854775807, number = ''", ERR_OK);
	STATE_SYNC(state, first, &report);
	assert_int_equal(report.changed, 0);
	assert_string_equal(state_user(state, "site_listed || created_at",
	    "a"), "Berlin1704067200");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_difference_is_told_and_counted),
		TEST(p6_dry_run_is_what_the_sync_then_does),
		TEST(dry_run_tells_what_is_refused),
		TEST(who_is_told_may_end_it),
		TEST(columns_that_an_older_version_lacked_are_no_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
