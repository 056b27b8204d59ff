/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/parse.h"
#include "cache/format.h"

/* One line of /etc/passwd. */
struct account {
	const char *name;
	const char *rest;	/* behind the name; NULL: not a plain line */
};

/* names and ids are sorted, accounts are as they come; the names are inside
 * text. */
struct local {
	struct buf text;
	size_t passwd_len;	/* of text: what is /etc/passwd's */
	struct account *accounts;
	size_t account_count;
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

/* Takes one line, name:password:id:..., apart.  libc skips what is blank at
 * its start. */
static void
add_line(struct local *local, char *line)
{
	char *name = line + strspn(line, " \t\v\f\r");
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
	if (*name != '\0' &&
	    line < (char *)local->text.data + local->passwd_len)
		local->accounts[local->account_count++] = (struct account){
			name, name == line ? password : NULL,
		};
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
	local->accounts = calloc(lines, sizeof(*local->accounts));
	if (local->names == NULL || local->ids == NULL ||
	    local->accounts == NULL)
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
	local->passwd_len = local->text.len;
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
	free(l->accounts);
	free(l);
}

static bool
is_reserved(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
		if (strcmp(reserved[i], name) == 0)
			return true;
	return false;
}

bool
local_has_name(const struct local *local, const char *name)
{
	return is_reserved(name) || bsearch(&name, local->names, local->name_count,
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

/* -- accounts that may be a provisioned person's --------------------------- */

/* What stands behind the name in passwd(5). */
enum { PASSWORD, UID, GID, GECOS, HOME, SHELL, FIELDS };

/* Cuts a line's rest into its fields; false: it has fewer or more. */
static bool
split(const char *rest, const char *field[static FIELDS],
    size_t len[static FIELDS])
{
	for (int i = 0; i < FIELDS; i++) {
		field[i] = rest;
		len[i] = strcspn(rest, ":");
		rest += len[i];
		if ((*rest == ':') != (i < FIELDS - 1))
			return false;
		rest++;
	}
	return true;
}

static bool
uid_of(const struct account *account, uint32_t *ret)
{
	const char *field[FIELDS];
	size_t len[FIELDS];
	uint64_t uid;
	uint64_t gid;

	if (account->rest == NULL || !split(account->rest, field, len) ||
	    !parse_u64(field[UID], len[UID], UINT32_MAX, &uid) ||
	    !parse_u64(field[GID], len[GID], UINT32_MAX, &gid))
		return false;
	*ret = (uint32_t)uid;
	return true;
}

/* Programs that let nobody in, wherever they are. */
static bool
is_no_shell(const char *shell)
{
	const char *name = strrchr(shell, '/');

	name = name == NULL ? shell : name + 1;
	return strcmp(name, "nologin") == 0 || strcmp(name, "false") == 0;
}

/* The account's only line; NULL, and why, if there is not exactly one. */
static const struct account *
find_account(const struct local *local, const char *name,
    const char **ret_why)
{
	const struct account *found = NULL;

	*ret_why = "is not in /etc/passwd";
	for (size_t i = 0; i < local->account_count; i++) {
		if (strcmp(local->accounts[i].name, name) != 0)
			continue;
		if (found != NULL) {
			*ret_why = "is in /etc/passwd twice";
			return NULL;
		}
		found = &local->accounts[i];
	}
	return found;
}

/* Counts every line that libc could take for one with this uid. */
static bool
shares_uid(const struct local *local, uint32_t uid)
{
	size_t count = 0;
	uint32_t other;

	for (size_t i = 0; i < local->account_count; i++)
		count += uid_of(&local->accounts[i], &other) && other == uid;
	return count > 1;
}

const char *
local_refuses_link(const struct local *local, const char *name,
    uint64_t min_uid, uint32_t *ret_uid)
{
	const char *why = NULL;
	const struct account *account = find_account(local, name, &why);
	uint32_t uid = 0;

	if (account == NULL)
		return why;
	if (!uid_of(account, &uid))
		return "has a line in /etc/passwd that is not a plain one";
	if (uid == 0)
		return "is root";
	if (is_reserved(name) || !cache_is_local(name, strlen(name), uid))
		return "is an account of the system, or has the uid of one";
	if (uid < min_uid)
		return "has a uid below [users] min_local_uid";
	if (shares_uid(local, uid))
		return "has the uid of another account";
	if (is_no_shell(account->rest))
		return "has a shell that lets nobody in";
	*ret_uid = uid;
	return NULL;
}

/* -- shells ---------------------------------------------------------------- */

/* Is it one of the lines?  A comment begins with '#', anywhere. */
static bool
is_listed(char *text, const char *shell)
{
	char *rest = text;
	char *line;

	for (line = strsep(&rest, "\n"); line != NULL;
	    line = strsep(&rest, "\n")) {
		line += strspn(line, " \t");
		line[strcspn(line, "# \t\r")] = '\0';
		if (strcmp(line, shell) == 0)
			return true;
	}
	return false;
}

enum err
local_check_shell(const char *shells, const char *shell, struct diag *diag)
{
	AUTO(buf) struct buf text = BUF_INIT(LOCAL_FILE_MAX);
	enum err r;

	if (shell[0] == '/' && is_no_shell(shell))
		return ERR_OK;
	/* A host without the file has no shells in it. */
	r = access(shells, F_OK) != 0 && errno == ENOENT ? ERR_OK :
	    read_file(shells, &text, diag);
	if (r != ERR_OK)
		return r;
	if (shell[0] != '/' || !is_listed((char *)text.data, shell))
		return fail(diag, ERR_CONF_VALUE, "[users] shell = %s is not "
		    "in %s; add it there, or set another shell", shell,
		    shells);
	return ERR_OK;
}
