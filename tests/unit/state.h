/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A state database in a directory of its own, a configuration as conf.c would
 * preset it, and local accounts to choose, for the tests of the rules.
 */
#ifndef TESTS_STATE_H
#define TESTS_STATE_H

#include <limits.h>

#include "unit.h"

#include "base/cleanup.h"
#include "directory/local.h"
#include "directory/record.h"
#include "directory/update.h"
#include "sys/conf.h"
#include "sys/store.h"

/* Moments of creation, in order. */
#define T1 "2024-01-01T00:00:00Z"
#define T2 "2024-01-02T00:00:00Z"
#define T3 "2024-01-03T00:00:00Z"

struct state {
	char dir[64];
	char path[80];		/* dir/state.db */
	struct conf conf;
	struct update_options options;	/* of state_sync() */
	struct store *store;
};

/* Points into a buffer that the fourth call after this one reuses. */
const char *state_file(const struct state *state, const char *name);

void state_write(const char *path, const char *text);

/* What local_load_host() finds from now on (tests are linked with
 * --wrap=local_load_host); the texts of /etc/passwd and /etc/group. */
void state_set_local(const char *passwd, const char *group);

/* An empty directory and its configuration; state_open() makes state.db. */
void state_init(struct state *state);
void state_open(struct state *state);
void state_clear(struct state *state);

/* cmocka's setup and teardown: *data is an open struct state. */
int state_setup(void **data);
int state_teardown(void **data);

/* The first column of the first row, as text; "" without a row.  The text is
 * good for STATE_QUERIES more calls. */
#define STATE_QUERIES 16
const char *state_query(struct store *store, const char *sql);

/* The user must hold this login name and be refused for this reason. */
void state_account(const struct state *state, const char *scim_id,
	const char *login, const char *refused);

/* Runs one statement, which must do what is expected of it. */
void state_exec(struct store *store, const char *sql, enum err want);

/* One sync of these records, with state->options. */
enum err state_sync(struct state *state, const struct record *records,
	size_t count, struct update_report *report);

#define STATE_SYNC(state, records, report) \
	assert_err(state_sync(state, records, ARRAY_LEN(records), report), \
	    ERR_OK)

/* One column of the user with this SCIM id, as state_query(). */
const char *state_user(const struct state *state, const char *column,
	const char *scim_id);

/* Runs it in that many processes at once, each with a connection of its own;
 * those that end with a reason are added to its count. */
#define STATE_PROCESSES 50
void state_race(struct state *state,
	enum err (*run)(struct state *state, int i), int count[ERR_COUNT]);

/* On a full disk no file grows; false ends that. */
void state_fill_disk(bool full);

/* An active user of whom everything else is empty. */
struct record state_record(const char *id, const char *user_name,
	const char *created);

#endif
