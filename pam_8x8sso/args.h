/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options on the module's line in /etc/pam.d: one table, which is also
 * the table of pam_8x8sso(8).
 */
#ifndef PAM_8X8SSO_ARGS_H
#define PAM_8X8SSO_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

/* Strings are borrowed from argv or constant. */
struct args {
	const char *config;	/* NULL: the helper's own default */
	const char *cache;
	const char *helper;
	const char *command;	/* 8x8sso, for `publish` */
	bool debug;		/* say why a user is not ours */
};

struct args_option {
	const char *name;
	bool is_path;		/* name=/absolute/path; otherwise a flag */
	size_t offset;		/* in struct args: const char * or bool */
};

extern const struct args_option args_options[];
extern const size_t args_option_count;

/* Fills *ret with the defaults and with every option that is good, so that
 * "is this user ours?" can be asked even on a misconfigured line.  ERR_USAGE
 * when an option is unknown, given twice, or not an absolute path; the detail
 * names the first one. */
enum err args_parse(int argc, const char *const *argv, struct args *ret,
	struct diag *diag) MUST_USE;

#endif
