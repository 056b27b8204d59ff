#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# 8x8sso-fetch against a small SCIM server on loopback: as root's command
# would ask it, but spoken by another implementation of the protocol.

. "${top_srcdir:?}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/loopback.sh"

worker=${top_builddir:?}/8x8sso-fetch
lib=$top_srcdir/tests/lib
token=s3cr3t-T0k3n

ask() # ARGUMENT...
{
	$python "$lib/ask_fetch.py" "$worker" "$@" >"$dir/out" 2>"$dir/err"
}

# What the worker said last, and how many records came.
last() { tail -n 1 "$dir/out"; }
records() { grep -c '^USER ' "$dir/out"; }

users() # SCENARIO/SIZE [OPTION...]
{
	scenario=$1
	shift
	ask users url="http://127.0.0.1:$port/$scenario" token=$token "$@"
}

# The listing is complete and has so many records.
complete() # COUNT
{
	cat "$dir/err"
	last
	[ "$(records)" -eq "$1" ] &&
		[ "$(last)" = "END {\"count\": $1, \"total\": $1}" ]
}

# No record, and this reason; the detail holds the words.
refused() # REASON [WORDS]
{
	last
	[ "$(records)" -eq 0 ] && ! grep -q "^GROUP " "$dir/out" &&
		last | grep -q "^REFUSE .*\"reason\": \"$1\"" &&
		last | grep -q -- "${2:-}" &&
		! last | grep -q $token
}

start_server plain

users good/250
check "all pages of a listing arrive" complete 250
check "progress is told after every page" \
	test "$(grep -c '^PROGRESS ' "$dir/out")" -eq 3
check "a record has what the server said" grep -q '^USER {"active": 1, '\
'"created": "2026-01-02T03:04:05.000Z", "department": "Department 0", '\
'"external_id": "ext-0", "family_name": "F0", "given_name": "G\\u00f60", '\
'"id": "id-00000000", "number": "", "site": "Main", "title": "Agent", '\
'"user_name": "user0@contoso.example"}' "$dir/out"
check "inactive users are listed as such" \
	test "$(grep -c '^USER {"active": 0' "$dir/out")" -eq 5
check "pages are asked for by number and size" \
	grep -q '^GET /good/250/Users?startIndex=201&count=100 ' \
	"$dir/plain/requests"
check "the request carries the token and the program's name" \
	grep -q "Users?startIndex=1&count=100 Bearer $token 8x8sso/" \
	"$dir/plain/requests"
users good/0
check "an empty listing is complete" complete 0
users good/250 page_size=1000
check "one page is enough where one is" complete 250
users good/250 page_size=7
check "pages of an odd size add up" complete 250
users good/250 first_page_only=1 page_size=1
check "the connection test reads one page" \
	test "$(last)" = 'END {"count": 1, "total": 250}'
users busy/250
check "a busy server is asked again" complete 250
users breaks/250
check "a lost connection is made again" complete 250

users later/250
check "Retry-After may be a date" complete 250
users tired/250
check "a server that does not say when is asked again" complete 250
users never/250
check "nobody waits for a day" refused http-status 86400
users grows/250
check "a list that changes meanwhile is listed again" complete 251
users cursors/250
check "cursors that nobody asked for are followed" complete 250
check "with the same count and no startIndex" \
	grep -q '^GET /cursors/250/Users?count=100&cursor=240 ' \
	"$dir/plain/requests"
users expires/250
check "a cursor that expired begins the listing again" complete 250
users expired/250
check "one that always does is an error" refused scim-expired "what cursor"
users shouts/250+7 groups=1
check "names may be written in any case" complete 250
check "of groups, too" test "$(grep -c '^MEMBER ' "$dir/out")" -eq 20
users bare/0
check "an empty listing may lack Resources" complete 0

# Pages are forgotten: ten times as many of the same users need no more memory.
# (Sanitizers keep what was freed for a while.)
resident() { tail -n 1 "$dir/err"; }
as_little_as() # KILOBYTES
{
	echo "$1 kB before, now $(resident) kB"
	[ "$1" -gt 0 ] && [ "$(resident)" -le $(($1 + 1024)) ]
}

users good/2000 page_size=20
few=$(resident)
check "a hundred pages" complete 2000
users good/2000 page_size=2
check "a thousand pages of the same users" complete 2000
if [ -n "${SANITIZE:-}" ]; then
	skip "memory is that of the records" "sanitizers"
else
	check "memory is that of the records" as_little_as "$few"
fi

# -- ids of the server's own

posix=urn:ietf:params:scim:schemas:extension:posix:2.0
number() # USER NUMBER
{
	grep "^USER .*\"id\": \"id-0000000$1\"" "$dir/out" |
		grep -q "\"number\": \"$2\""
}

users posix/8 uid_attribute=$posix:User:uidNumber
check "a number that is odd costs no page" complete 8
for n in 0 1 2 3; do
	check "a number is read as the server writes it: $n" \
		number $n 10000$n
done
check "absent is empty" number 4 ""
check "a negative one is passed on as that" number 5 -5
check "what is no number is no id" number 6 '?'
check "nor is a list of them" number 7 '?'
users posix/8
check "nobody is asked for what is not configured" number 0 ""

# -- groups

has() # LINE
{
	grep -qxF -- "$1" "$dir/out"
}

users good/250
check "groups come only when they are asked for" \
	has 'LISTED {"etags": "", "has_groups": 0, "ignored": 0, "remark": "", "unchanged": 0}'
check "... and nobody was asked" \
	sh -c "! grep -q good/250/Groups '$dir/plain/requests'"
users good/250 groups=1
check "a server without groups has none" \
	has 'LISTED {"etags": "", "has_groups": 0, "ignored": 0, "remark": "", "unchanged": 0}'
users good/250+230 groups=1 gid_attribute=$posix:Group:gidNumber
check "users come first, then groups" complete 250
check "all pages of them" test "$(grep -c '^GROUP ' "$dir/out")" -eq 230
check "a group has what the server said" has \
	'GROUP {"display_name": "Group 0", "id": "group-0", "number": "200000"}'
check "its members follow" test "$(grep -A 4 '"id": "group-2"' "$dir/out" |
	sed -n 's/^MEMBER {"id": "\(.*\)"}/\1/p' | tr '\n' ' ')" = \
	"id-00000002 id-00000003 id-00000004 group-1 "
check "the server has groups" \
	has 'LISTED {"etags": "", "has_groups": 1, "ignored": 0, "remark": "", "unchanged": 0}'
users good/250+0 groups=1
check "a server may have groups, and none now" \
	has 'LISTED {"etags": "", "has_groups": 1, "ignored": 0, "remark": "", "unchanged": 0}'
users good/250+7 groups=1 first_page_only=1 page_size=1
check "the connection test asks for no groups" \
	test "$(last)" = 'END {"count": 1, "total": 250}'
users groups501/250+7 groups=1
check "501 says that there are no groups" \
	has 'LISTED {"etags": "", "has_groups": 0, "ignored": 0, "remark": "", "unchanged": 0}'
users groups403/250+7 groups=1
check "groups that may not be listed refuse everything" \
	refused http-auth "scim = no"
users groupsmove/250+7 groups=1
check "a redirect of groups is not followed" refused http-redirect stolen
users groupshtml/250+7 groups=1
check "a page of HTML holds no groups" refused scim text/html
users groupsfail/250+230 groups=1
check "a page of groups that fails refuses everything" \
	refused http-status "page two"

# -- what has not changed

etags() { sed -n 's/^LISTED {"etags": //p' "$dir/out" | $python -c '
import json, sys
print(json.JSONDecoder().raw_decode(sys.stdin.read())[0], end="x")'; }

unchanged() # TOTAL
{
	last
	[ "$(records)" -eq 0 ] &&
		[ "$(last)" = "END {\"count\": 0, \"total\": $1}" ] &&
		grep -q '^LISTED .*"unchanged": 1}' "$dir/out" &&
		[ "$(etags)" = "$kept" ]
}

asked_in_vain() # SCENARIO: questions with a tag
{
	grep -c "^GET /$1/.* W*/*\"[0-9a-f]*\"$" "$dir/plain/requests"
}

for kind in tagged weak; do
	users $kind/250+7 groups=1
	check "$kind: a first listing is whole" complete 250
	kept=$(etags)
	users $kind/250+7 groups=1 etags="${kept%x}"
	check "$kind: the next one is unchanged" unchanged 250
	check "$kind: every page was asked about" \
		test "$(asked_in_vain $kind/250+7)" -eq 4
	users $kind/250+7 groups=1 etags="${kept%x}" page_size=50
	check "$kind: pages of another size are other pages" complete 250
	printf 'user249@ user250@' >"$dir/plain/edited"
	users $kind/250+7 groups=1 etags="${kept%x}"
	check "$kind: one user that changed lists all" complete 250
	check "$kind: with the change" grep -q user250@ "$dir/out"
	printf 'group-6 group-9' >"$dir/plain/edited"
	users $kind/250+7 groups=1 etags="${kept%x}"
	check "$kind: one group that changed, too" complete 250
	rm "$dir/plain/edited"
done
users tagged/250 groups=1
kept=$(etags)
users tagged/250 groups=1 etags="${kept%x}"
check "a server that had no groups still has none" unchanged 250
for kind in halftagged oddtagged good; do
	users $kind/250
	check "pages without good tags leave none: $kind" \
		has 'LISTED {"etags": "", "has_groups": 0, "ignored": 0, "remark": "", "unchanged": 0}'
done
users tagged/250 etags="$(printf '%s' "${kept%x}" | sed 's/"$/\r/')"
check "tags that somebody tampered with are not sent" complete 250
users liar/250
check "304 is no answer to who asked without a tag" refused http "status 304"

users blind/250
check "a server blind to startIndex: partial" refused scim-partial
users wraps/250
check "page one past the end: partial" refused scim-partial
users fails/250
check "a page that fails refuses everything" refused http-status 501
check "the server's words are not lost" refused http-status "page two"
users moves/1
check "a redirect is not followed" refused http-redirect stolen
users html/1
check "a page of HTML is no listing" refused scim text/html
users huge/1
check "an answer without end is cut off" refused too-long
users junk/1
check "half a document is refused" refused json
users twice/1
check "a member that occurs twice is refused" refused json
users noid/5
check "a user without an id refuses the listing" refused scim "user 2 "
users good/250 max_users=249
check "more users than allowed" refused scim-limits max_users
ask users url="http://127.0.0.1:$port/good/5" token=wrong-T0k3n
check "a refused token is called that" refused http-auth "8x8 replaces it"
check "a server's error that repeats the token is not shown" \
	sh -c "! grep -q wrong-T0k3n '$dir/out'"
for reason in http-redirect scim http-status http-status scim; do
	users tells/1
	check "a server that repeats the token is cut short: $reason" \
		refused $reason "the token: not shown"
done
ask users url="http://127.0.0.1:1/good/5" token=$token
check "nobody listens: http" refused http
ask users url="http://scim.example.com/good/5" token=$token
check "plain http to another host is refused" refused syntax https
ask users url="https://127.0.0.1:$port/good/5" token=$token
check "a server without TLS: http-tls" refused http-tls
ask users url="http://127.0.0.1:$port/good/5" token="a b"
check "a token with a space is refused" refused syntax
users good/5 page_size=0
check "a page size of 0 is refused" refused wire-syntax
check "nothing but GET was ever sent" \
	sh -c "! grep -qv '^GET ' '$dir/plain/requests'"

# The limit that forbids threads does not bind root, and libcurl itself knows
# localhost.  Nobody listens on the host's own address, but only who resolved
# the name finds that out.
host=$(uname -n)
if [ "$(id -u)" -ne 0 ]; then
	skip "a worker resolves names without threads" "not root"
elif [ "$host" = localhost ] || ! getent hosts "$host" >/dev/null; then
	skip "a worker resolves names without threads" "no name in /etc/hosts"
else
	ask users url="https://$host:1/good/3" token=$token user=nobody
	check "a worker resolves names without threads" \
		refused http "onnect to"
fi

# -- saved listings

saved()
{
	printf '%s' "$1" >"$dir/saved"
	ask users file="$dir/saved"
}

one='{"id":"a","userName":"b@c","active":"False"}'
saved "{\"totalResults\":1,\"Resources\":[$one]}"
check "a saved listing is read from descriptor 3" complete 1
saved "{\"totalResults\":2,\"Resources\":[$one]}"
check "a saved listing that is a part of one: partial" refused scim-partial
saved ""
check "an empty file is no listing" refused json

# -- TLS

# By number: a bare machine knows no name, not even localhost.
make_certificate() # FILE ADDRESS
{
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=lab \
		-addext "subjectAltName=IP:$2" \
		-keyout "$dir/key.pem" -out "$1" 2>"$dir/err"
}

if command -v openssl >/dev/null; then
	make_certificate "$dir/other.pem" 127.0.0.2
	start_server other "$dir/other.pem" "$dir/key.pem"
	ask users url="https://127.0.0.1:$port/good/3" token=$token \
		ca_file="$dir/other.pem"
	check "j25: a certificate for another name is not trusted" \
		refused http-tls
	make_certificate "$dir/cert.pem" 127.0.0.1
	start_server tls "$dir/cert.pem" "$dir/key.pem"
	ask users url="https://127.0.0.1:$port/good/3" token=$token \
		ca_file="$dir/cert.pem"
	check "TLS with the configured authority" complete 3
	ask users url="https://127.0.0.1:$port/good/3" token=$token
	check "j25: an authority that is not configured is not trusted" \
		refused http-tls
	check "the token was shown to nobody but the trusted server" \
		test "$(cat "$dir/other/requests" "$dir/tls/requests" \
			2>/dev/null | wc -l)" -eq 1
else
	skip "TLS" "no openssl"
fi

# -- the protocol

ask raw 012300000000001800000008000000000000000000000008\
0000000000000000
check "a message that is no request is refused" refused wire-unexpected
ask raw 02200000000000000000
check "another version of the protocol is refused" refused wire-version
ask raw 0120000000000001ff
check "a malformed request is refused" refused wire-syntax
ask idp issuer=https://idp.example/
check "a certificate or metadata is needed" refused wire-syntax
ask idp issuer=https://idp.example/ url=http://idp.example/metadata
check "metadata is not fetched without TLS" refused syntax https
ask idp issuer=https://idp.example/ url="https://127.0.0.1:1/metadata"
check "nobody has the metadata: http" refused http
printf 'not a certificate' >"$dir/junk"
ask idp issuer=https://idp.example/ url="https://127.0.0.1:1/metadata" \
	metadata="$dir/junk"
check "one source of keys is enough" refused wire-syntax exactly
ask idp certificate="$dir/junk" issuer=https://idp.example/
check "a file that is no certificate is refused" refused idp-certificate
ask oidc issuer=https://idp.example
check "a discovery document or a key set is needed" refused wire-syntax exactly
ask oidc issuer=https://idp.example url=https://127.0.0.1:1/discovery \
	jwks_uri=https://127.0.0.1:1/keys
check "one of them is enough" refused wire-syntax exactly
ask oidc issuer=https://idp.example url=http://idp.example/discovery
check "j25: a discovery document is not fetched without TLS" \
	refused syntax http://idp.example/discovery
ask oidc issuer=https://idp.example jwks_uri=http://idp.example/keys
check "j25: nor is a key set" refused syntax http://idp.example/keys
ask oidc issuer=https://idp.example jwks_uri=https://127.0.0.1:1/keys
check "nobody has the key set: http" refused http https://127.0.0.1:1/keys
if [ -s "$dir/cert.pem" ]; then
	ask idp certificate="$dir/cert.pem" issuer=https://idp.example/
	check "a certificate's key is read" sh -c "
		grep -q '^IDP {\"entity_id\": \"https://idp.example/\"' \
			'$dir/out' &&
		grep -q '^IDP_KEY .*\"e\": \"010001\"' '$dir/out' &&
		tail -n 1 '$dir/out' | grep -q '^END .*\"count\": 1'"
fi
finish
