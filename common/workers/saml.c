/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 8x8sso-saml: one Response in, claims or a reason out (wire.h), then the
 * end.  A pure function in a process of its own: it gets the bytes, the keys
 * and the time on descriptor 0, opens no file, talks to nobody else and logs
 * nothing.  Whoever starts it has dropped the privileges.
 */
#include <stdio.h>
#include <unistd.h>

#include "auth/saml_response.h"
#include "base/limits.h"
#include "sys/sandbox.h"

#define TIMEOUT_MS 10000
#define OPEN_FILES 8

/* Many times what the costliest refusal takes (make bench: 10 ms, 5 MiB), and
 * the 46 MiB that the libraries fill on Debian 12. */
#define CPU_SECONDS 1
#define ADDRESS_SPACE (128u * 1024 * 1024)

/* Anything later is not a time but a mistake. */
#define TIME_MAX 4102444800u	/* 2100-01-01 */

/* What a check needs besides SAML_CHECK. */
struct task {
	struct idp_keys keys;
	struct saml_pending pending[SAML_PENDING_MAX];
	char id[SAML_PENDING_MAX][129];
	size_t pending_count;
};

static enum err
add_key(const struct wire_msg *msg, struct idp_keys *keys, struct diag *diag)
{
	if (keys->count == SAML_KEYS_MAX ||
	    !idp_key_set(&keys->key[keys->count], &msg->field[SAML_KEY_N],
	    &msg->field[SAML_KEY_E], &msg->field[SAML_KEY_CERT_SHA256]))
		return fail(diag, ERR_WIRE_SYNTAX, "key %zu", keys->count + 1);
	keys->count++;
	return ERR_OK;
}

static enum err
add_pending(const struct wire_msg *msg, struct task *task, struct diag *diag)
{
	size_t i = task->pending_count;
	uint64_t time = wire_get_u64(msg, SAML_PENDING_TIME);

	if (i == SAML_PENDING_MAX || time > TIME_MAX)
		return fail(diag, ERR_WIRE_SYNTAX, "request %zu", i + 1);
	(void)snprintf(task->id[i], sizeof(task->id[i]), "%s",
	    wire_get_text(msg, SAML_PENDING_ID));
	task->pending[i] = (struct saml_pending){ task->id[i], (int64_t)time };
	task->pending_count++;
	return ERR_OK;
}

/* The task, up to SAML_CHECK, which stays in msg. */
static enum err
receive(struct channel *ch, struct task *task, struct wire_msg *msg,
    struct diag *diag)
{
	enum err r = channel_recv(ch, msg, diag);

	while (r == ERR_OK && msg->type == WIRE_SAML_KEY) {
		r = add_key(msg, &task->keys, diag);
		if (r == ERR_OK)
			r = channel_recv(ch, msg, diag);
	}
	while (r == ERR_OK && msg->type == WIRE_SAML_PENDING) {
		r = add_pending(msg, task, diag);
		if (r == ERR_OK)
			r = channel_recv(ch, msg, diag);
	}
	if (r != ERR_OK)
		return r;
	if (msg->type != WIRE_SAML_CHECK)
		return fail(diag, ERR_WIRE_UNEXPECTED, "%s",
		    wire_type_name(msg->type));
	return ERR_OK;
}

static enum err
read_times(const struct wire_msg *msg, struct saml_check *check,
    struct diag *diag)
{
	const struct {
		unsigned int place;
		int64_t *ret;
	} times[] = {
		{ SAML_CHECK_NOW, &check->now },
		{ SAML_CHECK_SKEW, &check->skew },
		{ SAML_CHECK_MAX_AGE, &check->max_age },
		{ SAML_CHECK_UNSOLICITED_MAX_AGE,
		    &check->unsolicited_max_age },
	};

	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		uint64_t value = wire_get_u64(msg, times[i].place);

		if (value > TIME_MAX)
			return fail(diag, ERR_WIRE_SYNTAX, "time %zu", i + 1);
		*times[i].ret = (int64_t)value;
	}
	return ERR_OK;
}

static enum err
verify(const struct wire_msg *msg, const struct task *task,
    struct claims **ret, struct diag *diag)
{
	struct saml_check check = {
		.response = msg->field[SAML_CHECK_RESPONSE].data,
		.response_len = msg->field[SAML_CHECK_RESPONSE].len,
		.issuer = wire_get_text(msg, SAML_CHECK_ISSUER),
		.audience = wire_get_text(msg, SAML_CHECK_AUDIENCE),
		.recipient = wire_get_text(msg, SAML_CHECK_RECIPIENT),
		.tenant = wire_get_text(msg, SAML_CHECK_TENANT),
		.pending = task->pending,
		.pending_count = task->pending_count,
		.clock_floor = EARLIEST_NOW,
		.flags = wire_get_u64(msg, SAML_CHECK_FLAGS),
		.keys = &task->keys,
	};
	enum err r = read_times(msg, &check, diag);

	if (r != ERR_OK)
		return r;
	return saml_response_verify(&check, ret, diag);
}

static enum err
decide(struct channel *ch, struct claims **ret, struct diag *diag)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO_FREE struct task *task = calloc(1, sizeof(*task));
	enum err r = task == NULL ? fail(diag, ERR_NOMEM, "task") :
	    saml_response_init(diag);

	if (r == ERR_OK)
		r = sandbox_limit(CPU_SECONDS, ADDRESS_SPACE, OPEN_FILES,
		    diag);
	if (r == ERR_OK)
		r = receive(ch, task, &msg, diag);
	if (r == ERR_OK)
		r = verify(&msg, task, ret, diag);
	return r;
}

int
main(void)
{
	AUTO(channel) struct channel ch = { STDIN_FILENO, 0 };
	AUTO(claims) struct claims *claims = NULL;
	struct diag diag = DIAG_INIT;
	enum err r;

	channel_set_timeout(&ch, TIMEOUT_MS);
	r = decide(&ch, &claims, &diag);
	if (r == ERR_OK)
		r = claims_send(claims, &ch, NULL);
	else
		r = channel_refuse(&ch, r, &diag);
	return r == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
