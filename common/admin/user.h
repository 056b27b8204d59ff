/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `8x8sso user`: user.c looks, user_change.c changes.
 */
#ifndef ADMIN_USER_H
#define ADMIN_USER_H

#include "admin/admin.h"

/* The commands behind `user adopt NAME` and `user relink NAME`; argv[0] is the
 * name.  Their exit codes. */
int user_adopt(struct admin *admin, int argc, char **argv);
int user_relink(struct admin *admin, int argc, char **argv);

#endif
