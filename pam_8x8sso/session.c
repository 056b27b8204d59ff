/* SPDX-License-Identifier: BSD-2-Clause */
#include "session.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/parse.h"
#include "verdict.h"

/* pam_systemd(8), "Session limits": a C string in the notation of
 * systemd.time(7), where a number alone is seconds.  It becomes RuntimeMaxSec=
 * of the session's scope, and systemd ends what outlasts it. */
#define RUNTIME_MAX "systemd.runtime_max_sec"

/* Room for a number of 64 bits, a sign and the NUL. */
#define NUMBER_SIZE 24

enum err
session_keep_end(pam_handle_t *pamh, uint64_t end, struct diag *diag)
{
	char text[sizeof(SESSION_END_NAME) + NUMBER_SIZE] = SESSION_END_NAME;

	/* libpam complains in the log about taking out what is not there. */
	if (end == 0 && pam_getenv(pamh, SESSION_END_NAME) == NULL)
		return ERR_OK;
	if (end > SESSION_END_MAX)
		return fail(diag, ERR_WIRE_SYNTAX, "session end");
	if (end != 0)
		(void)snprintf(text, sizeof(text), SESSION_END_NAME "=%llu",
		    (unsigned long long)end);
	if (!verdict_pam_ok(pam_putenv(pamh, text)))
		return fail(diag, ERR_NOMEM, SESSION_END_NAME);
	return ERR_OK;
}

/* pam_end() calls this before it unloads the modules. */
static void
free_text(pam_handle_t *pamh, void *text, int status)
{
	(void)pamh;
	(void)status;
	free(text);
}

/* Has another module set a limit that is at least as strict?  One that cannot
 * be compared does not count: a limit of ours is a promise to the provider. */
static bool
is_limited(pam_handle_t *pamh, uint64_t seconds)
{
	const void *text = NULL;
	int64_t other;

	return verdict_pam_ok(pam_get_data(pamh, RUNTIME_MAX, &text)) &&
	    text != NULL && parse_duration(text, strlen(text), &other) &&
	    other > 0 && (uint64_t)other <= seconds;
}

static enum err
limit_runtime(pam_handle_t *pamh, uint64_t seconds, struct diag *diag)
{
	AUTO_FREE char *text = NULL;

	if (is_limited(pamh, seconds))
		return ERR_OK;
	text = malloc(NUMBER_SIZE);
	if (text == NULL)
		return fail(diag, ERR_NOMEM, RUNTIME_MAX);
	(void)snprintf(text, NUMBER_SIZE, "%llu",
	    (unsigned long long)seconds);
	if (!verdict_pam_ok(pam_set_data(pamh, RUNTIME_MAX, text, free_text)))
		return fail(diag, ERR_NOMEM, RUNTIME_MAX);
	(void)TAKE(text);
	return ERR_OK;
}

enum err
session_limit(pam_handle_t *pamh, int64_t now, int64_t *ret_end,
    struct diag *diag)
{
	const char *text = pam_getenv(pamh, SESSION_END_NAME);
	uint64_t number;
	int64_t end;
	enum err r;

	*ret_end = 0;
	if (text == NULL)
		return ERR_OK;
	if (!parse_u64(text, strlen(text), SESSION_END_MAX, &number))
		return fail(diag, ERR_SYNTAX, SESSION_END_NAME "=%s", text);
	end = (int64_t)number;
	if (now >= end)
		return fail(diag, ERR_SAML_SESSION_ENDED,
		    "since %lld seconds", (long long)(now - end));
	r = limit_runtime(pamh, (uint64_t)(end - now), diag);
	if (r != ERR_OK)
		return r;
	*ret_end = end;
	return ERR_OK;
}
