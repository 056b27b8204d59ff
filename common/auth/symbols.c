/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/symbols.h"

#include <string.h>
#include <sys/random.h>

static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum err
symbols_random(size_t count, char *ret, struct diag *diag)
{
	if (getrandom(ret, count, 0) != (ssize_t)count)
		return fail_errno(diag, ERR_INTERNAL, "getrandom");
	for (size_t i = 0; i < count; i++)
		ret[i] = symbols[(unsigned char)ret[i] % 32];
	ret[count] = '\0';
	return ERR_OK;
}

bool
symbols_is_gap(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '-';
}

/* Either case, and what looks alike. */
static char
meant(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		return '0';
	return c == 'I' || c == 'L' ? '1' : c;
}

bool
symbols_meant(const char *text, size_t len, char *ret, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++) {
		if (symbols_is_gap(text[i]))
			continue;
		if (count + 1 >= size) {
			explicit_bzero(ret, size);
			return false;
		}
		ret[count++] = meant(text[i]);
	}
	ret[count] = '\0';
	return true;
}
