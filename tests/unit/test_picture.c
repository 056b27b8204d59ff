/* SPDX-License-Identifier: BSD-2-Clause */
/* When a person sees a QR code: qr_draw() is stood in for, and says what it
 * was asked. */
#include "unit.h"

#include "base/cleanup.h"
#include "pam_8x8sso/helper/helper.h"
#include "sys/qr.h"

#define URL "https://login.example/saml2?SAMLRequest=abcdefghijklmnopqrstu"

static struct {
	int calls;
	size_t columns;
	size_t rows;
	enum err answer;
} fake;

enum err
qr_draw(const char *text, size_t columns, size_t rows, struct buf *out)
{
	assert_string_equal(text, URL);
	fake.calls++;
	fake.columns = columns;
	fake.rows = rows;
	return fake.answer == ERR_OK ? buf_puts(out, "picture\n") :
	    fake.answer;
}

/* What is shown to somebody with this terminal. */
static enum err
show(const struct conf *conf, const char *tty, uint64_t columns,
    uint64_t rows, struct buf *out)
{
	struct wire_msg begin = {
		.type = WIRE_BEGIN,
		.field = {
			[BEGIN_TTY] = wire_text(tty),
			[BEGIN_COLUMNS] = wire_u64(columns),
			[BEGIN_ROWS] = wire_u64(rows),
		},
	};
	struct login login = { .conf = conf, .begin = &begin };

	fake.calls = 0;
	return picture_write(&login, URL, 6, out);
}

static void
assert_shown(const struct conf *conf, const char *tty, uint64_t columns,
    uint64_t rows)
{
	AUTO(buf) struct buf out = BUF_INIT(64);

	fake.answer = ERR_OK;
	assert_err(show(conf, tty, columns, rows, &out), ERR_OK);
	assert_int_equal(fake.calls, 1);
	assert_string_equal(buf_str(&out), "picture\n");
}

static void
assert_not_shown(const struct conf *conf, const char *tty, uint64_t columns,
    uint64_t rows)
{
	AUTO(buf) struct buf out = BUF_INIT(64);

	fake.answer = ERR_OK;
	assert_err(show(conf, tty, columns, rows, &out), ERR_OK);
	assert_int_equal(fake.calls, 0);
	assert_int_equal(out.len, 0);
}

static const struct conf on = { .prompt_qr = true, .prompt_columns = 90 };

static void
a_terminal_has_its_size_less_the_words(void **state)
{
	(void)state;
	assert_shown(&on, "pts/3", 200, 60);
	assert_int_equal(fake.columns, 200);
	assert_int_equal(fake.rows, 60 - 6);
	/* The address takes two rows then, or three. */
	assert_shown(&on, "pts/3", 50, 60);
	assert_int_equal(fake.columns, 50);
	assert_int_equal(fake.rows, 60 - 7);
	assert_shown(&on, "", 25, 60);
	assert_int_equal(fake.rows, 60 - 8);
}

/* Zero rows would mean any number. */
static void
a_terminal_of_few_rows_shows_the_words_only(void **state)
{
	(void)state;
	assert_shown(&on, "pts/3", 200, 7);
	assert_int_equal(fake.rows, 1);
	assert_not_shown(&on, "pts/3", 200, 6);
	assert_not_shown(&on, "pts/3", 200, 1);
	assert_not_shown(&on, "pts/3", 1, 40);
}

static void
over_ssh_the_configured_width_is_assumed(void **state)
{
	(void)state;
	assert_shown(&on, "ssh", 0, 0);
	assert_int_equal(fake.columns, 90);
	assert_int_equal(fake.rows, 0);
}

static void
over_ssh_a_width_of_zero_is_no_picture(void **state)
{
	static const struct conf none = { .prompt_qr = true };

	(void)state;
	assert_not_shown(&none, "ssh", 0, 0);
	assert_shown(&none, "pts/3", 200, 60);
}

static void
a_screen_that_is_not_known_gets_no_picture(void **state)
{
	static const char *const ttys[] = {
		"", ":0", "tty1", "pts/3", "/dev/pts/3", "ssh2", "?",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ttys); i++)
		assert_not_shown(&on, ttys[i], 0, 0);
}

static void
who_wants_none_gets_none(void **state)
{
	static const struct conf off = { .prompt_columns = 90 };

	(void)state;
	assert_not_shown(&off, "ssh", 0, 0);
	assert_not_shown(&off, "pts/3", 200, 60);
}

static void
a_code_that_cannot_be_drawn_is_left_out(void **state)
{
	static const enum err answers[] = {
		ERR_TOO_LONG, ERR_NOT_FOUND, ERR_SYNTAX,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		AUTO(buf) struct buf out = BUF_INIT(64);

		fake.answer = answers[i];
		assert_err(show(&on, "ssh", 0, 0, &out), ERR_OK);
		assert_int_equal(fake.calls, 1);
		assert_int_equal(out.len, 0);
	}
}

static void
no_memory_is_told(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(64);

	(void)state;
	fake.answer = ERR_NOMEM;
	assert_err(show(&on, "ssh", 0, 0, &out), ERR_NOMEM);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_terminal_has_its_size_less_the_words),
		cmocka_unit_test(a_terminal_of_few_rows_shows_the_words_only),
		cmocka_unit_test(over_ssh_the_configured_width_is_assumed),
		cmocka_unit_test(over_ssh_a_width_of_zero_is_no_picture),
		cmocka_unit_test(a_screen_that_is_not_known_gets_no_picture),
		cmocka_unit_test(who_wants_none_gets_none),
		cmocka_unit_test(a_code_that_cannot_be_drawn_is_left_out),
		cmocka_unit_test(no_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
