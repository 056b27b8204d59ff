/* SPDX-License-Identifier: BSD-2-Clause */
#include "verdict.h"

#include <string.h>

#include <security/pam_modules.h>

/*
 * PAM_AUTHINFO_UNAVAIL is not used: stacks ignore it, and a user of ours would
 * be asked by the next module.  Zero (a pair without a row) is success to PAM,
 * so verdict_code() reads the codes through an offset of one.
 */
#define CODE(c) ((c) + 1)

static const int codes[OUTCOME_COUNT][ENTRY_COUNT] = {
	[OUTCOME_LOCAL] = {
		[ENTRY_AUTHENTICATE] = CODE(PAM_IGNORE),
		[ENTRY_SETCRED] = CODE(PAM_IGNORE),
		[ENTRY_ACCOUNT] = CODE(PAM_IGNORE),
		[ENTRY_OPEN] = CODE(PAM_IGNORE),
		[ENTRY_CLOSE] = CODE(PAM_IGNORE),
		[ENTRY_PASSWORD] = CODE(PAM_IGNORE),
	},
	[OUTCOME_UNKNOWN] = {
		[ENTRY_AUTHENTICATE] = CODE(PAM_USER_UNKNOWN),
		[ENTRY_SETCRED] = CODE(PAM_IGNORE),
		[ENTRY_ACCOUNT] = CODE(PAM_USER_UNKNOWN),
		[ENTRY_OPEN] = CODE(PAM_IGNORE),
		[ENTRY_CLOSE] = CODE(PAM_IGNORE),
		[ENTRY_PASSWORD] = CODE(PAM_IGNORE),
	},
	[OUTCOME_DENIED] = {
		[ENTRY_AUTHENTICATE] = CODE(PAM_AUTH_ERR),
		[ENTRY_ACCOUNT] = CODE(PAM_PERM_DENIED),
		[ENTRY_OPEN] = CODE(PAM_SESSION_ERR),
	},
	[OUTCOME_EXPIRED] = {
		/* Whether an account is active is no stranger's business. */
		[ENTRY_AUTHENTICATE] = CODE(PAM_AUTH_ERR),
		[ENTRY_ACCOUNT] = CODE(PAM_ACCT_EXPIRED),
	},
	[OUTCOME_UNAVAILABLE] = {
		[ENTRY_AUTHENTICATE] = CODE(PAM_SYSTEM_ERR),
		[ENTRY_ACCOUNT] = CODE(PAM_SYSTEM_ERR),
	},
	[OUTCOME_MISUSED] = {
		[ENTRY_AUTHENTICATE] = CODE(PAM_SERVICE_ERR),
		[ENTRY_SETCRED] = CODE(PAM_SERVICE_ERR),
		[ENTRY_ACCOUNT] = CODE(PAM_SERVICE_ERR),
		[ENTRY_OPEN] = CODE(PAM_SERVICE_ERR),
		[ENTRY_CLOSE] = CODE(PAM_SERVICE_ERR),
		[ENTRY_PASSWORD] = CODE(PAM_SERVICE_ERR),
	},
	[OUTCOME_NOTHING] = {
		[ENTRY_SETCRED] = CODE(PAM_SUCCESS),
		[ENTRY_OPEN] = CODE(PAM_SUCCESS),
		[ENTRY_CLOSE] = CODE(PAM_SUCCESS),
		/* Passwords are the identity provider's. */
		[ENTRY_PASSWORD] = CODE(PAM_AUTHTOK_ERR),
	},
	[OUTCOME_GRANTED] = {
		[ENTRY_AUTHENTICATE] = CODE(PAM_SUCCESS),
		[ENTRY_ACCOUNT] = CODE(PAM_SUCCESS),
	},
};

int
verdict_code(enum verdict_entry entry, enum verdict_outcome outcome)
{
	if ((unsigned int)entry >= ENTRY_COUNT ||
	    (unsigned int)outcome >= OUTCOME_COUNT ||
	    codes[outcome][entry] == 0)
		return PAM_SYSTEM_ERR;
	return codes[outcome][entry] - CODE(0);
}

const char *
verdict_name(enum verdict_outcome outcome)
{
	static const char *const names[OUTCOME_COUNT] = {
		[OUTCOME_LOCAL] = "local",
		[OUTCOME_UNKNOWN] = "unknown",
		[OUTCOME_DENIED] = "denied",
		[OUTCOME_EXPIRED] = "expired",
		[OUTCOME_UNAVAILABLE] = "unavailable",
		[OUTCOME_MISUSED] = "misused",
		[OUTCOME_NOTHING] = "nothing",
		[OUTCOME_GRANTED] = "granted",
	};

	return (unsigned int)outcome < OUTCOME_COUNT ? names[outcome] : "?";
}

bool
verdict_pam_ok(int code)
{
	return code == PAM_SUCCESS;
}

static bool
is_answer_to(const struct wire_msg *result,
    const struct verdict_request *request)
{
	const struct wire_field *nonce = &result->field[RESULT_NONCE];

	if (result->type != WIRE_RESULT)
		return false;
	if (nonce->len != sizeof(request->nonce) ||
	    memcmp(nonce->data, request->nonce, nonce->len) != 0)
		return false;
	if (wire_get_u64(result, RESULT_OPERATION) != request->operation)
		return false;
	return strcmp(wire_get_text(result, RESULT_USER), request->user) == 0;
}

/* A helper that denies gives the reason; "ok" is none. */
static enum verdict_outcome
judge_denial(const struct wire_msg *result, enum err *ret_reason)
{
	enum err reason = err_from_name(wire_get_text(result, RESULT_REASON));
	uint64_t verdict = wire_get_u64(result, RESULT_VERDICT);

	if (reason == ERR_OK ||
	    (verdict != WIRE_DENIED && verdict != WIRE_UNAVAILABLE)) {
		*ret_reason = ERR_WIRE_UNEXPECTED;
		return OUTCOME_UNAVAILABLE;
	}
	*ret_reason = reason;
	if (verdict == WIRE_UNAVAILABLE)
		return OUTCOME_UNAVAILABLE;
	if (reason == ERR_USER_INACTIVE || reason == ERR_USER_VANISHED)
		return OUTCOME_EXPIRED;
	return OUTCOME_DENIED;
}

enum verdict_outcome
verdict_judge(const struct wire_msg *result,
    const struct verdict_request *request, enum err *ret_reason)
{
	if (!is_answer_to(result, request)) {
		*ret_reason = ERR_WIRE_UNEXPECTED;
		return OUTCOME_UNAVAILABLE;
	}
	if (wire_get_u64(result, RESULT_VERDICT) != WIRE_GRANTED)
		return judge_denial(result, ret_reason);
	if (strcmp(wire_get_text(result, RESULT_REASON), "ok") != 0) {
		*ret_reason = ERR_WIRE_UNEXPECTED;
		return OUTCOME_UNAVAILABLE;
	}
	*ret_reason = ERR_OK;
	return OUTCOME_GRANTED;
}
