/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strict parsers for small things.  Each takes exactly len bytes, accepts the
 * one documented form and nothing around it, and leaves its output untouched
 * when it returns false.
 */
#ifndef BASE_PARSE_H
#define BASE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal digits without sign or leading zeros, at most max. */
bool parse_u64(const char *text, size_t len, uint64_t max, uint64_t *ret)
	__attribute__((warn_unused_result));

/* A duration in seconds: digits and an optional unit s, m, h or d. */
bool parse_duration(const char *text, size_t len, int64_t *ret_seconds)
	__attribute__((warn_unused_result));

/* "yes" or "no". */
bool parse_bool(const char *text, size_t len, bool *ret)
	__attribute__((warn_unused_result));

/* A SAML instant (catalogue D8): YYYY-MM-DDThh:mm:ss[.1-9 digits]Z, years
 * 2000-2099, a real date, no leap second.  Seconds since 1970, fraction cut
 * off. */
bool parse_instant(const char *text, size_t len, int64_t *ret)
	__attribute__((warn_unused_result));

/* 8-4-4-4-12 hexadecimal digits. */
bool parse_is_guid(const char *text, size_t len)
	__attribute__((warn_unused_result));

/* A login or group name (catalogue I4): [a-z][a-z0-9._-]*, at most 32 bytes,
 * or, when full, also '@' and LOGIN_NAME_MAX_LEN bytes. */
bool parse_is_login_name(const char *text, size_t len, bool full)
	__attribute__((warn_unused_result));

/* A local account's name, as useradd(8) makes them: letters of both cases,
 * digits and ".-_", not at the start '.' or '-', so no path and no option; not
 * digits alone, which is what a uid looks like; and not root. */
bool parse_is_local_name(const char *text, size_t len)
	__attribute__((warn_unused_result));

/*
 * An address that a secret or a decision may travel to: "https://" and a host
 * (a name, an IPv4 or a bracketed IPv6 address), optionally a port, path and
 * query; no user information, no fragment, only the characters of RFC 3986.
 * Plain "http://" is for laboratories: the host must be a loopback address in
 * digits (127.0.0.0/8 or [::1]), because a name may resolve to anything.
 */
bool parse_is_safe_url(const char *text, size_t len)
	__attribute__((warn_unused_result));

/* Well-formed UTF-8 (RFC 3629) without NUL. */
bool parse_is_utf8(const void *data, size_t len)
	__attribute__((warn_unused_result));

/* Length of the well-formed character that text begins with and, in *ret, its
 * code point; 0 for what is none.  len must not be 0. */
size_t parse_character(const char *text, size_t len, uint32_t *ret)
	__attribute__((warn_unused_result));

/* May a terminal be given this character of a stranger's?  Not C0, DEL and C1,
 * which it may obey; marks that make text read in another order than it is
 * written; and what cannot be seen (byte order mark, zero-width space, tags):
 * two texts that look the same must be the same. */
bool parse_is_showable(uint32_t character)
	__attribute__((warn_unused_result));

/* ASCII only, whatever the locale. */
bool parse_equal_nocase(const char *a, const char *b)
	__attribute__((warn_unused_result));
void parse_lower(char *text);

#endif
