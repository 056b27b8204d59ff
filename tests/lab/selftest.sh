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

value() # XPATH
{
	xmllint --xpath "string($1)" "$folder/response.xml"
}

starts() # PATTERN
{
	head -c 2000 "$folder/response.xml" | grep -Eq "^$1"
}

# The window of an assertion that is issued when it says.
window() # FROM UNTIL
{
	issued=$(value "//*[local-name()='Assertion']/@IssueInstant")
	issued=$(date -d "$issued" +%s)
	test "$(date -d "$1" +%s)" -eq $((issued - 300)) &&
		test "$(date -d "$2" +%s)" -eq $((issued + 3600))
}

get() # PATH [CURL OPTION...]
{
	get_path=$1
	shift
	curl -sf --noproxy '*' --cacert "$folder/ca.pem" \
	    -H "Authorization: Bearer $(cat "$folder/token")" "$@" \
	    "https://localhost:9443$base$get_path"
}

# How many keys the identity provider's role has in this document of Entra.
keys_at() # QUERY
{
	keys_path=7c9be2a1-3b64-4b3e-8f0e-0d6c2f5a9e11/federationmetadata/2007-06/federationmetadata.xml
	curl -sf --noproxy '*' --cacert "$folder/ca.pem" \
	    -o "$folder/response.xml" \
	    "https://localhost:9443/$keys_path$1" &&
		value "count(//*[local-name()='IDPSSODescriptor']
		    //*[local-name()='X509Certificate'])"
}

total() # FAULT...
{
	lab fault "$@"
	get /Users | grep -o '"totalResults": [0-9]*'
}

guid='[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
instant='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z'
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
check "the Response's attributes are Entra's" starts "<samlp:Response \
ID=\"_$guid\" Version=\"2.0\" IssueInstant=\"$instant\" \
Destination=\"https://sso.8x8.com/saml2\" \
xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"><Issuer \
xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\">\
https://sts.windows.net/$guid/</Issuer>\
<samlp:Status><samlp:StatusCode \
Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
<Assertion ID=\"_$guid\" IssueInstant=\"$instant\" Version=\"2.0\" \
xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"><Issuer>"
parts='Issuer|Signature|Subject|Conditions|AttributeStatement|AuthnStatement'
check "an assertion has these parts, in this order" test "$(
	xmllint --xpath "//*[local-name()='Assertion']/*" \
	    "$folder/response.xml" | grep -Eo "<($parts)[ >]" |
		tr -d '< >' | paste -sd '|')" = "$parts"
check "SessionIndex is the assertion's ID" has "//@SessionIndex = \
	//*[local-name()='Assertion']/@ID"
check "one reference, to the assertion" has \
	"count(//*[local-name()='Reference']) = 1 and \
	//@URI = concat('#', //*[local-name()='Assertion']/@ID)"
check "an attribute has a name and nothing else" has \
	"count(//*[local-name()='Attribute']/@*) = \
	count(//*[local-name()='Attribute']/@Name)"
refuse "the session has no end" has "//@SessionNotOnOrAfter"
check "valid from 5 minutes before the issue until 60 after" \
	window "$(value "//*[local-name()='Conditions']/@NotBefore")" \
	"$(value "//*[local-name()='Conditions']/@NotOnOrAfter")"
check "as long as the confirmation" has \
	"//*[local-name()='Conditions']/@NotOnOrAfter = \
	//*[local-name()='SubjectConfirmationData']/@NotOnOrAfter"
refuse "an unsolicited Response answers nothing" has "//@InResponseTo"
response both-signed
check "both-signed: the assertion" signed $assertion
check "both-signed: the Response" \
	signed urn:oasis:names:tc:SAML:2.0:protocol:Response
response wrong-key
check "wrong-key is another key" signed $assertion stranger
response forged-key
refuse "forged-key names our certificate and is another's" signed $assertion
check "which the stranger signed" signed $assertion stranger
response next-key
check "next-key is the coming key" signed $assertion next

# What is to be refused for what it says must be well signed.
for variant in wrong-audience wrong-recipient wrong-destination wrong-issuer \
	wrong-tenant other-request rewritten-request expired not-yet stale \
	authn-old no-oid \
	two-oids comment-in-name mfa groups sha1; do
	response "$variant"
	check "$variant is validly signed" signed $assertion
done
response response-signed
check "response-signed: the Response" \
	signed urn:oasis:names:tc:SAML:2.0:protocol:Response
refuse "response-signed: not the assertion" signed $assertion
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
check "the application's metadata has the key in use and the next" \
	test "$(keys_at '?appid=1')" = 2
lab fault metadata=next
check "or those that it was told to" test "$(keys_at '?appid=1')" = 1
lab fault metadata_status=500
refuse "or none" keys_at '?appid=1'
lab fault die_page=2
refuse "die_page breaks off" get '/Users?startIndex=101&count=100'
lab fault status=503
refuse "status is a status" get /Users
lab fault
check "and everything is well again" get /Users
check "the requests are remembered" grep -q ^POST <<END
$(lab requests)
END

# -- what 8x8 does not have, and what other servers do ----------------------

# Status and headers of an answer, without the body.
head_of() # PATH [CURL OPTION...]
{
	head_path=$1
	shift
	get "$head_path" -o "$folder/answer" -D - "$@" | tr -d '\r'
}

header() # NAME PATH [CURL OPTION...]
{
	header_name=$1
	shift
	head_of "$@" | sed -n "s/^$header_name: //p"
}

status_of() # PATH [CURL OPTION...]
{
	head_of "$@" | sed -n '1s/^[^ ]* \([0-9]*\).*/\1/p'
}

# The value that Python sees in the last answer, called d.
of_answer() # EXPRESSION
{
	/usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$folder/answer" "$1"
}

page='/Users?startIndex=1&count=100'
refuse "a page has no ETag" test -n "$(header ETag "$page")"
lab fault etags=1
etag=$(header ETag "$page")
check "with etags it has one" test -n "$etag"
check "with which it is not sent again" test \
	"$(status_of "$page" -H "If-None-Match: $etag")" = 304
check "unless it has changed" test "$(lab disable M.Garcia@contoso.com
	status_of "$page" -H "If-None-Match: $etag")" = 200
check "a conditional request is remembered as such" test "$(lab requests |
	grep -c '(conditional)')" -eq 2
for after in 7 "" date; do
	lab fault "busy=429:2:$after"
	wait=$(header Retry-After "$page")
	case $after in
	date) wait=$(($(date -d "$wait" +%s) - $(date +%s) < 3))
	      after=1 ;;
	esac
	check "busy is busy twice, Retry-After \"$after\"" test \
		"$wait $(status_of "$page" -f) $(status_of "$page")" = \
		"$after 429 200"
done
lab fault busy=503:0 busy_page=2
check "busy, page 2 for ever" test "$(for _ in 1 2 3; do
	status_of '/Users?startIndex=101&count=100'
done | sort -u) $(status_of "$page")" = "503 200"
lab fault cursor=asked
head_of "$page" >/dev/null
check "cursors, if asked: not if not" test "$(of_answer "'nextCursor' in d")" \
	= False
head_of '/Users?cursor=&count=100' >/dev/null
cursor=$(of_answer "d['nextCursor']")
check "a cursor is all unreserved" test -z "$(printf '%s' "$cursor" |
	tr -d 'A-Za-z0-9._~-')"
head_of "/Users?cursor=$cursor&count=100" >/dev/null
check "the last page has none" test \
	"$(of_answer "[len(d['Resources']), 'nextCursor' in d]")" = "[52, False]"
check "another cursor is none" test "$(status_of '/Users?cursor=x')" = 400
lab fault cursor=unasked cursor_expires=2 total_absent=1
head_of "$page" >/dev/null
check "cursors, unasked, and no total" test \
	"$(of_answer "['nextCursor' in d, 'totalResults' in d]")" = \
	"[True, False]"
check "a cursor expires once" test "$(for _ in 1 2; do
	status_of "/Users?cursor=$cursor&count=100"
done | paste -sd ' ')" = "400 200"
lab fault grow_page=2
head_of '/Users?startIndex=101&count=100' >/dev/null
check "somebody is hired meanwhile" test "$(of_answer "d['totalResults']")" \
	= 153
lab vanish hired@contoso.com
lab fault items=-1 resources_absent=1
head_of '/Users?startIndex=1001' >/dev/null
check "itemsPerPage is anything, Resources absent" test \
	"$(of_answer "[d['itemsPerPage'], 'Resources' in d]")" = "[-1, False]"
lab fault case=upper flat=1
head_of "$page" >/dev/null
check "names in capitals, of extensions flattened" test "$(of_answer \
	"d['RESOURCES'][0]['URN:IETF:PARAMS:SCIM:SCHEMAS:EXTENSION:8X8:1.1:\
USER:SITE']")" = Headquarters
lab fault empty=1
head_of "$page" >/dev/null
check "nobody is there" test "$(of_answer "d['totalResults']")" = 0
lab fault groups=1
lab group Agents M.Garcia@contoso.com
lab group Everybody "group Agents" B.Simon@contoso.com
head_of /Groups >/dev/null
check "groups have members, by id" test "$(of_answer \
	"[len(g['members']) for g in d['Resources']]")" = "[1, 2]"
check "and groups in them" test "$(of_answer "d['Resources'][0]['id'] == \
	d['Resources'][1]['members'][0]['value']")" = True
posix=urn:ietf:params:scim:schemas:extension:posix:2.0
lab put "group Agents" $posix:Group:gidNumber 1900000000
lab put B.Simon@contoso.com $posix:User:uidNumber 1900000001
lab put B.Simon@contoso.com name.givenName '"\u001b[31m"'
head_of "$page" >/dev/null
check "an attribute can be set to anything" test "$(of_answer \
	"[d['Resources'][0]['$posix:User']['uidNumber'],
	d['Resources'][0]['name']['givenName']]")" = \
	"[1900000001, '\\x1b[31m']"
lab post '{"id": "x", "userName": "../../root", "active": true}'
head_of '/Users?startIndex=153' >/dev/null
check "and a user as well" test "$(of_answer \
	"d['Resources'][0]['userName']")" = ../../root
lab fault groups=1 groups_status=501
check "groups have a status of their own" test "$(status_of /Groups -f)$(
	status_of "$page")" = 501200
lab fault groups=1 die_groups=1
refuse "and break off" get /Groups
for fault in expired other self; do
	lab fault tls=$fault
	refuse "tls=$fault is refused" get "$page"
	check "tls=$fault is nothing else" get "$page" -k
done
lab fault tls=self
check "tls=self is signed by itself" curl -sf --noproxy '*' -o "$folder/answer" \
	--cacert "$folder/tls-self.pem" -H \
	"Authorization: Bearer $(cat "$folder/token")" \
	"https://localhost:9443$base/Users"
refuse "a fault that is none is refused" lab fault no_such_fault=1
lab fault

# -- the device flow -------------------------------------------------------
oidc=http://127.0.0.1:9445
at=$oidc/7c9be2a1-3b64-4b3e-8f0e-0d6c2f5a9e11
client=4a0d8f6e-5a3c-4a6e-9d63-0d6d6c6f8f10

ask() # PATH [CURL OPTION...]
{
	ask_path=$1
	shift
	curl -s --noproxy '*' -o "$folder/answer" -w '%{http_code}' "$@" \
	    "$at$ask_path"
}

# A member of the last answer, a text without quotes or a number.
member() # NAME
{
	sed -nE "s/.*\"$1\": ?\"?([^\",}]*).*/\1/p" "$folder/answer"
}

decode() # BASE64URL
{
	decode_pad=$(((4 - ${#1} % 4) % 4))
	printf '%s%.*s' "$1" "$decode_pad" == | tr _- /+ | base64 -d
}

begin()
{
	ask /oauth2/v2.0/devicecode -d "client_id=$client" \
	    -d "scope=openid profile" >/dev/null
	device_code=$(member device_code)
	user_code=$(member user_code)
}

# The error, or "" with a token in $folder/token.
poll()
{
	ask /oauth2/v2.0/token -d "client_id=$client" \
	    -d "device_code=$device_code" \
	    -d grant_type=urn:ietf:params:oauth:grant-type:device_code \
	    >/dev/null
	member id_token >"$folder/id_token"
	member error
}

sign_in() # [SETTING...]
{
	lab oidc "$@"
	begin
	lab approve "$user_code" B.Simon@contoso.com
	poll
}

# openssl believes the token's signature with the key of this certificate.
token_signed() # KEY
{
	openssl x509 -in "$folder/$1.pem" -noout -pubkey >"$folder/public"
	cut -d. -f1,2 "$folder/id_token" | tr -d '\n' >"$folder/input"
	decode "$(cut -d. -f3 "$folder/id_token")" >"$folder/signature"
	openssl dgst -sha256 -verify "$folder/public" \
	    -signature "$folder/signature" "$folder/input"
}

claims()
{
	decode "$(cut -d. -f2 "$folder/id_token")" >"$folder/answer"
}

check "discovery names the device endpoint" test \
	"$(ask /v2.0/.well-known/openid-configuration)$(
	    member device_authorization_endpoint)" = \
	"200$at/oauth2/v2.0/devicecode"
ask /discovery/v2.0/keys >/dev/null
check "three keys, without alg, with x5c, x5t = kid, issuer" \
	/usr/bin/python3 -c 'import json, sys
rows = json.load(open(sys.argv[1]))["keys"]
assert len(rows) == 3
for row in rows:
    assert "alg" not in row and row["x5c"] and row["x5t"] == row["kid"]
assert [r["issuer"].endswith("/{tenantid}/v2.0") for r in rows] == [
    True, True, False]' "$folder/answer"
begin
check "a code has nine characters" test ${#user_code} -eq 9
check "and 900 seconds and an interval of 5" test \
	"$(member expires_in) $(member interval)" = "900 5"
check "there is no complete address" test \
	"$(member verification_uri)$(member verification_uri_complete)" = \
	"$oidc/devicelogin"
check "nobody has signed in yet" test "$(poll)" = authorization_pending
check "an error has Entra's form" grep -Eq "\"AADSTS70016: .*\\\\r\\\\nTrace \
ID: $guid\\\\r\\\\nCorrelation ID: $guid\\\\r\\\\nTimestamp: .*\"error_codes\
\": \[70016\].*\"correlation_id\": \"$guid\"" "$folder/answer"
poll >/dev/null
check "a poll before its time is seen" test \
	"$(lab polls | grep -c ' fast$')" -eq 1
refuse "a stranger cannot sign in" lab approve "$user_code" no@contoso.com
refuse "nor somebody with another code" lab approve ABC B.Simon@contoso.com
check "the page takes a code and a person" grep -q "You have signed in" <<END
$(curl -s --noproxy '*' -d "otc=$user_code" -d login=B.Simon@contoso.com \
	-d do=continue "$oidc/devicelogin")
END
check "then there is a token" test "$(poll)" = ""
check "signed with the key" token_signed jwt
refuse "and not with another" token_signed jwt-next
claims
check "of the tenant, for the client, to the person" test "$(member tid) $(
	member aud) $(member preferred_username) $(member ver)" = \
	"7c9be2a1-3b64-4b3e-8f0e-0d6c2f5a9e11 $client B.Simon@contoso.com 2.0"
check "issued five minutes ago, for 65 minutes" test \
	$(($(member exp) - $(member iat))) -eq 3900 -a \
	$(($(date +%s) - $(member nbf))) -ge 300
check "a code is redeemed once" test "$(poll)" = bad_verification_code
begin
lab decline "$user_code"
check "declined is declined" test "$(poll)" = authorization_declined
check "a code lives as long as it is told" test \
	"$(lab oidc expires_in=0; begin; poll)" = expired_token
lab oidc text_numbers=1 interval=
begin
check "numbers as texts, and no interval" test \
	"$(member expires_in)$(member interval)" = 900
sign_in token=foreign-key >/dev/null
check "a foreign key is foreign" token_signed stranger
sign_in signer=jwt-new >/dev/null
check "a new key signs" token_signed jwt-new
for variant in $("$top_srcdir/tests/lab/lab" token_variants); do
	begin
	lab approve "$user_code" B.Simon@contoso.com "$variant"
	check "token variant $variant can be made" test "$(poll)" = ""
done
refuse "another cannot" lab oidc token=no-such-variant
lab oidc
begin
answered() # NAME
{
	lab answer keys "$1"
	ask /discovery/v2.0/keys
}
while read -r answer status; do
	check "$answer is answered with $status" test \
		"$(answered "$answer")" = "$status"
done <<'END'
html 200
html-error 502
redirect 302
huge 200
half 200
close 000
junk 200
empty 200
duplicate 200
text 200
status:503:7 503
aadsts:53003 400
aadsts:7000218 401
aadsts:90033 503
error:slow_down 400
usual 200
END
check "a secret is told to tests" grep -qx -e "$device_code" <<END
$(lab secrets)
END
check "https is the same, by its CA" curl -sf --noproxy '*' \
	--cacert "$folder/ca.pem" -o "$folder/answer" \
	"https://localhost:9446${at#"$oidc"}/v2.0/.well-known/openid-configuration"
check "whose issuer is https" test "$(member issuer)" = \
	"https://localhost:9446${at#"$oidc"}/v2.0"
check "another tenant is not found" grep -q AADSTS90002 <<END
$(curl -s --noproxy '*' "$oidc/common/v2.0/.well-known/openid-configuration")
END
finish
