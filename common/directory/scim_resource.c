/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/scim_resource.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CORE "urn:ietf:params:scim:schemas:core:2.0:"
#define ENTERPRISE \
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define EIGHT "urn:ietf:params:scim:schemas:extension:8x8:1.1:User"
#define NO_ID "?"	/* a number that is none */

/* Where a string comes from: member `name` of the resource or of its complex
 * attribute `parent`. */
struct field {
	const char *parent;
	const char *name;
	size_t offset;		/* in struct scim_item */
	size_t max;
	enum { REQUIRED, STRICT, OPTIONAL } need;
	bool integer;		/* may also be one */
};

#define USER(member) offsetof(struct scim_item, user.member)
#define GROUP(member) offsetof(struct scim_item, group.record.member)
/* Whose record it is, and who may sign in as that, must be certain; without
 * the rest, be it a wrong one, there is still a person who may have left. */
static const struct field user_fields[] = {
	{ NULL, "id", USER(id), SCIM_STRING_MAX, REQUIRED, false },
	{ NULL, "userName", USER(user_name), SCIM_STRING_MAX, REQUIRED,
	    false },
	/* An older description types it as a number. */
	{ NULL, "externalId", USER(external_id), SCIM_STRING_MAX, STRICT,
	    true },
	{ NULL, "title", USER(title), SCIM_STRING_MAX, OPTIONAL, false },
	{ "name", "givenName", USER(given_name), SCIM_STRING_MAX, OPTIONAL,
	    false },
	{ "name", "familyName", USER(family_name), SCIM_STRING_MAX, OPTIONAL,
	    false },
	{ ENTERPRISE, "department", USER(department), SCIM_STRING_MAX,
	    OPTIONAL, false },
	{ EIGHT, "site", USER(site), SCIM_STRING_MAX, OPTIONAL, false },
	{ "meta", "created", USER(created), SCIM_CREATED_MAX, OPTIONAL,
	    false },
};
static const struct field group_fields[] = {
	{ NULL, "id", GROUP(id), SCIM_STRING_MAX, REQUIRED, false },
	/* Without a name it is refused where names are given. */
	{ NULL, "displayName", GROUP(display_name), SCIM_STRING_MAX, OPTIONAL,
	    false },
};

static enum err read_active(struct json *resource, struct scim_item *item,
	struct diag *diag);
static enum err read_members(struct json *resource, struct scim_item *item,
	struct diag *diag);

static const struct kind {
	const struct field *field;
	size_t fields;
	size_t size;		/* of a record */
	size_t number;		/* its offset in struct scim_item */
	/* Reads what is no string. */
	enum err (*finish)(struct json *resource, struct scim_item *item,
	    struct diag *diag);
} kinds[SCIM_TYPES] = {
	[SCIM_USERS] = { user_fields, ARRAY_LEN(user_fields),
	    sizeof(struct record), USER(number), read_active },
	[SCIM_GROUPS] = { group_fields, ARRAY_LEN(group_fields),
	    sizeof(struct scim_group), GROUP(number), read_members },
};
#undef USER
#undef GROUP

/* The string at this offset of an item or of a record's copy: records begin
 * where items do. */
static const char **
slot(void *item, size_t offset)
{
	return (const char **)(void *)((char *)item + offset);
}

/* The value of parent's member, where the server may have put it; NULL when
 * absent.  *ret_odd: parent is there and can have no members. */
static enum err
find(struct json *resource, const struct field *field, struct json **ret,
    bool *ret_odd, struct diag *diag)
{
	struct json *parent = NULL;
	char path[SCIM_PATH_MAX + 2];
	enum err r;

	*ret = NULL;
	*ret_odd = false;
	if (field->parent == NULL)
		return json_get(resource, field->name, ret, diag);
	r = json_get(resource, field->parent, &parent, diag);
	if (r != ERR_OK)
		return r;
	if (json_kind_of(parent) == JSON_KIND_OBJECT)
		return json_get(parent, field->name, ret, diag);
	*ret_odd = parent != NULL;
	if (parent != NULL)
		return ERR_OK;
	(void)snprintf(path, sizeof(path), "%s:%s", field->parent,
	    field->name);
	return json_get(resource, path, ret, diag);
}

/* The string is borrowed from value or is integer. */
static const char *
text_of(const struct field *field, struct json *value, char *integer,
    size_t size)
{
	int64_t n;

	if (value == NULL)
		return "";
	if (field->integer && json_int_of(value, &n)) {
		(void)snprintf(integer, size, "%" PRId64, n);
		return integer;
	}
	return json_string_of(value);
}

/* *ret is "" when there is none. */
static enum err
read_text(struct json *resource, const struct field *field,
    struct scim_item *item, const char **ret, struct diag *diag)
{
	struct json *value;
	const char *text;
	bool odd;
	enum err r = find(resource, field, &value, &odd, diag);

	if (r != ERR_OK)
		return r;
	if (odd)
		return fail(diag, ERR_SCIM, "%s is not an object",
		    field->parent);
	text = text_of(field, value, item->external_id,
	    sizeof(item->external_id));
	if (text == NULL)
		return fail(diag, ERR_SCIM, "%s is not a string",
		    field->name);
	if (strlen(text) > field->max)
		return fail(diag, ERR_SCIM, "%s is longer than %zu bytes",
		    field->name, field->max);
	*ret = text;
	return ERR_OK;
}

static enum err
read_field(struct json *resource, const struct field *field,
    struct scim_item *item, struct diag *diag)
{
	struct diag why = DIAG_INIT;
	const char *text = "";
	enum err r = read_text(resource, field, item, &text, &why);

	if (r == ERR_SCIM && field->need == OPTIONAL) {
		if (item->ignored++ == 0)
			item->remark = why;
	} else if (r != ERR_OK) {
		return fail(diag, r, "%s", why.text);
	}
	if (field->need == REQUIRED && text[0] == '\0')
		return fail(diag, ERR_SCIM, "%s is missing", field->name);
	*slot(item, field->offset) = text;
	return ERR_OK;
}

static enum err
read_active(struct json *resource, struct scim_item *item, struct diag *diag)
{
	static const struct {
		const char *text;
		bool active;
	} spellings[] = {
		{ "True", true }, { "true", true },
		{ "False", false }, { "false", false },
	};
	struct json *value = NULL;
	const char *text;
	enum err r = json_get(resource, "active", &value, diag);

	if (r != ERR_OK)
		return r;
	item->user.active = false;
	if (value == NULL || json_bool_of(value, &item->user.active))
		return ERR_OK;
	text = json_string_of(value);
	for (size_t i = 0; text != NULL && i < ARRAY_LEN(spellings); i++)
		if (strcmp(spellings[i].text, text) == 0) {
			item->user.active = spellings[i].active;
			return ERR_OK;
		}
	return fail(diag, ERR_SCIM, "active is neither true nor false");
}

static enum err
read_member(struct json *member, struct scim_item *item, struct diag *diag)
{
	static const struct field field = {
		NULL, "value", 0, SCIM_STRING_MAX, REQUIRED, false
	};
	struct json *value = NULL;
	const char *id;
	enum err r = json_get(member, field.name, &value, diag);

	if (r != ERR_OK)
		return r;
	id = json_string_of(value);
	if (id == NULL || id[0] == '\0' || strlen(id) > field.max)
		return fail(diag, ERR_SCIM, "member %zu has no value that is "
		    "an id", item->group.members + 1);
	r = buf_put(&item->members, id, strlen(id) + 1);
	if (r != ERR_OK)
		return fail(diag, r, "members");
	item->group.members++;
	return ERR_OK;
}

static enum err
read_members(struct json *resource, struct scim_item *item,
    struct diag *diag)
{
	struct json *list = NULL;
	enum err r = json_get(resource, "members", &list, diag);

	if (r != ERR_OK)
		return r;
	if (list != NULL && json_kind_of(list) != JSON_KIND_ARRAY)
		return fail(diag, ERR_SCIM, "members is not a list");
	for (size_t i = 0; i < json_count(list) && r == ERR_OK; i++)
		r = read_member(json_item(list, i), item, diag);
	item->group.member = buf_str(&item->members);
	return r;
}

/* [URN:]name[.part] -> a field (whose parent and name are in the copy) and
 * part, NULL for none. */
static const char *
split_path(char *copy, struct field *ret)
{
	char *colon = strrchr(copy, ':');
	char *name = colon == NULL ? copy : colon + 1;
	char *part = strchr(name, '.');

	if (colon != NULL)
		*colon = '\0';
	if (part != NULL)
		*part = '\0';
	/* What the RFC itself defines has no object of its own. */
	ret->parent = colon == NULL ||
	    strncasecmp(copy, CORE, sizeof(CORE) - 1) == 0 ? NULL : copy;
	ret->name = name;
	return part == NULL ? NULL : part + 1;
}

/* A number's text; *ret is that or borrowed from the document. */
static const char *
number_of(struct json *value, char text[static SCIM_NUMBER_MAX + 1])
{
	const char *digits = json_string_of(value);
	int64_t n;

	if (value == NULL)
		return "";
	if (json_int_of(value, &n)) {
		(void)snprintf(text, SCIM_NUMBER_MAX + 1, "%" PRId64, n);
		return text;
	}
	if (digits == NULL || strlen(digits) > SCIM_NUMBER_MAX ||
	    digits[strspn(digits, "0123456789")] != '\0')
		return NO_ID;
	return digits;
}

static enum err
read_number(struct json *resource, const char *path, struct scim_item *item,
    const char **ret, struct diag *diag)
{
	char copy[SCIM_PATH_MAX + 1];
	struct field field = { .parent = NULL };
	struct json *value = NULL;
	const char *part;
	bool odd = false;
	enum err r;

	*ret = "";
	if (path[0] == '\0')
		return ERR_OK;
	if ((size_t)snprintf(copy, sizeof(copy), "%s", path) >= sizeof(copy))
		return fail(diag, ERR_SCIM, "the path of the id is longer "
		    "than %u bytes", SCIM_PATH_MAX);
	part = split_path(copy, &field);
	r = find(resource, &field, &value, &odd, diag);
	if (r == ERR_OK && part != NULL && value != NULL) {
		odd = odd || json_kind_of(value) != JSON_KIND_OBJECT;
		r = json_get(value, part, &value, diag);
	}
	if (r != ERR_OK)
		return r;
	*ret = odd ? NO_ID : number_of(value, item->number);
	return ERR_OK;
}

void
scim_item_clear(struct scim_item *item)
{
	buf_clear(&item->members);
}

enum err
scim_item_read(struct json *resource, enum scim_type type, const char *number,
    struct scim_item *ret, struct diag *diag)
{
	const struct kind *kind = &kinds[type];
	enum err r = ERR_OK;

	memset(ret, 0, sizeof(*ret));
	ret->members = (struct buf)BUF_INIT(SCIM_PAGE_MAX);
	for (size_t i = 0; i < kind->fields; i++)
		*slot(ret, kind->field[i].offset) = "";
	if (json_kind_of(resource) != JSON_KIND_OBJECT)
		return fail(diag, ERR_SCIM, "not an object");
	for (size_t i = 0; i < kind->fields && r == ERR_OK; i++)
		r = read_field(resource, &kind->field[i], ret, diag);
	if (r == ERR_OK)
		r = read_number(resource, number, ret,
		    slot(ret, kind->number), diag);
	return r != ERR_OK ? r : kind->finish(resource, ret, diag);
}

/* Puts a copy of what *text points to at *to, and moves behind it. */
static void
put(char **to, const char **text, size_t len)
{
	if (len > 0)
		memcpy(*to, *text, len);
	*text = *to;
	*to += len;
}

void *
scim_item_copy(const struct scim_item *item, enum scim_type type,
    size_t *ret_size)
{
	const struct kind *kind = &kinds[type];
	struct scim_item copy = *item;
	size_t size = kind->size + item->members.len;
	char *memory;
	char *to;

	for (size_t i = 0; i < kind->fields; i++)
		size += strlen(*slot(&copy, kind->field[i].offset)) + 1;
	size += strlen(*slot(&copy, kind->number)) + 1;
	memory = malloc(size);
	if (memory == NULL)
		return NULL;
	to = memory + kind->size;
	for (size_t i = 0; i < kind->fields; i++) {
		const char **text = slot(&copy, kind->field[i].offset);

		put(&to, text, strlen(*text) + 1);
	}
	put(&to, slot(&copy, kind->number),
	    strlen(*slot(&copy, kind->number)) + 1);
	if (type == SCIM_GROUPS)
		put(&to, &copy.group.member, item->members.len);
	memcpy(memory, &copy, kind->size);
	*ret_size = size;
	return memory;
}
