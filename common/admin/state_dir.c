/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/state_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"

/* The uid that the directory shall have: the service account's, or ours. */
static enum err
owner_of_state(const char *user, uid_t *ret, struct diag *diag)
{
	const struct passwd *pw;

	*ret = geteuid();
	if (geteuid() != 0 || user[0] == '\0')
		return ERR_OK;
	pw = getpwnam(user);
	if (pw == NULL)
		return fail(diag, ERR_SERVICE_USER, "no account %s "
		    "(systemd-sysusers makes it)", user);
	*ret = pw->pw_uid;
	return ERR_OK;
}

/* Makes the directory, or checks that the one that is there is as private. */
static enum err
make_directory(const char *path, mode_t mode, uid_t owner, struct diag *diag)
{
	AUTO_CLOSE int fd = -1;
	bool made = mkdir(path, mode) == 0;
	struct stat st;

	if (!made && errno != EEXIST)
		return fail_errno(diag, ERR_IO, "%s", path);
	fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(diag, ERR_IO, "%s", path);
	if (fstat(fd, &st) != 0)
		return fail_errno(diag, ERR_IO, "%s", path);
	/* Also when an earlier run was stopped right here. */
	if (st.st_uid == geteuid() && owner != geteuid() &&
	    fchownat(fd, "", owner, (gid_t)-1, AT_EMPTY_PATH) != 0)
		return fail_errno(diag, ERR_IO, "%s", path);
	if (fstat(fd, &st) != 0)
		return fail_errno(diag, ERR_IO, "%s", path);
	if (st.st_uid != owner)
		return fail(diag, ERR_UNSAFE_FILE, "%s: belongs to uid %u, "
		    "not %u (chown it)", path, (unsigned int)st.st_uid,
		    (unsigned int)owner);
	if ((st.st_mode & 07777 & ~mode) != 0)
		return fail(diag, ERR_UNSAFE_FILE, "%s: mode %04o is too open "
		    "(chmod %04o)", path, (unsigned int)st.st_mode & 07777,
		    (unsigned int)mode);
	return ERR_OK;
}

enum err
state_dir_make(const struct conf *conf, struct diag *diag)
{
	char path[PATH_MAX];
	uid_t owner = 0;
	int len = snprintf(path, sizeof(path), "%s/state",
	    conf->host_state_dir);
	enum err r = owner_of_state(conf->host_user, &owner, diag);

	if (r != ERR_OK)
		return r;
	if (len < 0 || (size_t)len >= sizeof(path))
		return fail(diag, ERR_CONF_VALUE,
		    "[host] state_dir is too long");
	r = make_directory(conf->host_state_dir, 0755, geteuid(), diag);
	if (r != ERR_OK)
		return r;
	return make_directory(path, 0700, owner, diag);
}

static enum err
open_lock(const struct conf *conf, const char *name, char path[PATH_MAX],
    int *ret_fd, struct diag *diag)
{
	int len = snprintf(path, PATH_MAX, "%s/%s", conf->host_state_dir,
	    name);

	if (len < 0 || len >= PATH_MAX)
		return fail(diag, ERR_CONF_VALUE,
		    "[host] state_dir is too long");
	*ret_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*ret_fd < 0)
		return fail_errno(diag, ERR_IO, "%s", path);
	return ERR_OK;
}

/* False, with errno, when somebody else has it; EWOULDBLOCK. */
static bool
try_lock(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == 0;
}

enum err
state_dir_lock(const struct conf *conf, int *ret_fd, struct diag *diag)
{
	AUTO_CLOSE int fd = -1;
	char path[PATH_MAX];
	enum err r = open_lock(conf, "sync.lock", path, &fd, diag);

	if (r != ERR_OK)
		return r;
	if (try_lock(fd)) {
		*ret_fd = TAKE_FD(fd);
		return ERR_OK;
	}
	if (errno == EWOULDBLOCK)
		return fail(diag, ERR_SYNC_RUNNING,
		    "another sync is running; wait for it to end");
	return fail_errno(diag, ERR_IO, "%s", path);
}

/* flock(2) itself would wait for ever for one that was stopped. */
enum err
state_dir_lock_publish(const struct conf *conf, int *ret_fd,
    struct diag *diag)
{
	static const struct timespec pause = { 0, 10000000 };
	AUTO_CLOSE int fd = -1;
	int64_t deadline = clock_monotonic_ms() + PUBLISH_LOCK_MS;
	char path[PATH_MAX];
	enum err r = open_lock(conf, "publish.lock", path, &fd, diag);

	if (r != ERR_OK)
		return r;
	while (!try_lock(fd)) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail_errno(diag, ERR_IO, "%s", path);
		if (clock_left_ms(deadline) == 0)
			return fail(diag, ERR_TIMEOUT, "%s: another process "
			    "has been publishing for %d s", path,
			    PUBLISH_LOCK_MS / 1000);
		(void)nanosleep(&pause, NULL);
	}
	*ret_fd = TAKE_FD(fd);
	return ERR_OK;
}
