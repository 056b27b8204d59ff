/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program 8x8sso-helper: descriptor 0 is a stream socket to the module,
 * one process is one PAM call.
 *
 *	main.c		configuration, privileges, BEGIN, the operation table
 *	authenticate.c	who is it?
 *	prompt.c	what the person is asked
 *	picture.c	an address for the camera of a phone
 *	account.c	may they be here?
 *	reply.c		what the module, the person and the log are told
 */
#ifndef PAM_8X8SSO_HELPER_H
#define PAM_8X8SSO_HELPER_H

#include "sys/conf.h"
#include "sys/store.h"
#include "wire/channel.h"

#define LOGIN_TAG_SIZE 9

/* One login.  Everything is borrowed from main(). */
struct login {
	const struct conf *conf;
	struct store *store;		/* NULL until the operation starts */
	struct channel *ch;
	const struct wire_msg *begin;	/* names of user, service ... */
	enum wire_operation operation;
	const char *user;
	/* Eight hexadecimal digits that the person is shown and both log
	 * lines have: the first bytes of the nonce. */
	char tag[LOGIN_TAG_SIZE];
	int64_t session_end;		/* set with a grant; 0: none */
};

/* The operations.  ERR_OK grants; every other code is the reason of the
 * denial.  They talk to the person but leave the last word to reply_send().
 * ERR_WIRE_* and ERR_TIMEOUT: nobody is there any more. */
enum err authenticate(struct login *login, struct diag *diag) MUST_USE;
enum err account(struct login *login, struct diag *diag) MUST_USE;

/* Is this account provisioned, active and allowed here, at this time?  The
 * part of account() that authenticate() repeats. */
enum err account_decide(const struct login *login, int64_t now,
	struct diag *diag) MUST_USE;

/* Appends the words that ask for the Response to the request at url.
 * ERR_TOO_LONG, ERR_NOMEM. */
enum err prompt_write(const struct login *login, const char *url,
	struct buf *out) MUST_USE;

/* Appends the QR code of an address, in whole lines, when the configuration
 * wants one and the person's screen has room for it and for the words; else
 * nothing, which is ERR_OK too.  ERR_NOMEM. */
enum err picture_write(const struct login *login, const char *url,
	struct buf *out) MUST_USE;

/* Tells a denied person so, sends RESULT and writes the log line.  What
 * cannot be sent any more is still logged. */
void reply_send(const struct login *login, enum err reason,
	const struct diag *diag);

#endif
