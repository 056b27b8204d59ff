/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/rate.h"

#include "base/cleanup.h"
#include "base/limits.h"

/* What is counted: a key up to its first blank. */
#define KIND(key) "substr(" key ", 1, instr(" key " || ' ', ' '))"

/* Ended windows, and whatever is too much of this kind; a counter that is near
 * its limit goes last. */
static enum err
make_room(struct store *store, const char *key, int64_t now,
    struct diag *diag)
{
	enum err r = STORE_RUN(store, diag,
	    "DELETE FROM rates WHERE ends <= ?1", store_int_value(now));

	if (r == ERR_OK)
		r = STORE_RUN(store, diag, "DELETE FROM rates WHERE key IN ("
		    "SELECT key FROM rates WHERE " KIND("key") " = " KIND("?2")
		    " ORDER BY count DESC, ends DESC LIMIT -1 OFFSET ?1)",
		    store_int_value(RATES_MAX - 1), store_text_value(key));
	return r;
}

/* How often in this window so far; *ret_ends is 0 without one. */
static enum err
look(struct store *store, const char *key, int64_t *ret_count,
    int64_t *ret_ends, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = STORE_ASK(store, &stmt, diag,
	    "SELECT count, ends FROM rates WHERE key = ?1",
	    store_text_value(key));

	if (r != ERR_OK)
		return r;
	*ret_count = stmt != NULL ? store_int(stmt, 0) : 0;
	*ret_ends = stmt != NULL ? store_int(stmt, 1) : 0;
	return ERR_OK;
}

static enum err
put(struct store *store, const char *key, int64_t count, int64_t ends,
    struct diag *diag)
{
	return STORE_RUN(store, diag,
	    "INSERT INTO rates(key, count, ends) VALUES (?1, ?2, ?3) "
	    "ON CONFLICT(key) DO UPDATE SET count = excluded.count, "
	    "ends = excluded.ends", store_text_value(key),
	    store_int_value(count), store_int_value(ends));
}

enum err
rate_take(struct store *store, const struct rate *rate, int64_t now,
    struct diag *diag)
{
	int64_t count = 0;
	int64_t ends = 0;
	enum err r = look(store, rate->key, &count, &ends, diag);

	if (r != ERR_OK)
		return r;
	/* A clock that was set back must not make a window of years. */
	if (ends <= now || ends > now + rate->seconds) {
		count = 0;
		ends = now + rate->seconds;
		r = make_room(store, rate->key, now, diag);
		if (r != ERR_OK)
			return r;
	}
	if (count >= rate->limit)
		return fail(diag, rate->reason, "%lld in %lld s",
		    (long long)count, (long long)rate->seconds);
	return put(store, rate->key, count + 1, ends, diag);
}

enum err
rate_give_back(struct store *store, const struct rate *rate,
    struct diag *diag)
{
	return STORE_RUN(store, diag, "UPDATE rates SET "
	    "count = max(count - 1, 0) WHERE key = ?1",
	    store_text_value(rate->key));
}
