/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signing in with a SAML Response.  What the person sees depends on the
 * configuration and never on the account: who is unknown or deactivated gets
 * the same picture, and a refusal at the end (catalogue I8).
 */
#include "helper.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "auth/claims.h"
#include "auth/idp_keys.h"
#include "auth/replay.h"
#include "auth/saml_request.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/limits.h"
#include "directory/link.h"
#include "wire/spawn.h"

#define WORKER_NAME "8x8sso-saml"

/* One sign-in, from the request to the claims. */
struct sign_in {
	struct login *login;
	struct idp_keys keys;
	char request_id[SAML_REQUEST_ID_SIZE];
	int64_t request_time;
	struct buf url;
	struct buf response;	/* base64 as it was pasted; secret */
};

static void
sign_in_clear(struct sign_in *s)
{
	buf_clear(&s->url);
	buf_clear(&s->response);
}
DEFINE_AUTO(sign_in, struct sign_in, sign_in_clear);

/* The request and everything that must be there to check its answer. */
static enum err
prepare(struct sign_in *s, struct diag *diag)
{
	const struct conf *conf = s->login->conf;
	struct store *store = s->login->store;
	char login_url[2049];
	struct saml_request request = {
		.login_url = conf->idp_login_url,
		.entity_id = conf->saml_entity_id,
		.acs_url = conf->saml_acs_url,
		.force_authn = conf->saml_force_authn,
		.now = clock_now(),
	};
	enum err r = idp_keys_load(store, conf->idp_issuer, &s->keys, diag);

	if (r == ERR_OK)
		r = idp_origin_verify(store, conf->idp_max_age, request.now,
		    diag);
	if (r == ERR_OK && request.login_url[0] == '\0') {
		request.login_url = login_url;
		r = store_meta_get(store, "idp_login_url", login_url,
		    sizeof(login_url), diag);
	}
	if (r == ERR_OK && request.login_url[0] == '\0')
		r = fail(diag, ERR_CONF_MISSING, "no login URL: set [idp] "
		    "login_url or metadata and run 8x8sso sync");
	if (r == ERR_OK)
		r = saml_request_new_id(s->request_id, diag);
	if (r == ERR_OK)
		r = saml_request_url(&request, s->request_id, &s->url, diag);
	/* The address comes from the configuration and nowhere else. */
	if (r == ERR_SYNTAX || r == ERR_TOO_LONG)
		r = ERR_CONF_VALUE;
	s->request_time = request.now;
	return r;
}

/* A Response is a bearer secret until it is used up, so what is pasted is not
 * shown. */
static enum err
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

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Appends a piece without the blanks around it. */
static enum err
append_piece(struct buf *out, const struct wire_field *piece,
    bool *ret_is_empty)
{
	const uint8_t *p = piece->data;
	size_t len = piece->len;

	while (len > 0 && is_blank(p[len - 1]))
		len--;
	while (len > 0 && is_blank(*p)) {
		p++;
		len--;
	}
	*ret_is_empty = len == 0;
	return buf_put(out, p, len);
}

/* A cheap look, for the person's comfort: the worker judges. */
static bool
looks_complete(const struct buf *base64)
{
	static const char end[] = "Response>";
	AUTO(buf) struct buf xml = BUF_INIT(SAML_BASE64_MAX);
	enum err r = base64_decode(&xml, (const char *)base64->data,
	    base64->len, true);
	size_t len = xml.len;

	if (r != ERR_OK)
		return false;
	while (len > 0 && is_blank(xml.data[len - 1]))
		len--;
	return len >= sizeof(end) - 1 && memcmp(xml.data + len -
	    (sizeof(end) - 1), end, sizeof(end) - 1) == 0;
}

/* One answer, or several for a terminal that passes 511 to 4095 bytes. */
static enum err
collect(struct sign_in *s, struct diag *diag)
{
	AUTO(buf) struct buf prompt = BUF_INIT(PROMPT_MAX);
	enum err r = prompt_write(s->login, buf_str(&s->url), &prompt);

	if (r != ERR_OK)
		return fail(diag, r, "prompt");
	for (int i = 0; i < ANSWER_PIECES_MAX; i++) {
		AUTO(wire_msg) struct wire_msg answer = WIRE_MSG_INIT;
		bool is_empty = false;

		r = ask(s->login, i == 0 ? buf_str(&prompt) : "more: ",
		    &answer, diag);
		if (r != ERR_OK)
			return r;
		r = append_piece(&s->response, &answer.field[ANSWER_WORDS],
		    &is_empty);
		if (r == ERR_TOO_LONG)
			return fail(diag, ERR_ANSWER_TOO_LONG, "all pieces");
		if (r != ERR_OK)
			return fail(diag, r, "answer");
		if (s->response.len == 0)
			return fail(diag, ERR_ANSWER_EMPTY, "prompt");
		if (is_empty || looks_complete(&s->response))
			return ERR_OK;
	}
	return fail(diag, ERR_ANSWER_TOO_LONG, "%d pieces", ANSWER_PIECES_MAX);
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
send_task(const struct sign_in *s, struct channel *ch, int64_t now,
    struct diag *diag)
{
	const struct conf *conf = s->login->conf;
	enum err r = ERR_OK;

	for (size_t i = 0; i < s->keys.count && r == ERR_OK; i++) {
		const struct idp_key *key = &s->keys.key[i];

		r = CHANNEL_SEND(ch, SAML_KEY, diag,
		    wire_bytes(key->n, key->n_len),
		    wire_bytes(key->e, key->e_len),
		    wire_bytes(key->cert_sha256, sizeof(key->cert_sha256)));
	}
	if (r == ERR_OK)
		r = CHANNEL_SEND(ch, SAML_PENDING, diag,
		    wire_text(s->request_id),
		    wire_u64((uint64_t)s->request_time));
	if (r != ERR_OK)
		return r;
	return CHANNEL_SEND(ch, SAML_CHECK, diag,
	    wire_bytes(s->response.data, s->response.len),
	    wire_text(conf->idp_issuer), wire_text(conf->saml_entity_id),
	    wire_text(conf->saml_acs_url), wire_text(conf->idp_tenant),
	    wire_u64((uint64_t)now),
	    wire_u64((uint64_t)conf->saml_clock_skew),
	    wire_u64((uint64_t)conf->saml_max_age),
	    wire_u64((uint64_t)conf->saml_unsolicited_max_age),
	    wire_u64(check_flags(conf)));
}

/* The worker's verdict.  How it may fail as a program is one reason. */
static enum err
verify(const struct sign_in *s, int64_t now, struct claims **ret,
    struct diag *diag)
{
	AUTO(peer) struct peer peer = PEER_INIT;
	struct diag why = DIAG_INIT;
	char path[PATH_MAX];
	char *argv[] = { path, NULL };
	int len = snprintf(path, sizeof(path), "%s/" WORKER_NAME,
	    s->login->conf->host_libexec_dir);
	enum err r;

	if (len < 0 || (size_t)len >= sizeof(path))
		return fail(diag, ERR_CONF_VALUE, "libexec_dir is too long");
	r = peer_start(&peer, argv, -1, diag);
	if (r != ERR_OK)
		return r;
	channel_set_timeout(&peer.ch, WORKER_MS);
	r = send_task(s, &peer.ch, now, &why);
	if (r == ERR_OK)
		r = claims_recv(&peer.ch, ret, &why);
	switch (r) {
	case ERR_OK:
		return ERR_OK;
	case ERR_WIRE_CLOSED:
	case ERR_WIRE_SYNTAX:
	case ERR_WIRE_UNEXPECTED:
	case ERR_WIRE_VERSION:
	case ERR_TIMEOUT:
		return fail(diag, ERR_WORKER, WORKER_NAME ": %s (%s), wait "
		    "status %#x", err_name(r), why.text,
		    (unsigned int)peer_end(&peer));
	default:
		return fail(diag, r, "%s", why.text);
	}
}

/* A worker that has lost its way accepts what it was not asked about (D1,
 * D5). */
static bool
is_asked_for(const struct sign_in *s, const struct claims *claims)
{
	const struct conf *conf = s->login->conf;
	const struct claims_fixed *fixed = claims_fixed(claims);
	bool unsolicited = *fixed->in_response_to == '\0';

	return strcmp(fixed->issuer, conf->idp_issuer) == 0 &&
	    (unsolicited ? conf->saml_idp_initiated :
	    strcmp(fixed->in_response_to, s->request_id) == 0);
}

/* The claims are true; are they for this account, for the first time, and may
 * it be here? */
static enum err
accept_claims(struct login *login, const struct claims *claims, int64_t now,
    struct diag *diag)
{
	const struct claims_fixed *fixed = claims_fixed(claims);
	enum err r = replay_accept(login->store, fixed->issuer,
	    fixed->assertion_id, fixed->not_on_or_after, now, diag);

	if (r == ERR_OK)
		r = link_check(login->store, login->conf, claims, login->user,
		    diag);
	if (r == ERR_OK)
		r = account_decide(login, now, diag);
	if (r != ERR_OK)
		return r;
	login->session_end = fixed->session_not_on_or_after;
	return ERR_OK;
}

enum err
authenticate(struct login *login, struct diag *diag)
{
	AUTO(sign_in) struct sign_in s = {
		.login = login,
		.url = BUF_INIT(SAML_REQUEST_URL_MAX),
		.response = BUF_INIT(SAML_BASE64_MAX),
	};
	AUTO(claims) struct claims *claims = NULL;
	int64_t now;
	enum err r = prepare(&s, diag);

	if (r == ERR_OK)
		r = collect(&s, diag);
	if (r != ERR_OK)
		return r;
	now = clock_now();
	r = verify(&s, now, &claims, diag);
	if (r == ERR_OK && !is_asked_for(&s, claims))
		r = fail(diag, ERR_WORKER, WORKER_NAME ": accepts what is not "
		    "an answer to this login");
	if (r == ERR_OK)
		r = accept_claims(login, claims, now, diag);
	return r;
}
