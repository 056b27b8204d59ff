/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/registry_file.h"

#include <string.h>

#include "base/limits.h"
#include "base/parse.h"

static bool
is_plain(unsigned char c)
{
	return c > ' ' && c < 0x7f && c != '%';
}

enum err
registry_each(struct store *store,
    enum err (*visit)(const struct registry_entry *entry, void *context,
	struct diag *diag),
    void *context, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *rows = NULL;
	bool row = false;
	enum err r = store_prepare(store,
	    "SELECT kind, id, key FROM ids ORDER BY id", &rows, diag);

	if (r == ERR_OK)
		r = store_step(rows, &row, diag);
	while (r == ERR_OK && row) {
		const struct registry_entry entry = {
			.kind = *store_text(rows, 0) == REGISTRY_USER ?
			    REGISTRY_USER : REGISTRY_GROUP,
			.id = (uint32_t)store_int(rows, 1),
			.key = store_text(rows, 2),
		};

		r = visit(&entry, context, diag);
		if (r == ERR_OK)
			r = store_step(rows, &row, diag);
	}
	return r;
}

enum err
registry_format(const struct registry_entry *entry, struct buf *out)
{
	AUTO(buf) struct buf line = BUF_INIT(REGISTRY_KEY_MAX * 3 + 32);
	enum err r = buf_printf(&line, "%c %u ", (char)entry->kind,
	    entry->id);

	for (const char *c = entry->key; *c != '\0' && r == ERR_OK; c++)
		r = is_plain((unsigned char)*c) ? buf_putc(&line, *c) :
		    buf_printf(&line, "%%%02X", (unsigned char)*c);
	if (r == ERR_OK)
		r = buf_putc(&line, '\n');
	return r != ERR_OK ? r : buf_put(out, line.data, line.len);
}

/* -- reading --------------------------------------------------------------- */

struct import {
	struct store *store;
	const struct conf *conf;
	const struct local *local;
	struct store_stmt *insert;	/* into temp.imported */
	size_t line;
};

static void
import_clear(struct import *import)
{
	store_stmt_free(&import->insert);
}
DEFINE_AUTO(import, struct import, import_clear);

static bool
hex_digit(char c, unsigned int *ret)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *found = memchr(digits, c, sizeof(digits) - 1);

	if (found == NULL)
		return false;
	*ret = (unsigned int)(found - digits);
	return true;
}

/* Appends what the text stands for; false: it is no key. */
static bool
decode_key(const char *text, size_t len, struct buf *key)
{
	for (size_t i = 0; i < len; i++) {
		unsigned int high = 0;
		unsigned int low = 0;
		char c = text[i];

		if (c == '%') {
			if (len - i < 3 || !hex_digit(text[i + 1], &high) ||
			    !hex_digit(text[i + 2], &low))
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (!is_plain((unsigned char)c))
			return false;
		if (buf_putc(key, c) != ERR_OK)
			return false;
	}
	return key->len > 0 && parse_is_utf8(key->data, key->len);
}

/* "u 1879050001 KEY" without its newline; false: it is no such line. */
static bool
parse_line(const char *line, size_t len, struct registry_entry *ret,
    struct buf *key)
{
	const char *number = line + 2;
	const char *space;
	uint64_t id = 0;

	if (len < 2 || line[1] != ' ' || (line[0] != REGISTRY_USER &&
	    line[0] != REGISTRY_GROUP))
		return false;
	space = memchr(number, ' ', len - 2);
	if (space == NULL || !parse_u64(number, (size_t)(space - number),
	    UINT32_MAX, &id))
		return false;
	if (!decode_key(space + 1, len - (size_t)(space + 1 - line), key))
		return false;
	ret->kind = line[0] == REGISTRY_USER ? REGISTRY_USER : REGISTRY_GROUP;
	ret->id = (uint32_t)id;
	ret->key = buf_str(key);
	return true;
}

/* The file says it twice: where else? */
static enum err
refuse_duplicate(const struct import *import,
    const struct registry_entry *entry, struct diag *diag)
{
	const char kind[] = { (char)entry->kind, '\0' };
	AUTO(store_stmt) struct store_stmt *other = NULL;
	enum err r = STORE_ASK(import->store, &other, diag,
	    "SELECT line, id = ?1 FROM temp.imported WHERE id = ?1 "
	    "OR (kind = ?2 AND key = ?3) ORDER BY line LIMIT 1",
	    store_int_value(entry->id), store_text_value(kind),
	    store_text_value(entry->key));

	if (r != ERR_OK)
		return r;
	return fail(diag, ERR_SYNTAX, "line %zu: %s is on line %lld too; "
	    "take one of them out", import->line,
	    other != NULL && store_int(other, 1) != 0 ? "this id" :
	    "this key", other != NULL ? (long long)store_int(other, 0) : 0ll);
}

static enum err
take_line(struct import *import, const char *line, size_t len,
    struct diag *diag)
{
	AUTO(buf) struct buf key = BUF_INIT(REGISTRY_KEY_MAX);
	struct registry_entry entry;
	char kind[] = { *line, '\0' };
	enum err r;

	if (!parse_line(line, len, &entry, &key))
		return fail(diag, ERR_SYNTAX, "line %zu: not \"u ID KEY\" or "
		    "\"g ID KEY\"; take the file as `8x8sso ids export` "
		    "wrote it", import->line);
	if (entry.id < import->conf->users_min_id ||
	    entry.id > import->conf->users_max_id)
		return fail(diag, ERR_ID_RANGE, "line %zu: %u is not in "
		    "%llu-%llu; [users] min_id and max_id must be those of "
		    "the host that the file is from", import->line, entry.id,
		    (unsigned long long)import->conf->users_min_id,
		    (unsigned long long)import->conf->users_max_id);
	r = store_bind_int(import->insert, 1, (int64_t)import->line, diag);
	if (r == ERR_OK)
		r = store_bind_int(import->insert, 2, entry.id, diag);
	if (r == ERR_OK)
		r = store_bind_text(import->insert, 3, kind, diag);
	if (r == ERR_OK)
		r = store_bind_text(import->insert, 4, entry.key, diag);
	if (r == ERR_OK)
		r = store_run(import->insert, diag);
	return r != ERR_EXISTS ? r : refuse_duplicate(import, &entry, diag);
}

static enum err
take_lines(struct import *import, const struct buf *text, struct diag *diag)
{
	const char *rest = buf_str(text);
	const char *end = rest + text->len;
	enum err r = store_prepare(import->store, "INSERT INTO temp.imported"
	    "(line, id, kind, key) VALUES (?1, ?2, ?3, ?4)", &import->insert,
	    diag);

	while (r == ERR_OK && rest < end) {
		const char *newline = memchr(rest, '\n',
		    (size_t)(end - rest));
		size_t len = (size_t)((newline == NULL ? end : newline) -
		    rest);

		import->line++;
		r = take_line(import, rest, len, diag);
		rest += len + (newline != NULL);
	}
	if (r == ERR_OK && import->line == 0)
		r = fail(diag, ERR_SYNTAX, "the file is empty");
	return r;
}

/* -- against what is registered -------------------------------------------- */

#define SELECT_CONTRADICTIONS \
	"SELECT line, imported.kind, imported.key, imported.id, " \
	    "ids.kind, ids.key, ids.id " \
	"FROM temp.imported JOIN ids ON ids.id = imported.id " \
	    "WHERE ids.kind <> imported.kind OR ids.key <> imported.key " \
	"UNION ALL SELECT line, imported.kind, imported.key, imported.id, " \
	    "ids.kind, ids.key, ids.id " \
	"FROM temp.imported JOIN ids ON ids.kind = imported.kind " \
	    "AND ids.key = imported.key WHERE ids.id <> imported.id " \
	"ORDER BY line LIMIT 1"

#define REMEDY "ids are written once: import into a host before its first " \
	"sync, or leave the line out"

static enum err
refuse_contradiction(const struct import *import, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *first = NULL;
	bool row = false;
	enum err r = store_prepare(import->store, SELECT_CONTRADICTIONS,
	    &first, diag);

	if (r == ERR_OK)
		r = store_step(first, &row, diag);
	if (r != ERR_OK || !row)
		return r;
	if (store_int(first, 3) == store_int(first, 6))
		return fail(diag, ERR_ID_TAKEN, "line %lld: %lld belongs to "
		    "%s %.200s here; " REMEDY,
		    (long long)store_int(first, 0),
		    (long long)store_int(first, 3), store_text(first, 4),
		    store_text(first, 5));
	return fail(diag, ERR_ID_TAKEN, "line %lld: %s %.200s has %lld here, "
	    "not %lld; " REMEDY, (long long)store_int(first, 0),
	    store_text(first, 1), store_text(first, 2),
	    (long long)store_int(first, 6), (long long)store_int(first, 3));
}

static enum err
refuse_local(const struct import *import, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *new = NULL;
	bool row = false;
	enum err r = store_prepare(import->store, "SELECT line, id "
	    "FROM temp.imported WHERE id NOT IN (SELECT id FROM ids) "
	    "ORDER BY line", &new, diag);

	if (r == ERR_OK)
		r = store_step(new, &row, diag);
	while (r == ERR_OK && row) {
		uint32_t id = (uint32_t)store_int(new, 1);

		r = local_has_id(import->local, id) ?
		    fail(diag, ERR_ID_TAKEN, "line %lld: %u is a local "
			"account's or group's; change that one, or leave the "
			"line out", (long long)store_int(new, 0), id) :
		    store_step(new, &row, diag);
	}
	return r;
}

static enum err
apply(const struct import *import, struct registry_imported *ret,
    struct diag *diag)
{
	enum err r = refuse_contradiction(import, diag);

	if (r == ERR_OK)
		r = refuse_local(import, diag);
	if (r == ERR_OK)
		r = store_exec(import->store, "INSERT INTO ids(id, kind, key) "
		    "SELECT id, kind, key FROM temp.imported "
		    "WHERE id NOT IN (SELECT id FROM ids) ORDER BY id", diag);
	if (r != ERR_OK)
		return r;
	ret->added = (uint64_t)store_changes(import->store);
	ret->known = import->line - ret->added;
	return ERR_OK;
}

static enum err
import_all(struct import *import, const struct buf *text,
    struct registry_imported *ret, struct diag *diag)
{
	enum err r = store_begin(import->store, diag);

	if (r == ERR_OK)
		r = store_exec(import->store, "CREATE TABLE temp.imported("
		    "line INTEGER PRIMARY KEY, id UNIQUE, kind, key, "
		    "UNIQUE (kind, key))", diag);
	if (r == ERR_OK)
		r = take_lines(import, text, diag);
	if (r == ERR_OK)
		r = apply(import, ret, diag);
	if (r == ERR_OK)
		r = store_exec(import->store, "DROP TABLE temp.imported",
		    diag);
	if (r == ERR_OK)
		r = store_commit(import->store, diag);
	return r;
}

enum err
registry_import(struct store *store, const struct conf *conf,
    const struct local *local, const struct buf *text,
    struct registry_imported *ret, struct diag *diag)
{
	AUTO(import) struct import import = {
		.store = store, .conf = conf, .local = local,
	};
	struct registry_imported done = { 0, 0 };
	enum err r;

	if (conf->users_min_id < ID_MIN || conf->users_max_id > ID_MAX)
		return fail(diag, ERR_CONF_VALUE, "[users] min_id and max_id "
		    "must be inside %u-%u", ID_MIN, ID_MAX);
	r = import_all(&import, text, &done, diag);
	store_stmt_free(&import.insert);
	store_rollback(store);
	if (r != ERR_OK)
		return r;
	*ret = done;
	return ERR_OK;
}
