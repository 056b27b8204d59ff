/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From what was found out to what PAM is told.  PAM_SUCCESS and PAM_IGNORE are
 * spelled in verdict.c and nowhere else, so that this table is the whole
 * answer to "how can somebody get in, or past, this module?".
 */
#ifndef PAM_8X8SSO_VERDICT_H
#define PAM_8X8SSO_VERDICT_H

#include <stdbool.h>

#include "wire/codec.h"

/* The functions of PAM. */
enum verdict_entry {
	ENTRY_AUTHENTICATE,
	ENTRY_SETCRED,
	ENTRY_ACCOUNT,
	ENTRY_OPEN,		/* a session */
	ENTRY_CLOSE,
	ENTRY_PASSWORD,
	ENTRY_COUNT
};

enum verdict_outcome {
	/* not ours: somebody else's answer counts */
	OUTCOME_LOCAL,		/* root, or a line of /etc/passwd */
	OUTCOME_UNKNOWN,	/* not one of our accounts */
	/* ours */
	OUTCOME_DENIED,
	OUTCOME_EXPIRED,	/* denied: deactivated, or gone */
	OUTCOME_UNAVAILABLE,	/* denied: something of ours is missing */
	OUTCOME_MISUSED,	/* denied: bad option on the PAM line */
	OUTCOME_NOTHING,	/* nothing to decide in this function */
	OUTCOME_GRANTED,
	OUTCOME_COUNT
};

/* What was asked; RESULT must be the answer to exactly this. */
struct verdict_request {
	enum wire_operation operation;
	uint8_t nonce[WIRE_NONCE_SIZE];
	const char *user;
	const char *service;
	const char *rhost;
	const char *tty;
};

/*
 * Judges a decoded RESULT.  OUTCOME_GRANTED only when nonce, operation and
 * user are those of the request, the verdict is WIRE_GRANTED and the reason
 * is "ok"; anything that contradicts itself is OUTCOME_UNAVAILABLE.
 * *ret_reason is for the log, and never ERR_OK without OUTCOME_GRANTED.
 */
enum verdict_outcome verdict_judge(const struct wire_msg *result,
	const struct verdict_request *request, enum err *ret_reason);

/* The return value of a pam_sm_* function; a pair that makes no sense is a
 * failure. */
int verdict_code(enum verdict_entry entry, enum verdict_outcome outcome);

/* "granted", "denied" ... for the log. */
const char *verdict_name(enum verdict_outcome outcome);

/* Did a function of libpam itself succeed? */
bool verdict_pam_ok(int code);

#endif
