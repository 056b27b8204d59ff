/* SPDX-License-Identifier: BSD-2-Clause */
#include "workers/fetch_users.h"

#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "directory/scim.h"

#define SAVED_FD 3
#define TOKEN_CLUE 8	/* bytes of a token that give it away */
#define TIMEOUT_MAX_S 86400u

/* One listing. */
struct fetch {
	struct channel *ch;
	struct http *http;
	int64_t deadline_ms;
};

static enum err
get(void *context, const char *url, const char *etag,
    struct http_response *ret, struct diag *diag)
{
	const struct fetch *fetch = context;
	const struct http_question question = {
		url, etag, fetch->deadline_ms
	};

	return http_get_changed(fetch->http, &question, ret, diag);
}

static void
expect(void *context, const char *url)
{
	const struct fetch *fetch = context;

	http_ask_ahead(fetch->http, url, fetch->deadline_ms, SCIM_PAGE_MAX);
}

static enum err
wait_a_while(void *context, int64_t ms, struct diag *diag)
{
	const struct fetch *fetch = context;
	int left = clock_left_ms(fetch->deadline_ms);
	int64_t end = clock_monotonic_ms() + ms;

	if (ms >= left)
		return fail(diag, ERR_TIMEOUT, "no time left");
	while (clock_left_ms(end) > 0)
		(void)poll(NULL, 0, clock_left_ms(end));
	return ERR_OK;
}

static enum err
progress(void *context, uint64_t done, uint64_t total, struct diag *diag)
{
	const struct fetch *fetch = context;

	channel_set_timeout(fetch->ch, FETCH_ANSWER_MS);
	return CHANNEL_SEND(fetch->ch, PROGRESS, diag, wire_u64(done),
	    wire_u64(total));
}

/* A server may repeat what it was told: in an error, a redirect, a type, with
 * a JSON escape inside, cut off.  So any text ends where the token begins,
 * wherever it came from. */
static void
conceal(const struct buf *token, struct diag *diag)
{
	size_t clue = token->len < TOKEN_CLUE ? token->len : TOKEN_CLUE;
	struct diag whole = *diag;
	char *begin;

	if (clue == 0)
		return;
	begin = memmem(whole.text, strlen(whole.text), token->data, clue);
	if (begin == NULL)
		return;
	*begin = '\0';
	(void)fail(diag, whole.code, "%s[the token: not shown]", whole.text);
}

static enum err
list_server(struct channel *ch, const struct wire_msg *msg,
    struct scim_listed *ret, struct diag *diag)
{
	AUTO(buf) struct buf token = BUF_INIT(SCIM_TOKEN_MAX);
	AUTO(http) struct http *http = NULL;
	const struct wire_field *secret = &msg->field[FETCH_USERS_TOKEN];
	struct http_options options = { "",
	    "application/scim+json, application/json",
	    wire_get_text(msg, FETCH_USERS_CA_FILE),
	    wire_get_text(msg, FETCH_USERS_PROXY) };
	const struct scim_request request = {
		.url = wire_get_text(msg, FETCH_USERS_URL),
		.page_size = wire_get_u64(msg, FETCH_USERS_PAGE_SIZE),
		.max_users = wire_get_u64(msg, FETCH_USERS_MAX_USERS),
		.first_page_only =
		    wire_get_u64(msg, FETCH_USERS_FIRST_PAGE_ONLY) != 0,
		.groups = wire_get_u64(msg, FETCH_USERS_GROUPS) != 0,
		.uid_attribute = wire_get_text(msg, FETCH_USERS_UID_ATTRIBUTE),
		.gid_attribute = wire_get_text(msg, FETCH_USERS_GID_ATTRIBUTE),
		.etags = wire_get_text(msg, FETCH_USERS_ETAGS),
	};
	uint64_t seconds = wire_get_u64(msg, FETCH_USERS_TIMEOUT);
	struct fetch fetch = { ch, NULL, 0 };
	const struct scim_server server = {
		get, wait_a_while, progress, &fetch, expect
	};
	enum err r;

	if (request.page_size == 0 || seconds == 0 || seconds > TIMEOUT_MAX_S)
		return fail(diag, ERR_WIRE_SYNTAX, "page size or timeout");
	r = buf_put(&token, secret->data, secret->len);
	if (r != ERR_OK)
		return fail(diag, r, "token");
	options.token = buf_str(&token);
	r = http_new(&options, &http, diag);
	if (r != ERR_OK)
		return r;
	fetch.http = http;
	fetch.deadline_ms = clock_monotonic_ms() + (int64_t)seconds * 1000;
	r = scim_list(&request, &server, ret, diag);
	conceal(&token, diag);
	return r;
}

static enum err
list_saved(const struct wire_msg *msg, struct scim_listed *ret,
    struct diag *diag)
{
	AUTO(buf) struct buf saved = BUF_INIT(SCIM_SAVED_MAX);
	enum err r = io_read_all(SAVED_FD, &saved, diag);

	if (r != ERR_OK)
		return r;
	ret->users.number = wire_get_text(msg, FETCH_USERS_UID_ATTRIBUTE);
	return scim_read_saved(saved.data, saved.len,
	    wire_get_u64(msg, FETCH_USERS_MAX_USERS), &ret->users, diag);
}

/* What is on its way, many messages at once. */
struct sending {
	struct channel *ch;
	struct buf frames;
};

static enum err
flush(struct sending *sending, struct diag *diag)
{
	enum err r;

	channel_set_timeout(sending->ch, FETCH_ANSWER_MS);
	r = channel_send_frames(sending->ch, &sending->frames, diag);
	sending->frames.len = 0;
	return r;
}

static enum err
put(struct sending *sending, enum wire_type type,
    const struct wire_field *field, size_t count, struct diag *diag)
{
	enum err r = wire_encode(&sending->frames, type, field, count, diag);

	if (r == ERR_OK && sending->frames.len >= CHANNEL_AHEAD_SIZE)
		r = flush(sending, diag);
	return r;
}

#define PUT(sending, message, diag, ...) \
	put((sending), WIRE_##message, \
	    (const struct wire_field[]){ __VA_ARGS__ }, \
	    sizeof((const struct wire_field[]){ __VA_ARGS__ }) / \
	    sizeof(struct wire_field), (diag))

static enum err
put_user(struct sending *sending, const struct record *u, struct diag *diag)
{
	return PUT(sending, USER, diag, wire_text(u->id),
	    wire_text(u->external_id), wire_text(u->user_name),
	    wire_u64(u->active), wire_text(u->given_name),
	    wire_text(u->family_name), wire_text(u->title),
	    wire_text(u->department), wire_text(u->site),
	    wire_text(u->created), wire_text(u->number));
}

static enum err
put_group(struct sending *sending, const struct scim_group *g,
    struct diag *diag)
{
	const char *member = g->member;
	enum err r = PUT(sending, GROUP, diag, wire_text(g->record.id),
	    wire_text(g->record.display_name), wire_text(g->record.number));

	for (size_t i = 0; i < g->members && r == ERR_OK; i++) {
		r = PUT(sending, MEMBER, diag, wire_text(member));
		member += strlen(member) + 1;
	}
	return r;
}

static enum err
send_listed(struct channel *ch, const struct scim_listed *listed,
    struct diag *diag)
{
	struct sending sending = {
		ch, BUF_INIT(CHANNEL_AHEAD_SIZE + WIRE_HEADER_SIZE +
		    WIRE_PAYLOAD_MAX),
	};
	enum err r = ERR_OK;

	for (size_t i = 0; i < listed->users.count && r == ERR_OK; i++)
		r = put_user(&sending, listed->users.record[i], diag);
	for (size_t i = 0; i < listed->groups.count && r == ERR_OK; i++)
		r = put_group(&sending, listed->groups.group[i], diag);
	if (r == ERR_OK)
		r = PUT(&sending, LISTED, diag, wire_u64(listed->unchanged),
		    wire_u64(listed->has_groups),
		    wire_text(buf_str(&listed->etags)),
		    wire_u64(listed->users.ignored + listed->groups.ignored),
		    wire_text(listed->users.ignored > 0 ?
		    listed->users.remark.text : listed->groups.remark.text));
	if (r == ERR_OK)
		r = PUT(&sending, END, diag, wire_u64(listed->users.count),
		    wire_u64(listed->users.total));
	if (r == ERR_OK)
		r = flush(&sending, diag);
	buf_clear(&sending.frames);
	return r;
}

enum err
fetch_users(struct channel *ch, const struct wire_msg *msg,
    struct diag *diag)
{
	AUTO(scim_listed) struct scim_listed listed = SCIM_LISTED_INIT;
	bool saved = wire_get_text(msg, FETCH_USERS_URL)[0] == '\0';
	enum err r = saved ? list_saved(msg, &listed, diag) :
	    list_server(ch, msg, &listed, diag);

	return r != ERR_OK ? r : send_listed(ch, &listed, diag);
}
