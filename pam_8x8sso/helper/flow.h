/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device flow as the conversation sees it: a code to show, "not yet" at the
 * pace of the provider, and an end.  There are two kinds, and the conversation
 * does not know which it has (catalogue I8):
 *
 *	flow_real	8x8sso-device asks the provider
 *	flow_decoy	nobody asks anybody; drawn after the last real one
 *
 * A flow has no thread: its owner polls fd and waits until due_ms, and then
 * asks what is new.
 */
#ifndef PAM_8X8SSO_HELPER_FLOW_H
#define PAM_8X8SSO_HELPER_FLOW_H

#include "helper.h"

#include "auth/decoy.h"
#include "auth/oidc.h"
#include "wire/spawn.h"

/* What the person is shown, as a worker says and not checked yet. */
struct flow_code {
	char user_code[USER_CODE_MAX_LEN + 1];
	char uri[1025];
	int64_t expires_in;	/* seconds */
	int64_t interval;	/* seconds */
};

enum flow_what {
	FLOW_NOTHING,		/* that would concern the person */
	FLOW_CODE,
	FLOW_PENDING,		/* nobody has signed in yet */
	FLOW_ACCEPTED,
};

struct flow_event {
	enum flow_what what;
	struct flow_code code;	/* FLOW_CODE */
	struct claims *claims;	/* FLOW_ACCEPTED: the receiver's */
};

struct flow {
	const struct flow_kind *kind;
	struct login *login;
	const struct oidc_endpoints *endpoints;
	int fd;			/* has news when it can be read; -1: none */
	int64_t due_ms;		/* on clock_monotonic_ms(); INT64_MAX: never */
	int64_t begun_ms;
	struct decoy_picture picture;	/* what was learned, or drawn */
	bool has_code;
	bool learned;
	/* flow_real */
	struct peer worker;
	int64_t poll_ms;	/* when it polls next */
	bool has_keys;
};

struct flow_kind {
	enum err (*begin)(struct flow *flow, int64_t ends_ms,
	    struct diag *diag);
	enum err (*next)(struct flow *flow, struct flow_event *ret,
	    struct diag *diag);
	void (*end)(struct flow *flow);
};

extern const struct flow_kind flow_real;
extern const struct flow_kind flow_decoy;

/* Begins, or begins anew after flow_end().  Both are borrowed.  A failure is
 * the first event of a flow that ended. */
enum err flow_begin(struct flow *flow, int64_t ends_ms, struct diag *diag)
	MUST_USE;

/* What is new.  Any code but ERR_OK is the provider's refusal, or that there
 * is no provider to be had, and the flow's end. */
enum err flow_next(struct flow *flow, struct flow_event *ret,
	struct diag *diag) MUST_USE;

/* No process is left, and nothing comes any more.  May be called twice. */
void flow_end(struct flow *flow);
DEFINE_AUTO(flow, struct flow, flow_end);

#endif
