/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/sync.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "admin/print.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "sys/json.h"

static const struct {
	const char *name;
	size_t offset;		/* in struct update_report */
} counts[] = {
	{ "listed", offsetof(struct update_report, listed) },
	{ "duplicates", offsetof(struct update_report, duplicates) },
	{ "added", offsetof(struct update_report, added) },
	{ "changed", offsetof(struct update_report, changed) },
	{ "deactivated", offsetof(struct update_report, deactivated) },
	{ "reactivated", offsetof(struct update_report, reactivated) },
	{ "vanished", offsetof(struct update_report, vanished) },
	{ "refused", offsetof(struct update_report, refused) },
	{ "names_kept", offsetof(struct update_report, names_kept) },
	{ "site_conflicts", offsetof(struct update_report, site_conflicts) },
	{ "id_conflicts", offsetof(struct update_report, id_conflicts) },
	{ "groups", offsetof(struct update_report, groups) },
	{ "links", offsetof(struct update_report, links) },
	{ "links_idle", offsetof(struct update_report, links_idle) },
	{ "groups_refused", offsetof(struct update_report, groups_refused) },
	{ "gid_conflicts", offsetof(struct update_report, gid_conflicts) },
	{ "members_unknown", offsetof(struct update_report, members_unknown) },
	{ "values_ignored", offsetof(struct update_report, values_ignored) },
};

static uint64_t
count_of(const struct sync *sync, size_t i)
{
	return *(const uint64_t *)(const void *)
	    ((const char *)&sync->users + counts[i].offset);
}

static bool
is_done(const struct sync *sync, enum part_id id)
{
	return sync->wanted[id] && sync->failed[id].code == ERR_OK;
}

/* A dry run says also what would be refused. */
static bool
has_users(const struct sync *sync)
{
	return sync->dry_run ? sync->has_report : is_done(sync, PART_USERS);
}

void
sync_report_begin(struct sync *sync)
{
	if (!sync->admin->json)
		return;
	json_begin(&sync->writer, NULL, '{');
	if (sync->dry_run)
		json_begin(&sync->writer, "difference", '[');
}

static void
put_users(const struct sync *sync, struct json_writer *w)
{
	json_begin(w, "users", '{');
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		json_put_int(w, counts[i].name, (int64_t)count_of(sync, i));
	if (!sync->dry_run) {
		json_put_int(w, "published", (int64_t)sync->published.users);
		json_put_int(w, "left_out",
		    (int64_t)sync->published.left_out);
		json_put_bool(w, "cache_unchanged",
		    sync->published.unchanged);
	}
	json_end(w, '}');
}

static void
end_json(struct sync *sync)
{
	struct json_writer *w = &sync->writer;

	if (sync->dry_run)
		json_end(w, ']');
	json_put_bool(w, "dry_run", sync->dry_run);
	if (is_done(sync, PART_IDP)) {
		json_begin(w, "idp", '{');
		json_put_int(w, "keys", (int64_t)sync->idp.keys);
		json_end(w, '}');
	}
	if (is_done(sync, PART_DEVICE)) {
		json_begin(w, "device", '{');
		json_put_int(w, "keys", (int64_t)sync->device.keys);
		json_put_int(w, "left_out", (int64_t)sync->device.left_out);
		json_end(w, '}');
	}
	if (has_users(sync))
		put_users(sync, w);
	json_begin(w, "errors", '[');
	for (size_t i = 0; i < PART_COUNT; i++) {
		if (sync->failed[i].code == ERR_OK)
			continue;
		json_begin(w, NULL, '{');
		json_put_string(w, "part", sync_parts[i].name);
		json_put_string(w, "error", err_name(sync->failed[i].code));
		json_put_string(w, "detail", sync->failed[i].text);
		json_end(w, '}');
	}
	json_end(w, ']');
	json_end(w, '}');
}

static void
put_counts(FILE *line, const struct sync *sync)
{
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		if (i == 0 || count_of(sync, i) > 0)
			(void)fprintf(line, "%s %" PRIu64 " %s",
			    i == 0 ? "" : ",", count_of(sync, i),
			    counts[i].name);
}

static void
put_key_count(FILE *line, const char *name, const struct key_counts *keys)
{
	(void)fprintf(line, "%s: %zu key%s", name, keys->keys,
	    keys->keys == 1 ? "" : "s");
}

static void
put_summary(FILE *line, const struct sync *sync)
{
	const char *separator = "";

	if (is_done(sync, PART_IDP)) {
		put_key_count(line, "identity provider", &sync->idp);
		separator = "; ";
	}
	if (is_done(sync, PART_DEVICE)) {
		(void)fputs(separator, line);
		put_key_count(line, "device flow", &sync->device);
		separator = "; ";
	}
	if (!has_users(sync))
		return;
	(void)fprintf(line, "%s%s:", separator,
	    sync->dry_run ? "dry run" : "users");
	put_counts(line, sync);
	if (sync->dry_run)
		(void)fputs("; nothing was changed", line);
	else
		(void)fprintf(line, ", %" PRIu64 " published",
		    sync->published.users);
}

/* A dry run is for people and in 80 columns; the line of a sync stays one,
 * because scripts look for it. */
static void
print_summary(const struct sync *sync)
{
	AUTO_FREE char *text = NULL;
	size_t size = 0;
	FILE *line = open_memstream(&text, &size);

	if (line == NULL)
		return;
	put_summary(line, sync);
	if (fclose(line) != 0 || size == 0)
		return;
	if (sync->dry_run)
		print_wrapped(stdout, text, 9);
	else
		(void)puts(text);
}

static void
log_keys(const char *part, const struct key_counts *keys)
{
	log_event(LOG_NOTICE, "sync part=%s result=ok keys=%zu added=%zu "
	    "removed=%zu", part, keys->keys, keys->added, keys->removed);
}

static void
log_part(const struct sync *sync, enum part_id id)
{
	AUTO(buf) struct buf detail = BUF_INIT(DIAG_TEXT_MAX * 4);
	const struct diag *diag = &sync->failed[id];

	log_escape(&detail, diag->text, strlen(diag->text));
	if (diag->code != ERR_OK)
		log_event(LOG_WARNING, "sync part=%s result=%s detail=\"%s\"",
		    sync_parts[id].name, err_name(diag->code), buf_str(&detail));
	else if (id != PART_USERS)
		log_keys(sync_parts[id].name,
		    id == PART_IDP ? &sync->idp : &sync->device);
	else
		log_event(LOG_NOTICE, "sync part=users result=ok "
		    "listed=%" PRIu64 " added=%" PRIu64 " changed=%" PRIu64
		    " deactivated=%" PRIu64 " vanished=%" PRIu64
		    " refused=%" PRIu64, sync->users.listed,
		    sync->users.added, sync->users.changed,
		    sync->users.deactivated, sync->users.vanished,
		    sync->users.refused);
}

int
sync_report_none(const struct sync *sync, const struct diag *why)
{
	AUTO(buf) struct buf detail = BUF_INIT(DIAG_TEXT_MAX * 4);

	log_escape(&detail, why->text, strlen(why->text));
	if (!sync->dry_run)
		log_event(LOG_WARNING, "sync result=%s detail=\"%s\"",
		    err_name(why->code), buf_str(&detail));
	return admin_fail(sync->admin, why);
}

int
sync_report(struct sync *sync)
{
	/* With --json the errors are in the one document. */
	const struct admin plain = { .json = false };
	int code = ADMIN_OK;

	/* Nobody may be there to read the rest. */
	for (size_t i = 0; i < PART_COUNT; i++)
		if (sync->wanted[i] && !sync->dry_run)
			log_part(sync, (enum part_id)i);
	for (size_t i = 0; i < PART_COUNT; i++) {
		struct diag diag = DIAG_INIT;

		if (sync->failed[i].code == ERR_OK)
			continue;
		(void)fail(&diag, sync->failed[i].code, "%s: %s",
		    sync_parts[i].name, sync->failed[i].text);
		code = admin_fail(&plain, &diag);
	}
	if (sync->admin->json)
		end_json(sync);
	else if (!sync->admin->quiet)
		print_summary(sync);
	return code;
}
