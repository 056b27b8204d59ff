#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Device codes of a real provider that nobody here wrote, oidc-provider, and
# typed by a real browser.
# shellcheck source=tests/lib/device.sh
. "${top_srcdir:?}/tests/lib/device.sh"

PEER=http://127.0.0.1:8096
if [ ! -d "${OIDC_PROVIDER:-/nonexistent}/node_modules" ]; then
	skip "codes come from oidc-provider" "npm could not install it"
	finish
	exit
fi

# shellcheck disable=SC2016 # login.py sets CODE
browse_as() # UPN
{
	printf 'node "%s/browser.mjs" %s/device "$CODE" %s >&2' \
	    "$OIDC_PROVIDER" "$PEER" "$1"
}

device_set_up
start /run/provider.log node "$OIDC_PROVIDER/server.mjs" 8096 "$CLIENT" \
	"$TID" "$OID" "$SIMON"
device_conf issuer="$PEER" uri="$PEER/device"
check "sync reads oidc-provider's discovery and keys" 8x8sso sync
check "check passes with oidc-provider" 8x8sso check
later ssh by_ssh b.simon --act "$(browse_as "$SIMON")"
check "a real sshd, and a code typed in Chromium" got_in ssh "I am b.simon"
later tty by_tty --act "$(browse_as "$SIMON")" tty \
	pamtester login b.simon authenticate acct_mgmt
later other by_pam b.simon --act "$(browse_as J.Smith@contoso.com)"
check "pamtester at a terminal, and a code typed in Chromium" got_in tty
check "a code that somebody else typed" kept_out other 'link-(mismatch|pin)'
check "root gets in" root_gets_in
check "bob gets in" bob_gets_in
finish
