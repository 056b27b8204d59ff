/* SPDX-License-Identifier: BSD-2-Clause */
/* The table meta, through the calls of store.h. */
#include "sys/store.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"

enum err
store_meta_set(struct store *store, const char *key, const char *value,
    struct diag *diag)
{
	return STORE_RUN(store, diag,
	    "INSERT INTO meta(key, value) VALUES (?1, ?2) "
	    "ON CONFLICT(key) DO UPDATE SET value = excluded.value",
	    store_text_value(key), store_text_value(value));
}

enum err
store_meta_get(struct store *store, const char *key, char *value,
    size_t size, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	const char *text;
	enum err r = STORE_ASK(store, &stmt, diag,
	    "SELECT value FROM meta WHERE key = ?1", store_text_value(key));

	if (r != ERR_OK)
		return r;
	text = stmt != NULL ? store_text(stmt, 0) : "";
	if (strlen(text) >= size)
		return fail(diag, ERR_TOO_LONG, "meta %s", key);
	(void)snprintf(value, size, "%s", text);
	return ERR_OK;
}

enum err
store_meta_set_int(struct store *store, const char *key, int64_t value,
    struct diag *diag)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lld", (long long)value);
	return store_meta_set(store, key, text, diag);
}

enum err
store_meta_get_int(struct store *store, const char *key, int64_t *ret,
    struct diag *diag)
{
	char text[24];
	uint64_t value = 0;
	enum err r = store_meta_get(store, key, text, sizeof(text), diag);

	if (r != ERR_OK)
		return r;
	if (text[0] != '\0' &&
	    !parse_u64(text, strlen(text), INT64_MAX, &value))
		return fail(diag, ERR_STORE, "meta %s is not a number", key);
	*ret = (int64_t)value;
	return ERR_OK;
}
