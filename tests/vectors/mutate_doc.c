/* SPDX-License-Identifier: BSD-2-Clause */
#include "mutate_doc.h"

#include <string.h>

/* -- tokens -------------------------------------------------------------- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
ends_name(char c)
{
	return is_blank(c) || strchr("=/><\"'&", c) != NULL;
}

static size_t
skip_blanks(const struct doc *d, size_t p)
{
	while (p < d->len && is_blank(d->s[p]))
		p++;
	return p;
}

static bool
take_name(const struct doc *d, size_t *p, struct span *ret)
{
	ret->from = *p;
	while (*p < d->len && !ends_name(d->s[*p]))
		(*p)++;
	ret->to = *p;
	return ret->to != ret->from;
}

static bool
take_attr(struct doc *d, size_t *p, size_t blank)
{
	struct doc_attr *attr = &d->attr[d->attrs];
	char quote;

	if (d->attrs == DOC_ATTRS_MAX || blank == *p ||
	    !take_name(d, p, &attr->name))
		return false;
	*p = skip_blanks(d, *p);
	if (*p >= d->len || d->s[*p] != '=')
		return false;
	*p = skip_blanks(d, *p + 1);
	if (*p >= d->len || (d->s[*p] != '"' && d->s[*p] != '\''))
		return false;
	quote = d->s[(*p)++];
	attr->value.from = *p;
	while (*p < d->len && d->s[*p] != quote && d->s[*p] != '<')
		(*p)++;
	if (*p >= d->len || d->s[*p] != quote)
		return false;
	attr->value.to = (*p)++;
	attr->all = (struct span){ blank, *p };
	attr->element = d->elements;
	d->attrs++;
	return true;
}

static bool
take_start(struct doc *d, size_t *p, size_t *current)
{
	struct doc_element *e = &d->element[d->elements];
	size_t blank;

	if (d->elements == DOC_ELEMENTS_MAX)
		return false;
	*e = (struct doc_element){ .parent = *current, .attr = d->attrs };
	e->open.from = (*p)++;
	if (!take_name(d, p, &e->name))
		return false;
	for (;;) {
		blank = *p;
		*p = skip_blanks(d, *p);
		if (*p >= d->len)
			return false;
		if (d->s[*p] == '/' || d->s[*p] == '>')
			break;
		if (!take_attr(d, p, blank))
			return false;
	}
	e->empty = d->s[*p] == '/';
	*p += e->empty;
	if (*p >= d->len || d->s[*p] != '>')
		return false;
	e->open.to = ++*p;
	e->close = (struct span){ *p, *p };
	e->attr_count = d->attrs - e->attr;
	if (!e->empty)
		*current = d->elements;
	d->elements++;
	return true;
}

static bool
take_end(struct doc *d, size_t *p, size_t *current)
{
	struct span name;
	struct doc_element *e;
	size_t len;

	if (*current == DOC_NONE)
		return false;
	e = &d->element[*current];
	e->close.from = *p;
	*p += 2;
	len = e->name.to - e->name.from;
	if (!take_name(d, p, &name) || name.to - name.from != len ||
	    memcmp(d->s + name.from, d->s + e->name.from, len) != 0)
		return false;
	*p = skip_blanks(d, *p);
	if (*p >= d->len || d->s[*p] != '>')
		return false;
	e->close.to = ++*p;
	*current = e->parent;
	return true;
}

static bool
take_text(struct doc *d, size_t *p, size_t current)
{
	struct doc_text *text = &d->text[d->texts];
	size_t q = *p;

	if (d->texts == DOC_TEXTS_MAX)
		return false;
	while (q < d->len && d->s[q] != '<')
		q++;
	*text = (struct doc_text){ { *p, q }, current };
	if (current == DOC_NONE && skip_blanks(d, *p) < q)
		return false;
	d->texts++;
	*p = q;
	return true;
}

static bool
take_token(struct doc *d, size_t *p, size_t *current)
{
	if (d->s[*p] != '<')
		return take_text(d, p, *current);
	if (*p + 1 >= d->len || d->s[*p + 1] == '!' || d->s[*p + 1] == '?')
		return false;
	if (d->s[*p + 1] == '/')
		return take_end(d, p, current);
	if (*current == DOC_NONE && d->elements != 0)
		return false;
	return take_start(d, p, current);
}

static size_t
depth_of(const struct doc *d, size_t element)
{
	size_t depth = 0;

	for (; element != DOC_NONE; element = d->element[element].parent)
		depth++;
	return depth;
}

bool
doc_parse(struct doc *d, const char *s, size_t len)
{
	size_t current = DOC_NONE;
	size_t p = 0;

	d->s = s;
	d->len = len;
	d->elements = d->attrs = d->texts = d->used = 0;
	if (memchr(s, '\0', len) != NULL)
		return false;
	if (len > 6 && memcmp(s, "<?xml", 5) == 0 && is_blank(s[5])) {
		const char *end = memmem(s, len, "?>", 2);

		if (end == NULL)
			return false;
		p = (size_t)(end - s) + 2;
	}
	while (p < len)
		if (!take_token(d, &p, &current) ||
		    depth_of(d, current) > DOC_DEPTH_MAX)
			return false;
	return current == DOC_NONE && d->elements != 0;
}

/* -- questions ----------------------------------------------------------- */

bool
doc_span_is(const struct doc *d, struct span span, const char *text)
{
	return span.to - span.from == strlen(text) &&
	    memcmp(d->s + span.from, text, strlen(text)) == 0;
}

struct span
doc_local(const struct doc *d, struct span name)
{
	const char *colon = memchr(d->s + name.from, ':',
	    name.to - name.from);

	if (colon != NULL)
		name.from = (size_t)(colon - d->s) + 1;
	return name;
}

bool
doc_is(const struct doc *d, size_t element, const char *local)
{
	return doc_span_is(d, doc_local(d, d->element[element].name), local);
}

size_t
doc_find(const struct doc *d, size_t after, const char *local)
{
	for (size_t i = after + 1; i < d->elements; i++)
		if (local == NULL || doc_is(d, i, local))
			return i;
	return DOC_NONE;
}

size_t
doc_child(const struct doc *d, size_t parent, size_t after, const char *local)
{
	for (size_t i = after == DOC_NONE ? parent + 1 : after + 1;
	    i < d->elements; i++)
		if (d->element[i].parent == parent &&
		    (local == NULL || doc_is(d, i, local)))
			return i;
	return DOC_NONE;
}

const struct doc_attr *
doc_attr(const struct doc *d, size_t element, const char *name)
{
	const struct doc_element *e = &d->element[element];

	for (size_t i = 0; i < e->attr_count; i++)
		if (doc_span_is(d, d->attr[e->attr + i].name, name))
			return &d->attr[e->attr + i];
	return NULL;
}

bool
doc_within(const struct doc *d, size_t element, size_t ancestor)
{
	while (element != DOC_NONE && element != ancestor)
		element = d->element[element].parent;
	return element == ancestor;
}

struct span
doc_whole(const struct doc *d, size_t element)
{
	return (struct span){ d->element[element].open.from,
	    d->element[element].close.to };
}

struct span
doc_inner(const struct doc *d, size_t element)
{
	return (struct span){ d->element[element].open.to,
	    d->element[element].close.from };
}

bool
doc_is_free(const struct doc *d, size_t element)
{
	size_t sig = DOC_NONE;

	for (;;) {
		sig = doc_find(d, sig, "Signature");
		if (sig == DOC_NONE)
			break;
		if (doc_within(d, element, d->element[sig].parent) &&
		    !doc_within(d, element, sig))
			return false;
	}
	for (size_t e = element; e != DOC_NONE; e = d->element[e].parent)
		if (doc_is(d, e, "SignedInfo"))
			return false;
	return true;
}
