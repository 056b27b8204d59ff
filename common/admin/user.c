/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/user.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "admin/print.h"
#include "base/clock.h"
#include "directory/directory.h"
#include "sys/json.h"

static bool
is_refused(const struct directory_user *user)
{
	return user->refused != ERR_OK;
}

static bool
is_inactive(const struct directory_user *user)
{
	return !user->active || user->vanished;
}

static bool
is_any(const struct directory_user *user)
{
	(void)user;
	return true;
}

static const struct {
	const char *option;
	bool (*matches)(const struct directory_user *user);
} filters[] = {
	{ "--refused", is_refused },
	{ "--inactive", is_inactive },
};

static const char *
state_of(const struct directory_user *user)
{
	if (user->refused != ERR_OK)
		return err_name(user->refused);
	if (user->vanished)
		return "vanished";
	if (user->seen_at > 0)
		return "jit";
	return user->active ? "active" : "inactive";
}

/* -- user list ------------------------------------------------------------ */

/* The list is written to memory first: it is printed whole or not at all. */
struct listing {
	bool (*matches)(const struct directory_user *user);
	FILE *out;
	bool json;
	struct json_writer writer;
};

static void
list_text(FILE *out, const struct directory_user *user)
{
	const char *login = user->login[0] == '\0' ? "-" : user->login;
	size_t len = strlen(login);
	char id[16] = "-";

	if (user->linked)
		(void)snprintf(id, sizeof(id), "local");
	else if (user->uid != 0)
		(void)snprintf(id, sizeof(id), "%" PRIu32, user->uid);
	/* Also the login name, whose grammar only update.c guarantees: the
	 * database is the service account's. */
	print_safe(out, login);
	(void)fprintf(out, "%*s %-10s %-13s ", len < 24 ? (int)(24 - len) : 0,
	    "", id, state_of(user));
	/* What the server chose freely stands last, where its width does not
	 * matter. */
	print_safe(out, user->user_name);
	(void)fputc('\n', out);
}

static void
list_json(struct json_writer *w, const struct directory_user *user)
{
	json_begin(w, NULL, '{');
	json_put_string(w, "login", user->login);
	json_put_int(w, "uid", user->uid);
	json_put_string(w, "state", state_of(user));
	json_put_string(w, "user_name", user->user_name);
	json_put_string(w, "scim_id", user->scim_id);
	json_put_bool(w, "local", user->linked);
	json_end(w, '}');
}

static enum err
list_user(const struct directory_user *user, void *context, struct diag *diag)
{
	struct listing *list = context;

	(void)diag;
	if (!list->matches(user))
		return ERR_OK;
	if (list->json)
		list_json(&list->writer, user);
	else
		list_text(list->out, user);
	return ERR_OK;
}

static enum err
list_users(struct store *store, void *context, struct diag *diag)
{
	struct listing *list = context;
	enum err r;

	if (list->json)
		json_begin(&list->writer, NULL, '[');
	else
		(void)fprintf(list->out, "%-24s %-10s %-13s %s\n", "LOGIN",
		    "UID", "STATE", "USER NAME");
	r = directory_each(store, list_user, list, diag);
	if (list->json)
		json_end(&list->writer, ']');
	return r;
}

static int
user_list(struct admin *admin, int argc, char **argv)
{
	struct listing list = { .matches = is_any, .json = admin->json };
	struct diag diag = DIAG_INIT;
	AUTO_FREE char *text = NULL;
	size_t len = 0;
	enum err r;

	if (argc > 1)
		return admin_usage("user list takes one option at most");
	for (size_t i = 0; i < ARRAY_LEN(filters) && argc == 1; i++)
		if (strcmp(argv[0], filters[i].option) == 0)
			list.matches = filters[i].matches;
	if (argc == 1 && list.matches == is_any)
		return admin_usage("user list takes --refused or --inactive");
	list.out = open_memstream(&text, &len);
	if (list.out == NULL) {
		(void)fail_errno(&diag, ERR_NOMEM, "the list");
		return admin_fail(admin, &diag);
	}
	list.writer = (struct json_writer)JSON_WRITER_INIT(list.out);
	r = admin_with_store(admin, list_users, &list, &diag);
	if (fclose(list.out) != 0 && r == ERR_OK)
		r = fail_errno(&diag, ERR_NOMEM, "the list");
	if (r != ERR_OK)
		return admin_fail(admin, &diag);
	(void)fwrite(text, 1, len, stdout);
	return ADMIN_OK;
}

/* -- user show ------------------------------------------------------------ */

struct shown {
	const char *login;
	struct directory_user user;
	int64_t last_sync;
};

static enum err
find_user(struct store *store, void *context, struct diag *diag)
{
	struct shown *shown = context;
	enum err r = directory_find(store, shown->login, &shown->user, diag);

	if (r != ERR_OK)
		return r;
	return store_meta_get_int(store, "last_sync", &shown->last_sync,
	    diag);
}

/* The text fields of a record, for both kinds of output. */
static const struct {
	const char *label;
	const char *name;
	size_t offset;
} fields[] = {
#define FIELD(label, name) \
	{ label, #name, offsetof(struct directory_user, name) }
	FIELD("Login", login),
	FIELD("User name", user_name),
	FIELD("Given name", given_name),
	FIELD("Family name", family_name),
	FIELD("Title", title),
	FIELD("Department", department),
	FIELD("Site", site),
	FIELD("SCIM id", scim_id),
	FIELD("External id", external_id),
	FIELD("Created", created),
#undef FIELD
};

static const char *
field_of(const struct directory_user *user, size_t i)
{
	return *(char *const *)((const char *)user + fields[i].offset);
}

/* A site that the provider changed is told and not applied. */
static bool
has_other_site(const struct directory_user *user)
{
	return user->site[0] != '\0' && user->site_listed[0] != '\0' &&
	    strcmp(user->site, user->site_listed) != 0;
}

static void
show_seen(const struct directory_user *user)
{
	char time[CLOCK_TEXT_SIZE];

	if (user->seen_at == 0)
		return;
	clock_format(user->seen_at, time);
	(void)printf("Last sign-in:     %s (no sync has listed them yet)\n",
	    time);
}

static void
show_text(const struct directory_user *user, const struct diag *verdict)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		print_field(stdout, fields[i].label, field_of(user, i));
	if (has_other_site(user))
		print_field(stdout, "Site at 8x8 now", user->site_listed);
	if (user->linked)
		print_field(stdout, "Account",
		    "local, by [users] link_local");
	else
		(void)printf("uid and gid:      %" PRIu32 "\n", user->uid);
	print_field(stdout, "State", state_of(user));
	show_seen(user);
	for (size_t i = 0; i < user->group_count; i++)
		print_field(stdout, "Group", user->groups[i]);
	print_field(stdout, "Pinned to", user->pin[0] == '\0' ?
	    "nobody yet (the first login pins)" : user->pin);
	if (verdict->code == ERR_OK)
		print_field(stdout, "May log in here", "yes");
	else
		(void)printf("May log in here:  no: %s (%s)\n",
		    err_text(verdict->code), err_name(verdict->code));
}

static void
show_json(const struct directory_user *user, const struct diag *verdict)
{
	struct json_writer w = JSON_WRITER_INIT(stdout);

	json_begin(&w, NULL, '{');
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		json_put_string(&w, fields[i].name, field_of(user, i));
	json_put_string(&w, "site_listed", user->site_listed);
	json_put_int(&w, "uid", user->uid);
	json_put_bool(&w, "local", user->linked);
	json_put_string(&w, "state", state_of(user));
	if (user->seen_at > 0)
		json_put_time(&w, "seen_at", user->seen_at);
	json_begin(&w, "groups", '[');
	for (size_t i = 0; i < user->group_count; i++)
		json_put_string(&w, NULL, user->groups[i]);
	json_end(&w, ']');
	json_put_string(&w, "pin", user->pin);
	json_put_bool(&w, "may_log_in", verdict->code == ERR_OK);
	json_put_string(&w, "reason", err_name(verdict->code));
	json_end(&w, '}');
}

static int
user_show(struct admin *admin, int argc, char **argv)
{
	struct shown shown = { .login = NULL };
	struct policy_account account;
	struct diag diag = DIAG_INIT;
	struct diag verdict = DIAG_INIT;

	if (argc != 1)
		return admin_usage("user show takes one login name");
	shown.login = argv[0];
	if (admin_with_store(admin, find_user, &shown, &diag) != ERR_OK)
		return admin_fail(admin, &diag);
	account = directory_account(&shown.user, shown.last_sync);
	/* The verdict's own code is the answer; its detail is for the log. */
	verdict.code = policy_check(&admin->conf, &account, admin->now,
	    &verdict);
	if (admin->json)
		show_json(&shown.user, &verdict);
	else
		show_text(&shown.user, &verdict);
	directory_user_clear(&shown.user);
	return ADMIN_OK;
}

static const struct {
	const char *name;
	int (*run)(struct admin *admin, int argc, char **argv);
} subcommands[] = {
	{ "list", user_list },
	{ "show", user_show },
	{ "adopt", user_adopt },
	{ "relink", user_relink },
};

int
admin_user(struct admin *admin, int argc, char **argv)
{
	for (size_t i = 0; i < ARRAY_LEN(subcommands) && argc > 1; i++)
		if (strcmp(argv[1], subcommands[i].name) == 0)
			return subcommands[i].run(admin, argc - 2, argv + 2);
	return admin_usage("user list, or user show, adopt or relink NAME");
}
