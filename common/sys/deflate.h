/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zlib, in the one direction that is safe to offer: compressing what we wrote
 * ourselves.  Nothing of ours inflates (catalogue A1).
 */
#ifndef SYS_DEFLATE_H
#define SYS_DEFLATE_H

#include "base/buf.h"
#include "base/diag.h"

/* Appends the raw DEFLATE stream (RFC 1951, no header) of data.
 * ERR_TOO_LONG, ERR_NOMEM, ERR_INTERNAL; out is unchanged then. */
enum err deflate_raw(struct buf *out, const void *data, size_t len,
	struct diag *diag) MUST_USE;

#endif
