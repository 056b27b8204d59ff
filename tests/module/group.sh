#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# 8x8sso group: what groups there are, who is in them, and which are none.

. "${top_srcdir:?}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/loopback.sh"

state=$dir/state
export ASAN_OPTIONS=detect_leaks=0

printf %s s3cr3t-T0k3n >"$dir/token"
chmod 0600 "$dir/token"
cat >"$dir/conf" <<END
[scim]
url = http://127.0.0.1:9/nobody
token_file = $dir/token
[groups]
attributes = department
[host]
state_dir = $state
libexec_dir = ${top_builddir:?}
user =
END
chmod 0644 "$dir/conf"

# One person of each department.
list_people() # DEPARTMENT...
{
	$python - "$@" <<-'END'
		import json, sys
		urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
		people = [{"id": str(n), "userName": "user%d@contoso.example" % n,
		           "active": True, urn: {"department": name}}
		          for n, name in enumerate(sys.argv[1:])]
		print(json.dumps({"totalResults": len(people),
		                  "Resources": people}))
	END
}

line_is() # TEXT
{
	grep -qE -- "$1" "$dir/out"
}

has_elements() # NUMBER
{
	$python -c "import json; assert len(json.load(open('$dir/out'))) == $1"
}

is_unknown() # GROUP
{
	admin group show "$1"
	[ $? -eq 1 ]
}

esc=$(printf '\033')
admin group list
check "before the first sync there are no groups to list" \
	grep -q '(store-missing' "$dir/err"
# They have their names before anything asks for a group's.
list_people "" "" "" "" "" "" >"$dir/saved"
check "a sync makes people" succeeds sync --from "$dir/saved"
list_people "Customer Care" "customer care!" Docker user0 "${esc}[31m" \
	"Customer Care" >"$dir/saved"
check "a sync makes groups" succeeds sync --from "$dir/saved"
check "group list lists them" succeeds group list
check "with name, gid, state, attribute and value" \
	line_is '^customer-care +[12][0-9]{9} +ok +department +Customer Care$'
check "one that has a local name is refused" \
	line_is '^- +[12][0-9]{9} name-local +department +Docker$'
check "and one that has a user's" line_is 'name-taken +department +user0$'
check "and one that another one is called like" \
	line_is 'name-taken +department +customer care!$'
check "no value steers a terminal" line_is '\\x1b\[31m$'
refuse "in no way" grep -q "$esc" "$dir/out"
check "group list --refused lists those" succeeds group list --refused
refuse "and no others" line_is '^customer-care'
check "which is every one" test 4 = "$(grep -c '^- ' "$dir/out")"
check "group list as JSON" succeeds --json group list --refused
check "is one array" has_elements 4

check "group show shows who is in it" succeeds group show customer-care
check "by login name" test "$(grep '^Member' "$dir/out" | tr -s ' ' |
	tr '\n' ' ')" = "Member: user0 Member: user5 "
check "group show as JSON" succeeds --json group show customer-care
check "has the members" line_is '"members":\["user0","user5"\]'
for name in docker user0 nobody "customer care" "' OR '1'='1" ''; do
	check "there is no group '$name'" is_unknown "$name"
done

# A group of the server, with somebody who signs in as a local account, and
# somebody who is refused.
$python - "$state/state/state.db" <<'END'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript("""
INSERT INTO ids(id, kind, key) VALUES (2000000001, 'g', 'scim:g');
INSERT INTO groups VALUES (2000000001, 'scim:g', 'on-call');
INSERT INTO scim_groups VALUES ('g', 'On ' || char(27) || 'Call', '');
INSERT INTO scim_members VALUES ('g', '1'), ('g', '2'), ('g', '3');
INSERT INTO scim_gids VALUES ('g', 2000000001);
INSERT INTO links(name, user_name, scim_id) VALUES ('bsimon', 'user1', '1');
UPDATE users SET refused = 'name-linked' WHERE scim_id = '1';
UPDATE users SET refused = 'name-local' WHERE scim_id = '2';
""")
END
check "a group of the server is shown" succeeds group show on-call
check "by displayName" line_is '^Value: +On \\x1bCall$'
check "a linked person by the local name" line_is '^Member: +bsimon$'
check "a refused one by userName" line_is '^Member: +user2@contoso.example$'

is_usage_error() # ARGUMENT...
{
	admin group "$@"
	[ $? -eq 2 ]
}

check "group alone is a usage error" is_usage_error
check "an unknown option, too" is_usage_error list --all
check "one too many" is_usage_error list --refused x
check "no name" is_usage_error show
check "two names" is_usage_error show a b
check "an unknown word" is_usage_error lists
check "help knows the command" succeeds help group

finish
