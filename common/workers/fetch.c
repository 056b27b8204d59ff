/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 8x8sso-fetch: everything about provisioning that touches what a server or
 * the identity provider wrote.  One request of wire.h on descriptor 0 is
 * answered with records or a reason, then the process ends.  It keeps no
 * state and opens no files but those of resolver and certificate store.
 *
 *	8x8sso-fetch USER	(the account to become; "" to stay)
 */
#include <string.h>

#include "auth/jwk_wire.h"
#include "auth/oidc.h"
#include "auth/saml_metadata.h"
#include "base/clock.h"
#include "base/limits.h"
#include "sys/http.h"
#include "sys/sandbox.h"
#include "wire/channel.h"
#include "workers/fetch_users.h"

#define REQUEST_TIMEOUT_MS 10000
#define CPU_SECONDS 600
#define ADDRESS_SPACE ((size_t)4 * 1024 * 1024 * 1024)
#define OPEN_FILES 64

/* -- the identity provider ------------------------------------------------- */

static enum err
read_metadata(const struct wire_msg *msg, const void *data, size_t len,
    struct saml_idp *ret, struct diag *diag)
{
	return saml_metadata_parse(data, len,
	    wire_get_text(msg, FETCH_IDP_ISSUER),
	    (int64_t)wire_get_u64(msg, FETCH_IDP_NOW), ret, diag);
}

/* A document that a provider publishes for everybody. */
struct document {
	const char *url;
	const char *accept;	/* media types */
	const char *ca_file;
	const char *proxy;
	int timeout_ms;
	enum err unusable;	/* when what came is none */
};

/* One answer with status 200 is the document; everything else a server may
 * say is a failure. */
static enum err
fetch_document(const struct document *doc, struct http_response *ret,
    struct diag *diag)
{
	AUTO(http) struct http *http = NULL;
	const struct http_options options = { "", doc->accept, doc->ca_file,
	    doc->proxy };
	enum err r = http_new(&options, &http, diag);

	if (r == ERR_OK)
		r = http_get(http, doc->url,
		    clock_monotonic_ms() + doc->timeout_ms, ret, diag);
	if (r != ERR_OK)
		return r;
	if (ret->status != 200)
		return fail(diag, ERR_HTTP_STATUS, "status %d", ret->status);
	if (ret->body.len == 0)
		return fail(diag, doc->unusable, "the answer is empty");
	/* What a portal shows instead of an error. */
	if (strncasecmp(ret->content_type, "text/html", 9) == 0)
		return fail(diag, doc->unusable,
		    "the answer is a page of HTML");
	return ERR_OK;
}

static enum err
fetch_metadata(const struct wire_msg *msg, struct saml_idp *ret,
    struct diag *diag)
{
	AUTO(http_response) struct http_response answer =
	    HTTP_RESPONSE_INIT(METADATA_MAX);
	const struct document doc = {
		wire_get_text(msg, FETCH_IDP_URL),
		"application/samlmetadata+xml, application/xml, text/xml",
		wire_get_text(msg, FETCH_IDP_CA_FILE),
		wire_get_text(msg, FETCH_IDP_PROXY),
		METADATA_MS, ERR_IDP_METADATA,
	};
	enum err r = fetch_document(&doc, &answer, diag);

	if (r != ERR_OK)
		return r;
	return read_metadata(msg, answer.body.data, answer.body.len, ret,
	    diag);
}

static enum err
read_certificate(const struct wire_msg *msg, struct saml_idp *ret,
    struct diag *diag)
{
	const struct wire_field *cert = &msg->field[FETCH_IDP_CERTIFICATE];
	const char *issuer = wire_get_text(msg, FETCH_IDP_ISSUER);
	enum err r = saml_certificate_parse(cert->data, cert->len,
	    &ret->keys.key[0], diag);

	if (r != ERR_OK)
		return r;
	memcpy(ret->entity_id, issuer, strlen(issuer) + 1);
	ret->keys.count = 1;
	return ERR_OK;
}

/* From exactly one of the three sources. */
static enum err
read_idp(const struct wire_msg *msg, struct saml_idp *ret, struct diag *diag)
{
	const struct wire_field *metadata = &msg->field[FETCH_IDP_METADATA];
	bool certificate = msg->field[FETCH_IDP_CERTIFICATE].len > 0;
	bool address = msg->field[FETCH_IDP_URL].len > 0;

	if (certificate + (metadata->len > 0) + address != 1)
		return fail(diag, ERR_WIRE_SYNTAX, "certificate, metadata "
		    "and address: exactly one is needed");
	if (address)
		return fetch_metadata(msg, ret, diag);
	if (certificate)
		return read_certificate(msg, ret, diag);
	return read_metadata(msg, metadata->data, metadata->len, ret, diag);
}

/* Certificates may be older than 1970 or without an end; the wire's times
 * are not. */
static uint64_t
wire_time(int64_t time)
{
	return time < 0 ? 0 : (uint64_t)time;
}

static enum err
send_key(struct channel *ch, const struct idp_key *key, struct diag *diag)
{
	return CHANNEL_SEND(ch, IDP_KEY, diag, wire_bytes(key->n, key->n_len),
	    wire_bytes(key->e, key->e_len),
	    wire_bytes(key->cert_sha256, sizeof(key->cert_sha256)),
	    wire_text(key->subject), wire_u64(wire_time(key->not_before)),
	    wire_u64(wire_time(key->not_after)));
}

static enum err
fetch_idp(struct channel *ch, const struct wire_msg *msg, struct diag *diag)
{
	struct saml_idp idp = { .entity_id = "" };
	enum err r = read_idp(msg, &idp, diag);

	if (r != ERR_OK)
		return r;
	r = CHANNEL_SEND(ch, IDP, diag, wire_text(idp.entity_id),
	    wire_text(idp.login_url), wire_text(idp.logout_url),
	    wire_u64(wire_time(idp.valid_until)), wire_u64(idp.keys_weak));
	for (size_t i = 0; i < idp.keys.count && r == ERR_OK; i++)
		r = send_key(ch, &idp.keys.key[i], diag);
	if (r != ERR_OK)
		return r;
	return CHANNEL_SEND(ch, END, diag, wire_u64(idp.keys.count),
	    wire_u64(idp.keys.count));
}

/* -- the device flow's endpoints and keys ---------------------------------- */

static enum err
fetch_json(const struct wire_msg *msg, const char *url, enum err unusable,
    struct http_response *ret, struct diag *diag)
{
	const struct document doc = {
		url, "application/json, application/jwk-set+json",
		wire_get_text(msg, FETCH_OIDC_CA_FILE),
		wire_get_text(msg, FETCH_OIDC_PROXY), OIDC_MS, unusable,
	};

	return fetch_document(&doc, ret, diag);
}

static enum err
fetch_endpoints(const struct wire_msg *msg, struct oidc_endpoints *ret,
    struct diag *diag)
{
	AUTO(http_response) struct http_response answer =
	    HTTP_RESPONSE_INIT(OIDC_MAX);
	const char *url = wire_get_text(msg, FETCH_OIDC_URL);
	struct diag why = DIAG_INIT;
	enum err r = fetch_json(msg, url, ERR_OIDC_DISCOVERY, &answer, &why);

	if (r == ERR_OK)
		r = oidc_parse(answer.body.data, answer.body.len,
		    wire_get_text(msg, FETCH_OIDC_ISSUER),
		    wire_get_text(msg, FETCH_OIDC_HOSTS), ret, &why);
	if (r != ERR_OK)
		return fail(diag, r, "%.200s: %s", url, why.text);
	return ERR_OK;
}

static enum err
fetch_keys(const struct wire_msg *msg, const char *url, struct jwks *ret,
    struct diag *diag)
{
	AUTO(http_response) struct http_response answer =
	    HTTP_RESPONSE_INIT(JWKS_MAX);
	struct diag why = DIAG_INIT;
	enum err r = fetch_json(msg, url, ERR_JWKS, &answer, &why);

	if (r == ERR_OK)
		r = jwks_parse(answer.body.data, answer.body.len, ret, &why);
	if (r != ERR_OK)
		return fail(diag, r, "%.200s: %s", url, why.text);
	return ERR_OK;
}

/* Nothing is sent before everything is there. */
static enum err
fetch_oidc(struct channel *ch, const struct wire_msg *msg, struct diag *diag)
{
	const char *jwks_uri = wire_get_text(msg, FETCH_OIDC_JWKS_URI);
	bool discovery = msg->field[FETCH_OIDC_URL].len > 0;
	struct oidc_endpoints endpoints = { "", "", "" };
	struct jwks keys = { .count = 0 };
	enum err r = ERR_OK;

	if (discovery == (jwks_uri[0] != '\0'))
		return fail(diag, ERR_WIRE_SYNTAX, "discovery document and "
		    "key set: exactly one is needed");
	if (discovery) {
		r = fetch_endpoints(msg, &endpoints, diag);
		jwks_uri = endpoints.jwks_uri;
	}
	if (r == ERR_OK)
		r = fetch_keys(msg, jwks_uri, &keys, diag);
	if (r != ERR_OK)
		return r;
	channel_set_timeout(ch, FETCH_ANSWER_MS);
	r = CHANNEL_SEND(ch, OIDC, diag, wire_text(endpoints.device),
	    wire_text(endpoints.token), wire_text(endpoints.jwks_uri),
	    wire_u64(keys.left_out));
	return r != ERR_OK ? r : jwks_send(ch, &keys, diag);
}

/* -- the request ----------------------------------------------------------- */

static const struct {
	enum wire_type type;
	enum err (*run)(struct channel *ch, const struct wire_msg *msg,
	    struct diag *diag);
} requests[] = {
	{ WIRE_FETCH_USERS, fetch_users },
	{ WIRE_FETCH_IDP, fetch_idp },
	{ WIRE_FETCH_OIDC, fetch_oidc },
};

static enum err
answer(struct channel *ch, const char *user, struct diag *diag)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	enum err r = sandbox_enter(user, diag);

	if (r == ERR_OK)
		r = sandbox_limit(CPU_SECONDS, ADDRESS_SPACE, OPEN_FILES,
		    diag);
	if (r == ERR_OK)
		r = channel_recv(ch, &msg, diag);
	if (r != ERR_OK)
		return r;
	for (size_t i = 0; i < ARRAY_LEN(requests); i++)
		if (requests[i].type == msg.type)
			return requests[i].run(ch, &msg, diag);
	return fail(diag, ERR_WIRE_UNEXPECTED, "%s",
	    wire_type_name(msg.type));
}

int
main(int argc, char **argv)
{
	AUTO(channel) struct channel ch = { 0, 0 };
	struct diag diag = DIAG_INIT;
	enum err r;

	channel_set_timeout(&ch, REQUEST_TIMEOUT_MS);
	r = argc == 2 ? answer(&ch, argv[1], &diag) :
	    fail(&diag, ERR_USAGE, "8x8sso-fetch is started by 8x8sso");
	if (r == ERR_OK)
		return 0;
	channel_set_timeout(&ch, REQUEST_TIMEOUT_MS);
	/* If the command is not there any more, nobody wants to know. */
	(void)!channel_refuse(&ch, r, &diag);
	return 1;
}
