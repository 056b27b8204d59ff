/* SPDX-License-Identifier: BSD-2-Clause */
#include "terminal.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <security/pam_modules.h>

/* A screen locker or an sshd in the foreground has the terminal on which
 * somebody started it, and shows its texts elsewhere. */
static bool
is_named(int fd, const char *tty)
{
	char path[PATH_MAX];
	struct stat named;
	struct stat ours;
	int len;

	if (tty[0] == '\0')
		return true;
	len = snprintf(path, sizeof(path), "%s%s", tty[0] == '/' ? "" :
	    "/dev/", tty);
	if (len < 0 || (size_t)len >= sizeof(path))
		return false;
	/* What is no device has the number 0. */
	return stat(path, &named) == 0 && fstat(fd, &ours) == 0 &&
	    named.st_rdev == ours.st_rdev;
}

/*
 * IUTF8 and not the locale: that is a matter of the environment, which is the
 * caller's and not believed, and of setlocale(3), which is the application's
 * (login and sshd run in "C").  The flag is kept in the terminal itself, by
 * whoever knows: the kernel for its consoles, agetty, the terminal emulator,
 * sshd on behalf of the client, tmux.
 */
static struct terminal
measure(int fd, const struct termios *settings)
{
	static const struct terminal unknown = { 0, 0 };
	struct winsize size;

	if ((settings->c_iflag & IUTF8) == 0 ||
	    ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 ||
	    size.ws_row == 0)
		return unknown;
	return (struct terminal){ size.ws_col, size.ws_row };
}

struct terminal
terminal_find(int flags, const char *tty)
{
	struct terminal terminal = { 0, 0 };
	struct termios settings;
	int saved = errno;

	if ((flags & (int)PAM_SILENT) != 0)
		return terminal;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (tcgetattr(fd, &settings) != 0)
			continue;
		if (is_named(fd, tty))
			terminal = measure(fd, &settings);
		break;
	}
	errno = saved;
	return terminal;
}
