/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `8x8sso deliver < RESPONSE`: gives a Response that a local program got to
 * the helper, and prints the code with which the person goes on.  The helper
 * decides; this only asks it, as the PAM module does.
 */
#include "admin/admin.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "admin/print.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "sys/json.h"
#include "wire/spawn.h"

#define HELPER "8x8sso-helper"

/* One exchange with the helper. */
struct delivery {
	struct peer peer;
	struct buf response;		/* base64; secret */
	uint8_t nonce[WIRE_NONCE_SIZE];
	struct wire_msg code;		/* CODE, once it has come; secret */
};

static void
delivery_clear(struct delivery *d)
{
	(void)peer_end(&d->peer);
	buf_clear(&d->response);
	wire_msg_clear(&d->code);
}
DEFINE_AUTO(delivery, struct delivery, delivery_clear);

/* Without the line break that everybody's tools add. */
static enum err
read_response(struct buf *out, struct diag *diag)
{
	bool person = isatty(STDIN_FILENO) == 1;
	int wait_ms = person ? LOGIN_MS : DELIVER_READ_MS;
	enum err r;

	if (person)
		(void)fputs("Paste the SAMLResponse (base64) in lines of at "
		    "most 4000 characters, and end with\nCtrl-D on a line of "
		    "its own.\n", stderr);
	r = io_read_until(STDIN_FILENO, out, clock_monotonic_ms() + wait_ms,
	    diag);
	if (r == ERR_TIMEOUT)
		return fail(diag, r, "standard input: no end of it in %d s",
		    wait_ms / 1000);
	if (r == ERR_TOO_LONG)
		return fail(diag, ERR_ANSWER_TOO_LONG, "standard input: more "
		    "than %zu bytes", out->max);
	if (r != ERR_OK)
		return r;
	while (out->len > 0 && (out->data[out->len - 1] == '\n' ||
	    out->data[out->len - 1] == '\r'))
		out->len--;
	if (out->len == 0)
		return fail(diag, ERR_ANSWER_EMPTY, "standard input: give the "
		    "form field SAMLResponse there");
	return ERR_OK;
}

static enum err
begin(struct delivery *d, const struct admin *admin, struct diag *diag)
{
	char path[PATH_MAX];
	char option[] = "--config";
	char *argv[] = { path, option,
	    (char *)(uintptr_t)admin->conf_path, NULL };
	enum err r = conf_program_path(&admin->conf, HELPER, path,
	    sizeof(path), diag);

	if (r != ERR_OK)
		return r;
	if (getrandom(d->nonce, sizeof(d->nonce), 0) !=
	    (ssize_t)sizeof(d->nonce))
		return fail_errno(diag, ERR_INTERNAL, "getrandom");
	r = peer_start(&d->peer, argv, -1, diag);
	if (r != ERR_OK)
		return r;
	channel_set_timeout(&d->peer.ch, RELAY_TURN_MS);
	return CHANNEL_SEND(&d->peer.ch, BEGIN, diag, wire_u64(WIRE_DELIVER),
	    wire_bytes(d->nonce, sizeof(d->nonce)), wire_text(""),
	    wire_text(""), wire_text(""), wire_text(""), wire_u64(0),
	    wire_u64(0), wire_u64(0), wire_u64(0));
}

/* A grant counts only if it is the answer to this delivery, and after a
 * code. */
static enum err
judge(const struct delivery *d, const struct wire_msg *result,
    struct diag *diag)
{
	const struct wire_field *nonce = &result->field[RESULT_NONCE];
	enum err reason = err_from_name(wire_get_text(result, RESULT_REASON));
	bool granted = wire_get_u64(result, RESULT_VERDICT) == WIRE_GRANTED;

	if (nonce->len != sizeof(d->nonce) ||
	    memcmp(nonce->data, d->nonce, nonce->len) != 0 ||
	    wire_get_u64(result, RESULT_OPERATION) != WIRE_DELIVER ||
	    granted != (reason == ERR_OK) ||
	    (granted && d->code.type != WIRE_CODE))
		return fail(diag, ERR_WIRE_UNEXPECTED, HELPER
		    ": not an answer to this delivery");
	if (!granted)
		return fail(diag, reason, "not delivered; the log has more "
		    "(login=%02x%02x%02x%02x)", d->nonce[0], d->nonce[1],
		    d->nonce[2], d->nonce[3]);
	return ERR_OK;
}

/* Answers one PROMPT; keeps CODE; INFO is for people at a prompt. */
static enum err
converse(struct delivery *d, struct wire_msg *ret_result, struct diag *diag)
{
	bool asked = false;

	for (;;) {
		enum err r = channel_recv(&d->peer.ch, ret_result, diag);

		if (r != ERR_OK || ret_result->type == WIRE_RESULT)
			return r;
		if (ret_result->type == WIRE_PROMPT && !asked) {
			asked = true;
			r = CHANNEL_SEND(&d->peer.ch, ANSWER, diag,
			    wire_u64(WIRE_ANSWERED),
			    wire_bytes(d->response.data, d->response.len));
		} else if (ret_result->type == WIRE_CODE &&
		    d->code.type != WIRE_CODE) {
			d->code = *ret_result;
			*ret_result = (struct wire_msg)WIRE_MSG_INIT;
		} else if (ret_result->type != WIRE_INFO) {
			r = fail(diag, ERR_WIRE_UNEXPECTED, "%s",
			    wire_type_name(ret_result->type));
		}
		if (r != ERR_OK)
			return r;
	}
}

static enum err
run(struct delivery *d, const struct admin *admin, struct diag *diag)
{
	AUTO(wire_msg) struct wire_msg result = WIRE_MSG_INIT;
	struct diag why = DIAG_INIT;
	enum err r = read_response(&d->response, diag);

	if (r == ERR_OK)
		r = begin(d, admin, diag);
	if (r != ERR_OK)
		return r;
	r = converse(d, &result, &why);
	if (r != ERR_OK)
		return fail(diag, r, HELPER ": %s", why.text);
	return judge(d, &result, diag);
}

static void
show_json(const struct wire_msg *code)
{
	static const struct {
		const char *name;
		unsigned int place;
	} members[] = {
		{ "code", CODE_WORDS },
		{ "user", CODE_USER },
		{ "service", CODE_SERVICE },
		{ "rhost", CODE_RHOST },
	};
	struct json_writer w = JSON_WRITER_INIT(stdout);

	json_begin(&w, NULL, '{');
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		json_put_string(&w, members[i].name,
		    wire_get_text(code, members[i].place));
	json_put_int(&w, "expires",
	    (int64_t)wire_get_u64(code, CODE_EXPIRES));
	json_end(&w, '}');
}

static void
show_part(const char *before, const char *text)
{
	if (text[0] == '\0')
		return;
	(void)fputs(before, stdout);
	print_safe(stdout, text);
}

static void
show_text(const struct wire_msg *code, int64_t now)
{
	int64_t left = (int64_t)wire_get_u64(code, CODE_EXPIRES) - now;
	int64_t minutes = left < 60 ? 1 : (left + 30) / 60;

	show_part("Code for ", wire_get_text(code, CODE_USER));
	show_part(", who is logging in by ",
	    wire_get_text(code, CODE_SERVICE));
	show_part(" from ", wire_get_text(code, CODE_RHOST));
	show_part(": ", wire_get_text(code, CODE_WORDS));
	(void)printf(" (%" PRId64 " minute%s)\n", minutes,
	    minutes == 1 ? "" : "s");
}

int
admin_deliver(struct admin *admin, int argc, char **argv)
{
	AUTO(delivery) struct delivery d = {
		.peer = PEER_INIT,
		.response = BUF_INIT(SAML_BASE64_MAX + 2),
		.code = WIRE_MSG_INIT,
	};
	struct diag diag = DIAG_INIT;

	(void)argv;
	if (argc != 1)
		return admin_usage("deliver reads the response from standard "
		    "input and takes no argument");
	if (run(&d, admin, &diag) != ERR_OK)
		return admin_fail(admin, &diag);
	if (admin->json)
		show_json(&d.code);
	else
		show_text(&d.code, clock_now());
	return ADMIN_OK;
}
