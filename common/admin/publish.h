/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Publishing as every command does it that has changed the directory.
 */
#ifndef ADMIN_PUBLISH_H
#define ADMIN_PUBLISH_H

#include "admin/admin.h"
#include "directory/publish.h"

/*
 * Brings nss.cache to what state.db says, one process at a time, so that
 * nobody replaces a newer file by an older one: what this process has
 * committed is published when it returns.  Reads as the service account,
 * writes as root, and is root afterwards; the caller must not be in a
 * transaction.  ERR_TIMEOUT (somebody else publishes and does not end), and
 * those of publish_build() and publish_write().
 */
enum err publish_now(const struct admin *admin, struct store *store,
	struct publish_report *ret, struct diag *diag) MUST_USE;

#endif
