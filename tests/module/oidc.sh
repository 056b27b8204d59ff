#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The device flow's endpoints and keys: a server on loopback -> sync ->
# state.db, and what check, status and idp say of it.

. "${top_srcdir:?}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/loopback.sh"

client=5f4e3d2c-1b0a-4998-8776-655443322110
tenant=1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed

# -- documents

# As the server gives it from now on; the rest is as it should be.
discover() # [MEMBER=VALUE...]
{
	$python - "$home/discovery.json" "$issuer" "$base" "$@" <<-'END'
	import json, sys
	out, issuer, base = sys.argv[1:4]
	document = {
	    "issuer": issuer,
	    "device_authorization_endpoint": base + "/devicecode",
	    "token_endpoint": base + "/token",
	    "jwks_uri": base + "/keys/good",
	    "response_types_supported": ["code", "id_token"],
	}
	for word in sys.argv[4:]:
	    name, value = word.split("=", 1)
	    document[name] = value
	    if value == "":
	        del document[name]
	with open(out, "w") as file:
	    json.dump(document, file)
	END
}

# KID, or KID/MEMBER=VALUE; the modulus follows from the kid.
publish_keys() # KEY...
{
	$python - "$home/jwks.json" "$@" <<-'END'
	import base64, hashlib, json, sys
	def b64(data):
	    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
	keys = []
	for word in sys.argv[2:]:
	    kid, _, change = word.partition("/")
	    n = b"".join(hashlib.sha512(b"%s %d" % (kid.encode(), i)).digest()
	                 for i in range(4))
	    n = bytes([n[0] | 0x80]) + n[1:-1] + bytes([n[-1] | 1])
	    key = {"kty": "RSA", "use": "sig", "kid": kid, "n": b64(n),
	           "e": "AQAB"}
	    if change:
	        name, value = change.split("=", 1)
	        key[name] = b64(n[:128]) if value == "1024" else value
	    keys.append(key)
	with open(sys.argv[1], "w") as file:
	    json.dump({"keys": keys}, file)
	END
}

# -- the host

# [host] user = (nothing): whoever runs the test owns everything.
configure() # [LINE-OF-DEVICE...]
{
	cat >"$dir/conf" <<-END
		[idp]
		tenant = $tenant
		ca_file = ${ca_file:-}
		proxy = ${proxy:-}
		[device]
		enabled = yes
		client_id = $client
		issuer = $issuer
		$(printf '%s\n' "$@")
		[host]
		state_dir = $dir/state
		libexec_dir = ${top_builddir:?}
		user =
	END
	chmod 0644 "$dir/conf"
}

# The discovery document is of this kind, and says that it is the issuer's.
use() # SCENARIO [LINE-OF-DEVICE...]
{
	issuer=$base/oidc/$1
	shift
	configure "$@"
	discover
}

# What logins use are the keys with these kids and no others.
keys_are() # KID...
{
	admin --json idp show
	cat "$dir/err"
	$python - "$dir/out" "$@" <<-'END'
	import json, sys
	with open(sys.argv[1]) as out:
	    got = [key["kid"] for key in json.load(out)["device"]["keys"]]
	print(got, sys.argv[2:])
	sys.exit(sorted(got) != sorted(sys.argv[2:]))
	END
}

# Exit code 1, this reason and these words; what the issuer of before had is
# there still.
changes_nothing() # REASON WORDS KID...
{
	reason=$1
	words=$2
	shift 2
	admin sync
	status=$?
	cat "$dir/err"
	[ $status -eq 1 ] && grep -q "($reason: " "$dir/err" &&
		grep -qF -- "$words" "$dir/err" &&
		says "device: $reason at 2" status || return 1
	sed -i "s|^issuer = .*|issuer = $base/oidc/good|" "$dir/conf"
	keys_are "$@"
}

start_server plain
base="http://127.0.0.1:$port"

# -- taking

use good
publish_keys first
admin idp show
check "nothing is shown before the first sync" \
	grep -q '(store-missing' "$dir/err"
check "check does not miss it" does_not_say "device keys" check
rm -f "$home/requests"
check "the first endpoints and keys are taken" succeeds sync
check "and counted" grep -q '^device flow: 1 key$' "$dir/out"
check "both were asked for once, without any token" test "$(sed \
	's/ None .*//' "$home/requests")" = "GET /oidc/good/.well-known/\
openid-configuration
GET /keys/good"
check "they are those of the document" keys_are first
check "check passes them" says "ok    device keys: 1, read " check
check "check does not warn of SAML that nobody wants" \
	says "ok    identity provider: no SAML" check
check "having asked the provider" test "$(wc -l <"$home/requests")" -eq 6
check "and says where people sign in" \
	says "ok    device flow: connected; people sign in to application \
$client at $base/devicecode" check
check "the issuer is shown" says "Token issuer:     $issuer" idp show
check "and the client" says "Client id:        $client" idp show
check "and the addresses" says "Device endpoint:  $base/devicecode" idp show
check "and the tokens'" says "Token endpoint:   $base/token" idp show
check "and the keys'" says "Key set:          $base/keys/good" idp show
check "and the key" says "Token key:        RSA 2048, first" idp show
check "and its age" says "s ago)" idp show
check "status shows the same" says "Token key:        RSA 2048, first" status
check "JSON has it all" sh -c "'$top_builddir/8x8sso' --config '$dir/conf' \
	--json idp show | grep -q '\"device\":{\"enabled\":true,.*\
\"issuer\":\"$issuer\",.*\"client_id\":\"$client\",.*\
\"device_endpoint\":\"$base/devicecode\",.*\
\"token_endpoint\":\"$base/token\",.*\"jwks_uri\":\"$base/keys/good\",.*\
\"fetched\":\"2.*\"age\":.*\"state\":\"ok\",.*\
\"keys\":\[{\"kid\":\"first\",.*\"bits\":2048,.*\"issuer\":\"\"}\]'"
check "status, too" says '"state":"ok"' --json status
check "sync says it in JSON" says '"device":{"keys":1,"left_out":0}' \
	--json sync
check "idp accept is not for them" sh -c "'$top_builddir/8x8sso' \
	--config '$dir/conf' idp accept 2>&1 | grep -q '\[idp\] is not'"

# -- j28: roll-over

publish_keys first second/issuer="https://login.example/{tenantid}/v2.0"
check "j28: check announces a second key" \
	says "the provider has changed some keys" check
check "j28: sync takes a second key" succeeds sync
check "j28: both are in use" keys_are first second
check "j15: the issuer of a key is shown" \
	says "for https://login.example/{tenantid}/v2.0" idp show
publish_keys second
check "j28: sync drops the first key" succeeds sync
check "j28: the second is in use" keys_are second
publish_keys second third/kty=EC fourth/use=enc fifth/n=1024
check "j13: keys of another kind and weak ones are left out" \
	says '"device":{"keys":1,"left_out":3}' --json sync
check "j13: the good one is in use" keys_are second
check "j13: check counts them" says "of no use here: 3" check
publish_keys second
discover token_endpoint="$base/token2"
check "j28: check announces a new endpoint" \
	says "logins use other addresses than the provider's" check
check "j28: sync takes it" succeeds sync
check "j28: and shows it" says "Token endpoint:   $base/token2" idp show
discover

# -- the last good set stays

use good
check "a good document" succeeds sync
while read -r scenario reason words; do
	use "$scenario"
	check "j26: a discovery document that is $scenario changes nothing" \
		changes_nothing "$reason" "$words" second
	use good
	discover jwks_uri="$base/keys/$scenario"
	check "j28: a key set that is $scenario changes nothing" \
		changes_nothing "$(echo "$reason" |
			sed 's/oidc-discovery/jwks/')" \
		"$base/keys/$scenario: " second
done <<-END
	missing http-status status 404
	other http-status status 203
	moved http-redirect 302
	html oidc-discovery HTML
	huge too-long longer than
	empty oidc-discovery empty
	cut http cut
	half json half
END
use good
issuer=http://127.0.0.1:1/oidc/good
configure
check "j26: a server that is not there changes nothing" changes_nothing \
	http "http://127.0.0.1:1/oidc/good/.well-known/" second
while read -r member reason words; do
	use good
	discover "$member"
	check "j26: $member changes nothing" \
		changes_nothing "$reason" "$words" second
done <<-END
	issuer=$base/oidc/good/ oidc-discovery
	issuer=https://login.microsoftonline.com/{tenantid}/v2.0 oidc-discovery
	issuer= oidc-discovery
	device_authorization_endpoint= oidc-discovery
	token_endpoint= oidc-discovery
	jwks_uri= oidc-discovery
	device_authorization_endpoint=https://evil.example/devicecode oidc-host
	token_endpoint=https://evil.example/token oidc-host
	jwks_uri=http://127.0.0.1:1/keys/good oidc-host
	token_endpoint=http://login.example/token oidc-discovery
END
use good
publish_keys second second
check "j13: a kid twice changes nothing" changes_nothing jwks "" second
publish_keys second/d=AQAB
check "j13: a private key changes nothing" changes_nothing jwks "" second
publish_keys third/n=1024
check "j13: weak keys only change nothing" changes_nothing jwks "" second
publish_keys
check "j28: no key changes nothing" changes_nothing jwks "" second
# shellcheck disable=SC2046 # 65 words
publish_keys $(seq -f k%g 65)
check "j29: 65 keys change nothing" changes_nothing jwks-limits "" second
printf '{"keys":[],"keys":[]}' >"$home/jwks.json"
check "j8: a member twice changes nothing" changes_nothing json "" second
check "check fails with the same reason" says "(json: " check
publish_keys second
check "a good set ends it" succeeds sync
check "status forgets the failure" \
	says '"last_sync_error":""' --json status

# -- hosts

start_server elsewhere
there="http://127.0.0.1:$port"
publish_keys other
home=$dir/plain
use good
discover jwks_uri="$there/keys/good"
check "j26: keys on a host that is not allowed change nothing" \
	changes_nothing oidc-host "" second
check "j26: and that host is not asked" \
	test ! -e "$dir/elsewhere/requests"
check "check says how to allow it" says "[device] hosts" check
configure "hosts = ${there#http://}"
check "j26: an allowed host is one with TLS" \
	changes_nothing oidc-host "" second

# -- configured endpoints

rm -f "$home/requests"
use good "device_endpoint = https://login.example/devicecode" \
	"token_endpoint = https://login.example/token" \
	"jwks_uri = $there/keys/good"
check "configured endpoints may be anywhere" succeeds sync
check "no discovery document is asked for then" \
	test ! -e "$home/requests"
check "they are shown" \
	says "Device endpoint:  https://login.example/devicecode" idp show
check "with their keys" keys_are other

# -- another provider, and none

use good
check "discovery again" succeeds sync
check "its keys are in use" keys_are second
sed -i "s|^issuer = .*|issuer = $base/oidc/another|" "$dir/conf"
check "another issuer has no keys yet" says "CODES REFUSED:" idp show
check "says JSON, too" says '"state":"oidc-missing"' --json idp show
check "check fails" \
	says "(run 8x8sso sync): nobody can sign in by code" check
use good

# -- j28: age

forget_for() # SECONDS
{
	$python - "$dir/state/state/state.db" "$1" <<-'END'
	import sqlite3, sys
	db = sqlite3.connect(sys.argv[1])
	db.execute("UPDATE meta SET value = value - ? "
	           "WHERE key = 'oidc_fetched'", (int(sys.argv[2]),))
	db.commit()
	END
}

forget_for 86000
check "j28: a day is not too old" says '"state":"ok"' --json idp show
forget_for 2000
check "j28: a little more is" says '"state":"jwks-stale"' --json idp show
check "j28: idp show says it" says "older than [device] keys_max_age" idp show
check "j28: check warns" says "warn  device keys: read 24 h ago, longer" check
check "j28: sync makes them young again" succeeds sync
check "j28: and usable" says '"state":"ok"' --json idp show

# -- j28: damage

damage() # SQL
{
	$python - "$dir/state/state/state.db" "$1" <<-'END'
	import sqlite3, sys
	db = sqlite3.connect(sys.argv[1])
	db.execute(sys.argv[2])
	db.commit()
	END
}

is_damaged()
{
	! admin idp show && grep -q "(store: " "$dir/err"
}

for change in "UPDATE jwks SET e = x'03'" \
	"UPDATE meta SET value = 'x' WHERE key = 'oidc_token'" \
	"UPDATE meta SET value = 'x' WHERE key = 'oidc_fetched'"; do
	check "j28: $change" damage "$change"
	check "j28: is seen" is_damaged
	check "j28: that sync mends" succeeds sync
	check "j28: with the keys of now" keys_are second
done

# -- the confirmation program

printf '#!/bin/sh\n' >"$dir/confirm"
chmod 0755 "$dir/confirm"
use good "confirm = $dir/confirm"
check "check passes the program" says "ok    device flow: $dir/confirm" check
chmod 0644 "$dir/confirm"
check "not one that does not run" says "FAIL  device flow: $dir/confirm" check
chmod 0777 "$dir/confirm"
check "nor one that others can write" says "(unsafe-file" check
rm "$dir/confirm"
check "nor one that is missing" says "(not-found" check

# -- times of login

use good "" "[prompt]" "login_grace = 1d" "ssh_grace = 1d"
check "check knows LOGIN_TIMEOUT" \
	says "LOGIN_TIMEOUT ends a login after" check
use good "" "[prompt]" "login_grace = 1s"
check "and hints where a sign-in gets less time than it may take" \
	says "[prompt] login_grace ends a sign-in after 1 s" check

# -- off

use good
sed -i 's/^enabled = .*/enabled = no/; /^tenant/d' "$dir/conf"
check "switched off, check says so" says "ok    device flow: off" check
check "and that there is no other way" \
	says "warn  identity provider: neither" check
check "and asks nobody" does_not_say "device keys" check
check "nor does status" says "Device flow:      off" status
check "JSON says it" says '"device":{"enabled":false' --json status
admin sync
check "there is nothing to sync" test $? -eq 3
admin idp show
check "nor to show" test $? -eq 3

# -- TLS

if command -v openssl >/dev/null; then
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=lab \
		-addext "subjectAltName=IP:127.0.0.1" \
		-keyout "$dir/key.pem" -out "$dir/cert.pem" 2>"$dir/err"
	chmod 0644 "$dir/cert.pem"
	start_server tls "$dir/cert.pem" "$dir/key.pem"
	base=https://127.0.0.1:$port
	publish_keys second
	ca_file=$dir/cert.pem
	use good
	check "j25: TLS with the configured authority" succeeds sync
	check "gives its keys" keys_are second
	start_server aside "$dir/cert.pem" "$dir/key.pem"
	publish_keys other
	home=$dir/tls
	use good "hosts = 127.0.0.1:$port"
	discover jwks_uri="https://127.0.0.1:$port/keys/good"
	check "j26: an allowed host is taken" succeeds sync
	check "and its keys are in use" keys_are other
	publish_keys second
	use good
	check "the issuer's again" succeeds sync
	rm "$home/requests"
	publish_keys third
	ca_file=
	use good
	check "j25: an authority that is not configured is not trusted" \
		changes_nothing http-tls "$issuer" second
	ca_file=$dir/cert.pem
	proxy=http://127.0.0.1:1
	use good
	check "j25: the configured proxy is used" \
		changes_nothing http "$issuer" second
	check "and nobody is asked directly" test ! -e "$home/requests"
	proxy=
	use good
	chmod 0666 "$dir/cert.pem"
	check "a list of authorities that others can write is an error" \
		changes_nothing unsafe-file "$dir/cert.pem" second
else
	skip "TLS" "no openssl"
fi
finish
