/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entity tag of an answer, from its header lines.  Whether it is one is
 * for http_is_etag() of http.h to say.
 */
#ifndef SYS_HTTP_ETAG_H
#define SYS_HTTP_ETAG_H

#include <stddef.h>

#include "base/limits.h"

/* Takes one line of an answer's head.  After the last one etag, which was ""
 * before the first, is what the header ETag says; "" when there is none, and
 * no entity tag when it is too long or there are two: which of them counts
 * must not depend on the reader.  A status line begins anew, because an answer
 * may have others before it (100, 103). */
void http_etag_read(const char *line, size_t len,
	char etag[static SCIM_ETAG_MAX + 1]);

#endif
