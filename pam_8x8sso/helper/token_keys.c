/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keys that a token of the provider may be signed with: those that sync
 * fetched, or, for a key that is new, those of now (catalogue J27, J28).
 */
#include "helper.h"

#include <poll.h>

#include "auth/jwk_wire.h"
#include "auth/oidc_fetch.h"
#include "auth/oidc_store.h"
#include "base/clock.h"
#include "base/limits.h"

#define OTHERS_MS 10000		/* for somebody else's fetch */
#define OTHERS_STEP_MS 200

struct search {
	struct login *login;
	const char *issuer;
	const char *jwks_uri;
	const char *kid;
	struct oidc_record *record;
};

static bool
is_stale(const struct search *s)
{
	return oidc_is_stale(s->record, s->login->conf->device_keys_max_age,
	    clock_now());
}

static bool
has_key(const struct search *s)
{
	return !is_stale(s) && jwks_find(&s->record->keys, s->kid) != NULL;
}

static enum err
load(struct search *s, struct diag *diag)
{
	return oidc_store_load(s->login->store, s->issuer, s->record, diag);
}

/* What cannot be fetched is the detail, and perhaps no harm. */
static enum err
fetch(struct search *s, struct diag *diag)
{
	const struct oidc_ask ask = {
		.user = "",
		.issuer = s->issuer,
		.url = "",
		.jwks_uri = s->jwks_uri,
		.timeout_ms = OIDC_MS,
	};
	AUTO_FREE struct jwks *keys = calloc(1, sizeof(*keys));
	enum err r;

	if (keys == NULL)
		return fail(diag, ERR_NOMEM, "keys");
	r = oidc_fetch(s->login->conf, &ask, NULL, keys, diag);
	if (r != ERR_OK)
		return ERR_OK;
	r = oidc_store_save(s->login->store, s->issuer, NULL, keys,
	    clock_now(), diag);
	return r == ERR_OK ? load(s, diag) : r;
}

/* The person may leave meanwhile. */
static enum err
pause_a_step(const struct login *login, struct diag *diag)
{
	struct pollfd module = { login->ch->fd, 0, 0 };

	if (poll(&module, 1, OTHERS_STEP_MS) > 0)
		return fail(diag, ERR_ANSWER_FAILED, "while others fetch");
	return ERR_OK;
}

static enum err
wait_for_others(struct search *s, struct diag *diag)
{
	int64_t deadline_ms = clock_monotonic_ms() + OTHERS_MS;
	enum err r = load(s, diag);

	while (r == ERR_OK && !has_key(s) && clock_left_ms(deadline_ms) > 0) {
		r = pause_a_step(s->login, diag);
		if (r == ERR_OK)
			r = load(s, diag);
	}
	return r;
}

static enum err
look_further(struct search *s, struct diag *diag)
{
	enum oidc_turn turn = OIDC_TURN_NOBODYS;
	enum err r;

	if (CHANNEL_SEND(s->login->ch, WAIT, NULL, wire_u64(WAIT_MAX_S)) !=
	    ERR_OK)
		return fail(diag, ERR_ANSWER_FAILED, "before a fetch");
	r = oidc_store_turn(s->login->store, s->record->fetched, clock_now(),
	    &turn, diag);
	if (r == ERR_OK && turn == OIDC_TURN_OURS)
		r = fetch(s, diag);
	if (r == ERR_OK && turn == OIDC_TURN_OTHERS)
		r = wait_for_others(s, diag);
	return r;
}

enum err
token_keys_send(struct login *login, const char *jwks_uri, const char *kid,
    struct channel *worker, struct diag *diag)
{
	AUTO_FREE struct oidc_record *record = calloc(1, sizeof(*record));
	struct diag why = DIAG_INIT;
	char issuer[1025];
	struct search s = { login, issuer, jwks_uri, kid, record };
	enum err r;

	if (record == NULL)
		return fail(diag, ERR_NOMEM, "keys");
	conf_device_issuer(login->conf, issuer, sizeof(issuer));
	r = load(&s, &why);
	/* With endpoints that are configured there may be none yet. */
	if (r == ERR_OIDC_MISSING)
		r = ERR_OK;
	if (r == ERR_OK && !has_key(&s))
		r = look_further(&s, &why);
	if (r == ERR_OIDC_MISSING)
		r = ERR_OK;
	if (r != ERR_OK)
		return fail(diag, r, "%s", why.text);
	if (is_stale(&s))
		return fail(diag, ERR_JWKS_STALE, "%s", why.text);
	channel_set_timeout(worker, WORKER_MS);
	return jwks_send(worker, &record->keys, diag);
}
