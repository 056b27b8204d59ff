/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guarded lines of pam_8x8sso(8) in a real stack: what a broken module,
 * helper or line does to root, to local people and to ours.
 */
#include "world.h"

#include "base/cleanup.h"

/* What stands for pam_unix behind our line: a check that local people pass. */
#define LOCAL_PASSWORD "pam_localuser.so"

/* One that everybody passes: shows whether a denial ends the stack. */
#define ANYTHING "pam_permit.so"

static const char *cache = "cache";

static void
write_stack(const char *module, const char *options, const char *behind)
{
	static char text[16384];
	int len = snprintf(text, sizeof(text),
	    "auth [success=done ignore=ignore user_unknown=ignore "
	    "authinfo_unavail=ignore module_unknown=ignore default=die] "
	    "%s cache=%s/%s %s\n"
	    "auth required %s\n"
	    "account [success=1 new_authtok_reqd=1 ignore=1 "
	    "user_unknown=1 authinfo_unavail=1 module_unknown=ignore "
	    "default=die] %s cache=%s/%s %s\n"
	    "account [success=ok default=die] pam_localuser.so\n"
	    "account required pam_permit.so\n"
	    "session optional %s cache=%s/%s %s\n"
	    "session required pam_permit.so\n", module, world_dir, cache,
	    options, behind, module, world_dir, cache, options, module,
	    world_dir, cache, options);

	assert_in_range(len, 1, sizeof(text) - 1);
	world_write("stack", text, (size_t)len);
}

static void
write_stack_with_helper(const char *mode, const char *behind)
{
	static char options[9000];

	(void)snprintf(options, sizeof(options), "helper=%s config=/%s",
	    world_helper, mode);
	write_stack(world_module, options, behind);
}

/* A whole login; the first code that is not PAM_SUCCESS. */
static int
log_in(const char *user)
{
	pam_handle_t *pamh = world_start("stack", user);
	int code = pam_authenticate(pamh, 0);

	if (code == PAM_SUCCESS)
		code = pam_acct_mgmt(pamh, 0);
	if (code == PAM_SUCCESS)
		code = pam_setcred(pamh, PAM_ESTABLISH_CRED);
	if (code == PAM_SUCCESS)
		code = pam_open_session(pamh, 0);
	if (code == PAM_SUCCESS)
		code = pam_close_session(pamh, 0);
	(void)pam_end(pamh, code);
	return code;
}

static void
local_people_log_in(void)
{
	assert_int_equal(log_in("root"), PAM_SUCCESS);
	assert_int_equal(log_in("daemon"), PAM_SUCCESS);
	assert_int_equal(world_talk.calls, 0);
}

static void
with_a_grant_everybody_gets_in_who_should(void **state)
{
	(void)state;
	write_stack_with_helper("grant", LOCAL_PASSWORD);
	local_people_log_in();
	assert_int_equal(log_in(OURS), PAM_SUCCESS);
	assert_int_not_equal(log_in("nobody.knows"), PAM_SUCCESS);
	assert_int_not_equal(log_in("cached.elsewhere"), PAM_SUCCESS);
}

/* The account phase alone, as after a key login. */
static int
log_in_with_a_key(const char *user)
{
	pam_handle_t *pamh = world_start("stack", user);
	int code = pam_acct_mgmt(pamh, 0);

	(void)pam_end(pamh, code);
	return code;
}

static void
a_key_login_of_a_deactivated_user_is_refused(void **state)
{
	(void)state;
	write_stack_with_helper("inactive", ANYTHING);
	assert_int_equal(log_in_with_a_key(OURS), PAM_ACCT_EXPIRED);
	write_stack_with_helper("grant", ANYTHING);
	assert_int_equal(log_in_with_a_key(OURS), PAM_SUCCESS);
}

/* Local files know LINKED's names only in the world of this test: behind our
 * line, LOCAL_PASSWORD passes people of the real /etc/passwd, such as daemon
 * and not bsimon. */
static void
a_linked_account_needs_a_grant_and_no_local_password(void **state)
{
	(void)state;
	write_stack_with_helper("grant", LOCAL_PASSWORD);
	assert_int_equal(log_in(LINKED), PAM_SUCCESS);
	write_stack_with_helper("deny", ANYTHING);
	assert_int_equal(log_in(LINKED), PAM_AUTH_ERR);
	write_stack_with_helper("inactive", ANYTHING);
	assert_int_equal(log_in_with_a_key(LINKED), PAM_ACCT_EXPIRED);
	assert_int_equal(log_in_with_a_key("bob"), PAM_SUCCESS);
}

static void
without_a_cache_a_linked_account_is_a_local_one(void **state)
{
	static const char *const caches[] = { "missing", "empty", "junk" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(caches); i++) {
		cache = caches[i];
		write_stack_with_helper("deny", ANYTHING);
		assert_int_equal(log_in(LINKED), PAM_SUCCESS);
		assert_int_equal(log_in_with_a_key(LINKED), PAM_SUCCESS);
		local_people_log_in();
	}
	cache = "cache";
}

static void
no_denial_falls_through_to_the_next_module(void **state)
{
	static const char *const modes[] = {
		"deny", "inactive", "unavailable", "garbage", "dies",
		"wrong-user", "wrong-nonce", "no such mode",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		write_stack_with_helper(modes[i], ANYTHING);
		assert_int_not_equal(log_in(OURS), PAM_SUCCESS);
		assert_int_not_equal(log_in(LINKED), PAM_SUCCESS);
		assert_int_not_equal(log_in_with_a_key(LINKED), PAM_SUCCESS);
		local_people_log_in();
	}
}

static void
a_missing_helper_locks_out_ours_only(void **state)
{
	(void)state;
	write_stack(world_module, "helper=/nonexistent/helper", ANYTHING);
	local_people_log_in();
	assert_int_not_equal(log_in(OURS), PAM_SUCCESS);
}

static void
a_misspelt_option_locks_out_ours_only(void **state)
{
	(void)state;
	write_stack(world_module, "confg=/x", ANYTHING);
	local_people_log_in();
	assert_int_not_equal(log_in(OURS), PAM_SUCCESS);
}

static void
a_missing_or_damaged_module_locks_out_ours_only(void **state)
{
	static const char *const names[] = { "missing", "empty", "junk" };
	char path[4200];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", world_dir,
		    names[i]);
		write_stack(path, "", LOCAL_PASSWORD);
		local_people_log_in();
		assert_int_not_equal(log_in(OURS), PAM_SUCCESS);
		assert_int_equal(log_in_with_a_key("root"), PAM_SUCCESS);
		assert_int_equal(log_in_with_a_key("daemon"), PAM_SUCCESS);
		assert_int_not_equal(log_in_with_a_key(OURS), PAM_SUCCESS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_a_grant_everybody_gets_in_who_should),
		cmocka_unit_test(a_key_login_of_a_deactivated_user_is_refused),
		cmocka_unit_test(
		    a_linked_account_needs_a_grant_and_no_local_password),
		cmocka_unit_test(
		    without_a_cache_a_linked_account_is_a_local_one),
		cmocka_unit_test(no_denial_falls_through_to_the_next_module),
		cmocka_unit_test(a_missing_helper_locks_out_ours_only),
		cmocka_unit_test(a_misspelt_option_locks_out_ours_only),
		cmocka_unit_test(
		    a_missing_or_damaged_module_locks_out_ours_only),
	};

	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
