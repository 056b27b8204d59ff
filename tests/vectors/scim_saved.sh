#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Saved ListResponses of several servers, and hostile ones, through 8x8sso
# sync --from: scim/table.tsv says whom each publishes, whom it refuses, or why
# it is refused as a whole.

. "${top_srcdir:?}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/loopback.sh"

vectors=$top_srcdir/tests/vectors/scim
tab=$(printf '\t')

# [host] user = (nothing): whoever runs the test owns everything.
configure() # NAME [LINES]
{
	state=$dir/$1
	cat >"$dir/conf" <<-END
		[host]
		state_dir = $state
		libexec_dir = ${top_builddir:?}
		user =
		${2:-}
	END
	chmod 0644 "$dir/conf"
}

# Two lines, as the table has it: who is published and who is refused.
people()
{
	admin --json user list || return
	$python - "$dir/out" <<-'END'
		import json, sys
		with open(sys.argv[1], encoding="utf-8") as source:
		    users = json.load(source)
		names, refused = [], []
		for user in users:
		    if user["login"]:
		        assert user["uid"] >= 1879048192, user
		        names.append(user["login"] + (
		            "" if user["state"] == "active" else "-"))
		    else:
		        assert user["uid"] == 0, user
		        refused.append(user["scim_id"] + "=" + user["state"])
		print(" ".join(sorted(names)) or "-")
		print(" ".join(sorted(refused)) or "-")
	END
}

# Nothing that the commands say steers a terminal.
no_control()
{
	$python - "$dir/out" "$dir/err" <<-'END'
		import sys, unicodedata
		for name in sys.argv[1:]:
		    with open(name, encoding="utf-8") as source:
		        for c in source.read():
		            assert c == "\n" or unicodedata.category(c) != "Cc", c
	END
}

all_without_control() # FILE
{
	for control_command in "sync --from $vectors/$1" "user list" \
		"--json user list" "user list --refused" "user show ann" \
		"--json user show ann" status "--json status"; do
		# shellcheck disable=SC2086 # words
		admin $control_command
		no_control || { echo "$control_command"; return 1; }
	done
}

publishes() # FILE PUBLISHED REFUSED
{
	admin sync --from "$vectors/$1" || { cat "$dir/err"; return 1; }
	no_control || return 1
	people >"$dir/people"
	cat "$dir/people"
	printf '%s\n' "$2" "$3" | cmp - "$dir/people"
}

# The state is as it was, and the reason is told.
is_refused() # FILE REASON
{
	admin sync --from "$vectors/$1"
	status=$?
	cat "$dir/err"
	[ $status -eq 1 ] && grep -q "($2: " "$dir/err" &&
		no_control || return 1
	[ "$(cksum <"$state/nss.cache")" = "$before_cache" ] &&
		admin --json user list && cmp "$dir/out" "$dir/people-before"
}

configure before
admin sync --from "$vectors/8x8.json"
before_cache=$(cksum <"$state/nss.cache")
admin --json user list
cp "$dir/out" "$dir/people-before"

while IFS=$tab read -r file reason published refused settings; do
	case $file in '#'*) continue ;; esac
	if [ "$settings" = - ]; then
		settings=
	fi
	if [ "$reason" = ok ]; then
		configure "$file${settings:+-set}" "$(printf '%b' "$settings")"
		check "$file${settings:+, set}: publishes $published" \
			publishes "$file" "$published" "$refused"
	else
		configure before "$(printf '%b' "$settings")"
		check "$file: refused, $reason" is_refused "$file" "$reason"
	fi
done <"$vectors/table.tsv"

tells_what_it_ignored()
{
	configure told
	admin --json sync --from "$vectors/hostile-long-title.json"
	cat "$dir/out" "$dir/err"
	grep -q '"values_ignored":1[,}]' "$dir/out" && grep -q \
	    'ignored: user 1 of the listing, id "1": title is longer' \
	    "$dir/err"
}
check "a title that is too long is told, not taken" tells_what_it_ignored

configure hostile-text.json
check "nothing of a hostile listing steers a terminal" \
	all_without_control hostile-text.json
check "every file is in the table" test "$(cd "$vectors" && echo ./*.json |
	tr ' ' '\n' | sed 's,^\./,,' | sort)" = \
	"$(sed '/^#/d; s/	.*//' "$vectors/table.tsv" | sort -u)"
finish
