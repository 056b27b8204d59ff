/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "auth/policy.h"

#define NOW 1000000

static const char *const groups[] = { "sales", "berlin" };
static const struct policy_account somebody = {
	.login = "b.simon", .active = true, .site = "", .groups = groups,
	.group_count = 2, .last_sync = NOW - 60,
};

static enum err
check(const struct policy_account *account, int64_t max_age,
    const char *allow_1, const char *allow_2)
{
	char first[64];
	char second[64];
	char *items[] = { first, second };
	struct conf conf = { .access_max_age = max_age };
	struct diag diag = DIAG_INIT;
	enum err r;

	(void)snprintf(first, sizeof(first), "%s",
	    allow_1 == NULL ? "" : allow_1);
	(void)snprintf(second, sizeof(second), "%s",
	    allow_2 == NULL ? "" : allow_2);
	conf.access_allow.item = items;
	conf.access_allow.count = (size_t)(allow_1 != NULL) +
	    (allow_2 != NULL);
	r = policy_check(&conf, account, NOW, &diag);
	assert_err(diag.code, r);
	return r;
}

static void
p12_star_allows_everybody(void **data)
{
	(void)data;
	assert_err(check(&somebody, 0, "*", NULL), ERR_OK);
	assert_err(check(&somebody, 0, "nobody", "*"), ERR_OK);
}

static void
p12_empty_list_allows_nobody(void **data)
{
	(void)data;
	assert_err(check(&somebody, 0, NULL, NULL), ERR_USER_NOT_ALLOWED);
}

static void
names_are_compared_exactly(void **data)
{
	static const char *const others[] = {
		"B.Simon", "b.simo", "b.simonn", "b.simon ", "b*", "**", "",
		"*b.simon", "?",
	};

	(void)data;
	assert_err(check(&somebody, 0, "b.simon", NULL), ERR_OK);
	assert_err(check(&somebody, 0, "other", "b.simon"), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_err(check(&somebody, 0, others[i], NULL),
		    ERR_USER_NOT_ALLOWED);
}

static void
groups_are_marked_and_compared_exactly(void **data)
{
	static const char *const others[] = {
		"sales", "@Sales", "@sale", "@saless", "@", "@@sales",
		"@*", "@b.simon",
	};

	(void)data;
	assert_err(check(&somebody, 0, "@sales", NULL), ERR_OK);
	assert_err(check(&somebody, 0, "@berlin", NULL), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_err(check(&somebody, 0, others[i], NULL),
		    ERR_USER_NOT_ALLOWED);
}

static enum err
check_site(const char *site, char *sites[], size_t count)
{
	static char star[] = "*";
	static char *all[] = { star };
	struct policy_account account = somebody;
	struct conf conf = { .access_allow = { all, 1 },
		.access_sites = { sites, count } };
	struct diag diag = DIAG_INIT;
	enum err r;

	account.site = site;
	r = policy_check(&conf, &account, NOW, &diag);
	assert_err(diag.code, r);
	return r;
}

static void
sites_are_compared_exactly_and_none_means_all(void **data)
{
	static char main_site[] = "Main";
	static char berlin[] = "Berlin Mitte";
	static char *sites[] = { main_site, berlin };
	static const char *const others[] = {
		"", "main", "MAIN", "Main ", " Main", "Mai", "Main,", "*",
		"Berlin", "Main, Berlin Mitte",
	};

	(void)data;
	assert_err(check_site("Main", sites, 2), ERR_OK);
	assert_err(check_site("Berlin Mitte", sites, 2), ERR_OK);
	assert_err(check_site("Berlin Mitte", sites, 1), ERR_USER_SITE);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		assert_err(check_site(others[i], sites, 2), ERR_USER_SITE);
		assert_err(check_site(others[i], sites, 0), ERR_OK);
	}
}

static void
list_may_be_too_old(void **data)
{
	struct policy_account account = somebody;

	(void)data;
	assert_err(check(&account, 60, "*", NULL), ERR_OK);
	assert_err(check(&account, 59, "*", NULL), ERR_DIRECTORY_STALE);
	account.last_sync = 0;
	assert_err(check(&account, NOW * 2, "*", NULL), ERR_DIRECTORY_STALE);
	assert_err(check(&account, 0, "*", NULL), ERR_OK);
}

static void
clock_set_back_does_not_make_a_list_fresh(void **data)
{
	struct policy_account account = somebody;

	(void)data;
	account.last_sync = NOW + 60;
	assert_err(check(&account, 60, "*", NULL), ERR_OK);
	assert_err(check(&account, 59, "*", NULL), ERR_DIRECTORY_STALE);
}

/* On a host of another site. */
static enum err
check_all_but_site(const struct policy_account *account, const char *allow)
{
	char item[8];
	char site[] = "elsewhere";
	char *items[] = { item };
	char *sites[] = { site };
	struct conf conf = { .access_allow = { items, allow != NULL },
		.access_sites = { sites, 1 } };
	struct diag diag = DIAG_INIT;

	(void)snprintf(item, sizeof(item), "%s", allow != NULL ? allow : "");
	return policy_check(&conf, account, NOW, &diag);
}

static void
reasons_come_in_their_order(void **data)
{
	struct policy_account account = somebody;

	(void)data;
	account.last_sync = 1;
	account.active = false;
	account.vanished = true;
	assert_err(check(&account, 60, NULL, NULL), ERR_USER_VANISHED);
	account.vanished = false;
	assert_err(check(&account, 60, NULL, NULL), ERR_USER_INACTIVE);
	account.active = true;
	assert_err(check(&account, 60, NULL, NULL), ERR_DIRECTORY_STALE);
	account.last_sync = NOW;
	assert_err(check(&account, 60, NULL, NULL), ERR_USER_NOT_ALLOWED);
	assert_err(check_all_but_site(&account, NULL), ERR_USER_NOT_ALLOWED);
	assert_err(check_all_but_site(&account, "*"), ERR_USER_SITE);
	assert_err(check(&account, 60, "*", NULL), ERR_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(p12_star_allows_everybody),
		cmocka_unit_test(p12_empty_list_allows_nobody),
		cmocka_unit_test(names_are_compared_exactly),
		cmocka_unit_test(groups_are_marked_and_compared_exactly),
		cmocka_unit_test(sites_are_compared_exactly_and_none_means_all),
		cmocka_unit_test(list_may_be_too_old),
		cmocka_unit_test(clock_set_back_does_not_make_a_list_fresh),
		cmocka_unit_test(reasons_come_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
