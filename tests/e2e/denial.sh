#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Whatever is wrong: the login is denied, the log says why, the person reads
# one sentence that does not, and root and local people still log in.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

others_get_in() # WHAT
{
	check "$1: root gets in" root_gets_in
	check "$1: bob gets in" bob_gets_in
}

# One damage: the login is denied for this reason; root and bob get in.
damage() # REASON WHAT RESPOND
{
	check "$2: denied, and the log says $1" denied_for "$1" simon "$3"
	others_get_in "$2"
}

# The same by a real sshd, whose client is shown no text after the prompt.
denied_by_ssh() # REASON RESPOND
{
	forget_log
	login --respond "$2" ssh b.simon true && return 1
	logged "$1"
}

set_up_and_sync
check "an assertion for another user is denied at the first login" \
	refused_for link-mismatch simon "$(respond_as M.Garcia@contoso.com)"
others_get_in "an assertion for another user"
check "B.Simon signs in once, so that she is pinned" simon "$(respond)"
check "an assertion for another user is denied later" \
	refused_for link-pin simon "$(respond_as M.Garcia@contoso.com)"

# -- assertions ------------------------------------------------------------
while read -r variant reason; do
	check "$variant: denied, and the log says $reason" \
		refused_for "$reason" simon "$(respond "$variant")"
	case $variant in
	wrong-key|wrong-audience|expired)
		check "$variant: denied by a real sshd" \
			denied_by_ssh "$reason" "$(respond "$variant")"
		others_get_in "$variant"
		;;
	esac
done <<'END'
wrong-key saml-key-unknown
forged-key saml-signature-invalid
tampered saml-signature-invalid
unsigned saml-signature-missing
response-signed saml-signature-missing
sha1 saml-algorithm
next-key saml-key-unknown
wrong-audience saml-audience
wrong-recipient saml-recipient
wrong-destination saml-destination
wrong-issuer saml-issuer
wrong-tenant saml-tenant
other-request saml-in-response-to
rewritten-request saml-in-response-to
expired saml-expired
not-yet saml-not-yet-valid
stale saml-stale
authn-old saml-authn-old
status-fail saml-status
no-oid saml-claim-missing
two-oids saml-claim-duplicate
comment-in-name saml-comment
xsw-before saml-assertions
xsw-after saml-assertions
xsw-object saml-(assertions|grammar|object|signature-place)
doctype saml-dtd
pi saml-pi
trailing saml-(trailing|xml)
not-xml saml-xml
END
check "all that: root gets in" root_gets_in
check "all that: bob gets in" bob_gets_in

# A response is used once: by nobody else, at no other prompt.
unsolicited="$top_srcdir/tests/lab/lab respond $LAB --unsolicited --user $SIMON"
write_conf saml="idp_initiated = yes"
$unsolicited >/run/once
check "a response gets in once" simon "cat /run/once"
check "a replayed response is denied" refused_for replay simon "cat /run/once"
check "a replayed response is denied by a real sshd" \
	denied_by_ssh replay "cat /run/once"
others_get_in "a replayed response"
$unsolicited >/run/race
one_of_many()
{
	for racer in 1 2 3 4 5 6; do
		( simon "cat /run/race" >/dev/null &&
			: >"/run/won.$racer" ) &
		racers="${racers-} $!"
	done
	# shellcheck disable=SC2086 # a list
	wait $racers
	same 1 "$(find /run -name 'won.*' | wc -l)"
}
check "of six logins with one response exactly one gets in" one_of_many
write_conf

# -- answers that are no assertions ----------------------------------------
damage answer-empty "an empty answer" "printf ''"
check "an empty answer is denied by a real sshd" \
	denied_by_ssh answer-empty "printf ''"
damage answer-too-long "an answer of 10 MB" \
	"head -c 10485760 /dev/zero | tr '\\0' A"
check "an answer of 10 MB in lines is denied" denied_for answer-too-long \
	login --piece 4000 --respond "head -c 10485760 /dev/zero | tr '\\0' A" \
	pam sshd b.simon
check "binary junk is denied" refused_for saml-base64 \
	simon "head -c 6000 /dev/urandom | tr -d '\\0\\n'"
others_get_in "binary junk"
check "base64 of binary junk is denied" refused_for 'saml-[a-z0-9]+' \
	simon "head -c 6000 /dev/urandom | base64 -w 0"
check "a password is denied" refused_for 'saml-[a-z0-9]+' \
	simon "echo 'correct horse; battery staple'"
check "a response cut in half is denied" refused_for 'saml-[a-z0-9]+' \
	simon "$(respond) | head -c 3000"
check "all that: root gets in" root_gets_in
check "all that: bob gets in" bob_gets_in

# -- the person ------------------------------------------------------------
lab disable "$SIMON"
8x8sso sync >/dev/null
damage user-inactive "a deactivated user" "$(respond)"
check "a deactivated user is denied by a real sshd" \
	denied_by_ssh user-inactive "$(respond)"
lab provision "$SIMON" >/dev/null
8x8sso sync >/dev/null
check "and gets in when activated again" simon "$(respond)"

# -- the host --------------------------------------------------------------
mv "$LIBEXEC/8x8sso-helper" "$LIBEXEC/8x8sso-helper.away"
damage spawn "helper missing" "$(respond)"
printf '#!/bin/sh\nkill -9 $$\n' >"$LIBEXEC/8x8sso-helper"
chmod 0755 "$LIBEXEC/8x8sso-helper"
damage wire-closed "helper killed at once" "$(respond)"
mv "$LIBEXEC/8x8sso-helper.away" "$LIBEXEC/8x8sso-helper"
damage wire-closed "helper killed at the prompt" \
	"pkill -9 -x 8x8sso-helper; $(respond)"

mv "$LIBEXEC/8x8sso-saml" /run/saml
damage '(spawn|worker-failed)' "worker missing" "$(respond)"
printf '#!/bin/sh\nkill -9 $$\n' >"$LIBEXEC/8x8sso-saml"
chmod 0755 "$LIBEXEC/8x8sso-saml"
damage '(worker-failed|wire-closed)' "worker killed" "$(respond)"
mv /run/saml "$LIBEXEC/8x8sso-saml"

mv "$STORE" /run/state.db
damage store-missing "state.db missing" "$(respond)"
head -c 8192 /dev/urandom >"$STORE"
chown _8x8sso: "$STORE"
chmod 0600 "$STORE"
damage store "state.db is junk" "$(respond)"
mv /run/state.db "$STORE"
mount -t tmpfs -o size=1m,mode=0700 full /run/lock
cp -a "$STATE/state/." /run/lock/
chown --reference="$STATE/state" /run/lock
mount --bind /run/lock "$STATE/state"
mount -o remount,ro,bind "$STATE/state"
damage '(replay-store|store)' "state.db on a read-only disk" "$(respond)"
umount "$STATE/state"
umount /run/lock
chown root: "$STORE"
chmod 0400 "$STORE"
damage '(store|unsafe-file)' "state.db belongs to somebody else" "$(respond)"
chown _8x8sso: "$STORE"
chmod 0600 "$STORE"

# The module looks up whose login it is in the cache: without one nobody is
# ours, and the stack's next module refuses.
other_version()
{
	/usr/bin/python3 - "$CACHE" <<'END'
import os
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[8:12] = b"\xff\xff\xff\xff"
with open(sys.argv[1] + ".new", "wb") as out:
    out.write(data)
os.chmod(sys.argv[1] + ".new", 0o644)
os.rename(sys.argv[1] + ".new", sys.argv[1])
END
}
without_cache()
{
	forget_log
	login --say secret pam sshd b.simon authenticate account
}
cp -p "$CACHE" /run/cache
other_version
refuse "cache of another version: denied" without_cache
check "cache of another version: the log says so" \
	logged 'cache-(version|damaged)'
check "cache of another version: root gets in" root_gets_in
check "cache of another version: bob gets in" bob_gets_in
rm "$CACHE"
refuse "cache missing: denied" without_cache
check "cache missing: root gets in" root_gets_in
check "cache missing: bob gets in" bob_gets_in
cp -p /run/cache "$CACHE"

cp "$CONF" /run/conf
echo 'isuer = x' >>"$CONF"
damage conf-unknown "configuration with a misspelt key" "$(respond)"
cp /run/conf "$CONF"
chmod 0666 "$CONF"
damage unsafe-file "configuration that everybody may write" "$(respond)"
chmod 0644 "$CONF"
check "after all that B.Simon signs in" simon "$(respond)"

module=$(echo /usr/lib/*-linux-gnu*/security/pam_8x8sso.so)
mv "$module" /run/module.so
refuse "module missing: b.simon is denied" simon "$(respond)"
check "module missing: root gets in" root_gets_in
check "module missing: bob gets in" bob_gets_in
: >"$module"
refuse "module empty: b.simon is denied" simon "$(respond)"
check "module empty: root gets in" root_gets_in
check "module empty: bob gets in" bob_gets_in
crashing_module "$module"
check "module crashes: root gets in" root_gets_in
check "module crashes: bob gets in" bob_gets_in
install -m 0644 "$HOST_KEY.pub" /etc/ssh/keys/root
check "module crashes: root gets in by key" \
	login --identity "$HOST_KEY" ssh root id
check "module crashes: root gets in on the console, all of it" contains "uid=0" \
	login --say secret --type 'echo secret' --type 'echo id' \
	    --type 'echo exit' tty login root
finish
