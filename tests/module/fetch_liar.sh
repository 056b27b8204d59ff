#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What the command makes of a worker that a server has taken over: it can lie
# about people, but it cannot break the order of things.

. "${top_srcdir:?}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/loopback.sh"

# As admin() does where the command is run without it.
export ASAN_OPTIONS=detect_leaks=0

printf 's3cr3t-T0k3n' >"$dir/token"
chmod 0600 "$dir/token"
mkdir "$dir/libexec"
cp "$top_srcdir/tests/lib/lying_fetch.py" "$dir/libexec/8x8sso-fetch"
chmod 0755 "$dir/libexec/8x8sso-fetch"
(cd "$top_srcdir/tests/lib" && pwd) >"$dir/libexec/lib"
cat >"$dir/conf" <<-END
	[scim]
	url = http://127.0.0.1:1/scim
	token_file = $dir/token
	max_users = 4
	[groups]
	scim = no
	[host]
	state_dir = $dir/state
	libexec_dir = $dir/libexec
	user =
END
chmod 0644 "$dir/conf"

answer() # LINE...
{
	printf '%s\n' "$@" >"$dir/libexec/answer"
}

# The sync fails for this reason, and there is nobody.
refused() # REASON
{
	admin sync
	status=$?
	cat "$dir/out" "$dir/err"
	[ $status -eq 1 ] && grep -q "($1" "$dir/err" &&
		[ ! -e "$dir/state/nss.cache" ]
}

answer "USER a" "END 1 1"
check "a listing of which nobody says that it is whole" refused wire-unexpected
answer "LISTED 0 0" "USER a" "END 1 1"
check "people after the end" refused wire-unexpected
answer "USER a" "LISTED 0 0" "LISTED 0 0" "END 1 1"
check "two ends" refused wire-unexpected
answer "USER a" "LISTED 0 0" "PROGRESS 1 1" "END 1 1"
check "progress after the end" refused wire-unexpected
answer "USER a" "LISTED 0 0"
check "no last word" refused worker
answer "USER a" "LISTED 0 0" "END 2 2"
check "somebody is missing" refused worker
answer "USER a" "USER b" "LISTED 0 0" "END 1 1"
check "somebody is too many" refused worker
answer "USER a" "GROUP g" "LISTED 0 1" "END 1 1"
check "groups that nobody asked for" refused wire-unexpected
answer "USER a" "MEMBER a" "LISTED 0 0" "END 1 1"
check "a member of no group" refused wire-unexpected
answer "USER a" "LISTED 0 1" "END 1 1"
check "the server has what nobody asked for" refused worker
answer "USER a" "LISTED 2 0" "END 1 1"
check "neither changed nor unchanged" refused worker
answer "LISTED 1 0" "END 0 5"
check "unchanged, since nothing" refused worker
answer "USER a" "LISTED 1 0" "END 1 1"
check "unchanged, with people" refused worker
answer "USER a" "USER a" "USER a" "USER a" "USER a" "USER a" "USER a" \
	"USER a" "USER a" "USER a" "LISTED 0 0" "END 10 1"
check "somebody again and again" refused worker
answer "IDP k"
check "an answer to another question" refused wire-unexpected
answer "USER a" "LISTED 0 0" "END 1 1"
check "and the truth is taken" succeeds sync
finish
