/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text for people.  What a server wrote must not reach a terminal as it came.
 */
#ifndef ADMIN_PRINT_H
#define ADMIN_PRINT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Writes text with control characters, bytes that are not UTF-8, and the
 * characters that turn the direction of writing as \xHH; all other UTF-8 as it
 * is. */
void print_safe(FILE *out, const char *text);

/* "Label:            value", the value safe, "-" when it is empty. */
void print_field(FILE *out, const char *label, const char *value);

/* Text that is safe, in lines of 80 columns at most, each after the first
 * indented. */
void print_wrapped(FILE *out, const char *text, unsigned int indent);

#define PRINT_AGE_SIZE 40

/* "90 s ago", "12 min ago", "5 h ago", "3 days ago"; "in the future" when
 * negative. */
void print_age(int64_t seconds, char text[static PRINT_AGE_SIZE]);

#define PRINT_HEX_SIZE(bytes) ((bytes) * 3)

/* "0A:1B:..", NUL-terminated. */
void print_hex(const uint8_t *data, size_t len, char *text);

#endif
