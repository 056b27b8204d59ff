#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# B.Simon signs in: every way in that is meant to work.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

# The one answer that was given had more bytes than this.
longer_than() # N COMMAND...
{
	longer_n=$1
	shift
	longer_output=$("$@") || return
	printf '%s\n' "$longer_output"
	longer_got=$(printf '%s\n' "$longer_output" |
		sed -n 's/^<\([0-9]*\) bytes>$/\1/p')
	test "$longer_got" -gt "$longer_n"
}

set_up_and_sync

check "a program's conversation: the whole response in one answer" \
	simon "$(respond)"
check "the login is logged" grep -E 'user="?b\.simon' "$HOST_LOG"
check "pamtester at a terminal: the response in several answers" \
	login --respond "$(respond)" tty pamtester sshd b.simon authenticate \
	    acct_mgmt
for piece in 511 1023 4095; do
	check "pamtester: answers of $piece bytes, as much as fits" \
		login --respond "$(respond)" --piece $piece tty \
		    pamtester login b.simon authenticate acct_mgmt
done
check "a program's conversation: 150 groups in one answer" \
	longer_than 16384 simon "$(respond groups)"
refuse "b.simon is in no file" getent -s files passwd b.simon
check "a real sshd: keyboard-interactive, the user exists by nss_8x8 only" \
	contains "I am b.simon" simon_by_ssh "$(respond)"
check "a real sshd: answers of 1023 bytes, as much as fits" \
	contains "I am b.simon" simon_by_ssh "$(respond)" --piece 1023
check "a real sshd: 150 groups in answers of 1023 bytes" \
	contains "I am b.simon" simon_by_ssh "$(respond groups)" --piece 1023
check "a real sshd: an empty answer ends what does not look complete" \
	contains '<0 bytes>' simon_by_ssh "$(respond late-end)"
check "su by bob" login --respond "$(respond)" tty \
	runuser -u bob -- su b.simon -c true
check "a response and assertion that are both signed" \
	simon "$(respond both-signed)"
check "a person who used a second factor" simon "$(respond mfa)"
check "the address shown carries an AuthnRequest with ForceAuthn" \
	contains SAMLRequest= simon "$(respond)"

# A person is pinned to an object id at the first login.
check "user show tells the object id after the first login" \
	contains "$OID" 8x8sso user show b.simon

check "M.Garcia signs in as m.garcia" \
	login --respond "$(respond_as M.Garcia@contoso.com)" pam sshd m.garcia \
	    authenticate account

# -- metadata instead of the four values -----------------------------------
install -m 0644 "$LAB/metadata.xml" /etc/8x8sso/metadata.xml
sed -i -e '/^login_url/d' \
	-e 's|^certificate.*|metadata = /etc/8x8sso/metadata.xml|' "$CONF"
check "sync takes the keys from federation metadata" 8x8sso sync
check "check passes with metadata" 8x8sso check
check "a login with the metadata's key" simon "$(respond)"
check "a login with the key of the coming rollover" \
	simon "$(respond next-key)"
install -m 0644 "$LAB/metadata-tenant.xml" /etc/8x8sso/metadata.xml
check "sync takes the tenant's own metadata" 8x8sso sync
check "whose keys are not this application's" \
	denied_for saml-key-unknown simon "$(respond)"
write_conf
8x8sso sync >/dev/null

# -- unsolicited -----------------------------------------------------------
unsolicited="$top_srcdir/tests/lab/lab respond $LAB --unsolicited --user $SIMON"
check "an unsolicited response is refused unless configured" \
	denied_for saml-unsolicited simon "$unsolicited"
write_conf saml="idp_initiated = yes"
check "an unsolicited response gets in when configured" simon "$unsolicited"
write_conf

# -- by name ---------------------------------------------------------------
check "root gets in" root_gets_in
check "bob gets in" bob_gets_in
check "bob gets in by ssh" login --say secret ssh bob true
refuse "bob needs his password" login --say wrong pam sshd bob
refuse "nobody.here gets in nowhere" login --say x ssh nobody.here true
finish
