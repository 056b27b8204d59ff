/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Before and after the conversation of a device flow: who is offered one, from
 * which keys a token is verified, and whom it lets in.
 */
#include "stage.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "auth/symbols.h"

#define LIST(name, ...) \
	char *name##_items[] = { __VA_ARGS__ }; \
	const struct conf_list name = { name##_items, ARRAY_LEN(name##_items) }

/* -- who is offered it ----------------------------------------------------- */

static void
v1_it_is_offered_where_it_is_configured(void **state)
{
	static const struct {
		const char *services, *networks, *after_key, *rhost;
		uint64_t columns;
		bool enabled, key;
		enum err want;
	} rows[] = {
#define NO ERR_CONF_MISSING
		{ "*", "*", NULL, "192.0.2.7", 0, true, false, ERR_OK },
		{ "sshd", "*", NULL, "192.0.2.7", 0, true, false, ERR_OK },
		{ "sshd", "*", NULL, "host.example", 0, true, false, ERR_OK },
		{ "*", "local", NULL, "", 0, true, false, ERR_OK },
		{ "*", "192.0.2.0/24", NULL, "192.0.2.7", 0, true, false,
		    ERR_OK },
		{ "*", "*", "login", "192.0.2.7", 0, true, false, ERR_OK },
		{ "*", "*", "sshd", "192.0.2.7", 0, true, true, ERR_OK },
		{ "*", "*", "*", "192.0.2.7", 0, true, true, ERR_OK },
		{ "*", "*", NULL, "192.0.2.7", 0, false, false, NO },
		{ "login", "*", NULL, "192.0.2.7", 0, true, false, NO },
		{ "ssh", "*", NULL, "192.0.2.7", 0, true, false, NO },
		{ "sshd2", "*", NULL, "192.0.2.7", 0, true, false, NO },
		{ "SSHD", "*", NULL, "192.0.2.7", 0, true, false, NO },
		{ NULL, "*", NULL, "192.0.2.7", 0, true, false, NO },
		{ "*", NULL, NULL, "192.0.2.7", 0, true, false, NO },
		{ "*", "local", NULL, "192.0.2.7", 0, true, false, NO },
		{ "*", "192.0.2.0/24", NULL, "", 0, true, false, NO },
		{ "*", "192.0.2.0/24", NULL, "192.0.3.7", 0, true, false, NO },
		{ "*", "192.0.2.0/24", NULL, "host.example", 0, true, false,
		    NO },
		{ "*", "*", "sshd", "192.0.2.7", 0, true, false,
		    ERR_DEVICE_KEY_FIRST },
		{ "*", "*", "*", "192.0.2.7", 0, true, false,
		    ERR_DEVICE_KEY_FIRST },
		/* Not only the key is missing. */
		{ "*", "local", "*", "192.0.2.7", 0, true, false, NO },
		{ "*", "*", "*", "192.0.2.7", 0, false, false, NO },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct diag diag = DIAG_INIT;
		STAGE(play, 0);
		LIST(services, stage_text(rows[i].services));
		LIST(networks, stage_text(rows[i].networks));
		LIST(after_key, stage_text(rows[i].after_key));

		play.conf.device_enabled = rows[i].enabled;
		play.conf.device_services = services;
		play.conf.device_services.count = rows[i].services != NULL;
		play.conf.device_networks = networks;
		play.conf.device_networks.count = rows[i].networks != NULL;
		play.conf.device_after_key = after_key;
		play.conf.device_after_key.count = rows[i].after_key != NULL;
		(void)snprintf(play.login.who.rhost,
		    sizeof(play.login.who.rhost), "%s", rows[i].rhost);
		play.begin.field[BEGIN_KEY_FIRST].number = rows[i].key;
		if (device_offered(&play.login, &diag) != rows[i].want)
			fail_msg("row %zu: %s", i, diag.text);
	}
}

/* Nobody would see the code, and every guess at a password begin a flow. */
static void
v4_sshds_password_prompt_begins_no_flow(void **state)
{
	static const struct {
		const char *service;
		uint64_t until_alarm;
		enum err want;
	} rows[] = {
		{ "sshd", 0, ERR_OK }, { "sshd", 118, ERR_CONF_MISSING },
		{ "sshd", 1, ERR_CONF_MISSING }, { "login", 55, ERR_OK },
		{ "su", 55, ERR_OK },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		STAGE(play, 0);

		(void)snprintf(play.login.who.service,
		    sizeof(play.login.who.service), "%s", rows[i].service);
		play.begin.field[BEGIN_ALARM].number = rows[i].until_alarm;
		assert_err(device_offered(&play.login, NULL), rows[i].want);
	}
}

static void
a_host_that_is_not_set_up_is_so_for_everybody(void **state)
{
	static const enum err accounts[] = { ERR_OK, ERR_USER_UNKNOWN };

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LEN(accounts); i++) {
		STAGE(play, 0);

		stage.account = accounts[i / 2];
		if (i % 2 == 0)
			stage.load = ERR_OIDC_MISSING;
		else
			play.conf.device_client_id = stage_text("");
		assert_err(stage_run(&play), i % 2 == 0 ? ERR_OIDC_MISSING :
		    ERR_CONF_MISSING);
		assert_string_equal(stage.calls, "");
		assert_int_equal(stage_count("RESULT U"), 1);
	}
}

static void
endpoints_that_are_configured_need_no_discovery(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.polls = 0;
	play.conf.device_device_endpoint =
	    stage_text("https://login.example/device");
	play.conf.device_token_endpoint =
	    stage_text("https://login.example/token");
	play.conf.device_jwks_uri = stage_text("https://login.example/keys");
	stage.load = ERR_OIDC_MISSING;
	stage.record.fetched = 0;
	/* No keys either: they are fetched when a token has come. */
	assert_err(stage_run(&play), ERR_JWKS_STALE);
	assert_int_equal(stage.workers, 1);
}

/* What sync found on a host that is not admitted any more. */
static void
j26_endpoints_of_another_host_are_not_used(void **state)
{
	struct oidc_endpoints *found = &stage.record.endpoints;
	char *const places[] = {
		found->device, found->token, found->jwks_uri,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		STAGE(play, 0);

		(void)snprintf(places[i], sizeof(found->device),
		    "https://other.example/x");
		assert_err(stage_run(&play), ERR_OIDC_HOST);
		assert_int_equal(stage.workers, 0);
	}
}

static void
a_database_that_fails_is_no_decoy(void **state)
{
	STAGE(play, 0);

	(void)state;
	stage.account = ERR_STORE;
	assert_err(stage_run(&play), ERR_STORE);
	assert_string_equal(stage.calls, "account ");
}

static void
who_is_local_is_counted_by_terminal(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.polls = 0;
	play.login.who.rhost[0] = '\0';
	assert_err(stage_run(&play), ERR_OK);
	assert_string_equal(stage.source, "pts/3");
}

/* -- the keys -------------------------------------------------------------- */

static void
j27_known_keys_are_sent_without_a_fetch(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.polls = 0;
	stage.turn = OIDC_TURN_OURS;
	assert_err(stage_run(&play), ERR_OK);
	assert_int_equal(stage.fetches, 0);
	assert_int_equal(stage.sent.count, 1);
	assert_string_equal(stage.sent.key[0].kid, "kid-1");
}

static void
forget_key(const char *kid)
{
	(void)snprintf(stage.record.keys.key[0].kid, KID_MAX_LEN, "%s", kid);
}

static void
j27_an_unknown_key_is_fetched_once(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.polls = 0;
	stage.turn = OIDC_TURN_OURS;
	forget_key("old");
	assert_err(stage_run(&play), ERR_OK);
	assert_int_equal(stage.fetches, 1);
	assert_int_equal(stage_count("WAIT 60\n"), 1);
}

static void
j28_stale_keys_are_fetched_even_if_known(void **state)
{
	static const int64_t times[] = {
		STAGE_NOW - 90000, STAGE_NOW + 90000, 0,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		STAGE(play, 80);

		stage.polls = 0;
		stage.turn = OIDC_TURN_OURS;
		stage.record.fetched = times[i];
		assert_err(stage_run(&play), ERR_OK);
		assert_int_equal(stage.fetches, 1);
	}
}

static void
j28_stale_keys_are_not_used_when_no_new_ones_come(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		STAGE(play, 80);

		stage.polls = 0;
		stage.record.fetched = STAGE_NOW - 90000;
		stage.turn = i == 0 ? OIDC_TURN_OURS : OIDC_TURN_NOBODYS;
		stage.fetch = ERR_HTTP;
		assert_err(stage_run(&play), ERR_JWKS_STALE);
		assert_int_equal(stage.fetches, i == 0);
		assert_int_equal(stage_count("RESULT U"), 1);
		assert_null(strstr(stage.calls, "replay"));
	}
}

static void
j27_a_key_that_nobody_knows_refuses(void **state)
{
	static const enum oidc_turn turns[] = {
		OIDC_TURN_OURS, OIDC_TURN_OTHERS, OIDC_TURN_NOBODYS,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(turns); i++) {
		STAGE(play, 80);

		stage.polls = 0;
		stage.turn = turns[i];
		stage.new_kid = "another";
		forget_key("old");
		assert_err(stage_run(&play), ERR_JWT_KEY_UNKNOWN);
		assert_int_equal(stage.fetches, i == 0);
		assert_null(strstr(stage.calls, "replay"));
	}
}

static void
others_fetched(void)
{
	forget_key("kid-1");
}

static void
j27_what_others_fetch_is_waited_for(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.polls = 0;
	stage.turn = OIDC_TURN_OTHERS;
	forget_key("old");
	stage_call_at(8000, others_fetched);
	assert_err(stage_run(&play), ERR_OK);
	assert_int_equal(stage.fetches, 0);
	assert_in_range(stage.loads, 5, 30);
}

static void
who_hangs_up_while_others_fetch_is_gone_at_once(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.polls = 0;
	stage.turn = OIDC_TURN_OTHERS;
	forget_key("old");
	stage_at(7000, STAGE_HANG_UP, "");
	assert_err(stage_run(&play), ERR_ANSWER_FAILED);
	assert_in_range(stage_ms, 1007000, 1007200);
}

/* -- what the worker checks ------------------------------------------------ */

static void
j24_the_worker_is_told_what_to_demand(void **state)
{
	LIST(groups, stage_text("group-1"), stage_text("group-2"));
	STAGE(play, 80);

	(void)state;
	stage.polls = 0;
	play.conf.device_require_groups = groups;
	play.conf.device_require_acrs = stage_text("c1");
	play.conf.device_auth_max_age = 600;
	play.conf.saml_clock_skew = 7;
	play.conf.users_guests = true;
	assert_err(stage_run(&play), ERR_OK);
	assert_string_equal(stage.start_checks, "acrs=c1 "
	    "groups=group-1\ngroup-2 skew=7 age=600 flags=1");
}

static void
j16_guests_are_not_welcome_unless_that_is_configured(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.polls = 0;
	play.conf.device_auth_max_age = 0;
	play.conf.saml_clock_skew = 60;
	assert_err(stage_run(&play), ERR_OK);
	assert_string_equal(stage.start_checks,
	    "acrs= groups= skew=60 age=0 flags=0");
}

/* -- whom a token lets in -------------------------------------------------- */

static void
the_first_check_that_fails_is_the_reason(void **state)
{
	static const struct {
		enum err *fails;
		enum err reason;
		const char *calls;
	} rows[] = {
		{ &stage.replay, ERR_REPLAY, "account flows replay end " },
		{ &stage.replay, ERR_REPLAY_STORE,
		    "account flows replay end " },
		{ &stage.link, ERR_LINK_MISMATCH,
		    "account flows replay link end " },
		{ &stage.link, ERR_LINK_GUEST,
		    "account flows replay link end " },
		{ &stage.account_again, ERR_USER_INACTIVE,
		    "account flows replay link account end " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		STAGE(play, 80);

		stage.polls = 0;
		*rows[i].fails = rows[i].reason;
		assert_err(stage_run(&play), rows[i].reason);
		assert_string_equal(stage.calls, rows[i].calls);
		assert_int_equal(stage_count(rows[i].reason ==
		    ERR_REPLAY_STORE ? "does not work" :
		    "Sign-in was refused."), 1);
	}
}

static void
j14_a_worker_that_accepts_something_else_is_not_believed(void **state)
{
	static const struct {
		const char *issuer;
		const char *tenant;
	} rows[] = {
		{ "https://login.example/other/v2.0", "tenant" },
		{ STAGE_ISSUER "/", "tenant" },
		{ STAGE_ISSUER, "other" },
		{ STAGE_ISSUER, NULL },
		{ STAGE_ISSUER, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		STAGE(play, 80);

		stage.polls = 0;
		stage.issuer = rows[i].issuer;
		stage.tenant = rows[i].tenant;
		assert_err(stage_run(&play), ERR_WORKER);
		assert_string_equal(stage.calls, "account flows end ");
	}
}

static void
v1_the_browser_is_where_it_may_be(void **state)
{
	static const struct {
		const char *network;
		const char *ipaddr;
		enum err want;
	} rows[] = {
#define PLACE ERR_DEVICE_PLACE
		{ "198.51.100.0/24", "198.51.100.9", ERR_OK },
		{ "source", "192.0.2.7", ERR_OK },
		{ "source", "::ffff:192.0.2.7", ERR_OK },
		{ "198.51.100.0/24", "198.51.101.9", PLACE },
		{ "198.51.100.0/24", "2001:db8::1", PLACE },
		{ "198.51.100.0/24", "", PLACE },
		{ "198.51.100.0/24", NULL, PLACE },
		{ "source", "192.0.2.8", PLACE },
		{ "source", "0.0.0.0/0", PLACE },
		{ "source", "192.0.2.0/24", PLACE },
		{ "source", "", PLACE },
		{ "source", NULL, PLACE },
		{ "source", "source", PLACE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		STAGE(play, 80);
		LIST(networks, stage_text(rows[i].network));

		stage.polls = 0;
		stage.ipaddr = rows[i].ipaddr;
		play.conf.device_browser_networks = networks;
		if (stage_run(&play) != rows[i].want)
			fail_msg("row %zu: %s", i, play.diag.text);
		if (rows[i].want != ERR_OK)
			assert_null(strstr(stage.calls, "link"));
	}
}

/* -- the code that confirms ------------------------------------------------ */

static char typed[64];

static void
read_confirm(void)
{
	FILE *in = fopen(stage.confirm_path, "r");
	size_t n = in == NULL ? 0 : fread(stage.confirm_got, 1,
	    sizeof(stage.confirm_got) - 1, in);
	char *code;

	stage.confirm_got[n] = '\0';
	if (in != NULL)
		(void)fclose(in);
	code = strstr(stage.confirm_got, "code=");
	assert_non_null(code);
	(void)snprintf(typed, sizeof(typed), " %.3s-%.3s\n", code + 5,
	    code + 8);
	for (char *p = typed; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
}

static void
v1_the_code_that_was_sent_lets_in(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.polls = 0;
	play.conf.device_confirm = stage_text("/bin/true");
	stage_at(40000, STAGE_TYPE, "000-00");
	stage_at(45000, STAGE_TYPE, "");
	stage_call_at(50000, read_confirm);
	stage_at(50001, STAGE_TYPE, typed);
	assert_err(stage_run(&play), ERR_OK);
	assert_int_equal(stage_count("PROMPT A code was sent to you.  Type it "
	    "to finish: \n"), 1);
	assert_int_equal(stage_count("PROMPT That is not the code."), 2);
	assert_non_null(strstr(stage.confirm_got, "user=b.simon\n"
	    "user_name=b.simon@example.com\nhost=host\nservice=sshd\n"
	    "rhost=192.0.2.7\ncode="));
	assert_null(strstr(stage_log, "code="));
}

static void
v1_a_wrong_code_or_none_does_not(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		STAGE(play, 80);

		stage.polls = 0;
		play.conf.device_confirm = stage_text("/bin/true");
		stage.confirm_status = i == 2;
		stage.confirm_hangs = i == 3;
		if (i == 0) {
			stage_at(50000, STAGE_TYPE, "000000");
			stage_at(51000, STAGE_TYPE, "");
			stage_at(52000, STAGE_TYPE, "WRONGCODE");
		}
		if (i == 4) {
			stage_at(50000, STAGE_TOO_LONG, "");
			stage_at(51000, STAGE_TYPE, "000000");
			stage_at(52000, STAGE_TOO_LONG, "");
		}
		assert_err(stage_run(&play), ERR_DEVICE_CONFIRM);
		assert_int_equal(stage_count("PROMPT"), i == 0 || i == 4 ? 3 :
		    i == 1 ? 1 : 0);
		assert_null(strstr(stage.calls, "remember"));
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
		assert_int_equal(errno, ECHILD);
	}
}

static int spoiled;

/* A symbol of it is another. */
static void
read_and_spoil(void)
{
	static const int places[] = { 1, 2, 3, 5, 6, 7 };
	char *p = typed + places[spoiled];

	read_confirm();
	*p = *p == '7' ? '8' : '7';
}

static void
v1_every_symbol_of_the_code_counts(void **state)
{
	(void)state;
	for (spoiled = 0; spoiled < 6; spoiled++) {
		STAGE(play, 80);

		stage.polls = 0;
		play.conf.device_confirm = stage_text("/bin/true");
		stage_call_at(50000, read_and_spoil);
		for (int i = 1; i <= 3; i++)
			stage_at(50000 + i, STAGE_TYPE, typed);
		assert_err(stage_run(&play), ERR_DEVICE_CONFIRM);
	}
}

static void
v1_a_program_that_hangs_is_given_up_after_30_seconds(void **state)
{
	STAGE(play, 80);
	int64_t begun = stage_ms;

	(void)state;
	stage.polls = 0;
	play.conf.device_confirm = stage_text("/bin/true");
	stage.confirm_hangs = true;
	assert_err(stage_run(&play), ERR_DEVICE_CONFIRM);
	assert_in_range(stage_ms - begun, 30000, 45000);
}

static void
v5_a_value_for_the_program_is_one_line(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.polls = 0;
	play.conf.device_confirm = stage_text("/bin/true");
	(void)snprintf(play.login.who.rhost, sizeof(play.login.who.rhost),
	    "192.0.2.7\nuser=root");
	stage_call_at(50000, read_confirm);
	stage_at(50001, STAGE_TYPE, typed);
	assert_err(stage_run(&play), ERR_OK);
	assert_non_null(strstr(stage.confirm_got, "\nrhost=\ncode="));
	assert_null(strstr(stage.confirm_got, "root"));
}

static void
v1_a_program_that_others_can_write_is_not_started(void **state)
{
	char path[] = "/tmp/test_device_accept.XXXXXX";
	int fd = mkstemp(path);
	STAGE(play, 80);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0777), 0);
	(void)close(fd);
	stage.polls = 0;
	play.conf.device_confirm = path;
	assert_err(stage_run(&play), ERR_UNSAFE_FILE);
	assert_int_equal(unlink(path), 0);
}

static void
v1_without_a_program_no_code_is_asked_for(void **state)
{
	STAGE(play, 80);

	(void)state;
	stage.polls = 0;
	assert_err(stage_run(&play), ERR_OK);
	assert_int_equal(stage_count("code was sent"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v1_it_is_offered_where_it_is_configured),
		cmocka_unit_test(v4_sshds_password_prompt_begins_no_flow),
		cmocka_unit_test(a_host_that_is_not_set_up_is_so_for_everybody),
		cmocka_unit_test(
		    endpoints_that_are_configured_need_no_discovery),
		cmocka_unit_test(j26_endpoints_of_another_host_are_not_used),
		cmocka_unit_test(a_database_that_fails_is_no_decoy),
		cmocka_unit_test(who_is_local_is_counted_by_terminal),
		cmocka_unit_test(j27_known_keys_are_sent_without_a_fetch),
		cmocka_unit_test(j27_an_unknown_key_is_fetched_once),
		cmocka_unit_test(j28_stale_keys_are_fetched_even_if_known),
		cmocka_unit_test(
		    j28_stale_keys_are_not_used_when_no_new_ones_come),
		cmocka_unit_test(j27_a_key_that_nobody_knows_refuses),
		cmocka_unit_test(j27_what_others_fetch_is_waited_for),
		cmocka_unit_test(
		    who_hangs_up_while_others_fetch_is_gone_at_once),
		cmocka_unit_test(j24_the_worker_is_told_what_to_demand),
		cmocka_unit_test(
		    j16_guests_are_not_welcome_unless_that_is_configured),
		cmocka_unit_test(the_first_check_that_fails_is_the_reason),
		cmocka_unit_test(
		    j14_a_worker_that_accepts_something_else_is_not_believed),
		cmocka_unit_test(v1_the_browser_is_where_it_may_be),
		cmocka_unit_test(v1_the_code_that_was_sent_lets_in),
		cmocka_unit_test(v1_a_wrong_code_or_none_does_not),
		cmocka_unit_test(v1_every_symbol_of_the_code_counts),
		cmocka_unit_test(
		    v1_a_program_that_hangs_is_given_up_after_30_seconds),
		cmocka_unit_test(v5_a_value_for_the_program_is_one_line),
		cmocka_unit_test(
		    v1_a_program_that_others_can_write_is_not_started),
		cmocka_unit_test(v1_without_a_program_no_code_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
