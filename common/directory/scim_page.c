/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/scim_page.h"

#include <search.h>
#include <string.h>

#include "base/parse.h"

#define LIST_RESPONSE "urn:ietf:params:scim:api:messages:2.0:ListResponse"
#define SHOWN_MAX 100	/* bytes of an id in an error */

static enum err
make_room(struct scim_listing *listing)
{
	size_t cap = listing->cap == 0 ? 256 : listing->cap * 2;
	void **more;

	if (listing->count < listing->cap)
		return ERR_OK;
	more = reallocarray(listing->item, cap, sizeof(*more));
	if (more == NULL)
		return ERR_NOMEM;
	listing->item = more;
	listing->cap = cap;
	return ERR_OK;
}

/* The id is the first member of every record. */
static int
compare_ids(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A balanced tree and no hash table: the server chooses the ids. */
static enum err
keep(struct scim_listing *listing, const struct scim_item *item)
{
	size_t size = 0;
	void **node;
	void *copy;

	if (make_room(listing) != ERR_OK)
		return ERR_NOMEM;
	copy = scim_item_copy(item, listing->type, &size);
	if (copy == NULL)
		return ERR_NOMEM;
	node = tsearch(copy, &listing->ids, compare_ids);
	listing->received++;
	if (node == NULL || (*node != copy && listing->type == SCIM_GROUPS)) {
		free(copy);
		return node == NULL ? ERR_NOMEM : ERR_OK;
	}
	if (*node == copy)
		listing->distinct++;
	listing->item[listing->count] = copy;
	listing->count++;
	listing->memory += size;
	return ERR_OK;
}

/* Whole characters only: the remark goes over the wire. */
static void
note_ignored(struct scim_listing *listing, const struct scim_item *item,
    const char *noun)
{
	if (listing->ignored == 0)
		(void)fail(&listing->remark, ERR_SCIM,
		    "%s %zu of the listing, id \"%s\": %s", noun,
		    listing->received + 1, strlen(item->id) > SHOWN_MAX ?
		    "..." : item->id, item->remark.text);
	listing->ignored += item->ignored;
}

static enum err
add_resource(struct scim_listing *listing, struct json *resource,
    struct diag *diag)
{
	static const char *const nouns[] = {
		[SCIM_USERS] = "user", [SCIM_GROUPS] = "group"
	};
	const char *noun = nouns[listing->type];
	AUTO(scim_item) struct scim_item item;
	struct diag why = DIAG_INIT;
	enum err r = scim_item_read(resource, listing->type, listing->number,
	    &item, &why);

	if (r != ERR_OK)
		return fail(diag, r, "%s %zu of the listing, id \"%.*s\": %s",
		    noun, listing->received + 1, SHOWN_MAX, item.id, why.text);
	if (item.ignored > 0)
		note_ignored(listing, &item, noun);
	if (listing->type == SCIM_GROUPS)
		listing->members += item.group.members;
	if (listing->members > SCIM_MEMBERS_MAX)
		return fail(diag, ERR_SCIM_LIMITS,
		    "more than %u members of groups", SCIM_MEMBERS_MAX);
	if (listing->memory > SCIM_LISTING_MAX)
		return fail(diag, ERR_SCIM_LIMITS, "more than %u bytes of %ss",
		    SCIM_LISTING_MAX, noun);
	if (keep(listing, &item) != ERR_OK)
		return fail(diag, ERR_NOMEM, "%zu %ss", listing->count, noun);
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

/* With cursors a page may have no total, and the last one has no cursor: what
 * a proxy or a broken server says instead of a page must not be taken for the
 * end of the listing. */
static enum err
check_message(struct json *root, const struct scim_page *page,
    struct diag *diag)
{
	static const char *const marks[] = { "schemas", "Resources" };
	struct json *value = NULL;

	for (size_t i = 0; i < ARRAY_LEN(marks) && !page->has_total; i++) {
		enum err r = json_get(root, marks[i], &value, diag);

		if (r != ERR_OK || value != NULL)
			return r;
	}
	if (page->has_total)
		return ERR_OK;
	return fail(diag, ERR_SCIM, "totalResults, schemas and Resources "
	    "are missing");
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
		r = check_message(root, &page, diag);
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
	enum scim_type type = listing->type;
	const char *number = listing->number;

	tdestroy(listing->ids, leave);
	for (size_t i = 0; i < listing->count; i++)
		free(listing->item[i]);
	free(listing->item);
	*listing = (struct scim_listing)SCIM_LISTING_INIT;
	listing->type = type;
	listing->number = number;
}
