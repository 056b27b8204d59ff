#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What the two modules show to, and want from, the process that loads them;
# and what each program must not have, so that a parser which is taken over
# finds as little as possible beside it.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir}" "${CC:=cc}" "${NM:=nm}"
. "$top_srcdir/tests/lint/lib.sh"

# The globs of a map's global part, one per line.
map_globals() # MAP
{
	sed -n '/global:/,/local:/{s/.*global://;s/local:.*//;s/[ 	]//g;
		s/;/\n/g;p;}' "$1" | grep .
}

# Every exported symbol is of the map, and every glob has a symbol.
exports() # MODULE MAP
{
	$NM -D --defined-only "$1" > "$lint_tmp/nm" || return 1
	globs=$(map_globals "$2") || return 1
	exports_status=0
	while read -r _ _ symbol; do
		known=no
		for glob in $globs; do
			# shellcheck disable=SC2254
			case ${symbol%%@*} in
			$glob) known=yes ;;
			esac
		done
		[ $known = yes ] && continue
		echo "$symbol is exported"
		exports_status=1
	done < "$lint_tmp/nm"
	for glob in $globs; do
		grep -q " ${glob%\*}" "$lint_tmp/nm" && continue
		echo "nothing is exported for $glob"
		exports_status=1
	done
	return $exports_status
}

# DT_NEEDED within the list (--as-needed may leave one out), no search path.
needed() # MODULE LIBRARY...
{
	needed_module=$1
	shift
	needed_status=0
	readelf -d "$needed_module" > "$lint_tmp/elf" || return 1
	sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' "$lint_tmp/elf" \
		> "$lint_tmp/libraries"
	while read -r library; do
		case " $* " in
		*" $library "*) continue ;;
		esac
		echo "$library is needed"
		needed_status=1
	done < "$lint_tmp/libraries"
	grep -E 'RPATH|RUNPATH|TEXTREL' "$lint_tmp/elf" && needed_status=1
	[ -s "$lint_tmp/libraries" ] || needed_status=1
	return $needed_status
}

soname() # MODULE NAME
{
	readelf -d "$1" | grep -F "(SONAME)" | grep -qF "[$2]"
}

# None of these globs is a library that the program needs.
spares() # PROGRAM GLOB...
{
	readelf -d "$1" > "$lint_tmp/elf" || return 1
	shift
	sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' "$lint_tmp/elf" \
		> "$lint_tmp/libraries"
	[ -s "$lint_tmp/libraries" ] || return 1
	spares_status=0
	while read -r library; do
		for glob; do
			# shellcheck disable=SC2254
			case $library in
			$glob)
				echo "$library is needed"
				spares_status=1
				;;
			esac
		done
	done < "$lint_tmp/libraries"
	return $spares_status
}

# A verifier that cannot compute a code with a shared secret cannot be talked
# into comparing one (catalogue C2, J2).
makes_no_hmac() # PROGRAM
{
	$NM -D "$1" > "$lint_tmp/nm" || return 1
	! grep -E ' U .*(HMAC|CMAC|EVP_MAC|[Hh]mac|_mac(_|@|$))' "$lint_tmp/nm"
}

# A module with one export too many, one library too many, no soname.
plant bad.c <<'E1'
#include <math.h>
double pam_sm_x(double x);
double leak(double x);
double pam_sm_x(double x) { return x; }
double leak(double x) { return pow(x, x); }
E1
hmac_calls="HMAC EVP_MAC_init EVP_Q_mac EVP_PKEY_new_mac_key
	xmlSecOpenSSLTransformHmacSha256GetKlass"
for call in $hmac_calls; do
	printf 'int %s(void);\nint f(void);\nint f(void) { return %s(); }\n' \
		"$call" "$call" | plant "$call.c"
done
echo '{ global: pam_sm_*; local: *; };' | plant good.map
echo '{ global: pam_sm_*; other_*; local: *; };' | plant other.map

self_test()
{
	# shellcheck disable=SC2086
	if ! $CC -shared -fPIC -Wl,--no-as-needed -o "$lint_plant/bad.so" \
		"$lint_plant/bad.c" -lm 2> /dev/null; then
		skip "planted module" "$CC makes no shared object here"
		return
	fi
	# shellcheck disable=SC2086
	$CC -shared -fPIC -Wl,--version-script="$lint_plant/good.map" \
		-Wl,-soname,good.so -o "$lint_plant/good.so" \
		"$lint_plant/bad.c" -lm
	refuse "a stray export is found" \
		exports "$lint_plant/bad.so" "$lint_plant/good.map"
	refuse "a missing export is found" \
		exports "$lint_plant/good.so" "$lint_plant/other.map"
	check "a clean module has no stray export" \
		exports "$lint_plant/good.so" "$lint_plant/good.map"
	refuse "a library too many is found" \
		needed "$lint_plant/bad.so" libc.so.6
	refuse "a missing soname is found" soname "$lint_plant/bad.so" bad.so
	check "a soname is read" soname "$lint_plant/good.so" good.so
	refuse "a library that is not wanted is found" \
		spares "$lint_plant/bad.so" 'libx*' 'libm.so*'
	check "a program without it is spared" \
		spares "$lint_plant/bad.so" 'libx*' 'libmm*'
	check "a module without HMAC has none" \
		makes_no_hmac "$lint_plant/good.so"
	for call in $hmac_calls; do
		hmac_self_test "$call"
	done
}

hmac_self_test() # CALL
{
	# shellcheck disable=SC2086
	$CC -shared -fPIC -o "$lint_plant/$1.so" "$lint_plant/$1.c"
	refuse "$1 is found" makes_no_hmac "$lint_plant/$1.so"
}

module() # FILE MAP SONAME LIBRARY...
{
	file=$1 map=$2 name=$3
	shift 3
	if [ ! -f "$top_builddir/.libs/$file" ]; then
		skip "$file" "it was not built"
		return
	fi
	check "$file exports what its map says" \
		exports "$top_builddir/.libs/$file" "$top_srcdir/$map"
	check "the soname of $file is $name" \
		soname "$top_builddir/.libs/$file" "$name"
	if [ -n "${SANITIZE:-}" ]; then
		skip "$file needs only: $*" "sanitizers bring libraries"
		return
	fi
	check "$file needs only: $*" needed "$top_builddir/.libs/$file" "$@"
	check "$file makes no HMAC" makes_no_hmac "$top_builddir/.libs/$file"
}

# Where libtool had to make a script of it, it is in .libs.
program() # NAME GLOB...
{
	file=$top_builddir/.libs/$1
	[ -f "$file" ] || file=$top_builddir/$1
	name=$1
	shift
	if [ ! -f "$file" ]; then
		skip "$name" "it was not built"
		return
	fi
	check "$name does without: $*" spares "$file" "$@"
	check "$name makes no HMAC" makes_no_hmac "$file"
}

if ! command -v readelf > /dev/null; then
	skip "modules" "readelf is missing"
	finish
	exit
fi
self_test
module pam_8x8sso.so pam_8x8sso/pam_8x8sso.map pam_8x8sso.so \
	libpam.so.0 libc.so.6
module libnss_8x8.so.2 nss_8x8/nss_8x8.map libnss_8x8.so.2 libc.so.6

network='libcurl*'
json='libjansson*'
xml='libxml2* libxmlsec1* libxslt*'
state='libsqlite3* libinih*'
set -f
# shellcheck disable=SC2086 # lists
{
	program 8x8sso $network $xml
	program 8x8sso-helper $network $json $xml
	program 8x8sso-device $xml $state
	program 8x8sso-fetch $state 'libxmlsec1*'
	program 8x8sso-saml $network $json $state
}

finish
