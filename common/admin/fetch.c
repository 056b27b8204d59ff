/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/fetch.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "auth/claims.h"
#include "auth/oidc_fetch.h"
#include "base/io.h"
#include "base/limits.h"
#include "wire/spawn.h"

#define WORKER "8x8sso-fetch"
/* The worker keeps the configured time itself, and says more about it. */
#define GRACE_S 120
#define TIMEOUT_MAX_S 86400

static void
end_peer(struct peer *peer)
{
	(void)peer_end(peer);
}
DEFINE_AUTO(fetch_peer, struct peer, end_peer);

static enum err
start_worker(const struct admin *admin, int extra_fd, int64_t seconds,
    struct peer *peer, struct diag *diag)
{
	const struct conf *conf = &admin->conf;
	char program[PATH_MAX];
	char *argv[] = { program, conf->host_user, NULL };
	enum err r = conf_program_path(conf, WORKER, program, sizeof(program),
	    diag);

	if (r == ERR_OK)
		r = peer_start(peer, argv, extra_fd, diag);
	if (r != ERR_OK)
		return r;
	channel_set_timeout(&peer->ch, (int)(seconds * 1000));
	return ERR_OK;
}

/* Receives the next message; REFUSE becomes the worker's reason. */
static enum err
receive(struct peer *peer, struct wire_msg *msg, struct diag *diag)
{
	struct diag why = DIAG_INIT;
	enum err r = channel_recv(&peer->ch, msg, &why);

	if (r == ERR_WIRE_CLOSED)
		return fail(diag, ERR_WORKER, WORKER
		    " ended without an answer");
	if (r != ERR_OK)
		return fail(diag, r, WORKER ": %s", why.text);
	return msg->type == WIRE_REFUSE ? claims_refusal(msg, diag) : ERR_OK;
}

static enum err
unexpected(const struct wire_msg *msg, struct diag *diag)
{
	return fail(diag, ERR_WIRE_UNEXPECTED, WORKER ": %s out of turn",
	    wire_type_name(msg->type));
}

/* The file's one line.  io_read_trusted() saw to owner and mode. */
static enum err
read_token(const char *path, struct buf *token, struct diag *diag)
{
	enum err r = io_read_trusted(path, true, token, diag);

	if (r != ERR_OK)
		return r;
	if (token->len > 0 && token->data[token->len - 1] == '\n')
		token->len--;
	if (token->len == 0)
		return fail(diag, ERR_CONF_VALUE, "%s: is empty; "
		    "put the Secret Token there", path);
	if (token->len > SCIM_TOKEN_MAX)
		return fail(diag, ERR_CONF_VALUE,
		    "%s: longer than %u bytes", path, SCIM_TOKEN_MAX);
	for (size_t i = 0; i < token->len; i++)
		if (token->data[i] <= ' ' || token->data[i] > '~')
			return fail(diag, ERR_CONF_VALUE, "%s: byte %zu is no "
			    "part of a token; one line, nothing else", path,
			    i + 1);
	return ERR_OK;
}

/* Whoever can write the list of authorities can be the server; and the worker
 * reads it as the service account, which says little if it cannot. */
static enum err
check_ca_file(const char *path, struct diag *diag)
{
	AUTO_CLOSE int fd = -1;
	struct stat st;
	enum err r;

	if (path[0] == '\0')
		return ERR_OK;
	r = io_open_trusted(path, false, &fd, diag);
	if (r != ERR_OK)
		return r;
	if (fstat(fd, &st) != 0)
		return fail_errno(diag, ERR_IO, "%s", path);
	if ((st.st_mode & S_IROTH) == 0)
		return fail(diag, ERR_IO, "%s: the service account cannot "
		    "read it (chmod 0644)", path);
	return ERR_OK;
}

static enum err
ask_for_users(const struct admin *admin, const struct fetch_users *ask,
    struct peer *peer, struct diag *diag)
{
	AUTO(buf) struct buf token = BUF_INIT(SCIM_TOKEN_MAX + 1);
	const struct conf *conf = &admin->conf;
	bool saved = ask->file >= 0;
	enum err r = ERR_OK;

	if (!saved)
		r = read_token(conf->scim_token_file, &token, diag);
	if (r == ERR_OK && !saved)
		r = check_ca_file(conf->scim_ca_file, diag);
	if (r != ERR_OK)
		return r;
	return CHANNEL_SEND(&peer->ch, FETCH_USERS, diag,
	    wire_text(saved ? "" : conf->scim_url),
	    wire_bytes(token.data, token.len),
	    wire_text(conf->scim_ca_file), wire_text(conf->scim_proxy),
	    wire_u64(conf->scim_page_size), wire_u64(conf->scim_max_users),
	    wire_u64((uint64_t)conf->scim_timeout),
	    wire_u64(ask->first_page_only), wire_u64(0),
	    wire_text(conf->users_uid_attribute),
	    wire_text(conf->groups_gid_attribute), wire_text(""));
}

/* Hands one record to the caller. */
static enum err
take_user(const struct fetch_users *ask, const struct wire_msg *msg,
    struct diag *diag)
{
	const struct record record = {
		.id = wire_get_text(msg, USER_ID),
		.external_id = wire_get_text(msg, USER_EXTERNAL_ID),
		.user_name = wire_get_text(msg, USER_USER_NAME),
		.given_name = wire_get_text(msg, USER_GIVEN_NAME),
		.family_name = wire_get_text(msg, USER_FAMILY_NAME),
		.title = wire_get_text(msg, USER_TITLE),
		.department = wire_get_text(msg, USER_DEPARTMENT),
		.site = wire_get_text(msg, USER_SITE),
		.created = wire_get_text(msg, USER_CREATED),
		.number = wire_get_text(msg, USER_NUMBER),
		.active = wire_get_u64(msg, USER_ACTIVE) == 1,
	};

	if (record.id[0] == '\0' || record.user_name[0] == '\0' ||
	    wire_get_u64(msg, USER_ACTIVE) > 1)
		return fail(diag, ERR_WORKER, WORKER ": incomplete record");
	return ask->record(&record, ask->context, diag);
}

/* Reads records until END; *ret_total is untouched on failure. */
static enum err
take_users(const struct fetch_users *ask, struct peer *peer,
    uint64_t max_records, uint64_t *ret_total, struct diag *diag)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	uint64_t count = 0;

	for (;;) {
		enum err r = receive(peer, &msg, diag);

		if (r != ERR_OK)
			return r;
		if (msg.type == WIRE_END)
			break;
		if (msg.type == WIRE_PROGRESS) {
			if (ask->progress != NULL)
				ask->progress(
				    wire_get_u64(&msg, PROGRESS_DONE),
				    wire_get_u64(&msg, PROGRESS_TOTAL),
				    ask->context);
			continue;
		}
		if (msg.type == WIRE_LISTED)
			continue;
		if (msg.type != WIRE_USER)
			return unexpected(&msg, diag);
		if (count >= max_records)
			return fail(diag, ERR_WORKER,
			    WORKER ": more records than allowed");
		count++;
		r = take_user(ask, &msg, diag);
		if (r != ERR_OK)
			return r;
	}
	if (wire_get_u64(&msg, END_COUNT) != count)
		return fail(diag, ERR_WORKER, WORKER ": %" PRIu64 " records "
		    "announced, %" PRIu64 " came",
		    wire_get_u64(&msg, END_COUNT), count);
	*ret_total = wire_get_u64(&msg, END_TOTAL);
	return ERR_OK;
}

enum err
fetch_users(const struct admin *admin, const struct fetch_users *ask,
    uint64_t *ret_total, struct diag *diag)
{
	AUTO(fetch_peer) struct peer peer = PEER_INIT;
	int64_t seconds = admin->conf.scim_timeout;
	enum err r;

	if (seconds <= 0 || seconds > TIMEOUT_MAX_S)
		return fail(diag, ERR_CONF_VALUE,
		    "[scim] timeout: 1s to %us", TIMEOUT_MAX_S);
	r = start_worker(admin, ask->file, seconds + GRACE_S, &peer, diag);
	if (r == ERR_OK)
		r = ask_for_users(admin, ask, &peer, diag);
	if (r != ERR_OK)
		return r;
	/* A server may repeat users, but not without end: see scim.h. */
	return take_users(ask, &peer, 2 * admin->conf.scim_max_users + 1,
	    ret_total, diag);
}

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
	enum err r = address ? check_ca_file(conf->idp_ca_file, diag) :
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
	enum err r = receive(peer, &msg, diag);

	if (r != ERR_OK)
		return r;
	if (msg.type != WIRE_IDP)
		return unexpected(&msg, diag);
	if (strcmp(wire_get_text(&msg, IDP_ENTITY_ID), issuer) != 0)
		return fail(diag, ERR_WORKER, WORKER ": another issuer");
	if (wire_get_u64(&msg, IDP_VALID_UNTIL) > INT64_MAX)
		return fail(diag, ERR_WORKER, WORKER ": malformed time");
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
		return fail(diag, ERR_WORKER, WORKER ": malformed key");
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
	enum err r = receive(peer, &msg, diag);

	while (r == ERR_OK && msg.type == WIRE_IDP_KEY) {
		r = take_idp_key(&msg, keys, diag);
		if (r == ERR_OK)
			r = receive(peer, &msg, diag);
	}
	if (r != ERR_OK)
		return r;
	if (msg.type != WIRE_END)
		return unexpected(&msg, diag);
	if (keys->count == 0 || wire_get_u64(&msg, END_COUNT) != keys->count)
		return fail(diag, ERR_WORKER, WORKER ": keys are missing");
	return ERR_OK;
}

enum err
fetch_idp(const struct admin *admin, struct saml_idp *ret, struct diag *diag)
{
	AUTO(fetch_peer) struct peer peer = PEER_INIT;
	struct saml_idp idp = { .entity_id = "" };
	struct diag why = DIAG_INIT;
	enum err r = start_worker(admin, -1, METADATA_MS / 1000 + GRACE_S,
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
	enum err r = check_ca_file(conf->idp_ca_file, diag);

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
