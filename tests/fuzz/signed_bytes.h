/* SPDX-License-Identifier: BSD-2-Clause */
/* What a signature in an Assertion would cover, told without the product. */
#ifndef TESTS_SIGNED_BYTES_H
#define TESTS_SIGNED_BYTES_H

#include <stdbool.h>

#include "base/buf.h"

/* Appends the exclusive canonical form of the only element Assertion in this
 * XML, without the element Signature that is its child; false when there is
 * not exactly one. */
bool signed_bytes(struct buf *out, const void *xml, size_t len);

#endif
