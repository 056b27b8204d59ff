/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an error of the provider means: RFC 6749 5.2, RFC 8628 3.5, and Entra's
 * numbers (AADSTS), which choose the words and never whether somebody gets in.
 */
#ifndef AUTH_DEVICE_ERROR_H
#define AUTH_DEVICE_ERROR_H

#include "base/diag.h"

struct json;

enum device_step {
	DEVICE_STOP,		/* with the reason */
	DEVICE_GO_ON,		/* authorization_pending */
	DEVICE_SLOW_DOWN,
	DEVICE_BACK_OFF,	/* the server is busy */
};

/*
 * Reads the body of an error answer.  The detail has error, AADSTS numbers,
 * correlation and trace id, all checked, and nothing else of it.  *ret_reason
 * is set for DEVICE_STOP only: ERR_DEVICE_*.
 */
enum device_step device_error_read(struct json *body, enum err *ret_reason,
	struct diag *diag);

#endif
