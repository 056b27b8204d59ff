/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QR codes as text (libqrencode underneath, which a build may leave out).
 *
 * One character holds two modules, one above the other.  Light modules are
 * drawn (full, upper and lower half block) and dark ones left blank, without
 * escape sequences, which PAM applications would not pass on: on the usual
 * dark terminal the code is what it should be.  On a light one it is its
 * negative, and the scanners of phones read both.
 *
 * The margin is two modules and not the four of ISO/IEC 18004, 5.3.8: two are
 * enough to find the corners in an image that has no other contents, and two
 * more on each side are what an 80-column terminal has not got.
 */
#ifndef SYS_QR_H
#define SYS_QR_H

#include "base/buf.h"

#define QR_MARGIN 2

/*
 * Appends the code for text, with the lowest error correction: a screen has
 * no scratches.  Every line ends with a newline; columns and rows are what
 * there is room for (rows 0: any number).  out is as before after a failure.
 * ERR_TOO_LONG: needs more columns or rows, or is too long for any code, or
 * for out.  ERR_SYNTAX: text is empty.  ERR_NOT_FOUND: built without
 * libqrencode.  ERR_NOMEM.
 */
enum err qr_draw(const char *text, size_t columns, size_t rows,
	struct buf *out) MUST_USE;

#endif
