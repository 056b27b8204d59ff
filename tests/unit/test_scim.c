/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listing against a server made of a table: no network, no waiting.
 */
#include "unit.h"

#include <inttypes.h>
#include <stdlib.h>

#include "directory/scim.h"

#define BASE "https://scim.example/udi/scim/v2"
#define SCHEMA "\"schemas\":[" \
	"\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],"
#define EIGHT "urn:ietf:params:scim:schemas:extension:8x8:1.1:User"
#define ENTERPRISE \
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

/* -- one page --------------------------------------------------------------- */

static enum err
add(struct scim_listing *listing, const char *text, struct diag *diag)
{
	struct scim_page page;

	return scim_page_add(listing, text, strlen(text), &page, diag);
}

/* A ListResponse of one resource. */
static enum err
add_one(struct scim_listing *listing, const char *resource, struct diag *diag)
{
	AUTO(buf) struct buf text = BUF_INIT(65536);

	assert_err(buf_printf(&text, "{" SCHEMA "\"totalResults\":1,"
	    "\"Resources\":[%s]}", resource), ERR_OK);
	return add(listing, buf_str(&text), diag);
}

static void
a_resource_becomes_a_record(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	const struct record *r;

	(void)state;
	assert_err(add_one(&l, "{\"id\":\"u1\",\"userName\":\"b@x\","
	    "\"externalId\":\"e1\",\"active\":true,\"title\":\"Agent\","
	    "\"name\":{\"givenName\":\"B\",\"familyName\":\"Sim\xc3\xb6n\"},"
	    "\"" ENTERPRISE "\":{\"department\":\"Sales\"},"
	    "\"" EIGHT "\":{\"site\":\"Main\"},"
	    "\"meta\":{\"created\":\"2026-01-02T03:04:05Z\"},"
	    "\"emails\":[{\"value\":\"b@x\"}]}", NULL), ERR_OK);
	assert_int_equal(l.count, 1);
	r = l.record[0];
	assert_string_equal(r->id, "u1");
	assert_string_equal(r->user_name, "b@x");
	assert_string_equal(r->external_id, "e1");
	assert_string_equal(r->title, "Agent");
	assert_string_equal(r->given_name, "B");
	assert_string_equal(r->family_name, "Sim\xc3\xb6n");
	assert_string_equal(r->department, "Sales");
	assert_string_equal(r->site, "Main");
	assert_string_equal(r->created, "2026-01-02T03:04:05Z");
	assert_true(r->active);
}

static void
names_of_attributes_and_schemas_may_be_in_any_case(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;

	(void)state;
	assert_err(add_one(&l, "{\"ID\":\"u1\",\"USERNAME\":\"b\","
	    "\"Active\":\"True\",\"NAME\":{\"GIVENNAME\":\"B\"},"
	    "\"URN:ietf:params:SCIM:schemas:extension:8X8:1.1:user\":"
	    "{\"Site\":\"Main\"}}", NULL), ERR_OK);
	assert_string_equal(l.record[0]->id, "u1");
	assert_string_equal(l.record[0]->given_name, "B");
	assert_string_equal(l.record[0]->site, "Main");
	assert_true(l.record[0]->active);
}

static void
flattened_extension_attributes_are_read(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;

	(void)state;
	assert_err(add_one(&l, "{\"id\":\"u1\",\"userName\":\"b\","
	    "\"" EIGHT ":site\":\"Main\","
	    "\"" ENTERPRISE ":department\":\"Sales\"}", NULL), ERR_OK);
	assert_string_equal(l.record[0]->site, "Main");
	assert_string_equal(l.record[0]->department, "Sales");
}

static void
absent_and_null_attributes_are_empty(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	const struct record *r;

	(void)state;
	assert_err(add_one(&l, "{\"id\":\"u1\",\"userName\":\"b\","
	    "\"title\":null,\"name\":null,\"externalId\":null}", NULL),
	    ERR_OK);
	r = l.record[0];
	assert_string_equal(r->title, "");
	assert_string_equal(r->external_id, "");
	assert_string_equal(r->given_name, "");
	assert_string_equal(r->site, "");
	assert_string_equal(r->created, "");
	assert_false(r->active);
}

static void
active_is_true_only_when_it_says_so(void **state)
{
	static const struct {
		const char *json;
		enum err err;
		bool active;
	} cases[] = {
		{ "true", ERR_OK, true }, { "false", ERR_OK, false },
		{ "\"True\"", ERR_OK, true }, { "\"true\"", ERR_OK, true },
		{ "\"False\"", ERR_OK, false }, { "\"false\"", ERR_OK, false },
		{ "null", ERR_OK, false },
		{ "1", ERR_SCIM, false }, { "0", ERR_SCIM, false },
		{ "\"\"", ERR_SCIM, false }, { "\"yes\"", ERR_SCIM, false },
		{ "\"True \"", ERR_SCIM, false }, { "[true]", ERR_SCIM, false },
		{ "{}", ERR_SCIM, false }, { "1.0", ERR_SCIM, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		char text[128];

		(void)snprintf(text, sizeof(text), "{\"id\":\"u\","
		    "\"userName\":\"b\",\"active\":%s}", cases[i].json);
		assert_err(add_one(&l, text, NULL), cases[i].err);
		if (cases[i].err == ERR_OK)
			assert_int_equal(l.record[0]->active, cases[i].active);
	}
}

static void
external_id_may_be_a_number_and_nothing_else_may(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;

	(void)state;
	assert_err(add_one(&l, "{\"id\":\"u\",\"userName\":\"b\","
	    "\"externalId\":9223372036854775807}", NULL), ERR_OK);
	assert_string_equal(l.record[0]->external_id, "9223372036854775807");
	assert_err(add_one(&l, "{\"id\":\"u\",\"userName\":\"b\","
	    "\"externalId\":1.5}", NULL), ERR_SCIM);
	assert_err(add_one(&l, "{\"id\":7,\"userName\":\"b\"}", NULL),
	    ERR_SCIM);
}

static void
a_bad_resource_refuses_the_listing_and_is_named(void **state)
{
	static const struct {
		const char *resource;
		const char *says;
	} bad[] = {
		{ "{\"userName\":\"b\"}", "id is missing" },
		{ "{\"id\":\"\",\"userName\":\"b\"}", "id is missing" },
		{ "{\"id\":null,\"userName\":\"b\"}", "id is missing" },
		{ "{\"id\":7,\"userName\":\"b\"}", "id is not a string" },
		{ "{\"id\":\"u7\"}", "\"u7\": userName is missing" },
		{ "{\"id\":\"u7\",\"userName\":\"\"}", "\"u7\"" },
		{ "{\"id\":\"u7\",\"userName\":\"b\",\"title\":[]}",
		    "\"u7\": title is not a string" },
		{ "{\"id\":\"u7\",\"userName\":\"b\",\"name\":\"B S\"}",
		    "\"u7\": name is not an object" },
		{ "{\"id\":\"u7\",\"userName\":\"b\",\"meta\":"
		    "{\"created\":1}}", "created is not a string" },
		{ "{\"id\":\"u7\",\"userName\":\"b\",\"active\":true,"
		    "\"ACTIVE\":false}", "active occurs twice" },
		{ "{\"id\":\"u7\",\"userName\":\"b\",\"" EIGHT "\":[]}",
		    "\"u7\"" },
		{ "7", "not an object" }, { "null", "not an object" },
		{ "[]", "not an object" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		struct diag diag = DIAG_INIT;
		enum err r = add_one(&l, bad[i].resource, &diag);

		assert_true(r == ERR_SCIM || r == ERR_JSON);
		assert_non_null(strstr(diag.text, "user 1 of the listing"));
		if (strstr(diag.text, bad[i].says) == NULL)
			fail_msg("%s: %s", bad[i].resource, diag.text);
	}
}

static void
strings_have_a_maximum(void **state)
{
	static const struct {
		const char *before;
		const char *after;
		size_t max;
	} cases[] = {
		{ "{\"id\":\"", "\",\"userName\":\"b\"}", SCIM_STRING_MAX },
		{ "{\"id\":\"u\",\"userName\":\"", "\"}", SCIM_STRING_MAX },
		{ "{\"id\":\"u\",\"userName\":\"b\",\"title\":\"", "\"}",
		    SCIM_STRING_MAX },
		{ "{\"id\":\"u\",\"userName\":\"b\",\"meta\":{\"created\":\"",
		    "\"}}", SCIM_CREATED_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		AUTO(scim_listing) struct scim_listing m = SCIM_LISTING_INIT;
		AUTO(buf) struct buf text = BUF_INIT(8192);
		char value[SCIM_STRING_MAX + 2];

		memset(value, 'x', sizeof(value));
		value[cases[i].max + 1] = '\0';
		assert_err(buf_printf(&text, "%s%s%s", cases[i].before, value,
		    cases[i].after), ERR_OK);
		assert_err(add_one(&l, buf_str(&text), NULL), ERR_SCIM);
		buf_reset(&text);
		assert_err(buf_printf(&text, "%s%s%s", cases[i].before,
		    value + 1, cases[i].after), ERR_OK);
		assert_err(add_one(&m, buf_str(&text), NULL), ERR_OK);
	}
}

static void
what_is_no_list_response_is_refused(void **state)
{
	static const struct {
		const char *text;
		enum err err;
	} bad[] = {
		{ "", ERR_JSON }, { "<html>", ERR_JSON }, { "[]", ERR_SCIM },
		{ "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:"
		    "Error\"],\"totalResults\":0}", ERR_SCIM },
		{ "{\"schemas\":\"x\",\"totalResults\":0}", ERR_SCIM },
		{ "{\"totalResults\":\"1\"}", ERR_SCIM },
		{ "{\"totalResults\":-1}", ERR_SCIM },
		{ "{\"totalResults\":1.0}", ERR_SCIM },
		{ "{\"totalResults\":1,\"Resources\":{}}", ERR_SCIM },
		{ "{\"totalResults\":1,\"Resources\":\"\"}", ERR_SCIM },
		{ "{\"totalResults\":1,\"totalresults\":2}", ERR_JSON },
		{ "{\"totalResults\":1,\"Resources\":[],\"resources\":[]}",
		    ERR_JSON },
		{ "{\"totalResults\":1,\"nextCursor\":7}", ERR_SCIM },
		{ "{\"totalResults\":1,\"nextCursor\":\"a&b\"}", ERR_SCIM },
		{ "{\"totalResults\":1,\"nextCursor\":\"a/../b\"}", ERR_SCIM },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;

		if (add(&l, bad[i].text, NULL) != bad[i].err)
			fail_msg("%s", bad[i].text);
	}
}

static void
an_id_that_comes_again_is_counted_once(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;

	(void)state;
	assert_err(add(&l, "{\"totalResults\":3,\"Resources\":["
	    "{\"id\":\"a\",\"userName\":\"1\"},"
	    "{\"id\":\"A\",\"userName\":\"2\"},"
	    "{\"id\":\"a\",\"userName\":\"3\"}]}", NULL), ERR_OK);
	assert_int_equal(l.count, 3);
	assert_int_equal(l.distinct, 2);
}

/* -- a saved file ----------------------------------------------------------- */

static enum err
saved(const char *text, uint64_t max_users)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	enum err r = scim_read_saved(text, strlen(text), max_users, &l, NULL);

	assert_true(r == ERR_OK || l.record == NULL);
	return r;
}

static void
a_saved_listing_must_be_complete(void **state)
{
	static const char user[] = "{\"id\":\"a\",\"userName\":\"1\"}";
	char text[256];

	(void)state;
	(void)snprintf(text, sizeof(text),
	    "{\"totalResults\":1,\"Resources\":[%s]}", user);
	assert_err(saved(text, 1), ERR_OK);
	assert_err(saved(text, 0), ERR_SCIM_LIMITS);
	(void)snprintf(text, sizeof(text),
	    "{\"totalResults\":2,\"Resources\":[%s]}", user);
	assert_err(saved(text, 9), ERR_SCIM_PARTIAL);
	(void)snprintf(text, sizeof(text),
	    "{\"totalResults\":0,\"Resources\":[%s]}", user);
	assert_err(saved(text, 9), ERR_SCIM_PARTIAL);
	(void)snprintf(text, sizeof(text), "{\"totalResults\":1,"
	    "\"nextCursor\":\"x\",\"Resources\":[%s]}", user);
	assert_err(saved(text, 9), ERR_SCIM_PARTIAL);
	(void)snprintf(text, sizeof(text), "{\"Resources\":[%s]}", user);
	assert_err(saved(text, 9), ERR_SCIM);
	assert_err(saved("{\"totalResults\":1}", 9), ERR_SCIM_PARTIAL);
	assert_err(saved("{\"totalResults\":0}", 9), ERR_OK);
}

/* -- a server --------------------------------------------------------------- */

/* A server with `users` users whose ids are their numbers. */
struct fake {
	uint64_t users;
	uint64_t page_cap;	/* gives no more at once; 0: as asked */
	bool wraps;		/* first page again past the end */
	bool blind;		/* ignores startIndex */
	bool by_cursor;		/* RFC 9865, unasked */
	bool no_total;
	uint64_t hidden;	/* counted in totalResults, but not listed */
	unsigned int grow_every; /* a user is added with every n-th request */
	unsigned int grows;	/* ... so many times */
	uint64_t repeat_at;	/* this user's id is that of the one before */
	unsigned int repeats;	/* ... so many times */
	int fail_status;	/* instead of an answer */
	enum err fail_err;
	unsigned int fail_from;	/* first request (from 1) that fails */
	unsigned int failures;
	int64_t retry_after;
	const char *content_type;
	const char *error_body;
	/* what happened */
	unsigned int requests;
	unsigned int waits;
	int64_t waited;
	int64_t patience_ms;
	char url[512];
};

static uint64_t
parameter(const char *url, const char *name, uint64_t absent)
{
	const char *p = strstr(url, name);

	return p == NULL ? absent : strtoull(p + strlen(name), NULL, 10);
}

static void
put_page(const struct fake *f, uint64_t first, uint64_t count,
    struct buf *out)
{
	uint64_t end = first + count;

	if (end > f->users)
		end = f->users;
	assert_err(buf_puts(out, "{" SCHEMA), ERR_OK);
	if (!f->no_total)
		assert_err(buf_printf(out, "\"totalResults\":%" PRIu64 ",",
		    f->users + f->hidden), ERR_OK);
	if (f->by_cursor && end < f->users)
		assert_err(buf_printf(out, "\"nextCursor\":\"%" PRIu64 "\",",
		    end), ERR_OK);
	/* Some servers report here what was asked for: nobody may care. */
	assert_err(buf_printf(out, "\"itemsPerPage\":%" PRIu64
	    ",\"Resources\":[", f->page_cap + 1000), ERR_OK);
	for (uint64_t i = first; i < end; i++)
		assert_err(buf_printf(out, "%s{\"id\":\"%" PRIu64
		    "\",\"userName\":\"u%" PRIu64 "\"}", i > first ? "," : "",
		    i - (f->repeats > 0 && i == f->repeat_at), i), ERR_OK);
	assert_err(buf_puts(out, "]}"), ERR_OK);
}

static enum err
fake_get(void *context, const char *url, struct http_response *ret,
    struct diag *diag)
{
	struct fake *f = context;
	uint64_t first = parameter(url, "startIndex=", 1) - 1;
	uint64_t count = parameter(url, "count=", 0);

	f->requests++;
	(void)snprintf(f->url, sizeof(f->url), "%s", url);
	assert_memory_equal(url, BASE "/Users?", sizeof(BASE "/Users?") - 1);
	buf_reset(&ret->body);
	ret->status = 200;
	ret->retry_after = 0;
	(void)snprintf(ret->content_type, sizeof(ret->content_type), "%s",
	    f->content_type == NULL ? "application/scim+json;charset=utf-8" :
	    f->content_type);
	if (f->requests >= f->fail_from && f->failures > 0) {
		f->failures--;
		if (f->fail_err != ERR_OK)
			return fail(diag, f->fail_err, "broken");
		ret->status = f->fail_status;
		ret->retry_after = f->retry_after;
		if (f->error_body != NULL)
			assert_err(buf_puts(&ret->body, f->error_body),
			    ERR_OK);
		return ERR_OK;
	}
	if (f->grows > 0 && f->requests % f->grow_every == 0) {
		f->users++;
		f->grows--;
	}
	if (f->by_cursor)
		first = parameter(url, "cursor=", 0);
	if (f->blind || (f->wraps && first >= f->users))
		first = 0;
	if (f->page_cap > 0 && count > f->page_cap)
		count = f->page_cap;
	put_page(f, first, count, &ret->body);
	if (f->repeats > 0 && first <= f->repeat_at &&
	    f->repeat_at < first + count)
		f->repeats--;
	return ERR_OK;
}

static enum err
fake_wait(void *context, int64_t ms, struct diag *diag)
{
	struct fake *f = context;

	f->waits++;
	if (f->patience_ms > 0 && f->waited + ms > f->patience_ms)
		return fail(diag, ERR_TIMEOUT, "no time left");
	f->waited += ms;
	return ERR_OK;
}

static enum err
fake_progress(void *context, uint64_t done, uint64_t total, struct diag *diag)
{
	const struct fake *f = context;

	(void)diag;
	assert_true(f->no_total || done <= total + 1);
	return ERR_OK;
}

static enum err
list_with(struct fake *f, const struct scim_request *request,
    struct scim_listing *ret, struct diag *diag)
{
	const struct scim_server server = {
		fake_get, fake_wait, fake_progress, f
	};
	enum err r = scim_list(request, &server, ret, diag);

	assert_true(r == ERR_OK || ret->record == NULL);
	assert_true(r == ERR_OK || diag->text[0] != '\0');
	return r;
}

/* Asks for pages of 10. */
static enum err
list(struct fake *f, struct scim_listing *ret, struct diag *diag)
{
	const struct scim_request request = { BASE "/", 10, 1000, false };

	return list_with(f, &request, ret, diag);
}

static void
pages_are_counted_by_what_was_received(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 9, 10, 11, 20, 95 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (uint64_t cap = 0; cap < 11; cap += 3) {
			AUTO(scim_listing) struct scim_listing l =
			    SCIM_LISTING_INIT;
			struct diag diag = DIAG_INIT;
			struct fake f = { .users = sizes[i], .page_cap = cap };

			assert_err(list(&f, &l, &diag), ERR_OK);
			assert_int_equal(l.count, sizes[i]);
			assert_int_equal(l.distinct, sizes[i]);
			assert_int_equal(l.total, sizes[i]);
			for (size_t n = 0; n < l.count; n++)
				assert_int_equal(strtoull(l.record[n]->id,
				    NULL, 10), n);
		}
}

static void
an_empty_listing_needs_no_resources(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;

	(void)state;
	assert_err(saved("{" SCHEMA "\"totalResults\":0}", 5), ERR_OK);
	assert_err(add(&l, "{" SCHEMA "\"totalResults\":0}", NULL), ERR_OK);
	assert_int_equal(l.count, 0);
}

static void
a_server_blind_to_start_index_ends_and_is_partial(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct fake f = { .users = 900, .blind = true };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_SCIM_PARTIAL);
	assert_int_equal(f.requests, 2);
}

static void
a_first_page_past_the_end_does_not_complete_a_listing(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct fake f = { .users = 25, .wraps = true, .hidden = 75 };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_SCIM_PARTIAL);
	assert_int_equal(f.requests, 4);
}

static void
users_that_are_counted_and_not_listed_make_it_partial(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct fake f = { .users = 25, .hidden = 1 };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_SCIM_PARTIAL);
	assert_non_null(strstr(diag.text, "26"));
	assert_non_null(strstr(diag.text, "25"));
}

static void
users_that_keep_moving_make_it_partial(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct fake f = { .users = 25, .repeat_at = 24,
		.repeats = UINT32_MAX };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_SCIM_PARTIAL);
	assert_int_equal(f.requests, 3 * SCIM_ATTEMPTS_MAX);
}

static void
users_that_move_once_make_it_begin_again(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct fake f = { .users = 25, .repeat_at = 10, .repeats = 1 };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_OK);
	assert_int_equal(l.distinct, 25);
	assert_int_equal(l.count, 25);
	assert_int_equal(f.requests, 6);
}

static void
a_total_that_changes_makes_it_begin_again(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct fake f = { .users = 25, .grow_every = 2,
		.grows = 99 };

	(void)state;
	/* With requests 2, 4, 6 ...: no attempt of three pages is quiet. */
	assert_err(list(&f, &l, &diag), ERR_SCIM_PARTIAL);
	assert_non_null(strstr(diag.text, "changed"));
	f = (struct fake){ .users = 25, .grow_every = 2,
		.grows = 1 };
	assert_err(list(&f, &l, &diag), ERR_OK);
	assert_int_equal(l.total, 26);
	assert_int_equal(l.distinct, 26);
}

static void
a_cursor_that_nobody_asked_for_is_followed(void **state)
{
	(void)state;
	for (int no_total = 0; no_total < 2; no_total++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		struct diag diag = DIAG_INIT;
		struct fake f = { .users = 25, .by_cursor = true,
			.no_total = no_total };

		assert_err(list(&f, &l, &diag), ERR_OK);
		assert_int_equal(l.distinct, 25);
		assert_int_equal(l.total, 25);
		assert_string_equal(f.url, BASE "/Users?count=10&cursor=20");
	}
}

static void
without_total_and_cursor_it_is_no_listing(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct fake f = { .users = 5, .no_total = true };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_SCIM);
}

static void
more_users_than_allowed_are_an_error(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct fake f = { .users = 1001 };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_SCIM_LIMITS);
	assert_int_equal(f.requests, 1);
	assert_non_null(strstr(diag.text, "max_users"));
	f = (struct fake){ .users = 1001, .by_cursor = true,
		.no_total = true };
	assert_err(list(&f, &l, &diag), ERR_SCIM_LIMITS);
}

static void
a_connection_test_asks_for_one_page(void **state)
{
	const struct scim_request request = { BASE, 1, 1000, true };
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct fake f = { .users = 500 };

	(void)state;
	assert_err(list_with(&f, &request, &l, &diag), ERR_OK);
	assert_int_equal(f.requests, 1);
	assert_int_equal(l.total, 500);
	assert_string_equal(f.url, BASE "/Users?startIndex=1&count=1");
}

static void
a_busy_server_is_asked_again(void **state)
{
	static const int busy[] = { 429, 500, 502, 503, 504 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(busy); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		struct diag diag = DIAG_INIT;
		struct fake f = { .users = 25, .fail_status = busy[i],
			.fail_from = 2, .failures = SCIM_RETRIES_MAX };

		assert_err(list(&f, &l, &diag), ERR_OK);
		assert_int_equal(l.distinct, 25);
		assert_int_equal(f.waits, SCIM_RETRIES_MAX);
		/* A window of one minute is sat out, with at most a quarter
		 * more. */
		assert_in_range(f.waited, 63000, 63000 * 5 / 4);
	}
}

static void
a_server_that_stays_busy_is_an_error(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct fake f = { .users = 25, .fail_status = 503,
		.failures = SCIM_RETRIES_MAX + 1 };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_HTTP_STATUS);
	assert_memory_equal(diag.text, "503", 3);
	f = (struct fake){ .users = 25, .fail_status = 503,
		.failures = 3, .patience_ms = 2000 };
	assert_err(list(&f, &l, &diag), ERR_HTTP_STATUS);
	assert_int_equal(f.requests, 2);
}

static void
retry_after_is_obeyed_within_bounds(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	AUTO(scim_listing) struct scim_listing m = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct fake f = { .users = 5, .fail_status = 429, .failures = 1,
		.retry_after = 40 };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_OK);
	assert_in_range(f.waited, 40000, 50000);
	f = (struct fake){ .users = 5, .fail_status = 429, .failures = 1,
		.retry_after = 3600 };
	assert_err(list(&f, &m, &diag), ERR_HTTP_STATUS);
	assert_int_equal(f.waits, 0);
	assert_non_null(strstr(diag.text, "3600"));
}

static void
a_lost_connection_is_tried_again_only_after_the_first_page(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	AUTO(scim_listing) struct scim_listing m = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	struct fake f = { .users = 25, .fail_err = ERR_HTTP, .fail_from = 2,
		.failures = 1 };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_OK);
	assert_int_equal(f.waits, 1);
	f = (struct fake){ .users = 25, .fail_err = ERR_HTTP, .failures = 1 };
	assert_err(list(&f, &m, &diag), ERR_HTTP);
	assert_int_equal(f.waits, 0);
}

static void
errors_that_will_not_pass_are_not_tried_again(void **state)
{
	static const struct {
		int status;
		enum err fails;
		enum err want;
		const char *says;
	} cases[] = {
		{ 400, ERR_OK, ERR_HTTP_STATUS, "400" },
		{ 401, ERR_OK, ERR_HTTP_AUTH, "8x8 replaces it" },
		{ 403, ERR_OK, ERR_HTTP_AUTH, "403" },
		{ 404, ERR_OK, ERR_HTTP_STATUS, "Tenant URL" },
		{ 501, ERR_OK, ERR_HTTP_STATUS, "501" },
		{ 204, ERR_OK, ERR_HTTP_STATUS, "204" },
		{ 0, ERR_HTTP_TLS, ERR_HTTP_TLS, "broken" },
		{ 0, ERR_HTTP_REDIRECT, ERR_HTTP_REDIRECT, "broken" },
		{ 0, ERR_TIMEOUT, ERR_TIMEOUT, "broken" },
		{ 0, ERR_TOO_LONG, ERR_TOO_LONG, "broken" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		struct diag diag = DIAG_INIT;
		struct fake f = { .users = 25, .failures = 1, .fail_from = 2,
			.fail_status = cases[i].status,
			.fail_err = cases[i].fails };

		assert_err(list(&f, &l, &diag), cases[i].want);
		assert_int_equal(f.requests, 2);
		assert_non_null(strstr(diag.text, cases[i].says));
	}
}

static void
what_the_server_says_about_an_error_is_shown_and_cut(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	AUTO(buf) struct buf body = BUF_INIT(4096);
	struct diag diag = DIAG_INIT;
	struct fake f = { .fail_status = 400, .failures = 2,
		.error_body = "{\"schemas\":[\"urn:ietf:params:scim:api:"
		    "messages:2.0:Error\"],\"status\":\"400\","
		    "\"scimType\":\"invalidFilter\",\"detail\":\"no such\"}" };

	(void)state;
	assert_err(list(&f, &l, &diag), ERR_HTTP_STATUS);
	assert_non_null(strstr(diag.text, "the server says \"no such\""));
	assert_err(buf_printf(&body, "{\"detail\":\"%0999d\"}", 0), ERR_OK);
	f = (struct fake){ .fail_status = 400, .failures = 1,
		.error_body = buf_str(&body) };
	assert_err(list(&f, &l, &diag), ERR_HTTP_STATUS);
	assert_in_range(strlen(diag.text), 200, 300);
}

static void
only_json_types_are_taken(void **state)
{
	static const struct {
		const char *type;
		enum err err;
	} cases[] = {
		{ "application/scim+json", ERR_OK },
		{ "Application/JSON ; charset=x", ERR_OK },
		{ "application/json", ERR_OK }, { "text/html", ERR_SCIM },
		{ "", ERR_SCIM }, { "application/json-seq", ERR_SCIM },
		{ "text/plain; application/json", ERR_SCIM },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		struct diag diag = DIAG_INIT;
		struct fake f = { .users = 5,
			.content_type = cases[i].type };

		assert_err(list(&f, &l, &diag), cases[i].err);
	}
}

static void
a_tenant_url_that_cannot_be_extended_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "https://h/scim?x=1", "http://scim.example/", "ftp://h",
		"https://h/scim#x",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const struct scim_request request = { bad[i], 10, 10, false };
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		struct diag diag = DIAG_INIT;
		struct fake f = { .users = 5 };

		assert_err(list_with(&f, &request, &l, &diag), ERR_SYNTAX);
		assert_int_equal(f.requests, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_resource_becomes_a_record),
		cmocka_unit_test(
		    names_of_attributes_and_schemas_may_be_in_any_case),
		cmocka_unit_test(flattened_extension_attributes_are_read),
		cmocka_unit_test(absent_and_null_attributes_are_empty),
		cmocka_unit_test(active_is_true_only_when_it_says_so),
		cmocka_unit_test(
		    external_id_may_be_a_number_and_nothing_else_may),
		cmocka_unit_test(
		    a_bad_resource_refuses_the_listing_and_is_named),
		cmocka_unit_test(strings_have_a_maximum),
		cmocka_unit_test(what_is_no_list_response_is_refused),
		cmocka_unit_test(an_id_that_comes_again_is_counted_once),
		cmocka_unit_test(a_saved_listing_must_be_complete),
		cmocka_unit_test(pages_are_counted_by_what_was_received),
		cmocka_unit_test(an_empty_listing_needs_no_resources),
		cmocka_unit_test(
		    a_server_blind_to_start_index_ends_and_is_partial),
		cmocka_unit_test(
		    a_first_page_past_the_end_does_not_complete_a_listing),
		cmocka_unit_test(
		    users_that_are_counted_and_not_listed_make_it_partial),
		cmocka_unit_test(users_that_keep_moving_make_it_partial),
		cmocka_unit_test(users_that_move_once_make_it_begin_again),
		cmocka_unit_test(a_total_that_changes_makes_it_begin_again),
		cmocka_unit_test(a_cursor_that_nobody_asked_for_is_followed),
		cmocka_unit_test(without_total_and_cursor_it_is_no_listing),
		cmocka_unit_test(more_users_than_allowed_are_an_error),
		cmocka_unit_test(a_connection_test_asks_for_one_page),
		cmocka_unit_test(a_busy_server_is_asked_again),
		cmocka_unit_test(a_server_that_stays_busy_is_an_error),
		cmocka_unit_test(retry_after_is_obeyed_within_bounds),
		cmocka_unit_test(
		    a_lost_connection_is_tried_again_only_after_the_first_page),
		cmocka_unit_test(
		    errors_that_will_not_pass_are_not_tried_again),
		cmocka_unit_test(
		    what_the_server_says_about_an_error_is_shown_and_cut),
		cmocka_unit_test(only_json_types_are_taken),
		cmocka_unit_test(
		    a_tenant_url_that_cannot_be_extended_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
