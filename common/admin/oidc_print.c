/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/oidc_print.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "admin/idp_print.h"
#include "auth/oidc_fetch.h"
#include "base/clock.h"
#include "base/log.h"

#define INDENT "                  "	/* as wide as print_field()'s label */

enum err
oidc_read(struct store *store, const struct conf *conf,
    struct oidc_record *ret, struct diag *diag)
{
	struct oidc_record record = { .fetched = 0 };
	char issuer[OIDC_ISSUER_SIZE];
	enum err r = ERR_OK;

	conf_device_issuer(conf, issuer, sizeof(issuer));
	if (conf->device_enabled)
		r = oidc_store_load(store, issuer, &record, diag);
	if (r != ERR_OK && r != ERR_OIDC_MISSING)
		return r;
	*ret = record;
	return ERR_OK;
}

enum err
oidc_state(const struct oidc_record *record, const struct conf *conf,
    int64_t now)
{
	if (record->endpoints.device[0] == '\0' || record->keys.count == 0)
		return ERR_OIDC_MISSING;
	return oidc_is_stale(record, conf->device_keys_max_age, now) ?
	    ERR_JWKS_STALE : ERR_OK;
}

/* Of two sets that are saved within a second, the second one is dated one
 * ahead (see oidc_store.c). */
int64_t
oidc_age(const struct oidc_record *record, int64_t now)
{
	int64_t age = now - record->fetched;

	return age == -1 ? 0 : age;
}

/* A kid that has got another key counts as another key. */
static bool
has_key(const struct jwks *keys, const struct jwk *wanted)
{
	for (size_t i = 0; i < keys->count; i++) {
		const struct jwk *key = &keys->key[i];

		if (strcmp(key->kid, wanted->kid) == 0 &&
		    key->n_len == wanted->n_len &&
		    memcmp(key->n, wanted->n, key->n_len) == 0 &&
		    key->e_len == wanted->e_len &&
		    memcmp(key->e, wanted->e, key->e_len) == 0)
			return true;
	}
	return false;
}

size_t
oidc_keys_beyond(const struct jwks *a, const struct jwks *b)
{
	size_t count = 0;

	for (size_t i = 0; i < a->count; i++)
		count += !has_key(b, &a->key[i]);
	return count;
}

static void
log_beyond(const char *command, const char *change, const struct jwks *keys,
    const struct jwks *others)
{
	for (size_t i = 0; i < keys->count; i++)
		if (!has_key(others, &keys->key[i]))
			log_event(LOG_NOTICE, "%s %s=%s", command, change,
			    keys->key[i].kid);
}

void
oidc_log_changes(const char *command, const struct jwks *before,
    const struct jwks *now)
{
	log_beyond(command, "added", now, before);
	log_beyond(command, "removed", before, now);
}

/* -- what is shown --------------------------------------------------------- */

/* The configured address, or else the stored one. */
static const char *
first_set(const char *configured, const char *stored)
{
	return configured[0] != '\0' ? configured : stored;
}

static const struct address {
	const char *label;
	const char *name;
	size_t configured;	/* in struct conf */
	size_t stored;		/* in struct oidc_endpoints */
} addresses[] = {
	{ "Device endpoint", "device_endpoint",
	  offsetof(struct conf, device_device_endpoint),
	  offsetof(struct oidc_endpoints, device) },
	{ "Token endpoint", "token_endpoint",
	  offsetof(struct conf, device_token_endpoint),
	  offsetof(struct oidc_endpoints, token) },
	{ "Key set", "jwks_uri",
	  offsetof(struct conf, device_jwks_uri),
	  offsetof(struct oidc_endpoints, jwks_uri) },
};

static const char *
address_of(const struct address *address, const struct oidc_record *record,
    const struct conf *conf)
{
	const char *configured = *(char *const *)(const void *)
	    ((const char *)conf + address->configured);

	return first_set(configured,
	    (const char *)&record->endpoints + address->stored);
}

static void
print_key(const struct jwk *key)
{
	(void)printf("Token key:        RSA %zu, ",
	    idp_key_bits(key->n, key->n_len));
	print_safe(stdout, key->kid);
	(void)putchar('\n');
	if (key->issuer[0] == '\0')
		return;
	(void)fputs(INDENT "for ", stdout);
	print_safe(stdout, key->issuer);
	(void)putchar('\n');
}

static void
print_keys(const struct oidc_record *record, const struct conf *conf,
    int64_t now)
{
	enum err state = oidc_state(record, conf, now);
	char time[CLOCK_TEXT_SIZE];
	char age[PRINT_AGE_SIZE];

	if (record->fetched != 0) {
		clock_format(record->fetched, time);
		print_age(oidc_age(record, now), age);
		(void)printf("Token keys read:  %s (%s)\n", time, age);
	}
	for (size_t i = 0; i < record->keys.count; i++)
		print_key(&record->keys.key[i]);
	if (state == ERR_OIDC_MISSING)
		print_field(stdout, "CODES REFUSED", err_text(state));
	else if (state != ERR_OK)
		(void)puts(INDENT "WARNING: older than [device] keys_max_age;"
		    " the next sign-in fetches them");
}

void
oidc_print(const struct oidc_record *record, const struct conf *conf,
    int64_t now)
{
	char issuer[OIDC_ISSUER_SIZE];

	if (!conf->device_enabled) {
		print_field(stdout, "Device flow", "off");
		return;
	}
	conf_device_issuer(conf, issuer, sizeof(issuer));
	print_field(stdout, "Device flow", "on");
	print_field(stdout, "Token issuer", issuer);
	print_field(stdout, "Client id", conf->device_client_id);
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++)
		print_field(stdout, addresses[i].label,
		    address_of(&addresses[i], record, conf));
	print_keys(record, conf, now);
}

/* -- JSON ------------------------------------------------------------------ */

static void
put_key(struct json_writer *w, const struct jwk *key)
{
	json_begin(w, NULL, '{');
	json_put_string(w, "kid", key->kid);
	json_put_int(w, "bits", (int64_t)idp_key_bits(key->n, key->n_len));
	json_put_string(w, "issuer", key->issuer);
	json_end(w, '}');
}

void
oidc_put(struct json_writer *w, const struct oidc_record *record,
    const struct conf *conf, int64_t now)
{
	char issuer[OIDC_ISSUER_SIZE];

	conf_device_issuer(conf, issuer, sizeof(issuer));
	json_begin(w, "device", '{');
	json_put_bool(w, "enabled", conf->device_enabled);
	json_put_string(w, "issuer", issuer);
	json_put_string(w, "client_id", conf->device_client_id);
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++)
		json_put_string(w, addresses[i].name,
		    address_of(&addresses[i], record, conf));
	json_put_time(w, "fetched", record->fetched);
	if (record->fetched != 0)
		json_put_int(w, "age", oidc_age(record, now));
	json_put_string(w, "state", err_name(oidc_state(record, conf, now)));
	json_begin(w, "keys", '[');
	for (size_t i = 0; i < record->keys.count; i++)
		put_key(w, &record->keys.key[i]);
	json_end(w, ']');
	json_end(w, '}');
}
