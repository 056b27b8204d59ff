#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Groups of a server that has them (8x8 has none), from /Groups to initgroups.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

groups_of() # NAME
{
	id -Gn "$1" | tr ' ' '\n' | sort | paste -sd ' '
}

set_up
check "a server without groups, as 8x8: 404 is no failure" 8x8sso sync
check "b.simon is in no other group" same b.simon "$(groups_of b.simon)"

lab fault groups=1
lab group Agents M.Garcia@contoso.com
lab group "Sales & Support (EMEA)" "$SIMON" "group Agents"
lab group Everybody "group Sales & Support (EMEA)" J.Smith@contoso.com
check "a server with groups" 8x8sso sync
check "a group has its members" \
	same "agents everybody m.garcia sales-support-emea" \
	"$(groups_of m.garcia)"
check "and those of groups in it" \
	same "b.simon everybody sales-support-emea" "$(groups_of b.simon)"
check "an inactive user keeps them" sh -c "
	'$top_srcdir/tests/lab/lab' disable $LAB J.Smith@contoso.com
	8x8sso sync && id -Gn j.smith | grep -w everybody"
check "getent knows the group by name and id" same \
	"$(getent -s 8x8 group agents)" "$(getent -s 8x8 group \
	"$(getent -s 8x8 group agents | cut -d: -f3)")"
check "a second sync changes nothing" \
	contains '"cache_unchanged":true' 8x8sso --json sync
gid=$(getent group agents | cut -d: -f3)

# -- changes ---------------------------------------------------------------
lab put "group Agents" displayName '"Call Centre"'
check "a group that gets another name keeps its id" sh -c \
	"8x8sso sync && test \"\$(getent group call-centre | cut -d: -f3)\" = $gid"
refuse "and has not the old one" getent group agents
lab group "Call Centre"
check "who is taken out of a group is out" sh -c '8x8sso sync &&
	! id -Gn m.garcia | grep -w call-centre'
lab group "Call Centre" M.Garcia@contoso.com "group Everybody"
check "groups in each other, in a circle, do no harm" 8x8sso sync
check "everybody in them is in all of them" \
	same "call-centre everybody m.garcia sales-support-emea" \
	"$(groups_of m.garcia)"

# -- what a hostile server would like --------------------------------------
lab put "group Everybody" members '[
	{"value": "nobody-has-this-id"}, {"value": "../Users/1"},
	{"value": "\u001b[31m"}]'
check "members that nobody is are nobody" 8x8sso sync
check "and everybody is out of it" same "" \
	"$(id -Gn b.simon j.smith 2>/dev/null | grep -w everybody)"
for name in root sudo docker wheel _8x8sso b.simon bob '../../etc' '0' \
	'a:x:0:root' '\nroot:x:0:b.simon' '\u001b[31m'; do
	lab group "hostile $name" "$SIMON"
	lab put "group hostile $name" displayName "\"$name\""
done
check "groups that are called as the host's: the sync succeeds" 8x8sso sync
check "and b.simon is in none of them" \
	same "" "$(id -Gn b.simon | tr ' ' '\n' |
	grep -xE 'root|sudo|docker|wheel|bob|_8x8sso|0')"
check "no group has two names, no name two groups" same "" \
	"$(getent group | cut -d: -f1 | sort | uniq -d)"
check "every id is of the directory's range" same "" \
	"$(getent -s 8x8 group | awk -F: '$3 < 1879048192 || $3 > 2147352575')"
check "root's group is root's" same "root:x:0:" "$(getent group root)"

# -- faults ----------------------------------------------------------------
check "groups that break off change nothing, users neither" \
	changes_nothing http groups=1 die_groups=1
check "nor do groups that fail" \
	changes_nothing http-status groups=1 groups_status=500
check "nor a server that had groups and has none any more" \
	changes_nothing scim-loss
check "unless that is right" sh -c "
	'$top_srcdir/tests/lab/lab' fault $LAB && 8x8sso sync --accept-loss &&
	! id -Gn m.garcia | grep -w call-centre"
lab fault groups=1
8x8sso sync >/run/out 2>&1
check "when it has them again, they have their ids" \
	same "$gid" "$(getent group call-centre | cut -d: -f3)"
lab put "group Call Centre" members '[{"display": "Britta"}]'
check "a member without an id changes nothing" changes_nothing scim groups=1
lab put "group Call Centre" members '"root"'
check "nor do members that are no list" changes_nothing scim groups=1
lab put "group Call Centre" members '[]'
lab put "group Call Centre" displayName "\"$(head -c 2000 /dev/zero |
	tr '\0' x)\""
lab fault groups=1
check "a name longer than the cap is done without, and told" contains \
	"displayName is longer than" sh -c '8x8sso sync 2>&1'
check "such a group is refused" contains name-grammar \
	8x8sso group list --refused
check "and no group has the name" same "" "$(getent -s 8x8 group |
	grep xxxx)"
finish
