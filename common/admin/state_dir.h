/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directories below [host] state_dir, and the locks that let one process
 * at a time sync, and publish.
 */
#ifndef ADMIN_STATE_DIR_H
#define ADMIN_STATE_DIR_H

#include "base/diag.h"
#include "sys/conf.h"

/*
 * Makes what is missing: <state_dir> (0755, ours: root's, because nss.cache is
 * in it) and <state_dir>/state (0700, the service account's, because SQLite
 * makes files beside the database).  What is there must belong to them and be
 * no more open than that: ERR_UNSAFE_FILE, with the remedy.
 * ERR_SERVICE_USER, ERR_IO, ERR_CONF_VALUE.
 */
enum err state_dir_make(const struct conf *conf, struct diag *diag) MUST_USE;

/* Takes <state_dir>/sync.lock, which lasts until the descriptor is closed (or
 * the process ends).  Does not wait: ERR_SYNC_RUNNING.  ERR_IO. */
enum err state_dir_lock(const struct conf *conf, int *ret_fd,
	struct diag *diag) MUST_USE;

/* Takes <state_dir>/publish.lock likewise, but waits for it: who publishes is
 * done soon.  Whoever has both took sync.lock first.  ERR_TIMEOUT after
 * PUBLISH_LOCK_MS, ERR_IO. */
enum err state_dir_lock_publish(const struct conf *conf, int *ret_fd,
	struct diag *diag) MUST_USE;

#endif
