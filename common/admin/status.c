/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/admin.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include "admin/print.h"
#include "auth/idp_keys.h"
#include "base/clock.h"
#include "cache/reader.h"
#include "directory/directory.h"
#include "sys/json.h"

#define FINGERPRINT_SIZE PRINT_HEX_SIZE(32)

/* Everything is read before anything is printed, so that a failure leaves no
 * half document. */
struct status {
	const struct conf *conf;
	int64_t last_sync;
	char last_error[DIAG_TEXT_MAX];
	uint64_t total;
	uint64_t active;
	uint64_t inactive;
	uint64_t vanished;
	uint64_t refused;
	struct idp_keys keys;
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
	else if (user->active)
		s->active++;
	else
		s->inactive++;
	return ERR_OK;
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
		r = directory_each(store, count_user, s, diag);
	if (r != ERR_OK)
		return r;
	r = idp_keys_load(store, s->conf->idp_issuer, &s->keys, diag);
	return r == ERR_IDP_NO_KEYS ? ERR_OK : r;
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

static void
print_sync(const struct status *s, int64_t now)
{
	char time[CLOCK_TEXT_SIZE];
	char age[PRINT_AGE_SIZE];

	if (s->last_sync == 0) {
		print_field(stdout, "Last sync", "never");
	} else {
		clock_format(s->last_sync, time);
		print_age(now - s->last_sync, age);
		(void)printf("Last sync:        %s (%s)\n", time, age);
	}
	print_field(stdout, "Last error",
	    s->last_error[0] == '\0' ? "none" : s->last_error);
}

static void
print_text(const struct status *s, int64_t now)
{
	print_sync(s, now);
	(void)printf("Users:            %" PRIu64 ": %" PRIu64 " active, %"
	    PRIu64 " inactive, %" PRIu64 " vanished, %" PRIu64 " refused\n",
	    s->total, s->active, s->inactive, s->vanished, s->refused);
	print_field(stdout, "Provider", s->conf->idp_issuer);
	for (size_t i = 0; i < s->keys.count; i++) {
		const struct idp_key *key = &s->keys.key[i];
		char fingerprint[FINGERPRINT_SIZE];
		char end[CLOCK_TEXT_SIZE];

		print_hex(key->cert_sha256, sizeof(key->cert_sha256),
		    fingerprint);
		clock_format(key->not_after, end);
		(void)printf("Key:              RSA %zu, until %s\n"
		    "                  SHA-256 %s\n",
		    key->n_len * 8, end, fingerprint);
	}
	if (s->cache == ERR_OK)
		(void)printf("Cache:            good; users: %" PRIu64 "\n",
		    s->cache_users);
	else
		print_field(stdout, "Cache", err_text(s->cache));
}

static void
put_time(struct json_writer *w, const char *name, int64_t time)
{
	char text[CLOCK_TEXT_SIZE] = "";

	if (time != 0)
		clock_format(time, text);
	json_put_string(w, name, text);
}

static void
print_json_keys(struct json_writer *w, const struct idp_keys *keys)
{
	json_begin(w, "keys", '[');
	for (size_t i = 0; i < keys->count; i++) {
		const struct idp_key *key = &keys->key[i];
		char fingerprint[FINGERPRINT_SIZE];

		print_hex(key->cert_sha256, sizeof(key->cert_sha256),
		    fingerprint);
		json_begin(w, NULL, '{');
		json_put_string(w, "sha256", fingerprint);
		json_put_string(w, "subject", key->subject);
		json_put_int(w, "bits", (int64_t)key->n_len * 8);
		put_time(w, "not_before", key->not_before);
		put_time(w, "not_after", key->not_after);
		json_end(w, '}');
	}
	json_end(w, ']');
}

static void
print_json(const struct status *s, int64_t now)
{
	struct json_writer w = JSON_WRITER_INIT(stdout);

	json_begin(&w, NULL, '{');
	put_time(&w, "last_sync", s->last_sync);
	if (s->last_sync != 0)
		json_put_int(&w, "last_sync_age", now - s->last_sync);
	json_put_string(&w, "last_sync_error", s->last_error);
	json_begin(&w, "users", '{');
	json_put_int(&w, "total", (int64_t)s->total);
	json_put_int(&w, "active", (int64_t)s->active);
	json_put_int(&w, "inactive", (int64_t)s->inactive);
	json_put_int(&w, "vanished", (int64_t)s->vanished);
	json_put_int(&w, "refused", (int64_t)s->refused);
	json_end(&w, '}');
	json_put_string(&w, "issuer", s->conf->idp_issuer);
	print_json_keys(&w, &s->keys);
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
