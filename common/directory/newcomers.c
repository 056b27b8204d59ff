/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/newcomers.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "directory/update_impl.h"

#define COLUMNS 4
/* An SQLite of 2020 has 999 places in a statement. */
#define BATCH 64

struct newcomers {
	struct store_stmt *ids;
	struct store_stmt *users;
	struct newcomer item[BATCH];
	size_t count;
	size_t taken;
};

/* Followed by the rows: place, id, login, refused. */
#define INSERT_IDS \
	"INSERT INTO ids(id, kind, key) " \
	"SELECT column2, 'u', l.id FROM (VALUES "
#define INSERT_USERS \
	"INSERT INTO users(scim_id, " UPDATE_PLAIN("") ", site, site_listed, " \
	    "login, home_name, uid, refused) " \
	"SELECT l.id, " UPDATE_PLAIN("l.") ", l.site, l.site, column3, column3, " \
	    "CASE WHEN column3 IS NULL THEN NULL ELSE column2 END, column4 " \
	"FROM (VALUES "
#define OF_LISTING \
	") AS v CROSS JOIN temp.listing AS l ON l.place = v.column1"

static enum err
prepare(struct store *store, const char *insert, struct store_stmt **ret,
    struct diag *diag)
{
	AUTO(buf) struct buf sql = BUF_INIT(8192);
	enum err r = buf_puts(&sql, insert);

	for (size_t i = 0; i < BATCH && r == ERR_OK; i++)
		r = buf_printf(&sql, "%s(?, ?, ?, ?)", i > 0 ? ", " : "");
	if (r == ERR_OK)
		r = buf_puts(&sql, OF_LISTING);
	if (r != ERR_OK)
		return fail(diag, r, "newcomers");
	return store_prepare(store, buf_str(&sql), ret, diag);
}

enum err
newcomers_open(struct store *store, struct newcomers **ret,
    struct diag *diag)
{
	AUTO(newcomers) struct newcomers *newcomers =
	    calloc(1, sizeof(*newcomers));
	enum err r;

	if (newcomers == NULL)
		return fail(diag, ERR_NOMEM, "newcomers");
	r = prepare(store, INSERT_IDS, &newcomers->ids, diag);
	if (r == ERR_OK)
		r = prepare(store, INSERT_USERS, &newcomers->users, diag);
	if (r != ERR_OK)
		return r;
	*ret = TAKE(newcomers);
	return ERR_OK;
}

void
newcomers_free(struct newcomers **newcomers)
{
	struct newcomers *n = *newcomers;

	*newcomers = NULL;
	if (n == NULL)
		return;
	store_stmt_free(&n->ids);
	store_stmt_free(&n->users);
	free(n);
}

bool
newcomers_queue(struct newcomers *newcomers, const struct newcomer *newcomer)
{
	if (newcomers->count == BATCH)
		return false;
	newcomers->item[newcomers->count++] = *newcomer;
	return true;
}

static enum err
bind(struct store_stmt *stmt, int place, const struct newcomer *newcomer,
    struct diag *diag)
{
	const char *login = newcomer->login;
	enum err r = store_bind_int(stmt, place, newcomer->place, diag);

	if (r == ERR_OK)
		r = store_bind_int(stmt, place + 1, newcomer->id, diag);
	if (r == ERR_OK)
		r = store_bind_text(stmt, place + 2,
		    *login == '\0' ? NULL : login, diag);
	if (r == ERR_OK)
		r = store_bind_text(stmt, place + 3,
		    newcomer->refused == ERR_OK ? "" :
		    err_name(newcomer->refused), diag);
	return r;
}

static enum err
write_to(struct newcomers *newcomers, struct store_stmt *stmt,
    struct diag *diag)
{
	enum err r = ERR_OK;

	for (size_t i = 0; i < BATCH && r == ERR_OK; i++)
		r = bind(stmt, (int)i * COLUMNS + 1, &newcomers->item[i],
		    diag);
	return r != ERR_OK ? r : store_run(stmt, diag);
}

enum err
newcomers_write(struct newcomers *newcomers, struct diag *diag)
{
	enum err r;

	if (newcomers->count < BATCH)
		return newcomers->count == 0 ? ERR_OK : ERR_EXISTS;
	r = write_to(newcomers, newcomers->ids, diag);
	if (r == ERR_OK)
		r = write_to(newcomers, newcomers->users, diag);
	if (r == ERR_OK)
		newcomers->count = 0;
	return r;
}

bool
newcomers_take(struct newcomers *newcomers, int64_t *ret_place)
{
	if (newcomers->taken == newcomers->count) {
		newcomers->taken = 0;
		newcomers->count = 0;
		return false;
	}
	*ret_place = newcomers->item[newcomers->taken++].place;
	return true;
}
