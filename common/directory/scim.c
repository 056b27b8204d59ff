/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/scim.h"

#include <inttypes.h>
#include <string.h>

#include "directory/scim_ask.h"
#include "directory/scim_etags.h"

/* One attempt at a whole listing of one type. */
struct attempt {
	struct scim_client *client;
	struct scim_listing *listing;
	const struct scim_listing *users; /* for the progress */
	struct scim_page page;		/* the last one */
	unsigned int pages;
	bool cursors;			/* the server pages by them */
	bool missing;			/* it has none of this type */
	size_t step;			/* what pages bring; 0: not known */
	bool uneven;			/* they do not bring alike */
	struct buf *etags;		/* NULL: there will be none */
};

enum outcome { MORE, COMPLETE, UNSETTLED };

static const char *const nouns[SCIM_TYPES] = {
	[SCIM_USERS] = "users", [SCIM_GROUPS] = "groups",
};

/* Is this how a server without resources of the type answers? */
static bool
is_missing(const struct scim_client *client, enum scim_type type)
{
	int status = client->response->status;

	return type == SCIM_GROUPS &&
	    (status == 404 || status == 405 || status == 501);
}

/* Asks for a page; ERR_OK for any final answer. */
static enum err
ask(struct scim_client *client, const struct scim_validator *page,
    const char *cursor, struct diag *diag)
{
	AUTO(buf) struct buf url = BUF_INIT(SCIM_PAGE_URL_MAX);
	const struct scim_request *request = client->request;
	enum err r = scim_ask_url(request, page->type, cursor, page->first,
	    &url);

	if (r == ERR_SYNTAX)
		return fail(diag, r, "[scim] url \"%.200s\": https://, host "
		    "and path, no query", request->url);
	if (r != ERR_OK)
		return fail(diag, r, "address of a page");
	client->by_cursor = cursor[0] != '\0';
	return scim_ask(client, buf_str(&url), page->etag, diag);
}

/* The validator of the page that was received, unless one is missing
 * already.  A cursor may lead elsewhere next time. */
static void
remember_etag(struct attempt *a, size_t first)
{
	if (a->etags == NULL)
		return;
	if (a->cursors || scim_etags_page(first, a->client->response->etag,
	    a->etags) != ERR_OK)
		a->etags = NULL;
}

/* The page that came will be followed by one from here on, if it brings as
 * much as the one before it did.  Who did not do so once is not trusted again,
 * because a page that is not wanted costs the server as much as any other. */
static size_t
first_of_next(const struct attempt *a)
{
	const struct scim_listing *listing = a->listing;
	size_t next = listing->received + a->step + 1;

	return a->step == 0 || a->uneven || a->cursors ||
	    next > listing->total ? 0 : next;
}

/* So that the server makes the next page while we read this one. */
static void
expect(const struct attempt *a, size_t first)
{
	AUTO(buf) struct buf url = BUF_INIT(SCIM_PAGE_URL_MAX);
	const struct scim_server *server = a->client->server;

	if (first != 0 && server->expect != NULL &&
	    scim_ask_url(a->client->request, a->listing->type, "", first,
	    &url) == ERR_OK)
		server->expect(server->context, buf_str(&url));
}

/* Reads the page that came. */
static enum err
read_page(struct attempt *a, struct diag *diag)
{
	struct scim_listing *listing = a->listing;
	const struct http_response *response = a->client->response;
	size_t before = listing->received;
	size_t expected = first_of_next(a);
	enum err r;

	expect(a, expected);
	r = scim_page_add(listing, response->body.data, response->body.len,
	    &a->page, diag);
	if (r != ERR_OK)
		return r;
	a->cursors = a->cursors || a->page.cursor[0] != '\0';
	a->uneven = a->uneven ||
	    (expected != 0 && expected != listing->received + 1);
	a->step = listing->received - before;
	return ERR_OK;
}

static enum err
next_page(struct attempt *a, struct diag *diag)
{
	struct scim_listing *listing = a->listing;
	const struct scim_validator next = {
		listing->type, listing->received + 1, ""
	};
	enum err r = ask(a->client, &next, a->page.cursor, diag);

	if (r != ERR_OK)
		return r;
	a->missing = a->pages == 0 && is_missing(a->client, listing->type);
	if (a->missing)
		return ERR_OK;
	r = scim_ask_check(a->client, listing->type, diag);
	if (r == ERR_OK)
		r = read_page(a, diag);
	if (r != ERR_OK)
		return r;
	remember_etag(a, next.first);
	return ERR_OK;
}

/* Caps that do not depend on what the server says. */
static enum err
check_limits(const struct attempt *a, struct diag *diag)
{
	const struct scim_listing *l = a->listing;
	bool users = l->type == SCIM_USERS;
	uint64_t max = users ? a->client->request->max_users :
	    SCIM_GROUPS_MAX;

	if (a->page.total > max || l->distinct > max)
		return fail(diag, ERR_SCIM_LIMITS, "more than %" PRIu64
		    " %s%s", max, nouns[l->type], users ?
		    "; raise [scim] max_users if that is right" : "");
	if (l->received / 2 > max)
		return fail(diag, ERR_SCIM_LIMITS,
		    "the server repeats %s: %zu came, %zu of them distinct",
		    nouns[l->type], l->received, l->distinct);
	if (a->pages > SCIM_PAGES_MAX)
		return fail(diag, ERR_SCIM_LIMITS, "more than %u pages",
		    SCIM_PAGES_MAX);
	return ERR_OK;
}

/* The first page says what the listing will be. */
static enum err
begin_listing(struct attempt *a, struct diag *diag)
{
	if (!a->page.has_total && !a->cursors)
		return fail(diag, ERR_SCIM, "totalResults is missing");
	a->listing->total = a->page.total;
	return ERR_OK;
}

/* How does the listing stand after this page? */
static enum err
judge(const struct attempt *a, enum outcome *ret, struct diag *diag)
{
	const struct scim_listing *l = a->listing;
	bool more = a->page.cursor[0] != '\0';

	*ret = MORE;
	if (a->page.has_total && (a->page.total != l->total ||
	    l->distinct > l->total))
		*ret = UNSETTLED;
	else if (!more && l->distinct >= l->total)
		*ret = COMPLETE;
	else if (!more && (a->cursors || l->received >= l->total))
		*ret = UNSETTLED;
	/* Past its end, or blind to startIndex, a server may give the same
	 * page for ever. */
	else if (a->page.fresh == 0)
		return fail(diag, ERR_SCIM_PARTIAL, "the server says %" PRIu64
		    " %s and gives %zu", l->total, nouns[l->type],
		    l->distinct);
	return ERR_OK;
}

/* What is to be done with the page that came. */
static enum err
consider(struct attempt *a, enum outcome *ret, struct diag *diag)
{
	const struct scim_server *server = a->client->server;
	enum err r = a->pages == 1 ? begin_listing(a, diag) : ERR_OK;

	if (r == ERR_OK)
		r = check_limits(a, diag);
	if (r == ERR_OK)
		r = server->progress(server->context, a->users->distinct,
		    a->users->total, diag);
	if (r != ERR_OK)
		return r;
	if (!a->client->request->first_page_only)
		return judge(a, ret, diag);
	*ret = COMPLETE;
	return ERR_OK;
}

/* Lists once, until complete or unsettled. */
static enum err
list_once(struct attempt *a, enum outcome *ret, struct diag *diag)
{
	*ret = MORE;
	while (*ret == MORE) {
		enum err r = next_page(a, diag);

		a->pages++;
		if (r != ERR_OK)
			return r;
		if (a->missing)
			*ret = COMPLETE;
		else
			r = consider(a, ret, diag);
		if (r != ERR_OK)
			return r;
	}
	return ERR_OK;
}

/* Adds what was found out about one type to the validators of the whole
 * listing; ret->etags is left empty when there can be none. */
static void
add_etags(struct scim_listed *ret, const struct attempt *a,
    const struct buf *pages)
{
	const struct scim_listing *l = a->listing;

	if (ret->etags.len > 0 && a->etags != NULL &&
	    scim_etags_section(l->type, !a->missing, l->total,
	    &ret->etags) == ERR_OK &&
	    buf_put(&ret->etags, pages->data, pages->len) == ERR_OK)
		return;
	buf_reset(&ret->etags);
}

/* One type, from the beginning as often as need be. */
static enum err
list_type(struct scim_client *client, enum scim_type type,
    struct scim_listed *ret, struct diag *diag)
{
	struct scim_listing *l = type == SCIM_USERS ? &ret->users :
	    &ret->groups;
	enum err r = ERR_SCIM_PARTIAL;

	for (unsigned int n = 0; n < SCIM_ATTEMPTS_MAX; n++) {
		AUTO(buf) struct buf pages = BUF_INIT(SCIM_ETAGS_MAX);
		struct attempt a = { .client = client, .listing = l,
			.users = &ret->users, .etags = &pages };
		enum outcome outcome = MORE;

		scim_listing_clear(l);
		r = list_once(&a, &outcome, diag);
		/* What was there a moment ago is not missing. */
		if (r == ERR_OK && a.missing && n > 0)
			return fail(diag, ERR_SCIM_PARTIAL,
			    "the server has %s, and then none", nouns[type]);
		if (r != ERR_OK && r != ERR_SCIM_EXPIRED)
			return r;
		if (r == ERR_OK && outcome == COMPLETE) {
			if (!a.page.has_total)
				l->total = l->distinct;
			if (type == SCIM_GROUPS)
				ret->has_groups = !a.missing;
			add_etags(ret, &a, &pages);
			return ERR_OK;
		}
	}
	if (r == ERR_SCIM_EXPIRED)
		return r;
	return fail(diag, ERR_SCIM_PARTIAL, "%s: the server's list changed "
	    "while it was read or was not as long as it says, %d times in a "
	    "row", nouns[type], SCIM_ATTEMPTS_MAX);
}

static enum err
list_all(struct scim_client *client, struct scim_listed *ret,
    struct diag *diag)
{
	const struct scim_request *request = client->request;
	bool first_only = request->first_page_only;
	enum err r;

	if (first_only || scim_etags_begin(request, &ret->etags) != ERR_OK)
		buf_reset(&ret->etags);
	r = list_type(client, SCIM_USERS, ret, diag);
	if (r == ERR_OK && request->groups && !first_only)
		r = list_type(client, SCIM_GROUPS, ret, diag);
	return r;
}

/* -- is it as it was? ------------------------------------------------------ */

/* A server that had no groups must still have none. */
static enum err
are_groups_missing(struct scim_client *client, bool *ret, struct diag *diag)
{
	static const struct scim_validator page = { SCIM_GROUPS, 1, "" };
	enum err r = ask(client, &page, "", diag);

	*ret = r == ERR_OK && is_missing(client, SCIM_GROUPS);
	return r;
}

/* A server that stays busy is not asked all over again. */
static bool
is_busy(const struct scim_client *client)
{
	int status = client->response->status;

	return status == 429 || (status >= 500 && status != 501);
}

/* Asks for every page that is known, until one is not as it was.  Whatever
 * else is wrong, listing finds it out. */
static enum err
is_unchanged(struct scim_client *client, const struct scim_known *known,
    bool *ret, struct diag *diag)
{
	const struct scim_server *server = client->server;
	enum err r = ERR_OK;

	*ret = true;
	for (size_t i = 0; i < known->pages && *ret && r == ERR_OK; i++) {
		const struct scim_validator *page = &known->page[i];
		uint64_t done = page->type == SCIM_USERS &&
		    page->first - 1 < known->total ? page->first - 1 :
		    known->total;

		r = ask(client, page, "", diag);
		*ret = r == ERR_OK && client->response->status == 304;
		if (r == ERR_OK && is_busy(client))
			r = scim_ask_check(client, page->type, diag);
		if (*ret)
			r = server->progress(server->context, done,
			    known->total, diag);
	}
	if (r == ERR_OK && *ret && client->request->groups &&
	    !known->has_groups)
		r = are_groups_missing(client, ret, diag);
	return r;
}

/* *ret_unchanged: and that is the answer. */
static enum err
list_changed(struct scim_client *client, struct scim_listed *ret,
    bool *ret_unchanged, struct diag *diag)
{
	AUTO(scim_known) struct scim_known known = SCIM_KNOWN_INIT;
	const char *etags = client->request->etags;
	enum err r;

	*ret_unchanged = false;
	if (client->request->first_page_only ||
	    !scim_etags_read(client->request, &known))
		return ERR_OK;
	r = is_unchanged(client, &known, ret_unchanged, diag);
	if (r != ERR_OK || !*ret_unchanged)
		return r;
	ret->unchanged = true;
	ret->has_groups = known.has_groups;
	ret->users.total = known.total;
	r = buf_puts(&ret->etags, etags);
	return r == ERR_OK ? ERR_OK : fail(diag, r, "entity tags");
}

/* -------------------------------------------------------------------------- */

void
scim_listed_clear(struct scim_listed *listed)
{
	scim_listing_clear(&listed->users);
	scim_listing_clear(&listed->groups);
	buf_clear(&listed->etags);
}

enum err
scim_list(const struct scim_request *request,
    const struct scim_server *server, struct scim_listed *ret,
    struct diag *diag)
{
	AUTO(http_response) struct http_response response =
	    HTTP_RESPONSE_INIT(SCIM_PAGE_MAX);
	AUTO(scim_listed) struct scim_listed listed = SCIM_LISTED_INIT;
	struct scim_client client = { request, server, &response, false, false };
	bool unchanged = false;
	enum err r;

	listed.users.number = request->uid_attribute;
	listed.groups.type = SCIM_GROUPS;
	listed.groups.number = request->gid_attribute;
	r = list_changed(&client, &listed, &unchanged, diag);
	if (r == ERR_OK && !unchanged)
		r = list_all(&client, &listed, diag);
	if (r != ERR_OK)
		return r;
	*ret = listed;
	listed = (struct scim_listed)SCIM_LISTED_INIT;
	return ERR_OK;
}

enum err
scim_read_saved(const void *data, size_t len, uint64_t max_users,
    struct scim_listing *ret, struct diag *diag)
{
	AUTO(scim_listing) struct scim_listing listing = SCIM_LISTING_INIT;
	struct scim_page page;
	enum err r;

	listing.number = ret->number;
	r = scim_page_add(&listing, data, len, &page, diag);
	if (r != ERR_OK)
		return r;
	if (!page.has_total)
		return fail(diag, ERR_SCIM, "totalResults is missing");
	if (listing.count > max_users)
		return fail(diag, ERR_SCIM_LIMITS, "more than %" PRIu64
		    " users; raise [scim] max_users if that is right",
		    max_users);
	if (listing.distinct != page.total || page.cursor[0] != '\0')
		return fail(diag, ERR_SCIM_PARTIAL, "the file says %" PRIu64
		    " users and has %zu; save the listing with a larger count",
		    page.total, listing.distinct);
	listing.total = page.total;
	*ret = listing;
	listing = (struct scim_listing)SCIM_LISTING_INIT;
	return ERR_OK;
}
