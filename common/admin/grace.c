/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/grace.h"

#include <string.h>

#include "base/parse.h"

#define LOGIN_PRESET 60		/* of both implementations of login */
#define GRACE_MAX 1000000
#define BLANKS " \t"
#define AROUND BLANKS "\""	/* a value in login.defs, which people write */

/* "KEY BLANKS NUMBER" at the beginning of a line. */
static bool
number_of_line(const char *line, const char *key, int64_t *ret)
{
	size_t key_len = strlen(key);
	const char *value = line + key_len;
	size_t blanks;
	uint64_t number;

	if (strncmp(line, key, key_len) != 0)
		return false;
	blanks = strspn(value, AROUND);
	value += blanks;
	if (blanks == 0 || !parse_u64(value, strcspn(value, AROUND "\n"),
	    GRACE_MAX, &number))
		return false;
	*ret = (int64_t)number;
	return true;
}

/* The last line with this key counts; some of before may stand before it. */
static bool
find_number(const char *text, const char *before, const char *key,
    int64_t *ret)
{
	bool found = false;

	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		if (number_of_line(text + strspn(text, before), key, ret))
			found = true;
		text += len + (text[len] == '\n');
	}
	return found;
}

bool
grace_of_sshd(const char *text, int64_t *ret)
{
	return find_number(text, "", "logingracetime", ret);
}

int64_t
grace_of_login(const char *text)
{
	int64_t seconds = LOGIN_PRESET;

	(void)!find_number(text, BLANKS, "LOGIN_TIMEOUT", &seconds);
	return seconds;
}

enum grace
grace_judge(int64_t host, int64_t configured, int64_t timeout)
{
	if (host != 0 && (configured == 0 || configured > host))
		return GRACE_CUT_OFF;
	if (configured != 0 && configured < timeout)
		return GRACE_TIGHT;
	return GRACE_GOOD;
}
