/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/scim.h"

#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include "base/parse.h"
#include "sys/json.h"

#define SHOWN_MAX 200		/* bytes of a server's text in an error */
#define QUERY_MAX 128

/* One attempt at a whole listing. */
struct attempt {
	const struct scim_request *request;
	const struct scim_server *server;
	struct scim_listing *listing;
	struct http_response *response;	/* reused by every page */
	struct scim_page page;		/* the last one */
	unsigned int pages;
	bool cursors;			/* the server pages by them */
};

enum outcome { MORE, COMPLETE, UNSETTLED };

/* The address of the next page. */
static enum err
page_url(const struct attempt *a, struct buf *out, struct diag *diag)
{
	const char *base = a->request->url;
	size_t len = strlen(base);
	enum err r;

	while (len > 0 && base[len - 1] == '/')
		len--;
	if (!parse_is_safe_url(base, len) || memchr(base, '?', len) != NULL ||
	    len > SCIM_URL_MAX)
		return fail(diag, ERR_SYNTAX,
		    "[scim] url \"%.*s\": https://, host and path, no query",
		    SHOWN_MAX, base);
	if (a->page.cursor[0] != '\0')
		r = buf_printf(out, "%.*s/Users?count=%" PRIu64 "&cursor=%s",
		    (int)len, base, a->request->page_size, a->page.cursor);
	else
		r = buf_printf(out, "%.*s/Users?startIndex=%zu&count=%" PRIu64,
		    (int)len, base, a->listing->count + 1,
		    a->request->page_size);
	return r == ERR_OK ? ERR_OK : fail(diag, r, "address of a page");
}

/* Appends what a SCIM error message says, if the body is one. */
static enum err
add_server_text(const struct http_response *response, struct buf *out)
{
	AUTO(json) struct json *root = NULL;
	struct json *value = NULL;
	const char *text;

	if (json_parse(response->body.data, response->body.len, &root,
	    NULL) != ERR_OK ||
	    json_get(root, "detail", &value, NULL) != ERR_OK)
		return ERR_OK;
	text = json_string_of(value);
	if (text == NULL)
		return ERR_OK;
	return buf_printf(out, "; the server says \"%.*s\"", SHOWN_MAX,
	    text);
}

static enum err
refuse_status(const struct http_response *response, struct diag *diag)
{
	static const struct {
		int status;
		enum err err;
		const char *text;
	} known[] = {
		{ 401, ERR_HTTP_AUTH, "the token was refused; "
		    "8x8 replaces it when the form is saved" },
		{ 403, ERR_HTTP_AUTH, "the token may not list users" },
		{ 404, ERR_HTTP_STATUS, "no users at this address; "
		    "compare [scim] url with the Tenant URL" },
		{ 429, ERR_HTTP_STATUS, "too many requests; "
		    "sync less often or with a larger page_size" },
	};
	AUTO(buf) struct buf text = BUF_INIT(DIAG_TEXT_MAX);
	enum err code = ERR_HTTP_STATUS;
	enum err r = buf_printf(&text, "%d", response->status);

	for (size_t i = 0; i < ARRAY_LEN(known) && r == ERR_OK; i++)
		if (known[i].status == response->status) {
			code = known[i].err;
			r = buf_printf(&text, ": %s", known[i].text);
		}
	if (r == ERR_OK && response->retry_after > SCIM_RETRY_AFTER_MAX)
		r = buf_printf(&text, "; it asks to wait for %" PRId64 " s",
		    response->retry_after);
	if (r == ERR_OK)
		r = add_server_text(response, &text);
	if (r != ERR_OK)
		return fail(diag, r, "%d", response->status);
	return fail(diag, code, "%s", buf_str(&text));
}

/* Is it worth asking again after result r? */
static bool
may_pass(const struct attempt *a, enum err r)
{
	int status = a->response->status;

	/* A first request that gets nowhere is a matter of configuration. */
	if (r != ERR_OK)
		return r == ERR_HTTP && a->pages > 0;
	if (a->response->retry_after > SCIM_RETRY_AFTER_MAX)
		return false;
	return status == 429 || status == 500 || (status >= 502 &&
	    status <= 504);
}

/* Up to a quarter more than asked for, so that the hosts of a company, whose
 * timers ring together, do not come back together. */
static int64_t
delay_ms(const struct http_response *response, unsigned int tries)
{
	int64_t ms = response->retry_after > 0 ?
	    response->retry_after * 1000 : (int64_t)1000 << tries;
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) !=
	    (ssize_t)sizeof(random))
		random = 0;
	return ms + (int64_t)(random % ((uint64_t)ms / 4 + 1));
}

/* GET, again if need be; ERR_OK for any answer that is final. */
static enum err
get_patiently(const struct attempt *a, const char *url, struct diag *diag)
{
	const struct scim_server *server = a->server;
	struct diag late = DIAG_INIT;

	for (unsigned int tries = 0;; tries++) {
		enum err r;

		a->response->retry_after = 0;
		r = server->get(server->context, url, a->response, diag);
		/* Out of tries or time, the server's answer says more than
		 * "no time left". */
		if (!may_pass(a, r) || tries == SCIM_RETRIES_MAX ||
		    server->wait(server->context,
		    delay_ms(a->response, tries), &late) != ERR_OK)
			return r;
	}
}

static bool
is_json(const char *type)
{
	static const char *const types[] = {
		"application/scim+json", "application/json"
	};
	char bare[sizeof(((struct http_response *)NULL)->content_type)];
	size_t len = strcspn(type, "; \t");

	memcpy(bare, type, len);
	bare[len] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (parse_equal_nocase(bare, types[i]))
			return true;
	return false;
}

static enum err
next_page(struct attempt *a, struct diag *diag)
{
	AUTO(buf) struct buf url =
	    BUF_INIT(SCIM_URL_MAX + SCIM_CURSOR_MAX + QUERY_MAX);
	enum err r = page_url(a, &url, diag);

	if (r == ERR_OK)
		r = get_patiently(a, buf_str(&url), diag);
	if (r != ERR_OK)
		return r;
	if (a->response->status != 200)
		return refuse_status(a->response, diag);
	if (!is_json(a->response->content_type))
		return fail(diag, ERR_SCIM, "the answer's type is \"%s\", not "
		    "application/scim+json; compare [scim] url with the "
		    "Tenant URL", a->response->content_type);
	r = scim_page_add(a->listing, a->response->body.data,
	    a->response->body.len, &a->page, diag);
	if (r != ERR_OK)
		return r;
	a->cursors = a->cursors || a->page.cursor[0] != '\0';
	return ERR_OK;
}

/* Caps that do not depend on what the server says. */
static enum err
check_limits(const struct attempt *a, struct diag *diag)
{
	uint64_t max = a->request->max_users;

	if (a->page.total > max || a->listing->distinct > max)
		return fail(diag, ERR_SCIM_LIMITS, "more than %" PRIu64
		    " users; raise [scim] max_users if that is right", max);
	if (a->listing->count / 2 > max)
		return fail(diag, ERR_SCIM_LIMITS,
		    "the server repeats users: %zu came, %zu of them distinct",
		    a->listing->count, a->listing->distinct);
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
	else if (!more && (a->cursors || l->count >= l->total))
		*ret = UNSETTLED;
	/* Past its end, or blind to startIndex, a server may give the same
	 * page for ever. */
	else if (a->page.fresh == 0)
		return fail(diag, ERR_SCIM_PARTIAL, "the server says %" PRIu64
		    " users and gives %zu", l->total, l->distinct);
	return ERR_OK;
}

/* Lists once, until complete or unsettled. */
static enum err
list_once(struct attempt *a, enum outcome *ret, struct diag *diag)
{
	const struct scim_server *server = a->server;
	enum err r = ERR_OK;

	*ret = MORE;
	while (*ret == MORE && r == ERR_OK) {
		r = next_page(a, diag);
		a->pages++;
		if (r == ERR_OK && a->pages == 1)
			r = begin_listing(a, diag);
		if (r == ERR_OK)
			r = check_limits(a, diag);
		if (r == ERR_OK)
			r = server->progress(server->context,
			    a->listing->distinct, a->listing->total, diag);
		if (r == ERR_OK && a->request->first_page_only) {
			*ret = COMPLETE;
			return ERR_OK;
		}
		if (r == ERR_OK)
			r = judge(a, ret, diag);
	}
	return r;
}

enum err
scim_list(const struct scim_request *request,
    const struct scim_server *server, struct scim_listing *ret,
    struct diag *diag)
{
	AUTO(http_response) struct http_response response =
	    HTTP_RESPONSE_INIT(SCIM_PAGE_MAX);

	for (unsigned int n = 0; n < SCIM_ATTEMPTS_MAX; n++) {
		AUTO(scim_listing) struct scim_listing listing =
		    SCIM_LISTING_INIT;
		struct attempt a = { request, server, &listing, &response,
		    { false, 0, 0, "" }, 0, false };
		enum outcome outcome = MORE;
		enum err r = list_once(&a, &outcome, diag);

		if (r != ERR_OK)
			return r;
		if (outcome == COMPLETE) {
			if (!a.page.has_total)
				listing.total = listing.distinct;
			*ret = listing;
			listing = (struct scim_listing)SCIM_LISTING_INIT;
			return ERR_OK;
		}
	}
	return fail(diag, ERR_SCIM_PARTIAL, "the server's list changed while "
	    "it was read or was not as long as it says, %d times in a row",
	    SCIM_ATTEMPTS_MAX);
}

enum err
scim_read_saved(const void *data, size_t len, uint64_t max_users,
    struct scim_listing *ret, struct diag *diag)
{
	AUTO(scim_listing) struct scim_listing listing = SCIM_LISTING_INIT;
	struct scim_page page;
	enum err r = scim_page_add(&listing, data, len, &page, diag);

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
