/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names that nobody knows, on a host that creates people: for whom the built
 * module asks a helper at all, and what it makes of a publisher that does, or
 * does not do, its work.
 */
#include "world.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <security/pam_modules.h>

#include "base/cleanup.h"
#include "cache/writer.h"

#define NEW "new.one"

typedef int entry_function(pam_handle_t *pamh, int flags, int argc,
	const char **argv);

static entry_function *authenticate;
static entry_function *acct_mgmt;
static entry_function *setcred;
static uid_t caller;
static uid_t real;

/* The module asks this program who it is. */
uid_t geteuid(void);
__attribute__((visibility("default"))) uid_t
geteuid(void)
{
	return caller;
}

uid_t getuid(void);
__attribute__((visibility("default"))) uid_t
getuid(void)
{
	return real;
}

static void
write_cache(const char *file, bool jit, const char *name, bool may_log_in)
{
	AUTO(buf) struct buf bytes = BUF_INIT(1u << 20);
	struct cache_writer *w = cache_writer_new();

	assert_non_null(w);
	if (jit)
		cache_writer_allow_jit(w);
	assert_err(cache_writer_add_user(w, OURS, ID_MIN + 7, "", "/home/x",
	    "/bin/sh", true, NULL, 0, NULL), ERR_OK);
	if (name != NULL)
		assert_err(cache_writer_add_user(w, name, ID_MIN + 9, "",
		    "/home/y", "/bin/sh", may_log_in, NULL, 0, NULL), ERR_OK);
	assert_err(cache_writer_finish(w, &bytes, NULL), ERR_OK);
	cache_writer_free(&w);
	world_write(file, bytes.data, bytes.len);
}

static const char *
in_world(const char *name)
{
	static char path[4200];

	(void)snprintf(path, sizeof(path), "%s/%s", world_dir, name);
	return path;
}

static void
write_publisher(const char *script)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "#!/bin/sh\nd=${0%%/*}\n%s\n",
	    script);
	world_write("publisher", text, strlen(text));
	assert_int_equal(chmod(in_world("publisher"), 0755), 0);
}

struct asked {
	const char *user;
	const char *service;
	const char *rhost;
	const char *cache;
	const char *mode;		/* of the helper */
	const char *command;
};

static int
call(entry_function *entry, const struct asked *asked)
{
	char words[4][4200];
	const char *argv[] = { words[0], words[1], words[2], words[3] };
	pam_handle_t *pamh = world_start(asked->service, asked->user);
	int code;

	(void)snprintf(words[0], sizeof(words[0]), "cache=%s/%s", world_dir,
	    asked->cache);
	(void)snprintf(words[1], sizeof(words[1]), "helper=%s",
	    world_helper);
	(void)snprintf(words[2], sizeof(words[2]), "config=/%s",
	    asked->mode);
	(void)snprintf(words[3], sizeof(words[3]), "command=%s/%s", world_dir,
	    asked->command);
	if (asked->rhost != NULL)
		assert_int_equal(pam_set_item(pamh, PAM_RHOST, asked->rhost),
		    PAM_SUCCESS);
	errno = 4711;
	code = entry(pamh, 0, 4, argv);
	assert_int_equal(errno, 4711);
	(void)pam_end(pamh, code);
	return code;
}

static const struct asked at_the_screen = {
	NEW, "login", NULL, "jit", "publish", "publisher",
};

static int
sign_in(const char *mode)
{
	struct asked asked = at_the_screen;

	asked.mode = mode;
	return call(authenticate, &asked);
}

#define PUBLISHES "/bin/cp $d/after $d/new && /bin/mv $d/new $d/jit"

static int
setup(void **state)
{
	(void)state;
	caller = (uid_t)syscall(SYS_geteuid);
	real = (uid_t)syscall(SYS_getuid);
	write_cache("jit", true, NULL, true);
	write_cache("plain", false, NULL, true);
	write_cache("after", true, NEW, true);
	write_publisher(PUBLISHES);
	return 0;
}

static int
set_up_world(void **state)
{
	void *module;

	caller = (uid_t)syscall(SYS_geteuid);
	(void)world_set_up(state);
	module = dlopen(world_module, RTLD_NOW);
	if (module == NULL)
		fail_msg("%s", dlerror());
	*(void **)&authenticate = dlsym(module, "pam_sm_authenticate");
	*(void **)&acct_mgmt = dlsym(module, "pam_sm_acct_mgmt");
	*(void **)&setcred = dlsym(module, "pam_sm_setcred");
	return 0;
}

static int
tear_down_world(void **state)
{
	static const char *const names[] = {
		"jit", "plain", "after", "publisher", "note",
	};

	caller = (uid_t)syscall(SYS_geteuid);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		(void)unlink(in_world(names[i]));
	return world_tear_down(state);
}

static void
somebody_new_is_published_and_gets_in(void **state)
{
	(void)state;
	assert_int_equal(sign_in("publish"), PAM_SUCCESS);
	/* Now the cache has them, for whatever PAM is asked next. */
	assert_int_equal(sign_in("grant"), PAM_SUCCESS);
	assert_int_equal(call(acct_mgmt, &(struct asked){ NEW, "login", NULL,
	    "jit", "grant", "publisher" }), PAM_SUCCESS);
}

static void
a_name_is_nobodys_where_nobody_is_created(void **state)
{
	static const struct asked rows[] = {
		{ NEW, "login", NULL, "plain", "publish", "publisher" },
		{ NEW, "login", NULL, "none", "publish", "publisher" },
		{ NEW, "login", NULL, "junk", "publish", "publisher" },
		{ NEW, "sshd", NULL, "jit", "publish", "publisher" },
		{ NEW, "sshd", "192.0.2.7", "jit", "publish", "publisher" },
		{ NEW, "login", "192.0.2.7", "jit", "publish", "publisher" },
		{ NEW, "gdm", "x", "jit", "publish", "publisher" },
		{ "New.One", "login", NULL, "jit", "publish", "publisher" },
		{ "1", "login", NULL, "jit", "publish", "publisher" },
		{ "new one", "login", NULL, "jit", "publish", "publisher" },
		{ "new/one", "login", NULL, "jit", "publish", "publisher" },
		{ "..", "login", NULL, "jit", "publish", "publisher" },
		{ "nobody", "login", NULL, "jit", "publish", "publisher" },
		{ "", "login", NULL, "jit", "publish", "publisher" },
		/* The host knows them from elsewhere. */
		{ "below.range", "login", NULL, "jit", "publish",
		    "publisher" },
		{ "above.range", "login", NULL, "jit", "publish",
		    "publisher" },
	};

	(void)state;
	write_publisher("exec >$d/note");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(call(authenticate, &rows[i]),
		    PAM_USER_UNKNOWN);
		assert_int_equal(world_talk.calls, 0);
	}
	assert_int_equal(access(in_world("note"), F_OK), -1);
	caller = 1000;
	assert_int_equal(sign_in("publish"), PAM_USER_UNKNOWN);
	caller = 0;
	real = 1000;
	assert_int_equal(sign_in("publish"), PAM_USER_UNKNOWN);
	assert_int_equal(world_talk.calls, 0);
}

static void
local_people_are_local_here_too(void **state)
{
	static const char *const users[] = { "root", "daemon", "toor" };
	struct asked asked = at_the_screen;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(users); i++) {
		asked.user = users[i];
		assert_int_equal(call(authenticate, &asked), PAM_IGNORE);
	}
}

/* Only who signs in becomes somebody. */
static void
other_functions_know_nobody_new(void **state)
{
	(void)state;
	assert_int_equal(call(acct_mgmt, &at_the_screen), PAM_USER_UNKNOWN);
	assert_int_equal(call(setcred, &at_the_screen), PAM_IGNORE);
}

static void
without_a_name_in_the_cache_nobody_gets_in(void **state)
{
	static const char *const publishers[] = {
		"exit 0", "exit 1", "kill -9 $$", "echo ok; exit 0",
		/* Somebody, but not this one, or not to log in. */
		"/bin/cp $d/plain $d/jit",
		"echo junk >$d/jit", "/bin/rm $d/jit",
		"exec /nonexistent",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(publishers); i++) {
		write_cache("jit", true, NULL, true);
		write_publisher(publishers[i]);
		assert_int_equal(sign_in("publish"), PAM_SYSTEM_ERR);
		world_assert_logged("reason=jit-publish ");
	}
}

static void
an_account_that_may_not_log_in_is_not_enough(void **state)
{
	(void)state;
	write_cache("jit", true, NEW, false);
	write_publisher("exit 0");
	assert_int_equal(sign_in("publish"), PAM_SYSTEM_ERR);
	world_assert_logged("reason=jit-publish ");
	write_publisher(PUBLISHES);
	assert_int_equal(sign_in("publish"), PAM_SUCCESS);
}

static void
a_missing_publisher_denies(void **state)
{
	struct asked asked = at_the_screen;

	(void)state;
	asked.command = "missing";
	assert_int_equal(call(authenticate, &asked), PAM_SYSTEM_ERR);
	world_assert_logged("reason=jit-publish ");
	world_assert_logged("/missing");
	assert_non_null(strstr(world_talk.text, "does not work on this host"));
}

static void
somebody_who_is_published_is_not_published_again(void **state)
{
	(void)state;
	write_publisher("echo ran >$d/note; " PUBLISHES);
	write_cache("jit", true, NEW, true);
	assert_int_equal(sign_in("publish"), PAM_SUCCESS);
	assert_int_equal(access(in_world("note"), F_OK), -1);
}

static void
the_publisher_is_told_what_to_do_and_nothing_else(void **state)
{
	(void)state;
	write_publisher("[ \"$*\" = 'publish --config /publish' ] && "
	    "[ \"$(pwd)\" = / ] && [ -z \"$SECRET\" ] && " PUBLISHES);
	assert_int_equal(setenv("SECRET", "s3cr3t", 1), 0);
	assert_int_equal(sign_in("publish"), PAM_SUCCESS);
	assert_int_equal(unsetenv("SECRET"), 0);
}

static void
a_slow_publisher_is_waited_for(void **state)
{
	(void)state;
	write_publisher("/bin/sleep 1.5; " PUBLISHES);
	assert_int_equal(sign_in("publish"), PAM_SUCCESS);
}

/* What it leaves behind keeps its socket open; the login goes on. */
static void
one_that_leaves_processes_behind_delays_nobody(void **state)
{
	time_t before = time(NULL);

	(void)state;
	write_publisher("for i in 1 2 3 4 5; do /bin/sleep 7 & done; "
	    PUBLISHES);
	assert_int_equal(sign_in("publish"), PAM_SUCCESS);
	assert_true(time(NULL) - before < 5);
}

static void
no_child_is_left(void **state)
{
	(void)state;
	assert_int_equal(sign_in("publish"), PAM_SUCCESS);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
an_application_that_reaps_for_itself_loses_nobody(void **state)
{
	(void)state;
	assert_true(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
	assert_int_equal(sign_in("publish"), PAM_SUCCESS);
	write_cache("jit", true, NULL, true);
	write_publisher("exit 0");
	assert_int_equal(sign_in("publish"), PAM_SYSTEM_ERR);
	assert_true(signal(SIGCHLD, SIG_DFL) == SIG_IGN);
}

static void
a_helper_is_obeyed_in_its_turn_only(void **state)
{
	static const struct {
		const char *mode;
		int code;
		const char *reason;
	} rows[] = {
		{ "publish-another", PAM_SYSTEM_ERR, "wire-unexpected" },
		{ "publish-twice", PAM_SYSTEM_ERR, "wire-unexpected" },
		{ "publish-and-die", PAM_SYSTEM_ERR, "wire-closed" },
		{ "publish-and-deny", PAM_AUTH_ERR, "saml-audience" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		write_cache("jit", true, NULL, true);
		assert_int_equal(sign_in(rows[i].mode), rows[i].code);
		world_assert_logged(rows[i].reason);
	}
	assert_int_equal(call(acct_mgmt, &(struct asked){ OURS, "login", NULL,
	    "jit", "publish", "publisher" }), PAM_SYSTEM_ERR);
	world_assert_logged("wire-unexpected");
}

#define TEST(function) cmocka_unit_test_setup(function, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(somebody_new_is_published_and_gets_in),
		TEST(a_name_is_nobodys_where_nobody_is_created),
		TEST(local_people_are_local_here_too),
		TEST(other_functions_know_nobody_new),
		TEST(without_a_name_in_the_cache_nobody_gets_in),
		TEST(an_account_that_may_not_log_in_is_not_enough),
		TEST(a_missing_publisher_denies),
		TEST(somebody_who_is_published_is_not_published_again),
		TEST(the_publisher_is_told_what_to_do_and_nothing_else),
		TEST(a_slow_publisher_is_waited_for),
		TEST(one_that_leaves_processes_behind_delays_nobody),
		TEST(no_child_is_left),
		TEST(an_application_that_reaps_for_itself_loses_nobody),
		TEST(a_helper_is_obeyed_in_its_turn_only),
	};

	/* Whoever publishes is root, and its files are believed. */
	if (syscall(SYS_geteuid) != 0) {
		(void)printf("1..0 # SKIP not root\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, set_up_world, tear_down_world);
}
