/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Response becomes a decision: the worker's claims, and whether they let
 * this user in.
 */
#include "helper.h"

#include <limits.h>
#include <string.h>

#include "auth/replay.h"
#include "base/limits.h"
#include "wire/spawn.h"

#define WORKER_NAME "8x8sso-saml"

enum err
answer_keys(const struct login *login, int64_t now, struct idp_keys *ret,
    struct diag *diag)
{
	const struct conf *conf = login->conf;
	enum err r = idp_keys_load(login->store, conf->idp_issuer, ret, diag);

	if (r != ERR_OK)
		return r;
	return idp_origin_verify(login->store, conf->idp_max_age, now, diag);
}

static uint64_t
check_flags(const struct conf *conf)
{
	return (conf->saml_idp_initiated ? WIRE_SAML_UNSOLICITED : 0u) |
	    (conf->saml_force_authn ? WIRE_SAML_FORCE_AUTHN : 0u) |
	    (conf->saml_require_mfa ? WIRE_SAML_REQUIRE_MFA : 0u) |
	    (conf->saml_require_response_signature ?
	    WIRE_SAML_RESPONSE_SIGNED : 0u);
}

static enum err
send_task(const struct conf *conf, const struct answer *answer,
    struct channel *ch, struct diag *diag)
{
	enum err r = ERR_OK;

	for (size_t i = 0; i < answer->keys->count && r == ERR_OK; i++) {
		const struct idp_key *key = &answer->keys->key[i];

		r = CHANNEL_SEND(ch, SAML_KEY, diag,
		    wire_bytes(key->n, key->n_len),
		    wire_bytes(key->e, key->e_len),
		    wire_bytes(key->cert_sha256, sizeof(key->cert_sha256)));
	}
	for (size_t i = 0; i < answer->pending_count && r == ERR_OK; i++)
		r = CHANNEL_SEND(ch, SAML_PENDING, diag,
		    wire_text(answer->pending[i].request_id),
		    wire_u64((uint64_t)answer->pending[i].created));
	if (r != ERR_OK)
		return r;
	return CHANNEL_SEND(ch, SAML_CHECK, diag,
	    wire_bytes(answer->response, answer->response_len),
	    wire_text(conf->idp_issuer), wire_text(conf->saml_entity_id),
	    wire_text(conf->saml_acs_url), wire_text(conf->idp_tenant),
	    wire_u64((uint64_t)answer->now),
	    wire_u64((uint64_t)conf->saml_clock_skew),
	    wire_u64((uint64_t)conf->saml_max_age),
	    wire_u64((uint64_t)conf->saml_unsolicited_max_age),
	    wire_u64(check_flags(conf)));
}

enum err
worker_failed(struct peer *peer, const char *name, enum err r,
    const struct diag *why, struct diag *diag)
{
	switch (r) {
	case ERR_WIRE_CLOSED:
	case ERR_WIRE_SYNTAX:
	case ERR_WIRE_UNEXPECTED:
	case ERR_WIRE_VERSION:
	case ERR_TIMEOUT:
		return fail(diag, ERR_WORKER, "%s: %s (%s), wait status %#x",
		    name, err_name(r), why->text,
		    (unsigned int)peer_end(peer));
	default:
		return fail(diag, r, "%s", why->text);
	}
}

/* The worker's verdict. */
static enum err
ask_worker(const struct conf *conf, const struct answer *answer,
    struct claims **ret, struct diag *diag)
{
	AUTO(peer) struct peer peer = PEER_INIT;
	struct diag why = DIAG_INIT;
	char path[PATH_MAX];
	char *argv[] = { path, NULL };
	enum err r = conf_program_path(conf, WORKER_NAME, path, sizeof(path),
	    diag);

	if (r == ERR_OK)
		r = peer_start(&peer, argv, -1, diag);
	if (r != ERR_OK)
		return r;
	channel_set_timeout(&peer.ch, WORKER_MS);
	r = send_task(conf, answer, &peer.ch, &why);
	if (r == ERR_OK)
		r = claims_recv(&peer.ch, ret, &why);
	return r == ERR_OK ? ERR_OK :
	    worker_failed(&peer, WORKER_NAME, r, &why, diag);
}

/* A worker that has lost its way accepts what it was not asked about (D1,
 * D5). */
static bool
is_asked_for(const struct conf *conf, const struct answer *answer,
    const struct claims *claims, const struct pending **ret_pending)
{
	const struct claims_fixed *fixed = claims_fixed(claims);

	*ret_pending = NULL;
	if (strcmp(fixed->issuer, conf->idp_issuer) != 0)
		return false;
	if (*fixed->in_response_to == '\0')
		return conf->saml_idp_initiated;
	for (size_t i = 0; i < answer->pending_count; i++)
		if (strcmp(fixed->in_response_to,
		    answer->pending[i].request_id) == 0)
			*ret_pending = &answer->pending[i];
	return *ret_pending != NULL;
}

enum err
answer_verify(const struct login *login, const struct answer *answer,
    struct claims **ret, const struct pending **ret_pending,
    struct diag *diag)
{
	enum err r = ask_worker(login->conf, answer, ret, diag);

	if (r != ERR_OK)
		return r;
	if (!is_asked_for(login->conf, answer, *ret, ret_pending))
		return fail(diag, ERR_WORKER, WORKER_NAME ": accepts what is "
		    "not an answer to this login");
	return ERR_OK;
}

enum err
answer_accept(struct login *login, const struct claims *claims, int64_t now,
    struct diag *diag)
{
	const struct claims_fixed *fixed = claims_fixed(claims);
	const struct link_person person = {
		claims, login->conf->saml_user_attribute,
	};
	enum err r = replay_accept(login->store, fixed->issuer,
	    fixed->assertion_id, fixed->not_on_or_after, now, diag);

	if (r == ERR_OK)
		r = newcomer_link(login, &person, now, diag);
	if (r == ERR_OK)
		r = account_decide(login, now, diag);
	if (r != ERR_OK)
		return r;
	login->session_end = fixed->session_not_on_or_after;
	return ERR_OK;
}
