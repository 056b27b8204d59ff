#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The lab says what it claims to say: looked at with xmlsec1 and curl, which
# know nothing of it.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:?}/tests/lib/tap.sh"

folder=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null; rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM HUP

lab() # VERB [ARG...]
{
	lab_verb=$1
	shift
	"$top_srcdir/tests/lab/lab" "$lab_verb" "$folder" "$@"
}

# A Response of this variant, as XML.
response() # VARIANT...
{
	for variant; do
		set -- "$@" --fault "$variant"
		shift
	done
	lab respond --user B.Simon@contoso.com --unsolicited "$@" |
		base64 -d >"$folder/response.xml"
}

# xmlsec1 believes the signature of this element.
signed() # ELEMENT [KEY]
{
	xmlsec1 --verify --pubkey-cert-pem "$folder/${2:-idp}.pem" \
	    --id-attr:ID "$1" --node-xpath \
	    "//*[local-name()='${1##*:}']/*[local-name()='Signature']" \
	    "$folder/response.xml"
}

has() # XPATH
{
	test "$(xmllint --xpath "boolean($1)" "$folder/response.xml")" = true
}

get() # PATH [CURL OPTION...]
{
	get_path=$1
	shift
	curl -sf --noproxy '*' --cacert "$folder/ca.pem" \
	    -H "Authorization: Bearer $(cat "$folder/token")" "$@" \
	    "https://localhost:9443$base$get_path"
}

total() # FAULT...
{
	lab fault "$@"
	get /Users | grep -o '"totalResults": [0-9]*'
}

assertion=urn:oasis:names:tc:SAML:2.0:assertion:Assertion
base=/udi/customers/0012J00042NkZQIQA3/scim/v2
lab init

response
check "a Response's assertion is signed with the IdP's key" signed $assertion
refuse "and not with another" signed $assertion stranger
check "a Response is one line" test "$(wc -l <"$folder/response.xml")" -eq 0
check "the attributes stand before the authentication" has \
	"//*[local-name()='AttributeStatement']/following-sibling::*[
	local-name()='AuthnStatement']"
refuse "an unsolicited Response answers nothing" has "//@InResponseTo"
response both-signed
check "both-signed: the assertion" signed $assertion
check "both-signed: the Response" \
	signed urn:oasis:names:tc:SAML:2.0:protocol:Response
response wrong-key
check "wrong-key is another key" signed $assertion stranger
response comment-in-name
check "comment-in-name is validly signed" signed $assertion
response tampered
refuse "tampered is not" signed $assertion
response unsigned
refuse "unsigned has no signature" has "//*[local-name()='Signature']"
response status-fail
refuse "status-fail has no assertion" has "//*[local-name()='Assertion']"
for variant in $("$top_srcdir/tests/lab/lab" variants); do
	check "variant $variant can be made" response "$variant"
done
refuse "an address without an AuthnRequest is refused" lab respond \
	--user B.Simon@contoso.com --url https://login.example/saml2
refuse "a stranger is refused" lab respond --user no@contoso.com --unsolicited
cp "$folder/metadata.xml" "$folder/response.xml"
check "the metadata is signed" xmlsec1 --verify \
	--pubkey-cert-pem "$folder/next.pem" --id-attr:ID \
	urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor \
	"$folder/response.xml"
check "the metadata starts with a byte order mark" \
	test "$(head -c 3 "$folder/metadata.xml" | od -An -tx1)" = " ef bb bf"

"$top_srcdir/tests/lab/lab" serve "$folder" --port 9443 >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 200); do
	grep -q ready "$folder/log" && break
	sleep 0.05
done
check "Entra provisions B.Simon" lab provision B.Simon@contoso.com
check "and M.Garcia" lab provision M.Garcia@contoso.com
check "the list has both" test "$(total)" = '"totalResults": 2'
check "there are no groups" test "$(curl -s --noproxy '*' -o /dev/null \
	-w '%{http_code}' --cacert "$folder/ca.pem" -H \
	"Authorization: Bearer $(cat "$folder/token")" \
	"https://localhost:9443$base/Groups")" = 404
refuse "another token is refused" curl -sf --noproxy '*' \
	--cacert "$folder/ca.pem" -H "Authorization: Bearer x" \
	"https://localhost:9443$base/Users"
refuse "no CA of the machine knows the certificate" \
	curl -sf --noproxy '*' "https://localhost:9443$base/Users"
lab disable B.Simon@contoso.com
check "disabling deactivates" grep -q '"active": false' <<END
$(get /Users)
END
lab fill 150
check "a page has 100 users at most" test \
	"$(get '/Users?count=1000' | grep -o '"userName"' | wc -l)" -eq 100
check "total_more promises more" \
	test "$(total total_more=5)" = '"totalResults": 157'
lab fault die_page=2
refuse "die_page breaks off" get '/Users?startIndex=101&count=100'
lab fault status=503
refuse "status is a status" get /Users
lab fault
check "and everything is well again" get /Users
check "the requests are remembered" grep -q ^POST <<END
$(lab requests)
END
finish
