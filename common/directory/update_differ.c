/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/update_impl.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/limits.h"

/* The bit of each field that may differ, and how. */
#define FIELDS(X) \
	X(1, login, "b.login IS NOT u.login") \
	X(2, user_name, "b.user_name <> u.user_name") \
	X(4, external_id, "b.external_id <> u.external_id") \
	X(8, given_name, "b.given_name <> u.given_name") \
	X(16, family_name, "b.family_name <> u.family_name") \
	X(32, title, "b.title <> u.title") \
	X(64, department, "b.department <> u.department") \
	X(128, site, "b.site <> u.site") \
	X(256, created, "b.created <> u.created") \
	X(512, accepted, "b.refused <> '' AND u.refused = ''") \
	X(1024, listed, "b.vanished AND NOT u.active")

static const char *const field_names[] = {
#define NAME(bit, name, differs) #name,
	FIELDS(NAME)
#undef NAME
};

#define BIT(bit, name, differs) " + (" differs ") * " #bit
#define BITS "(0" FIELDS(BIT) ")"

#define OF_CHANGED " FROM temp.before AS b JOIN users AS u " \
	"ON u.rowid = b.place WHERE "
#define OF_LISTED " FROM users AS u WHERE NOT u.vanished AND "

/* Of rows of OF_LISTED. */
#define IS_REFUSED "u.refused NOT IN ('', 'name-linked')"
#define HAS_OTHER_SITE "u.site_listed <> '' AND u.site_listed <> u.site"
#define HAS_OTHER_ID "u.uid IS NOT NULL AND u.number <> '' " \
	"AND CAST(u.uid AS TEXT) <> u.number"

/* To read all of a large table takes long: one pass for all of these. */
#define COUNT_LISTED "SELECT sum(u.seen_at = 0), sum(" IS_REFUSED "), " \
	"sum(" HAS_OTHER_SITE "), sum(" HAS_OTHER_ID ") " \
	"FROM users AS u WHERE NOT u.vanished"

/* In the order of struct difference. */
#define WHO "u.scim_id, u.user_name, u.login, "
#define WHO_WAS WHO "CASE WHEN b.login IS NOT u.login " \
	"THEN coalesce(b.login, '') ELSE '' END, "

static const struct {
	const char *columns;
	const char *rows;
	size_t count;		/* in struct update_report */
#define NOT_COUNTED SIZE_MAX	/* by itself */
} differences[DIFFERENCE_COUNT] = {
#define COUNTED(field) offsetof(struct update_report, field)
	[DIFFERENCE_ADDED] = { WHO "'', 0, '', '', ''",
	    " FROM users AS u "
		"WHERE u.rowid > (SELECT place FROM temp.newest)",
	    COUNTED(added) },
	[DIFFERENCE_CHANGED] = { WHO_WAS BITS ", '', '', ''",
	    OF_CHANGED "NOT u.vanished AND " BITS " <> 0",
	    COUNTED(changed) },
	[DIFFERENCE_DEACTIVATED] = { WHO_WAS "0, '', '', ''",
	    OF_CHANGED "b.active AND NOT u.active AND NOT u.vanished",
	    COUNTED(deactivated) },
	[DIFFERENCE_REACTIVATED] = { WHO_WAS "0, '', '', ''",
	    OF_CHANGED "u.active AND NOT b.active", COUNTED(reactivated) },
	[DIFFERENCE_VANISHED] = { WHO_WAS "0, '', '', ''",
	    OF_CHANGED "u.vanished AND NOT b.vanished", COUNTED(vanished) },
	[DIFFERENCE_REFUSED] = { WHO "'', 0, u.refused, '', ''",
	    OF_LISTED IS_REFUSED, NOT_COUNTED },
	[DIFFERENCE_GROUP_REFUSED] = {
	    "key, label, '', '', 0, refused, '', ''",
	    " FROM groups_refused", NOT_COUNTED },
	[DIFFERENCE_SITE] = { WHO "'', 0, '', u.site, u.site_listed",
	    OF_LISTED HAS_OTHER_SITE, NOT_COUNTED },
	[DIFFERENCE_ID] = { WHO "'', 0, '', u.uid, u.number",
	    OF_LISTED HAS_OTHER_ID, NOT_COUNTED },
#undef COUNTED
};

const char *
update_field_name(unsigned int i)
{
	return i < ARRAY_LEN(field_names) ? field_names[i] : NULL;
}

/* "SELECT " what, and the rows of the difference. */
static enum err
ask(const struct update *update, const char *what, enum difference_kind kind,
    struct store_stmt **ret, struct diag *diag)
{
	AUTO(buf) struct buf sql = BUF_INIT(8192);
	enum err r = buf_printf(&sql, "SELECT %s%s%s", what,
	    differences[kind].rows,
	    what == differences[kind].columns ? " ORDER BY 3, 2" : "");

	if (r != ERR_OK)
		return fail(diag, r, "difference");
	return store_prepare(update->store, buf_str(&sql), ret, diag);
}

static enum err
count(const struct update *update, enum difference_kind kind, uint64_t *ret,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	bool row = false;
	enum err r = ask(update, "count(*)", kind, &stmt, diag);

	if (r == ERR_OK)
		r = store_step(stmt, &row, diag);
	if (r == ERR_OK && row)
		*ret = (uint64_t)store_int(stmt, 0);
	return r;
}

static enum err
count_listed(const struct update *update, struct update_report *report,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	uint64_t *const counts[] = {
		&report->listed, &report->refused, &report->site_conflicts,
		&report->id_conflicts,
	};
	bool row = false;
	enum err r = store_prepare(update->store, COUNT_LISTED, &stmt, diag);

	if (r == ERR_OK)
		r = store_step(stmt, &row, diag);
	for (size_t i = 0; i < ARRAY_LEN(counts) && r == ERR_OK; i++)
		*counts[i] = (uint64_t)store_int(stmt, (int)i);
	return r;
}

enum err
update_count(const struct update *update, struct update_report *report,
    struct diag *diag)
{
	int64_t groups = 0;
	enum err r = count_listed(update, report, diag);

	if (r == ERR_OK)
		r = store_query_int(update->store,
		    "SELECT count(*) FROM scim_groups", &groups, diag);
	if (r != ERR_OK)
		return r;
	report->groups = (uint64_t)groups;
	for (size_t i = 0; i < DIFFERENCE_COUNT && r == ERR_OK; i++)
		if (differences[i].count != NOT_COUNTED)
			r = count(update, (enum difference_kind)i,
			    (uint64_t *)(void *)((char *)report +
			    differences[i].count), diag);
	return r;
}

static enum err
tell_kind(const struct update *update, enum difference_kind kind,
    const struct update_options *options, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	bool row = false;
	enum err r = ask(update, differences[kind].columns, kind, &stmt,
	    diag);

	if (r == ERR_OK)
		r = store_step(stmt, &row, diag);
	while (r == ERR_OK && row) {
		const struct difference difference = {
			.kind = kind,
			.id = store_text(stmt, 0),
			.user_name = store_text(stmt, 1),
			.login = store_text(stmt, 2),
			.was = store_text(stmt, 3),
			.fields = (uint64_t)store_int(stmt, 4),
			.reason = store_text(stmt, 5),
			.ours = store_text(stmt, 6),
			.listed = store_text(stmt, 7),
		};

		r = options->difference(&difference, options->context, diag);
		if (r == ERR_OK)
			r = store_step(stmt, &row, diag);
	}
	return r;
}

enum err
update_tell(const struct update *update, const struct update_options *options,
    struct diag *diag)
{
	enum err r = ERR_OK;

	for (size_t i = 0; i < DIFFERENCE_COUNT && r == ERR_OK &&
	    options->difference != NULL; i++)
		if ((options->kinds & DIFFERENCE_BIT(i)) != 0)
			r = tell_kind(update, (enum difference_kind)i,
			    options, diag);
	return r;
}

static bool
is_loss(int64_t lost, int64_t of)
{
	return lost >= LOSS_MIN && lost * 100 > of * LOSS_PERCENT;
}

static enum err
guard_users(const struct update *update, const struct update_before *before,
    const struct update_report *report, struct diag *diag)
{
	int64_t inactive = 0;
	enum err r;

	if (update->listed == 0)
		return fail(diag, ERR_SCIM_EMPTY,
		    "the server lists no users; nothing was changed");
	r = store_query_int(update->store, "SELECT count(*)" OF_CHANGED
	    "b.active AND NOT u.active", &inactive, diag);
	if (r != ERR_OK)
		return r;
	if (is_loss(inactive, before->active))
		return fail(diag, ERR_SCIM_LOSS, "%lld of %lld active users "
		    "would vanish or turn inactive; nothing was changed",
		    (long long)inactive, (long long)before->active);
	if (is_loss((int64_t)report->vanished, before->listed))
		return fail(diag, ERR_SCIM_LOSS, "%llu of %lld users would "
		    "vanish; nothing was changed",
		    (unsigned long long)report->vanished,
		    (long long)before->listed);
	return ERR_OK;
}

/* A server without groups is a normal one, but not if it had some; nor is one
 * whose groups have nobody left, as when it leaves `members` out. */
static enum err
guard_groups(const struct update *update,
    const struct update_options *options, const struct update_before *before,
    struct diag *diag)
{
	if (before->groups_lost > 0 && !options->has_groups)
		return fail(diag, ERR_SCIM_LOSS, "the server had groups "
		    "(%lld) and has none any more; nothing was changed",
		    (long long)before->groups);
	if (is_loss(before->groups_lost, before->groups))
		return fail(diag, ERR_SCIM_LOSS, "%lld of %lld groups would "
		    "vanish; nothing was changed",
		    (long long)before->groups_lost,
		    (long long)before->groups);
	if (before->members >= LOSS_MIN && update->members == 0)
		return fail(diag, ERR_SCIM_LOSS, "the server's groups had "
		    "members (%lld) and have none any more; nothing was "
		    "changed", (long long)before->members);
	return ERR_OK;
}

enum err
update_guard(const struct update *update,
    const struct update_options *options, const struct update_before *before,
    const struct update_report *report, struct diag *diag)
{
	enum err r;

	if (options->accept_loss || update->repeats)
		return ERR_OK;
	r = guard_users(update, before, report, diag);
	if (r != ERR_OK || !update->conf->groups_scim ||
	    options->keeps_groups)
		return r;
	return guard_groups(update, options, before, diag);
}
