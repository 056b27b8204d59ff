#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# jws-verify: the table of tests/vectors/jose; its options, its one line of
# JSON, its exit status.
set -u
: "${top_srcdir:?}" "${top_builddir:?}"
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/verdict.sh"

program=$top_builddir/tests/vectors/jws-verify
vectors=$top_srcdir/tests/vectors/jose
tenant=1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed
issuer=https://login.microsoftonline.com/$tenant/v2.0
client=6731de76-14a6-49ae-97bc-6eba6914391e
now=2026-11-20T12:00:00Z

# The program under the usual expectations.
claims() # ARGUMENT...
{
	"$program" --claims --issuer "$issuer" --audience "$client" \
		--tenant "$tenant" --now "$now" "$@"
}

good() # ARGUMENT...: the same of a good token
{
	claims --jwks "$vectors/keys.json" "$@" "$vectors/good.jwt"
}

signature() # KEYS TOKEN
{
	"$program" --jwks "$1" "$2"
}

says() # REASON COMMAND...
{
	case $1 in
	ok)
		shift
		says_line 0 '{"verdict":"accept","reason":"ok","row":"","claims":{' \
			"$@"
		;;
	*)
		says_reason=$1
		shift
		says_line 1 "{\"verdict\":\"reject\",\"reason\":\"$says_reason\",\"row\":\"" \
			"$@"
		;;
	esac
}

# -- the table

table() # REASON KEYS TOKEN QUESTION [OPTION...]
{
	table_reason=$1
	table_keys=$vectors/$2
	table_token=$vectors/$3
	table_question=$4
	shift 4
	case $table_question in
	signature) says "$table_reason" signature "$table_keys" \
		"$table_token" ;;
	claims) says "$table_reason" claims --jwks "$table_keys" "$@" \
		"$table_token" ;;
	*) return 1 ;;
	esac
}

while read -r name reason keys token question; do
	[ "$name" = "#" ] && continue
	# shellcheck disable=SC2086 # a list
	check "$name: $reason" table "$reason" "$keys" "$token" $question
done < "$vectors/table.tsv"

# -- the line

check "a good token is accepted" says ok good
check "its claims are told" holds "\"issuer\":\"$issuer\"" \
	'"assertion_id":"fqiBqXLPj0eQa82S-IYFAA"' \
	'"name_id":"AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ"' \
	'"not_on_or_after":"2026-11-20T13:00:10Z"' '"authn_instant":null' \
	'/identity/claims/objectidentifier":["6f9619ff-8b86-4d01-b42d-00cf4fc964ff"]' \
	'"preferred_username":["b.simon@contoso.example"]'
check "without --claims there are none" says ok \
	signature "$vectors/keys.json" "$vectors/good.jwt"
check "in the line" holds '"claims":{},"detail":""}'
check "a rejected one gets its row" says jwt-hmac \
	claims --jwks "$vectors/keys.json" "$vectors/j2-no-key.jwt"
check "and no claims" holds '"row":"J2","claims":{},"detail":"'

# -- expectations, each of them

check "--issuer is what is expected" says jwt-issuer \
	"$program" --claims --issuer "$issuer/" --audience "$client" \
	--tenant "$tenant" --now "$now" --jwks "$vectors/j15-none.json" \
	"$vectors/good.jwt"
check "--audience is" says jwt-audience \
	"$program" --claims --issuer "$issuer" --audience "$tenant" \
	--tenant "$tenant" --now "$now" --jwks "$vectors/keys.json" \
	"$vectors/good.jwt"
check "--tenant is" says jwt-tenant \
	"$program" --claims --issuer "$issuer" --audience "$client" \
	--tenant "$client" --now "$now" --jwks "$vectors/keys.json" \
	"$vectors/good.jwt"
now=2026-11-20T13:00:10Z
check "--now is" says jwt-expired good
now=1795176000
check "--now may be seconds" says ok good
now=1795179610
check "to that second" says jwt-expired good
check "--skew is" says ok good --skew 31
now=2026-11-20T12:00:00Z
check "--lifetime is" says jwt-stale good --lifetime 3899
check "to that second, too" says ok good --lifetime=3900
check "--begun is" says jwt-stale good --begun 2026-11-20T12:00:11Z
check "--nonce is" says jwt-nonce good --nonce x
check "--acrs is" says jwt-acrs good --acrs c1
check "--auth-max-age is" says jwt-auth-old good --auth-max-age 60
check "--group is" says jwt-groups good --group "$tenant"

# -- files

check "an empty token is rejected" says jwt-segments \
	signature "$vectors/keys.json" /dev/null
check "an endless one is" says jwt-too-long \
	signature "$vectors/keys.json" /dev/zero
check "endless keys are" says jwks-limits \
	signature /dev/zero "$vectors/good.jwt"
check "no keys are" says json signature /dev/null "$vectors/good.jwt"
{
	head -c -1 "$vectors/keys.json"
	head -c 262144 /dev/zero | tr '\0' ' '
} > "$dir/keys"
check "j29: 257 KiB of keys are" says jwks-limits \
	signature "$dir/keys" "$vectors/good.jwt"
head -c 262144 "$dir/keys" > "$dir/less"
check "j29: 256 KiB of keys are not" says ok \
	signature "$dir/less" "$vectors/good.jwt"
check "an algorithm of others is told before the keys" says jwt-hmac \
	signature "$vectors/j13-oct.json" "$vectors/j2-no-key.jwt"

# -- RSA

# What a token and its key are in hexadecimal digits.
hex() # BASE64URL
{
	printf '%s' "$1" | tr '_-' '/+' | base64 -d 2> /dev/null |
		od -An -v -tx1 | tr -d ' \n'
}
n=$(sed 's/.*"n":"\([^"]*\)".*/\1/' "$vectors/rfc7515-a2.json")
n=$(hex "$n==")
message=$(head -c -343 "$vectors/rfc7515-a2.jwt" | od -An -v -tx1 |
	tr -d ' \n')
signed=$(tail -c 342 "$vectors/rfc7515-a2.jwt")
signed=$(hex "$signed==")

rsa() # N E MESSAGE SIGNATURE
{
	"$program" --rsa-sha256 "$@"
}

check "RSA: a good signature is accepted" says ok \
	rsa "$n" 010001 "$message" "$signed"
check "RSA: zeros before the numbers say nothing" says ok \
	rsa "0000$n" 00010001 "$message" "$signed"
check "RSA: nor do capitals" says ok rsa "$n" 010001 "$message" \
	"$(printf '%s' "$signed" | tr a-f A-F)"
check "RSA: another message is rejected" says jwt-signature \
	rsa "$n" 010001 "${message}00" "$signed"
check "RSA: no message is" says jwt-signature rsa "$n" 010001 "" "$signed"
check "RSA: no signature is" says jwt-signature rsa "$n" 010001 "$message" ""
check "RSA: a longer signature is" says jwt-signature \
	rsa "$n" 010001 "$message" "00$signed"
check "RSA: a shorter one is" says jwt-signature \
	rsa "$n" 010001 "$message" "${signed%??}"
check "RSA: exponent 3 is weak" says idp-key-weak \
	rsa "$n" 03 "$message" "$signed"
check "RSA: a large one is" says idp-key-weak \
	rsa "$n" 010000000000000001 "$message" "$signed"
check "RSA: no modulus is" says idp-key-weak rsa "" 010001 "" ""
check "RSA: zero is" says idp-key-weak rsa 0000 010001 "" ""
check "RSA: 1024 bits are" says idp-key-weak \
	rsa "$(printf '%s' "$n" | head -c 256)" 010001 "" ""
check "RSA: 8200 bits are" says idp-key-weak \
	rsa "$n$n$n${n}ff" 010001 "" ""
check "RSA: half a byte: usage" usage rsa "$n" 10001 "$message" "$signed"
check "RSA: no digit: usage" usage rsa "$n" 0x0001 "$message" "$signed"
check "RSA: three numbers: usage" usage rsa "$n" 010001 "$message"
check "RSA: five numbers: usage" usage \
	rsa "$n" 010001 "$message" "$signed" 00
check "RSA: and keys: usage" usage \
	rsa "$n" 010001 "$message" "$signed" --jwks "$vectors/keys.json"
check "RSA: and claims: usage" usage \
	rsa "$n" 010001 "$message" "$signed" --claims

# -- usage

check "no arguments: usage" usage "$program"
check "no TOKENFILE: usage" usage "$program" --jwks "$vectors/keys.json"
check "two TOKENFILEs: usage" usage good "$vectors/good.jwt"
check "no keys: usage" usage "$program" "$vectors/good.jwt"
check "no --now: usage" usage "$program" --claims --issuer x --audience x \
	--tenant "$tenant" --jwks "$vectors/keys.json" "$vectors/good.jwt"
check "expectations without --claims: usage" usage "$program" \
	--jwks "$vectors/keys.json" --issuer "$issuer" "$vectors/good.jwt"
check "an unknown option: usage" usage good --isuer x
check "an option twice: usage" usage good --issuer x
check "an option without value: usage" usage good --nonce=
check "a flag with a value: usage" usage good --guests=1
for time in tomorrow 2026-11-20 -1 12h 99999999999999999999; do
	now=$time
	check "--now $time: usage" usage good
done
now=2026-11-20T12:00:00Z
check "--skew 1h: usage" usage good --skew 1h
check "a missing TOKENFILE: usage" usage \
	signature "$vectors/keys.json" "$dir/missing"
check "a folder as TOKENFILE: usage" usage \
	signature "$vectors/keys.json" "$dir"
check "missing keys: usage" usage \
	signature "$dir/missing" "$vectors/good.jwt"

# -- every line is JSON

python=/usr/bin/python3
json() # FILE...: of all of them
{
	for json_file; do
		claims --jwks "$vectors/keys.json" "$json_file"
	done > "$dir/lines"
	$python -c '
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    said = json.loads(line)
    assert said["verdict"] == ("accept" if said["reason"] == "ok" else "reject")
    assert bool(said["claims"]) == (said["verdict"] == "accept")
' "$dir/lines"
}

if [ -x $python ]; then
	check "every line is JSON" json "$vectors"/*.jwt
else
	skip "every line is JSON" "no $python"
fi

finish
