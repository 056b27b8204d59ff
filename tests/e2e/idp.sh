#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The provider's keys by way of its address: logins before, during and after a
# roll-over, and what nobody but an administrator can change.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

METADATA=https://localhost:8443/$TID/FederationMetadata/2007-06/FederationMetadata.xml

# Metadata by address instead of the portal's values.
use_metadata() # ADDRESS
{
	write_conf
	sed -i -e '/^login_url/d' -e "s|^certificate.*|metadata = $1|" \
		-e 's|^tenant.*|&\nca_file = /etc/8x8sso/lab-ca.pem|' "$CONF"
}

# The provider's metadata has these keys from now on, and the host hears it.
roll() # KEYS
{
	lab fault metadata="$1"
	8x8sso sync
}

# The command fails and says this.
fails_with() # TEXT COMMAND...
{
	fails_text=$1
	shift
	if fails_output=$("$@" 2>&1); then
		echo "it succeeds"
		return 1
	fi
	printf '%s\n' "$fails_output"
	case $fails_output in
	*"$fails_text"*) return 0 ;;
	esac
	return 1
}

# A value of state.db, as time would make it.
set_meta() # KEY VALUE
{
	/usr/bin/python3 - "$STORE" "$1" "$2" <<-'END'
	import sqlite3, sys
	with sqlite3.connect(sys.argv[1]) as db:
	    db.execute("UPDATE meta SET value = ? WHERE key = ?",
	               (sys.argv[3], sys.argv[2]))
	END
}

fingerprint() # NAME
{
	openssl x509 -in "$LAB/$1.pem" -noout -fingerprint -sha256 |
		sed 's/.*=//'
}

set_up
use_metadata "$METADATA?appid=4a0d8f6e-5a3c-4a6e-9d63-0d6d6c6f8f10"
lab fault metadata=idp

# -- before ----------------------------------------------------------------
check "sync takes the provider's metadata from its address" 8x8sso sync
check "check passes with the address" 8x8sso check
lab forget
check "a login with its key" simon "$(respond)"
check "a login by a real sshd" \
	contains "I am b.simon" simon_by_ssh "$(respond)"
check "no login fetches anything" same 0 "$(lab requests | grep -c .)"
check "c1: the key of the coming roll-over is not known yet" \
	denied_for saml-key-unknown simon "$(respond next-key)"
check "idp show prints the key's fingerprint" \
	contains "$(fingerprint idp)" 8x8sso idp show

# -- during ----------------------------------------------------------------
check "c6: sync takes a second key" roll next,idp
check "the log says that a key came" \
	grep -q 'part=idp result=ok keys=2 added=1 removed=0' "$HOST_LOG"
check "and which" grep -q "part=idp added=$(fingerprint next)" "$HOST_LOG"
check "c6: a login with the old key" simon "$(respond)"
check "c6: a login with the new key" simon "$(respond next-key)"

# -- after -----------------------------------------------------------------
check "c6: sync drops the old key" roll next
check "the log says which key went" \
	grep -q "part=idp removed=$(fingerprint idp)" "$HOST_LOG"
check "c6: a login with the new key only" simon "$(respond next-key)"
check "c6: the old key lets nobody in any more" \
	denied_for saml-key-unknown simon "$(respond)"

# -- a take-over -----------------------------------------------------------
lab vanish M.Garcia@contoso.com
forget_log
check "c6: sync refuses metadata with foreign keys" \
	fails_with "8x8sso idp accept" roll stranger
check "the log says so" \
	grep -q 'part=idp result=idp-keys-changed' "$HOST_LOG"
check "c6: the known key lets people in as before" \
	simon "$(respond next-key)"
check "c6: the foreign key lets nobody in" \
	denied_for saml-key-unknown simon "$(respond wrong-key)"
check "check says it" fails_with idp-keys-changed 8x8sso check
check "status says it" contains idp-keys-changed 8x8sso status
check "idp show prints the foreign fingerprint" \
	contains "$(fingerprint stranger)" 8x8sso idp show
check "the users are synced all the same" \
	contains vanished 8x8sso user show m.garcia
check "c6: accept of another fingerprint changes nothing" \
	fails_with not-found 8x8sso idp accept "$(fingerprint tenant)"
check "an administrator accepts the keys by fingerprint" \
	contains "$(fingerprint stranger)" \
	8x8sso idp accept "$(fingerprint stranger)"
check "the log says whose word it was" \
	grep -q "idp accept added=$(fingerprint stranger)" "$HOST_LOG"
check "and then their key lets people in" simon "$(respond wrong-key)"
check "and the former one nobody" \
	denied_for saml-key-unknown simon "$(respond next-key)"
check "and the next sync is content" 8x8sso sync
check "so is check" 8x8sso check

# -- the last good copy, and its age ---------------------------------------
lab fault metadata=stranger metadata_status=500
check "c7: sync reports a provider that does not answer" \
	fails_with http-status 8x8sso sync
check "c7: logins go on" simon "$(respond wrong-key)"
set_meta idp_fetched $(($(date +%s) - 31 * 86400))
check "c7: for 30 days" denied_for idp-stale simon "$(respond wrong-key)"
forget_log
refuse "c7: by ssh, too" simon_by_ssh "$(respond wrong-key)"
check "c7: for the same reason" logged idp-stale
check "check says why" fails_with max_age 8x8sso check
check "idp show says why" contains max_age 8x8sso idp show
check "root gets in" root_gets_in
check "bob gets in" bob_gets_in
lab fault metadata=stranger
check "a good sync ends it" 8x8sso sync
check "c7: and logins go on" simon "$(respond wrong-key)"
set_meta idp_valid_until $(($(date +%s) - 1))
check "c7: not behind the metadata's validUntil" \
	denied_for idp-stale simon "$(respond wrong-key)"
8x8sso sync >/dev/null
check "c7: until there is a good document again" \
	simon "$(respond wrong-key)"

# -- Entra's two documents -------------------------------------------------
use_metadata "$METADATA"
lab fault
check "check warns of an address without appid=" \
	fails_with "no appid=" 8x8sso check
check "c6: sync refuses the keys of the tenant's other applications" \
	fails_with idp-keys-changed 8x8sso sync
check "c6: and logins go on" simon "$(respond wrong-key)"
finish
