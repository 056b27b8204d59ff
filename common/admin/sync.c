/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 8x8sso sync [--from FILE]
 *
 * Three parts, which fail independently: the identity provider's keys, the
 * device flow's endpoints and keys, and the users.  Each ends in one
 * transaction, or changes nothing.  The process acts as the service account
 * while it uses state.db, and as root while it starts workers, reads secrets
 * and publishes.
 */
#include "admin/sync.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "admin/fetch.h"
#include "admin/idp_print.h"
#include "admin/oidc_print.h"
#include "admin/publish.h"
#include "admin/state_dir.h"
#include "auth/oidc_fetch.h"
#include "base/clock.h"
#include "base/limits.h"
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

/* -- the users ------------------------------------------------------------- */

/* The update begins with the first record: only then is the listing known to
 * be complete, and the worker was started by root. */
static enum err
begin_update(struct sync *sync, struct diag *diag)
{
	const struct admin *admin = sync->admin;
	enum err r;

	if (sync->update != NULL)
		return ERR_OK;
	r = sandbox_as(admin->conf.host_user, diag);
	if (r != ERR_OK)
		return r;
	return update_begin(sync->store, &admin->conf, admin->now,
	    &sync->update, diag);
}

static enum err
take_record(const struct record *record, void *context, struct diag *diag)
{
	struct sync *sync = context;
	enum err r = begin_update(sync, diag);

	return r != ERR_OK ? r : update_add(sync->update, record, diag);
}

static void
show_progress(uint64_t done, uint64_t total, void *context)
{
	const struct sync *sync = context;

	if (sync->shows_progress)
		(void)fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " users",
		    done, total);
}

/* From the server, or from the open file. */
static enum err
fetch_records(struct sync *sync, int file, struct diag *diag)
{
	const struct fetch_users ask = {
		.file = file, .record = take_record,
		.progress = show_progress, .context = sync,
	};
	AUTO(fetched) struct fetched fetched = FETCHED_INIT;
	enum err r = fetch_users(sync->admin, &ask, &fetched, diag);

	if (sync->shows_progress)
		(void)fputs("\r\033[K", stderr);
	return r;
}

/* A pipe is welcome if somebody writes to it; opening one must not wait for
 * that, with the lock held. */
static enum err
read_saved(struct sync *sync, struct diag *diag)
{
	AUTO_CLOSE int file = open(sync->from,
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct diag why = DIAG_INIT;
	enum err r;

	if (file < 0 || fcntl(file, F_SETFL, 0) != 0)
		return fail_errno(diag, ERR_IO, "%s", sync->from);
	r = fetch_records(sync, file, &why);
	if (r != ERR_OK)
		return fail(diag, r, "%s: %s", sync->from, why.text);
	return ERR_OK;
}

static enum err
sync_users(struct sync *sync, struct diag *diag)
{
	const struct update_options options = {
		.keeps_groups = sync->from != NULL,
	};
	enum err r = sync->from != NULL ? read_saved(sync, diag) :
	    fetch_records(sync, -1, diag);

	/* An empty listing has no first record. */
	if (r == ERR_OK)
		r = begin_update(sync, diag);
	if (r == ERR_OK)
		r = update_commit(&sync->update, &options, &sync->users,
		    diag);
	if (r == ERR_OK)
		r = publish_now(sync->admin, sync->store, &sync->published,
		    diag);
	return r;
}

/* -- all of them ----------------------------------------------------------- */

const struct sync_part sync_parts[PART_COUNT] = {
	[PART_IDP] = { "idp", sync_idp },
	[PART_DEVICE] = { "device", sync_device },
	[PART_USERS] = { "users", sync_users },
};

/* For `status` and `check`: "" or "PART: REASON at TIME" of each part, and the
 * history.  Failing to write it is no failure of the sync, whose own error is
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
	remember_outcome(sync);
}

/* The only argument is --from FILE. */
static enum err
read_arguments(struct sync *sync, int argc, char **argv, struct diag *diag)
{
	if (argc == 3 && strcmp(argv[1], "--from") == 0)
		sync->from = argv[2];
	else if (argc != 1)
		return fail(diag, ERR_USAGE, "sync [--from FILE]");
	sync->wanted[PART_IDP] = sync->admin->conf.idp_issuer[0] != '\0';
	sync->wanted[PART_DEVICE] = sync->admin->conf.device_enabled;
	sync->wanted[PART_USERS] = sync->from != NULL ||
	    sync->admin->conf.scim_url[0] != '\0';
	return ERR_OK;
}

int
admin_sync(struct admin *admin, int argc, char **argv)
{
	AUTO_CLOSE int lock_fd = -1;
	AUTO(sync) struct sync sync = { .admin = admin };
	struct diag diag = DIAG_INIT;
	enum err r = read_arguments(&sync, argc, argv, &diag);

	if (r != ERR_OK) {
		(void)admin_fail(admin, &diag);
		return ADMIN_USAGE;
	}
	if (!sync.wanted[PART_IDP] && !sync.wanted[PART_DEVICE] &&
	    !sync.wanted[PART_USERS]) {
		(void)fail(&diag, ERR_CONF_MISSING, "%s: neither [idp] nor "
		    "[device] nor [scim] is configured", admin->conf_path);
		(void)admin_fail(admin, &diag);
		return ADMIN_NOT_CONFIGURED;
	}
	sync.shows_progress = !admin->quiet && !admin->json &&
	    isatty(STDERR_FILENO);
	r = state_dir_make(&admin->conf, &diag);
	if (r == ERR_OK)
		r = state_dir_lock(&admin->conf, &lock_fd, &diag);
	if (r == ERR_OK)
		r = admin_store_open(admin, true, &sync.store, &diag);
	if (r != ERR_OK)
		return admin_fail(admin, &diag);
	run_parts(&sync);
	return sync_report(&sync);
}
