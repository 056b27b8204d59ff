#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every shell script, seen by shellcheck.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
. "$top_srcdir/tests/lint/lib.sh"

if ! command -v shellcheck > /dev/null; then
	skip "shellcheck" "it is not installed"
	finish
	exit
fi

# What is sourced has no #! line and is for sh.  Sources are not followed, so
# their variables look unassigned or misspelt (SC2154, SC2153).
shell_scripts() # TREE
{
	files "$1" '*.sh' > "$lint_tmp/files"
	[ ! -f "$1/.ci/run" ] || echo .ci/run >> "$lint_tmp/files"
	scripts_status=0
	while read -r script; do
		dialect='-s sh'
		! head -n 1 "$1/$script" | grep -q '^#!' || dialect=
		# shellcheck disable=SC2086
		(cd "$1" && shellcheck $dialect -f gcc -e SC1090,SC1091,SC2153,SC2154 \
			"$script") || scripts_status=1
	done < "$lint_tmp/files"
	return $scripts_status
}

# shellcheck disable=SC2016
printf '#!/bin/sh\nx="a b"\necho "$x"\necho $x # BAD\n' | plant tests/a.sh
must_find "shellcheck" shell_scripts
check "shell scripts are clean" shell_scripts "$top_srcdir"

finish
