/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * XML as the mutation engine sees it: a text and the places in it where tags,
 * attributes and texts are.  Written for this and sharing nothing with the
 * parser of the product: it knows elements, attributes, texts, the five named
 * entities and character references, and takes nothing else.
 */
#ifndef MUTATE_DOC_H
#define MUTATE_DOC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define DOC_NONE ((size_t)-1)
#define DOC_DEPTH_MAX 48
#define DOC_ELEMENTS_MAX 2048
#define DOC_ATTRS_MAX 4096
#define DOC_TEXTS_MAX 4096
#define DOC_ARENA (512u * 1024)

struct span {
	size_t from;
	size_t to;
};

struct doc_attr {
	struct span all;	/* with the white space in front */
	struct span name;
	struct span value;	/* between the quotes */
	size_t element;
};

struct doc_element {
	struct span open;	/* the whole start tag */
	struct span close;	/* the end tag; empty behind <a/> */
	struct span name;	/* of the start tag, with its prefix */
	size_t parent;		/* DOC_NONE: the root */
	size_t attr;		/* the first of attr_count */
	size_t attr_count;
	bool empty;		/* <a/> */
};

struct doc_text {
	struct span span;
	size_t parent;		/* DOC_NONE: outside the root */
};

/* All three in document order. */
struct doc {
	const char *s;
	size_t len;
	struct doc_element element[DOC_ELEMENTS_MAX];
	struct doc_attr attr[DOC_ATTRS_MAX];
	struct doc_text text[DOC_TEXTS_MAX];
	size_t elements;
	size_t attrs;
	size_t texts;
	char arena[DOC_ARENA];	/* of one canonical form */
	size_t used;
};

/* Borrows s until the next call.  False when it is not of this small kind. */
bool doc_parse(struct doc *d, const char *s, size_t len);

/* The span's text is exactly this. */
bool doc_span_is(const struct doc *d, struct span span, const char *text);

/* Without the prefix. */
struct span doc_local(const struct doc *d, struct span name);

/* Of this local name. */
bool doc_is(const struct doc *d, size_t element, const char *local);

/* The first element behind this one (DOC_NONE: of all) with the local name;
 * NULL: any. */
size_t doc_find(const struct doc *d, size_t after, const char *local);

/* The first child behind the child after (DOC_NONE: of all). */
size_t doc_child(const struct doc *d, size_t parent, size_t after,
	const char *local);

/* The attribute of this exact name, or NULL. */
const struct doc_attr *doc_attr(const struct doc *d, size_t element,
	const char *name);

bool doc_within(const struct doc *d, size_t element, size_t ancestor);

/* From the start tag to the end tag, and what is between them. */
struct span doc_whole(const struct doc *d, size_t element);
struct span doc_inner(const struct doc *d, size_t element);

/* Appends the text of a leaf, references resolved. */
bool doc_content(struct doc *d, size_t element, struct buf *out);

/* Changed without any signature noticing: no Signature's parent is above it
 * unless that Signature itself is, and it is in no SignedInfo. */
bool doc_is_free(const struct doc *d, size_t element);

/* Exclusive C14N 1.0 without comments of the element, less the element
 * without (DOC_NONE: less nothing), prefixes separated by blanks.  False when
 * it has none. */
bool doc_canonical(struct doc *d, size_t element, size_t without,
	const char *prefixes, struct buf *out);

/* What doc_normal() leaves out. */
enum {
	NORMAL_BREAKS = 1,	/* line breaks in values that are base64 */
	NORMAL_BLANKS = 2,	/* texts of white space */
	NORMAL_ENVELOPE = 4,	/* what the root says of itself, if it fits */
	NORMAL_KEY_INFO = 8,	/* KeyInfo */
	NORMAL_SIGNATURE = 16,	/* the root's Signature */
};

/* What a Response's own attributes may be when nobody has signed them. */
struct doc_envelope {
	const char *recipient;
	const char *request;	/* "": none */
};

/*
 * Names with their namespaces for their prefixes, attributes in one order,
 * references resolved: equal for two texts that say the same.
 */
bool doc_normal(struct doc *d, unsigned int less,
	const struct doc_envelope *envelope, struct buf *out);

#endif
