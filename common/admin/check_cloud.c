/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/check.h"

#include <limits.h>
#include <string.h>

#include "admin/fetch.h"
#include "admin/idp_print.h"
#include "base/clock.h"
#include "cache/reader.h"

static void
check_expiry(struct checking *c, const struct idp_key *key)
{
	const char *expiry = idp_key_expiry(key, c->admin->now);
	char end[CLOCK_TEXT_SIZE];

	clock_format(key->not_after, end);
	if (expiry[0] == '\0')
		check_ok(c, "RSA %zu bits, certificate valid until %s",
		    idp_key_bits(key->n, key->n_len), end);
	else
		check_warn(c, "certificate %s %s; get the provider's next "
		    "one before it signs with it", expiry, end);
}

/* Without the application's id Entra gives the tenant's document, whose keys
 * sign for other applications. */
static void
check_address(struct checking *c)
{
	const struct conf *conf = &c->admin->conf;
	const char *query = strchr(conf->idp_metadata, '?');

	if (conf->idp_tenant[0] != '\0' &&
	    conf_is_address(conf->idp_metadata) &&
	    (query == NULL || strcasestr(query, "appid=") == NULL))
		check_warn(c, "[idp] metadata has no appid=: these keys are "
		    "the tenant's; use the App Federation Metadata Url of "
		    "the portal");
}

void
check_provider(struct checking *c)
{
	const struct conf *conf = &c->admin->conf;
	struct diag diag = DIAG_INIT;

	if (conf->idp_issuer[0] == '\0' && conf->device_enabled) {
		check_ok(c, "no SAML: [idp] issuer is not set");
		return;
	}
	if (conf->idp_issuer[0] == '\0') {
		check_warn(c, "neither [idp] issuer nor [device] is set: "
		    "nobody can sign in");
		return;
	}
	if (fetch_idp(c->admin, &c->idp, &diag) != ERR_OK) {
		check_error(c, &diag);
		return;
	}
	c->has_idp = true;
	check_address(c);
	check_ok(c, "%s", conf->idp_issuer);
	if (conf->idp_login_url[0] == '\0' && c->idp.login_url[0] == '\0')
		check_fail(c, "the metadata has no login address with "
		    "HTTP-Redirect; set [idp] login_url");
	for (size_t i = 0; i < c->idp.keys.count; i++)
		check_expiry(c, &c->idp.keys.key[i]);
	if (c->idp.keys_weak > 0)
		check_warn(c, "signing keys that are not used: %zu (%s); a "
		    "login that is signed with one is refused",
		    c->idp.keys_weak, err_text(ERR_IDP_KEY_WEAK));
}

/* What state.db says that the checks below want. */
struct stored {
	const struct conf *conf;
	struct idp_record idp;
	int64_t last_sync;
	char last_error[DIAG_TEXT_MAX];
};

static enum err
read_keys(struct store *store, void *context, struct diag *diag)
{
	struct stored *stored = context;

	return idp_store_load(store, stored->conf->idp_issuer, &stored->idp,
	    diag);
}

static enum err
read_sync(struct store *store, void *context, struct diag *diag)
{
	struct stored *stored = context;
	enum err r = store_meta_get_int(store, "last_sync",
	    &stored->last_sync, diag);

	if (r != ERR_OK)
		return r;
	return store_meta_get(store, "last_sync_error", stored->last_error,
	    sizeof(stored->last_error), diag);
}

/* Keys that come by an address may have changed since the last sync. */
static void
compare_keys(struct checking *c, const struct idp_keys *stored)
{
	const struct idp_keys *keys = &c->idp.keys;
	bool address = conf_is_address(conf_idp_source(&c->admin->conf));

	if (idp_keys_beyond(keys, stored) == 0 &&
	    idp_keys_beyond(stored, keys) == 0)
		check_ok(c, "logins use the configured keys");
	else if (!address)
		check_fail(c, "logins still use other keys than the "
		    "configuration names; run 8x8sso sync");
	else if (idp_keys_share(keys, stored))
		check_warn(c, "the provider has changed some keys; the next "
		    "8x8sso sync takes them");
	else
		check_fail(c, "the metadata has none of the keys that logins "
		    "use (%s); if the provider did change them all, run "
		    "8x8sso idp accept", err_name(ERR_IDP_KEYS_CHANGED));
}

/* A file does not renew itself. */
static void
check_origin(struct checking *c, const struct idp_origin *origin)
{
	struct diag diag = DIAG_INIT;
	char end[CLOCK_TEXT_SIZE];

	clock_format(origin->valid_until, end);
	if (idp_origin_check(origin, c->admin->conf.idp_max_age,
	    c->admin->now, &diag) != ERR_OK)
		check_fail(c, "%s: nobody can log in by SAML; run 8x8sso "
		    "sync", diag.text);
	else if (origin->valid_until != 0 &&
	    !conf_is_address(origin->source) &&
	    origin->valid_until - c->admin->now <= IDP_EXPIRY_NOTICE)
		check_warn(c, "the metadata is valid until %s, and nobody can "
		    "log in by SAML then; get it from the provider again",
		    end);
}

void
check_keys(struct checking *c)
{
	struct stored stored = { .conf = &c->admin->conf };
	struct diag diag = DIAG_INIT;

	if (c->admin->conf.idp_issuer[0] == '\0' || !c->synced)
		return;
	if (admin_with_store(c->admin, read_keys, &stored, &diag) != ERR_OK) {
		check_error(c, &diag);
		return;
	}
	check_origin(c, &stored.idp.origin);
	if (c->has_idp)
		compare_keys(c, &stored.idp.keys);
}

static enum err
ignore_record(const struct record *record, void *context, struct diag *diag)
{
	(void)record;
	(void)context;
	(void)diag;
	return ERR_OK;
}

void
check_scim(struct checking *c)
{
	const struct fetch_users ask = {
		.file = -1, .first_page_only = true, .record = ignore_record,
	};
	struct diag diag = DIAG_INIT;
	AUTO(fetched) struct fetched fetched = FETCHED_INIT;

	if (c->admin->conf.scim_url[0] == '\0')
		check_warn(c, "[scim] is not configured: users come only "
		    "from 8x8sso sync --from FILE");
	else if (fetch_users(c->admin, &ask, &fetched, &diag) != ERR_OK)
		check_error(c, &diag);
	else
		check_ok(c, "connected; users on the server: %llu",
		    (unsigned long long)fetched.total);
}

const char *
check_sync_command(const struct conf *conf)
{
	return conf->scim_url[0] != '\0' ? "8x8sso sync" :
	    "8x8sso sync --from FILE";
}

void
check_sync(struct checking *c)
{
	const char *sync = check_sync_command(&c->admin->conf);
	struct stored stored = { .last_sync = 0 };
	struct diag diag = DIAG_INIT;
	int64_t max_age = c->admin->conf.access_max_age;
	char age[PRINT_AGE_SIZE];

	if (!c->synced) {
		check_warn(c, "there was none yet; run %s", sync);
		return;
	}
	if (admin_with_store(c->admin, read_sync, &stored, &diag) != ERR_OK) {
		check_error(c, &diag);
		return;
	}
	if (stored.last_error[0] != '\0')
		check_warn(c, "the last attempt failed: %s",
		    stored.last_error);
	print_age(c->admin->now - stored.last_sync, age);
	if (stored.last_sync == 0)
		check_fail(c, "none has succeeded yet; run %s", sync);
	else if (stored.last_sync > c->admin->now)
		check_fail(c, "the last one is in the future; set this "
		    "host's clock, then run %s", sync);
	else if (max_age > 0 && c->admin->now - stored.last_sync > max_age)
		check_fail(c, "the last one was %s, longer than [access] "
		    "max_age: nobody can log in; run %s, and see that the "
		    "timer runs", age, sync);
	else
		check_ok(c, "%s", age);
}

void
check_cache(struct checking *c)
{
	struct cache cache = CACHE_INIT;
	struct cache_user user;
	char path[PATH_MAX];
	uint32_t count = 0;
	enum err r;

	if (!c->synced)
		return;
	conf_cache_path(&c->admin->conf, path, sizeof(path));
	r = cache_open(path, &cache);
	if (r == ERR_OK)
		r = cache_verify(&cache);
	if (r != ERR_OK) {
		check_fail(c, "%s: %s", path, err_text(r));
		cache_close(&cache);
		return;
	}
	while (cache_user_at(&cache, count, &user) == ERR_OK)
		count++;
	cache_close(&cache);
	if (strcmp(path, CACHE_PATH) != 0)
		check_warn(c, "lookups read %s, this is %s; [host] state_dir "
		    "is for tests", CACHE_PATH, path);
	check_ok(c, "good; users: %u", count);
}

void
check_access(struct checking *c)
{
	const struct conf_list *allow = &c->admin->conf.access_allow;

	if (allow->count == 0)
		check_warn(c, "[access] allow is empty: nobody can log in");
	else
		check_ok(c, "[access] allow lists %zu", allow->count);
}
