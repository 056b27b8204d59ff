/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/json_quick.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"

#define NAME_MAX_LEN 255
#define DIGITS_MAX 18		/* all of them fit into an int64_t */

DEFINE_AUTO(json_t, json_t *, json_decrefp);

struct reader {
	const char *p;
	const char *end;
	unsigned int depth;
};

static json_t *read_value(struct reader *r);

/* -- the grammar's small change (RFC 8259) --------------------------------- */

static void
skip_blanks(struct reader *r)
{
	while (r->p != r->end && (*r->p == ' ' || *r->p == '\t' ||
	    *r->p == '\n' || *r->p == '\r'))
		r->p++;
}

/* Is this the next one?  Then it is taken. */
static bool
take(struct reader *r, char c)
{
	skip_blanks(r);
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

/* A string without escapes, borrowed from the document.  Whether it is UTF-8
 * is seen by whoever makes a value of it. */
static bool
take_text(struct reader *r, const char **ret, size_t *ret_len)
{
	const char *start;

	if (!take(r, '"'))
		return false;
	start = r->p;
	while (r->p != r->end && (uint8_t)*r->p >= 0x20 && *r->p != '"' &&
	    *r->p != '\\')
		r->p++;
	*ret = start;
	*ret_len = (size_t)(r->p - start);
	if (r->p == r->end || *r->p != '"')
		return false;
	r->p++;
	return true;
}

/* -- values ---------------------------------------------------------------- */

static json_t *
read_string(struct reader *r)
{
	const char *text = NULL;
	size_t len = 0;

	return take_text(r, &text, &len) ? json_stringn(text, len) : NULL;
}

static bool
is_digit(const struct reader *r)
{
	return r->p != r->end && *r->p >= '0' && *r->p <= '9';
}

/* What goes on behind it, a fraction or one digit more, is seen by the caller:
 * nothing of this kind may follow a value. */
static json_t *
read_integer(struct reader *r)
{
	bool negative = take(r, '-');
	const char *start = r->p;
	int64_t number = 0;

	while (is_digit(r) && r->p - start < DIGITS_MAX)
		number = number * 10 + (*r->p++ - '0');
	if (r->p == start || (*start == '0' && r->p - start > 1))
		return NULL;
	return json_integer(negative ? -number : number);
}

static json_t *
read_word(struct reader *r)
{
	static const struct {
		const char *word;
		json_t *(*make)(void);
	} words[] = {
		{ "true", json_true }, { "false", json_false },
		{ "null", json_null },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t len = strlen(words[i].word);

		if ((size_t)(r->end - r->p) < len ||
		    memcmp(r->p, words[i].word, len) != 0)
			continue;
		r->p += len;
		return words[i].make();
	}
	return NULL;
}

static json_t *
read_array(struct reader *r)
{
	AUTO(json_t) json_t *array = json_array();

	if (array == NULL)
		return NULL;
	if (take(r, ']'))
		return TAKE(array);
	do {
		json_t *value = read_value(r);

		/* It takes the value, and fails on none. */
		if (json_array_append_new(array, value) != 0)
			return NULL;
	} while (take(r, ','));
	return take(r, ']') ? TAKE(array) : NULL;
}

/* A name that is there already is for jansson to refuse. */
static bool
read_member(struct reader *r, json_t *object)
{
	char name[NAME_MAX_LEN + 1];
	const char *text = NULL;
	size_t len = 0;

	if (!take_text(r, &text, &len) || len > NAME_MAX_LEN)
		return false;
	memcpy(name, text, len);
	name[len] = '\0';
	if (json_object_get(object, name) != NULL || !take(r, ':'))
		return false;
	return json_object_set_new(object, name, read_value(r)) == 0;
}

static json_t *
read_object(struct reader *r)
{
	AUTO(json_t) json_t *object = json_object();

	if (object == NULL)
		return NULL;
	if (take(r, '}'))
		return TAKE(object);
	do {
		if (!read_member(r, object))
			return NULL;
	} while (take(r, ','));
	return take(r, '}') ? TAKE(object) : NULL;
}

static json_t *
read_container(struct reader *r)
{
	json_t *value;

	if (r->depth == JSON_DEPTH_MAX)
		return NULL;
	r->depth++;
	value = *r->p++ == '{' ? read_object(r) : read_array(r);
	r->depth--;
	return value;
}

static json_t *
read_value(struct reader *r)
{
	skip_blanks(r);
	if (r->p == r->end)
		return NULL;
	if (*r->p == '"')
		return read_string(r);
	if (*r->p == '{' || *r->p == '[')
		return read_container(r);
	if (*r->p == '-' || is_digit(r))
		return read_integer(r);
	return read_word(r);
}

struct json *
json_quick_parse(const void *data, size_t len)
{
	struct reader r = { data, (const char *)data + len, 0 };
	AUTO(json_t) json_t *root = NULL;

	/* A document has no more values than bytes. */
	if (len > JSON_VALUES_MAX)
		return NULL;
	skip_blanks(&r);
	if (r.p == r.end || (*r.p != '{' && *r.p != '['))
		return NULL;
	root = read_container(&r);
	skip_blanks(&r);
	return r.p == r.end ? (struct json *)TAKE(root) : NULL;
}
