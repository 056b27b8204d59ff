/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What somebody is shown who cannot sign in here: the picture that everybody
 * gets, without asking anybody (catalogue I8).  It is drawn after the last
 * real one of this host, its time and its failure included.
 */
#ifndef AUTH_DECOY_H
#define AUTH_DECOY_H

#include "base/limits.h"
#include "sys/conf.h"
#include "sys/store.h"

struct decoy_picture {
	char user_code[USER_CODE_MAX_LEN + 1];
	char uri[1025];
	int64_t expires_in;	/* seconds */
	int64_t interval;	/* seconds */
	int64_t took_ms;	/* until the provider answered */
	int64_t poll_ms;	/* until it answered a poll; 0: nobody saw it */
	enum err failure;	/* that it answered with, or ERR_OK */
};

/* What a real device authorization request ended with, for later decoys:
 * symbols and shape of the code, never a whole code.  That request alone does
 * not say who signs in: what a later one ends with, which depends on the
 * person, must not come here.  Losing it does no harm. */
void decoy_learn(struct store *store, const struct decoy_picture *real,
	int64_t now);

/* A failure of the provider is repeated for five minutes after it was seen.
 * ERR_STORE, ERR_INTERNAL. */
enum err decoy_draw(struct store *store, const struct conf *conf,
	int64_t now, struct decoy_picture *ret, struct diag *diag) MUST_USE;

#endif
