/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/flows.h"

#include <stdio.h>

#include "auth/rate.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/net.h"

#define KEY_MAX 8192	/* more than names and sources can be */

/* A claim as it is counted. */
struct counted {
	const struct flow_claim *claim;
	const char *source;
	bool known;
};

/* The source that counts: net holds it if it is an address. */
static const char *
source_of(const char *source, char net[static NET_SOURCE_SIZE])
{
	return net_source_of(source, net) ? net : source;
}

/* Those whose time is over, of helpers that were killed too; of a clock that
 * was set back, those that would last too long.  And this login's own: it has
 * one place. */
static enum err
forget_ended(struct store *store, const char *id, int64_t now,
    struct diag *diag)
{
	return STORE_RUN(store, diag, "DELETE FROM flows WHERE id = ?1 "
	    "OR expires <= ?2 OR expires > ?2 + ?3", store_text_value(id),
	    store_int_value(now), store_int_value(DEVICE_LIMIT_SECONDS));
}

/* Is the user at home there? */
static enum err
ask_known(struct store *store, struct counted *counted, int64_t now,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = STORE_ASK(store, &stmt, diag, "SELECT 1 FROM homes "
	    "WHERE user = ?1 AND source = ?2 AND expires > ?3 "
	    "AND expires <= ?3 + ?4", store_text_value(counted->claim->user),
	    store_text_value(counted->source), store_int_value(now),
	    store_int_value(DEVICE_HOME_SECONDS));

	if (r == ERR_OK)
		counted->known = stmt != NULL;
	return r;
}

/* -- places ---------------------------------------------------------------- */

struct places {
	int64_t all;
	int64_t strangers;
	int64_t of_source;
};

static enum err
count_places(struct store *store, const char *source, struct places *ret,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = STORE_ASK(store, &stmt, diag, "SELECT count(*), "
	    "total(known = 0), total(source = ?1) FROM flows",
	    store_text_value(source));

	if (r != ERR_OK)
		return r;
	/* An aggregate always gives a row. */
	ret->all = store_int(stmt, 0);
	ret->strangers = store_int(stmt, 1);
	ret->of_source = store_int(stmt, 2);
	return ERR_OK;
}

static int64_t
at_least_one(uint64_t number)
{
	return number == 0 ? 1 : (int64_t)number;
}

static enum err
check_places(struct store *store, uint64_t concurrent,
    const struct counted *counted, struct diag *diag)
{
	struct places taken = { 0, 0, 0 };
	const struct places most = {
		.all = (int64_t)concurrent,
		.strangers = at_least_one(concurrent * 3 / 4),
		.of_source = at_least_one(concurrent / 4),
	};
	enum err r = count_places(store, counted->source, &taken, diag);

	if (r != ERR_OK)
		return r;
	if (taken.of_source >= most.of_source)
		return fail(diag, ERR_DEVICE_LIMIT, "[device] concurrent: "
		    "%lld of one source", (long long)taken.of_source);
	if (!counted->known && taken.strangers >= most.strangers)
		return fail(diag, ERR_DEVICE_LIMIT, "[device] concurrent: "
		    "%lld from new places", (long long)taken.strangers);
	if (taken.all >= most.all)
		return fail(diag, ERR_DEVICE_LIMIT, "[device] concurrent: "
		    "%lld", (long long)taken.all);
	return ERR_OK;
}

static enum err
take_place(struct store *store, const struct counted *counted, int64_t now,
    struct diag *diag)
{
	int64_t last = now + DEVICE_LIMIT_SECONDS;
	int64_t until = counted->claim->until;

	return STORE_RUN(store, diag, "INSERT INTO flows(id, source, known, "
	    "expires) VALUES (?1, ?2, ?3, ?4)",
	    store_text_value(counted->claim->id),
	    store_text_value(counted->source),
	    store_int_value(counted->known),
	    store_int_value(until < last ? until : last));
}

/* -- rates ----------------------------------------------------------------- */

struct limit {
	const char *name;	/* key of [device] */
	const char *kind;
	const char *whose;
	uint64_t most;
};

static enum err
count_one(struct store *store, const struct limit *limit, int64_t now,
    struct diag *diag)
{
	AUTO(buf) struct buf key = BUF_INIT(KEY_MAX);
	struct diag why = DIAG_INIT;
	struct rate rate = {
		.limit = (int64_t)limit->most,
		.seconds = DEVICE_LIMIT_SECONDS,
		.reason = ERR_DEVICE_LIMIT,
	};
	enum err r = buf_printf(&key, "%s %s", limit->kind, limit->whose);

	if (r != ERR_OK)
		return fail(diag, ERR_STORE, "key of a counter");
	rate.key = buf_str(&key);
	r = rate_take(store, &rate, now, &why);
	if (r == ERR_DEVICE_LIMIT)
		return fail(diag, r, "[device] %s: %s", limit->name,
		    why.text);
	return r != ERR_OK ? fail(diag, r, "%s", why.text) : r;
}

static enum err
count(struct store *store, const struct conf *conf,
    const struct counted *counted, int64_t now, struct diag *diag)
{
	const struct limit limits[] = {
		{ "per_source", "device-source", counted->source,
		    conf->device_per_source },
		{ "per_user", "device-user", counted->claim->user,
		    conf->device_per_user },
		{ "per_host", "device-host", "", conf->device_per_host },
	};
	size_t applicable = counted->known ? 1 : ARRAY_LEN(limits);
	enum err r = ERR_OK;

	for (size_t i = 0; i < applicable && r == ERR_OK; i++)
		r = count_one(store, &limits[i], now, diag);
	return r;
}

/* -- the three ------------------------------------------------------------- */

enum err
flows_begin(struct store *store, const struct conf *conf,
    const struct flow_claim *claim, int64_t now, struct diag *diag)
{
	char net[NET_SOURCE_SIZE];
	struct counted counted = {
		.claim = claim, .source = source_of(claim->source, net),
	};
	enum err r = store_begin(store, diag);

	if (r == ERR_OK)
		r = forget_ended(store, claim->id, now, diag);
	if (r == ERR_OK)
		r = ask_known(store, &counted, now, diag);
	if (r == ERR_OK)
		r = check_places(store, conf->device_concurrent, &counted,
		    diag);
	if (r == ERR_OK)
		r = count(store, conf, &counted, now, diag);
	if (r == ERR_OK)
		r = take_place(store, &counted, now, diag);
	if (r == ERR_OK)
		r = store_commit(store, diag);
	/* Who is refused has no effect: neither on others nor on themselves. */
	store_rollback(store);
	return r;
}

void
flows_end(struct store *store, const char *id)
{
	enum err r = STORE_RUN(store, NULL, "DELETE FROM flows WHERE id = ?1",
	    store_text_value(id));

	(void)r;
}

static enum err
remember(struct store *store, const char *user, const char *source,
    int64_t now)
{
	enum err r = STORE_RUN(store, NULL, "DELETE FROM homes "
	    "WHERE expires <= ?1 OR expires > ?1 + ?2", store_int_value(now),
	    store_int_value(DEVICE_HOME_SECONDS));

	if (r == ERR_OK)
		r = STORE_RUN(store, NULL, "INSERT INTO homes(user, source, "
		    "expires) VALUES (?1, ?2, ?3) ON CONFLICT(user, source) "
		    "DO UPDATE SET expires = excluded.expires",
		    store_text_value(user), store_text_value(source),
		    store_int_value(now + DEVICE_HOME_SECONDS));
	if (r == ERR_OK)
		r = STORE_RUN(store, NULL, "DELETE FROM homes WHERE "
		    "user = ?1 AND source <> ?2 AND source NOT IN "
		    "(SELECT source FROM homes WHERE user = ?1 "
		    "AND source <> ?2 ORDER BY expires DESC LIMIT ?3)",
		    store_text_value(user), store_text_value(source),
		    store_int_value(DEVICE_HOMES_MAX - 1));
	return r;
}

void
flows_remember(struct store *store, const char *user, const char *source,
    int64_t now)
{
	char net[NET_SOURCE_SIZE];
	enum err r;

	/* The next one at this terminal is somebody else. */
	if (!net_source_of(source, net))
		return;
	r = store_begin(store, NULL);
	if (r == ERR_OK)
		r = remember(store, user, net, now);
	if (r == ERR_OK)
		r = store_commit(store, NULL);
	store_rollback(store);
}
