/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 8x8sso-fetch's answer to FETCH_USERS; see fetch.c.
 */
#ifndef WORKERS_FETCH_USERS_H
#define WORKERS_FETCH_USERS_H

#include "wire/channel.h"

#define FETCH_ANSWER_MS 60000	/* for the command to take a message */

/* Lists the server, or the file on descriptor 3, and sends USER, GROUP and
 * MEMBER, LISTED and END once everything is there.  scim_list()'s and
 * scim_read_saved()'s reasons, ERR_WIRE_SYNTAX, and channel_send()'s. */
enum err fetch_users(struct channel *ch, const struct wire_msg *msg,
	struct diag *diag) MUST_USE;

#endif
