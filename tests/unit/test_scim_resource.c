/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups, their members, and ids of the server's own.
 */
#include "unit.h"

#include "directory/scim_page.h"

#define POSIX "urn:ietf:params:scim:schemas:extension:posix:2.0:User"
#define CORE "urn:ietf:params:scim:schemas:core:2.0:User"

/* A page of one resource. */
static enum err
add_one(struct scim_listing *listing, const char *resource, struct diag *diag)
{
	AUTO(buf) struct buf text = BUF_INIT(65536);
	struct scim_page page;

	assert_err(buf_printf(&text, "{\"totalResults\":1,\"Resources\":[%s]}",
	    resource), ERR_OK);
	return scim_page_add(listing, text.data, text.len, &page, diag);
}

/* -- ids of the server's own ----------------------------------------------- */

/* What becomes of the attribute in a user that has this beside id and
 * userName. */
static void
assert_number(const char *path, const char *rest, const char *want)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	AUTO(buf) struct buf text = BUF_INIT(4096);

	l.number = path;
	assert_err(buf_printf(&text, "{\"id\":\"u\",\"userName\":\"b\"%s%s}",
	    rest[0] == '\0' ? "" : ",", rest), ERR_OK);
	if (add_one(&l, buf_str(&text), NULL) != ERR_OK)
		fail_msg("%s in %s: refused", path, rest);
	if (strcmp(l.record[0]->number, want) != 0)
		fail_msg("%s in %s: \"%s\"", path, rest, l.record[0]->number);
}

static void
a_number_is_found_where_its_path_leads(void **state)
{
	static const struct {
		const char *path;
		const char *rest;
	} cases[] = {
		{ "uidNumber", "\"uidNumber\":5000" },
		{ "uidNumber", "\"UIDNUMBER\":5000" },
		{ "uidNumber", "\"uidNumber\":\"5000\"" },
		{ "posix.uid", "\"posix\":{\"uid\":5000}" },
		{ "posix.uid", "\"Posix\":{\"UID\":\"5000\"}" },
		{ POSIX ":uidNumber", "\"" POSIX "\":{\"uidNumber\":5000}" },
		{ POSIX ":uidNumber", "\"" POSIX ":uidNumber\":5000" },
		{ POSIX ":uidNumber", "\"" POSIX ":UIDNumber\":\"5000\"" },
		{ POSIX ":uidNumber", "\"URN:IETF:params:scim:schemas:"
		    "extension:POSIX:2.0:user\":{\"uidnumber\":5000}" },
		{ POSIX ":ids.unix", "\"" POSIX "\":{\"ids\":{\"unix\":5000}}" },
		{ POSIX ":ids.unix", "\"" POSIX ":ids\":{\"unix\":5000}" },
		{ CORE ":uidNumber", "\"uidNumber\":5000" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_number(cases[i].path, cases[i].rest, "5000");
}

static void
a_number_that_is_not_there_is_empty(void **state)
{
	(void)state;
	assert_number("", "\"uidNumber\":5000", "");
	assert_number("uidNumber", "", "");
	assert_number("uidNumber", "\"uidNumber\":null", "");
	assert_number("uidNumber", "\"uidNumber\":\"\"", "");
	assert_number("uidNumber", "\"gidNumber\":5000", "");
	assert_number("posix.uid", "\"posix\":{}", "");
	assert_number("posix.uid", "\"posix\":null", "");
	assert_number(POSIX ":uidNumber", "\"uidNumber\":5000", "");
	assert_number(POSIX ":uidNumber", "\"" POSIX "\":{}", "");
	assert_number(POSIX ":uidNumber", "\"" POSIX "\":null", "");
	assert_number("uidNumber", "\"" POSIX "\":{\"uidNumber\":5000}", "");
}

/* It costs the record, later, and not the page. */
static void
what_is_no_number_becomes_what_is_no_id(void **state)
{
	static const char *const bad[] = {
		"true", "false", "5000.0", "5e3", "[5000]", "[]", "{}",
		"{\"value\":5000}", "\"0x10\"", "\" 5000\"", "\"5000 \"",
		"\"-1\"", "\"+1\"", "\"\\u001b[31m\"", "\"5000\\n\"",
		"\"\xd9\xa5\"", "\"111111111111111111111111111111111\"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char text[128];

		(void)snprintf(text, sizeof(text), "\"uidNumber\":%s", bad[i]);
		assert_number("uidNumber", text, "?");
	}
	assert_number("uidNumber", "\"uidNumber\":-1", "-1");
	assert_number("uidNumber", "\"uidNumber\":9223372036854775807",
	    "9223372036854775807");
	assert_number("uidNumber", "\"uidNumber\":-9223372036854775807",
	    "-9223372036854775807");
	assert_number("posix.uid", "\"posix\":5000", "?");
	assert_number("posix.uid", "\"posix\":\"5000\"", "?");
	assert_number("posix.uid", "\"posix\":[{\"uid\":5000}]", "?");
	assert_number(POSIX ":uidNumber", "\"" POSIX "\":5000", "?");
	assert_number(POSIX ":uidNumber", "\"" POSIX "\":[]", "?");
}

static void
a_number_that_is_there_twice_refuses_the_page(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;

	(void)state;
	l.number = "uidNumber";
	assert_err(add_one(&l, "{\"id\":\"u\",\"userName\":\"b\","
	    "\"uidNumber\":5000,\"UidNumber\":5001}", NULL), ERR_JSON);
}

/* -- groups ---------------------------------------------------------------- */

static enum err
add_group(struct scim_listing *listing, const char *resource,
    struct diag *diag)
{
	listing->type = SCIM_GROUPS;
	return add_one(listing, resource, diag);
}

static void
a_group_has_a_name_a_number_and_members(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
	const struct scim_group *g;

	(void)state;
	l.number = "urn:x:Group:gidNumber";
	assert_err(add_group(&l, "{\"ID\":\"g\",\"DisplayName\":\"Agents\","
	    "\"URN:x:group\":{\"gidnumber\":6000},\"Members\":["
	    "{\"Value\":\"u1\",\"type\":\"User\",\"display\":\"B Simon\"},"
	    "{\"value\":\"g2\",\"type\":\"Group\"},"
	    "{\"$ref\":\"https://h/Users/u3\",\"value\":\"u3\"}]}", NULL),
	    ERR_OK);
	assert_int_equal(l.count, 1);
	g = l.group[0];
	assert_string_equal(g->record.id, "g");
	assert_string_equal(g->record.display_name, "Agents");
	assert_string_equal(g->record.number, "6000");
	assert_int_equal(g->members, 3);
	assert_memory_equal(g->member, "u1\0g2\0u3", 9);
}

static void
a_group_may_have_no_members_and_no_name(void **state)
{
	static const char *const empty[] = {
		"{\"id\":\"g\"}", "{\"id\":\"g\",\"members\":[]}",
		"{\"id\":\"g\",\"members\":null,\"displayName\":null}",
		"{\"id\":\"g\",\"displayName\":\"\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;

		assert_err(add_group(&l, empty[i], NULL), ERR_OK);
		assert_int_equal(l.group[0]->members, 0);
		assert_string_equal(l.group[0]->record.display_name, "");
		assert_string_equal(l.group[0]->record.number, "");
	}
}

/* It is refused where names are given; the others are not. */
static void
a_group_whose_name_is_none_has_none(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;

	(void)state;
	l.type = SCIM_GROUPS;
	assert_err(add_group(&l, "{\"id\":\"g7\",\"displayName\":7,"
	    "\"members\":[{\"value\":\"u\"}]}", NULL), ERR_OK);
	assert_string_equal(l.group[0]->record.display_name, "");
	assert_int_equal(l.group[0]->members, 1);
	assert_int_equal(l.ignored, 1);
	assert_string_equal(l.remark.text, "group 1 of the listing, id "
	    "\"g7\": displayName is not a string");
}

static void
a_bad_group_refuses_the_page_and_is_named(void **state)
{
	static const struct {
		const char *resource;
		const char *says;
	} bad[] = {
		{ "{\"displayName\":\"x\"}", "id is missing" },
		{ "{\"id\":7}", "id is not a string" },
		{ "{\"id\":\"g7\",\"members\":{}}",
		    "\"g7\": members is not a list" },
		{ "{\"id\":\"g7\",\"members\":\"u1\"}", "not a list" },
		{ "{\"id\":\"g7\",\"members\":[{\"value\":\"u\"},{}]}",
		    "\"g7\": member 2 has no value" },
		{ "{\"id\":\"g7\",\"members\":[\"u1\"]}", "member 1" },
		{ "{\"id\":\"g7\",\"members\":[null]}", "member 1" },
		{ "{\"id\":\"g7\",\"members\":[{\"value\":7}]}", "member 1" },
		{ "{\"id\":\"g7\",\"members\":[{\"value\":\"\"}]}",
		    "member 1" },
		{ "{\"id\":\"g7\",\"members\":[{\"value\":\"a\","
		    "\"VALUE\":\"b\"}]}", "occurs twice" },
		{ "{\"id\":\"g7\",\"members\":[],\"Members\":[]}",
		    "occurs twice" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		struct diag diag = DIAG_INIT;
		enum err r = add_group(&l, bad[i].resource, &diag);

		assert_true(r == ERR_SCIM || r == ERR_JSON);
		assert_non_null(strstr(diag.text, "group 1 of the listing"));
		if (strstr(diag.text, bad[i].says) == NULL)
			fail_msg("%s: %s", bad[i].resource, diag.text);
	}
}

static void
ids_of_members_have_a_maximum(void **state)
{
	(void)state;
	for (int over = 0; over < 2; over++) {
		AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;
		char text[SCIM_STRING_MAX + 64];

		(void)snprintf(text, sizeof(text), "{\"id\":\"g\",\"members\":["
		    "{\"value\":\"%0*d\"}]}", (int)SCIM_STRING_MAX + over, 0);
		assert_err(add_group(&l, text, NULL),
		    over ? ERR_SCIM : ERR_OK);
	}
}

static void
of_groups_with_the_same_id_the_first_is_kept(void **state)
{
	AUTO(scim_listing) struct scim_listing l = SCIM_LISTING_INIT;

	(void)state;
	assert_err(add_group(&l, "{\"id\":\"g\",\"displayName\":\"first\"},"
	    "{\"id\":\"g\",\"displayName\":\"second\"},"
	    "{\"id\":\"G\",\"displayName\":\"third\"}", NULL), ERR_OK);
	assert_int_equal(l.received, 3);
	assert_int_equal(l.count, 2);
	assert_int_equal(l.distinct, 2);
	assert_string_equal(l.group[0]->record.display_name, "first");
	assert_string_equal(l.group[1]->record.display_name, "third");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_found_where_its_path_leads),
		cmocka_unit_test(a_number_that_is_not_there_is_empty),
		cmocka_unit_test(what_is_no_number_becomes_what_is_no_id),
		cmocka_unit_test(a_number_that_is_there_twice_refuses_the_page),
		cmocka_unit_test(a_group_has_a_name_a_number_and_members),
		cmocka_unit_test(a_group_may_have_no_members_and_no_name),
		cmocka_unit_test(a_group_whose_name_is_none_has_none),
		cmocka_unit_test(a_bad_group_refuses_the_page_and_is_named),
		cmocka_unit_test(ids_of_members_have_a_maximum),
		cmocka_unit_test(of_groups_with_the_same_id_the_first_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
