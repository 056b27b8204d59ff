/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mutants that know nothing of XML, and those of base64.
 */
#include "mutate.h"

#include <string.h>

#include "base/base64.h"

static struct span
one(size_t at)
{
	return (struct span){ at, at + 1 };
}

static struct span
before(size_t at)
{
	return (struct span){ at, at };
}

void
bits(struct engine *e)
{
	const struct buf *xml = &e->sample->xml;

	for (size_t i = 0; i < xml->len; i++)
		for (unsigned int bit = 0; bit < 8; bit++) {
			uint8_t c = (uint8_t)(xml->data[i] ^ 1u << bit);

			engine_splice(e, one(i), &c, 1);
		}
}

void
bytes_dropped(struct engine *e)
{
	for (size_t i = 0; i < e->sample->xml.len; i++)
		engine_splice(e, one(i), "", 0);
}

void
bytes_doubled(struct engine *e)
{
	for (size_t i = 0; i < e->sample->xml.len; i++)
		engine_splice(e, before(i), &e->sample->xml.data[i], 1);
}

void
bytes_inserted(struct engine *e)
{
	static const char set[] = " \t\n\r\"'<>&=/;:#-!?[]A0z\1\x7f\xc3\xff";

	/* With the NUL at its end. */
	for (size_t i = 0; i <= e->sample->xml.len; i++)
		for (size_t c = 0; c < sizeof(set); c++)
			engine_splice(e, before(i), &set[c], 1);
}

void
truncations(struct engine *e)
{
	size_t len = e->sample->xml.len;

	for (size_t i = 1; i < len; i++)
		engine_splice(e, (struct span){ i, len }, "", 0);
	for (size_t i = 1; i < len; i++)
		engine_splice(e, (struct span){ 0, i }, "", 0);
}

/* -- the base64 of the whole --------------------------------------------- */

static void
splice_base64(struct engine *e, struct span span, const char *text, size_t len)
{
	AUTO(buf) struct buf b = BUF_INIT(MUTANT_MAX);
	const struct buf *whole = &e->sample->base64;

	if (!engine_due(e))
		return;
	add(&b, whole->data, span.from);
	add(&b, text, len);
	add(&b, whole->data + span.to, whole->len - span.to);
	engine_try_base64(e, span.from, b.data, b.len);
}

void
base64_alphabet(struct engine *e)
{
	static const char set[] = "-_.,*=%!~\x80 ";

	for (size_t i = 0; i < e->sample->base64.len; i++)
		for (size_t c = 0; c < sizeof(set); c++)
			if (set[c] != (char)e->sample->base64.data[i])
				splice_base64(e, one(i), &set[c], 1);
}

void
base64_junk(struct engine *e)
{
	static const char set[] = "-_ \t=*A/+\v\f\xa0";
	static const char *const ends[] = {
		"=", "==", "===", "====", "AAAA", "A", "AA==", "-", "\0A",
	};
	size_t len = e->sample->base64.len;

	for (size_t i = 0; i <= len; i++)
		for (size_t c = 0; c < sizeof(set); c++)
			splice_base64(e, before(i), &set[c], 1);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		splice_base64(e, before(len), ends[i],
		    *ends[i] == '\0' ? 2 : strlen(ends[i]));
	for (size_t i = 1; i < 8; i++)
		splice_base64(e, (struct span){ len - i, len }, "", 0);
}

void
base64_breaks(struct engine *e)
{
	for (size_t i = 0; i <= e->sample->base64.len; i++) {
		splice_base64(e, before(i), "\n", 1);
		splice_base64(e, before(i), "\r\n", 2);
		splice_base64(e, before(i), "\r", 1);
	}
}

/* The last symbol before the padding with other unused bits; the white space
 * is what makes padding necessary. */
static void
unused_bits(struct engine *e, size_t blanks)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	AUTO(buf) struct buf xml = BUF_INIT(MUTANT_MAX);
	AUTO(buf) struct buf text = BUF_INIT(MUTANT_MAX);
	size_t last;
	size_t old;

	add(&xml, e->sample->xml.data, e->sample->xml.len);
	add(&xml, "\n\n", blanks);
	if (xml.len % 3 == 0 || base64_encode(&text, xml.data, xml.len) !=
	    ERR_OK)
		return;
	last = text.len - 4 + xml.len % 3;
	old = (size_t)(strchr(alphabet, text.data[last]) - alphabet);
	for (size_t i = 1; i < (xml.len % 3 == 1 ? 16u : 4u); i++) {
		if (!engine_due(e))
			continue;
		text.data[last] = (uint8_t)alphabet[old | i];
		engine_try_base64(e, last, text.data, text.len);
	}
}

static void
try_whole(struct engine *e, const struct buf *text)
{
	if (engine_due(e))
		engine_try_base64(e, 0, text->data, text->len);
}

void
base64_whole(struct engine *e)
{
	AUTO(buf) struct buf twice = BUF_INIT(MUTANT_MAX * 2);
	AUTO(buf) struct buf other = BUF_INIT(MUTANT_MAX * 2);
	const struct buf *whole = &e->sample->base64;

	for (size_t blanks = 0; blanks < 3; blanks++)
		unused_bits(e, blanks);
	try_whole(e, &other);
	if (base64_encode(&twice, whole->data, whole->len) == ERR_OK)
		try_whole(e, &twice);
	try_whole(e, &e->sample->xml);
	for (size_t i = 0; i < whole->len; i++)
		add(&other, whole->data[i] == '+' ? "-" :
		    whole->data[i] == '/' ? "_" : whole->data[i] == '=' ?
		    "." : (const char *)&whole->data[i], 1);
	if (other.len != whole->len ||
	    memcmp(other.data, whole->data, other.len) != 0)
		try_whole(e, &other);
	buf_reset(&other);
	for (size_t i = 0; i < whole->len; i++) {
		add(&other, &whole->data[i], 1);
		if (i % 64 == 63)
			adds(&other, " ");
	}
	try_whole(e, &other);
	buf_reset(&other);
	adds(&other, "SAMLResponse=");
	add(&other, whole->data, whole->len);
	try_whole(e, &other);
	buf_reset(&other);
	add(&other, whole->data, whole->len);
	add(&other, whole->data, whole->len);
	try_whole(e, &other);
}

/* -- base64 in leaves ---------------------------------------------------- */

static const char *const leaves[] = {
	"DigestValue", "SignatureValue", "X509Certificate",
};

/* A break may be among the last characters that are cut off. */
void
values_junk(struct engine *e)
{
	static const char *const set[] = {
		"-", "_", " ", "\t", "=", "*", "A", "<!---->", "<x/>", "&#32;",
		"&#x9;", "\xc2\xa0",
	};
	const struct doc *d = &e->sample->doc;

	for (size_t l = 0; l < ARRAY_LEN(leaves); l++)
		for (size_t n = doc_find(d, DOC_NONE, leaves[l]);
		    n != DOC_NONE; n = doc_find(d, n, leaves[l])) {
			struct span text = doc_inner(d, n);

			for (size_t i = text.from; i <= text.to; i++)
				for (size_t c = 0; c < ARRAY_LEN(set); c++)
					engine_splice(e, before(i), set[c],
					    strlen(set[c]));
			for (size_t i = 1; i < 5; i++)
				engine_splice(e, (struct span){ text.to - i,
				    text.to }, "", 0);
		}
}

/* Between the '&' and the ';' of one that begins behind from. */
static bool
in_reference(const struct doc *d, size_t from, size_t at)
{
	while (at > from && d->s[at - 1] != ';' && d->s[at - 1] != '&')
		at--;
	return at > from && d->s[at - 1] == '&';
}

void
values_breaks(struct engine *e)
{
	static const char *const set[] = { "\n", "\r\n", "&#10;", "&#xD;" };
	const struct doc *d = &e->sample->doc;

	for (size_t l = 1; l < ARRAY_LEN(leaves); l++)
		for (size_t n = doc_find(d, DOC_NONE, leaves[l]);
		    n != DOC_NONE; n = doc_find(d, n, leaves[l])) {
			struct span text = doc_inner(d, n);

			if (!doc_is_free(d, n))
				continue;
			for (size_t i = text.from; i <= text.to; i++)
				for (size_t c = 0; c < ARRAY_LEN(set) &&
				    !in_reference(d, text.from, i); c++)
					engine_splice(e, before(i), set[c],
					    strlen(set[c]));
		}
}
