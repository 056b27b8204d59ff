/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/admin.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "admin/print.h"
#include "sys/json.h"

/* In the order of the enum below; the value of an attribute, or the
 * displayName. */
#define SELECT_GROUPS \
	"SELECT name, gid, '', key, " \
	    "coalesce(display_name, substr(key, instr(key, ':') + 1)) " \
	"FROM groups LEFT JOIN scim_groups ON id = substr(key, 6) " \
	    "AND key GLOB 'scim:*' "

#define SELECT_REFUSED \
	"SELECT '', coalesce(gid, 0), refused, key, label " \
	"FROM groups_refused ORDER BY label, key"

/* By the name that they sign in with, or else by userName. */
#define SELECT_MEMBERS \
	"SELECT coalesce(links.name, " \
		"CASE refused WHEN '' THEN login ELSE '' END), users.user_name " \
	"FROM memberships JOIN users USING (scim_id) " \
	    "LEFT JOIN links USING (scim_id) WHERE gid = ?1 " \
	"ORDER BY 1, 2"

enum { COLUMN_NAME, COLUMN_GID, COLUMN_REFUSED, COLUMN_KEY, COLUMN_LABEL };

/* What is printed is written to memory first: whole, or not at all. */
struct listing {
	const char *name;	/* of `group show` */
	bool refused_only;
	FILE *out;
	bool json;
	struct json_writer writer;
};

/* "department", "scim": what is before the ':' of the key. */
static void
source_of(struct store_stmt *row, char source[static 16])
{
	const char *key = store_text(row, COLUMN_KEY);

	(void)snprintf(source, 16, "%.*s", (int)strcspn(key, ":"), key);
}

static const char *
state_of(struct store_stmt *row)
{
	const char *refused = store_text(row, COLUMN_REFUSED);

	return *refused == '\0' ? "ok" : refused;
}

static void
list_text(FILE *out, struct store_stmt *row)
{
	const char *name = store_text(row, COLUMN_NAME);
	size_t len = *name == '\0' ? 1 : strlen(name);
	int64_t gid = store_int(row, COLUMN_GID);
	char source[16];
	char id[24] = "-";

	if (gid != 0)
		(void)snprintf(id, sizeof(id), "%" PRId64, gid);
	source_of(row, source);
	print_safe(out, *name == '\0' ? "-" : name);
	(void)fprintf(out, "%*s %-10s ", len < 24 ? (int)(24 - len) : 0, "",
	    id);
	/* All of it is the service account's to write. */
	print_safe(out, state_of(row));
	(void)fprintf(out, "%*s ",
	    strlen(state_of(row)) < 12 ? 12 - (int)strlen(state_of(row)) : 0,
	    "");
	print_safe(out, source);
	(void)fprintf(out, "%*s ", 10 - (int)strlen(source), "");
	print_safe(out, store_text(row, COLUMN_LABEL));
	(void)fputc('\n', out);
}

static void
put_fields(struct json_writer *w, struct store_stmt *row)
{
	char source[16];

	source_of(row, source);
	json_put_string(w, "name", store_text(row, COLUMN_NAME));
	json_put_int(w, "gid", store_int(row, COLUMN_GID));
	json_put_string(w, "state", state_of(row));
	json_put_string(w, "source", source);
	json_put_string(w, "label", store_text(row, COLUMN_LABEL));
	json_put_string(w, "key", store_text(row, COLUMN_KEY));
}

static enum err
list_rows(struct store *store, const char *sql, struct listing *list,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *rows = NULL;
	bool row = false;
	enum err r = store_prepare(store, sql, &rows, diag);

	if (r == ERR_OK)
		r = store_step(rows, &row, diag);
	while (r == ERR_OK && row) {
		if (list->json) {
			json_begin(&list->writer, NULL, '{');
			put_fields(&list->writer, rows);
			json_end(&list->writer, '}');
		} else {
			list_text(list->out, rows);
		}
		r = store_step(rows, &row, diag);
	}
	return r;
}

static enum err
list_groups(struct store *store, void *context, struct diag *diag)
{
	struct listing *list = context;
	enum err r = ERR_OK;

	if (list->json)
		json_begin(&list->writer, NULL, '[');
	else
		(void)fprintf(list->out, "%-24s %-10s %-12s %-10s %s\n",
		    "NAME", "GID", "STATE", "FROM", "VALUE");
	if (!list->refused_only)
		r = list_rows(store, SELECT_GROUPS "ORDER BY name", list,
		    diag);
	if (r == ERR_OK)
		r = list_rows(store, SELECT_REFUSED, list, diag);
	if (list->json)
		json_end(&list->writer, ']');
	return r;
}

/* -- group show ------------------------------------------------------------ */

static enum err
show_members(struct listing *list, struct store_stmt *members,
    struct diag *diag)
{
	bool row = false;
	enum err r = store_step(members, &row, diag);

	while (r == ERR_OK && row) {
		const char *login = store_text(members, 0);

		if (*login == '\0')
			login = store_text(members, 1);
		if (list->json)
			json_put_string(&list->writer, NULL, login);
		else
			print_field(list->out, "Member", login);
		r = store_step(members, &row, diag);
	}
	return r;
}

static void
show_text(FILE *out, struct store_stmt *row)
{
	char source[16];

	source_of(row, source);
	print_field(out, "Group", store_text(row, COLUMN_NAME));
	(void)fprintf(out, "gid:              %" PRId64 "\n",
	    store_int(row, COLUMN_GID));
	print_field(out, "From", source);
	print_field(out, "Value", store_text(row, COLUMN_LABEL));
	print_field(out, "Key", store_text(row, COLUMN_KEY));
}

static enum err
show_group(struct store *store, void *context, struct diag *diag)
{
	struct listing *list = context;
	AUTO(store_stmt) struct store_stmt *group = NULL;
	AUTO(store_stmt) struct store_stmt *members = NULL;
	bool row = false;
	enum err r = store_prepare(store, SELECT_GROUPS "WHERE name = ?1",
	    &group, diag);

	if (r == ERR_OK)
		r = store_bind_text(group, 1, list->name, diag);
	if (r == ERR_OK)
		r = store_step(group, &row, diag);
	if (r == ERR_OK && !row)
		r = fail(diag, ERR_NOT_FOUND, "group %s", list->name);
	if (r == ERR_OK)
		r = store_prepare(store, SELECT_MEMBERS, &members, diag);
	if (r == ERR_OK)
		r = store_bind_int(members, 1, store_int(group, COLUMN_GID),
		    diag);
	if (r != ERR_OK)
		return r;
	if (!list->json) {
		show_text(list->out, group);
		return show_members(list, members, diag);
	}
	json_begin(&list->writer, NULL, '{');
	put_fields(&list->writer, group);
	json_begin(&list->writer, "members", '[');
	r = show_members(list, members, diag);
	json_end(&list->writer, ']');
	json_end(&list->writer, '}');
	return r;
}

static int
print_what(struct admin *admin, struct listing *list,
    enum err (*read)(struct store *store, void *context, struct diag *diag))
{
	AUTO_FREE char *text = NULL;
	struct diag diag = DIAG_INIT;
	size_t len = 0;
	enum err r;

	list->json = admin->json;
	list->out = open_memstream(&text, &len);
	if (list->out == NULL) {
		(void)fail_errno(&diag, ERR_NOMEM, "the list");
		return admin_fail(admin, &diag);
	}
	list->writer = (struct json_writer)JSON_WRITER_INIT(list->out);
	r = admin_with_store(admin, read, list, &diag);
	if (fclose(list->out) != 0 && r == ERR_OK)
		r = fail_errno(&diag, ERR_NOMEM, "the list");
	if (r != ERR_OK)
		return admin_fail(admin, &diag);
	(void)fwrite(text, 1, len, stdout);
	return ADMIN_OK;
}

static int
group_list(struct admin *admin, int argc, char **argv)
{
	struct listing list = { .refused_only = argc == 1 };

	if (argc > 1 || (argc == 1 && strcmp(argv[0], "--refused") != 0))
		return admin_usage("group list takes --refused or nothing");
	return print_what(admin, &list, list_groups);
}

static int
group_show(struct admin *admin, int argc, char **argv)
{
	struct listing list = { .name = argv[0] };

	if (argc != 1)
		return admin_usage("group show takes one name");
	return print_what(admin, &list, show_group);
}

static const struct {
	const char *name;
	int (*run)(struct admin *admin, int argc, char **argv);
} subcommands[] = {
	{ "list", group_list },
	{ "show", group_show },
};

int
admin_group(struct admin *admin, int argc, char **argv)
{
	for (size_t i = 0; i < ARRAY_LEN(subcommands) && argc > 1; i++)
		if (strcmp(argv[1], subcommands[i].name) == 0)
			return subcommands[i].run(admin, argc - 2, argv + 2);
	return admin_usage("group list or group show NAME");
}
