# SPDX-License-Identifier: BSD-2-Clause
# Sourced by the lint tests.  Every rule is a function over a tree: it prints
# "file:line: what" for each violation and fails if there is one.  Before it
# looks at our tree it is run over one with a planted violation (must_find):
# a rule that cannot fail proves nothing.
#
# shellcheck shell=sh

. "${top_srcdir:?}/tests/lib/tap.sh"

lint_tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$lint_tmp"' EXIT
lint_plant=$lint_tmp/tree
mkdir "$lint_plant"

# Our folders below a tree: those that are there.
lint_folders="pam_8x8sso nss_8x8 common tests packaging"

# Files of a tree whose names match, relative to it.
files() # TREE PATTERN...
{
	(
		cd "$1" || exit 99
		shift
		set -f
		names=
		for pattern; do
			names="$names -o -name $pattern"
		done
		dirs=
		for folder in $lint_folders; do
			[ ! -d "$folder" ] || dirs="$dirs $folder"
		done
		[ -n "$dirs" ] || exit 0
		# shellcheck disable=SC2086
		find $dirs \( -name node_modules -o -name __pycache__ \
			-o -name .libs -o -name .deps \) -prune \
			-o -type f \( -name '' $names \) -print | sort
	)
}

# Writes a file of the tree with planted violations.
plant() # PATH < CONTENT
{
	mkdir -p "$lint_plant/$(dirname "$1")"
	cat > "$lint_plant/$1"
}

# The rule finds every planted line that says so in a comment "BAD", and no
# other.
must_find() # NAME RULE
{
	found=$("$2" "$lint_plant" | cut -d: -f1,2 | sort -u)
	wanted=$(cd "$lint_plant" && grep -rn BAD . | sed 's|^\./||' |
		cut -d: -f1,2 | sort -u)
	check "$1: every planted violation is found, and nothing else" \
		same_lines "$found" "$wanted"
	rm -rf "$lint_plant"
	mkdir "$lint_plant"
}

same_lines() # FOUND WANTED
{
	[ -n "$2" ] && [ "$1" = "$2" ] && return 0
	printf 'found:\n%s\nplanted:\n%s\n' "$1" "$2"
	return 1
}

# Prints what it reads; fails if that is something.
none()
{
	! grep .
}
