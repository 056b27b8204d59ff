/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/err.h"

#include <string.h>

#define ERR_ROW(code, name, row, text) [ERR_##code] = { name, row, text },
static const struct {
	const char *name;
	const char *row;
	const char *text;
} table[ERR_COUNT] = { ERR_TABLE(ERR_ROW) };
#undef ERR_ROW

static enum err
known(enum err code)
{
	return (unsigned int)code < ERR_COUNT ? code : ERR_INTERNAL;
}

const char *
err_name(enum err code)
{
	return table[known(code)].name;
}

const char *
err_row(enum err code)
{
	return table[known(code)].row;
}

const char *
err_text(enum err code)
{
	return table[known(code)].text;
}

enum err
err_from_name(const char *name)
{
	for (unsigned int i = 0; i < ERR_COUNT; i++)
		if (strcmp(table[i].name, name) == 0)
			return (enum err)i;
	return ERR_INTERNAL;
}
