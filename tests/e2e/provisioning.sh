#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# 8x8sso sync: from the server's list to the host's users.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

is_known() # NAME
{
	getent -s 8x8 passwd "$1"
}

set_up

check "check passes on a fresh configuration, with the connection test" \
	8x8sso check
check "sync reads the users from the lab over https with the bearer token" \
	8x8sso sync
check "sync makes B.Simon a user of this host" is_known b.simon
check "the password field is a star" \
	same "*" "$(getent -s 8x8 passwd b.simon | cut -d: -f2)"
check "the id is in the configured range" \
	test "$(id -u b.simon)" -ge 1879048192
check "sync asks with GET only" \
	same "" "$(lab requests | tail -n +7 | grep -v '^GET')"
check "sync asks /Users and /Groups only" same "" "$(lab requests |
	grep '^GET' | grep -vE '/scim/v2/(Users|Groups)[?]')"
check "and /Groups, which is not there, once" same 1 \
	"$(lab requests | grep -c '/Groups?')"
check "state.db is its owner's alone" \
	same "600 _8x8sso" "$(stat -c '%a %U' "$STORE")"
check "nss.cache is root's and readable" \
	same "644 root" "$(stat -c '%a %U' "$CACHE")"

uid=$(id -u b.simon)
sum=$(sha256sum <"$CACHE")
check "a second sync succeeds" 8x8sso sync
check "a second sync changes nothing" same "$sum" "$(sha256sum <"$CACHE")"

lab fill 250
lab forget
check "sync reads a listing of several pages" 8x8sso sync
check "sync reads every page" is_known agent00249
check "sync asks for the pages one after the other" \
	test "$(lab requests | grep -c '^GET.*startIndex')" -ge 3
check "ids stay when others come" same "$uid" "$(id -u b.simon)"

check "a listing that breaks off changes nothing" \
	changes_nothing http die_page=2
check "a listing with an error page changes nothing" \
	changes_nothing http-status error_page=2
check "a listing with too few users changes nothing" \
	changes_nothing scim-partial total_more=3
check "status 500 changes nothing" changes_nothing http-status status=500
check "status 401 changes nothing" changes_nothing http-auth status=401
check "an HTML page changes nothing" changes_nothing scim html=1
check "junk instead of JSON changes nothing" changes_nothing json junk=1
check "a key that occurs twice changes nothing" \
	changes_nothing json duplicate_keys=1
check "a redirect is not followed and changes nothing" \
	changes_nothing http-redirect redirect=https://localhost:8443/elsewhere

check "a server that gives page one again changes nothing" \
	changes_nothing scim-partial page_one_again=1 total_more=300
sed -i 's/^timeout.*/timeout = 1s/' "$CONF"
check "a server that is too slow changes nothing" changes_nothing timeout slow=3
write_conf
check "a server with its own idea of itemsPerPage is understood" sh -c \
	"'$top_srcdir/tests/lab/lab' fault $LAB items_requested=1 && 8x8sso sync"
check "users that come twice are counted once" sh -c \
	"'$top_srcdir/tests/lab/lab' fault $LAB repeat=1 && 8x8sso sync &&
	 test \"\$(getent -s 8x8 passwd | grep -c ^agent)\" -eq 250"
lab fault

install -m 0600 /dev/null /etc/8x8sso/scim-token
echo wrong >/etc/8x8sso/scim-token
refuse "a wrong token is refused" 8x8sso sync
refuse "check reports a wrong token" 8x8sso check
install -m 0600 "$LAB/token" /etc/8x8sso/scim-token
install -m 0644 "$LAB/stranger.pem" /etc/8x8sso/lab-ca.pem
refuse "a server whose certificate no CA of ours signed is refused" \
	8x8sso sync
install -m 0600 "$LAB/ca.pem" /etc/8x8sso/lab-ca.pem
check "authorities that the service account cannot read are named" \
	sh -c '8x8sso sync 2>&1 | grep "lab-ca.pem.*chmod 0644"'
chmod 0644 /etc/8x8sso/lab-ca.pem
check "b.simon is there after all that" is_known b.simon

# -- active ----------------------------------------------------------------
# "allow = *": an account phase that is denied means inactive.
is_active() # NAME
{
	pamtester sshd "$1" acct_mgmt
}

lab fault active_text=1
check 'active may be the text "True"' sh -c '8x8sso sync &&
	pamtester sshd b.simon acct_mgmt'
lab disable J.Smith@contoso.com
8x8sso sync >/dev/null
refuse 'active may be the text "False"' is_active j.smith
lab fault
8x8sso sync >/dev/null
refuse "active may be false" is_active j.smith
check "active may be true" is_active b.simon
check "an inactive user keeps name and id" is_known j.smith
lab fault active_absent=1
refuse "an absent active is a great loss, if it is all users'" 8x8sso sync
8x8sso sync --accept-loss >/dev/null
refuse "an absent active counts as inactive" is_active b.simon
lab fault
8x8sso sync >/dev/null

# -- leaving ---------------------------------------------------------------
uid=$(id -u m.garcia)
lab vanish M.Garcia@contoso.com
check "sync takes note of a user that vanished" 8x8sso sync
refuse "a vanished user cannot log in" is_active m.garcia
check "a vanished user keeps the id" same "$uid" "$(id -u m.garcia)"

# -- names -----------------------------------------------------------------
lab provision root@contoso.com bob@contoso.com 'a/../b@contoso.com' >/dev/null
check "sync survives names that it must not give" 8x8sso sync
check "root stays local" same "0" "$(id -u root)"
refuse "a provisioned root is not published" is_known root
refuse "a provisioned bob is not published" is_known bob
refuse "a name with a slash is not published" is_known a/../b
check "user list says why bob is no user" contains name-local 8x8sso user list
check "user list says why a/../b is no user" \
	contains name-grammar 8x8sso user list

# -- from a file -----------------------------------------------------------
curl -s --cacert "$LAB/ca.pem" -H "Authorization: Bearer $(cat "$LAB/token")" \
	"$SCIM/Users?startIndex=1&count=100" >/run/part.json
/usr/bin/python3 - <<'END'
import json
import subprocess
page = json.load(open("/run/part.json"))
simon = [u for u in page["Resources"] if u["userName"].startswith("B.")]
json.dump(dict(page, totalResults=len(page["Resources"])),
          open("/run/whole.json", "w"))
json.dump(dict(page, Resources=simon, totalResults=2),
          open("/run/short.json", "w"))
json.dump(dict(page, Resources=simon * 2, totalResults=2),
          open("/run/twice.json", "w"))
END
rm -rf "$STATE"/nss.cache "$STATE"/state/*
lab forget
check "sync --from FILE reads a saved list response" \
	8x8sso sync --from /run/whole.json
check "sync --from FILE makes B.Simon a user" is_known b.simon
check "sync --from FILE asks no server" same "" "$(lab requests)"
check "two hosts that never met give B.Simon the same id" \
	test "$(id -u b.simon)" -ge 1879048192
sum=$(sha256sum <"$CACHE")
refuse "sync --from a file that is incomplete is refused" \
	8x8sso sync --from /run/short.json
refuse "sync --from a file that has one user twice for two is refused" \
	8x8sso sync --from /run/twice.json
head -c 300 /run/whole.json >/run/cut.json
refuse "sync --from a file that is cut off is refused" \
	8x8sso sync --from /run/cut.json
refuse "sync --from a file that is missing is refused" \
	8x8sso sync --from /run/nothing.json
check "a refused file changes nothing" same "$sum" "$(sha256sum <"$CACHE")"

# -- looking ---------------------------------------------------------------
check "user list shows B.Simon" contains b.simon 8x8sso user list
check "user show tells B.Simon's id" \
	contains "$(id -u b.simon)" 8x8sso user show b.simon
refuse "user show refuses an unknown user" 8x8sso user show nobody.here
check "status succeeds" 8x8sso status
check "root gets in" root_gets_in
check "bob gets in" bob_gets_in
finish
