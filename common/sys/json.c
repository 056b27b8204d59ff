/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/json.h"

#include <inttypes.h>
#include <jansson.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/parse.h"
#include "sys/json_quick.h"

/* A struct json * is a json_t * under a name that other folders may see. */
static json_t *
theirs(struct json *json)
{
	return (json_t *)json;
}

/* Position of the quote that ends the string whose first one is data[i]: one
 * before which there is an even number of backslashes.  Most of a document is
 * strings, and memchr() is fast. */
static size_t
end_of_string(const char *data, size_t len, size_t i)
{
	const char *start = data + i + 1;
	const char *end = data + len;
	const char *quote = start > end ? NULL :
	    memchr(start, '"', (size_t)(end - start));

	while (quote != NULL) {
		const char *p = quote;

		while (p > start && p[-1] == '\\')
			p--;
		if ((quote - p) % 2 == 0)
			return (size_t)(quote - data);
		start = quote + 1;
		quote = memchr(start, '"', (size_t)(end - start));
	}
	return len;
}

/* Looks before parsing, so that a small document cannot become a large tree:
 * every value but the first of its container follows a comma. */
static enum err
check_size(const char *data, size_t len, struct diag *diag)
{
	size_t values = 0;
	size_t depth = 0;

	for (size_t i = 0; i < len; i++) {
		char c = data[i];

		if (c == '"')
			i = end_of_string(data, len, i);
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && depth > 0)
			depth--;
		if (c == '{' || c == '[' || c == ',')
			values++;
		if (depth > JSON_DEPTH_MAX)
			return fail(diag, ERR_JSON, "nested deeper than %d",
			    JSON_DEPTH_MAX);
		if (values > JSON_VALUES_MAX)
			return fail(diag, ERR_JSON, "more than %u values",
			    JSON_VALUES_MAX);
	}
	return ERR_OK;
}

static void
wipe_and_free(void *memory)
{
	if (memory == NULL)
		return;
	explicit_bzero(memory, malloc_usable_size(memory));
	free(memory);
}

/* What frees jansson's memory, documents included. */
static void (*release)(void *memory) = free;

void
json_wipe_freed(void)
{
	release = wipe_and_free;
}

/*
 * jansson 2.14 does not look whether the buffer that it reads strings into
 * could grow: it loses bytes of the string, or writes behind it.  So it never
 * sees an allocation fail while it parses.  What it had built by then is lost,
 * which is the smaller harm: there is no memory left, and the process ends.
 */
static _Thread_local jmp_buf *way_out;

static void *
malloc_or_leave(size_t size)
{
	void *p = malloc(size);

	if (p == NULL && way_out != NULL)
		longjmp(*way_out, 1);
	return p;
}

static json_t *
load(const char *data, size_t len, json_error_t *why)
{
	json_t *root = json_loadb(data, len, JSON_REJECT_DUPLICATES, why);

	way_out = NULL;
	return root;
}

static enum err
parse_with_jansson(const void *data, size_t len, struct json **ret,
    struct diag *diag)
{
	json_error_t why;
	json_t *root;
	jmp_buf here;
	enum err r = check_size(data, len, diag);

	if (r != ERR_OK)
		return r;
	way_out = &here;
	if (setjmp(here) != 0) {
		way_out = NULL;
		return fail(diag, ERR_NOMEM, "JSON");
	}
	root = load(data, len, &why);
	if (root == NULL)
		return fail(diag, ERR_JSON, "line %d, column %d: %s", why.line,
		    why.column, why.text);
	*ret = (struct json *)root;
	return ERR_OK;
}

enum err
json_parse(const void *data, size_t len, struct json **ret, struct diag *diag)
{
	struct json *quick;

	if (len == 0)
		return fail(diag, ERR_JSON, "empty document");
	json_set_alloc_funcs(malloc_or_leave, release);
	quick = json_quick_parse(data, len);
	if (quick == NULL)
		return parse_with_jansson(data, len, ret, diag);
	*ret = quick;
	return ERR_OK;
}

void
json_free(struct json **json)
{
	json_decref(theirs(*json));
	*json = NULL;
}

enum json_kind
json_kind_of(const struct json *json)
{
	static const enum json_kind kinds[] = {
		[JSON_OBJECT] = JSON_KIND_OBJECT,
		[JSON_ARRAY] = JSON_KIND_ARRAY,
		[JSON_STRING] = JSON_KIND_STRING,
		[JSON_INTEGER] = JSON_KIND_INT,
		[JSON_REAL] = JSON_KIND_REAL,
		[JSON_TRUE] = JSON_KIND_BOOL,
		[JSON_FALSE] = JSON_KIND_BOOL,
		[JSON_NULL] = JSON_KIND_NONE,
	};

	if (json == NULL)
		return JSON_KIND_NONE;
	return kinds[json_typeof((const json_t *)json)];
}

enum err
json_get(struct json *json, const char *name, struct json **ret,
    struct diag *diag)
{
	json_t *found = NULL;
	const char *key;
	json_t *value;

	if (json_kind_of(json) == JSON_KIND_OBJECT)
		json_object_foreach(theirs(json), key, value) {
			if (!parse_equal_nocase(key, name))
				continue;
			if (found != NULL)
				return fail(diag, ERR_JSON,
				    "%s occurs twice, in different case",
				    name);
			found = value;
		}
	*ret = json_is_null(found) ? NULL : (struct json *)found;
	return ERR_OK;
}

struct json *
json_member(struct json *json, const char *name)
{
	return (struct json *)json_object_get(theirs(json), name);
}

static bool
is_among(const char *name, const char *const *names)
{
	while (*names != NULL && strcmp(name, *names) != 0)
		names++;
	return *names != NULL;
}

const char *
json_other_member(struct json *json, const char *const *names)
{
	const char *key;
	json_t *value;

	if (json_kind_of(json) != JSON_KIND_OBJECT)
		return NULL;
	json_object_foreach(theirs(json), key, value)
		if (!is_among(key, names))
			return key;
	return NULL;
}

/* At most JSON_DEPTH_MAX calls deep, see json_parse(). */
static bool
is_within(json_t *json, const struct json_limits *limits, size_t depth)
{
	const char *key;
	json_t *value;
	size_t i;

	if (json_is_string(json))
		return json_string_length(json) <= limits->string;
	if (!json_is_object(json) && !json_is_array(json))
		return true;
	if (depth > limits->depth || json_object_size(json) > limits->members)
		return false;
	json_object_foreach(json, key, value)
		if (strlen(key) > limits->string ||
		    !is_within(value, limits, depth + 1))
			return false;
	json_array_foreach(json, i, value)
		if (!is_within(value, limits, depth + 1))
			return false;
	return true;
}

bool
json_is_within(struct json *json, const struct json_limits *limits)
{
	return is_within(theirs(json), limits, 1);
}

size_t
json_count(const struct json *json)
{
	return json_array_size((const json_t *)json);
}

struct json *
json_item(const struct json *json, size_t index)
{
	return (struct json *)json_array_get((const json_t *)json, index);
}

const char *
json_string_of(const struct json *json)
{
	return json_string_value((const json_t *)json);
}

bool
json_int_of(const struct json *json, int64_t *ret)
{
	if (json_kind_of(json) != JSON_KIND_INT)
		return false;
	*ret = json_integer_value((const json_t *)json);
	return true;
}

bool
json_bool_of(const struct json *json, bool *ret)
{
	if (json_kind_of(json) != JSON_KIND_BOOL)
		return false;
	*ret = json_is_true((const json_t *)json);
	return true;
}

/* RFC 8259, section 7. */
static void
put_escaped(FILE *file, uint32_t character)
{
	if (character == '"' || character == '\\')
		(void)fprintf(file, "\\%c", (int)character);
	else if (character < 0x10000)
		(void)fprintf(file, "\\u%04" PRIx32, character);
	else
		(void)fprintf(file, "\\u%04" PRIx32 "\\u%04" PRIx32,
		    0xd800 + ((character - 0x10000) >> 10),
		    0xdc00 + ((character - 0x10000) & 0x3ff));
}

/* Writes value as a JSON string.  What a terminal should not be given is
 * escaped too: to a program it is the same. */
static void
put_quoted(FILE *file, const char *value)
{
	size_t left = strlen(value);
	size_t len;

	(void)putc('"', file);
	for (; left > 0; value += len, left -= len) {
		uint32_t character = 0;
		bool escaped;

		len = parse_character(value, left, &character);
		escaped = character == '"' || character == '\\' ||
		    !parse_is_showable(character);
		if (len == 0) {
			(void)fputs("\\ufffd", file);
			len = 1;
		} else if (escaped) {
			put_escaped(file, character);
		} else {
			(void)fwrite(value, 1, len, file);
		}
	}
	(void)putc('"', file);
}

/* What comes before a value: comma and name. */
static void
put_name(struct json_writer *w, const char *name)
{
	if (w->comma)
		(void)putc(',', w->file);
	w->comma = true;
	if (name == NULL)
		return;
	put_quoted(w->file, name);
	(void)putc(':', w->file);
}

void
json_begin(struct json_writer *w, const char *name, char open)
{
	put_name(w, name);
	(void)putc(open, w->file);
	w->comma = false;
	w->depth++;
}

void
json_end(struct json_writer *w, char close)
{
	(void)putc(close, w->file);
	w->comma = true;
	w->depth--;
	if (w->depth == 0)
		(void)putc('\n', w->file);
}

void
json_put_string(struct json_writer *w, const char *name, const char *value)
{
	put_name(w, name);
	put_quoted(w->file, value);
}

void
json_put_int(struct json_writer *w, const char *name, int64_t value)
{
	put_name(w, name);
	(void)fprintf(w->file, "%" PRId64, value);
}

void
json_put_bool(struct json_writer *w, const char *name, bool value)
{
	put_name(w, name);
	(void)fputs(value ? "true" : "false", w->file);
}

void
json_put_time(struct json_writer *w, const char *name, int64_t time)
{
	char text[CLOCK_TEXT_SIZE] = "";

	if (time != 0)
		clock_format(time, text);
	json_put_string(w, name, text);
}
