/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hand-over code: nine symbols that stand for a Response that was
 * verified, typed at the prompt of the login that it answers.
 *
 * 45 random bits in Crockford's base32 (digits and letters without I, L, O
 * and U), in three groups to be read aloud: "K7Q-4MX-9TD".  state.db has the
 * SHA-256 of the nine symbols, never the code.  It lets in once, for two
 * minutes, one user into one login.
 */
#ifndef AUTH_CODE_H
#define AUTH_CODE_H

#include "base/limits.h"
#include "sys/store.h"

#define CODE_SIZE (CODE_SYMBOLS + 3)	/* with two hyphens and the NUL */

/* What a code stands for. */
struct code_grant {
	const char *user;
	const char *request_id;		/* "": any login of this user */
	int64_t session_end;		/* 0: none */
};

/* Who types a code, and where. */
struct code_try {
	const char *user;
	const char *request_id;		/* of this login */
	bool unsolicited;		/* a code of no request is allowed */
	const char *source;		/* host or terminal, for the limit */
};

/* Does it look like a code, right or wrong?  A few digits and letters with
 * blanks and hyphens anywhere, or any number of them with a hyphen, which
 * base64 does not have. */
bool code_is_one(const char *text, size_t len) MUST_USE;

/*
 * Makes and records one, until *ret_expires; an earlier one of the same user
 * and request is none any more.  ERR_NOT_PENDING when the login has ended
 * meanwhile, ERR_STORE, ERR_INTERNAL.
 */
enum err code_issue(struct store *store, const struct code_grant *grant,
	int64_t now, char ret_code[static CODE_SIZE], int64_t *ret_expires,
	struct diag *diag) MUST_USE;

/*
 * Uses up the code as it was typed: in any case, blanks and hyphens anywhere,
 * O for 0, I and L for 1.  Of several who type one code exactly one gets
 * ERR_OK.  A wrong one counts: ERR_CODE_WRONG, and ERR_CODE_LIMIT for every
 * code after too many of them.  ERR_STORE, ERR_INTERNAL.
 */
enum err code_redeem(struct store *store, const struct code_try *attempt,
	const char *text, size_t len, int64_t now, int64_t *ret_session_end,
	struct diag *diag) MUST_USE;

#endif
