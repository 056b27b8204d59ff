/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/pending.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"

#define LIFE_SECONDS (LOGIN_MS / 1000)

static enum err
forget_expired(struct store *store, int64_t now, struct diag *diag)
{
	return STORE_RUN(store, diag,
	    "DELETE FROM pending WHERE expires <= ?1", store_int_value(now));
}

/*
 * Somebody who begins logins in great number, which any local user can with
 * su, takes the places of their own and not those of others.
 */
static enum err
make_room(struct store *store, struct diag *diag)
{
	int64_t count = 0;
	enum err r = store_query_int(store, "SELECT count(*) FROM pending",
	    &count, diag);

	if (r != ERR_OK || count < SAML_PENDING_MAX)
		return r;
	/* SQLite takes request_id from the row that min() is in. */
	return store_exec(store, "DELETE FROM pending WHERE request_id = ("
	    "SELECT request_id FROM (SELECT request_id, min(created) AS since, "
	    "count(*) AS places FROM pending GROUP BY user, service, rhost) "
	    "ORDER BY places DESC, since LIMIT 1)", diag);
}

static enum err
insert(struct store *store, const struct pending *login, struct diag *diag)
{
	return STORE_RUN(store, diag, "INSERT INTO pending(request_id, "
	    "user, service, rhost, created, expires) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	    store_text_value(login->request_id),
	    store_text_value(login->user), store_text_value(login->service),
	    store_text_value(login->rhost), store_int_value(login->created),
	    store_int_value(login->created + LIFE_SECONDS));
}

enum err
pending_add(struct store *store, const struct pending *login,
    struct diag *diag)
{
	enum err r = store_begin(store, diag);

	if (r == ERR_OK)
		r = forget_expired(store, login->created, diag);
	if (r == ERR_OK)
		r = make_room(store, diag);
	if (r == ERR_OK)
		r = insert(store, login, diag);
	if (r == ERR_OK)
		r = store_commit(store, diag);
	store_rollback(store);
	return r;
}

void
pending_remove(struct store *store, const char *request_id)
{
	static const char *const deletes[] = {
		"DELETE FROM pending WHERE request_id = ?1",
		"DELETE FROM codes WHERE request_id = ?1",
	};
	enum err r = store_begin(store, NULL);

	for (size_t i = 0; i < ARRAY_LEN(deletes) && r == ERR_OK; i++)
		r = STORE_RUN(store, NULL, deletes[i],
		    store_text_value(request_id));
	if (r == ERR_OK)
		r = store_commit(store, NULL);
	store_rollback(store);
}

/* What is too long was not written by us, and is cut into something that
 * matches nothing. */
static void
read_row(struct store_stmt *stmt, struct pending *ret)
{
	(void)snprintf(ret->request_id, sizeof(ret->request_id), "%s",
	    store_text(stmt, 0));
	(void)snprintf(ret->user, sizeof(ret->user), "%s",
	    store_text(stmt, 1));
	(void)snprintf(ret->service, sizeof(ret->service), "%s",
	    store_text(stmt, 2));
	(void)snprintf(ret->rhost, sizeof(ret->rhost), "%s",
	    store_text(stmt, 3));
	ret->created = store_int(stmt, 4);
}

enum err
pending_load(struct store *store, int64_t now, struct pending_list **ret,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	AUTO_FREE struct pending_list *list = calloc(1, sizeof(*list));
	bool row;
	enum err r;

	if (list == NULL)
		return fail(diag, ERR_NOMEM, "pending logins");
	r = STORE_ASK(store, &stmt, diag, "SELECT request_id, user, service, "
	    "rhost, created FROM pending WHERE expires > ?1 "
	    "ORDER BY created DESC LIMIT ?2", store_int_value(now),
	    store_int_value(SAML_PENDING_MAX));
	row = stmt != NULL;
	while (r == ERR_OK && row) {
		read_row(stmt, &list->item[list->count]);
		list->count++;
		r = store_step(stmt, &row, diag);
	}
	if (r != ERR_OK)
		return r;
	*ret = TAKE(list);
	return ERR_OK;
}

enum err
pending_check(struct store *store, const char *request_id, int64_t now,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = STORE_ASK(store, &stmt, diag, "SELECT 1 FROM pending "
	    "WHERE request_id = ?1 AND expires > ?2",
	    store_text_value(request_id), store_int_value(now));

	if (r != ERR_OK)
		return r;
	if (stmt == NULL)
		return fail(diag, ERR_NOT_PENDING, "the login has ended");
	return ERR_OK;
}
