/* SPDX-License-Identifier: BSD-2-Clause */
#include "relay.h"

#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include <security/pam_ext.h>
#include <security/pam_modules.h>

#include "base/limits.h"
#include "newcomer.h"
#include "terminal.h"
#include "wire/spawn.h"

struct exchange {
	pam_handle_t *pamh;
	int flags;
	const struct args *args;
	const struct verdict_request *request;
	bool published;
	struct peer peer;
};

static enum err
send_answer(struct exchange *x, const char *answer, struct diag *diag)
{
	size_t len;

	channel_set_timeout(&x->peer.ch, RELAY_TURN_MS);
	if (answer == NULL)
		return CHANNEL_SEND(&x->peer.ch, ANSWER, diag,
		    wire_u64(WIRE_ANSWER_FAILED), wire_bytes(NULL, 0));
	len = strnlen(answer, ANSWER_MAX + 1);
	if (len > ANSWER_MAX)
		return CHANNEL_SEND(&x->peer.ch, ANSWER, diag,
		    wire_u64(WIRE_ANSWER_TOO_LONG), wire_bytes(NULL, 0));
	return CHANNEL_SEND(&x->peer.ch, ANSWER, diag,
	    wire_u64(WIRE_ANSWERED), wire_bytes(answer, len));
}

static enum err
relay_prompt(struct exchange *x, const struct wire_msg *msg,
    struct diag *diag)
{
	int style = wire_get_u64(msg, PROMPT_ECHO) == 1 ? PAM_PROMPT_ECHO_ON :
	    PAM_PROMPT_ECHO_OFF;
	char *answer = NULL;
	bool asked = verdict_pam_ok(pam_prompt(x->pamh, style, &answer, "%s",
	    wire_get_text(msg, PROMPT_WORDS)));
	struct diag why = DIAG_INIT;
	enum err r = send_answer(x, asked ? answer : NULL, &why);

	if (answer != NULL)
		explicit_bzero(answer, strlen(answer));
	free(answer);
	/* Who answers after ten minutes: what a helper that did not wait for
	 * it said at its end is still to be read. */
	if (r == ERR_OK || r == ERR_WIRE_CLOSED)
		return ERR_OK;
	return fail(diag, r, "%s", why.text);
}

static enum err
relay_info(struct exchange *x, const struct wire_msg *msg, struct diag *diag)
{
	int style = wire_get_u64(msg, INFO_ERROR) == 1 ? PAM_ERROR_MSG :
	    PAM_TEXT_INFO;

	(void)diag;
	/* Who cannot show it loses nothing that the login needs. */
	if ((x->flags & (int)PAM_SILENT) == 0)
		(void)pam_prompt(x->pamh, style, NULL, "%s",
		    wire_get_text(msg, INFO_WORDS));
	channel_set_timeout(&x->peer.ch, RELAY_TURN_MS);
	return ERR_OK;
}

/* The helper is busy with somebody else, and says so every now and then. */
static enum err
relay_wait(struct exchange *x, const struct wire_msg *msg, struct diag *diag)
{
	uint64_t seconds = wire_get_u64(msg, WAIT_SECONDS);

	if (seconds > WAIT_MAX_S)
		return fail(diag, ERR_WIRE_SYNTAX, "a wait of %llu s",
		    (unsigned long long)seconds);
	channel_set_timeout(&x->peer.ch, RELAY_TURN_MS + (int)seconds * 1000);
	return ERR_OK;
}

/* The helper waits for nothing: what it says next is there already. */
static enum err
relay_publish(struct exchange *x, const struct wire_msg *msg,
    struct diag *diag)
{
	const char *user = x->request->user;
	enum err r;

	if (x->request->operation != WIRE_AUTHENTICATE || x->published ||
	    strcmp(wire_get_text(msg, PUBLISH_USER), user) != 0)
		return fail(diag, ERR_WIRE_UNEXPECTED,
		    "PUBLISH from the helper");
	x->published = true;
	r = newcomer_publish(x->args, user, diag);
	channel_set_timeout(&x->peer.ch, RELAY_TURN_MS);
	return r;
}

static enum err
relay_one(struct exchange *x, const struct wire_msg *msg, struct diag *diag)
{
	static const struct {
		enum wire_type type;
		enum err (*relay)(struct exchange *x,
		    const struct wire_msg *msg, struct diag *diag);
	} turns[] = {
		{ WIRE_PROMPT, relay_prompt },
		{ WIRE_INFO, relay_info },
		{ WIRE_WAIT, relay_wait },
		{ WIRE_PUBLISH, relay_publish },
	};

	for (size_t i = 0; i < ARRAY_LEN(turns); i++)
		if (turns[i].type == msg->type)
			return turns[i].relay(x, msg, diag);
	return fail(diag, ERR_WIRE_UNEXPECTED, "%s from the helper",
	    wire_type_name(msg->type));
}

static enum err
converse(struct exchange *x, struct wire_msg *ret_result, struct diag *diag)
{
	for (int i = 0; i < RELAY_MESSAGES_MAX; i++) {
		enum err r = channel_recv(&x->peer.ch, ret_result, diag);

		if (r == ERR_OK && ret_result->type == WIRE_RESULT)
			return ERR_OK;
		if (r == ERR_OK)
			r = relay_one(x, ret_result, diag);
		if (r != ERR_OK)
			return r;
	}
	return fail(diag, ERR_WIRE_UNEXPECTED, "more than %d messages",
	    RELAY_MESSAGES_MAX);
}

/* posix_spawn(3) takes char *, and writes to none. */
static char *
word(const char *text)
{
	return (char *)(uintptr_t)text;
}

/* Before it asks PAM, sshd says what else it has accepted: a line each, such
 * as "publickey ssh-ed25519 AAAA...". */
static bool
key_came_first(pam_handle_t *pamh)
{
	static const char method[] = "publickey ";
	const char *line = pam_getenv(pamh, "SSH_AUTH_INFO_0");

	while (line != NULL && *line != '\0') {
		if (strncmp(line, method, sizeof(method) - 1) == 0)
			return true;
		line = strchr(line, '\n');
		line = line == NULL ? NULL : line + 1;
	}
	return false;
}

/* login(1) ends itself by an alarm.  It is looked at only; one that comes again
 * and again is for something else. */
static uint64_t
seconds_to_alarm(void)
{
	struct itimerval timer;

	if (getitimer(ITIMER_REAL, &timer) != 0 || timer.it_value.tv_sec < 0 ||
	    timer.it_interval.tv_sec != 0 || timer.it_interval.tv_usec != 0)
		return 0;
	return (uint64_t)timer.it_value.tv_sec +
	    (timer.it_value.tv_usec != 0);
}

static enum err
start(struct exchange *x, struct diag *diag)
{
	const struct args *args = x->args;
	const struct verdict_request *request = x->request;
	struct terminal terminal = terminal_find(x->flags, request->tty);
	char *argv[] = { word(args->helper), word("--config"),
	    word(args->config), NULL };
	enum err r;

	if (args->config == NULL)
		argv[1] = NULL;
	r = peer_start(&x->peer, argv, -1, diag);
	if (r != ERR_OK)
		return r;
	channel_set_timeout(&x->peer.ch, RELAY_TURN_MS);
	return CHANNEL_SEND(&x->peer.ch, BEGIN, diag,
	    wire_u64(request->operation),
	    wire_bytes(request->nonce, sizeof(request->nonce)),
	    wire_text(request->user), wire_text(request->service),
	    wire_text(request->rhost), wire_text(request->tty),
	    wire_u64(terminal.columns), wire_u64(terminal.rows),
	    wire_u64(key_came_first(x->pamh)), wire_u64(seconds_to_alarm()));
}

enum err
relay_run(pam_handle_t *pamh, int flags, const struct args *args,
    const struct verdict_request *request, struct wire_msg *ret_result,
    struct diag *diag)
{
	struct exchange x = {
		pamh, flags, args, request, false, PEER_INIT
	};
	enum err r = start(&x, diag);

	if (r == ERR_OK)
		r = converse(&x, ret_result, diag);
	(void)peer_end(&x.peer);
	return r;
}
