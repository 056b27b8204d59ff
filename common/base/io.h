/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files and descriptors: whole, bounded, and never half written.
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"

/* Appends everything from fd up to out's maximum.  ERR_TOO_LONG above it,
 * ERR_IO, ERR_NOMEM. */
enum err io_read_all(int fd, struct buf *out, struct diag *diag) MUST_USE;

/* The same from a pipe, socket or terminal whose writer may never come to an
 * end; deadline_ms is on clock_monotonic_ms().  ERR_TIMEOUT. */
enum err io_read_until(int fd, struct buf *out, int64_t deadline_ms,
	struct diag *diag) MUST_USE;

/* Writes everything, retrying short writes and EINTR.  ERR_IO. */
enum err io_write_all(int fd, const void *data, size_t len,
	struct diag *diag) MUST_USE;

/*
 * Opens a regular file that only root (or, for an unprivileged process, also
 * that process's user) can have written (catalogue I9): O_NOFOLLOW, owner
 * checked, no group or other write; with secret, no group or other access at
 * all.  Every directory of the absolute path must pass the same owner test
 * and not be writable by others (a sticky directory such as /tmp is).
 * ERR_NOT_FOUND, ERR_UNSAFE_FILE (detail says what to do), ERR_IO.
 */
enum err io_open_trusted(const char *path, bool secret, int *ret_fd,
	struct diag *diag) MUST_USE;

/* io_open_trusted() and io_read_all(). */
enum err io_read_trusted(const char *path, bool secret, struct buf *out,
	struct diag *diag) MUST_USE;

/*
 * Replaces a file as a whole: temporary file "PATH.new", written,
 * fchmod(mode), fsync, rename, fsync of the directory.  On failure the old
 * file is untouched and the temporary one removed.  One writer at a time, in a
 * directory that only it can write.  ERR_IO.
 */
enum err io_replace(const char *path, const void *data, size_t len,
	mode_t mode, struct diag *diag) MUST_USE;

/* fsync of the directory that the path is in, so that a name made or removed
 * there survives a power cut.  ERR_IO. */
enum err io_sync_directory_of(const char *path, struct diag *diag) MUST_USE;

#endif
