#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A SCIM server that is hostile: what it says of people must not make it root,
# an account or a group of this host, a path, or the master of a terminal.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

# A user as JSON has it, and who has been said so far.
user() # ID USER-NAME [MEMBERS]
{
	users="${users:+$users,}{\"id\": \"$1\", \"userName\": \"$2\",
	    \"active\": true${3:-}}"
}
users=

post_users()
{
	lab post "[$users]"
	users=
}

everything()
{
	8x8sso sync
	8x8sso --json sync
	for everything_of in "user list" "user list --refused" status check; do
		# shellcheck disable=SC2086 # words
		8x8sso $everything_of
		# shellcheck disable=SC2086
		8x8sso --json $everything_of
	done
	for everything_of in b.simon ann; do
		8x8sso user show "$everything_of"
		8x8sso --json user show "$everything_of"
	done
} >/run/out 2>&1

# Control characters, in ASCII and in UTF-8, but for the end of a line.
steers() # FILE
{
	LC_ALL=C grep -nP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$1"
}

# What the host knew before any of this.
local_picture()
{
	getent -s files passwd
	getent -s files group
	stat -c '%n %U %G %a %s' /etc/passwd /etc/shadow /etc/group \
	    /etc/sudoers /root /home
	ls /home /root
}

# Ids of the directory are its own.
only_our_ids()
{
	getent -s 8x8 passwd | awk -F: '$3 < 1879048192 || $3 > 2147352575 ||
		$4 < 1879048192 || $4 > 2147352575 { print; bad = 1 }
		END { exit bad }' &&
	getent -s 8x8 group | awk -F: '$3 < 1879048192 || $3 > 2147352575 {
		print; bad = 1 } END { exit bad }'
}

no_name_twice()
{
	same "" "$(getent passwd | cut -d: -f1 | sort | uniq -d)" &&
		same "" "$(getent group | cut -d: -f1 | sort | uniq -d)"
}

# Every line of passwd is one, and every home is below /home.
only_our_homes()
{
	getent -s 8x8 passwd | grep -vE \
	    '^[a-z][a-z0-9._-]*:\*:[0-9]+:[0-9]+:[^:,[:cntrl:]]*:/home/[a-z][a-z0-9._-]*:/bin/bash$' &&
		return 1
	! getent -s 8x8 passwd | grep -q '/\.\.'
}

set_up
8x8sso sync >/run/sync.log 2>&1 || bail_out "sync: $(cat /run/sync.log)"
local_picture >/run/before
posix=urn:ietf:params:scim:schemas:extension:posix:2.0:User
enterprise=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User

# -- names -----------------------------------------------------------------
number=0
while read -r name; do
	number=$((number + 1))
	user "name-$number" "$name"
done <<'END'
root
ROOT@contoso.com
bob@contoso.com
_8x8sso@contoso.com
nobody@contoso.com
sudo@contoso.com
wheel@contoso.com
docker@contoso.com
admin@contoso.com
systemd-network@contoso.com
../../etc/cron.d/x@contoso.com
/etc/passwd
..@contoso.com
.ssh@contoso.com
-rf@contoso.com
0@contoso.com
4294967296@contoso.com
%u@contoso.com
~root@contoso.com
+@contoso.com
*@contoso.com
a:0:0::/:/bin/sh@contoso.com
x\nroot::0:0:::@contoso.com
\u001b[2J\u001b]0;owned\u0007@contoso.com
\u009b2J@contoso.com
r\u006fot\u200b@contoso.com
\uff52oot@contoso.com
B.SIMON@fabrikam.com
END
post_users
check "hostile names: the sync succeeds" 8x8sso sync
check "hostile names: none of them is a user of this host" \
	same "b.simon j.smith m.garcia" \
	"$(getent -s 8x8 passwd | cut -d: -f1 | sort | paste -sd ' ')"
check "hostile names: each is refused with a reason" \
	same "$number" "$(8x8sso user list --refused | tail -n +2 |
	grep -cE ' (name-grammar|name-local|name-taken) ')"

# -- what is to be said of a person ----------------------------------------
user ann ann@contoso.com ", \"title\": \"\\u001b]0;owned\\u0007\",
	\"externalId\": \"\\u001b[2J\",
	\"name\": {\"givenName\": \"Ann:0:0:/root:/bin/sh\"}"
post_users
lab put ann@contoso.com name.familyName \
	'"\nroot::0:0::/:/bin/sh\u001b[31m\u009b31m,&%u"'
lab put ann@contoso.com "$enterprise:department" '"sudo"'
lab put b.simon@contoso.com "$enterprise:department" '"root"'
lab put b.simon@contoso.com title '"docker"'
lab put ann@contoso.com meta.created '"\u001b[31m"'
lab put ann@contoso.com uidNumber 0
lab put ann@contoso.com gidNumber 0
lab put ann@contoso.com homeDirectory '"/root"'
lab put ann@contoso.com loginShell '"/bin/evil"'
lab put ann@contoso.com "$posix:uidNumber" 0
lab put ann@contoso.com "$posix:gidNumber" 0
lab put ann@contoso.com "$posix:homeDirectory" '"/root"'
write_conf more="[groups]
attributes = department, title"
forget_log
everything
check "hostile text: ann is a user of this host" getent -s 8x8 passwd ann
check "hostile text: her name is one field, without control characters" \
	only_our_homes
check "hostile text: there are no ids but the directory's" only_our_ids
check "hostile text: no group of the host gets a member" \
	same "" "$(id -Gn ann b.simon 2>/dev/null | tr ' ' '\n' |
	grep -xE 'root|sudo|docker|wheel|adm')"
refuse "hostile text: no output of 8x8sso steers a terminal" steers /run/out
check "hostile text: though it is told, escaped" grep -qF '\x1b]0;owned' /run/out
refuse "hostile text: no line of the log steers a terminal" steers "$HOST_LOG"

# -- ids -------------------------------------------------------------------
# Each with an id that a server of the host's own choosing could give.
number=0
for id in 0 -1 1 999 1000 65534 65535 60001 524288 4294967295 4294967296 \
		1879048191 2147352576 9223372036854775807 1.5 true '"0"' \
		'"00"' '" 1900000000"' '"0x71000000"' '"1900000000x"' \
		'[0]' '{}' '""'; do
	number=$((number + 1))
	user "uid-$number" "uid$number@contoso.com" \
	    ", \"$posix\": {\"uidNumber\": $id}"
done
post_users
everything
check "hostile ids are nothing where none are asked for: all have ours" \
	only_our_ids
check "hostile ids: and all are there" \
	same "$number" "$(getent -s 8x8 passwd | grep -c '^uid')"

# -- more than there may be ------------------------------------------------
long=$(head -c 2000 /dev/zero | tr '\0' x)
lab put ann@contoso.com externalId "\"$long\""
check "hostile: externalId is longer than the cap" changes_nothing scim
lab put ann@contoso.com externalId '"x"'
# What nobody is known by is done without: it stops nobody's deactivation.
for attribute in title name.givenName "$enterprise:department"; do
	lab put ann@contoso.com "$attribute" "\"$long\""
	check "hostile: $attribute is longer than the cap, and told" contains \
		"${attribute##*[.:]} is longer than" sh -c '8x8sso sync 2>&1'
	check "hostile: nobody has such a $attribute" same "" "$(
		{ getent -s 8x8 passwd; getent -s 8x8 group
		  8x8sso --json user show ann; } | grep xxxx)"
	check "hostile: ann is there" getent -s 8x8 passwd ann
	lab put ann@contoso.com "$attribute" '"x"'
	8x8sso sync >/dev/null 2>&1
done
lab put ann@contoso.com title '"\u0000"'
check "hostile: a NUL" changes_nothing json
lab put ann@contoso.com title '"\ud800"'
check "hostile: half a character" changes_nothing json
lab put ann@contoso.com title '{"a": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}'
check "hostile: nested too deep" changes_nothing json
lab put ann@contoso.com title null
lab put ann@contoso.com extra "\"$(head -c 100000 /dev/zero | tr '\0' x)\""
check "what nobody reads may be long" 8x8sso sync
local_picture >/run/after
check "the host's own people and files are as before" \
	cmp /run/before /run/after
check "no name means two people" no_name_twice
check "root gets in" root_gets_in
check "bob gets in" bob_gets_in
finish
