/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whom nobody has provisioned: where [users] jit allows it, somebody becomes a
 * user of this host by signing in (directory/jit.h).  The module has decided
 * the same before it asked; it is decided again here, because its word is not
 * ours.
 */
#include "helper.h"

#include <sys/socket.h>
#include <syslog.h>

#include "base/log.h"
#include "directory/jit.h"

/* A module that is not root could not publish anybody. */
static bool
is_root_at(int fd)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	    peer.uid == 0;
}

static bool
may_create(const struct login *login)
{
	return jit_allowed(login->conf, login->who.service,
	    login->who.rhost) && is_root_at(login->ch->fd);
}

enum err
newcomer_expect(const struct login *login, int64_t now, struct diag *diag)
{
	enum err r = account_decide(login, now, diag);

	if (r == ERR_USER_UNKNOWN && may_create(login))
		return jit_expect(login->store, login->conf, login->user, now,
		    diag);
	if (r == ERR_DIRECTORY_STALE && login->conf->users_jit)
		return jit_expect_again(login->store, login->conf,
		    login->user, now, diag);
	return r;
}

/* The name is one by now. */
static void
log_creation(const struct login *login)
{
	log_event(LOG_NOTICE, "op=create user=\"%s\" service=\"%s\" login=%s",
	    login->user, prompt_printable(login->who.service), login->tag);
}

enum err
newcomer_link(const struct login *login, const struct link_person *person,
    int64_t now, struct diag *diag)
{
	enum err r = link_check(login->store, login->conf, person,
	    login->user, diag);

	if (r == ERR_USER_UNKNOWN && may_create(login)) {
		r = jit_create(login->store, login->conf, person,
		    login->user, now, diag);
		if (r == ERR_OK)
			log_creation(login);
		/* Two sign-ins at once: the other one was faster. */
		if (r == ERR_EXISTS)
			r = link_check(login->store, login->conf, person,
			    login->user, diag);
	}
	if (r == ERR_OK && login->conf->users_jit)
		r = jit_renew(login->store, login->conf, login->user, now,
		    diag);
	return r;
}

enum err
newcomer_publish(const struct login *login, struct diag *diag)
{
	if (!may_create(login))
		return ERR_OK;
	return CHANNEL_SEND(login->ch, PUBLISH, diag, wire_text(login->user));
}
