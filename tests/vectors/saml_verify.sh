#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# saml-verify: its options, its one line of JSON, its exit status; and its
# sister that admits SHA-1, which nothing that is installed does.
set -u
: "${top_srcdir:?}" "${top_builddir:?}" "${NM:=nm}"
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/verdict.sh"

programs=$top_builddir/tests/vectors
vectors=$top_srcdir/tests/vectors/saml
issuer=https://sts.windows.net/1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed/
audience=https://sso.example.com/saml2
recipient=https://host.example.com/saml2/acs
request=_a74c3f0e9d2b48c1a74c3f0e9d2b48c1
program=saml-verify

# The program under the usual expectations, but for keys and request.
ask() # ARGUMENT...
{
	"$programs/$program" --issuer "$issuer" --audience "$audience" \
		--recipient "$recipient" --now 2026-11-20T12:00:20Z "$@"
}

answer() # ARGUMENT...: the same, and it answers our request
{
	ask --cert "$vectors/idp-cert.pem" --request-id "$request" "$@"
}

says() # STATUS VERDICT REASON ROW COMMAND...
{
	says_common="{\"verdict\":\"$2\",\"reason\":\"$3\",\"row\":\"$4\",\"claims\":{"
	says_wanted=$1
	shift 4
	says_line "$says_wanted" "$says_common" "$@"
}

accepts() # COMMAND...
{
	says 0 accept ok "" "$@"
}

rejects() # REASON ROW COMMAND...
{
	rejects_reason=$1
	rejects_row=$2
	shift 2
	says 1 reject "$rejects_reason" "$rejects_row" "$@" &&
		holds '"claims":{},'
}

# -- verdicts

check "a good Response is accepted" accepts answer "$vectors/good.xml"
check "its claims are told" holds "\"issuer\":\"$issuer\"" \
	'"assertion_id":"_5d1e7f3a-2c4b-4e6d-8f90-a1b2c3d4e500"' \
	'"name_id":"B.Simon@contoso.com"' \
	'"name_id_format":"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"' \
	"\"in_response_to\":\"$request\"" \
	'"not_on_or_after":"2026-11-20T13:00:30Z"' \
	'"authn_instant":"2026-11-20T11:59:50Z"' \
	'"session_not_on_or_after":null' \
	'/identity/claims/objectidentifier":["6f9619ff-8b86-4d01-b42d-00cf4fc964ff"]' \
	'/authenticationmethod/password","http://schemas.microsoft.com/claims/multipleauthn"]'
check "MFA is not asked for" accepts answer "$vectors/d10-no-mfa.xml"
check "an Entra issuer implies its tenant" \
	rejects saml-tenant D2 answer "$vectors/d2-other-tenant-claim.xml"
check "a rejected one gets reason and row" \
	rejects saml-assertions B2 answer "$vectors/b1-no-assertion.xml"
check "an oversized file is rejected" \
	rejects saml-too-long A1 answer /dev/zero
check "an empty file is rejected" rejects saml-xml A9 answer /dev/null
check "what is not base64 is rejected" \
	rejects saml-base64 A2 answer "$vectors/ORIGIN"

# -- the two forms

base64 "$vectors/good.xml" > "$dir/folded"
base64 -w 0 "$vectors/good.xml" > "$dir/one-line"
check "base64 with line breaks is taken" accepts answer "$dir/folded"
check "base64 on one line is taken" accepts answer "$dir/one-line"
check "a binary file is rejected" \
	rejects saml-base64 A2 answer "$vectors/rs256.sig"

# -- keys

check "one of two certificates is enough" accepts \
	ask --cert "$vectors/other-cert.pem" --cert "$vectors/idp-cert.pem" \
	--request-id "$request" "$vectors/good.xml"
check "another certificate is not" rejects saml-key-unknown C1 \
	ask --cert "$vectors/other-cert.pem" --request-id "$request" \
	"$vectors/good.xml"
check "metadata gives the keys" accepts \
	ask --metadata "$vectors/metadata-entra.xml" --request-id "$request" \
	"$vectors/good.xml"
check "metadata of another issuer does not" rejects idp-metadata C7 \
	"$programs/saml-verify" --metadata "$vectors/metadata-entra.xml" \
	--issuer https://idp.example.com/ --audience x --recipient x \
	--now 2026-11-20T12:00:20Z "$vectors/good.xml"
check "metadata that is none is rejected" rejects idp-metadata C7 \
	ask --metadata "$vectors/good.xml" "$vectors/good.xml"
check "a weak certificate is rejected" rejects idp-key-weak C4 \
	ask --cert "$vectors/small-cert.pem" "$vectors/good.xml"
check "a certificate without RSA is rejected" rejects idp-key-weak C4 \
	ask --cert "$vectors/ec-cert.pem" "$vectors/good.xml"
check "a broken certificate is rejected" rejects idp-certificate C7 \
	ask --cert "$vectors/good.xml" "$vectors/good.xml"
check "an endless certificate is rejected" rejects idp-certificate C7 \
	ask --cert /dev/zero "$vectors/good.xml"

# -- expectations, each of them

check "--issuer is what is expected" rejects saml-issuer D1 \
	answer "$vectors/d1-other-issuer.xml"
check "--audience is" rejects saml-audience D3 \
	answer "$vectors/d3-other-audience.xml"
check "--recipient is" rejects saml-recipient D4 \
	answer "$vectors/d4-other-recipient.xml"
check "--request-id is" rejects saml-in-response-to D5 \
	answer "$vectors/d5-other-request.xml"
check "without --request-id nothing is answered" \
	rejects saml-in-response-to D5 \
	ask --cert "$vectors/idp-cert.pem" "$vectors/good.xml"
check "unsolicited ones need --unsolicited" rejects saml-unsolicited D5 \
	ask --cert "$vectors/idp-cert.pem" "$vectors/good-unsolicited.xml"
check "--unsolicited admits them" accepts ask --unsolicited \
	--cert "$vectors/idp-cert.pem" "$vectors/good-unsolicited.xml"
check "they answer nothing" holds '"in_response_to":""'
check "and nothing else" rejects saml-in-response-to D5 ask --unsolicited \
	--cert "$vectors/idp-cert.pem" "$vectors/good.xml"
check "--request-time is when it was asked for" rejects saml-stale D7 \
	answer --request-time 2026-11-20T12:01:00Z "$vectors/good.xml"
check "a sign-in is newer than that" rejects saml-authn-old D9 \
	answer --request-time=2026-11-20T12:00:21Z "$vectors/good.xml"
check "a sign-in of long ago is refused" rejects saml-authn-old D9 \
	answer "$vectors/d9-old-authn.xml"
check "--no-force-authn admits it" accepts \
	answer --no-force-authn "$vectors/d9-old-authn.xml"
check "--max-age limits the age" rejects saml-stale D7 \
	answer --max-age 19 "$vectors/good.xml"
check "to that second" accepts answer --max-age 20 --no-force-authn \
	"$vectors/good.xml"
check "of unsolicited ones too" rejects saml-stale D7 ask --unsolicited \
	--max-age 19 --cert "$vectors/idp-cert.pem" \
	"$vectors/good-unsolicited.xml"
check "which have 300 seconds without it" accepts \
	"$programs/saml-verify" --cert "$vectors/idp-cert.pem" \
	--issuer "$issuer" --audience "$audience" --recipient "$recipient" \
	--unsolicited --now 2026-11-20T12:05:00Z \
	"$vectors/good-unsolicited.xml"

# -- --signature-only

only() # ARGUMENT...
{
	"$programs/$program" --signature-only "$@"
}

check "--signature-only needs no expectations" accepts \
	only --cert "$vectors/idp-cert.pem" "$vectors/d3-other-audience.xml"
check "and gives no claims" holds '"claims":{},'
check "it finds the issuer in metadata" accepts \
	only --metadata "$vectors/metadata-entra.xml" "$vectors/good.xml"
check "it wants a signature" rejects saml-signature-missing B4 \
	only --cert "$vectors/idp-cert.pem" "$vectors/b4-unsigned.xml"
check "that verifies" rejects saml-signature-invalid B21 \
	only --cert "$vectors/idp-cert.pem" "$vectors/b21-content-changed.xml"
check "over what is read" rejects saml-reference-void B16 \
	only --cert "$vectors/idp-cert.pem" "$vectors/b1-swapped-content.xml"

# -- usage

check "no arguments: usage" usage "$programs/saml-verify"
check "no FILE: usage" usage answer
check "two FILEs: usage" usage answer "$vectors/good.xml" "$vectors/good.xml"
check "no keys: usage" usage ask "$vectors/good.xml"
check "certificate and metadata: usage" usage answer \
	--metadata "$vectors/metadata-entra.xml" "$vectors/good.xml"
check "request and unsolicited: usage" usage answer --unsolicited \
	"$vectors/good.xml"
check "an option twice: usage" usage answer --issuer x "$vectors/good.xml"
check "an unknown option: usage" usage answer --isuer x "$vectors/good.xml"
check "half an option: usage" usage answer --max 1 "$vectors/good.xml"
check "an option without value: usage" usage answer "$vectors/good.xml" \
	--max-age
check "a flag with a value: usage" usage answer --no-force-authn=1 \
	"$vectors/good.xml"
check "17 certificates: usage" usage answer \
	--cert=a --cert=a --cert=a --cert=a --cert=a --cert=a --cert=a \
	--cert=a --cert=a --cert=a --cert=a --cert=a --cert=a --cert=a \
	--cert=a --cert=a "$vectors/good.xml"
check "an empty issuer: usage" usage "$programs/saml-verify" --issuer= \
	--cert "$vectors/idp-cert.pem" --audience x --recipient x \
	--now 2026-11-20T12:00:20Z "$vectors/good.xml"
check "no --now: usage" usage "$programs/saml-verify" --issuer x \
	--cert "$vectors/idp-cert.pem" --audience x --recipient x \
	"$vectors/good.xml"
for time in tomorrow 2026-11-20 2026-11-20T12:00:20+01:00; do
	check "--request-time $time: usage" usage answer \
		--request-time $time "$vectors/good.xml"
done
for age in -1 1h 99999999999999999999; do
	check "--max-age $age: usage" usage answer --max-age $age \
		"$vectors/good.xml"
done
check "a missing FILE: usage" usage answer "$dir/missing"
check "a folder as FILE: usage" usage answer "$dir"
check "a missing certificate: usage" usage ask --cert "$dir/missing" \
	"$vectors/good.xml"
check "missing metadata: usage" usage ask --metadata "$dir/missing" \
	"$vectors/good.xml"
check "-- ends the options" accepts answer -- "$vectors/good.xml"
check "behind it an option is a FILE: usage" usage answer -- --unsolicited

# -- every line is JSON

python=/usr/bin/python3
json() # FILE...: of all of them
{
	for json_file; do
		answer "$json_file"
	done > "$dir/lines"
	$python -c '
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    said = json.loads(line)
    assert said["verdict"] == ("accept" if said["reason"] == "ok" else "reject")
    assert bool(said["claims"]) == (said["verdict"] == "accept")
    assert bool(said["row"] or said["reason"] == "ok")
' "$dir/lines"
}

if [ -x $python ]; then
	check "every line is JSON" json "$vectors"/*.xml
	check "escaped claims are what they were" accepts \
		answer "$vectors/good-escaped.xml"
	check "in JSON too" $python -c '
import json, sys
said = json.load(open(sys.argv[1], encoding="utf-8"))
assert said["claims"]["name_id"] == "a&b\x27\u00e9@contoso.com", said
' "$dir/out"
else
	skip "every line is JSON" "no $python"
fi

# -- SHA-1, in the one program that may

for vector in c4-sha1 c4-rsa-sha1 c4-digest-sha1; do
	check "c4: $vector is rejected" rejects saml-algorithm C4 \
		answer "$vectors/$vector.xml"
done
program=saml-verify-sha1
check "saml-verify-sha1 accepts what saml-verify does" accepts \
	answer "$vectors/good.xml"
check "and rsa-sha1 with sha1" accepts answer "$vectors/c4-sha1.xml"
check "and 1024 bits" accepts ask --cert "$vectors/small-cert.pem" \
	--request-id "$request" "$vectors/c4-sha1-small-key.xml"
for vector in c4-rsa-sha1 c4-digest-sha1 c4-rsa-sha512; do
	check "but not $vector" rejects saml-algorithm C4 \
		answer "$vectors/$vector.xml"
done
check "nor c2-hmac" rejects saml-hmac C2 answer "$vectors/c2-hmac.xml"
check "it comes to the check behind the signature" rejects \
	saml-signature-invalid B21 answer "$vectors/b21-content-changed.xml"

# What make install would install, and the test build beside it.  The URIs
# of SHA-1 are in libxmlsec, never in what is ours.
sha1_free() # FILE
{
	! grep -aqE 'test_admits_sha1|test build: admits|rsa-sha1|xmldsig#sha1' \
		"$1" && ! $NM -a "$1" 2>&1 |
		grep -iE 'admits_sha1|TransformRsaSha1|EVP_sha1'
}

real() # FILE: what a libtool wrapper starts
{
	real_file=$(dirname "$1")/.libs/$(basename "$1")
	[ -f "$real_file" ] || real_file=$1
	echo "$real_file"
}

refuse "the test build is told from others" \
	sha1_free "$(real "$programs/saml-verify-sha1")"
$NM "$(real "$programs/saml-verify-sha1")" > "$dir/symbols"
check "it exports what tells it" grep -q ' [RD] test_admits_sha1$' \
	"$dir/symbols"
check "saml-verify has no SHA-1" sha1_free "$(real "$programs/saml-verify")"
for file in 8x8sso 8x8sso-helper 8x8sso-saml 8x8sso-fetch 8x8sso-device \
	tests/vectors/jws-verify .libs/pam_8x8sso.so .libs/libnss_8x8.so.2; do
	file=$top_builddir/$file
	[ -f "$file" ] || continue
	check "$(basename "$file") has no SHA-1" sha1_free "$(real "$file")"
done
check "only that program is built so" [ "$(grep -rlI DTEST_ADMITS_SHA1 \
	--include='*.mk' --include='*.am' --include='*.ac' "$top_srcdir")" = \
	"$top_srcdir/tests/vectors/local.mk" ]

finish
