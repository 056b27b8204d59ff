/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <stdlib.h>

#include "cache/reader.h"
#include "pam_8x8sso/args.h"

#define PARSE(ret, diag, ...) \
	args_parse(sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *), \
	    (const char *[]){ __VA_ARGS__ }, (ret), (diag))

static void
no_option_gives_the_defaults(void **state)
{
	struct args args;

	(void)state;
	assert_err(args_parse(0, NULL, &args, NULL), ERR_OK);
	assert_null(args.config);
	assert_string_equal(args.cache, CACHE_PATH);
	assert_string_equal(args.helper, PKGLIBEXECDIR "/8x8sso-helper");
	assert_string_equal(args.command, SBINDIR "/8x8sso");
	assert_false(args.debug);
}

static void
every_option_is_taken(void **state)
{
	struct args args;

	(void)state;
	assert_err(PARSE(&args, NULL, "debug", "helper=/h", "config=/c=d",
	    "cache=/n", "command=/s"), ERR_OK);
	assert_string_equal(args.command, "/s");
	assert_string_equal(args.config, "/c=d");
	assert_string_equal(args.cache, "/n");
	assert_string_equal(args.helper, "/h");
	assert_true(args.debug);
}

static void
everything_else_is_refused_and_named(void **state)
{
	static const struct {
		const char *arg;
		const char *text;
	} rows[] = {
		{ "", "unknown option " },
		{ "=", "unknown option =" },
		{ "debu", "unknown option debu" },
		{ "debugs", "unknown option debugs" },
		{ "DEBUG", "unknown option DEBUG" },
		{ "configs=/c", "unknown option configs=/c" },
		{ "debug=", "option debug takes no value" },
		{ "config", "option config needs an absolute path" },
		{ "config=", "option config needs an absolute path" },
		{ "cache=a", "option cache needs an absolute path" },
		{ "command=8x8sso", "option command needs an absolute path" },
		{ "helper=./h", "option helper needs an absolute path" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct diag diag = DIAG_INIT;
		struct args args;

		assert_err(PARSE(&args, &diag, rows[i].arg), ERR_USAGE);
		assert_string_equal(diag.text, rows[i].text);
	}
}

static void
an_option_given_twice_is_refused(void **state)
{
	struct diag diag = DIAG_INIT;
	struct args args;

	(void)state;
	assert_err(PARSE(&args, &diag, "config=/a", "config=/a"), ERR_USAGE);
	assert_string_equal(diag.text, "option config is given twice");
}

static void
a_path_longer_than_the_kernels_is_refused(void **state)
{
	static char path[5000];
	struct args args;

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	memcpy(path, "cache=/", 7);
	assert_err(PARSE(&args, NULL, path), ERR_USAGE);
	assert_string_equal(args.cache, CACHE_PATH);
}

/* Whether a user is ours must be known on a misconfigured line too. */
static void
good_options_count_beside_bad_ones(void **state)
{
	struct diag diag = DIAG_INIT;
	struct args args;

	(void)state;
	assert_err(PARSE(&args, &diag, "bad", "worse", "cache=/n"), ERR_USAGE);
	assert_string_equal(diag.text, "unknown option bad");
	assert_string_equal(args.cache, "/n");
}

/* One .It per row of the table, in its order. */
static void
the_man_page_has_the_table(void **state)
{
	char path[4096];
	char line[512];
	size_t found = 0;
	FILE *page;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/pam_8x8sso/pam_8x8sso.8",
	    getenv("top_srcdir"));
	page = fopen(path, "r");
	assert_non_null(page);
	while (fgets(line, sizeof(line), page) != NULL) {
		const struct args_option *o = &args_options[found];
		char want[64];

		if (strncmp(line, ".It Cm ", 7) != 0)
			continue;
		assert_true(found < args_option_count);
		(void)snprintf(want, sizeof(want), ".It Cm %s%s\n", o->name,
		    o->is_path ? " Ns = Ns Ar file" : "");
		assert_string_equal(line, want);
		found++;
	}
	(void)fclose(page);
	assert_int_equal(found, args_option_count);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_option_gives_the_defaults),
		cmocka_unit_test(every_option_is_taken),
		cmocka_unit_test(everything_else_is_refused_and_named),
		cmocka_unit_test(an_option_given_twice_is_refused),
		cmocka_unit_test(a_path_longer_than_the_kernels_is_refused),
		cmocka_unit_test(good_options_count_beside_bad_ones),
		cmocka_unit_test(the_man_page_has_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
