/* SPDX-License-Identifier: BSD-2-Clause */
/* Statements that are used once, and copies, through the calls of store.h. */
#include "sys/store.h"

#include <string.h>

#include "base/cleanup.h"

struct store_value
store_text_value(const char *text)
{
	return (struct store_value){ .kind = STORE_TEXT, .data = text };
}

struct store_value
store_blob_value(const void *data, size_t len)
{
	return (struct store_value){
		.kind = STORE_BLOB, .data = data, .len = len,
	};
}

struct store_value
store_int_value(int64_t number)
{
	return (struct store_value){ .kind = STORE_INT, .number = number };
}

static enum err
bind(struct store_stmt *stmt, int place, const struct store_value *value,
    struct diag *diag)
{
	switch (value->kind) {
	case STORE_TEXT:
		return store_bind_text(stmt, place, value->data, diag);
	case STORE_BLOB:
		return store_bind_blob(stmt, place, value->data, value->len,
		    diag);
	case STORE_INT:
		return store_bind_int(stmt, place, value->number, diag);
	}
	return fail(diag, ERR_INTERNAL, "kind of a value");
}

static enum err
prepare(struct store *store, const char *sql,
    const struct store_value *values, size_t count, struct store_stmt **ret,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = store_prepare(store, sql, &stmt, diag);

	for (size_t i = 0; i < count && r == ERR_OK; i++)
		r = bind(stmt, (int)i + 1, &values[i], diag);
	if (r != ERR_OK)
		return r;
	*ret = TAKE(stmt);
	return ERR_OK;
}

enum err
store_run_with(struct store *store, const char *sql,
    const struct store_value *values, size_t count, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = prepare(store, sql, values, count, &stmt, diag);

	return r != ERR_OK ? r : store_run(stmt, diag);
}

enum err
store_ask_with(struct store *store, const char *sql,
    const struct store_value *values, size_t count, struct store_stmt **ret,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	bool row = false;
	enum err r = prepare(store, sql, values, count, &stmt, diag);

	if (r == ERR_OK)
		r = store_step(stmt, &row, diag);
	if (r != ERR_OK)
		return r;
	*ret = row ? TAKE(stmt) : NULL;
	return ERR_OK;
}

bool
store_copy_text(struct store_stmt *stmt, int column, char *to, size_t size)
{
	const char *text = store_text(stmt, column);
	size_t len = strlen(text);

	if (len >= size)
		return false;
	memcpy(to, text, len + 1);
	return true;
}

bool
store_copy_blob(struct store_stmt *stmt, int column, void *to, size_t size,
    size_t *ret_len)
{
	size_t len = 0;
	const void *data = store_blob(stmt, column, &len);

	if (data == NULL || len == 0 || len > size)
		return false;
	memcpy(to, data, len);
	*ret_len = len;
	return true;
}
