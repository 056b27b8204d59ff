/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where tags and texts begin and end in something that is meant to be XML.
 * Any bytes have tokens; nothing is judged.
 */
#ifndef TESTS_XML_TOKENS_H
#define TESTS_XML_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOKENS_MAX 4096

struct span {
	size_t at;
	size_t len;
};

enum token_kind { TOKEN_TEXT, TOKEN_OPEN, TOKEN_EMPTY, TOKEN_CLOSE,
	TOKEN_OTHER };

struct token {
	struct span span;
	enum token_kind kind;
	size_t element;		/* OPEN, EMPTY: bytes to the end of the
				 * element; 0: never closed */
};

struct tokens {
	struct token token[TOKENS_MAX];
	size_t count;
};

/* What is behind TOKENS_MAX has none. */
void xml_tokens(struct tokens *ret, const uint8_t *data, size_t len);

/* The name in a tag. */
struct span xml_tag_name(const uint8_t *data, const struct token *tag);

/* The attribute of this number in a tag, with the blanks before it, and its
 * value between the quotes; false when there are not so many. */
bool xml_attribute(const uint8_t *data, const struct token *tag,
	size_t number, struct span *ret, struct span *ret_value);

#endif
