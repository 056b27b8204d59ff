/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directory -> nss.cache.  Root's: each name and id is checked again,
 * against the configuration and against /etc/passwd and /etc/group as they
 * are now, because state.db belongs to an account that is not root.
 */
#ifndef DIRECTORY_PUBLISH_H
#define DIRECTORY_PUBLISH_H

#include "base/buf.h"
#include "sys/conf.h"
#include "sys/store.h"

struct publish_report {
	uint64_t users;
	uint64_t groups;
	uint64_t links;		/* local accounts of provisioned people */
	uint64_t left_out;	/* local name or id, bad record */
	bool unchanged;		/* the file had these bytes already */
};

/* Builds the cache, in memory.  ERR_CONF_VALUE (home, or a shell that is not
 * in /etc/shells and no nologin), ERR_STORE, ERR_NOMEM and the writer's. */
enum err publish_build(struct store *store, const struct conf *conf,
	struct buf *out, struct publish_report *ret, struct diag *diag)
	MUST_USE;

/* Replaces the file (0644) unless it has these bytes already.  ERR_IO. */
enum err publish_write(const char *path, const struct buf *bytes,
	struct publish_report *report, struct diag *diag) MUST_USE;

#endif
