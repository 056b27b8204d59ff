/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often something may happen: counters in state.db, shared by all
 * processes of the host.  A window begins with the first event after the last
 * one's end.
 */
#ifndef AUTH_RATE_H
#define AUTH_RATE_H

#include "sys/store.h"

struct rate {
	const char *key;	/* what is counted, a blank, of whom */
	int64_t limit;		/* events in one window */
	int64_t seconds;	/* of the window */
	enum err reason;	/* for those beyond the limit */
};

/*
 * Inside the caller's transaction: counts one event, or gives rate->reason.
 * Who counts failures takes before and gives back after a success: then many
 * at once are not more than the limit either.  Of RATES_MAX counters of one
 * kind (the key up to its blank) the one that is least in use makes room for a
 * new one: a flood of one kind costs the others nothing.  ERR_STORE.
 */
enum err rate_take(struct store *store, const struct rate *rate, int64_t now,
	struct diag *diag) MUST_USE;
enum err rate_give_back(struct store *store, const struct rate *rate,
	struct diag *diag) MUST_USE;

#endif
