/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define END_GRACE_MS 1000
#define KILL_GRACE_MS 5000	/* a loaded machine, a slow disk */
#define END_POLL_MIN_NS 50000
#define END_POLL_MAX_NS 2000000

/* A host may run with descriptors 0-2 closed; ours must not land there,
 * where the dup2 calls of the child would step on them. */
static int
above_standard(int fd)
{
	int high;

	if (fd < 0 || fd > 3)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, 4);
	(void)close(fd);
	return high;
}

static int
plan_descriptors(posix_spawn_file_actions_t *actions, int socket, int extra)
{
	int r = posix_spawn_file_actions_addchdir_np(actions, "/");

	if (r == 0)
		r = posix_spawn_file_actions_adddup2(actions, socket, 0);
	if (r == 0)
		r = posix_spawn_file_actions_addopen(actions, 1, "/dev/null",
		    O_RDWR, 0);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(actions, 1, 2);
	if (r == 0 && extra >= 0)
		r = posix_spawn_file_actions_adddup2(actions, extra, 3);
	if (r == 0)
		r = posix_spawn_file_actions_addclosefrom_np(actions,
		    extra >= 0 ? 4 : 3);
	return r;
}

static int
plan_attributes(posix_spawnattr_t *attr)
{
	sigset_t all;
	sigset_t none;
	int r;

	(void)sigfillset(&all);
	(void)sigemptyset(&none);
	r = posix_spawnattr_setsigdefault(attr, &all);
	if (r == 0)
		r = posix_spawnattr_setsigmask(attr, &none);
	if (r == 0)
		r = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGDEF |
		    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
	return r;
}

static int
run(pid_t *ret_pid, char *const argv[], int socket, int extra)
{
	static char *const empty[] = { NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int r = posix_spawn_file_actions_init(&actions);

	if (r != 0)
		return r;
	r = posix_spawnattr_init(&attr);
	if (r == 0) {
		r = plan_descriptors(&actions, socket, extra);
		if (r == 0)
			r = plan_attributes(&attr);
		if (r == 0)
			r = posix_spawn(ret_pid, argv[0], &actions, &attr,
			    argv, empty);
		(void)posix_spawnattr_destroy(&attr);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return r;
}

enum err
peer_start(struct peer *peer, char *const argv[], int extra_fd,
    struct diag *diag)
{
	AUTO_CLOSE int ours = -1;
	AUTO_CLOSE int theirs = -1;
	AUTO_CLOSE int extra = -1;
	int pair[2];
	int r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return fail_errno(diag, ERR_IO, "socketpair");
	ours = above_standard(pair[0]);
	theirs = above_standard(pair[1]);
	if (extra_fd >= 0)
		extra = fcntl(extra_fd, F_DUPFD_CLOEXEC, 4);
	if (ours < 0 || theirs < 0 || (extra_fd >= 0 && extra < 0))
		return fail_errno(diag, ERR_IO, "fcntl");
	r = run(&peer->pid, argv, theirs, extra);
	if (r != 0) {
		peer->pid = 0;
		errno = r;
		return fail_errno(diag, ERR_SPAWN, "%s", argv[0]);
	}
	peer->ch.fd = TAKE_FD(ours);
	return ERR_OK;
}

/* True when the process is gone; *status as waitpid() gives it. */
static bool
is_gone(pid_t pid, int *status)
{
	pid_t got;

	do
		got = waitpid(pid, status, WNOHANG);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		*status = -1;
	return got != 0;
}

/* Polls, because a signal or a thread of our own would be the host's
 * business; often at first, because most are about to end. */
static bool
ends_in_time(pid_t pid, int grace_ms, int *status)
{
	int64_t deadline = clock_monotonic_ms() + grace_ms;
	struct timespec pause = { 0, END_POLL_MIN_NS };

	while (!is_gone(pid, status)) {
		if (clock_left_ms(deadline) == 0)
			return false;
		(void)ppoll(NULL, 0, &pause, NULL);
		if (pause.tv_nsec < END_POLL_MAX_NS)
			pause.tv_nsec *= 2;
	}
	return true;
}

int
peer_finish(struct peer *peer, int ms)
{
	int status = -1;

	channel_close(&peer->ch);
	if (peer->pid <= 0)
		return -1;
	/* One that even SIGKILL does not end (a dead disk) is left behind. */
	if (!ends_in_time(peer->pid, ms, &status)) {
		/* With all that it has started; it leads a group of its own. */
		(void)kill(-peer->pid, SIGKILL);
		(void)kill(peer->pid, SIGKILL);
		if (!ends_in_time(peer->pid, KILL_GRACE_MS, &status))
			status = -1;
	}
	peer->pid = 0;
	return status;
}

int
peer_end(struct peer *peer)
{
	return peer_finish(peer, END_GRACE_MS);
}
