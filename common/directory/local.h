/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is local: the names and ids of /etc/passwd and /etc/group, read from
 * the files and not through NSS, which would ask us.
 */
#ifndef DIRECTORY_LOCAL_H
#define DIRECTORY_LOCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct local;

/* Reads both files (paths given for tests).  Whatever could be an entry counts
 * as one, also a line of nss_compat ("+name") or one without an id: better a
 * name too many that is refused than one too few.
 * ERR_IO, ERR_TOO_LONG, ERR_NOMEM. */
enum err local_load(const char *passwd, const char *group,
	struct local **ret, struct diag *diag) MUST_USE;

/* /etc/passwd and /etc/group: what update and publish call. */
enum err local_load_host(struct local **ret, struct diag *diag) MUST_USE;

void local_free(struct local **local);
static inline void local_auto(struct local **l) { local_free(l); }

/* Is there a local user or group of this name (exact) or id?  Some names are
 * local on every host, such as wheel and docker: see local.c. */
bool local_has_name(const struct local *local, const char *name);
bool local_has_id(const struct local *local, uint32_t id);

/* The names that local_has_name() says yes to: the i-th, some twice, or NULL
 * behind the last.  Borrowed. */
const char *local_name(const struct local *local, size_t i);
/*
 * Why the account of this name cannot be a provisioned person's ([users]
 * link_local), as the end of a sentence; NULL when it can, and then *ret_uid
 * is its uid.  It must have exactly one line in /etc/passwd, a plain one and
 * not one of nss_compat, with a uid that is at least min_uid, a person's
 * (cache/format.h) and no other account's, a name that is not reserved, and a
 * shell that lets somebody in.
 */
const char *local_refuses_link(const struct local *local, const char *name,
	uint64_t min_uid, uint32_t *ret_uid) MUST_USE;

/* Is this a shell by /etc/shells (path given for tests), or one that lets
 * nobody in (nologin, false)?  ERR_CONF_VALUE, with what to do; ERR_IO. */
enum err local_check_shell(const char *shells, const char *shell,
	struct diag *diag) MUST_USE;

/* Orders uint32_t for qsort(3) and bsearch(3). */
int local_compare_ids(const void *a, const void *b);

#endif
