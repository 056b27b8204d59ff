/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One page, and a saved file, which is one.
 */
#include "unit.h"

#include "directory/scim.h"

#define SCHEMA "\"schemas\":[" \
	"\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],"
#define EIGHT "urn:ietf:params:scim:schemas:extension:8x8:1.1:User"
#define ENTERPRISE \
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

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
p3_a_resource_becomes_a_record(void **state)
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
p3_a_bad_resource_refuses_the_listing_and_is_named(void **state)
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
		{ "{\"id\":\"u7\",\"userName\":{}}",
		    "\"u7\": userName is not a string" },
		{ "{\"id\":\"u7\",\"userName\":7}",
		    "\"u7\": userName is not a string" },
		{ "{\"id\":\"u7\",\"userName\":\"b\",\"externalId\":[]}",
		    "\"u7\": externalId is not a string" },
		{ "{\"id\":\"u7\",\"userName\":\"b\",\"active\":true,"
		    "\"ACTIVE\":false}", "active occurs twice" },
		{ "{\"id\":\"u7\",\"userName\":\"b\",\"title\":\"x\","
		    "\"Title\":\"y\"}", "title occurs twice" },
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
		{ "{\"id\":\"u\",\"userName\":\"b\",\"externalId\":\"",
		    "\"}", SCIM_STRING_MAX },
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

/* One wrong title must not keep everybody who leaves. */
static void
a_wrong_value_that_is_not_needed_is_as_absent_and_told(void **state)
{
	static const struct {
		const char *attribute;
		const char *says;
	} cases[] = {
		{ "\"title\":[]", "\"u7\": title is not a string" },
		{ "\"title\":7", "title is not a string" },
		{ "\"name\":\"B S\"", "name is not an object" },
		{ "\"name\":{\"givenName\":{}}", "givenName" },
		{ "\"meta\":{\"created\":1}", "created is not a string" },
		{ "\"meta\":[]", "meta is not an object" },
		{ "\"" EIGHT "\":[]", "is not an object" },
		{ "\"" EIGHT ":site\":true", "site is not a string" },
		{ "\"" ENTERPRISE "\":{\"department\":[\"Sales\"]}",
		    "department is not a string" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		char text[512];
		const struct record *r;

		(void)snprintf(text, sizeof(text), "{\"id\":\"u7\","
		    "\"userName\":\"b\",\"active\":true,%s}",
		    cases[i].attribute);
		assert_err(add_one(&l, text, NULL), ERR_OK);
		r = l.record[0];
		assert_true(r->active);
		assert_string_equal(r->user_name, "b");
		assert_int_equal(strlen(r->title) + strlen(r->given_name) +
		    strlen(r->family_name) + strlen(r->department) +
		    strlen(r->site) + strlen(r->created), 0);
		assert_true(l.ignored > 0);
		if (strstr(l.remark.text, "user 1 of the listing") == NULL ||
		    strstr(l.remark.text, cases[i].says) == NULL)
			fail_msg("%s: %s", cases[i].attribute, l.remark.text);
	}
}

/* Not cut off: somebody may have given a group to those who have the rest. */
static void
a_value_that_is_too_long_is_not_cut_off(void **state)
{
	static const struct {
		const char *before;
		const char *after;
		size_t max;
	} cases[] = {
		{ "\"title\":\"", "\"", SCIM_STRING_MAX },
		{ "\"" ENTERPRISE ":department\":\"", "\"",
		    SCIM_STRING_MAX },
		{ "\"meta\":{\"created\":\"", "\"}", SCIM_CREATED_MAX },
	};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		AUTO(buf) struct buf text = BUF_INIT(8192);
		size_t max = cases[i / 2].max;
		size_t len = max + i % 2;
		char value[SCIM_STRING_MAX + 2];
		const struct record *r;

		memset(value, 'x', sizeof(value));
		value[len] = '\0';
		assert_err(buf_printf(&text, "{\"id\":\"u\",\"userName\":"
		    "\"b\",%s%s%s}", cases[i / 2].before, value,
		    cases[i / 2].after), ERR_OK);
		assert_err(add_one(&l, buf_str(&text), NULL), ERR_OK);
		r = l.record[0];
		assert_int_equal(strlen(r->title) + strlen(r->department) +
		    strlen(r->created), len > max ? 0 : max);
		assert_int_equal(l.ignored, len > max);
	}
}

static void
what_was_ignored_is_counted_and_the_first_is_told(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;

	(void)state;
	assert_err(add(&l, "{\"totalResults\":3,\"Resources\":["
	    "{\"id\":\"a\",\"userName\":\"1\",\"title\":\"t\"},"
	    "{\"id\":\"b\",\"userName\":\"2\",\"title\":1},"
	    "{\"id\":\"c\",\"userName\":\"3\",\"title\":1,\"name\":[]}]}",
	    NULL), ERR_OK);
	assert_int_equal(l.count, 3);
	assert_int_equal(l.ignored, 4);
	assert_string_equal(l.remark.text, "user 2 of the listing, id \"b\": "
	    "title is not a string");
	scim_listing_clear(&l);
	assert_int_equal(l.ignored, 0);
	assert_string_equal(l.remark.text, "");
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
		/* after pages with cursors these would be the end */
		{ "{}", ERR_SCIM }, { "{\"error\":\"internal\"}", ERR_SCIM },
		{ "{\"schemas\":null,\"Resources\":null}", ERR_SCIM },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;

		if (add(&l, bad[i].text, NULL) != bad[i].err)
			fail_msg("%s", bad[i].text);
	}
}

static void
a_cursor_has_a_maximum(void **state)
{
	char cursor[SCIM_CURSOR_MAX + 2];

	(void)state;
	memset(cursor, 'x', sizeof(cursor) - 1);
	cursor[sizeof(cursor) - 1] = '\0';
	for (size_t more = 0; more < 2; more++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		AUTO(buf) struct buf text = BUF_INIT(8192);

		assert_err(buf_printf(&text, "{\"totalResults\":9,"
		    "\"nextCursor\":\"%s\"}", cursor + 1 - more), ERR_OK);
		assert_err(add(&l, buf_str(&text), NULL),
		    more == 0 ? ERR_OK : ERR_SCIM);
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

/* -- a saved file ---------------------------------------------------------- */

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

static void
users_that_come_twice_do_not_complete_a_saved_listing(void **state)
{
	static const char user[] = "{\"id\":\"a\",\"userName\":\"1\"}";
	char text[256];

	(void)state;
	(void)snprintf(text, sizeof(text),
	    "{\"totalResults\":2,\"Resources\":[%s,%s]}", user, user);
	assert_err(saved(text, 9), ERR_SCIM_PARTIAL);
	(void)snprintf(text, sizeof(text),
	    "{\"totalResults\":1,\"Resources\":[%s,%s]}", user, user);
	assert_err(saved(text, 9), ERR_OK);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(p3_a_resource_becomes_a_record),
		cmocka_unit_test(
		    names_of_attributes_and_schemas_may_be_in_any_case),
		cmocka_unit_test(flattened_extension_attributes_are_read),
		cmocka_unit_test(absent_and_null_attributes_are_empty),
		cmocka_unit_test(active_is_true_only_when_it_says_so),
		cmocka_unit_test(
		    external_id_may_be_a_number_and_nothing_else_may),
		cmocka_unit_test(
		    p3_a_bad_resource_refuses_the_listing_and_is_named),
		cmocka_unit_test(strings_have_a_maximum),
		cmocka_unit_test(
		    a_wrong_value_that_is_not_needed_is_as_absent_and_told),
		cmocka_unit_test(a_value_that_is_too_long_is_not_cut_off),
		cmocka_unit_test(
		    what_was_ignored_is_counted_and_the_first_is_told),
		cmocka_unit_test(what_is_no_list_response_is_refused),
		cmocka_unit_test(a_cursor_has_a_maximum),
		cmocka_unit_test(an_id_that_comes_again_is_counted_once),
		cmocka_unit_test(a_saved_listing_must_be_complete),
		cmocka_unit_test(
		    users_that_come_twice_do_not_complete_a_saved_listing),
		cmocka_unit_test(an_empty_listing_needs_no_resources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
