/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/local.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/parse.h"

/* Both tables are sorted; the names are inside text. */
struct local {
	struct buf text;
	const char **names;
	size_t name_count;
	uint32_t *ids;
	size_t id_count;
};

/*
 * Names that get power from what others install, whether or not this host has
 * them yet: sudoers of Ubuntu admits %admin, polkit's rules wheel, Docker's
 * socket is docker's; and a package takes an account of the name that it wants
 * for its own.  Nobody becomes one of these by the name somebody gave a user
 * or a department.
 */
static const char *const reserved[] = {
	"root", "adm", "admin", "disk", "docker", "incus", "incus-admin",
	"kmem", "kvm", "libvirt", "lxd", "mysql", "nobody", "nogroup",
	"postgres", "shadow", "sshd", "sudo", "systemd-journal", "wheel",
	"www-data",
};

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
local_compare_ids(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Appends a file, and a newline that its last line may lack. */
static enum err
read_file(const char *path, struct buf *text, struct diag *diag)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct diag why = DIAG_INIT;
	enum err r;

	if (fd < 0)
		return fail_errno(diag, ERR_IO, "%s", path);
	r = io_read_all(fd, text, &why);
	if (r != ERR_OK)
		return fail(diag, r, "%s: %s", path, why.text);
	if (buf_putc(text, '\n') != ERR_OK)
		return fail(diag, ERR_TOO_LONG, "%s", path);
	/* After a crash a file may have some; they must not hide the lines
	 * behind them. */
	for (size_t i = 0; i < text->len; i++)
		if (text->data[i] == '\0')
			text->data[i] = '\n';
	return ERR_OK;
}

/* Takes one line, name:password:id:..., apart. */
static void
add_line(struct local *local, char *line)
{
	char *name = line;
	char *password;
	char *number;
	uint64_t id;

	if (*name == '+' || *name == '-')
		name++;
	password = strchr(name, ':');
	if (password != NULL)
		*password++ = '\0';
	if (*name != '\0')
		local->names[local->name_count++] = name;
	number = password == NULL ? NULL : strchr(password, ':');
	if (number == NULL)
		return;
	number++;
	if (parse_u64(number, strcspn(number, ":"), UINT32_MAX, &id))
		local->ids[local->id_count++] = (uint32_t)id;
}

static size_t
count_lines(const struct buf *text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text->len; i++)
		lines += text->data[i] == '\n';
	return lines;
}

static enum err
index_lines(struct local *local, struct diag *diag)
{
	size_t lines = count_lines(&local->text);
	char *rest = (char *)local->text.data;
	char *line;

	local->names = calloc(lines, sizeof(*local->names));
	local->ids = calloc(lines, sizeof(*local->ids));
	if (local->names == NULL || local->ids == NULL)
		return fail(diag, ERR_NOMEM, "local accounts");
	for (line = strsep(&rest, "\n"); rest != NULL;
	    line = strsep(&rest, "\n"))
		add_line(local, line);
	qsort(local->names, local->name_count, sizeof(*local->names),
	    compare_names);
	qsort(local->ids, local->id_count, sizeof(*local->ids),
	    local_compare_ids);
	return ERR_OK;
}

enum err
local_load(const char *passwd, const char *group, struct local **ret,
    struct diag *diag)
{
	AUTO(local) struct local *local = calloc(1, sizeof(*local));
	enum err r;

	if (local == NULL)
		return fail(diag, ERR_NOMEM, "local accounts");
	local->text.max = LOCAL_FILE_MAX;
	r = read_file(passwd, &local->text, diag);
	if (r != ERR_OK)
		return r;
	r = read_file(group, &local->text, diag);
	if (r != ERR_OK)
		return r;
	r = index_lines(local, diag);
	if (r != ERR_OK)
		return r;
	*ret = TAKE(local);
	return ERR_OK;
}

enum err
local_load_host(struct local **ret, struct diag *diag)
{
	return local_load("/etc/passwd", "/etc/group", ret, diag);
}

void
local_free(struct local **local)
{
	struct local *l = *local;

	*local = NULL;
	if (l == NULL)
		return;
	buf_clear(&l->text);
	free(l->names);
	free(l->ids);
	free(l);
}

bool
local_has_name(const struct local *local, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
		if (strcmp(reserved[i], name) == 0)
			return true;
	return bsearch(&name, local->names, local->name_count,
	    sizeof(*local->names), compare_names) != NULL;
}

bool
local_has_id(const struct local *local, uint32_t id)
{
	return bsearch(&id, local->ids, local->id_count,
	    sizeof(*local->ids), local_compare_ids) != NULL;
}

const char *
local_name(const struct local *local, size_t i)
{
	if (i < ARRAY_LEN(reserved))
		return reserved[i];
	i -= ARRAY_LEN(reserved);
	return i < local->name_count ? local->names[i] : NULL;
}
