#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The ways in which SCIM servers list their users, and what a sync makes of
# each: the same people, with as few requests as can be.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

asked() # PATTERN
{
	lab requests | grep -c "^GET .*$1"
}

# Who is there, with which ids, and what programs see.
people()
{
	8x8sso --json user list | sha256sum
	sha256sum "$CACHE"
}

# Under these faults a sync succeeds, and nobody is another one than before.
same_people() # FAULT...
{
	lab fault "$@"
	lab forget
	before=$(people)
	8x8sso sync >/run/out 2>&1
	status=$?
	cat /run/out
	same "0 $before" "$status $(people)"
}

changes_nothing() # REASON FAULT...
{
	reason=$1
	shift
	lab fault "$@"
	before=$(people)
	8x8sso sync >/run/out 2>&1
	status=$?
	lab fault
	cat /run/out
	[ "$status" -eq 1 ] && grep -q "($reason: " /run/out &&
		same "$before" "$(people)"
}

set_up
lab fill 250
8x8sso sync >/run/sync.log 2>&1 || bail_out "sync: $(cat /run/sync.log)"

# -- cursors (RFC 9865) ----------------------------------------------------
check "cursors that nobody asked for are followed" same_people cursor=unasked
check "and every page is asked for once" same "3 2" \
	"$(asked /Users) $(asked cursor=)"
check "without totalResults, too" same_people cursor=unasked total_absent=1
check "a server with cursors that gives none unasked is read by index" \
	same_people cursor=asked
check "then no cursor is sent" same 0 "$(asked cursor=)"

# -- numbers that are not to be trusted ------------------------------------
for items in 0 -1 1 1000000 '"100"' null; do
	check "itemsPerPage is $items: never mind" same_people items="$items"
done
check "an empty page without Resources" same_people resources_absent=1
check "attribute names in capitals" same_people case=upper
check "attribute names in small letters" same_people case=lower
check "extensions flattened" same_people flat=1
check "booleans as texts" same_people active_text=1
check "somebody is hired while it is read: listed again" \
	sh -c "'$top_srcdir/tests/lab/lab' fault $LAB grow_page=2 &&
		8x8sso sync && getent -s 8x8 passwd hired"
lab vanish hired@contoso.com
lab fault
8x8sso sync >/run/out 2>&1

# -- busy servers ----------------------------------------------------------
for busy in 429:2:1 429:1: 429:1:date 503:1:1; do
	check "busy, $busy: asked again, and well" \
		same_people busy="$busy" busy_page=2
	times=${busy#*:}
	check "busy, $busy: no oftener than needed" same \
		$((3 + ${times%%:*})) "$(asked /Users)"
done
sed -i 's/^timeout.*/timeout = 1s/' "$CONF"
check "busy for ever changes nothing" changes_nothing http-status busy=429:0
check "busy for an hour changes nothing" \
	changes_nothing http-status busy=503:0:3600
check "nobody listed changes nothing" changes_nothing scim-empty empty=1
write_conf
finish
