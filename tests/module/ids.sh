#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# 8x8sso ids, user adopt and user relink: what the rules cannot decide.

. "${top_srcdir:?}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/loopback.sh"

export ASAN_OPTIONS=detect_leaks=0

# A host with a state directory of its own; homes are below $dir/home.
make_host() # NAME
{
	cat >"$dir/$1.conf" <<END
[users]
home = $dir/home/%u
[groups]
attributes = department
[host]
state_dir = $dir/$1
libexec_dir = ${top_builddir:?}
user =
END
	chmod 0644 "$dir/$1.conf"
	cp "$dir/$1.conf" "$dir/conf"
}

# One saved listing; each argument is ID:USERNAME.
listing()
{
	printf '{"schemas":["urn:ietf:params:scim:api:messages:2.0:'
	printf 'ListResponse"],"totalResults":%d,"Resources":[' $#
	comma=
	for person; do
		printf '%s{"id":"%s","userName":"%s","active":true,' \
			"$comma" "${person%%:*}" "${person#*:}"
		printf '"urn:ietf:params:scim:schemas:extension:enterprise:'
		printf '2.0:User":{"department":"Customer Care"},'
		printf '"meta":{"created":"2024-01-01T00:00:00Z"}}'
		comma=,
	done
	printf ']}'
}

sync_with()
{
	listing "$@" >"$dir/list.json"
	succeeds sync --from "$dir/list.json"
}

says() # TEXT
{
	grep -qF "$1" "$dir/out" "$dir/err"
}

# Exit code 1, and this in what it says.
fails() # TEXT ARGUMENT...
{
	text=$1
	shift
	admin "$@"
	[ $? -eq 1 ] && says "$text"
}

mkdir "$dir/home"
make_host a
refuse "before the first sync there are no ids" succeeds ids export
check "a sync gives ids" sync_with a:ann z:zoe
check "they are exported" succeeds ids export
cp "$dir/out" "$dir/ids"
check "all of them, sorted" sh -c \
	"test \$(wc -l <'$dir/ids') -eq 3 && sort -nk2 -c '$dir/ids'"
check "in the documented form" test "$(cut -d' ' -f1,3 "$dir/ids" | sort)" = \
	"g department:Customer%20Care
u a
u z"
succeeds ids export
check "the same again" cmp -s "$dir/out" "$dir/ids"
succeeds --json ids export
check "and as JSON" grep -q '{"kind":"g","id":[0-9]*,'\
'"key":"department:Customer Care"}' "$dir/out"

# -- another host takes them --------------------------------------------------

make_host b
sed 's/ a$/ n/' "$dir/ids" >"$dir/other"
check "an empty host imports them" succeeds ids import "$dir/other"
check "and says how many" says "ids: 3 registered, 0 known already"
check "twice is once" succeeds --json ids import "$dir/other"
check "and that is said" says '{"added":0,"known":3}'
check "what contradicts is refused" \
	fails "belongs to u n here; ids are written once" \
	ids import "$dir/ids"
check "with file and line" says "$dir/ids: line "
echo "u 5 x" >"$dir/bad"
check "so is an id of the system" \
	fails "bad: line 1: 5 is not in" ids import "$dir/bad"
printf 'u 1879048192 good\nnonsense\n' >"$dir/bad"
check "and nonsense" fails "bad: line 2: " ids import "$dir/bad"
check "a file that is not there is named" \
	fails "$dir/nowhere" ids import "$dir/nowhere"
succeeds ids export
check "none of them changed anything" cmp -s "$dir/out" "$dir/other"
check "who comes now has the imported id" sync_with n:ann
succeeds --json user show ann
check "as the other host has it" \
	says "\"uid\":$(sed -n 's/^u \(.*\) n$/\1/p' "$dir/other")"
admin ids
check "ids wants to know what" test $? -eq 2
admin ids import
check "import wants a file" test $? -eq 2
exec 9>"$dir/b/sync.lock"
flock -n 9
check "no import while a sync runs" \
	fails sync-running ids import "$dir/other"
exec 9>&-

# -- user adopt ---------------------------------------------------------------

make_host a
mkdir "$dir/home/ann"
old=$(sed -n 's/^u \(.*\) a$/\1/p' "$dir/ids")
check "ann leaves, another ann comes" sync_with n:Ann z:zoe
succeeds user list --refused
check "who is refused because of a home" says name-home
refuse "and has no account" succeeds user show ann.n
check "nobody's name cannot be adopted" fails user-unknown user adopt bob
check "nor that of somebody who is listed" fails name-taken user adopt zoe
check "ann's can" succeeds user adopt ann
check "and a command hands the files over" grep -q "^chown -RHh \
--from=$old [0-9]* -- '$dir/home/ann' && chown -RHh --from=:$old :[0-9]* -- \
'$dir/home/ann'\$" "$dir/out"
succeeds --json user show ann
check "it is the new ann's" says '"scim_id":"n"'
refuse "with another uid" says "\"uid\":$old"
check "a second time there is nothing to adopt" \
	fails name-taken user adopt ann
check "the host sees it at once" succeeds publish
check "for it was published" says "(as before)"
check "the old ann comes back" sync_with a:ann n:Ann z:zoe
succeeds user list --refused
check "and the name is taken" says name-taken
succeeds ids export
check "the id is still hers" grep -qx "u $old a" "$dir/out"

check "she leaves again, and there is nobody new" sync_with n:ann2 z:zoe
check "the name goes to nobody" fails user-unknown user adopt ann3
if command -v chown >/dev/null && [ "$(id -u)" -eq 0 ]; then
	# By the printed command: what is hers, through a link, and no more.
	mkdir "$dir/real" "$dir/real/sub"
	echo x >"$dir/real/sub/hers"
	echo x >"$dir/real/roots"
	echo x >"$dir/outside"
	ln -s "$dir/outside" "$dir/real/link"
	chown -h "$old:$old" "$dir/real" "$dir/real/sub" "$dir/real/sub/hers" \
		"$dir/real/link" "$dir/outside"
	chown "$old:12" "$dir/real/sub"
	ln -s "$dir/real" "$dir/linked"
	sh -c "chown -RHh --from=$old 1900000000 -- '$dir/linked' &&
		chown -RHh --from=:$old :1900000000 -- '$dir/linked'"
	check "files change hands" test \
		"$(stat -c %u:%g "$dir/real/sub/hers")" = \
		1900000000:1900000000
	check "a group of others stays" test \
		"$(stat -c %u:%g "$dir/real/sub")" = 1900000000:12
	check "root's stay root's" test \
		"$(stat -c %u:%g "$dir/real/roots")" = 0:0
	check "no link in it is followed" test \
		"$(stat -c %u:%g "$dir/outside")" = "$old:$old"
else
	skip "the printed command" "not root"
fi

# -- user relink --------------------------------------------------------------

check "who was never pinned is told so" succeeds user relink zoe
check "politely" says "zoe was pinned to nobody; the next login pins"
check "nobody cannot be relinked" fails user-unknown user relink bob
check "with --json it is one document" succeeds --json user relink zoe
check "of two members" grep -qx '{"login":"zoe","was_pinned_to":""}' \
	"$dir/out"
admin user relink
check "relink wants a name" test $? -eq 2
exec 9>"$dir/a/sync.lock"
flock -n 9
check "none of them while a sync runs" \
	fails sync-running user relink zoe
check "adopt neither" fails sync-running user adopt ann
exec 9>&-
finish
