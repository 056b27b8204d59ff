/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Responses that are made to cost: memory, or time that grows with the square
 * of their size.  tests/unit/test_attack.c asks for what reason each is
 * refused, tests/bench/attacks.c what that costs.
 */
#ifndef TESTS_ATTACK_H
#define TESTS_ATTACK_H

#include <stdbool.h>

#include "base/buf.h"

/* Larger than any limit. */
#define ATTACK_MAX (16u * 1024 * 1024)

struct attack {
	const char *name;
	const char *head;
	const char *unit;	/* repeated; a '@' in it counts them */
	const char *middle;
	const char *close;	/* as often as the unit; NULL: none */
	const char *tail;
	size_t size;		/* about, of all */
	enum err reason;
	enum {
		ATTACK_WHOLE,	/* what is above is the XML */
		ATTACK_INSERT,	/* the units go before head in good.xml */
		ATTACK_KEYLESS,	/* the same in good-no-keyinfo.xml */
		ATTACK_TEXT,	/* it is sent as it is, and no base64 of it */
		ATTACK_DEFLATED,
	} kind;
};

extern const struct attack attacks[];
extern const size_t attack_count;

/* Appends what is sent; false when it cannot be made. */
bool attack_make(const struct attack *attack, struct buf *out)
	__attribute__((warn_unused_result));

#endif
