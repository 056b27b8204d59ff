#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What breaks a sync leaves the host as it was: a server that dies, wrong
# certificates, a full disk, a disk that cannot be written, a clock set back.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

known() # NAME...
{
	for known_name; do
		getent -s 8x8 passwd "$known_name" >/dev/null || return 1
	done
}

# A login is decided by the old list: keys and tokens alike end here.
logins_work()
{
	pamtester sshd b.simon acct_mgmt && ! pamtester sshd j.smith acct_mgmt
}

# The sync fails and says this; the users are the same and still get in.
stays_well() # REASON TEXT
{
	changes_nothing "$1" && grep -Eq "$2.*\($1: " /run/out &&
		known b.simon j.smith && logins_work
}

is_logged() # REASON
{
	for _ in $(seq 40); do
		grep -q " part=users result=$1 " "$HOST_LOG" && return
		sleep 0.05
	done
	cat "$HOST_LOG"
	return 1
}

# No part of it was begun.
is_logged_whole() # REASON
{
	for _ in $(seq 40); do
		grep -q " sync result=$1 detail=" "$HOST_LOG" && return
		sleep 0.05
	done
	cat "$HOST_LOG"
	return 1
}

# And status tells of it.
is_remembered() # REASON
{
	8x8sso status >/run/status || return 1
	cat /run/status
	grep -Eq "^Last sync: .*\([0-9]+ (s|min) ago\)" /run/status &&
		grep -q "^Last error: .*users: $1 at 2" /run/status
}

fails() # NAME REASON TEXT FAULT...
{
	fails_name=$1
	reason=$2
	text=$3
	shift 3
	lab fault "$@"
	forget_log
	check "$fails_name: nothing changes, the reason is told" \
		stays_well "$reason" "$text"
	check "$fails_name: the reason is logged" is_logged "$reason"
	check "$fails_name: status shows age and reason" \
		is_remembered "$reason"
}

is_well()
{
	before=$(id -u b.simon)
	8x8sso sync && same "$before" "$(id -u b.simon)" &&
		! 8x8sso status | grep "^Last error: .*users:"
}

recovers() # NAME
{
	lab fault
	check "$1: the next sync succeeds, with the same ids" is_well
}

set_up
lab fill 250
lab disable J.Smith@contoso.com
8x8sso sync >/run/sync.log 2>&1 || bail_out "sync: $(cat /run/sync.log)"
sed -i 's/^page_size.*/page_size = 50/; s/^timeout.*/timeout = 1s/' "$CONF"

# -- the server ------------------------------------------------------------
for page in 1 2 3 4 5 6; do
	fails "the server dies on page $page" http "transfer closed" die_page=$page
done
lab fault busy=503:0 busy_page=3
check "a server that is busy for ever" stays_well http-status 503
lab fault busy=429:0:3600
check "and one that says for how long" stays_well http-status \
	"asks to wait for 3600 s"
recovers "the server"

# -- its certificate -------------------------------------------------------
fails "an expired certificate" http-tls "expired" tls=expired
fails "another host's certificate" http-tls "localhost" tls=other
fails "a self-signed certificate" http-tls "self.signed" tls=self
recovers "the certificate"

# -- kill -9 ---------------------------------------------------------------
# sync_faults.sh of tests/module kills at every write.  Here somebody logs in
# afterwards.
survives_kill() # CALL NUMBER
{
	lab fill 5
	strace -qq -o /dev/null -e "trace=$1" \
		-e "inject=$1:signal=SIGKILL:when=$2" 8x8sso sync
	[ $? -ge 128 ] && known b.simon j.smith && logins_work &&
		8x8sso --json status | grep '"cache":{"state":"ok"'
}

while read -r call number; do
	check "killed at $call $number: the old users get in" \
		survives_kill "$call" "$number"
done <<END
openat 20
pwrite64 1
pwrite64 20
fdatasync 2
fdatasync 5
unlink 1
rename 1
END

# Whoever fetches dies: the only child of a sync that waits for it.
fetch_is_killed()
{
	lab fault slow=1
	8x8sso sync >/run/out 2>&1 &
	killed=$!
	until pgrep -P "$killed" -x 8x8sso-fetch >/dev/null; do
		sleep 0.02
	done
	sleep 0.3
	kill -9 "$(pgrep -P "$killed" -x 8x8sso-fetch)"
	wait "$killed"
	status=$?
	cat /run/out
	[ "$status" -eq 1 ] && grep -q "users: .*worker" /run/out &&
		known b.simon && logins_work
}
check "the worker is killed: nothing changes, and it is told" fetch_is_killed
recovers "kill -9"

# -- the disk --------------------------------------------------------------
lab fill 200
uid=$(id -u b.simon)
old=$(sha256sum <"$CACHE")

# The state on a disk with so much room left.
small_disk() # KIB
{
	cp -a "$STATE" /run/whole
	mount -t tmpfs -o mode=0755 small "$STATE"
	cp -a /run/whole/. "$STATE"
	used=$(df -k --output=used "$STATE" | tail -n 1)
	mount -o "remount,size=$((used + $1))k" "$STATE"
}

usual_disk()
{
	umount "$STATE"
	rm -r /run/whole
}

grows_again()
{
	mount -o remount,size=64m "$STATE" && 8x8sso sync &&
		known agent00449 && same "$uid" "$(id -u b.simon)"
}

for room in 0 16 64 128; do
	small_disk "$room"
	check "a disk with $room KiB left: nothing changes, and it is told" \
		stays_well store "full.*make room"
	check "a disk with $room KiB left: status shows the age" \
		contains "s ago)" 8x8sso status
	check "a disk with $room KiB left, that grows: the next sync succeeds" \
		grows_again
	usual_disk
done

# The cache on a full disk, and the database on another: there is a moment
# when the users are the new ones, and programs see the old.
has_no_room()
{
	8x8sso sync >/run/out 2>&1
	status=$?
	cat /run/out
	[ "$status" -eq 1 ] && grep -q "No space.*(io: " /run/out &&
		same "$old" "$(sha256sum <"$CACHE")" && logins_work &&
		is_remembered io && contains '"cache":{"state":"ok"' \
		8x8sso --json status
}

lab fault etags=1
small_disk 4
mount --bind /run/whole/state "$STATE/state"
check "no room for the cache: the old one stays, and it is told" has_no_room
check "no room for the cache: not the second time either" has_no_room
check "then there is room: the cache is the new one, listed anew or not" \
	grows_again
umount "$STATE/state"
usual_disk
lab fault

mount --bind "$STATE" "$STATE"
mount -o remount,bind,ro "$STATE"
forget_log
check "a disk that cannot be written: nothing changes, and it is told" \
	stays_well io "Read-only"
check "a disk that cannot be written: it is logged, though no part began" \
	is_logged_whole io
check "a disk that cannot be written: status shows the age" \
	contains "s ago)" 8x8sso status
umount "$STATE"
recovers "the disk"

# -- the clock -------------------------------------------------------------
# What a run under another clock leaves, looked at under this one.
check "a sync when the clock is two days ahead" faketime "2 days" 8x8sso sync
check "the clock is set back: status says so" \
	contains "(in the future)" 8x8sso status
check "the clock is set back: logins are decided as before" logins_work
check "the clock is set back: the next sync succeeds" 8x8sso sync
check "the clock is set back: and mends the age" \
	sh -c '8x8sso status | grep "^Last sync: .*s ago)"'
check "the clock is set back: ids are the same" same "$uid" "$(id -u b.simon)"
check "a sync when the clock is two days late" faketime "2 days ago" 8x8sso sync
check "the clock is put forward: status shows the age" \
	contains "(2 days ago)" 8x8sso status
check "the clock is put forward: logins are decided as before" logins_work
lab fault status=500
check "a sync that fails when the clock is ten years late" \
	sh -c '! faketime "10 years ago" 8x8sso sync'
check "a clock that is wrong: nobody is gone" known b.simon agent00449
check "a clock that is wrong: logins are decided as before" logins_work
recovers "the clock"
finish
