/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What people read from one screen and type at another: Crockford's base32,
 * digits and letters without I, L, O and U, 5 bits each.
 */
#ifndef AUTH_SYMBOLS_H
#define AUTH_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

/* Writes count random symbols and a NUL.  ERR_INTERNAL. */
enum err symbols_random(size_t count, char *ret, struct diag *diag) MUST_USE;

/* Writes the symbols that are meant by what was typed, and a NUL: of either
 * case, blanks and hyphens anywhere, O for 0, I and L for 1.  Other characters
 * stay as they are.  False when they do not fit: ret is "" then. */
bool symbols_meant(const char *text, size_t len, char *ret, size_t size)
	__attribute__((warn_unused_result));

/* A blank, the end of a line, or a hyphen. */
bool symbols_is_gap(char c);

#endif
