/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/parse.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
parse_u64(const char *text, size_t len, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;

	if (len == 0 || (len > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < len; i++) {
		uint64_t digit = (uint64_t)(text[i] - '0');

		if (!is_digit(text[i]) || v > max / 10 ||
		    digit > max - v * 10)
			return false;
		v = v * 10 + digit;
	}
	*ret = v;
	return true;
}

bool
parse_duration(const char *text, size_t len, int64_t *ret_seconds)
{
	static const struct {
		char unit;
		uint32_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	uint32_t factor = 1;
	uint64_t n;

	if (len == 0)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (text[len - 1] == units[i].unit) {
			factor = units[i].seconds;
			len--;
			break;
		}
	if (!parse_u64(text, len, UINT32_MAX, &n))
		return false;
	*ret_seconds = (int64_t)(n * factor);
	return true;
}

bool
parse_bool(const char *text, size_t len, bool *ret)
{
	bool yes = len == 3 && memcmp(text, "yes", 3) == 0;

	if (!yes && !(len == 2 && memcmp(text, "no", 2) == 0))
		return false;
	*ret = yes;
	return true;
}

/* Exactly width digits at text; -1 if they are not. */
static int
digits(const char *text, size_t width)
{
	int v = 0;

	for (size_t i = 0; i < width; i++) {
		if (!is_digit(text[i]))
			return -1;
		v = v * 10 + (text[i] - '0');
	}
	return v;
}

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01 to a date in 2000-2099; -1 for no such date. */
static int64_t
days_of(int year, int month, int day)
{
	static const int lengths[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	int64_t days = 10957;	/* 2000-01-01 */

	if (year < 2000 || year > 2099 || month < 1 || month > 12 || day < 1)
		return -1;
	if (day > lengths[month - 1] + (month == 2 && is_leap(year)))
		return -1;
	for (int y = 2000; y < year; y++)
		days += is_leap(y) ? 366 : 365;
	for (int m = 1; m < month; m++)
		days += lengths[m - 1] + (m == 2 && is_leap(year));
	return days + day - 1;
}

/* The fraction and the final Z. */
static bool
is_instant_end(const char *text, size_t len)
{
	size_t n = 0;

	if (len == 0 || text[len - 1] != 'Z')
		return false;
	if (len == 1)
		return true;
	if (text[0] != '.' || len < 3 || len > 11)
		return false;
	for (n = 1; n < len - 1; n++)
		if (!is_digit(text[n]))
			return false;
	return true;
}

bool
parse_instant(const char *text, size_t len, int64_t *ret)
{
	int64_t days;
	int hour, minute, second;

	if (len < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
	    text[13] != ':' || text[16] != ':' ||
	    !is_instant_end(text + 19, len - 19))
		return false;
	days = days_of(digits(text, 4), digits(text + 5, 2),
	    digits(text + 8, 2));
	hour = digits(text + 11, 2);
	minute = digits(text + 14, 2);
	second = digits(text + 17, 2);
	if (days < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
	    second < 0 || second > 59)
		return false;
	*ret = days * 86400 + hour * 3600 + minute * 60 + second;
	return true;
}

bool
parse_is_guid(const char *text, size_t len)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (len != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < len; i++)
		if (shape[i] == '-' ? text[i] != '-' : !is_hex(text[i]))
			return false;
	return true;
}

bool
parse_is_login_name(const char *text, size_t len, bool full)
{
	if (len == 0 || len > (full ? LOGIN_NAME_MAX_LEN : 32))
		return false;
	if (text[0] < 'a' || text[0] > 'z')
		return false;
	for (size_t i = 1; i < len; i++) {
		char c = text[i];

		if (!is_digit(c) && !(c >= 'a' && c <= 'z') && c != '.' &&
		    c != '_' && c != '-' && !(full && c == '@'))
			return false;
	}
	return true;
}

static bool
is_alnum(char c)
{
	return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}

bool
parse_is_local_name(const char *text, size_t len)
{
	bool digits = true;

	if (len == 0 || len > LOCAL_NAME_MAX_LEN || text[0] == '-' ||
	    text[0] == '.')
		return false;
	for (size_t i = 0; i < len; i++) {
		digits = digits && is_digit(text[i]);
		if (!is_alnum(text[i]) && text[i] != '.' && text[i] != '_' &&
		    text[i] != '-')
			return false;
	}
	return !digits && !(len == 4 && memcmp(text, "root", 4) == 0);
}

/* Length of the host at the beginning, with the brackets of an IPv6 address;
 * 0 when there is none. */
static size_t
url_host(const char *text, size_t len)
{
	bool literal = len > 0 && text[0] == '[';
	size_t n = literal ? 1 : 0;

	if (len == 0 || (!literal && !is_alnum(text[0])))
		return 0;
	while (n < len && (literal ?
	    is_hex(text[n]) || text[n] == ':' || text[n] == '.' :
	    is_alnum(text[n]) || text[n] == '-' || text[n] == '.'))
		n++;
	if (!literal)
		return n;
	return n > 2 && n < len && text[n] == ']' ? n + 1 : 0;
}

/* Four numbers, the first of them 127: nothing else that begins so, such as
 * the name 127.0.0.1.example. */
static bool
is_loopback(const char *host, size_t len)
{
	uint64_t number;
	int count = 0;

	if (len == 5 && memcmp(host, "[::1]", 5) == 0)
		return true;
	if (len < 4 || memcmp(host, "127.", 4) != 0)
		return false;
	for (size_t i = 0, n; i <= len; i += n + 1, count++) {
		for (n = 0; i + n < len && host[i + n] != '.'; n++)
			;
		if (!parse_u64(host + i, n, 255, &number))
			return false;
	}
	return count == 4;
}

/* Length of ":PORT" at the beginning: 0 without one, SIZE_MAX for a bad
 * one. */
static size_t
url_port(const char *text, size_t len)
{
	size_t n = 1;
	uint64_t port;

	if (len == 0 || text[0] != ':')
		return 0;
	while (n < len && is_digit(text[n]))
		n++;
	if (!parse_u64(text + 1, n - 1, 65535, &port) || port == 0)
		return SIZE_MAX;
	return n;
}

/* What may follow the authority: nothing, a path or a query (RFC 3986). */
static bool
is_url_tail(const char *text, size_t len)
{
	static const char marks[] = "-._~%/?:@!$&'()*+,;=";

	if (len > 0 && text[0] != '/' && text[0] != '?')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '%' && !(len - i > 2 && is_hex(text[i + 1]) &&
		    is_hex(text[i + 2])))
			return false;
		if (!is_alnum(text[i]) &&
		    memchr(marks, text[i], sizeof(marks) - 1) == NULL)
			return false;
	}
	return true;
}

bool
parse_is_safe_url(const char *text, size_t len)
{
	bool tls = len > 8 && memcmp(text, "https://", 8) == 0;
	size_t host = tls ? 8 : 7;
	size_t n;

	if (!tls && (len <= 7 || memcmp(text, "http://", 7) != 0))
		return false;
	n = url_host(text + host, len - host);
	if (n == 0 || (!tls && !is_loopback(text + host, n)))
		return false;
	host += n;
	n = url_port(text + host, len - host);
	if (n == SIZE_MAX)
		return false;
	return is_url_tail(text + host + n, len - host - n);
}

/* Length of the well-formed sequence at p, or 0 (RFC 3629 section 4). */
static size_t
utf8_sequence(const uint8_t *p, size_t len)
{
	uint8_t lowest = 0x80;
	uint8_t highest = 0xbf;
	size_t n;

	if (p[0] < 0x80)
		return p[0] != 0;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (len < n)
		return 0;
	if (p[0] == 0xe0)
		lowest = 0xa0;
	else if (p[0] == 0xed)
		highest = 0x9f;
	else if (p[0] == 0xf0)
		lowest = 0x90;
	else if (p[0] == 0xf4)
		highest = 0x8f;
	if (p[1] < lowest || p[1] > highest)
		return 0;
	for (size_t i = 2; i < n; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return n;
}

/* True when none of the eight bytes is NUL or beyond ASCII. */
static bool
is_ascii_word(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return ((word | (word - UINT64_C(0x0101010101010101))) &
	    UINT64_C(0x8080808080808080)) == 0;
}

bool
parse_is_utf8(const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len > 0) {
		size_t n = len >= 8 && is_ascii_word(p) ? 8 :
		    utf8_sequence(p, len);

		if (n == 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}

size_t
parse_character(const char *text, size_t len, uint32_t *ret)
{
	/* What the first byte gives to the character. */
	static const uint8_t masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	const uint8_t *p = (const uint8_t *)text;
	size_t n = utf8_sequence(p, len);

	*ret = n == 0 ? 0 : p[0] & masks[n];
	for (size_t i = 1; i < n; i++)
		*ret = *ret << 6 | (p[i] & 0x3f);
	return n;
}

bool
parse_is_showable(uint32_t character)
{
	static const struct {
		uint32_t first;
		uint32_t last;
	} others[] = {
		{ 0, 0x1f }, { 0x7f, 0x9f }, { 0x61c, 0x61c },
		{ 0x200b, 0x200b }, { 0x200e, 0x200f }, { 0x2028, 0x202e },
		{ 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
		{ 0xe0000, 0xe007f },
	};
	size_t i = 0;

	while (i < ARRAY_LEN(others) && (character < others[i].first ||
	    character > others[i].last))
		i++;
	return i == ARRAY_LEN(others);
}

bool
parse_equal_nocase(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

void
parse_lower(char *text)
{
	for (; *text != '\0'; text++)
		*text = lower(*text);
}
