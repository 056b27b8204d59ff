/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Claims as a small table: it stands in for auth/claims.c, through whose header
 * link.c and jit.c see it.
 */
#ifndef TESTS_UNIT_CLAIMS_FAKE_H
#define TESTS_UNIT_CLAIMS_FAKE_H

#include "auth/claims_fill.h"

#define TENANT "11111111-2222-3333-4444-abcdefabcdef"
#define ISSUER "https://sts.windows.net/" TENANT "/"

struct claims {
	struct {
		const char *name;
		const char *value;
	} row[8];
	size_t count;
	struct claims_fixed fixed;
};

/* What a tenant's own member brings; "" leaves a claim out.  The texts must
 * live as long. */
struct claims entra(const char *oid, const char *name);

#endif
