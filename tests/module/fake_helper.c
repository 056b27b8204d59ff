/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A helper that behaves, or misbehaves, as the last part of its --config says:
 *
 *	pam_8x8sso.so helper=/.../fake_helper config=/wrong-nonce
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "wire/channel.h"

static struct channel ch = { STDIN_FILENO, 0 };
static struct wire_msg begin = WIRE_MSG_INIT;

/* RESULTs, honest and not. */
static const struct twist {
	const char *mode;
	const char *reason;
	uint64_t verdict;
	const char *user;		/* NULL: the one of BEGIN */
	size_t nonce_len;
	uint8_t nonce_twist;
	uint64_t operation_twist;
	uint64_t session_end;
} twists[] = {
	{ "denied-with-end", "saml-audience", WIRE_DENIED, NULL, 16, 0, 0,
	    4102444800 },
	{ "deny", "saml-audience", WIRE_DENIED, NULL, 16, 0, 0, 0 },
	{ "deny-with-ok", "ok", WIRE_DENIED, NULL, 16, 0, 0, 0 },
	{ "failed", "answer-failed", WIRE_DENIED, NULL, 16, 0, 0, 0 },
	{ "grant", "ok", WIRE_GRANTED, NULL, 16, 0, 0, 0 },
	{ "grant-with-reason", "saml-audience", WIRE_GRANTED, NULL, 16, 0, 0, 0 },
	{ "grant-without-reason", "", WIRE_GRANTED, NULL, 16, 0, 0, 0 },
	{ "inactive", "user-inactive", WIRE_DENIED, NULL, 16, 0, 0, 0 },
	{ "no-nonce", "ok", WIRE_GRANTED, NULL, 0, 0, 0, 0 },
	{ "no-user", "ok", WIRE_GRANTED, "", 16, 0, 0, 0 },
	{ "one-verdict", "ok", 1, NULL, 16, 0, 0, 0 },
	{ "session-end", "ok", WIRE_GRANTED, NULL, 16, 0, 0, 4102444800 },
	{ "session-end-huge", "ok", WIRE_GRANTED, NULL, 16, 0, 0, UINT64_MAX },
	{ "session-end-late", "ok", WIRE_GRANTED, NULL, 16, 0, 0,
	    SESSION_END_MAX + UINT64_C(1) },
	{ "short-nonce", "ok", WIRE_GRANTED, NULL, 15, 0, 0, 0 },
	{ "too-late", "answer-timeout", WIRE_DENIED, NULL, 16, 0, 0, 0 },
	{ "too-long", "answer-too-long", WIRE_DENIED, NULL, 16, 0, 0, 0 },
	{ "unavailable", "store-missing", WIRE_UNAVAILABLE, NULL, 16, 0, 0, 0 },
	{ "user-prefix", "ok", WIRE_GRANTED, "b.simo", 16, 0, 0, 0 },
	{ "wrong-nonce", "ok", WIRE_GRANTED, NULL, 16, 1, 0, 0 },
	{ "wrong-operation", "ok", WIRE_GRANTED, NULL, 16, 0, 3, 0 },
	{ "wrong-user", "ok", WIRE_GRANTED, "root", 16, 0, 0, 0 },
	{ "zero-verdict", "ok", 0, NULL, 16, 0, 0, 0 },
};

static void
result(const struct twist *twist)
{
	uint8_t nonce[WIRE_NONCE_SIZE];

	memcpy(nonce, begin.field[BEGIN_NONCE].data, sizeof(nonce));
	nonce[sizeof(nonce) - 1] ^= twist->nonce_twist;
	if (CHANNEL_SEND(&ch, RESULT, NULL,
	    wire_bytes(nonce, twist->nonce_len),
	    wire_u64(wire_get_u64(&begin, BEGIN_OPERATION) ^
	    twist->operation_twist),
	    wire_text(twist->user != NULL ? twist->user :
	    wire_get_text(&begin, BEGIN_USER)),
	    wire_u64(twist->verdict), wire_text(twist->reason),
	    wire_u64(twist->session_end)) != ERR_OK)
		_exit(3);
}

/* False when there is no such RESULT. */
static bool
result_named(const char *mode)
{
	for (size_t i = 0; i < ARRAY_LEN(twists); i++)
		if (strcmp(twists[i].mode, mode) == 0) {
			result(&twists[i]);
			return true;
		}
	return false;
}

static void
grant(void)
{
	(void)result_named("grant");
}

static void
raw(const void *data, size_t len)
{
	if (io_write_all(STDIN_FILENO, data, len, NULL) != ERR_OK)
		_exit(3);
}

static void
prompt(const char *text, struct wire_msg *answer)
{
	if (CHANNEL_SEND(&ch, PROMPT, NULL, wire_u64(0), wire_text(text)) !=
	    ERR_OK || channel_expect(&ch, WIRE_ANSWER, answer, NULL) != ERR_OK)
		_exit(3);
}

static void
garbage(void)
{
	raw("Permission granted, do come in", 30);
}

static void
half_header(void)
{
	raw("\001\005\000", 3);
}

static void
half_payload(void)
{
	raw("\001\005\000\000\000\000\000\100\000\000\000\020", 12);
}

static void
wrong_version(void)
{
	raw("\002\005\000\000\000\000\000\000", 8);
}

static void
long_payload(void)
{
	raw("\001\005\000\000\377\377\377\377", 8);
}

static void
out_of_turn(void)
{
	if (CHANNEL_SEND(&ch, ANSWER, NULL, wire_u64(WIRE_ANSWERED),
	    wire_bytes("x", 1)) != ERR_OK)
		_exit(3);
	grant();
}

static void
dies(void)
{
	(void)kill(getpid(), SIGKILL);
}

static void
silent(void)
{
	char c;

	while (read(STDIN_FILENO, &c, 1) > 0)
		continue;
}

/* Not even the end of the connection ends it. */
static void
stuck(void)
{
	for (;;)
		(void)pause();
}

static void
flood(void)
{
	while (CHANNEL_SEND(&ch, INFO, NULL, wire_u64(0), wire_text("x")) ==
	    ERR_OK)
		continue;
}

static void
info(void)
{
	if (CHANNEL_SEND(&ch, INFO, NULL, wire_u64(0), wire_text("hello")) !=
	    ERR_OK || CHANNEL_SEND(&ch, INFO, NULL, wire_u64(1),
	    wire_text("%s%n")) != ERR_OK)
		_exit(3);
	grant();
}

/* Grants when the three answers are what the test gives. */
static void
three_prompts(void)
{
	static const char *const texts[] = { "first: ", "more: ", "%s%n" };
	AUTO(wire_msg) struct wire_msg answer = WIRE_MSG_INIT;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		prompt(texts[i], &answer);
		if (wire_get_u64(&answer, ANSWER_STATUS) != WIRE_ANSWERED ||
		    answer.field[ANSWER_WORDS].len != 4 ||
		    memcmp(answer.field[ANSWER_WORDS].data, "open", 4) != 0) {
			(void)result_named("deny");
			return;
		}
	}
	grant();
}

/* Says in its reason what became of the one answer. */
static void
one_prompt(void)
{
	AUTO(wire_msg) struct wire_msg answer = WIRE_MSG_INIT;

	prompt("answer: ", &answer);
	switch (wire_get_u64(&answer, ANSWER_STATUS)) {
	case WIRE_ANSWERED:
		grant();
		break;
	case WIRE_ANSWER_TOO_LONG:
		(void)result_named("too-long");
		break;
	default:
		(void)result_named("failed");
	}
}

/* Gives up waiting before anybody could answer. */
static void
impatient(void)
{
	if (CHANNEL_SEND(&ch, PROMPT, NULL, wire_u64(0),
	    wire_text("answer: ")) != ERR_OK ||
	    CHANNEL_SEND(&ch, INFO, NULL, wire_u64(1),
	    wire_text("too late")) != ERR_OK)
		_exit(3);
	(void)result_named("too-late");
}

static void
huge_prompt(void)
{
	AUTO(wire_msg) struct wire_msg answer = WIRE_MSG_INIT;
	static char text[PROMPT_MAX + 1];

	memset(text, 'x', PROMPT_MAX);
	prompt(text, &answer);
	grant();
}

/* Grants when BEGIN has what the module is told to send. */
static void
begin_is_complete(void)
{
	if (strcmp(wire_get_text(&begin, BEGIN_SERVICE), "fake") == 0 &&
	    strcmp(wire_get_text(&begin, BEGIN_RHOST), "192.0.2.7") == 0 &&
	    strcmp(wire_get_text(&begin, BEGIN_TTY), "?") == 0 &&
	    begin.field[BEGIN_NONCE].len == WIRE_NONCE_SIZE)
		grant();
}

/* Grants when BEGIN tells of a terminal of this size. */
static void
grant_on(uint64_t columns, uint64_t rows)
{
	if (wire_get_u64(&begin, BEGIN_COLUMNS) == columns &&
	    wire_get_u64(&begin, BEGIN_ROWS) == rows)
		grant();
}

static void
terminal_of_132x43(void)
{
	grant_on(132, 43);
}

static void
terminal_of_unknown_size(void)
{
	grant_on(0, 0);
}

static void
grant_after_key(uint64_t key_first)
{
	if (wire_get_u64(&begin, BEGIN_KEY_FIRST) == key_first)
		grant();
}

static void
key_came_first(void)
{
	grant_after_key(1);
}

static void
no_key_came_first(void)
{
	grant_after_key(0);
}

/* Grants when the application has a minute left. */
static void
alarm_in_a_minute(void)
{
	uint64_t seconds = wire_get_u64(&begin, BEGIN_ALARM);

	if (seconds > 50 && seconds <= 60)
		grant();
}

static void
no_alarm(void)
{
	if (wire_get_u64(&begin, BEGIN_ALARM) == 0)
		grant();
}

static void
say_wait(uint64_t seconds)
{
	if (CHANNEL_SEND(&ch, WAIT, NULL, wire_u64(seconds)) != ERR_OK)
		_exit(3);
}

/* Works for a turn and a half of test_relay.c's fast clock, and says so. */
static void
busy(void)
{
	say_wait(WAIT_MAX_S);
	(void)poll(NULL, 0, RELAY_TURN_MS * 3 / 2 / 100);
	grant();
}

/* The same, again and again. */
static void
busy_for_long(void)
{
	for (int i = 0; i < 4; i++) {
		say_wait(10);
		(void)poll(NULL, 0, RELAY_TURN_MS / 2 / 100);
	}
	grant();
}

static void
wait_too_long(void)
{
	say_wait(WAIT_MAX_S + 1);
	grant();
}

static void
wait_for_ever(void)
{
	say_wait(UINT64_MAX);
	grant();
}

static void
wait_and_silent(void)
{
	say_wait(0);
	silent();
}

/* Grants when it was started as spawn.h promises. */
static void
surroundings(void)
{
	char path[16];

	if (environ != NULL && environ[0] != NULL)
		return;
	if (getcwd(path, sizeof(path)) == NULL || strcmp(path, "/") != 0)
		return;
	if (getsid(0) != getpid() || fcntl(3, F_GETFD) != -1)
		return;
	grant();
}

static void
ask_to_publish(const char *user)
{
	if (CHANNEL_SEND(&ch, PUBLISH, NULL, wire_text(user)) != ERR_OK)
		_exit(3);
}

static void
publish(void)
{
	ask_to_publish(wire_get_text(&begin, BEGIN_USER));
	grant();
}

static void
publish_and_deny(void)
{
	ask_to_publish(wire_get_text(&begin, BEGIN_USER));
	(void)result_named("deny");
}

static void
publish_and_die(void)
{
	ask_to_publish(wire_get_text(&begin, BEGIN_USER));
}

static void
publish_another(void)
{
	ask_to_publish("root");
	grant();
}

static void
publish_twice(void)
{
	ask_to_publish(wire_get_text(&begin, BEGIN_USER));
	publish();
}

static const struct {
	const char *mode;
	void (*act)(void);
} acts[] = {
	{ "begin-is-complete", begin_is_complete },
	{ "busy", busy },
	{ "busy-for-long", busy_for_long },
	{ "dies", dies },
	{ "flood", flood },
	{ "garbage", garbage },
	{ "half-header", half_header },
	{ "half-payload", half_payload },
	{ "huge-prompt", huge_prompt },
	{ "impatient", impatient },
	{ "info", info },
	{ "key-first", key_came_first },
	{ "long-payload", long_payload },
	{ "no-key-first", no_key_came_first },
	{ "alarm", alarm_in_a_minute },
	{ "no-alarm", no_alarm },
	{ "one-prompt", one_prompt },
	{ "out-of-turn", out_of_turn },
	{ "publish", publish },
	{ "publish-and-deny", publish_and_deny },
	{ "publish-and-die", publish_and_die },
	{ "publish-another", publish_another },
	{ "publish-twice", publish_twice },
	{ "silent", silent },
	{ "stuck", stuck },
	{ "surroundings", surroundings },
	{ "terminal-132x43", terminal_of_132x43 },
	{ "terminal-unknown", terminal_of_unknown_size },
	{ "three-prompts", three_prompts },
	{ "wait-and-silent", wait_and_silent },
	{ "wait-for-ever", wait_for_ever },
	{ "wait-too-long", wait_too_long },
	{ "wrong-version", wrong_version },
};

static void
act_named(const char *mode)
{
	for (size_t i = 0; i < ARRAY_LEN(acts); i++)
		if (strcmp(acts[i].mode, mode) == 0)
			acts[i].act();
}

int
main(int argc, char **argv)
{
	const char *mode = argc == 3 && strcmp(argv[1], "--config") == 0 ?
	    strrchr(argv[2], '/') : NULL;

	if (mode == NULL)
		return 2;
	channel_set_timeout(&ch, 60000);
	if (channel_expect(&ch, WIRE_BEGIN, &begin, NULL) != ERR_OK)
		return 2;
	if (!result_named(mode + 1))
		act_named(mode + 1);
	wire_msg_clear(&begin);
	return 0;
}
