/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 8x8sso-device: one sign-in by device code (RFC 8628), from the request to
 * claims or a reason (wire.h), then the end.  It speaks TLS to the provider
 * and knows no XML; it keeps no state and opens no files but those of
 * resolver and certificate store.  Codes and tokens live in its memory only,
 * and it ends when whoever started it goes away.  Who starts it has dropped
 * the privileges.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "auth/claims.h"
#include "auth/device.h"
#include "auth/jwk_wire.h"
#include "auth/jwt.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/parse.h"
#include "sys/http.h"
#include "sys/json.h"
#include "sys/sandbox.h"
#include "wire/channel.h"

#define TIMEOUT_MS 10000	/* for the helper to send or take a message */
#define KEYS_TIMEOUT_MS (2 * OIDC_MS)	/* it may have to fetch them */

/* A sign-in of 15 minutes takes a tenth of it, and the libraries fill a fifth of
 * the space on Debian 12. */
#define CPU_SECONDS 5
#define ADDRESS_SPACE (128u * 1024 * 1024)
#define OPEN_FILES 32

#define SECONDS_MAX 900		/* [device] timeout */
#define SKEW_MAX 60
#define LIFETIME_MAX (86400 + JWT_BACKDATED)

struct flow {
	struct channel *ch;
	struct http_options options;
	struct http *http;	/* for the server of url */
	const char *url;	/* that was asked last */
	int64_t begun;		/* seconds since 1970 */
	int64_t deadline_ms;
};

static void
flow_clear(struct flow *flow)
{
	http_free(&flow->http);
}
DEFINE_AUTO(flow, struct flow, flow_clear);

/* The helper has nothing to say while we wait: it is there, or gone. */
static enum err
check_helper(void *context)
{
	const struct flow *flow = context;
	char c;
	ssize_t n = recv(flow->ch->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);

	if (n > 0)
		return ERR_WIRE_UNEXPECTED;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return ERR_OK;
	return ERR_WIRE_CLOSED;
}

static enum err
wait_a_while(void *context, int64_t ms, struct diag *diag)
{
	struct flow *flow = context;
	int64_t end = clock_monotonic_ms() + ms;
	enum err r = check_helper(flow);

	while (r == ERR_OK && clock_left_ms(end) > 0) {
		struct pollfd p = { flow->ch->fd, POLLIN, 0 };

		(void)poll(&p, 1, clock_left_ms(end));
		r = check_helper(flow);
	}
	return r == ERR_OK ? ERR_OK : fail(diag, r, "while waiting");
}

/* Scheme, name and port are the same. */
static bool
is_same_server(const char *a, const char *b)
{
	size_t len = (size_t)(strstr(a, "//") - a) + 2;

	len += strcspn(a + len, "/?");
	return strncmp(a, b, len) == 0 && strchr("/?", b[len]) != NULL;
}

/* A client and its connection serve one server, and there is only one of them:
 * the certificates that it has read are most of our memory. */
static enum err
find_client(struct flow *flow, const char *url, struct diag *diag)
{
	enum err r;

	if (flow->http != NULL && is_same_server(flow->url, url))
		return ERR_OK;
	http_free(&flow->http);
	r = http_new(&flow->options, &flow->http, diag);
	if (r != ERR_OK)
		return r;
	http_watch(flow->http, check_helper, flow);
	flow->url = url;
	return ERR_OK;
}

static enum err
post(void *context, const char *url, const struct buf *form,
    struct http_response *ret, struct diag *diag)
{
	struct flow *flow = context;
	int64_t end = clock_monotonic_ms() + DEVICE_REQUEST_MS;
	enum err r = find_client(flow, url, diag);

	if (r != ERR_OK)
		return r;
	return http_post(flow->http, url, form, end < flow->deadline_ms ? end :
	    flow->deadline_ms, ret, diag);
}

static int64_t
monotonic_clock(void *context)
{
	(void)context;
	return clock_monotonic_ms();
}

static enum err
say_pending(void *context, int64_t seconds, struct diag *diag)
{
	struct flow *flow = context;

	channel_set_timeout(flow->ch, TIMEOUT_MS);
	return CHANNEL_SEND(flow->ch, DEVICE_PENDING, diag,
	    wire_u64((uint64_t)seconds));
}

/* -- DEVICE_START */

static bool
is_printable(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			return false;
	return true;
}

static bool
is_word(const char *text)
{
	return text[0] != '\0' && is_printable(text);
}

static bool
is_url(const char *text)
{
	return parse_is_safe_url(text, strlen(text));
}

static bool
is_file_or_none(const char *text)
{
	return text[0] == '\0' || text[0] == '/';
}

static bool
is_guid(const char *text)
{
	return parse_is_guid(text, strlen(text));
}

/* Is every line, of which there is one at least, like that? */
static bool
are_lines(const char *text, bool (*is_good)(const char *line))
{
	char line[8192 + 1];	/* the wire allows no more */
	bool good = true;

	do {
		size_t len = strcspn(text, "\n");

		if (len >= sizeof(line))
			return false;
		memcpy(line, text, len);
		line[len] = '\0';
		good = is_good(line);
		text += len;
	} while (good && *text++ == '\n');
	return good;
}

static bool
are_urls(const char *text)
{
	return are_lines(text, is_url);
}

static bool
are_groups_or_none(const char *text)
{
	return text[0] == '\0' || are_lines(text, is_word);
}

static enum err
check_start(const struct wire_msg *msg, struct diag *diag)
{
	static const struct {
		unsigned int place;
		bool (*is_good)(const char *text);
	} texts[] = {
		{ DEVICE_START_DEVICE_ENDPOINT, is_url },
		{ DEVICE_START_TOKEN_ENDPOINT, is_url },
		{ DEVICE_START_CLIENT_ID, is_word },
		{ DEVICE_START_CA_FILE, is_file_or_none },
		{ DEVICE_START_PROXY, is_printable },
		{ DEVICE_START_URIS, are_urls },
		{ DEVICE_START_ISSUER, is_url },
		{ DEVICE_START_TENANT, is_guid },
		{ DEVICE_START_ACRS, is_printable },
		{ DEVICE_START_GROUPS, are_groups_or_none },
	};
	static const struct {
		unsigned int place;
		uint64_t min;
		uint64_t max;
	} numbers[] = {
		{ DEVICE_START_SECONDS, 1, SECONDS_MAX },
		{ DEVICE_START_SKEW, 0, SKEW_MAX },
		{ DEVICE_START_AUTH_MAX_AGE, 0, UINT32_MAX },
		{ DEVICE_START_FLAGS, 0, WIRE_DEVICE_GUESTS },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (!texts[i].is_good(wire_get_text(msg, texts[i].place)))
			return fail(diag, ERR_WIRE_SYNTAX,
			    "DEVICE_START: text %u", texts[i].place);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		uint64_t value = wire_get_u64(msg, numbers[i].place);

		if (value < numbers[i].min || value > numbers[i].max)
			return fail(diag, ERR_WIRE_SYNTAX,
			    "DEVICE_START: number %u", numbers[i].place);
	}
	return ERR_OK;
}

/* -- the flow */

static enum err
sign_in(struct flow *flow, const struct wire_msg *start,
    struct device_token *ret, struct diag *diag)
{
	AUTO(device_code) struct device_code code = DEVICE_CODE_INIT;
	const struct device_server server = {
		post, monotonic_clock, wait_a_while, say_pending, flow
	};
	const struct device_request request = {
		wire_get_text(start, DEVICE_START_DEVICE_ENDPOINT),
		wire_get_text(start, DEVICE_START_TOKEN_ENDPOINT),
		wire_get_text(start, DEVICE_START_CLIENT_ID),
		wire_get_text(start, DEVICE_START_URIS),
		flow->deadline_ms,
	};
	enum err r = device_begin(&request, &server, &code, diag);

	if (r != ERR_OK)
		return r;
	channel_set_timeout(flow->ch, TIMEOUT_MS);
	r = CHANNEL_SEND(flow->ch, DEVICE_CODE, diag,
	    wire_text(code.user_code), wire_text(code.uri),
	    wire_u64((uint64_t)code.expires_in),
	    wire_u64((uint64_t)code.interval));
	if (r != ERR_OK)
		return r;
	return device_poll(&request, &code, &server, ret, diag);
}

/* The issuer's keys, once it is known which one is wanted. */
static enum err
ask_for_keys(struct channel *ch, const struct device_token *token,
    struct jwks *ret, struct diag *diag)
{
	char kid[KID_MAX_LEN + 1] = "";
	enum err r = jwt_kid(buf_str(&token->id_token), token->id_token.len,
	    kid, diag);

	channel_set_timeout(ch, KEYS_TIMEOUT_MS);
	if (r == ERR_OK)
		r = CHANNEL_SEND(ch, DEVICE_KID, diag, wire_text(kid));
	return r == ERR_OK ? jwks_recv(ch, ret, diag) : r;
}

/* Cuts text into its lines; *ret points into it. */
static enum err
split(char *text, const char ***ret, size_t *ret_count, struct diag *diag)
{
	const char **line = NULL;
	size_t count = text[0] != '\0';

	for (const char *p = text; *p != '\0'; p++)
		count += *p == '\n';
	line = calloc(count + 1, sizeof(*line));
	if (line == NULL)
		return fail(diag, ERR_NOMEM, "groups");
	for (size_t i = 0; i < count; i++) {
		size_t len = strcspn(text, "\n");

		line[i] = text;
		text[len] = '\0';
		text += len + 1;
	}
	*ret = line;
	*ret_count = count;
	return ERR_OK;
}

static enum err
verify(const struct flow *flow, const struct wire_msg *start,
    const struct device_token *token, struct claims **ret, struct diag *diag)
{
	AUTO_FREE struct jwks *keys = calloc(1, sizeof(*keys));
	AUTO_FREE char *groups = strdup(wire_get_text(start,
	    DEVICE_START_GROUPS));
	AUTO_FREE const char **group = NULL;
	struct jwt_check check = {
		.token = buf_str(&token->id_token),
		.token_len = token->id_token.len,
		.keys = keys,
		.issuer = wire_get_text(start, DEVICE_START_ISSUER),
		.audience = wire_get_text(start, DEVICE_START_CLIENT_ID),
		.tenant = wire_get_text(start, DEVICE_START_TENANT),
		.nonce = "",
		.access_token = buf_str(&token->access_token),
		.clock_floor = EARLIEST_NOW,
		.begun = flow->begun,
		.skew = (int64_t)wire_get_u64(start, DEVICE_START_SKEW),
		.lifetime_max = LIFETIME_MAX,
		.require_acrs = wire_get_text(start, DEVICE_START_ACRS),
		.auth_max_age = (int64_t)wire_get_u64(start,
		    DEVICE_START_AUTH_MAX_AGE),
		.guests = (wire_get_u64(start, DEVICE_START_FLAGS) &
		    WIRE_DEVICE_GUESTS) != 0,
	};
	enum err r = keys == NULL || groups == NULL ?
	    fail(diag, ERR_NOMEM, "keys") : ERR_OK;

	if (r == ERR_OK)
		r = split(groups, &group, &check.group_count, diag);
	if (r == ERR_OK)
		r = ask_for_keys(flow->ch, token, keys, diag);
	if (r != ERR_OK)
		return r;
	check.groups = group;
	check.now = clock_now();
	return jwt_verify(&check, ret, diag);
}

static enum err
decide(struct channel *ch, struct claims **ret, struct diag *diag)
{
	AUTO(wire_msg) struct wire_msg start = WIRE_MSG_INIT;
	AUTO(device_token) struct device_token token = DEVICE_TOKEN_INIT;
	AUTO(flow) struct flow flow = { .ch = ch, .begun = clock_now() };
	enum err r = sandbox_limit(CPU_SECONDS, ADDRESS_SPACE, OPEN_FILES,
	    diag);

	if (r == ERR_OK)
		r = channel_expect(ch, WIRE_DEVICE_START, &start, diag);
	if (r == ERR_OK)
		r = check_start(&start, diag);
	if (r != ERR_OK)
		return r;
	flow.options = (struct http_options){ "", "application/json",
		wire_get_text(&start, DEVICE_START_CA_FILE),
		wire_get_text(&start, DEVICE_START_PROXY) };
	flow.deadline_ms = clock_monotonic_ms() +
	    (int64_t)wire_get_u64(&start, DEVICE_START_SECONDS) * 1000;
	r = sign_in(&flow, &start, &token, diag);
	http_free(&flow.http);
	if (r != ERR_OK)
		return r;
	return verify(&flow, &start, &token, ret, diag);
}

int
main(void)
{
	AUTO(channel) struct channel ch = { STDIN_FILENO, 0 };
	AUTO(claims) struct claims *claims = NULL;
	struct diag diag = DIAG_INIT;
	enum err r;

	json_wipe_freed();
	channel_set_timeout(&ch, TIMEOUT_MS);
	r = decide(&ch, &claims, &diag);
	channel_set_timeout(&ch, TIMEOUT_MS);
	if (r == ERR_OK)
		r = claims_send(claims, &ch, NULL);
	else
		r = channel_refuse(&ch, r, &diag);
	return r == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
