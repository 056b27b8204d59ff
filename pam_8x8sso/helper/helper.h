/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program 8x8sso-helper: descriptor 0 is a stream socket to the module,
 * one process is one PAM call.
 *
 *	main.c		configuration, privileges, BEGIN, the operation table
 *	authenticate.c	who is it?
 *	account.c	may they be here?
 *	newcomer.c	and if nobody knows them?
 *	deliver.c	whose Response is this?
 *	ask.c prompt.c	what the person is asked
 *	picture.c	an address for the camera of a phone
 *	reply.c		what the module, the person and the log are told
 *
 * signing in with a SAML Response, or a code for one:
 *	saml.c		the request and its answer
 *	verify.c	from a Response to a decision
 *
 * signing in by device code (device.h, flow.h, grace.h):
 *	device.c	who gets which flow, and what the end means
 *	device_talk.c device_words.c	the conversation
 *	device_accept.c confirm.c	from a token to a decision
 *	flow.c flow_decoy.c	a flow, and what looks like one
 *	token_keys.c	the keys for a token
 *	grace.c		how long the application lets us
 */
#ifndef PAM_8X8SSO_HELPER_H
#define PAM_8X8SSO_HELPER_H

#include "auth/claims.h"
#include "auth/idp_keys.h"
#include "auth/pending.h"
#include "directory/link.h"
#include "sys/conf.h"
#include "sys/store.h"
#include "wire/channel.h"
#include "wire/spawn.h"

#define LOGIN_TAG_SIZE 9
#define LOGIN_ID_SIZE (2 * WIRE_NONCE_SIZE + 1)

/* One login.  Everything is borrowed from main(). */
struct login {
	const struct conf *conf;
	struct store *store;		/* NULL until the operation starts */
	struct channel *ch;
	const struct wire_msg *begin;	/* names of user, service ... */
	enum wire_operation operation;
	/* Whose login it is.  authenticate() adds its request; deliver() begins
	 * with nobody. */
	struct pending who;
	const char *user;		/* who.user */
	/* Eight hexadecimal digits that the person is shown and both log
	 * lines have: the first bytes of the nonce. */
	char tag[LOGIN_TAG_SIZE];
	char id[LOGIN_ID_SIZE];		/* all of the nonce */
	int64_t session_end;		/* set with a grant; 0: none */
	const char *way;		/* of signing in; NULL: none yet */
	bool pass_on;			/* to the next way, if there is one */
	bool last_words;		/* worth a prompt: of a device flow */
	enum err told;			/* what a refused person hears instead
					 * of the reason; ERR_OK: the reason */
};

/* The login may take so much longer from now on: its channel, and the kernel's
 * patience with this process. */
void login_extend(struct login *login, int ms);

/* The operations.  ERR_OK grants; every other code is the reason of the
 * denial.  They talk to the person but leave the last word to reply_send().
 * ERR_WIRE_* and ERR_TIMEOUT: nobody is there any more. */
enum err authenticate(struct login *login, struct diag *diag) MUST_USE;
enum err account(struct login *login, struct diag *diag) MUST_USE;
enum err deliver(struct login *login, struct diag *diag) MUST_USE;

/* The ways of authenticate(): why one is not offered for this login, which is
 * ERR_CONF_MISSING or ERR_DEVICE_KEY_FIRST, or ERR_OK; and the sign-in, as an
 * operation, after which login->pass_on may be set. */
enum err device_offered(const struct login *login, struct diag *diag) MUST_USE;
enum err device_sign_in(struct login *login, struct diag *diag) MUST_USE;
enum err saml_offered(const struct login *login, struct diag *diag) MUST_USE;
enum err saml_sign_in(struct login *login, struct diag *diag) MUST_USE;

/*
 * Sends a device worker the keys for its token with this kid: the stored ones,
 * or, when that is none of them or they are too old, fetched ones, once in a
 * while.  ERR_JWKS_STALE, ERR_STORE, ERR_ANSWER_FAILED when the module is
 * gone, and those of the worker's channel.
 */
enum err token_keys_send(struct login *login, const char *jwks_uri,
	const char *kid, struct channel *worker, struct diag *diag) MUST_USE;

/* Is this account provisioned, active and allowed here, at this time?  The
 * part of account() that authenticate() repeats. */
enum err account_decide(const struct login *login, int64_t now,
	struct diag *diag) MUST_USE;

/* account_decide() as it would be after a sign-in: where people are created
 * at their first one, an unknown name is no reason yet (ERR_JIT_LIMIT). */
enum err newcomer_expect(const struct login *login, int64_t now,
	struct diag *diag) MUST_USE;

/* link_check(), or else jit_create() where people are created.  Either's
 * reasons. */
enum err newcomer_link(const struct login *login,
	const struct link_person *person, int64_t now, struct diag *diag)
	MUST_USE;

/* Before a sign-in is granted there: has the module publish whom the host does
 * not know yet, which it knows better than we do: a record may have been
 * created in a sign-in before, and not been published.  The channel's. */
enum err newcomer_publish(const struct login *login, struct diag *diag)
	MUST_USE;

/* Shows the text and waits for the answer, which is not shown: a Response is
 * a bearer secret until it is used up, and a code too.  ERR_ANSWER_*, and
 * those of the channel. */
enum err ask(struct login *login, const char *text,
	struct wire_msg *ret_answer, struct diag *diag) MUST_USE;

/* The provider's keys, if they may still be used.  ERR_IDP_NO_KEYS,
 * ERR_IDP_STALE, ERR_STORE. */
enum err answer_keys(const struct login *login, int64_t now,
	struct idp_keys *ret, struct diag *diag) MUST_USE;

/* A Response and what it may answer.  Borrowed. */
struct answer {
	const void *response;		/* base64 */
	size_t response_len;
	const struct idp_keys *keys;
	const struct pending *pending;
	size_t pending_count;
	int64_t now;
};

/* Has a worker verify it.  The caller ends with claims_free(), also after an
 * error.  *ret_pending is the login that it answers, NULL for none.  The
 * verifier's reasons, ERR_WORKER, ERR_SPAWN. */
enum err answer_verify(const struct login *login, const struct answer *answer,
	struct claims **ret, const struct pending **ret_pending,
	struct diag *diag) MUST_USE;

/* Why an exchange with a worker ended with r, which is not ERR_OK: how it may
 * fail as a program is one reason, ERR_WORKER, and it is ended then; every
 * other one is the worker's own. */
enum err worker_failed(struct peer *peer, const char *name, enum err r,
	const struct diag *why, struct diag *diag) MUST_USE;

/* The claims are true; are they for this user, for the first time, and may
 * the user be here?  Sets login->session_end. */
enum err answer_accept(struct login *login, const struct claims *claims,
	int64_t now, struct diag *diag) MUST_USE;

/* Appends the words that ask for the answer to the request at url.
 * ERR_TOO_LONG, ERR_NOMEM. */
enum err prompt_write(const struct login *login, const char *url,
	struct buf *out) MUST_USE;

/* What is asked after a wrong code. */
extern const char prompt_again[];

/* The text, or "" when it is not printable ASCII to its end. */
const char *prompt_printable(const char *text);

/* Appends the QR code of an address, in whole lines, when the configuration
 * wants one and the person's screen has room for it, for the address and for
 * so many rows of words; else nothing, which is ERR_OK too, as what does not
 * fit out.  ERR_NOMEM. */
enum err picture_write(const struct login *login, const char *url,
	size_t words_rows, struct buf *out) MUST_USE;

/* What somebody who signs in is told of this reason: a line, or two. */
const char *reply_words(enum err reason);

/* The log line of a way that leaves the sign-in to the next. */
void reply_log(const struct login *login, enum err reason,
	const struct diag *diag);

/* Tells a denied person so, sends RESULT and writes the log line.  What
 * cannot be sent any more is still logged. */
void reply_send(const struct login *login, enum err reason,
	const struct diag *diag);

#endif
