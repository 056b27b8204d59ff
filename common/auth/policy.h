/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * May this account be on this host now?  A pure function: the same answer for
 * a login by SAML, by key, or by anything else, online or not.
 */
#ifndef AUTH_POLICY_H
#define AUTH_POLICY_H

#include "sys/conf.h"

struct policy_account {
	const char *login;
	bool active;		/* at the provider */
	bool vanished;		/* no longer in its list */
	const char *site;	/* "": none */
	const char *const *groups; /* names, without the user-private one */
	size_t group_count;
	int64_t last_sync;	/* of the last good listing; 0: never */
};

/* [access]: allow = "*", login names, @group names; empty = nobody.  sites =
 * names of sites, byte for byte; empty = all.
 * ERR_USER_VANISHED, ERR_USER_INACTIVE, ERR_DIRECTORY_STALE,
 * ERR_USER_NOT_ALLOWED, ERR_USER_SITE, in this order. */
enum err policy_check(const struct conf *conf,
	const struct policy_account *account, int64_t now,
	struct diag *diag) MUST_USE;

#endif
