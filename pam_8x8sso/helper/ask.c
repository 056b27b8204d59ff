/* SPDX-License-Identifier: BSD-2-Clause */
#include "helper.h"

#include <unistd.h>

/* Seconds beyond a login's time after which the kernel ends what hangs
 * elsewhere (a database on a dead disk). */
#define BACKSTOP 30

void
login_extend(struct login *login, int ms)
{
	channel_set_timeout(login->ch, ms);
	(void)alarm((unsigned int)ms / 1000 + BACKSTOP);
}

enum err
ask(struct login *login, const char *text, struct wire_msg *ret_answer,
    struct diag *diag)
{
	enum err r = CHANNEL_SEND(login->ch, PROMPT, diag, wire_u64(0),
	    wire_text(text));

	if (r == ERR_OK)
		r = channel_expect(login->ch, WIRE_ANSWER, ret_answer, diag);
	if (r == ERR_TIMEOUT)
		return fail(diag, ERR_ANSWER_TIMEOUT, "prompt");
	if (r != ERR_OK)
		return r;
	switch (wire_get_u64(ret_answer, ANSWER_STATUS)) {
	case WIRE_ANSWERED:
		return ERR_OK;
	case WIRE_ANSWER_TOO_LONG:
		return fail(diag, ERR_ANSWER_TOO_LONG, "one answer");
	default:
		return fail(diag, ERR_ANSWER_FAILED, "conversation");
	}
}
