/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads what most JSON is like, several times as quickly as jansson does,
 * into jansson's values.  It decides nothing: whatever is wrong or merely
 * unusual is left to jansson, which reads it or says what is wrong.
 */
#ifndef SYS_JSON_QUICK_H
#define SYS_JSON_QUICK_H

#include <stddef.h>

struct json;

/* One object or array, as json_parse() gives it, with strings without escapes
 * and integers of up to 18 digits.  The caller frees it with json_free().
 * NULL: not this way. */
struct json *json_quick_parse(const void *data, size_t len)
	__attribute__((warn_unused_result));

#endif
