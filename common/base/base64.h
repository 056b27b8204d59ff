/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strict base64 (RFC 4648 section 4; catalogue A2): the standard alphabet,
 * exact padding, unused bits zero.  CR and LF may be admitted where a channel
 * or an XML element folds lines; nothing else ever is.  And, as strict, what
 * tokens are written in: base64url without padding (section 5; RFC 7515,
 * section 2; catalogue J10).
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>

#include "base/buf.h"

/* Appends the decoded bytes.  ERR_SYNTAX when the text is not canonical,
 * ERR_TOO_LONG above out's maximum, ERR_NOMEM; out is unchanged then. */
enum err base64_decode(struct buf *out, const char *text, size_t len,
	bool line_breaks) MUST_USE;

/* The same of base64url: no padding, no line breaks, no + and /, and no length
 * that nothing encodes to. */
enum err base64url_decode(struct buf *out, const char *text, size_t len)
	MUST_USE;

/* Appends the padded text without line breaks. */
enum err base64_encode(struct buf *out, const void *data, size_t len) MUST_USE;

#endif
