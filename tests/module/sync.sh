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
	admin sync "$@"
	status=$?
	cat "$dir/err"
	cp "$dir/err" "$dir/why"
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
check "says how old the users are" grep -q \
	'^Last sync: .*Z ([0-9]* s ago)$' "$dir/out"
check "what became of the last attempt" grep -q \
	'^Last attempt: .*Z ([0-9]* s ago): http-status: server answered' \
	"$dir/out"
check "and what was said, harmlessly" grep -q \
	'^It said:  *501; the server says "page two.x1b' "$dir/out"
check "the same in numbers" succeeds --json status
check "for programs" grep -q \
	'"last_sync_age":[0-9]*,.*"last_attempt_age":[0-9]*,"last_attempt_result":"http-status"' \
	"$dir/out"
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
check "and says so" grep -q '"last_attempt_result":"ok","last_attempt_detail":""' \
	"$dir/out"

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
# -- what would be

state_sum() # -> of all that is there, times included
{
	(cd "$1" && find . -printf '%p %s %m %T@\n' | sort &&
		find . -type f -exec cksum {} +) | cksum
}

people() # FIRST LAST [ACTIVE] -> "$dir/saved", user1 ... of numbers
{
	$python - "$1" "$2" "${3:-1}" >"$dir/saved" <<-'END'
		import json, sys
		first, last, active = map(int, sys.argv[1:])
		people = [{"id": f"p{i}", "userName": f"user{i}@contoso.example",
		           "active": bool(active)} for i in range(first, last + 1)]
		print(json.dumps({"totalResults": len(people),
		                  "Resources": people}))
	END
}

report_of() # -> the numbers that a dry run and a sync both have
{
	$python -c 'import json, sys
users = json.load(sys.stdin)["users"]
for key in "published", "left_out", "cache_unchanged":
    users.pop(key, None)
print(users)' <"$dir/out"
}

kinds_of()
{
	$python -c 'import collections, json, sys
print(*sorted(collections.Counter(d["kind"] for d in
      json.load(sys.stdin)["difference"]).items()))' <"$dir/out"
}

state=$dir/dry
cache=$state/nss.cache
configure good/1
people 1 40
check "a dry run wants no state directory" \
	succeeds sync --dry-run --from "$dir/saved"
check "and makes none" test ! -e "$state"
check "a line for each" sh -c "[ \$(grep -c '^added  *user' '$dir/out') = 40 ]"
check "the last line sums it up" sh -c \
	"tail -n 1 '$dir/out' | grep -x \
	'dry run: 40 listed, 40 added; nothing was changed'"
check "no line is too long" sh -c "! grep -q '.\{81\}' '$dir/out'"
check "the same in JSON" succeeds sync --from "$dir/saved" --json --dry-run
expected=$(report_of)
check "one kind of difference" test "$(kinds_of)" = "('added', 40)"
check "quietly" succeeds --quiet sync --from "$dir/saved" --dry-run
check "is without a word" test ! -s "$dir/out"
check "the sync" succeeds --json sync --from "$dir/saved"
check "does what the dry run said" test "$(report_of)" = "$expected"
check "a dry run of the same" succeeds --json sync --dry-run \
	--from "$dir/saved"
check "finds no difference" test "$(kinds_of)" = ""

before=$(state_sum "$state")
people 3 41
check "a dry run says who goes and comes" succeeds sync --dry-run \
	--from "$dir/saved"
check "who is new" grep -q '^added  *user41  *user41@contoso.example$' \
	"$dir/out"
check "who is gone" grep -q '^vanished  *user2  *user2@contoso.example$' \
	"$dir/out"
check "it leaves no trace" test "$(state_sum "$state")" = "$before"
check "nor does one by the server" succeeds sync --dry-run --accept-loss
check "that it is asked for" grep -q '^vanished  *user40 ' "$dir/out"
check "as it was" test "$(state_sum "$state")" = "$before"
chmod 0555 "$state" "$state/state"
check "a directory that cannot be written does for it" succeeds sync \
	--dry-run --from "$dir/saved"
chmod 0755 "$state"
chmod 0700 "$state/state"

people 1 31
check "nine of forty may go" succeeds sync --dry-run --from "$dir/saved"
people 1 30
check "ten may not" changes_nothing scim-loss --from "$dir/saved"
check "the numbers are there" grep -q \
	'users: 10 of 40 active users would vanish or turn inactive; nothing' \
	"$dir/why"
check "and the remedy" grep -q '8x8sso sync --accept-loss' "$dir/why"
check "status says why" sh -c "'$top_builddir/8x8sso' --config '$dir/conf' \
	status | grep 'users: scim-loss at 2'"
before=$(state_sum "$state")
admin sync --dry-run --from "$dir/saved"
check "a dry run of it fails, too" test $? -eq 1
check "but says what would be" sh -c \
	"[ \$(grep -c '^vanished ' '$dir/out') = 10 ]"
check "says why it would not" grep -q 'users: 10 of 40.*(scim-loss' "$dir/err"
admin sync --from "$dir/saved" --dry-run --json
check "the same in JSON" grep -q \
	'"vanished":10,.*"errors":\[{"part":"users","error":"scim-loss"' \
	"$dir/out"
check "nothing is written down of it" test "$(state_sum "$state")" = "$before"
check "unless it is right, so with both options" succeeds --json sync \
	--accept-loss --from "$dir/saved" --dry-run
expected=$(report_of)
people 1 40 0
check "all inactive is a loss" changes_nothing scim-loss --from "$dir/saved"
people 1 30
check "who accepts it" succeeds --json sync --from "$dir/saved" --accept-loss
check "gets what was said" test "$(report_of)" = "$expected"
configure good/0
check "an empty listing is a loss" changes_nothing scim-empty
check "and can be accepted" succeeds sync --accept-loss
check "with everybody gone" grep -q '30 vanished, 40 published$' \
	"$dir/out"
check "all numbers went, and none came again" test \
	"$(admin --json user list; grep -o '"state":"vanished"' "$dir/out" |
		wc -l)" = 40

configure good/1
printf '{"totalResults": 1, "Resources": [{"id": "x", "userName":
	"x\\u001b[31m\\u202eevil@contoso.example", "active": true}]}' \
	>"$dir/saved"
check "nothing hostile" succeeds sync --dry-run --accept-loss \
	--from "$dir/saved"
check "is printed as it came" sh -c \
	"grep -F 'x\\x1b[31m\\xe2\\x80\\xaeevil' '$dir/out' | grep -vF '$esc'"

at_site() # SITE TITLE
{
	cat >"$dir/saved" <<-END
		{"totalResults": 1, "Resources": [{"id": "s", "active": true,
		 "userName": "sam@contoso.example", "title": "$2",
		 "urn:ietf:params:scim:schemas:extension:8x8:1.1:User":
		 {"site": "$1"}}]}
	END
}

at_site Berlin Agent
check "a site is taken" succeeds sync --accept-loss --from "$dir/saved"
at_site Paris Lead
check "another one is listed" succeeds sync --dry-run --from "$dir/saved"
check "who has which, and stays there" grep -qx \
	'site conflict  sam                      stays Berlin, listed: Paris' \
	"$dir/out"
check "what else is new is taken" grep -qx \
	'changed        sam                      title' "$dir/out"
check "the same in JSON" succeeds --json sync --dry-run --from "$dir/saved"
check "with what is ours and what is listed" grep -q \
	'"kind":"site_conflict",.*"ours":"Berlin","listed":"Paris"}' "$dir/out"
check "the sync counts it" succeeds sync --from "$dir/saved"
check "in its line" grep -q '1 changed, 1 site_conflicts' "$dir/out"

# -- on a terminal

on_terminal() # COLUMNS ARGUMENT... -> standard error's bytes in "$dir/seen"
{
	$python - "$dir/seen" "$@" <<-'END'
		import fcntl, os, pty, struct, sys, termios
		seen, columns, *command = sys.argv[1:]
		leader, terminal = pty.openpty()
		fcntl.ioctl(terminal, termios.TIOCSWINSZ,
		            struct.pack("HHHH", 24, int(columns), 0, 0))
		if os.fork() == 0:
		    os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
		    os.dup2(terminal, 2)
		    os.close(leader)
		    os.execv(command[0], command)
		os.close(terminal)
		out = b""
		try:
		    while True:
		        out += os.read(leader, 65536)
		except OSError:
		    pass
		code = os.waitstatus_to_exitcode(os.wait()[1])
		open(seen, "wb").write(out)
		lines = out.decode().split("\r\x1b[K")
		assert all(len(line) < int(columns) for line in lines), lines
		sys.exit(code)
	END
}

configure good/250
for columns in 80 40; do
	check "a terminal of $columns columns is not overrun" \
		on_terminal $columns "$top_builddir/8x8sso" --config \
		"$dir/conf" sync --accept-loss
	check "it sees how far it is" grep -q 'reading \[#*\.*\] [0-9]* of 250' \
		"$dir/seen"
	check "and what is done then" grep -q \
		'taking.*applying the listing.*publishing' "$dir/seen"
	check "and the line is gone at the end" sh -c \
		"tail -c 4 '$dir/seen' | grep -qx '.*$esc\[K'"
done
check "quiet is quiet there, too" on_terminal 80 "$top_builddir/8x8sso" \
	--config "$dir/conf" --quiet sync
check "all of it" test ! -s "$dir/seen"
check "and so is JSON" on_terminal 80 "$top_builddir/8x8sso" \
	--config "$dir/conf" --json sync
check "on standard error" test ! -s "$dir/seen"
admin sync
check "nothing is drawn on what is no terminal" test ! -s "$dir/err"

# -- usage

for wrong in "--dry-run --dry-run" "--from" "--from a --from b" "--from a b" \
		"--accept-losses"; do
	# shellcheck disable=SC2086 # words
	admin sync $wrong
	check "sync $wrong is wrong" test $? -eq 2
done
admin sync --form x
check "wrong usage has an exit code of its own" test $? -eq 2
printf '[host]\nstate_dir = %s\nuser =\n' "$state" >"$dir/conf"
admin sync
check "nothing configured has one too" test $? -eq 3
admin sync --dry-run
check "also for a dry run" test $? -eq 3
check "a clock that was set back is said, not computed with" sh -c "
	$python -c \"import sqlite3
db = sqlite3.connect('$state/state/state.db')
db.execute('UPDATE meta SET value = 4102444800 WHERE key = \'last_sync\'')
db.commit()\" && '$top_builddir/8x8sso' --config '$dir/conf' status |
		grep '^Last sync: .*(in the future)$'"
printf '[host]\nstate_dir = %s\nuser =\n' "$dir/fresh" >"$dir/conf"
admin check
check "without a server, check tells how users come" \
	grep -q 'none yet; run 8x8sso sync --from FILE' "$dir/out"
check "nothing but GET was ever sent" \
	sh -c "! grep -qv '^GET ' '$dir/requests'"
check "the token is in no output" sh -c "! grep -qF '$token' '$dir/out' '$dir/err'"
finish
