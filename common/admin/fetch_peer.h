/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A running 8x8sso-fetch, as the command sees it: what fetch.c and
 * fetch_users.c share.
 */
#ifndef ADMIN_FETCH_PEER_H
#define ADMIN_FETCH_PEER_H

#include "admin/admin.h"
#include "wire/spawn.h"

#define FETCH_WORKER "8x8sso-fetch"

/* Ends the worker, whatever it is doing. */
static inline void
fetch_peer_end(struct peer *peer)
{
	(void)peer_end(peer);
}
DEFINE_AUTO(fetch_peer, struct peer, fetch_peer_end);

/* Starts the worker for a request that it may work on for so many seconds;
 * extra_fd becomes its descriptor 3, -1 for none.  The caller ends peer, also
 * after a failure.  What conf_program_path() and peer_start() return. */
enum err fetch_peer_start(const struct admin *admin, int extra_fd,
	int64_t seconds, struct peer *peer, struct diag *diag) MUST_USE;

/* Receives the next message; REFUSE becomes the worker's reason.  ahead may be
 * NULL.  ERR_WORKER (it ended), and channel_recv_ahead()'s. */
enum err fetch_peer_receive(struct peer *peer, struct channel_ahead *ahead,
	struct wire_msg *msg, struct diag *diag) MUST_USE;

/* ERR_WIRE_UNEXPECTED, always: this message is not one that may come now. */
enum err fetch_peer_unexpected(const struct wire_msg *msg, struct diag *diag)
	MUST_USE;

/* Whoever can write the list of authorities can be the server; and the worker
 * reads it as the service account, which says little if it cannot.  "" is no
 * file.  ERR_IO, and io_open_trusted()'s. */
enum err fetch_peer_check_ca(const char *path, struct diag *diag) MUST_USE;

#endif
