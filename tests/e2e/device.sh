#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Sign-in by device code, as people see it, through the programs that they log
# in with.  A code takes five seconds at least, so many wait at the same time.
# shellcheck source=tests/lib/device.sh
. "${top_srcdir:?}/tests/lib/device.sh"

# -- what is shown ----------------------------------------------------------

# Everything that one has to know, for b.simon, who comes from there, and
# nothing that a terminal or a person could stumble over.
tidy() # FILE [FROM]
{
	grep -Eq "Company sign-in for b\.simon on lab${2:+, from $2}( *)\$" \
	    "$1" || return
	grep -q "Only continue if you started this login" "$1" &&
		grep -Fq "$PAGE" "$1" && grep -Eq '[0-9]+ seconds' "$1" &&
		grep -Eq '  Enter  [A-Z0-9]{9}   \([A-Z0-9 ]{11}\)' "$1" ||
		return
	tr -d '\r' <"$1" | sed 's/▀/#/g; s/▄/#/g; s/█/#/g' >/run/plain
	if LC_ALL=C grep -n '[^ -~]' /run/plain; then
		echo "that is not printable"
		return 1
	fi
	# OpenSSH's client puts "(user@host) " before the first line.
	if sed 's/^([^)]*) //' /run/plain | grep '.\{81,\}'; then
		echo "that is wider than 80 columns"
		return 1
	fi
}

pictured() # FILE
{
	same "$PAGE" "$(scan "$1")"
}

# Nobody typed anything.
untyped() # NAME
{
	! grep '<[0-9]* bytes>' "$LOGINS/$1.out"
}

# All but what differs from person to person.
alike() # NAME USER
{
	sed -E -e "s/$2/NAME/g" -e 's/Enter  .*/Enter/' \
	    -e 's/[0-9]+ seconds/N seconds/; s/you have [0-9]+/you have N/' \
	    -e 's/the log \(.*/the log/' -e '/^Not yet/d' -e '/^<0 bytes>/d' \
	    -e 's/^prompt: Not yet.*//' -e '/^Press Enter/d' -e '/^$/d' \
	    "$LOGINS/$1.out"
}

seconds_of() # NAME
{
	echo $(($(cat "$LOGINS/$1.ended") - $(cat "$LOGINS/$1.begun")))
}

# Programs that give up soon.
usual() # [for device_conf]...
{
	device_conf "$@" "" "[prompt]" "ssh_grace = 30s" "login_grace = 40s"
}

saml=$(respond_as "$SIMON")
device_set_up
usual
install -m 0644 "$HOST_KEY.pub" /etc/ssh/keys/b.simon
echo 'b.simon ALL=(ALL:ALL) ALL' >/etc/sudoers.d/lab
chmod 0440 /etc/sudoers.d/lab
echo exit >/etc/profile.d/zz-exit.sh
sed -i 's/^LOGIN_TIMEOUT.*/LOGIN_TIMEOUT 40/' /etc/login.defs

# More of sshd: one that is impatient, and one that wants a key first.
sshd_on() # PORT LINE
{
	sed "s/^ListenAddress.*/ListenAddress 127.0.0.1:$1/
	    s/sshd.pid/sshd-$1.pid/" /etc/ssh/sshd_lab >"/etc/ssh/sshd_$1"
	echo "$2" >>"/etc/ssh/sshd_$1"
	/usr/sbin/sshd -f "/etc/ssh/sshd_$1"
}
sshd_on 2222 "LoginGraceTime 30"
sshd_on 2223 "AuthenticationMethods publickey,keyboard-interactive:pam"

check "a login by device code" by_pam b.simon --act "$approve"
check "is logged as one" grep -Eq \
	'user="b\.simon".*result=granted reason=ok.* way=device' "$HOST_LOG"
check "of the provider one code was asked, at its pace" \
	same "1 0" "$(asked ' devicecode ') $(asked ' fast$')"

# -- what takes long --------------------------------------------------------
later grace-ssh by_ssh b.simon --port 2222 --pause 3
later grace-login by_tty --timeout 50 tty login b.simon
# As agetty does it, which has waited for the name.
# shellcheck disable=SC2016 # the inner shell's
later getty by_tty --timeout 70 --act "$approve" tty \
	sh -c 'sleep 41; exec login "$0"' b.simon
lab oidc expires_in=8
later fresh by_pam b.simon --act "if [ \"\$N\" = 1 ]; then $see_code
	else $approve; fi"
sees_code fresh
lab oidc
later nobody by_pam b.simon --act "$see_code"
lab disable M.Garcia@contoso.com
8x8sso sync >/dev/null
later inactive by_pam m.garcia --act "$see_code"
sees_code inactive
usual "allow=b.simon, m.garcia"
later not-allowed by_pam j.smith --act "$see_code"
sees_code not-allowed
usual

# -- the programs -----------------------------------------------------------
later pamtester by_tty --act "$approve" tty \
	pamtester login b.simon authenticate acct_mgmt
later login by_tty --act "$approve" tty login b.simon
later su by_tty --act "$approve" tty runuser -u bob -- su b.simon -c true
later sudo by_tty --act "$approve" tty runuser -u b.simon -- sudo id
later ssh by_ssh b.simon --act "$approve"
later early by_ssh b.simon --act "(sleep 7; $approve) >/dev/null 2>&1 &"
later declined by_pam b.simon --act "$decline"
later other by_pam b.simon --act "$(approve_as J.Smith@contoso.com)"
later saml by_pam b.simon --type "echo saml" --type "$saml"
later key by_ssh b.simon --port 2223 --identity "$HOST_KEY" --both \
	--act "$approve"

check "pamtester at a terminal" got_in pamtester
check "pamtester: goes on by itself" untyped pamtester
check "pamtester: shows what one has to know" tidy /run/shown
check "pamtester: the QR code is the address" pictured /run/shown
check "login" got_in login
check "login: goes on by itself" untyped login
check "login: shows what one has to know" tidy /run/shown
check "login: the QR code is the address" pictured /run/shown
check "su by bob" got_in su
check "su: goes on by itself" untyped su
check "su: shows what one has to know" tidy /run/shown
check "sudo by b.simon, with Enter" got_in sudo "uid=0"
check "sudo: shows what one has to know" tidy /run/shown
check "a real sshd, with Enter" got_in ssh "I am b.simon"
check "sshd: shows what one has to know" tidy /run/shown 127.0.0.1
check "sshd: the QR code is the address" pictured /run/shown
check "Enter too early: goes on, and gets in" got_in early "I am b.simon"
check "Enter too early is answered" grep -q "Not yet" /run/shown
check "who declines is kept out" kept_out declined device-declined
check "a code that somebody else approved" kept_out other 'link-(mismatch|pin)'
check "who would rather use SAML types so" got_in saml "SAMLRequest="
check "an ssh key, and then a code" got_in key "I am b.simon"

# -- where it is not offered ------------------------------------------------
usual "services = login"
later service by_pam b.simon --respond "$saml"
check "another service: the SAML prompt" got_in service "SAMLRequest="
refuse "and no code" grep -q "$PAGE" /run/shown
usual "networks = local, 198.51.100.0/24"
later network by_pam b.simon --respond "$saml"
check "from somewhere else: the SAML prompt" got_in network "SAMLRequest="
refuse "and no code from there" grep -q "$PAGE" /run/shown
usual "after_key = sshd"
later no-key by_ssh b.simon --respond "$saml"
check "without a key first: the SAML prompt" got_in no-key "SAMLRequest="
refuse "and no code without a key" grep -q "$PAGE" /run/shown
later with-key by_ssh b.simon --port 2223 --identity "$HOST_KEY" --both \
	--act "$see_code; $approve"
sees_code with-key
lab answer devicecode aadsts:53003
usual
later blocked by_pam b.simon --respond "$saml"
check "Conditional Access blocks: the SAML prompt" got_in blocked "SAMLRequest="
check "and it says why" grep -q "does not allow" /run/shown

# -- a code to type back ----------------------------------------------------
install -d -m 0755 /usr/local/libexec
install -d -m 0700 -o _8x8sso /run/confirm
cat >/usr/local/libexec/confirm <<'END'
#!/bin/sh
cat >/run/confirm/$$
END
chmod 0755 /usr/local/libexec/confirm
usual "confirm = /usr/local/libexec/confirm"
typed='sed -n "s/^code=//p" /run/confirm/*; rm /run/confirm/*'
later confirmed by_tty --act "$approve" --type "cat /run/confirm/* >/run/sent
	$typed" tty pamtester login b.simon authenticate acct_mgmt
check "a code that was sent is typed back" got_in confirmed
check "it was sent with whose and what login it is" grep -qx \
	"user=b.simon" /run/sent
check "and the person's name there" grep -qx "user_name=$SIMON" /run/sent
later unconfirmed by_tty --act "$see_code; $approve" --type "echo 000000" \
	--type "echo 000000" --type "echo 000000" tty \
	pamtester login b.simon authenticate acct_mgmt
sees_code unconfirmed
fails=/usr/local/libexec/fails
printf '#!/bin/sh\ncat >/dev/null\nexit 1\n' >$fails
chmod 0755 $fails
usual "confirm = $fails"
later unsent by_pam b.simon --act "$see_code; $approve"
sees_code unsent
usual

# -- roll-over --------------------------------------------------------------
# Ten people wait while the provider takes a new key.
for n in $(seq 10); do
	later "roll$n" by_pam b.simon --act "$see_code
	    while [ ! -e /run/rolled ]; do sleep 0.1; done; $approve"
done
for n in $(seq 10); do
	sees_code "roll$n" >/dev/null
done
lab oidc keys=jwt,jwt-next,jwt-new signer=jwt-new
keys=$(asked ' keys ')
: >/run/rolled
for n in $(seq 10); do
	check "one of ten gets in with the provider's new key" got_in "roll$n"
done
check "the keys were fetched once for all of them" \
	same $((keys + 1)) "$(asked ' keys ')"
lab oidc keys=jwt-new,stranger signer=stranger
later foreign by_pam b.simon --act "$approve"
check "an unknown key again: nobody asks for it so soon" \
	kept_out foreign jwt-key-unknown
check "that would be too often" same $((keys + 1)) "$(asked ' keys ')"
lab oidc keys=jwt,jwt-new signer=jwt-new
check "a wrong code typed back" output_of unconfirmed
check "is refused" logged device-confirm
check "a code that could not be sent" kept_out unsent device-confirm
check "a key first, where one is demanded" got_in with-key "I am b.simon"

# -- who hangs up -----------------------------------------------------------
output_of getty >/dev/null
output_of grace-login >/dev/null
output_of nobody >/dev/null
output_of inactive >/dev/null
output_of not-allowed >/dev/null
output_of fresh >/dev/null
output_of grace-ssh >/dev/null
check "nothing is at work when nobody logs in" nobody_works
later hang-ssh by_ssh b.simon --hang-up --act "$see_code"
later hang-tty by_tty --hang-up --act "$see_code" tty login b.simon
sees_code hang-ssh
sees_code hang-tty
output_of hang-ssh >/dev/null
output_of hang-tty >/dev/null
sleep 2
check "who hangs up leaves no process of ours" nobody_works
polls=$(asked ' token ')
started=$(date +%s)

# -- in the meantime --------------------------------------------------------
check "a code that expired: a fresh one gets in" got_in fresh
check "the person is told so" grep -q "The code has expired" /run/shown
check "there were two codes" same 2 "$(grep -c '  Enter  ' /run/shown)"

decoys_shown()
{
	lab codes >/run/codes
	grep -Fxq "$(cat "$LOGINS/nobody.code")" /run/codes || return
	for name in inactive not-allowed; do
		if grep -Fx "$(cat "$LOGINS/$name.code")" /run/codes; then
			return 1
		fi
	done
}
check "nobody signs in: kept out in time" kept_out nobody device-time
check "who is deactivated is kept out" kept_out inactive user-inactive
check "who is not allowed is kept out" kept_out not-allowed user-not-allowed
check "who is deactivated sees what everybody sees" \
	same "$(alike nobody b.simon)" "$(alike inactive m.garcia)"
check "who is not allowed sees what everybody sees" \
	same "$(alike nobody b.simon)" "$(alike not-allowed j.smith)"
check "but of a code that the provider does not know" decoys_shown

# So many seconds apart at most.
apart() # SECONDS A B
{
	echo "$2 and $3 seconds"
	[ $(($2 - $3)) -le "$1" ] && [ $(($3 - $2)) -le "$1" ]
}
check "who is deactivated waits as long as everybody" \
	apart 5 "$(seconds_of inactive)" "$(seconds_of nobody)"
check "who is not allowed waits as long as everybody" \
	apart 5 "$(seconds_of not-allowed)" "$(seconds_of nobody)"

check "sshd's LoginGraceTime: refused before it ends" \
	test "$(seconds_of grace-ssh)" -lt 30
check "and the log says why" grep -q \
	'service="sshd" rhost="127.*reason=device-time' "$HOST_LOG"
check "the person was told of it" grep -q "LoginGraceTime" \
	"$LOGINS/grace-ssh.out"
check "login's LOGIN_TIMEOUT: told before it ends" grep -q LOGIN_TIMEOUT \
	"$LOGINS/grace-login.out"
check "and refused before" grep -q 'service="login".*reason=device-time' \
	"$HOST_LOG"
check "nobody asked faster than the provider wants" same 0 "$(asked ' fast$')"
check "nor with a code that the provider did not give" \
	same 0 "$(asked ' token - ')"
left=$((6 - $(date +%s) + started))
[ "$left" -le 0 ] || sleep "$left"
check "nobody asks for who has hung up" same "$polls" "$(asked ' token ')"
check "on a console, long after its login prompt" got_in getty
check "root gets in" root_gets_in
check "bob gets in" bob_gets_in
finish
