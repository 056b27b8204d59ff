/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/oidc_fetch.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "auth/claims.h"
#include "auth/jwk_wire.h"
#include "auth/oidc_admit.h"
#include "base/buf.h"
#include "base/parse.h"
#include "wire/spawn.h"

#define WORKER "8x8sso-fetch"
/* The worker keeps OIDC_MS itself, and says more about it. */
#define GRACE_MS 5000

static enum err
send_ask(struct channel *ch, const struct conf *conf,
    const struct oidc_ask *ask, struct diag *diag)
{
	AUTO(buf) struct buf hosts = BUF_INIT(OIDC_HOSTS_MAX);
	bool discovery = ask->url[0] != '\0';
	enum err r = oidc_admit_hosts(conf, &hosts, diag);

	if (r != ERR_OK)
		return r;
	return CHANNEL_SEND(ch, FETCH_OIDC, diag, wire_text(ask->url),
	    wire_text(discovery ? "" : ask->jwks_uri),
	    wire_text(ask->issuer), wire_text(buf_str(&hosts)),
	    wire_text(conf->idp_ca_file), wire_text(conf->idp_proxy));
}

/* An address of a document that was asked for; and none where none was. */
static bool
take_address(const struct wire_msg *msg, unsigned int place, bool is_wanted,
    char to[static 2049])
{
	const char *text = wire_get_text(msg, place);
	size_t len = strlen(text);

	if (is_wanted ? !parse_is_safe_url(text, len) : len > 0)
		return false;
	memcpy(to, text, len + 1);
	return true;
}

/* The worker has looked at the hosts; but it reads what strangers write. */
static enum err
verify_hosts(const struct conf *conf, const struct oidc_ask *ask,
    const struct oidc_endpoints *endpoints, struct diag *diag)
{
	enum err r = oidc_admit_verify(conf, ask->issuer, endpoints->device,
	    diag);

	if (r == ERR_OK)
		r = oidc_admit_verify(conf, ask->issuer, endpoints->token,
		    diag);
	if (r == ERR_OK)
		r = oidc_admit_verify(conf, ask->issuer, endpoints->jwks_uri,
		    diag);
	return r;
}

static enum err
recv_endpoints(struct channel *ch, bool is_wanted, struct oidc_endpoints *ret,
    size_t *ret_left_out, struct diag *diag)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	enum err r = channel_recv(ch, &msg, diag);

	if (r != ERR_OK)
		return r;
	if (msg.type == WIRE_REFUSE)
		return claims_refusal(&msg, diag);
	if (msg.type != WIRE_OIDC)
		return fail(diag, ERR_WIRE_UNEXPECTED, "%s out of turn",
		    wire_type_name(msg.type));
	if (!take_address(&msg, OIDC_DEVICE_ENDPOINT, is_wanted,
	    ret->device) ||
	    !take_address(&msg, OIDC_TOKEN_ENDPOINT, is_wanted, ret->token) ||
	    !take_address(&msg, OIDC_JWKS_URI, is_wanted, ret->jwks_uri))
		return fail(diag, ERR_WIRE_SYNTAX, "malformed address");
	*ret_left_out = wire_get_u64(&msg, OIDC_KEYS_LEFT_OUT);
	return ERR_OK;
}

static enum err
exchange(struct channel *ch, const struct conf *conf,
    const struct oidc_ask *ask, struct oidc_endpoints *endpoints,
    struct jwks *keys, struct diag *diag)
{
	size_t left_out = 0;
	enum err r = send_ask(ch, conf, ask, diag);

	if (r == ERR_OK)
		r = recv_endpoints(ch, ask->url[0] != '\0', endpoints,
		    &left_out, diag);
	if (r == ERR_OK && ask->url[0] != '\0')
		r = verify_hosts(conf, ask, endpoints, diag);
	if (r == ERR_OK)
		r = jwks_recv(ch, keys, diag);
	if (r != ERR_OK)
		return r;
	if (keys->count == 0)
		return fail(diag, ERR_WIRE_SYNTAX, "no key");
	keys->left_out = left_out;
	return ERR_OK;
}

/* How a worker may fail as a program is one reason. */
static bool
is_of_the_wire(enum err r)
{
	return r == ERR_WIRE_CLOSED || r == ERR_WIRE_SYNTAX ||
	    r == ERR_WIRE_UNEXPECTED || r == ERR_WIRE_VERSION;
}

static int
timeout_of(const struct oidc_ask *ask)
{
	int requests = ask->url[0] != '\0' ? 2 : 1;

	return ask->timeout_ms > 0 ? ask->timeout_ms :
	    requests * OIDC_MS + GRACE_MS;
}

enum err
oidc_fetch(const struct conf *conf, const struct oidc_ask *ask,
    struct oidc_endpoints *ret_endpoints, struct jwks *ret,
    struct diag *diag)
{
	AUTO(peer) struct peer peer = PEER_INIT;
	AUTO_FREE char *user = strdup(ask->user);
	struct oidc_endpoints endpoints = { "", "", "" };
	struct jwks keys = { .count = 0 };
	struct diag why = DIAG_INIT;
	char path[PATH_MAX];
	char *argv[] = { path, user, NULL };
	enum err r = conf_program_path(conf, WORKER, path, sizeof(path),
	    diag);

	if (r == ERR_OK && user == NULL)
		r = fail(diag, ERR_NOMEM, "account");
	if (r == ERR_OK)
		r = peer_start(&peer, argv, -1, diag);
	if (r != ERR_OK)
		return r;
	channel_set_timeout(&peer.ch, timeout_of(ask));
	r = exchange(&peer.ch, conf, ask, &endpoints, &keys, &why);
	if (is_of_the_wire(r))
		return fail(diag, ERR_WORKER, WORKER ": %s (%s)", err_name(r),
		    why.text);
	if (r != ERR_OK)
		return fail(diag, r, "%s", why.text);
	if (ret_endpoints != NULL)
		*ret_endpoints = endpoints;
	*ret = keys;
	return ERR_OK;
}
