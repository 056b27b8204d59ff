/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers of a provider -> a code to show, and a token.  The input is a series
 * of answers, divided by "\n--\n": the first ones are device_begin()'s, the
 * others device_poll()'s.  One that begins with # has status 400, with ! and
 * a digit 503 and that many times 7 s of Retry-After, with ~ it is lost, with
 * ^ it is HTML; all others have status 200.  What is accepted must be what
 * the headers promise, no sequence may make the client hasty, and nothing
 * that could move a cursor may leave it.
 */
#include <string.h>

#include "auth/device.h"
#include "fuzz.h"
#include "sys/http.h"

#define URI "https://microsoft.com/devicelogin"
#define DEADLINE_MS 600000
#define RETRY_AFTER_STEP 7

struct world {
	const uint8_t *next;
	size_t left;
	int64_t now;
	int64_t ended;		/* the last request did */
	int64_t interval_ms;	/* that is kept; 0: none yet */
	int64_t retry_after_ms;	/* of the last answer */
};

static const uint8_t *
take_answer(struct world *w, size_t *ret_len)
{
	const uint8_t *answer = w->next;
	const uint8_t *mark = w->left == 0 ? NULL :
	    memmem(answer, w->left, "\n--\n", 4);
	size_t len = mark == NULL ? w->left : (size_t)(mark - answer);
	size_t used = mark == NULL ? len : len + 4;

	w->next += used;
	w->left -= used;
	*ret_len = len;
	return answer;
}

static void
check_pace(const struct world *w)
{
	demand(w->now < DEADLINE_MS);
	if (w->interval_ms != 0)
		demand(w->now - w->ended >= w->interval_ms);
	demand(w->now - w->ended >= w->retry_after_ms);
}

/* How many bytes the mark takes. */
static size_t
read_mark(const uint8_t *answer, size_t len, struct http_response *ret)
{
	ret->status = 200;
	ret->retry_after = 0;
	memcpy(ret->content_type, "application/json", 17);
	if (len > 0 && answer[0] == '#')
		ret->status = 400;
	else if (len > 1 && answer[0] == '!')
		ret->status = 503;
	else if (len > 0 && answer[0] == '^')
		memcpy(ret->content_type, "text/html", 10);
	else
		return 0;
	if (ret->status == 503)
		ret->retry_after = answer[1] % 10 * RETRY_AFTER_STEP;
	return ret->status == 503 ? 2 : 1;
}

static enum err
post(void *context, const char *url, const struct buf *form,
    struct http_response *ret, struct diag *diag)
{
	struct world *w = context;
	size_t len = 0;
	const uint8_t *answer;
	size_t mark;

	check_pace(w);
	demand(strchr(url, ':') != NULL && form->len > 0);
	answer = take_answer(w, &len);
	w->now += 100;
	w->ended = w->now;
	w->retry_after_ms = 0;
	if (len == 0 || answer[0] == '~')
		return fail(diag, ERR_HTTP, "lost");
	mark = read_mark(answer, len, ret);
	w->retry_after_ms = ret->retry_after * 1000;
	buf_reset(&ret->body);
	return buf_put(&ret->body, answer + mark, len - mark);
}

static int64_t
clock_of(void *context)
{
	const struct world *w = context;

	return w->now;
}

static enum err
wait_a_while(void *context, int64_t ms, struct diag *diag)
{
	struct world *w = context;

	(void)diag;
	demand(ms > 0);
	w->now += ms;
	return ERR_OK;
}

static enum err
pending(void *context, int64_t seconds, struct diag *diag)
{
	const struct world *w = context;

	(void)diag;
	demand(seconds * 1000 >= w->interval_ms);
	return ERR_OK;
}

static void
check_text(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		demand(*p >= ' ' && *p <= '~');
}

static void
check_code(const struct device_code *code, enum err r)
{
	size_t len = strlen(code->user_code);

	demand((r == ERR_OK) == (code->secret.len > 0));
	if (r != ERR_OK)
		return;
	demand(len >= 4 && len <= 16);
	demand(strspn(code->user_code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-") == len);
	demand(strcmp(code->uri, URI) == 0);
	demand(code->interval >= 5 && code->interval <= 300);
	demand(code->expires_in >= 1 && code->expires_in <= 86400);
	demand(code->secret.len <= DEVICE_CODE_MAX_LEN);
	check_text(buf_str(&code->secret));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct device_request request = {
		"https://h/device", "https://h/token", "client",
		"https://h/other\n" URI, DEADLINE_MS
	};
	struct world w = { data, size, 0, 0, 0, 0 };
	const struct device_server server = {
		post, clock_of, wait_a_while, pending, &w
	};
	AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;
	struct diag diag = DIAG_INIT;
	enum err r = device_begin(&request, &server, &code, &diag);

	check_code(&code, r);
	check_text(diag.text);
	if (r != ERR_OK)
		return 0;
	w.interval_ms = code.interval * 1000;
	w.retry_after_ms = 0;
	r = device_poll(&request, &code, &server, &token, &diag);
	check_text(diag.text);
	demand(r != ERR_OK || token.id_token.len > 0);
	demand(r == ERR_OK || token.id_token.len + token.access_token.len ==
	    0);
	demand(token.id_token.len <= JWT_MAX);
	return 0;
}
