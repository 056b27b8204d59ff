/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/fetch.h"

#include <stdio.h>
#include <string.h>

#include "admin/fetch_peer.h"
#include "auth/oidc_fetch.h"
#include "base/io.h"
#include "base/limits.h"

static enum err
ask_for_idp(const struct admin *admin, struct peer *peer, struct diag *diag)
{
	AUTO(buf) struct buf file = BUF_INIT(METADATA_MAX);
	const struct conf *conf = &admin->conf;
	const char *source = conf_idp_source(conf);
	bool address = conf_is_address(source);
	bool metadata = source == conf->idp_metadata;
	struct wire_field absent = wire_bytes(NULL, 0);
	struct wire_field content;
	enum err r = address ?
	    fetch_peer_check_ca(conf->idp_ca_file, diag) :
	    io_read_trusted(source, false, &file, diag);

	if (r != ERR_OK)
		return r;
	if (!address && file.len == 0)
		return fail(diag, metadata ? ERR_IDP_METADATA :
		    ERR_IDP_CERTIFICATE, "%s: is empty", source);
	content = wire_bytes(file.data, file.len);
	return CHANNEL_SEND(&peer->ch, FETCH_IDP, diag,
	    metadata ? absent : content, metadata ? content : absent,
	    wire_text(address ? source : ""), wire_text(conf->idp_ca_file),
	    wire_text(conf->idp_proxy), wire_text(conf->idp_issuer),
	    wire_u64((uint64_t)admin->now));
}

static enum err
take_idp_names(struct peer *peer, const char *issuer, struct saml_idp *idp,
    struct diag *diag)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	enum err r = fetch_peer_receive(peer, NULL, &msg, diag);

	if (r != ERR_OK)
		return r;
	if (msg.type != WIRE_IDP)
		return fetch_peer_unexpected(&msg, diag);
	if (strcmp(wire_get_text(&msg, IDP_ENTITY_ID), issuer) != 0)
		return fail(diag, ERR_WORKER, FETCH_WORKER ": another issuer");
	if (wire_get_u64(&msg, IDP_VALID_UNTIL) > INT64_MAX)
		return fail(diag, ERR_WORKER, FETCH_WORKER ": malformed time");
	idp->valid_until = (int64_t)wire_get_u64(&msg, IDP_VALID_UNTIL);
	idp->keys_weak = wire_get_u64(&msg, IDP_KEYS_WEAK);
	(void)snprintf(idp->entity_id, sizeof(idp->entity_id), "%s",
	    wire_get_text(&msg, IDP_ENTITY_ID));
	(void)snprintf(idp->login_url, sizeof(idp->login_url), "%s",
	    wire_get_text(&msg, IDP_LOGIN_URL));
	(void)snprintf(idp->logout_url, sizeof(idp->logout_url), "%s",
	    wire_get_text(&msg, IDP_LOGOUT_URL));
	return ERR_OK;
}

static enum err
take_idp_key(const struct wire_msg *msg, struct idp_keys *keys,
    struct diag *diag)
{
	struct idp_key *key = &keys->key[keys->count];

	if (keys->count == SAML_KEYS_MAX ||
	    !idp_key_set(key, &msg->field[IDP_KEY_N],
	    &msg->field[IDP_KEY_E], &msg->field[IDP_KEY_CERT_SHA256]))
		return fail(diag, ERR_WORKER, FETCH_WORKER ": malformed key");
	(void)snprintf(key->subject, sizeof(key->subject), "%s",
	    wire_get_text(msg, IDP_KEY_SUBJECT));
	key->not_before = (int64_t)wire_get_u64(msg, IDP_KEY_NOT_BEFORE);
	key->not_after = (int64_t)wire_get_u64(msg, IDP_KEY_NOT_AFTER);
	keys->count++;
	return ERR_OK;
}

static enum err
take_idp_keys(struct peer *peer, struct idp_keys *keys, struct diag *diag)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	enum err r = fetch_peer_receive(peer, NULL, &msg, diag);

	while (r == ERR_OK && msg.type == WIRE_IDP_KEY) {
		r = take_idp_key(&msg, keys, diag);
		if (r == ERR_OK)
			r = fetch_peer_receive(peer, NULL, &msg, diag);
	}
	if (r != ERR_OK)
		return r;
	if (msg.type != WIRE_END)
		return fetch_peer_unexpected(&msg, diag);
	if (keys->count == 0 || wire_get_u64(&msg, END_COUNT) != keys->count)
		return fail(diag, ERR_WORKER, FETCH_WORKER ": keys are missing");
	return ERR_OK;
}

enum err
fetch_idp(const struct admin *admin, struct saml_idp *ret, struct diag *diag)
{
	AUTO(fetch_peer) struct peer peer = PEER_INIT;
	struct saml_idp idp = { .entity_id = "" };
	struct diag why = DIAG_INIT;
	enum err r = fetch_peer_start(admin, -1, METADATA_MS / 1000,
	    &peer, diag);

	if (r == ERR_OK)
		r = ask_for_idp(admin, &peer, diag);
	if (r != ERR_OK)
		return r;
	r = take_idp_names(&peer, admin->conf.idp_issuer, &idp, &why);
	if (r == ERR_OK)
		r = take_idp_keys(&peer, &idp.keys, &why);
	if (r != ERR_OK)
		return fail(diag, r, "%.200s: %s",
		    conf_idp_source(&admin->conf), why.text);
	*ret = idp;
	return ERR_OK;
}

/* Configured endpoints are root's word: they may be on any host. */
static void
configured_endpoints(const struct conf *conf, struct oidc_endpoints *ret)
{
	(void)snprintf(ret->device, sizeof(ret->device), "%s",
	    conf->device_device_endpoint);
	(void)snprintf(ret->token, sizeof(ret->token), "%s",
	    conf->device_token_endpoint);
	(void)snprintf(ret->jwks_uri, sizeof(ret->jwks_uri), "%s",
	    conf->device_jwks_uri);
}

enum err
fetch_oidc(const struct admin *admin, struct oidc_endpoints *ret_endpoints,
    struct jwks *ret_keys, struct diag *diag)
{
	const struct conf *conf = &admin->conf;
	bool configured = conf->device_jwks_uri[0] != '\0';
	char issuer[OIDC_ISSUER_SIZE];
	char url[sizeof(issuer) + 64] = "";
	const struct oidc_ask ask = {
		.user = conf->host_user, .issuer = issuer, .url = url,
		.jwks_uri = conf->device_jwks_uri,
	};
	enum err r = fetch_peer_check_ca(conf->idp_ca_file, diag);

	if (r != ERR_OK)
		return r;
	conf_device_issuer(conf, issuer, sizeof(issuer));
	if (!configured)
		r = oidc_discovery_url(issuer, url, sizeof(url), diag);
	if (r == ERR_OK)
		r = oidc_fetch(conf, &ask, ret_endpoints, ret_keys, diag);
	if (r == ERR_OK && configured)
		configured_endpoints(conf, ret_endpoints);
	return r;
}
