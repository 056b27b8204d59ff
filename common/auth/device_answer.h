/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two answers of the device flow that are good news: a document in,
 * checked values out.  Members are looked at by their exact names; those that
 * the flow does not need are not looked at.  For device.c.
 */
#ifndef AUTH_DEVICE_ANSWER_H
#define AUTH_DEVICE_ANSWER_H

#include "auth/device.h"

#define DEVICE_EXPIRES_IN_MAX 86400	/* seconds */

struct json;

/* The device authorization response (RFC 8628, 3.2), whose numbers may be
 * strings of digits.  What people will see is checked as V5 wants:
 * verification_uri is one of uris.  ERR_DEVICE_RESPONSE, ERR_DEVICE_PROMPT. */
enum err device_answer_code(struct json *body, const char *uris,
	struct device_code *ret, struct diag *diag) MUST_USE;

/* The token response (RFC 6749, 5.1; OpenID Connect Core, 3.1.3.3; V7), with
 * no error beside the token.
 * ERR_DEVICE_RESPONSE, ERR_JWT_TOO_LONG. */
enum err device_answer_token(struct json *body, struct device_token *ret,
	struct diag *diag) MUST_USE;

#endif
