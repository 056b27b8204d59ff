/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/sync.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

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
	{ "groups_refused", offsetof(struct update_report, groups_refused) },
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

static void
print_json(const struct sync *sync)
{
	struct json_writer w = JSON_WRITER_INIT(stdout);

	json_begin(&w, NULL, '{');
	if (is_done(sync, PART_IDP)) {
		json_begin(&w, "idp", '{');
		json_put_int(&w, "keys", (int64_t)sync->idp.keys);
		json_end(&w, '}');
	}
	if (is_done(sync, PART_DEVICE)) {
		json_begin(&w, "device", '{');
		json_put_int(&w, "keys", (int64_t)sync->device.keys);
		json_put_int(&w, "left_out", (int64_t)sync->device.left_out);
		json_end(&w, '}');
	}
	if (is_done(sync, PART_USERS)) {
		json_begin(&w, "users", '{');
		for (size_t i = 0; i < ARRAY_LEN(counts); i++)
			json_put_int(&w, counts[i].name,
			    (int64_t)count_of(sync, i));
		json_put_int(&w, "published", (int64_t)sync->published.users);
		json_put_int(&w, "left_out",
		    (int64_t)sync->published.left_out);
		json_put_bool(&w, "cache_unchanged",
		    sync->published.unchanged);
		json_end(&w, '}');
	}
	json_begin(&w, "errors", '[');
	for (size_t i = 0; i < PART_COUNT; i++) {
		if (sync->failed[i].code == ERR_OK)
			continue;
		json_begin(&w, NULL, '{');
		json_put_string(&w, "part", sync_parts[i].name);
		json_put_string(&w, "error", err_name(sync->failed[i].code));
		json_put_string(&w, "detail", sync->failed[i].text);
		json_end(&w, '}');
	}
	json_end(&w, ']');
	json_end(&w, '}');
}

static void
print_summary(const struct sync *sync)
{
	const char *separator = "";

	if (is_done(sync, PART_IDP)) {
		(void)printf("identity provider: %zu key%s", sync->idp.keys,
		    sync->idp.keys == 1 ? "" : "s");
		separator = "; ";
	}
	if (is_done(sync, PART_DEVICE)) {
		(void)printf("%sdevice flow: %zu key%s", separator,
		    sync->device.keys, sync->device.keys == 1 ? "" : "s");
		separator = "; ";
	}
	if (is_done(sync, PART_USERS)) {
		(void)printf("%susers:", separator);
		for (size_t i = 0; i < ARRAY_LEN(counts); i++)
			if (i == 0 || count_of(sync, i) > 0)
				(void)printf("%s %" PRIu64 " %s",
				    i == 0 ? "" : ",", count_of(sync, i),
				    counts[i].name);
		(void)printf(", %" PRIu64 " published",
		    sync->published.users);
		separator = "\n";
	}
	if (separator[0] != '\0')
		(void)putchar('\n');
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
sync_report(const struct sync *sync)
{
	/* With --json the errors are in the one document. */
	const struct admin plain = { .json = false };
	int code = ADMIN_OK;

	for (size_t i = 0; i < PART_COUNT; i++) {
		struct diag diag = DIAG_INIT;

		if (sync->wanted[i])
			log_part(sync, (enum part_id)i);
		if (sync->failed[i].code == ERR_OK)
			continue;
		(void)fail(&diag, sync->failed[i].code, "%s: %s",
		    sync_parts[i].name, sync->failed[i].text);
		code = admin_fail(&plain, &diag);
	}
	if (sync->admin->json)
		print_json(sync);
	else if (!sync->admin->quiet)
		print_summary(sync);
	return code;
}
