#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Every test, from a clean clone on a base Debian 12, as root.
#
#	tests/run.sh [STAGE...]
#
# installs what is missing, builds in a folder of its own below /tmp and runs
# the stages (all of them, or those that are named).  Every stage speaks TAP;
# the last line counts.  On failure the failed parts are shown and the folder
# with the logs stays.
set -u

# name: what it does
stages='
packages	install what is missing
gcc		build with gcc, warnings are errors
check		make check
check-root	what of make check only root can run
distcheck	make distcheck
clang		build with clang, warnings are errors
sanitizers	build and make check with ASan and UBSan
valgrind	unit tests under valgrind
no-nss		build with --disable-nss
mutants		a check of each row with one mistake, and the test that sees it
fuzz		build the fuzzers and run each for a moment
coverage	lines of the verifiers that tests and seeds run, 95 % or more
scripts		shellcheck
lab		the lab itself
e2e		the installed product on a disposable host
demo		tests/demo.sh
'

top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tests/lib/packages.sh
. "$top/tests/lib/packages.sh"
# shellcheck source=tests/fuzz/seeds.sh
. "$top/tests/fuzz/seeds.sh"
umask 022
unset DESTDIR MAKEFLAGS CFLAGS CPPFLAGS LDFLAGS CC LD_LIBRARY_PATH LIBRARY_PATH
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
export LC_ALL=C.UTF-8
jobs=$(nproc)

usage()
{
	echo "usage: tests/run.sh [STAGE...]"
	printf '%s' "$stages"
	exit 2
}

# -- TAP -------------------------------------------------------------------

result() # STATUS NAME
{
	[ "$1" -eq 0 ] || printf 'not '
	echo "ok - $2"
	return "$1"
}

# What the tests said that make check ran in this build; a program that did
# not end well has a word of its own from Automake's driver.
results_of() # BUILD PREFIX
{
	find "$1/tests" -name '*.trs' | sort | while read -r trs; do
		test_name=${trs#"$1/tests/"}
		test_name="$2: ${test_name%.trs}"
		sed -n -E "s|^(not )?ok [0-9]+ - |\1ok - $test_name: |p" \
		    "${trs%.trs}.log"
		sed -n "s|^:test-result: ERROR.*|not ok - $test_name ends well|p" \
		    "$trs"
	done
}

# A test script's own TAP, and that it ran to its end.
relay() # PREFIX COMMAND...
{
	relay_prefix=$1
	shift
	relay_out=$work/relay-$relay_prefix
	timeout "${relay_limit:-600}" "$@" >"$relay_out" 2>>"$log"
	relay_status=$?
	cat "$relay_out" >>"$log"
	relay_count=$(grep -Ec '^(not )?ok ' "$relay_out")
	sed -n -E -e "s|^(not )?ok [0-9]+ - |\1ok - $relay_prefix: |p" \
	    -e '/^#/p' "$relay_out"
	if ! grep -qx "1..$relay_count" "$relay_out"; then
		result 1 "$relay_prefix: runs to its end (status $relay_status)"
	fi
}

# -- building --------------------------------------------------------------

# Ordinary commands are run by an ordinary user.
ordinary="--reuid=65534 --regid=65534 --clear-groups"
as_user() # COMMAND...
{
	# shellcheck disable=SC2086 # options
	setpriv $ordinary env HOME="$work/home" "$@"
}

# A copy of the tree that this user may write, with configure.
need_source()
{
	[ ! -d "$work/src" ] || return 0
	mkdir "$work/src" "$work/home"
	(
		cd "$top" || exit
		git -c safe.directory="$top" ls-files -co --exclude-standard \
		    2>/dev/null | while read -r file; do
			[ ! -e "$file" ] || echo "$file"
		done >"$work/files"
		[ -s "$work/files" ] || find . -type f ! -path './.git/*' \
			! -path '*/node_modules/*' >"$work/files"
		tar -cf - -T "$work/files" | tar -C "$work/src" -xf -
	)
	chown -R 65534:65534 "$work/src" "$work/home"
	(cd "$work/src" && as_user autoreconf -fi) >>"$log" 2>&1
}

build() # NAME [CONFIGURE OPTION...]
{
	build=$work/build-$1
	shift
	need_source || return
	[ ! -e "$build.failed" ] || return 1
	[ ! -d "$build" ] || return 0
	mkdir "$build"
	chown 65534:65534 "$build"
	(
		cd "$build" || exit
		as_user "$work/src/configure" -q "$@" &&
			as_user make -s -j"$jobs"
	) >>"$log" 2>&1 && return
	: >"$build.failed"
	return 1
}

# The build that is also installed: a distribution's folders.
need_gcc()
{
	triplet=$(gcc -print-multiarch)
	build gcc --enable-werror --prefix=/usr --sysconfdir=/etc \
	    --localstatedir=/var --libdir="/usr/lib/$triplet" \
	    --libexecdir=/usr/libexec \
	    --with-systemdsystemunitdir=/lib/systemd/system
}

need_stage()
{
	[ ! -d "$work/stage" ] || return 0
	need_gcc || return
	make -s -C "$work/build-gcc" install DESTDIR="$work/stage" \
	    >>"$log" 2>&1
}

make_check() # BUILD PREFIX [MAKE ARGUMENT...]
{
	check_build=$1
	check_prefix=$2
	shift 2
	find "$check_build/tests" -name '*.trs' -delete
	as_user make -C "$check_build" -j"$jobs" check "$@" >>"$log" 2>&1
	check_status=$?
	results_of "$check_build" "$check_prefix" >"$work/results"
	cat "$work/results"
	if [ "$check_status" -ne 0 ] && ! grep -q '^not ok' "$work/results"
	then
		result 1 "$check_prefix: make check ends well"
	fi
	[ -s "$work/results" ] || result 1 "$check_prefix: there are tests"
}

# -- stages ----------------------------------------------------------------

stage_packages()
{
	# shellcheck disable=SC2046 # a list
	install_packages $(packages_build; packages_host; packages_test) \
	    >>"$log" 2>&1
	result $? "packages are installed"
}

stage_gcc()
{
	need_gcc
	result $? "configure and make with gcc, as an ordinary user"
	need_stage
	result $? "make install"
}

stage_check()
{
	need_gcc || { result 1 "the build with gcc"; return; }
	make_check "$work/build-gcc" check
}

# What make check leaves to root.
stage_check_root()
{
	need_gcc || { result 1 "the build with gcc"; return; }
	find "$work/build-gcc/tests" -name '*.trs' -delete
	make -C "$work/build-gcc" check TESTS="tests/module/fetch.sh \
	    tests/module/ids.sh tests/module/test_publisher \
	    tests/unit/test_cache_reader tests/unit/test_sandbox" >>"$log" 2>&1
	results_of "$work/build-gcc" "check as root"
}

stage_distcheck()
{
	build dist &&
		as_user make -C "$work/build-dist" -j"$jobs" distcheck \
		    >>"$log" 2>&1
	result $? "make distcheck, as an ordinary user"
}

stage_clang()
{
	build clang CC=clang --enable-werror
	result $? "configure and make with clang"
}

stage_sanitizers()
{
	build sanitizers --enable-sanitizers --enable-werror
	result $? "configure --enable-sanitizers and make" &&
		make_check "$work/build-sanitizers" sanitizers
}

stage_valgrind()
{
	need_gcc || { result 1 "the build with gcc"; return; }
	# shellcheck disable=SC2016 # make's
	units=$(printf 'include Makefile\nprint:\n\t@echo $(unit_programs)\n' |
		make -s -C "$work/build-gcc" -f - print)
	# Valgrind reports no program that is missing, and sets limits itself.
	# What fails each allocation in turn would take it minutes, and leaves
	# what jansson holds when it has to be left; a sanitizer has looked at
	# that, at thousands of syncs, a million groups in groups, and caches
	# that are damaged at each of their bytes.
	leave_out='jwt_memory|oidc_fetch|registry|registry_history'
	leave_out="($leave_out|cache_damage|group_nesting|saml_memory|sandbox"
	leave_out="$leave_out|spawn)"
	units=$(echo "$units" | sed -E "s,tests/unit/test_$leave_out( |\$),,g")
	make_check "$work/build-gcc" valgrind TESTS="$units" \
	    LOG_COMPILER="valgrind -q --error-exitcode=99 --leak-check=full \
	    --errors-for-leak-kinds=definite --show-leak-kinds=definite"
}

stage_no_nss()
{
	build no-nss --disable-nss --enable-werror
	result $? "configure --disable-nss and make" &&
		result "$(find "$work/build-no-nss" -name 'libnss_8x8*' |
			wc -l)" "--disable-nss makes no NSS module"
}

stage_mutants()
{
	need_source || { result 1 "the source"; return; }
	relay_limit=1800
	# shellcheck disable=SC2086 # options
	relay mutants setpriv $ordinary "$work/src/tests/mutants/run.sh" --each
}

stage_fuzz()
{
	build fuzz CC=clang --enable-fuzzers
	result $? "configure --enable-fuzzers and make" || return
	find "$work/build-fuzz/tests/fuzz" -maxdepth 1 -type f -perm -u+x |
		sort >"$work/fuzzers"
	while read -r fuzzer; do
		name=$(basename "$fuzzer")
		as_user mkdir "$work/home/$name"
		# shellcheck disable=SC2046 # lists
		(cd "$work/home/$name" && as_user \
		    env top_srcdir="$work/src" timeout 60 "$fuzzer" \
		    -max_total_time=5 -rss_limit_mb=1024 \
		    $(fuzz_options "$work/src" "$name") . \
		    $(fuzz_seeds "$work/src" "$name")) >>"$log" 2>&1
		result $? "$name finds nothing in five seconds"
	done <"$work/fuzzers"
}

stage_coverage()
{
	build coverage --enable-coverage || {
		result 1 "configure --enable-coverage and make"
		return
	}
	as_user make -s -C "$work/build-coverage" -j"$jobs" coverage \
	    >"$work/coverage" 2>>"$log"
	coverage_status=$?
	cat "$work/coverage" >>"$log"
	sed -n '/ % of /s/^/# /p' "$work/coverage"
	result "$coverage_status" "make coverage finds no file below 95 %"
}

stage_scripts()
{
	cd "$top" || exit
	grep -rlE '^#!/bin/sh|shellcheck shell=sh' tests .ci packaging |
		grep -v node_modules | sort >"$work/scripts"
	while read -r script; do
		shellcheck -x "$script" >>"$log" 2>&1
		result $? "shellcheck $script"
	done <"$work/scripts"
}

stage_lab()
{
	export top_srcdir="$top"
	relay lab sh "$top/tests/lab/selftest.sh"
}

# A peer for Node, with what npm adds to it.
npm_peer() # NAME
{
	[ ! -d "$work/$1" ] || return 0
	mkdir "$work/$1"
	cp "$top/tests/interop/$1"/* "$top/tests/interop/$1/.npmrc" "$work/$1"
	(cd "$work/$1" && npm ci --ignore-scripts) >>"$log" 2>&1 ||
		echo "npm could not install $1" >>"$log"
}

stage_e2e()
{
	need_stage || { result 1 "make install"; return; }
	npm_peer scimmy
	npm_peer oidc-provider
	export SCIMMY="$work/scimmy" OIDC_PROVIDER="$work/oidc-provider"
	export HOST_SHARE="$SCIMMY $OIDC_PROVIDER"
	for script in "$top"/tests/e2e/${E2E:-*}.sh; do
		echo "$script"
	done >"$work/e2e-scripts"
	for _ in $(seq "$jobs"); do
		e2e_lane &
	done
	wait
	while read -r script; do
		cat "$work/e2e-$(basename "$script" .sh)"
	done <"$work/e2e-scripts"
}

# Most of a script's time is waiting; each has a host of its own, so that as
# many run at a time as there are processors.  Whoever is first takes the next.
e2e_lane()
{
	while read -r script; do
		name=$(basename "$script" .sh)
		mkdir "$work/e2e-$name.taken" 2>/dev/null || continue
		relay "$name" "$top/tests/lib/host.sh" "$work/stage" \
		    sh "$script" >"$work/e2e-$name" </dev/null
	done <"$work/e2e-scripts"
}

stage_demo()
{
	"$top/tests/demo.sh" >>"$log" 2>&1
	result $? "tests/demo.sh runs to its end"
}

# -- the run ---------------------------------------------------------------

count() # PATTERN
{
	cat "$work"/*.tap | grep -Ec "$1"
}

run_stage() # NAME
{
	log=$work/$1.log
	started=$(date +%s)
	printf '%-12s' "$1"
	("stage_$(echo "$1" | tr - _)") >"$work/$1.tap" 2>>"$log"
	grep -q '^\(not \)\?ok' "$work/$1.tap" ||
		result 1 "$1 has results" >"$work/$1.tap"
	printf '%5s passed %4s failed %5s s\n' \
	    "$(grep -c '^ok' "$work/$1.tap")" \
	    "$(grep -c '^not ok' "$work/$1.tap")" \
	    $(($(date +%s) - started))
	grep -q '^not ok' "$work/$1.tap" || return 0
	sed -n '/^not ok/,/^ok/{/^ok/!p;}' "$work/$1.tap" |
		head -n 100 | sed 's/^/    /'
	tail -n 30 "$log" | sed 's/^/    | /'
}

names=$(printf '%s' "$stages" | cut -f1)
for name; do
	printf '%s\n' "$names" | grep -qx -- "$name" || usage
done
[ "$(id -u)" -eq 0 ] || { echo "tests/run.sh: must be root" >&2; exit 2; }
work=$(mktemp -d "${TMPDIR:-/tmp}/8x8sso-tests.XXXXXX")
chmod 0755 "$work"
trap 'rm -rf "$work"; exit 130' INT TERM HUP
# shellcheck disable=SC2086 # a list
[ $# -gt 0 ] || set -- $names
for name; do
	run_stage "$name"
done

failed=$(count '^not ok')
skipped=$(count '^ok.*# SKIP')
passed=$(($(count '^ok') - skipped))
[ "$skipped" -eq 0 ] || cat "$work"/*.tap | grep '# SKIP'
if [ "$failed" -eq 0 ]; then
	rm -rf "$work"
else
	echo "logs: $work"
fi
closing="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || closing="$closing, $skipped skipped"
echo "$closing"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
