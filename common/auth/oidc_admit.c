/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/oidc_admit.h"

#include "auth/oidc.h"

enum err
oidc_admit_hosts(const struct conf *conf, struct buf *out, struct diag *diag)
{
	if (conf_list_lines(&conf->device_hosts, out) != ERR_OK)
		return fail(diag, ERR_CONF_VALUE, "[device] hosts is longer "
		    "than %d bytes", OIDC_HOSTS_MAX);
	return ERR_OK;
}

enum err
oidc_admit_verify(const struct conf *conf, const char *issuer,
    const char *url, struct diag *diag)
{
	AUTO(buf) struct buf hosts = BUF_INIT(OIDC_HOSTS_MAX);
	enum err r = oidc_admit_hosts(conf, &hosts, diag);

	if (r != ERR_OK)
		return r;
	if (!oidc_is_host_allowed(url, issuer, buf_str(&hosts)))
		return fail(diag, ERR_OIDC_HOST, "%.256s; if that is right, "
		    "name its host in [device] hosts", url);
	return ERR_OK;
}
