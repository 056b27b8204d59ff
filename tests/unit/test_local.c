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
		cmocka_unit_test(empty_files_are_nobody),
		cmocka_unit_test(unreadable_file_is_an_error_and_not_nobody),
		cmocka_unit_test(host_has_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
