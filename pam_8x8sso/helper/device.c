/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signing in by device code (RFC 8628): the person types a code in a browser
 * elsewhere, and this login goes on.  Whoever cannot sign in here sees the
 * same, is counted the same and is refused at the end (catalogue I8); nobody
 * is asked about them.
 */
#include "device.h"

#include <stdio.h>
#include <string.h>

#include "auth/flows.h"
#include "auth/oidc_admit.h"
#include "auth/oidc_store.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/net.h"

static bool
has_item(const struct conf_list *list, const char *item)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->item[i], "*") == 0 ||
		    strcmp(list->item[i], item) == 0)
			return true;
	return false;
}

/* The same address, of which either side may have another spelling. */
static bool
is_same_place(const char *a, const char *b)
{
	return strchr(a, '/') == NULL && strchr(b, '/') == NULL &&
	    (net_contains(a, b) || net_contains(b, a));
}

bool
device_is_from(const struct conf_list *networks, const char *address,
    const char *source)
{
	for (size_t i = 0; i < networks->count; i++) {
		const char *item = networks->item[i];
		bool found = strcmp(item, "*") == 0;

		if (strcmp(item, "local") == 0)
			found = address[0] == '\0';
		else if (strcmp(item, "source") == 0)
			found = is_same_place(source, address);
		else if (!found)
			found = net_contains(item, address);
		if (found)
			return true;
	}
	return false;
}

enum err
device_offered(const struct login *login, struct diag *diag)
{
	const struct conf *conf = login->conf;

	if (!conf->device_enabled)
		return fail(diag, ERR_CONF_MISSING, "[device] is not enabled");
	if (!has_item(&conf->device_services, login->who.service))
		return fail(diag, ERR_CONF_MISSING, "not for this service "
		    "([device] services)");
	/* For a password sshd asks PAM in the process that has its alarm, shows
	 * nothing, and answers every prompt with the password. */
	if (strcmp(login->who.service, "sshd") == 0 &&
	    wire_get_u64(login->begin, BEGIN_ALARM) != 0)
		return fail(diag, ERR_CONF_MISSING, "not for a password");
	if (!device_is_from(&conf->device_networks, login->who.rhost, ""))
		return fail(diag, ERR_CONF_MISSING, "not from there "
		    "([device] networks)");
	if (has_item(&conf->device_after_key, login->who.service) &&
	    wire_get_u64(login->begin, BEGIN_KEY_FIRST) != 1)
		return fail(diag, ERR_DEVICE_KEY_FIRST, "[device] after_key");
	return ERR_OK;
}

/* Where the provider is: the same for everybody, so that it is found missing
 * for everybody. */
static enum err
find_endpoints(const struct login *login, struct oidc_endpoints *ret,
    struct diag *diag)
{
	const struct conf *conf = login->conf;
	const struct {
		const char *configured;
		char *place;
	} rows[] = {
		{ conf->device_device_endpoint, ret->device },
		{ conf->device_token_endpoint, ret->token },
		{ conf->device_jwks_uri, ret->jwks_uri },
	};
	AUTO_FREE struct oidc_record *record = calloc(1, sizeof(*record));
	char issuer[1025];
	enum err r = ERR_OK;

	if (record == NULL)
		return fail(diag, ERR_NOMEM, "endpoints");
	if (conf->device_client_id[0] == '\0')
		return fail(diag, ERR_CONF_MISSING, "[device] client_id");
	conf_device_issuer(conf, issuer, sizeof(issuer));
	if (rows[0].configured[0] == '\0' || rows[1].configured[0] == '\0' ||
	    rows[2].configured[0] == '\0')
		r = oidc_store_load(login->store, issuer, record, diag);
	if (r != ERR_OK)
		return r;
	*ret = record->endpoints;
	for (size_t i = 0; i < ARRAY_LEN(rows) && r == ERR_OK; i++) {
		if (rows[i].configured[0] != '\0')
			(void)snprintf(rows[i].place, sizeof(ret->device),
			    "%s", rows[i].configured);
		/* Of what sync found, only what is admitted now (J26). */
		else if (rows[i].place[0] != '\0')
			r = oidc_admit_verify(conf, issuer, rows[i].place,
			    diag);
	}
	if (r != ERR_OK)
		return r;
	if (ret->device[0] == '\0' || ret->token[0] == '\0' ||
	    ret->jwks_uri[0] == '\0')
		return fail(diag, ERR_OIDC_MISSING, "of %s", issuer);
	return ERR_OK;
}

/* Who is refused whatever they do. */
static bool
is_hopeless(enum err reason)
{
	static const enum err reasons[] = {
		ERR_USER_UNKNOWN, ERR_USER_INACTIVE, ERR_USER_VANISHED,
		ERR_USER_NOT_ALLOWED, ERR_DIRECTORY_STALE,
		ERR_JIT_LIMIT,
	};

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i] == reason)
			return true;
	return false;
}

static const char *
source_of(const struct login *login)
{
	const char *tty = wire_get_text(login->begin, BEGIN_TTY);

	if (login->who.rhost[0] != '\0')
		return login->who.rhost;
	return tty[0] != '\0' ? tty : login->who.service;
}

/* What the next way may do better.  The line is followed by its prompt, so
 * that sshd shows it. */
static enum err
try_saml(struct login *login, enum err reason, struct diag *diag)
{
	enum err r;

	if (saml_offered(login, NULL) != ERR_OK ||
	    (reason != ERR_DEVICE_BLOCKED && reason != ERR_DEVICE_CLIENT &&
	    reason != ERR_DEVICE_LIMIT))
		return reason;
	reply_log(login, reason, diag);
	r = CHANNEL_SEND(login->ch, INFO, diag, wire_u64(0),
	    wire_text(reply_words(reason)));
	login->pass_on = r == ERR_OK;
	return r;
}

static enum err
talk_and_accept(struct talk *talk, bool hopeless, struct diag *diag)
{
	AUTO(claims) struct claims *claims = NULL;
	enum err r = device_talk(talk, diag);

	claims = TAKE(talk->claims);
	flow_end(talk->flow);
	if (r != ERR_OK || talk->wants_saml)
		return r;
	/* A decoy accepts nobody. */
	if (hopeless || claims == NULL)
		return fail(diag, ERR_INTERNAL, "accepted without claims");
	return device_accept(talk->login, claims, talk->ends_ms, diag);
}

/* As it was for whoever might have signed in, and in the log what is true. */
static enum err
end_decoy(struct login *login, enum err r, const struct diag *true_reason,
    struct diag *diag)
{
	login->told = r;
	return fail(diag, true_reason->code, "%s; decoy: %s",
	    true_reason->text, err_name(r));
}

static enum err
run(struct talk *talk, struct diag *diag)
{
	struct login *login = talk->login;
	const struct flow_claim claim = {
		.id = login->id,
		.user = login->user,
		.source = source_of(login),
		.until = clock_now() + clock_left_ms(talk->ends_ms) / 1000 + 1,
	};
	struct diag reason = DIAG_INIT;
	int64_t now = clock_now();
	enum err may = newcomer_expect(login, now, &reason);
	enum err r;

	if (may != ERR_OK && !is_hopeless(may))
		return fail(diag, may, "%s", reason.text);
	talk->flow->kind = may == ERR_OK ? &flow_real : &flow_decoy;
	r = flows_begin(login->store, login->conf, &claim, now, diag);
	if (r == ERR_OK) {
		r = talk_and_accept(talk, may != ERR_OK, diag);
		flows_end(login->store, login->id);
	}
	if (r == ERR_OK && talk->wants_saml)
		login->pass_on = true;
	else if (r == ERR_OK)
		flows_remember(login->store, login->user, claim.source,
		    clock_now());
	/* Who is still in the first prompt cannot be asked anything else. */
	else if (!talk->asked)
		r = try_saml(login, r, diag);
	if (may != ERR_OK && !login->pass_on)
		return end_decoy(login, r, &reason, diag);
	return r;
}

enum err
device_sign_in(struct login *login, struct diag *diag)
{
	struct oidc_endpoints endpoints = { .device = "" };
	AUTO(flow) struct flow flow = {
		.kind = &flow_decoy,
		.login = login,
		.endpoints = &endpoints,
		.worker = PEER_INIT,
	};
	struct talk talk = {
		.login = login,
		.flow = &flow,
		.grace = grace_find(login),
		.at_once = wire_get_u64(login->begin, BEGIN_COLUMNS) != 0,
	};
	int64_t seconds = login->conf->device_timeout;
	enum err r;

	if (talk.grace.seconds < seconds)
		seconds = talk.grace.seconds;
	else
		talk.grace.limit = 0;
	if (seconds < DEVICE_SECONDS_MIN)
		return fail(diag, ERR_DEVICE_TIME, "%s leaves %lld s",
		    talk.grace.name, (long long)seconds);
	talk.ends_ms = clock_monotonic_ms() + seconds * 1000;
	login_extend(login, (int)seconds * 1000);
	r = find_endpoints(login, &endpoints, diag);
	return r == ERR_OK ? run(&talk, diag) : r;
}
