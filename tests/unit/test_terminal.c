/* SPDX-License-Identifier: BSD-2-Clause */
/* Which terminal counts, with pseudo-terminals on descriptors 0, 1 and 2. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <security/pam_modules.h>

#include "base/cleanup.h"
#include "pam_8x8sso/terminal.h"

#define COLUMNS 211
#define ROWS 67

struct screen {
	int master;
	int fd;
	char path[64];
};

static struct screen screen;		/* COLUMNS x ROWS, UTF-8 */
static struct screen other;		/* the same, and another one */
static int nothing;			/* /dev/null */

static void
set(const struct screen *s, bool utf8, unsigned short columns,
    unsigned short rows)
{
	const struct winsize size = { .ws_col = columns, .ws_row = rows };
	struct termios settings;

	assert_int_equal(tcgetattr(s->fd, &settings), 0);
	settings.c_iflag &= ~(tcflag_t)IUTF8;
	if (utf8)
		settings.c_iflag |= IUTF8;
	assert_int_equal(tcsetattr(s->fd, TCSANOW, &settings), 0);
	assert_int_equal(ioctl(s->fd, TIOCSWINSZ, &size), 0);
}

static void
open_screen(struct screen *s)
{
	s->master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(s->master >= 0);
	assert_int_equal(grantpt(s->master), 0);
	assert_int_equal(unlockpt(s->master), 0);
	assert_int_equal(ptsname_r(s->master, s->path, sizeof(s->path)), 0);
	s->fd = open(s->path, O_RDWR | O_NOCTTY);
	assert_true(s->fd >= 0);
	set(s, true, COLUMNS, ROWS);
}

static int
set_up(void **state)
{
	(void)state;
	nothing = open("/dev/null", O_RDWR);
	assert_true(nothing >= 0);
	open_screen(&screen);
	open_screen(&other);
	return 0;
}

/* With these three as descriptors 0, 1 and 2; -1 is a closed one. */
static struct terminal
find_on(const int fd[3], int flags, const char *tty)
{
	struct terminal found;
	int saved[3];

	for (int i = 0; i < 3; i++) {
		saved[i] = fcntl(i, F_DUPFD, 10);
		if (fd[i] < 0)
			(void)close(i);
		else
			(void)dup2(fd[i], i);
	}
	errno = 4711;
	found = terminal_find(flags, tty);
	for (int i = 0; i < 3; i++) {
		(void)dup2(saved[i], i);
		(void)close(saved[i]);
	}
	assert_int_equal(errno, 4711);
	return found;
}

static struct terminal
find(int flags, const char *tty)
{
	return find_on((int[]){ screen.fd, screen.fd, screen.fd }, flags,
	    tty);
}

static void
assert_known(struct terminal found)
{
	assert_int_equal(found.columns, COLUMNS);
	assert_int_equal(found.rows, ROWS);
}

static void
assert_unknown(struct terminal found)
{
	assert_int_equal(found.columns, 0);
	assert_int_equal(found.rows, 0);
}

static void
the_terminal_that_pam_tty_names_is_measured(void **state)
{
	(void)state;
	assert_known(find(0, screen.path));
	assert_known(find(0, screen.path + strlen("/dev/")));
}

static void
without_pam_tty_the_descriptor_counts(void **state)
{
	(void)state;
	assert_known(find(0, ""));
}

static void
one_of_the_first_three_descriptors_is_enough(void **state)
{
	(void)state;
	assert_known(find_on((int[]){ screen.fd, nothing, -1 }, 0, ""));
	assert_known(find_on((int[]){ nothing, screen.fd, nothing }, 0, ""));
	assert_known(find_on((int[]){ -1, nothing, screen.fd }, 0, ""));
}

static void
without_a_terminal_nothing_is_known(void **state)
{
	(void)state;
	assert_unknown(find_on((int[]){ nothing, nothing, nothing }, 0, ""));
	assert_unknown(find_on((int[]){ -1, -1, -1 }, 0, ""));
	assert_unknown(find_on((int[]){ -1, -1, -1 }, 0, screen.path));
}

static void
a_terminal_that_pam_tty_does_not_name_is_not_believed(void **state)
{
	static char deep[5000];
	const char *const names[] = {
		"ssh", ":0", "?", "/", "/dev/null", "null", "/dev", "tty",
		"pts/", "/dev/pts/4294967295", other.path, deep,
	};

	(void)state;
	memset(deep, '/', sizeof(deep) - 1);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_unknown(find(0, names[i]));
}

static void
who_shows_no_texts_has_no_terminal(void **state)
{
	(void)state;
	assert_unknown(find((int)PAM_SILENT, screen.path));
	assert_unknown(find((int)PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK, ""));
	assert_known(find(PAM_DISALLOW_NULL_AUTHTOK, ""));
}

static void
a_terminal_without_utf_8_is_not_known(void **state)
{
	(void)state;
	set(&screen, false, COLUMNS, ROWS);
	assert_unknown(find(0, screen.path));
	set(&screen, true, COLUMNS, ROWS);
	assert_known(find(0, screen.path));
}

/* A serial line has none. */
static void
a_terminal_without_a_size_is_not_known(void **state)
{
	(void)state;
	set(&screen, true, 0, 0);
	assert_unknown(find(0, screen.path));
	set(&screen, true, COLUMNS, 0);
	assert_unknown(find(0, screen.path));
	set(&screen, true, 0, ROWS);
	assert_unknown(find(0, screen.path));
	set(&screen, true, COLUMNS, ROWS);
}

static void
the_terminal_stays_as_it_was(void **state)
{
	struct termios before = { 0 };
	struct termios after = { 0 };
	struct winsize size;

	(void)state;
	assert_int_equal(tcgetattr(screen.fd, &before), 0);
	assert_known(find(0, screen.path));
	assert_int_equal(tcgetattr(screen.fd, &after), 0);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(ioctl(screen.fd, TIOCGWINSZ, &size), 0);
	assert_int_equal(size.ws_col, COLUMNS);
	assert_int_equal(size.ws_row, ROWS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_terminal_that_pam_tty_names_is_measured),
		cmocka_unit_test(without_pam_tty_the_descriptor_counts),
		cmocka_unit_test(one_of_the_first_three_descriptors_is_enough),
		cmocka_unit_test(without_a_terminal_nothing_is_known),
		cmocka_unit_test(
		    a_terminal_that_pam_tty_does_not_name_is_not_believed),
		cmocka_unit_test(who_shows_no_texts_has_no_terminal),
		cmocka_unit_test(a_terminal_without_utf_8_is_not_known),
		cmocka_unit_test(a_terminal_without_a_size_is_not_known),
		cmocka_unit_test(the_terminal_stays_as_it_was),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
