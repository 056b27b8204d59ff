/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A picture is read back, module by module, and compared with what the
 * library made.  tests/e2e/picture.sh has another program read it.
 */
#include "unit.h"

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "sys/qr.h"

#define SHORT "https://microsoft.com/devicelogin"
#define PLENTY 500

#if HAVE_QRENCODE
#include <qrencode.h>

#define SIDE_MAX 184

struct picture {
	size_t columns;
	size_t lines;
	bool is_light[2 * SIDE_MAX][SIDE_MAX];
};

/* One character: its upper and lower half. */
static size_t
read_glyph(const char *p, bool *ret_upper, bool *ret_lower)
{
	static const struct {
		const char *glyph;
		bool upper;
		bool lower;
	} known[] = {
		{ " ", false, false },
		{ "\xe2\x96\x80", true, false },
		{ "\xe2\x96\x84", false, true },
		{ "\xe2\x96\x88", true, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		size_t len = strlen(known[i].glyph);

		if (strncmp(p, known[i].glyph, len) != 0)
			continue;
		*ret_upper = known[i].upper;
		*ret_lower = known[i].lower;
		return len;
	}
	fail_msg("not a half block: %02x", (unsigned char)*p);
	return 0;
}

static void
read_picture(const char *text, struct picture *ret)
{
	const char *p = text;

	memset(ret, 0, sizeof(*ret));
	while (*p != '\0') {
		size_t x = 0;

		assert_in_range(ret->lines, 0, SIDE_MAX - 1);
		for (; *p != '\n'; x++) {
			assert_in_range(x, 0, SIDE_MAX - 1);
			p += read_glyph(p, &ret->is_light[2 * ret->lines][x],
			    &ret->is_light[2 * ret->lines + 1][x]);
		}
		if (ret->lines == 0)
			ret->columns = x;
		assert_int_equal(x, ret->columns);
		ret->lines++;
		p++;
	}
}

static QRcode *
encode(const char *text)
{
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);

	assert_non_null(code);
	return code;
}

/* Draws the text, reads it back and returns the side of the code. */
static size_t
check_drawing(const char *text)
{
	static struct picture picture;
	AUTO(buf) struct buf out = BUF_INIT(PICTURE_MAX);
	QRcode *code = encode(text);
	size_t side = (size_t)code->width;

	assert_err(qr_draw(text, PLENTY, 0, &out), ERR_OK);
	read_picture(buf_str(&out), &picture);
	assert_int_equal(picture.columns, side + 2 * QR_MARGIN);
	assert_int_equal(picture.lines, (side + 2 * QR_MARGIN + 1) / 2);
	for (size_t y = 0; y < 2 * picture.lines; y++)
		for (size_t x = 0; x < picture.columns; x++) {
			bool inside = x >= QR_MARGIN && y >= QR_MARGIN &&
			    x < side + QR_MARGIN && y < side + QR_MARGIN;
			bool dark = inside && (code->data[(y - QR_MARGIN) *
			    side + x - QR_MARGIN] & 1) != 0;

			if (picture.is_light[y][x] == dark)
				fail_msg("module %zu, %zu of %zu", x, y,
				    side);
		}
	QRcode_free(code);
	return side;
}

static void
the_picture_is_the_code_with_light_modules_drawn(void **state)
{
	(void)state;
	assert_int_equal(check_drawing("x"), 21);
	assert_int_equal(check_drawing(SHORT), 29);
	(void)check_drawing("HTTPS://8X8.EXAMPLE/0123456789");
	(void)check_drawing("\xc3\xa4 and ~ and % and a newline\n");
}

static void
every_size_up_to_the_largest_is_drawn(void **state)
{
	static char text[2954];

	(void)state;
	for (size_t len = 1; len < sizeof(text); len += 123) {
		AUTO(buf) struct buf out = BUF_INIT(PICTURE_MAX);
		size_t columns;

		memset(text, 'u', len);
		columns = check_drawing(text) + 2 * QR_MARGIN;
		assert_err(qr_draw(text, columns - 1, 0, &out), ERR_TOO_LONG);
		assert_int_equal(out.len, 0);
		assert_err(qr_draw(text, columns, 0, &out), ERR_OK);
	}
	memset(text, 'u', sizeof(text) - 1);
	assert_int_equal(check_drawing(text), 177);
}

/* Nothing that a PAM application or a terminal would take for a command. */
static void
the_picture_has_no_escape_sequences(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(PICTURE_MAX);

	(void)state;
	assert_err(qr_draw(SHORT, PLENTY, 0, &out), ERR_OK);
	for (size_t i = 0; i < out.len; i++)
		assert_true(out.data[i] == '\n' || (out.data[i] >= ' ' &&
		    out.data[i] != 0x7f));
}

static void
the_picture_is_appended(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(PICTURE_MAX);
	AUTO(buf) struct buf alone = BUF_INIT(PICTURE_MAX);

	(void)state;
	assert_err(qr_draw(SHORT, PLENTY, 0, &alone), ERR_OK);
	assert_err(buf_puts(&out, "before\n"), ERR_OK);
	assert_err(qr_draw(SHORT, PLENTY, 0, &out), ERR_OK);
	assert_memory_equal(out.data, "before\n", 7);
	assert_string_equal(buf_str(&out) + 7, buf_str(&alone));
}

/* A code of 29 modules. */
static void
too_few_columns_or_rows_are_refused(void **state)
{
	static const struct {
		size_t columns;
		size_t rows;
		enum err want;
	} rows[] = {
		{ 33, 17, ERR_OK },
		{ 33, 0, ERR_OK },
		{ 32, 0, ERR_TOO_LONG },
		{ 32, 17, ERR_TOO_LONG },
		{ 33, 16, ERR_TOO_LONG },
		{ 500, 1, ERR_TOO_LONG },
		{ 0, 0, ERR_TOO_LONG },
		{ 0, 17, ERR_TOO_LONG },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(buf) struct buf out = BUF_INIT(PICTURE_MAX);

		assert_err(qr_draw(SHORT, rows[i].columns, rows[i].rows,
		    &out), rows[i].want);
		assert_int_equal(out.len > 0, rows[i].want == ERR_OK);
	}
}

static void
an_empty_text_is_refused(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(PICTURE_MAX);

	(void)state;
	assert_err(qr_draw("", PLENTY, 0, &out), ERR_SYNTAX);
	assert_int_equal(out.len, 0);
}

static void
a_text_too_long_for_any_code_is_refused(void **state)
{
	static char text[2955];
	AUTO(buf) struct buf out = BUF_INIT(PICTURE_MAX);

	(void)state;
	memset(text, 'u', sizeof(text) - 1);
	assert_err(qr_draw(text, PLENTY, 0, &out), ERR_TOO_LONG);
	assert_int_equal(out.len, 0);
}

static void
a_buffer_too_small_stays_as_it_was(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(1000);

	(void)state;
	assert_err(buf_puts(&out, "before"), ERR_OK);
	assert_err(qr_draw(SHORT, PLENTY, 0, &out), ERR_TOO_LONG);
	assert_string_equal(buf_str(&out), "before");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_picture_is_the_code_with_light_modules_drawn),
	cmocka_unit_test(every_size_up_to_the_largest_is_drawn),
	cmocka_unit_test(the_picture_has_no_escape_sequences),
	cmocka_unit_test(the_picture_is_appended),
	cmocka_unit_test(too_few_columns_or_rows_are_refused),
	cmocka_unit_test(an_empty_text_is_refused),
	cmocka_unit_test(a_text_too_long_for_any_code_is_refused),
	cmocka_unit_test(a_buffer_too_small_stays_as_it_was),
};

#else

static void
without_the_library_nothing_is_drawn(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(PICTURE_MAX);

	(void)state;
	assert_err(qr_draw(SHORT, PLENTY, 0, &out), ERR_NOT_FOUND);
	assert_int_equal(out.len, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(without_the_library_nothing_is_drawn),
};

#endif

int
main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
