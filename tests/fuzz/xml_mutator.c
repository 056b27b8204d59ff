/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mutations that keep a document a document, so that they arrive behind the
 * parser: elements and attributes are removed, repeated, moved and exchanged,
 * the attacks of saml.dict inserted, and the same things said in other words.
 * libFuzzer's own mutations work on one token, sometimes on everything.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "fuzz.h"
#include "xml_tokens.h"

#define SNIPPETS_MAX 512
#define CHANGES_MAX 4	/* of one input, at a time */
#define ATTEMPTS 8
#define KNOWN_NUMBERS 1000

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
    unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1,
    const uint8_t *data2, size_t size2, uint8_t *out, size_t max,
    unsigned int seed);

static struct buf snippets[SNIPPETS_MAX];
static size_t snippet_count;
static uint32_t state;

/* Below n, which is not 0. */
static size_t
below(size_t n)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % n;
}

/* -- saml.dict ----------------------------------------------------------- */

/* Between the quotes of a line: \\, \" and \xAB are libFuzzer's. */
static void
read_snippet(struct buf *out, const char *text, const char *end)
{
	*out = (struct buf)BUF_INIT(4096);
	while (text < end) {
		unsigned int c = (unsigned char)*text++;

		if (c == '\\' && *text == 'x') {
			demand(sscanf(text + 1, "%2x", &c) == 1);
			text += 3;
		} else if (c == '\\') {
			c = (unsigned char)*text++;
		}
		demand(buf_putc(out, (char)c) == ERR_OK);
	}
}

static void
load_snippets(void)
{
	const char *top = getenv("top_srcdir");
	char line[4096];
	FILE *f;

	(void)snprintf(line, sizeof(line), "%s/tests/fuzz/saml.dict",
	    top == NULL ? "." : top);
	f = fopen(line, "r");
	demand(f != NULL);
	while (fgets(line, sizeof(line), f) != NULL) {
		const char *begin = strchr(line, '"');
		const char *end = strrchr(line, '"');

		if (line[0] == '#' || begin == NULL || begin == end)
			continue;
		demand(snippet_count < SNIPPETS_MAX);
		read_snippet(&snippets[snippet_count++], begin + 1, end);
	}
	(void)fclose(f);
	demand(snippet_count > 0);
}

/* -- one document -------------------------------------------------------- */

/* A document on its way.  Its tokens are those of before the change. */
struct document {
	struct buf text;	/* its max is libFuzzer's */
	struct tokens tokens;
};

static void
replace(struct document *d, struct span span, const void *with, size_t len)
{
	AUTO_FREE uint8_t *copy = malloc(len + 1);
	size_t behind = d->text.len - span.at - span.len;
	uint8_t *at;

	demand(copy != NULL);
	if (len > 0)
		memcpy(copy, with, len);
	if (len > span.len &&
	    buf_reserve(&d->text, len - span.len) != ERR_OK)
		return;
	at = d->text.data + span.at;
	memmove(at + len, at + span.len, behind);
	memcpy(at, copy, len);
	d->text.len = span.at + len + behind;
}

static void
replace_by_span(struct document *d, struct span span, struct span with)
{
	replace(d, span, d->text.data + with.at, with.len);
}

static void
replace_by_text(struct document *d, struct span span, const char *with)
{
	replace(d, span, with, strlen(with));
}

static bool
is_tag(const struct token *token)
{
	return token->kind == TOKEN_OPEN || token->kind == TOKEN_EMPTY;
}

/* One that can be moved as a whole. */
static bool
is_element(const struct token *token)
{
	return is_tag(token) && token->element > 0;
}

static bool
is_text(const struct token *token)
{
	return token->kind == TOKEN_TEXT;
}

/* NULL when luck has it that none was met. */
static const struct token *
some(const struct document *d, bool (*wanted)(const struct token *))
{
	for (size_t i = 0; i < ATTEMPTS; i++) {
		const struct token *token =
		    &d->tokens.token[below(d->tokens.count)];

		if (wanted(token))
			return token;
	}
	return NULL;
}

static struct span
element_of(const struct token *token)
{
	return (struct span){ token->span.at, token->element };
}

/* Between two tokens. */
static struct span
some_seam(const struct document *d)
{
	return (struct span){
		d->tokens.token[below(d->tokens.count)].span.at, 0
	};
}

/* Behind the name in a tag; false when there is no tag. */
static bool
some_tag_seam(const struct document *d, struct span *ret)
{
	const struct token *tag = some(d, is_tag);
	struct span name;

	if (tag == NULL)
		return false;
	name = xml_tag_name(d->text.data, tag);
	*ret = (struct span){ name.at + name.len, 0 };
	return true;
}

static bool
some_attribute(const struct document *d, struct span *ret,
    struct span *ret_value)
{
	const struct token *tag = some(d, is_tag);

	return tag != NULL && xml_attribute(d->text.data, tag, below(5), ret,
	    ret_value);
}

/* A value or a text. */
static bool
some_content(const struct document *d, struct span *ret)
{
	const struct token *text;
	struct span attribute;

	if (below(2) == 0)
		return some_attribute(d, &attribute, ret);
	text = some(d, is_text);
	if (text != NULL)
		*ret = text->span;
	return text != NULL;
}

/* -- the mutations ------------------------------------------------------- */

static void
drop_element(struct document *d)
{
	const struct token *element = some(d, is_element);

	if (element != NULL)
		replace(d, element_of(element), NULL, 0);
}

static void
repeat_element(struct document *d)
{
	const struct token *element = some(d, is_element);

	if (element != NULL)
		replace_by_span(d, some_seam(d), element_of(element));
}

static void
overwrite_element(struct document *d)
{
	const struct token *one = some(d, is_element);
	const struct token *other = some(d, is_element);

	if (one != NULL && other != NULL)
		replace_by_span(d, element_of(one), element_of(other));
}

static void
exchange_elements(struct document *d)
{
	AUTO(buf) struct buf copy = BUF_INIT(1024u * 1024);
	const struct token *one = some(d, is_element);
	const struct token *other = some(d, is_element);
	struct span first, second;

	if (one == NULL || other == NULL)
		return;
	first = element_of(one < other ? one : other);
	second = element_of(one < other ? other : one);
	if (first.at + first.len > second.at ||
	    buf_put(&copy, d->text.data + second.at, second.len) != ERR_OK)
		return;
	replace_by_span(d, second, first);
	replace(d, first, copy.data, copy.len);
}

/* Another one's tags are put around it, or its own. */
static void
wrap_element(struct document *d)
{
	AUTO(buf) struct buf wrapped = BUF_INIT(1024u * 1024);
	const struct token *element = some(d, is_element);
	const struct token *around = some(d, is_element);
	struct span name;
	const uint8_t *p = d->text.data;

	if (element == NULL || around == NULL || around->kind != TOKEN_OPEN)
		return;
	name = xml_tag_name(p, around);
	if (buf_put(&wrapped, p + around->span.at, around->span.len) ==
	    ERR_OK && buf_put(&wrapped, p + element->span.at,
	    element->element) == ERR_OK && buf_puts(&wrapped, "</") ==
	    ERR_OK && buf_put(&wrapped, p + name.at, name.len) == ERR_OK &&
	    buf_putc(&wrapped, '>') == ERR_OK)
		replace(d, element_of(element), wrapped.data, wrapped.len);
}

static void
drop_attribute(struct document *d)
{
	struct span attribute, value;

	if (some_attribute(d, &attribute, &value))
		replace(d, attribute, NULL, 0);
}

static void
repeat_attribute(struct document *d)
{
	struct span attribute, value, seam;

	if (some_attribute(d, &attribute, &value) && some_tag_seam(d, &seam))
		replace_by_span(d, seam, attribute);
}

static void
overwrite_content(struct document *d)
{
	struct span one, other;

	if (some_content(d, &one) && some_content(d, &other))
		replace_by_span(d, one, other);
}

static void
insert_snippet(struct document *d)
{
	const struct buf *snippet = &snippets[below(snippet_count)];
	struct span where, value;

	/* " name=..." belongs into a tag, "<..." between two, the rest is a
	 * value. */
	if (snippet->data[0] == ' ' && some_tag_seam(d, &where))
		replace(d, where, snippet->data, snippet->len);
	else if (snippet->data[0] == '<')
		replace(d, some_seam(d), snippet->data, snippet->len);
	else if (some_content(d, &value))
		replace(d, value, snippet->data, snippet->len);
}

/* A character reference, decimal or hexadecimal. */
static void
refer_to_character(struct document *d)
{
	struct span where;
	char reference[16];

	if (!some_content(d, &where) || where.len == 0)
		return;
	where.at += below(where.len);
	where.len = 1;
	if (d->text.data[where.at] >= 0x80 || d->text.data[where.at] == '&')
		return;
	(void)snprintf(reference, sizeof(reference),
	    below(2) == 0 ? "&#%u;" : "&#x%x;", d->text.data[where.at]);
	replace_by_text(d, where, reference);
}

static void
change_quotes(struct document *d)
{
	struct span attribute, value;

	if (!some_attribute(d, &attribute, &value) ||
	    memchr(d->text.data + value.at, '\'', value.len) != NULL ||
	    memchr(d->text.data + value.at, '"', value.len) != NULL)
		return;
	d->text.data[value.at - 1] ^= '"' ^ '\'';
	d->text.data[value.at + value.len] ^= '"' ^ '\'';
}

static void
insert_blank(struct document *d)
{
	static const char *const blanks[] = { " ", "\n", "\t", "\r\n", "  " };
	struct span where = some_seam(d);

	if (below(2) == 0 && !some_tag_seam(d, &where))
		return;
	replace_by_text(d, where, blanks[below(ARRAY_LEN(blanks))]);
}

/* <a/> as <a></a>. */
static void
open_empty_tag(struct document *d)
{
	AUTO(buf) struct buf end = BUF_INIT(4096);
	const struct token *tag = some(d, is_tag);
	struct span name, tail;

	if (tag == NULL || tag->kind != TOKEN_EMPTY)
		return;
	name = xml_tag_name(d->text.data, tag);
	tail = (struct span){ tag->span.at + tag->span.len - 2, 2 };
	if (buf_puts(&end, "></") == ERR_OK && buf_put(&end,
	    d->text.data + name.at, name.len) == ERR_OK &&
	    buf_putc(&end, '>') == ERR_OK)
		replace(d, tail, end.data, end.len);
}

/* libFuzzer's mutations, on one value, text or tag. */
static void
change_bytes(struct document *d)
{
	struct span where = d->tokens.token[below(d->tokens.count)].span;
	AUTO_FREE uint8_t *bytes = NULL;
	size_t room;

	if (below(4) != 0 && !some_content(d, &where))
		return;
	room = where.len + 64;
	bytes = calloc(1, room);
	demand(bytes != NULL);
	memcpy(bytes, d->text.data + where.at, where.len);
	replace(d, where, bytes, LLVMFuzzerMutate(bytes, where.len, room));
}

static void (*const mutations[])(struct document *) = {
	drop_element, repeat_element, overwrite_element, exchange_elements,
	wrap_element, drop_attribute, repeat_attribute, overwrite_content,
	insert_snippet, insert_snippet, insert_snippet, change_bytes,
	change_bytes,
};

/* The same in other words, mostly: what was accepted still has to be. */
static void (*const rewordings[])(struct document *) = {
	refer_to_character, change_quotes, insert_blank, open_empty_tag,
};

static void
change(struct document *d, bool reword)
{
	if (reword)
		rewordings[below(ARRAY_LEN(rewordings))](d);
	else
		mutations[below(ARRAY_LEN(mutations))](d);
}

/* -- libFuzzer's hooks --------------------------------------------------- */

static void
document_clear(struct document *d)
{
	buf_clear(&d->text);
}

DEFINE_AUTO(document, struct document, document_clear);

static void
begin(unsigned int seed)
{
	if (snippet_count == 0)
		load_snippets();
	state = seed | 1;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
    unsigned int seed)
{
	AUTO(document) struct document d = { .text = BUF_INIT(max) };
	size_t changes;
	bool only_words;

	begin(seed);
	changes = 1 + below(CHANGES_MAX);
	only_words = below(8) == 0;
	if (size == 0 || memchr(data, '<', size) == NULL || below(16) == 0)
		return LLVMFuzzerMutate(data, size, max);
	/* Most of what libFuzzer keeps is refused for some reason already. */
	if (!only_words || !fuzz_known(below(KNOWN_NUMBERS), &d.text)) {
		buf_reset(&d.text);
		demand(buf_put(&d.text, data, size) == ERR_OK);
	}
	for (size_t i = 0; i < changes && d.text.len > 0; i++) {
		xml_tokens(&d.tokens, d.text.data, d.text.len);
		change(&d, only_words || below(4) == 0);
	}
	if (d.text.len > 0)
		memcpy(data, d.text.data, d.text.len);
	return d.text.len;
}

static bool
same_name(const struct document *a, const struct token *one,
    const struct document *b, const struct token *other)
{
	struct span first = xml_tag_name(a->text.data, one);
	struct span second = xml_tag_name(b->text.data, other);

	return first.len == second.len && memcmp(a->text.data + first.at,
	    b->text.data + second.at, first.len) == 0;
}

/* An element of the second document in the place of one of the first, of the
 * same name if luck has it. */
size_t
LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1,
    const uint8_t *data2, size_t size2, uint8_t *out, size_t max,
    unsigned int seed)
{
	AUTO(document) struct document a = { .text = BUF_INIT(max) };
	AUTO(document) struct document b = { .text = BUF_INIT(size2) };
	const struct token *one = NULL, *other = NULL;

	begin(seed);
	if (size1 == 0 || size2 == 0 || size1 > max)
		return 0;
	demand(buf_put(&a.text, data1, size1) == ERR_OK);
	demand(buf_put(&b.text, data2, size2) == ERR_OK);
	xml_tokens(&a.tokens, a.text.data, a.text.len);
	xml_tokens(&b.tokens, b.text.data, b.text.len);
	for (size_t i = 0; i < ATTEMPTS * ATTEMPTS; i++) {
		one = some(&a, is_element);
		other = some(&b, is_element);
		if (one != NULL && other != NULL &&
		    same_name(&a, one, &b, other))
			break;
	}
	if (one == NULL || other == NULL)
		return 0;
	replace(&a, element_of(one), b.text.data + other->span.at,
	    other->element);
	memcpy(out, a.text.data, a.text.len);
	return a.text.len;
}
