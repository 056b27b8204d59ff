/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/check.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include "admin/print.h"

/* In the order in which an administrator would mend things. */
static const struct {
	const char *name;
	void (*run)(struct checking *c);
} checks[] = {
	{ "service account", check_service_account },
	{ "programs", check_programs },
	{ "files", check_files },
	{ "clock", check_clock },
	{ "identity provider", check_provider },
	{ "keys", check_keys },
	{ "device flow", check_device },
	{ "device keys", check_device_keys },
	{ "login times", check_login_times },
	{ "scim", check_scim },
	{ "sync", check_sync },
	{ "cache", check_cache },
	{ "access", check_access },
	{ "shell", check_shell },
	{ "linked accounts", check_links },
	{ "nsswitch", check_nsswitch },
};

static void __attribute__((format(printf, 3, 0)))
report(struct checking *c, const char *result, const char *fmt, va_list ap)
{
	char text[DIAG_TEXT_MAX + 256];

	(void)vsnprintf(text, sizeof(text), fmt, ap);
	if (c->admin->json) {
		json_begin(&c->json, NULL, '{');
		json_put_string(&c->json, "result", result);
		json_put_string(&c->json, "check", c->name);
		json_put_string(&c->json, "detail", text);
		json_end(&c->json, '}');
		return;
	}
	(void)printf("%-4s  %s: ", result, c->name);
	print_safe(stdout, text);
	(void)putchar('\n');
}

void
check_ok(struct checking *c, const char *fmt, ...)
{
	va_list ap;

	if (c->admin->quiet)
		return;
	va_start(ap, fmt);
	report(c, "ok", fmt, ap);
	va_end(ap);
}

void
check_warn(struct checking *c, const char *fmt, ...)
{
	va_list ap;

	c->warned++;
	if (c->admin->quiet)
		return;
	va_start(ap, fmt);
	report(c, "warn", fmt, ap);
	va_end(ap);
}

void
check_fail(struct checking *c, const char *fmt, ...)
{
	va_list ap;

	c->failed++;
	va_start(ap, fmt);
	report(c, "FAIL", fmt, ap);
	va_end(ap);
}

/* Reasons whose own text does not say what to do. */
static const struct {
	enum err code;
	const char *remedy;
} remedies[] = {
	{ ERR_NOT_FOUND, "put the file there, or correct its key" },
	{ ERR_HTTP, "look at the address, the proxy and the network" },
	{ ERR_HTTP_TLS, "if the server has a certificate of an authority of "
	    "your own, set ca_file" },
	{ ERR_HTTP_STATUS, "compare the address with the portal's" },
	{ ERR_HTTP_AUTH, "replace the token in [scim] token_file by the "
	    "portal's" },
	{ ERR_HTTP_REDIRECT, "compare the address with the portal's" },
	{ ERR_SCIM, "compare [scim] url with the portal's" },
	{ ERR_JSON, "compare the address with the portal's" },
	{ ERR_IDP_METADATA, "get the metadata from the portal again" },
	{ ERR_IDP_CERTIFICATE, "get the certificate from the portal again" },
	{ ERR_OIDC_DISCOVERY, "compare [device] issuer, or [idp] tenant, "
	    "with the portal's" },
	{ ERR_OIDC_HOST, "if the host is the provider's, add it to [device] "
	    "hosts" },
	{ ERR_SPAWN, "install it again" },
	{ ERR_WORKER, "install it again" },
};

void
check_error(struct checking *c, const struct diag *diag)
{
	const char *remedy = "";

	for (size_t i = 0; i < ARRAY_LEN(remedies); i++)
		if (remedies[i].code == diag->code)
			remedy = remedies[i].remedy;
	check_fail(c, "%s (%s: %s)%s%s", diag->text, err_name(diag->code),
	    err_text(diag->code), remedy[0] != '\0' ? "; " : "", remedy);
}

/* Without a configuration there is nothing else to look at. */
static enum err
check_configuration(struct checking *c)
{
	struct admin *admin = c->admin;
	struct diag diag = DIAG_INIT;
	enum err r = conf_load(admin->conf_path, &admin->conf, &diag);

	c->name = "configuration";
	if (r != ERR_OK) {
		check_fail(c, "%s", diag.text);
		return r;
	}
	check_ok(c, "%s", admin->conf_path);
	if (geteuid() != 0 && admin->conf.host_user[0] != '\0') {
		check_fail(c, "the rest can be seen by root only; run "
		    "8x8sso check as root");
		return ERR_NOT_ROOT;
	}
	return ERR_OK;
}

static bool
exists(void (*path_of)(const struct conf *conf, char *path, size_t size),
    const struct conf *conf)
{
	char path[PATH_MAX];
	struct stat st;

	path_of(conf, path, sizeof(path));
	return lstat(path, &st) == 0;
}

static void
run_checks(struct checking *c)
{
	const struct conf *conf = &c->admin->conf;

	c->synced = exists(conf_cache_path, conf) ||
	    exists(conf_state_path, conf);
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		c->name = checks[i].name;
		checks[i].run(c);
	}
}

int
admin_check(struct admin *admin, int argc, char **argv)
{
	struct checking c = { .admin = admin,
		.json = JSON_WRITER_INIT(stdout) };
	enum err r;

	(void)argv;
	if (argc != 1)
		return admin_usage("check takes no argument");
	if (admin->json) {
		json_begin(&c.json, NULL, '{');
		json_begin(&c.json, "findings", '[');
	}
	r = check_configuration(&c);
	if (r == ERR_OK)
		run_checks(&c);
	if (admin->json) {
		json_end(&c.json, ']');
		json_put_int(&c.json, "failed", c.failed);
		json_put_int(&c.json, "warned", c.warned);
		json_end(&c.json, '}');
	} else if (!admin->quiet) {
		(void)printf("failed: %u, warnings: %u\n", c.failed, c.warned);
	}
	if (r == ERR_NOT_FOUND)
		return ADMIN_NOT_CONFIGURED;
	return c.failed > 0 ? ADMIN_FAILED : ADMIN_OK;
}
