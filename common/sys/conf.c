/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/conf.h"

#include <stdio.h>
#include <string.h>

#include <ini.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/parse.h"
#include "sys/conf_keys.h"

#define KEY_NAME_MAX 40

/*
 * inih is lenient: ':' separates too, ';' after a space begins a comment, an
 * indented line continues the last value, long lines and names are cut, and
 * what follows "[section]" is skipped.  So every line is held against the
 * documented form before inih gets it, and inih finds only what is unambiguous.
 */
struct reading {
	const char *path;
	const char *next;	/* line to read */
	const char *end;
	unsigned int line;	/* the one that was read last */
	unsigned int set_at[CONF_KEYS_MAX]; /* 0: not set */
	struct conf *conf;
	enum err result;
	struct diag *diag;
};

static enum err
bad_line(struct reading *r, enum err code, const char *what)
{
	r->result = fail(r->diag, code, "%s:%u: %s", r->path, r->line, what);
	return r->result;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t
blanks(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && is_blank(text[n]))
		n++;
	return n;
}

/* Bytes that have no business in a configuration, or that hide something. */
static const char *
bytes_problem(const char *text, size_t len)
{
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		return "begins with a byte order mark; save the file as "
		    "UTF-8 without it";
	if (len > 0 && text[len - 1] == '\r')
		return "ends with a carriage return; remove them all with: "
		    "sed -i 's/\\r$//' FILE";
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)text[i] < 0x20 && text[i] != '\t') ||
		    text[i] == 0x7f)
			return "has a control character; remove it";
	if (!parse_is_utf8(text, len))
		return "is not UTF-8; save the file as UTF-8";
	return NULL;
}

/* text is what stands between the brackets and after them. */
static enum err
check_section(struct reading *r, const char *text, size_t len)
{
	char name[KEY_NAME_MAX];
	const char *close = memchr(text, ']', len);
	size_t name_len = close == NULL ? 0 : (size_t)(close - text);

	if (close == NULL || name_len + 1 + blanks(close + 1,
	    len - name_len - 1) != len)
		return bad_line(r, ERR_CONF_SYNTAX,
		    "a section is [name] and nothing else on the line");
	(void)snprintf(name, sizeof(name), "%.*s", (int)name_len, text);
	if (name_len >= sizeof(name) || conf_key_find(name, NULL) == NULL)
		return bad_line(r, ERR_CONF_UNKNOWN,
		    "unknown section; see 8x8sso.conf(5) for the sections");
	return ERR_OK;
}

static enum err
check_assignment(struct reading *r, const char *text, size_t len)
{
	size_t name_len = 0;
	size_t value;

	while (name_len < len && ((text[name_len] >= 'a' &&
	    text[name_len] <= 'z') || text[name_len] == '_'))
		name_len++;
	value = name_len + blanks(text + name_len, len - name_len);
	if (name_len == 0 || value == len || text[value] != '=')
		return bad_line(r, ERR_CONF_SYNTAX,
		    "write [section], key = value, or a comment that begins "
		    "with # or ;");
	if (name_len >= KEY_NAME_MAX)
		return bad_line(r, ERR_CONF_UNKNOWN, "no key is that long");
	value++;
	value += blanks(text + value, len - value);
	if (value < len && (text[value] == '"' || text[value] == '\''))
		return bad_line(r, ERR_CONF_SYNTAX,
		    "values are written without quotes");
	for (size_t i = 1; i < len; i++)
		if ((text[i] == ';' || text[i] == '#') &&
		    is_blank(text[i - 1]))
			return bad_line(r, ERR_CONF_SYNTAX,
			    "a comment must stand on a line of its own");
	return ERR_OK;
}

static enum err
check_line(struct reading *r, const char *text, size_t len)
{
	const char *problem = bytes_problem(text, len);
	size_t indent = blanks(text, len);

	if (problem != NULL)
		return bad_line(r, ERR_CONF_SYNTAX, problem);
	if (indent == len || text[indent] == '#' || text[indent] == ';')
		return ERR_OK;
	if (indent > 0)
		return bad_line(r, ERR_CONF_SYNTAX,
		    "indented; a value must stand on one line, and a key "
		    "at its beginning");
	if (text[0] == '[')
		return check_section(r, text + 1, len - 1);
	return check_assignment(r, text, len);
}

/* inih's reader: the next line into dest, or NULL at the end and after the
 * first error. */
static char *
read_line(char *dest, int size, void *context)
{
	struct reading *r = context;
	const char *newline;
	size_t len;

	if (r->result != ERR_OK || r->next == r->end)
		return NULL;
	newline = memchr(r->next, '\n', (size_t)(r->end - r->next));
	len = (size_t)((newline == NULL ? r->end : newline) - r->next);
	r->line++;
	if (len + 2 > (size_t)size)
		(void)bad_line(r, ERR_CONF_SYNTAX, "the line is too long");
	else
		(void)check_line(r, r->next, len);
	if (r->result != ERR_OK)
		return NULL;
	memcpy(dest, r->next, len);
	dest[len] = '\n';
	dest[len + 1] = '\0';
	r->next += len + (newline != NULL);
	return dest;
}

/* "FILE:LINE: [section] key: what", without a line for a key that is not
 * there. */
static void
bad_key(struct reading *r, const struct conf_key *key, enum err code,
    const char *what)
{
	unsigned int line = r->set_at[key - conf_keys];
	char place[16] = "";

	if (line > 0)
		(void)snprintf(place, sizeof(place), ":%u", line);
	r->result = fail(r->diag, code, "%s%s: [%s] %s: %s", r->path, place,
	    key->section, key->name, what);
}

/* inih's handler: one assignment. */
static int
take_value(void *context, const char *section, const char *name,
    const char *value)
{
	struct reading *r = context;
	const struct conf_key *key = conf_key_find(section, name);
	struct diag why = DIAG_INIT;
	enum err result;

	if (key == NULL) {
		(void)bad_line(r, ERR_CONF_UNKNOWN, section[0] == '\0' ?
		    "key before the first [section]" :
		    "unknown key; see 8x8sso.conf(5) for the keys of each "
		    "section");
		return 0;
	}
	if (r->set_at[key - conf_keys] != 0) {
		r->result = fail(r->diag, ERR_CONF_DUPLICATE,
		    "%s:%u: [%s] %s: is set already in line %u; remove one",
		    r->path, r->line, section, name,
		    r->set_at[key - conf_keys]);
		return 0;
	}
	r->set_at[key - conf_keys] = r->line;
	result = conf_key_set(key, r->conf, value, &why);
	if (result != ERR_OK)
		bad_key(r, key, result, why.text);
	return result == ERR_OK;
}

static enum err
parse_file(struct reading *r)
{
	int status;

#if HAVE_DECL_INI_MAX_LINE
	/* Debian's inih can be told; elsewhere its own limit stays. */
	ini_max_line = CONF_LINE_MAX + 3;
#endif
	status = ini_parse_stream(read_line, r, take_value, r);
	if (r->result != ERR_OK)
		return r->result;
	if (status != 0)
		return fail(r->diag, ERR_CONF_SYNTAX, "%s:%d: not understood",
		    r->path, status);
	return ERR_OK;
}

static enum err
set_presets(struct reading *r)
{
	for (size_t i = 0; i < conf_key_count; i++) {
		const struct conf_key *key = &conf_keys[i];
		struct diag why = DIAG_INIT;
		enum err result;

		if (r->set_at[i] != 0)
			continue;
		result = conf_key_set(key, r->conf, key->preset, &why);
		if (result != ERR_OK) {
			bad_key(r, key, result, why.text);
			return result;
		}
	}
	return ERR_OK;
}

static enum err
check_values(struct reading *r)
{
	struct diag why = DIAG_INIT;
	size_t field = 0;
	enum err result = conf_check(r->conf, &field, &why);

	if (result == ERR_OK)
		return ERR_OK;
	for (size_t i = 0; i < conf_key_count; i++)
		if (conf_keys[i].offset == field)
			bad_key(r, &conf_keys[i],
			    r->set_at[i] != 0 ? result : ERR_CONF_MISSING,
			    why.text);
	return r->result;
}

enum err
conf_load(const char *path, struct conf *ret_conf, struct diag *diag)
{
	AUTO(buf) struct buf text = BUF_INIT(CONF_FILE_MAX);
	AUTO(conf) struct conf conf = { 0 };
	struct reading reading = { .path = path, .conf = &conf, .diag = diag };
	enum err r = io_read_trusted(path, false, &text, diag);

	if (r == ERR_NOT_FOUND)
		return fail(diag, r, "%s: there is no such file; copy "
		    "8x8sso.conf.example there and fill it in", path);
	if (r != ERR_OK)
		return r;
	reading.next = buf_str(&text);
	reading.end = reading.next + text.len;
	r = parse_file(&reading);
	if (r == ERR_OK)
		r = set_presets(&reading);
	if (r == ERR_OK)
		r = check_values(&reading);
	if (r != ERR_OK)
		return r;
	*ret_conf = conf;
	conf = (struct conf){ 0 };
	return ERR_OK;
}

void
conf_clear(struct conf *conf)
{
	for (size_t i = 0; i < conf_key_count; i++)
		conf_key_clear(&conf_keys[i], conf);
	*conf = (struct conf){ 0 };
}

enum err
conf_list_lines(const struct conf_list *list, struct buf *out)
{
	enum err r = ERR_OK;

	for (size_t i = 0; i < list->count && r == ERR_OK; i++)
		r = buf_printf(out, "%s%s", i > 0 ? "\n" : "", list->item[i]);
	return r;
}

void
conf_device_issuer(const struct conf *conf, char *issuer, size_t size)
{
	char tenant[37];

	if (conf->device_issuer[0] != '\0' || conf->idp_tenant[0] == '\0') {
		(void)snprintf(issuer, size, "%s", conf->device_issuer);
		return;
	}
	/* Tokens have it in lower case, and are compared byte by byte. */
	(void)snprintf(tenant, sizeof(tenant), "%s", conf->idp_tenant);
	parse_lower(tenant);
	(void)snprintf(issuer, size,
	    "https://login.microsoftonline.com/%s/v2.0", tenant);
}

const char *
conf_idp_source(const struct conf *conf)
{
	return conf->idp_metadata[0] != '\0' ? conf->idp_metadata :
	    conf->idp_certificate;
}

void
conf_cache_path(const struct conf *conf, char *path, size_t size)
{
	(void)snprintf(path, size, "%s/nss.cache", conf->host_state_dir);
}

void
conf_state_path(const struct conf *conf, char *path, size_t size)
{
	(void)snprintf(path, size, "%s/state/state.db", conf->host_state_dir);
}

enum err
conf_program_path(const struct conf *conf, const char *name, char *path,
    size_t size, struct diag *diag)
{
	int len = snprintf(path, size, "%s/%s", conf->host_libexec_dir, name);

	if (len < 0 || (size_t)len >= size)
		return fail(diag, ERR_CONF_VALUE,
		    "[host] libexec_dir is too long");
	return ERR_OK;
}
