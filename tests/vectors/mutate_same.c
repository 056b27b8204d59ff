/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other ways to write the same, which canonical XML exists to make harmless:
 * the verifier has to accept each of them, with the same claims.
 */
#include "mutate.h"

#include <stdio.h>
#include <string.h>

static struct span
before(size_t at)
{
	return (struct span){ at, at };
}

/* -- references ---------------------------------------------------------- */

/* The character at that place: its bytes; 1 for what cannot be one. */
static size_t
character(const char *s, size_t len, unsigned int *ret)
{
	static const struct {
		unsigned int mask, lead, len;
	} forms[] = {
		{ 0x80, 0x00, 1 }, { 0xe0, 0xc0, 2 }, { 0xf0, 0xe0, 3 },
		{ 0xf8, 0xf0, 4 },
	};
	unsigned char c = (unsigned char)*s;

	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if ((c & forms[i].mask) == forms[i].lead &&
		    forms[i].len <= len) {
			*ret = c & ~forms[i].mask & 0xffu;
			for (size_t k = 1; k < forms[i].len; k++)
				*ret = *ret << 6 |
				    ((unsigned char)s[k] & 63u);
			return forms[i].len;
		}
	*ret = c;
	return 1;
}

static void
references_in(struct engine *e, struct span span)
{
	const struct doc *d = &e->sample->doc;
	size_t i = span.from;

	while (i < span.to) {
		unsigned int c;
		size_t len = character(d->s + i, span.to - i, &c);
		char text[3][16];

		if (d->s[i] == '&') {
			while (d->s[i++] != ';')
				;
			continue;
		}
		(void)snprintf(text[0], sizeof(text[0]), "&#%u;", c);
		(void)snprintf(text[1], sizeof(text[1]), "&#x%x;", c);
		(void)snprintf(text[2], sizeof(text[2]), "&#x%04X;", c);
		for (size_t k = 0; k < 3 && c != '\n' && c != '\r'; k++)
			engine_splice(e, (struct span){ i, i + len }, text[k],
			    strlen(text[k]));
		i += len;
	}
}

void
references(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->texts; i++)
		if (d->text[i].parent != DOC_NONE)
			references_in(e, d->text[i].span);
	for (size_t i = 0; i < d->attrs; i++)
		references_in(e, d->attr[i].value);
}

/* -- tags ---------------------------------------------------------------- */

void
quotes(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->attrs; i++) {
		AUTO(buf) struct buf b = BUF_INIT(MUTANT_MAX);
		struct span value = d->attr[i].value;
		char quote = d->s[value.to] == '"' ? '\'' : '"';

		if (memchr(d->s + value.from, quote, value.to - value.from) !=
		    NULL)
			continue;
		add(&b, &quote, 1);
		add_span(&b, d, value);
		add(&b, &quote, 1);
		engine_splice(e, (struct span){ value.from - 1, value.to + 1 },
		    b.data, b.len);
	}
}

static void
blanks_at(struct engine *e, size_t at)
{
	static const char *const list[] = { " ", "\n", "\t", "\r\n", "  " };

	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		engine_splice(e, before(at), list[i], strlen(list[i]));
}

void
tag_blanks(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->attrs; i++) {
		blanks_at(e, d->attr[i].all.from);
		blanks_at(e, d->attr[i].name.from);
		blanks_at(e, d->attr[i].name.to);
		blanks_at(e, d->attr[i].value.from - 1);
	}
	for (size_t i = 0; i < d->elements; i++) {
		blanks_at(e, d->element[i].open.to - 1 -
		    d->element[i].empty);
		if (!d->element[i].empty)
			blanks_at(e, d->element[i].close.to - 1);
	}
}

void
empty_tags(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->elements; i++) {
		AUTO(buf) struct buf b = BUF_INIT(512);
		const struct doc_element *element = &d->element[i];
		struct span inner = doc_inner(d, i);

		if (element->empty) {
			adds(&b, "></");
			add_span(&b, d, element->name);
			adds(&b, ">");
			engine_splice(e, (struct span){ element->open.to - 2,
			    element->open.to }, b.data, b.len);
		} else if (inner.from == inner.to)
			engine_splice(e, (struct span){ element->open.to - 1,
			    element->close.to }, "/>", 2);
	}
}

void
attribute_order(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i + 1 < d->attrs; i++) {
		AUTO(buf) struct buf b = BUF_INIT(MUTANT_MAX);
		struct span one = d->attr[i].all;
		struct span two = d->attr[i + 1].all;

		if (d->attr[i].element != d->attr[i + 1].element)
			continue;
		add_span(&b, d, two);
		add_span(&b, d, one);
		engine_splice(e, (struct span){ one.from, two.to }, b.data,
		    b.len);
	}
}
