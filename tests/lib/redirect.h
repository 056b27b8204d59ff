/* SPDX-License-Identifier: BSD-2-Clause */
/* The HTTP-Redirect binding as an identity provider reads it (SAML bindings
 * 3.4.4.1), on zlib. */
#ifndef TESTS_REDIRECT_H
#define TESTS_REDIRECT_H

#include <stdbool.h>

#include "base/buf.h"

/* Appends what is in exactly one raw DEFLATE stream; false when it is none or
 * something follows. */
bool redirect_inflate(struct buf *out, const void *data, size_t len);

/* Appends the XML in the value of a parameter SAMLRequest; false when any of
 * its three wrappings is not exact. */
bool redirect_decode(struct buf *out, const char *value);

#endif
