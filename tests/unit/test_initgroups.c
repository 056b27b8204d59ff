/* SPDX-License-Identifier: BSD-2-Clause */
/* _nss_8x8_initgroups_dyn(), called as libc calls it. */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "../lib/cache.h"
#include "nss_8x8/nss_8x8.h"

/* What the module is linked with here. */
const char nss_cache_path[] = TEST_NSS_CACHE;

static int
set_up(void **state)
{
	(void)state;
	put_sample_cache(TEST_NSS_CACHE);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	(void)unlink(TEST_NSS_CACHE);
	return 0;
}

struct gids {
	gid_t *list;
	long start;
	long size;
};

/* A list of size gids of which one is there, as libc prepares it. */
static struct gids
gids_new(long size)
{
	struct gids g = { malloc((size_t)size * sizeof(gid_t)), 1, size };

	assert_non_null(g.list);
	g.list[0] = 4711;
	return g;
}

static enum nss_status
groups_of(const char *name, gid_t skip, struct gids *g, long limit)
{
	int e = 0;

	return _nss_8x8_initgroups_dyn(name, skip, &g->start, &g->size,
	    &g->list, limit, &e);
}

static void
initgroups_appends_and_grows(void **state)
{
	(void)state;
	for (long size = 1; size < 5; size++) {
		struct gids g = gids_new(size);

		assert_int_equal(groups_of("b.simon", SAMPLE_SIMON, &g, 0),
		    NSS_STATUS_SUCCESS);
		assert_int_equal(g.start, 3);
		assert_true(g.size >= 3);
		assert_int_equal(g.list[0], 4711);
		assert_int_equal(g.list[1], SAMPLE_STAFF);
		assert_int_equal(g.list[2], SAMPLE_AGENTS);
		free(g.list);
	}
}

static void
initgroups_skips_the_primary_group(void **state)
{
	struct gids g = gids_new(8);

	(void)state;
	assert_int_equal(groups_of("b.simon", SAMPLE_STAFF, &g, -1),
	    NSS_STATUS_SUCCESS);
	assert_int_equal(g.start, 2);
	assert_int_equal(g.list[1], SAMPLE_AGENTS);
	free(g.list);
}

static void
initgroups_stops_at_the_limit(void **state)
{
	(void)state;
	for (long limit = 1; limit < 5; limit++) {
		struct gids g = gids_new(1);

		assert_int_equal(groups_of("b.simon", SAMPLE_SIMON, &g,
		    limit), NSS_STATUS_SUCCESS);
		assert_int_equal(g.start, limit < 3 ? limit : 3);
		assert_true(g.size <= limit);
		free(g.list);
	}
}

static void
initgroups_of_others_is_not_found_at_once(void **state)
{
	static const char *const names[] = { "root", "", "staff", "B.Simon",
	    "c.clark" };
	struct gids g = gids_new(1);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_int_equal(groups_of(names[i], 0, &g, 0),
		    NSS_STATUS_NOTFOUND);
	assert_int_equal(unlink(TEST_NSS_CACHE), 0);
	assert_int_equal(groups_of("root", 0, &g, 0), NSS_STATUS_NOTFOUND);
	assert_int_equal(g.start, 1);
	assert_int_equal(g.size, 1);
	free(g.list);
}

static void
initgroups_of_a_user_without_groups_adds_none(void **state)
{
	struct gids g = gids_new(1);

	(void)state;
	assert_int_equal(groups_of("gone", SAMPLE_GONE, &g, 0),
	    NSS_STATUS_SUCCESS);
	assert_int_equal(g.start, 1);
	free(g.list);
}

#define NSS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		NSS_TEST(initgroups_appends_and_grows),
		NSS_TEST(initgroups_skips_the_primary_group),
		NSS_TEST(initgroups_stops_at_the_limit),
		NSS_TEST(initgroups_of_others_is_not_found_at_once),
		NSS_TEST(initgroups_of_a_user_without_groups_adds_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
