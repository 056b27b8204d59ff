/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/group_nesting.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "directory/update_impl.h"

/* numbered: the server's groups, from 1; gid: of those that have a name. */
static const char *const make_tables[] = {
	"CREATE TABLE temp.numbered("
	    "number INTEGER PRIMARY KEY, id TEXT UNIQUE, gid)",
	/* Without these types its order is of no use to scim_gids. */
	"CREATE TABLE temp.wanted_gids("
	    "group_id TEXT, gid INTEGER, PRIMARY KEY (group_id, gid)) WITHOUT ROWID",
	NULL
};

static const char *const drop_tables[] = {
	"DROP TABLE IF EXISTS temp.numbered",
	"DROP TABLE IF EXISTS temp.wanted_gids",
	NULL
};

#define NUMBER_GROUPS \
	"INSERT INTO temp.numbered(id, gid) SELECT id, groups.gid " \
	    "FROM scim_groups LEFT JOIN groups ON groups.key = 'scim:' || id " \
	    "ORDER BY id"

/* From the few groups, not from the many members. */
#define SELECT_EDGES \
	"SELECT parent.number, child.number FROM temp.numbered AS child " \
	    "CROSS JOIN scim_members ON member_id = child.id " \
	    "CROSS JOIN temp.numbered AS parent ON parent.id = group_id " \
	    "WHERE parent.number <> child.number ORDER BY 1, 2"

#define INSERT_OWN \
	"INSERT INTO temp.wanted_gids SELECT id, gid FROM temp.numbered " \
	    "WHERE gid IS NOT NULL"

#define INSERT_NESTED \
	"INSERT INTO temp.wanted_gids SELECT id, ?2 FROM temp.numbered " \
	    "WHERE number = ?1"

static const char *const store_gids[] = {
	"DELETE FROM scim_gids WHERE NOT EXISTS (SELECT 1 "
	    "FROM temp.wanted_gids AS w WHERE w.group_id = scim_gids.group_id "
	    "AND w.gid = scim_gids.gid)",
	"INSERT INTO scim_gids(group_id, gid) "
	    "SELECT group_id, gid FROM temp.wanted_gids AS w "
	    "WHERE NOT EXISTS (SELECT 1 FROM scim_gids "
	    "WHERE scim_gids.group_id = w.group_id "
	    "AND scim_gids.gid = w.gid)",
	NULL
};

/* Each group's members, times the groups that it gives. */
#define COUNT_MEMBERS \
	"SELECT sum(gids * (SELECT count(*) FROM scim_members " \
	    "WHERE scim_members.group_id = g.group_id)) " \
	"FROM (SELECT group_id, count(*) AS gids FROM scim_gids " \
	    "GROUP BY group_id) AS g"

/* Of groups, or of groups in groups. */
#define NUMBERS_MAX (SCIM_MEMBERS_MAX * sizeof(uint32_t))

/* Which groups are in which: those in group i are
 * children[first[i]] .. children[first[i + 1] - 1]. */
struct nesting {
	struct store *store;
	size_t count;		/* of groups; the first is 1 */
	struct buf first;	/* uint32_t [count + 2] */
	struct buf children;	/* uint32_t */
	struct buf seen;	/* uint32_t [count + 1]: by whose walk */
	struct buf queue;	/* uint32_t: of one walk */
	uint64_t steps;
	struct store_stmt *insert;
};

static void
nesting_clear(struct nesting *n)
{
	enum err r;

	store_stmt_free(&n->insert);
	buf_clear(&n->first);
	buf_clear(&n->children);
	buf_clear(&n->seen);
	buf_clear(&n->queue);
	/* What cannot be dropped goes with the connection. */
	r = update_run(n->store, drop_tables, NULL);
	(void)r;
}
DEFINE_AUTO(nesting, struct nesting, nesting_clear);

static uint32_t *
numbers(const struct buf *buf)
{
	return (uint32_t *)(void *)buf->data;
}

static enum err
put_number(struct buf *buf, size_t number, struct diag *diag)
{
	const uint32_t value = (uint32_t)number;
	enum err r = buf_put(buf, &value, sizeof(value));

	return r == ERR_OK ? r : fail(diag, r, "groups in groups");
}

static enum err
number_groups(struct nesting *n, const struct conf *conf, struct diag *diag)
{
	int64_t count = 0;
	enum err r = update_run(n->store, drop_tables, diag);

	if (r == ERR_OK)
		r = update_run(n->store, make_tables, diag);
	if (r == ERR_OK && conf->groups_scim)
		r = store_exec(n->store, NUMBER_GROUPS, diag);
	if (r == ERR_OK)
		r = store_exec(n->store, INSERT_OWN, diag);
	if (r == ERR_OK)
		r = store_query_int(n->store,
		    "SELECT count(*) FROM temp.numbered", &count, diag);
	n->count = (size_t)count;
	return r;
}

static size_t
child_count(const struct nesting *n)
{
	return n->children.len / sizeof(uint32_t);
}

/* Ends the lists of all groups before this one. */
static enum err
begin_list(struct nesting *n, size_t group, struct diag *diag)
{
	enum err r = ERR_OK;

	while (n->first.len / sizeof(uint32_t) <= group && r == ERR_OK)
		r = put_number(&n->first, child_count(n), diag);
	return r;
}

static enum err
read_edges(struct nesting *n, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *edges = NULL;
	bool row = false;
	enum err r = store_prepare(n->store, SELECT_EDGES, &edges, diag);

	if (r == ERR_OK)
		r = store_step(edges, &row, diag);
	while (r == ERR_OK && row) {
		r = begin_list(n, (size_t)store_int(edges, 0), diag);
		if (r == ERR_OK)
			r = put_number(&n->children,
			    (size_t)store_int(edges, 1), diag);
		if (r == ERR_OK)
			r = store_step(edges, &row, diag);
	}
	if (r != ERR_OK)
		return r;
	return begin_list(n, n->count + 1, diag);
}

/* Queues the groups in `group` that this walk has not seen. */
static enum err
look_into(struct nesting *n, uint32_t group, uint32_t walk,
    struct diag *diag)
{
	const uint32_t *first = numbers(&n->first);
	uint32_t *seen = numbers(&n->seen);
	enum err r = ERR_OK;

	n->steps += first[group + 1] - first[group];
	if (n->steps > SCIM_NESTED_MAX)
		return fail(diag, ERR_SCIM_LIMITS,
		    "groups of the server are nested too much");
	for (uint32_t i = first[group]; i < first[group + 1] &&
	    r == ERR_OK; i++) {
		uint32_t child = numbers(&n->children)[i];

		if (seen[child] == walk)
			continue;
		seen[child] = walk;
		r = put_number(&n->queue, child, diag);
	}
	return r;
}

/* Everything that is nested in the group, one depth after the other. */
static enum err
walk_down(struct nesting *n, uint32_t walk, struct diag *diag)
{
	size_t done = 0;
	enum err r;

	n->queue.len = 0;
	numbers(&n->seen)[walk] = walk;
	r = put_number(&n->queue, walk, diag);
	for (int depth = 0; depth < SCIM_NESTING_MAX && r == ERR_OK;
	    depth++) {
		size_t end = n->queue.len / sizeof(uint32_t);

		for (; done < end && r == ERR_OK; done++)
			r = look_into(n, numbers(&n->queue)[done], walk,
			    diag);
	}
	return r;
}

static enum err
insert_nested(struct nesting *n, int64_t gid, struct diag *diag)
{
	size_t count = n->queue.len / sizeof(uint32_t);
	enum err r = ERR_OK;

	/* The first is the group itself. */
	for (size_t i = 1; i < count && r == ERR_OK; i++) {
		r = store_bind_int(n->insert, 1, numbers(&n->queue)[i], diag);
		if (r == ERR_OK)
			r = store_bind_int(n->insert, 2, gid, diag);
		if (r == ERR_OK)
			r = store_run(n->insert, diag);
	}
	return r;
}

static enum err
walk_all(struct nesting *n, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *named = NULL;
	bool row = false;
	enum err r = store_prepare(n->store, INSERT_NESTED, &n->insert, diag);

	for (size_t i = 0; i <= n->count && r == ERR_OK; i++)
		r = put_number(&n->seen, 0, diag);
	if (r == ERR_OK)
		r = store_prepare(n->store, "SELECT number, gid "
		    "FROM temp.numbered WHERE gid IS NOT NULL", &named, diag);
	if (r == ERR_OK)
		r = store_step(named, &row, diag);
	while (r == ERR_OK && row) {
		r = walk_down(n, (uint32_t)store_int(named, 0), diag);
		if (r == ERR_OK)
			r = insert_nested(n, store_int(named, 1), diag);
		if (r == ERR_OK)
			r = store_step(named, &row, diag);
	}
	return r;
}

/* Members of nested groups count once for every group that they are in. */
static enum err
check_members(struct store *store, struct diag *diag)
{
	int64_t members = 0;
	enum err r = store_query_int(store, COUNT_MEMBERS, &members, diag);

	if (r != ERR_OK)
		return r;
	if (members > SCIM_MEMBERS_MAX)
		return fail(diag, ERR_SCIM_LIMITS, "groups of the server have "
		    "%lld members with those of nested groups, and %u at most "
		    "are taken", (long long)members, SCIM_MEMBERS_MAX);
	return ERR_OK;
}

enum err
group_nesting_update(struct store *store, const struct conf *conf,
    struct diag *diag)
{
	AUTO(nesting) struct nesting n = {
		.store = store,
		.first = BUF_INIT(NUMBERS_MAX),
		.children = BUF_INIT(NUMBERS_MAX),
		.seen = BUF_INIT(NUMBERS_MAX),
		.queue = BUF_INIT(NUMBERS_MAX),
	};
	enum err r = number_groups(&n, conf, diag);

	if (r == ERR_OK)
		r = read_edges(&n, diag);
	if (r == ERR_OK && n.children.len > 0)
		r = walk_all(&n, diag);
	if (r == ERR_OK)
		r = update_run(store, store_gids, diag);
	if (r == ERR_OK && n.children.len > 0)
		r = check_members(store, diag);
	return r;
}
