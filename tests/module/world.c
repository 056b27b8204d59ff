/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <security/pam_ext.h>
#include <security/pam_modutil.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "cache/writer.h"

char world_dir[] = "/tmp/test_pam.XXXXXX";
char world_module[4096];
char world_helper[4096];
struct world_talk world_talk;
char world_log[4096];
bool world_passwd_is_missing;

#define EXPORT __attribute__((visibility("default")))

struct account {
	const char *name;
	uid_t uid;
};

/* What is in /etc/passwd, and what the host resolves it to. */
static const struct account local[] = {
	{ "root", 0 }, { "daemon", 1 }, { "bob", 1000 },
	{ LINKED, 1001 }, { "B.Simon", 1002 },
	/* The cache links other uids of these, or root's. */
	{ "link.moved", 1104 }, { "link.toor", 0 }, { "link.system", 999 },
	/* Not of the local file: LDAP answers first. */
	{ "link.ldap", 5001 }, { "link.range", ID_MIN + 20 },
	{ "link.gone", (uid_t)-1 },
};

static const struct account elsewhere[] = {
	{ "in.range", ID_MIN },
	{ "at.end", ID_MAX },
	{ "below.range", ID_MIN - 1 },
	{ "above.range", ID_MAX + 1u },
	{ "cached.elsewhere", 5000 },
	{ "toor", 0 },
	{ "link.nofile", 1005 },
};

EXPORT int
pam_modutil_check_user_in_passwd(pam_handle_t *pamh, const char *user,
    const char *file)
{
	(void)pamh;
	(void)file;
	if (world_passwd_is_missing)
		return PAM_SERVICE_ERR;
	for (size_t i = 0; i < ARRAY_LEN(local); i++)
		if (strcmp(user, local[i].name) == 0)
			return PAM_SUCCESS;
	return PAM_PERM_DENIED;
}

EXPORT struct passwd *
pam_modutil_getpwnam(pam_handle_t *pamh, const char *user)
{
	static struct passwd pw;
	const struct account *found = NULL;

	(void)pamh;
	for (size_t i = 0; i < ARRAY_LEN(local); i++)
		if (strcmp(local[i].name, user) == 0)
			found = &local[i];
	for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
		if (strcmp(elsewhere[i].name, user) == 0)
			found = &elsewhere[i];
	if (found == NULL || found->uid == (uid_t)-1)
		return NULL;
	pw.pw_uid = found->uid;
	return &pw;
}

EXPORT void
pam_syslog(const pam_handle_t *pamh, int priority, const char *fmt, ...)
{
	size_t len = strlen(world_log);
	va_list ap;

	(void)pamh;
	(void)priority;
	va_start(ap, fmt);
	(void)vsnprintf(world_log + len, sizeof(world_log) - len, fmt, ap);
	va_end(ap);
	len = strlen(world_log);
	(void)snprintf(world_log + len, sizeof(world_log) - len, "\n");
}

static int
converse(int count, const struct pam_message **msg,
    struct pam_response **ret, void *context)
{
	siginfo_t gone;

	(void)context;
	assert_int_equal(count, 1);
	world_talk.calls++;
	world_talk.style = msg[0]->msg_style;
	(void)snprintf(world_talk.text, sizeof(world_talk.text), "%s",
	    msg[0]->msg);
	if (world_talk.becomes != NULL)
		assert_int_equal(pam_set_item(world_talk.pamh, PAM_USER,
		    world_talk.becomes), PAM_SUCCESS);
	if (world_talk.outlasts)
		assert_int_equal(waitid(P_ALL, 0, &gone, WEXITED | WNOWAIT),
		    0);
	if (world_talk.code != PAM_SUCCESS)
		return world_talk.code;
	*ret = calloc(1, sizeof(**ret));
	assert_non_null(*ret);
	if (world_talk.answer != NULL)
		(*ret)->resp = strdup(world_talk.answer);
	return PAM_SUCCESS;
}

void
world_write(const char *name, const void *data, size_t len)
{
	char path[4200];

	(void)snprintf(path, sizeof(path), "%s/%s", world_dir, name);
	assert_err(io_replace(path, data, len, 0644, NULL), ERR_OK);
}

static void
write_cache(void)
{
	static const char *const names[] = { OURS, "cached.elsewhere" };
	static const struct account links[] = {
		{ LINKED, 1001 }, { "link.moved", 1004 },
		{ "link.toor", 1006 }, { "link.system", 1007 },
		{ "link.ldap", 1008 }, { "link.range", 1009 },
		{ "link.gone", 1010 }, { "link.nofile", 1005 },
		{ "toor", 1011 }, { "daemon", 1012 },
	};
	AUTO(buf) struct buf bytes = BUF_INIT(1u << 20);
	struct cache_writer *w = cache_writer_new();

	assert_non_null(w);
	for (uint32_t i = 0; i < ARRAY_LEN(names); i++)
		assert_err(cache_writer_add_user(w, names[i], ID_MIN + 7 + i,
		    "", "/home/x", "/bin/sh", true, NULL, 0, NULL), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		assert_err(cache_writer_add_link(w, links[i].name,
		    links[i].uid, NULL), ERR_OK);
	assert_err(cache_writer_finish(w, &bytes, NULL), ERR_OK);
	cache_writer_free(&w);
	world_write("cache", bytes.data, bytes.len);
}

int
world_set_up(void **state)
{
	static const char deny[] = "auth required pam_deny.so\n";
	const char *build = getenv("top_builddir");

	(void)state;
	if (build == NULL)
		build = ".";
	(void)snprintf(world_helper, sizeof(world_helper),
	    "%s/tests/module/fake_helper", build);
	(void)snprintf(world_module, sizeof(world_module),
	    "%s/.libs/pam_8x8sso.so", build);
	assert_non_null(mkdtemp(world_dir));
	world_write("other", deny, strlen(deny));
	world_write("stack", "", 0);
	world_write("empty", "", 0);
	world_write("junk", "\x7f" "ELF or not", 12);
	write_cache();
	return 0;
}

int
world_tear_down(void **state)
{
	static const char *const names[] = {
		"/other", "/stack", "/empty", "/junk", "/cache", ""
	};
	char path[4200];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", world_dir,
		    names[i]);
		assert_int_equal(remove(path), 0);
	}
	return 0;
}

pam_handle_t *
world_start(const char *service, const char *user)
{
	static const struct pam_conv conv = { converse, NULL };
	pam_handle_t *pamh = NULL;

	world_log[0] = '\0';
	world_talk.calls = 0;
	assert_int_equal(pam_start_confdir(service, user, &conv, world_dir,
	    &pamh), PAM_SUCCESS);
	world_talk.pamh = pamh;
	return pamh;
}

void
world_assert_logged(const char *part)
{
	if (strstr(world_log, part) == NULL)
		fail_msg("\"%s\" is not in the log: %s", part, world_log);
}
