# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
# Sourced after tap.sh by the tests of the verifiers' command lines: what both
# say, and where it is kept.  Sets $dir.

dir=$(mktemp -d "${TMPDIR:-/tmp}/verify.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM

# The command's exit status and its line, as far as it is always the same.
says_line() # STATUS LINE COMMAND...
{
	says_status=$1
	says_line=$2
	shift 2
	"$@" > "$dir/out" 2> "$dir/err"
	says_got=$?
	[ $says_got -eq "$says_status" ] && [ ! -s "$dir/err" ] &&
		[ "$(wc -l < "$dir/out")" -eq 1 ] &&
		grep -qF "$says_line" "$dir/out" && return 0
	printf 'status %s, wanted %s and %s\n' $says_got "$says_status" \
		"$says_line"
	cat "$dir/out" "$dir/err"
	return 1
}

usage() # COMMAND...: status 2, nothing on stdout, the usage on stderr
{
	"$@" > "$dir/out" 2> "$dir/err"
	[ $? -eq 2 ] && [ ! -s "$dir/out" ] && grep -q '^usage: ' "$dir/err" &&
		return 0
	cat "$dir/out" "$dir/err"
	return 1
}

holds() # TEXT...: each in the last line
{
	for holds_text; do
		grep -qF -e "$holds_text" "$dir/out" && continue
		echo "no $holds_text in"
		cat "$dir/out"
		return 1
	done
}
