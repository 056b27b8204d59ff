#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Real peers that nobody here wrote: SimpleSAMLphp signs the person in,
# scimmy-routers provisions her, through pamtester and a real sshd.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

PEER=/run/simplesamlphp
interop=$top_srcdir/tests/interop

simplesamlphp() # OPTION...
{
	printf '%s' "$interop/simplesamlphp.py respond $PEER --user $SIMON"
	printf ' %s' "$@"
}

set_up
scim=$SCIM

# -- users from scimmy -----------------------------------------------------
if [ -d "${SCIMMY:-/nonexistent}/node_modules" ]; then
	start /run/scimmy.log node "$SCIMMY/server.js" 8095 \
	    "$(cat "$LAB/token")" "$SCIMMY/users.json"
	scim=http://127.0.0.1:8095/scim/v2
	write_conf scim="$scim"
	check "check makes the connection test with scimmy-routers" 8x8sso check
	check "sync reads the users of scimmy-routers" 8x8sso sync
	check "B.Simon of scimmy-routers is a user of this host" \
		getent -s 8x8 passwd b.simon
	sed -i 's/^page_size.*/page_size = 2/' "$CONF"
	rm -rf "$STATE"/nss.cache "$STATE"/state/*
	check "sync reads scimmy-routers in pages of two" 8x8sso sync
	check "all three are there" \
		same 3 "$(getent -s 8x8 passwd | grep -c .)"
	refuse "the inactive user of scimmy-routers cannot log in" \
		pamtester sshd j.smith acct_mgmt
else
	skip "users come from scimmy-routers" "npm could not install it"
	8x8sso sync >/dev/null
fi

# -- Responses from SimpleSAMLphp ------------------------------------------
mkdir -p "$PEER"
start /run/php.log "$interop/simplesamlphp.py" serve "$PEER"
install -m 0644 "$PEER/idp.pem" /etc/8x8sso/idp.pem
write_conf scim="$scim"
check "sync takes SimpleSAMLphp's key" 8x8sso sync

# The last Response that SimpleSAMLphp made has so many signatures.
signatures() # COUNT
{
	same "$1" "$(base64 -d /run/last | xmllint --xpath \
		"count(//*[local-name()='Signature'])" -)"
}

refuse "b.simon is in no file" getent -s files passwd b.simon
for signed in "" --both-signed; do
	count=$((1 + 0${signed:+1}))
	kind=${signed:+response and }${signed:-assertion}
	kind=$(printf '%s' "$kind" | sed 's/--both-signed/assertion/')
	# shellcheck disable=SC2016,SC2086 # login.py sets URL; no option
	sp="$(simplesamlphp $signed --url '"$URL"') | tee /run/last"
	# shellcheck disable=SC2086
	idp="$(simplesamlphp $signed --unsolicited) | tee /run/last"
	write_conf scim="$scim"
	check "SimpleSAMLphp, $kind signed, SP-initiated, pamtester" \
		login --respond "$sp" tty \
		pamtester sshd b.simon authenticate acct_mgmt
	check "SimpleSAMLphp, $kind signed, SP-initiated, a real sshd" \
		contains "I am b.simon" simon_by_ssh "$sp"
	check "SimpleSAMLphp, $kind signed: so many signatures" \
		signatures "$count"
	check "SimpleSAMLphp, $kind signed, IdP-initiated, not configured" \
		denied_for saml-unsolicited simon "$idp"
	write_conf scim="$scim" saml="idp_initiated = yes"
	check "SimpleSAMLphp, $kind signed, IdP-initiated, pamtester" \
		login --respond "$idp" tty \
		pamtester sshd b.simon authenticate acct_mgmt
	check "SimpleSAMLphp, $kind signed, IdP-initiated, a real sshd" \
		contains "I am b.simon" simon_by_ssh "$idp"
done

"$interop/simplesamlphp.py" respond "$PEER" --user "$SIMON" --unsolicited \
	>/run/once
check "a response of SimpleSAMLphp gets in once" simon "cat /run/once"
check "and not twice" refused_for replay simon "cat /run/once"
check "SimpleSAMLphp's word for somebody else is not B.Simon's" \
	refused_for link-pin simon "$interop/simplesamlphp.py respond $PEER \
	--user M.Garcia@contoso.com --url \"\$URL\""
check "the lab's key is not SimpleSAMLphp's" \
	refused_for saml-key-unknown simon "$(respond_as "$SIMON")"
finish
