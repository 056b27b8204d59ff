/* SPDX-License-Identifier: BSD-2-Clause */
#include "args.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "cache/reader.h"

#define HELPER_PATH PKGLIBEXECDIR "/8x8sso-helper"
#define COMMAND_PATH SBINDIR "/8x8sso"

const struct args_option args_options[] = {
	{ "config", true, offsetof(struct args, config) },
	{ "cache", true, offsetof(struct args, cache) },
	{ "helper", true, offsetof(struct args, helper) },
	{ "command", true, offsetof(struct args, command) },
	{ "debug", false, offsetof(struct args, debug) },
};
const size_t args_option_count = ARRAY_LEN(args_options);

/* The index of the option with this name, or args_option_count. */
static size_t
find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < args_option_count; i++)
		if (strlen(args_options[i].name) == len &&
		    memcmp(args_options[i].name, name, len) == 0)
			break;
	return i;
}

static enum err
parse_one(const char *arg, uint32_t *seen, struct args *args,
    struct diag *diag)
{
	size_t len = strcspn(arg, "=");
	const char *value = arg[len] == '=' ? arg + len + 1 : NULL;
	size_t i = find(arg, len);
	char *field;

	if (i == args_option_count)
		return fail(diag, ERR_USAGE, "unknown option %s", arg);
	if ((*seen & UINT32_C(1) << i) != 0)
		return fail(diag, ERR_USAGE, "option %s is given twice",
		    args_options[i].name);
	field = (char *)args + args_options[i].offset;
	if (!args_options[i].is_path) {
		if (value != NULL)
			return fail(diag, ERR_USAGE, "option %s takes no "
			    "value", args_options[i].name);
		*(bool *)field = true;
	} else {
		if (value == NULL || value[0] != '/' ||
		    strlen(value) >= PATH_MAX)
			return fail(diag, ERR_USAGE, "option %s needs an "
			    "absolute path", args_options[i].name);
		memcpy(field, &value, sizeof(value));
	}
	*seen |= UINT32_C(1) << i;
	return ERR_OK;
}

enum err
args_parse(int argc, const char *const *argv, struct args *ret,
    struct diag *diag)
{
	uint32_t seen = 0;
	enum err first = ERR_OK;

	*ret = (struct args){
		NULL, CACHE_PATH, HELPER_PATH, COMMAND_PATH, false
	};
	for (int i = 0; i < argc; i++) {
		struct diag *where = first == ERR_OK ? diag : NULL;
		enum err r = parse_one(argv[i], &seen, ret, where);

		if (first == ERR_OK)
			first = r;
	}
	return first;
}
