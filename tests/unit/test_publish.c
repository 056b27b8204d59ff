/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cache's writer is one here that writes a line of text for each call, so
 * that a test sees exactly what is published.
 */
#include "state.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache/writer.h"
#include "directory/publish.h"

struct cache_writer {
	struct buf text;
};

/* What the writer says to a user or group of the name "odd". */
static enum err odd_result;

struct cache_writer *
cache_writer_new(void)
{
	struct cache_writer *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->text.max = 1u << 21;
	return w;
}

void
cache_writer_free(struct cache_writer **w)
{
	if (*w == NULL)
		return;
	buf_clear(&(*w)->text);
	free(*w);
	*w = NULL;
}

enum err
cache_writer_add_user(struct cache_writer *w, const char *name, uint32_t id,
    const char *gecos, const char *home, const char *shell, bool may_log_in,
    const uint32_t *gids, size_t gid_count, struct diag *diag)
{
	(void)diag;
	if (strcmp(name, "odd") == 0)
		return odd_result;
	assert_err(buf_printf(&w->text, "%s:%u:%s:%s:%s:%s", name, id, gecos,
	    home, shell, may_log_in ? "yes" : "no"), ERR_OK);
	for (size_t i = 0; i < gid_count; i++)
		assert_err(buf_printf(&w->text, ":%u", gids[i]), ERR_OK);
	return buf_putc(&w->text, '\n');
}

enum err
cache_writer_add_group(struct cache_writer *w, const char *name,
    uint32_t gid, struct diag *diag)
{
	(void)diag;
	if (strcmp(name, "odd") == 0)
		return odd_result;
	return buf_printf(&w->text, "@%s:%u\n", name, gid);
}

void
cache_writer_allow_jit(struct cache_writer *w)
{
	assert_err(buf_puts(&w->text, "jit\n"), ERR_OK);
}

enum err
cache_writer_add_link(struct cache_writer *w, const char *name, uint32_t uid,
    struct diag *diag)
{
	(void)diag;
	if (strcmp(name, "odd") == 0)
		return odd_result;
	return buf_printf(&w->text, "=%s:%u\n", name, uid);
}

enum err
cache_writer_finish(struct cache_writer *w, struct buf *out,
    struct diag *diag)
{
	(void)diag;
	return buf_put(out, w->text.data, w->text.len);
}

static enum err
build(struct state *state, struct buf *out, struct publish_report *report)
{
	struct diag diag = DIAG_INIT;

	buf_reset(out);
	return publish_build(state->store, &state->conf, out, report, &diag);
}

/* An account behind the back of update.c. */
static void
plant(struct state *state, const char *id, const char *login, int64_t uid,
    const char *rest)
{
	char sql[1024];

	(void)snprintf(sql, sizeof(sql), "INSERT OR IGNORE INTO "
	    "ids(id, kind, key) VALUES (%lld, 'u', '%s')", (long long)uid,
	    id);
	state_exec(state->store, sql, ERR_OK);
	(void)snprintf(sql, sizeof(sql), "INSERT INTO users(scim_id, "
	    "external_id, user_name, title, department, site, created, "
	    "login, uid, home_name, given_name, family_name, active, "
	    "vanished) VALUES ('%s', '', '', '', '', '', '', '%s', %lld, %s)",
	    id, login, (long long)uid, rest);
	state_exec(state->store, sql, ERR_OK);
}

static void
plant_group(struct state *state, const char *name, int64_t gid)
{
	char sql[256];

	(void)snprintf(sql, sizeof(sql), "INSERT INTO ids(id, kind, key) "
	    "VALUES (%lld, 'g', '%s%lld')", (long long)gid, name,
	    (long long)gid);
	state_exec(state->store, sql, ERR_OK);
	(void)snprintf(sql, sizeof(sql), "INSERT INTO groups(gid, key, name) "
	    "VALUES (%lld, '%s%lld', '%s')", (long long)gid, name,
	    (long long)gid, name);
	state_exec(state->store, sql, ERR_OK);
}

static void
plant_member(struct state *state, const char *id, int64_t gid)
{
	char sql[256];

	(void)snprintf(sql, sizeof(sql), "INSERT OR IGNORE INTO "
	    "scim_groups(id, display_name, number) VALUES ('%lld', '', '')",
	    (long long)gid);
	state_exec(state->store, sql, ERR_OK);
	(void)snprintf(sql, sizeof(sql), "INSERT OR IGNORE INTO "
	    "scim_gids(group_id, gid) VALUES ('%lld', %lld)", (long long)gid,
	    (long long)gid);
	state_exec(state->store, sql, ERR_OK);
	(void)snprintf(sql, sizeof(sql), "INSERT INTO "
	    "scim_members(group_id, member_id) VALUES ('%lld', '%s')",
	    (long long)gid, id);
	state_exec(state->store, sql, ERR_OK);
}

static void
everybody_with_an_account_is_published_in_order_of_id(void **data)
{
	struct state *state = *data;
	AUTO(buf) struct buf out = BUF_INIT(65536);
	struct publish_report report = { .left_out = 9 };

	plant(state, "z", "zoe", 2000000001, "'zoe', 'Zoe', 'Zum', 1, 0");
	plant(state, "b", "bob", 2000000003, "'robert', '', '', 0, 0");
	plant(state, "a", "ann", 2000000002, "'ann', 'Ann', '', 1, 1");
	plant_group(state, "sales", 2000000009);
	plant_group(state, "berlin", 2000000008);
	plant_member(state, "z", 2000000009);
	plant_member(state, "z", 2000000008);
	assert_err(build(state, &out, &report), ERR_OK);
	assert_string_equal(buf_str(&out),
	    "@berlin:2000000008\n"
	    "@sales:2000000009\n"
	    "zoe:2000000001:Zoe Zum:/home/zoe:/bin/bash:yes:2000000008:"
		"2000000009\n"
	    "ann:2000000002:Ann:/home/ann:/bin/bash:no\n"
	    "bob:2000000003::/home/robert:/bin/bash:no\n");
	assert_int_equal(report.users, 3);
	assert_int_equal(report.groups, 2);
	assert_int_equal(report.left_out, 0);
	assert_false(report.unchanged);
}

static void
i6_a_tombstone_is_in_no_group_of_its_attributes(void **data)
{
	struct state *state = *data;
	AUTO(buf) struct buf out = BUF_INIT(65536);
	struct publish_report report;

	plant(state, "z", "zoe", 2000000001, "'zoe', '', '', 1, 0");
	plant(state, "a", "ann", 2000000002, "'ann', '', '', 0, 1");
	state_exec(state->store, "UPDATE users SET department = 'Sales'",
	    ERR_OK);
	state_exec(state->store, "INSERT INTO ids(id, kind, key) VALUES "
	    "(2000000009, 'g', 'department:Sales')", ERR_OK);
	state_exec(state->store, "INSERT INTO groups(gid, key, name) VALUES "
	    "(2000000009, 'department:Sales', 'sales')", ERR_OK);
	assert_err(build(state, &out, &report), ERR_OK);
	assert_string_equal(buf_str(&out),
	    "@sales:2000000009\n"
	    "zoe:2000000001::/home/zoe:/bin/bash:yes:2000000009\n"
	    "ann:2000000002::/home/ann:/bin/bash:no\n");
}

static void
i6_a_group_that_is_left_out_is_nobodys(void **data)
{
	struct state *state = *data;
	AUTO(buf) struct buf out = BUF_INIT(65536);
	struct publish_report report;

	state_set_local("", "docker:x:999:\n");
	plant(state, "z", "zoe", 2000000001, "'zoe', '', '', 1, 0");
	state_exec(state->store, "UPDATE users SET department = 'Docker'",
	    ERR_OK);
	state_exec(state->store, "INSERT INTO ids(id, kind, key) VALUES "
	    "(2000000009, 'g', 'department:Docker')", ERR_OK);
	state_exec(state->store, "INSERT INTO groups(gid, key, name) VALUES "
	    "(2000000009, 'department:Docker', 'docker')", ERR_OK);
	assert_err(build(state, &out, &report), ERR_OK);
	assert_string_equal(buf_str(&out),
	    "zoe:2000000001::/home/zoe:/bin/bash:yes\n");
	assert_int_equal(report.left_out, 1);
}

/* The server knows them by the id that it gave, and by no other. */
static void
i6_no_server_puts_who_was_created_into_a_group_by_our_id(void **data)
{
	struct state *state = *data;
	AUTO(buf) struct buf out = BUF_INIT(65536);
	struct publish_report report;

	plant(state, "jit:z", "zoe", 2000000001, "'zoe', '', '', 1, 0");
	state_exec(state->store, "INSERT INTO aliases(scim_id, user_id) "
	    "VALUES ('z', 'jit:z')", ERR_OK);
	plant_group(state, "sales", 2000000009);
	plant_group(state, "berlin", 2000000008);
	plant_member(state, "jit:z", 2000000009);
	plant_member(state, "z", 2000000008);
	assert_err(build(state, &out, &report), ERR_OK);
	assert_string_equal(buf_str(&out),
	    "@berlin:2000000008\n"
	    "@sales:2000000009\n"
	    "zoe:2000000001::/home/zoe:/bin/bash:yes:2000000008\n");
}

static void
that_people_may_be_created_is_said_only_when_configured(void **data)
{
	struct state *state = *data;
	AUTO(buf) struct buf without = BUF_INIT(65536);
	AUTO(buf) struct buf out = BUF_INIT(65536);
	struct publish_report report;

	assert_err(build(state, &without, &report), ERR_OK);
	assert_string_equal(buf_str(&without), "");
	state->conf.users_jit = true;
	assert_err(build(state, &out, &report), ERR_OK);
	assert_string_equal(buf_str(&out), "jit\n");
}

static void
refused_records_have_no_account(void **data)
{
	struct state *state = *data;
	AUTO(buf) struct buf out = BUF_INIT(65536);
	struct record records[] = {
		state_record("a", "1st", T1), state_record("b", "root", T1),
	};
	struct publish_report report;

	assert_err(state_sync(state, records, 2, NULL), ERR_OK);
	assert_err(build(state, &out, &report), ERR_OK);
	assert_string_equal(buf_str(&out), "");
	assert_int_equal(report.users + report.left_out, 0);
	/* Nor has one whose name is not in effect, until the next sync. */
	plant(state, "c", "cid", 2000000001, "'cid', '', '', 1, 0");
	state_exec(state->store, "UPDATE users SET refused = 'name-local' "
	    "WHERE scim_id = 'c'", ERR_OK);
	assert_err(build(state, &out, &report), ERR_OK);
	assert_string_equal(buf_str(&out), "");
}

static void
i5_local_names_and_ids_are_left_out(void **data)
{
	struct state *state = *data;
	AUTO(buf) struct buf out = BUF_INIT(65536);
	struct publish_report report;

	state_set_local("bob:x:1000:1000::/:\nx:x:2000000002:0::/:\n",
	    "docker:x:999:\ny:x:2000000003:\n");
	plant(state, "a", "bob", 2000000001, "'bob', '', '', 1, 0");
	plant(state, "b", "cid", 2000000002, "'cid', '', '', 1, 0");
	plant(state, "c", "dot", 2000000003, "'dot', '', '', 1, 0");
	plant(state, "d", "docker", 2000000004, "'docker', '', '', 1, 0");
	plant(state, "e", "fine", 2000000005, "'fine', '', '', 1, 0");
	plant_group(state, "bob", 2000000006);
	assert_err(build(state, &out, &report), ERR_OK);
	assert_string_equal(buf_str(&out),
	    "fine:2000000005::/home/fine:/bin/bash:yes\n");
	assert_int_equal(report.left_out, 5);
}

/* state.db belongs to an account that is not root. */
static void
i5_no_database_can_publish_what_root_does_not_allow(void **data)
{
	struct state *state = *data;
	AUTO(buf) struct buf out = BUF_INIT(65536);
	struct publish_report report;

	state->conf.users_min_id = 2000000000;
	state->conf.users_max_id = 2000000100;
	plant(state, "1", "low", 1000, "'low', '', '', 1, 0");
	plant(state, "2", "above", 2000000101, "'above', '', '', 1, 0");
	plant(state, "3", "under", 1999999999, "'under', '', '', 1, 0");
	plant(state, "4", "wrap", 4294967296 + 2000000000,
	    "'wrap', '', '', 1, 0");
	plant(state, "5", "Upper", 2000000001, "'upper', '', '', 1, 0");
	plant(state, "6", "a:b", 2000000002, "'ab', '', '', 1, 0");
	plant(state, "7", "", 2000000003, "'empty', '', '', 1, 0");
	plant(state, "8", "path", 2000000004, "'../root', '', '', 1, 0");
	plant(state, "9", "dir", 2000000005, "'', '', '', 1, 0");
	plant_group(state, "docker/x", 2000000006);
	plant_group(state, "disk", 6);
	plant_group(state, "wheel", 4294967296 + 2000000000 + 1);
	assert_err(build(state, &out, &report), ERR_OK);
	assert_string_equal(buf_str(&out), "");
	assert_int_equal(report.left_out, 12);
	assert_int_equal(report.users + report.groups, 0);
	/* Nor can the configuration go beyond what is compiled in. */
	state->conf.users_min_id = 0;
	state->conf.users_max_id = UINT64_MAX / 2;
	assert_err(build(state, &out, &report), ERR_OK);
	assert_null(strstr(buf_str(&out), "low"));
	assert_null(strstr(buf_str(&out), "wrap"));
	assert_null(strstr(buf_str(&out), "disk"));
	assert_non_null(strstr(buf_str(&out), "above"));
}

/* Whoever owns the file can take the schema's promises out of it, and root
 * has to live with more rows than there can be. */
static void
i5_no_database_can_give_more_groups_than_root_has_room_for(void **data)
{
	struct state *state = *data;
	AUTO(buf) struct buf out = BUF_INIT(1u << 21);
	struct publish_report report;

	plant(state, "a", "ann", 2000000001, "'ann', '', '', 1, 0");
	state_exec(state->store, "PRAGMA foreign_keys = OFF", ERR_OK);
	state_exec(state->store, "DROP TABLE groups", ERR_OK);
	state_exec(state->store, "CREATE VIEW groups AS "
	    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n "
	    "WHERE i < 65536) SELECT 'g' || i AS name, 2000000002 + i AS gid, "
	    "'' AS key FROM n", ERR_OK);
	state_exec(state->store, "INSERT INTO scim_gids(group_id, gid) "
	    "SELECT 'g', gid FROM groups", ERR_OK);
	state_exec(state->store, "INSERT INTO scim_members(group_id, "
	    "member_id) VALUES ('g', 'a')", ERR_OK);
	assert_err(build(state, &out, &report), ERR_OK);
	assert_int_equal(report.groups, 65537);
	assert_int_equal(report.users, 0);
	assert_int_equal(report.left_out, 1);
}

static void
i5_no_database_can_count_its_groups_wrongly(void **data)
{
	struct state *state = *data;
	AUTO(buf) struct buf out = BUF_INIT(1048576);
	struct publish_report report;

	state_exec(state->store, "PRAGMA foreign_keys = OFF", ERR_OK);
	state_exec(state->store, "DROP TABLE groups", ERR_OK);
	/* As many rows as it likes, another number each time. */
	state_exec(state->store, "CREATE VIEW groups AS "
	    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n "
	    "WHERE i < 99 + abs(random()) % 900) "
	    "SELECT 'g' || i AS name, 2000000000 + i AS gid, '' AS key "
	    "FROM n", ERR_OK);
	for (int i = 0; i < 20; i++) {
		assert_err(build(state, &out, &report), ERR_OK);
		assert_non_null(strstr(buf_str(&out), "@g0:2000000000\n"));
	}
}

static void
members_of_a_group_that_is_left_out_stay(void **data)
{
	struct state *state = *data;
	AUTO(buf) struct buf out = BUF_INIT(65536);
	struct publish_report report;

	state_set_local("", "sales:x:100:\n");
	plant(state, "a", "ann", 2000000001, "'ann', '', '', 1, 0");
	plant_group(state, "sales", 2000000002);
	plant_group(state, "berlin", 2000000003);
	plant_member(state, "a", 2000000002);
	plant_member(state, "a", 2000000003);
	assert_err(build(state, &out, &report), ERR_OK);
	assert_string_equal(buf_str(&out), "@berlin:2000000003\n"
	    "ann:2000000001::/home/ann:/bin/bash:yes:2000000003\n");
	assert_int_equal(report.left_out, 1);
}

static void
what_the_writer_refuses_is_left_out_and_failures_fail(void **data)
{
	static const struct {
		enum err says;
		enum err want;
	} cases[] = {
		{ ERR_NAME_GRAMMAR, ERR_OK }, { ERR_ID_RANGE, ERR_OK },
		{ ERR_EXISTS, ERR_OK }, { ERR_SYNTAX, ERR_OK },
		{ ERR_TOO_LONG, ERR_OK }, { ERR_NOMEM, ERR_NOMEM },
		{ ERR_INTERNAL, ERR_INTERNAL },
	};
	struct state *state = *data;
	AUTO(buf) struct buf out = BUF_INIT(65536);

	plant(state, "a", "odd", 2000000001, "'odd', '', '', 1, 0");
	plant(state, "b", "bob", 2000000002, "'bob', '', '', 1, 0");
	plant_group(state, "odd", 2000000003);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct publish_report report = { .users = 77 };

		odd_result = cases[i].says;
		assert_err(build(state, &out, &report), cases[i].want);
		if (cases[i].want == ERR_OK) {
			assert_int_equal(report.users, 1);
			assert_int_equal(report.groups, 0);
			assert_int_equal(report.left_out, 2);
		} else {
			assert_int_equal(report.users, 77);
		}
	}
}

static const char *
gecos_of(struct state *state, const char *given, const char *family)
{
	static char gecos[512];
	AUTO(buf) struct buf out = BUF_INIT(65536);
	struct record records[] = { state_record("a", "ann", T1) };
	struct publish_report report;
	const char *start;

	records[0].given_name = given;
	records[0].family_name = family;
	assert_err(state_sync(state, records, 1, NULL), ERR_OK);
	assert_err(build(state, &out, &report), ERR_OK);
	assert_int_equal(report.users, 1);
	start = strchr(strchr(buf_str(&out), ':') + 1, ':') + 1;
	(void)snprintf(gecos, sizeof(gecos), "%.*s",
	    (int)strcspn(start, ":"), start);
	return gecos;
}

static void
gecos_cannot_break_a_line_a_field_or_a_terminal(void **data)
{
	struct state *state = *data;

	assert_string_equal(gecos_of(state, "B.", "Simon"), "B. Simon");
	assert_string_equal(gecos_of(state, "", "Simon"), "Simon");
	assert_string_equal(gecos_of(state, "B.", ""), "B.");
	assert_string_equal(gecos_of(state, ":,", "Simon"), "Simon");
	assert_string_equal(gecos_of(state, "a:0:0\nroot", "x, Jr."),
	    "a00root x Jr.");
	assert_string_equal(gecos_of(state, "\x1b[2J\x7f\t\r", "\x01"),
	    "[2J ");
	/* C1: CSI in UTF-8; U+00A0 and beyond may be shown. */
	assert_string_equal(gecos_of(state, "\xc2\x9b" "31m", "\xc2\xa0"),
	    "31m \xc2\xa0");
	/* U+200F, U+202E, U+2028, U+2066; U+2010 and U+20AC may. */
	assert_string_equal(gecos_of(state, "nomiS\xe2\x80\x8f"
	    "\xe2\x80\xae" "B", "\xe2\x80\xa8x\xe2\x81\xa6"
	    "\xe2\x80\x90\xe2\x82\xac"),
	    "nomiSB x\xe2\x80\x90\xe2\x82\xac");
	/* Not UTF-8: nothing of it. */
	assert_string_equal(gecos_of(state, "a\xff", "Simon"), "Simon");
	assert_string_equal(gecos_of(state, "\xe2\x80", "Simon"), "Simon");
	assert_string_equal(gecos_of(state, "\xc0\xba", "Simon"), "Simon");
	assert_string_equal(gecos_of(state, "\xed\xa0\x80", "Simon"),
	    "Simon");
	assert_string_equal(gecos_of(state, "::,,\n\n", ":\x7f,"), "");
	assert_string_equal(gecos_of(state, "Ren\xc3\xa9",
	    "\xe7\xa0\x94\xf0\x9f\x98\x80"),
	    "Ren\xc3\xa9 \xe7\xa0\x94\xf0\x9f\x98\x80");
}

static void
gecos_is_cut_between_characters(void **data)
{
	struct state *state = *data;
	char name[601] = "";
	const char *gecos;

	for (size_t i = 0; i < 600; i += 2)
		memcpy(name + i, "\xc3\xa9", 3);
	gecos = gecos_of(state, name, "Simon");
	assert_int_equal(strlen(gecos), 255);
	assert_memory_equal(gecos + 252, "\xc3\xa9 ", 3);
	gecos = gecos_of(state, name, "");
	assert_int_equal(strlen(gecos), 254);
}

static void
gecos_of_damaged_text_is_empty(void **data)
{
	struct state *state = *data;
	AUTO(buf) struct buf out = BUF_INIT(65536);
	struct publish_report report;

	plant(state, "a", "ann", 2000000001, "'ann', CAST(X'41C3' AS TEXT), "
	    "CAST(X'F0' AS TEXT), 1, 0");
	assert_err(build(state, &out, &report), ERR_OK);
	assert_string_equal(buf_str(&out),
	    "ann:2000000001::/home/ann:/bin/bash:yes\n");
}

static void
home_is_the_template_with_the_first_name(void **data)
{
	static const char *const templates[][2] = {
		{ "/home/%u", "/home/ann" }, { "/srv/%u/%u", "/srv/ann/ann" },
		{ "/srv/shared", "/srv/shared" }, { "/x%", "/x%" },
		{ "/%%u", "/%ann" }, { "/%s%n%U", "/%s%n%U" },
	};
	struct state *state = *data;
	AUTO(buf) struct buf out = BUF_INIT(65536);
	struct publish_report report;
	char want[128];

	plant(state, "a", "smith", 2000000001, "'ann', '', '', 1, 0");
	for (size_t i = 0; i < ARRAY_LEN(templates); i++) {
		char template[32];

		(void)snprintf(template, sizeof(template), "%s",
		    templates[i][0]);
		state->conf.users_home = template;
		assert_err(build(state, &out, &report), ERR_OK);
		(void)snprintf(want, sizeof(want), "smith:2000000001::%s:"
		    "/bin/bash:yes\n", templates[i][1]);
		assert_string_equal(buf_str(&out), want);
	}
}

static void
a_shell_that_is_not_in_etc_shells_is_not_published(void **data)
{
	struct state *state = *data;
	AUTO(buf) struct buf out = BUF_INIT(65536);
	struct publish_report report;
	struct diag diag = DIAG_INIT;

	state->conf.users_shell = "/nonexistent/sh";
	assert_err(publish_build(state->store, &state->conf, &out, &report,
	    &diag), ERR_CONF_VALUE);
	assert_string_equal(diag.text, "[users] shell = /nonexistent/sh is "
	    "not in /etc/shells; add it there, or set another shell");
	assert_int_equal(out.len, 0);
	state->conf.users_shell = "/usr/sbin/nologin";
	assert_err(build(state, &out, &report), ERR_OK);
}

static void
paths_that_are_not_absolute_are_a_configuration_error(void **data)
{
	struct state *state = *data;
	AUTO(buf) struct buf out = BUF_INIT(65536);
	struct publish_report report;

	state->conf.users_home = "home/%u";
	assert_err(build(state, &out, &report), ERR_CONF_VALUE);
	state->conf.users_home = "";
	assert_err(build(state, &out, &report), ERR_CONF_VALUE);
	state->conf.users_home = "/home/%u";
	state->conf.users_shell = "bash";
	assert_err(build(state, &out, &report), ERR_CONF_VALUE);
	state->conf.users_shell = "";
	assert_err(build(state, &out, &report), ERR_CONF_VALUE);
}

/* -- the file -------------------------------------------------------------- */

static ino_t
inode(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

static void
write_cache(const char *path, const char *text, bool want_unchanged)
{
	AUTO(buf) struct buf bytes = BUF_INIT(1024);
	struct publish_report report = { .unchanged = !want_unchanged };
	struct diag diag = DIAG_INIT;
	struct stat st;

	assert_err(buf_puts(&bytes, text), ERR_OK);
	assert_err(publish_write(path, &bytes, &report, &diag), ERR_OK);
	assert_int_equal(report.unchanged, want_unchanged);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(st.st_size, strlen(text));
}

static void
file_is_replaced_only_by_other_bytes(void **data)
{
	struct state *state = *data;
	const char *path = state_file(state, "nss.cache");
	ino_t first;

	write_cache(path, "one", false);
	first = inode(path);
	write_cache(path, "one", true);
	assert_int_equal(inode(path), first);
	write_cache(path, "two", false);
	assert_int_not_equal(inode(path), first);
	write_cache(path, "two and more", false);
	write_cache(path, "tw", false);
	write_cache(path, "tw", true);
}

static void
file_with_another_mode_or_kind_is_replaced(void **data)
{
	struct state *state = *data;
	const char *path = state_file(state, "nss.cache");
	const char *target = state_file(state, "target");

	write_cache(path, "one", false);
	assert_int_equal(chmod(path, 0666), 0);
	write_cache(path, "one", false);
	write_cache(target, "one", false);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(target, path), 0);
	write_cache(path, "one", false);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0644), 0);
	write_cache(path, "one", false);
}

static void
directory_that_is_missing_is_an_error(void **data)
{
	AUTO(buf) struct buf bytes = BUF_INIT(16);
	struct publish_report report = { .users = 1 };
	struct diag diag = DIAG_INIT;

	(void)data;
	assert_err(buf_puts(&bytes, "x"), ERR_OK);
	assert_err(publish_write("/nonexistent/nss.cache", &bytes, &report,
	    &diag), ERR_IO);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everybody_with_an_account_is_published_in_order_of_id),
		TEST(i6_a_tombstone_is_in_no_group_of_its_attributes),
		TEST(i6_a_group_that_is_left_out_is_nobodys),
		TEST(i6_no_server_puts_who_was_created_into_a_group_by_our_id),
		TEST(that_people_may_be_created_is_said_only_when_configured),
		TEST(refused_records_have_no_account),
		TEST(i5_local_names_and_ids_are_left_out),
		TEST(i5_no_database_can_publish_what_root_does_not_allow),
		TEST(i5_no_database_can_give_more_groups_than_root_has_room_for),
		TEST(i5_no_database_can_count_its_groups_wrongly),
		TEST(members_of_a_group_that_is_left_out_stay),
		TEST(what_the_writer_refuses_is_left_out_and_failures_fail),
		TEST(gecos_cannot_break_a_line_a_field_or_a_terminal),
		TEST(gecos_is_cut_between_characters),
		TEST(gecos_of_damaged_text_is_empty),
		TEST(home_is_the_template_with_the_first_name),
		TEST(a_shell_that_is_not_in_etc_shells_is_not_published),
		TEST(paths_that_are_not_absolute_are_a_configuration_error),
		TEST(file_is_replaced_only_by_other_bytes),
		TEST(file_with_another_mode_or_kind_is_replaced),
		TEST(directory_that_is_missing_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
