/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the six functions of the built module return, for every kind of user
 * and every way in which a helper can behave.
 */
#include "world.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <pty.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <security/pam_modules.h>

#include "base/cleanup.h"

typedef int entry_function(pam_handle_t *pamh, int flags, int argc,
	const char **argv);

enum { AUTH, CRED, ACCT, OPEN, CLOSE, PASS, ENTRIES };

static const char *const entry_names[ENTRIES] = {
	"pam_sm_authenticate", "pam_sm_setcred", "pam_sm_acct_mgmt",
	"pam_sm_open_session", "pam_sm_close_session", "pam_sm_chauthtok",
};
static entry_function *entries[ENTRIES];

/* PAM_TTY. */
static const char *tty = "\xff\xfe";

/* "NAME=value" for the PAM environment, or NULL. */
static const char *variable;

static int
call(int entry, const char *user, int flags, int argc, const char **argv)
{
	pam_handle_t *pamh = world_start("fake", user);
	int code;

	assert_int_equal(pam_set_item(pamh, PAM_RHOST, "192.0.2.7"),
	    PAM_SUCCESS);
	assert_int_equal(pam_set_item(pamh, PAM_TTY, tty), PAM_SUCCESS);
	if (variable != NULL)
		assert_int_equal(pam_putenv(pamh, variable), PAM_SUCCESS);
	errno = 4711;
	code = entries[entry](pamh, flags, argc, argv);
	assert_int_equal(errno, 4711);
	(void)pam_end(pamh, code);
	return code;
}

/* One call with a helper that behaves like this, and this cache. */
static int
call_with(int entry, const char *user, int flags, const char *mode,
    const char *cache)
{
	char words[3][4200];
	const char *argv[] = { words[0], words[1], words[2] };

	(void)snprintf(words[0], sizeof(words[0]), "cache=%s/%s", world_dir,
	    cache);
	(void)snprintf(words[1], sizeof(words[1]), "helper=%s",
	    world_helper);
	(void)snprintf(words[2], sizeof(words[2]), "config=/%s", mode);
	return call(entry, user, flags, 3, argv);
}

static int
ask(int entry, const char *user, const char *mode)
{
	return call_with(entry, user, 0, mode, "cache");
}

static void
all_six_functions_exist(void **state)
{
	(void)state;
	for (int i = 0; i < ENTRIES; i++)
		assert_non_null(entries[i]);
}

static void
return_values_by_kind_of_user(void **state)
{
	static const struct {
		const char *user;
		int code[ENTRIES];
	} rows[] = {
#define IGNORED { PAM_IGNORE, PAM_IGNORE, PAM_IGNORE, PAM_IGNORE, \
	PAM_IGNORE, PAM_IGNORE }
#define UNKNOWN { PAM_USER_UNKNOWN, PAM_IGNORE, PAM_USER_UNKNOWN, \
	PAM_IGNORE, PAM_IGNORE, PAM_IGNORE }
#define GRANTED { PAM_SUCCESS, PAM_SUCCESS, PAM_SUCCESS, PAM_SUCCESS, \
	PAM_SUCCESS, PAM_AUTHTOK_ERR }
		{ "root", IGNORED },
		{ "daemon", IGNORED },
		{ "toor", IGNORED },
		{ "bob", IGNORED },
		{ "B.Simon", IGNORED },
		{ "link.moved", IGNORED },
		{ "link.toor", IGNORED },
		{ "link.system", IGNORED },
		{ "link.ldap", IGNORED },
		{ "link.range", IGNORED },
		{ "link.gone", IGNORED },
		{ "", UNKNOWN },
		{ "nobody.knows", UNKNOWN },
		{ "b.simo", UNKNOWN },
		{ "b.simon ", UNKNOWN },
		{ "b.simon\n", UNKNOWN },
		{ "b.si\x7fmon", UNKNOWN },
		{ "below.range", UNKNOWN },
		{ "above.range", UNKNOWN },
		{ "cached.elsewhere", UNKNOWN },
		{ "link.nofile", UNKNOWN },
		{ "BSimon", UNKNOWN },
		{ LINKED " ", UNKNOWN },
		{ OURS, GRANTED },
		{ LINKED, GRANTED },
		{ "in.range", GRANTED },
		{ "at.end", GRANTED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (int e = 0; e < ENTRIES; e++)
			if (ask(e, rows[i].user, "grant") != rows[i].code[e])
				fail_msg("%s of \"%s\": %d", entry_names[e],
				    rows[i].user,
				    ask(e, rows[i].user, "grant"));
}

static void
a_name_longer_than_any_is_nobodys(void **state)
{
	char name[400];

	(void)state;
	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(ask(AUTH, name, "grant"), PAM_USER_UNKNOWN);
}

static void
without_a_cache_only_the_range_says_who_is_ours(void **state)
{
	static const char *const caches[] = { "missing", "empty", "junk" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(caches); i++) {
		assert_int_equal(call_with(AUTH, OURS, 0, "grant", caches[i]),
		    PAM_USER_UNKNOWN);
		assert_int_equal(call_with(AUTH, "root", 0, "grant",
		    caches[i]), PAM_IGNORE);
		for (int e = 0; e < ENTRIES; e++)
			assert_int_equal(call_with(e, LINKED, 0, "deny",
			    caches[i]), PAM_IGNORE);
		assert_int_equal(call_with(AUTH, "in.range", 0, "deny",
		    caches[i]), PAM_AUTH_ERR);
	}
}

static void
a_damaged_cache_is_in_the_log_and_a_missing_one_is_not(void **state)
{
	(void)state;
	(void)call_with(AUTH, OURS, 0, "grant", "junk");
	world_assert_logged("reason=cache-damaged");
	assert_null(strstr(world_log, OURS));
	(void)call_with(AUTH, OURS, 0, "grant", "missing");
	assert_string_equal(world_log, "");
	(void)call_with(AUTH, "root", 0, "grant", "junk");
	assert_string_equal(world_log, "");
}

static void
root_is_root_even_without_etc_passwd(void **state)
{
	(void)state;
	world_passwd_is_missing = true;
	for (int e = 0; e < ENTRIES; e++) {
		assert_int_equal(ask(e, "root", "grant"), PAM_IGNORE);
		assert_int_equal(ask(e, "toor", "grant"), PAM_IGNORE);
		assert_int_equal(ask(e, "link.toor", "grant"), PAM_IGNORE);
	}
	assert_int_equal(ask(AUTH, OURS, "grant"), PAM_SUCCESS);
	world_passwd_is_missing = false;
}

/* The "Bad input", seen from the module. */
static void
every_bad_helper_is_a_denial_with_a_reason(void **state)
{
	static const struct {
		const char *mode;
		int auth;
		int acct;
		const char *reason;
	} rows[] = {
		{ "deny", PAM_AUTH_ERR, PAM_PERM_DENIED,
		    "result=denied reason=saml-audience " },
		{ "inactive", PAM_AUTH_ERR, PAM_ACCT_EXPIRED,
		    "result=expired reason=user-inactive " },
		{ "unavailable", PAM_SYSTEM_ERR, PAM_SYSTEM_ERR,
		    "result=unavailable reason=store-missing " },
#define BROKEN(mode, reason) { mode, PAM_SYSTEM_ERR, PAM_SYSTEM_ERR, \
	"result=unavailable reason=" reason " " }
		BROKEN("garbage", "wire-version"),
		BROKEN("wrong-version", "wire-version"),
		BROKEN("half-header", "wire-closed"),
		BROKEN("half-payload", "wire-closed"),
		BROKEN("long-payload", "wire-syntax"),
		BROKEN("dies", "wire-closed"),
		BROKEN("no such mode", "wire-closed"),
		BROKEN("out-of-turn", "wire-unexpected"),
		BROKEN("flood", "wire-unexpected"),
		BROKEN("wait-too-long", "wire-syntax"),
		BROKEN("wait-for-ever", "wire-syntax"),
		BROKEN("wrong-nonce", "wire-unexpected"),
		BROKEN("no-nonce", "wire-unexpected"),
		BROKEN("short-nonce", "wire-unexpected"),
		BROKEN("wrong-user", "wire-unexpected"),
		BROKEN("user-prefix", "wire-unexpected"),
		BROKEN("no-user", "wire-unexpected"),
		BROKEN("wrong-operation", "wire-unexpected"),
		BROKEN("grant-with-reason", "wire-unexpected"),
		BROKEN("grant-without-reason", "wire-unexpected"),
		BROKEN("deny-with-ok", "wire-unexpected"),
		BROKEN("zero-verdict", "wire-unexpected"),
		BROKEN("one-verdict", "wire-unexpected"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int auth = ask(AUTH, OURS, rows[i].mode);
		int acct;

		world_assert_logged(rows[i].reason);
		acct = ask(ACCT, OURS, rows[i].mode);
		world_assert_logged(rows[i].reason);
		if (auth != rows[i].auth || acct != rows[i].acct)
			fail_msg("%s: %d %d", rows[i].mode, auth, acct);
	}
}

static void
a_missing_helper_denies_ours_and_nobody_else(void **state)
{
	char cache[4200];
	const char *argv[] = { cache, "helper=/nonexistent/helper" };

	(void)state;
	(void)snprintf(cache, sizeof(cache), "cache=%s/cache", world_dir);
	assert_int_equal(call(AUTH, OURS, 0, 2, argv), PAM_SYSTEM_ERR);
	world_assert_logged("reason=spawn ");
	world_assert_logged("/nonexistent/helper");
	assert_int_equal(world_talk.style, PAM_ERROR_MSG);
	assert_non_null(strstr(world_talk.text, "does not work on this host"));
	assert_int_equal(call(AUTH, OURS, (int)PAM_SILENT, 2, argv),
	    PAM_SYSTEM_ERR);
	assert_int_equal(world_talk.calls, 0);
	assert_int_equal(call(ACCT, OURS, 0, 2, argv), PAM_SYSTEM_ERR);
	assert_int_equal(call(AUTH, "root", 0, 2, argv), PAM_IGNORE);
	assert_int_equal(call(AUTH, "daemon", 0, 2, argv), PAM_IGNORE);
	assert_string_equal(world_log, "");
}

static void
a_bad_option_denies_ours_and_nobody_else(void **state)
{
	static const char *const bad[] = {
		"confg=/x", "config", "config=", "config=relative", "debug=1",
		"use_first_pass",
	};
	char words[2][4200];

	(void)state;
	(void)snprintf(words[0], sizeof(words[0]), "cache=%s/cache", world_dir);
	(void)snprintf(words[1], sizeof(words[1]), "helper=%s",
	    world_helper);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const char *argv[] = { bad[i], words[0], words[1] };

		for (int e = 0; e < ENTRIES; e++) {
			assert_int_equal(call(e, OURS, 0, 3, argv),
			    PAM_SERVICE_ERR);
			world_assert_logged("option");
			assert_int_equal(call(e, "root", 0, 3, argv),
			    PAM_IGNORE);
		}
	}
}

static void
answers_reach_the_helper(void **state)
{
	(void)state;
	world_talk.answer = "open";
	assert_int_equal(ask(AUTH, OURS, "three-prompts"), PAM_SUCCESS);
	assert_int_equal(world_talk.calls, 3);
	assert_int_equal(world_talk.style, PAM_PROMPT_ECHO_OFF);
	assert_string_equal(world_talk.text, "%s%n");
	world_talk.answer = "shut";
	assert_int_equal(ask(AUTH, OURS, "three-prompts"), PAM_AUTH_ERR);
	assert_int_equal(world_talk.calls, 1);
}

static void
the_longest_prompt_is_shown_whole(void **state)
{
	(void)state;
	world_talk.answer = "open";
	assert_int_equal(ask(AUTH, OURS, "huge-prompt"), PAM_SUCCESS);
	assert_int_equal(strlen(world_talk.text), PROMPT_MAX);
}

static void
no_answer_and_a_failing_conversation_deny(void **state)
{
	(void)state;
	world_talk.answer = NULL;
	assert_int_equal(ask(AUTH, OURS, "one-prompt"), PAM_AUTH_ERR);
	world_assert_logged("reason=answer-failed ");
	world_talk.code = PAM_CONV_ERR;
	assert_int_equal(ask(AUTH, OURS, "one-prompt"), PAM_AUTH_ERR);
	world_assert_logged("reason=answer-failed ");
	world_talk.code = PAM_SUCCESS;
}

static void
an_answer_that_comes_too_late_is_denied_for_that(void **state)
{
	(void)state;
	world_talk.answer = "open";
	world_talk.outlasts = true;
	assert_int_equal(ask(AUTH, OURS, "impatient"), PAM_AUTH_ERR);
	world_talk.outlasts = false;
	world_assert_logged("result=denied reason=answer-timeout ");
	assert_null(strstr(world_log, "detail="));
	assert_string_equal(world_talk.text, "too late");
}

static void
an_answer_of_10_mb_is_refused(void **state)
{
	size_t size = 10u * 1024 * 1024;
	AUTO_FREE char *answer = malloc(size + 1);

	(void)state;
	assert_non_null(answer);
	memset(answer, 'A', size);
	answer[size] = '\0';
	world_talk.answer = answer;
	assert_int_equal(ask(AUTH, OURS, "one-prompt"), PAM_AUTH_ERR);
	world_assert_logged("reason=answer-too-long ");
	answer[ANSWER_MAX + 1] = '\0';
	assert_int_equal(ask(AUTH, OURS, "one-prompt"), PAM_AUTH_ERR);
	answer[ANSWER_MAX] = '\0';
	assert_int_equal(ask(AUTH, OURS, "one-prompt"), PAM_SUCCESS);
	world_talk.answer = NULL;
}

static void
texts_are_shown_unless_silent(void **state)
{
	(void)state;
	assert_int_equal(ask(ACCT, OURS, "info"), PAM_SUCCESS);
	assert_int_equal(world_talk.calls, 2);
	assert_int_equal(world_talk.style, PAM_ERROR_MSG);
	assert_string_equal(world_talk.text, "%s%n");
	assert_int_equal(call_with(ACCT, OURS, (int)PAM_SILENT, "info",
	    "cache"), PAM_SUCCESS);
	assert_int_equal(world_talk.calls, 0);
}

static void
i1_a_user_who_changes_on_the_way_is_refused(void **state)
{
	(void)state;
	world_talk.answer = "open";
	world_talk.becomes = "in.range";
	assert_int_equal(ask(AUTH, OURS, "three-prompts"), PAM_AUTH_ERR);
	world_assert_logged("user=b.simon ");
	world_assert_logged("reason=link-mismatch ");
	world_talk.becomes = NULL;
}

static void
the_helper_learns_where_the_login_comes_from(void **state)
{
	(void)state;
	assert_int_equal(ask(AUTH, OURS, "begin-is-complete"), PAM_SUCCESS);
}

static void
the_helper_learns_how_large_the_terminal_is(void **state)
{
	static const struct winsize size = { .ws_col = 132, .ws_row = 43 };
	struct termios settings = { .c_iflag = IUTF8 };
	int input = fcntl(STDIN_FILENO, F_DUPFD, 10);
	char path[64];
	int master;
	int terminal;

	(void)state;
	assert_int_equal(openpty(&master, &terminal, NULL, &settings, &size),
	    0);
	assert_int_equal(ttyname_r(terminal, path, sizeof(path)), 0);
	assert_int_equal(dup2(terminal, STDIN_FILENO), STDIN_FILENO);
	tty = path;
	assert_int_equal(ask(AUTH, OURS, "terminal-132x43"), PAM_SUCCESS);
	assert_int_equal(ask(ACCT, OURS, "terminal-132x43"), PAM_SUCCESS);
	assert_int_equal(call_with(AUTH, OURS, (int)PAM_SILENT,
	    "terminal-unknown", "cache"), PAM_SUCCESS);
	tty = "ssh";
	assert_int_equal(ask(AUTH, OURS, "terminal-unknown"), PAM_SUCCESS);
	tty = "\xff\xfe";
	assert_int_equal(dup2(input, STDIN_FILENO), STDIN_FILENO);
	(void)close(input);
	(void)close(terminal);
	(void)close(master);
}

static void
v1_the_helper_learns_whether_a_key_came_first(void **state)
{
#define AUTH_INFO "SSH_AUTH_INFO_0="
	static const struct {
		const char *variable;
		bool key;
	} rows[] = {
		{ AUTH_INFO "publickey ssh-ed25519 AAAAC3Nza", true },
		{ AUTH_INFO "publickey ssh-ed25519 AAAAC3Nza\n", true },
		{ AUTH_INFO "password\npublickey ssh-rsa AAAAB3", true },
		{ AUTH_INFO "hostbased\n\npublickey ssh-rsa AAAAB3\n", true },
		{ NULL, false },
		{ AUTH_INFO, false },
		{ AUTH_INFO "\n", false },
		{ AUTH_INFO "publickey", false },
		{ AUTH_INFO "publickey\n", false },
		{ AUTH_INFO "publickeys ssh-rsa", false },
		{ AUTH_INFO "password", false },
		{ AUTH_INFO "password publickey ssh-rsa", false },
		{ AUTH_INFO " publickey ssh-rsa", false },
		{ AUTH_INFO "hostbased publickey ssh-rsa\n", false },
		{ AUTH_INFO "PUBLICKEY ssh-rsa AAAAB3", false },
		{ "SSH_AUTH_INFO_1=publickey ssh-rsa AAAAB3", false },
		{ "SSH_AUTH_INFO=publickey ssh-rsa AAAAB3", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		variable = rows[i].variable;
		if (ask(AUTH, OURS, rows[i].key ? "key-first" :
		    "no-key-first") != PAM_SUCCESS)
			fail_msg("row %zu", i);
	}
	variable = NULL;
}

/* The application's own environment is its user's. */
static void
v1_a_key_in_the_environment_is_none(void **state)
{
	(void)state;
	assert_int_equal(setenv("SSH_AUTH_INFO_0", "publickey ssh-rsa AAAA",
	    1), 0);
	assert_int_equal(ask(AUTH, OURS, "no-key-first"), PAM_SUCCESS);
	(void)unsetenv("SSH_AUTH_INFO_0");
}

/* login(1) sets one at its start.  A timer of another kind is none. */
static void
v4_the_helper_learns_of_the_applications_alarm(void **state)
{
	static const struct itimerval ticks = { { 60, 0 }, { 60, 0 } };
	static const struct itimerval off = { { 0, 0 }, { 0, 0 } };
	struct itimerval after;

	(void)state;
	assert_int_equal(ask(AUTH, OURS, "no-alarm"), PAM_SUCCESS);
	(void)alarm(60);
	assert_int_equal(ask(AUTH, OURS, "alarm"), PAM_SUCCESS);
	assert_int_equal(getitimer(ITIMER_REAL, &after), 0);
	assert_in_range(after.it_value.tv_sec, 50, 60);
	assert_int_equal(setitimer(ITIMER_REAL, &ticks, NULL), 0);
	assert_int_equal(ask(AUTH, OURS, "no-alarm"), PAM_SUCCESS);
	assert_int_equal(setitimer(ITIMER_REAL, &off, NULL), 0);
}

static void
the_helper_inherits_nothing(void **state)
{
	AUTO_CLOSE int fd = open("/dev/null", O_RDONLY);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(setenv("https_proxy", "http://192.0.2.1", 1), 0);
	assert_int_equal(ask(AUTH, OURS, "surroundings"), PAM_SUCCESS);
	(void)unsetenv("https_proxy");
}

static void
a_password_change_says_where_passwords_are(void **state)
{
	(void)state;
	assert_int_equal(call_with(PASS, OURS, PAM_PRELIM_CHECK, "grant",
	    "cache"), PAM_AUTHTOK_ERR);
	assert_int_equal(world_talk.calls, 1);
	assert_int_equal(call_with(PASS, OURS, PAM_UPDATE_AUTHTOK, "grant",
	    "cache"), PAM_AUTHTOK_ERR);
	assert_int_equal(world_talk.calls, 0);
}

static void
one_log_line_per_decision_and_none_for_others(void **state)
{
	(void)state;
	assert_int_equal(ask(AUTH, OURS, "grant"), PAM_SUCCESS);
	world_assert_logged("user=b.simon result=granted reason=ok login=");
	assert_ptr_equal(strchr(world_log, '\n'),
	    world_log + strlen(world_log) - 1);
	(void)ask(AUTH, "nobody.knows", "grant");
	assert_string_equal(world_log, "");
	(void)ask(CRED, OURS, "grant");
	assert_string_equal(world_log, "");
}

static void
debug_says_why_without_the_name(void **state)
{
	const char *argv[] = { "debug" };

	(void)state;
	assert_int_equal(call(AUTH, "nobody.knows", 0, 1, argv),
	    PAM_USER_UNKNOWN);
	world_assert_logged("not ours: unknown");
	assert_null(strstr(world_log, "nobody.knows"));
}

static void
a_host_that_ignores_sigchld_gets_its_answer(void **state)
{
	(void)state;
	(void)signal(SIGCHLD, SIG_IGN);
	assert_int_equal(ask(AUTH, OURS, "grant"), PAM_SUCCESS);
	assert_int_equal(ask(AUTH, OURS, "deny"), PAM_AUTH_ERR);
	(void)signal(SIGCHLD, SIG_DFL);
}

static int
count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n;
}

static void
no_descriptor_and_no_process_stays_behind(void **state)
{
	static const char *const modes[] = { "grant", "garbage", "dies" };
	int before = count_descriptors();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		(void)ask(AUTH, OURS, modes[i]);
	assert_int_equal(count_descriptors(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static int
set_up(void **state)
{
	void *module;

	(void)world_set_up(state);
	module = dlopen(world_module, RTLD_NOW | RTLD_LOCAL);
	if (module == NULL)
		fail_msg("%s", dlerror());
	for (int i = 0; i < ENTRIES; i++) {
		void *symbol = dlsym(module, entry_names[i]);

		memcpy(&entries[i], &symbol, sizeof(symbol));
	}
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_six_functions_exist),
		cmocka_unit_test(return_values_by_kind_of_user),
		cmocka_unit_test(a_name_longer_than_any_is_nobodys),
		cmocka_unit_test(
		    without_a_cache_only_the_range_says_who_is_ours),
		cmocka_unit_test(
		    a_damaged_cache_is_in_the_log_and_a_missing_one_is_not),
		cmocka_unit_test(root_is_root_even_without_etc_passwd),
		cmocka_unit_test(every_bad_helper_is_a_denial_with_a_reason),
		cmocka_unit_test(a_missing_helper_denies_ours_and_nobody_else),
		cmocka_unit_test(a_bad_option_denies_ours_and_nobody_else),
		cmocka_unit_test(answers_reach_the_helper),
		cmocka_unit_test(the_longest_prompt_is_shown_whole),
		cmocka_unit_test(no_answer_and_a_failing_conversation_deny),
		cmocka_unit_test(
		    an_answer_that_comes_too_late_is_denied_for_that),
		cmocka_unit_test(an_answer_of_10_mb_is_refused),
		cmocka_unit_test(texts_are_shown_unless_silent),
		cmocka_unit_test(i1_a_user_who_changes_on_the_way_is_refused),
		cmocka_unit_test(the_helper_learns_where_the_login_comes_from),
		cmocka_unit_test(the_helper_learns_how_large_the_terminal_is),
		cmocka_unit_test(
		    v1_the_helper_learns_whether_a_key_came_first),
		cmocka_unit_test(v1_a_key_in_the_environment_is_none),
		cmocka_unit_test(
		    v4_the_helper_learns_of_the_applications_alarm),
		cmocka_unit_test(the_helper_inherits_nothing),
		cmocka_unit_test(a_password_change_says_where_passwords_are),
		cmocka_unit_test(one_log_line_per_decision_and_none_for_others),
		cmocka_unit_test(debug_says_why_without_the_name),
		cmocka_unit_test(a_host_that_ignores_sigchld_gets_its_answer),
		cmocka_unit_test(no_descriptor_and_no_process_stays_behind),
	};

	return cmocka_run_group_tests(tests, set_up, world_tear_down);
}
