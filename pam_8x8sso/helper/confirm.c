/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The code that only the person gets, on a way of the administrator's: who was
 * talked into typing a stranger's code in a browser has it, and the stranger
 * has not (catalogue V1).
 */
#include "device.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "auth/symbols.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"

#define SYMBOLS 6
#define TRIES 3
#define TYPED_MAX 64
#define VALID_MS 120000
#define PROGRAM_MS 30000
#define STEP_MS 50
#define LINES_MAX 4096

/* One "key=value" line; a value with a control byte is left out, or it could
 * be a line of its own. */
static enum err
add_line(struct buf *out, const char *key, const char *value)
{
	for (const char *p = value; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return buf_printf(out, "%s=\n", key);
	return buf_printf(out, "%s=%s\n", key, value);
}

static enum err
write_lines(const struct login *login, const struct claims *claims,
    const char *code, struct buf *out)
{
	const char *name = claims_get(claims,
	    login->conf->device_user_claim);
	char host[HOST_NAME_MAX + 1] = "";
	const struct {
		const char *key;
		const char *value;
	} lines[] = {
		{ "user", login->user },
		{ "user_name", name == NULL ? "" : name },
		{ "host", host },
		{ "service", login->who.service },
		{ "rhost", login->who.rhost },
		{ "code", code },
	};
	enum err r = ERR_OK;

	(void)gethostname(host, sizeof(host) - 1);
	for (size_t i = 0; i < ARRAY_LEN(lines) && r == ERR_OK; i++)
		r = add_line(out, lines[i].key, lines[i].value);
	return r;
}

/* All at once: a socket takes more than that before anybody reads. */
static enum err
hand_over(const struct peer *program, const struct buf *lines,
    struct diag *diag)
{
	if (send(program->ch.fd, lines->data, lines->len, MSG_NOSIGNAL) !=
	    (ssize_t)lines->len || shutdown(program->ch.fd, SHUT_WR) != 0)
		return fail_errno(diag, ERR_DEVICE_CONFIRM, "[device] confirm");
	return ERR_OK;
}

/* Until the program ends well, or the time of the login; the person may leave
 * meanwhile. */
static enum err
wait_for(struct login *login, struct peer *program, struct diag *diag)
{
	int64_t deadline_ms = clock_monotonic_ms() + PROGRAM_MS;
	int status = -1;

	while (waitpid(program->pid, &status, WNOHANG) == 0) {
		struct pollfd module = { login->ch->fd, 0, 0 };

		if (poll(&module, 1, STEP_MS) > 0)
			return fail(diag, ERR_WIRE_CLOSED, "[device] confirm");
		if (clock_left_ms(deadline_ms) == 0 ||
		    clock_left_ms(login->ch->deadline_ms) == 0)
			return fail(diag, ERR_DEVICE_CONFIRM,
			    "[device] confirm takes too long");
	}
	program->pid = 0;
	if (status != 0)
		return fail(diag, ERR_DEVICE_CONFIRM, "[device] confirm: "
		    "wait status %#x", (unsigned int)status);
	return ERR_OK;
}

static enum err
run_program(struct login *login, const struct buf *lines, struct diag *diag)
{
	AUTO(peer) struct peer program = PEER_INIT;
	AUTO_CLOSE int fd = -1;
	char *argv[] = { login->conf->device_confirm, NULL };
	enum err r = io_open_trusted(argv[0], false, &fd, diag);

	if (r == ERR_OK)
		r = CHANNEL_SEND(login->ch, WAIT, diag,
		    wire_u64(PROGRAM_MS / 1000));
	if (r == ERR_OK)
		r = peer_start(&program, argv, -1, diag);
	if (r == ERR_OK)
		r = hand_over(&program, lines, diag);
	return r == ERR_OK ? wait_for(login, &program, diag) : r;
}

static enum err
send_code(struct login *login, const struct claims *claims, const char *code,
    struct diag *diag)
{
	AUTO(buf) struct buf lines = BUF_INIT(LINES_MAX);
	enum err r = write_lines(login, claims, code, &lines);

	if (r != ERR_OK)
		return fail(diag, r, "[device] confirm");
	return run_program(login, &lines, diag);
}

/* In the same time for every wrong code. */
static bool
is_code(const char code[static SYMBOLS + 1], const struct wire_field *typed)
{
	char meant[TYPED_MAX + 1];
	unsigned char differ = 0;

	if (!symbols_meant(typed->data, typed->len, meant, sizeof(meant)) ||
	    strlen(meant) != SYMBOLS)
		return false;
	for (size_t i = 0; i < SYMBOLS; i++)
		differ = (unsigned char)(differ | (code[i] ^ meant[i]));
	explicit_bzero(meant, sizeof(meant));
	return differ == 0;
}

static enum err
ask_for(struct login *login, const char code[static SYMBOLS + 1],
    struct diag *diag)
{
	const char *words = "A code was sent to you.  Type it to finish: ";

	for (int i = 0; i < TRIES; i++) {
		AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
		enum err r = ask(login, words, &msg, diag);

		if (r == ERR_ANSWER_TIMEOUT)
			return fail(diag, ERR_DEVICE_CONFIRM, "nobody typed "
			    "the code");
		/* Too long for an answer is too long for the code. */
		if (r == ERR_ANSWER_TOO_LONG)
			msg.field[ANSWER_WORDS].len = 0;
		else if (r != ERR_OK)
			return r;
		if (is_code(code, &msg.field[ANSWER_WORDS]))
			return ERR_OK;
		words = "That is not the code.  Type the one that was sent "
		    "to you: ";
	}
	return fail(diag, ERR_DEVICE_CONFIRM, "%d wrong codes", TRIES);
}

enum err
device_confirm(struct login *login, const struct claims *claims,
    int64_t ends_ms, struct diag *diag)
{
	char code[SYMBOLS + 1];
	int64_t before_ms = login->ch->deadline_ms;
	enum err r;

	if (login->conf->device_confirm[0] == '\0')
		return ERR_OK;
	r = symbols_random(SYMBOLS, code, diag);
	if (r == ERR_OK)
		r = send_code(login, claims, code, diag);
	if (r == ERR_OK) {
		int left_ms = clock_left_ms(ends_ms);

		channel_set_timeout(login->ch, left_ms < VALID_MS ? left_ms :
		    VALID_MS);
		r = ask_for(login, code, diag);
		login->ch->deadline_ms = before_ms;
	}
	explicit_bzero(code, sizeof(code));
	return r;
}
