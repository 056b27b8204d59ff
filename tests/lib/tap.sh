# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
# Sourced by shell tests: TAP without a framework.
#
#	. "$top_srcdir/tests/lib/tap.sh"
#	check "name of the behaviour" command arg...
#	refuse "name" command arg...
#	skip "name" "why"
#	finish

tap_count=0
tap_failed=0

tap_result() # STATUS NAME
{
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $2"
	fi
}

# The command succeeds; its output is shown only if it does not.
check() # NAME COMMAND...
{
	tap_name=$1
	shift
	if tap_output=$("$@" 2>&1); then
		tap_result 0 "$tap_name"
	else
		tap_result 1 "$tap_name"
		printf '%s\n' "$tap_output" | sed 's/^/#   /'
	fi
}

# The command fails (any status but 0 and those of a crash).
refuse() # NAME COMMAND...
{
	tap_name=$1
	shift
	tap_output=$("$@" 2>&1)
	tap_status=$?
	if [ "$tap_status" -ne 0 ] && [ "$tap_status" -lt 126 ]; then
		tap_result 0 "$tap_name"
	else
		tap_result 1 "$tap_name"
		printf 'status %s\n%s\n' "$tap_status" "$tap_output" |
			sed 's/^/#   /'
	fi
}

skip() # NAME REASON
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

finish()
{
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
}
