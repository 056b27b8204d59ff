/* SPDX-License-Identifier: BSD-2-Clause */
#include "newcomer.h"

#include <string.h>
#include <unistd.h>

#include <security/pam_modutil.h>

#include "base/limits.h"
#include "cache/reader.h"
#include "verdict.h"
#include "wire/spawn.h"

/* An item that cannot be read is one that is set. */
static bool
item_is(pam_handle_t *pamh, int type, const char *text)
{
	const void *value = NULL;

	if (!verdict_pam_ok(pam_get_item(pamh, type, &value)))
		return false;
	return strcmp(value == NULL ? "" : value, text) == 0;
}

bool
newcomer_possible(pam_handle_t *pamh, const struct args *args,
    const char *user)
{
	AUTO(cache) struct cache cache = CACHE_INIT;

	/* A name of another source (LDAP) is that source's.  A set-user-ID
	 * program takes names from anybody, also from who came by ssh, and
	 * could publish none. */
	return geteuid() == 0 && getuid() == 0 && cache_may_have_name(user) &&
	    pam_modutil_getpwnam(pamh, user) == NULL &&
	    item_is(pamh, PAM_RHOST, "") &&
	    !item_is(pamh, PAM_SERVICE, "sshd") &&
	    cache_open(args->cache, &cache) == ERR_OK &&
	    cache_creates_users(&cache);
}

static bool
is_published(const struct args *args, const char *user)
{
	AUTO(cache) struct cache cache = CACHE_INIT;
	struct cache_user entry;

	return cache_open(args->cache, &cache) == ERR_OK &&
	    cache_user_by_name(&cache, user, &entry) == ERR_OK &&
	    entry.may_log_in;
}

/* posix_spawn(3) takes char *, and writes to none. */
static char *
word(const char *text)
{
	return (char *)(uintptr_t)text;
}

enum err
newcomer_publish(const struct args *args, const char *user,
    struct diag *diag)
{
	struct peer peer = PEER_INIT;
	struct diag why = DIAG_INIT;
	char *argv[] = { word(args->command), word("publish"),
	    word("--config"), word(args->config), NULL };
	int status;

	if (is_published(args, user))
		return ERR_OK;
	if (args->config == NULL)
		argv[2] = NULL;
	if (peer_start(&peer, argv, -1, &why) != ERR_OK)
		return fail(diag, ERR_JIT_PUBLISH, "%s", why.text);
	status = peer_finish(&peer, PUBLISH_MS);
	/* What it says of itself is lost where the application reaps it. */
	if (is_published(args, user))
		return ERR_OK;
	return fail(diag, ERR_JIT_PUBLISH, "%s publish: wait status %#x, and "
	    "%s does not have %s", args->command, (unsigned int)status,
	    args->cache, user);
}
