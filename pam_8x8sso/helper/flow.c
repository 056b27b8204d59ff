/* SPDX-License-Identifier: BSD-2-Clause */
/* The flow that is one: a worker asks the provider, this process only hears
 * of it. */
#include "flow.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"

#define WORKER_NAME "8x8sso-device"
#define LIST_MAX 8192

enum err
flow_begin(struct flow *flow, int64_t ends_ms, struct diag *diag)
{
	flow->fd = -1;
	flow->due_ms = INT64_MAX;
	flow->begun_ms = clock_monotonic_ms();
	flow->has_code = false;
	flow->learned = false;
	flow->has_keys = false;
	return flow->kind->begin(flow, ends_ms, diag);
}

enum err
flow_next(struct flow *flow, struct flow_event *ret, struct diag *diag)
{
	*ret = (struct flow_event){ .what = FLOW_NOTHING };
	return flow->kind->next(flow, ret, diag);
}

void
flow_end(struct flow *flow)
{
	flow->kind->end(flow);
	flow->fd = -1;
	flow->due_ms = INT64_MAX;
}

static enum err
send_start(struct flow *flow, int64_t ends_ms, struct diag *diag)
{
	const struct conf *conf = flow->login->conf;
	AUTO(buf) struct buf uris = BUF_INIT(LIST_MAX);
	AUTO(buf) struct buf groups = BUF_INIT(LIST_MAX);
	char issuer[1025];
	enum err r = conf_list_lines(&conf->device_verification_uri, &uris);

	if (r == ERR_OK)
		r = conf_list_lines(&conf->device_require_groups, &groups);
	if (r != ERR_OK)
		return fail(diag, r == ERR_TOO_LONG ? ERR_CONF_VALUE : r,
		    "[device] verification_uri or require_groups");
	conf_device_issuer(conf, issuer, sizeof(issuer));
	return CHANNEL_SEND(&flow->worker.ch, DEVICE_START, diag,
	    wire_text(flow->endpoints->device),
	    wire_text(flow->endpoints->token),
	    wire_text(conf->device_client_id),
	    wire_text(conf->idp_ca_file), wire_text(conf->idp_proxy),
	    wire_text(buf_str(&uris)),
	    wire_u64((uint64_t)(clock_left_ms(ends_ms) + 999) / 1000),
	    wire_text(issuer), wire_text(conf->idp_tenant),
	    wire_u64((uint64_t)conf->saml_clock_skew),
	    wire_text(conf->device_require_acrs),
	    wire_u64((uint64_t)conf->device_auth_max_age),
	    wire_text(buf_str(&groups)),
	    wire_u64(conf->users_guests ? WIRE_DEVICE_GUESTS : 0));
}

static void
take_picture(struct flow *flow, const struct flow_code *code,
    enum err failure)
{
	flow->has_code = true;
	flow->picture = (struct decoy_picture){
		.took_ms = clock_monotonic_ms() - flow->begun_ms,
		.failure = failure,
	};
	if (code == NULL)
		return;
	flow->poll_ms = clock_monotonic_ms() + code->interval * 1000;
	flow->picture.expires_in = code->expires_in;
	flow->picture.interval = code->interval;
	(void)snprintf(flow->picture.user_code,
	    sizeof(flow->picture.user_code), "%s", code->user_code);
	(void)snprintf(flow->picture.uri, sizeof(flow->picture.uri), "%s",
	    code->uri);
}

static enum err
start(struct flow *flow, int64_t ends_ms, struct diag *diag)
{
	struct diag why = DIAG_INIT;
	char path[PATH_MAX];
	char *argv[] = { path, NULL };
	enum err r = conf_program_path(flow->login->conf, WORKER_NAME, path,
	    sizeof(path), diag);

	if (r == ERR_OK)
		r = peer_start(&flow->worker, argv, -1, diag);
	if (r != ERR_OK)
		return r;
	channel_set_timeout(&flow->worker.ch, WORKER_MS);
	r = send_start(flow, ends_ms, &why);
	if (r != ERR_OK)
		return worker_failed(&flow->worker, WORKER_NAME, r, &why,
		    diag);
	flow->fd = flow->worker.ch.fd;
	return ERR_OK;
}

static enum err
begin(struct flow *flow, int64_t ends_ms, struct diag *diag)
{
	enum err r = start(flow, ends_ms, diag);

	if (r != ERR_OK)
		take_picture(flow, NULL, r);
	return r;
}

/* What decoys look like from now on.  Later than the person is told, who
 * would otherwise wait a moment longer than at a decoy. */
static void
learn(struct flow *flow)
{
	if (!flow->has_code || flow->learned)
		return;
	flow->learned = true;
	decoy_learn(flow->login->store, &flow->picture, clock_now());
}

/* Numbers of a worker that nobody believes yet. */
static int64_t
seconds_of(const struct wire_msg *msg, unsigned int place)
{
	uint64_t value = wire_get_u64(msg, place);

	return value > INT32_MAX ? INT32_MAX : (int64_t)value;
}

static enum err
on_code(struct flow *flow, const struct wire_msg *msg,
    struct flow_event *ret, struct diag *diag)
{
	struct flow_code *code = &ret->code;

	if (flow->has_code)
		return fail(diag, ERR_WIRE_UNEXPECTED, "a second code");
	(void)snprintf(code->user_code, sizeof(code->user_code), "%s",
	    wire_get_text(msg, DEVICE_CODE_USER_CODE));
	(void)snprintf(code->uri, sizeof(code->uri), "%s",
	    wire_get_text(msg, DEVICE_CODE_URI));
	code->expires_in = seconds_of(msg, DEVICE_CODE_EXPIRES_IN);
	code->interval = seconds_of(msg, DEVICE_CODE_INTERVAL);
	ret->what = FLOW_CODE;
	take_picture(flow, code, ERR_OK);
	return ERR_OK;
}

/* How long the first poll has taken: on a connection that is there, and not
 * as long as the request for the code. */
static void
on_pending(struct flow *flow, int64_t seconds)
{
	int64_t now = clock_monotonic_ms();

	if (flow->picture.poll_ms == 0 && now > flow->poll_ms)
		flow->picture.poll_ms = now - flow->poll_ms;
	flow->poll_ms = now + seconds * 1000;
}

static enum err
on_message(struct flow *flow, const struct wire_msg *msg,
    struct flow_event *ret, struct diag *diag)
{
	enum err r;

	if (msg->type == WIRE_REFUSE)
		return claims_refusal(msg, diag);
	if (msg->type == WIRE_DEVICE_CODE)
		return on_code(flow, msg, ret, diag);
	if (flow->has_code && msg->type == WIRE_DEVICE_PENDING) {
		on_pending(flow, seconds_of(msg, DEVICE_PENDING_SECONDS));
		ret->what = FLOW_PENDING;
		return ERR_OK;
	}
	if (!flow->has_code || msg->type != WIRE_DEVICE_KID)
		return fail(diag, ERR_WIRE_UNEXPECTED, "%s from the worker",
		    wire_type_name(msg->type));
	r = token_keys_send(flow->login, flow->endpoints->jwks_uri,
	    wire_get_text(msg, DEVICE_KID_KID), &flow->worker.ch, diag);
	flow->has_keys = r == ERR_OK;
	return r;
}

static enum err
receive(struct flow *flow, struct flow_event *ret, struct diag *diag)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	enum err r;

	channel_set_timeout(&flow->worker.ch, WORKER_MS);
	/* After its question about the keys the worker has only a verdict. */
	if (flow->has_keys) {
		r = claims_recv(&flow->worker.ch, &ret->claims, diag);
		if (r == ERR_OK)
			ret->what = FLOW_ACCEPTED;
		return r;
	}
	r = channel_recv(&flow->worker.ch, &msg, diag);
	return r == ERR_OK ? on_message(flow, &msg, ret, diag) : r;
}

static enum err
next(struct flow *flow, struct flow_event *ret, struct diag *diag)
{
	struct diag why = DIAG_INIT;
	bool had_code = flow->has_code;
	enum err r;

	if (flow->picture.poll_ms != 0)
		learn(flow);
	r = receive(flow, ret, &why);
	if (r == ERR_OK)
		return ERR_OK;
	r = worker_failed(&flow->worker, WORKER_NAME, r, &why, diag);
	/* Nobody has a name yet: this would have happened to anybody. */
	if (!had_code)
		take_picture(flow, NULL, r);
	return r;
}

static void
end(struct flow *flow)
{
	(void)peer_end(&flow->worker);
	learn(flow);
}

const struct flow_kind flow_real = { begin, next, end };
