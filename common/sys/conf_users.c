/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of [users], [groups] and [access], for conf_check.c. */
#include "sys/conf_keys.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/parse.h"

static const char *
check_home(const struct conf *c)
{
	const char *home = c->users_home;
	const char *name = strstr(home, "%u");

	if (home[0] != '/')
		return "must begin with /";
	if (name == NULL)
		return "must contain %u, or all users share one home";
	if (strchr(home, '%') != name || strchr(name + 1, '%') != NULL)
		return "may contain %u once and no other %";
	if (strchr(home, ':') != NULL)
		return "must not contain a colon";
	return NULL;
}

static const char *
check_shell(const struct conf *c)
{
	if (!is_set(c->users_shell))
		return "must not be empty";
	if (strchr(c->users_shell, ':') != NULL)
		return "must not contain a colon";
	return NULL;
}

static const char *
check_ids(const struct conf *c)
{
	if (c->users_min_id >= c->users_max_id)
		return "must be greater than [users] min_id";
	return NULL;
}

static const char *
check_attributes(const struct conf *c)
{
	static const char *const known[] = { "department", "site", "title" };
	const struct conf_list *list = &c->groups_attributes;
	unsigned int seen[ARRAY_LEN(known)] = { 0 };

	for (size_t i = 0; i < list->count; i++) {
		bool found = false;

		for (size_t k = 0; k < ARRAY_LEN(known); k++)
			if (strcmp(list->item[i], known[k]) == 0) {
				found = true;
				seen[k]++;
			}
		if (!found)
			return "may name department, site and title only";
	}
	for (size_t k = 0; k < ARRAY_LEN(known); k++)
		if (seen[k] > 1)
			return "names an attribute twice";
	return NULL;
}

/* These may have capitals. */
static bool
is_linked_account(const struct conf *c, const char *name)
{
	struct conf_link_local link;

	for (size_t i = 0; conf_link_local(c, i, &link); i++)
		if (strcmp(link.name, name) == 0)
			return true;
	return false;
}

static const char *
check_allow(const struct conf *c)
{
	const struct conf_list *list = &c->access_allow;

	for (size_t i = 0; i < list->count; i++) {
		const char *name = list->item[i];

		if (strcmp(name, "*") == 0 || is_linked_account(c, name))
			continue;
		if (name[0] == '@')
			name++;
		if (!parse_is_login_name(name, strlen(name), true))
			return "may hold *, login names (lower case) and "
			    "@groups, separated by commas";
	}
	return NULL;
}

static bool
is_among(const char *text, const char *bytes)
{
	return is_set(text) && text[strspn(text, bytes)] == '\0';
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

bool
conf_link_local(const struct conf *conf, size_t i, struct conf_link_local *ret)
{
	const char *item = i < conf->users_link_local.count ?
	    conf->users_link_local.item[i] : "";
	size_t len = strcspn(item, ":");

	if (item[len] != ':' || len > LOCAL_NAME_MAX_LEN)
		return false;
	memcpy(ret->name, item, len);
	ret->name[len] = '\0';
	ret->user_name = item + len + 1;
	while (*ret->user_name == ' ')
		ret->user_name++;
	return parse_is_local_name(ret->name, len) && is_set(ret->user_name);
}

/* One account is one person's, and one person has one account. */
static const char *
check_link_local(const struct conf *c)
{
	struct conf_link_local link;
	struct conf_link_local other;

	if (c->users_link_local.count > CACHE_LINKS_MAX)
		return "has more than 1000 accounts";
	for (size_t i = 0; i < c->users_link_local.count; i++) {
		if (!conf_link_local(c, i, &link))
			return "takes account:userName, separated by commas, "
			    "as in bsimon:B.Simon@contoso.com; never root";
		for (size_t k = 0; k < i; k++)
			if (conf_link_local(c, k, &other) &&
			    (strcmp(link.name, other.name) == 0 ||
			    parse_equal_nocase(link.user_name,
			    other.user_name)))
				return "names an account or a person twice";
	}
	return NULL;
}

/* [URN:]name[.part], RFC 7644 section 3.10 without filters. */
static const char *
check_attribute_path(const char *path)
{
	const char *name = strrchr(path, ':');
	const char *part;

	if (!is_set(path))
		return NULL;
	name = name == NULL ? path : name + 1;
	part = strchr(name, '.');
	if (strlen(path) > SCIM_PATH_MAX ||
	    !is_among(path, LETTERS DIGITS ":._-") || !is_set(name) ||
	    (part != NULL && (part == name || !is_set(part + 1) ||
	    strchr(part + 1, '.') != NULL)) ||
	    (name != path && strncasecmp(path, "urn:", 4) != 0))
		return "is no attribute; write uidNumber, or with its schema "
		    "urn:...:User:uidNumber";
	return NULL;
}

static const char *
check_uid_attribute(const struct conf *c)
{
	return check_attribute_path(c->users_uid_attribute);
}

static const char *
check_gid_attribute(const struct conf *c)
{
	return check_attribute_path(c->groups_gid_attribute);
}

static const char *
check_jit(const struct conf *c)
{
	if (c->users_jit && c->users_jit_domains.count == 0)
		return "needs [users] jit_domains; name the domains of your "
		    "company's user names";
	if (c->users_jit && is_set(c->users_uid_attribute))
		return "has no uids to give with [users] uid_attribute";
	return NULL;
}

static const char *
check_jit_domains(const struct conf *c)
{
	const struct conf_list *list = &c->users_jit_domains;

	for (size_t i = 0; i < list->count; i++)
		if (!is_among(list->item[i], LETTERS DIGITS ".-"))
			return "takes domains, such as contoso.com, "
			    "separated by commas";
	return NULL;
}

const struct conf_rule conf_users_rules[] = {
	{ offsetof(struct conf, users_home), check_home },
	{ offsetof(struct conf, users_shell), check_shell },
	{ offsetof(struct conf, users_max_id), check_ids },
	{ offsetof(struct conf, groups_attributes), check_attributes },
	{ offsetof(struct conf, users_link_local), check_link_local },
	{ offsetof(struct conf, users_uid_attribute), check_uid_attribute },
	{ offsetof(struct conf, groups_gid_attribute), check_gid_attribute },
	{ offsetof(struct conf, users_jit), check_jit },
	{ offsetof(struct conf, users_jit_domains), check_jit_domains },
	{ offsetof(struct conf, access_allow), check_allow },
};
const size_t conf_users_rule_count = ARRAY_LEN(conf_users_rules);
