/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table jwks, and in the table meta:
 *	oidc_issuer		whose endpoints these are
 *	oidc_device, oidc_token, oidc_jwks_uri
 *	oidc_fetched		when the keys were saved
 *	oidc_tried		when a login got the turn
 *	oidc_answered		oidc_tried of the turn that the keys came after
 */
#include "auth/oidc_store.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"

#define HOPE_SECONDS (OIDC_MS / 1000)

#define MODULUS_MIN 256		/* bytes, RSA of 2048 bits (J13) */
#define EXPONENT_MIN 65537

/* Big-endian, without leading zeros, odd. */
static bool
is_number(const uint8_t *bytes, size_t len)
{
	return bytes[0] != 0 && bytes[len - 1] % 2 == 1;
}

/* As jwks_parse() gives it (J13, J28). */
static bool
is_sound(const struct jwk *key)
{
	uint64_t exponent = 0;

	if (key->n_len < MODULUS_MIN || key->n_len > sizeof(key->n) ||
	    key->e_len == 0 || key->e_len > sizeof(key->e))
		return false;
	for (size_t i = 0; i < key->e_len; i++)
		exponent = exponent << 8 | key->e[i];
	return jwks_is_kid(key->kid) && is_number(key->n, key->n_len) &&
	    is_number(key->e, key->e_len) && exponent >= EXPONENT_MIN;
}

static bool
is_endpoint(const char *url)
{
	return *url == '\0' || parse_is_safe_url(url, strlen(url));
}

/* -- load ------------------------------------------------------------------ */

static bool
read_key(struct store_stmt *stmt, struct jwk *key)
{
	return store_copy_text(stmt, 0, key->kid, sizeof(key->kid)) &&
	    store_copy_blob(stmt, 1, key->n, sizeof(key->n), &key->n_len) &&
	    store_copy_blob(stmt, 2, key->e, sizeof(key->e), &key->e_len) &&
	    store_copy_text(stmt, 3, key->issuer, sizeof(key->issuer)) &&
	    is_sound(key);
}

static enum err
load_keys(struct store *store, const char *issuer, struct jwks *keys,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = STORE_ASK(store, &stmt, diag,
	    "SELECT kid, n, e, key_issuer FROM jwks WHERE issuer = ?1",
	    store_text_value(issuer));
	bool row = stmt != NULL;

	while (r == ERR_OK && row) {
		if (keys->count == JWKS_KEYS_MAX ||
		    !read_key(stmt, &keys->key[keys->count]))
			return fail(diag, ERR_STORE, "token keys of %s are "
			    "damaged; run 8x8sso sync", issuer);
		keys->count++;
		r = store_step(stmt, &row, diag);
	}
	return r;
}

static enum err
load_endpoint(struct store *store, const char *name, char *url, size_t size,
    struct diag *diag)
{
	enum err r = store_meta_get(store, name, url, size, diag);

	if (r == ERR_TOO_LONG || (r == ERR_OK && !is_endpoint(url)))
		return fail(diag, ERR_STORE, "meta %s is no address; "
		    "run 8x8sso sync", name);
	return r;
}

static enum err
load_endpoints(struct store *store, struct oidc_endpoints *endpoints,
    struct diag *diag)
{
	enum err r = load_endpoint(store, "oidc_device", endpoints->device,
	    sizeof(endpoints->device), diag);

	if (r == ERR_OK)
		r = load_endpoint(store, "oidc_token", endpoints->token,
		    sizeof(endpoints->token), diag);
	if (r == ERR_OK)
		r = load_endpoint(store, "oidc_jwks_uri",
		    endpoints->jwks_uri, sizeof(endpoints->jwks_uri), diag);
	return r;
}

/* Is it this issuer that we know? */
static enum err
ask_issuer(struct store *store, const char *issuer, bool *ret_is,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = STORE_ASK(store, &stmt, diag, "SELECT 1 FROM meta "
	    "WHERE key = 'oidc_issuer' AND value = ?1",
	    store_text_value(issuer));

	if (r == ERR_OK)
		*ret_is = stmt != NULL;
	return r;
}

/* Inside a transaction, so that all of it is of one moment. */
static enum err
load(struct store *store, const char *issuer, struct oidc_record *record,
    struct diag *diag)
{
	bool known = false;
	enum err r = ask_issuer(store, issuer, &known, diag);

	if (r == ERR_OK && !known)
		r = fail(diag, ERR_OIDC_MISSING, "%s", issuer);
	if (r == ERR_OK)
		r = load_endpoints(store, &record->endpoints, diag);
	if (r == ERR_OK)
		r = load_keys(store, issuer, &record->keys, diag);
	if (r == ERR_OK)
		r = store_meta_get_int(store, "oidc_fetched",
		    &record->fetched, diag);
	if (r == ERR_OK)
		r = store_meta_get_int(store, "oidc_tried", &record->tried,
		    diag);
	return r;
}

enum err
oidc_store_load(struct store *store, const char *issuer,
    struct oidc_record *ret, struct diag *diag)
{
	AUTO_FREE struct oidc_record *record = calloc(1, sizeof(*record));
	enum err r;

	if (record == NULL)
		return fail(diag, ERR_NOMEM, "token keys");
	/* Not store_begin(), which asks to write. */
	r = store_exec(store, "BEGIN", diag);
	if (r != ERR_OK)
		return r;
	r = load(store, issuer, record, diag);
	store_rollback(store);
	if (r != ERR_OK)
		return r;
	*ret = *record;
	return ERR_OK;
}

/* -- save ------------------------------------------------------------------ */

/* What could not be loaded again would lock everybody out. */
static enum err
check(const struct oidc_endpoints *endpoints, const struct jwks *keys,
    struct diag *diag)
{
	if (endpoints != NULL && (!is_endpoint(endpoints->device) ||
	    !is_endpoint(endpoints->token) ||
	    !is_endpoint(endpoints->jwks_uri)))
		return fail(diag, ERR_OIDC_DISCOVERY, "an endpoint is no "
		    "https:// address");
	if (keys->count == 0 || keys->count > JWKS_KEYS_MAX)
		return fail(diag, ERR_JWKS, "%zu keys", keys->count);
	for (size_t i = 0; i < keys->count; i++)
		if (!is_sound(&keys->key[i]))
			return fail(diag, ERR_JWKS, "key %zu", i);
	return ERR_OK;
}

static enum err
save_endpoints(struct store *store, const struct oidc_endpoints *endpoints,
    struct diag *diag)
{
	enum err r = store_meta_set(store, "oidc_device", endpoints->device,
	    diag);

	if (r == ERR_OK)
		r = store_meta_set(store, "oidc_token", endpoints->token,
		    diag);
	if (r == ERR_OK)
		r = store_meta_set(store, "oidc_jwks_uri",
		    endpoints->jwks_uri, diag);
	return r;
}

static enum err
save_keys(struct store *store, const char *issuer, const struct jwks *keys,
    struct diag *diag)
{
	enum err r = store_exec(store, "DELETE FROM jwks", diag);

	for (size_t i = 0; i < keys->count && r == ERR_OK; i++) {
		const struct jwk *key = &keys->key[i];

		r = STORE_RUN(store, diag, "INSERT INTO jwks(issuer, kid, n, "
		    "e, key_issuer) VALUES (?1, ?2, ?3, ?4, ?5)",
		    store_text_value(issuer), store_text_value(key->kid),
		    store_blob_value(key->n, key->n_len),
		    store_blob_value(key->e, key->e_len),
		    store_text_value(key->issuer));
	}
	/* jwks_parse() gives no kid twice. */
	return r == ERR_EXISTS ? fail(diag, ERR_JWKS, "a kid twice") : r;
}

/* Nothing of another issuer's stays. */
static enum err
forget_others(struct store *store, const char *issuer, struct diag *diag)
{
	bool known = false;
	enum err r = ask_issuer(store, issuer, &known, diag);

	if (r != ERR_OK || known)
		return r;
	r = store_exec(store, "DELETE FROM meta WHERE key IN ('oidc_device', "
	    "'oidc_token', 'oidc_jwks_uri', 'oidc_fetched', 'oidc_tried', "
	    "'oidc_answered')", diag);
	if (r == ERR_OK)
		r = store_meta_set(store, "oidc_issuer", issuer, diag);
	return r;
}

/* A number that was damaged is as good as none. */
static int64_t
number(struct store *store, const char *name)
{
	int64_t value = 0;

	return store_meta_get_int(store, name, &value, NULL) == ERR_OK ?
	    value : 0;
}

/* Two sets of one second are told apart by those who wait for the second. */
static enum err
save_times(struct store *store, int64_t now, struct diag *diag)
{
	int64_t fetched = number(store, "oidc_fetched");
	int64_t tried = number(store, "oidc_tried");
	enum err r = store_meta_set_int(store, "oidc_fetched",
	    fetched == now ? now + 1 : now, diag);

	if (r == ERR_OK)
		r = store_meta_set_int(store, "oidc_tried", tried, diag);
	if (r == ERR_OK)
		r = store_meta_set_int(store, "oidc_answered", tried, diag);
	return r;
}

enum err
oidc_store_save(struct store *store, const char *issuer,
    const struct oidc_endpoints *endpoints, const struct jwks *keys,
    int64_t now, struct diag *diag)
{
	enum err r = check(endpoints, keys, diag);

	if (r == ERR_OK)
		r = store_begin(store, diag);
	if (r == ERR_OK)
		r = forget_others(store, issuer, diag);
	if (r == ERR_OK && endpoints != NULL)
		r = save_endpoints(store, endpoints, diag);
	if (r == ERR_OK)
		r = save_keys(store, issuer, keys, diag);
	if (r == ERR_OK)
		r = save_times(store, now, diag);
	if (r == ERR_OK)
		r = store_commit(store, diag);
	store_rollback(store);
	return r;
}

/* -- whose turn it is ------------------------------------------------------ */

struct times {
	int64_t fetched;
	int64_t tried;
	int64_t answered;
};

static enum err
load_times(struct store *store, struct times *times, struct diag *diag)
{
	enum err r = store_meta_get_int(store, "oidc_fetched",
	    &times->fetched, diag);

	if (r == ERR_OK)
		r = store_meta_get_int(store, "oidc_tried", &times->tried,
		    diag);
	if (r == ERR_OK)
		r = store_meta_get_int(store, "oidc_answered",
		    &times->answered, diag);
	return r;
}

static enum oidc_turn
decide(const struct times *times, int64_t since, int64_t now)
{
	int64_t age = now - times->tried;

	/* Any other than the one that was not enough: after a clock was set
	 * back the newer one has the smaller number. */
	if (times->fetched != since)
		return OIDC_TURN_OTHERS;
	/* One who has read the clock a moment before another comes after it
	 * too; a clock that was set back by more must not stop everybody. */
	if (times->tried == 0 || age >= JWKS_REFRESH_SECONDS ||
	    age <= -JWKS_REFRESH_SECONDS)
		return OIDC_TURN_OURS;
	if (times->answered == times->tried)
		return OIDC_TURN_NOBODYS;
	return age < HOPE_SECONDS ? OIDC_TURN_OTHERS : OIDC_TURN_NOBODYS;
}

enum err
oidc_store_turn(struct store *store, int64_t since, int64_t now,
    enum oidc_turn *ret, struct diag *diag)
{
	struct times times = { 0, 0, 0 };
	enum oidc_turn turn = OIDC_TURN_NOBODYS;
	enum err r = store_begin(store, diag);

	if (r == ERR_OK)
		r = load_times(store, &times, diag);
	if (r == ERR_OK)
		turn = decide(&times, since, now);
	if (r == ERR_OK && turn == OIDC_TURN_OURS)
		r = store_meta_set_int(store, "oidc_tried", now, diag);
	if (r == ERR_OK)
		r = store_commit(store, diag);
	store_rollback(store);
	if (r != ERR_OK)
		return r;
	*ret = turn;
	return ERR_OK;
}
