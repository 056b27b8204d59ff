/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON: a strict reader (jansson underneath) and a small writer.
 *
 * The reader refuses what SECURITY.md J8 and J9 list: a member given twice,
 * bytes after the document, bad UTF-8, NUL in a string, numbers out of range,
 * and, by limits of ours, deep or crowded documents.  Member names are
 * compared without regard to ASCII case, as SCIM wants (RFC 7643 section
 * 2.1), and null reads as absent (section 2.5).
 */
#ifndef SYS_JSON_H
#define SYS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/diag.h"

/* A value inside a document.  Borrowed from the document that json_parse()
 * gave; lives as long as that. */
struct json;

/* Parses exactly len bytes: one object or array, at most JSON_DEPTH_MAX deep
 * and of at most JSON_VALUES_MAX values.  The caller frees *ret with
 * json_free().  ERR_JSON; the detail names line and column.  ERR_NOMEM. */
enum err json_parse(const void *data, size_t len, struct json **ret,
	struct diag *diag) MUST_USE;

/* Frees a document; does nothing on NULL. */
void json_free(struct json **json);
static inline void json_auto(struct json **json) { json_free(json); }

/* From now on, documents and what is made while reading them are wiped when
 * they are freed.  For a process whose documents are secret; before its first
 * one. */
void json_wipe_freed(void);

enum json_kind {
	JSON_KIND_NONE,		/* NULL, and JSON's null */
	JSON_KIND_OBJECT, JSON_KIND_ARRAY, JSON_KIND_STRING, JSON_KIND_INT,
	JSON_KIND_REAL, JSON_KIND_BOOL,
};

enum json_kind json_kind_of(const struct json *json);

/* The member of this name, NULL when it is absent or null, or when json is
 * no object.  ERR_JSON when two members have this name in different case:
 * which of them counts must not depend on the reader. */
enum err json_get(struct json *json, const char *name, struct json **ret,
	struct diag *diag) MUST_USE;

/* The member of exactly this name, as JOSE wants it (RFC 7515, 10.12); NULL
 * when it is absent, or when json is no object.  JSON's null is found. */
struct json *json_member(struct json *json, const char *name);

/* The name of a member that is none of these; NULL when there is none, or
 * when json is no object.  names ends with NULL. */
const char *json_other_member(struct json *json, const char *const *names);

/* What is too much for a document of its kind; 0 forbids. */
struct json_limits {
	size_t depth;		/* containers within each other */
	size_t members;		/* of one object */
	size_t string;		/* bytes of a string or a member's name */
};

/* Does the value, with all that is in it, keep these limits? */
bool json_is_within(struct json *json, const struct json_limits *limits)
	__attribute__((warn_unused_result));

/* An array's length and items; 0 and NULL for anything else. */
size_t json_count(const struct json *json);
struct json *json_item(const struct json *json, size_t index);

/* The value, if it is of this kind; otherwise NULL or false and the output
 * untouched.  A string is UTF-8 without NUL, so strlen() is its length.  An
 * integer is written without fraction or exponent. */
const char *json_string_of(const struct json *json);
bool json_int_of(const struct json *json, int64_t *ret) MUST_USE;
bool json_bool_of(const struct json *json, bool *ret) MUST_USE;

/*
 * The writer: one document, compact, to a stream; commas, quotes and escapes
 * are its job, and the order of the calls is the caller's.
 *
 *	struct json_writer w = JSON_WRITER_INIT(stdout);
 *
 *	json_begin(&w, NULL, '{');
 *	json_put_string(&w, "login", login);
 *	json_begin(&w, "groups", '[');
 *	json_put_string(&w, NULL, group);
 *	json_end(&w, ']');
 *	json_end(&w, '}');
 *
 * name is NULL inside an array and for the document itself.  The output is
 * safe on a terminal: control characters are escaped, bytes that are not
 * UTF-8 become U+FFFD.  Failures to write are the stream's (ferror, fflush).
 */
struct json_writer {
	FILE *file;
	bool comma;		/* the next value needs one before it */
	unsigned int depth;
};

#define JSON_WRITER_INIT(file) { (file), false, 0 }

/* open is '{' or '[', close the matching one.  The outermost end adds a
 * newline. */
void json_begin(struct json_writer *w, const char *name, char open);
void json_end(struct json_writer *w, char close);
void json_put_string(struct json_writer *w, const char *name,
	const char *value);
void json_put_int(struct json_writer *w, const char *name, int64_t value);
void json_put_bool(struct json_writer *w, const char *name, bool value);

/* A string as clock_format(); "" for 0, which means never. */
void json_put_time(struct json_writer *w, const char *name, int64_t time);

#endif
