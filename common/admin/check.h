/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `8x8sso check`: check.c runs a table of checks and counts; check_host.c
 * looks at this host, check_cloud.c at the provider, the server and what came
 * from them, check_device.c at sign-in by device code, check_users.c at what
 * [users] says about accounts.
 */
#ifndef ADMIN_CHECK_H
#define ADMIN_CHECK_H

#include "admin/admin.h"
#include "auth/oidc_store.h"
#include "auth/saml_metadata.h"
#include "sys/json.h"

struct checking {
	struct admin *admin;
	const char *name;	/* of the check that runs */
	unsigned int failed;
	unsigned int warned;
	bool synced;		/* a sync has left something */
	bool has_idp;		/* idp is what the configured source says */
	struct saml_idp idp;
	bool has_device;	/* device is what its provider says */
	struct oidc_record device;
	struct json_writer json;
};

/* One finding; the text is made safe.  A failure's text says what to do. */
void check_ok(struct checking *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void check_warn(struct checking *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void check_fail(struct checking *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A failure of a call: its detail, its reason, and what helps against that
 * reason if anything is known. */
void check_error(struct checking *c, const struct diag *diag);

/* What makes the users: `8x8sso sync`, and from a file without a server. */
const char *check_sync_command(const struct conf *conf);

/* Before the first sync, what it will make is not missed: check_sync() says
 * so once. */
void check_service_account(struct checking *c);
void check_programs(struct checking *c);
void check_files(struct checking *c);
void check_nsswitch(struct checking *c);
void check_clock(struct checking *c);

void check_provider(struct checking *c);
void check_keys(struct checking *c);
void check_device(struct checking *c);
void check_device_keys(struct checking *c);
void check_login_times(struct checking *c);
void check_scim(struct checking *c);
void check_cache(struct checking *c);
void check_sync(struct checking *c);
void check_access(struct checking *c);
void check_shell(struct checking *c);
void check_links(struct checking *c);

#endif
