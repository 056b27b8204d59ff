/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program starts itself with a word that says what to do as the peer.
 */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire/spawn.h"

static char self[4096];

static enum err
start(struct peer *peer, const char *act, int extra)
{
	char word[32];
	char *argv[] = { self, word, NULL };
	enum err r;

	(void)snprintf(word, sizeof(word), "%s", act);
	r = peer_start(peer, argv, extra, NULL);
	channel_set_timeout(&peer->ch, 60000);
	return r;
}

/* What the peer says about itself, and its exit status. */
static int
run(const char *act, int extra, char *text, size_t size)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO(peer) struct peer peer = PEER_INIT;

	assert_err(start(&peer, act, extra), ERR_OK);
	assert_err(channel_expect(&peer.ch, WIRE_INFO, &msg, NULL), ERR_OK);
	(void)snprintf(text, size, "%s", wire_get_text(&msg, INFO_WORDS));
	return peer_end(&peer);
}

static void
the_peer_talks_through_descriptor_0(void **state)
{
	char text[64];

	(void)state;
	assert_int_equal(run("hello", -1, text, sizeof(text)), 0);
	assert_string_equal(text, "hello");
}

static void
the_environment_is_empty_and_the_folder_is_the_root(void **state)
{
	char text[64];

	(void)state;
	assert_int_equal(setenv("https_proxy", "http://192.0.2.1", 1), 0);
	(void)run("environment", -1, text, sizeof(text));
	assert_string_equal(text, "0 /");
}

static void
there_is_no_controlling_terminal_to_write_to(void **state)
{
	char text[64];

	(void)state;
	(void)run("session", -1, text, sizeof(text));
	assert_string_equal(text, "leader");
}

static void
every_other_descriptor_is_closed(void **state)
{
	AUTO_CLOSE int leak = open("/dev/null", O_RDONLY);
	char text[64];

	(void)state;
	assert_true(leak >= 0);
	(void)run("descriptors", -1, text, sizeof(text));
	assert_string_equal(text, "012");
	(void)run("descriptors", leak, text, sizeof(text));
	assert_string_equal(text, "0123");
}

static void
the_extra_descriptor_is_number_3(void **state)
{
	AUTO_CLOSE int fd = open(self, O_RDONLY);
	char text[64];

	(void)state;
	assert_true(fd >= 0);
	(void)run("read", fd, text, sizeof(text));
	assert_string_equal(text, "ELF");
}

static void
signals_are_as_if_nothing_had_been_set(void **state)
{
	sigset_t set;
	char text[64];

	(void)state;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)run("signals", -1, text, sizeof(text));
	(void)signal(SIGPIPE, SIG_DFL);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	assert_string_equal(text, "open default");
}

static void
a_host_without_descriptors_0_to_2_starts_a_peer(void **state)
{
	char text[64] = "";
	int saved[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
		(void)close(i);
	}
	(void)run("descriptors", -1, text, sizeof(text));
	for (int i = 0; i < 3; i++) {
		(void)dup2(saved[i], i);
		(void)close(saved[i]);
	}
	assert_string_equal(text, "012");
}

/* valgrind makes a fork of the vfork, so that nobody hears of the failure. */
static bool
is_emulated(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload != NULL && strstr(preload, "vgpreload") != NULL;
}

static void
a_program_that_is_not_there_is_an_error(void **state)
{
	AUTO(peer) struct peer peer = PEER_INIT;
	struct diag diag = DIAG_INIT;
	char path[] = "/nonexistent/program";
	char *argv[] = { path, NULL };

	(void)state;
	if (is_emulated())
		return;
	assert_err(peer_start(&peer, argv, -1, &diag), ERR_SPAWN);
	assert_string_equal(diag.text,
	    "/nonexistent/program: No such file or directory");
	assert_int_equal(peer.ch.fd, -1);
	assert_int_equal(peer_end(&peer), -1);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void
a_closed_extra_descriptor_is_an_error(void **state)
{
	AUTO(peer) struct peer peer = PEER_INIT;

	(void)state;
	assert_err(start(&peer, "hello", 9999), ERR_IO);
}

static void
the_end_gives_the_exit_status(void **state)
{
	AUTO(peer) struct peer peer = PEER_INIT;
	int status;

	(void)state;
	assert_err(start(&peer, "fail", -1), ERR_OK);
	status = peer_end(&peer);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_int_equal(peer_end(&peer), -1);
}

static void
a_peer_that_does_not_end_is_killed(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO(peer) struct peer peer = PEER_INIT;
	int status;

	(void)state;
	assert_err(start(&peer, "stay", -1), ERR_OK);
	assert_err(channel_expect(&peer.ch, WIRE_INFO, &msg, NULL), ERR_OK);
	status = peer_end(&peer);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* A script that waits for a command. */
static void
what_a_killed_peer_has_started_is_killed_too(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	AUTO(peer) struct peer peer = PEER_INIT;
	AUTO_CLOSE int end = -1;
	int pair[2];
	char byte;

	(void)state;
	assert_int_equal(pipe(pair), 0);
	end = pair[0];
	assert_err(start(&peer, "stay with a child", pair[1]), ERR_OK);
	assert_int_equal(close(pair[1]), 0);
	assert_err(channel_expect(&peer.ch, WIRE_INFO, &msg, NULL), ERR_OK);
	(void)peer_end(&peer);
	/* Both have its other end open. */
	(void)alarm(60);
	assert_int_equal(read(end, &byte, 1), 0);
	(void)alarm(0);
}

static void
a_peer_that_somebody_else_reaped_is_no_error(void **state)
{
	AUTO(peer) struct peer peer = PEER_INIT;

	(void)state;
	assert_err(start(&peer, "fail", -1), ERR_OK);
	assert_true(waitpid(peer.pid, NULL, 0) > 0);
	assert_int_equal(peer_end(&peer), -1);
}

/* -- the peer ------------------------------------------------------------- */

static void
list_descriptors(char *text, size_t size)
{
	size_t len = 0;

	for (int fd = 0; fd < 1000 && len + 1 < size; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			text[len++] = fd < 10 ? (char)('0' + fd) : '+';
	text[len] = '\0';
}

static void
describe(const char *act, char *text, size_t size)
{
	char cwd[32] = "?";
	struct sigaction pipe;
	sigset_t set;

	(void)snprintf(text, size, "%s", act);
	if (strcmp(act, "environment") == 0)
		(void)snprintf(text, size, "%d %s", environ != NULL &&
		    environ[0] != NULL, getcwd(cwd, sizeof(cwd)));
	if (strcmp(act, "session") == 0)
		(void)snprintf(text, size, "%s", getsid(0) == getpid() ?
		    "leader" : "member");
	if (strcmp(act, "descriptors") == 0)
		list_descriptors(text, size);
	if (strcmp(act, "read") == 0) {
		ssize_t n = read(3, text, 4);

		(void)snprintf(text, size, "%s", n == 4 &&
		    memcmp(text, "\177ELF", 4) == 0 ? "ELF" : "?");
	}
	if (strcmp(act, "signals") == 0) {
		(void)sigprocmask(SIG_BLOCK, NULL, &set);
		(void)sigaction(SIGPIPE, NULL, &pipe);
		(void)snprintf(text, size, "%s %s",
		    sigismember(&set, SIGTERM) ? "blocked" : "open",
		    pipe.sa_handler == SIG_DFL ? "default" : "ignored");
	}
}

static int
be_peer(const char *act)
{
	struct channel ch = { STDIN_FILENO, 0 };
	char text[64];

	if (strcmp(act, "fail") == 0)
		return 7;
	describe(act, text, sizeof(text));
	channel_set_timeout(&ch, 60000);
	if (CHANNEL_SEND(&ch, INFO, NULL, wire_u64(0), wire_text(text)) !=
	    ERR_OK)
		return 1;
	if (strcmp(act, "stay with a child") == 0 && fork() < 0)
		return 1;
	while (strncmp(act, "stay", 4) == 0)
		(void)pause();
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_peer_talks_through_descriptor_0),
		cmocka_unit_test(
		    the_environment_is_empty_and_the_folder_is_the_root),
		cmocka_unit_test(there_is_no_controlling_terminal_to_write_to),
		cmocka_unit_test(every_other_descriptor_is_closed),
		cmocka_unit_test(the_extra_descriptor_is_number_3),
		cmocka_unit_test(signals_are_as_if_nothing_had_been_set),
		cmocka_unit_test(
		    a_host_without_descriptors_0_to_2_starts_a_peer),
		cmocka_unit_test(a_program_that_is_not_there_is_an_error),
		cmocka_unit_test(a_closed_extra_descriptor_is_an_error),
		cmocka_unit_test(the_end_gives_the_exit_status),
		cmocka_unit_test(a_peer_that_does_not_end_is_killed),
		cmocka_unit_test(what_a_killed_peer_has_started_is_killed_too),
		cmocka_unit_test(a_peer_that_somebody_else_reaped_is_no_error),
	};

	if (argc == 2)
		return be_peer(argv[1]);
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
