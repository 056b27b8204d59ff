/* SPDX-License-Identifier: BSD-2-Clause */
#include "state.h"

static void
login_name_is_the_local_part_in_lower_case(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "B.Simon@contoso.com", T1),
		state_record("b", "plain", T1),
		state_record("c", "two@at@signs", T1),
	};

	STATE_SYNC(state, records, NULL);
	state_account(state, "a", "b.simon", "");
	state_account(state, "b", "plain", "");
	state_account(state, "c", "two", "");
}

static void
login_name_is_the_whole_user_name_when_configured(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "B.Simon@Contoso.com", T1),
		state_record("b", "B.Simon@Fabrikam.com", T1),
	};

	state->conf.users_name = CONF_NAME_USER_NAME;
	STATE_SYNC(state, records, NULL);
	state_account(state, "a", "b.simon@contoso.com", "");
	state_account(state, "b", "b.simon@fabrikam.com", "");
}

#define SEVENTY "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz" \
	"abcdefghijklmnopqr"

static void
i4_long_name_is_refused_and_not_cut(void **data)
{
	struct state *state = *data;
	struct record records[] = { state_record("a", SEVENTY, T1) };

	state->conf.users_name = CONF_NAME_USER_NAME;
	STATE_SYNC(state, records, NULL);
	state_account(state, "a", "", "name-grammar");
	/* The last 64 bytes of the 70 may be a name. */
	records[0].user_name = &SEVENTY[6];
	STATE_SYNC(state, records, NULL);
	state_account(state, "a", &SEVENTY[6], "");
}

/* The value domain of 8x8, [A-Za-z0-9.@\-_/]{3,70}, and what is outside it.
 * What is refused is never cut, mapped or mended into a name. */
static const struct {
	const char *user_name;
	const char *local_part;	/* the login name, or NULL: refused */
	const char *full;
} domain[] = {
	{ "b.simon@contoso.com", "b.simon", "b.simon@contoso.com" },
	{ "B_S-1@X", "b_s-1", "b_s-1@x" },
	{ "plain", "plain", "plain" },
	{ "a..b", "a..b", "a..b" },
	{ "a@", "a", "a@" },
	{ "a@b@c", "a", "a@b@c" },
	{ "a@/../etc", "a", NULL },
	{ "a@b/c", "a", NULL },
	{ "a@b:c", "a", NULL },
	{ "a@b\nroot:x:0:0", "a", NULL },
	{ "a@m\xc3\xbc.example", "a", NULL },
	{ "", NULL, NULL }, { "@", NULL, NULL }, { "@@", NULL, NULL },
	{ "@contoso.com", NULL, NULL }, { "/", NULL, NULL },
	{ "a/b", NULL, NULL }, { "/etc/passwd", NULL, NULL },
	{ "../etc", NULL, NULL }, { ".", NULL, NULL }, { "..", NULL, NULL },
	{ "...", NULL, NULL }, { ".hidden", NULL, NULL },
	{ "-rf", NULL, NULL }, { "--help@x", NULL, NULL },
	{ "_x", NULL, NULL }, { "1234", NULL, NULL }, { "0", NULL, NULL },
	{ "007@x", NULL, NULL }, { "1st", NULL, NULL },
	{ "a b", NULL, NULL }, { " a", NULL, NULL }, { "a ", NULL, NULL },
	{ "a:b", NULL, NULL }, { "a,b", NULL, NULL }, { "a\nb", NULL, NULL },
	{ "a\n", NULL, NULL }, { "a\tb", NULL, NULL }, { "a\rb", NULL, NULL },
	{ "\x01", NULL, NULL }, { "a\x7f", NULL, NULL },
	{ "a\x1b[2J", NULL, NULL }, { "a+b", NULL, NULL },
	{ "ann$", NULL, NULL }, { "a%u", NULL, NULL }, { "a*", NULL, NULL },
	{ "a'b", NULL, NULL }, { "a\\b", NULL, NULL }, { "~", NULL, NULL },
	{ "m\xc3\xbcller", NULL, NULL }, { "\xc3\x84nn", NULL, NULL },
	{ "\xd0\xb0nn", NULL, NULL }, { "a\xff", NULL, NULL },
	/* KELVIN SIGN, which some lower() turns into k. */
	{ "\xe2\x84\xaa" "im", NULL, NULL },
	{ "abcdefghijklmnopqrstuvwxyz012345@x",
	    "abcdefghijklmnopqrstuvwxyz012345",
	    "abcdefghijklmnopqrstuvwxyz012345@x" },
	{ "abcdefghijklmnopqrstuvwxyz0123456", NULL,
	    "abcdefghijklmnopqrstuvwxyz0123456" },
	{ &SEVENTY[6], NULL, &SEVENTY[6] },		/* 64 */
	{ &SEVENTY[5], NULL, NULL }, { SEVENTY, NULL, NULL },
};

static void
i4_domain_of_names_is_as_documented(void **data)
{
	(void)data;
	for (size_t i = 0; i < ARRAY_LEN(domain) * 2; i++) {
		const char *user_name = domain[i / 2].user_name;
		const char *want = i % 2 == 0 ? domain[i / 2].local_part :
		    domain[i / 2].full;
		struct record records[] = {
			state_record("z", "fine", T1),
			state_record("a", user_name, T1),
		};
		struct update_report report;
		struct state host;

		state_init(&host);
		state_open(&host);
		host.conf.users_name = i % 2 == 0 ? CONF_NAME_LOCAL_PART :
		    CONF_NAME_USER_NAME;
		STATE_SYNC(&host, records, &report);
		assert_int_equal(report.refused, want == NULL);
		state_account(&host, "a", want == NULL ? "" : want,
		    want == NULL ? "name-grammar" : "");
		assert_string_equal(state_user(&host, "uid IS NULL", "a"),
		    want == NULL ? "1" : "0");
		state_account(&host, "z", "fine", "");
		state_clear(&host);
	}
}

static void
i4_second_with_a_name_is_refused_the_first_created_has_it(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "ann@fabrikam.com", T2),
		state_record("b", "ANN@contoso.com", T3),
		state_record("z", "Ann@adatum.com", T1),
	};
	struct update_report report;

	STATE_SYNC(state, records, &report);
	assert_int_equal(report.refused, 2);
	state_account(state, "z", "ann", "");
	state_account(state, "a", "", "name-taken");
	state_account(state, "b", "", "name-taken");
}

static void
order_is_the_instant_and_then_the_id(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("d", "ann", "2024-01-01T10:00:00.000Z"),
		state_record("c", "ann", "2024-01-01T10:00:00Z"),
		/* Not instants: last, and the smaller id does not help. */
		state_record("a", "bob", ""),
		state_record("b", "bob", "yesterday"),
		state_record("x", "bob", T3),
	};

	STATE_SYNC(state, records, NULL);
	state_account(state, "c", "ann", "");
	state_account(state, "d", "", "name-taken");
	state_account(state, "x", "bob", "");
	state_account(state, "a", "", "name-taken");
}

static void
i5_local_names_are_refused_until_they_are_gone(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "root@contoso.com", T1),
		state_record("b", "Docker", T1),
		state_record("c", "ann", T1),
	};
	struct update_report report;

	state_set_local("root:x:0:0::/:\nann:x:1000:1000::/:\n",
	    "docker:x:999:\n");
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.refused, 3);
	state_account(state, "a", "", "name-local");
	state_account(state, "b", "", "name-local");
	state_account(state, "c", "", "name-local");
	state_set_local("root:x:0:0::/:\n", "docker:x:999:\n");
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.refused, 2);
	state_account(state, "c", "ann", "");
}

static void
i5_local_account_suspends_an_established_name(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("b", "bob", T2), state_record("c", "cid", T2),
	};
	struct record thieves[] = {
		state_record("b", "bob", T2), state_record("c", "bob", T1),
	};
	const char *uid;

	STATE_SYNC(state, records, NULL);
	uid = state_user(state, "uid", "b");
	state_set_local("bob:x:1000:1000::/:\n", "");
	STATE_SYNC(state, records, NULL);
	assert_string_equal(state_user(state, "refused", "b"), "name-local");
	/* It is held meanwhile, also against an older record. */
	state_set_local("", "");
	STATE_SYNC(state, thieves, NULL);
	state_account(state, "b", "bob", "");
	state_account(state, "c", "cid", "");
	assert_string_equal(state_user(state, "uid", "b"), uid);
}

static void
ids_do_not_depend_on_refused_names(void **data)
{
	struct state *state = *data;
	struct state other;
	struct record records[] = {
		state_record("a", "ann", T1), state_record("b", "bob", T2),
		state_record("c", "cid", T3),
	};

	state_init(&other);
	state_open(&other);
	state->conf.users_min_id = other.conf.users_min_id = 2000000000;
	state->conf.users_max_id = other.conf.users_max_id = 2000000002;
	STATE_SYNC(state, records, NULL);
	state_set_local("ann:x:1000:1000::/:\n", "");
	STATE_SYNC(&other, records, NULL);
	state_account(&other, "a", "", "name-local");
	assert_string_equal(state_user(state, "uid", "b"),
	    state_user(&other, "uid", "b"));
	assert_string_equal(state_user(state, "uid", "c"),
	    state_user(&other, "uid", "c"));
	state_clear(&other);
}

static void
p9_renamed_person_keeps_id_and_home(void **data)
{
	struct state *state = *data;
	struct record before[] = { state_record("a", "ann@x", T1) };
	struct record after[] = { state_record("a", "ann.smith@x", T1) };
	const char *uid;

	STATE_SYNC(state, before, NULL);
	uid = state_user(state, "uid", "a");
	STATE_SYNC(state, after, NULL);
	state_account(state, "a", "ann.smith", "");
	assert_string_equal(state_user(state, "uid", "a"), uid);
	assert_string_equal(state_user(state, "home_name", "a"), "ann");
}

static void
i4_refused_new_name_leaves_the_old_one(void **data)
{
	static const char *const wanted[] = { "bob@x", "root", "a/b", "" };
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "ann", T1), state_record("b", "bob", T2),
	};
	struct update_report report;

	STATE_SYNC(state, records, &report);
	assert_int_equal(report.names_kept, 0);
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		records[0].user_name = wanted[i];
		STATE_SYNC(state, records, &report);
		assert_int_equal(report.names_kept, 1);
		assert_int_equal(report.refused, 0);
		state_account(state, "a", "ann", "");
		state_account(state, "b", "bob", "");
	}
}

static void
i3_newcomer_never_inherits_the_name_that_a_home_has(void **data)
{
	struct state *state = *data;
	struct record before[] = { state_record("a", "ann", T2) };
	struct record after[] = {
		state_record("a", "smith", T2), state_record("b", "ann", T1),
	};

	STATE_SYNC(state, before, NULL);
	STATE_SYNC(state, after, NULL);
	state_account(state, "a", "smith", "");
	state_account(state, "b", "", "name-taken");
	/* Whose it was may have it back. */
	after[0].user_name = "ann";
	STATE_SYNC(state, after, NULL);
	state_account(state, "a", "ann", "");
	state_account(state, "b", "", "name-taken");
}

static void
i4_newcomer_does_not_get_a_new_name_either(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "ann", T2), state_record("b", "smith", T1),
	};

	assert_err(state_sync(state, records, 1, NULL), ERR_OK);
	records[0].user_name = "smith";
	assert_err(state_sync(state, records, 1, NULL), ERR_OK);
	STATE_SYNC(state, records, NULL);
	state_account(state, "a", "smith", "");
	state_account(state, "b", "", "name-taken");
}

/* -- links ------------------------------------------------------------------- */

/* Ann's is the account `local`, or (0) it is not. */
static void
link_ann(struct state *state, size_t count)
{
	static char *item[] = { (char *)(uintptr_t)"local:ann" };

	state->conf.users_link_local.item = item;
	state->conf.users_link_local.count = count;
	state->conf.users_min_local_uid = 1000;
	state_set_local("local:x:1000:1000::/:/bin/sh\n", "");
}

static void
linked_record_has_no_name_while_the_link_is_there(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "ann", T1), state_record("b", "bob", T1),
		state_record("c", "ann@other", T2),
	};
	struct update_report report;
	const char *uid;

	STATE_SYNC(state, records, NULL);
	uid = state_user(state, "uid", "a");
	link_ann(state, 1);
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.refused, 1);
	/* She keeps it meanwhile. */
	state_account(state, "a", "ann", "name-linked");
	state_account(state, "c", "", "name-taken");
	link_ann(state, 0);
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.refused, 1);
	state_account(state, "a", "ann", "");
	assert_string_equal(state_user(state, "uid", "a"), uid);
}

static void
record_that_was_always_linked_holds_nothing(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "ann", T1), state_record("c", "ann@x", T2),
	};

	link_ann(state, 1);
	STATE_SYNC(state, records, NULL);
	state_account(state, "a", "", "name-linked");
	state_account(state, "c", "ann", "");
	assert_string_equal(state_query(state->store,
	    "SELECT count(*) FROM ids"), "2");
}

/* -- who is decided upon ----------------------------------------------------- */

static void
other_way_of_naming_decides_about_everybody(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "Ann@x.example", T1),
		state_record("b", "ann@y.example", T2),
		state_record("c", "Plain", T3),
	};
	struct update_report report;
	const char *uid;

	STATE_SYNC(state, records, NULL);
	state_account(state, "b", "", "name-taken");
	uid = state_user(state, "uid", "a");
	state->conf.users_name = CONF_NAME_USER_NAME;
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.refused, 0);
	state_account(state, "a", "ann@x.example", "");
	state_account(state, "b", "ann@y.example", "");
	state_account(state, "c", "plain", "");
	assert_string_equal(state_user(state, "uid", "a"), uid);
	assert_string_equal(state_user(state, "home_name", "a"), "ann");
	/* And back: the home never was anybody else's. */
	state->conf.users_name = CONF_NAME_LOCAL_PART;
	STATE_SYNC(state, records, &report);
	state_account(state, "a", "ann", "");
	state_account(state, "b", "ann@y.example", "");
	assert_int_equal(report.names_kept, 1);
}

/* Millions of them, every quarter of an hour. */
static void
nobody_is_touched_without_a_reason(void **data)
{
	struct state *state = *data;
	struct record records[] = {
		state_record("a", "Ann@x", T1), state_record("b", "b/c", T1),
		state_record("c", "cid", T1), state_record("d", "dan", T1),
	};
	struct update_report report;

	STATE_SYNC(state, records, NULL);
	records[2].user_name = "ann";
	STATE_SYNC(state, records, NULL);
	state_exec(state->store, "CREATE TEMP TRIGGER touched "
	    "BEFORE UPDATE ON main.users BEGIN "
	    "SELECT RAISE(ABORT, 'touched'); END", ERR_OK);
	STATE_SYNC(state, records, &report);
	assert_int_equal(report.refused, 1);
	assert_int_equal(report.names_kept, 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(login_name_is_the_local_part_in_lower_case),
		TEST(login_name_is_the_whole_user_name_when_configured),
		TEST(i4_long_name_is_refused_and_not_cut),
		cmocka_unit_test(i4_domain_of_names_is_as_documented),
		TEST(i4_second_with_a_name_is_refused_the_first_created_has_it),
		TEST(order_is_the_instant_and_then_the_id),
		TEST(i5_local_names_are_refused_until_they_are_gone),
		TEST(i5_local_account_suspends_an_established_name),
		TEST(ids_do_not_depend_on_refused_names),
		TEST(p9_renamed_person_keeps_id_and_home),
		TEST(i4_refused_new_name_leaves_the_old_one),
		TEST(i3_newcomer_never_inherits_the_name_that_a_home_has),
		TEST(i4_newcomer_does_not_get_a_new_name_either),
		TEST(linked_record_has_no_name_while_the_link_is_there),
		TEST(record_that_was_always_linked_holds_nothing),
		TEST(other_way_of_naming_decides_about_everybody),
		TEST(nobody_is_touched_without_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
