#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The mutation engine finds a verifier with a hole: saml-mutate-weak has one,
# which WEAKNESS names.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir}"
. "$top_srcdir/tests/lib/tap.sh"

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
list=$top_srcdir/tests/vectors/samples

# One sample, of this kind.
engine() # WEAKNESS KIND
{
	# shellcheck disable=SC2046 # words of a line
	(cd "$top_srcdir/tests/vectors" && WEAKNESS=$1 \
		"$top_builddir/tests/vectors/saml-mutate-weak" --kind "$2" \
		--share 1/4 --out "$work" \
		$(sed -n 's|saml/good\*\.xml$|saml/good.xml|p' "$list")) \
		>"$work/out" 2>&1
}

finds() # WEAKNESS KIND
{
	engine "$1" "$2" && { echo "found nothing"; return 1; }
	grep -E ": $2 at .*(accepted|crashed).*; it is in" "$work/out" || {
		cat "$work/out"
		return 1
	}
	# The mutant is there, to be looked at.
	[ -n "$(find "$work" -name "mutant-good.xml-$2-*")" ]
}

while read -r weakness kind what; do
	check "without a hole there is nothing to find: $kind" \
		engine none "$kind"
	check "it is found that $what" finds "$weakness" "$kind"
	rm -f "$work"/mutant-*
done <<END
key-from-message attacker-signs the certificate in the message is believed
signature-unchecked attribute-changed a broken signature is as good as a whole one
second-assertion forged-everywhere a second assertion is overlooked
crash element-renamed the verifier crashes
stray-text text text between elements is overlooked
base64 base64-junk junk in base64 is skipped
audience field the audience is not compared
request field the request is not compared
window time-limit the time window is not checked
END
finish
