#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The catalogue of checks: every row has its reason, its place, a test of what
# is right and one of what is wrong, and a mutant (tests/mutants/rows.tsv).
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
. "$top_srcdir/tests/lint/lib.sh"

table=tests/mutants/rows.tsv
tab=$(printf '\t')

number() # LETTER LAST
{
	seq -f "$1%.0f" "$2"
}

all_rows=$(number A 16; number B 21; number C 9; number D 22
	number J 29; number V 8; number P 12)

# What is wrong with one line of the table.
wrong_reasons() # TREE ROW REASONS
{
	[ "$3" != '*' ] || return 0
	for reason in $3; do
		wanted=$2
		case $reason in *@*) wanted=${reason#*@} ;; esac
		found=$(sed -n "s/^.*X(${reason%@*},.*\"\([A-Z][0-9]*\)\",.*/\1/p" \
			"$1/common/base/err.h")
		[ -n "$found" ] || found="no row"
		[ "$found" = "$wanted" ] ||
			echo "reason ${reason%@*} is of $found, not $wanted"
	done
}

wrong_place() # TREE FILE:FUNCTION
{
	grep -qs "^${2#*:}(" "$1/${2%:*}" || echo "there is no $2"
}

wrong_test() # TREE ROW PROGRAM:TEST
{
	case ${3#*:} in
	"$(echo "$2" | tr '[:upper:]' '[:lower:]')"_*) ;;
	*) echo "${3#*:} is not named after $2" ;;
	esac
	grep -qsw "${3#*:}" "$1/tests/unit/${3%%:*}.c" || echo "there is no $3"
}

wrong_line() # TREE ROW REASONS PLACE RIGHT WRONG
{
	wrong_reasons "$1" "$2" "$3"
	wrong_place "$1" "$4"
	wrong_test "$1" "$2" "$5"
	wrong_test "$1" "$2" "$6"
	[ "$5" != "$6" ] || echo "one test is both"
	cat "$1"/tests/mutants/*.mutants | grep -q "^$2 " ||
		echo "$2 has no mutant"
}

# Reasons of the catalogue that the table does not have in their row.
forgotten_reasons() # TREE
{
	entry='X(\([A-Z0-9_]*\),.*"\([ABCDJPV][0-9]*\)",'
	grep -n "$entry" "$1/common/base/err.h" |
		sed "s/^\([0-9]*\):.*$entry.*/\1 \2 \3/" |
		while read -r line reason row; do
		grep "^$row$tab" "$1/$table" | cut -f2 | grep -qw "$reason" ||
			echo "common/base/err.h:$line: $reason is not in $row"
	done
}

catalogue() # TREE
{
	{
		forgotten_reasons "$1"
		for row in $rows; do
			[ "$(grep -c "^$row$tab" "$1/$table")" = 1 ] ||
				echo "$table:1: $row is not there once"
		done
		grep -n "^[^#]" "$1/$table" |
			while IFS=$tab read -r row reasons place right wrong _; do
			wrong_line "$1" "${row#*:}" "$reasons" "$place" \
			    "$right" "$wrong" |
				sed "s|^|$table:${row%%:*}: |"
		done
	} | none
}

plant_row() # ROW REASONS FUNCTION RIGHT WRONG [BAD]
{
	printf '%s\t%s\tcommon/auth/a.c:%s\ttest_a:%s\ttest_a:%s\t%s\n' \
		"$@" >> "$lint_plant/$table"
}

{
	printf '\tX(SAML_A,\t"saml-a",\t"A1",\t"x") \\\n'
	printf '\tX(SAML_F,\t"saml-f",\t"A2",\t"BAD") \\\n'
	printf '\tX(JWT_F,\t"jwt-f",\t"J1",\t"BAD") \\\n'
	printf '\tX(SCIM_F,\t"scim-f",\t"P1",\t"BAD") \\\n'
	printf '\tX(DEVICE_F,\t"device-f",\t"V1",\t"BAD") \\\n'
	printf '\tX(LINK_F,\t"link-f",\t"I1",\t"of no row here") \\\n'
} | plant common/base/err.h
printf 'enum err\nf(void)\n{\n}\n' | plant common/auth/a.c
for row in 1 2 3 4 5 6 8 9; do
	echo "a${row}_r a${row}_w"
done | plant tests/unit/test_a.c
for row in 1 2 3 4 5 6 7 8; do
	echo "A$row a mistake"
done | plant tests/mutants/a.mutants
rows="A1 A2 A3 A4 A5 A6 A7 A8 A9 A10"
echo '# A10 is missing: BAD' | plant $table
plant_row A1 SAML_A f a1_r a1_w ''
plant_row A2 SAML_A@A1 f a2_r a2_w ''
plant_row A3 SAML_A f a3_r a3_w BAD
plant_row A4 SAML_B@A1 f a4_r a4_w BAD
plant_row A5 SAML_A@A1 g a5_r a5_w BAD
plant_row A6 SAML_A@A1 f a6_r a1_w BAD
plant_row A7 SAML_A@A1 f a7_r a7_w BAD
plant_row A8 SAML_A@A1 f a8_r a8_r BAD
plant_row A9 SAML_A@A1 f a9_r a9_w BAD
must_find "catalogue" catalogue
rows=$all_rows
check "every row of the catalogue is enforced and tested" \
	catalogue "$top_srcdir"

finish
