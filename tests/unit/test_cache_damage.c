/* SPDX-License-Identifier: BSD-2-Clause */
/* What the reader says of files that somebody else wrote, or nobody. */
#include "unit.h"

#include <stdlib.h>

#include "../lib/cache.h"
#include "base/cleanup.h"
#include "cache/format.h"
#include "cache/reader.h"

static struct buf sample = BUF_INIT(CACHE_SIZE_MAX);
static struct cache cache = CACHE_INIT;

static int
set_up(void **state)
{
	(void)state;
	sample_cache(&sample);
	return cache_open_bytes(sample.data, sample.len, &cache) != ERR_OK;
}

static int
tear_down(void **state)
{
	(void)state;
	buf_clear(&sample);
	return 0;
}

/* The record's offset in the sample. */
static size_t
offset_of(const char *strings, size_t record_size)
{
	return (size_t)((const uint8_t *)strings - sample.data) - record_size;
}

static size_t
simon_at(void)
{
	struct cache_user user;

	assert_err(cache_user_by_name(&cache, "b.simon", &user), ERR_OK);
	return offset_of(user.name, sizeof(struct cache_user_record));
}

static void
id_outside_the_range_is_never_returned(void **state)
{
	static const uint32_t ids[] = { 0, 1, 999, 65534, ID_MIN - 1,
	    ID_MAX + 1, UINT32_MAX };
	size_t at = simon_at();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
		uint32_t id[2] = { htole32(ids[i]), htole32(ids[i]) };
		struct cache c = CACHE_INIT;
		struct cache_user user;

		memcpy(bad + at, id, sizeof(id));
		assert_err(cache_open_bytes(bad, sample.len, &c), ERR_OK);
		assert_err(cache_user_by_name(&c, "b.simon", &user),
		    ERR_CACHE_DAMAGED);
		assert_err(cache_user_at(&c, 0, &user), ERR_CACHE_DAMAGED);
		assert_err(cache_user_by_uid(&c, ids[i], &user),
		    ERR_NOT_FOUND);
	}
}

static void
primary_group_is_never_another_one(void **state)
{
	AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
	uint32_t gid = htole32(SAMPLE_STAFF);
	struct cache c = CACHE_INIT;
	struct cache_user user;

	(void)state;
	memcpy(bad + simon_at() + offsetof(struct cache_user_record, gid),
	    &gid, sizeof(gid));
	assert_err(cache_open_bytes(bad, sample.len, &c), ERR_OK);
	assert_err(cache_user_by_uid(&c, SAMPLE_SIMON, &user),
	    ERR_CACHE_DAMAGED);
}

/* Each row puts a byte into b.simon's strings "b.simon\0*\0B. Simon\0/home..."
 * that nobody may ever see there. */
static void
field_with_a_bad_byte_is_never_returned(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
	} rows[] = {
		{ 0, 'B' }, { 0, '-' }, { 0, '\0' }, { 1, ':' }, { 1, '\n' },
		{ 1, '/' }, { 1, ' ' }, { 1, 0x80 }, { 7, 'x' }, { 8, 'x' },
		{ 8, '\0' }, { 9, 'x' }, { 10, ':' }, { 10, '\n' },
		{ 10, 0x1b }, { 10, 0x7f }, { 10, 0xff }, { 12, '\0' },
		{ 18, 'x' }, { 19, 'x' }, { 20, ':' }, { 20, '\0' },
		{ 32, 'x' }, { 33, 'x' }, { 34, '\r' }, { 42, 'x' },
	};
	size_t at = simon_at() + sizeof(struct cache_user_record);

	(void)state;
	assert_memory_equal(sample.data + at,
	    "b.simon\0*\0B. Simon\0/home/b.simon\0/bin/bash", 43);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
		struct cache c = CACHE_INIT;
		struct cache_user user;

		bad[at + rows[i].at] = rows[i].byte;
		assert_err(cache_open_bytes(bad, sample.len, &c), ERR_OK);
		assert_err(cache_user_by_uid(&c, SAMPLE_SIMON, &user),
		    ERR_CACHE_DAMAGED);
	}
}

static void
bad_supplementary_gid_is_never_returned(void **state)
{
	AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
	uint32_t docker = htole32(999);
	struct cache c = CACHE_INIT;
	struct cache_user user;
	uint32_t gid = 7;

	(void)state;
	assert_err(cache_open_bytes(bad, sample.len, &c), ERR_OK);
	assert_err(cache_user_by_name(&c, "b.simon", &user), ERR_OK);
	memcpy(bad + user.gids_, &docker, sizeof(docker));
	assert_err(cache_user_group(&c, &user, 0, &gid), ERR_CACHE_DAMAGED);
	assert_int_equal(gid, 7);
	assert_err(cache_user_group(&c, &user, 1, &gid), ERR_OK);
}

static void
member_that_is_no_name_is_never_returned(void **state)
{
	static const uint32_t places[] = { 0, 1, 6, 9, 15, 16, 40, UINT32_MAX };
	struct cache_group group;

	(void)state;
	assert_err(cache_group_by_name(&cache, "staff", &group), ERR_OK);
	assert_memory_equal(group.name, "staff\0*\0b.simon\0a.adams", 23);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
		uint32_t at = htole32(places[i]);
		struct cache c = CACHE_INIT;

		memcpy(bad + group.members_, &at, sizeof(at));
		assert_err(cache_open_bytes(bad, sample.len, &c), ERR_OK);
		assert_err(cache_group_by_name(&c, "staff", &group), ERR_OK);
		if (places[i] == 16)
			assert_string_equal(cache_group_member(&c, &group, 0),
			    "a.adams@contoso.com");
		else
			assert_null(cache_group_member(&c, &group, 0));
	}
}

/* Writes one slot over a whole table. */
static void
flood_table(uint8_t *file, enum cache_index index, struct cache_slot slot)
{
	const struct cache_header *header = (const void *)file;
	uint8_t *p = file +
	    (size_t)le32toh(header->tables[index].at) * CACHE_UNIT;

	for (uint32_t i = 0; i < le32toh(header->tables[index].slots); i++)
		memcpy(p + i * sizeof(slot), &slot, sizeof(slot));
}

static void
record_that_a_slot_points_to_must_be_the_one_asked_for(void **state)
{
	AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
	const struct cache_header *header = (const void *)bad;
	uint64_t seed = le64toh(header->seed);
	struct cache_slot slot = {
		htole32(cache_key_name(seed, "staff", 5).tag),
		htole32((uint32_t)(simon_at() / CACHE_UNIT)),
	};
	struct cache c = CACHE_INIT;
	struct cache_user user;

	(void)state;
	assert_err(cache_open_bytes(bad, sample.len, &c), ERR_OK);
	flood_table(bad, CACHE_USER_BY_NAME, slot);
	assert_err(cache_user_by_name(&c, "staff", &user), ERR_NOT_FOUND);
	slot.tag = htole32(SAMPLE_ADAMS);
	flood_table(bad, CACHE_USER_BY_UID, slot);
	assert_err(cache_user_by_uid(&c, SAMPLE_ADAMS, &user), ERR_NOT_FOUND);
}

/* Not even as damage: for root and local users the answer is "not ours". */
static void
foreign_name_or_id_is_not_found_whatever_the_file_says(void **state)
{
	AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
	struct cache_slot slot = { 0, htole32((uint32_t)(simon_at() /
	    CACHE_UNIT)) };
	struct cache c = CACHE_INIT;
	struct cache_user user;

	(void)state;
	memset(bad + simon_at(), 0, 8);
	memcpy(bad + simon_at() + sizeof(struct cache_user_record), "root", 5);
	assert_err(cache_open_bytes(bad, sample.len, &c), ERR_OK);
	flood_table(bad, CACHE_USER_BY_UID, slot);
	assert_err(cache_user_by_uid(&c, 0, &user), ERR_NOT_FOUND);
	slot.tag = htole32(cache_key_name(0, "root", 4).tag);
	flood_table(bad, CACHE_USER_BY_NAME, slot);
	assert_err(cache_user_by_name(&c, "root", &user), ERR_NOT_FOUND);
}

static void
user_with_an_unknown_flag_may_not_log_in(void **state)
{
	AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
	struct cache c = CACHE_INIT;
	struct cache_user user;

	(void)state;
	bad[simon_at() + offsetof(struct cache_user_record, flags)] |= 2;
	assert_err(cache_open_bytes(bad, sample.len, &c), ERR_OK);
	assert_err(cache_user_by_name(&c, "b.simon", &user), ERR_OK);
	assert_false(user.may_log_in);
}

/* The list of links in a copy of the sample: its count, then the links. */
static uint8_t *
links_of(uint8_t *file)
{
	const struct cache_header *header = (const void *)file;

	return file + (size_t)le32toh(header->link_list_at) * CACHE_UNIT;
}

static bool
is_linked(const uint8_t *file, const char *name, uint32_t uid)
{
	struct cache c = CACHE_INIT;

	assert_err(cache_open_bytes(file, sample.len, &c), ERR_OK);
	return cache_is_linked(&c, name, uid);
}

/* Whoever may write the file cannot make root or the system's accounts ours:
 * that would let a person in as them, or lock the host. */
static void
i5_no_file_can_link_root_or_the_systems_accounts(void **state)
{
	static const struct {
		const char *name;
		uint32_t uid;
	} rows[] = {
		{ "root", 1000 }, { "toor", 0 }, { "root", 0 },
		{ "daemon", 1 }, { "sys", 999 }, { "dynamic", 61184 },
		{ "homed", 60001 }, { "nobody", 65534 }, { "none", 65535 },
		{ "ours", ID_MIN }, { "ours", ID_MAX },
		{ "all", UINT32_MAX }, { "", 1000 }, { "-b", 1000 },
		{ ".", 1000 }, { "..", 1000 }, { "../b", 1000 },
		{ "a:b", 1000 }, { "a b", 1000 }, { "a\nb", 1000 },
		{ "b\303\266", 1000 }, { "1000", 1000 }, { "0", 1000 },
		{ "abcdefghijklmnopabcdefghijklmnopq", 1000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
		struct cache_link link = { .uid = htole32(rows[i].uid) };

		memcpy(link.name, rows[i].name, strlen(rows[i].name));
		memcpy(links_of(bad) + 4, &link, sizeof(link));
		if (is_linked(bad, rows[i].name, rows[i].uid))
			fail_msg("%s %u", rows[i].name, rows[i].uid);
	}
}

static void
list_of_links_that_breaks_a_bound_is_none(void **state)
{
	static const uint32_t counts[] = { 0, CACHE_LINKS_MAX,
	    CACHE_LINKS_MAX + 1, 0x7fffffff, 0x80000000, 0x66666667,
	    UINT32_MAX };
	uint32_t end = (uint32_t)(sample.len / CACHE_UNIT);
	const uint32_t places[] = { 0, end - 1, end, end + 1, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
		uint32_t count = htole32(counts[i]);

		assert_true(is_linked(bad, "bsimon", SAMPLE_BSIMON));
		memcpy(links_of(bad), &count, sizeof(count));
		assert_false(is_linked(bad, "bsimon", SAMPLE_BSIMON));
	}
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
		struct cache_header *header = (void *)bad;

		header->link_list_at = htole32(places[i]);
		assert_false(is_linked(bad, "bsimon", SAMPLE_BSIMON));
	}
}

/* Room for the links is no reason to believe them, nor to search them all. */
static void
more_links_than_allowed_are_none(void **state)
{
	size_t list = (sample.len + CACHE_UNIT - 1) / CACHE_UNIT * CACHE_UNIT;
	size_t size = list + 4 +
	    (CACHE_LINKS_MAX + 1) * sizeof(struct cache_link);
	AUTO_FREE uint8_t *bad = calloc(1, size);
	struct cache_header *header = (void *)bad;
	struct cache c = CACHE_INIT;

	(void)state;
	assert_non_null(bad);
	memcpy(bad, sample.data, sample.len);
	memcpy(bad + list + 4, links_of(bad) + 4, sizeof(struct cache_link));
	header->size = htole64(size);
	header->link_list_at = htole32((uint32_t)(list / CACHE_UNIT));
	for (uint32_t more = 0; more < 2; more++) {
		uint32_t count = htole32(CACHE_LINKS_MAX + more);

		memcpy(bad + list, &count, sizeof(count));
		assert_err(cache_open_bytes(bad, size, &c), ERR_OK);
		assert_int_equal(cache_is_linked(&c, "bsimon", SAMPLE_BSIMON),
		    more == 0);
	}
}

/* A name without its NUL is compared up to the link's end only. */
static void
link_without_an_end_is_another_name(void **state)
{
	AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);

	(void)state;
	memset(links_of(bad) + 4 + sizeof(uint32_t) + strlen("bsimon"), 'x',
	    sizeof(((struct cache_link *)0)->name) - strlen("bsimon"));
	assert_false(is_linked(bad, "bsimon", SAMPLE_BSIMON));
	assert_true(is_linked(bad, "A.Adams", SAMPLE_AADAMS));
}

static void
header_with_an_unknown_flag_creates_nobody(void **state)
{
	static const uint32_t flags[] = { 0, 2, 3, 0x80000001, UINT32_MAX };
	AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
	struct cache_header *header = (void *)bad;
	struct cache c = CACHE_INIT;

	(void)state;
	assert_err(cache_open_bytes(bad, sample.len, &c), ERR_OK);
	header->flags = htole32(CACHE_CREATES_USERS);
	assert_true(cache_creates_users(&c));
	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		header->flags = htole32(flags[i]);
		assert_false(cache_creates_users(&c));
	}
}

static void
table_that_is_full_ends(void **state)
{
	AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
	struct cache_slot slot = { htole32(7), htole32(9) };
	struct cache c = CACHE_INIT;
	struct cache_user user;

	(void)state;
	for (enum cache_index i = 0; i < CACHE_INDEXES; i++)
		flood_table(bad, i, slot);
	assert_err(cache_open_bytes(bad, sample.len, &c), ERR_OK);
	assert_err(cache_user_by_name(&c, "b.simon", &user), ERR_NOT_FOUND);
	assert_err(cache_user_by_uid(&c, SAMPLE_SIMON, &user), ERR_NOT_FOUND);
}

static void
table_size_that_is_no_power_of_two_is_damaged(void **state)
{
	static const uint32_t sizes[] = { 0, 3, 15, 0xffffffff };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
		struct cache_header *header = (void *)bad;
		struct cache c = CACHE_INIT;
		struct cache_user user;

		header->tables[CACHE_USER_BY_NAME].slots = htole32(sizes[i]);
		assert_err(cache_open_bytes(bad, sample.len, &c), ERR_OK);
		assert_err(cache_user_by_name(&c, "b.simon", &user),
		    ERR_CACHE_DAMAGED);
	}
}

static void
each_damaged_byte_is_found_by_verify(void **state)
{
	AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
	size_t from = offsetof(struct cache_header, checksum);
	struct cache c = CACHE_INIT;

	(void)state;
	assert_err(cache_open_bytes(bad, sample.len, &c), ERR_OK);
	assert_err(cache_verify(&c), ERR_OK);
	for (size_t i = from; i < sample.len; i++) {
		bad[i] ^= 0x10;
		assert_err(cache_verify(&c), ERR_CACHE_DAMAGED);
		bad[i] ^= 0x10;
	}
	/* A superseded file is a whole one. */
	bad[offsetof(struct cache_header, superseded)] = 1;
	assert_err(cache_verify(&c), ERR_OK);
}

static void
each_changed_byte_is_survived(void **state)
{
	AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
	size_t whole = walk_cache(bad, sample.len);
	size_t fewer = 0;

	(void)state;
	assert_true(whole > 20);
	for (size_t i = 0; i < sample.len; i++) {
		uint8_t byte = bad[i];

		for (unsigned int bit = 0; bit < 8; bit++) {
			bad[i] = (uint8_t)(byte ^ 1u << bit);
			fewer += walk_cache(bad, sample.len) < whole;
		}
		bad[i] = (uint8_t)~byte;
		fewer += walk_cache(bad, sample.len) < whole;
		bad[i] = byte;
	}
	assert_true(fewer > sample.len);
}

static uint32_t
interesting(void)
{
	static const uint32_t numbers[] = {
		0, 1, 2, 3, 15, 16, 127, 128, 0x7fffffff, 0x80000000,
		0xfffffff0, 0xffffffff, SAMPLE_SIMON, ID_MIN, ID_MAX,
	};
	long pick = random();

	if (pick % 3 == 0)
		return (uint32_t)random();
	if (pick % 3 == 1)
		return (uint32_t)random() % 256;
	return numbers[(size_t)(pick / 3) % ARRAY_LEN(numbers)];
}

static void
two_hundred_thousand_overwritten_words_are_survived(void **state)
{
	AUTO_FREE uint8_t *bad = exact_copy(sample.data, sample.len);
	size_t keep = offsetof(struct cache_header, seed);

	(void)state;
	srandom(88);
	for (int i = 0; i < 200000; i++) {
		for (int words = 1 + (int)(random() % 3); words > 0; words--) {
			uint32_t word = htole32(interesting());
			size_t at = keep + (size_t)random() %
			    (sample.len - keep - sizeof(word) + 1);

			if (random() % 4 != 0)
				at &= ~(size_t)3;
			memcpy(bad + at, &word, sizeof(word));
		}
		(void)walk_cache(bad, sample.len);
		memcpy(bad, sample.data, sample.len);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(id_outside_the_range_is_never_returned),
		cmocka_unit_test(primary_group_is_never_another_one),
		cmocka_unit_test(field_with_a_bad_byte_is_never_returned),
		cmocka_unit_test(bad_supplementary_gid_is_never_returned),
		cmocka_unit_test(member_that_is_no_name_is_never_returned),
		cmocka_unit_test(
		    record_that_a_slot_points_to_must_be_the_one_asked_for),
		cmocka_unit_test(
		    foreign_name_or_id_is_not_found_whatever_the_file_says),
		cmocka_unit_test(user_with_an_unknown_flag_may_not_log_in),
		cmocka_unit_test(
		    i5_no_file_can_link_root_or_the_systems_accounts),
		cmocka_unit_test(list_of_links_that_breaks_a_bound_is_none),
		cmocka_unit_test(more_links_than_allowed_are_none),
		cmocka_unit_test(link_without_an_end_is_another_name),
		cmocka_unit_test(header_with_an_unknown_flag_creates_nobody),
		cmocka_unit_test(table_that_is_full_ends),
		cmocka_unit_test(table_size_that_is_no_power_of_two_is_damaged),
		cmocka_unit_test(each_damaged_byte_is_found_by_verify),
		cmocka_unit_test(each_changed_byte_is_survived),
		cmocka_unit_test(
		    two_hundred_thousand_overwritten_words_are_survived),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
