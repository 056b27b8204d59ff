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
#define PROVIDER "The company's sign-in service does not answer as it should; " \
	"try again\nlater."

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
	{ ERR_DEVICE_KEY_FIRST, WIRE_DENIED,
	    "Sign-in by code needs your ssh key first.", NULL },
	{ ERR_DEVICE_LIMIT, WIRE_DENIED,
	    "Too many sign-ins by code; try again in a few minutes.", NULL },
	{ ERR_DEVICE_CONFIRM, WIRE_DENIED,
	    "The code for you was not typed, or could not be sent.", NULL },
	{ ERR_DEVICE_PLACE, WIRE_DENIED,
	    "Your browser is not where it may be; use one on the company's "
	    "network.", NULL },
	{ ERR_DEVICE_LOST, WIRE_DENIED,
	    "Somebody else may have used the code; tell your administrator.",
	    NULL },
	{ ERR_DEVICE_TIME, WIRE_DENIED,
	    "The time for this login is over; try again.", NULL },
	{ ERR_DEVICE_EXPIRED, WIRE_DENIED,
	    "The code has expired; try again.", NULL },
	{ ERR_DEVICE_DECLINED, WIRE_DENIED,
	    "You declined the sign-in in the browser.", NULL },
	{ ERR_DEVICE_BLOCKED, WIRE_DENIED,
	    "Your company does not allow sign-in by code.", NULL },
	{ ERR_DEVICE_MFA, WIRE_DENIED,
	    "Your company wants more proof first: sign in to it in a browser, "
	    "then try\nagain.", NULL },
	{ ERR_JWT_ACRS, WIRE_DENIED,
	    "Your company wants more proof for this host: try again, and sign "
	    "in anew in\nthe browser.", NULL },
	{ ERR_JWT_AUTH_OLD, WIRE_DENIED,
	    "You signed in too long ago: sign out in the browser and try "
	    "again.", NULL },
	{ ERR_DEVICE_UNASSIGNED, WIRE_DENIED,
	    "You are not assigned to this application; ask your "
	    "administrator.", NULL },
	{ ERR_DEVICE_DISABLED, WIRE_DENIED,
	    "Your account is disabled or locked at your company; ask your "
	    "administrator.", NULL },
	{ ERR_DEVICE_REFUSED, WIRE_DENIED,
	    "Your company's sign-in service refused.", NULL },
	{ ERR_DEVICE_CLIENT, WIRE_UNAVAILABLE,
	    "Sign-in by code is not set up correctly.", NULL },
	{ ERR_DEVICE_TENANT, WIRE_UNAVAILABLE,
	    "Sign-in by code is not set up correctly.", NULL },
	{ ERR_DEVICE_PROMPT, WIRE_UNAVAILABLE, PROVIDER, NULL },
	{ ERR_DEVICE_RESPONSE, WIRE_UNAVAILABLE, PROVIDER, NULL },
	{ ERR_DEVICE_BUSY, WIRE_UNAVAILABLE, PROVIDER, NULL },
	{ ERR_HTTP, WIRE_UNAVAILABLE, PROVIDER, NULL },
	{ ERR_HTTP_TLS, WIRE_UNAVAILABLE, PROVIDER, NULL },
	{ ERR_HTTP_STATUS, WIRE_UNAVAILABLE, PROVIDER, NULL },
	{ ERR_HTTP_AUTH, WIRE_UNAVAILABLE, PROVIDER, NULL },
	{ ERR_HTTP_REDIRECT, WIRE_UNAVAILABLE, PROVIDER, NULL },
	{ ERR_JSON, WIRE_UNAVAILABLE, PROVIDER, NULL },
	{ ERR_JWKS, WIRE_UNAVAILABLE, PROVIDER, NULL },
	{ ERR_JWKS_LIMITS, WIRE_UNAVAILABLE, PROVIDER, NULL },
	{ ERR_JWKS_STALE, WIRE_UNAVAILABLE, PROVIDER, NULL },
	{ ERR_OIDC_HOST, WIRE_UNAVAILABLE, NOT_SET_UP, NULL },
	{ ERR_OIDC_DISCOVERY, WIRE_UNAVAILABLE, NOT_SET_UP, NULL },
	{ ERR_OIDC_MISSING, WIRE_UNAVAILABLE, NOT_SET_UP, NULL },
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

const char *
reply_words(enum err reason)
{
	const struct cause *cause = cause_of(reason);

	return cause->sign_in == NULL ? REFUSED : cause->sign_in;
}

/* There is another way, and nobody has set it up. */
static bool
would_saml_help(const struct login *login, enum err reason)
{
	return login->operation == WIRE_AUTHENTICATE &&
	    (reason == ERR_DEVICE_BLOCKED || reason == ERR_DEVICE_CLIENT) &&
	    login->conf->idp_issuer[0] == '\0';
}

/* Where texts are shown late, the last one is shown never, unless somebody
 * answers it.  That takes the module's time and not ours: RESULT follows. */
static enum err
send_last_words(const struct login *login, struct buf *text,
    struct diag *diag)
{
	enum err r;

	if (!login->last_words ||
	    wire_get_u64(login->begin, BEGIN_COLUMNS) != 0)
		return CHANNEL_SEND(login->ch, INFO, diag, wire_u64(1),
		    wire_text(buf_str(text)));
	r = buf_puts(text, "\nPress Enter to end: ");
	if (r != ERR_OK)
		return r;
	return CHANNEL_SEND(login->ch, PROMPT, diag, wire_u64(0),
	    wire_text(buf_str(text)));
}

static enum err
tell_person(const struct login *login, enum err reason, struct diag *diag)
{
	AUTO(buf) struct buf text = BUF_INIT(PROMPT_MAX);
	const struct cause *cause = cause_of(reason);
	const char *what = cause->sign_in == NULL ? REFUSED : cause->sign_in;
	enum err r;

	if (login->operation == WIRE_ACCOUNT && cause->account != NULL)
		what = cause->account;
	r = buf_printf(&text, "%s\n%sYour administrator finds the reason in "
	    "the log (%s).", what, would_saml_help(login, reason) ?
	    "Your administrator can set up sign-in by SAML.\n" : "",
	    login->tag);
	return r == ERR_OK ? send_last_words(login, &text, diag) : r;
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

/* Somebody else may have had the code in their hands: that is for whoever
 * watches the log (catalogue V3). */
static int
priority_of(enum err reason)
{
	if (reason == ERR_OK)
		return LOG_NOTICE;
	return reason == ERR_DEVICE_LOST ? LOG_ALERT : LOG_WARNING;
}

static void
write_log(const struct login *login, const char *result, enum err reason,
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
	enum err r = buf_printf(&line, "op=%s", name_of(login->operation));

	for (size_t i = 0; i < ARRAY_LEN(names) && r == ERR_OK; i++) {
		r = buf_printf(&line, " %s=\"", names[i].key);
		log_escape(&line, names[i].text, strlen(names[i].text));
		if (r == ERR_OK)
			r = buf_putc(&line, '"');
	}
	if (r == ERR_OK)
		r = buf_printf(&line, " result=%s reason=%s login=%s",
		    result, err_name(reason), login->tag);
	if (r == ERR_OK && login->way != NULL)
		r = buf_printf(&line, " way=%s", login->way);
	if (r == ERR_OK && reason != ERR_OK && diag->text[0] != '\0') {
		r = buf_puts(&line, " detail=\"");
		log_escape(&line, diag->text, strlen(diag->text));
		if (r == ERR_OK)
			r = buf_putc(&line, '"');
	}
	log_event(priority_of(reason), "%s%s", buf_str(&line),
	    r == ERR_OK ? "" : " (cut)");
}

void
reply_log(const struct login *login, enum err reason,
    const struct diag *diag)
{
	write_log(login, "passed-on", reason, diag);
}

void
reply_send(const struct login *login, enum err reason,
    const struct diag *diag)
{
	enum err told = login->told != ERR_OK ? login->told : reason;
	enum wire_verdict verdict = reason == ERR_OK ? WIRE_GRANTED :
	    cause_of(told)->verdict;
	const struct wire_field *nonce = &login->begin->field[BEGIN_NONCE];
	struct diag lost = DIAG_INIT;
	enum err r = ERR_OK;

	if (reason != ERR_OK)
		r = tell_person(login, told, &lost);
	if (r == ERR_OK)
		r = CHANNEL_SEND(login->ch, RESULT, &lost,
		    wire_bytes(nonce->data, nonce->len),
		    wire_u64(login->operation), wire_text(login->user),
		    wire_u64(verdict), wire_text(err_name(reason)),
		    wire_u64((uint64_t)login->session_end));
	/* A grant that nobody heard is not one. */
	if (r != ERR_OK && reason == ERR_OK)
		write_log(login, "denied", r, &lost);
	else
		write_log(login, reason == ERR_OK ? "granted" : "denied",
		    reason, diag);
}
