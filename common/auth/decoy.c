/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In the table meta, of the last real request:
 *	decoy_shape		its code, with X for every symbol
 *	decoy_symbols		those seen since the shape is this one, a bit
 *				each
 *	decoy_uri, decoy_expires_in, decoy_interval, decoy_took_ms
 *	decoy_poll_ms		of the last one that was polled for
 *	decoy_failure		err_name(); "": it did not fail
 *	decoy_failed		when it did, and
 *	decoy_failed_ms		after how long
 */
#include "auth/decoy.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/cleanup.h"

#define FAILURE_SECONDS 300

/* What nobody has seen a provider do yet is drawn like Entra does it. */
#define SHAPE "XXXXXXXXX"
#define EXPIRES_IN 900
#define TOOK_MS 300
#define POLL_MS 100

#define EXPIRES_IN_MAX 86400
#define TOOK_MS_MAX 60000

/* Enough to say which symbols a provider uses. */
#define SYMBOLS_ENOUGH 10

static const char symbols[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

#define DIGITS ((UINT64_C(1) << 10) - 1)
#define ALL ((UINT64_C(1) << 36) - 1)
#define LETTERS (ALL & ~DIGITS)

/* -- learn ----------------------------------------------------------------- */

/* The shape of a code and the set of its symbols; false for what is none. */
static bool
take_apart(const char *code, char shape[static USER_CODE_MAX_LEN + 1],
    uint64_t *ret_set)
{
	size_t len = strlen(code);
	uint64_t set = 0;

	if (len < USER_CODE_MIN_LEN || len > USER_CODE_MAX_LEN)
		return false;
	for (size_t i = 0; i < len; i++) {
		const char *symbol = strchr(symbols, code[i]);

		if (symbol == NULL && code[i] != '-')
			return false;
		if (symbol != NULL)
			set |= UINT64_C(1) << (symbol - symbols);
		shape[i] = symbol == NULL ? '-' : 'X';
	}
	shape[len] = '\0';
	*ret_set = set;
	return set != 0;
}

static enum err
learn_code(struct store *store, const char *code)
{
	char shape[USER_CODE_MAX_LEN + 1] = "";
	char before[USER_CODE_MAX_LEN + 1] = "";
	uint64_t set = 0;
	int64_t seen = 0;

	if (!take_apart(code, shape, &set))
		return ERR_SYNTAX;
	if (store_meta_get(store, "decoy_shape", before, sizeof(before),
	    NULL) != ERR_OK || strcmp(before, shape) != 0 ||
	    store_meta_get_int(store, "decoy_symbols", &seen, NULL) != ERR_OK)
		seen = 0;
	if (store_meta_set(store, "decoy_shape", shape, NULL) != ERR_OK)
		return ERR_STORE;
	return store_meta_set_int(store, "decoy_symbols",
	    (int64_t)((uint64_t)seen | set), NULL);
}

static enum err
learn_success(struct store *store, const struct decoy_picture *real)
{
	const struct { const char *name; int64_t value; } numbers[] = {
		{ "decoy_expires_in", real->expires_in },
		{ "decoy_interval", real->interval },
		{ "decoy_took_ms", real->took_ms },
	};
	enum err r = learn_code(store, real->user_code);

	if (r == ERR_OK)
		r = store_meta_set(store, "decoy_uri", real->uri, NULL);
	if (r == ERR_OK && real->poll_ms > 0)
		r = store_meta_set_int(store, "decoy_poll_ms", real->poll_ms,
		    NULL);
	for (size_t i = 0; i < ARRAY_LEN(numbers) && r == ERR_OK; i++)
		r = store_meta_set_int(store, numbers[i].name,
		    numbers[i].value, NULL);
	if (r == ERR_OK)
		r = store_meta_set(store, "decoy_failure", "", NULL);
	return r;
}

static enum err
learn_failure(struct store *store, const struct decoy_picture *real,
    int64_t now)
{
	enum err r = store_meta_set(store, "decoy_failure",
	    err_name(real->failure), NULL);

	if (r == ERR_OK)
		r = store_meta_set_int(store, "decoy_failed", now, NULL);
	if (r == ERR_OK)
		r = store_meta_set_int(store, "decoy_failed_ms",
		    real->took_ms, NULL);
	return r;
}

void
decoy_learn(struct store *store, const struct decoy_picture *real,
    int64_t now)
{
	enum err r = store_begin(store, NULL);

	if (r == ERR_OK)
		r = real->failure == ERR_OK ? learn_success(store, real) :
		    learn_failure(store, real, now);
	if (r == ERR_OK)
		r = store_commit(store, NULL);
	store_rollback(store);
}

/* -- draw ------------------------------------------------------------------ */

/* A number that was never learned, or is none to believe, is the preset. */
static enum err
look_up(struct store *store, const char *name, int64_t min, int64_t max,
    int64_t *value, struct diag *diag)
{
	int64_t learned = 0;
	enum err r = store_meta_get_int(store, name, &learned, diag);

	if (r == ERR_OK && learned >= min && learned <= max)
		*value = learned;
	return r;
}

static enum err
draw_numbers(struct store *store, struct decoy_picture *picture,
    struct diag *diag)
{
	enum err r = look_up(store, "decoy_expires_in", 1, EXPIRES_IN_MAX,
	    &picture->expires_in, diag);

	if (r == ERR_OK)
		r = look_up(store, "decoy_interval", DEVICE_INTERVAL_MIN,
		    DEVICE_INTERVAL_MAX, &picture->interval, diag);
	if (r == ERR_OK)
		r = look_up(store, "decoy_took_ms", 1, TOOK_MS_MAX,
		    &picture->took_ms, diag);
	if (r == ERR_OK)
		r = look_up(store, "decoy_poll_ms", 1, TOOK_MS_MAX,
		    &picture->poll_ms, diag);
	return r;
}

/* The last one's, if it may still be shown. */
static enum err
draw_uri(struct store *store, const struct conf *conf,
    struct decoy_picture *picture, struct diag *diag)
{
	const struct conf_list *list = &conf->device_verification_uri;
	char learned[sizeof(picture->uri)] = "";
	const char *uri;
	enum err r = store_meta_get(store, "decoy_uri", learned,
	    sizeof(learned), diag);

	if (r != ERR_OK && r != ERR_TOO_LONG)
		return r;
	if (list->count == 0)
		return fail(diag, ERR_INTERNAL, "no verification_uri");
	uri = list->item[0];
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->item[i], learned) == 0)
			uri = list->item[i];
	if (strlen(uri) >= sizeof(picture->uri))
		return fail(diag, ERR_INTERNAL, "verification_uri");
	(void)snprintf(picture->uri, sizeof(picture->uri), "%s", uri);
	return ERR_OK;
}

static enum err
draw_failure(struct store *store, int64_t now, struct decoy_picture *picture,
    struct diag *diag)
{
	char name[64] = "";
	int64_t when = 0;
	enum err r = store_meta_get(store, "decoy_failure", name,
	    sizeof(name), diag);

	if (r == ERR_OK)
		r = store_meta_get_int(store, "decoy_failed", &when, diag);
	if (r == ERR_TOO_LONG)
		return fail(diag, ERR_STORE, "meta decoy_failure");
	/* A clock that was set back does not repeat it for years. */
	if (r != ERR_OK || *name == '\0' || now - when >= FAILURE_SECONDS ||
	    when - now >= FAILURE_SECONDS)
		return r;
	picture->failure = err_from_name(name);
	return look_up(store, "decoy_failed_ms", 0, TOOK_MS_MAX,
	    &picture->took_ms, diag);
}

/* Which symbols to draw from: of a few that were seen, their kinds. */
static uint64_t
choose_set(uint64_t seen)
{
	if (__builtin_popcountll(seen) >= SYMBOLS_ENOUGH)
		return seen;
	if (seen != 0 && (seen & LETTERS) == 0)
		return DIGITS;
	return seen != 0 && (seen & DIGITS) == 0 ? LETTERS : ALL;
}

/* One of count, each as likely as another. */
static enum err
draw_below(unsigned int count, unsigned int *ret, struct diag *diag)
{
	unsigned int end = 256 - 256 % count;
	uint8_t byte;

	do {
		if (getrandom(&byte, 1, 0) != 1)
			return fail_errno(diag, ERR_INTERNAL, "getrandom");
	} while (byte >= end);
	*ret = byte % count;
	return ERR_OK;
}

static enum err
draw_code(const char *shape, uint64_t set, char *code, struct diag *diag)
{
	char from[sizeof(symbols)];
	unsigned int count = 0;
	enum err r = ERR_OK;

	for (unsigned int i = 0; i < sizeof(symbols) - 1; i++)
		if ((set >> i & 1) != 0)
			from[count++] = symbols[i];
	for (; *shape != '\0' && r == ERR_OK; shape++, code++) {
		unsigned int choice = 0;

		if (*shape != '-')
			r = draw_below(count, &choice, diag);
		*code = *shape == '-' ? '-' : from[choice];
	}
	*code = '\0';
	return r;
}

static enum err
draw_user_code(struct store *store, struct decoy_picture *picture,
    struct diag *diag)
{
	char shape[USER_CODE_MAX_LEN + 1] = "";
	char again[USER_CODE_MAX_LEN + 1];
	uint64_t unused;
	int64_t seen = 0;
	enum err r = store_meta_get(store, "decoy_shape", shape,
	    sizeof(shape), diag);

	/* A shape is one that it is the shape of. */
	if (r == ERR_TOO_LONG || (r == ERR_OK &&
	    (!take_apart(shape, again, &unused) ||
	    strcmp(shape, again) != 0))) {
		(void)snprintf(shape, sizeof(shape), "%s", SHAPE);
		return draw_code(shape, ALL, picture->user_code, diag);
	}
	if (r == ERR_OK)
		r = store_meta_get_int(store, "decoy_symbols", &seen, diag);
	return r != ERR_OK ? r : draw_code(shape,
	    choose_set((uint64_t)seen & ALL), picture->user_code, diag);
}

enum err
decoy_draw(struct store *store, const struct conf *conf, int64_t now,
    struct decoy_picture *ret, struct diag *diag)
{
	struct decoy_picture picture = {
		.expires_in = EXPIRES_IN,
		.interval = DEVICE_INTERVAL_MIN,
		.took_ms = TOOK_MS,
		.poll_ms = POLL_MS,
		.failure = ERR_OK,
	};
	enum err r = draw_numbers(store, &picture, diag);

	if (r == ERR_OK)
		r = draw_uri(store, conf, &picture, diag);
	if (r == ERR_OK)
		r = draw_user_code(store, &picture, diag);
	if (r == ERR_OK)
		r = draw_failure(store, now, &picture, diag);
	if (r != ERR_OK)
		return r;
	*ret = picture;
	return ERR_OK;
}
