#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Every mutant of tests/mutants/*.mutants: the source with one mistake, and a
# test that must see it.
#
#	tests/mutants/run.sh [--each] [--row ROW] [--jobs N] [FILTER]
#
# runs all of them, one of each row, those of a row (B11), or those whose file
# or title has the text FILTER.  Every one of the table must apply, run or not.
# Speaks TAP, one line per mutant; the last line before the plan
# is killed/total.  Fails unless every mutant is killed.
#
# The tree is built once without optimisation, in a folder of its own, and
# stays as it is.  A mutant costs one compiler run, the link of the test
# programs that it names, and their run: its object stands before the archive
# whose member it replaces.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/lib/tap.sh
. "$top/tests/lib/tap.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL
export LC_ALL=C.UTF-8 top_srcdir="$top" CMOCKA_MESSAGE_OUTPUT=TAP

usage()
{
	echo "usage: tests/mutants/run.sh [--each] [--row ROW] [--jobs N]" \
	    "[FILTER]" >&2
	exit 2
}

# Prints what it reads; fails if that is something.
none()
{
	! grep .
}

die()
{
	echo "Bail out! $*"
	exit 2
}

each=0
row=
filter=
jobs=$(nproc)
while [ $# -gt 0 ]; do
	case $1 in
	--each) each=1 ;;
	--row) [ $# -gt 1 ] || usage; row=$2; shift ;;
	--jobs) [ $# -gt 1 ] || usage; jobs=$2; shift ;;
	-*) usage ;;
	*) [ -z "$filter" ] || usage; filter=$1 ;;
	esac
	shift
done

work=$(mktemp -d "${TMPDIR:-/tmp}/8x8sso-mutants.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
tab=$(printf '\t')
table=$work/table
cat "$top"/tests/mutants/*.mutants >"$table" || exit 2

# -- the build -------------------------------------------------------------

target_of() # PROGRAM
{
	for folder in tests/unit tests/module; do
		[ ! -e "$top/$folder/$1.c" ] || { echo "$folder/$1"; return; }
	done
	echo "$1"
}

# Where a test looks for it, below $top_builddir.
place_of() # PROGRAM
{
	case $1 in
	*.la) echo ".libs/${1%.la}.so" ;;
	*) echo "$1" ;;
	esac
}

# A test that loads the module which another PROGRAM is.
is_loader() # PROGRAM
{
	[ -e "$top/tests/module/$1.c" ]
}

# How a program or a module is linked, in one line without libtool.
keep_link() # PROGRAM
{
	! is_loader "$1" || return 0
	target=$(target_of "$1")
	rm -f "$target"
	make -n V=1 "$target" | grep -e '--mode=link.* -o '"$target " |
		sed 's|--mode=link|--dry-run &|' >"$work/link.sh"
	# libtool rewrites nothing: it is asked what it would do.
	sh "$work/link.sh" |
		sed -n 's|^libtool: link: \(.* -o .*\)|\1 |p' >"$work/link-$1"
	[ -s "$work/link-$1" ] || die "no command links $target"
}

# How a file is compiled, up to its name, and its object.
keep_compile() # FILE
{
	command=$work/compile-$(echo "$1" | tr / _)
	# shellcheck disable=SC2086 # a list
	make -n V=1 -W "$top/$1" $targets |
		grep -e " -c -o [^ ]* .*$1\( \|\$\)" | head -n 1 |
		sed 's|.*--mode=compile ||' >"$work/compile.sh"
	sed 's| -MT .*||' "$work/compile.sh" >"$command"
	sed 's|.* -c -o \([^ ]*\) .*|\1|' "$work/compile.sh" >"$command.object"
	[ -s "$command" ] || die "no command compiles $1"
}

build()
{
	mkdir "$work/build" && cd "$work/build" || exit 2
	[ -x "$top/configure" ] || die "run autoreconf -fi first"
	"$top/configure" -q CFLAGS='-O0 -g0' >"$work/log" 2>&1 ||
		die "configure: $(tail -n 1 "$work/log")"
	programs=$(cut -f4 "$work/list" | tr ' ' '\n' | sort -u)
	targets=$(for program in $programs; do target_of "$program"; done)
	# shellcheck disable=SC2086 # a list
	make -s -j"$jobs" $targets >"$work/log" 2>&1 ||
		die "make: $(grep -m1 -e ' error: ' -e 'Error' "$work/log")"
	for program in $programs; do
		keep_link "$program"
	done
	cut -f3 "$work/list" | sort -u >"$work/files"
	while read -r file; do
		keep_compile "$file"
	done <"$work/files"
}

# -- one mutant ------------------------------------------------------------

# FILE with the mistake, or what is wrong with the table.
mutate() # NUMBER FILE
{
	awk -v number="$1" -f "$top/tests/mutants/table.awk" "$table" "$top/$2"
}

# Says which of the table does not apply.
lost()
{
	while IFS=$tab read -r number row file _ title; do
		mutate "$number" "$file" >/dev/null 2>&1 ||
			echo "$row $file: $title"
	done <"$work/all"
}

# Compiles $dir/mutant.c as FILE and links the programs with it, in a folder
# that looks like one of a build.
make_mutant() # FILE PROGRAM...
{
	mkdir "$dir/.libs"
	ln -s "$work/build/tests" "$dir/tests"
	command=$work/compile-$(echo "$1" | tr / _)
	object=$(cat "$command.object")
	printf '%s -w -fPIC -iquote %s -c -o %s %s\n' "$(cat "$command")" \
	    "$top/$(dirname "$1")" "$dir/mutant.o" "$dir/mutant.c" \
	    >"$dir/make.sh"
	shift
	for program; do
		if is_loader "$program"; then
			ln -s "$work/build/tests/module/$program" "$dir"
			continue
		fi
		# An object that is in no archive is exchanged where it is used.
		case $object in
		*.lo) with="s|\.o |.o $dir/mutant.o |" ;;
		*) with="s| $object | $dir/mutant.o |" ;;
		esac
		# A module takes all of an archive: the first of two counts.
		sed -e "$with" -e "s| -shared | -shared -Wl,-z,muldefs |" \
		    -e "s| -o [^ ]* | -o $dir/$(place_of "$program") |" \
		    "$work/link-$program" >>"$dir/make.sh"
	done
	sh -e "$dir/make.sh" >"$dir/log" 2>&1
}

# The first test that fails; nothing when all pass.
first_failure() # PROGRAM...
{
	for program; do
		case $program in test_*) ;; *) continue ;; esac
		{
			TMPDIR=$dir top_builddir=$dir timeout 60 \
			    stdbuf -oL "$dir/$program" 2>/dev/null
			echo "status $?"
		} | awk '
		/^not ok/ {
			sub(/^not ok [0-9]+ - /, "")
			print
			exit
		}
		/^status / && $2 != 0 { print "it ends with " $0 }
		' >"$dir/failure"
		[ ! -s "$dir/failure" ] || break
	done
	[ ! -s "$dir/failure" ] || echo "$program: $(cat "$dir/failure")"
}

# One line: STATUS, what happened.
judge() # NUMBER FILE PROGRAM...
{
	number=$1
	file=$2
	shift 2
	dir=$work/mutant-$number
	mkdir "$dir"
	if ! mutate "$number" "$file" >"$dir/mutant.c"; then
		echo "1 does not apply: $(tail -n 1 "$dir/mutant.c")"
	elif ! make_mutant "$file" "$@"; then
		echo "1 does not compile: $(grep -m1 -e 'error: ' \
		    -e 'undefined' "$dir/log" || tail -n 1 "$dir/log")"
	else
		failure=$(first_failure "$@")
		if [ -n "$failure" ]; then
			echo "0 killed by $failure"
		else
			echo "1 survives $*"
		fi
	fi
	rm -rf "$dir"
}

# -- the run ---------------------------------------------------------------

# What is wrong without a mutant is no kill: each file by itself, compiled
# and linked like a mutant of it.
sound() # FILE PROGRAM...
{
	dir=$work/sound
	rm -rf "$dir"
	mkdir "$dir"
	cp "$top/$1" "$dir/mutant.c"
	make_mutant "$@" || { cat "$dir/log"; return 1; }
	shift
	first_failure "$@" | none
}

worker() # PLACE
{
	awk -v place="$1" -v jobs="$jobs" 'NR % jobs == place' \
	    "$work/list" |
	    while IFS=$tab read -r number _ file programs _; do
		# shellcheck disable=SC2086 # a list
		judge "$number" "$file" $programs >"$work/result-$number"
	done
}

awk -f "$top/tests/mutants/table.awk" "$table" >"$work/all" || exit 2
awk -F"$tab" -v row="$row" -v filter="$filter" -v each="$each" '
    (row == "" || $2 == row) && index($3 " " $5, filter) &&
    !(each && seen[$2]++)' "$work/all" >"$work/list"
[ -s "$work/list" ] || die "no such mutant"
lost >"$work/lost"
check "every mutant of the table applies" none <"$work/lost"
build

cut -f3,4 "$work/list" | sort -u >"$work/pairs"
while IFS=$tab read -r file programs; do
	# shellcheck disable=SC2086 # a list
	check "unchanged $file passes $programs" sound "$file" $programs
done <"$work/pairs"

place=0
while [ "$place" -lt "$jobs" ]; do
	worker "$place" &
	place=$((place + 1))
done
wait

killed=0
total=0
while IFS=$tab read -r number row file _ title; do
	status=1
	what="not judged"
	[ ! -s "$work/result-$number" ] ||
		read -r status what <"$work/result-$number"
	tap_result "$status" "$row ${file##*/}: $title: $what"
	total=$((total + 1))
	killed=$((killed + (status == 0)))
done <"$work/list"
echo "# $killed/$total killed"
finish
