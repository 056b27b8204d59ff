#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every fuzzer over its seeds, without libFuzzer.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir}"
export top_srcdir
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/fuzz/seeds.sh"

replay() # FUZZER
{
	# A list; no path of ours has a blank.
	# shellcheck disable=SC2046
	"$top_builddir/tests/fuzz/$1" $(fuzz_seeds "$top_srcdir" "$1")
}

for source in "$top_srcdir"/tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	check "$name finds nothing in its seeds" replay "$name"
done
finish
