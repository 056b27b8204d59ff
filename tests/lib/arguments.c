/* SPDX-License-Identifier: BSD-2-Clause */
#include "arguments.h"

#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/parse.h"

const char *
arguments_get(const struct arguments *args, unsigned int option)
{
	return args->count[option] == 0 ? "" : args->value[option][0];
}

bool
arguments_has(const struct arguments *args, unsigned int option)
{
	return args->count[option] != 0;
}

/* -- argv ---------------------------------------------------------------- */

static enum err
find_option(const struct arguments *args, const char *arg, unsigned int *ret,
    struct diag *diag)
{
	size_t len = strcspn(arg, "=");

	for (unsigned int i = 0; i < args->options; i++)
		if (strlen(args->table[i].name) == len &&
		    memcmp(args->table[i].name, arg, len) == 0) {
			*ret = i;
			return ERR_OK;
		}
	return fail(diag, ERR_USAGE, "%s: no such option", arg);
}

/* *argv points at the option, and afterwards at its last argument. */
static enum err
take_option(struct arguments *args, char ***argv, struct diag *diag)
{
	const char *arg = **argv;
	const char *value = strchr(arg, '=');
	const struct argument_option *known;
	unsigned int option = 0;
	enum err r = find_option(args, arg, &option, diag);

	if (r != ERR_OK)
		return r;
	known = &args->table[option];
	if (args->count[option] == known->max)
		return fail(diag, ERR_USAGE, "%s: given more than %u times",
		    known->name, known->max);
	if (!known->has_value && value != NULL)
		return fail(diag, ERR_USAGE, "%s: takes no value",
		    known->name);
	if (!known->has_value)
		value = arg;
	else if (value != NULL)
		value++;
	else
		value = *++*argv;
	if (value == NULL || *value == '\0')
		return fail(diag, ERR_USAGE, "%s: has no value", known->name);
	args->value[option][args->count[option]++] = value;
	return ERR_OK;
}

enum err
arguments_take(struct arguments *args, char **argv, struct diag *diag)
{
	bool options = true;

	while (*++argv != NULL) {
		enum err r = ERR_OK;

		if (options && strcmp(*argv, "--") == 0)
			options = false;
		else if (options && strncmp(*argv, "--", 2) == 0)
			r = take_option(args, &argv, diag);
		else if (args->operands == args->operands_max)
			r = fail(diag, ERR_USAGE, "%s: one too many", *argv);
		else
			args->operand[args->operands++] = *argv;
		if (r != ERR_OK)
			return r;
	}
	return ERR_OK;
}

/* -- values -------------------------------------------------------------- */

enum err
arguments_time(const struct arguments *args, unsigned int option,
    int64_t *ret, struct diag *diag)
{
	const char *text = arguments_get(args, option);

	if (arguments_has(args, option) &&
	    !parse_instant(text, strlen(text), ret))
		return fail(diag, ERR_USAGE, "%s: \"%s\" is no time such as "
		    "2022-02-23T17:50:00Z", args->table[option].name, text);
	return ERR_OK;
}

enum err
arguments_seconds(const struct arguments *args, unsigned int option,
    uint64_t max, int64_t *ret, struct diag *diag)
{
	const char *text = arguments_get(args, option);
	uint64_t seconds = 0;

	if (!arguments_has(args, option))
		return ERR_OK;
	if (!parse_u64(text, strlen(text), max, &seconds))
		return fail(diag, ERR_USAGE, "%s: \"%s\" is no number of "
		    "seconds", args->table[option].name, text);
	*ret = (int64_t)seconds;
	return ERR_OK;
}

enum err
arguments_read_file(const char *path, enum err too_long, struct buf *out,
    struct diag *diag)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum err r;

	if (fd < 0)
		return fail_errno(diag, ERR_USAGE, "%s", path);
	r = io_read_all(fd, out, diag);
	if (r == ERR_IO)
		return fail_errno(diag, ERR_USAGE, "%s", path);
	if (r == ERR_TOO_LONG)
		return fail(diag, too_long, "%s: more than %zu bytes", path,
		    out->max);
	return r;
}
