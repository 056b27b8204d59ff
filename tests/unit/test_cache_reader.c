/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/cache.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "cache/format.h"
#include "cache/reader.h"

#define FILE_NAME "file.cache"

/* -- fixture --------------------------------------------------------------- */

static struct buf sample = BUF_INIT(CACHE_SIZE_MAX);
static struct cache cache = CACHE_INIT;
static char folder[] = "/tmp/test_cache.XXXXXX";

static int
set_up(void **state)
{
	(void)state;
	sample_cache(&sample);
	assert_err(cache_open_bytes(sample.data, sample.len, &cache), ERR_OK);
	return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static int
tear_down(void **state)
{
	(void)state;
	buf_clear(&sample);
	(void)unlink(FILE_NAME);
	return rmdir(folder);
}

static void
write_file(const void *data, size_t len, mode_t mode)
{
	(void)unlink(FILE_NAME);
	assert_err(io_replace(FILE_NAME, data, len, mode, NULL), ERR_OK);
}

static enum err
open_file(void)
{
	AUTO(cache) struct cache c = CACHE_INIT;

	return cache_open(FILE_NAME, &c);
}

/* -- answers --------------------------------------------------------------- */

static void
user_is_the_same_by_name_uid_and_order(void **state)
{
	struct cache_user by_name, by_uid, by_order;

	(void)state;
	assert_err(cache_user_by_name(&cache, "b.simon", &by_name), ERR_OK);
	assert_err(cache_user_by_uid(&cache, SAMPLE_SIMON, &by_uid), ERR_OK);
	assert_err(cache_user_at(&cache, 0, &by_order), ERR_OK);
	assert_string_equal(by_name.name, "b.simon");
	assert_string_equal(by_name.passwd, "*");
	assert_string_equal(by_name.gecos, "B. Simon");
	assert_string_equal(by_name.home, "/home/b.simon");
	assert_string_equal(by_name.shell, "/bin/bash");
	assert_int_equal(by_name.uid, SAMPLE_SIMON);
	assert_int_equal(by_name.gid, SAMPLE_SIMON);
	assert_true(by_name.may_log_in);
	assert_ptr_equal(by_uid.name, by_name.name);
	assert_ptr_equal(by_order.name, by_name.name);
}

static void
user_has_a_private_group_without_members(void **state)
{
	struct cache_group by_name, by_gid;

	(void)state;
	assert_err(cache_group_by_name(&cache, "b.simon", &by_name), ERR_OK);
	assert_err(cache_group_by_gid(&cache, SAMPLE_SIMON, &by_gid), ERR_OK);
	assert_ptr_equal(by_name.name, by_gid.name);
	assert_int_equal(by_name.gid, SAMPLE_SIMON);
	assert_int_equal(by_name.member_count, 0);
	assert_null(cache_group_member(&cache, &by_name, 0));
}

static void
group_lists_its_members(void **state)
{
	struct cache_group group;

	(void)state;
	assert_err(cache_group_by_gid(&cache, SAMPLE_STAFF, &group), ERR_OK);
	assert_string_equal(group.name, "staff");
	assert_string_equal(group.passwd, "*");
	assert_int_equal(group.member_count, 2);
	assert_string_equal(cache_group_member(&cache, &group, 0), "b.simon");
	assert_string_equal(cache_group_member(&cache, &group, 1),
	    "a.adams@contoso.com");
	assert_null(cache_group_member(&cache, &group, 2));
	group.member_count = 1;
	assert_null(cache_group_member(&cache, &group, 1));
	assert_err(cache_group_by_name(&cache, "empty", &group), ERR_OK);
	assert_int_equal(group.member_count, 0);
}

static void
user_lists_supplementary_groups_without_the_primary_one(void **state)
{
	struct cache_user user;
	uint32_t gid = 0;

	(void)state;
	assert_err(cache_user_by_name(&cache, "b.simon", &user), ERR_OK);
	assert_err(cache_user_group(&cache, &user, 0, &gid), ERR_OK);
	assert_int_equal(gid, SAMPLE_STAFF);
	assert_err(cache_user_group(&cache, &user, 1, &gid), ERR_OK);
	assert_int_equal(gid, SAMPLE_AGENTS);
	assert_err(cache_user_group(&cache, &user, 2, &gid), ERR_NOT_FOUND);
	assert_err(cache_user_by_name(&cache, "gone", &user), ERR_OK);
	assert_err(cache_user_group(&cache, &user, 0, &gid), ERR_NOT_FOUND);
}

static void
inactive_user_exists_but_may_not_log_in(void **state)
{
	struct cache_user user;

	(void)state;
	assert_err(cache_user_by_uid(&cache, SAMPLE_GONE, &user), ERR_OK);
	assert_false(user.may_log_in);
}

static void
enumeration_ends(void **state)
{
	struct cache_user user;
	struct cache_group group;

	(void)state;
	assert_err(cache_user_at(&cache, 2, &user), ERR_OK);
	assert_err(cache_user_at(&cache, 3, &user), ERR_NOT_FOUND);
	assert_err(cache_user_at(&cache, UINT32_MAX, &user), ERR_NOT_FOUND);
	assert_err(cache_group_at(&cache, 5, &group), ERR_OK);
	assert_err(cache_group_at(&cache, 6, &group), ERR_NOT_FOUND);
}

static void
what_is_not_there_is_not_found(void **state)
{
	static const char *const names[] = {
		"b.simo", "b.simon2", "B.Simon", "b.simon ", "", "root",
		"nobody", "*", "b.simon@contoso.com", "-b", "b:simon",
		NAME_OF_65,
	};
	static const uint32_t ids[] = {
		0, 1, 999, 1000, 65534, ID_MIN - 1, ID_MIN, ID_MAX, ID_MAX + 1,
		UINT32_MAX, SAMPLE_SIMON + 3,
	};
	struct cache_user user;
	struct cache_group group;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_err(cache_user_by_name(&cache, names[i], &user),
		    ERR_NOT_FOUND);
		assert_err(cache_group_by_name(&cache, names[i], &group),
		    ERR_NOT_FOUND);
	}
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		assert_err(cache_user_by_uid(&cache, ids[i], &user),
		    ERR_NOT_FOUND);
		assert_err(cache_group_by_gid(&cache, ids[i], &group),
		    ERR_NOT_FOUND);
	}
	/* A group is no user. */
	assert_err(cache_user_by_name(&cache, "staff", &user), ERR_NOT_FOUND);
	assert_err(cache_user_by_uid(&cache, SAMPLE_STAFF, &user),
	    ERR_NOT_FOUND);
}

/* -- links ----------------------------------------------------------------- */

static void
local_account_is_linked_by_name_and_uid_together(void **state)
{
	static const char *const names[] = {
		"bsimon2", "bsimo", "BSimon", "b.simon", "", "a.adams",
		"bsimon ", "bsimon/", NAME_OF_65,
	};

	(void)state;
	assert_true(cache_is_linked(&cache, "bsimon", SAMPLE_BSIMON));
	assert_true(cache_is_linked(&cache, "A.Adams", SAMPLE_AADAMS));
	assert_false(cache_is_linked(&cache, "bsimon", SAMPLE_AADAMS));
	assert_false(cache_is_linked(&cache, "A.Adams", SAMPLE_BSIMON));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_false(cache_is_linked(&cache, names[i],
		    SAMPLE_BSIMON));
}

static void
i5_linked_account_is_nobody_to_nss(void **state)
{
	struct cache_user user;
	struct cache_group group;

	(void)state;
	assert_err(cache_user_by_name(&cache, "bsimon", &user),
	    ERR_NOT_FOUND);
	assert_err(cache_user_by_uid(&cache, SAMPLE_BSIMON, &user),
	    ERR_NOT_FOUND);
	assert_err(cache_group_by_name(&cache, "bsimon", &group),
	    ERR_NOT_FOUND);
	assert_err(cache_group_by_gid(&cache, SAMPLE_BSIMON, &group),
	    ERR_NOT_FOUND);
}

static void
nobody_is_created_unless_the_cache_says_so(void **state)
{
	(void)state;
	assert_false(cache_creates_users(&cache));
}

/* -- files ----------------------------------------------------------------- */

static void
file_that_is_missing_is_named_so(void **state)
{
	(void)state;
	assert_err(open_file(), ERR_CACHE_MISSING);
}

static void
file_of_the_writer_opens(void **state)
{
	AUTO(cache) struct cache c = CACHE_INIT;
	struct cache_user user;

	(void)state;
	write_file(sample.data, sample.len, 0644);
	assert_err(cache_open(FILE_NAME, &c), ERR_OK);
	assert_err(cache_verify(&c), ERR_OK);
	assert_err(cache_user_by_name(&c, "b.simon", &user), ERR_OK);
	cache_close(&c);
	cache_close(&c);
	assert_null(c.map);
}

static void
file_cut_at_any_length_is_damaged(void **state)
{
	(void)state;
	for (size_t len = 0; len < sample.len; len++) {
		AUTO_FREE uint8_t *cut = exact_copy(sample.data, len);
		struct cache c = CACHE_INIT;

		assert_err(cache_open_bytes(cut, len, &c), ERR_CACHE_DAMAGED);
	}
	for (size_t len = 0; len < sample.len; len += 47) {
		write_file(sample.data, len, 0644);
		assert_err(open_file(), ERR_CACHE_DAMAGED);
	}
}

static void
file_with_trailing_bytes_is_damaged(void **state)
{
	uint8_t longer[8192] = { 0 };

	(void)state;
	assert_true(sample.len < sizeof(longer));
	memcpy(longer, sample.data, sample.len);
	write_file(longer, sample.len + 1, 0644);
	assert_err(open_file(), ERR_CACHE_DAMAGED);
}

static void
file_of_random_bytes_is_damaged(void **state)
{
	uint8_t noise[4096];

	(void)state;
	srandom(8);
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)random();
	write_file(noise, sizeof(noise), 0644);
	assert_err(open_file(), ERR_CACHE_DAMAGED);
}

static void
file_of_another_version_is_named_so(void **state)
{
	static const uint8_t versions[] = { 0, 1, 3, 255 };
	AUTO_FREE uint8_t *other = exact_copy(sample.data, sample.len);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		other[offsetof(struct cache_header, version)] = versions[i];
		write_file(other, sample.len, 0644);
		assert_err(open_file(), ERR_CACHE_VERSION);
	}
}

static void
i9_file_that_others_may_write_is_refused(void **state)
{
	static const mode_t modes[] = { 0664, 0646, 0666, 0777, 0620 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		write_file(sample.data, sample.len, modes[i]);
		assert_err(open_file(), ERR_UNSAFE_FILE);
	}
}

static void
i9_file_of_another_owner_is_refused(void **state)
{
	(void)state;
	write_file(sample.data, sample.len, 0644);
	assert_int_equal(chown(FILE_NAME, 65534, 0), 0);
	assert_err(open_file(), ERR_UNSAFE_FILE);
}

static void
i9_symbolic_link_is_refused(void **state)
{
	(void)state;
	write_file(sample.data, sample.len, 0644);
	assert_int_equal(rename(FILE_NAME, "target"), 0);
	assert_int_equal(symlink("target", FILE_NAME), 0);
	assert_err(open_file(), ERR_UNSAFE_FILE);
	assert_int_equal(unlink("target"), 0);
	assert_int_equal(unlink(FILE_NAME), 0);
}

static void
i9_what_is_no_file_is_refused_without_hanging(void **state)
{
	(void)state;
	(void)unlink(FILE_NAME);
	assert_int_equal(mkfifo(FILE_NAME, 0644), 0);
	assert_err(open_file(), ERR_UNSAFE_FILE);
	assert_int_equal(unlink(FILE_NAME), 0);
	assert_int_equal(mkdir(FILE_NAME, 0755), 0);
	assert_err(open_file(), ERR_UNSAFE_FILE);
	assert_int_equal(rmdir(FILE_NAME), 0);
}

static bool
is_mapped(void)
{
	AUTO_FREE char *line = NULL;
	FILE *maps = fopen("/proc/self/maps", "re");
	size_t size = 0;
	bool found = false;

	assert_non_null(maps);
	while (!found && getline(&line, &size, maps) > 0)
		found = strstr(line, "/" FILE_NAME) != NULL;
	(void)fclose(maps);
	return found;
}

static void
file_stays_mapped_only_while_it_is_open(void **state)
{
	AUTO_FREE uint8_t *other = exact_copy(sample.data, sample.len);
	struct cache c = CACHE_INIT;

	(void)state;
	write_file(sample.data, sample.len, 0644);
	assert_err(cache_open(FILE_NAME, &c), ERR_OK);
	assert_true(is_mapped());
	cache_close(&c);
	assert_false(is_mapped());
	other[offsetof(struct cache_header, version)]++;
	write_file(other, sample.len, 0644);
	assert_err(open_file(), ERR_CACHE_VERSION);
	assert_false(is_mapped());
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(user_is_the_same_by_name_uid_and_order),
		cmocka_unit_test(user_has_a_private_group_without_members),
		cmocka_unit_test(group_lists_its_members),
		cmocka_unit_test(
		    user_lists_supplementary_groups_without_the_primary_one),
		cmocka_unit_test(inactive_user_exists_but_may_not_log_in),
		cmocka_unit_test(enumeration_ends),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(
		    local_account_is_linked_by_name_and_uid_together),
		cmocka_unit_test(i5_linked_account_is_nobody_to_nss),
		cmocka_unit_test(nobody_is_created_unless_the_cache_says_so),
		cmocka_unit_test(file_that_is_missing_is_named_so),
		cmocka_unit_test(file_of_the_writer_opens),
		cmocka_unit_test(file_cut_at_any_length_is_damaged),
		cmocka_unit_test(file_with_trailing_bytes_is_damaged),
		cmocka_unit_test(file_of_random_bytes_is_damaged),
		cmocka_unit_test(file_of_another_version_is_named_so),
		cmocka_unit_test(i9_file_that_others_may_write_is_refused),
		cmocka_unit_test(i9_symbolic_link_is_refused),
		cmocka_unit_test(i9_what_is_no_file_is_refused_without_hanging),
		cmocka_unit_test(file_stays_mapped_only_while_it_is_open),
		/* for root */
		cmocka_unit_test(i9_file_of_another_owner_is_refused),
	};

	return run_group(tests, ARRAY_LEN(tests), 1, set_up, tear_down);
}
