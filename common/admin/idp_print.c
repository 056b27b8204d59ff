/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/idp_print.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "base/clock.h"
#include "base/log.h"

#define INDENT "                  "	/* as wide as print_field()'s label */

const char *
idp_key_expiry(const struct idp_key *key, int64_t now)
{
	if (key->not_after <= now)
		return "expired";
	return key->not_after - now <= IDP_EXPIRY_NOTICE ? "expires" : "";
}

size_t
idp_key_bits(const uint8_t *n, size_t n_len)
{
	size_t bits = n_len * 8;

	for (uint8_t bit = 0x80; bit != 0 && (n[0] & bit) == 0; bit >>= 1)
		bits--;
	return bits;
}

static void
log_beyond(const char *command, const char *change,
    const struct idp_keys *keys, const struct idp_keys *others)
{
	for (size_t i = 0; i < keys->count; i++) {
		char fingerprint[IDP_FINGERPRINT_SIZE];

		if (idp_keys_find(others, keys->key[i].cert_sha256) != NULL)
			continue;
		idp_fingerprint(&keys->key[i], fingerprint);
		log_event(LOG_NOTICE, "%s %s=%s", command, change,
		    fingerprint);
	}
}

void
idp_log_changes(const char *command, const struct idp_keys *before,
    const struct idp_keys *now)
{
	log_beyond(command, "added", now, before);
	log_beyond(command, "removed", before, now);
}

static void
print_key(const struct idp_key *key, int64_t now)
{
	const char *expiry = idp_key_expiry(key, now);
	char fingerprint[IDP_FINGERPRINT_SIZE];
	char begin[CLOCK_TEXT_SIZE];
	char end[CLOCK_TEXT_SIZE];

	idp_fingerprint(key, fingerprint);
	clock_format(key->not_before, begin);
	clock_format(key->not_after, end);
	(void)printf("Key:              RSA %zu, from %s until %s\n" INDENT,
	    idp_key_bits(key->n, key->n_len), begin, end);
	print_safe(stdout, key->subject);
	(void)printf("\n" INDENT "SHA-256 %s\n", fingerprint);
	if (expiry[0] != '\0')
		(void)printf(INDENT "WARNING: %s %s\n", expiry, end);
}

/* Takes the next line off *text; false when there is none. */
static bool
take_line(const char **text, char line[static IDP_FINGERPRINT_SIZE])
{
	size_t len = strcspn(*text, "\n");

	if (**text == '\0')
		return false;
	(void)snprintf(line, IDP_FINGERPRINT_SIZE, "%.*s", (int)len, *text);
	*text += len + ((*text)[len] == '\n');
	return true;
}

static void
print_refused(const struct idp_record *record)
{
	const char *text = record->refused;
	char line[IDP_FINGERPRINT_SIZE];
	char time[CLOCK_TEXT_SIZE];

	clock_format(record->refused_at, time);
	(void)printf("Refused:          at %s: metadata with none of the keys "
	    "above, but\n", time);
	while (take_line(&text, line)) {
		(void)fputs(INDENT "SHA-256 ", stdout);
		print_safe(stdout, line);
		(void)putchar('\n');
	}
	(void)puts(INDENT "If the provider did change them all: "
	    "8x8sso idp accept");
}

static void
print_origin(const struct idp_origin *origin, int64_t now)
{
	char time[CLOCK_TEXT_SIZE];
	char age[PRINT_AGE_SIZE];

	/* Keys that an earlier version stored say nothing of this. */
	if (origin->fetched == 0) {
		print_field(stdout, "Keys from",
		    "not known before the next sync");
		return;
	}
	print_field(stdout, "Keys from", origin->source);
	clock_format(origin->fetched, time);
	print_age(now - origin->fetched, age);
	(void)printf("Read:             %s (%s)\n", time, age);
	if (origin->valid_until != 0) {
		clock_format(origin->valid_until, time);
		print_field(stdout, "Valid until", time);
	}
}

void
idp_print(const struct idp_record *record, const struct conf *conf,
    int64_t now)
{
	struct diag stale = DIAG_INIT;

	if (record->keys.count == 0) {
		if (conf->idp_issuer[0] != '\0')
			print_field(stdout, "LOGINS REFUSED",
			    err_text(ERR_IDP_NO_KEYS));
		return;
	}
	print_origin(&record->origin, now);
	for (size_t i = 0; i < record->keys.count; i++)
		print_key(&record->keys.key[i], now);
	if (idp_origin_check(&record->origin, conf->idp_max_age, now,
	    &stale) != ERR_OK)
		print_field(stdout, "LOGINS REFUSED", stale.text);
	if (record->refused_at != 0)
		print_refused(record);
}

/* -- JSON ------------------------------------------------------------------ */

static void
put_key(struct json_writer *w, const struct idp_key *key, int64_t now)
{
	char fingerprint[IDP_FINGERPRINT_SIZE];

	idp_fingerprint(key, fingerprint);
	json_begin(w, NULL, '{');
	json_put_string(w, "sha256", fingerprint);
	json_put_string(w, "subject", key->subject);
	json_put_int(w, "bits", (int64_t)idp_key_bits(key->n, key->n_len));
	json_put_time(w, "not_before", key->not_before);
	json_put_time(w, "not_after", key->not_after);
	json_put_string(w, "warning", idp_key_expiry(key, now));
	json_end(w, '}');
}

void
idp_put(struct json_writer *w, const struct idp_record *record,
    const struct conf *conf, int64_t now)
{
	const struct idp_origin *origin = &record->origin;
	const char *text = record->refused;
	char line[IDP_FINGERPRINT_SIZE];

	json_put_string(w, "source", origin->source);
	json_put_time(w, "fetched", origin->fetched);
	json_put_time(w, "valid_until", origin->valid_until);
	json_put_string(w, "state", err_name(record->keys.count == 0 ?
	    ERR_IDP_NO_KEYS :
	    idp_origin_check(origin, conf->idp_max_age, now, NULL)));
	json_begin(w, "keys", '[');
	for (size_t i = 0; i < record->keys.count; i++)
		put_key(w, &record->keys.key[i], now);
	json_end(w, ']');
	json_put_time(w, "refused_at", record->refused_at);
	json_begin(w, "refused", '[');
	while (take_line(&text, line))
		json_put_string(w, NULL, line);
	json_end(w, ']');
}
