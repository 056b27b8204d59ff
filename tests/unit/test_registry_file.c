/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

#include "base/limits.h"
#include "directory/registry_file.h"

#define UNTOUCHED { 77, 77 }

static enum err
import(struct state *state, const char *text, size_t len,
    struct registry_imported *ret, struct diag *diag)
{
	AUTO(local) struct local *local = NULL;
	AUTO(buf) struct buf bytes = BUF_INIT(1 << 20);

	assert_err(local_load_host(&local, NULL), ERR_OK);
	assert_err(buf_put(&bytes, text, len), ERR_OK);
	return registry_import(state->store, &state->conf, local, &bytes, ret,
	    diag);
}

static enum err
visit(const struct registry_entry *entry, void *context, struct diag *diag)
{
	(void)diag;
	return registry_format(entry, context);
}

static void
export(struct state *state, struct buf *out)
{
	assert_err(registry_each(state->store, visit, out, NULL), ERR_OK);
}

static void
import_is(struct state *state, const char *text, uint64_t added,
    uint64_t known)
{
	struct registry_imported done = UNTOUCHED;
	struct diag diag = DIAG_INIT;

	if (import(state, text, strlen(text), &done, &diag) != ERR_OK)
		fail_msg("%s", diag.text);
	assert_int_equal(done.added, added);
	assert_int_equal(done.known, known);
}

static const char *
all(const struct state *state)
{
	return state_query(state->store, "SELECT group_concat(kind || id || "
	    "key) FROM (SELECT * FROM ids ORDER BY id)");
}

#define FILE_TEXT \
	"u 1879050001 2819c223-7f76\n" \
	"g 1879050002 department:Customer%20Care\n" \
	"u 1879050003 100%25%09%C3%B6%7F%0A\n"

static void
export_is_sorted_and_imports_as_it_was(void **data)
{
	struct state *state = *data;
	struct state other;
	AUTO(buf) struct buf a = BUF_INIT(1 << 20);
	AUTO(buf) struct buf b = BUF_INIT(1 << 20);

	import_is(state, "u 1879050003 100%25%09%C3%B6%7F%0A\n"
	    "g 1879050002 department:Customer%20Care\n"
	    "u 1879050001 2819c223-7f76", 3, 0);
	export(state, &a);
	assert_string_equal(buf_str(&a), FILE_TEXT);
	assert_string_equal(state_query(state->store,
	    "SELECT key FROM ids WHERE id = 1879050003"),
	    "100%\t\xc3\xb6\x7f\n");
	state_init(&other);
	state_open(&other);
	import_is(&other, buf_str(&a), 3, 0);
	import_is(&other, buf_str(&a), 0, 3);
	export(&other, &b);
	assert_string_equal(buf_str(&a), buf_str(&b));
	state_clear(&other);
}

static void
longest_key_goes_both_ways(void **data)
{
	struct state *state = *data;
	AUTO(buf) struct buf text = BUF_INIT(1 << 20);
	AUTO(buf) struct buf again = BUF_INIT(1 << 20);
	struct registry_imported done = UNTOUCHED;

	assert_err(buf_puts(&text, "g 1879050001 "), ERR_OK);
	for (size_t i = 0; i < REGISTRY_KEY_MAX / 2; i++)
		assert_err(buf_puts(&text, "%C3%B6"), ERR_OK);
	assert_err(buf_puts(&text, "\n"), ERR_OK);
	import_is(state, buf_str(&text), 1, 0);
	export(state, &again);
	assert_string_equal(buf_str(&text), buf_str(&again));
	text.len--;
	text.data[4] = '9';
	assert_err(buf_puts(&text, "x\n"), ERR_OK);
	assert_err(import(state, buf_str(&text), text.len, &done, NULL),
	    ERR_SYNTAX);
}

/* -- refusals ------------------------------------------------------------- */

/* Nothing is imported, and the reason names the line. */
static void
refuses(struct state *state, const char *text, size_t len, enum err want,
    const char *says)
{
	struct registry_imported done = UNTOUCHED;
	struct diag diag = DIAG_INIT;
	const char *before = all(state);
	enum err r = import(state, text, len, &done, &diag);

	if (r != want)
		print_error("%s: %s\n", text, diag.text);
	assert_err(r, want);
	assert_int_equal(done.added, 77);
	assert_string_equal(all(state), before);
	if (strstr(diag.text, says) == NULL)
		fail_msg("%s: %s", text, diag.text);
}

#define GOOD "u 1879050001 a\n"

static void
lines_that_are_none_are_refused_by_number(void **data)
{
	static const char *const bad[] = {
		"\n", " \n", "u\n", "u \n", "u 1879050002\n",
		"u 1879050002 \n", "u  1879050002 b\n", "u 1879050002  b\n",
		"u 1879050002 b \n", "u 1879050002 b c\n", "U 1879050002 b\n",
		"x 1879050002 b\n", " u 1879050002 b\n", "u\t1879050002 b\n",
		"u 1879050002\tb\n", "u 1879050002 b\r\n",
		"u 01879050002 b\n", "u +1879050002 b\n", "u -1 b\n",
		"u 0x70000002 b\n", "u 4294967296 b\n", "u 1879050002.0 b\n",
		"u b 1879050002\n", "# comment\n", "u 1879050002 %\n",
		"u 1879050002 %4\n", "u 1879050002 %4g\n",
		"u 1879050002 %c3%b6\n", "u 1879050002 %00\n",
		"u 1879050002 a%00b\n", "u 1879050002 %C3\n",
		"u 1879050002 %FF\n", "u 1879050002 \xc3\xb6\n",
		"u 1879050002 \x1b[2J\n", "u 1879050002 b\nu", "[]\n",
	};
	struct state *state = *data;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char text[128];

		(void)snprintf(text, sizeof(text), GOOD "%s", bad[i]);
		refuses(state, text, strlen(text), ERR_SYNTAX,
		    strcmp(bad[i] + strlen(bad[i]) - 1, "u") == 0 ?
		    "line 3: " : "line 2: ");
	}
	refuses(state, "", 0, ERR_SYNTAX, "empty");
	refuses(state, "u 1879050001 a\0b\n", 17, ERR_SYNTAX, "line 1: ");
	refuses(state, GOOD "\0", sizeof(GOOD), ERR_SYNTAX, "line 2: ");
}

static void
ids_outside_the_range_are_refused(void **data)
{
	static const char *const ids[] = {
		"0", "999", "1000", "1879048191", "2147352576", "2147483648",
		"4294967295",
	};
	struct state *state = *data;
	char text[64];

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		(void)snprintf(text, sizeof(text), GOOD "u %s b\n", ids[i]);
		refuses(state, text, strlen(text), ERR_ID_RANGE, "line 2: ");
		refuses(state, text, strlen(text), ERR_ID_RANGE,
		    "min_id and max_id");
	}
	state->conf.users_min_id = 2000000000;
	refuses(state, GOOD, strlen(GOOD), ERR_ID_RANGE, "line 1: ");
	state->conf.users_min_id = ID_MIN;
	state->conf.users_max_id = 1879050000;
	refuses(state, GOOD, strlen(GOOD), ERR_ID_RANGE, "line 1: ");
	state->conf.users_min_id = 0;
	refuses(state, "u 0 root\n", 9, ERR_CONF_VALUE, "min_id");
}

static void
things_said_twice_are_refused(void **data)
{
	static const char *const bad[] = {
		GOOD "u 1879050001 b\n", GOOD "u 1879050002 a\n",
		GOOD "g 1879050001 a\n", GOOD GOOD,
		GOOD "u 1879050009 b\n" "u 1879050001 c\n",
	};
	struct state *state = *data;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refuses(state, bad[i], strlen(bad[i]), ERR_SYNTAX,
		    "is on line 1 too; take one");
	/* A user and a group may have the same key. */
	import_is(state, GOOD "g 1879050002 a\n", 2, 0);
}

static void
contradictions_are_refused_and_change_nothing(void **data)
{
	static const char *const bad[] = {
		"u 1879050009 n\nu 1879050001 b\n",
		"u 1879050009 n\ng 1879050001 a\n",
		"u 1879050009 n\nu 1879050002 a\n",
	};
	struct state *state = *data;

	import_is(state, GOOD, 1, 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		refuses(state, bad[i], strlen(bad[i]), ERR_ID_TAKEN,
		    "line 2: ");
		refuses(state, bad[i], strlen(bad[i]), ERR_ID_TAKEN,
		    "before its first sync");
	}
	import_is(state, "u 1879050009 n\n" GOOD, 1, 1);
}

static void
local_ids_are_refused(void **data)
{
	static const char text[] = "u 1879050009 n\n" GOOD;
	struct state *state = *data;

	state_set_local("a:x:1879050001:1::/:\n", "");
	refuses(state, text, strlen(text), ERR_ID_TAKEN, "line 2: ");
	state_set_local("", "a:x:1879050001:\n");
	refuses(state, text, strlen(text), ERR_ID_TAKEN, "line 2: ");
	state_set_local("", "");
	import_is(state, text, 2, 0);
}

static void
full_disk_imports_nothing(void **data)
{
	struct state *state = *data;
	AUTO(local) struct local *local = NULL;
	AUTO(buf) struct buf text = BUF_INIT(64);
	struct registry_imported done = UNTOUCHED;

	assert_err(local_load_host(&local, NULL), ERR_OK);
	assert_err(buf_puts(&text, GOOD), ERR_OK);
	state_fill_disk(true);
	assert_err(registry_import(state->store, &state->conf, local, &text,
	    &done, NULL), ERR_STORE);
	state_fill_disk(false);
	assert_int_equal(done.added, 77);
	assert_string_equal(all(state), "");
	import_is(state, GOOD, 1, 0);
}

static void
imported_ids_are_given_to_their_owners_only(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "ann", T1), state_record("b", "bob", T1),
	};

	state->conf.users_min_id = 1879050001;
	state->conf.users_max_id = 1879050003;
	import_is(state, "u 1879050002 b\nu 1879050003 gone\n", 2, 0);
	STATE_SYNC(state, records, NULL);
	assert_string_equal(state_user(state, "uid", "a"), "1879050001");
	assert_string_equal(state_user(state, "uid", "b"), "1879050002");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(export_is_sorted_and_imports_as_it_was),
		TEST(longest_key_goes_both_ways),
		TEST(lines_that_are_none_are_refused_by_number),
		TEST(ids_outside_the_range_are_refused),
		TEST(things_said_twice_are_refused),
		TEST(contradictions_are_refused_and_change_nothing),
		TEST(local_ids_are_refused),
		TEST(full_disk_imports_nothing),
		TEST(imported_ids_are_given_to_their_owners_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
