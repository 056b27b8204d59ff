/* SPDX-License-Identifier: BSD-2-Clause */
#include "admin/check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "admin/fetch.h"
#include "admin/grace.h"
#include "admin/oidc_print.h"
#include "admin/print.h"
#include "base/clock.h"
#include "base/io.h"
#include "sys/sandbox.h"

/* -- what is configured ---------------------------------------------------- */

/* Whoever can write the program gets every confirmation code. */
static void
check_confirm(struct checking *c)
{
	const struct conf *conf = &c->admin->conf;
	const char *path = conf->device_confirm;
	AUTO_CLOSE int fd = -1;
	struct diag diag = DIAG_INIT;
	bool runs = false;

	if (path[0] == '\0')
		return;
	if (io_open_trusted(path, false, &fd, &diag) != ERR_OK) {
		check_error(c, &diag);
		return;
	}
	if (sandbox_as(conf->host_user, &diag) == ERR_OK)
		runs = faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
	if (sandbox_as_root(&diag) != ERR_OK)
		check_error(c, &diag);
	else if (!runs)
		check_fail(c, "%s: the service account cannot run it "
		    "(chmod 0755)", path);
	else
		check_ok(c, "%s sends the confirmation codes", path);
}

/* -- the provider ---------------------------------------------------------- */

void
check_device(struct checking *c)
{
	const struct conf *conf = &c->admin->conf;
	struct oidc_record *fetched = &c->device;
	struct diag diag = DIAG_INIT;

	if (!conf->device_enabled) {
		check_ok(c, "off");
		return;
	}
	check_confirm(c);
	if (fetch_oidc(c->admin, &fetched->endpoints, &fetched->keys,
	    &diag) != ERR_OK) {
		check_error(c, &diag);
		return;
	}
	c->has_device = true;
	check_ok(c, "connected; people sign in to application %s at %s",
	    conf->device_client_id, fetched->endpoints.device);
	check_ok(c, "keys of the provider: %zu, and of no use here: %zu",
	    fetched->keys.count, fetched->keys.left_out);
}

struct stored_device {
	const struct conf *conf;
	struct oidc_record record;
};

static enum err
read_device(struct store *store, void *context, struct diag *diag)
{
	struct stored_device *stored = context;

	return oidc_read(store, stored->conf, &stored->record, diag);
}

/* The provider may have changed both since the last sync. */
static void
compare_device(struct checking *c, const struct oidc_record *stored)
{
	const struct oidc_endpoints *now = &c->device.endpoints;
	const struct oidc_endpoints *then = &stored->endpoints;

	if (strcmp(now->device, then->device) != 0 ||
	    strcmp(now->token, then->token) != 0 ||
	    strcmp(now->jwks_uri, then->jwks_uri) != 0)
		check_warn(c, "logins use other addresses than the "
		    "provider's; the next 8x8sso sync takes them");
	if (oidc_keys_beyond(&c->device.keys, &stored->keys) > 0 ||
	    oidc_keys_beyond(&stored->keys, &c->device.keys) > 0)
		check_warn(c, "the provider has changed some keys; the next "
		    "8x8sso sync takes them");
}

void
check_device_keys(struct checking *c)
{
	struct stored_device stored = { .conf = &c->admin->conf };
	struct diag diag = DIAG_INIT;
	char age[PRINT_AGE_SIZE];
	enum err state;

	if (!c->admin->conf.device_enabled || !c->synced)
		return;
	if (admin_with_store(c->admin, read_device, &stored, &diag) !=
	    ERR_OK) {
		check_error(c, &diag);
		return;
	}
	state = oidc_state(&stored.record, stored.conf, c->admin->now);
	print_age(oidc_age(&stored.record, c->admin->now), age);
	if (state == ERR_OIDC_MISSING)
		check_fail(c, "%s: nobody can sign in by code",
		    err_text(state));
	else if (state != ERR_OK)
		check_warn(c, "read %s, longer than [device] keys_max_age: "
		    "each login has to fetch them; run 8x8sso sync, and see "
		    "that the timer runs", age);
	else
		check_ok(c, "%zu, read %s", stored.record.keys.count, age);
	if (state != ERR_OIDC_MISSING && c->has_device)
		compare_device(c, &stored.record);
}

/* -- how long this host waits ---------------------------------------------- */

#define SSHD_PATH "/usr/sbin/sshd"
#define SSHD_OUTPUT_MAX (256u * 1024)
#define SSHD_MS 10000
#define LOGIN_DEFS_PATH "/etc/login.defs"
#define LOGIN_DEFS_MAX (64u * 1024)

/* Starts it with a pipe for its output and nothing else of ours. */
static enum err
start_sshd(int output, pid_t *ret_pid, struct diag *diag)
{
	char *const argv[] = { (char[]){ SSHD_PATH }, (char[]){ "-T" },
	    NULL };
	char *const environment[] = { NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid = 0;
	int e = posix_spawn_file_actions_init(&actions);

	if (e != 0)
		return fail(diag, ERR_NOMEM, "sshd");
	e = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO,
	    "/dev/null", O_RDONLY, 0);
	if (e == 0)
		e = posix_spawn_file_actions_adddup2(&actions, output,
		    STDOUT_FILENO);
	if (e == 0)
		e = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
		    "/dev/null", O_WRONLY, 0);
	if (e == 0)
		e = posix_spawn(&pid, SSHD_PATH, &actions, NULL, argv,
		    environment);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (e != 0)
		return fail(diag, ERR_SPAWN, SSHD_PATH ": %s", strerror(e));
	*ret_pid = pid;
	return ERR_OK;
}

/* What `sshd -T` writes, which is what it would do with its configuration. */
static enum err
ask_sshd(struct buf *out, struct diag *diag)
{
	AUTO_CLOSE int reader = -1;
	int ends[2];
	int status = 0;
	pid_t pid = 0;
	enum err r;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return fail_errno(diag, ERR_IO, "pipe");
	reader = ends[0];
	r = start_sshd(ends[1], &pid, diag);
	(void)close(ends[1]);
	if (r != ERR_OK)
		return r;
	r = io_read_until(reader, out, clock_monotonic_ms() + SSHD_MS, diag);
	if (r != ERR_OK)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (r == ERR_OK && status != 0)
		return fail(diag, ERR_IO, "sshd -T fails");
	return r;
}

/* A limit of the host's, and the key that has to know it. */
struct limit {
	const char *host_key;
	int64_t host;
	const char *key;
	int64_t configured;
};

static void
check_limit(struct checking *c, const struct limit *limit)
{
	int64_t timeout = c->admin->conf.device_timeout;

	switch (grace_judge(limit->host, limit->configured, timeout)) {
	case GRACE_CUT_OFF:
		check_warn(c, "%s ends a login after %" PRId64 " s, without "
		    "a word to the person; set [prompt] %s = %" PRId64 "s, "
		    "or raise %s", limit->host_key, limit->host, limit->key,
		    limit->host, limit->host_key);
		break;
	case GRACE_TIGHT:
		check_ok(c, "[prompt] %s ends a sign-in after %" PRId64 " s; "
		    "for the %" PRId64 " s of [device] timeout raise it, and "
		    "%s", limit->key, limit->configured, timeout,
		    limit->host_key);
		break;
	case GRACE_GOOD:
		check_ok(c, "%s leaves time enough", limit->host_key);
		break;
	}
}

static void
check_sshd(struct checking *c)
{
	AUTO(buf) struct buf text = BUF_INIT(SSHD_OUTPUT_MAX);
	struct limit limit = {
		"LoginGraceTime", 0, "ssh_grace",
		c->admin->conf.prompt_ssh_grace,
	};
	struct diag diag = DIAG_INIT;

	if (access(SSHD_PATH, X_OK) != 0)
		return;
	if (ask_sshd(&text, &diag) != ERR_OK)
		check_warn(c, "%s; whether [prompt] ssh_grace is its "
		    "LoginGraceTime is not known", diag.text);
	else if (!grace_of_sshd(buf_str(&text), &limit.host))
		check_warn(c, "sshd -T does not tell LoginGraceTime");
	else
		check_limit(c, &limit);
}

static void
check_login(struct checking *c)
{
	AUTO(buf) struct buf text = BUF_INIT(LOGIN_DEFS_MAX);
	struct limit limit = {
		"LOGIN_TIMEOUT", 0, "login_grace",
		c->admin->conf.prompt_login_grace,
	};

	/* Without the file login has the same limit. */
	(void)!io_read_trusted(LOGIN_DEFS_PATH, false, &text, NULL);
	limit.host = grace_of_login(buf_str(&text));
	check_limit(c, &limit);
}

void
check_login_times(struct checking *c)
{
	if (!c->admin->conf.device_enabled)
		return;
	check_sshd(c);
	check_login(c);
}
