/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "directory/local.h"

static void
write_temporary(char *path, const char *text)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
}

static struct local *
load(const char *passwd_text, const char *group_text)
{
	char passwd[] = "/tmp/8x8sso-passwd-XXXXXX";
	char group[] = "/tmp/8x8sso-group-XXXXXX";
	struct local *local = NULL;
	struct diag diag = DIAG_INIT;

	write_temporary(passwd, passwd_text);
	write_temporary(group, group_text);
	assert_err(local_load(passwd, group, &local, &diag), ERR_OK);
	(void)unlink(passwd);
	(void)unlink(group);
	return local;
}

static void
i5_users_and_groups_of_both_files_are_local(void **data)
{
	AUTO(local) struct local *local = load(
	    "root:x:0:0:root:/root:/bin/sh\nbob:x:1000:1001::/:/bin/sh\n",
	    "root:x:0:\ndocker:x:998:bob\n");

	(void)data;
	assert_true(local_has_name(local, "root"));
	assert_true(local_has_name(local, "bob"));
	assert_true(local_has_name(local, "docker"));
	assert_true(local_has_id(local, 0));
	assert_true(local_has_id(local, 1000));
	assert_true(local_has_id(local, 998));
	assert_false(local_has_name(local, "bo"));
	assert_false(local_has_name(local, "bobb"));
	assert_false(local_has_name(local, "Bob"));
	assert_false(local_has_name(local, "x"));
	assert_false(local_has_name(local, ""));
	assert_false(local_has_id(local, 999));
	/* bob's primary group that no group has is nobody's id. */
	assert_false(local_has_id(local, 1001));
}

static void
i6_names_that_give_power_are_local_on_every_host(void **data)
{
	AUTO(local) struct local *local = load("a:x:1:1::/:/\n", "");

	(void)data;
	assert_true(local_has_name(local, "root"));
	assert_true(local_has_name(local, "admin"));
	assert_true(local_has_name(local, "docker"));
	assert_true(local_has_name(local, "sudo"));
	assert_true(local_has_name(local, "wheel"));
	assert_false(local_has_name(local, "administrator"));
	assert_false(local_has_name(local, "whee"));
}

static void
bytes_of_nothing_hide_no_entry(void **data)
{
	char passwd[] = "/tmp/8x8sso-passwd-XXXXXX";
	static const char text[] = "a:x:1:1::/:/\n\0\0\0b:x:1000:\0:\n"
	    "bob:x:1001:1001::/:/\n";
	struct local *local = NULL;
	int fd = mkstemp(passwd);

	(void)data;
	assert_int_equal(write(fd, text, sizeof(text) - 1),
	    sizeof(text) - 1);
	(void)close(fd);
	assert_err(local_load(passwd, "/dev/null", &local, NULL), ERR_OK);
	(void)unlink(passwd);
	assert_true(local_has_name(local, "b"));
	assert_true(local_has_name(local, "bob"));
	assert_true(local_has_id(local, 1000));
	assert_true(local_has_id(local, 1001));
	local_free(&local);
}

static void
odd_lines_count_as_entries_rather_than_not(void **data)
{
	AUTO(local) struct local *local = load(
	    "+nis:::::\n-barred\nshort\nhalf:x\nnumber:x:12x:0\n"
	    "\n:x:77:\nlast:x:4294967295:0::/:",
	    "grp:!:5:\nbig:x:4294967296:\nfinal:x:6");

	(void)data;
	assert_true(local_has_name(local, "nis"));
	assert_true(local_has_name(local, "barred"));
	assert_true(local_has_name(local, "short"));
	assert_true(local_has_name(local, "half"));
	assert_true(local_has_name(local, "number"));
	assert_true(local_has_name(local, "last"));
	assert_true(local_has_name(local, "big"));
	assert_true(local_has_name(local, "final"));
	assert_true(local_has_id(local, 77));
	assert_true(local_has_id(local, 6));
	assert_true(local_has_id(local, UINT32_MAX));
	assert_false(local_has_id(local, 12));
	assert_false(local_has_id(local, 0));
	assert_false(local_has_name(local, ""));
}

/* libc skips blanks at the start of a line, and so do we. */
static void
i5_an_indented_line_is_an_entry(void **data)
{
	AUTO(local) struct local *local = load(" \t bob:x:1000:0::/:\n",
	    "  docker:x:998:\n");

	(void)data;
	assert_true(local_has_name(local, "bob"));
	assert_true(local_has_name(local, "docker"));
	assert_true(local_has_id(local, 1000));
}

static const char *
refusal(const char *passwd, const char *name)
{
	AUTO(local) struct local *local = load(passwd, "bob:x:7:\n");
	uint32_t uid = 4711;
	const char *why = local_refuses_link(local, name, 1001, &uid);

	if (why != NULL)
		assert_int_equal(uid, 4711);
	return why == NULL ? "" : why;
}

static void
i5_why_an_account_cannot_be_linked_is_said(void **data)
{
#define BOB "bob:x:1001:1001:Bob:/home/bob:/bin/sh\n"
	(void)data;
	assert_string_equal(refusal(BOB, "bob"), "");
	assert_string_equal(refusal("bob:x:1001:1001:::", "bob"), "");
	assert_string_equal(refusal("", "bob"), "is not in /etc/passwd");
	assert_string_equal(refusal(BOB "+bob\n", "bob"),
	    "is in /etc/passwd twice");
	assert_string_equal(refusal("bob:x:1001\n", "bob"),
	    "has a line in /etc/passwd that is not a plain one");
	assert_string_equal(refusal("bob:x:0:0::/:/bin/sh\n", "bob"),
	    "is root");
	assert_string_equal(refusal("adm:x:1001:1::/:/bin/sh\n", "adm"),
	    "is an account of the system, or has the uid of one");
	assert_string_equal(refusal("bob:x:999:1::/:/bin/sh\n", "bob"),
	    "is an account of the system, or has the uid of one");
	assert_string_equal(refusal("bob:x:1000:1::/:/bin/sh\n", "bob"),
	    "has a uid below [users] min_local_uid");
	assert_string_equal(refusal(BOB "b:x:1001:1::/:/bin/sh\n", "bob"),
	    "has the uid of another account");
	assert_string_equal(refusal("bob:x:1001:1::/:/sbin/nologin\n", "bob"),
	    "has a shell that lets nobody in");
}

static enum err
check_shell(const char *shells, const char *shell)
{
	char path[] = "/tmp/8x8sso-shells-XXXXXX";
	struct diag diag = DIAG_INIT;
	enum err r;

	write_temporary(path, shells);
	r = local_check_shell(path, shell, &diag);
	(void)unlink(path);
	if (r != ERR_OK) {
		assert_non_null(strstr(diag.text, shell));
		assert_non_null(strstr(diag.text, path));
		assert_non_null(strstr(diag.text, "add it there"));
	}
	return r;
}

static void
a_shell_is_one_that_the_host_lists(void **data)
{
	static const char list[] = "# /etc/shells\n/bin/sh\n/bin/bash # best\n"
	    "\n\t/bin/zsh\r\n#/bin/csh\n/bin/last";
	static const char *const good[] = {
		"/bin/sh", "/bin/bash", "/bin/zsh", "/bin/last",
		"/usr/sbin/nologin", "/sbin/nologin", "/bin/false",
	};
	static const char *const bad[] = {
		"/bin/csh", "/bin/s", "/bin/sh ", "/bin/shh", "bin/sh",
		"/bin/bas", "#", "/bin/bash # best", "nologin", "false",
		"/opt/nologin.sh", "/bin/falsetto",
	};

	(void)data;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_err(check_shell(list, good[i]), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_err(check_shell(list, bad[i]), ERR_CONF_VALUE);
	assert_err(check_shell("", "/bin/sh"), ERR_CONF_VALUE);
	assert_err(check_shell("\n\n", ""), ERR_CONF_VALUE);
	assert_err(check_shell("", "/bin/false"), ERR_OK);
	/* Without the file nothing is listed. */
	assert_err(local_check_shell("/nonexistent", "/bin/sh", NULL),
	    ERR_CONF_VALUE);
	assert_err(local_check_shell("/tmp", "/bin/sh", NULL), ERR_IO);
}

static void
empty_files_are_nobody(void **data)
{
	AUTO(local) struct local *local = load("", "");

	(void)data;
	assert_false(local_has_name(local, "bob"));
	assert_false(local_has_id(local, 0));
}

static void
unreadable_file_is_an_error_and_not_nobody(void **data)
{
	struct local *local = NULL;
	struct diag diag = DIAG_INIT;

	(void)data;
	assert_err(local_load("/nonexistent", "/dev/null", &local, &diag),
	    ERR_IO);
	assert_err(local_load("/dev/null", "/nonexistent", &local, &diag),
	    ERR_IO);
	assert_non_null(strstr(diag.text, "/nonexistent"));
	assert_err(local_load("/tmp", "/dev/null", &local, &diag), ERR_IO);
	assert_null(local);
}

static void
host_has_root(void **data)
{
	AUTO(local) struct local *local = NULL;
	struct diag diag = DIAG_INIT;

	(void)data;
	assert_err(local_load_host(&local, &diag), ERR_OK);
	assert_true(local_has_name(local, "root"));
	assert_true(local_has_id(local, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(i5_users_and_groups_of_both_files_are_local),
		cmocka_unit_test(i6_names_that_give_power_are_local_on_every_host),
		cmocka_unit_test(bytes_of_nothing_hide_no_entry),
		cmocka_unit_test(odd_lines_count_as_entries_rather_than_not),
		cmocka_unit_test(i5_an_indented_line_is_an_entry),
		cmocka_unit_test(i5_why_an_account_cannot_be_linked_is_said),
		cmocka_unit_test(a_shell_is_one_that_the_host_lists),
		cmocka_unit_test(empty_files_are_nobody),
		cmocka_unit_test(unreadable_file_is_an_error_and_not_nobody),
		cmocka_unit_test(host_has_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
