/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/check.h"

#include <unistd.h>

#include "directory/links.h"

#define SHELLS_PATH "/etc/shells"

void
check_shell(struct checking *c)
{
	const char *shell = c->admin->conf.users_shell;
	struct diag diag = DIAG_INIT;

	if (local_check_shell(SHELLS_PATH, shell, &diag) != ERR_OK)
		check_fail(c, "%s; until then nothing is published",
		    diag.text);
	else if (access(shell, X_OK) != 0)
		check_fail(c, "[users] shell = %s cannot be run; install it, "
		    "or set another shell", shell);
	else
		check_ok(c, "%s", shell);
}

/* What the database knows about the lines of link_local. */
struct lines {
	struct checking *checking;
	struct local *local;
};

static enum err
check_line(struct checking *c, struct store *store, const struct local *local,
    const struct conf_link_local *link, struct diag *diag)
{
	uint32_t uid = 0;
	bool linked = false;
	int64_t candidates = 0;
	const char *why = local_refuses_link(local, link->name,
	    c->admin->conf.users_min_local_uid, &uid);
	enum err r = links_has(store, link, &linked, diag);

	if (r == ERR_OK && !linked)
		r = links_count_candidates(store, link, &candidates, diag);
	if (r != ERR_OK)
		return r;
	if (why != NULL)
		check_fail(c, "%s %s; mend that, or take it out of [users] "
		    "link_local", link->name, why);
	else if (linked)
		check_ok(c, "%s is %s's", link->name, link->user_name);
	else if (candidates == 1)
		check_warn(c, "%s is not %s's yet; run %s", link->name,
		    link->user_name, check_sync_command(&c->admin->conf));
	else
		check_fail(c, "%s is nobody's: %lld of the listed users have "
		    "the userName %s; correct [users] link_local", link->name,
		    (long long)candidates, link->user_name);
	return ERR_OK;
}

static enum err
check_lines(struct store *store, void *context, struct diag *diag)
{
	struct lines *lines = context;
	struct checking *c = lines->checking;
	struct conf_link_local link;
	enum err r = ERR_OK;

	for (size_t i = 0; r == ERR_OK &&
	    conf_link_local(&c->admin->conf, i, &link); i++)
		r = check_line(c, store, lines->local, &link, diag);
	return r;
}

void
check_links(struct checking *c)
{
	AUTO(local) struct local *local = NULL;
	struct lines lines = { .checking = c };
	struct diag diag = DIAG_INIT;
	enum err r;

	if (c->admin->conf.users_link_local.count == 0 || !c->synced)
		return;
	r = local_load_host(&local, &diag);
	lines.local = local;
	if (r == ERR_OK)
		r = admin_with_store(c->admin, check_lines, &lines, &diag);
	if (r != ERR_OK)
		check_error(c, &diag);
}
