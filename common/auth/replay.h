/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every assertion is used once (catalogue D11).  The table lives in state.db,
 * keyed by SHA-256(issuer || 0 || assertion ID), survives reboot, and fails
 * closed.
 */
#ifndef AUTH_REPLAY_H
#define AUTH_REPLAY_H

#include "sys/store.h"

/*
 * Records the assertion until `until` and forgets expired ones, in one
 * transaction that is durable when this returns.  Of several callers with one
 * assertion exactly one gets ERR_OK.  ERR_REPLAY, ERR_REPLAY_STORE.
 */
enum err replay_accept(struct store *store, const char *issuer,
	const char *assertion_id, int64_t until, int64_t now,
	struct diag *diag) MUST_USE;

#endif
