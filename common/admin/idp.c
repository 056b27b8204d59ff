/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 8x8sso idp show | accept [FINGERPRINT]
 *
 * The keys that logins are checked with, by SAML and by device code, and the
 * administrator's word where `sync` does not take the provider's (see
 * idp_store.h).
 */
#include "admin/admin.h"

#include <stdio.h>
#include <string.h>

#include "admin/fetch.h"
#include "admin/idp_print.h"
#include "admin/oidc_print.h"
#include "admin/state_dir.h"
#include "base/parse.h"
#include "sys/sandbox.h"

#define USAGE "idp show or idp accept [FINGERPRINT]"

/* -- idp show -------------------------------------------------------------- */

struct shown {
	const struct conf *conf;
	struct idp_record record;
	struct oidc_record device;
};

/* Where people can sign in by code, there is something to show also without
 * keys of SAML. */
static enum err
read_record(struct store *store, void *context, struct diag *diag)
{
	struct shown *shown = context;
	const struct conf *conf = shown->conf;
	enum err r = ERR_OK;

	if (conf->idp_issuer[0] != '\0')
		r = idp_store_load(store, conf->idp_issuer, &shown->record,
		    diag);
	if (r != ERR_OK && !(r == ERR_IDP_NO_KEYS && conf->device_enabled))
		return r;
	return oidc_read(store, conf, &shown->device, diag);
}

/* The configured address, or else the metadata's. */
static const char *
first_set(const char *configured, const char *stored)
{
	return configured[0] != '\0' ? configured : stored;
}

static void
put_shown(const struct admin *admin, const struct shown *shown)
{
	const struct conf *conf = shown->conf;
	struct json_writer w = JSON_WRITER_INIT(stdout);

	json_begin(&w, NULL, '{');
	json_put_string(&w, "issuer", conf->idp_issuer);
	json_put_string(&w, "login_url", first_set(conf->idp_login_url,
	    shown->record.login_url));
	json_put_string(&w, "logout_url", first_set(conf->idp_logout_url,
	    shown->record.logout_url));
	idp_put(&w, &shown->record, conf, admin->now);
	oidc_put(&w, &shown->device, conf, admin->now);
	json_end(&w, '}');
}

static void
print_shown(const struct admin *admin, const struct shown *shown)
{
	const struct conf *conf = shown->conf;

	if (conf->idp_issuer[0] != '\0') {
		print_field(stdout, "Issuer", conf->idp_issuer);
		print_field(stdout, "Login URL", first_set(
		    conf->idp_login_url, shown->record.login_url));
		print_field(stdout, "Logout URL", first_set(
		    conf->idp_logout_url, shown->record.logout_url));
		idp_print(&shown->record, conf, admin->now);
	}
	oidc_print(&shown->device, conf, admin->now);
}

static int
idp_show(struct admin *admin, int argc, char **argv)
{
	struct shown shown = { .conf = &admin->conf };
	struct diag diag = DIAG_INIT;

	(void)argv;
	if (argc != 0)
		return admin_usage("idp show takes no argument");
	if (admin_with_store(admin, read_record, &shown, &diag) != ERR_OK)
		return admin_fail(admin, &diag);
	if (admin->json)
		put_shown(admin, &shown);
	else
		print_shown(admin, &shown);
	return ADMIN_OK;
}

/* -- idp accept ------------------------------------------------------------ */

static int
hex_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	char lower[2] = { c, '\0' };
	const char *at;

	parse_lower(lower);
	at = lower[0] == '\0' ? NULL : strchr(digits, lower[0]);
	return at == NULL ? -1 : (int)(at - digits);
}

/* 32 pairs of digits, with or without a colon between two. */
static bool
parse_fingerprint(const char *text, uint8_t ret[static 32])
{
	for (size_t i = 0; i < 32; i++) {
		int high = hex_value(text[0]);
		int low = high < 0 ? -1 : hex_value(text[1]);

		if (low < 0)
			return false;
		ret[i] = (uint8_t)(high * 16 + low);
		text += 2;
		if (i < 31 && *text == ':')
			text++;
	}
	return *text == '\0';
}

struct accepted {
	struct saml_idp idp;
	struct idp_keys before;
};

/* Fetches as root, stores as the service account, and no sync meanwhile. */
static enum err
accept_keys(const struct admin *admin, const uint8_t *cert_sha256,
    struct accepted *accepted, struct diag *diag)
{
	AUTO_CLOSE int lock_fd = -1;
	AUTO(store) struct store *store = NULL;
	const struct idp_update update = {
		.idp = &accepted->idp,
		.source = conf_idp_source(&admin->conf),
		.now = admin->now, .accept = true,
	};
	enum err r = state_dir_make(&admin->conf, diag);

	if (r == ERR_OK)
		r = state_dir_lock(&admin->conf, &lock_fd, diag);
	if (r == ERR_OK)
		r = fetch_idp(admin, &accepted->idp, diag);
	if (r != ERR_OK)
		return r;
	if (cert_sha256 != NULL &&
	    idp_keys_find(&accepted->idp.keys, cert_sha256) == NULL)
		return fail(diag, ERR_NOT_FOUND, "%s: has no key with this "
		    "fingerprint; nothing was changed", update.source);
	r = admin_store_open(admin, true, &store, diag);
	if (r != ERR_OK)
		return r;
	return idp_store_save(store, &update, &accepted->before, diag);
}

/* Those of keys that are not in others. */
static void
tell_changes(const struct admin *admin, struct json_writer *w,
    const char *change, const struct idp_keys *keys,
    const struct idp_keys *others)
{
	for (size_t i = 0; i < keys->count; i++) {
		const struct idp_key *key = &keys->key[i];
		char fingerprint[IDP_FINGERPRINT_SIZE];

		if (idp_keys_find(others, key->cert_sha256) != NULL)
			continue;
		idp_fingerprint(key, fingerprint);
		if (admin->json)
			json_put_string(w, NULL, fingerprint);
		else if (!admin->quiet)
			(void)printf("%-8s SHA-256 %s\n", change,
			    fingerprint);
	}
}

static void
tell_accepted(const struct admin *admin, const struct accepted *accepted)
{
	const struct idp_keys *before = &accepted->before;
	const struct idp_keys *now = &accepted->idp.keys;
	struct json_writer w = JSON_WRITER_INIT(stdout);

	idp_log_changes("idp accept", before, now);
	if (admin->json) {
		json_begin(&w, NULL, '{');
		json_put_int(&w, "keys", (int64_t)now->count);
		json_begin(&w, "added", '[');
	}
	tell_changes(admin, &w, "added", now, before);
	if (admin->json) {
		json_end(&w, ']');
		json_begin(&w, "removed", '[');
	}
	tell_changes(admin, &w, "removed", before, now);
	if (admin->json) {
		json_end(&w, ']');
		json_end(&w, '}');
	} else if (!admin->quiet) {
		(void)printf("identity provider: %zu key%s\n", now->count,
		    now->count == 1 ? "" : "s");
	}
}

static int
idp_accept(struct admin *admin, int argc, char **argv)
{
	AUTO_FREE struct accepted *accepted = calloc(1, sizeof(*accepted));
	struct diag diag = DIAG_INIT;
	uint8_t wanted[32];
	enum err r;

	if (argc > 1 || (argc == 1 && !parse_fingerprint(argv[0], wanted)))
		return admin_usage("idp accept takes nothing, or the SHA-256 "
		    "fingerprint of a certificate");
	if (accepted == NULL)
		r = fail(&diag, ERR_NOMEM, "keys");
	else
		r = accept_keys(admin, argc == 1 ? wanted : NULL, accepted,
		    &diag);
	if (r != ERR_OK)
		return admin_fail(admin, &diag);
	tell_accepted(admin, accepted);
	return ADMIN_OK;
}

static int
not_configured(const struct admin *admin, const char *sections)
{
	struct diag diag = DIAG_INIT;

	(void)fail(&diag, ERR_CONF_MISSING, "%s: %s", admin->conf_path,
	    sections);
	(void)admin_fail(admin, &diag);
	return ADMIN_NOT_CONFIGURED;
}

static const struct {
	const char *name;
	int (*run)(struct admin *admin, int argc, char **argv);
	bool is_of_saml;
} subcommands[] = {
	{ "show", idp_show, false },
	{ "accept", idp_accept, true },
};

int
admin_idp(struct admin *admin, int argc, char **argv)
{
	bool saml = admin->conf.idp_issuer[0] != '\0';

	if (!saml && !admin->conf.device_enabled)
		return not_configured(admin,
		    "neither [idp] nor [device] is configured");
	for (size_t i = 0; i < ARRAY_LEN(subcommands) && argc > 1; i++) {
		if (strcmp(argv[1], subcommands[i].name) != 0)
			continue;
		if (subcommands[i].is_of_saml && !saml)
			return not_configured(admin,
			    "[idp] is not configured");
		return subcommands[i].run(admin, argc - 2, argv + 2);
	}
	return admin_usage(USAGE);
}
