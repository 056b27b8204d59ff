# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Sourced by replay.sh and tests/run.sh: what a fuzzer begins with.

# Files and folders, one per line.
fuzz_seeds() # TOP NAME
{
	case $2 in
	fuzz_saml_metadata | fuzz_saml_response)
		echo "$1/tests/vectors/saml" ;;
	fuzz_json)
		echo "$1/tests/vectors/jose"
		echo "$1/tests/fuzz/corpus/fuzz_jwt"
		echo "$1/tests/fuzz/corpus/fuzz_scim" ;;
	fuzz_jwks | fuzz_jwt)
		echo "$1/tests/vectors/jose" ;;
	esac
	[ ! -d "$1/tests/fuzz/corpus/$2" ] || echo "$1/tests/fuzz/corpus/$2"
}

fuzz_options() # TOP NAME
{
	case $2 in
	fuzz_json | fuzz_jwks | fuzz_jwt | fuzz_oidc)
		echo "-dict=$1/tests/fuzz/jwt.dict" ;;
	fuzz_saml_*) echo "-dict=$1/tests/fuzz/saml.dict" ;;
	esac
}
