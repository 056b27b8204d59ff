/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many sign-ins by device code there may be, in state.db (catalogue V1,
 * V4).  Decoys count like the others, or the limits would tell them apart.
 */
#ifndef AUTH_FLOWS_H
#define AUTH_FLOWS_H

#include "sys/conf.h"
#include "sys/store.h"

/* Who begins one. */
struct flow_claim {
	const char *id;		/* of this login, unique; it has one place */
	const char *user;
	const char *source;	/* address, or terminal */
	int64_t until;		/* when it has ended at the latest, at most
				 * DEVICE_LIMIT_SECONDS from now */
};

/*
 * Takes one place among [device] concurrent, of which one source has a quarter
 * at most, and all strangers have three quarters; and counts against
 * per_source, per_user and per_host.  A source from which this user has signed
 * in within 30 days is no stranger and counts against per_source only: a flood
 * of strangers must not shut out who is at home there.
 * An IPv6 address counts as its /64.  Who is refused counts nowhere.
 * In a transaction of its own.  ERR_DEVICE_LIMIT (the detail says which),
 * ERR_STORE.
 */
enum err flows_begin(struct store *store, const struct conf *conf,
	const struct flow_claim *claim, int64_t now, struct diag *diag)
	MUST_USE;

/* Gives the place back; what cannot be given back ends by itself. */
void flows_end(struct store *store, const char *id);

/* This user has signed in from there; their DEVICE_HOMES_MAX latest places are
 * known.  Addresses only: at a terminal, or under a name, somebody else may be
 * the next.  Losing it does no harm. */
void flows_remember(struct store *store, const char *user,
	const char *source, int64_t now);

#endif
