/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 8x8sso sync [--accept-loss] [--dry-run] [--from FILE]
 *
 * Three parts, which fail independently: the identity provider's keys, the
 * device flow's endpoints and keys, and the users.  Each ends in one
 * transaction, or changes nothing.  The process acts as the service account
 * while it uses state.db, and as root while it starts workers, reads secrets
 * and publishes.
 */
#include "admin/sync.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "admin/fetch.h"
#include "admin/idp_print.h"
#include "admin/oidc_print.h"
#include "admin/state_dir.h"
#include "auth/oidc_fetch.h"
#include "base/clock.h"
#include "sys/sandbox.h"

static void
sync_clear(struct sync *sync)
{
	update_free(&sync->update);
	store_free(&sync->store);
}
DEFINE_AUTO(sync, struct sync, sync_clear);

/* -- the identity provider's keys ------------------------------------------ */

static enum err
sync_idp(struct sync *sync, struct diag *diag)
{
	const struct admin *admin = sync->admin;
	struct saml_idp idp;
	struct idp_keys before;
	const struct idp_update update = {
		.idp = &idp, .source = conf_idp_source(&admin->conf),
		.now = admin->now,
	};
	enum err r = fetch_idp(admin, &idp, diag);

	if (r == ERR_OK)
		r = sandbox_as(admin->conf.host_user, diag);
	if (r == ERR_OK)
		r = idp_store_save(sync->store, &update, &before, diag);
	if (r != ERR_OK)
		return r;
	sync->idp = (struct key_counts){
		.keys = idp.keys.count,
		.added = idp_keys_beyond(&idp.keys, &before),
		.removed = idp_keys_beyond(&before, &idp.keys),
	};
	idp_log_changes("sync part=idp", &before, &idp.keys);
	return ERR_OK;
}

/* -- the device flow's endpoints and keys ---------------------------------- */

/* A provider that was not known before had no keys; nor has one whose record
 * is damaged, which is what this mends. */
static enum err
save_device(struct sync *sync, const struct oidc_record *fetched,
    struct oidc_record *before, struct diag *diag)
{
	char issuer[OIDC_ISSUER_SIZE];

	conf_device_issuer(&sync->admin->conf, issuer, sizeof(issuer));
	(void)!oidc_store_load(sync->store, issuer, before, NULL);
	return oidc_store_save(sync->store, issuer, &fetched->endpoints,
	    &fetched->keys, sync->admin->now, diag);
}

static enum err
sync_device(struct sync *sync, struct diag *diag)
{
	struct oidc_record fetched = { .fetched = 0 };
	struct oidc_record before = { .fetched = 0 };
	enum err r = fetch_oidc(sync->admin, &fetched.endpoints,
	    &fetched.keys, diag);

	if (r == ERR_OK)
		r = sandbox_as(sync->admin->conf.host_user, diag);
	if (r == ERR_OK)
		r = save_device(sync, &fetched, &before, diag);
	if (r != ERR_OK)
		return r;
	sync->device = (struct key_counts){
		.keys = fetched.keys.count,
		.added = oidc_keys_beyond(&fetched.keys, &before.keys),
		.removed = oidc_keys_beyond(&before.keys, &fetched.keys),
		.left_out = fetched.keys.left_out,
	};
	oidc_log_changes("sync part=device", &before.keys, &fetched.keys);
	return ERR_OK;
}

/* -- all of them ----------------------------------------------------------- */

const struct sync_part sync_parts[PART_COUNT] = {
	[PART_IDP] = { "idp", sync_idp },
	[PART_DEVICE] = { "device", sync_device },
	[PART_USERS] = { "users", sync_users },
};

/* For `status` and `check`: "" or "PART: REASON at TIME" of each part, what the
 * users' failure said, and the history.  Failing to write it is no failure of the sync, whose own error is
 * reported anyway. */
static void
remember_outcome(struct sync *sync)
{
	enum err users = sync->failed[PART_USERS].code;
	char text[DIAG_TEXT_MAX] = "";
	char time[CLOCK_TEXT_SIZE];
	size_t len = 0;

	clock_format(sync->admin->now, time);
	for (size_t i = 0; i < PART_COUNT; i++)
		if (sync->failed[i].code != ERR_OK)
			len += (size_t)snprintf(text + len,
			    sizeof(text) - len, "%s%s: %s at %s",
			    len > 0 ? "; " : "", sync_parts[i].name,
			    err_name(sync->failed[i].code), time);
	if (sandbox_as(sync->admin->conf.host_user, NULL) != ERR_OK)
		return;
	(void)!store_meta_set(sync->store, "last_sync_error", text, NULL);
	if (sync->wanted[PART_USERS])
		(void)!store_meta_set(sync->store, "last_sync_detail",
		    sync->failed[PART_USERS].text, NULL);
	if (users != ERR_OK)
		(void)!update_record_failure(sync->store, sync->admin->now,
		    users, NULL);
}

static enum err
run_part(struct sync *sync, enum part_id id, struct diag *diag)
{
	struct diag back = DIAG_INIT;
	enum err r = sandbox_as_root(diag);

	if (r == ERR_OK)
		r = sync_parts[id].run(sync, diag);
	update_free(&sync->update);
	if (sandbox_as_root(&back) != ERR_OK && r == ERR_OK)
		return fail(diag, back.code, "%s", back.text);
	return r;
}

static void
run_parts(struct sync *sync)
{
	for (size_t i = 0; i < PART_COUNT; i++) {
		struct diag *diag = &sync->failed[i];
		enum err r;

		if (!sync->wanted[i])
			continue;
		r = run_part(sync, (enum part_id)i, diag);
		/* What decides is the result, and it is always explained. */
		diag->code = r;
		if (r != ERR_OK && diag->text[0] == '\0')
			(void)fail(diag, r, "%s", err_text(r));
	}
	if (!sync->dry_run)
		remember_outcome(sync);
}

static const struct {
	const char *name;
	bool has_value;
	size_t offset;		/* in struct sync */
} options[] = {
	{ "--accept-loss", false, offsetof(struct sync, accept_loss) },
	{ "--dry-run", false, offsetof(struct sync, dry_run) },
	{ "--from", true, offsetof(struct sync, from) },
};

/* Takes the option at argv[*i], and its value; false: it is none, or came
 * before, or lacks its value. */
static bool
take_option(struct sync *sync, char **argv, int *i)
{
	size_t k = 0;
	void *place;

	while (k < ARRAY_LEN(options) &&
	    strcmp(argv[*i], options[k].name) != 0)
		k++;
	if (k == ARRAY_LEN(options))
		return false;
	place = (char *)sync + options[k].offset;
	if (!options[k].has_value) {
		bool is_new = !*(bool *)place;

		*(bool *)place = true;
		return is_new;
	}
	if (*(const char **)place != NULL || argv[*i + 1] == NULL)
		return false;
	*(const char **)place = argv[++*i];
	return true;
}

static enum err
read_arguments(struct sync *sync, char **argv, struct diag *diag)
{
	const struct conf *conf = &sync->admin->conf;

	for (int i = 1; argv[i] != NULL; i++)
		if (!take_option(sync, argv, &i))
			return fail(diag, ERR_USAGE, "sync [--accept-loss] "
			    "[--dry-run] [--from FILE]");
	sync->wanted[PART_IDP] = conf->idp_issuer[0] != '\0' &&
	    !sync->dry_run;
	sync->wanted[PART_DEVICE] = conf->device_enabled && !sync->dry_run;
	sync->wanted[PART_USERS] = sync->from != NULL ||
	    conf->scim_url[0] != '\0';
	return ERR_OK;
}

/* A dry run works on a copy: it takes no lock, and leaves nothing. */
static enum err
open_copy(struct sync *sync, struct diag *diag)
{
	const struct conf *conf = &sync->admin->conf;
	char path[PATH_MAX];
	enum err r = sandbox_as(conf->host_user, diag);

	if (r != ERR_OK)
		return r;
	conf_state_path(conf, path, sizeof(path));
	return store_open_copy(path, &sync->store, diag);
}

static enum err
open_state(struct sync *sync, int *ret_lock, struct diag *diag)
{
	const struct admin *admin = sync->admin;
	enum err r;

	if (sync->dry_run)
		return open_copy(sync, diag);
	r = state_dir_make(&admin->conf, diag);
	if (r == ERR_OK)
		r = state_dir_lock(&admin->conf, ret_lock, diag);
	if (r == ERR_OK)
		r = admin_store_open(admin, true, &sync->store, diag);
	return r;
}

int
admin_sync(struct admin *admin, int argc, char **argv)
{
	AUTO_CLOSE int lock_fd = -1;
	AUTO(sync) struct sync sync = {
		.admin = admin, .writer = JSON_WRITER_INIT(stdout),
	};
	struct diag diag = DIAG_INIT;
	enum err r = read_arguments(&sync, argv, &diag);

	(void)argc;
	if (r != ERR_OK) {
		(void)admin_fail(admin, &diag);
		return ADMIN_USAGE;
	}
	if (!sync.wanted[PART_IDP] && !sync.wanted[PART_DEVICE] &&
	    !sync.wanted[PART_USERS]) {
		(void)fail(&diag, ERR_CONF_MISSING, "%s: %s",
		    admin->conf_path, sync.dry_run ?
		    "[scim] is not configured" : "neither [idp] nor "
		    "[device] nor [scim] is configured");
		(void)admin_fail(admin, &diag);
		return ADMIN_NOT_CONFIGURED;
	}
	progress_init(&sync.progress, stderr, !admin->quiet && !admin->json);
	r = open_state(&sync, &lock_fd, &diag);
	if (r != ERR_OK)
		return sync_report_none(&sync, &diag);
	sync_report_begin(&sync);
	run_parts(&sync);
	return sync_report(&sync);
}
