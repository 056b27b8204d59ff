/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes of a server -> records.  The input is a series of answers, divided by
 * "\n--\n": scim_list() gets them as pages, and the first of them is also read
 * as a saved file.  What is accepted must be what the headers promise.
 */
#include <string.h>

#include "base/parse.h"
#include "directory/scim.h"
#include "fuzz.h"

#define PAGES_MAX 64

struct pages {
	const uint8_t *next;
	size_t left;
	unsigned int asked;
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

static enum err
get(void *context, const char *url, struct http_response *ret,
    struct diag *diag)
{
	struct pages *p = context;
	size_t len = 0;
	const uint8_t *page = take_page(p, &len);

	if (!parse_is_safe_url(url, strlen(url)))
		abort();
	p->asked++;
	if (p->asked > PAGES_MAX)
		return fail(diag, ERR_TIMEOUT, "enough");
	buf_reset(&ret->body);
	ret->status = len > 0 && page[0] == '!' ? 503 : 200;
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
check(const struct scim_listing *l, enum err r)
{
	if (r != ERR_OK && l->record != NULL)
		abort();
	if (l->distinct > l->count)
		abort();
	for (size_t i = 0; i < l->count; i++) {
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
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct scim_request request = {
		"https://h/scim", 2, 1000, false
	};
	struct pages pages = { data, size, 0 };
	const struct scim_server server = { get, wait_not, progress, &pages };
	struct pages first = { data, size, 0 };
	AUTO(scim_listing) struct scim_listing listing = SCIM_LISTING_INIT;
	AUTO(scim_listing) struct scim_listing saved = SCIM_LISTING_INIT;
	struct diag diag = DIAG_INIT;
	size_t len = 0;
	const uint8_t *page = take_page(&first, &len);
	enum err r = scim_list(&request, &server, &listing, &diag);

	check(&listing, r);
	if (r == ERR_OK && listing.distinct < listing.total)
		abort();
	r = scim_read_saved(page, len, 1000, &saved, &diag);
	check(&saved, r);
	if (r == ERR_OK && saved.count != saved.total)
		abort();
	return 0;
}
