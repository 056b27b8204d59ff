/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/check.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>

#include "admin/nsswitch.h"
#include "base/io.h"
#include "cache/reader.h"

#define NSSWITCH_PATH "/etc/nsswitch.conf"
#define NSSWITCH_SIZE_MAX (64u * 1024)

/* 2026-01-01: no host that runs this was built before. */
#define EARLIEST_CLOCK 1767225600

/* Without a service account (tests) everything is the caller's. */
static bool
service_uid(const struct conf *conf, uid_t *ret_uid)
{
	const struct passwd *pw;

	if (conf->host_user[0] == '\0') {
		*ret_uid = geteuid();
		return true;
	}
	pw = getpwnam(conf->host_user);
	if (pw == NULL)
		return false;
	*ret_uid = pw->pw_uid;
	return true;
}

void
check_service_account(struct checking *c)
{
	const char *name = c->admin->conf.host_user;
	uid_t uid;

	if (name[0] == '\0')
		check_warn(c, "[host] user is empty: parsers run as root; "
		    "remove the key unless this is a test");
	else if (!service_uid(&c->admin->conf, &uid))
		check_fail(c, "there is no account %s; run systemd-sysusers, "
		    "or: useradd --system --no-create-home %s", name, name);
	else if (uid == 0)
		check_fail(c, "%s is root; make it an account without "
		    "rights", name);
	else
		check_ok(c, "%s, uid %u", name, (unsigned int)uid);
}

void
check_programs(struct checking *c)
{
	static const char *const programs[] = {
		"8x8sso-helper", "8x8sso-saml", "8x8sso-fetch",
		"8x8sso-device",
	};
	const char *dir = c->admin->conf.host_libexec_dir;
	/* The last one works for the device flow only. */
	size_t count = ARRAY_LEN(programs) - !c->admin->conf.device_enabled;
	unsigned int good = 0;

	for (size_t i = 0; i < count; i++) {
		AUTO_CLOSE int fd = -1;
		struct diag diag = DIAG_INIT;
		char path[PATH_MAX];

		if (conf_program_path(&c->admin->conf, programs[i], path,
		    sizeof(path), &diag) != ERR_OK ||
		    io_open_trusted(path, false, &fd, &diag) != ERR_OK)
			check_fail(c, "%s; install it again, or correct "
			    "[host] libexec_dir", diag.text);
		else if (access(path, X_OK) != 0)
			check_fail(c, "%s is not executable; chmod 0755 it",
			    path);
		else
			good++;
	}
	if (good == count)
		check_ok(c, "helper and workers are in %s", dir);
}

enum owner { OWNER_ROOT, OWNER_SERVICE };

/* A file or directory that we own: type, owner and exact mode. */
struct wanted {
	char path[PATH_MAX];
	mode_t type;
	mode_t mode;
	enum owner owner;
	const char *remedy;	/* when it is not there */
};

static void
check_wanted(struct checking *c, const struct wanted *want)
{
	uid_t owner = geteuid();
	mode_t mode;
	struct stat st;

	if (lstat(want->path, &st) != 0) {
		check_fail(c, "%s: %s; %s", want->path, strerror(errno),
		    want->remedy);
		return;
	}
	if (want->owner == OWNER_SERVICE &&
	    !service_uid(&c->admin->conf, &owner))
		return;		/* the service account has its own check */
	mode = st.st_mode & 07777;
	if ((st.st_mode & S_IFMT) != want->type)
		check_fail(c, "%s is of the wrong type; move it away and %s",
		    want->path, want->remedy);
	else if (st.st_uid != owner)
		check_fail(c, "%s belongs to uid %u; chown %u it", want->path,
		    (unsigned int)st.st_uid, (unsigned int)owner);
	else if (mode != want->mode)
		check_fail(c, "%s has mode %04o; chmod %04o it", want->path,
		    (unsigned int)mode, (unsigned int)want->mode);
	else
		check_ok(c, "%s", want->path);
}

static void
check_state_files(struct checking *c)
{
	static const char create[] =
	    "run systemd-tmpfiles --create, then 8x8sso sync";
	const struct conf *conf = &c->admin->conf;
	char sync[64];
	struct wanted want[] = {
		{ "", S_IFDIR, 0755, OWNER_ROOT, create },
		{ "", S_IFDIR, 0700, OWNER_SERVICE, create },
		{ "", S_IFREG, 0600, OWNER_SERVICE, sync },
		{ "", S_IFREG, 0644, OWNER_ROOT, sync },
	};

	(void)snprintf(sync, sizeof(sync), "run %s", check_sync_command(conf));
	(void)snprintf(want[0].path, PATH_MAX, "%s", conf->host_state_dir);
	(void)snprintf(want[1].path, PATH_MAX, "%s/state",
	    conf->host_state_dir);
	conf_state_path(conf, want[2].path, PATH_MAX);
	conf_cache_path(conf, want[3].path, PATH_MAX);
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		if (c->synced || want[i].type == S_IFDIR)
			check_wanted(c, &want[i]);
}

void
check_files(struct checking *c)
{
	const struct conf *conf = &c->admin->conf;
	const struct {
		const char *path;
		bool secret;
	} given[] = {
		{ conf_idp_source(conf), false },
		{ conf->idp_ca_file, false },
		{ conf->scim_token_file, true },
		{ conf->scim_ca_file, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(given); i++) {
		AUTO_CLOSE int fd = -1;
		struct diag diag = DIAG_INIT;

		if (given[i].path[0] == '\0' ||
		    conf_is_address(given[i].path))
			continue;
		if (io_open_trusted(given[i].path, given[i].secret, &fd,
		    &diag) != ERR_OK)
			check_error(c, &diag);
		else
			check_ok(c, "%s", given[i].path);
	}
	check_state_files(c);
}

void
check_clock(struct checking *c)
{
	struct timex timex = { .modes = 0 };
	int state = adjtimex(&timex);

	/* Assertions live for minutes; a wrong clock refuses them all. */
	if (c->admin->now < EARLIEST_CLOCK)
		check_fail(c, "this host's clock is years behind; set it, and "
		    "run a time service");
	else if (state < 0)
		check_warn(c, "the kernel does not say whether it is "
		    "synchronised: %s", strerror(errno));
	else if (state == TIME_ERROR)
		check_warn(c, "the clock is not synchronised; run a time "
		    "service (systemd-timesyncd, chrony), or logins may be "
		    "refused as expired");
	else
		check_ok(c, "synchronised");
}

/* The whole way, for one published user: libc, nsswitch.conf, module,
 * cache. */
static void
check_lookup(struct checking *c)
{
	struct cache cache = CACHE_INIT;
	struct cache_user user;
	const struct passwd *pw;
	char path[PATH_MAX];

	conf_cache_path(&c->admin->conf, path, sizeof(path));
	if (cache_open(path, &cache) != ERR_OK)
		return;		/* the cache has its own check */
	if (cache_user_at(&cache, 0, &user) == ERR_OK) {
		pw = getpwnam(user.name);
		if (pw == NULL)
			check_fail(c, "%s is published, but this host does "
			    "not find it; is libnss_8x8.so.2 installed where "
			    "the loader looks (ldconfig)?", user.name);
		else if (pw->pw_uid != user.uid)
			check_fail(c, "%s is found with uid %u, published "
			    "with %u; another source answers first, or nscd "
			    "is behind (nscd -i passwd)", user.name,
			    (unsigned int)pw->pw_uid, user.uid);
		else
			check_ok(c, "%s is found by this host", user.name);
	}
	cache_close(&cache);
}

void
check_nsswitch(struct checking *c)
{
	static const char *const databases[] = { "passwd", "group" };
	static const char *const problems[] = {
		[NSSWITCH_MISSING] = "does not ask 8x8; add 8x8 after files",
		[NSSWITCH_FIRST] = "asks 8x8 before the local files; move "
		    "8x8 behind files",
		[NSSWITCH_SLOW] = "asks systemd before 8x8, which makes "
		    "lookups slow; move 8x8 before systemd",
	};
	AUTO(buf) struct buf text = BUF_INIT(NSSWITCH_SIZE_MAX);
	struct diag diag = DIAG_INIT;
	unsigned int good = 0;

	if (io_read_trusted(NSSWITCH_PATH, false, &text, &diag) != ERR_OK) {
		check_warn(c, "%s", diag.text);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(databases); i++) {
		enum nsswitch result = nsswitch_judge(buf_str(&text),
		    databases[i]);

		if (result == NSSWITCH_GOOD)
			good++;
		else
			check_warn(c, "%s: the line %s %s", NSSWITCH_PATH,
			    databases[i], problems[result]);
	}
	if (good == ARRAY_LEN(databases))
		check_lookup(c);
}
