/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starts another program of ours with a stream socket as its descriptor 0.
 * Used by the PAM module (helper), the helper (SAML worker) and the command
 * (fetch worker); libc only, safe in a threaded host.
 */
#ifndef WIRE_SPAWN_H
#define WIRE_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "wire/channel.h"

struct peer {
	struct channel ch;
	pid_t pid;	/* 0: none */
};

#define PEER_INIT { CHANNEL_INIT, 0 }

/*
 * Runs argv[0] (an absolute path) with an empty environment, default signal
 * dispositions and mask, in "/", in a session of its own (so without a
 * controlling terminal), descriptor 0 = our socket, 1 and 2 = /dev/null, 3 =
 * extra_fd when that is not -1, every other descriptor closed.  No shell, no
 * PATH.  ERR_SPAWN when it cannot be started, ERR_IO.
 * The caller sets the channel's timeout and ends with peer_end().
 */
enum err peer_start(struct peer *peer, char *const argv[], int extra_fd,
	struct diag *diag) MUST_USE;

/* Closes the channel, gives the process a second to end, kills it and what it
 * has started if it does not, and reaps it; takes six seconds at most.
 * Returns its wait status, or -1 when the host's own SIGCHLD handling reaped
 * it first or not even SIGKILL ended it.  Does nothing on a peer that was not
 * started. */
int peer_end(struct peer *peer);

/* peer_end() for a program that has work to do and nothing to say: it has so
 * many milliseconds instead of the second. */
int peer_finish(struct peer *peer, int ms);

static inline void
peer_auto(struct peer *peer)
{
	(void)peer_end(peer);
}

#endif
