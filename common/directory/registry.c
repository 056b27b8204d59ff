/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/registry.h"

#include "base/buf.h"
#include "base/limits.h"
#include "sys/crypto.h"

struct range {
	uint32_t min;
	uint64_t size;
};

static enum err
get_range(const struct conf *conf, struct range *ret, struct diag *diag)
{
	if (conf->users_min_id < ID_MIN || conf->users_max_id > ID_MAX ||
	    conf->users_min_id > conf->users_max_id)
		return fail(diag, ERR_CONF_VALUE,
		    "[users] min_id and max_id must be inside %u-%u", ID_MIN,
		    ID_MAX);
	ret->min = (uint32_t)conf->users_min_id;
	ret->size = conf->users_max_id - conf->users_min_id + 1;
	return ERR_OK;
}

static enum err
find_registered(struct store *store, const char *kind, const char *key,
    uint32_t *ret_id, bool *ret_found, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = store_prepare(store,
	    "SELECT id FROM ids WHERE kind = ?1 AND key = ?2", &stmt, diag);

	if (r != ERR_OK)
		return r;
	r = store_bind_text(stmt, 1, kind, diag);
	if (r == ERR_OK)
		r = store_bind_text(stmt, 2, key, diag);
	if (r == ERR_OK)
		r = store_step(stmt, ret_found, diag);
	if (r != ERR_OK)
		return r;
	if (*ret_found)
		*ret_id = (uint32_t)store_int(stmt, 0);
	return ERR_OK;
}

/* The slot of the range that the key would have if it were alone. */
static enum err
first_choice(const struct range *range, const char *kind, const char *key,
    uint64_t *ret_slot, struct diag *diag)
{
	AUTO(buf) struct buf text = BUF_INIT(SCIM_STRING_MAX + 64);
	uint8_t hash[SHA256_SIZE];
	uint64_t number = 0;
	enum err r = buf_printf(&text, "%s:%s", kind, key);

	if (r != ERR_OK)
		return fail(diag, r, "key of an id");
	r = crypto_sha256(text.data, text.len, hash);
	if (r != ERR_OK)
		return fail(diag, r, "SHA-256");
	for (unsigned int i = 0; i < 8; i++)
		number = number << 8 | hash[i];
	*ret_slot = number % range->size;
	return ERR_OK;
}

/* The first id from slot on, around the end, that nobody has. */
static enum err
find_free(struct store *store, const struct range *range, uint64_t slot,
    const struct local *local, uint32_t *ret_id, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = store_prepare(store, "SELECT 1 FROM ids WHERE id = ?1",
	    &stmt, diag);

	if (r != ERR_OK)
		return r;
	for (uint64_t i = 0; i < range->size; i++) {
		uint32_t id = range->min +
		    (uint32_t)((slot + i) % range->size);
		bool taken = false;

		if (local != NULL && local_has_id(local, id))
			continue;
		r = store_bind_int(stmt, 1, id, diag);
		if (r == ERR_OK)
			r = store_step(stmt, &taken, diag);
		if (r != ERR_OK)
			return r;
		store_reset(stmt);
		if (taken)
			continue;
		*ret_id = id;
		return ERR_OK;
	}
	return fail(diag, ERR_ID_EXHAUSTED, "all of %u-%u are given away; "
	    "widen [users] min_id and max_id", range->min,
	    (unsigned int)(range->min + range->size - 1));
}

static enum err
write_once(struct store *store, uint32_t id, const char *kind,
    const char *key, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = store_prepare(store,
	    "INSERT INTO ids(id, kind, key) VALUES (?1, ?2, ?3)", &stmt,
	    diag);

	if (r != ERR_OK)
		return r;
	r = store_bind_int(stmt, 1, id, diag);
	if (r == ERR_OK)
		r = store_bind_text(stmt, 2, kind, diag);
	if (r == ERR_OK)
		r = store_bind_text(stmt, 3, key, diag);
	if (r == ERR_OK)
		r = store_run(stmt, diag);
	return r;
}

static enum err
register_new(struct store *store, const struct conf *conf, const char *kind,
    const char *key, const struct local *local, uint32_t *ret_id,
    struct diag *diag)
{
	struct range range = { 0, 0 };
	uint64_t slot = 0;
	enum err r = get_range(conf, &range, diag);

	if (r != ERR_OK)
		return r;
	r = first_choice(&range, kind, key, &slot, diag);
	if (r != ERR_OK)
		return r;
	r = find_free(store, &range, slot, local, ret_id, diag);
	if (r != ERR_OK)
		return r;
	return write_once(store, *ret_id, kind, key, diag);
}

enum err
registry_get(struct store *store, const struct conf *conf,
    enum registry_kind kind, const char *key, const struct local *local,
    uint32_t *ret_id, struct diag *diag)
{
	const char kind_text[] = { (char)kind, '\0' };
	uint32_t id = 0;
	bool found = false;
	enum err r = find_registered(store, kind_text, key, &id, &found,
	    diag);

	if (r == ERR_OK && !found)
		r = register_new(store, conf, kind_text, key, local, &id,
		    diag);
	if (r != ERR_OK)
		return r;
	*ret_id = id;
	return ERR_OK;
}
