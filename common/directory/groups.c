/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/groups.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/parse.h"
#include "directory/registry.h"

/* In the order in which they make groups; SQL is a literal so that no
 * configured word becomes a part of a statement. */
static const struct attribute {
	const char *name;
	const char *values;
} attributes[] = {
#define ATTRIBUTE(name) { #name, \
	"SELECT DISTINCT " #name " FROM users " \
	    "WHERE " #name " <> '' AND NOT vanished ORDER BY 1" }
	ATTRIBUTE(department),
	ATTRIBUTE(site),
	ATTRIBUTE(title),
#undef ATTRIBUTE
};

static bool
is_configured(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->groups_attributes.count; i++)
		if (strcmp(conf->groups_attributes.item[i], name) == 0)
			return true;
	return false;
}

static bool
is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
	    c == '_';
}

/* One update of the groups. */
struct making {
	struct store *store;
	const struct conf *conf;
	const struct local *local;
	uint64_t refused;
};

/* False: too long for a name. */
static bool
make_name(const char *value, char name[static LOGIN_NAME_MAX_LEN + 1])
{
	size_t len = 0;
	bool gap = false;

	for (; *value != '\0'; value++) {
		char c[] = { *value, '\0' };

		parse_lower(c);
		if (!is_name_byte(c[0])) {
			gap = len > 0;
			continue;
		}
		if (len + 2 > LOGIN_NAME_MAX_LEN)
			return false;
		if (gap)
			name[len++] = '-';
		gap = false;
		name[len++] = c[0];
	}
	name[len] = '\0';
	return true;
}

/* Is it a login name, or another value's? */
static enum err
is_taken(struct store *store, const char *name, bool *ret_taken,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = store_prepare(store,
	    "SELECT 1 FROM users WHERE login = ?1 OR home_name = ?1 "
	    "UNION ALL SELECT 1 FROM groups WHERE name = ?1", &stmt, diag);

	if (r != ERR_OK)
		return r;
	r = store_bind_text(stmt, 1, name, diag);
	if (r != ERR_OK)
		return r;
	return store_step(stmt, ret_taken, diag);
}

static enum err
insert_group(struct store *store, uint32_t gid, const char *key,
    const char *name, struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *stmt = NULL;
	enum err r = store_prepare(store,
	    "INSERT INTO groups(gid, key, name) VALUES (?1, ?2, ?3)", &stmt,
	    diag);

	if (r != ERR_OK)
		return r;
	r = store_bind_int(stmt, 1, gid, diag);
	if (r == ERR_OK)
		r = store_bind_text(stmt, 2, key, diag);
	if (r == ERR_OK)
		r = store_bind_text(stmt, 3, name, diag);
	if (r == ERR_OK)
		r = store_run(stmt, diag);
	return r;
}

/* Makes the value's group, unless its name is refused.  The gid is registered
 * either way, so that hosts with other local groups give the same ones. */
static enum err
add_group(struct making *making, const char *attribute, const char *value,
    struct diag *diag)
{
	AUTO(buf) struct buf key = BUF_INIT(SCIM_STRING_MAX + 32);
	char name[LOGIN_NAME_MAX_LEN + 1];
	uint32_t gid = 0;
	bool taken = true;
	enum err r = buf_printf(&key, "%s:%s", attribute, value);

	if (r != ERR_OK)
		return fail(diag, r, "%s", attribute);
	r = registry_get(making->store, making->conf, REGISTRY_GROUP,
	    buf_str(&key), making->local, &gid, diag);
	if (r != ERR_OK)
		return r;
	if (make_name(value, name) &&
	    parse_is_login_name(name, strlen(name), false) &&
	    !local_has_name(making->local, name))
		r = is_taken(making->store, name, &taken, diag);
	if (r != ERR_OK)
		return r;
	making->refused += taken;
	if (taken)
		return ERR_OK;
	return insert_group(making->store, gid, buf_str(&key), name, diag);
}

static enum err
add_attribute(struct making *making, const struct attribute *attribute,
    struct diag *diag)
{
	AUTO(store_stmt) struct store_stmt *values = NULL;
	bool row = false;
	enum err r = store_prepare(making->store, attribute->values, &values,
	    diag);

	if (r != ERR_OK)
		return r;
	r = store_step(values, &row, diag);
	while (r == ERR_OK && row) {
		r = add_group(making, attribute->name, store_text(values, 0),
		    diag);
		if (r == ERR_OK)
			r = store_step(values, &row, diag);
	}
	return r;
}

enum err
groups_update(struct store *store, const struct conf *conf,
    const struct local *local, struct update_report *report,
    struct diag *diag)
{
	struct making making = { store, conf, local, 0 };
	enum err r = store_exec(store, "DELETE FROM groups", diag);

	for (size_t i = 0; i < ARRAY_LEN(attributes) && r == ERR_OK; i++)
		if (is_configured(conf, attributes[i].name))
			r = add_attribute(&making, &attributes[i], diag);
	report->groups_refused = making.refused;
	return r;
}
