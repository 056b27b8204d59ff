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
check "a cursor that has expired: listed again, from the start" \
	same_people cursor=unasked cursor_expires=2
check "which takes two listings" same 2 "$(asked "Users.startIndex=1&")"

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

# -- ETags -----------------------------------------------------------------
conditional()
{
	lab requests | grep -c '(conditional)'
}

# Nothing has changed, and only that was asked.
stays() # REQUESTS
{
	lab forget
	before=$(people)
	contains '"cache_unchanged":true' 8x8sso --json sync &&
		same "$before" "$(people)" &&
		same "$1 $1" "$(asked /Users) $(conditional)"
}

has_title() # NAME TITLE
{
	8x8sso sync && contains "\"title\":\"$2\"" 8x8sso --json user show "$1"
}

lab fault etags=1
8x8sso sync >/run/out 2>&1
check "pages with ETags are asked for once, on condition" stays 3
check "and are as good as a listing" \
	sh -c '8x8sso status | grep "^Last sync: .*([0-9]* s ago)"'
daily() { 8x8sso sync && same 0 "$(conditional)"; }
/usr/bin/python3 - "$STATE/state/state.db" <<END
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    db.execute("UPDATE meta SET value = value - 86400 "
               "WHERE key = 'last_listing'")
END
lab forget
check "but not for ever: once a day everything is listed" daily
check "and then it is quiet again" stays 3
lab put agent00249@contoso.com title '"Novice"'
check "one page that changed is enough" has_title agent00249 Novice
check "then it is quiet again" stays 3
lab provision bob@contoso.com a/../b@contoso.com >/dev/null
check "somebody new is seen" contains "2 added" 8x8sso sync
lab vanish agent00000@contoso.com
check "and somebody who vanished" contains "1 vanished" 8x8sso sync
refuse "who cannot log in" pamtester sshd agent00000 acct_mgmt
check "an unchanged listing changes no one who vanished or was refused" \
	stays 3
refuse "nor lets them in" pamtester sshd agent00000 acct_mgmt
rm "$CACHE"
check "a cache that was lost is made again without a listing" sh -c \
	'8x8sso sync && getent -s 8x8 passwd agent00249'
lab forget
sed -i 's/^page_size.*/page_size = 50/' "$CONF"
check "other pages are not asked for on condition" sh -c '8x8sso sync'
check "for the condition is of these pages" \
	same "6 0" "$(asked "Users.*count=50") $(conditional)"
check "until they are known" stays 6
sed -i 's/^page_size.*/page_size = 100/' "$CONF"
8x8sso sync >/run/out 2>&1
write_conf more="[users]
name = user_name"
check "another rule of names takes effect without a listing" \
	sh -c '8x8sso sync && getent -s 8x8 passwd b.simon@contoso.com'
write_conf
8x8sso sync >/run/out 2>&1
lab fault
check "a server that has no ETags any more is listed" \
	contains "users: 254 listed" 8x8sso sync
lab fault etags=1 die_page=3
check "a page that dies" sh -c '! 8x8sso sync'
lab fault etags=1
check "is no known page" sh -c '8x8sso sync'
rm -rf "$STATE"/nss.cache "$STATE"/state/*
lab forget
check "a host that has lost its state lists everything" \
	contains "users: 254 listed, 254 added" 8x8sso sync
check "without conditions" same 0 "$(conditional)"
finish
