/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "../lib/cache.h"
#include "base/cleanup.h"
#include "cache/format.h"
#include "cache/reader.h"
#include "cache/writer.h"

#define ID ID_MIN
#define MANY 10000u
#define GROUPS 50u

static enum err
add(struct cache_writer *w, const char *name, uint32_t id)
{
	return cache_writer_add_user(w, name, id, "", "/home/x", "/bin/sh",
	    true, NULL, 0, NULL);
}

static void
finish(struct cache_writer *w, struct buf *out, struct cache *ret_cache)
{
	struct diag diag = DIAG_INIT;
	enum err r = cache_writer_finish(w, out, &diag);

	if (r != ERR_OK)
		fail_msg("%s: %s", err_name(r), diag.text);
	assert_err(cache_open_bytes(out->data, out->len, ret_cache), ERR_OK);
	assert_err(cache_verify(ret_cache), ERR_OK);
}

/* -- what is written ------------------------------------------------------- */

static void
empty_cache_is_a_whole_one(void **state)
{
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	AUTO(buf) struct buf out = BUF_INIT(CACHE_SIZE_MAX);
	struct cache cache = CACHE_INIT;
	struct cache_user user;
	struct cache_group group;

	(void)state;
	finish(w, &out, &cache);
	assert_err(cache_user_by_name(&cache, "b.simon", &user),
	    ERR_NOT_FOUND);
	assert_err(cache_user_by_uid(&cache, ID, &user), ERR_NOT_FOUND);
	assert_err(cache_user_at(&cache, 0, &user), ERR_NOT_FOUND);
	assert_err(cache_group_by_name(&cache, "b.simon", &group),
	    ERR_NOT_FOUND);
	assert_err(cache_group_by_gid(&cache, ID, &group), ERR_NOT_FOUND);
	assert_err(cache_group_at(&cache, 0, &group), ERR_NOT_FOUND);
}

/* Makes many users, user n in group n % GROUPS and the next one. */
static void
add_many(struct cache_writer *w)
{
	for (uint32_t n = 0; n < GROUPS; n++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "team%u", n);
		assert_err(cache_writer_add_group(w, name, ID + MANY + n,
		    NULL), ERR_OK);
	}
	for (uint32_t n = 0; n < MANY; n++) {
		uint32_t gids[2] = { ID + MANY + n % GROUPS,
		    ID + MANY + (n + 1) % GROUPS };
		char name[32], home[32];

		(void)snprintf(name, sizeof(name), "user.%u", n);
		(void)snprintf(home, sizeof(home), "/home/%u", n);
		assert_err(cache_writer_add_user(w, name, ID + n, name, home,
		    "/bin/sh", n % 2 == 0, gids, 2, NULL), ERR_OK);
	}
}

static void
ten_thousand_users_agree_by_name_uid_and_order(void **state)
{
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	AUTO(buf) struct buf out = BUF_INIT(CACHE_SIZE_MAX);
	struct cache cache = CACHE_INIT;

	(void)state;
	add_many(w);
	finish(w, &out, &cache);
	for (uint32_t n = 0; n < MANY; n++) {
		struct cache_user at, by_name, by_uid;
		struct cache_group group;
		char name[32];
		uint32_t gid = 0;

		(void)snprintf(name, sizeof(name), "user.%u", n);
		assert_err(cache_user_at(&cache, n, &at), ERR_OK);
		assert_err(cache_user_by_name(&cache, name, &by_name), ERR_OK);
		assert_err(cache_user_by_uid(&cache, ID + n, &by_uid), ERR_OK);
		assert_string_equal(at.name, name);
		assert_string_equal(at.gecos, name);
		assert_int_equal(at.may_log_in, n % 2 == 0);
		assert_ptr_equal(by_name.name, at.name);
		assert_ptr_equal(by_uid.name, at.name);
		assert_err(cache_user_group(&cache, &at, 1, &gid), ERR_OK);
		assert_int_equal(gid, ID + MANY + (n + 1) % GROUPS);
		assert_err(cache_group_by_gid(&cache, ID + n, &group), ERR_OK);
		assert_string_equal(group.name, name);
	}
}

static void
ten_thousand_users_are_their_groups_members(void **state)
{
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	AUTO(buf) struct buf out = BUF_INIT(CACHE_SIZE_MAX);
	struct cache cache = CACHE_INIT;
	struct cache_group group;

	(void)state;
	add_many(w);
	finish(w, &out, &cache);
	assert_err(cache_group_by_name(&cache, "team7", &group), ERR_OK);
	assert_int_equal(group.member_count, 2 * MANY / GROUPS);
	for (uint32_t i = 0; i < group.member_count; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "user.%u",
		    i / 2 * GROUPS + 6 + i % 2);
		assert_string_equal(cache_group_member(&cache, &group, i),
		    name);
	}
}

static void
same_input_gives_the_same_bytes(void **state)
{
	AUTO(cache_writer) struct cache_writer *a = cache_writer_new();
	AUTO(cache_writer) struct cache_writer *b = cache_writer_new();
	AUTO(buf) struct buf first = BUF_INIT(CACHE_SIZE_MAX);
	AUTO(buf) struct buf second = BUF_INIT(CACHE_SIZE_MAX);
	struct cache cache;

	(void)state;
	add_many(a);
	add_many(b);
	finish(a, &first, &cache);
	finish(b, &second, &cache);
	assert_int_equal(first.len, second.len);
	assert_memory_equal(first.data, second.data, first.len);
}

static void
file_is_appended_to_what_is_there(void **state)
{
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	AUTO(buf) struct buf out = BUF_INIT(CACHE_SIZE_MAX);
	struct cache cache = CACHE_INIT;

	(void)state;
	assert_err(buf_puts(&out, "8 bytes "), ERR_OK);
	assert_err(cache_writer_finish(w, &out, NULL), ERR_OK);
	assert_memory_equal(out.data, "8 bytes ", 8);
	assert_err(cache_open_bytes(out.data + 8, out.len - 8, &cache),
	    ERR_OK);
}

#define COLLIDING 300

/* Adds users whose probes all begin at the same slot of every table that is
 * no larger than 1024: chosen to make lookups slow, as an outsider could.
 * Returns the seed of the file. */
static uint64_t
collide(struct cache_writer *w, struct buf *out, struct cache *cache)
{
	struct cache_user user;
	char names[COLLIDING][16];
	uint32_t found = 0;

	for (uint32_t n = 0; found < COLLIDING; n++) {
		int len = snprintf(names[found], sizeof(names[0]), "u%u", n);

		if (cache_key_name(0, names[found], (size_t)len).hash % 1024
		    == 5)
			found++;
	}
	for (uint32_t n = 0; n < COLLIDING; n++)
		assert_err(add(w, names[n], ID + n), ERR_OK);
	finish(w, out, cache);
	for (uint32_t n = 0; n < COLLIDING; n++)
		assert_err(cache_user_by_name(cache, names[n], &user),
		    ERR_OK);
	return ((const struct cache_header *)(void *)out->data)->seed;
}

/* Nor can the other seed be known before everybody's names are: 129 names for
 * each of a list of seeds would be the end of all publishing. */
static void
names_that_collide_are_spread_by_another_seed(void **state)
{
	uint64_t seeds[2];

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
		AUTO(buf) struct buf out = BUF_INIT(CACHE_SIZE_MAX);
		struct cache cache = CACHE_INIT;

		assert_err(add(w, i == 0 ? "ann" : "bob", ID + COLLIDING),
		    ERR_OK);
		seeds[i] = collide(w, &out, &cache);
		assert_true(seeds[i] != 0);
	}
	assert_true(seeds[0] != seeds[1]);
}

/* -- what is refused ------------------------------------------------------- */

static void
i4_bad_names_are_refused(void **state)
{
	static const char *const names[] = {
		"", "B.Simon", "1st", "-x", ".x", "_x", "@x", "b simon", "b:s",
		"b\ns", "b/s", "b\\s", "b\303\266s", "root", "nobody", "*",
		NAME_OF_65,
	};
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_err(add(w, names[i], ID), ERR_NAME_GRAMMAR);
		assert_err(cache_writer_add_group(w, names[i], ID, NULL),
		    ERR_NAME_GRAMMAR);
	}
	assert_err(add(w, &NAME_OF_65[1], ID), ERR_OK);
}

static void
ids_outside_the_range_are_refused(void **state)
{
	static const uint32_t ids[] = { 0, 1, 999, 1000, 65534, ID_MIN - 1,
	    ID_MAX + 1, UINT32_MAX };
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		assert_err(add(w, "b.simon", ids[i]), ERR_ID_RANGE);
		assert_err(cache_writer_add_group(w, "staff", ids[i], NULL),
		    ERR_ID_RANGE);
	}
	assert_err(add(w, "lowest", ID_MIN), ERR_OK);
	assert_err(add(w, "highest", ID_MAX), ERR_OK);
}

static void
bad_fields_are_refused(void **state)
{
	static const struct {
		const char *gecos, *home, *shell;
	} rows[] = {
		{ "a:b", "/h", "/s" },
		{ "a\nb", "/h", "/s" },
		{ "a\tb", "/h", "/s" },
		{ "a\033[2Jb", "/h", "/s" },
		{ "a\177", "/h", "/s" },
		{ "a\302\233", "/h", "/s" },
		{ "a\377", "/h", "/s" },
		{ "a\303", "/h", "/s" },
		{ "a", "", "/s" },
		{ "a", "home", "/s" },
		{ "a", "/h:x", "/s" },
		{ "a", "/h\n", "/s" },
		{ "a", "/h", "" },
		{ "a", "/h", "sh" },
		{ "a", "/h", "/s:" },
		{ "a", "/h", "/s\r" },
	};
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_err(cache_writer_add_user(w, "b.simon", ID,
		    rows[i].gecos, rows[i].home, rows[i].shell, true, NULL, 0,
		    NULL), ERR_SYNTAX);
}

static void
long_fields_are_refused(void **state)
{
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	char text[CACHE_FIELD_MAX + 2];

	(void)state;
	memset(text, '/', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_err(cache_writer_add_user(w, "b.simon", ID, text, "/", "/",
	    true, NULL, 0, NULL), ERR_TOO_LONG);
	assert_err(cache_writer_add_user(w, "b.simon", ID, "", text, "/",
	    true, NULL, 0, NULL), ERR_TOO_LONG);
	assert_err(cache_writer_add_user(w, "b.simon", ID, "", "/", text,
	    true, NULL, 0, NULL), ERR_TOO_LONG);
	text[sizeof(text) - 2] = '\0';
	assert_err(cache_writer_add_user(w, "b.simon", ID, text, text, text,
	    true, NULL, 0, NULL), ERR_OK);
}

static void
name_or_id_that_is_taken_is_refused(void **state)
{
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_err(add(w, "b.simon", ID), ERR_OK);
	assert_err(cache_writer_add_group(w, "staff", ID + 1, NULL), ERR_OK);
	assert_err(add(w, "b.simon", ID + 2), ERR_EXISTS);
	assert_err(add(w, "a.adams", ID), ERR_EXISTS);
	assert_err(add(w, "staff", ID + 2), ERR_EXISTS);
	assert_err(add(w, "a.adams", ID + 1), ERR_EXISTS);
	assert_err(cache_writer_add_group(w, "staff", ID + 2, NULL),
	    ERR_EXISTS);
	assert_err(cache_writer_add_group(w, "b.simon", ID + 2, NULL),
	    ERR_EXISTS);
	assert_err(cache_writer_add_group(w, "crew", ID, &diag), ERR_EXISTS);
	assert_non_null(strstr(diag.text, "crew: id 1879048192"));
	assert_err(add(w, "a.adams", ID + 2), ERR_OK);
}

static void
refused_user_leaves_nothing_behind(void **state)
{
	static const uint32_t gid = ID + 9;
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	AUTO(buf) struct buf out = BUF_INIT(CACHE_SIZE_MAX);
	struct cache cache = CACHE_INIT;
	struct cache_group group;

	(void)state;
	assert_err(cache_writer_add_user(w, "b.simon", ID, "a:b", "/h", "/s",
	    true, &gid, 1, NULL), ERR_SYNTAX);
	finish(w, &out, &cache);
	assert_err(cache_group_at(&cache, 0, &group), ERR_NOT_FOUND);
}

static void
refused_user_may_come_again(void **state)
{
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();

	(void)state;
	assert_err(cache_writer_add_user(w, "b.simon", ID, "a:b", "/h", "/s",
	    true, NULL, 0, NULL), ERR_SYNTAX);
	assert_err(add(w, "b.simon", ID), ERR_OK);
}

/* What it had is given up while the file is made. */
static void
writer_makes_one_file(void **state)
{
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	AUTO(buf) struct buf out = BUF_INIT(CACHE_SIZE_MAX);
	size_t len;

	(void)state;
	assert_err(cache_writer_finish(w, &out, NULL), ERR_OK);
	len = out.len;
	assert_err(add(w, "b.simon", ID), ERR_INTERNAL);
	assert_err(cache_writer_add_group(w, "staff", ID, NULL),
	    ERR_INTERNAL);
	assert_err(cache_writer_finish(w, &out, NULL), ERR_INTERNAL);
	assert_int_equal(out.len, len);
}

/* Private groups have no members: see format.h. */
static void
somebody_elses_private_group_is_none(void **state)
{
	static const uint32_t other = ID + 1;
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	AUTO(buf) struct buf out = BUF_INIT(CACHE_SIZE_MAX);

	(void)state;
	assert_err(add(w, "a.adams", other), ERR_OK);
	assert_err(cache_writer_add_user(w, "b.simon", ID, "", "/h", "/s",
	    true, &other, 1, NULL), ERR_OK);
	assert_err(cache_writer_finish(w, &out, NULL), ERR_NOT_FOUND);
	assert_int_equal(out.len, 0);
}

static enum err
finish_with_gids(const uint32_t *gids, size_t count, struct diag *diag)
{
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	AUTO(buf) struct buf out = BUF_INIT(CACHE_SIZE_MAX);
	enum err r;

	assert_err(cache_writer_add_user(w, "b.simon", ID, "", "/h", "/s",
	    true, gids, count, NULL), ERR_OK);
	assert_err(cache_writer_add_group(w, "staff", ID + 1, NULL), ERR_OK);
	r = cache_writer_finish(w, &out, diag);
	assert_int_equal(out.len > 0, r == ERR_OK);
	return r;
}

static void
group_that_is_unknown_double_or_private_is_refused(void **state)
{
	static const uint32_t known[] = { ID + 1 };
	static const uint32_t unknown[] = { ID + 1, 27 };
	static const uint32_t twice[] = { ID + 1, ID + 1 };
	static const uint32_t own[] = { ID };
	struct diag diag = DIAG_INIT;

	(void)state;
	assert_err(finish_with_gids(known, 1, NULL), ERR_OK);
	assert_err(finish_with_gids(unknown, 2, &diag), ERR_NOT_FOUND);
	assert_string_equal(diag.text, "user b.simon: there is no group 27");
	assert_err(finish_with_gids(twice, 2, NULL), ERR_EXISTS);
	assert_err(finish_with_gids(own, 1, NULL), ERR_EXISTS);
}

static void
i5_only_accounts_of_people_are_linked(void **state)
{
	static const struct {
		const char *name;
		uint32_t uid;
		enum err result;
	} rows[] = {
		{ "root", 1000, ERR_NAME_GRAMMAR },
		{ "", 1000, ERR_NAME_GRAMMAR },
		{ "-b", 1000, ERR_NAME_GRAMMAR },
		{ "..", 1000, ERR_NAME_GRAMMAR },
		{ "a/b", 1000, ERR_NAME_GRAMMAR },
		{ "b@contoso.com", 1000, ERR_NAME_GRAMMAR },
		{ "1000", 1000, ERR_NAME_GRAMMAR },
		{ "abcdefghijklmnopabcdefghijklmnopq", 1000,
		    ERR_NAME_GRAMMAR },
		{ "toor", 0, ERR_ID_RANGE }, { "sys", 999, ERR_ID_RANGE },
		{ "homed", 60001, ERR_ID_RANGE },
		{ "nobody", 65534, ERR_ID_RANGE },
		{ "none", 65535, ERR_ID_RANGE }, { "us", ID, ERR_ID_RANGE },
		{ "all", UINT32_MAX, ERR_ID_RANGE },
		{ "bsimon", 1000, ERR_OK }, { "bsimon", 1001, ERR_EXISTS },
		{ "other", 1000, ERR_EXISTS }, { "BSimon", 1001, ERR_OK },
		{ "last", 60000, ERR_OK }, { "next", 65536, ERR_OK },
		{ "abcdefghijklmnopabcdefghijklmnop", ID - 1, ERR_OK },
	};
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	AUTO(buf) struct buf out = BUF_INIT(CACHE_SIZE_MAX);
	struct cache cache = CACHE_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_err(cache_writer_add_link(w, rows[i].name, rows[i].uid,
		    NULL), rows[i].result);
	finish(w, &out, &cache);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(cache_is_linked(&cache, rows[i].name,
		    rows[i].uid), rows[i].result == ERR_OK);
	assert_false(cache_creates_users(&cache));
}

static void
a_thousand_accounts_are_linked_and_no_more(void **state)
{
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	AUTO(buf) struct buf out = BUF_INIT(CACHE_SIZE_MAX);
	struct cache cache = CACHE_INIT;
	char name[32];

	(void)state;
	assert_err(add(w, "b.simon", ID), ERR_OK);
	for (uint32_t i = 0; i <= CACHE_LINKS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "Local%u", i);
		assert_err(cache_writer_add_link(w, name, 1000 + i, NULL),
		    i < CACHE_LINKS_MAX ? ERR_OK : ERR_TOO_LONG);
	}
	finish(w, &out, &cache);
	for (uint32_t i = 0; i <= CACHE_LINKS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "Local%u", i);
		assert_int_equal(cache_is_linked(&cache, name, 1000 + i),
		    i < CACHE_LINKS_MAX);
	}
}

static void
cache_that_creates_users_says_so(void **state)
{
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	AUTO(buf) struct buf out = BUF_INIT(CACHE_SIZE_MAX);
	struct cache cache = CACHE_INIT;

	(void)state;
	cache_writer_allow_jit(w);
	finish(w, &out, &cache);
	assert_true(cache_creates_users(&cache));
}

static void
buffer_that_is_too_small_is_left_alone(void **state)
{
	AUTO(cache_writer) struct cache_writer *w = cache_writer_new();
	AUTO(buf) struct buf out = BUF_INIT(100);

	(void)state;
	assert_err(add(w, "b.simon", ID), ERR_OK);
	assert_err(cache_writer_finish(w, &out, NULL), ERR_TOO_LONG);
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_cache_is_a_whole_one),
		cmocka_unit_test(
		    ten_thousand_users_agree_by_name_uid_and_order),
		cmocka_unit_test(ten_thousand_users_are_their_groups_members),
		cmocka_unit_test(same_input_gives_the_same_bytes),
		cmocka_unit_test(file_is_appended_to_what_is_there),
		cmocka_unit_test(names_that_collide_are_spread_by_another_seed),
		cmocka_unit_test(i4_bad_names_are_refused),
		cmocka_unit_test(ids_outside_the_range_are_refused),
		cmocka_unit_test(bad_fields_are_refused),
		cmocka_unit_test(long_fields_are_refused),
		cmocka_unit_test(name_or_id_that_is_taken_is_refused),
		cmocka_unit_test(refused_user_leaves_nothing_behind),
		cmocka_unit_test(refused_user_may_come_again),
		cmocka_unit_test(writer_makes_one_file),
		cmocka_unit_test(somebody_elses_private_group_is_none),
		cmocka_unit_test(
		    group_that_is_unknown_double_or_private_is_refused),
		cmocka_unit_test(i5_only_accounts_of_people_are_linked),
		cmocka_unit_test(a_thousand_accounts_are_linked_and_no_more),
		cmocka_unit_test(cache_that_creates_users_says_so),
		cmocka_unit_test(buffer_that_is_too_small_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
