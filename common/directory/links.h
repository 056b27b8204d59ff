/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Local accounts of provisioned people ([users] link_local); a part of
 * update.h.
 *
 * `bsimon:B.Simon@contoso.com` gives the account bsimon to the record whose
 * userName that is, once, and then to that record: a rename at the provider
 * moves nothing, and a new person with the old userName is not the heir.  Only
 * another line of the configuration links anew.  A link outlives its record,
 * which then keeps everybody out, and its account (local.h says which can be
 * linked), which then is nobody's: publish.h tells the host of a link only
 * while configuration, /etc/passwd and this table agree.
 */
#ifndef DIRECTORY_LINKS_H
#define DIRECTORY_LINKS_H

#include "directory/local.h"
#include "directory/update.h"

/* Inside the transaction, when users has the listing's records and before they
 * get names: the table links, by the configuration.  Counts report->links and
 * report->links_idle.  ERR_STORE, ERR_NOMEM. */
enum err links_update(struct store *store, const struct conf *conf,
	const struct local *local, struct update_report *report,
	struct diag *diag) MUST_USE;

/* Does the table have this line of the configuration?  The record may have
 * vanished.  ERR_STORE. */
enum err links_has(struct store *store, const struct conf_link_local *link,
	bool *ret_linked, struct diag *diag) MUST_USE;

/* Listed records with this userName.  ERR_STORE. */
enum err links_count_candidates(struct store *store,
	const struct conf_link_local *link, int64_t *ret, struct diag *diag)
	MUST_USE;

#endif
