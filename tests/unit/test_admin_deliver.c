/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command `8x8sso deliver`: what it sends to the helper, what it believes
 * of the answer, and what it prints.
 */
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "admin/admin.h"
#include "base/clock.h"
#include "base/limits.h"
#include "wire/spawn.h"

/* The helper's lines are written before it is started: a socket keeps them. */
static struct channel helper = CHANNEL_INIT;
static int for_command = -1;
static enum err spawn;
static char *started[4];
static struct diag failure;
static const char *usage;
static char printed[4096];

enum err
peer_start(struct peer *peer, char *const argv[], int extra_fd,
    struct diag *diag)
{
	assert_int_equal(extra_fd, -1);
	for (size_t i = 0; i < 3; i++) {
		free(started[i]);
		started[i] = strdup(argv[i]);
	}
	assert_null(argv[3]);
	if (spawn != ERR_OK)
		return fail(diag, spawn, "%s", argv[0]);
	peer->ch.fd = for_command;
	for_command = -1;
	return ERR_OK;
}

int
peer_end(struct peer *peer)
{
	channel_close(&peer->ch);
	return 0;
}

int
admin_fail(const struct admin *admin, const struct diag *diag)
{
	(void)admin;
	failure = *diag;
	return ADMIN_FAILED;
}

int
admin_usage(const char *what)
{
	usage = what;
	return ADMIN_USAGE;
}

/* The nonce of BEGIN is random; here it is not. */
ssize_t
getrandom(void *buffer, size_t len, unsigned int flags)
{
	(void)flags;
	memcpy(buffer, "0123456789abcdef", len);
	return (ssize_t)len;
}

static int
set_up(void **state)
{
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	helper = (struct channel){ fd[0], 0 };
	channel_set_timeout(&helper, 10000);
	for_command = fd[1];
	spawn = ERR_OK;
	failure = (struct diag)DIAG_INIT;
	usage = NULL;
	printed[0] = '\0';
	memset(started, 0, sizeof(started));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	channel_close(&helper);
	if (for_command >= 0)
		(void)close(for_command);
	for (size_t i = 0; i < 3; i++)
		free(started[i]);
	return 0;
}

/* Runs the command with this on standard input; *printed is what it said. */
static int
run_with(const char *input, size_t len, bool json, int argc)
{
	char libexec[] = "/libexec";
	char name[] = "deliver";
	char *argv[] = { name, name, NULL };
	struct admin admin = {
		.conf_path = "/etc/x.conf",
		.conf = { .host_libexec_dir = libexec },
		.json = json,
	};
	char in_name[] = "/tmp/8x8sso-deliver-XXXXXX";
	char out_name[] = "/tmp/8x8sso-deliver-XXXXXX";
	int in = mkstemp(in_name);
	int out = mkstemp(out_name);
	int old_in = dup(STDIN_FILENO);
	int old_out = dup(STDOUT_FILENO);
	ssize_t n;
	int code;

	assert_true(in >= 0 && out >= 0 && old_in >= 0 && old_out >= 0);
	(void)unlink(in_name);
	(void)unlink(out_name);
	assert_int_equal(write(in, input, len), len);
	assert_int_equal(lseek(in, 0, SEEK_SET), 0);
	(void)fflush(stdout);
	assert_true(dup2(in, STDIN_FILENO) >= 0);
	assert_true(dup2(out, STDOUT_FILENO) >= 0);
	code = admin_deliver(&admin, argc, argv);
	(void)fflush(stdout);
	assert_true(dup2(old_in, STDIN_FILENO) >= 0);
	assert_true(dup2(old_out, STDOUT_FILENO) >= 0);
	n = pread(out, printed, sizeof(printed) - 1, 0);
	assert_true(n >= 0);
	printed[n] = '\0';
	(void)close(in);
	(void)close(out);
	(void)close(old_in);
	(void)close(old_out);
	return code;
}

static int
run(const char *input)
{
	return run_with(input, strlen(input), false, 1);
}

static void
helper_asks(void)
{
	assert_err(CHANNEL_SEND(&helper, PROMPT, NULL, wire_u64(0),
	    wire_text("SAML response: ")), ERR_OK);
}

static void
helper_gives(const char *service, const char *rhost, int64_t seconds)
{
	assert_err(CHANNEL_SEND(&helper, CODE, NULL, wire_text("K7Q-4MX-9TD"),
	    wire_text("b.simon"), wire_text(service), wire_text(rhost),
	    wire_u64((uint64_t)(clock_now() + seconds))), ERR_OK);
}

static void
helper_ends(enum wire_verdict verdict, const char *reason)
{
	assert_err(CHANNEL_SEND(&helper, RESULT, NULL,
	    wire_bytes("0123456789abcdef", 16), wire_u64(WIRE_DELIVER),
	    wire_text("b.simon"), wire_u64(verdict), wire_text(reason),
	    wire_u64(0)), ERR_OK);
}

static void
the_code_is_printed_in_words(void **state)
{
	static const struct {
		const char *service;
		const char *rhost;
		int64_t seconds;
		const char *want;
	} rows[] = {
		{ "sshd", "192.0.2.7", 120, "Code for b.simon, who is "
		    "logging in by sshd from 192.0.2.7: K7Q-4MX-9TD "
		    "(2 minutes)\n" },
		{ "su", "", 120, "Code for b.simon, who is logging in by su: "
		    "K7Q-4MX-9TD (2 minutes)\n" },
		{ "", "", 40, "Code for b.simon: K7Q-4MX-9TD (1 minute)\n" },
		{ "sshd", "a\x1b[2J\nb", 120, "Code for b.simon, who is "
		    "logging in by sshd from a\\x1b[2J\\x0ab: K7Q-4MX-9TD "
		    "(2 minutes)\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		set_up(NULL);
		helper_asks();
		helper_gives(rows[i].service, rows[i].rhost, rows[i].seconds);
		helper_ends(WIRE_GRANTED, "ok");
		assert_int_equal(run("PHg+\n"), ADMIN_OK);
		assert_string_equal(printed, rows[i].want);
		tear_down(NULL);
	}
}

static void
json_has_the_same_for_programs(void **state)
{
	char want[256];
	int64_t expires = clock_now() + 120;

	(void)state;
	helper_asks();
	assert_err(CHANNEL_SEND(&helper, CODE, NULL, wire_text("K7Q-4MX-9TD"),
	    wire_text("b.simon"), wire_text("sshd"), wire_text("\"h\""),
	    wire_u64((uint64_t)expires)), ERR_OK);
	helper_ends(WIRE_GRANTED, "ok");
	assert_int_equal(run_with("PHg+", 4, true, 1), ADMIN_OK);
	(void)snprintf(want, sizeof(want), "{\"code\":\"K7Q-4MX-9TD\","
	    "\"user\":\"b.simon\",\"service\":\"sshd\",\"rhost\":\"\\\"h\\\"\","
	    "\"expires\":%lld}\n", (long long)expires);
	assert_string_equal(printed, want);
}

static void
the_helper_gets_the_response_and_nothing_of_it_is_an_argument(void **state)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;

	(void)state;
	helper_asks();
	helper_ends(WIRE_DENIED, "replay");
	assert_int_equal(run("PHg+\r\n\n"), ADMIN_FAILED);
	assert_string_equal(started[0], "/libexec/8x8sso-helper");
	assert_string_equal(started[1], "--config");
	assert_string_equal(started[2], "/etc/x.conf");
	assert_err(channel_expect(&helper, WIRE_BEGIN, &msg, NULL), ERR_OK);
	assert_int_equal(wire_get_u64(&msg, BEGIN_OPERATION), WIRE_DELIVER);
	assert_int_equal(msg.field[BEGIN_NONCE].len, 16);
	assert_string_equal(wire_get_text(&msg, BEGIN_USER), "");
	assert_err(channel_expect(&helper, WIRE_ANSWER, &msg, NULL), ERR_OK);
	assert_int_equal(wire_get_u64(&msg, ANSWER_STATUS), WIRE_ANSWERED);
	assert_int_equal(msg.field[ANSWER_WORDS].len, 4);
	assert_memory_equal(msg.field[ANSWER_WORDS].data, "PHg+", 4);
}

static void
a_refusal_is_an_error_without_a_secret(void **state)
{
	(void)state;
	helper_asks();
	assert_err(CHANNEL_SEND(&helper, INFO, NULL, wire_u64(1),
	    wire_text("Sign-in was refused.")), ERR_OK);
	helper_ends(WIRE_DENIED, "saml-audience");
	assert_int_equal(run("PHg+\n"), ADMIN_FAILED);
	assert_string_equal(printed, "");
	assert_err(failure.code, ERR_SAML_AUDIENCE);
	assert_string_equal(failure.text, "not delivered; the log has more "
	    "(login=30313233)");
}

static void
a_helper_that_refuses_before_it_asks_is_understood(void **state)
{
	(void)state;
	helper_ends(WIRE_UNAVAILABLE, "store-missing");
	assert_int_equal(run("PHg+\n"), ADMIN_FAILED);
	assert_err(failure.code, ERR_STORE_MISSING);
}

static void
send_result(const char *nonce, enum wire_operation operation,
    enum wire_verdict verdict, const char *reason)
{
	assert_err(CHANNEL_SEND(&helper, RESULT, NULL,
	    wire_bytes(nonce, strlen(nonce)), wire_u64(operation),
	    wire_text("b.simon"), wire_u64(verdict), wire_text(reason),
	    wire_u64(0)), ERR_OK);
}

static void
what_contradicts_itself_is_no_code(void **state)
{
	static const struct {
		bool code;
		const char *nonce;
		enum wire_operation operation;
		enum wire_verdict verdict;
		const char *reason;
	} rows[] = {
		{ false, "0123456789abcdef", WIRE_DELIVER, WIRE_GRANTED, "ok" },
		{ true, "0123456789abcdeF", WIRE_DELIVER, WIRE_GRANTED, "ok" },
		{ true, "0123456789", WIRE_DELIVER, WIRE_GRANTED, "ok" },
		{ true, "", WIRE_DELIVER, WIRE_GRANTED, "ok" },
		{ true, "0123456789abcdef", WIRE_AUTHENTICATE, WIRE_GRANTED,
		    "ok" },
		{ true, "0123456789abcdef", WIRE_DELIVER, WIRE_GRANTED,
		    "replay" },
		{ true, "0123456789abcdef", WIRE_DELIVER, WIRE_DENIED, "ok" },
		{ true, "0123456789abcdef", WIRE_DELIVER,
		    (enum wire_verdict)1, "ok" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		set_up(NULL);
		helper_asks();
		if (rows[i].code)
			helper_gives("sshd", "", 120);
		send_result(rows[i].nonce, rows[i].operation,
		    rows[i].verdict, rows[i].reason);
		assert_int_equal(run("PHg+\n"), ADMIN_FAILED);
		assert_err(failure.code, ERR_WIRE_UNEXPECTED);
		assert_string_equal(printed, "");
		tear_down(NULL);
	}
}

static void
messages_out_of_turn_end_it(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		set_up(NULL);
		helper_asks();
		if (i == 0)
			helper_asks();
		if (i == 1) {
			helper_gives("sshd", "", 120);
			helper_gives("sshd", "", 120);
		}
		if (i == 2)
			assert_err(CHANNEL_SEND(&helper, PROGRESS, NULL,
			    wire_u64(1), wire_u64(2)), ERR_OK);
		helper_ends(WIRE_GRANTED, "ok");
		assert_int_equal(run("PHg+\n"), ADMIN_FAILED);
		assert_err(failure.code, ERR_WIRE_UNEXPECTED);
		assert_string_equal(printed, "");
		tear_down(NULL);
	}
}

static void
a_helper_that_dies_or_is_missing_is_an_error(void **state)
{
	(void)state;
	helper_asks();
	helper_gives("sshd", "", 120);
	assert_int_equal(shutdown(helper.fd, SHUT_WR), 0);
	assert_int_equal(run("PHg+\n"), ADMIN_FAILED);
	assert_err(failure.code, ERR_WIRE_CLOSED);
	assert_string_equal(printed, "");
	spawn = ERR_SPAWN;
	assert_int_equal(run("PHg+\n"), ADMIN_FAILED);
	assert_err(failure.code, ERR_SPAWN);
}

static void
a1_input_that_is_no_response_starts_nothing(void **state)
{
	static char large[SAML_BASE64_MAX + 3];

	(void)state;
	assert_int_equal(run(""), ADMIN_FAILED);
	assert_err(failure.code, ERR_ANSWER_EMPTY);
	assert_int_equal(run("\r\n\n"), ADMIN_FAILED);
	assert_err(failure.code, ERR_ANSWER_EMPTY);
	memset(large, 'A', sizeof(large));
	assert_int_equal(run_with(large, sizeof(large), false, 1),
	    ADMIN_FAILED);
	assert_err(failure.code, ERR_ANSWER_TOO_LONG);
	assert_int_equal(run_with("PHg+", 4, false, 2), ADMIN_USAGE);
	assert_non_null(usage);
	assert_null(started[0]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_code_is_printed_in_words),
		TEST(json_has_the_same_for_programs),
		TEST(
		    the_helper_gets_the_response_and_nothing_of_it_is_an_argument),
		TEST(a_refusal_is_an_error_without_a_secret),
		TEST(a_helper_that_refuses_before_it_asks_is_understood),
		cmocka_unit_test(what_contradicts_itself_is_no_code),
		cmocka_unit_test(messages_out_of_turn_end_it),
		TEST(a_helper_that_dies_or_is_missing_is_an_error),
		TEST(a1_input_that_is_no_response_starts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
