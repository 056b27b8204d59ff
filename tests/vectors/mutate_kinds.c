/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two tables: what is done to a sample, and which differences say
 * nothing.
 */
#include "mutate.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"

/* -- what says nothing --------------------------------------------------- */

static bool
same_normal(struct engine *e, unsigned int less)
{
	const struct saml_check *check = &e->sample->options.check;
	const struct doc_envelope envelope = { check->recipient,
	    e->sample->options.pending.id };

	buf_reset(&e->normal[0]);
	buf_reset(&e->normal[1]);
	return doc_normal(&e->sample->doc, less, &envelope, &e->normal[0]) &&
	    doc_parse(&e->doc, (const char *)e->xml.data, e->xml.len) &&
	    doc_normal(&e->doc, less, &envelope, &e->normal[1]) &&
	    e->normal[0].len == e->normal[1].len &&
	    memcmp(e->normal[0].data, e->normal[1].data,
	    e->normal[0].len) == 0;
}

static bool
same_encoded(struct engine *e)
{
	return same_normal(e, 0);
}

static bool
same_but_breaks(struct engine *e)
{
	return same_normal(e, NORMAL_BREAKS);
}

static bool
same_but_blanks(struct engine *e)
{
	return same_normal(e, NORMAL_BLANKS);
}

static bool
same_but_envelope(struct engine *e)
{
	const struct doc_attr *id;
	const struct doc_attr *inner;
	struct doc *d = &e->doc;

	if (e->sample->response_signed ||
	    !same_normal(e, NORMAL_ENVELOPE))
		return false;
	id = doc_attr(d, 0, "ID");
	inner = doc_attr(d, doc_child(d, 0, DOC_NONE, "Assertion"), "ID");
	return id == NULL || inner == NULL ||
	    id->value.to - id->value.from !=
	    inner->value.to - inner->value.from ||
	    memcmp(d->s + id->value.from, d->s + inner->value.from,
	    id->value.to - id->value.from) != 0;
}

/* What is left of KeyInfo is the sample's, to the byte. */
static bool
same_but_key_info(struct engine *e)
{
	const struct doc *d = &e->doc;
	size_t i = DOC_NONE;

	if (!same_normal(e, NORMAL_KEY_INFO))
		return false;
	for (;;) {
		struct span span;

		i = doc_find(d, i, "KeyInfo");
		if (i == DOC_NONE)
			return true;
		span = doc_whole(d, i);
		if (memmem(e->sample->xml.data, e->sample->xml.len,
		    d->s + span.from, span.to - span.from) == NULL)
			return false;
	}
}

static bool
same_but_signature(struct engine *e)
{
	return (e->sample->options.check.flags &
	    WIRE_SAML_RESPONSE_SIGNED) == 0 &&
	    same_normal(e, NORMAL_SIGNATURE) &&
	    doc_child(&e->doc, 0, DOC_NONE, "Signature") == DOC_NONE;
}

/* e->xml is empty then. */
static bool
same_transported(struct engine *e)
{
	struct buf *plain = &e->normal[0];

	buf_reset(plain);
	for (size_t i = 0; i < e->base64.len; i++)
		if (e->base64.data[i] != '\n' && e->base64.data[i] != '\r')
			add(plain, &e->base64.data[i], 1);
	return plain->len == e->sample->base64.len && memcmp(plain->data,
	    e->sample->base64.data, plain->len) == 0;
}

static const struct {
	unsigned int bit;
	bool (*same)(struct engine *e);
	const char *why;
} harmless[] = {
	{ HARMLESS_ENCODING, same_encoded,
	    "another way to write the same XML (references, quotes, white "
	    "space in tags, empty tags, order of attributes, prefixes of "
	    "what is not signed, declarations nobody uses): every XML parser "
	    "reads the same names, values and texts" },
	{ HARMLESS_BLANKS, same_but_blanks,
	    "white space between unsigned elements: no element that has "
	    "elements has a text of its own in the grammar" },
	{ HARMLESS_BREAKS, same_but_breaks,
	    "line breaks in SignatureValue and X509Certificate: peers fold "
	    "them, the bytes that they stand for are the same" },
	{ HARMLESS_ENVELOPE, same_but_envelope,
	    "ID, IssueInstant, Consent, Destination and InResponseTo of an "
	    "unsigned Response, as long as they are well formed and, where "
	    "they are there, ours: no claim comes from them, the signed "
	    "assertion has its own" },
	{ HARMLESS_KEY_INFO, same_but_key_info,
	    "no KeyInfo: it only selects among the pinned keys" },
	{ HARMLESS_SIGNATURE, same_but_signature,
	    "no signature of the Response where none is demanded: the claims "
	    "come from the signed assertion" },
};

unsigned int
harmless_find(struct engine *e)
{
	if (e->xml.len == 0 && same_transported(e))
		return HARMLESS_TRANSPORT;
	if (e->xml.len == 0 && base64_decode(&e->xml, buf_str(&e->base64),
	    e->base64.len, true) != ERR_OK)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
		if (harmless[i].same(e))
			return harmless[i].bit;
	return 0;
}

void
harmless_print(const char *prefix)
{
	for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
		(void)printf("%s%u: %s\n", prefix, harmless[i].bit,
		    harmless[i].why);
	(void)printf("%s%u: line breaks in the base64 of the whole: some "
	    "channels fold it\n", prefix, HARMLESS_TRANSPORT);
}

/* -- what is done -------------------------------------------------------- */

#define ENCODING HARMLESS_ENCODING
#define BREAKS HARMLESS_BREAKS
#define BLANKS HARMLESS_BLANKS
#define ENVELOPE HARMLESS_ENVELOPE
#define KEY_INFO HARMLESS_KEY_INFO
#define SIGNATURE HARMLESS_SIGNATURE
#define TRANSPORT HARMLESS_TRANSPORT

#define P(text) { text, sizeof(text) - 1 }
#define PAYLOADS(name, ...) \
	static const struct payload name[] = { __VA_ARGS__, { NULL, 0 } }

PAYLOADS(comments, P("<!---->"), P("<!-- x -->"), P("<!--<Issuer>-->"));
PAYLOADS(instructions, P("<?x?>"), P("<?x y?>"),
    P("<?xml-stylesheet href=\"x\"?>"));
PAYLOADS(cdata, P("<![CDATA[]]>"), P("<![CDATA[x]]>"), P("<![CDATA[ ]]>"));
PAYLOADS(doctypes, P("<!DOCTYPE x>"),
    P("<!DOCTYPE x SYSTEM \"file:///etc/passwd\">"),
    P("<!DOCTYPE x [<!ENTITY e \"v\">]>"), P("<!ENTITY e \"v\">"));
PAYLOADS(entities, P("&e;"), P("&amp;"), P("&#0;"), P("&#x1;"), P("&#xFFFF;"),
    P("&#x110000;"), P("&#65;"), P("&"), P("%e;"));
PAYLOADS(nuls, P("\0"), P("\0<x/>"), P("\0\0"), P("x\0"));
PAYLOADS(declarations, P("<?xml version=\"1.0\"?>"));
PAYLOADS(controls, P("\1"), P("\b"), P("\v"), P("\f"), P("\x0e"), P("\x1f"),
    P("\x7f"), P("\xc2\x80"), P("\xc2\x85"), P("\xe2\x80\xa8"));
PAYLOADS(marks, P("\xef\xbb\xbf"), P("\xff\xfe"), P("\xfe\xff"),
    P("\xe2\x80\x8b"));
PAYLOADS(roots, P("<x/>"), P("<x></x>"), P("<Assertion/>"));
PAYLOADS(texts, P("x"), P("0"), P("]]>"), P("\xc3\xa9"), P("\xff"),
    P("\xc0\xbc"), P("="));
PAYLOADS(blanks, P(" "), P("\n"), P("\t"), P("\r\n"), P("&#32;"), P("&#10;"));

const struct kind kinds[] = {
	/* a forged assertion beside, around and in the genuine one */
	{ "xsw-1-to-10", wrappings, 0, false, NULL },
	{ "forged-everywhere", forged_everywhere, 0, false, NULL },
	{ "genuine-everywhere", genuine_everywhere, 0, false, NULL },
	{ "response-everywhere", responses_wrapped, 0, false, NULL },

	/* at every text and at every tag */
	{ "comment", payloads, 0, false, comments },
	{ "instruction", payloads, 0, false, instructions },
	{ "cdata", payloads, 0, false, cdata },
	{ "cdata-around", cdata_around, 0, false, NULL },
	{ "doctype", payloads, 0, false, doctypes },
	{ "declaration", payloads, ENCODING, false, declarations },
	{ "prolog", prologs, ENCODING | BLANKS, false, NULL },
	{ "entity", payloads, ENVELOPE, false, entities },
	{ "nul", payloads, 0, false, nuls },
	{ "control", payloads, 0, false, controls },
	{ "byte-order-mark", payloads, 0, false, marks },
	{ "root", payloads, 0, false, roots },
	{ "text", payloads, ENVELOPE, false, texts },
	{ "white-space", payloads, BLANKS | BREAKS | ENCODING, false,
	    blanks },

	/* names and IDs */
	{ "attribute-copy", attribute_copies, 0, false, NULL },
	{ "id-doubled", ids_doubled, 0, false, NULL },
	{ "declaration-changed", declarations_changed, ENCODING, false, NULL },
	{ "declaration-added", declarations_added, ENCODING, false, NULL },
	{ "prefix-renamed", prefixes_renamed, ENCODING, false, NULL },

	/* the signature */
	{ "reference-uri", reference_uris, 0, false, NULL },
	{ "algorithm", algorithms, 0, false, NULL },
	{ "signature-extra", dsig_extras, 0, false, NULL },
	{ "key-info", key_infos, 0, false, NULL },
	{ "key-info-dropped", key_infos_dropped, KEY_INFO, false, NULL },
	{ "attacker-signs", attacker_signs, 0, false, NULL },

	/* elements and attributes */
	{ "element-dropped", elements_dropped, KEY_INFO | SIGNATURE, false,
	    NULL },
	{ "element-doubled", elements_doubled, 0, false, NULL },
	{ "element-emptied", elements_emptied, 0, false, NULL },
	{ "element-hollowed", elements_hollowed, 0, false, NULL },
	{ "element-renamed", elements_renamed, ENCODING, false, NULL },
	{ "element-moved", elements_moved, 0, false, NULL },
	{ "element-swapped", elements_swapped, 0, false, NULL },
	{ "attribute-dropped", attributes_dropped, ENVELOPE | ENCODING, false,
	    NULL },
	{ "attribute-doubled", attributes_doubled, 0, false, NULL },
	{ "attribute-renamed", attributes_renamed, ENVELOPE | ENCODING, false,
	    NULL },
	{ "attribute-changed", attributes_changed, ENVELOPE | ENCODING, false,
	    NULL },

	/* bytes */
	{ "bit-flipped", bits, ENVELOPE | ENCODING | BREAKS | BLANKS, false,
	    NULL },
	{ "byte-dropped", bytes_dropped,
	    ENVELOPE | ENCODING | BREAKS | BLANKS, false, NULL },
	{ "byte-doubled", bytes_doubled,
	    ENVELOPE | ENCODING | BREAKS | BLANKS, false, NULL },
	{ "byte-inserted", bytes_inserted,
	    ENVELOPE | ENCODING | BREAKS | BLANKS, false, NULL },
	{ "truncated", truncations, ENCODING | BLANKS, false, NULL },

	/* base64: of the whole, and of values in it */
	/* A last line break may become padding. */
	{ "base64-alphabet", base64_alphabet, BLANKS, false, NULL },
	{ "base64-junk", base64_junk, BLANKS, false, NULL },
	{ "base64-whole", base64_whole, 0, false, NULL },
	{ "base64-breaks", base64_breaks, TRANSPORT, true, NULL },
	{ "value-junk", values_junk, BREAKS, false, NULL },
	{ "value-breaks", values_breaks, BREAKS, true, NULL },

	/* pure re-encodings */
	{ "references", references, ENCODING, true, NULL },
	{ "quotes", quotes, ENCODING, true, NULL },
	{ "tag-white-space", tag_blanks, ENCODING, true, NULL },
	{ "empty-tags", empty_tags, ENCODING, true, NULL },
	{ "attribute-order", attribute_order, ENCODING, true, NULL },

	/* under a valid signature */
	{ "field", fields, 0, false, NULL },
	{ "element-added", elements_added, 0, false, NULL },
	{ "time-malformed", times_malformed, 0, false, NULL },
	{ "time-limit", times_limits, 0, false, NULL },
};

const size_t kinds_count = ARRAY_LEN(kinds);
