/* SPDX-License-Identifier: BSD-2-Clause */
#include "xml_tokens.h"

#include <string.h>

#define DEPTH_MAX 64

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* From '<' to the '>' that is in no quotes, or to the end. */
static size_t
tag_length(const uint8_t *p, size_t len)
{
	uint8_t quote = 0;

	for (size_t i = 1; i < len; i++) {
		if (quote != 0)
			quote = p[i] == quote ? 0 : quote;
		else if (p[i] == '"' || p[i] == '\'')
			quote = p[i];
		else if (p[i] == '>')
			return i + 1;
	}
	return len;
}

static size_t
text_length(const uint8_t *p, size_t len)
{
	const uint8_t *tag = memchr(p, '<', len);

	return tag == NULL ? len : (size_t)(tag - p);
}

static enum token_kind
kind_of(const uint8_t *p, size_t len)
{
	if (p[0] != '<')
		return TOKEN_TEXT;
	if (len < 3 || p[1] == '!' || p[1] == '?' || p[len - 1] != '>')
		return TOKEN_OTHER;
	if (p[1] == '/')
		return TOKEN_CLOSE;
	return p[len - 2] == '/' ? TOKEN_EMPTY : TOKEN_OPEN;
}

/* Says of each element where it ends, by depth and not by name. */
static void
find_ends(struct tokens *t)
{
	size_t open[DEPTH_MAX];
	size_t depth = 0;

	for (size_t i = 0; i < t->count; i++) {
		struct token *token = &t->token[i];
		size_t end = token->span.at + token->span.len;

		if (token->kind == TOKEN_EMPTY)
			token->element = token->span.len;
		else if (token->kind == TOKEN_OPEN && depth < DEPTH_MAX)
			open[depth++] = i;
		else if (token->kind == TOKEN_CLOSE && depth > 0) {
			struct token *begin = &t->token[open[--depth]];

			begin->element = end - begin->span.at;
		}
	}
}

void
xml_tokens(struct tokens *ret, const uint8_t *data, size_t len)
{
	size_t at = 0;

	ret->count = 0;
	while (at < len && ret->count < TOKENS_MAX) {
		struct token *token = &ret->token[ret->count++];
		size_t n = data[at] == '<' ?
		    tag_length(data + at, len - at) :
		    text_length(data + at, len - at);

		*token = (struct token){ { at, n }, kind_of(data + at, n), 0 };
		at += n;
	}
	find_ends(ret);
}

struct span
xml_tag_name(const uint8_t *data, const struct token *tag)
{
	size_t from = tag->span.at + (tag->kind == TOKEN_CLOSE ? 2 : 1);
	size_t end = tag->span.at + tag->span.len - 1;
	size_t to = from;

	while (to < end && !is_blank(data[to]) && data[to] != '/')
		to++;
	return (struct span){ from, to - from };
}

bool
xml_attribute(const uint8_t *data, const struct token *tag, size_t number,
    struct span *ret, struct span *ret_value)
{
	struct span name = xml_tag_name(data, tag);
	size_t end = tag->span.at + tag->span.len;
	size_t at = name.at + name.len;

	for (;; number--) {
		size_t from = at;
		const uint8_t *close;

		while (at < end && data[at] != '"' && data[at] != '\'')
			at++;
		close = at == end ? NULL :
		    memchr(data + at + 1, data[at], end - at - 1);
		if (close == NULL)
			return false;
		*ret_value = (struct span){ at + 1,
		    (size_t)(close - data) - at - 1 };
		at = (size_t)(close - data) + 1;
		*ret = (struct span){ from, at - from };
		if (number == 0)
			return true;
	}
}
