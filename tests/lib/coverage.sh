#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What make coverage runs, in a folder that was configured with
# --enable-coverage:
#
#	top_srcdir=... tests/lib/coverage.sh TEST...
#
# The tests, then for each file that reads or writes SAML, or reads what the
# device flow gets from the provider, how many of its lines ran, and which did
# not.  Not 0 when one has less than 95 %.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
least=95
files='common/auth/device*.c common/auth/jw*.c common/auth/oidc.c
common/auth/oidc_host.c common/auth/saml_*.c common/sys/json*.c common/sys/xml*.c'

# The object of the library that is installed, which may be in its name; a
# program for tests that compiles the file once more has its own beside .libs.
counts_of() # FILE
{
	counts_base=$(basename "$1" .c)
	find "$(dirname "$1")/.libs" -name "$counts_base.gcno" \
		-o -name "*-$counts_base.gcno"
}

# "EXECUTED LINES MISSED...", MISSED being numbers of lines.
lines_of() # FILE
{
	gcov --stdout "$(counts_of "$1")" 2>/dev/null |
	awk -F: -v file="/$1" '
	$2 + 0 == 0 && $3 == "Source" {
		name = $4
		ours = substr(name, length(name) - length(file) + 1) == file
	}
	!ours || $2 + 0 == 0 { next }
	$1 ~ /-$/ { next }
	{ lines++ }
	$1 ~ /#####|=====/ { missed = missed " " $2 + 0; next }
	{ executed++ }
	END { print executed + 0, lines + 0, missed }'
}

find . -name '*.gcda' -delete
"${MAKE:-make}" -s check TESTS="$*" >coverage.log 2>&1 || {
	echo "make check failed: see coverage.log" >&2
	exit 1
}
status=0
# shellcheck disable=SC2086 # patterns
for file in $(cd "$top_srcdir" && echo $files); do
	lines=$(lines_of "$file")
	echo "$file $lines" | awk -v least="$least" '
	{
		share = $3 == 0 ? 0 : 100 * $2 / $3
		printf "%-36s %6.2f %% of %4d lines", $1, share, $3
		missed = $0
		sub("^[^ ]* [^ ]* [^ ]* *", "", missed)
		printf missed == "" ? "\n" : "; not %s\n", missed
		exit share < least
	}' || status=1
done
[ "$status" -eq 0 ] || echo "less than $least %" >&2
exit "$status"
