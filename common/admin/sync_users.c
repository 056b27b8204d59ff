/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/sync.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "admin/fetch.h"
#include "admin/print.h"
#include "admin/publish.h"
#include "base/limits.h"
#include "base/log.h"
#include "sys/sandbox.h"

#define LOGGED_MAX 20

/* The update begins with the first record: only then is the listing known to
 * be complete, and the worker was started by root. */
static enum err
begin_update(struct sync *sync, struct diag *diag)
{
	const struct admin *admin = sync->admin;
	enum err r;

	if (sync->update != NULL)
		return ERR_OK;
	progress_phase(&sync->progress, "taking the listing");
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

static enum err
take_group(const struct group_record *group, void *context,
    struct diag *diag)
{
	struct sync *sync = context;
	enum err r = begin_update(sync, diag);

	return r != ERR_OK ? r : update_add_group(sync->update, group, diag);
}

static enum err
take_member(const char *id, void *context, struct diag *diag)
{
	struct sync *sync = context;
	enum err r = begin_update(sync, diag);

	return r != ERR_OK ? r : update_add_member(sync->update, id, diag);
}

static void
show_progress(uint64_t done, uint64_t total, void *context)
{
	const struct sync *sync = context;

	progress_bar(&sync->progress, "reading", done, total);
}

/* From the server, or from the open file. */
static enum err
fetch_records(struct sync *sync, int file, const char *etags,
    struct fetched *ret, struct diag *diag)
{
	const struct fetch_users ask = {
		.file = file, .etags = etags, .record = take_record,
		.group = take_group, .member = take_member,
		.progress = show_progress, .context = sync,
	};

	progress_phase(&sync->progress, "reading");
	return fetch_users(sync->admin, &ask, ret, diag);
}

/* A pipe is welcome if somebody writes to it; opening one must not wait for
 * that, with the lock held. */
static enum err
read_saved(struct sync *sync, struct fetched *ret, struct diag *diag)
{
	AUTO_CLOSE int file = open(sync->from,
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct diag why = DIAG_INIT;
	enum err r;

	if (file < 0 || fcntl(file, F_SETFL, 0) != 0)
		return fail_errno(diag, ERR_IO, "%s", sync->from);
	r = fetch_records(sync, file, NULL, ret, &why);
	if (r != ERR_OK)
		return fail(diag, r, "%s: %s", sync->from, why.text);
	return ERR_OK;
}

/* What the last listing can be told by, see update_get_etags(). */
static enum err
read_etags(struct sync *sync, char etags[SCIM_ETAGS_MAX], struct diag *diag)
{
	enum err r = sandbox_as(sync->admin->conf.host_user, diag);

	if (r != ERR_OK)
		return r;
	update_get_etags(sync->store, sync->admin->now, etags);
	return sandbox_as_root(diag);
}

static enum err
ask_server(struct sync *sync, struct fetched *ret, struct diag *diag)
{
	AUTO_FREE char *etags = malloc(SCIM_ETAGS_MAX);
	enum err r;

	if (etags == NULL)
		return fail(diag, ERR_NOMEM, "validators");
	r = read_etags(sync, etags, diag);
	return r != ERR_OK ? r : fetch_records(sync, -1, etags, ret, diag);
}

/* -- what is different ----------------------------------------------------- */

static enum err
print_difference(const struct difference *difference, void *context,
    struct diag *diag)
{
	struct sync *sync = context;

	(void)diag;
	if (sync->admin->json)
		sync_differ_json(difference, &sync->writer);
	else
		sync_differ_text(difference, stdout);
	return ERR_OK;
}

/* What the server says and does not get, for whoever wonders: the first few,
 * and `sync --dry-run` prints all. */
static enum err
log_conflict(const struct difference *difference, void *context,
    struct diag *diag)
{
	AUTO(buf) struct buf line = BUF_INIT(DIAG_TEXT_MAX * 16);
	const char *const texts[] = {
		" user=\"", difference->user_name, "\" ours=\"",
		difference->ours, "\" listed=\"", difference->listed, "\"",
	};
	struct sync *sync = context;

	(void)diag;
	if (sync->logged++ >= LOGGED_MAX)
		return ERR_OK;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (i % 2 == 1)
			log_escape(&line, texts[i], strlen(texts[i]));
		else if (buf_puts(&line, texts[i]) != ERR_OK)
			return ERR_OK;
	log_event(LOG_NOTICE, "sync part=users conflict=%s%s",
	    difference->kind == DIFFERENCE_SITE ? "site" : "id",
	    buf_str(&line));
	return ERR_OK;
}

static struct update_options
options_of(struct sync *sync, const struct fetched *fetched)
{
	bool is_quiet = sync->admin->quiet && !sync->admin->json;
	struct update_options options = {
		.accept_loss = sync->accept_loss,
		.dry_run = sync->dry_run,
		.has_groups = fetched->has_groups,
		.keeps_groups = sync->from != NULL,
		.kinds = DIFFERENCE_BIT(DIFFERENCE_SITE) |
		    DIFFERENCE_BIT(DIFFERENCE_ID),
		.difference = log_conflict,
		.context = sync,
	};

	if (sync->from == NULL && fetched->etags.len > 0)
		options.etags = buf_str(&fetched->etags);
	if (sync->dry_run) {
		options.kinds = DIFFERENCE_ALL;
		options.difference = is_quiet ? NULL : print_difference;
	}
	return options;
}

static enum err
apply(struct sync *sync, const struct fetched *fetched, struct diag *diag)
{
	const struct update_options options = options_of(sync, fetched);
	enum err r = begin_update(sync, diag);

	if (r != ERR_OK)
		return r;
	if (fetched->unchanged)
		update_repeat(sync->update);
	progress_phase(&sync->progress, "applying the listing");
	/* Differences are printed where the line is. */
	if (sync->dry_run)
		progress_clear(&sync->progress);
	r = update_commit(&sync->update, &options, &sync->users, diag);
	sync->users.values_ignored = fetched->ignored;
	sync->has_report = r == ERR_OK || (sync->dry_run &&
	    (r == ERR_SCIM_EMPTY || r == ERR_SCIM_LOSS));
	return r;
}

/* Whoever keeps the server's data should mend it. */
static void
tell_ignored(struct sync *sync, const struct fetched *fetched)
{
	AUTO(buf) struct buf text = BUF_INIT(DIAG_TEXT_MAX * 4);

	log_escape(&text, fetched->remark, strlen(fetched->remark));
	if (!sync->dry_run)
		log_event(LOG_NOTICE, "sync part=users values_ignored=%" PRIu64
		    " first=\"%s\"", fetched->ignored, buf_str(&text));
	if (sync->admin->quiet)
		return;
	progress_clear(&sync->progress);
	(void)fputs("8x8sso: users: ignored: ", stderr);
	print_safe(stderr, fetched->remark);
	(void)fputc('\n', stderr);
}

enum err
sync_users(struct sync *sync, struct diag *diag)
{
	AUTO(fetched) struct fetched fetched = FETCHED_INIT;
	enum err r = sync->from != NULL ? read_saved(sync, &fetched, diag) :
	    ask_server(sync, &fetched, diag);

	if (r == ERR_OK && fetched.ignored > 0)
		tell_ignored(sync, &fetched);
	/* An empty listing has no first record. */
	if (r == ERR_OK)
		r = apply(sync, &fetched, diag);
	if (r == ERR_OK && !sync->dry_run) {
		progress_phase(&sync->progress, "publishing");
		r = publish_now(sync->admin, sync->store, &sync->published,
		    diag);
	}
	progress_clear(&sync->progress);
	return r;
}
