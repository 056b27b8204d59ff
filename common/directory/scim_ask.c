/* SPDX-License-Identifier: BSD-2-Clause */
#include "directory/scim_ask.h"

#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include "base/parse.h"
#include "sys/json.h"

#define SHOWN_MAX 200		/* bytes of a server's text in an error */

static const struct {
	const char *endpoint;
	const char *prefix;		/* of what is said about it */
	const char *forbidden;		/* 403 */
	const char *missing;		/* 404 */
	const char *hint;
} types[SCIM_TYPES] = {
	[SCIM_USERS] = { "Users", "", "the token may not list users",
	    "no users at this address; compare [scim] url with the Tenant "
	    "URL", "" },
	[SCIM_GROUPS] = { "Groups", "groups: ",
	    "the token may not list groups", "the page is not there",
	    "; [groups] scim = no does without them" },
};

enum err
scim_ask_url(const struct scim_request *request, enum scim_type type,
    const char *cursor, size_t first, struct buf *out)
{
	const char *base = request->url;
	const char *endpoint = types[type].endpoint;
	size_t len = strlen(base);

	while (len > 0 && base[len - 1] == '/')
		len--;
	if (!parse_is_safe_url(base, len) || memchr(base, '?', len) != NULL ||
	    len > SCIM_URL_MAX)
		return ERR_SYNTAX;
	if (cursor[0] != '\0')
		return buf_printf(out, "%.*s/%s?count=%" PRIu64 "&cursor=%s",
		    (int)len, base, endpoint, request->page_size, cursor);
	return buf_printf(out, "%.*s/%s?startIndex=%zu&count=%" PRIu64,
	    (int)len, base, endpoint, first, request->page_size);
}

/* -- patience -------------------------------------------------------------- */

/* Is it worth asking again after result r? */
static bool
may_pass(const struct scim_client *client, enum err r)
{
	int status = client->response->status;

	/* A first request that gets nowhere is a matter of configuration. */
	if (r != ERR_OK)
		return r == ERR_HTTP && client->answered;
	if (client->response->retry_after > SCIM_RETRY_AFTER_MAX)
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

enum err
scim_ask(struct scim_client *client, const char *url, const char *etag,
    struct diag *diag)
{
	const struct scim_server *server = client->server;
	struct http_response *response = client->response;
	struct diag late = DIAG_INIT;

	for (unsigned int tries = 0;; tries++) {
		enum err r;

		response->retry_after = 0;
		response->etag[0] = '\0';
		r = server->get(server->context, url, etag, response, diag);
		/* Out of tries or time, the server's answer says more than
		 * "no time left". */
		if (!may_pass(client, r) || tries == SCIM_RETRIES_MAX ||
		    server->wait(server->context, delay_ms(response, tries),
		    &late) != ERR_OK) {
			client->answered = client->answered || r == ERR_OK;
			return r;
		}
	}
}

/* -- what is no page ------------------------------------------------------- */

/* Is there a string of this name in the SCIM error message that the body may
 * be?  It goes to text. */
static enum err
server_text(const struct http_response *response, const char *name,
    struct buf *text)
{
	AUTO(json) struct json *root = NULL;
	struct json *value = NULL;
	const char *found;

	if (json_parse(response->body.data, response->body.len, &root,
	    NULL) != ERR_OK ||
	    json_get(root, name, &value, NULL) != ERR_OK)
		return ERR_OK;
	found = json_string_of(value);
	return found == NULL ? ERR_OK : buf_printf(text, "%.*s", SHOWN_MAX,
	    found);
}

static bool
is_cursor_lost(const struct http_response *response)
{
	AUTO(buf) struct buf type = BUF_INIT(SHOWN_MAX);

	return response->status == 400 &&
	    server_text(response, "scimType", &type) == ERR_OK &&
	    (parse_equal_nocase(buf_str(&type), "expiredCursor") ||
	    parse_equal_nocase(buf_str(&type), "invalidCursor"));
}

/* What a status means here; NULL when it says all that is known. */
static const char *
meaning_of(int status, enum scim_type type)
{
	switch (status) {
	case 401:
		return "the token was refused; 8x8 replaces it when the form "
		    "is saved";
	case 403:
		return types[type].forbidden;
	case 404:
		return types[type].missing;
	case 429:
		return "too many requests; sync less often or with a larger "
		    "page_size";
	default:
		return NULL;
	}
}

/* The status, its meaning, and what the server says about it. */
static enum err
describe(const struct http_response *response, enum scim_type type,
    struct buf *out)
{
	AUTO(buf) struct buf detail = BUF_INIT(SHOWN_MAX);
	const char *meaning = meaning_of(response->status, type);
	enum err r = buf_printf(out, "%s%d%s%s", types[type].prefix,
	    response->status, meaning == NULL ? "" : ": ",
	    meaning == NULL ? "" : meaning);

	if (r == ERR_OK && response->retry_after > SCIM_RETRY_AFTER_MAX)
		r = buf_printf(out, "; it asks to wait for %" PRId64 " s",
		    response->retry_after);
	if (r == ERR_OK)
		r = buf_puts(out, types[type].hint);
	if (r == ERR_OK)
		r = server_text(response, "detail", &detail);
	if (r == ERR_OK && detail.len > 0)
		r = buf_printf(out, "; the server says \"%s\"",
		    buf_str(&detail));
	return r;
}

static enum err
refuse_status(const struct scim_client *client, enum scim_type type,
    struct diag *diag)
{
	AUTO(buf) struct buf text = BUF_INIT(DIAG_TEXT_MAX);
	const struct http_response *response = client->response;
	int status = response->status;
	enum err code = status == 401 || status == 403 ? ERR_HTTP_AUTH :
	    ERR_HTTP_STATUS;
	enum err r = describe(response, type, &text);

	/* Only a server that was given a cursor can have lost it. */
	if (client->by_cursor && is_cursor_lost(response))
		code = ERR_SCIM_EXPIRED;
	if (r != ERR_OK)
		return fail(diag, r, "%d", status);
	return fail(diag, code, "%s", buf_str(&text));
}

static bool
is_json(const char *type)
{
	static const char *const media[] = {
		"application/scim+json", "application/json"
	};
	char bare[sizeof(((struct http_response *)NULL)->content_type)];
	size_t len = strcspn(type, "; \t");

	memcpy(bare, type, len);
	bare[len] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(media); i++)
		if (parse_equal_nocase(bare, media[i]))
			return true;
	return false;
}

enum err
scim_ask_check(const struct scim_client *client, enum scim_type type,
    struct diag *diag)
{
	const struct http_response *response = client->response;

	if (response->status != 200)
		return refuse_status(client, type, diag);
	if (!is_json(response->content_type))
		return fail(diag, ERR_SCIM, "%sthe answer's type is \"%s\", "
		    "not application/scim+json; compare [scim] url with the "
		    "Tenant URL%s", types[type].prefix,
		    response->content_type, types[type].hint);
	return ERR_OK;
}
