/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signing in with a SAML Response, or with the code for one that was handed
 * over (deliver.c).  What the person sees depends on the
 * configuration and never on the account: who is unknown or deactivated gets
 * the same picture, and a refusal at the end (catalogue I8).
 */
#include "helper.h"

#include <string.h>

#include "auth/code.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/limits.h"

/* One sign-in, from the request to the decision. */
struct sign_in {
	struct login *login;
	struct idp_keys keys;
	struct buf url;
	struct buf answer;	/* Response or code as it was given; secret */
};

static void
sign_in_clear(struct sign_in *s)
{
	buf_clear(&s->url);
	buf_clear(&s->answer);
}
DEFINE_AUTO(sign_in, struct sign_in, sign_in_clear);

/* The request and everything that must be there to check its answer. */
static enum err
prepare(struct sign_in *s, struct diag *diag)
{
	const struct conf *conf = s->login->conf;
	struct store *store = s->login->store;
	struct pending *who = &s->login->who;
	char login_url[2049];
	struct saml_request request = {
		.login_url = conf->idp_login_url,
		.entity_id = conf->saml_entity_id,
		.acs_url = conf->saml_acs_url,
		.force_authn = conf->saml_force_authn,
		.now = clock_now(),
	};
	enum err r = answer_keys(s->login, request.now, &s->keys, diag);

	if (r == ERR_OK && request.login_url[0] == '\0') {
		request.login_url = login_url;
		r = store_meta_get(store, "idp_login_url", login_url,
		    sizeof(login_url), diag);
	}
	if (r == ERR_OK && request.login_url[0] == '\0')
		r = fail(diag, ERR_CONF_MISSING, "no login URL: set [idp] "
		    "login_url or metadata and run 8x8sso sync");
	if (r == ERR_OK)
		r = saml_request_new_id(who->request_id, diag);
	if (r == ERR_OK)
		r = saml_request_url(&request, who->request_id, &s->url,
		    diag);
	/* The address comes from the configuration and nowhere else. */
	if (r == ERR_SYNTAX || r == ERR_TOO_LONG)
		r = ERR_CONF_VALUE;
	who->created = request.now;
	return r;
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

/* One answer, or several for a terminal that passes 511 to 4095 bytes; a code
 * is always one. */
static enum err
collect(struct sign_in *s, const char *words, bool *ret_is_code,
    struct diag *diag)
{
	buf_reset(&s->answer);
	for (int i = 0; i < ANSWER_PIECES_MAX; i++) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
		bool is_empty = false;
		enum err r = ask(s->login, i == 0 ? words : "more: ", &msg,
		    diag);

		if (r != ERR_OK)
			return r;
		r = append_piece(&s->answer, &msg.field[ANSWER_WORDS],
		    &is_empty);
		if (r == ERR_TOO_LONG)
			return fail(diag, ERR_ANSWER_TOO_LONG, "all pieces");
		if (r != ERR_OK)
			return fail(diag, r, "answer");
		if (s->answer.len == 0)
			return fail(diag, ERR_ANSWER_EMPTY, "prompt");
		*ret_is_code = i == 0 &&
		    code_is_one(buf_str(&s->answer), s->answer.len);
		if (*ret_is_code || is_empty || looks_complete(&s->answer))
			return ERR_OK;
	}
	return fail(diag, ERR_ANSWER_TOO_LONG, "%d pieces", ANSWER_PIECES_MAX);
}

static enum err
check_response(struct sign_in *s, struct diag *diag)
{
	AUTO(claims) struct claims *claims = NULL;
	const struct pending *answered = NULL;
	const struct answer answer = {
		.response = s->answer.data,
		.response_len = s->answer.len,
		.keys = &s->keys,
		.pending = &s->login->who,
		.pending_count = 1,
		.now = clock_now(),
	};
	enum err r = answer_verify(s->login, &answer, &claims, &answered,
	    diag);

	if (r != ERR_OK)
		return r;
	return answer_accept(s->login, claims, answer.now, diag);
}

/* The Response behind a code was checked when it was delivered; whether the
 * account may be here is asked again. */
static enum err
check_code(struct sign_in *s, struct diag *diag)
{
	struct login *login = s->login;
	const struct code_try attempt = {
		.user = login->user,
		.request_id = login->who.request_id,
		.unsolicited = login->conf->saml_idp_initiated,
		.source = login->who.rhost[0] != '\0' ? login->who.rhost :
		    wire_get_text(login->begin, BEGIN_TTY),
	};
	int64_t now = clock_now();
	int64_t session_end = 0;
	enum err r = code_redeem(login->store, &attempt,
	    buf_str(&s->answer), s->answer.len, now, &session_end, diag);

	if (r == ERR_OK && session_end != 0 && session_end <= now)
		r = fail(diag, ERR_SAML_SESSION_ENDED, "since the delivery");
	if (r == ERR_OK)
		r = account_decide(login, now, diag);
	if (r == ERR_OK)
		login->session_end = session_end;
	return r;
}

/* Until there is a decision; a code may be mistyped. */
static enum err
converse(struct sign_in *s, struct diag *diag)
{
	AUTO(buf) struct buf prompt = BUF_INIT(PROMPT_MAX);
	const char *words = NULL;
	enum err r = prompt_write(s->login, buf_str(&s->url), &prompt);

	if (r != ERR_OK)
		return fail(diag, r, "prompt");
	words = buf_str(&prompt);
	for (int tries = 1; ; tries++) {
		bool is_code = false;

		r = collect(s, words, &is_code, diag);
		if (r != ERR_OK)
			return r;
		if (!is_code)
			return check_response(s, diag);
		r = check_code(s, diag);
		if (r != ERR_CODE_WRONG || tries == CODE_TRIES_MAX)
			return r;
		words = prompt_again;
	}
}

enum err
saml_offered(const struct login *login, struct diag *diag)
{
	if (login->conf->idp_issuer[0] == '\0')
		return fail(diag, ERR_CONF_MISSING, "[idp] issuer is not set");
	return ERR_OK;
}

enum err
saml_sign_in(struct login *login, struct diag *diag)
{
	AUTO(sign_in) struct sign_in s = {
		.login = login,
		.url = BUF_INIT(SAML_REQUEST_URL_MAX),
		.answer = BUF_INIT(SAML_BASE64_MAX),
	};
	enum err r = prepare(&s, diag);

	/* From here on deliver() finds this login. */
	if (r == ERR_OK)
		r = pending_add(login->store, &login->who, diag);
	if (r != ERR_OK)
		return r;
	r = converse(&s, diag);
	pending_remove(login->store, login->who.request_id);
	return r;
}
