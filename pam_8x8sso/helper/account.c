/* SPDX-License-Identifier: BSD-2-Clause */
#include "helper.h"

#include "base/clock.h"
#include "directory/directory.h"

enum err
account_decide(const struct login *login, int64_t now, struct diag *diag)
{
	AUTO(directory_user) struct directory_user user = { 0 };
	struct policy_account account;
	int64_t last_sync = 0;
	enum err r = directory_find(login->store, login->user, &user, diag);

	if (r == ERR_OK)
		r = store_meta_get_int(login->store, "last_sync",
		    &last_sync, diag);
	if (r != ERR_OK)
		return r;
	account = directory_account(&user, last_sync);
	return policy_check(login->conf, &account, now, diag);
}

enum err
account(struct login *login, struct diag *diag)
{
	return account_decide(login, clock_now(), diag);
}
