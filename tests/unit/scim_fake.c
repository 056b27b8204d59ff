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
put_page(const struct scim_fake *f, uint64_t first, uint64_t count,
    struct buf *out)
{
	uint64_t end = first + count;

	if (end > f->users)
		end = f->users;
	assert_err(buf_puts(out, "{" SCHEMA), ERR_OK);
	if (!f->no_total)
		assert_err(buf_printf(out, "\"totalResults\":%" PRIu64 ",",
		    f->users + f->hidden), ERR_OK);
	if (f->by_cursor && end < f->users)
		assert_err(buf_printf(out, "\"nextCursor\":\"%" PRIu64 "\",",
		    end), ERR_OK);
	/* Some servers report here what was asked for: nobody may care. */
	assert_err(buf_printf(out, "\"itemsPerPage\":%" PRIu64
	    ",\"Resources\":[", f->page_cap + 1000), ERR_OK);
	for (uint64_t i = first; i < end; i++)
		assert_err(buf_printf(out, "%s{\"id\":\"%" PRIu64
		    "\",\"userName\":\"u%" PRIu64 "\"}", i > first ? "," : "",
		    i - (f->repeats > 0 && i == f->repeat_at), i), ERR_OK);
	assert_err(buf_puts(out, "]}"), ERR_OK);
}

static enum err
fake_get(void *context, const char *url, struct http_response *ret,
    struct diag *diag)
{
	struct scim_fake *f = context;
	uint64_t first = parameter(url, "startIndex=", 1) - 1;
	uint64_t count = parameter(url, "count=", 0);

	f->requests++;
	(void)snprintf(f->url, sizeof(f->url), "%s", url);
	assert_memory_equal(url, FAKE_URL "/Users?", sizeof(FAKE_URL "/Users?") - 1);
	buf_reset(&ret->body);
	ret->status = 200;
	ret->retry_after = 0;
	(void)snprintf(ret->content_type, sizeof(ret->content_type), "%s",
	    f->content_type == NULL ? "application/scim+json;charset=utf-8" :
	    f->content_type);
	if (f->requests >= f->fail_from && f->failures > 0) {
		f->failures--;
		if (f->fail_err != ERR_OK)
			return fail(diag, f->fail_err, "broken");
		ret->status = f->fail_status;
		ret->retry_after = f->retry_after;
		if (f->error_body != NULL)
			assert_err(buf_puts(&ret->body, f->error_body),
			    ERR_OK);
		return ERR_OK;
	}
	if (f->grows > 0 && f->requests % f->grow_every == 0) {
		f->users++;
		f->grows--;
	}
	if (f->by_cursor)
		first = parameter(url, "cursor=", 0);
	if (f->blind || (f->wraps && first >= f->users))
		first = 0;
	if (f->page_cap > 0 && count > f->page_cap)
		count = f->page_cap;
	put_page(f, first, count, &ret->body);
	if (f->repeats > 0 && first <= f->repeat_at &&
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
scim_fake_list(struct scim_fake *f, const struct scim_request *request,
    struct scim_listing *ret, struct diag *diag)
{
	const struct scim_server server = {
		fake_get, fake_wait, fake_progress, f
	};
	enum err r = scim_list(request, &server, ret, diag);

	assert_true(r == ERR_OK || ret->record == NULL);
	assert_true(r == ERR_OK || diag->text[0] != '\0');
	return r;
}

enum err
scim_fake_list_tens(struct scim_fake *f, struct scim_listing *ret,
    struct diag *diag)
{
	const struct scim_request request = { FAKE_URL "/", 10, 1000, false };

	return scim_fake_list(f, &request, ret, diag);
}
