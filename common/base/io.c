/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

#define CHUNK 65536u

static enum err
wait_readable(int fd, int64_t deadline_ms, struct diag *diag)
{
	for (;;) {
		struct pollfd p = { fd, POLLIN, 0 };
		int n = poll(&p, 1, clock_left_ms(deadline_ms));

		if (n > 0)
			return ERR_OK;
		if (n == 0)
			return fail(diag, ERR_TIMEOUT, "reading");
		if (errno != EINTR)
			return fail_errno(diag, ERR_IO, "poll");
	}
}

/* deadline_ms NULL: none */
static enum err
read_all(int fd, struct buf *out, const int64_t *deadline_ms,
    struct diag *diag)
{
	for (;;) {
		size_t room = out->max - out->len;
		enum err r;
		ssize_t n;
		char extra;

		if (room > CHUNK)
			room = CHUNK;
		r = buf_reserve(out, room);
		if (r != ERR_OK)
			return fail(diag, r, "reading");
		if (deadline_ms != NULL)
			r = wait_readable(fd, *deadline_ms, diag);
		if (r != ERR_OK)
			return r;
		/* A full buffer: is there one more byte? */
		n = room > 0 ? read(fd, out->data + out->len, room) :
		    read(fd, &extra, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno(diag, ERR_IO, "reading");
		if (n > 0 && room == 0)
			return fail(diag, ERR_TOO_LONG, "longer than %zu bytes",
			    out->max);
		out->len += (size_t)n;
		out->data[out->len] = '\0';
		if (n == 0)
			return ERR_OK;
	}
}

enum err
io_read_all(int fd, struct buf *out, struct diag *diag)
{
	return read_all(fd, out, NULL, diag);
}

enum err
io_read_until(int fd, struct buf *out, int64_t deadline_ms,
    struct diag *diag)
{
	return read_all(fd, out, &deadline_ms, diag);
}

enum err
io_write_all(int fd, const void *data, size_t len, struct diag *diag)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno(diag, ERR_IO, "writing");
		p += n;
		len -= (size_t)n;
	}
	return ERR_OK;
}

static bool
owner_is_trusted(const struct stat *st)
{
	return st->st_uid == 0 || st->st_uid == geteuid();
}

/* Checks one component of the path. */
static enum err
check_directory(const char *path, struct diag *diag)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return fail_errno(diag,
		    errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s", path);
	if (!owner_is_trusted(&st))
		return fail(diag, ERR_UNSAFE_FILE,
		    "%s: belongs to uid %u (chown root)", path,
		    (unsigned int)st.st_uid);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 &&
	    (st.st_mode & S_ISVTX) == 0)
		return fail(diag, ERR_UNSAFE_FILE,
		    "%s: writable by others (chmod go-w)", path);
	return ERR_OK;
}

static enum err
check_directories(const char *path, struct diag *diag)
{
	char dir[PATH_MAX];
	size_t len = strlen(path);
	enum err r;

	if (path[0] != '/' || len >= sizeof(dir))
		return fail(diag, ERR_UNSAFE_FILE, "%s: not an absolute path",
		    path);
	r = check_directory("/", diag);
	for (size_t i = 1; i < len && r == ERR_OK; i++) {
		if (path[i] != '/')
			continue;
		memcpy(dir, path, i);
		dir[i] = '\0';
		r = check_directory(dir, diag);
	}
	return r;
}

static enum err
check_file(int fd, const char *path, bool secret, struct diag *diag)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fail_errno(diag, ERR_IO, "%s", path);
	if (!S_ISREG(st.st_mode))
		return fail(diag, ERR_UNSAFE_FILE, "%s: not a regular file",
		    path);
	if (!owner_is_trusted(&st))
		return fail(diag, ERR_UNSAFE_FILE,
		    "%s: belongs to uid %u (chown root)", path,
		    (unsigned int)st.st_uid);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return fail(diag, ERR_UNSAFE_FILE,
		    "%s: writable by others (chmod go-w)", path);
	if (secret && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return fail(diag, ERR_UNSAFE_FILE,
		    "%s: a secret that others can read (chmod 0600)", path);
	return ERR_OK;
}

enum err
io_open_trusted(const char *path, bool secret, int *ret_fd, struct diag *diag)
{
	AUTO_CLOSE int fd = -1;
	enum err r = check_directories(path, diag);

	if (r != ERR_OK)
		return r;
	/* O_NONBLOCK: a FIFO in its place must not hang us. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno == ELOOP)
		return fail(diag, ERR_UNSAFE_FILE, "%s: is a symbolic link",
		    path);
	if (fd < 0)
		return fail_errno(diag,
		    errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s", path);
	r = check_file(fd, path, secret, diag);
	if (r != ERR_OK)
		return r;
	*ret_fd = TAKE_FD(fd);
	return ERR_OK;
}

enum err
io_read_trusted(const char *path, bool secret, struct buf *out,
    struct diag *diag)
{
	AUTO_CLOSE int fd = -1;
	struct diag why = DIAG_INIT;
	enum err r = io_open_trusted(path, secret, &fd, diag);

	if (r != ERR_OK)
		return r;
	r = io_read_all(fd, out, &why);
	if (r != ERR_OK)
		return fail(diag, r, "%s: %s", path, why.text);
	return ERR_OK;
}

enum err
io_sync_directory_of(const char *path, struct diag *diag)
{
	AUTO_CLOSE int fd = -1;
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path);

	if (len >= sizeof(dir))
		return fail(diag, ERR_IO, "%s: path is too long", path);
	if (slash == NULL)
		(void)snprintf(dir, sizeof(dir), ".");
	else
		(void)snprintf(dir, sizeof(dir), "%.*s/", (int)len, path);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		return fail_errno(diag, ERR_IO, "%s", dir);
	return ERR_OK;
}

static enum err
fill_temporary(int fd, const void *data, size_t len, mode_t mode,
    struct diag *diag)
{
	enum err r = io_write_all(fd, data, len, diag);

	if (r != ERR_OK)
		return r;
	if (fchmod(fd, mode) != 0 || fsync(fd) != 0)
		return fail_errno(diag, ERR_IO, "writing");
	return ERR_OK;
}

enum err
io_replace(const char *path, const void *data, size_t len, mode_t mode,
    struct diag *diag)
{
	AUTO_CLOSE int fd = -1;
	struct diag why = DIAG_INIT;
	char temp[PATH_MAX];
	int n = snprintf(temp, sizeof(temp), "%s.new", path);
	enum err r;

	if (n < 0 || (size_t)n >= sizeof(temp))
		return fail(diag, ERR_IO, "%s: path is too long", path);
	/* A writer that was killed left its own; a fixed name, so that there
	 * is never more than one. */
	(void)unlink(temp);
	fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail_errno(diag, ERR_IO, "%s", temp);
	r = fill_temporary(fd, data, len, mode, &why);
	if (r == ERR_OK && rename(temp, path) != 0)
		r = fail_errno(&why, ERR_IO, "rename");
	if (r != ERR_OK) {
		(void)unlink(temp);
		return fail(diag, r, "%s: %s", path, why.text);
	}
	return io_sync_directory_of(path, diag);
}
