/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/home.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/limits.h"

enum err
home_path(const char *template, const char *name, struct buf *out,
    struct diag *diag)
{
	const char *rest = template;
	enum err r = ERR_OK;

	while (*rest != '\0' && r == ERR_OK) {
		size_t len = strcspn(rest, "%");

		r = buf_put(out, rest, len);
		rest += len;
		if (r != ERR_OK || *rest == '\0')
			continue;
		if (rest[1] == 'u') {
			r = buf_puts(out, name);
			rest += 2;
			continue;
		}
		r = buf_putc(out, *rest++);
	}
	if (r != ERR_OK)
		return fail(diag, r, "home directory of %s", name);
	return ERR_OK;
}

enum err
home_exists(const char *template, const char *name, bool *ret,
    struct diag *diag)
{
	AUTO(buf) struct buf path = BUF_INIT(HOME_MAX_LEN);
	struct stat st;
	enum err r = home_path(template, name, &path, NULL);

	if (r == ERR_TOO_LONG) {
		*ret = true;
		return ERR_OK;
	}
	if (r != ERR_OK)
		return fail(diag, r, "home directory of %s", name);
	/* "/home/ann/" would be what a link leads to. */
	while (path.len > 1 && path.data[path.len - 1] == '/')
		path.data[--path.len] = '\0';
	*ret = lstat(buf_str(&path), &st) == 0 ||
	    (errno != ENOENT && errno != ENOTDIR);
	return ERR_OK;
}
