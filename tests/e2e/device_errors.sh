#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Sign-in by device code when the provider refuses, or is not well: a line that
# the person can act on, a line in the log with the reason, and nobody in.
# shellcheck source=tests/lib/device.sh
. "${top_srcdir:?}/tests/lib/device.sh"

guid='[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'

# The log has the number, and which correlation it is there.
numbered() # NAME NUMBER
{
	line_of "$1"
	line_of "$1" | grep -Eq "aadsts=$2[^0-9].*correlation=$guid"
}

# What is said of this reason; the same each time, and nothing technical.
plainly() # NAME REASON
{
	told_by "$1" >/run/told
	cat /run/told
	[ -s /run/told ] || return
	! grep -E "AADSTS|device-|reason=|.{81}" /run/told || return
	[ -e "/run/told.$2" ] || cp /run/told "/run/told.$2"
	cmp -s /run/told "/run/told.$2"
}

# Nothing of what the provider wrote.
quiet() # NAME
{
	! grep -Ei "Trace ID|Correlation|<html|Timestamp" "$LOGINS/$1.out" &&
		! LC_ALL=C grep '[^ -~]' "$LOGINS/$1.out"
}

usual() # [for device_conf]...
{
	device_conf "$@" "" "[prompt]" "ssh_grace = 40s"
}

# Where SAML is no other way out.
without_saml()
{
	usual
	sed -i -e '/^login_url/d; /^certificate/d; /^issuer = https:..sts/d' \
	    -e '/^\[saml\]/,/^\[scim\]/{/^\[scim\]/!d;}' "$CONF"
}

saml=$(respond_as "$SIMON")
device_set_up
without_saml
check "B.Simon signs in" by_pam b.simon --act "$approve"

# -- every row of the table -------------------------------------------------
cat >/run/errors <<'END'
70018 device-lost
70019 device-time|device-expired
7000218 device-client
700025 device-client
700016 device-client
50105 device-unassigned
50057 device-disabled
50034 device-disabled
50053 device-disabled
50055 device-disabled
50056 device-disabled
50076 device-mfa
50079 device-mfa
50072 device-mfa
50074 device-mfa
50078 device-mfa
50158 device-mfa
53000 device-blocked
53001 device-blocked
53002 device-blocked
53003 device-blocked
530032 device-blocked
530034 device-blocked
530035 device-blocked
53004 device-blocked
53011 device-blocked
50005 device-blocked
50097 device-blocked
50131 device-blocked
50194 device-tenant
50196 device-busy
70043 device-refused
50173 device-refused
50133 device-refused
700082 device-refused
70008 device-refused
54005 device-lost
90002 device-tenant
90038 device-tenant
END
while read -r number _; do
	later "row$number" by_pam b.simon --act "$(answer "aadsts:$number")"
done </run/errors
later declined by_pam b.simon --act "$decline"
later denied by_pam b.simon --act "$(answer error:access_denied)"
later odd by_pam b.simon --act "$(answer error:something_else)"

# -- and those after which one goes on --------------------------------------
later slow by_pam b.simon --act "$(answer error:slow_down); $approve"
later busy by_pam b.simon --act "$(answer status:503); $approve"
later after by_pam b.simon --act "$(answer status:429:7); $approve"
later number by_pam b.simon --act "$(answer aadsts:90033); $approve"
later broken by_pam b.simon --act "$(answer close); $approve"

# -- tokens -----------------------------------------------------------------
cat >/run/tokens <<'END'
wrong-aud jwt-audience
two-auds jwt-audience
wrong-iss jwt-issuer
wrong-tid jwt-tenant
no-tid jwt-tenant
no-oid jwt-subject
no-exp jwt-time
text-exp jwt-time
expired jwt-expired
future jwt-not-yet-valid
old jwt-stale
no-kid jwt-kid
path-kid jwt-kid
unknown-kid jwt-key-unknown
foreign-key jwt-signature
consumers-key jwt-key-issuer
tampered jwt-signature
hs256 jwt-hmac
none jwt-none
crit jwt-crit
jwk jwt-header
at-jwt jwt-type
padded jwt-base64
duplicate json
v1 jwt-version
nonce jwt-nonce
guest link-guest
wrong-at-hash jwt-hash
huge jwt-too-long
escape jwt-subject
END
gets_token() # VARIANT
{
	later "token-$1" by_pam b.simon --act "$(approve_as "$SIMON" "$1")"
}
while read -r variant _; do
	gets_token "$variant"
done </run/tokens
for variant in groups overage no-typ acrs; do
	gets_token "$variant"
done
later garcia by_pam b.simon --act "$(approve_as M.Garcia@contoso.com)"
later guest by_pam b.simon --act "$(approve_as \
	'X.Guest_fabrikam.com#EXT#@contoso.onmicrosoft.com')"
for name in html redirect huge half junk empty array duplicate; do
	later "answer-$name" by_pam b.simon --act "$(answer "$name"); $approve"
done

# -- what became of them ----------------------------------------------------
while read -r number reason; do
	case $number in
	# The first code is over; there is another.
	70019) continue ;;
	esac
	check "$number: $reason" kept_out "row$number" "$reason"
	check "$number: the log has the numbers" numbered "row$number" "$number"
	check "$number: the person is told, in plain words" \
		plainly "row$number" "$reason"
	check "$number: and nothing else" quiet "row$number"
done </run/errors
check "declined" kept_out declined device-declined
check "declined: in plain words" plainly declined device-declined
check "access_denied is the same" kept_out denied device-declined
check "and the same words" plainly denied device-declined
check "an error that nobody knows" kept_out odd device-refused
for reason in client unassigned disabled mfa blocked tenant declined; do
	tr '\n' ' ' <"/run/told.device-$reason"
	echo
done | sort >/run/told.all
check "each of these reasons has words of its own" \
	same "$(wc -l </run/told.all)" "$(uniq /run/told.all | wc -l)"
check "who is blocked is told of SAML" grep -iq saml /run/told.device-blocked
while read -r variant reason; do
	check "a token that is $variant: $reason" \
		kept_out "token-$variant" "$reason"
done </run/tokens
for variant in groups overage no-typ acrs; do
	check "a token with $variant gets in" got_in "token-$variant"
done
check "a name with an escape does not reach the screen" quiet token-escape
check "a token of somebody else" kept_out garcia link-pin
check "a guest's token" kept_out guest 'link-guest'
while read -r name reason; do
	check "the token endpoint answers with $name: $reason" \
		kept_out "answer-$name" "$reason"
	check "$name: nothing of it reaches the screen" quiet "answer-$name"
done <<'END'
html device-response
redirect http-redirect
huge device-response
junk (json|device-response)
empty device-response
array (json|device-response)
duplicate json
END
check "half an answer: a try later, and the code is used" \
	kept_out answer-half device-lost

# -- the first request ------------------------------------------------------
first() # NAME
{
	lab answer devicecode "$1"
	later "first-$1" by_pam b.simon --say ""
	output_of "first-$1" >/dev/null
}
while read -r name reason; do
	first "$name"
	check "the device endpoint answers with $name: $reason" \
		kept_out "first-$name" "$reason"
	check "$name: nothing of it reaches the screen" quiet "first-$name"
done <<'END'
html device-response
redirect http-redirect
huge device-response
junk (json|device-response)
array (json|device-response)
without:user_code device-prompt
without:device_code device-response
aadsts:7000218 device-client
aadsts:90002 device-tenant
aadsts:53003 device-blocked
END
lab oidc user_code="$(printf 'A\033[2JB')"
later escape by_pam b.simon
check "a code with an escape is not shown" kept_out escape device-prompt
check "nothing of it reaches the screen" quiet escape
lab oidc verification_uri=https://microsoft.com.example/devicelogin
later uri by_pam b.simon
check "an address of somebody else is not shown" kept_out uri device-prompt
refuse "nothing of it reaches the screen" grep -q example "$LOGINS/uri.out"
lab oidc text_numbers=1 interval=
later numbers by_pam b.simon --act "$approve"
check "numbers as texts, and no interval: gets in" got_in numbers
lab oidc

# -- what went on meanwhile -------------------------------------------------
check "slow_down: goes on, and gets in" got_in slow
check "503: goes on, and gets in" got_in busy
check "429 with Retry-After: goes on, and gets in" got_in after
check "90033: goes on, and gets in" got_in number
check "a connection that breaks off: goes on, and gets in" got_in broken
check "70019: a fresh code" grep -q "The code has expired" \
	"$LOGINS/row70019.out"
check "nobody asked faster than the provider wants" same 0 "$(asked ' fast$')"

# -- https ------------------------------------------------------------------
tls=https://localhost:8446
usual issuer="$tls/$TID/v2.0" uri=$tls/devicelogin
sed -i 's|^tenant.*|&\nca_file = /etc/8x8sso/lab-ca.pem|' "$CONF"
check "sync by https" 8x8sso sync
later https by_ssh b.simon --act "$approve"
check "a login by https, through a real sshd" got_in https "I am b.simon"
sed -i '/^\[idp\]/,/^$/{/^ca_file/d;}' "$CONF"
later certificate by_pam b.simon
check "a certificate that nobody vouches for" kept_out certificate http-tls
usual
8x8sso sync >/dev/null

# -- too many ---------------------------------------------------------------
sed -i 's/^per_source.*/per_source = 1/' "$CONF"
later many by_pam b.simon --respond "$saml"
check "too many of one place: the SAML prompt" got_in many "SAMLRequest="
check "and the log says so" logged device-limit
usual
check "all that: root gets in" root_gets_in
check "all that: bob gets in" bob_gets_in
check "nothing is at work when nobody logs in" nobody_works
finish
