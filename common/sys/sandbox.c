/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"

static bool
is_root(void)
{
	return geteuid() == 0;
}

static enum err
find_account(const char *user, uid_t *ret_uid, gid_t *ret_gid,
    struct diag *diag)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwnam(user);
	if (pw == NULL && errno != 0)
		return fail_errno(diag, ERR_SERVICE_USER, "account %s", user);
	if (pw == NULL)
		return fail(diag, ERR_SERVICE_USER, "no account %s "
		    "(systemd-sysusers makes it)", user);
	if (pw->pw_uid == 0 || pw->pw_gid == 0)
		return fail(diag, ERR_SERVICE_USER, "account %s is root",
		    user);
	*ret_uid = pw->pw_uid;
	*ret_gid = pw->pw_gid;
	return ERR_OK;
}

/* All three ids of both kinds, and no way back. */
static enum err
check_identity(uid_t uid, gid_t gid, struct diag *diag)
{
	uid_t u[3];
	gid_t g[3];

	if (getresuid(&u[0], &u[1], &u[2]) != 0 ||
	    getresgid(&g[0], &g[1], &g[2]) != 0)
		return fail_errno(diag, ERR_INTERNAL, "reading our ids");
	for (size_t i = 0; i < ARRAY_LEN(u); i++)
		if (u[i] != uid || g[i] != gid)
			return fail(diag, ERR_INTERNAL, "an old id is left");
	if (getgroups(0, NULL) != 0)
		return fail(diag, ERR_INTERNAL, "an old group is left");
	if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0)
		return fail(diag, ERR_INTERNAL, "root can be had again");
	return ERR_OK;
}

static enum err
become(const char *user, struct diag *diag)
{
	uid_t uid = 0;
	gid_t gid = 0;
	enum err r = find_account(user, &uid, &gid, diag);

	if (r != ERR_OK)
		return r;
	if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 ||
	    setresuid(uid, uid, uid) != 0)
		return fail_errno(diag, ERR_INTERNAL, "becoming %s", user);
	return check_identity(uid, gid, diag);
}

static enum err
limit(unsigned int resource, rlim_t value, struct diag *diag)
{
	struct rlimit old;
	struct rlimit new = { value, value };

	if (getrlimit(resource, &old) != 0)
		return fail_errno(diag, ERR_INTERNAL, "getrlimit");
	if (old.rlim_max < value)
		new.rlim_cur = new.rlim_max = old.rlim_max;
	if (setrlimit(resource, &new) != 0)
		return fail_errno(diag, ERR_INTERNAL, "setrlimit");
	return ERR_OK;
}

enum err
sandbox_enter(const char *user, struct diag *diag)
{
	if (is_root() && user[0] != '\0') {
		enum err r = become(user, diag);

		if (r != ERR_OK)
			return r;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fail_errno(diag, ERR_INTERNAL, "no_new_privs");
	/* Last: becoming somebody else sets it anew. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return fail_errno(diag, ERR_INTERNAL, "dumpable");
	return limit(RLIMIT_CORE, 0, diag);
}

enum err
sandbox_limit(unsigned int cpu_seconds, size_t address_space,
    unsigned int files, struct diag *diag)
{
	const struct {
		unsigned int resource;
		rlim_t value;
		bool skip;
	} limits[] = {
		{ RLIMIT_CPU, cpu_seconds, false },
		/* A sanitizer's shadow memory is beyond every limit, and
		 * another process looks for its leaks. */
		{ RLIMIT_AS, address_space, address_space == 0 || SANITIZED },
		{ RLIMIT_NOFILE, files, false },
		{ RLIMIT_FSIZE, 0, false },
		{ RLIMIT_NPROC, 0, SANITIZED },
	};
	enum err r = ERR_OK;

	for (size_t i = 0; i < ARRAY_LEN(limits) && r == ERR_OK; i++)
		if (!limits[i].skip)
			r = limit(limits[i].resource, limits[i].value, diag);
	/* execve(2) has made it dumpable again, and a worker of another login
	 * is the same user.  A sanitizer's search for leaks needs it. */
	if (r == ERR_OK && !SANITIZED &&
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		r = fail_errno(diag, ERR_INTERNAL, "dumpable");
	return r;
}

enum err
sandbox_as(const char *user, struct diag *diag)
{
	uid_t uid = 0;
	gid_t gid = 0;
	enum err r;

	if (!is_root() || user[0] == '\0')
		return ERR_OK;
	r = find_account(user, &uid, &gid, diag);
	if (r != ERR_OK)
		return r;
	/* Root needs its supplementary groups for nothing. */
	if (setgroups(0, NULL) != 0 || setegid(gid) != 0 || seteuid(uid) != 0)
		return fail_errno(diag, ERR_INTERNAL, "acting as %s", user);
	return ERR_OK;
}

enum err
sandbox_as_root(struct diag *diag)
{
	if (getuid() != 0 || is_root())
		return ERR_OK;
	if (seteuid(0) != 0 || setegid(0) != 0)
		return fail_errno(diag, ERR_INTERNAL, "acting as root again");
	return ERR_OK;
}
