/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The flow that is none: what somebody sees who cannot sign in here.  No
 * process, no network; the same events at the same times as those of the last
 * real one.
 */
#include "flow.h"

#include <string.h>

#include "base/clock.h"

static enum err
begin(struct flow *flow, int64_t ends_ms, struct diag *diag)
{
	enum err r = decoy_draw(flow->login->store, flow->login->conf,
	    clock_now(), &flow->picture, diag);

	(void)ends_ms;
	if (r != ERR_OK)
		return r;
	flow->due_ms = flow->begun_ms + flow->picture.took_ms;
	return ERR_OK;
}

static void
draw(const struct decoy_picture *picture, struct flow_event *ret)
{
	ret->what = FLOW_CODE;
	ret->code.expires_in = picture->expires_in;
	ret->code.interval = picture->interval;
	memcpy(ret->code.user_code, picture->user_code,
	    sizeof(ret->code.user_code));
	memcpy(ret->code.uri, picture->uri, sizeof(ret->code.uri));
}

/* A real one asks after each interval, and an answer takes a while. */
static enum err
next(struct flow *flow, struct flow_event *ret, struct diag *diag)
{
	const struct decoy_picture *picture = &flow->picture;

	if (picture->failure != ERR_OK)
		return fail(diag, picture->failure, "as the last time");
	if (flow->has_code)
		ret->what = FLOW_PENDING;
	else
		draw(picture, ret);
	flow->has_code = true;
	flow->due_ms += picture->interval * 1000 + picture->poll_ms;
	return ERR_OK;
}

static void
end(struct flow *flow)
{
	explicit_bzero(&flow->picture, sizeof(flow->picture));
}

const struct flow_kind flow_decoy = { begin, next, end };
