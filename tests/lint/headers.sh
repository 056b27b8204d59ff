#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every header compiles alone: it includes what it needs.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir}" "${CC:=cc}"
. "$top_srcdir/tests/lint/lib.sh"

compile() # TREE HEADER
{
	# $CC may hold options.
	# shellcheck disable=SC2086
	printf '#include "%s"\n' "$2" | $CC -std=gnu11 -fsyntax-only -Wall \
		-Werror -I"$1" -I"$1/common" -include "$top_builddir/config.h" \
		-x c -
}

headers_alone() # TREE
{
	headers_status=0
	for header in $(lint_folders="pam_8x8sso nss_8x8 common" \
		files "$1" '*.h'); do
		compile "$1" "$header" > "$lint_tmp/out" 2>&1 && continue
		echo "$header:1: does not compile alone"
		sed 's/^/	/' "$lint_tmp/out" >&2
		headers_status=1
	done
	return $headers_status
}

echo '#include <stdint.h>
static inline uint32_t f(void) { return 0; }' | plant common/base/a.h
echo 'static inline uint32_t f(void) { return 0; } /* BAD */' |
	plant common/base/b.h
quiet_headers() # TREE
{
	headers_alone "$1" 2> /dev/null
}
must_find "headers" quiet_headers
check "every header compiles alone" headers_alone "$top_srcdir"

finish
