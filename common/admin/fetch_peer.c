/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/fetch_peer.h"

#include <limits.h>
#include <sys/stat.h>

#include "auth/claims.h"
#include "base/io.h"

/* The worker keeps the time itself, and says more about it. */
#define GRACE_S 120

enum err
fetch_peer_start(const struct admin *admin, int extra_fd, int64_t seconds,
    struct peer *peer, struct diag *diag)
{
	const struct conf *conf = &admin->conf;
	char program[PATH_MAX];
	char *argv[] = { program, conf->host_user, NULL };
	enum err r = conf_program_path(conf, FETCH_WORKER, program,
	    sizeof(program), diag);

	if (r == ERR_OK)
		r = peer_start(peer, argv, extra_fd, diag);
	if (r != ERR_OK)
		return r;
	channel_set_timeout(&peer->ch, (int)((seconds + GRACE_S) * 1000));
	return ERR_OK;
}

enum err
fetch_peer_receive(struct peer *peer, struct channel_ahead *ahead,
    struct wire_msg *msg, struct diag *diag)
{
	struct diag why = DIAG_INIT;
	enum err r = channel_recv_ahead(&peer->ch, ahead, msg, &why);

	if (r == ERR_WIRE_CLOSED)
		return fail(diag, ERR_WORKER, FETCH_WORKER
		    " ended without an answer");
	if (r != ERR_OK)
		return fail(diag, r, FETCH_WORKER ": %s", why.text);
	return msg->type == WIRE_REFUSE ? claims_refusal(msg, diag) : ERR_OK;
}

enum err
fetch_peer_unexpected(const struct wire_msg *msg, struct diag *diag)
{
	return fail(diag, ERR_WIRE_UNEXPECTED, FETCH_WORKER ": %s out of turn",
	    wire_type_name(msg->type));
}

enum err
fetch_peer_check_ca(const char *path, struct diag *diag)
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
