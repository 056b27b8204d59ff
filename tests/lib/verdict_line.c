/* SPDX-License-Identifier: BSD-2-Clause */
#include "verdict_line.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

enum { ACCEPTED = 0, REJECTED = 1, USAGE = 2 };

/* Claims are UTF-8: the parser has seen to it. */
static void
put_text(const char *text)
{
	(void)putchar('"');
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f)
			(void)printf("\\u%04x", c);
		else if (c == '"' || c == '\\')
			(void)printf("\\%c", c);
		else
			(void)putchar(c);
	}
	(void)putchar('"');
}

static void
put_member(const char *name, const char *text)
{
	put_text(name);
	(void)putchar(':');
	put_text(text);
	(void)putchar(',');
}

/* An absent time is 0. */
static void
put_time(const char *name, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	if (time != 0)
		put_member(name, text);
	else
		(void)printf("\"%s\":null,", name);
}

/* The values of one name follow each other. */
static void
put_attributes(const struct claims *claims)
{
	const char *last = NULL;
	const char *name;
	const char *value;

	(void)printf("\"attributes\":{");
	for (size_t i = 0; claims_at(claims, i, &name, &value); i++) {
		bool same = last != NULL && strcmp(last, name) == 0;

		if (!same) {
			(void)printf("%s", last == NULL ? "" : "],");
			put_text(name);
		}
		(void)printf("%s", same ? "," : ":[");
		put_text(value);
		last = name;
	}
	(void)printf("%s}", last == NULL ? "" : "]");
}

static void
put_claims(const struct claims *claims)
{
	const struct claims_fixed *fixed = claims_fixed(claims);

	put_member("issuer", fixed->issuer);
	put_member("assertion_id", fixed->assertion_id);
	put_member("name_id", fixed->name_id);
	put_member("name_id_format", fixed->name_id_format);
	put_member("in_response_to", fixed->in_response_to);
	put_time("not_on_or_after", fixed->not_on_or_after);
	put_time("authn_instant", fixed->authn_instant);
	put_time("session_not_on_or_after", fixed->session_not_on_or_after);
	put_attributes(claims);
}

/* The detail may hold anything that came in. */
int
verdict_print(enum err reason, const struct claims *claims,
    const struct diag *diag)
{
	AUTO(buf) struct buf detail = BUF_INIT(4 * DIAG_TEXT_MAX);

	(void)putchar('{');
	put_member("verdict", reason == ERR_OK ? "accept" : "reject");
	put_member("reason", err_name(reason));
	put_member("row", err_row(reason));
	(void)printf("\"claims\":{");
	if (claims != NULL)
		put_claims(claims);
	(void)printf("},\"detail\":");
	if (reason != ERR_OK)
		log_escape(&detail, diag->text, strlen(diag->text));
	put_text(buf_str(&detail));
	(void)printf("}\n");
	if (fflush(stdout) != 0)
		return USAGE;
	return reason == ERR_OK ? ACCEPTED : REJECTED;
}

int
verdict_usage(char **argv, const char *name, const char *usage,
    const struct diag *diag)
{
	(void)fprintf(stderr, "%s: %s\nusage: %s %s",
	    argv[0] == NULL ? name : argv[0], diag->text, name, usage);
	return USAGE;
}
