/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes a cache for tests: mkcache FILE < list.  Lines of the list are
 *
 *	user NAME ID GECOS HOME SHELL ACTIVE [GID,GID...]
 *	group NAME GID
 *	link NAME UID
 *	jit yes
 *
 * ACTIVE is yes or no.  Fields are separated by tabs, or, in a line without
 * one, by blanks.  Empty lines and lines that begin with '#' are skipped.
 */
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/parse.h"
#include "cache/writer.h"

#define FIELDS_MAX 8
#define GIDS_MAX 1024

/* Cuts the line into its fields; unused ones are "". */
static size_t
split(char *line, char *fields[static FIELDS_MAX])
{
	const char *separator = strchr(line, '\t') != NULL ? "\t" : " ";
	static char empty[] = "";
	size_t n = 0;

	while (line != NULL && n < FIELDS_MAX)
		fields[n++] = strsep(&line, separator);
	for (size_t i = n; i < FIELDS_MAX; i++)
		fields[i] = empty;
	return line == NULL ? n : FIELDS_MAX + 1;
}

static bool
read_id(const char *text, uint32_t *ret)
{
	uint64_t id;

	if (!parse_u64(text, strlen(text), UINT32_MAX, &id))
		return false;
	*ret = (uint32_t)id;
	return true;
}

static bool
read_gids(char *text, uint32_t gids[static GIDS_MAX], size_t *ret_count)
{
	size_t n = 0;
	char *next = *text == '\0' ? NULL : text;

	while (next != NULL && n < GIDS_MAX)
		if (!read_id(strsep(&next, ","), &gids[n++]))
			return false;
	*ret_count = n;
	return next == NULL;
}

static enum err
add_user(struct cache_writer *w, char **f, size_t n, struct diag *diag)
{
	static uint32_t gids[GIDS_MAX];
	size_t gid_count;
	uint32_t id;
	bool active;

	if (n < 7 || n > 8 || !read_id(f[2], &id) ||
	    !parse_bool(f[6], strlen(f[6]), &active) ||
	    !read_gids(f[7], gids, &gid_count))
		return fail(diag, ERR_SYNTAX,
		    "user NAME ID GECOS HOME SHELL yes|no [GID,GID...]");
	return cache_writer_add_user(w, f[1], id, f[3], f[4], f[5], active,
	    gids, gid_count, diag);
}

static enum err
add_line(struct cache_writer *w, char *line, struct diag *diag)
{
	char *f[FIELDS_MAX];
	size_t n = split(line, f);
	uint32_t id;

	if (strcmp(f[0], "user") == 0)
		return add_user(w, f, n, diag);
	if (strcmp(f[0], "jit") == 0) {
		cache_writer_allow_jit(w);
		return ERR_OK;
	}
	if (n != 3 || !read_id(f[2], &id))
		return fail(diag, ERR_SYNTAX, "group NAME GID, link NAME UID");
	if (strcmp(f[0], "link") == 0)
		return cache_writer_add_link(w, f[1], id, diag);
	if (strcmp(f[0], "group") == 0)
		return cache_writer_add_group(w, f[1], id, diag);
	return fail(diag, ERR_SYNTAX, "%s", f[0]);
}

static enum err
add_lines(struct cache_writer *w, FILE *list, struct diag *diag)
{
	AUTO_FREE char *line = NULL;
	size_t size = 0;
	unsigned int number = 0;
	struct diag why = DIAG_INIT;

	while (getline(&line, &size, list) > 0) {
		enum err r;

		number++;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '\0' || line[0] == '#')
			continue;
		r = add_line(w, line, &why);
		if (r != ERR_OK)
			return fail(diag, r, "line %u: %s", number, why.text);
	}
	return ERR_OK;
}

int
main(int argc, char *argv[])
{
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	AUTO(buf) struct buf file = BUF_INIT(CACHE_SIZE_MAX);
	struct diag diag = DIAG_INIT;
	enum err r;

	if (argc != 2 || w == NULL) {
		fprintf(stderr, "usage: mkcache FILE < list\n");
		return 2;
	}
	r = add_lines(w, stdin, &diag);
	if (r == ERR_OK)
		r = cache_writer_finish(w, &file, &diag);
	if (r == ERR_OK)
		r = io_replace(argv[1], file.data, file.len, 0644, &diag);
	if (r != ERR_OK)
		fprintf(stderr, "mkcache: %s: %s\n", err_text(r), diag.text);
	return r == ERR_OK ? 0 : 1;
}
