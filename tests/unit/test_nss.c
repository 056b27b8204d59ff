/* SPDX-License-Identifier: BSD-2-Clause */
/* The entry points of libnss_8x8, called as libc calls them. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/cache.h"
#include "base/limits.h"
#include "nss_8x8/nss_8x8.h"

/* What the module is linked with here. */
const char nss_cache_path[] = TEST_NSS_CACHE;

#define ROOM 1024u
#define CANARY 0x5a

static int
set_up(void **state)
{
	(void)state;
	put_sample_cache(TEST_NSS_CACHE);
	(void)_nss_8x8_setpwent(0);
	(void)_nss_8x8_setgrent(0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	(void)unlink(TEST_NSS_CACHE);
	return 0;
}

/* -- one interface for the five ways to ask -------------------------------- */

union record {
	struct passwd pw;
	struct group gr;
};

typedef enum nss_status ask_fn(union record *ret, char *buffer, size_t size,
	int *errnop);

static enum nss_status
simon_by_name(union record *ret, char *buffer, size_t size, int *errnop)
{
	return _nss_8x8_getpwnam_r("b.simon", &ret->pw, buffer, size, errnop);
}

static enum nss_status
simon_by_uid(union record *ret, char *buffer, size_t size, int *errnop)
{
	return _nss_8x8_getpwuid_r(SAMPLE_SIMON, &ret->pw, buffer, size,
	    errnop);
}

static enum nss_status
first_user(union record *ret, char *buffer, size_t size, int *errnop)
{
	return _nss_8x8_getpwent_r(&ret->pw, buffer, size, errnop);
}

static enum nss_status
staff_by_name(union record *ret, char *buffer, size_t size, int *errnop)
{
	return _nss_8x8_getgrnam_r("staff", &ret->gr, buffer, size, errnop);
}

static enum nss_status
staff_by_gid(union record *ret, char *buffer, size_t size, int *errnop)
{
	return _nss_8x8_getgrgid_r(SAMPLE_STAFF, &ret->gr, buffer, size,
	    errnop);
}

static enum nss_status
first_group(union record *ret, char *buffer, size_t size, int *errnop)
{
	return _nss_8x8_getgrent_r(&ret->gr, buffer, size, errnop);
}

static void
check_simon(const union record *r)
{
	assert_string_equal(r->pw.pw_name, "b.simon");
	assert_string_equal(r->pw.pw_passwd, "*");
	assert_int_equal(r->pw.pw_uid, SAMPLE_SIMON);
	assert_int_equal(r->pw.pw_gid, SAMPLE_SIMON);
	assert_string_equal(r->pw.pw_gecos, "B. Simon");
	assert_string_equal(r->pw.pw_dir, "/home/b.simon");
	assert_string_equal(r->pw.pw_shell, "/bin/bash");
}

static void
check_staff(const union record *r)
{
	assert_string_equal(r->gr.gr_name, "staff");
	assert_string_equal(r->gr.gr_passwd, "*");
	assert_int_equal(r->gr.gr_gid, SAMPLE_STAFF);
	assert_int_equal((uintptr_t)r->gr.gr_mem % alignof(char *), 0);
	assert_string_equal(r->gr.gr_mem[0], "b.simon");
	assert_string_equal(r->gr.gr_mem[1], "a.adams@contoso.com");
	assert_null(r->gr.gr_mem[2]);
}

static const struct way {
	ask_fn *ask;
	void (*check)(const union record *);
} ways[] = {
	{ simon_by_name, check_simon },
	{ simon_by_uid, check_simon },
	{ first_user, check_simon },
	{ staff_by_name, check_staff },
	{ staff_by_gid, check_staff },
	{ first_group, check_staff },
};

/* -- answers --------------------------------------------------------------- */

static void
every_way_gives_the_same_record(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		char buffer[ROOM];
		union record r;
		int e = 77;

		errno = 55;
		assert_int_equal(ways[i].ask(&r, buffer, sizeof(buffer), &e),
		    NSS_STATUS_SUCCESS);
		ways[i].check(&r);
		assert_int_equal(e, 77);
		assert_int_equal(errno, 55);
	}
}

/* Asks with every size from 0 on until it is enough; returns that size. */
static size_t
grow_until_it_fits(const struct way *way, char *buffer)
{
	static const char canary[] = { CANARY, CANARY, CANARY, CANARY };

	for (size_t size = 0; size < ROOM; size++) {
		enum nss_status status;
		union record r;
		int e = 0;

		memset(buffer, CANARY, ROOM);
		status = way->ask(&r, buffer, size, &e);
		assert_memory_equal(buffer + size, canary, sizeof(canary));
		if (status == NSS_STATUS_SUCCESS) {
			way->check(&r);
			return size;
		}
		assert_int_equal(status, NSS_STATUS_TRYAGAIN);
		assert_int_equal(e, ERANGE);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(buffer[i], CANARY);
	}
	fail_msg("%u bytes are not enough", ROOM);
	return 0;
}

static void
every_small_buffer_is_erange_and_untouched(void **state)
{
	alignas(16) char room[ROOM + 32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		for (size_t shift = 0; shift < 16; shift++) {
			size_t pad = -shift % alignof(char *);
			size_t need = i < 3 ? sizeof("b.simon\0*\0B. Simon\0"
			    "/home/b.simon\0/bin/bash") : pad +
			    3 * sizeof(char *) +
			    sizeof("staff\0*\0b.simon\0a.adams@contoso.com");

			assert_int_equal(grow_until_it_fits(&ways[i],
			    room + shift), need);
			(void)_nss_8x8_setpwent(0);
			(void)_nss_8x8_setgrent(0);
		}
}

static void
erange_does_not_advance_the_enumeration(void **state)
{
	char buffer[ROOM];
	struct passwd pw;
	struct group gr;
	int e = 0;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(_nss_8x8_getpwent_r(&pw, buffer, 10, &e),
		    NSS_STATUS_TRYAGAIN);
		assert_int_equal(_nss_8x8_getgrent_r(&gr, buffer, 10, &e),
		    NSS_STATUS_TRYAGAIN);
	}
	assert_int_equal(_nss_8x8_getpwent_r(&pw, buffer, ROOM, &e),
	    NSS_STATUS_SUCCESS);
	assert_string_equal(pw.pw_name, "b.simon");
	assert_int_equal(_nss_8x8_getgrent_r(&gr, buffer, ROOM, &e),
	    NSS_STATUS_SUCCESS);
	assert_string_equal(gr.gr_name, "staff");
}

static void
enumeration_lists_users_once_and_ends(void **state)
{
	static const char *const names[] = { "b.simon", "a.adams@contoso.com",
	    "gone" };
	char buffer[ROOM];
	struct passwd pw;
	int e = 0;

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			assert_int_equal(_nss_8x8_getpwent_r(&pw, buffer,
			    ROOM, &e), NSS_STATUS_SUCCESS);
			assert_string_equal(pw.pw_name, names[i]);
		}
		for (int i = 0; i < 2; i++)
			assert_int_equal(_nss_8x8_getpwent_r(&pw, buffer,
			    ROOM, &e), NSS_STATUS_NOTFOUND);
		assert_int_equal(e, ENOENT);
		assert_int_equal(round == 0 ? _nss_8x8_setpwent(1) :
		    _nss_8x8_endpwent(), NSS_STATUS_SUCCESS);
	}
	assert_int_equal(_nss_8x8_getpwent_r(&pw, buffer, ROOM, &e),
	    NSS_STATUS_SUCCESS);
	assert_string_equal(pw.pw_name, names[0]);
}

static void
enumeration_lists_groups_once_and_ends(void **state)
{
	static const char *const names[] = { "staff", "agents", "empty",
	    "b.simon", "a.adams@contoso.com", "gone" };
	char buffer[ROOM];
	struct group gr;
	int e = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_int_equal(_nss_8x8_getgrent_r(&gr, buffer, ROOM, &e),
		    NSS_STATUS_SUCCESS);
		assert_string_equal(gr.gr_name, names[i]);
	}
	assert_int_equal(_nss_8x8_getgrent_r(&gr, buffer, ROOM, &e),
	    NSS_STATUS_NOTFOUND);
	assert_int_equal(_nss_8x8_endgrent(), NSS_STATUS_SUCCESS);
	assert_int_equal(_nss_8x8_getgrent_r(&gr, buffer, ROOM, &e),
	    NSS_STATUS_SUCCESS);
	assert_string_equal(gr.gr_name, names[0]);
}

static void *
name_of_first_user(void *ret)
{
	char buffer[ROOM];
	struct passwd pw;
	int e = 0;

	if (_nss_8x8_getpwent_r(&pw, buffer, ROOM, &e) == NSS_STATUS_SUCCESS)
		(void)snprintf(ret, 32, "%s", pw.pw_name);
	return NULL;
}

static void
enumeration_of_another_thread_is_its_own(void **state)
{
	char here[32] = "", there[32] = "";
	pthread_t thread;

	(void)state;
	(void)name_of_first_user(here);
	assert_int_equal(pthread_create(&thread, NULL, name_of_first_user,
	    there), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_string_equal(here, "b.simon");
	assert_string_equal(there, "b.simon");
	(void)name_of_first_user(here);
	assert_string_equal(here, "a.adams@contoso.com");
}

/* Sets *ret once it has asked for everything and can be cancelled again. */
static void *
ask_while_cancelled(void *ret)
{
	char buffer[ROOM];
	union record r;
	int state;
	int e = 0;

	(void)pthread_cancel(pthread_self());
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		(void)ways[i].ask(&r, buffer, ROOM, &e);
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	*(bool *)ret = state == PTHREAD_CANCEL_ENABLE;
	return NULL;
}

/* getpwnam() holds a lock while it asks. */
static void
no_thread_is_cancelled_in_a_lookup(void **state)
{
	pthread_t thread;
	bool outlived = false;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, ask_while_cancelled,
	    &outlived), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(outlived);
}

/* -- what is not answered -------------------------------------------------- */

static const char *const foreign_names[] = { "", "root", "nobody", "daemon",
    "B.Simon", "b.simon ", "b.simo", "*", "0",
    NAME_OF_65 };
static const uint32_t foreign_ids[] = { 0, 1, 100, 999, 1000, 65534, 65535,
    ID_MIN - 1, ID_MAX + 1, UINT32_MAX };

static void
assert_not_found(enum nss_status status, int *e)
{
	assert_int_equal(status, NSS_STATUS_NOTFOUND);
	assert_int_equal(*e, ENOENT);
	*e = 0;
}

static void
ask_all_foreign(void)
{
	char buffer[ROOM];
	struct passwd pw;
	struct group gr;
	int e = 0;

	for (size_t i = 0; i < ARRAY_LEN(foreign_ids); i++) {
		assert_not_found(_nss_8x8_getpwuid_r(foreign_ids[i], &pw,
		    buffer, ROOM, &e), &e);
		assert_not_found(_nss_8x8_getgrgid_r(foreign_ids[i], &gr,
		    buffer, ROOM, &e), &e);
	}
	assert_not_found(_nss_8x8_getpwnam_r("root", &pw, buffer, ROOM, &e),
	    &e);
	assert_not_found(_nss_8x8_getgrnam_r("root", &gr, buffer, ROOM, &e),
	    &e);
}

static void
foreign_names_and_ids_are_not_found(void **state)
{
	char buffer[ROOM];
	struct passwd pw;
	struct group gr;
	int e = 0;

	(void)state;
	ask_all_foreign();
	for (size_t i = 0; i < ARRAY_LEN(foreign_names); i++) {
		assert_not_found(_nss_8x8_getpwnam_r(foreign_names[i], &pw,
		    buffer, ROOM, &e), &e);
		assert_not_found(_nss_8x8_getgrnam_r(foreign_names[i], &gr,
		    buffer, ROOM, &e), &e);
	}
}

static void
foreign_names_and_ids_are_not_found_even_without_a_file(void **state)
{
	(void)state;
	assert_int_equal(unlink(TEST_NSS_CACHE), 0);
	ask_all_foreign();
}

static void
assert_all_unavailable(void)
{
	long start = 1, size = 1;
	gid_t *gids = NULL;

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		char buffer[ROOM];
		union record r;
		int e = 0;

		errno = 55;
		assert_int_equal(ways[i].ask(&r, buffer, ROOM, &e),
		    NSS_STATUS_UNAVAIL);
		assert_int_equal(e, ENOENT);
		assert_int_equal(errno, 55);
	}
	assert_int_equal(_nss_8x8_initgroups_dyn("b.simon", 0, &start, &size,
	    &gids, 0, &errno), NSS_STATUS_UNAVAIL);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(start, 1);
}

static void
missing_cache_is_unavailable(void **state)
{
	(void)state;
	assert_int_equal(unlink(TEST_NSS_CACHE), 0);
	assert_all_unavailable();
}

/* "No such user" would be a lie, and one that nscd remembers. */
static void
want_of_descriptors_passes(void **state)
{
	struct rlimit old, none;
	int next = open(TEST_NSS_CACHE, O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(next >= 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(close(next), 0);
	none = (struct rlimit){ (rlim_t)next, old.rlim_max };
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		enum nss_status status;
		char buffer[ROOM];
		union record r;
		int e = 0;

		errno = 55;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
		status = ways[i].ask(&r, buffer, ROOM, &e);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
		assert_int_equal(status, NSS_STATUS_TRYAGAIN);
		assert_int_equal(e, EAGAIN);
		assert_int_equal(errno, 55);
	}
}

static void
unusable_cache_is_unavailable(void **state)
{
	static const char text[] = "b.simon:*:0:0::/root:/bin/sh\n";

	(void)state;
	put_cache(TEST_NSS_CACHE, "", 0);
	assert_all_unavailable();
	put_cache(TEST_NSS_CACHE, text, sizeof(text) - 1);
	assert_all_unavailable();
	put_sample_cache(TEST_NSS_CACHE);
	assert_int_equal(chmod(TEST_NSS_CACHE, 0666), 0);
	assert_all_unavailable();
}

static void
new_file_is_seen_at_once(void **state)
{
	char buffer[ROOM];
	union record r;
	int e = 0;

	(void)state;
	assert_int_equal(unlink(TEST_NSS_CACHE), 0);
	assert_int_equal(simon_by_name(&r, buffer, ROOM, &e),
	    NSS_STATUS_UNAVAIL);
	put_sample_cache(TEST_NSS_CACHE);
	assert_int_equal(simon_by_name(&r, buffer, ROOM, &e),
	    NSS_STATUS_SUCCESS);
}

static void
member_that_is_damaged_makes_the_group_unavailable(void **state)
{
	AUTO(buf) struct buf bad = BUF_INIT(CACHE_SIZE_MAX);
	struct cache cache = CACHE_INIT;
	struct cache_group group;
	char buffer[ROOM];
	union record r;
	int e = 0;

	(void)state;
	sample_cache(&bad);
	assert_err(cache_open_bytes(bad.data, bad.len, &cache), ERR_OK);
	assert_err(cache_group_by_name(&cache, "staff", &group), ERR_OK);
	memset(bad.data + group.members_, 0xff, 4);
	put_cache(TEST_NSS_CACHE, bad.data, bad.len);
	assert_int_equal(staff_by_gid(&r, buffer, ROOM, &e),
	    NSS_STATUS_UNAVAIL);
}

#define NSS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		NSS_TEST(every_way_gives_the_same_record),
		NSS_TEST(every_small_buffer_is_erange_and_untouched),
		NSS_TEST(erange_does_not_advance_the_enumeration),
		NSS_TEST(enumeration_lists_users_once_and_ends),
		NSS_TEST(enumeration_lists_groups_once_and_ends),
		NSS_TEST(enumeration_of_another_thread_is_its_own),
		NSS_TEST(no_thread_is_cancelled_in_a_lookup),
		NSS_TEST(foreign_names_and_ids_are_not_found),
		NSS_TEST(
		    foreign_names_and_ids_are_not_found_even_without_a_file),
		NSS_TEST(missing_cache_is_unavailable),
		NSS_TEST(want_of_descriptors_passes),
		NSS_TEST(unusable_cache_is_unavailable),
		NSS_TEST(new_file_is_seen_at_once),
		NSS_TEST(member_that_is_damaged_makes_the_group_unavailable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
