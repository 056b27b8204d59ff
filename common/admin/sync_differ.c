/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/sync.h"

#include <string.h>

#include "admin/print.h"
#include "base/cleanup.h"

#define INDENT 15
#define LOGIN_COLUMNS 24

static const struct {
	const char *name;	/* in the document */
	const char *label;
} kinds[DIFFERENCE_COUNT] = {
	[DIFFERENCE_ADDED] = { "added", "added" },
	[DIFFERENCE_CHANGED] = { "changed", "changed" },
	[DIFFERENCE_DEACTIVATED] = { "deactivated", "deactivated" },
	[DIFFERENCE_REACTIVATED] = { "reactivated", "reactivated" },
	[DIFFERENCE_VANISHED] = { "vanished", "vanished" },
	[DIFFERENCE_REFUSED] = { "refused", "refused" },
	[DIFFERENCE_GROUP_REFUSED] = { "group_refused", "group refused" },
	[DIFFERENCE_SITE] = { "site_conflict", "site conflict" },
	[DIFFERENCE_ID] = { "id_conflict", "id conflict" },
};

/* -- for people ------------------------------------------------------------ */

static void
put_fields(FILE *line, uint64_t fields)
{
	const char *separator = "";
	const char *name;

	for (unsigned int i = 0; (name = update_field_name(i)) != NULL; i++) {
		if ((fields & ((uint64_t)1 << i)) == 0)
			continue;
		(void)fprintf(line, "%s%s", separator, name);
		separator = ", ";
	}
}

static void
put_safe(FILE *line, const char *before, const char *text, const char *after)
{
	(void)fputs(before, line);
	print_safe(line, text);
	(void)fputs(after, line);
}

static void
put_what(FILE *line, const struct difference *d)
{
	switch (d->kind) {
	case DIFFERENCE_CHANGED:
		put_fields(line, d->fields);
		if (d->was[0] != '\0')
			put_safe(line, "; was ", d->was, "");
		return;
	case DIFFERENCE_REFUSED:
	case DIFFERENCE_GROUP_REFUSED:
		put_safe(line, "", d->user_name, ": ");
		(void)fputs(d->reason, line);
		return;
	case DIFFERENCE_SITE:
	case DIFFERENCE_ID:
		put_safe(line, "stays ", d->ours, "");
		put_safe(line, ", listed: ", d->listed, "");
		return;
	default:
		print_safe(line, d->user_name);
	}
}

void
sync_differ_text(const struct difference *d, FILE *out)
{
	AUTO_FREE char *text = NULL;
	size_t size = 0;
	size_t len = strlen(d->login);
	FILE *line = open_memstream(&text, &size);

	if (line == NULL)
		return;
	(void)fprintf(line, "%-*s", INDENT, kinds[d->kind].label);
	print_safe(line, len == 0 ? "-" : d->login);
	(void)fprintf(line, "%*s ", len < LOGIN_COLUMNS ?
	    LOGIN_COLUMNS - (int)(len == 0 ? 1 : len) : 0, "");
	put_what(line, d);
	if (fclose(line) == 0)
		print_wrapped(out, text, INDENT);
}

/* -- for programs ---------------------------------------------------------- */

static void
put_field_names(struct json_writer *w, uint64_t fields)
{
	const char *name;

	json_begin(w, "fields", '[');
	for (unsigned int i = 0; (name = update_field_name(i)) != NULL; i++)
		if ((fields & ((uint64_t)1 << i)) != 0)
			json_put_string(w, NULL, name);
	json_end(w, ']');
}

void
sync_differ_json(const struct difference *d, struct json_writer *w)
{
	const struct {
		const char *name;
		const char *value;
	} texts[] = {
		{ "id", d->id }, { "user_name", d->user_name },
		{ "login", d->login }, { "was", d->was },
		{ "reason", d->reason }, { "ours", d->ours },
		{ "listed", d->listed },
	};

	json_begin(w, NULL, '{');
	json_put_string(w, "kind", kinds[d->kind].name);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (texts[i].value[0] != '\0')
			json_put_string(w, texts[i].name, texts[i].value);
	if (d->kind == DIFFERENCE_CHANGED)
		put_field_names(w, d->fields);
	json_end(w, '}');
}
