/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Those of temp.listing who become users, many at once: a statement for each
 * costs more than what it writes.
 *
 * What is free is found out by writing: ids, logins and the names of homes are
 * unique.  Either all who were queued get exactly what was asked for, as if
 * one had come after the other, or the caller decides about them one by one.
 */
#ifndef DIRECTORY_NEWCOMERS_H
#define DIRECTORY_NEWCOMERS_H

#include "base/limits.h"
#include "sys/store.h"

struct newcomers;

struct newcomer {
	int64_t place;				/* in temp.listing */
	uint32_t id;				/* to be registered */
	char login[LOGIN_NAME_MAX_LEN + 1];	/* "": none */
	enum err refused;
};

/* Borrows store.  ERR_STORE, ERR_NOMEM. */
enum err newcomers_open(struct store *store, struct newcomers **ret,
	struct diag *diag) MUST_USE;
void newcomers_free(struct newcomers **newcomers);
static inline void
newcomers_auto(struct newcomers **newcomers)
{
	newcomers_free(newcomers);
}

/* Queues one; false: there is no room, and they are to be written first. */
bool newcomers_queue(struct newcomers *newcomers,
	const struct newcomer *newcomer) MUST_USE;

/*
 * Writes those who are queued, if they are many enough for that to be
 * quicker, and forgets them.  ERR_EXISTS: not written, at the most their ids
 * are; they stay queued.  ERR_STORE.
 */
enum err newcomers_write(struct newcomers *newcomers, struct diag *diag)
	MUST_USE;

/* Takes the next one out of the queue, in order; false: it is empty. */
bool newcomers_take(struct newcomers *newcomers, int64_t *ret_place)
	MUST_USE;

#endif
