/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/registry.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/parse.h"
#include "sys/crypto.h"

struct registry {
	struct store *store;
	const struct conf *conf;
	const struct local *local;
	struct store_stmt *find;	/* id of a key */
	struct store_stmt *run;		/* ids of a range, ascending */
	struct store_stmt *insert;
};

struct range {
	uint32_t min;
	uint32_t max;
};

/* A row of ids. */
struct entry {
	char kind[2];
	const char *key;
};

enum err
registry_open(struct store *store, const struct conf *conf,
    const struct local *local, struct registry **ret, struct diag *diag)
{
	AUTO(registry) struct registry *registry =
	    calloc(1, sizeof(*registry));
	enum err r;

	if (registry == NULL)
		return fail(diag, ERR_NOMEM, "ids");
	registry->store = store;
	registry->conf = conf;
	registry->local = local;
	r = store_prepare(store,
	    "SELECT id FROM ids WHERE kind = ?1 AND key = ?2",
	    &registry->find, diag);
	if (r == ERR_OK)
		r = store_prepare(store, "SELECT id FROM ids "
		    "WHERE id BETWEEN ?1 AND ?2 ORDER BY id", &registry->run,
		    diag);
	if (r == ERR_OK)
		r = store_prepare(store, "INSERT INTO ids(id, kind, key) "
		    "VALUES (?1, ?2, ?3)", &registry->insert, diag);
	if (r != ERR_OK)
		return r;
	*ret = TAKE(registry);
	return ERR_OK;
}

void
registry_free(struct registry **registry)
{
	struct registry *r = *registry;

	*registry = NULL;
	if (r == NULL)
		return;
	store_stmt_free(&r->find);
	store_stmt_free(&r->run);
	store_stmt_free(&r->insert);
	free(r);
}

static enum err
get_range(const struct conf *conf, struct range *ret, struct diag *diag)
{
	if (conf->users_min_id < ID_MIN || conf->users_max_id > ID_MAX ||
	    conf->users_min_id > conf->users_max_id)
		return fail(diag, ERR_CONF_VALUE,
		    "[users] min_id and max_id must be inside %u-%u", ID_MIN,
		    ID_MAX);
	ret->min = (uint32_t)conf->users_min_id;
	ret->max = (uint32_t)conf->users_max_id;
	return ERR_OK;
}

static enum err
find_registered(struct registry *registry, const struct entry *entry,
    uint32_t *ret_id, bool *ret_found, struct diag *diag)
{
	enum err r = store_bind_text(registry->find, 1, entry->kind, diag);

	if (r == ERR_OK)
		r = store_bind_text(registry->find, 2, entry->key, diag);
	if (r == ERR_OK)
		r = store_step(registry->find, ret_found, diag);
	if (r == ERR_OK && *ret_found)
		*ret_id = (uint32_t)store_int(registry->find, 0);
	store_reset(registry->find);
	return r;
}

/* The id of the range that the key would have if it were alone. */
static enum err
first_choice(const struct range *range, const struct entry *entry,
    uint32_t *ret_id, struct diag *diag)
{
	AUTO(buf) struct buf text = BUF_INIT(SCIM_STRING_MAX + 64);
	uint64_t size = (uint64_t)range->max - range->min + 1;
	uint8_t hash[SHA256_SIZE];
	uint64_t number = 0;
	enum err r = buf_printf(&text, "%s:%s", entry->kind, entry->key);

	if (r != ERR_OK)
		return fail(diag, r, "key of an id");
	r = crypto_sha256(text.data, text.len, hash);
	if (r != ERR_OK)
		return fail(diag, r, "SHA-256");
	for (unsigned int i = 0; i < 8; i++)
		number = number << 8 | hash[i];
	*ret_id = range->min + (uint32_t)(number % size);
	return ERR_OK;
}

static bool
is_local(const struct registry *registry, uint32_t id)
{
	return registry->local != NULL &&
	    local_has_id(registry->local, id);
}

/* The first id of the range that nobody has: one query, which ends at the
 * first gap, however full the range is. */
static enum err
find_gap(struct registry *registry, const struct range *range,
    uint32_t *ret_id, bool *ret_found, struct diag *diag)
{
	struct store_stmt *run = registry->run;
	uint64_t id = range->min;
	bool row = false;
	enum err r = store_bind_int(run, 1, range->min, diag);

	if (r == ERR_OK)
		r = store_bind_int(run, 2, range->max, diag);
	if (r == ERR_OK)
		r = store_step(run, &row, diag);
	while (r == ERR_OK && id <= range->max) {
		bool taken = row && store_int(run, 0) == (int64_t)id;

		if (!taken && !is_local(registry, (uint32_t)id))
			break;
		id++;
		if (taken)
			r = store_step(run, &row, diag);
	}
	store_reset(run);
	*ret_found = r == ERR_OK && id <= range->max;
	if (*ret_found)
		*ret_id = (uint32_t)id;
	return r;
}

/* From the first choice on, and around the end. */
static enum err
find_free(struct registry *registry, const struct range *range,
    uint32_t first, uint32_t *ret_id, struct diag *diag)
{
	const struct range behind = { first, range->max };
	const struct range before = { range->min, first - 1 };
	bool found = false;
	enum err r = find_gap(registry, &behind, ret_id, &found, diag);

	if (r == ERR_OK && !found && first > range->min)
		r = find_gap(registry, &before, ret_id, &found, diag);
	if (r != ERR_OK || found)
		return r;
	return fail(diag, ERR_ID_EXHAUSTED, "all of %u-%u are given away; "
	    "widen [users] min_id and max_id", range->min, range->max);
}

/* ERR_EXISTS: somebody has it. */
static enum err
write_once(struct registry *registry, uint32_t id, const struct entry *entry,
    struct diag *diag)
{
	enum err r = store_bind_int(registry->insert, 1, id, diag);

	if (r == ERR_OK)
		r = store_bind_text(registry->insert, 2, entry->kind, diag);
	if (r == ERR_OK)
		r = store_bind_text(registry->insert, 3, entry->key, diag);
	if (r == ERR_OK)
		r = store_run(registry->insert, diag);
	return r;
}

/* Nearly always the first choice is free, and to try is the quickest way to
 * know. */
static enum err
register_new(struct registry *registry, const struct entry *entry,
    uint32_t *ret_id, struct diag *diag)
{
	struct range range = { 0, 0 };
	uint32_t first = 0;
	enum err r = get_range(registry->conf, &range, diag);

	if (r == ERR_OK)
		r = first_choice(&range, entry, &first, diag);
	if (r != ERR_OK)
		return r;
	*ret_id = first;
	r = is_local(registry, first) ? ERR_EXISTS :
	    write_once(registry, first, entry, diag);
	if (r != ERR_EXISTS)
		return r;
	r = find_free(registry, &range, first, ret_id, diag);
	return r != ERR_OK ? r : write_once(registry, *ret_id, entry, diag);
}

enum err
registry_give(struct registry *registry, enum registry_kind kind,
    const char *key, uint32_t *ret_id, struct diag *diag)
{
	const struct entry entry = { { (char)kind, '\0' }, key };
	uint32_t id = 0;
	bool found = false;
	enum err r = find_registered(registry, &entry, &id, &found, diag);

	if (r == ERR_OK && !found)
		r = register_new(registry, &entry, &id, diag);
	if (r != ERR_OK)
		return r;
	*ret_id = id;
	return ERR_OK;
}

enum err
registry_first_choice(struct registry *registry, enum registry_kind kind,
    const char *key, uint32_t *ret_id, struct diag *diag)
{
	const struct entry entry = { { (char)kind, '\0' }, key };
	struct range range = { 0, 0 };
	uint32_t id = 0;
	enum err r = get_range(registry->conf, &range, diag);

	if (r == ERR_OK)
		r = first_choice(&range, &entry, &id, diag);
	if (r != ERR_OK)
		return r;
	*ret_id = is_local(registry, id) ? 0 : id;
	return ERR_OK;
}

enum err
registry_add(struct registry *registry, enum registry_kind kind,
    const char *key, uint32_t *ret_id, struct diag *diag)
{
	const struct entry entry = { { (char)kind, '\0' }, key };
	uint32_t id = 0;
	enum err r = register_new(registry, &entry, &id, diag);

	if (r != ERR_OK)
		return r;
	*ret_id = id;
	return ERR_OK;
}

static enum err
register_number(struct registry *registry, const struct entry *entry,
    const char *number, uint32_t *ret_id, struct diag *diag)
{
	struct range range = { 0, 0 };
	uint64_t id = 0;
	enum err r = get_range(registry->conf, &range, diag);

	if (r != ERR_OK)
		return r;
	if (*number == '\0')
		return fail(diag, ERR_ID_MISSING, "%s", entry->key);
	if (!parse_u64(number, strlen(number), range.max, &id) ||
	    id < range.min)
		return fail(diag, ERR_ID_RANGE, "%s: %s is not in %u-%u",
		    entry->key, number, range.min, range.max);
	*ret_id = (uint32_t)id;
	r = is_local(registry, *ret_id) ? ERR_EXISTS :
	    write_once(registry, *ret_id, entry, diag);
	if (r == ERR_EXISTS)
		r = fail(diag, ERR_ID_TAKEN, "%s: %s", entry->key, number);
	return r;
}

enum err
registry_claim(struct registry *registry, enum registry_kind kind,
    const char *key, const char *number, uint32_t *ret_id, struct diag *diag)
{
	const struct entry entry = { { (char)kind, '\0' }, key };
	uint32_t id = 0;
	bool found = false;
	enum err r = find_registered(registry, &entry, &id, &found, diag);

	if (r == ERR_OK && !found)
		r = register_number(registry, &entry, number, &id, diag);
	if (r != ERR_OK)
		return r;
	*ret_id = id;
	return ERR_OK;
}
