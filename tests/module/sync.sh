#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# 8x8sso sync: a small SCIM server on loopback -> state.db and nss.cache.

. "${top_srcdir:?}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/loopback.sh"

token=s3cr3t-T0k3n

start_server scim
state=$dir/state
cache=$state/nss.cache

# As admin() does where the command is run without it.
export ASAN_OPTIONS=detect_leaks=0

# [host] user = (nothing): whoever runs the test owns everything.
configure() # SCENARIO/SIZE [LINE-OF-SCIM]
{
	cat >"$dir/conf" <<-END
		[scim]
		url = http://127.0.0.1:$port/$1
		token_file = $dir/token
		${2:-}
		[host]
		state_dir = $state
		libexec_dir = ${top_builddir:?}
		user =
	END
	chmod 0644 "$dir/conf"
}

write_token()
{
	printf '%s' "$1" >"$dir/token"
	chmod 0600 "$dir/token"
}

# Exit code 1, this reason, and neither cache nor users are touched.
changes_nothing() # REASON [ARGUMENT...]
{
	reason=$1
	shift
	before=$(cksum <"$cache")
	admin --json user list
	cp "$dir/out" "$dir/users"
	admin "$@" sync
	status=$?
	cat "$dir/err"
	[ $status -eq 1 ] && grep -q "($reason" "$dir/err" &&
		[ "$(cksum <"$cache")" = "$before" ] &&
		admin --json user list && cmp "$dir/out" "$dir/users"
}

mode_is() # MODE FILE
{
	[ "$(stat -c %a "$2")" = "$1" ]
}

write_token "$token"
configure good/250
check "a first sync makes everything" succeeds sync
check "one line says what happened" test "$(cat "$dir/out")" = "users: \
250 listed, 250 added, 250 published"
check "the cache may be read by everybody" mode_is 644 "$cache"
check "its directory too" mode_is 755 "$state"
check "the database may not" mode_is 600 "$state/state/state.db"
check "nor may its directory" mode_is 700 "$state/state"
check "a second sync finds nothing new" succeeds --json sync
check "and says so in JSON" grep -q \
	'"listed":250,.*"added":0,.*"cache_unchanged":true}.*"errors":\[\]' \
	"$dir/out"
check "quiet says nothing" sh -c \
	"'$top_builddir/8x8sso' --config '$dir/conf' --quiet sync |
		cmp - /dev/null"

configure fails/250
check "a listing that breaks off changes nothing" changes_nothing http-status
check "what a server says reaches no terminal raw" \
	sh -c "! grep -q '$(printf '\033')' '$dir/err'"
check "status remembers the failure" succeeds status
check "by its reason" grep -q 'http-status at 2' "$dir/out"
configure wraps/240
check "a part of a listing changes nothing" changes_nothing scim-partial
configure good/0
check "an empty listing changes nothing" changes_nothing scim-empty
configure moves/1
check "a redirect changes nothing" changes_nothing http-redirect
configure noid/250
check "a user without an id changes nothing" changes_nothing scim
configure good/251 "max_users = 250"
check "more users than allowed change nothing" changes_nothing scim-limits
configure good/250
write_token wrong
check "a wrong token changes nothing" changes_nothing http-auth
write_token ''
check "an empty token file is an error" changes_nothing conf-value
write_token 'a
b'
check "a token of two lines is an error" changes_nothing conf-value
write_token "$token
"
chmod 0644 "$dir/token"
check "a token that others can read is an error" changes_nothing unsafe-file
chmod 0600 "$dir/token"
check "one newline after the token is none of it" succeeds sync
check "status forgets the failure" succeeds --json status
check "when a sync was good" sh -c "! grep -q unsafe-file '$dir/out'"

exec 9>"$state/sync.lock"
if flock -n 9; then
	check "two syncs do not run at once" changes_nothing sync-running
	exec 9>&-
	check "the next one may" succeeds sync
fi

chmod 0777 "$state"
check "a state directory that others can write is an error" \
	changes_nothing unsafe-file
chmod 0755 "$state"

cat >"$dir/saved" <<-END
	{"totalResults": 2, "Resources": [
	 {"id": "1", "userName": "B.Simon@contoso.example", "active": "True"},
	 {"id": "2", "userName": "c@contoso.example"}]}
END
state=$dir/other
cache=$state/nss.cache
configure good/1
check "a saved listing will do" succeeds sync --from "$dir/saved"
check "and its users are there" succeeds --json user list
check "\"True\" is active" grep -q \
	'"login":"b.simon","uid":[0-9]*,"state":"active"' "$dir/out"
check "absent is inactive" grep -q \
	'"login":"c","uid":[0-9]*,"state":"inactive"' "$dir/out"
$python - "$state/state/state.db" <<-'END'
	import sqlite3, sys
	db = sqlite3.connect(sys.argv[1])
	db.execute("UPDATE users SET login = '\x1b[31m' || login, "
	           "user_name = '\x1b[32m', title = '\x1b[33m'")
	db.commit()
END
esc=$(printf '\033')
check "nothing that state.db holds steers a terminal: list" \
	sh -c "'$top_builddir/8x8sso' --config '$dir/conf' user list |
		grep -F '\\x1b[31mb.simon' | grep -vF '$esc'"
check "nothing that state.db holds steers a terminal: show" \
	sh -c "'$top_builddir/8x8sso' --config '$dir/conf' \
		user show '${esc}[31mb.simon' | grep -F '\\x1b[33m' |
		grep -vF '$esc'"
before=$(cksum <"$cache")
printf '{"totalResults": 3, "Resources": []}' >"$dir/saved"
refuse "a part of a saved listing is refused" admin sync --from "$dir/saved"
check "the file is named" grep -q "$dir/saved: .*(scim-partial" "$dir/err"
check "and nothing was changed" test "$(cksum <"$cache")" = "$before"
refuse "a saved listing that is missing is refused" \
	admin sync --from "$dir/missing"
refuse "a directory is no saved listing" admin sync --from "$dir"
mkfifo "$dir/fifo"
check "a pipe that nobody writes to is an empty listing, not a wait" \
	sh -c "timeout 20 '$top_builddir/8x8sso' --config '$dir/conf' \
		sync --from '$dir/fifo' 2>&1 | grep '(json'"
printf '{"totalResults": 1, "Resources": [
 {"id": "1", "userName": "B.Simon@contoso.example", "active": true}]}' \
	>"$dir/saved"
exec 8<>"$dir/fifo"
"$top_builddir/8x8sso" --config "$dir/conf" sync --from "$dir/fifo" 8>&- \
	>"$dir/out" 2>"$dir/err" &
tries=0
until grep -q '^Max core file size *0 *0 ' /proc/$!/limits ||
		[ $tries -gt 200 ]; do
	tries=$((tries + 1))
	sleep 0.05
done
check "no core file can get the token" test $tries -le 200
exec 8>&-
wait $!
check "a pipe that somebody writes to is waited for" sh -c "
	(sleep 0.2; cat '$dir/saved') | timeout 20 '$top_builddir/8x8sso' \
		--config '$dir/conf' sync --from /dev/stdin"
admin sync --form x
check "wrong usage has an exit code of its own" test $? -eq 2
printf '[host]\nstate_dir = %s\nuser =\n' "$state" >"$dir/conf"
admin sync
check "nothing configured has one too" test $? -eq 3
printf '[host]\nstate_dir = %s\nuser =\n' "$dir/fresh" >"$dir/conf"
admin check
check "without a server, check tells how users come" \
	grep -q 'none yet; run 8x8sso sync --from FILE' "$dir/out"
check "nothing but GET was ever sent" \
	sh -c "! grep -qv '^GET ' '$dir/requests'"
check "the token is in no output" sh -c "! grep -qF '$token' '$dir/out' '$dir/err'"
finish
