/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes of a server -> records.  The input is a series of answers, divided by
 * "\n--\n": scim_list() gets them as pages of users and then of groups, and the
 * first of them is also read as a saved file, as a path of an id, and as
 * validators of an earlier listing.  What is accepted must be what the headers
 * promise.
 */
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "directory/scim.h"
#include "fuzz.h"

#define PAGES_MAX 64
#define URL "https://h/scim"
#define UID "urn:x:posix.uidNumber"

struct pages {
	const uint8_t *next;
	size_t left;
	unsigned int asked;
	bool unmodified;	/* 304 to every question that has a tag */
};

static const uint8_t *
take_page(struct pages *p, size_t *ret_len)
{
	const uint8_t *page = p->next;
	const uint8_t *mark = p->left == 0 ? NULL :
	    memmem(page, p->left, "\n--\n", 4);
	size_t len = mark == NULL ? p->left : (size_t)(mark - page);
	size_t used = mark == NULL ? len : len + 4;

	p->next += used;
	p->left -= used;
	*ret_len = len;
	return page;
}

/* What the first byte of an answer stands for. */
static int
status_of(const uint8_t *page, size_t len)
{
	static const struct {
		uint8_t first;
		int status;
	} marks[] = { { '!', 503 }, { '4', 404 }, { 'x', 400 } };

	for (size_t i = 0; i < ARRAY_LEN(marks) && len > 0; i++)
		if (marks[i].first == page[0])
			return marks[i].status;
	return 200;
}

static enum err
get(void *context, const char *url, const char *etag,
    struct http_response *ret, struct diag *diag)
{
	struct pages *p = context;
	size_t len = 0;
	const uint8_t *page;

	if (!parse_is_safe_url(url, strlen(url)) ||
	    (etag[0] != '\0' && !http_is_etag(etag, strlen(etag))))
		abort();
	p->asked++;
	if (p->asked > PAGES_MAX)
		return fail(diag, ERR_TIMEOUT, "enough");
	buf_reset(&ret->body);
	if (p->unmodified && etag[0] != '\0') {
		ret->status = 304;
		return ERR_OK;
	}
	page = take_page(p, &len);
	ret->status = status_of(page, len);
	if (ret->status == 400) {
		page++;
		len--;
	}
	(void)snprintf(ret->etag, sizeof(ret->etag), "W/\"%u\"", p->asked);
	memcpy(ret->content_type, "application/json", 17);
	return buf_put(&ret->body, page, len);
}

static enum err
wait_not(void *context, int64_t ms, struct diag *diag)
{
	const struct pages *p = context;

	if (ms <= 0)
		abort();
	return p->left > 0 ? ERR_OK : fail(diag, ERR_TIMEOUT, "enough");
}

static enum err
progress(void *context, uint64_t done, uint64_t total, struct diag *diag)
{
	(void)context;
	(void)done;
	(void)total;
	(void)diag;
	return ERR_OK;
}

static void
check_text(const char *text, size_t max)
{
	if (strlen(text) > max || !parse_is_utf8(text, strlen(text)))
		abort();
}

static void
check_listing(const struct scim_listing *l)
{
	if (l->distinct > l->received || l->count > l->received)
		abort();
	for (size_t i = 0; l->type == SCIM_USERS && i < l->count; i++) {
		const struct record *u = l->record[i];

		if (u->id[0] == '\0' || u->user_name[0] == '\0')
			abort();
		check_text(u->id, SCIM_STRING_MAX);
		check_text(u->user_name, SCIM_STRING_MAX);
		check_text(u->external_id, SCIM_STRING_MAX);
		check_text(u->given_name, SCIM_STRING_MAX);
		check_text(u->family_name, SCIM_STRING_MAX);
		check_text(u->title, SCIM_STRING_MAX);
		check_text(u->department, SCIM_STRING_MAX);
		check_text(u->site, SCIM_STRING_MAX);
		check_text(u->created, SCIM_CREATED_MAX);
		check_text(u->number, SCIM_NUMBER_MAX);
	}
	for (size_t i = 0; l->type == SCIM_GROUPS && i < l->count; i++) {
		const struct scim_group *g = l->group[i];
		const char *member = g->member;

		if (g->record.id[0] == '\0')
			abort();
		check_text(g->record.id, SCIM_STRING_MAX);
		check_text(g->record.display_name, SCIM_STRING_MAX);
		check_text(g->record.number, SCIM_NUMBER_MAX);
		for (size_t m = 0; m < g->members; m++) {
			if (member[0] == '\0')
				abort();
			check_text(member, SCIM_STRING_MAX);
			member += strlen(member) + 1;
		}
	}
}

/* Lists once more, from a server that says it is all as the text says. */
static void
list_again(const struct scim_request *before, const char *etags,
    bool must_be_unchanged, uint64_t total)
{
	AUTO(scim_listed) struct scim_listed again = SCIM_LISTED_INIT;
	struct scim_request request = *before;
	struct pages pages = { (const uint8_t *)"", 0, 0, true };
	const struct scim_server server = {
		get, wait_not, progress, &pages, NULL
	};
	struct diag diag = DIAG_INIT;
	enum err r;

	request.etags = etags;
	r = scim_list(&request, &server, &again, &diag);
	if (must_be_unchanged && pages.asked <= PAGES_MAX &&
	    (r != ERR_OK || !again.unchanged || again.users.total != total))
		abort();
}

/* An earlier listing's text whose first line is right. */
static void
try_etags(const struct scim_request *request, const uint8_t *data, size_t len)
{
	AUTO(buf) struct buf text = BUF_INIT(SCIM_ETAGS_MAX);

	if (len == 0 || memchr(data, '\0', len) != NULL ||
	    buf_printf(&text, PACKAGE_VERSION " " URL " 2 1 " UID " -\n") !=
	    ERR_OK || buf_put(&text, data, len) != ERR_OK)
		return;
	list_again(request, buf_str(&text), false, 0);
}

/* The first answer as the path of an id, against all answers as users. */
static void
try_path(const uint8_t *path, size_t len, const uint8_t *data, size_t size)
{
	AUTO(scim_listing) struct scim_listing listing = SCIM_LISTING_INIT;
	struct scim_page page;
	char text[SCIM_PATH_MAX + 1];

	if (len > SCIM_PATH_MAX)
		len = SCIM_PATH_MAX;
	(void)snprintf(text, sizeof(text), "%.*s", (int)len,
	    (const char *)path);
	listing.number = text;
	(void)!scim_page_add(&listing, data, size, &page, NULL);
	check_listing(&listing);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct scim_request request = {
		.url = URL, .page_size = 2, .max_users = 1000, .groups = true,
		.uid_attribute = UID, .gid_attribute = "", .etags = "",
	};
	const uint8_t *input = size > 0 ? data : (const uint8_t *)"";
	struct pages pages = { input, size, 0, false };
	const struct scim_server server = {
		get, wait_not, progress, &pages, NULL
	};
	struct pages first = { input, size, 0, false };
	AUTO(scim_listed) struct scim_listed listed = SCIM_LISTED_INIT;
	AUTO(scim_listing) struct scim_listing saved = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	size_t len = 0;
	const uint8_t *page = take_page(&first, &len);
	enum err r = scim_list(&request, &server, &listed, &diag);

	if (r != ERR_OK && (listed.users.item != NULL ||
	    listed.groups.item != NULL))
		abort();
	check_listing(&listed.users);
	check_listing(&listed.groups);
	if (r == ERR_OK && listed.users.distinct < listed.users.total)
		abort();
	if (r == ERR_OK && listed.etags.len > 0 && listed.has_groups)
		list_again(&request, buf_str(&listed.etags), true,
		    listed.users.total);
	r = scim_read_saved(page, len, 1000, &saved, &diag);
	if (r != ERR_OK && saved.item != NULL)
		abort();
	check_listing(&saved);
	if (r == ERR_OK && saved.distinct != saved.total)
		abort();
	try_etags(&request, input, size);
	try_path(page, len, first.next, first.left);
	return 0;
}
