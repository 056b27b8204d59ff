/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/parse.h"
#include "cache/writer.h"
#include "directory/home.h"
#include "directory/links.h"
#include "directory/local.h"
#include "directory/memberships.h"

#define CACHE_MODE 0644
#define PIECE 65536u
#define SHELLS_PATH "/etc/shells"

struct publishing {
	struct store *store;
	const struct conf *conf;
	struct local *local;
	struct cache_writer *writer;
	struct memberships *memberships;
	struct buf gids;	/* of the groups that were published, sorted */
	struct buf user_gids;	/* one user's, */
	struct buf gecos;	/* as are these */
	struct buf home;
	struct buf link_names;	/* struct conf_link_local, sorted by name */
	struct publish_report report;
};

static void
publishing_clear(struct publishing *p)
{
	memberships_free(&p->memberships);
	cache_writer_free(&p->writer);
	local_free(&p->local);
	buf_clear(&p->gids);
	buf_clear(&p->user_gids);
	buf_clear(&p->gecos);
	buf_clear(&p->home);
	buf_clear(&p->link_names);
}
DEFINE_AUTO(publishing, struct publishing, publishing_clear);

static int
compare_links(const void *a, const void *b)
{
	return strcmp(((const struct conf_link_local *)a)->name,
	    ((const struct conf_link_local *)b)->name);
}

/* By this name the configuration means a local account, also while there is
 * none. */
static bool
is_link_name(const struct publishing *p, const char *name)
{
	struct conf_link_local key = { .user_name = "" };

	if (p->link_names.len == 0 || strlen(name) > LOCAL_NAME_MAX_LEN)
		return false;
	memcpy(key.name, name, strlen(name) + 1);
	return bsearch(&key, p->link_names.data,
	    p->link_names.len / sizeof(key), sizeof(key),
	    compare_links) != NULL;
}

static bool
may_publish(const struct publishing *p, const char *name, int64_t id)
{
	return id >= (int64_t)p->conf->users_min_id &&
	    id <= (int64_t)p->conf->users_max_id &&
	    id >= ID_MIN && id <= ID_MAX &&
	    parse_is_login_name(name, strlen(name), true) &&
	    !local_has_name(p->local, name) && !is_link_name(p, name) &&
	    !local_has_id(p->local, (uint32_t)id);
}

/* A record that the writer does not take is left out; anything else that goes
 * wrong is the end. */
static enum err
judge(struct publishing *p, enum err r, bool *ret_in)
{
	switch (r) {
	case ERR_OK:
		*ret_in = true;
		return ERR_OK;
	case ERR_NAME_GRAMMAR:
	case ERR_ID_RANGE:
	case ERR_EXISTS:
	case ERR_SYNTAX:
	case ERR_TOO_LONG:
		*ret_in = false;
		p->report.left_out++;
		return ERR_OK;
	default:
		return r;
	}
}

static enum err
put_gid(struct buf *gids, uint32_t gid, struct diag *diag)
{
	enum err r = buf_put(gids, &gid, sizeof(gid));

	return r == ERR_OK ? r : fail(diag, r, "group %u", gid);
}

static enum err
add_group(struct publishing *p, const char *name, int64_t gid,
    struct diag *diag)
{
	uint32_t published = (uint32_t)gid;
	bool in = false;
	enum err r;

	if (!may_publish(p, name, gid)) {
		p->report.left_out++;
		return ERR_OK;
	}
	r = judge(p, cache_writer_add_group(p->writer, name, published, diag),
	    &in);
	if (r != ERR_OK || !in)
		return r;
	p->report.groups++;
	return put_gid(&p->gids, published, diag);
}

static enum err
add_groups(struct publishing *p, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	bool row = false;
	enum err r = store_prepare(p->store,
	    "SELECT name, gid FROM groups ORDER BY gid", &stmt, diag);

	if (r == ERR_OK)
		r = store_step(stmt, &row, diag);
	while (r == ERR_OK && row) {
		r = add_group(p, store_text(stmt, 0), store_int(stmt, 1),
		    diag);
		if (r == ERR_OK)
			r = store_step(stmt, &row, diag);
	}
	return r;
}

/* Marks that make text read in another order than it is written, and ends of
 * lines that are no newline; all have three bytes. */
static bool
is_mark(const unsigned char *p)
{
	return p[0] == 0xe2 &&
	    ((p[1] == 0x80 && ((p[2] >= 0x8e && p[2] <= 0x8f) ||
		(p[2] >= 0xa8 && p[2] <= 0xae))) ||
	    (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));
}

/* Bytes of text that make up one character which GECOS may show; 0: it may
 * not be shown, and is *ret_skip long. */
static size_t
visible_length(const char *text, size_t *ret_skip)
{
	unsigned char c = (unsigned char)text[0];
	size_t len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	*ret_skip = len;
	if (c < 0x20 || c == 0x7f || c == ':' || c == ',')
		return 0;
	if (c == 0xc2 && (unsigned char)text[1] < 0xa0)
		return 0;
	if (is_mark((const unsigned char *)text))
		return 0;
	return len;
}

/* Appends a name without ':' ',' and controls, up to whole characters. */
static void
put_gecos(struct buf *gecos, const char *name)
{
	size_t skip;

	if (!parse_is_utf8(name, strlen(name)))
		return;
	for (; *name != '\0'; name += skip) {
		size_t len = visible_length(name, &skip);

		if (len > 0 && buf_put(gecos, name, len) != ERR_OK)
			return;
	}
}

static void
make_gecos(struct buf *gecos, const char *given, const char *family)
{
	put_gecos(gecos, given);
	if (gecos->len > 0 && *family != '\0' &&
	    buf_putc(gecos, ' ') != ERR_OK)
		return;
	put_gecos(gecos, family);
}

/* Read as they are stored, and sorted: by the index of uid every row would be
 * a page of its own to read. */
#define SELECT_USERS \
	"SELECT login, uid, home_name, given_name, family_name, " \
	    "active AND NOT vanished, vanished, department, site, title " \
	"FROM users NOT INDEXED WHERE login IS NOT NULL AND refused = '' " \
	"ORDER BY +uid"

/* A tombstone is in no group. */
static enum err
get_gids(struct publishing *p, int64_t uid, struct store_stmt *row,
    struct diag *diag)
{
	const char *const values[MEMBERSHIP_ATTRIBUTES] = {
		[MEMBERSHIP_DEPARTMENT] = store_text(row, 7),
		[MEMBERSHIP_SITE] = store_text(row, 8),
		[MEMBERSHIP_TITLE] = store_text(row, 9),
	};

	p->user_gids.len = 0;
	if (store_int(row, 6) != 0)
		return ERR_OK;
	return memberships_get(p->memberships, (uint32_t)uid, values,
	    &p->user_gids, diag);
}

/* Of a buffer that was used before. */
static const char *
text_of(const struct buf *text)
{
	return text->len == 0 ? "" : buf_str(text);
}

static enum err
add_user(struct publishing *p, struct store_stmt *row, struct diag *diag)
{
	const char *login = store_text(row, 0);
	int64_t uid = store_int(row, 1);
	const char *home_name = store_text(row, 2);
	bool in = false;
	enum err r;

	if (!may_publish(p, login, uid) ||
	    !parse_is_login_name(home_name, strlen(home_name), true)) {
		p->report.left_out++;
		return ERR_OK;
	}
	p->gecos.len = 0;
	p->home.len = 0;
	make_gecos(&p->gecos, store_text(row, 3), store_text(row, 4));
	r = home_path(p->conf->users_home, home_name, &p->home, diag);
	if (r == ERR_OK)
		r = get_gids(p, uid, row, diag);
	if (r == ERR_OK)
		r = cache_writer_add_user(p->writer, login, (uint32_t)uid,
		    text_of(&p->gecos), text_of(&p->home),
		    p->conf->users_shell,
		    store_int(row, 5) != 0,
		    (const uint32_t *)(void *)p->user_gids.data,
		    p->user_gids.len / sizeof(uint32_t), diag);
	r = judge(p, r, &in);
	p->report.users += in;
	return r;
}

static enum err
add_users(struct publishing *p, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *users = NULL;
	bool row = false;
	enum err r = store_prepare(p->store, SELECT_USERS, &users, diag);

	if (r == ERR_OK)
		r = store_step(users, &row, diag);
	while (r == ERR_OK && row) {
		r = add_user(p, users, diag);
		if (r == ERR_OK)
			r = store_step(users, &row, diag);
	}
	return r;
}

/* Only what root's configuration and /etc/passwd say, and only if the database
 * says so, too. */
static enum err
add_link(struct publishing *p, const struct conf_link_local *link,
    struct diag *diag)
{
	bool linked = false;
	bool in = false;
	uint32_t uid = 0;
	enum err r = links_has(p->store, link, &linked, diag);

	if (r != ERR_OK || !linked ||
	    local_refuses_link(p->local, link->name,
	    p->conf->users_min_local_uid, &uid) != NULL)
		return r;
	r = judge(p, cache_writer_add_link(p->writer, link->name, uid, diag),
	    &in);
	p->report.links += in;
	return r;
}

static enum err
add_links(struct publishing *p, struct diag *diag)
{
	struct conf_link_local link;
	enum err r = ERR_OK;

	for (size_t i = 0; r == ERR_OK && conf_link_local(p->conf, i, &link);
	    i++)
		r = add_link(p, &link, diag);
	return r;
}

static enum err
load_link_names(struct publishing *p, struct diag *diag)
{
	struct conf_link_local link;

	for (size_t i = 0; conf_link_local(p->conf, i, &link); i++)
		if (buf_put(&p->link_names, &link, sizeof(link)) != ERR_OK)
			return fail(diag, ERR_NOMEM, "link_local");
	if (p->link_names.len > 0)
		qsort(p->link_names.data, p->link_names.len / sizeof(link),
		    sizeof(link), compare_links);
	return ERR_OK;
}

/* One view of the database for all queries. */
static enum err
add_all(struct publishing *p, struct diag *diag)
{
	enum err r = store_exec(p->store, "BEGIN", diag);

	if (r == ERR_OK)
		r = add_groups(p, diag);
	if (r == ERR_OK)
		r = memberships_load(p->store,
		    (const uint32_t *)(void *)p->gids.data,
		    p->gids.len / sizeof(uint32_t), &p->memberships, diag);
	if (r == ERR_OK)
		r = add_users(p, diag);
	if (r == ERR_OK)
		r = add_links(p, diag);
	store_rollback(p->store);
	return r;
}

static enum err
check_conf(const struct conf *conf, struct diag *diag)
{
	if (conf->users_home[0] != '/')
		return fail(diag, ERR_CONF_VALUE,
		    "[users] home is not an absolute path");
	return local_check_shell(SHELLS_PATH, conf->users_shell, diag);
}

enum err
publish_build(struct store *store, const struct conf *conf, struct buf *out,
    struct publish_report *ret, struct diag *diag)
{
	AUTO(publishing) struct publishing p = {
		.store = store,
		.conf = conf,
		.gids = BUF_INIT(CACHE_SIZE_MAX),
		.user_gids = BUF_INIT(CACHE_GIDS_MAX * sizeof(uint32_t)),
		.gecos = BUF_INIT(GECOS_MAX_LEN),
		.home = BUF_INIT(HOME_MAX_LEN),
		.link_names = BUF_INIT(CACHE_LINKS_MAX *
		    sizeof(struct conf_link_local)),
	};
	enum err r = check_conf(conf, diag);

	if (r != ERR_OK)
		return r;
	r = local_load_host(&p.local, diag);
	if (r == ERR_OK)
		r = load_link_names(&p, diag);
	if (r != ERR_OK)
		return r;
	p.writer = cache_writer_new();
	if (p.writer == NULL)
		return fail(diag, ERR_NOMEM, "cache");
	if (conf->users_jit)
		cache_writer_allow_jit(p.writer);
	r = add_all(&p, diag);
	if (r != ERR_OK)
		return r;
	r = cache_writer_finish(p.writer, out, diag);
	if (r != ERR_OK)
		return r;
	*ret = p.report;
	return ERR_OK;
}

/* Piece by piece: a large directory is in memory once. */
static bool
has_bytes(int fd, const struct buf *bytes)
{
	uint8_t piece[PIECE];
	size_t pos = 0;

	for (;;) {
		ssize_t n = read(fd, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 && pos == bytes->len;
		if ((size_t)n > bytes->len - pos ||
		    memcmp(piece, bytes->data + pos, (size_t)n) != 0)
			return false;
		pos += (size_t)n;
	}
}

/* Is the published file this one, and as we leave it? */
static bool
is_published(const char *path, const struct buf *bytes)
{
	AUTO_CLOSE int fd = open(path,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (st.st_mode & 07777) != CACHE_MODE || st.st_uid != geteuid() ||
	    (uint64_t)st.st_size != bytes->len)
		return false;
	return has_bytes(fd, bytes);
}

enum err
publish_write(const char *path, const struct buf *bytes,
    struct publish_report *report, struct diag *diag)
{
	enum err r;

	if (is_published(path, bytes)) {
		report->unchanged = true;
		return ERR_OK;
	}
	r = io_replace(path, bytes->data, bytes->len, CACHE_MODE, diag);
	if (r != ERR_OK)
		return r;
	report->unchanged = false;
	return ERR_OK;
}
