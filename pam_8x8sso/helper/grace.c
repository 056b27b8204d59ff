/* SPDX-License-Identifier: BSD-2-Clause */
#include "grace.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/parse.h"

#define STAT_MAX 4096
#define STAT_PARENT 4		/* fields as proc(5) counts them */
#define STAT_START 22
#define MARGIN 5		/* seconds, to say that the time is over */
#define AGE_ASSUMED 10		/* where /proc is closed to us */

struct process {
	pid_t parent;
	double start;		/* seconds after the boot */
};

/* Field 2 is a name in parentheses, which may have blanks and parentheses. */
static const char *
field_of(const char *stat, int number)
{
	const char *p = strrchr(stat, ')');

	for (int i = 2; p != NULL && i < number; i++) {
		p = strchr(p, ' ');
		p = p == NULL ? NULL : p + 1;
	}
	return p;
}

static bool
number_of(const char *stat, int number, uint64_t *ret)
{
	const char *p = field_of(stat, number);

	return p != NULL && parse_u64(p, strcspn(p, " \n"), INT64_MAX, ret);
}

static bool
read_process(const struct grace_view *view, pid_t pid, struct process *ret)
{
	AUTO(buf) struct buf stat = BUF_INIT(STAT_MAX);
	AUTO_CLOSE int fd = -1;
	char path[PATH_MAX];
	uint64_t parent;
	uint64_t start;
	int len = snprintf(path, sizeof(path), "%s/%ld/stat", view->proc,
	    (long)pid);

	if (len < 0 || (size_t)len >= sizeof(path))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || io_read_all(fd, &stat, NULL) != ERR_OK)
		return false;
	if (!number_of(buf_str(&stat), STAT_PARENT, &parent) ||
	    !number_of(buf_str(&stat), STAT_START, &start) ||
	    parent > INT32_MAX)
		return false;
	ret->parent = (pid_t)parent;
	ret->start = (double)start / (double)sysconf(_SC_CLK_TCK);
	return true;
}

static int64_t
age_of(const struct grace_view *view, bool of_parent)
{
	struct process process;
	double age;

	if (!read_process(view, view->application, &process) ||
	    (of_parent && !read_process(view, process.parent, &process)))
		return AGE_ASSUMED;
	age = view->uptime - process.start;
	return age < 0 || age > INT32_MAX ? AGE_ASSUMED : (int64_t)age + 1;
}

/* agetty waits for a name, and then becomes login, as the same process: its age
 * may be hours.  login's alarm is the limit itself.  sshd has one only where it
 * asks for a password, shows no text, and a flow is better not begun: there the
 * parent is the server, and too old. */
static int64_t
left(const struct login *login, const struct grace_view *view, int64_t limit,
    bool of_parent)
{
	uint64_t until_alarm = wire_get_u64(login->begin, BEGIN_ALARM);
	int64_t age;

	if (of_parent)
		return limit - age_of(view, true);
	if (until_alarm != 0)
		return until_alarm < (uint64_t)limit ? (int64_t)until_alarm :
		    limit;
	age = age_of(view, false);
	return limit - (age < limit ? age : AGE_ASSUMED);
}

struct grace
grace_look(const struct login *login, const struct grace_view *view)
{
	const struct {
		const char *service;
		int64_t limit;
		const char *name;
		/* sshd asks PAM in a child of the connection's process. */
		bool of_parent;
	} rows[] = {
		{ "sshd", login->conf->prompt_ssh_grace, "LoginGraceTime",
		    true },
		{ "login", login->conf->prompt_login_grace, "LOGIN_TIMEOUT",
		    false },
		{ "remote", login->conf->prompt_login_grace, "LOGIN_TIMEOUT",
		    false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].service, login->who.service) == 0 &&
		    rows[i].limit != 0)
			return (struct grace){ rows[i].limit, rows[i].name,
			    left(login, view, rows[i].limit,
			    rows[i].of_parent) - MARGIN };
	return (struct grace){ 0, "", INT64_MAX };
}

struct grace
grace_find(const struct login *login)
{
	struct timespec now = { 0, 0 };
	struct grace_view view = { "/proc", getppid(), -1 };

	if (clock_gettime(CLOCK_BOOTTIME, &now) == 0)
		view.uptime = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
	return grace_look(login, &view);
}
