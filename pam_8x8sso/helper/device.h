/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of a sign-in by device code: device.c begins it, device_talk.c
 * talks with the person until the flow has an end, device_accept.c looks at
 * what the flow ended with.
 */
#ifndef PAM_8X8SSO_HELPER_DEVICE_H
#define PAM_8X8SSO_HELPER_DEVICE_H

#include "flow.h"
#include "grace.h"

/* Less is not worth beginning: nobody signs in that fast. */
#define DEVICE_SECONDS_MIN 15

/* One conversation.  All but flow and grace are its own. */
struct talk {
	struct login *login;
	struct flow *flow;
	struct grace grace;
	int64_t ends_ms;	/* this sign-in, whatever the code's time */
	struct flow_code code;
	int64_t expires_ms;	/* the code; INT64_MAX: none is shown */
	int64_t warn_ms;	/* when the time is nearly over */
	int64_t wait_ms;	/* when the module hears of us again */
	int64_t pressed_ms;	/* when "not yet" is said at the latest */
	bool at_once;		/* texts are shown without a prompt */
	bool asked;		/* a PROMPT waits for its answer */
	bool pressed;		/* somebody waits for the next poll */
	bool expired;
	bool renewed;		/* the code is the second one */
	bool ended;		/* the flow, with outcome or claims */
	bool wants_saml;
	enum err outcome;
	struct diag why;
	struct claims *claims;
};

/*
 * Shows the code and waits.  The caller ends the flow.  ERR_OK: wants_saml, or
 * claims, which the caller frees.  The provider's reasons, ERR_DEVICE_TIME,
 * ERR_DEVICE_EXPIRED, and those of ask() when nobody is there any more.
 */
enum err device_talk(struct talk *talk, struct diag *diag) MUST_USE;

/* Appends what is shown with a code; seconds are what is left. */
enum err device_words(const struct talk *talk, int64_t seconds,
	struct buf *out) MUST_USE;

/* "C45 FGV YJR": how a code is read; "" when it is better left as it is. */
void device_group(const char *user_code, char *ret, size_t size);

/* The provider takes this person for somebody: may that one in here?  Sends
 * the code that confirms it, if one is configured, until ends_ms. */
enum err device_accept(struct login *login, const struct claims *claims,
	int64_t ends_ms, struct diag *diag) MUST_USE;

/* Has [device] confirm send a code, and asks for it.  ERR_OK when none is
 * configured; ERR_DEVICE_CONFIRM, and those of ask(). */
enum err device_confirm(struct login *login, const struct claims *claims,
	int64_t ends_ms, struct diag *diag) MUST_USE;

/* Does the list ([device] networks, browser_networks) have the address?
 * "" is an address of this host itself. */
bool device_is_from(const struct conf_list *networks, const char *address,
	const char *source) MUST_USE;

#endif
