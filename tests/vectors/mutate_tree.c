/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Elements, attributes and declarations that are not there, there twice,
 * somewhere else or called otherwise.
 */
#include "mutate.h"

#include <ctype.h>
#include <string.h>

static struct span
before(size_t at)
{
	return (struct span){ at, at };
}

/* -- elements ------------------------------------------------------------ */

void
elements_dropped(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->elements; i++)
		engine_splice(e, doc_whole(d, i), "", 0);
}

void
elements_doubled(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->elements; i++) {
		struct span span = doc_whole(d, i);

		engine_splice(e, before(span.from), d->s + span.from,
		    span.to - span.from);
	}
}

void
elements_emptied(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->elements; i++) {
		struct span span = doc_inner(d, i);

		if (d->element[i].empty || span.from == span.to)
			continue;
		engine_splice(e, span, "", 0);
		engine_splice(e, span, " ", 1);
		engine_splice(e, span, "x", 1);
	}
}

/* Without its tags, and with the tags twice. */
void
elements_hollowed(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->elements; i++) {
		AUTO(buf) struct buf b = BUF_INIT(MUTANT_MAX);
		const struct doc_element *element = &d->element[i];

		if (element->empty)
			continue;
		engine_splice(e, doc_whole(d, i), d->s + element->open.to,
		    element->close.from - element->open.to);
		add_span(&b, d, element->open);
		add_span(&b, d, doc_whole(d, i));
		add_span(&b, d, element->close);
		engine_splice(e, doc_whole(d, i), b.data, b.len);
	}
}

/* The same content under another start and end tag. */
static void
rename_element(struct engine *e, size_t i, const char *front,
    const char *local, const char *back)
{
	AUTO(buf) struct buf b = BUF_INIT(MUTANT_MAX);
	const struct doc *d = &e->sample->doc;
	const struct doc_element *element = &d->element[i];
	struct span name = doc_local(d, element->name);

	adds(&b, "<");
	if (*front == '\0')
		add(&b, d->s + element->name.from,
		    name.from - element->name.from);
	adds(&b, front);
	add(&b, local, strlen(local));
	if (*local == '\0')
		add_span(&b, d, name);
	adds(&b, back);
	add(&b, d->s + name.to, element->open.to - name.to);
	if (!element->empty) {
		add(&b, d->s + element->open.to,
		    element->close.from - element->open.to);
		adds(&b, "</");
		if (*front == '\0')
			add(&b, d->s + element->name.from,
			    name.from - element->name.from);
		adds(&b, front);
		add(&b, local, strlen(local));
		if (*local == '\0')
			add_span(&b, d, name);
		if (*back != ' ')
			adds(&b, back);
		adds(&b, ">");
	}
	engine_splice(e, doc_whole(d, i), b.data, b.len);
}

void
elements_renamed(struct engine *e)
{
	static const char *const names[] = {
		"Assertion", "EncryptedAssertion", "Signature", "Object",
		"Advice", "Issuer", "NameID", "Response", "x",
	};
	static const char *const uris[] = {
		"urn:x", "urn:oasis:names:tc:SAML:2.0:assertion",
		"urn:oasis:names:tc:SAML:2.0:protocol",
		"urn:oasis:names:tc:SAML:1.0:assertion",
		"http://www.w3.org/2000/09/xmldsig#",
		"http://www.w3.org/2000/09/xmldsig",
		"urn:oasis:names:tc:SAML:2.0:assertion ",
	};
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->elements; i++) {
		rename_element(e, i, "", "", "x");
		rename_element(e, i, "undeclared:", "", "");
		for (size_t n = 0; n < ARRAY_LEN(names); n++)
			if (!doc_is(d, i, names[n]))
				rename_element(e, i, "", names[n], "");
		for (size_t n = 0; n < ARRAY_LEN(uris); n++) {
			AUTO(buf) struct buf b = BUF_INIT(256);

			adds(&b, " xmlns:other=\"");
			adds(&b, uris[n]);
			adds(&b, "\"");
			rename_element(e, i, "other:", "", buf_str(&b));
		}
	}
}

/* As another child of its parent. */
void
elements_moved(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 1; i < d->elements; i++) {
		struct span own = doc_whole(d, i);
		size_t parent = d->element[i].parent;
		size_t other = DOC_NONE;

		for (;;) {
			AUTO(buf) struct buf b = BUF_INIT(MUTANT_MAX);
			struct span place;

			other = doc_child(d, parent, other, NULL);
			if (other == DOC_NONE)
				break;
			place = doc_whole(d, other);
			if (other == i || !engine_due(e))
				continue;
			if (place.from < own.from) {
				add(&b, d->s, place.from);
				add_span(&b, d, own);
				add(&b, d->s + place.from,
				    own.from - place.from);
			} else {
				add(&b, d->s, own.from);
				add(&b, d->s + own.to, place.to - own.to);
				add_span(&b, d, own);
			}
			place.to = own.to > place.to ? own.to : place.to;
			add(&b, d->s + place.to, d->len - place.to);
			buf_reset(&e->xml);
			add(&e->xml, b.data, b.len);
			engine_try(e, own.from, EXPECT_KIND);
		}
	}
}

/* With any element that is neither in it nor around it. */
void
elements_swapped(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 1; i < d->elements; i++)
		for (size_t k = i + 1; k < d->elements; k++) {
			struct span one = doc_whole(d, i);
			struct span two = doc_whole(d, k);

			if (doc_within(d, k, i) || k - i > 40 ||
			    !engine_due(e))
				continue;
			buf_reset(&e->xml);
			add(&e->xml, d->s, one.from);
			add_span(&e->xml, d, two);
			add(&e->xml, d->s + one.to, two.from - one.to);
			add_span(&e->xml, d, one);
			add(&e->xml, d->s + two.to, d->len - two.to);
			engine_try(e, one.from, EXPECT_KIND);
		}
}

/* -- attributes ---------------------------------------------------------- */

static bool
is_declaration(const struct doc *d, const struct doc_attr *attr)
{
	return attr->name.to - attr->name.from >= 5 &&
	    memcmp(d->s + attr->name.from, "xmlns", 5) == 0;
}

void
attributes_dropped(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->attrs; i++)
		engine_splice(e, d->attr[i].all, "", 0);
}

void
attributes_doubled(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->attrs; i++) {
		AUTO(buf) struct buf b = BUF_INIT(MUTANT_MAX);
		struct span all = d->attr[i].all;

		engine_splice(e, before(all.to), d->s + all.from,
		    all.to - all.from);
		adds(&b, " ");
		add_span(&b, d, d->attr[i].name);
		adds(&b, "=\"x\"");
		engine_splice(e, before(all.to), b.data, b.len);
		engine_splice(e, before(all.from), b.data, b.len);
	}
}

void
attributes_renamed(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->attrs; i++) {
		AUTO(buf) struct buf b = BUF_INIT(256);
		struct span name = d->attr[i].name;

		engine_splice(e, before(name.to), "x", 1);
		engine_splice(e, name, "Consent", 7);
		add_span(&b, d, name);
		for (size_t k = 0; k < b.len; k++)
			b.data[k] = (uint8_t)(isupper(b.data[k]) ?
			    tolower(b.data[k]) : toupper(b.data[k]));
		engine_splice(e, name, b.data, b.len);
		if (is_declaration(d, &d->attr[i]))
			continue;
		engine_splice(e, before(name.from), "xml:", 4);
		engine_splice(e, before(name.from), "x:", 2);
	}
}

void
attributes_changed(struct engine *e)
{
	static const char *const list[] = {
		"", "x", " ", "0", "#", "urn:x", "_evil-evil-evil-evil",
		"2026-11-20T12:00:00Z",
	};
	static const char *const ends[] = { " ", "x", "/", "#", "&#0;" };
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->attrs; i++) {
		AUTO(buf) struct buf b = BUF_INIT(MUTANT_MAX);
		struct span value = d->attr[i].value;

		for (size_t n = 0; n < ARRAY_LEN(list); n++)
			engine_splice(e, value, list[n], strlen(list[n]));
		for (size_t n = 0; n < ARRAY_LEN(ends); n++) {
			engine_splice(e, before(value.from), ends[n],
			    strlen(ends[n]));
			engine_splice(e, before(value.to), ends[n],
			    strlen(ends[n]));
		}
		add_span(&b, d, value);
		for (size_t k = 0; k < b.len; k++)
			b.data[k] = (uint8_t)(isupper(b.data[k]) ?
			    tolower(b.data[k]) : toupper(b.data[k]));
		engine_splice(e, value, b.data, b.len);
		for (size_t k = 0; k < b.len / 2; k++) {
			uint8_t c = b.data[k];

			b.data[k] = b.data[b.len - 1 - k];
			b.data[b.len - 1 - k] = c;
		}
		engine_splice(e, value, b.data, b.len);
	}
}

/* -- declarations -------------------------------------------------------- */

static const char *const uris[] = {
	"", "a", "../a", "urn:x", "http://example.com/", "#", " ",
	"urn:oasis:names:tc:SAML:2.0:assertion",
	"urn:oasis:names:tc:SAML:2.0:protocol",
	"http://www.w3.org/2000/09/xmldsig#",
	"http://www.w3.org/2001/10/xml-exc-c14n#",
	"http://www.w3.org/2001/XMLSchema-instance",
	"http://www.w3.org/2001/XMLSchema",
	"http://www.w3.org/XML/1998/namespace",
	"http://www.w3.org/2000/xmlns/",
};

void
declarations_changed(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->attrs; i++) {
		const struct doc_attr *attr = &d->attr[i];

		if (!is_declaration(d, attr))
			continue;
		engine_splice(e, attr->all, "", 0);
		for (size_t n = 0; n < ARRAY_LEN(uris); n++)
			engine_splice(e, attr->value, uris[n],
			    strlen(uris[n]));
		engine_splice(e, before(attr->name.to),
		    doc_span_is(d, attr->name, "xmlns") ? ":p" : "p",
		    doc_span_is(d, attr->name, "xmlns") ? 2 : 1);
		if (!doc_span_is(d, attr->name, "xmlns"))
			engine_splice(e, attr->name, "xmlns", 5);
	}
}

/* On every element: a new prefix, the default, and one that is in use. */
void
declarations_added(struct engine *e)
{
	static const char *const names[] = {
		"xmlns", "xmlns:q", "xmlns:samlp", "xmlns:saml", "xmlns:ds",
		"xmlns:xs", "xmlns:xml", "xmlns:xmlns",
	};
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->elements; i++)
		for (size_t n = 0; n < ARRAY_LEN(names); n++) {
			if (doc_attr(d, i, names[n]) != NULL)
				continue;
			for (size_t u = 0; u < ARRAY_LEN(uris); u++) {
				AUTO(buf) struct buf b = BUF_INIT(256);

				adds(&b, " ");
				adds(&b, names[n]);
				adds(&b, "=\"");
				adds(&b, uris[u]);
				adds(&b, "\"");
				engine_splice(e, before(
				    d->element[i].name.to), b.data, b.len);
			}
		}
}

/* -- prefixes ------------------------------------------------------------ */

/* Writes the name with the other prefix if it has this one. */
static void
add_name(struct buf *b, const struct doc *d, struct span name,
    const char *prefix, const char *other)
{
	struct span local = doc_local(d, name);
	size_t len = strlen(prefix);
	bool own = local.from == name.from ? len == 0 :
	    local.from - 1 - name.from == len &&
	    memcmp(d->s + name.from, prefix, len) == 0;

	if (!own) {
		add_span(b, d, name);
		return;
	}
	adds(b, other);
	if (*other != '\0')
		adds(b, ":");
	add_span(b, d, local);
}

static void
add_attr_name(struct buf *b, const struct doc *d, struct span name,
    const char *prefix, const char *other)
{
	bool is_default = doc_span_is(d, name, "xmlns");
	char full[80] = "xmlns";

	if (*prefix != '\0') {
		full[5] = ':';
		memcpy(full + 6, prefix, strlen(prefix) + 1);
	}
	if (doc_span_is(d, name, full)) {
		adds(b, "xmlns");
		adds(b, *other == '\0' ? "" : ":");
		adds(b, other);
	} else if (is_default || *prefix == '\0')
		add_span(b, d, name);
	else
		add_name(b, d, name, prefix, other);
}

/* The names of start tags, end tags and attributes below the element. */
struct name {
	struct span span;
	bool is_attr;
};

static int
by_place(const void *a, const void *b)
{
	size_t one = ((const struct name *)a)->span.from;
	size_t other = ((const struct name *)b)->span.from;

	return one < other ? -1 : one > other;
}

static size_t
list_names(const struct doc *d, size_t top, struct name *list)
{
	size_t count = 0;

	for (size_t i = top; i < d->elements; i++) {
		const struct doc_element *element = &d->element[i];
		struct span name = element->name;

		if (!doc_within(d, i, top))
			continue;
		list[count++] = (struct name){ name, false };
		name.to += element->close.from + 2 - name.from;
		name.from = element->close.from + 2;
		if (!element->empty)
			list[count++] = (struct name){ name, false };
		for (size_t k = 0; k < element->attr_count; k++)
			list[count++] = (struct name){
			    d->attr[element->attr + k].name, true };
	}
	qsort(list, count, sizeof(*list), by_place);
	return count;
}

static void
rename_prefix(struct engine *e, size_t top, const char *prefix,
    const char *other)
{
	static struct name list[DOC_ELEMENTS_MAX * 2 + DOC_ATTRS_MAX];
	const struct doc *d = &e->sample->doc;
	size_t count;
	size_t at = 0;

	if (!engine_due(e))
		return;
	buf_reset(&e->xml);
	count = list_names(d, top, list);
	for (size_t i = 0; i < count; i++) {
		add(&e->xml, d->s + at, list[i].span.from - at);
		if (list[i].is_attr)
			add_attr_name(&e->xml, d, list[i].span, prefix, other);
		else
			add_name(&e->xml, d, list[i].span, prefix, other);
		at = list[i].span.to;
	}
	add(&e->xml, d->s + at, d->len - at);
	e->what = other;
	engine_try(e, d->element[top].open.from, EXPECT_KIND);
}

void
prefixes_renamed(struct engine *e)
{
	static const char *const others[] = {
		"", "q", "saml", "samlp", "ds", "xml",
	};
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->attrs; i++) {
		const struct doc_attr *attr = &d->attr[i];
		char prefix[64] = "";
		size_t len = attr->name.to - attr->name.from;

		if (!is_declaration(d, attr) || len > 60)
			continue;
		if (len > 6)
			memcpy(prefix, d->s + attr->name.from + 6, len - 6);
		for (size_t n = 0; n < ARRAY_LEN(others); n++)
			if (strcmp(prefix, others[n]) != 0)
				rename_prefix(e, attr->element, prefix,
				    others[n]);
	}
}
