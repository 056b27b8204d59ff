/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "sys/xml_memory.h"

#define PIECES 2000
#define LARGE (1024u * 1024)

static size_t
size_of(size_t i)
{
	return i % 7 == 0 ? i * 37 % 100000 : i % 130;
}

static void
pieces_are_apart_and_aligned(void **state)
{
	uint8_t **piece = calloc(PIECES, sizeof(*piece));

	(void)state;
	assert_non_null(piece);
	for (size_t i = 0; i < PIECES; i++) {
		piece[i] = xml_memory_new(size_of(i));
		assert_non_null(piece[i]);
		assert_int_equal((uintptr_t)piece[i] % 16, 0);
		memset(piece[i], (int)(i % 251), size_of(i));
	}
	for (size_t i = 0; i < PIECES; i++) {
		for (size_t n = 0; n < size_of(i); n++)
			if (piece[i][n] != i % 251)
				fail_msg("piece %zu, byte %zu", i, n);
		xml_memory_free(piece[i]);
	}
	free(piece);
}

/* What is read too late is nobody else's. */
static void
a_piece_is_not_used_again_before_all_are_given_up(void **state)
{
	void *first = xml_memory_new(100);
	void *freed = xml_memory_new(100);

	(void)state;
	xml_memory_free(freed);
	for (int i = 0; i < 1000; i++) {
		void *other = xml_memory_new(100);

		assert_ptr_not_equal(other, freed);
		xml_memory_free(other);
	}
	xml_memory_free(first);
}

static void
what_is_given_up_is_wiped(void **state)
{
	static const uint8_t nothing[64];
	char *secret = xml_memory_copy("what an assertion says, in memory");

	(void)state;
	assert_string_equal(secret, "what an assertion says, in memory");
	xml_memory_free(secret);
	/* The block is kept. */
	assert_memory_equal(secret, nothing, sizeof(nothing) / 2);
}

static void
resizing_keeps_what_is_there(void **state)
{
	char *text = xml_memory_resize(NULL, 4);

	(void)state;
	memcpy(text, "abc", 4);
	for (size_t size = 1; size < 300000; size = size * 3 + 1) {
		text = xml_memory_resize(text, size);
		assert_non_null(text);
		assert_string_equal(text, "abc");
		text[size > 4 ? size - 1 : 3] = '\0';
	}
	xml_memory_free(text);
	xml_memory_free(NULL);
}

/* Twice: what was given up can be had again. */
static void
a1_memory_is_limited(void **state)
{
	(void)state;
	for (int round = 0; round < 2; round++) {
		void *piece[64] = { NULL };
		size_t count = 0;

		while (count < ARRAY_LEN(piece)) {
			piece[count] = xml_memory_new(LARGE);
			if (piece[count] == NULL)
				break;
			count++;
		}
		assert_true(count < XML_MEMORY_MAX / LARGE);
		assert_true(count > XML_MEMORY_MAX / LARGE / 2);
		assert_null(xml_memory_resize(piece[0], 2 * LARGE));
		for (size_t i = 0; i < count; i++)
			xml_memory_free(piece[i]);
	}
	assert_null(xml_memory_new(XML_MEMORY_MAX + 1));
	assert_null(xml_memory_new(SIZE_MAX));
}

static void
a1_many_small_pieces_are_limited(void **state)
{
	size_t max = XML_MEMORY_MAX / 1024;
	void **piece = calloc(max, sizeof(*piece));
	size_t count = 0;

	(void)state;
	assert_non_null(piece);
	while (count < max) {
		piece[count] = xml_memory_new(1024);
		if (piece[count] == NULL)
			break;
		count++;
	}
	assert_true(count < max);
	assert_true(count > max / 2);
	for (size_t i = 0; i < count; i++)
		xml_memory_free(piece[i]);
	free(piece);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_apart_and_aligned),
		cmocka_unit_test(
		    a_piece_is_not_used_again_before_all_are_given_up),
		cmocka_unit_test(what_is_given_up_is_wiped),
		cmocka_unit_test(resizing_keeps_what_is_there),
		cmocka_unit_test(a1_memory_is_limited),
		cmocka_unit_test(a1_many_small_pieces_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
