/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/admin.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "admin/idp_print.h"
#include "admin/oidc_print.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "cache/reader.h"
#include "directory/directory.h"
#include "sys/json.h"

/* Everything is read before anything is printed, so that a failure leaves no
 * half document. */
struct status {
	const struct conf *conf;
	int64_t last_sync;
	char last_error[DIAG_TEXT_MAX];
	int64_t attempt;		/* of the users; 0: none yet */
	char attempt_result[64];
	char attempt_detail[DIAG_TEXT_MAX];
	uint64_t total;
	uint64_t active;
	uint64_t inactive;
	uint64_t vanished;
	uint64_t refused;
	uint64_t jit;
	struct idp_record idp;		/* no keys: all is empty */
	struct oidc_record device;	/* no keys: it may be, too */
	enum err cache;
	uint64_t cache_users;
};

/* A refused record is counted as such only: it has no account that could be
 * active. */
static enum err
count_user(const struct directory_user *user, void *context,
    struct diag *diag)
{
	struct status *s = context;

	(void)diag;
	s->total++;
	if (user->refused != ERR_OK)
		s->refused++;
	else if (user->vanished)
		s->vanished++;
	else if (user->seen_at > 0)
		s->jit++;
	else if (user->active)
		s->active++;
	else
		s->inactive++;
	return ERR_OK;
}

/* The last attempt to get the users, whatever came of it. */
static enum err
read_attempt(struct store *store, struct status *s, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *last = NULL;
	bool row = false;
	enum err r = store_prepare(store, "SELECT time, result FROM syncs "
	    "ORDER BY id DESC LIMIT 1", &last, diag);

	if (r == ERR_OK)
		r = store_step(last, &row, diag);
	if (r != ERR_OK || !row)
		return r;
	s->attempt = store_int(last, 0);
	(void)snprintf(s->attempt_result, sizeof(s->attempt_result), "%s",
	    store_text(last, 1));
	return store_meta_get(store, "last_sync_detail", s->attempt_detail,
	    sizeof(s->attempt_detail), diag);
}

static enum err
read_status(struct store *store, void *context, struct diag *diag)
{
	struct status *s = context;
	enum err r = store_meta_get_int(store, "last_sync", &s->last_sync,
	    diag);

	if (r == ERR_OK)
		r = store_meta_get(store, "last_sync_error", s->last_error,
		    sizeof(s->last_error), diag);
	if (r == ERR_OK)
		r = read_attempt(store, s, diag);
	if (r == ERR_OK)
		r = directory_each(store, count_user, s, diag);
	if (r != ERR_OK)
		return r;
	r = idp_store_load(store, s->conf->idp_issuer, &s->idp, diag);
	if (r != ERR_OK && r != ERR_IDP_NO_KEYS)
		return r;
	return oidc_read(store, s->conf, &s->device, diag);
}

static void
read_cache(struct status *s)
{
	struct cache cache = CACHE_INIT;
	struct cache_user user;
	char path[PATH_MAX];

	conf_cache_path(s->conf, path, sizeof(path));
	s->cache = cache_open(path, &cache);
	if (s->cache == ERR_OK)
		s->cache = cache_verify(&cache);
	while (s->cache == ERR_OK && cache_user_at(&cache,
	    (uint32_t)s->cache_users, &user) == ERR_OK)
		s->cache_users++;
	cache_close(&cache);
}

/* "2026-11-20T20:59:11Z (3 h ago)", and what there is to add; "never". */
static void
print_moment(const char *label, int64_t time, int64_t now, const char *more)
{
	char text[CLOCK_TEXT_SIZE];
	char age[PRINT_AGE_SIZE];
	char line[DIAG_TEXT_MAX] = "never";

	if (time != 0) {
		clock_format(time, text);
		print_age(now - time, age);
		(void)snprintf(line, sizeof(line), "%s (%s)%s", text, age,
		    more);
	}
	print_field(stdout, label, line);
}

static void
print_sync(const struct status *s, int64_t now)
{
	char more[DIAG_TEXT_MAX / 2];
	bool failed = strcmp(s->attempt_result, err_name(ERR_OK)) != 0;

	print_moment("Last sync", s->last_sync, now, "");
	(void)snprintf(more, sizeof(more), ": %s%s%s",
	    failed ? s->attempt_result : "it worked", failed ? ": " : "",
	    failed ? err_text(err_from_name(s->attempt_result)) : "");
	print_moment("Last attempt", s->attempt, now, more);
	if (failed && s->attempt_detail[0] != '\0')
		print_field(stdout, "It said", s->attempt_detail);
	print_field(stdout, "Last error",
	    s->last_error[0] == '\0' ? "none" : s->last_error);
}

static void
print_text(const struct status *s, int64_t now)
{
	print_sync(s, now);
	(void)printf("Users:            %" PRIu64 ": %" PRIu64 " active, %"
	    PRIu64 " inactive, %" PRIu64 " vanished, %" PRIu64 " refused",
	    s->total, s->active, s->inactive, s->vanished, s->refused);
	if (s->jit > 0)
		(void)printf(", %" PRIu64 " created at sign-in", s->jit);
	(void)putchar('\n');
	print_field(stdout, "Provider", s->conf->idp_issuer);
	idp_print(&s->idp, s->conf, now);
	oidc_print(&s->device, s->conf, now);
	if (s->cache == ERR_OK)
		(void)printf("Cache:            good; users: %" PRIu64 "\n",
		    s->cache_users);
	else
		print_field(stdout, "Cache", err_text(s->cache));
}

static void
print_json(const struct status *s, int64_t now)
{
	struct json_writer w = JSON_WRITER_INIT(stdout);

	json_begin(&w, NULL, '{');
	json_put_time(&w, "last_sync", s->last_sync);
	if (s->last_sync != 0)
		json_put_int(&w, "last_sync_age", now - s->last_sync);
	json_put_string(&w, "last_sync_error", s->last_error);
	json_put_time(&w, "last_attempt", s->attempt);
	if (s->attempt != 0)
		json_put_int(&w, "last_attempt_age", now - s->attempt);
	json_put_string(&w, "last_attempt_result", s->attempt_result);
	json_put_string(&w, "last_attempt_detail", s->attempt_detail);
	json_begin(&w, "users", '{');
	json_put_int(&w, "total", (int64_t)s->total);
	json_put_int(&w, "active", (int64_t)s->active);
	json_put_int(&w, "inactive", (int64_t)s->inactive);
	json_put_int(&w, "vanished", (int64_t)s->vanished);
	json_put_int(&w, "refused", (int64_t)s->refused);
	json_put_int(&w, "jit", (int64_t)s->jit);
	json_end(&w, '}');
	json_put_string(&w, "issuer", s->conf->idp_issuer);
	idp_put(&w, &s->idp, s->conf, now);
	oidc_put(&w, &s->device, s->conf, now);
	json_begin(&w, "cache", '{');
	json_put_string(&w, "state", err_name(s->cache));
	json_put_int(&w, "users", (int64_t)s->cache_users);
	json_end(&w, '}');
	json_end(&w, '}');
}

int
admin_status(struct admin *admin, int argc, char **argv)
{
	struct status s = { .conf = &admin->conf };
	struct diag diag = DIAG_INIT;

	(void)argv;
	if (argc != 1)
		return admin_usage("status takes no argument");
	if (admin_with_store(admin, read_status, &s, &diag) != ERR_OK)
		return admin_fail(admin, &diag);
	read_cache(&s);
	if (admin->json)
		print_json(&s, admin->now);
	else
		print_text(&s, admin->now);
	return ADMIN_OK;
}
