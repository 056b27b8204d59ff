/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints the table of keys for man_conf.sh, one key per line, with the
 * directories that a distribution's build has, as in the man page. */
#include <stdio.h>
#include <string.h>

#include "sys/conf.h"

static const char *
page_default(const char *preset, char *text, size_t size)
{
	static const struct {
		const char *built;
		const char *page;
	} dirs[] = {
		{ PKGLIBEXECDIR, "/usr/libexec/8x8sso" },
		{ LOCALSTATEDIR, "/var" },
	};

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		size_t len = strlen(dirs[i].built);

		if (strncmp(preset, dirs[i].built, len) != 0 ||
		    (preset[len] != '/' && preset[len] != '\0'))
			continue;
		(void)snprintf(text, size, "%s%s", dirs[i].page,
		    preset + len);
		return text;
	}
	return preset;
}

int
main(void)
{
	for (size_t i = 0; i < conf_key_count; i++) {
		const struct conf_key *key = &conf_keys[i];
		char text[256];

		printf("%s|%s|%s|%s|%s\n", key->section, key->name,
		    conf_type_name(key->type),
		    page_default(key->preset, text, sizeof(text)), key->help);
	}
	return 0;
}
