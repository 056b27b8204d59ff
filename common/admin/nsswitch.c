/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/nsswitch.h"

#include <stdbool.h>
#include <string.h>

/* The services of the database's line, after the colon; NULL if the line is
 * another's. */
static const char *
services_of(const char *line, const char *database)
{
	size_t len = strlen(database);

	line += strspn(line, " \t");
	if (strncmp(line, database, len) != 0)
		return NULL;
	line += len;
	line += strspn(line, " \t");
	return line[0] == ':' ? line + 1 : NULL;
}

static bool
is_word(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && strncmp(text, word, len) == 0;
}

static enum nsswitch
judge_services(const char *text)
{
	bool files = false;
	bool systemd = false;

	for (;;) {
		size_t len;

		text += strspn(text, " \t");
		if (text[0] == '[') {
			text += strcspn(text, "]\n");
			text += text[0] == ']';
			continue;
		}
		len = strcspn(text, " \t\n[#");
		if (len == 0)
			return NSSWITCH_MISSING;
		if (is_word(text, len, "8x8"))
			break;
		files = files || is_word(text, len, "files") ||
		    is_word(text, len, "compat");
		systemd = systemd || is_word(text, len, "systemd");
		text += len;
	}
	if (!files)
		return NSSWITCH_FIRST;
	return systemd ? NSSWITCH_SLOW : NSSWITCH_GOOD;
}

enum nsswitch
nsswitch_judge(const char *text, const char *database)
{
	enum nsswitch result = NSSWITCH_MISSING;

	while (text[0] != '\0') {
		const char *services = services_of(text, database);

		if (services != NULL)
			result = judge_services(services);
		text += strcspn(text, "\n");
		text += text[0] == '\n';
	}
	return result;
}
