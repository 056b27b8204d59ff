/* SPDX-License-Identifier: BSD-2-Clause */
#include "helper.h"

#include <stdbool.h>
#include <string.h>
#include <syslog.h>

#include "base/limits.h"
#include "base/log.h"

/*
 * Who is to blame, and what the person may know.  The sign-in says the same
 * for every refusal (catalogue D20, I8); the account phase, which follows a
 * proof of identity, may be plain.
 */
#define REFUSED "Sign-in was refused."
#define BROKEN "Sign-in does not work on this host at the moment."
#define NOT_SET_UP "Sign-in is not set up on this host."

static const struct cause {
	enum err reason;
	enum wire_verdict verdict;
	const char *sign_in;		/* NULL: REFUSED */
	const char *account;		/* NULL: as sign_in */
} causes[] = {
	{ ERR_USER_UNKNOWN, WIRE_DENIED, NULL,
	    "Your account is not known on this host." },
	{ ERR_USER_INACTIVE, WIRE_DENIED, NULL,
	    "Your account is deactivated." },
	{ ERR_USER_VANISHED, WIRE_DENIED, NULL,
	    "Your account is deactivated." },
	{ ERR_USER_NOT_ALLOWED, WIRE_DENIED, NULL,
	    "Your account is not allowed on this host." },
	{ ERR_DIRECTORY_STALE, WIRE_DENIED, NULL,
	    "This host has not heard for too long who may use it." },
	{ ERR_ANSWER_EMPTY, WIRE_DENIED, "No answer was given.", NULL },
	{ ERR_ANSWER_TIMEOUT, WIRE_DENIED, "The answer came too late.", NULL },
	{ ERR_ANSWER_TOO_LONG, WIRE_DENIED,
	    "The answer is longer than any SAML response.", NULL },
	{ ERR_CONF_SYNTAX, WIRE_UNAVAILABLE, NOT_SET_UP, NULL },
	{ ERR_CONF_UNKNOWN, WIRE_UNAVAILABLE, NOT_SET_UP, NULL },
	{ ERR_CONF_DUPLICATE, WIRE_UNAVAILABLE, NOT_SET_UP, NULL },
	{ ERR_CONF_VALUE, WIRE_UNAVAILABLE, NOT_SET_UP, NULL },
	{ ERR_CONF_MISSING, WIRE_UNAVAILABLE, NOT_SET_UP, NULL },
	{ ERR_NOT_FOUND, WIRE_UNAVAILABLE, NOT_SET_UP, NULL },
	{ ERR_UNSAFE_FILE, WIRE_UNAVAILABLE, NOT_SET_UP, NULL },
	{ ERR_SERVICE_USER, WIRE_UNAVAILABLE, NOT_SET_UP, NULL },
	{ ERR_IDP_NO_KEYS, WIRE_UNAVAILABLE, NOT_SET_UP, NULL },
	{ ERR_IDP_STALE, WIRE_UNAVAILABLE, BROKEN, NULL },
	{ ERR_STORE_MISSING, WIRE_UNAVAILABLE, NOT_SET_UP, NULL },
	{ ERR_STORE_VERSION, WIRE_UNAVAILABLE, BROKEN, NULL },
	{ ERR_STORE, WIRE_UNAVAILABLE, BROKEN, NULL },
	{ ERR_REPLAY_STORE, WIRE_UNAVAILABLE, BROKEN, NULL },
	{ ERR_SPAWN, WIRE_UNAVAILABLE, BROKEN, NULL },
	{ ERR_WORKER, WIRE_UNAVAILABLE, BROKEN, NULL },
	{ ERR_CLOCK, WIRE_UNAVAILABLE, BROKEN, NULL },
	{ ERR_NOMEM, WIRE_UNAVAILABLE, BROKEN, NULL },
	{ ERR_IO, WIRE_UNAVAILABLE, BROKEN, NULL },
	{ ERR_INTERNAL, WIRE_UNAVAILABLE, BROKEN, NULL },
};

static const struct cause *
cause_of(enum err reason)
{
	static const struct cause any = { ERR_OK, WIRE_DENIED, NULL, NULL };

	for (size_t i = 0; i < ARRAY_LEN(causes); i++)
		if (causes[i].reason == reason)
			return &causes[i];
	return &any;
}

static enum err
tell_person(const struct login *login, const struct cause *cause,
    struct diag *diag)
{
	AUTO(buf) struct buf text = BUF_INIT(PROMPT_MAX);
	const char *what = cause->sign_in == NULL ? REFUSED : cause->sign_in;
	enum err r;

	if (login->operation == WIRE_ACCOUNT && cause->account != NULL)
		what = cause->account;
	r = buf_printf(&text, "%s\nYour administrator finds the reason in "
	    "the log (%s).", what, login->tag);
	if (r != ERR_OK)
		return r;
	return CHANNEL_SEND(login->ch, INFO, diag, wire_u64(1),
	    wire_text(buf_str(&text)));
}

static const char *
name_of(enum wire_operation operation)
{
	switch (operation) {
	case WIRE_ACCOUNT:
		return "account";
	case WIRE_DELIVER:
		return "deliver";
	default:
		return "authenticate";
	}
}

static void
write_log(const struct login *login, enum err reason,
    const struct diag *diag)
{
	const struct {
		const char *key;
		const char *text;
	} names[] = {
		{ "user", login->who.user },
		{ "service", login->who.service },
		{ "rhost", login->who.rhost },
		{ "tty", wire_get_text(login->begin, BEGIN_TTY) },
	};
	AUTO(buf) struct buf line = BUF_INIT(8192);
	bool granted = reason == ERR_OK;
	enum err r = buf_printf(&line, "op=%s", name_of(login->operation));

	for (size_t i = 0; i < ARRAY_LEN(names) && r == ERR_OK; i++) {
		r = buf_printf(&line, " %s=\"", names[i].key);
		log_escape(&line, names[i].text, strlen(names[i].text));
		if (r == ERR_OK)
			r = buf_putc(&line, '"');
	}
	if (r == ERR_OK)
		r = buf_printf(&line, " result=%s reason=%s login=%s",
		    granted ? "granted" : "denied", err_name(reason),
		    login->tag);
	if (r == ERR_OK && login->way != NULL)
		r = buf_printf(&line, " way=%s", login->way);
	if (r == ERR_OK && !granted && diag->text[0] != '\0') {
		r = buf_puts(&line, " detail=\"");
		log_escape(&line, diag->text, strlen(diag->text));
		if (r == ERR_OK)
			r = buf_putc(&line, '"');
	}
	log_event(granted ? LOG_NOTICE : LOG_WARNING, "%s%s", buf_str(&line),
	    r == ERR_OK ? "" : " (cut)");
}

void
reply_send(const struct login *login, enum err reason,
    const struct diag *diag)
{
	const struct cause *cause = cause_of(reason);
	enum wire_verdict verdict = reason == ERR_OK ? WIRE_GRANTED :
	    cause->verdict;
	const struct wire_field *nonce = &login->begin->field[BEGIN_NONCE];
	struct diag lost = DIAG_INIT;
	enum err r = ERR_OK;

	if (reason != ERR_OK)
		r = tell_person(login, cause, &lost);
	if (r == ERR_OK)
		r = CHANNEL_SEND(login->ch, RESULT, &lost,
		    wire_bytes(nonce->data, nonce->len),
		    wire_u64(login->operation), wire_text(login->user),
		    wire_u64(verdict), wire_text(err_name(reason)),
		    wire_u64((uint64_t)login->session_end));
	/* A grant that nobody heard is not one. */
	if (r != ERR_OK && reason == ERR_OK)
		write_log(login, r, &lost);
	else
		write_log(login, reason, diag);
}
