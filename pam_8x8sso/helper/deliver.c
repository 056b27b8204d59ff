/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handing a Response over: a program of root's that got one from a browser
 * gives it here, and gets a code for the person, who types it at the prompt of
 * the login that the Response answers.
 */
#include "helper.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "auth/code.h"
#include "auth/rate.h"
#include "base/clock.h"
#include "directory/link.h"

/* Root's programs; in tests, which have no service account, our own user's. */
static enum err
check_caller(const struct login *login, struct diag *diag)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t len = sizeof(peer);

	if (getsockopt(login->ch->fd, SOL_SOCKET, SO_PEERCRED, &peer,
	    &len) != 0)
		return fail_errno(diag, ERR_INTERNAL, "SO_PEERCRED");
	if (peer.uid != 0 && (login->conf->host_user[0] != '\0' ||
	    peer.uid != getuid()))
		return fail(diag, ERR_NOT_ROOT, "uid %lu delivers",
		    (unsigned long)peer.uid);
	return ERR_OK;
}

static const struct rate failures = {
	.key = "deliver",
	.limit = DELIVER_FAILED_MAX,
	.seconds = DELIVER_FAILED_SECONDS,
	.reason = ERR_DELIVER_LIMIT,
};

/* A delivery is a failure until it has succeeded. */
static enum err
count_failure(struct store *store, struct diag *diag)
{
	enum err r = store_begin(store, diag);

	if (r == ERR_OK)
		r = rate_take(store, &failures, clock_now(), diag);
	if (r == ERR_OK)
		r = store_commit(store, diag);
	store_rollback(store);
	return r;
}

/* One that stays counted does no harm. */
static void
uncount_failure(struct store *store)
{
	enum err r = store_begin(store, NULL);

	if (r == ERR_OK)
		r = rate_give_back(store, &failures, NULL);
	if (r == ERR_OK)
		r = store_commit(store, NULL);
	store_rollback(store);
}

/* Whose login it is: the request says, or, without one, who signed in. */
static enum err
identify(struct login *login, const struct claims *claims,
    const struct pending *answered, struct diag *diag)
{
	const struct link_person person = {
		claims, login->conf->saml_user_attribute,
	};
	char name[LOGIN_NAME_MAX_LEN + 1];
	enum err r;

	if (answered != NULL) {
		login->who = *answered;
		return ERR_OK;
	}
	r = link_find(login->store, login->conf, &person, name, diag);
	if (r == ERR_OK)
		(void)snprintf(login->who.user, sizeof(login->who.user), "%s",
		    name);
	return r;
}

static enum err
verify(struct login *login, const struct wire_field *response,
    struct pending_list *list, int64_t now, struct diag *diag)
{
	AUTO(claims) struct claims *claims = NULL;
	const struct pending *answered = NULL;
	struct idp_keys keys = { .count = 0 };
	const struct answer answer = {
		.response = response->data,
		.response_len = response->len,
		.keys = &keys,
		.pending = list->item,
		.pending_count = list->count,
		.now = now,
	};
	enum err r = answer_keys(login, now, &keys, diag);

	if (r == ERR_OK)
		r = answer_verify(login, &answer, &claims, &answered, diag);
	if (r == ERR_OK)
		r = identify(login, claims, answered, diag);
	if (r == ERR_OK)
		r = answer_accept(login, claims, now, diag);
	return r;
}

static enum err
send_code(struct login *login, int64_t now, struct diag *diag)
{
	const struct pending *who = &login->who;
	const struct code_grant grant = {
		who->user, who->request_id, login->session_end,
	};
	char code[CODE_SIZE];
	int64_t expires = 0;
	enum err r = code_issue(login->store, &grant, now, code, &expires,
	    diag);

	if (r == ERR_OK)
		r = CHANNEL_SEND(login->ch, CODE, diag, wire_text(code),
		    wire_text(who->user), wire_text(who->service),
		    wire_text(who->rhost), wire_u64((uint64_t)expires));
	explicit_bzero(code, sizeof(code));
	return r;
}

static enum err
hand_over(struct login *login, struct diag *diag)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO_FREE struct pending_list *list = NULL;
	const struct wire_field *response = &msg.field[ANSWER_WORDS];
	int64_t now;
	enum err r = ask(login, "SAML response: ", &msg, diag);

	if (r == ERR_OK && response->len == 0)
		r = fail(diag, ERR_ANSWER_EMPTY, "delivery");
	now = clock_now();
	if (r == ERR_OK)
		r = pending_load(login->store, now, &list, diag);
	if (r == ERR_OK && list->count == 0 &&
	    !login->conf->saml_idp_initiated)
		r = fail(diag, ERR_NOT_PENDING, "delivery");
	if (r == ERR_OK)
		r = verify(login, response, list, now, diag);
	if (r == ERR_OK)
		r = send_code(login, now, diag);
	return r;
}

enum err
deliver(struct login *login, struct diag *diag)
{
	enum err r = check_caller(login, diag);

	if (r == ERR_OK)
		r = count_failure(login->store, diag);
	if (r == ERR_OK)
		r = hand_over(login, diag);
	if (r == ERR_OK)
		uncount_failure(login->store);
	return r;
}
