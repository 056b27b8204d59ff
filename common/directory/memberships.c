/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/memberships.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "directory/local.h"

/* What keys of groups begin with. */
static const char *const prefixes[MEMBERSHIP_ATTRIBUTES] = {
	[MEMBERSHIP_DEPARTMENT] = "department:",
	[MEMBERSHIP_SITE] = "site:",
	[MEMBERSHIP_TITLE] = "title:",
};

/* A value of an attribute, and its group. */
struct value {
	uint32_t at;		/* in text */
	uint32_t gid;
};

struct memberships {
	struct buf text;
	struct buf values[MEMBERSHIP_ATTRIBUTES]; /* struct value, sorted */
	struct buf pairs;	/* uint64_t: uid << 32 | gid; sorted */
};

/* The gids that are asked for. */
struct asked {
	const uint32_t *gids;
	size_t count;
};

void
memberships_free(struct memberships **memberships)
{
	struct memberships *m = *memberships;

	*memberships = NULL;
	if (m == NULL)
		return;
	buf_clear(&m->text);
	for (size_t i = 0; i < MEMBERSHIP_ATTRIBUTES; i++)
		buf_clear(&m->values[i]);
	buf_clear(&m->pairs);
	free(m);
}

static bool
is_asked_for(const struct asked *asked, int64_t gid)
{
	uint32_t number = (uint32_t)gid;

	return number == gid && asked->count > 0 &&
	    bsearch(&number, asked->gids, asked->count, sizeof(number),
	    local_compare_ids) != NULL;
}

static enum err
add_value(struct memberships *m, const char *key, uint32_t gid,
    struct diag *diag)
{
	struct value value = { (uint32_t)m->text.len, gid };

	for (size_t i = 0; i < MEMBERSHIP_ATTRIBUTES; i++) {
		size_t len = strlen(prefixes[i]);
		enum err r;

		if (strncmp(key, prefixes[i], len) != 0)
			continue;
		r = buf_put(&m->text, key + len, strlen(key + len) + 1);
		if (r == ERR_OK)
			r = buf_put(&m->values[i], &value, sizeof(value));
		return r == ERR_OK ? r : fail(diag, r, "groups");
	}
	return ERR_OK;
}

/* Keys sort as their values do: those of an attribute begin alike. */
static enum err
load_values(struct memberships *m, struct store *store,
    const struct asked *asked, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *rows = NULL;
	bool row = false;
	enum err r = store_prepare(store,
	    "SELECT key, gid FROM groups ORDER BY key", &rows, diag);

	if (r == ERR_OK)
		r = store_step(rows, &row, diag);
	while (r == ERR_OK && row) {
		int64_t gid = store_int(rows, 1);

		if (is_asked_for(asked, gid))
			r = add_value(m, store_text(rows, 0), (uint32_t)gid,
			    diag);
		if (r == ERR_OK)
			r = store_step(rows, &row, diag);
	}
	return r;
}

/* The last two parts of the view. */
#define ACCOUNTS "uid IS NOT NULL AND refused = '' AND NOT vanished "
#define SELECT_PAIRS \
	"SELECT uid, gid FROM scim_gids JOIN scim_members USING (group_id) " \
	    "JOIN users ON users.scim_id = member_id " \
	    "WHERE users.scim_id NOT GLOB 'jit:*' AND " ACCOUNTS \
	"UNION ALL SELECT uid, gid FROM aliases " \
	    "JOIN scim_members ON member_id = aliases.scim_id " \
	    "JOIN scim_gids USING (group_id) " \
	    "JOIN users ON users.scim_id = user_id WHERE " ACCOUNTS

static int
compare_pairs(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static enum err
load_pairs(struct memberships *m, struct store *store,
    const struct asked *asked, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *rows = NULL;
	bool row = false;
	enum err r = store_prepare(store, SELECT_PAIRS, &rows, diag);

	if (r == ERR_OK)
		r = store_step(rows, &row, diag);
	while (r == ERR_OK && row) {
		int64_t gid = store_int(rows, 1);
		uint64_t pair = (uint64_t)store_int(rows, 0) << 32 |
		    (uint32_t)gid;

		if (is_asked_for(asked, gid))
			r = buf_put(&m->pairs, &pair, sizeof(pair));
		if (r != ERR_OK)
			return fail(diag, r, "members of groups");
		r = store_step(rows, &row, diag);
	}
	if (m->pairs.len > 0)
		qsort(m->pairs.data, m->pairs.len / sizeof(uint64_t),
		    sizeof(uint64_t), compare_pairs);
	return r;
}

enum err
memberships_load(struct store *store, const uint32_t *gids, size_t count,
    struct memberships **ret, struct diag *diag)
{
	const struct asked asked = { gids, count };
	AUTO(memberships) struct memberships *m = calloc(1, sizeof(*m));
	enum err r;

	if (m == NULL)
		return fail(diag, ERR_NOMEM, "members of groups");
	m->text.max = CACHE_SIZE_MAX;
	for (size_t i = 0; i < MEMBERSHIP_ATTRIBUTES; i++)
		m->values[i].max = CACHE_SIZE_MAX;
	m->pairs.max = (size_t)SCIM_MEMBERS_MAX * sizeof(uint64_t);
	r = load_values(m, store, &asked, diag);
	if (r == ERR_OK)
		r = load_pairs(m, store, &asked, diag);
	if (r != ERR_OK)
		return r;
	*ret = TAKE(m);
	return ERR_OK;
}

static const struct value *
find_value(const struct memberships *m, size_t attribute, const char *text)
{
	const struct buf *values = &m->values[attribute];
	const struct value *all = (const void *)values->data;
	size_t low = 0;
	size_t high = values->len / sizeof(*all);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(text,
		    (const char *)m->text.data + all[middle].at);

		if (order == 0)
			return &all[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static enum err
put_values(const struct memberships *m,
    const char *const values[MEMBERSHIP_ATTRIBUTES], struct buf *gids)
{
	enum err r = ERR_OK;

	for (size_t i = 0; i < MEMBERSHIP_ATTRIBUTES && r == ERR_OK; i++) {
		const struct value *value = find_value(m, i, values[i]);

		if (value != NULL)
			r = buf_put(gids, &value->gid, sizeof(value->gid));
	}
	return r;
}

/* The first pair of this uid or a larger one. */
static size_t
first_pair(const uint64_t *pairs, size_t count, uint32_t uid)
{
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;

		if (pairs[middle] >> 32 < uid)
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

static enum err
put_pairs(const struct memberships *m, uint32_t uid, struct buf *gids)
{
	const uint64_t *pairs = (const void *)m->pairs.data;
	size_t count = m->pairs.len / sizeof(*pairs);
	enum err r = ERR_OK;

	for (size_t i = first_pair(pairs, count, uid); i < count &&
	    pairs[i] >> 32 == uid && r == ERR_OK; i++) {
		uint32_t gid = (uint32_t)pairs[i];

		if (i == 0 || pairs[i] != pairs[i - 1])
			r = buf_put(gids, &gid, sizeof(gid));
	}
	return r;
}

/* A database that was tampered with may have one twice. */
static void
sort_once(struct buf *gids)
{
	uint32_t *all = (void *)gids->data;
	size_t count = gids->len / sizeof(*all);
	size_t kept = 0;

	if (count < 2)
		return;
	qsort(all, count, sizeof(*all), local_compare_ids);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || all[i] != all[kept - 1])
			all[kept++] = all[i];
	gids->len = kept * sizeof(*all);
}

enum err
memberships_get(const struct memberships *memberships, uint32_t uid,
    const char *const values[MEMBERSHIP_ATTRIBUTES], struct buf *gids,
    struct diag *diag)
{
	enum err r;

	gids->len = 0;
	r = put_values(memberships, values, gids);
	if (r == ERR_OK)
		r = put_pairs(memberships, uid, gids);
	if (r != ERR_OK)
		return fail(diag, r, "groups of %u", uid);
	sort_once(gids);
	return ERR_OK;
}
