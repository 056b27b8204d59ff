#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# 8x8sso publish: state.db -> nss.cache, with nobody to ask.

. "${top_srcdir:?}/tests/lib/tap.sh"
. "$top_srcdir/tests/lib/loopback.sh"

start_server scim
state=$dir/state
cache=$state/nss.cache
export ASAN_OPTIONS=detect_leaks=0

printf %s s3cr3t-T0k3n >"$dir/token"
chmod 0600 "$dir/token"
cat >"$dir/conf" <<END
[scim]
url = http://127.0.0.1:$port/good/250
token_file = $dir/token
[host]
state_dir = $state
libexec_dir = ${top_builddir:?}
user =
END
chmod 0644 "$dir/conf"

# Exit code 1, this reason, and the cache is as it was.
publishes_nothing() # REASON
{
	before=$(cksum <"$cache")
	admin publish
	[ $? -eq 1 ] && grep -q "($1" "$dir/err" &&
		[ "$(cksum <"$cache")" = "$before" ]
}

publishes_again()
{
	succeeds publish && [ "$(cksum <"$cache")" = "$first" ]
}

admin publish
check "before the first sync there is nothing to publish" \
	grep -q '(store-missing' "$dir/err"
refuse "and no cache is made" test -e "$cache"
check "a sync publishes" succeeds sync
first=$(cksum <"$cache")
sed -i "s|^url = .*|url = http://127.0.0.1:9/nobody|" "$dir/conf"
check "what is there already is left alone" succeeds publish
check "and that is said" test "$(cat "$dir/out")" = \
	"users: 250 published, groups: 0, left out: 0 (as before)"
rm "$cache"
check "a cache that is lost comes back the same, from no server" \
	publishes_again
check "everybody may read it" test "$(stat -c %a "$cache")" = 644
echo junk >"$cache"
check "a damaged one too" publishes_again
check "with --json it is one document" succeeds --json publish
check "of numbers" grep -qx '{"published":250,"groups":0,"left_out":0,'\
'"cache_unchanged":true}' "$dir/out"
check "quiet says nothing" succeeds --quiet publish
check "nothing at all" test ! -s "$dir/out"
check "an argument is one too many" sh -c \
	"'$top_builddir/8x8sso' --config '$dir/conf' publish now; test \$? -eq 2"
check "the lock is nobody else's to open" \
	test "$(stat -c %a "$state/publish.lock")" = 600

# The PAM module runs it while a sync may be fetching.
exec 9>"$state/sync.lock"
flock -n 9
check "a sync that is running is not waited for" succeeds publish
exec 9>&-

exec 9>"$state/publish.lock"
flock -n 9
(exec 9>&-; admin publish) &
pid=$!
sleep 0.3
check "another process that publishes is" kill -0 $pid
exec 9>&-
wait $pid
check "until it is done" test $? -eq 0

rm "$cache"
pids=
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	"$top_builddir/8x8sso" --config "$dir/conf" --quiet publish \
		>"$dir/many.$i" 2>&1 &
	pids="$pids $!"
done
failed=0
for pid in $pids; do
	wait "$pid" || failed=$((failed + 1))
done
check "many at once all succeed" test $failed -eq 0
check "and leave the same cache" test "$(cksum <"$cache")" = "$first"

rm -f "$state/publish.lock"
ln -s "$dir/elsewhere" "$state/publish.lock"
check "a lock that is a symbolic link is not followed" publishes_nothing io
refuse "nor made" test -e "$dir/elsewhere"
rm -f "$state/publish.lock"
chmod 0777 "$state"
check "a directory that others can write is an error" \
	publishes_nothing unsafe-file
chmod 0755 "$state"
cp "$state/state/state.db" "$dir/good.db"
rm -f "$state"/state/state.db*
echo junk >"$state/state/state.db"
chmod 0600 "$state/state/state.db"
check "a damaged database publishes nothing" publishes_nothing store
finish
