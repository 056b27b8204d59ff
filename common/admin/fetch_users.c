/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/fetch.h"

#include <inttypes.h>
#include <stdio.h>

#include "admin/fetch_peer.h"
#include "base/io.h"

#define TIMEOUT_MAX_S 86400

/* What came so far. */
struct taking {
	const struct fetch_users *ask;
	uint64_t max_users;
	bool wants_groups;
	uint64_t users;
	uint64_t groups;
	uint64_t members;
	bool listed;		/* only END is to come */
	struct fetched *fetched;
};

void
fetched_clear(struct fetched *fetched)
{
	buf_clear(&fetched->etags);
}

static bool
wants_groups(const struct admin *admin, const struct fetch_users *ask)
{
	return ask->group != NULL && ask->file < 0 &&
	    !ask->first_page_only && admin->conf.groups_scim;
}

/* The file's one line.  io_read_trusted() saw to owner and mode. */
static enum err
read_token(const char *path, struct buf *token, struct diag *diag)
{
	enum err r = io_read_trusted(path, true, token, diag);

	if (r != ERR_OK)
		return r;
	if (token->len > 0 && token->data[token->len - 1] == '\n')
		token->len--;
	if (token->len == 0)
		return fail(diag, ERR_CONF_VALUE, "%s: is empty; "
		    "put the Secret Token there", path);
	if (token->len > SCIM_TOKEN_MAX)
		return fail(diag, ERR_CONF_VALUE,
		    "%s: longer than %u bytes", path, SCIM_TOKEN_MAX);
	for (size_t i = 0; i < token->len; i++)
		if (token->data[i] <= ' ' || token->data[i] > '~')
			return fail(diag, ERR_CONF_VALUE, "%s: byte %zu is no "
			    "part of a token; one line, nothing else", path,
			    i + 1);
	return ERR_OK;
}

static enum err
ask_for_users(const struct admin *admin, const struct taking *t,
    struct peer *peer, struct diag *diag)
{
	AUTO(buf) struct buf token = BUF_INIT(SCIM_TOKEN_MAX + 1);
	const struct conf *conf = &admin->conf;
	const struct fetch_users *ask = t->ask;
	bool saved = ask->file >= 0;
	enum err r = ERR_OK;

	if (!saved)
		r = read_token(conf->scim_token_file, &token, diag);
	if (r == ERR_OK && !saved)
		r = fetch_peer_check_ca(conf->scim_ca_file, diag);
	if (r != ERR_OK)
		return r;
	return CHANNEL_SEND(&peer->ch, FETCH_USERS, diag,
	    wire_text(saved ? "" : conf->scim_url),
	    wire_bytes(token.data, token.len),
	    wire_text(conf->scim_ca_file), wire_text(conf->scim_proxy),
	    wire_u64(conf->scim_page_size), wire_u64(conf->scim_max_users),
	    wire_u64((uint64_t)conf->scim_timeout),
	    wire_u64(ask->first_page_only),
	    wire_u64(t->wants_groups),
	    wire_text(conf->users_uid_attribute),
	    wire_text(conf->groups_gid_attribute), wire_text(ask->etags));
}

/* Hands one record to the caller. */
static enum err
hand_over_user(const struct fetch_users *ask, const struct wire_msg *msg,
    struct diag *diag)
{
	const struct record record = {
		.id = wire_get_text(msg, USER_ID),
		.external_id = wire_get_text(msg, USER_EXTERNAL_ID),
		.user_name = wire_get_text(msg, USER_USER_NAME),
		.given_name = wire_get_text(msg, USER_GIVEN_NAME),
		.family_name = wire_get_text(msg, USER_FAMILY_NAME),
		.title = wire_get_text(msg, USER_TITLE),
		.department = wire_get_text(msg, USER_DEPARTMENT),
		.site = wire_get_text(msg, USER_SITE),
		.created = wire_get_text(msg, USER_CREATED),
		.number = wire_get_text(msg, USER_NUMBER),
		.active = wire_get_u64(msg, USER_ACTIVE) == 1,
	};

	if (record.id[0] == '\0' || record.user_name[0] == '\0' ||
	    wire_get_u64(msg, USER_ACTIVE) > 1)
		return fail(diag, ERR_WORKER, FETCH_WORKER ": incomplete record");
	return ask->record(&record, ask->context, diag);
}

/* A server may repeat users, but not without end: see scim.h. */
static enum err
take_user(struct taking *t, const struct wire_msg *msg, struct diag *diag)
{
	if (t->groups > 0)
		return fetch_peer_unexpected(msg, diag);
	t->users++;
	if (t->users > 2 * t->max_users + 1)
		return fail(diag, ERR_WORKER,
		    FETCH_WORKER ": more records than allowed");
	return hand_over_user(t->ask, msg, diag);
}

static enum err
take_group(struct taking *t, const struct wire_msg *msg, struct diag *diag)
{
	const struct group_record record = {
		.id = wire_get_text(msg, GROUP_ID),
		.display_name = wire_get_text(msg, GROUP_DISPLAY_NAME),
		.number = wire_get_text(msg, GROUP_NUMBER),
	};

	if (!t->wants_groups)
		return fetch_peer_unexpected(msg, diag);
	t->groups++;
	if (record.id[0] == '\0' || t->groups > SCIM_GROUPS_MAX)
		return fail(diag, ERR_WORKER, FETCH_WORKER ": incomplete "
		    "group, or more of them than allowed");
	return t->ask->group(&record, t->ask->context, diag);
}

static enum err
take_member(struct taking *t, const struct wire_msg *msg, struct diag *diag)
{
	const char *id = wire_get_text(msg, MEMBER_ID);

	if (t->groups == 0)
		return fetch_peer_unexpected(msg, diag);
	t->members++;
	if (id[0] == '\0' || t->members > SCIM_MEMBERS_MAX)
		return fail(diag, ERR_WORKER, FETCH_WORKER ": incomplete "
		    "member, or more of them than allowed");
	return t->ask->member(id, t->ask->context, diag);
}

static enum err
take_listed(struct taking *t, const struct wire_msg *msg, struct diag *diag)
{
	const char *etags = t->ask->etags;
	uint64_t unchanged = wire_get_u64(msg, LISTED_UNCHANGED);
	uint64_t has_groups = wire_get_u64(msg, LISTED_HAS_GROUPS);

	if (unchanged > 1 || has_groups > t->wants_groups ||
	    (has_groups == 0 && t->groups > 0) ||
	    (unchanged == 1 && (etags == NULL || etags[0] == '\0' ||
	    t->users > 0 || t->groups > 0)))
		return fail(diag, ERR_WORKER,
		    FETCH_WORKER ": contradicts itself");
	t->listed = true;
	t->fetched->unchanged = unchanged == 1;
	t->fetched->has_groups = has_groups == 1;
	t->fetched->ignored = wire_get_u64(msg, LISTED_IGNORED);
	(void)snprintf(t->fetched->remark, sizeof(t->fetched->remark), "%s",
	    wire_get_text(msg, LISTED_REMARK));
	return buf_puts(&t->fetched->etags, wire_get_text(msg, LISTED_ETAGS));
}

static enum err
take_progress(struct taking *t, const struct wire_msg *msg, struct diag *diag)
{
	(void)diag;
	if (t->ask->progress != NULL)
		t->ask->progress(wire_get_u64(msg, PROGRESS_DONE),
		    wire_get_u64(msg, PROGRESS_TOTAL), t->ask->context);
	return ERR_OK;
}

static enum err
take_one(struct taking *t, const struct wire_msg *msg, struct diag *diag)
{
	static const struct {
		enum wire_type type;
		enum err (*take)(struct taking *t,
		    const struct wire_msg *msg, struct diag *diag);
	} kinds[] = {
		{ WIRE_USER, take_user },
		{ WIRE_GROUP, take_group },
		{ WIRE_MEMBER, take_member },
		{ WIRE_LISTED, take_listed },
		{ WIRE_PROGRESS, take_progress },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds) && !t->listed; i++)
		if (kinds[i].type == msg->type)
			return kinds[i].take(t, msg, diag);
	return fetch_peer_unexpected(msg, diag);
}

/* Reads records until END. */
static enum err
take_all(struct taking *t, struct peer *peer, struct diag *diag)
{
	AUTO(channel_ahead) struct channel_ahead ahead = CHANNEL_AHEAD_INIT;
	AUTO(wire_msg) struct wire_msg msg = WIRE_MSG_INIT;
	enum err r = fetch_peer_receive(peer, &ahead, &msg, diag);

	while (r == ERR_OK && (msg.type != WIRE_END || !t->listed)) {
		r = take_one(t, &msg, diag);
		if (r == ERR_OK)
			r = fetch_peer_receive(peer, &ahead, &msg, diag);
	}
	if (r != ERR_OK)
		return r;
	if (wire_get_u64(&msg, END_COUNT) != t->users)
		return fail(diag, ERR_WORKER, FETCH_WORKER ": %" PRIu64
		    " records announced, %" PRIu64 " came",
		    wire_get_u64(&msg, END_COUNT), t->users);
	t->fetched->total = wire_get_u64(&msg, END_TOTAL);
	return ERR_OK;
}

enum err
fetch_users(const struct admin *admin, const struct fetch_users *ask,
    struct fetched *ret, struct diag *diag)
{
	AUTO(fetch_peer) struct peer peer = PEER_INIT;
	AUTO(fetched) struct fetched fetched = FETCHED_INIT;
	struct taking taking = {
		.ask = ask, .max_users = admin->conf.scim_max_users,
		.wants_groups = wants_groups(admin, ask),
		.fetched = &fetched,
	};
	int64_t seconds = admin->conf.scim_timeout;
	enum err r;

	if (seconds <= 0 || seconds > TIMEOUT_MAX_S)
		return fail(diag, ERR_CONF_VALUE,
		    "[scim] timeout: 1s to %us", TIMEOUT_MAX_S);
	r = fetch_peer_start(admin, ask->file, seconds, &peer, diag);
	if (r == ERR_OK)
		r = ask_for_users(admin, &taking, &peer, diag);
	if (r == ERR_OK)
		r = take_all(&taking, &peer, diag);
	if (r != ERR_OK)
		return r;
	*ret = fetched;
	fetched = (struct fetched)FETCHED_INIT;
	return ERR_OK;
}
