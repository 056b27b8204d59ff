/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which hosts the configuration admits for what a discovery document says
 * (catalogue J26).  A configured endpoint is root's word and needs no leave.
 */
#ifndef AUTH_OIDC_ADMIT_H
#define AUTH_OIDC_ADMIT_H

#include "sys/conf.h"

#define OIDC_HOSTS_MAX 8192	/* of FETCH_OIDC */

/* Appends [device] hosts as oidc_is_host_allowed() reads them.
 * ERR_CONF_VALUE. */
enum err oidc_admit_hosts(const struct conf *conf, struct buf *out,
	struct diag *diag) MUST_USE;

/* May an endpoint be there?  ERR_OIDC_HOST, ERR_CONF_VALUE. */
enum err oidc_admit_verify(const struct conf *conf, const char *issuer,
	const char *url, struct diag *diag) MUST_USE;

#endif
