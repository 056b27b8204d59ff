#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# 8x8sso-device against a provider on loopback: as the helper would ask it, but
# spoken by another implementation of the protocol.  It polls every five
# seconds, as the protocol wants, so that the logins run side by side.

. "${top_srcdir:?}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/loopback.sh"

if ! command -v openssl >/dev/null; then
	echo "1..0 # SKIP no openssl"
	exit 0
fi

worker=${top_builddir:?}/8x8sso-device
lib=$top_srcdir/tests/lib
secret=s3cr3t-dev1ce-c0de

ask() # OUT [OPTION...]
{
	out=$dir/out.$1
	shift
	ASAN_OPTIONS=detect_leaks=0 timeout 60 \
		"$python" "$lib/ask_device.py" "$worker" \
		key="$dir/plain/sign.pem" "$@" >"$out" 2>"$out.err"
}

# One login at the server's /NAME, whose result is OUT.
login() # OUT NAME [OPTION...]
{
	into=$1
	at=$base/$2
	shift 2
	ask "$into" device_endpoint="$at/device" token_endpoint="$at/token" "$@"
}

begin() # ARGUMENTS of login
{
	login "$@" &
	logins="$logins $!"
}

# What the worker said last, and what it ended with.
last() { tail -n 2 "$dir/out.$1" | head -n 1; }

refused() # OUT REASON [WORDS]
{
	cat "$dir/out.$1" "$dir/out.$1.err"
	last "$1" | grep -q "^REFUSE .*\"reason\": \"$2\"" &&
		last "$1" | grep -q -- "${3:-}" &&
		! grep -q "^ACCEPT\|$secret\|u001b" "$dir/out.$1" &&
		tail -n 1 "$dir/out.$1" | grep -q '^END_OF_WORKER 0 0$'
}

accepted() # OUT
{
	cat "$dir/out.$1" "$dir/out.$1.err"
	last "$1" | grep -q '^ACCEPT .*"issuer": "https://login.microsoft'
}

# The worker ended within a second of being left alone, and in vain.
gone() # OUT
{
	cat "$dir/out.$1" "$dir/out.$1.err"
	tail -n 1 "$dir/out.$1" | grep -q '^END_OF_WORKER [01] 1$'
}

said() # OUT LINE
{
	grep -qxF "$2" "$dir/out.$1"
}

requests() # NAME/KIND
{
	grep -c "^[0-9]* /$1 " "$dir/plain/requests"
}

# Milliseconds between the requests of one kind and the one before.
gap() # NAME NUMBER
{
	awk -v name="/$1/" -v n="$2" 'index($2, name) == 1 {
		if (++i == n + 1)
			print $1 - before
		before = $1
	}' "$dir/plain/requests"
}

in_time() # NAME NUMBER MILLISECONDS
{
	waited=$(gap "$1" "$2")
	echo "waited $waited ms"
	[ "$waited" -ge "$3" ] && [ "$waited" -lt $(($3 + 2500)) ]
}

mkdir "$dir/plain"
openssl genrsa -out "$dir/plain/sign.pem" 2048 2>"$dir/err"
openssl genrsa -out "$dir/other.pem" 2048 2>"$dir/err"
start_python device_server.py plain
base=http://127.0.0.1:$port
logins=

# -- begun now, looked at later

begin good good
begin slow_down slow_down
begin lossy lossy
begin hung_up hung_up
for name in page_token huge_token junk_token moved_token twice_token \
	no_token created garbage declined lost unassigned brief; do
	begin $name $name
done
begin other_key once key="$dir/other.pem"
begin no_key once key=
begin many_keys once copies=65 count=65
begin miscounted once count=2
begin wrong_audience once client_id=another
begin wrong_tenant once tenant=bbbbbbbb-0000-cccc-1111-dddd2222eeee
begin no_group once groups=a
begin left_waiting pending leave=DEVICE_CODE after=1
begin left_polling silent leave=DEVICE_CODE after=7
begin deadline pending seconds=9

# -- the code

login strings strings leave=DEVICE_CODE
check "numbers may be strings, and the interval is five seconds" \
	said strings 'DEVICE_CODE {"expires_in": 900, "interval": 5, "uri": '\
'"https://microsoft.com/devicelogin", "user_code": "C45FGVYJR"}'
check "a worker that is left alone ends at once" gone strings
check "the request is as RFC 8628 wants it" grep -q " /strings/device \
client_id=00001111-aaaa-2222-bbbb-3333cccc4444&scope=openid+profile \
application/json\$" "$dir/plain/requests"
login busy busy leave=DEVICE_CODE
check "v8: a busy server is asked again" said busy "$(grep '^DEVICE_CODE' \
	"$dir/out.strings")"
login closed closed leave=DEVICE_CODE
check "v8: a connection that breaks off is made again" said closed \
	"$(grep '^DEVICE_CODE' "$dir/out.strings")"
check "v8: three requests brought the code" \
	test "$(requests closed/device)" -eq 3
login dead dead
check "v8: a server that hangs up is an outage" refused dead device-busy
login page page
check "v7: a page of HTML is no answer" refused page device-response HTML
login huge huge
check "v7: 10 MB are no answer" refused huge device-response 65536
login junk junk
check "v7: half a document is no answer" refused junk json
login twice twice
check "v7: a member that occurs twice is refused" refused twice json
login moved moved
check "v7: a redirect is not followed" refused moved http-redirect
login lower lower
check "v5: a code in small letters is not shown" refused lower device-prompt
login escape escape
check "v5: a code with an escape is not shown" refused escape device-prompt
login uri uri
check "v5: an address that is not listed is not shown" \
	refused uri device-prompt
login slow slow
check "v4: an interval without end is refused" refused slow device-response
login flow_off flow_off
check "an error is told by number and ids" refused flow_off device-client \
	'error=invalid_client aadsts=7000218 correlation=01234567-89ab-cdef-01'
login tenant tenant
check "v6: a tenant that is not known there" refused tenant device-tenant

# -- TLS

make_certificate() # FILE ADDRESS
{
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=lab \
		-addext "subjectAltName=IP:$2" \
		-keyout "$dir/key.pem" -out "$1" 2>"$dir/err"
}

make_certificate "$dir/other_name.pem" 127.0.0.2
start_python device_server.py other_name "$dir/other_name.pem" "$dir/key.pem"
base=https://127.0.0.1:$port
login other_name once ca_file="$dir/other_name.pem"
check "j25: a certificate for another name is not trusted" \
	refused other_name http-tls
make_certificate "$dir/cert.pem" 127.0.0.1
start_python device_server.py tls "$dir/cert.pem" "$dir/key.pem"
cp "$dir/plain/sign.pem" "$dir/tls"
base=https://127.0.0.1:$port
login no_authority once
check "j25: an authority that is not configured is not trusted" \
	refused no_authority http-tls
check "j25: nobody else was asked for a code" \
	test ! -e "$dir/other_name/requests"
begin tls once ca_file="$dir/cert.pem"

# -- the token

# shellcheck disable=SC2086 # one word each
wait $logins

check "a token is taken" accepted good
check "the person is told of" grep -q '^CLAIM .*"value": '\
'"b.simon@contoso.example"' "$dir/out.good"
check "v4: the first poll is five seconds after the code" in_time good 1 5000
check "the keys are asked for when there is a token" sh -c "
	grep -n . '$dir/out.good' | grep -q '^3:DEVICE_KID {\"kid\": \"k1\"}'"
check "the token request is as RFC 8628 wants it" grep -q " /good/token \
grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&\
client_id=00001111-aaaa-2222-bbbb-3333cccc4444&device_code=$secret \
application/json\$" "$dir/plain/requests"
check "a token over TLS is taken" accepted tls
check "v4: slow_down adds five seconds" in_time slow_down 2 10000
check "and the token is taken then" accepted slow_down
check "v4: a lost connection doubles the wait" in_time lossy 2 10000
check "v8: and the token is taken then" accepted lossy
check "v4: a kept connection that breaks off doubles the wait" \
	in_time hung_up 3 10000
check "v4: nothing was asked twice" test "$(requests hung_up/token)" -eq 3
check "v4: nobody is asked after the deadline" refused deadline device-time
check "v4: an expired code is not asked for" refused brief device-expired
check "v4: but for the poll that fitted" test "$(requests brief/token)" -eq 1
check "v7: a page of HTML is no token" refused page_token device-response
check "v7: 10 MB are no token" refused huge_token device-response
check "v7: half a document is no token" refused junk_token json
check "v7: a redirect has no token" refused moved_token http-redirect
check "v7: a member that occurs twice ends it" refused twice_token json
check "v7: no id_token, no login" refused no_token device-response
check "v7: another status has no token" refused created device-response
check "a token that is none is refused" refused garbage jwt-base64
check "v7: each of them was asked once" test "$(grep -c \
	'/\(page\|huge\|junk\|moved\|twice\|no\)_token/token ' \
	"$dir/plain/requests")" -eq 6
check "a declined sign-in ends it" refused declined device-declined
check "v3: a code that was used ends it" refused lost device-lost
check "an unassigned person is refused" refused unassigned device-unassigned
check "j1: another key's signature" refused other_key jwt-signature
check "j27: a key that is not known" refused no_key jwt-key-unknown
check "j29: more keys than there may be" refused many_keys wire-syntax
check "a wrong number of keys" refused miscounted wire-syntax
check "j17: a token for somebody else" refused wrong_audience jwt-audience
check "j16: a token of another tenant" refused wrong_tenant jwt-tenant
check "j24: a token without the group" refused no_group jwt-groups
check "v4: a worker that waits ends when it is left alone" gone left_waiting
check "v4: so does one that is in the middle of a poll" gone left_polling
finish
