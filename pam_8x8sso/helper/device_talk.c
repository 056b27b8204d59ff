/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The person and the flow, both at their own pace: this loop sleeps until one
 * of them, or the clock, has something to say.
 *
 * Where a text is shown at once, the code stands in an INFO and the login goes
 * on by itself.  Elsewhere it stands in a PROMPT, which whoever has signed in
 * answers with Enter; what the flow ends with meanwhile is kept until then.
 */
#include "device.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/parse.h"

#define WAIT_EVERY_MS 10000	/* of the RELAY_TURN_MS that the module has */
#define WARN_MS 60000
#define PRESS "Press Enter when you have signed in: "

_Static_assert(WAIT_EVERY_MS < RELAY_TURN_MS, "the module gives up before");

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
seconds_left(const struct talk *t)
{
	return (clock_left_ms(earlier(t->ends_ms, t->expires_ms)) + 500) /
	    1000;
}

/* -- what is shown --------------------------------------------------------- */

static enum err
ask_for_enter(struct talk *t, const char *text, struct diag *diag)
{
	t->asked = true;
	t->pressed = false;
	return CHANNEL_SEND(t->login->ch, PROMPT, diag, wire_u64(0),
	    wire_text(text));
}

static enum err
tell(struct talk *t, const char *text, struct diag *diag)
{
	return CHANNEL_SEND(t->login->ch, INFO, diag, wire_u64(0),
	    wire_text(text));
}

static enum err
show_code(struct talk *t, struct diag *diag)
{
	AUTO(buf) struct buf text = BUF_INIT(PROMPT_MAX);
	int64_t seconds = seconds_left(t);
	enum err r = device_words(t, seconds, &text);

	if (r == ERR_OK)
		r = buf_puts(&text, t->at_once ?
		    "This goes on by itself when you have signed in." : PRESS);
	if (r != ERR_OK)
		return fail(diag, r, "prompt");
	t->wait_ms = clock_monotonic_ms() + WAIT_EVERY_MS;
	t->warn_ms = seconds * 1000 > WARN_MS * 3 / 2 ?
	    earlier(t->ends_ms, t->expires_ms) - WARN_MS : INT64_MAX;
	return t->at_once ? tell(t, buf_str(&text), diag) :
	    ask_for_enter(t, buf_str(&text), diag);
}

static enum err
say_not_yet(struct talk *t, struct diag *diag)
{
	char text[128];

	(void)snprintf(text, sizeof(text), "Not yet.  %lld seconds left.\n"
	    PRESS, (long long)seconds_left(t));
	return ask_for_enter(t, text, diag);
}

/* -- what the flow says ---------------------------------------------------- */

/* A worker that was taken over shows nothing but codes, and sends nobody
 * anywhere else (V5). */
static enum err
check_code(const struct talk *t, const struct flow_code *code,
    struct diag *diag)
{
	static const char symbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	const struct conf_list *uris = &t->login->conf->device_verification_uri;
	size_t len = strlen(code->user_code);

	if (len < USER_CODE_MIN_LEN || len != strspn(code->user_code, symbols))
		return fail(diag, ERR_DEVICE_PROMPT, "code");
	if (code->expires_in <= 0 || code->interval <= 0 ||
	    code->interval > DEVICE_INTERVAL_MAX)
		return fail(diag, ERR_DEVICE_PROMPT, "times");
	if (!parse_is_safe_url(code->uri, strlen(code->uri)))
		return fail(diag, ERR_DEVICE_PROMPT, "address");
	for (size_t i = 0; i < uris->count; i++)
		if (strcmp(uris->item[i], code->uri) == 0)
			return ERR_OK;
	return fail(diag, ERR_DEVICE_PROMPT, "address is not one of "
	    "[device] verification_uri");
}

static enum err
take_code(struct talk *t, const struct flow_code *code, struct diag *diag)
{
	enum err r = check_code(t, code, diag);

	if (r != ERR_OK)
		return r;
	t->code = *code;
	t->expires_ms = clock_monotonic_ms() + code->expires_in * 1000;
	return show_code(t, diag);
}

static void
end_flow(struct talk *t, enum err outcome, const struct diag *why)
{
	flow_end(t->flow);
	t->ended = true;
	t->outcome = outcome;
	if (why != NULL)
		t->why = *why;
}

/* A worker sees earlier than we that a time is over: there is none for another
 * poll.  A decoy does not, for which this poll is one like the others. */
static enum err
end_at(struct talk *t, int64_t *time_ms)
{
	flow_end(t->flow);
	*time_ms = earlier(*time_ms, clock_monotonic_ms() +
	    t->code.interval * 1000);
	return ERR_OK;
}

/* Signed in in time; whoever comes back from the browser a little later still
 * has to press Enter, or to type back a code. */
static void
accept(struct talk *t, struct claims *claims)
{
	t->claims = claims;
	end_flow(t, ERR_OK, NULL);
	t->ends_ms += DEVICE_ENTER_MS;
	login_extend(t->login, clock_left_ms(t->ends_ms));
}

/* Who has pressed Enter hears next that the time is over. */
static bool
is_last_poll(const struct talk *t)
{
	return clock_monotonic_ms() + t->code.interval * 1000 >=
	    earlier(t->ends_ms, t->expires_ms);
}

static enum err
on_flow(struct talk *t, struct diag *diag)
{
	struct flow_event event;
	struct diag why = DIAG_INIT;
	enum err r = flow_next(t->flow, &event, &why);

	if (r == ERR_DEVICE_EXPIRED && t->expires_ms != INT64_MAX)
		return end_at(t, &t->expires_ms);
	if (r == ERR_DEVICE_TIME && t->expires_ms != INT64_MAX)
		return end_at(t, &t->ends_ms);
	if (r != ERR_OK) {
		end_flow(t, r, &why);
		return ERR_OK;
	}
	if (event.what == FLOW_CODE)
		return take_code(t, &event.code, diag);
	if (event.what == FLOW_ACCEPTED) {
		accept(t, event.claims);
		return ERR_OK;
	}
	return event.what == FLOW_PENDING && t->pressed && !is_last_poll(t) ?
	    say_not_yet(t, diag) : ERR_OK;
}

/* -- what the person does -------------------------------------------------- */

static bool
is_saml(const struct wire_field *words)
{
	char text[16];
	size_t len = words->len;
	const char *p = words->data;

	while (len > 0 && (*p == ' ' || *p == '\t')) {
		p++;
		len--;
	}
	while (len > 0 && strchr(" \t\r\n", p[len - 1]) != NULL)
		len--;
	if (len >= sizeof(text))
		return false;
	(void)snprintf(text, sizeof(text), "%.*s", (int)len, p);
	return parse_equal_nocase(text, "saml");
}

static enum err
on_module(struct talk *t, struct diag *diag)
{
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	enum err r = channel_expect(t->login->ch, WIRE_ANSWER, &msg, diag);

	if (r != ERR_OK)
		return r;
	if (!t->asked)
		return fail(diag, ERR_WIRE_UNEXPECTED, "an answer to nothing");
	t->asked = false;
	/* Too long: whatever was pasted there, Enter was pressed. */
	if (wire_get_u64(&msg, ANSWER_STATUS) == WIRE_ANSWER_TOO_LONG)
		msg.field[ANSWER_WORDS].len = 0;
	else if (wire_get_u64(&msg, ANSWER_STATUS) != WIRE_ANSWERED)
		return fail(diag, ERR_ANSWER_FAILED, "conversation");
	t->wants_saml = is_saml(&msg.field[ANSWER_WORDS]) &&
	    saml_offered(t->login, NULL) == ERR_OK;
	t->pressed = true;
	t->pressed_ms = clock_monotonic_ms() + t->code.interval * 1000 +
	    DEVICE_REQUEST_MS;
	t->wait_ms = clock_monotonic_ms() + WAIT_EVERY_MS;
	return ERR_OK;
}

/* -- what the clock says --------------------------------------------------- */

/* A second code, and no third. */
static enum err
renew(struct talk *t, struct diag *diag)
{
	enum err r;

	if (t->renewed ||
	    clock_left_ms(t->ends_ms) < DEVICE_SECONDS_MIN * 1000)
		return fail(diag, ERR_DEVICE_EXPIRED, "nobody signed in");
	t->renewed = true;
	t->expired = false;
	t->pressed = false;
	r = flow_begin(t->flow, t->ends_ms, diag);
	t->wait_ms = clock_monotonic_ms() + WAIT_EVERY_MS;
	return r;
}

static enum err
on_clock(struct talk *t, struct diag *diag)
{
	int64_t now = clock_monotonic_ms();

	if (now >= t->ends_ms)
		return t->ended && t->outcome != ERR_OK ? ERR_OK :
		    fail(diag, ERR_DEVICE_TIME, "nobody signed in");
	if (now >= t->expires_ms && !t->ended) {
		flow_end(t->flow);
		t->expired = true;
		t->expires_ms = INT64_MAX;
		t->warn_ms = INT64_MAX;
	}
	if (t->expired && !t->asked)
		return renew(t, diag);
	if (now >= t->warn_ms && t->at_once) {
		t->warn_ms = INT64_MAX;
		return tell(t, "60 seconds are left.", diag);
	}
	if (t->pressed && !t->ended && now >= t->pressed_ms)
		return say_not_yet(t, diag);
	if (now < t->wait_ms || t->asked)
		return ERR_OK;
	t->wait_ms = now + WAIT_EVERY_MS;
	return CHANNEL_SEND(t->login->ch, WAIT, diag,
	    wire_u64(WAIT_EVERY_MS / 1000));
}

static int
sleep_ms(const struct talk *t)
{
	int64_t until = earlier(t->ends_ms, t->flow->due_ms);

	if (!t->ended)
		until = earlier(until, t->expires_ms);
	if (t->at_once)
		until = earlier(until, t->warn_ms);
	if (t->pressed)
		until = earlier(until, t->pressed_ms);
	if (!t->asked)
		until = earlier(until, t->wait_ms);
	return clock_left_ms(until);
}

static enum err
turn(struct talk *t, struct diag *diag)
{
	struct pollfd fds[2] = {
		{ t->login->ch->fd, POLLIN, 0 },
		{ t->flow->fd, POLLIN, 0 },
	};
	enum err r = ERR_OK;

	if (poll(fds, 2, sleep_ms(t)) < 0)
		return ERR_OK;		/* a signal */
	if (fds[0].revents != 0)
		r = on_module(t, diag);
	if (r == ERR_OK && !t->ended && !t->wants_saml &&
	    (fds[1].revents != 0 ||
	    clock_monotonic_ms() >= t->flow->due_ms))
		r = on_flow(t, diag);
	return r == ERR_OK && !t->wants_saml ? on_clock(t, diag) : r;
}

/* While a PROMPT waits nothing else can be said, but that the time is over. */
static bool
is_done(const struct talk *t)
{
	return t->wants_saml || (t->ended &&
	    (!t->asked || clock_left_ms(t->ends_ms) == 0));
}

enum err
device_talk(struct talk *t, struct diag *diag)
{
	enum err r;

	/* Also of a provider that has no code to give. */
	t->login->last_words = true;
	t->expires_ms = INT64_MAX;
	t->warn_ms = INT64_MAX;
	t->wait_ms = clock_monotonic_ms() + WAIT_EVERY_MS;
	r = flow_begin(t->flow, t->ends_ms, diag);
	while (r == ERR_OK && !is_done(t))
		r = turn(t, diag);
	if (r != ERR_OK || t->wants_saml || t->outcome == ERR_OK)
		return r;
	return fail(diag, t->outcome, "%s", t->why.text);
}
