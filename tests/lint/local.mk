# SPDX-License-Identifier: BSD-2-Clause
# Rules of the house as tests; each proves first that it can fail.

lint_tests = \
	tests/lint/headers.sh \
	tests/lint/includes.sh \
	tests/lint/man.sh \
	tests/lint/modules.sh \
	tests/lint/rows.sh \
	tests/lint/scripts.sh \
	tests/lint/source.sh
dist_check_SCRIPTS += $(lint_tests)
TESTS += $(lint_tests)
EXTRA_DIST += tests/lint/lib.sh tests/lint/strip.awk

check_PROGRAMS += tests/lint/conf_table
tests_lint_conf_table_SOURCES = tests/lint/conf_table.c
tests_lint_conf_table_LDADD = common/sys/libconf.la
