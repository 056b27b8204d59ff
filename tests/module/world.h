/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The world around the built module: who exists, what the person types, and
 * what the log was told are this program's, whose pam_modutil_*() and pam_syslog()
 * take the place of libpam's.  root, daemon and bob are local.
 */
#ifndef TESTS_MODULE_WORLD_H
#define TESTS_MODULE_WORLD_H

#include "../unit/unit.h"

#include <stdbool.h>

#include <security/pam_appl.h>

#include "base/limits.h"

/* In the cache; "cached.elsewhere" is too, but the host resolves it to an id
 * that is not ours. */
#define OURS "b.simon"

/* Local, and a provisioned person's by the cache. */
#define LINKED "bsimon"

/* A folder with the files cache, empty, junk and other. */
extern char world_dir[];
extern char world_module[4096];		/* path of pam_8x8sso.so */
extern char world_helper[4096];		/* path of fake_helper */

/* The conversation: what it does and what it was asked last. */
struct world_talk {
	const char *answer;		/* NULL: none */
	int code;			/* of the conversation */
	const char *becomes;		/* PAM_USER from a question on */
	bool outlasts;			/* answers when the helper is gone */
	pam_handle_t *pamh;
	int calls;
	int style;
	char text[PROMPT_MAX + 1];
};
extern struct world_talk world_talk;
extern char world_log[4096];

/* As if /etc/passwd could not be read. */
extern bool world_passwd_is_missing;

/* Group fixture. */
int world_set_up(void **state);
int world_tear_down(void **state);

void world_write(const char *name, const void *data, size_t len);

/* A PAM handle for this user, log and conversation forgotten. */
pam_handle_t *world_start(const char *service, const char *user);

void world_assert_logged(const char *part);

#endif
