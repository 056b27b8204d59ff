/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What no identity provider writes, at every place where it could stand.
 */
#include "mutate.h"

#include <string.h>

static struct span
before(size_t at)
{
	return (struct span){ at, at };
}

/* -- at every tag, in every text, in every attribute --------------------- */

static void
payload_at(struct engine *e, size_t at)
{
	const struct payload *list = e->kind->data;

	for (size_t i = 0; list[i].text != NULL; i++)
		engine_splice(e, before(at), list[i].text, list[i].len);
}

/* In the middle, but not of a character or a reference. */
static size_t
middle(const struct doc *d, struct span span)
{
	size_t at = span.from + (span.to - span.from) / 2;

	while (at < span.to && (d->s[at] & 0xc0) == 0x80)
		at++;
	return at;
}

void
payloads(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	payload_at(e, 0);
	payload_at(e, d->len);
	for (size_t i = 0; i < d->elements; i++) {
		payload_at(e, d->element[i].open.from);
		payload_at(e, d->element[i].name.to);
		payload_at(e, d->element[i].open.to);
		if (d->element[i].empty)
			continue;
		payload_at(e, d->element[i].close.from);
		payload_at(e, d->element[i].close.to);
	}
	for (size_t i = 0; i < d->texts; i++) {
		payload_at(e, d->text[i].span.from + 1);
		payload_at(e, middle(d, d->text[i].span));
	}
	for (size_t i = 0; i < d->attrs; i++) {
		payload_at(e, d->attr[i].value.from);
		payload_at(e, middle(d, d->attr[i].value));
		payload_at(e, d->attr[i].value.to);
	}
}

void
cdata_around(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->texts; i++) {
		AUTO(buf) struct buf b = BUF_INIT(MUTANT_MAX);
		struct span span = d->text[i].span;
		struct span half = { span.from, middle(d, span) };

		adds(&b, "<![CDATA[");
		add_span(&b, d, span);
		adds(&b, "]]>");
		engine_splice(e, span, b.data, b.len);
		buf_reset(&b);
		adds(&b, "<![CDATA[");
		add_span(&b, d, half);
		adds(&b, "]]>");
		engine_splice(e, half, b.data, b.len);
	}
}

/* -- in front ------------------------------------------------------------ */

/* The document type has to be one that would matter: an attribute of its own,
 * an ID, an entity that is used. */
void
prologs(struct engine *e)
{
	static const char *const list[] = {
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
		"<?xml version='1.0' encoding='utf-8'?>\n",
		"<?xml version=\"1.1\"?>",
		"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
		"<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
		"<?xml version=\"1.0\" encoding=\"UTF-7\"?>",
		"<?xml version=\"1.0\" standalone=\"yes\"?>",
		"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>",
		"\xef\xbb\xbf", "\n", " ",
		"<!DOCTYPE samlp:Response [<!ATTLIST samlp:Response ID ID "
		    "#IMPLIED>]>",
		"<!DOCTYPE samlp:Response [<!ATTLIST NameID Format CDATA "
		    "\"x\">]>",
		"<!DOCTYPE samlp:Response [<!ATTLIST samlp:Response xmlns "
		    "CDATA \"urn:x\">]>",
		"<!DOCTYPE r [<!ENTITY a \"1\"><!ENTITY b \"&a;&a;&a;\">]>",
		"<!DOCTYPE r [<!ENTITY % p SYSTEM \"file:///etc/passwd\">"
		    "%p;]>",
		"<!DOCTYPE r PUBLIC \"x\" \"http://127.0.0.1:9/x.dtd\">",
		"<!doctype r>", "<!DOCTYPE r []>",
		"<!DOCTYPE\nr>",
	};
	const struct doc *d = &e->sample->doc;
	size_t start = d->element[0].open.from;

	for (size_t i = 0; i < ARRAY_LEN(list); i++) {
		engine_splice(e, (struct span){ 0, start }, list[i],
		    strlen(list[i]));
		engine_splice(e, before(0), list[i], strlen(list[i]));
		engine_splice(e, before(start), list[i], strlen(list[i]));
	}
}

/* -- attributes that look like another ----------------------------------- */

static const struct {
	const char *prefix;
	const char *name;	/* NULL: the attribute's own */
	const char *declared;	/* the prefix's declaration */
} copies[] = {
	{ "x:", NULL, " xmlns:x=\"urn:x\"" },
	{ "x:", NULL, " xmlns:x=\"http://www.w3.org/2000/09/xmldsig#\"" },
	{ "x:", NULL, " xmlns:x=\"urn:oasis:names:tc:SAML:2.0:assertion\"" },
	{ "x:", NULL, " xmlns:x=\"urn:oasis:names:tc:SAML:2.0:protocol\"" },
	{ "x:", NULL, " xmlns:x=\"http://www.w3.org/2001/10/xml-exc-c14n#\"" },
	{ "x:", NULL,
	    " xmlns:x=\"http://www.w3.org/2001/XMLSchema-instance\"" },
	{ "x:", NULL, "" },
	{ "xml:", NULL, "" },
	{ "xml:", "id", "" },
	{ "xml:", "base", "" },
	{ "xml:", "lang", "" },
	{ "", "Id", "" },
	{ "", "id", "" },
	{ "", "iD", "" },
	{ "", "AssertionID", "" },
};

/* In front of all attributes and behind them. */
static void
copy_attribute(struct engine *e, const struct doc_attr *attr,
    const char *value, size_t len)
{
	const struct doc *d = &e->sample->doc;
	const struct doc_element *element = &d->element[attr->element];
	size_t end = d->attr[element->attr + element->attr_count - 1].all.to;

	for (size_t i = 0; i < ARRAY_LEN(copies); i++) {
		AUTO(buf) struct buf b = BUF_INIT(MUTANT_MAX);

		adds(&b, copies[i].declared);
		adds(&b, " ");
		adds(&b, copies[i].prefix);
		if (copies[i].name == NULL)
			add_span(&b, d, attr->name);
		else
			adds(&b, copies[i].name);
		adds(&b, "=\"");
		add(&b, value, len);
		adds(&b, "\"");
		engine_splice(e, before(element->name.to), b.data, b.len);
		engine_splice(e, before(end), b.data, b.len);
	}
}

/* Those that say which element, where, and how. */
void
attribute_copies(struct engine *e)
{
	static const char *const names[] = {
		"ID", "URI", "Algorithm", "InResponseTo", "Recipient",
		"NotOnOrAfter", "Name", "Format", "Method", "PrefixList",
	};
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->attrs; i++)
		for (size_t n = 0; n < ARRAY_LEN(names); n++) {
			const struct doc_attr *attr = &d->attr[i];

			if (!doc_span_is(d, attr->name, names[n]))
				continue;
			copy_attribute(e, attr, d->s + attr->value.from,
			    attr->value.to - attr->value.from);
			copy_attribute(e, attr, "_evil-evil-evil-evil", 20);
		}
}

/* The ID of Response and of Assertion on every other element, and each given
 * to the other. */
static void
double_id(struct engine *e, struct span id)
{
	static const char *const names[] = { "ID", "Id", "id", "xml:id" };
	const struct doc *d = &e->sample->doc;

	for (size_t i = 0; i < d->elements; i++) {
		const struct doc_attr *own = doc_attr(d, i, "ID");

		if (own != NULL && own->value.from != id.from)
			engine_splice(e, own->value, d->s + id.from,
			    id.to - id.from);
		for (size_t n = 0; n < ARRAY_LEN(names); n++) {
			AUTO(buf) struct buf b = BUF_INIT(MUTANT_MAX);

			adds(&b, " ");
			adds(&b, names[n]);
			adds(&b, "=\"");
			add_span(&b, d, id);
			adds(&b, "\"");
			engine_splice(e, before(d->element[i].name.to),
			    b.data, b.len);
		}
	}
}

void
ids_doubled(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	double_id(e, doc_attr(d, 0, "ID")->value);
	double_id(e, doc_attr(d, e->sample->assertion, "ID")->value);
}
