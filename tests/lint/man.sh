#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Man pages: clean, and 8x8sso.conf(5) has the table of the code.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir}"
. "$top_srcdir/tests/lint/lib.sh"

man_pages() # TREE
{
	files "$1" '*.[58]' > "$lint_tmp/files"
	(cd "$1" && xargs mandoc -Tlint -W warning < "$lint_tmp/files") \
		> "$lint_tmp/out" 2>&1
	sed 's/^mandoc: //' "$lint_tmp/out" | none
}

if command -v mandoc > /dev/null; then
	plant common/a.8 <<'E1'
.\" SPDX-License-Identifier: BSD-2-Clause
.Dd November 20, 2026
.Dt A 8
.Os
.Sh NAME
.Nm a
.Nd planted
.Sh DESCRIPTION
.Bogus \" BAD
E1
	must_find "mandoc" man_pages
	check "man pages are clean" man_pages "$top_srcdir"
else
	skip "man pages are clean" "mandoc is not installed"
fi

# The table of the page, in the form that conf_table prints:
#	.Ss [section]
#	.It Cm key = Ar type Pq Li default
#	Meaning.
page_table() # PAGE
{
	awk '
	/^\.Ss \[/ { section = substr($2, 2, length($2) - 2) }
	meaning { print line "|" tolower(substr($0, 1, length($0) - 1)) }
	{ meaning = 0 }
	/^\.It Cm .* = Ar / {
		key = $3
		type = $0
		sub(/.* = Ar /, "", type)
		preset = ""
		if (type ~ / Pq Li /) {
			preset = type
			sub(/.* Pq Li /, "", preset)
			sub(/ Pq Li .*/, "", type)
		}
		line = section "|" key "|" type "|" preset
		meaning = 1
	}' "$1"
}

code_table()
{
	"$top_builddir/tests/lint/conf_table" | awk -F'|' '
		{ print $1 "|" $2 "|" $3 "|" $4 "|" tolower($5) }'
}

same_table() # PAGE
{
	page_table "$1" > "$lint_tmp/page"
	code_table > "$lint_tmp/code"
	[ -s "$lint_tmp/code" ] &&
		diff -u "$lint_tmp/code" "$lint_tmp/page"
}

# A wrong default, type, meaning, and a key too few.
page=$top_srcdir/common/admin/8x8sso.conf.5
for edit in 's/Pq Li 30s/Pq Li 31s/' 's/page_size = Ar number/page_size = Ar string/' \
	's/^Login shell\./Login shells./' '/^\.It Cm entity_id/d' \
	's/^\.Ss \[users\]/.Ss [user]/'; do
	sed "$edit" "$page" > "$lint_plant/page.5"
	refuse "a page that differs is found: $edit" \
		same_table "$lint_plant/page.5"
done
check "8x8sso.conf(5) has the table of the code" same_table "$page"

# The reasons in the README's table are reasons, and the command knows them.
readme_reasons() # README
{
	# shellcheck disable=SC2016 # Markdown's
	sed -n '/^| reason /,/^$/s/^| \(`[^|]*\)|.*/\1/p' "$1" |
		tr -d '`,' | tr ' ' '\n' | grep . > "$lint_tmp/reasons"
	[ -s "$lint_tmp/reasons" ] || return 1
	while read -r reason; do
		"$top_builddir/8x8sso" help "$reason" > "$lint_tmp/out" 2>&1 ||
			{ echo "no such reason: $reason"; return 1; }
	done < "$lint_tmp/reasons"
}

# shellcheck disable=SC2016 # Markdown's
sed 's/`saml-tenant`/`saml-tenants`/' "$top_srcdir/README.md" \
    > "$lint_plant/README.md"
refuse "a reason that is none is found in the README" \
	readme_reasons "$lint_plant/README.md"
check "8x8sso help explains every reason of the README" \
	readme_reasons "$top_srcdir/README.md"

# And the other way about: who looks up why somebody has no account, or why
# a sync fails, finds it.
readme_lacks() # README
{
	sed -n '/the account \*\//,/^$/s/^.*X([A-Z_]*,[^"]*"\([a-z-]*\)".*/\1/p' \
		"$top_srcdir/common/base/err.h" > "$lint_tmp/reasons"
	[ "$(wc -l < "$lint_tmp/reasons")" -gt 30 ] || return 1
	while read -r reason; do
		grep -q "^|.*\`$reason\`.*|" "$1" || {
			echo "not explained: $reason"
			return 1
		}
	done < "$lint_tmp/reasons"
}

# shellcheck disable=SC2016 # Markdown's
sed '/^|.*`name-home`/d' "$top_srcdir/README.md" > "$lint_plant/README.md"
refuse "a reason that the README lacks is found" \
	readme_lacks "$lint_plant/README.md"
check "the README explains every reason of accounts and syncs" \
	readme_lacks "$top_srcdir/README.md"

finish
