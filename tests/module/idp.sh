#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The identity provider's keys by way of an address: a server on loopback ->
# sync -> state.db, and what check, status and idp say of it.

. "${top_srcdir:?}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/loopback.sh"

vectors=$top_srcdir/tests/vectors/saml
issuer=https://sts.windows.net/1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed/

# -- documents

base64_of() # NAME
{
	sed '/CERTIFICATE/d' "$vectors/$1-cert.pem" | tr -d '\n'
}

# As the server gives it from now on.
publish() # [issuer=URI] [until=TIME] [roles=N] KEY...
{
	id=$issuer until='' roles=1 descriptors=''
	for word; do
		case $word in
		issuer=*) id=${word#*=} ;;
		until=*) until=" validUntil=\"${word#*=}\"" ;;
		roles=*) roles=${word#*=} ;;
		*) descriptors="$descriptors<KeyDescriptor use=\"signing\">
<KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data>
<X509Certificate>$(base64_of "$word")</X509Certificate>
</X509Data></KeyInfo></KeyDescriptor>" ;;
		esac
	done
	binding=urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect
	{
		printf '\357\273\277<?xml version="1.0" encoding="utf-8"?>'
		printf '<EntityDescriptor entityID="%s"%s ' "$id" "$until"
		echo 'xmlns="urn:oasis:names:tc:SAML:2.0:metadata">'
		while [ "$roles" -gt 0 ]; do
			roles=$((roles - 1))
			printf '<IDPSSODescriptor protocolSupportEnumeration='
			echo '"urn:oasis:names:tc:SAML:2.0:protocol">'
			echo "$descriptors"
			echo "<SingleSignOnService Binding=\"$binding\""
			echo ' Location="https://login.example/saml2"/>'
			echo '</IDPSSODescriptor>'
		done
		echo '</EntityDescriptor>'
	} >"$home/metadata.xml"
}

# -- the host

# [host] user = (nothing): whoever runs the test owns everything.
configure() # SOURCE [LINE-OF-IDP]
{
	cat >"$dir/conf" <<-END
		[idp]
		issuer = $issuer
		tenant = 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed
		metadata = $1
		${2:-}
		[host]
		state_dir = $dir/state
		libexec_dir = ${top_builddir:?}
		user =
	END
	chmod 0644 "$dir/conf"
}


# What logins use are these keys, in this order, and no others.
keys_are() # KEY...
{
	admin --json idp show
	cat "$dir/err"
	$python - "$dir/out" "$vectors" "$@" <<-'END'
	import base64, hashlib, json, re, sys
	want = []
	for name in sys.argv[3:]:
	    with open("%s/%s-cert.pem" % (sys.argv[2], name)) as pem:
	        body = re.sub("-----[^-]*-----|\\s", "", pem.read())
	    digest = hashlib.sha256(base64.b64decode(body)).hexdigest().upper()
	    want.append(":".join(re.findall("..", digest)))
	with open(sys.argv[1]) as out:
	    got = [key["sha256"] for key in json.load(out)["keys"]]
	print(got, want)
	sys.exit(got != want)
	END
}

# Exit code 1, this reason and these words; the keys are what they were.
changes_nothing() # REASON WORDS KEY...
{
	reason=$1
	words=$2
	shift 2
	admin sync
	status=$?
	cat "$dir/err"
	[ $status -eq 1 ] && grep -q "($reason: " "$dir/err" &&
		grep -qF -- "$words" "$dir/err" && keys_are "$@" &&
		says "idp: $reason at 2" status
}

start_server plain
url="http://127.0.0.1:$port/metadata"

# -- taking

publish idp
configure "$url/good?appid=1"
admin idp show
check "nothing is shown before the first sync" \
	grep -q '(store-missing' "$dir/err"
check "the first keys of an issuer are taken" succeeds sync
check "and counted" grep -q '^identity provider: 1 key$' "$dir/out"
check "they are those of the document" keys_are idp
check "the document was asked for once, without any token" \
	test "$(cat "$home/requests")" = "GET /metadata/good?appid=1 None \
8x8sso/$(admin --version; sed 's/.* //' "$dir/out")"
check "check finds no address among the files" \
	does_not_say "FAIL  files: http" check
check "check passes the keys" says "ok    keys: logins use" check
check "having asked the address" test "$(wc -l <"$home/requests")" -eq 3
check "an address with appid= is as it should be" \
	does_not_say "appid=:" check
check "the source is shown" says "Keys from:        $url/good?appid=1" \
	idp show
check "and the login address" \
	says "Login URL:        https://login.example/saml2" idp show
check "and the fingerprint" \
	says "SHA-256 C6:52:C1:76:28:E4:A8:4C:D1:6C:0E:49:AE:48:E1:AA:5B" \
	idp show
check "and bits and dates" says "RSA 2048, from 2026-01-01T00:00:00Z until \
2029-01-01T00:00:00Z" idp show
check "and the subject" \
	says "CN = Microsoft Azure Federated SSO Certificate" idp show
check "status shows the same keys" says "SHA-256 C6:52:C1:76" status
sed -i "s|^issuer.*|issuer = urn:another|; /^tenant/d" "$dir/conf"
check "status says that another issuer has no keys yet" \
	says "LOGINS REFUSED:   no key of the identity provider" status
configure "$url/good?appid=1"

# -- c6: roll-over

publish idp other
check "c6: check announces a second key" \
	says "the provider has changed some keys" check
check "c6: sync takes a second key" succeeds sync
check "c6: both are in use" keys_are idp other
publish other
check "c6: sync drops the first key" succeeds sync
check "c6: the second is in use" keys_are other

# -- c6: a take-over

publish idp
check "c6: a document with foreign keys is refused" \
	changes_nothing idp-keys-changed "8x8sso idp accept" other
check "c6: idp show tells the foreign keys" \
	says "SHA-256 C6:52:C1:76" idp show
check "c6: and what to do if they are right" \
	says "8x8sso idp accept" idp show
check "c6: status tells them, too" says "Refused:" status
check "c6: so does JSON" says '"refused":["C6:52:C1:76' --json idp show
admin check
check "c6: check fails" sh -c "grep -q '^FAIL  keys: .*idp-keys-changed.*\
8x8sso idp accept' '$dir/out'"
admin idp accept "$(printf %064d 0)"
check "idp accept with another fingerprint takes nothing" \
	grep -q '(not-found' "$dir/err"
check "c6: the keys are still the old ones" keys_are other
for word in x C6:52 "$(printf %062d 0)" "$(printf %066d 0)" "$(printf %064d 0):"
do
	admin idp accept "$word"
	check "a fingerprint is 32 bytes in hexadecimal: $word" test $? -eq 2
done
print=c652c17628e4a84cd16c0e49ae48e1aa5bd6012f80a901bdae5385ba5e1ea1b9
check "idp accept takes keys of which one has the fingerprint" \
	succeeds idp accept $print
check "it tells what was added" grep -q '^added    SHA-256 C6:52' "$dir/out"
check "and what was removed" grep -q '^removed  SHA-256 ' "$dir/out"
check "c6: the keys are the new ones" keys_are idp
check "the refusal is forgotten" does_not_say Refused: idp show
publish other
check "idp accept without a fingerprint takes what is there" \
	says '"removed":["C6:52:C1:76' --json idp accept
check "c6: these are in use" keys_are other
check "the next sync is content" succeeds sync

# -- the last good copy stays

configure "http://127.0.0.1:1/metadata"
check "c7: a server that is not there changes nothing" \
	changes_nothing http "http://127.0.0.1:1/metadata: " other
while read -r scenario reason words; do
	configure "$url/$scenario"
	check "c7: $scenario changes nothing" changes_nothing "$reason" \
		"$words" other
done <<-END
	missing http-status status 404
	other http-status status 203
	moved http-redirect /metadata/moved: 302
	html idp-metadata HTML
	huge too-long longer than 131072
	empty idp-metadata empty
	cut http metadata/cut:
	half saml-xml metadata/half:
END
configure "https://127.0.0.1:$port/metadata/good"
check "c7: a server without TLS changes nothing" \
	changes_nothing http-tls "https://127.0.0.1:$port" other
configure "$url/good"
publish issuer="${issuer%/}" other
check "c7: another entityID changes nothing" \
	changes_nothing idp-metadata "entityID is" other
publish issuer="https://sts.windows.net/{tenantid}/" other
check "c7: the placeholder of /common/ changes nothing" \
	changes_nothing idp-metadata "{tenantid}" other
publish small
check "c4: a weak key changes nothing" \
	changes_nothing idp-key-weak "1024 bits" other
publish ec
check "c4: a key that is not RSA changes nothing" \
	changes_nothing idp-key-weak "not RSA" other
publish
check "c7: no key changes nothing" \
	changes_nothing idp-metadata "no key" other
publish roles=2 other
check "c7: two IDPSSODescriptors change nothing" \
	changes_nothing idp-metadata "more than one" other
publish roles=0 other
check "c7: none changes nothing" \
	changes_nothing idp-metadata "no IDPSSODescriptor" other
publish until=2026-01-01T00:00:00Z other
check "c7: an expired document changes nothing" \
	changes_nothing idp-metadata "expired at 2026" other
refuse "idp accept does not take it either" admin idp accept
check "c7: and so keeps the keys" keys_are other
publish small other ec
check "c4: beside a good key both are left out" succeeds sync
check "c4: that one is in use" keys_are other
check "c4: check tells of the others" \
	says "warn  identity provider: signing keys that are not used: 2" check
publish other
check "a good document ends it" succeeds sync
check "status forgets the failure" \
	says '"last_sync_error":""' --json status

# -- c7: age

forget_for() # SECONDS
{
	$python - "$dir/state/state/state.db" "$1" <<-'END'
	import sqlite3, sys
	db = sqlite3.connect(sys.argv[1])
	db.execute("UPDATE meta SET value = value - ? "
	           "WHERE key = 'idp_fetched'", (int(sys.argv[2]),))
	db.commit()
	END
}

forget_for 2591000
check "c7: 30 days are not too old" says '"state":"ok"' --json idp show
forget_for 2000
check "c7: a little more is" says '"state":"idp-stale"' --json idp show
check "c7: idp show says it" says "LOGINS REFUSED:" idp show
check "c7: check says it" says "max_age has passed: nobody can log in" check
configure "$url/good" "max_age = 0"
check "c7: 0 is without limit" says '"state":"ok"' --json idp show
configure "$url/good"
check "c7: sync makes them young again" succeeds sync
check "c7: and usable" says '"state":"ok"' --json idp show
publish until=2099-01-01T00:00:00Z other
check "an end far away is taken" succeeds sync
check "c7: and shown" says "Valid until:      2099-01-01T00:00:00Z" idp show

# -- files

cp "$home/metadata.xml" "$dir/metadata.xml"
configure "$dir/metadata.xml"
check "metadata from a file" succeeds sync
forget_for 9999999
check "a file grows no older" says '"state":"ok"' --json idp show
: >"$dir/metadata.xml"
check "c7: an empty file changes nothing" \
	changes_nothing idp-metadata "$dir/metadata.xml: is empty" other
publish idp
cp "$home/metadata.xml" "$dir/metadata.xml"
check "root may put any keys there" succeeds sync
check "and they are taken" keys_are idp
in_ten_days=$(date -u -d '10 days' +%Y-%m-%dT%H:%M:%SZ 2>/dev/null)
if [ -n "$in_ten_days" ]; then
	publish until="$in_ten_days" idp
	cp "$home/metadata.xml" "$dir/metadata.xml"
	check "a file with an end is taken" succeeds sync
	check "c7: check warns of the end of a file" \
		says "the metadata is valid until $in_ten_days" check
fi

# -- the state of the version before, which did not know where from

$python - "$dir/state/state/state.db" <<-'END'
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    db.execute("DELETE FROM meta WHERE key LIKE 'idp\\_%' ESCAPE '\\'")
END
configure "$url/good"
check "keys of unknown origin are good until the next sync" \
	says '"state":"ok"' --json idp show
check "nobody says that they were read in 1970" does_not_say 1970 idp show
check "but that it is not known" \
	says "Keys from:        not known before the next sync" status
check "the next sync knows" succeeds sync
check "and tells" says "Keys from:        $url/good" status

# -- the rest

configure "$url/good"
check "check warns of an Entra address without appid=" \
	says "[idp] metadata has no appid=" check
configure "$dir/metadata.xml"
check "but not of a file" does_not_say "no appid=" check
admin idp
check "idp alone is wrong usage" test $? -eq 2
admin idp show x
check "so is an argument of idp show" test $? -eq 2
admin idp accept a b
check "so are two of idp accept" test $? -eq 2
printf '[host]\nstate_dir = %s\nuser =\n' "$dir/state" >"$dir/conf"
admin idp show
check "no provider in the configuration has an exit code of its own" \
	test $? -eq 3

# -- TLS

if command -v openssl >/dev/null; then
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=lab \
		-addext "subjectAltName=IP:127.0.0.1" \
		-keyout "$dir/key.pem" -out "$dir/cert.pem" 2>"$dir/err"
	chmod 0644 "$dir/cert.pem"
	start_server tls "$dir/cert.pem" "$dir/key.pem"
	publish idp other
	url="https://127.0.0.1:$port/metadata"
	configure "$url/good" "ca_file = $dir/cert.pem"
	check "TLS with the configured authority" succeeds sync
	check "gives its keys" keys_are idp other
	configure "$url/good"
	publish idp
	check "c7: an authority that is not configured is not trusted" \
		changes_nothing http-tls "$url/good: " idp other
	check "nor is it asked" test "$(wc -l <"$home/requests")" -eq 1
	configure "$url/good" "ca_file = $dir/cert.pem"
	chmod 0666 "$dir/cert.pem"
	check "nor is a list that others can write" \
		changes_nothing unsafe-file "$dir/cert.pem" idp other
	# A proxy that is not there is asked, and nobody else.
	chmod 0644 "$dir/cert.pem"
	configure "$url/good" "proxy = http://127.0.0.1:1"
	check "the proxy is used" changes_nothing http "$url/good: " idp other
	check "and the server is not asked directly" \
		test "$(wc -l <"$home/requests")" -eq 1
else
	skip "TLS" "no openssl"
fi

# -- certificates that end

soon()
{
	openssl req -x509 -newkey rsa:2048 -nodes -days "$1" -subj /CN=soon \
		-keyout "$dir/soon.key" -out "$dir/idp.pem" 2>"$dir/err"
	chmod 0644 "$dir/idp.pem"
	configure /x "login_url = https://login.example/"
	sed -i "s|^metadata = .*|certificate = $dir/idp.pem|" "$dir/conf"
	succeeds sync
}

if command -v openssl >/dev/null; then
	check "a certificate of 59 days" soon 59
	check "c3: idp show warns" says "WARNING: expires 20" idp show
	check "c3: check warns" says "certificate expires 20" check
	check "c3: JSON warns" says '"warning":"expires"' --json idp show
	check "a certificate of 61 days" soon 61
	check "c3: idp show does not warn" does_not_say WARNING idp show
	check "c3: JSON does not warn" says '"warning":""' --json idp show
fi
finish
