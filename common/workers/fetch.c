/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 8x8sso-fetch: everything about provisioning that touches what a server or
 * the identity provider wrote.  One request of wire.h on descriptor 0 is
 * answered with records or a reason, then the process ends.  It keeps no
 * state and opens no files but those of resolver and certificate store.
 *
 *	8x8sso-fetch USER	(the account to become; "" to stay)
 */
#include <poll.h>
#include <string.h>

#include "auth/jwk_wire.h"
#include "auth/oidc.h"
#include "auth/saml_metadata.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "directory/scim.h"
#include "sys/http.h"
#include "sys/sandbox.h"
#include "wire/channel.h"

#define REQUEST_TIMEOUT_MS 10000
#define ANSWER_TIMEOUT_MS 60000	/* for the command to take a message */
#define SAVED_FD 3
#define TOKEN_CLUE 8	/* bytes of a token that give it away */
#define TIMEOUT_MAX_S 86400u
#define CPU_SECONDS 600
#define ADDRESS_SPACE ((size_t)4 * 1024 * 1024 * 1024)
#define OPEN_FILES 64

/* -- users ----------------------------------------------------------------- */

/* One listing. */
struct fetch {
	struct channel *ch;
	struct http *http;
	int64_t deadline_ms;
};

static enum err
get(void *context, const char *url, struct http_response *ret,
    struct diag *diag)
{
	const struct fetch *fetch = context;

	return http_get(fetch->http, url, fetch->deadline_ms, ret, diag);
}

static enum err
wait_a_while(void *context, int64_t ms, struct diag *diag)
{
	const struct fetch *fetch = context;
	int left = clock_left_ms(fetch->deadline_ms);
	int64_t end = clock_monotonic_ms() + ms;

	if (ms >= left)
		return fail(diag, ERR_TIMEOUT, "no time left");
	while (clock_left_ms(end) > 0)
		(void)poll(NULL, 0, clock_left_ms(end));
	return ERR_OK;
}

static enum err
progress(void *context, uint64_t done, uint64_t total, struct diag *diag)
{
	const struct fetch *fetch = context;

	channel_set_timeout(fetch->ch, ANSWER_TIMEOUT_MS);
	return CHANNEL_SEND(fetch->ch, PROGRESS, diag, wire_u64(done),
	    wire_u64(total));
}

/* A server may repeat what it was told: in an error, a redirect, a type, with
 * a JSON escape inside, cut off.  So any text ends where the token begins,
 * wherever it came from. */
static void
conceal(const struct buf *token, struct diag *diag)
{
	size_t clue = token->len < TOKEN_CLUE ? token->len : TOKEN_CLUE;
	struct diag whole = *diag;
	char *begin;

	if (clue == 0)
		return;
	begin = memmem(whole.text, strlen(whole.text), token->data, clue);
	if (begin == NULL)
		return;
	*begin = '\0';
	(void)fail(diag, whole.code, "%s[the token: not shown]", whole.text);
}

static enum err
list_server(struct channel *ch, const struct wire_msg *msg,
    struct scim_listing *ret, struct diag *diag)
{
	AUTO(buf) struct buf token = BUF_INIT(SCIM_TOKEN_MAX);
	AUTO(http) struct http *http = NULL;
	const struct wire_field *secret = &msg->field[FETCH_USERS_TOKEN];
	struct http_options options = { "",
	    "application/scim+json, application/json",
	    wire_get_text(msg, FETCH_USERS_CA_FILE),
	    wire_get_text(msg, FETCH_USERS_PROXY) };
	const struct scim_request request = {
		wire_get_text(msg, FETCH_USERS_URL),
		wire_get_u64(msg, FETCH_USERS_PAGE_SIZE),
		wire_get_u64(msg, FETCH_USERS_MAX_USERS),
		wire_get_u64(msg, FETCH_USERS_FIRST_PAGE_ONLY) != 0,
	};
	uint64_t seconds = wire_get_u64(msg, FETCH_USERS_TIMEOUT);
	struct fetch fetch = { ch, NULL, 0 };
	const struct scim_server server = {
		get, wait_a_while, progress, &fetch
	};
	enum err r;

	if (request.page_size == 0 || seconds == 0 || seconds > TIMEOUT_MAX_S)
		return fail(diag, ERR_WIRE_SYNTAX, "page size or timeout");
	r = buf_put(&token, secret->data, secret->len);
	if (r != ERR_OK)
		return fail(diag, r, "token");
	options.token = buf_str(&token);
	r = http_new(&options, &http, diag);
	if (r != ERR_OK)
		return r;
	fetch.http = http;
	fetch.deadline_ms = clock_monotonic_ms() + (int64_t)seconds * 1000;
	r = scim_list(&request, &server, ret, diag);
	conceal(&token, diag);
	return r;
}

static enum err
list_saved(const struct wire_msg *msg, struct scim_listing *ret,
    struct diag *diag)
{
	AUTO(buf) struct buf saved = BUF_INIT(SCIM_SAVED_MAX);
	enum err r = io_read_all(SAVED_FD, &saved, diag);

	if (r != ERR_OK)
		return r;
	return scim_read_saved(saved.data, saved.len,
	    wire_get_u64(msg, FETCH_USERS_MAX_USERS), ret, diag);
}

static enum err
send_user(struct channel *ch, const struct record *u, struct diag *diag)
{
	channel_set_timeout(ch, ANSWER_TIMEOUT_MS);
	return CHANNEL_SEND(ch, USER, diag, wire_text(u->id),
	    wire_text(u->external_id), wire_text(u->user_name),
	    wire_u64(u->active), wire_text(u->given_name),
	    wire_text(u->family_name), wire_text(u->title),
	    wire_text(u->department), wire_text(u->site),
	    wire_text(u->created), wire_text(u->number));
}

static enum err
fetch_users(struct channel *ch, const struct wire_msg *msg,
    struct diag *diag)
{
	AUTO(scim_listing) struct scim_listing listing = SCIM_LISTING_INIT;
	bool saved = wire_get_text(msg, FETCH_USERS_URL)[0] == '\0';
	enum err r = saved ? list_saved(msg, &listing, diag) :
	    list_server(ch, msg, &listing, diag);

	for (size_t i = 0; i < listing.count && r == ERR_OK; i++)
		r = send_user(ch, listing.record[i], diag);
	if (r != ERR_OK)
		return r;
	channel_set_timeout(ch, ANSWER_TIMEOUT_MS);
	r = CHANNEL_SEND(ch, LISTED, diag, wire_u64(0), wire_u64(0),
	    wire_text(""));
	if (r != ERR_OK)
		return r;
	return CHANNEL_SEND(ch, END, diag, wire_u64(listing.count),
	    wire_u64(listing.total));
}

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
	channel_set_timeout(ch, ANSWER_TIMEOUT_MS);
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
