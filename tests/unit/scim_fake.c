/* SPDX-License-Identifier: BSD-2-Clause */
#include "scim_fake.h"

#include "unit.h"

#include <inttypes.h>
#include <stdlib.h>

#define SCHEMA "\"schemas\":[" \
	"\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],"

static uint64_t
parameter(const char *url, const char *name, uint64_t absent)
{
	const char *p = strstr(url, name);

	return p == NULL ? absent : strtoull(p + strlen(name), NULL, 10);
}

static void
put_user(const struct scim_fake *f, uint64_t i, struct buf *out)
{
	assert_err(buf_printf(out, "{\"id\":\"%" PRIu64
	    "\",\"userName\":\"u%" PRIu64 "\"}",
	    i - (f->repeats > 0 && i == f->repeat_at), i), ERR_OK);
}

static void
put_group(const struct scim_fake *f, uint64_t i, struct buf *out)
{
	assert_err(buf_printf(out, "{\"id\":\"g%" PRIu64 "\","
	    "\"displayName\":\"Group %" PRIu64 "\"",
	    f->groups_repeat ? i / 2 : i, i), ERR_OK);
	for (uint64_t m = 0; m < f->members; m++)
		assert_err(buf_printf(out, "%s{\"value\":\"%" PRIu64 "\"}",
		    m == 0 ? ",\"members\":[" : ",", m), ERR_OK);
	assert_err(buf_puts(out, f->members > 0 ? "]}" : "}"), ERR_OK);
}

static void
put_page(const struct scim_fake *f, bool groups, uint64_t first,
    uint64_t count, struct buf *out)
{
	uint64_t all = groups ? f->groups : f->users;
	uint64_t total = groups && f->groups_repeat ? all / 2 :
	    all + (groups ? 0 : f->hidden);
	uint64_t end = first + count;

	if (end > all)
		end = all;
	assert_err(buf_puts(out, "{" SCHEMA), ERR_OK);
	if (!f->no_total)
		assert_err(buf_printf(out, "\"totalResults\":%" PRIu64 ",",
		    total), ERR_OK);
	if (f->by_cursor && end < all)
		assert_err(buf_printf(out, "\"nextCursor\":\"%" PRIu64 "\",",
		    end), ERR_OK);
	/* Some servers report here what was asked for: nobody may care. */
	assert_err(buf_printf(out, "\"itemsPerPage\":%" PRIu64
	    ",\"Resources\":[", f->page_cap + 1000), ERR_OK);
	for (uint64_t i = first; i < end; i++) {
		assert_err(buf_puts(out, i > first ? "," : ""), ERR_OK);
		(groups ? put_group : put_user)(f, i, out);
	}
	assert_err(buf_puts(out, "]}"), ERR_OK);
}

/* Status and words instead of a page? */
static bool
fails(struct scim_fake *f, const char *url, struct http_response *ret)
{
	bool groups = strstr(url, "/Groups?") != NULL;

	if (f->requests >= f->fail_from && f->failures > 0) {
		f->failures--;
		ret->status = f->fail_status;
		ret->retry_after = f->retry_after;
		if (f->error_body != NULL)
			assert_err(buf_puts(&ret->body, f->error_body),
			    ERR_OK);
		return true;
	}
	if (groups && f->groups_status != 0) {
		ret->status = f->groups_status;
		return true;
	}
	if (f->expiries > 0 && strstr(url, "cursor=") != NULL) {
		f->expiries--;
		ret->status = 400;
		assert_err(buf_printf(&ret->body, "{\"scimType\":\"%s\"}",
		    f->expiry), ERR_OK);
		return true;
	}
	return false;
}

/* Gives the page its tag; is it the one that the client has? */
static bool
is_known(struct scim_fake *f, const char *url, uint64_t first,
    const char *etag, struct http_response *ret)
{
	if (f->tags == 0 || first + 1 == f->untagged)
		return false;
	(void)snprintf(ret->etag, sizeof(ret->etag), "%s\"%c%llu.%u\"",
	    f->tags == 'w' ? "W/" : "",
	    strstr(url, "/Groups?") != NULL ? 'g' : 'u',
	    (unsigned long long)first, f->version + (first + 1 == f->changed));
	if (strcmp(etag, ret->etag) != 0)
		return false;
	f->unmodified++;
	ret->status = 304;
	ret->content_type[0] = '\0';
	return true;
}

static void
grow(struct scim_fake *f)
{
	if (f->grows == 0 || f->requests % f->grow_every != 0)
		return;
	f->users++;
	f->grows--;
}

static void
fake_expect(void *context, const char *url)
{
	struct scim_fake *f = context;

	assert_string_equal(f->expected, "");
	(void)snprintf(f->expected, sizeof(f->expected), "%s", url);
}

static void
compare_with_expected(struct scim_fake *f, const char *url, const char *etag)
{
	bool same = strcmp(f->expected, url) == 0;

	assert_true(f->expected[0] == '\0' || etag[0] == '\0');
	f->foreseen += same;
	f->wasted += f->expected[0] != '\0' && !same;
	f->expected[0] = '\0';
}

static enum err
fake_get(void *context, const char *url, const char *etag,
    struct http_response *ret, struct diag *diag)
{
	struct scim_fake *f = context;
	bool groups = strstr(url, "/Groups?") != NULL;
	uint64_t first = parameter(url, "startIndex=", 1) - 1;
	uint64_t count = parameter(url, "count=", 0);

	f->requests++;
	compare_with_expected(f, url, etag);
	(void)snprintf(f->url, sizeof(f->url), "%s", url);
	assert_memory_equal(url, FAKE_URL "/", sizeof(FAKE_URL "/") - 1);
	assert_true(groups || strstr(url, "/Users?") != NULL);
	buf_reset(&ret->body);
	ret->status = 200;
	ret->retry_after = 0;
	(void)snprintf(ret->content_type, sizeof(ret->content_type), "%s",
	    f->content_type == NULL ? "application/scim+json;charset=utf-8" :
	    f->content_type);
	if (f->fail_err != ERR_OK && f->requests >= f->fail_from &&
	    f->failures > 0) {
		f->failures--;
		return fail(diag, f->fail_err, "broken");
	}
	if (fails(f, url, ret))
		return ERR_OK;
	grow(f);
	if (f->by_cursor)
		first = parameter(url, "cursor=", 0);
	if (f->blind || (f->wraps && first >= (groups ? f->groups : f->users)))
		first = 0;
	if (f->uneven && f->requests % 2 == 0 && count > 7)
		count = 7;
	if (f->page_cap > 0 && count > f->page_cap)
		count = f->page_cap;
	if (is_known(f, url, first, etag, ret))
		return ERR_OK;
	put_page(f, groups, first, count, &ret->body);
	if (!groups && f->repeats > 0 && first <= f->repeat_at &&
	    f->repeat_at < first + count)
		f->repeats--;
	return ERR_OK;
}

static enum err
fake_wait(void *context, int64_t ms, struct diag *diag)
{
	struct scim_fake *f = context;

	f->waits++;
	if (f->patience_ms > 0 && f->waited + ms > f->patience_ms)
		return fail(diag, ERR_TIMEOUT, "no time left");
	f->waited += ms;
	return ERR_OK;
}

static enum err
fake_progress(void *context, uint64_t done, uint64_t total, struct diag *diag)
{
	const struct scim_fake *f = context;

	(void)diag;
	assert_true(f->no_total || done <= total + 1);
	return ERR_OK;
}

enum err
scim_fake_list_all(struct scim_fake *f, const struct scim_request *request,
    struct scim_listed *ret, struct diag *diag)
{
	const struct scim_server server = {
		fake_get, fake_wait, fake_progress, f, fake_expect
	};
	enum err r = scim_list(request, &server, ret, diag);

	assert_true(r == ERR_OK || (ret->users.item == NULL &&
	    ret->groups.item == NULL && ret->etags.data == NULL));
	assert_true(r == ERR_OK || diag->text[0] != '\0');
	return r;
}

enum err
scim_fake_list(struct scim_fake *f, const struct scim_request *request,
    struct scim_listing *ret, struct diag *diag)
{
	AUTO(scim_listed) struct scim_listed listed = SCIM_LISTED_INIT;
	enum err r = scim_fake_list_all(f, request, &listed, diag);

	if (r != ERR_OK)
		return r;
	*ret = listed.users;
	listed.users = (struct scim_listing)SCIM_LISTING_INIT;
	return ERR_OK;
}

enum err
scim_fake_list_tens(struct scim_fake *f, struct scim_listing *ret,
    struct diag *diag)
{
	const struct scim_request request = {
		.url = FAKE_URL "/", .page_size = 10, .max_users = 1000,
		FAKE_PLAIN
	};

	return scim_fake_list(f, &request, ret, diag);
}
