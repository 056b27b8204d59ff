/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The six functions that libpam calls.  Each is one line; ask() is what they
 * share.  Nothing is kept between calls but what session.h keeps: sshd makes
 * them in different processes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <syslog.h>

#include <security/pam_ext.h>
#include <security/pam_modules.h>

#include "args.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/parse.h"
#include "newcomer.h"
#include "owner.h"
#include "relay.h"
#include "session.h"
#include "verdict.h"

#define EXPORT __attribute__((visibility("default")))

struct call {
	pam_handle_t *pamh;
	int flags;
	enum verdict_entry entry;
	struct args args;
	char user[OWNER_NAME_MAX + 1];	/* PAM_USER as it was at the start */
};

/* "" for no name and for one that is too long: nobody's. */
static void
get_user(struct call *call)
{
	const char *user = NULL;

	call->user[0] = '\0';
	if (!verdict_pam_ok(pam_get_user(call->pamh, &user, NULL)) ||
	    user == NULL || strlen(user) > OWNER_NAME_MAX)
		return;
	memcpy(call->user, user, strlen(user) + 1);
}

/* An item for the log.  What does not fit the wire does not stop a login. */
static const char *
item(const struct call *call, int type, size_t max)
{
	const void *value = NULL;

	if (!verdict_pam_ok(pam_get_item(call->pamh, type, &value)) ||
	    value == NULL)
		return "";
	if (strlen(value) > max || !parse_is_utf8(value, strlen(value)))
		return "?";
	return value;
}

/* An application may change PAM_USER while it talks to the person; what was
 * granted was granted to the old name (catalogue I1). */
static bool
is_same_user(const struct call *call)
{
	const void *value = NULL;

	return verdict_pam_ok(pam_get_item(call->pamh, PAM_USER, &value)) &&
	    value != NULL && strcmp(value, call->user) == 0;
}

/* nonce: of the exchange, whose helper logs it too; NULL without one. */
static void
write_log(const struct call *call, enum verdict_outcome outcome,
    const uint8_t *nonce, const struct diag *diag)
{
	char login[sizeof(" login=01234567")] = "";
	AUTO(buf) struct buf user = BUF_INIT(4 * OWNER_NAME_MAX);
	AUTO(buf) struct buf detail = BUF_INIT(4 * DIAG_TEXT_MAX);
	bool granted = outcome == OUTCOME_GRANTED;

	log_escape(&user, call->user, strlen(call->user));
	log_escape(&detail, diag->text, strlen(diag->text));
	if (nonce != NULL)
		(void)snprintf(login, sizeof(login), " login=%02x%02x%02x%02x",
		    nonce[0], nonce[1], nonce[2], nonce[3]);
	pam_syslog(call->pamh, granted ? LOG_NOTICE : LOG_WARNING,
	    "user=%s result=%s reason=%s%s%s%s%s", buf_str(&user),
	    verdict_name(outcome), err_name(diag->code), login,
	    detail.len > 0 ? " detail=\"" : "",
	    buf_str(&detail), detail.len > 0 ? "\"" : "");
}

/* What the helper would have said.  Who cannot be heard is not told. */
static void
tell_person(const struct call *call, const struct verdict_request *request)
{
	if ((call->flags & (int)PAM_SILENT) == 0)
		(void)pam_error(call->pamh, "Sign-in does not work on this "
		    "host at the moment.\nYour administrator finds the reason "
		    "in the log (%02x%02x%02x%02x).", request->nonce[0],
		    request->nonce[1], request->nonce[2], request->nonce[3]);
}

/* One exchange with the helper, from nonce to log line. */
static enum verdict_outcome
consult(const struct call *call, enum wire_operation operation)
{
	AUTO(wire_msg) struct wire_msg result = WIRE_MSG_INIT;
	struct verdict_request request = {
		.operation = operation,
		.user = call->user,
		.service = item(call, PAM_SERVICE, 128),
		.rhost = item(call, PAM_RHOST, 256),
		.tty = item(call, PAM_TTY, 256),
	};
	enum verdict_outcome outcome = OUTCOME_UNAVAILABLE;
	struct diag diag = DIAG_INIT;
	enum err r = ERR_OK;

	/* A host that has just booted may not have them, and must not wait. */
	if (getrandom(request.nonce, sizeof(request.nonce), GRND_NONBLOCK) !=
	    (ssize_t)sizeof(request.nonce))
		r = fail_errno(&diag, ERR_INTERNAL, "getrandom");
	if (r == ERR_OK)
		r = relay_run(call->pamh, call->flags, &call->args, &request,
		    &result, &diag);
	if (r == ERR_OK)
		outcome = verdict_judge(&result, &request, &diag.code);
	else
		tell_person(call, &request);
	if (outcome == OUTCOME_GRANTED && !is_same_user(call)) {
		(void)fail(&diag, ERR_LINK_MISMATCH, "PAM_USER was changed");
		outcome = OUTCOME_DENIED;
	}
	if (outcome == OUTCOME_GRANTED && operation == WIRE_AUTHENTICATE &&
	    session_keep_end(call->pamh, wire_get_u64(&result,
	    RESULT_SESSION_END), &diag) != ERR_OK)
		outcome = OUTCOME_UNAVAILABLE;
	write_log(call, outcome, request.nonce, &diag);
	return outcome;
}

/* A session that the sign-in has set no end to is nobody's to refuse. */
static enum verdict_outcome
open_session(const struct call *call)
{
	struct diag diag = DIAG_INIT;
	char until[CLOCK_TEXT_SIZE];
	int64_t end;
	enum err r = session_limit(call->pamh, clock_now(), &end, &diag);

	if (r == ERR_OK && end != 0) {
		clock_format(end, until);
		pam_syslog(call->pamh, LOG_INFO, "session until %s", until);
	}
	if (r == ERR_OK)
		return OUTCOME_NOTHING;
	write_log(call, OUTCOME_DENIED, NULL, &diag);
	if ((call->flags & (int)PAM_SILENT) == 0)
		(void)pam_error(call->pamh, "Your company's sign-in service "
		    "gives this session no time. Sign in again.");
	return OUTCOME_DENIED;
}

static enum verdict_outcome
decide(const struct call *call)
{
	switch (call->entry) {
	case ENTRY_AUTHENTICATE:
		return consult(call, WIRE_AUTHENTICATE);
	case ENTRY_ACCOUNT:
		return consult(call, WIRE_ACCOUNT);
	case ENTRY_OPEN:
		return open_session(call);
	case ENTRY_PASSWORD:
		if ((call->flags & PAM_PRELIM_CHECK) != 0 &&
		    (call->flags & (int)PAM_SILENT) == 0)
			(void)pam_error(call->pamh, "The password of this "
			    "account is kept by your company's\nsign-in "
			    "service. Change it there.");
		return OUTCOME_NOTHING;
	default:
		return OUTCOME_NOTHING;
	}
}

static enum verdict_outcome
ask(struct call *call, int argc, const char *const *argv)
{
	struct diag diag = DIAG_INIT;
	enum err usage = args_parse(argc, argv, &call->args, &diag);
	enum err cache = ERR_OK;
	enum verdict_outcome owner;

	get_user(call);
	owner = owner_of(call->pamh, &call->args, call->user, &cache);
	if (owner == OUTCOME_UNKNOWN && call->entry == ENTRY_AUTHENTICATE &&
	    newcomer_possible(call->pamh, &call->args, call->user))
		owner = OUTCOME_NOTHING;
	/* Without a cache the host is not set up, which is not news. */
	if (cache != ERR_OK && cache != ERR_CACHE_MISSING)
		pam_syslog(call->pamh, LOG_WARNING, "nobody is known to be "
		    "ours: reason=%s detail=\"%s: %s\"", err_name(cache),
		    call->args.cache, err_text(cache));
	if (owner != OUTCOME_NOTHING) {
		if (call->args.debug)
			pam_syslog(call->pamh, LOG_DEBUG, "not ours: %s",
			    verdict_name(owner));
		return owner;
	}
	if (usage != ERR_OK) {
		pam_syslog(call->pamh, LOG_ERR, "%s (see pam_8x8sso(8))",
		    diag.text);
		return OUTCOME_MISUSED;
	}
	return decide(call);
}

static int
enter(pam_handle_t *pamh, int flags, int argc, const char **argv,
    enum verdict_entry entry)
{
	struct call call = { .pamh = pamh, .flags = flags, .entry = entry };
	int saved = errno;
	int code = verdict_code(entry,
	    ask(&call, argc, (const char *const *)argv));

	errno = saved;
	return code;
}

EXPORT int
pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc,
    const char **argv)
{
	return enter(pamh, flags, argc, argv, ENTRY_AUTHENTICATE);
}

EXPORT int
pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return enter(pamh, flags, argc, argv, ENTRY_SETCRED);
}

EXPORT int
pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return enter(pamh, flags, argc, argv, ENTRY_ACCOUNT);
}

EXPORT int
pam_sm_open_session(pam_handle_t *pamh, int flags, int argc,
    const char **argv)
{
	return enter(pamh, flags, argc, argv, ENTRY_OPEN);
}

EXPORT int
pam_sm_close_session(pam_handle_t *pamh, int flags, int argc,
    const char **argv)
{
	return enter(pamh, flags, argc, argv, ENTRY_CLOSE);
}

EXPORT int
pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return enter(pamh, flags, argc, argv, ENTRY_PASSWORD);
}
