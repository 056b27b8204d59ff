#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Ten thousand people from scimmy-routers, a SCIM server that nobody here
# wrote, hostile ones among them; and two ways in which it misbehaves.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

if [ ! -d "${SCIMMY:-/nonexistent}/node_modules" ]; then
	skip "users come from scimmy-routers" "npm could not install it"
	finish
	exit
fi

# The server on this port, with 10,000 users; and the configuration for it.
serve() # PORT [HOW]
{
	start "/run/scimmy-$1.log" node "$SCIMMY/server.js" "$1" \
	    "$(cat "$LAB/token")" "$SCIMMY/users.json" 10000 ${2:+"$2"}
}

use() # PORT
{
	write_conf scim="http://127.0.0.1:$1/scim/v2"
	sed -i 's/^page_size.*/page_size = 1000/; s/^timeout.*/timeout = 60s/' \
	    "$CONF"
}

count() # OPTION
{
	8x8sso --json user list "$@" | grep -o '"login":' | grep -c .
}

is_refused() # USER-NAME REASON
{
	8x8sso user list --refused | grep -F -- "$1" | tee /run/refused |
		grep -q " $2 " && [ "$(wc -l </run/refused)" -eq 1 ]
}

set_up
serve 8095
use 8095
check "sync makes users of ten thousand" contains "users: 10000 listed" \
	8x8sso sync
check "all but two of them are users of this host" \
	same 9998 "$(getent -s 8x8 passwd | grep -c .)"
check "the first and the last" getent -s 8x8 passwd b.simon agent09999
check "one from the middle" getent -s 8x8 passwd agent04711
check "their ids are their own" \
	same "" "$(getent -s 8x8 passwd | cut -d: -f3 | sort | uniq -d)"
check "every line has seven fields" \
	same 9998 "$(getent -s 8x8 passwd | grep -cE '^([^:]*:){6}[^:]*$')"
check "some are inactive" same 201 "$(8x8sso --json status |
	grep -o '"inactive":[0-9]*' | cut -d: -f2)"
refuse "an inactive one cannot log in" pamtester sshd agent00049 acct_mgmt
check "an active one can" pamtester sshd agent00050 acct_mgmt
check "two are refused" same 2 "$(count --refused)"
check "root@contoso.com is not root" is_refused root@contoso.com name-local
check "and root is root" same "0 root" "$(id -u root) $(id -un 0)"
check "a name with a colon is refused" is_refused "nes:x" name-grammar
refuse "and no line has it" grep -q 'nes' <<END
$(getent -s 8x8 passwd)
END
check "an unchanged listing publishes nothing" \
	contains '"cache_unchanged":true' 8x8sso --json sync

# -- groups ----------------------------------------------------------------
check "groups arrive with their members" same "agent00021 team-1" \
	"$(id -Gn agent00021 | tr ' ' '\n' | grep -v both | paste -sd ' ')"
check "five hundred of them" same 500 \
	"$(getent -s 8x8 group team-7 | cut -d: -f4 | tr ',' '\n' | wc -l)"
check "and groups of groups" contains both-teams id -Gn agent00021
refuse "whose members others are not" sh -c 'id -Gn agent00022 | grep both'
refuse "b.simon is in no sudo of the server's" sh -c \
	'id -Gn b.simon | grep -w sudo'

serve 8096 first-only
use 8096
check "a server that knows its first page only changes nothing" \
	changes_nothing scim-partial
serve 8097 wraps
use 8097
check "a server that gives page one past its end changes nothing" \
	changes_nothing scim-partial
check "ten thousand are still there" \
	same 9998 "$(getent -s 8x8 passwd | grep -c .)"
finish
