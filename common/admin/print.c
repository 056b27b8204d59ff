/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/print.h"

#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"

#define COLUMNS 80

void
print_safe(FILE *out, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		uint32_t character = 0;
		size_t len = parse_character(text, left, &character);
		bool shown = len > 0 && parse_is_showable(character);

		if (len == 0)
			len = 1;
		if (shown)
			(void)fwrite(text, 1, len, out);
		else
			for (size_t i = 0; i < len; i++)
				(void)fprintf(out, "\\x%02x",
				    (unsigned int)(unsigned char)text[i]);
		text += len;
		left -= len;
	}
}

void
print_field(FILE *out, const char *label, const char *value)
{
	int pad = 17 - (int)strlen(label);

	(void)fprintf(out, "%s:%*s", label, pad > 1 ? pad : 1, "");
	print_safe(out, value[0] == '\0' ? "-" : value);
	(void)fputc('\n', out);
}

/* Bytes of text that fill at most `columns`, one per character; up to the
 * last blank if there is one. */
static size_t
line_length(const char *text, size_t columns)
{
	size_t len = 0;
	size_t blank = 0;

	for (size_t used = 0; text[len] != '\0'; len++) {
		if (((unsigned char)text[len] & 0xc0) == 0x80)
			continue;
		if (used++ == columns)
			return blank > 0 ? blank : len;
		if (text[len] == ' ')
			blank = len + 1;
	}
	return len;
}

void
print_wrapped(FILE *out, const char *text, unsigned int indent)
{
	unsigned int margin = 0;

	do {
		size_t len = line_length(text, COLUMNS - margin);
		size_t shown = len;

		while (shown > 0 && text[shown - 1] == ' ')
			shown--;
		(void)fprintf(out, "%*s%.*s\n", (int)margin, "", (int)shown,
		    text);
		text += len;
		margin = indent;
	} while (*text != '\0');
}

void
print_age(int64_t seconds, char text[static PRINT_AGE_SIZE])
{
	static const struct {
		int64_t below;
		int64_t unit;
		const char *name;
	} steps[] = {
		{ 120, 1, "s" }, { 7200, 60, "min" }, { 172800, 3600, "h" },
		{ INT64_MAX, 86400, "days" },
	};
	size_t i = 0;

	if (seconds < 0) {
		(void)snprintf(text, PRINT_AGE_SIZE, "in the future");
		return;
	}
	while (i + 1 < ARRAY_LEN(steps) && seconds >= steps[i].below)
		i++;
	(void)snprintf(text, PRINT_AGE_SIZE, "%lld %s ago",
	    (long long)(seconds / steps[i].unit), steps[i].name);
}

void
print_hex(const uint8_t *data, size_t len, char *text)
{
	*text = '\0';
	for (size_t i = 0; i < len; i++)
		text += snprintf(text, 4, "%s%02X", i > 0 ? ":" : "",
		    (unsigned int)data[i]);
}
