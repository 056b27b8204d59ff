/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One exchange with a helper: starts it, hands its prompts to the PAM
 * application and the answers back, until it gives its RESULT.
 */
#ifndef PAM_8X8SSO_RELAY_H
#define PAM_8X8SSO_RELAY_H

#include <security/pam_modules.h>

#include "args.h"
#include "verdict.h"

/*
 * ret_result is the decoded RESULT, not judged yet: that is verdict_judge()'s.
 * flags are PAM's (PAM_SILENT: texts are not shown; prompts always are).
 * ERR_SPAWN, ERR_TIMEOUT (the helper did not react within RELAY_TURN_MS),
 * ERR_WIRE_* (it died, spoke nonsense, or too much), ERR_JIT_PUBLISH, ERR_IO.
 */
enum err relay_run(pam_handle_t *pamh, int flags, const struct args *args,
	const struct verdict_request *request, struct wire_msg *ret_result,
	struct diag *diag) MUST_USE;

#endif
