/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *local_passwd;
static const char *local_group;

enum err __wrap_local_load_host(struct local **ret, struct diag *diag);

void
state_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

enum err
__wrap_local_load_host(struct local **ret, struct diag *diag)
{
	char passwd[] = "/tmp/8x8sso-passwd-XXXXXX";
	char group[] = "/tmp/8x8sso-group-XXXXXX";
	enum err r;

	assert_int_equal(close(mkstemp(passwd)), 0);
	assert_int_equal(close(mkstemp(group)), 0);
	state_write(passwd, local_passwd);
	state_write(group, local_group);
	r = local_load(passwd, group, ret, diag);
	(void)unlink(passwd);
	(void)unlink(group);
	return r;
}

void
state_set_local(const char *passwd, const char *group)
{
	local_passwd = passwd;
	local_group = group;
}

const char *
state_file(const struct state *state, const char *name)
{
	static char paths[4][PATH_MAX];
	static unsigned int next;
	char *path = paths[next++ % 4];

	(void)snprintf(path, PATH_MAX, "%s/%s", state->dir, name);
	return path;
}

void
state_init(struct state *state)
{
	memset(state, 0, sizeof(*state));
	(void)snprintf(state->dir, sizeof(state->dir),
	    "/tmp/8x8sso-state-XXXXXX");
	assert_non_null(mkdtemp(state->dir));
	(void)snprintf(state->path, sizeof(state->path), "%s/state.db",
	    state->dir);
	state_set_local("root:x:0:0:root:/root:/bin/sh\n", "root:x:0:\n");
	state->conf.idp_issuer = "https://sts.windows.net/x/";
	state->conf.idp_tenant = "";
	state->conf.saml_subject_attribute = "";
	state->conf.saml_user_attribute =
	    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name";
	state->conf.scim_max_users = 10000;
	state->conf.users_uid_attribute = "";
	state->conf.groups_scim = true;
	state->conf.groups_gid_attribute = "";
	state->conf.users_home = "/home/%u";
	state->conf.users_shell = "/bin/bash";
	state->conf.users_min_id = 1879048192;
	state->conf.users_max_id = 2147352575;
}

void
state_open(struct state *state)
{
	struct diag diag = DIAG_INIT;

	assert_err(store_open(state->path, true, &state->store, &diag),
	    ERR_OK);
}

void
state_clear(struct state *state)
{
	DIR *dir = opendir(state->dir);
	struct dirent *entry;

	store_free(&state->store);
	assert_non_null(dir);
	for (entry = readdir(dir); entry != NULL; entry = readdir(dir))
		(void)unlink(state_file(state, entry->d_name));
	(void)closedir(dir);
	assert_int_equal(rmdir(state->dir), 0);
}

int
state_setup(void **data)
{
	struct state *state = calloc(1, sizeof(*state));

	assert_non_null(state);
	state_init(state);
	state_open(state);
	*data = state;
	return 0;
}

int
state_teardown(void **data)
{
	state_clear(*data);
	free(*data);
	return 0;
}

const char *
state_query(struct store *store, const char *sql)
{
	static char text[STATE_QUERIES][1024];
	static unsigned int next;
	char *copy = text[next++ % STATE_QUERIES];
	struct store_stmt *stmt = NULL;
	struct diag diag = DIAG_INIT;
	bool row = false;

	if (store_prepare(store, sql, &stmt, &diag) != ERR_OK ||
	    store_step(stmt, &row, &diag) != ERR_OK)
		fail_msg("%s: %s", sql, diag.text);
	(void)snprintf(copy, sizeof(text[0]), "%s",
	    row ? store_text(stmt, 0) : "");
	store_stmt_free(&stmt);
	return copy;
}

const char *
state_user(const struct state *state, const char *column,
    const char *scim_id)
{
	char sql[512];

	(void)snprintf(sql, sizeof(sql), "SELECT %s FROM users "
	    "WHERE scim_id = '%s'", column, scim_id);
	return state_query(state->store, sql);
}

void
state_account(const struct state *state, const char *scim_id,
    const char *login, const char *refused)
{
	assert_string_equal(state_user(state, "login", scim_id), login);
	assert_string_equal(state_user(state, "refused", scim_id), refused);
}

void
state_exec(struct store *store, const char *sql, enum err want)
{
	struct diag diag = DIAG_INIT;
	enum err r = store_exec(store, sql, &diag);

	if (r != want)
		print_error("%s: %s\n", sql, diag.text);
	assert_err(r, want);
}

enum err
state_sync(struct state *state, const struct record *records, size_t count,
    struct update_report *report)
{
	struct update_report unused;
	struct update *update = NULL;
	struct diag diag = DIAG_INIT;

	assert_err(update_begin(state->store, &state->conf, 1000, &update,
	    &diag), ERR_OK);
	for (size_t i = 0; i < count; i++)
		assert_err(update_add(update, &records[i], &diag), ERR_OK);
	return update_commit(&update, &state->options,
	    report == NULL ? &unused : report, &diag);
}

struct record
state_record(const char *id, const char *user_name, const char *created)
{
	struct record record = {
		.id = id, .external_id = "", .user_name = user_name,
		.given_name = "", .family_name = "", .title = "",
		.department = "", .site = "", .created = created,
		.number = "",
		.active = true,
	};

	return record;
}

void
state_race(struct state *state, enum err (*run)(struct state *state, int i),
    int count[ERR_COUNT])
{
	int start[2];
	char byte;

	store_free(&state->store);
	assert_int_equal(pipe(start), 0);
	for (int i = 0; i < STATE_PROCESSES; i++) {
		pid_t pid = fork();

		assert_int_not_equal(pid, -1);
		if (pid != 0)
			continue;
		(void)close(start[1]);
		/* All of them start when the pipe is closed. */
		if (store_open(state->path, false, &state->store, NULL) !=
		    ERR_OK || read(start[0], &byte, 1) != 0)
			_exit(ERR_INTERNAL);
		_exit((int)run(state, i));
	}
	(void)close(start[0]);
	(void)close(start[1]);
	for (int i = 0; i < STATE_PROCESSES; i++) {
		int status = 0;

		assert_int_not_equal(wait(&status), -1);
		assert_true(WIFEXITED(status));
		count[WEXITSTATUS(status)]++;
	}
	state_open(state);
}

void
state_fill_disk(bool full)
{
	static struct rlimit before;
	struct rlimit now;

	if (full) {
		assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
		assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	}
	now = before;
	if (full)
		now.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
}
