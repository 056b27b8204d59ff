/* SPDX-License-Identifier: BSD-2-Clause */
/* The library that everything stands on: buf, base64, io, diag, err, log,
 * clock.  parse has a test of its own. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"

static char dir[] = "/tmp/8x8sso-base-XXXXXX";

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

static void
make_path(char path[static 64], const char *name)
{
	(void)snprintf(path, 64, "%s/%s", dir, name);
}

/* -- buf ------------------------------------------------------------------ */

static void
buf_is_a_string_at_every_moment(void **state)
{
	AUTO(buf) struct buf b = BUF_INIT(1000);

	(void)state;
	assert_string_equal(buf_str(&b), "");
	assert_err(buf_puts(&b, "ab"), ERR_OK);
	assert_err(buf_putc(&b, 'c'), ERR_OK);
	assert_err(buf_printf(&b, "%d", 42), ERR_OK);
	assert_string_equal(buf_str(&b), "abc42");
	buf_reset(&b);
	assert_string_equal(buf_str(&b), "");
	buf_clear(&b);
	assert_string_equal(buf_str(&b), "");
	assert_err(buf_puts(&b, "again"), ERR_OK);
}

static void
buf_keeps_its_maximum_and_its_content(void **state)
{
	AUTO(buf) struct buf b = BUF_INIT(4);

	(void)state;
	assert_err(buf_puts(&b, "1234"), ERR_OK);
	assert_err(buf_putc(&b, '5'), ERR_TOO_LONG);
	assert_err(buf_printf(&b, "%s", "67"), ERR_TOO_LONG);
	assert_err(buf_reserve(&b, SIZE_MAX), ERR_TOO_LONG);
	assert_string_equal(buf_str(&b), "1234");
	assert_int_equal(b.len, 4);
}

static void
buf_grows_without_losing_a_byte(void **state)
{
	AUTO(buf) struct buf b = BUF_INIT(100000);

	(void)state;
	for (int i = 0; i < 100000; i++)
		assert_err(buf_putc(&b, (char)('a' + i % 26)), ERR_OK);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(b.data[i], 'a' + i % 26);
}

/* -- base64 --------------------------------------------------------------- */

static enum err
decode(const char *text, bool line_breaks, struct buf *out)
{
	return base64_decode(out, text, strlen(text), line_breaks);
}

static void
base64_knows_the_vectors_of_rfc_4648(void **state)
{
	static const char *const vectors[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		AUTO(buf) struct buf plain = BUF_INIT(100);
		AUTO(buf) struct buf coded = BUF_INIT(100);

		assert_err(base64_encode(&coded, vectors[i][0],
		    strlen(vectors[i][0])), ERR_OK);
		assert_string_equal(buf_str(&coded), vectors[i][1]);
		assert_err(decode(vectors[i][1], false, &plain), ERR_OK);
		assert_string_equal(buf_str(&plain), vectors[i][0]);
	}
}

static void
a2_base64_that_is_not_canonical_is_refused(void **state)
{
	static const char *const bad[] = {
		"Z", "Zg", "Zg=", "Zg===", "Z===", "A===", "====", "Zm9vZg=",
		"Zh==", "Zm9=", "Zg==Zg==", "Z=g=", "=Zg=", "Zm 9v", " Zm9v",
		"Zm9v\n", "Zm9v\n\n\n\n", "Zm9v ", "Zm-v", "Zm_v",
		"Zm9v\x80", "Zm\t9v=",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(buf) struct buf out = BUF_INIT(100);

		assert_err(buf_puts(&out, "kept"), ERR_OK);
		assert_err(decode(bad[i], false, &out), ERR_SYNTAX);
		assert_string_equal(buf_str(&out), "kept");
	}
}

static void
base64_admits_line_breaks_only_when_told(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(100);

	(void)state;
	assert_err(decode("Zm9v\r\nYmFy\n", true, &out), ERR_OK);
	assert_string_equal(buf_str(&out), "foobar");
	assert_err(decode("Zm9v YmFy", true, &out), ERR_SYNTAX);
	assert_err(decode("Zm9v\tYmFy", true, &out), ERR_SYNTAX);
	assert_err(decode("Zm9v    ", true, &out), ERR_SYNTAX);
	assert_err(decode("    Zm9v", true, &out), ERR_SYNTAX);
	assert_string_equal(buf_str(&out), "foobar");
}

/* By the definition, not by a table. */
static bool
is_symbol(int c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/* Wherever it stands: the decoder takes four symbols at once where it can. */
static void
a2_every_other_byte_is_refused_everywhere(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		if (c == '\n' || c == '\r' || c == '=')
			continue;
		for (size_t place = 0; place < 8; place++) {
			AUTO(buf) struct buf out = BUF_INIT(100);
			char text[] = "Zm9vYmFy";

			text[place] = (char)c;
			assert_err(base64_decode(&out, text, 8, true),
			    is_symbol(c) ? ERR_OK : ERR_SYNTAX);
		}
	}
}

static enum err
url_decode(const char *text, struct buf *out)
{
	return base64url_decode(out, text, strlen(text));
}

static void
j10_base64url_is_taken_without_padding(void **state)
{
	static const char *const vectors[][2] = {
		{ "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy" }, { "\xfb\xff\xfe", "-__-" },
		{ "\xff\xff", "__8" }, { "\xf8", "-A" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		AUTO(buf) struct buf out = BUF_INIT(100);

		assert_err(url_decode(vectors[i][1], &out), ERR_OK);
		assert_string_equal(buf_str(&out), vectors[i][0]);
	}
}

static void
j10_base64url_that_is_not_canonical_is_refused(void **state)
{
	static const char *const bad[] = {
		"Z", "Zm9vY", "Zg==", "Zg=", "Zm8=", "=", "==", "===", "====",
		"Zm9v=", "Zm9v====", "Z=", "Zm=v", "Zh", "Zn", "Zm9", "Zm-",
		"Zm9vZh", "+__-", "-_/-", "Zm+v", "Zm/v", "Zm9v\n", "\nZm9v",
		"Zm\r\n9v", "Zm 9v", " Zm9v", "Zm9v ", "Zm8 ", "Zm9v\x80",
		"Zm9v.", "Zm9v\t",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(buf) struct buf out = BUF_INIT(100);

		assert_err(buf_puts(&out, "kept"), ERR_OK);
		if (url_decode(bad[i], &out) != ERR_SYNTAX)
			fail_msg("accepted: %s", bad[i]);
		assert_string_equal(buf_str(&out), "kept");
	}
}

static void
j10_every_other_byte_is_refused_everywhere(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		bool good = (is_symbol(c) && c != '+' && c != '/') ||
		    c == '-' || c == '_';

		for (size_t place = 0; place < 10; place++) {
			AUTO(buf) struct buf out = BUF_INIT(100);
			char text[] = "Zm9vYmFyZm8";

			text[place] = (char)c;
			assert_err(base64url_decode(&out, text, 11),
			    good ? ERR_OK : ERR_SYNTAX);
		}
	}
}

/* One text for each value, one value for each text. */
static void
j10_base64url_has_one_text_for_one_byte(void **state)
{
	bool seen[256] = { false };
	size_t count = 0;

	(void)state;
	for (int c = 0; c < 256 * 256; c++) {
		AUTO(buf) struct buf out = BUF_INIT(100);
		const char text[] = { (char)(c >> 8), (char)c };

		if (base64url_decode(&out, text, 2) != ERR_OK)
			continue;
		assert_int_equal(out.len, 1);
		assert_false(seen[out.data[0]]);
		seen[out.data[0]] = true;
		count++;
	}
	assert_int_equal(count, 256);
}

static void
base64_may_be_broken_anywhere(void **state)
{
	static const char text[] = "Zm9vYmFyZm9vYg==";

	(void)state;
	for (size_t place = 0; place < sizeof(text); place++) {
		AUTO(buf) struct buf broken = BUF_INIT(100);
		AUTO(buf) struct buf out = BUF_INIT(100);

		assert_err(buf_printf(&broken, "%.*s\r\n%s", (int)place, text,
		    text + place), ERR_OK);
		assert_err(decode(buf_str(&broken), true, &out), ERR_OK);
		assert_string_equal(buf_str(&out), "foobarfoob");
		assert_err(decode(buf_str(&broken), false, &out), ERR_SYNTAX);
	}
}

static void
base64_keeps_the_maximum(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(5);

	(void)state;
	assert_err(decode("Zm9vYmFy", false, &out), ERR_TOO_LONG);
	assert_err(base64_encode(&out, "foobar", 6), ERR_TOO_LONG);
	assert_int_equal(out.len, 0);
}

/* -- io ------------------------------------------------------------------- */

static void
put_file(const char *path, const char *text, mode_t mode)
{
	struct diag diag = DIAG_INIT;

	assert_err(io_replace(path, text, strlen(text), mode, &diag), ERR_OK);
}

static enum err
read_file(const char *path, bool secret, size_t max)
{
	AUTO(buf) struct buf out = BUF_INIT(max);
	struct diag diag = DIAG_INIT;

	return io_read_trusted(path, secret, &out, &diag);
}

static void
i9_files_that_others_can_write_or_read_are_refused(void **state)
{
	char path[64];

	(void)state;
	make_path(path, "file");
	put_file(path, "text", 0600);
	assert_err(read_file(path, true, 100), ERR_OK);
	assert_int_equal(chmod(path, 0640), 0);
	assert_err(read_file(path, true, 100), ERR_UNSAFE_FILE);
	assert_err(read_file(path, false, 100), ERR_OK);
	assert_int_equal(chmod(path, 0620), 0);
	assert_err(read_file(path, false, 100), ERR_UNSAFE_FILE);
	assert_int_equal(chmod(path, 0602), 0);
	assert_err(read_file(path, false, 100), ERR_UNSAFE_FILE);
	assert_int_equal(unlink(path), 0);
	assert_err(read_file(path, false, 100), ERR_NOT_FOUND);
}

static void
i9_links_fifos_and_relative_paths_are_refused(void **state)
{
	char path[64];
	char other[64];

	(void)state;
	make_path(path, "link");
	make_path(other, "file");
	put_file(other, "text", 0600);
	assert_int_equal(symlink(other, path), 0);
	assert_err(read_file(path, false, 100), ERR_UNSAFE_FILE);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(other), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_err(read_file(path, false, 100), ERR_UNSAFE_FILE);
	assert_int_equal(unlink(path), 0);
	assert_err(read_file("etc/passwd", false, 100), ERR_UNSAFE_FILE);
	assert_err(read_file(dir, false, 100), ERR_UNSAFE_FILE);
}

static void
i9_a_directory_that_others_can_write_is_refused(void **state)
{
	char sub[64];
	char path[64];

	(void)state;
	make_path(sub, "sub");
	make_path(path, "sub/file");
	assert_int_equal(mkdir(sub, 0700), 0);
	put_file(path, "text", 0600);
	assert_int_equal(chmod(sub, 0777), 0);
	assert_err(read_file(path, false, 100), ERR_UNSAFE_FILE);
	assert_int_equal(chmod(sub, 01777), 0);
	assert_err(read_file(path, false, 100), ERR_OK);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(sub), 0);
}

static void
a_file_longer_than_the_maximum_is_refused(void **state)
{
	char path[64];

	(void)state;
	make_path(path, "file");
	put_file(path, "12345", 0600);
	assert_err(read_file(path, false, 5), ERR_OK);
	assert_err(read_file(path, false, 4), ERR_TOO_LONG);
	assert_int_equal(unlink(path), 0);
}

static void
replacing_a_file_sets_mode_and_leaves_nothing_else(void **state)
{
	struct diag diag = DIAG_INIT;
	struct stat st;
	char path[64];

	(void)state;
	make_path(path, "file");
	put_file(path, "old and long", 0600);
	put_file(path, "new", 0644);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(st.st_size, 3);
	assert_int_equal(unlink(path), 0);
	/* A directory in its place: fails, and no temporary file remains
	 * (remove_dir() would find it). */
	assert_int_equal(mkdir(path, 0700), 0);
	assert_err(io_replace(path, "x", 1, 0644, &diag), ERR_IO);
	assert_int_equal(rmdir(path), 0);
}

static void
replacing_a_file_removes_what_a_killed_writer_left(void **state)
{
	struct stat st;
	char path[64];
	char left[64];

	(void)state;
	make_path(path, "file");
	make_path(left, "file.new");
	assert_int_equal(symlink("elsewhere", left), 0);
	put_file(path, "new", 0644);
	assert_int_equal(lstat(left, &st), -1);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(unlink(path), 0);
}

static void
a_writer_without_an_end_is_not_waited_for(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(100);
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(write(fd[1], "half", 4), 4);
	assert_err(io_read_until(fd[0], &out, 0, NULL), ERR_TIMEOUT);
	assert_string_equal(buf_str(&out), "half");
	assert_int_equal(close(fd[1]), 0);
	assert_err(io_read_until(fd[0], &out, 0, NULL), ERR_OK);
	assert_int_equal(close(fd[0]), 0);
	assert_err(io_read_until(fd[0], &out, 0, NULL), ERR_IO);
	assert_string_equal(buf_str(&out), "half");
}

/* -- diag, err, log, clock ------------------------------------------------ */

static void
fail_records_code_and_detail_and_cuts(void **state)
{
	struct diag diag = DIAG_INIT;
	char longer[DIAG_TEXT_MAX + 100];

	(void)state;
	assert_err(fail(&diag, ERR_REPLAY, "id %d", 7), ERR_REPLAY);
	assert_err(diag.code, ERR_REPLAY);
	assert_string_equal(diag.text, "id 7");
	errno = ENOENT;
	assert_err(fail_errno(&diag, ERR_IO, "open"), ERR_IO);
	assert_string_equal(diag.text, "open: No such file or directory");
	assert_int_equal(errno, ENOENT);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	(void)fail_errno(&diag, ERR_IO, "%s", longer);
	assert_int_equal(strlen(diag.text), DIAG_TEXT_MAX - 1);
	assert_err(fail(NULL, ERR_IO, "no place for it"), ERR_IO);
}

static void
reasons_have_names_of_their_own(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < ERR_COUNT; i++) {
		assert_int_equal(err_from_name(err_name((enum err)i)), i);
		assert_true(strlen(err_text((enum err)i)) > 0);
		assert_true(strlen(err_row((enum err)i)) <= 3);
	}
	assert_string_equal(err_row(ERR_SAML_AUDIENCE), "D3");
	assert_string_equal(err_row(ERR_OK), "");
	assert_string_equal(err_row((enum err)ERR_COUNT), "");
}

static void
no_strange_reason_becomes_success(void **state)
{
	static const char *const bad[] = { "", "OK", "ok ", " ok", "okay" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_err(err_from_name(bad[i]), ERR_INTERNAL);
	assert_string_equal(err_name((enum err)ERR_COUNT), "internal");
	assert_string_equal(err_name((enum err)-1), "internal");
}

static void
a_log_line_stays_one_line(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(100);

	(void)state;
	log_escape(&out, "a b\n\x1b[2J\"\\\xc3\xa9\x7f", 13);
	assert_string_equal(buf_str(&out),
	    "a b\\x0a\\x1b[2J\\x22\\x5c\\xc3\\xa9\\x7f");
}

static void
log_escape_cuts_what_does_not_fit(void **state)
{
	AUTO(buf) struct buf out = BUF_INIT(6);

	(void)state;
	log_escape(&out, "ab\n\n", 4);
	assert_string_equal(buf_str(&out), "ab\\x0a");
}

static void
times_are_written_in_utc(void **state)
{
	char text[CLOCK_TEXT_SIZE];

	(void)state;
	clock_format(0, text);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	clock_format(1795176000, text);
	assert_string_equal(text, "2026-11-20T12:00:00Z");
	clock_format(INT64_MAX, text);
	assert_string_equal(text, "invalid");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf_is_a_string_at_every_moment),
		cmocka_unit_test(buf_keeps_its_maximum_and_its_content),
		cmocka_unit_test(buf_grows_without_losing_a_byte),
		cmocka_unit_test(base64_knows_the_vectors_of_rfc_4648),
		cmocka_unit_test(a2_base64_that_is_not_canonical_is_refused),
		cmocka_unit_test(base64_admits_line_breaks_only_when_told),
		cmocka_unit_test(a2_every_other_byte_is_refused_everywhere),
		cmocka_unit_test(j10_base64url_is_taken_without_padding),
		cmocka_unit_test(
		    j10_base64url_that_is_not_canonical_is_refused),
		cmocka_unit_test(j10_every_other_byte_is_refused_everywhere),
		cmocka_unit_test(j10_base64url_has_one_text_for_one_byte),
		cmocka_unit_test(base64_may_be_broken_anywhere),
		cmocka_unit_test(base64_keeps_the_maximum),
		cmocka_unit_test(
		    i9_files_that_others_can_write_or_read_are_refused),
		cmocka_unit_test(
		    i9_links_fifos_and_relative_paths_are_refused),
		cmocka_unit_test(
		    i9_a_directory_that_others_can_write_is_refused),
		cmocka_unit_test(a_file_longer_than_the_maximum_is_refused),
		cmocka_unit_test(
		    replacing_a_file_sets_mode_and_leaves_nothing_else),
		cmocka_unit_test(
		    replacing_a_file_removes_what_a_killed_writer_left),
		cmocka_unit_test(a_writer_without_an_end_is_not_waited_for),
		cmocka_unit_test(fail_records_code_and_detail_and_cuts),
		cmocka_unit_test(reasons_have_names_of_their_own),
		cmocka_unit_test(no_strange_reason_becomes_success),
		cmocka_unit_test(a_log_line_stays_one_line),
		cmocka_unit_test(log_escape_cuts_what_does_not_fit),
		cmocka_unit_test(times_are_written_in_utc),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
