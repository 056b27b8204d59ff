#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# 8x8sso sync, killed at every write of its state.

. "${top_srcdir:?}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/loopback.sh"

most=${SYNC_FAULTS_MOST:-24}	# calls of a kind that are tried
state=$dir/state

# As admin() does; and a leak check does not work in what is traced.
export ASAN_OPTIONS=detect_leaks=0

if ! strace -qq -o "$dir/trace" -e inject=getppid:signal=SIGKILL:when=1 true \
		2>"$dir/err"; then
	echo "1..0 # SKIP no strace, or it may trace nothing"
	exit 0
fi

# So many users from the first on; some are inactive, some renamed.
listing() # FIRST COUNT EACH
{
	$python - "$@" <<-'END'
		import json, sys
		first, count, each = map(int, sys.argv[1:])
		users = [{
		    "id": "id-%04d" % n, "active": n % each != 7,
		    "userName": "%s%d@contoso.example" % (
		        "renamed" if n % each == 3 else "user", n),
		    "title": "Title %d" % (n % 5),
		    "meta": {"created": "2026-01-02T03:04:%02dZ" % (n % 60)},
		} for n in range(first, first + count)]
		print(json.dumps({"totalResults": count, "Resources": users}))
	END
}

cat >"$dir/conf" <<-END
	[groups]
	attributes = title
	[host]
	state_dir = $state
	libexec_dir = ${top_builddir:?}
	user =
END
chmod 0644 "$dir/conf"
listing 0 300 1000 >"$dir/old"
listing 20 310 60 >"$dir/new"

# Shown by check if there is something.
nothing() # TEXT
{
	echo "$1"
	[ -z "$1" ]
}

kills() # WHAT LISTING
{
	check "$1 can be killed" "$python" "$top_srcdir/tests/lib/kill_writes.py" \
		"$state" "$most" "$dir/kills" \
		"$top_builddir/8x8sso" --config "$dir/conf" sync --from "$2"
	check "$1: killed while it writes, renames and removes" test "$(
		grep -cE "^(pwrite64 $most|rename 1|unlink [1-9]) " \
			"$dir/kills")" -eq 3
	while read -r call tried all wrong; do
		[ "$all" -eq 0 ] || check "$1: killed at $tried of $all \
calls of $call, all is old or new" nothing "$wrong"
	done <"$dir/kills"
}

kills "the first sync" "$dir/old"
succeeds sync --from "$dir/old"
kills "a sync" "$dir/new"
finish
