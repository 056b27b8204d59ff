/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scope cleanup: declare with an AUTO_ attribute and an empty value, return
 * from anywhere, hand over with TAKE().
 *
 *	AUTO_FREE char *name = NULL;
 *	AUTO_CLOSE int fd = -1;
 *	...
 *	*ret_name = TAKE(name);
 *
 * A type of ours brings its own: `AUTO(buf) struct buf b = BUF_INIT(n);`
 * calls buf_auto(&b), which DEFINE_AUTO(buf, struct buf, buf_clear) makes.
 */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

#define AUTO(name) __attribute__((cleanup(name##_auto)))

#define DEFINE_AUTO(name, type, clear) \
	static inline void name##_auto(type *p) { clear(p); } \
	struct auto_needs_semicolon

#define TAKE(p) \
	(__extension__({ __typeof__(p) taken_ = (p); (p) = NULL; taken_; }))

#define TAKE_FD(fd) \
	(__extension__({ int taken_ = (fd); (fd) = -1; taken_; }))

static inline void
auto_free(void *p)
{
	free(*(void **)p);
}

static inline void
auto_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

#define AUTO_FREE __attribute__((cleanup(auto_free)))
#define AUTO_CLOSE __attribute__((cleanup(auto_close)))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
