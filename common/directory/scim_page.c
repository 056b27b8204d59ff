/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/scim_page.h"

#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "sys/json.h"

#define LIST_RESPONSE "urn:ietf:params:scim:api:messages:2.0:ListResponse"
#define ENTERPRISE \
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define EIGHT "urn:ietf:params:scim:schemas:extension:8x8:1.1:User"

#define SHOWN_MAX 100	/* bytes of an id in an error */
#define NUMBER_SIZE sizeof("-9223372036854775808")

/* Where a record's strings come from: member `name` of the resource or of its
 * complex attribute `parent`. */
static const struct field {
	const char *parent;
	const char *name;
	size_t offset;		/* in struct record */
	size_t max;
	bool required;
} fields[] = {
#define AT(member) offsetof(struct record, member)
	{ NULL, "id", AT(id), SCIM_STRING_MAX, true },
	{ NULL, "userName", AT(user_name), SCIM_STRING_MAX, true },
	{ NULL, "externalId", AT(external_id), SCIM_STRING_MAX, false },
	{ NULL, "title", AT(title), SCIM_STRING_MAX, false },
	{ "name", "givenName", AT(given_name), SCIM_STRING_MAX, false },
	{ "name", "familyName", AT(family_name), SCIM_STRING_MAX, false },
	{ ENTERPRISE, "department", AT(department), SCIM_STRING_MAX, false },
	{ EIGHT, "site", AT(site), SCIM_STRING_MAX, false },
	{ "meta", "created", AT(created), SCIM_CREATED_MAX, false },
#undef AT
};

static const char **
slot(struct record *record, const struct field *field)
{
	return (const char **)(void *)((char *)record + field->offset);
}

/* The field's value; NULL when absent.  Extension attributes may stand in
 * their object or, flattened, as "URN:name" (RFC 7644 section 3.10). */
static enum err
find_field(struct json *resource, const struct field *field,
    struct json **ret, struct diag *diag)
{
	struct json *parent = NULL;
	char path[128];
	enum err r;

	if (field->parent == NULL)
		return json_get(resource, field->name, ret, diag);
	r = json_get(resource, field->parent, &parent, diag);
	if (r != ERR_OK)
		return r;
	if (json_kind_of(parent) == JSON_KIND_OBJECT)
		return json_get(parent, field->name, ret, diag);
	if (parent != NULL)
		return fail(diag, ERR_SCIM, "%s is not an object",
		    field->parent);
	(void)snprintf(path, sizeof(path), "%s:%s", field->parent,
	    field->name);
	return json_get(resource, path, ret, diag);
}

/* An older description types externalId as a number, so a number will do.
 * The string is borrowed from value or is number. */
static const char *
text_of(const struct field *field, struct json *value,
    char number[static NUMBER_SIZE])
{
	int64_t n;

	if (value == NULL)
		return "";
	if (field->offset == offsetof(struct record, external_id) &&
	    json_int_of(value, &n)) {
		(void)snprintf(number, NUMBER_SIZE, "%" PRId64, n);
		return number;
	}
	return json_string_of(value);
}

static enum err
read_field(struct json *resource, const struct field *field,
    struct record *record, char number[static NUMBER_SIZE],
    struct diag *diag)
{
	struct json *value = NULL;
	const char *text;
	enum err r = find_field(resource, field, &value, diag);

	if (r != ERR_OK)
		return r;
	text = text_of(field, value, number);
	if (text == NULL)
		return fail(diag, ERR_SCIM, "%s is not a string",
		    field->name);
	if (field->required && text[0] == '\0')
		return fail(diag, ERR_SCIM, "%s is missing", field->name);
	if (strlen(text) > field->max)
		return fail(diag, ERR_SCIM, "%s is longer than %zu bytes",
		    field->name, field->max);
	*slot(record, field) = text;
	return ERR_OK;
}

static enum err
read_active(struct json *resource, bool *ret, struct diag *diag)
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
	*ret = false;
	if (value == NULL || json_bool_of(value, ret))
		return ERR_OK;
	text = json_string_of(value);
	for (size_t i = 0; text != NULL && i < ARRAY_LEN(spellings); i++)
		if (strcmp(spellings[i].text, text) == 0) {
			*ret = spellings[i].active;
			return ERR_OK;
		}
	return fail(diag, ERR_SCIM, "active is neither true nor false");
}

/* Fills a record whose strings are borrowed from the resource and number. */
static enum err
read_resource(struct json *resource, struct record *record,
    char number[static NUMBER_SIZE], struct diag *diag)
{
	if (json_kind_of(resource) != JSON_KIND_OBJECT)
		return fail(diag, ERR_SCIM, "not an object");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		enum err r = read_field(resource, &fields[i], record, number,
		    diag);

		if (r != ERR_OK)
			return r;
	}
	return read_active(resource, &record->active, diag);
}

/* Copies record and strings into one piece of memory. */
static struct record *
copy_record(struct record *record, size_t *ret_size)
{
	size_t size = sizeof(*record);
	struct record *copy;
	char *p;

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		size += strlen(*slot(record, &fields[i])) + 1;
	copy = malloc(size);
	if (copy == NULL)
		return NULL;
	*copy = *record;
	p = (char *)(copy + 1);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const char *text = *slot(record, &fields[i]);
		size_t len = strlen(text) + 1;

		*slot(copy, &fields[i]) = memcpy(p, text, len);
		p += len;
	}
	*ret_size = size;
	return copy;
}

static enum err
make_room(struct scim_listing *listing)
{
	size_t cap = listing->cap == 0 ? 256 : listing->cap * 2;
	struct record **more;

	if (listing->count < listing->cap)
		return ERR_OK;
	more = reallocarray(listing->record, cap, sizeof(*more));
	if (more == NULL)
		return ERR_NOMEM;
	listing->record = more;
	listing->cap = cap;
	return ERR_OK;
}

static int
compare_ids(const void *a, const void *b)
{
	return strcmp(((const struct record *)a)->id,
	    ((const struct record *)b)->id);
}

/* A balanced tree and no hash table: the server chooses the ids. */
static enum err
keep(struct scim_listing *listing, struct record *record)
{
	size_t size = 0;
	struct record *copy;
	struct record **node;

	if (make_room(listing) != ERR_OK)
		return ERR_NOMEM;
	copy = copy_record(record, &size);
	if (copy == NULL)
		return ERR_NOMEM;
	listing->record[listing->count] = copy;
	listing->count++;
	listing->memory += size;
	node = tsearch(copy, &listing->ids, compare_ids);
	if (node == NULL)
		return ERR_NOMEM;
	if (*node == copy)
		listing->distinct++;
	return ERR_OK;
}

static enum err
add_resource(struct scim_listing *listing, struct json *resource,
    struct diag *diag)
{
	struct record record = { "", "", "", "", "", "", "", "", "", "", false };
	char number[NUMBER_SIZE];
	struct diag why = DIAG_INIT;
	enum err r = read_resource(resource, &record, number, &why);

	if (r != ERR_OK)
		return fail(diag, r, "user %zu of the listing, id \"%.*s\": %s",
		    listing->count + 1, SHOWN_MAX, record.id, why.text);
	if (listing->memory > SCIM_LISTING_MAX)
		return fail(diag, ERR_SCIM_LIMITS,
		    "more than %u bytes of users", SCIM_LISTING_MAX);
	if (keep(listing, &record) != ERR_OK)
		return fail(diag, ERR_NOMEM, "%zu users", listing->count);
	return ERR_OK;
}

/* A server that leaves `schemas` out is put up with, another message is not. */
static enum err
check_schemas(struct json *root, struct diag *diag)
{
	struct json *schemas = NULL;
	enum err r = json_get(root, "schemas", &schemas, diag);

	if (r != ERR_OK || schemas == NULL)
		return r;
	for (size_t i = 0; i < json_count(schemas); i++) {
		const char *urn = json_string_of(json_item(schemas, i));

		if (urn != NULL && parse_equal_nocase(urn, LIST_RESPONSE))
			return ERR_OK;
	}
	return fail(diag, ERR_SCIM, "schemas is not ListResponse");
}

static enum err
read_total(struct json *root, struct scim_page *page, struct diag *diag)
{
	struct json *value = NULL;
	int64_t n = -1;
	enum err r = json_get(root, "totalResults", &value, diag);

	if (r != ERR_OK || value == NULL)
		return r;
	if (!json_int_of(value, &n) || n < 0)
		return fail(diag, ERR_SCIM, "totalResults is not a count");
	page->has_total = true;
	page->total = (uint64_t)n;
	return ERR_OK;
}

/* A cursor goes into a URL: unreserved characters only (RFC 9865). */
static enum err
read_cursor(struct json *root, struct scim_page *page, struct diag *diag)
{
	static const char unreserved[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-._~";
	struct json *value = NULL;
	const char *text;
	enum err r = json_get(root, "nextCursor", &value, diag);

	if (r != ERR_OK || value == NULL)
		return r;
	text = json_string_of(value);
	if (text == NULL || strlen(text) > SCIM_CURSOR_MAX ||
	    text[strspn(text, unreserved)] != '\0')
		return fail(diag, ERR_SCIM, "nextCursor cannot be followed");
	memcpy(page->cursor, text, strlen(text) + 1);
	return ERR_OK;
}

static enum err
add_resources(struct scim_listing *listing, struct json *root,
    struct diag *diag)
{
	struct json *list = NULL;
	enum err r = json_get(root, "Resources", &list, diag);

	if (r != ERR_OK)
		return r;
	if (list != NULL && json_kind_of(list) != JSON_KIND_ARRAY)
		return fail(diag, ERR_SCIM, "Resources is not a list");
	for (size_t i = 0; i < json_count(list) && r == ERR_OK; i++)
		r = add_resource(listing, json_item(list, i), diag);
	return r;
}

enum err
scim_page_add(struct scim_listing *listing, const void *data, size_t len,
    struct scim_page *ret, struct diag *diag)
{
	AUTO(json) struct json *root = NULL;
	struct scim_page page = { false, 0, 0, "" };
	size_t before = listing->distinct;
	enum err r = json_parse(data, len, &root, diag);

	if (r != ERR_OK)
		return r;
	if (json_kind_of(root) != JSON_KIND_OBJECT)
		return fail(diag, ERR_SCIM, "the answer is not an object");
	r = check_schemas(root, diag);
	if (r == ERR_OK)
		r = read_total(root, &page, diag);
	if (r == ERR_OK)
		r = read_cursor(root, &page, diag);
	if (r == ERR_OK)
		r = add_resources(listing, root, diag);
	if (r != ERR_OK)
		return r;
	page.fresh = listing->distinct - before;
	*ret = page;
	return ERR_OK;
}

static void
leave(void *record)
{
	(void)record;
}

void
scim_listing_clear(struct scim_listing *listing)
{
	tdestroy(listing->ids, leave);
	for (size_t i = 0; i < listing->count; i++)
		free(listing->record[i]);
	free(listing->record);
	*listing = (struct scim_listing)SCIM_LISTING_INIT;
}
