/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device worker found a token to be true; is it one for this user, from a
 * browser that is where it may be, and for the first time?
 */
#include "device.h"

#include <string.h>

#include "auth/replay.h"
#include "base/clock.h"
#include "base/parse.h"

#define CLAIM_ADDRESS "ipaddr"

/* A worker that has lost its way accepts what it was not asked about (J14,
 * J16). */
static enum err
check_asked(const struct conf *conf, const struct claims *claims,
    struct diag *diag)
{
	const char *tenant = claims_get(claims, CLAIM_TENANT);
	char issuer[1025];

	conf_device_issuer(conf, issuer, sizeof(issuer));
	if (strcmp(claims_fixed(claims)->issuer, issuer) != 0)
		return fail(diag, ERR_WORKER, "8x8sso-device: accepts another "
		    "issuer");
	if (conf->idp_tenant[0] != '\0' && (tenant == NULL ||
	    !parse_equal_nocase(tenant, conf->idp_tenant)))
		return fail(diag, ERR_WORKER, "8x8sso-device: accepts another "
		    "tenant");
	return ERR_OK;
}

/* V1: somebody who was talked into it is elsewhere. */
static enum err
check_place(const struct login *login, const struct claims *claims,
    struct diag *diag)
{
	const struct conf_list *networks =
	    &login->conf->device_browser_networks;
	const char *address = claims_get(claims, CLAIM_ADDRESS);

	if (networks->count == 0)
		return ERR_OK;
	if (address == NULL || address[0] == '\0')
		return fail(diag, ERR_DEVICE_PLACE, "no claim " CLAIM_ADDRESS);
	if (!device_is_from(networks, address, login->who.rhost))
		return fail(diag, ERR_DEVICE_PLACE, "%s", address);
	return ERR_OK;
}

enum err
device_accept(struct login *login, const struct claims *claims,
    int64_t ends_ms, struct diag *diag)
{
	const struct claims_fixed *fixed = claims_fixed(claims);
	const struct link_person person = {
		claims, login->conf->device_user_claim,
	};
	int64_t now = clock_now();
	enum err r = check_asked(login->conf, claims, diag);

	if (r == ERR_OK)
		r = replay_accept(login->store, fixed->issuer,
		    fixed->assertion_id, fixed->not_on_or_after, now, diag);
	if (r == ERR_OK)
		r = check_place(login, claims, diag);
	if (r == ERR_OK)
		r = newcomer_link(login, &person, now, diag);
	if (r == ERR_OK)
		r = account_decide(login, now, diag);
	if (r == ERR_OK)
		r = device_confirm(login, claims, ends_ms, diag);
	if (r != ERR_OK)
		return r;
	login->session_end = fixed->session_not_on_or_after;
	return ERR_OK;
}
