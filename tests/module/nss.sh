#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Asks libc for users and groups through the module, as programs do.
#
# tests/module/libnss_8x8.so.2 is the shipped module but for the path of its
# cache, which is tests/module/nss.cache in the build folder.

. "${top_srcdir:?}/tests/lib/tap.sh"

modules=${top_builddir:?}/tests/module/.libs
cache=$top_builddir/tests/module/nss.cache
shipped=$top_builddir/.libs/libnss_8x8.so.2
preload=
# A module with sanitizers needs their library in the host process.
if [ -n "${SANITIZE:-}" ]; then
	case $($CC --version) in
	*clang*) preload=libclang_rt.asan-$(uname -m).so ;;
	*) preload=libasan.so ;;
	esac
	preload=$($CC -print-file-name="$preload")
fi

mkcache()
{
	"$top_builddir/tests/lib/mkcache" "$cache"
}

# Under libc, with only our module asked.
ask() # DATABASE KEY...
{
	LD_LIBRARY_PATH=$modules LD_PRELOAD=$preload \
		ASAN_OPTIONS=detect_leaks=0 getent -s 8x8 "$@"
}

is() # WANTED DATABASE KEY...
{
	wanted=$1
	shift
	got=$(ask "$@")
	echo "got: $got"
	[ "$got" = "$wanted" ]
}

exports()
{
	nm -D --defined-only "$shipped" | sed 's/.* //' | sort | xargs
}

listed()
{
	sed -n 's/^\t\t\(_nss_8x8_.*\);$/\1/p' \
		"$top_srcdir/nss_8x8/nss_8x8.map" | sort | xargs
}

same_words()
{
	printf '%s\n' "$@"
	[ -n "$1" ] && [ "$1" = "$2" ]
}

rm -f "$cache"
refuse "a missing cache has no users" ask passwd b.simon
check "a missing cache lists nobody" is "" passwd

mkcache <<'LIST'
group staff 1880000000
group agents 1880000001
user b.simon 1879048200 B.Simon /home/b /bin/bash yes 1880000000,1880000001
user a.adams 1879048201 A.Adams /home/a.adams /bin/sh no 1880000000
LIST

simon="b.simon:*:1879048200:1879048200:B.Simon:/home/b:/bin/bash"
adams="a.adams:*:1879048201:1879048201:A.Adams:/home/a.adams:/bin/sh"
check "b.simon resolves by name" is "$simon" passwd b.simon
check "b.simon resolves by uid" is "$simon" passwd 1879048200
check "an inactive user exists" is "$adams" passwd a.adams
check "all users are listed" is "$simon
$adams" passwd
check "a private group resolves by name" \
	is "b.simon:*:1879048200:" group b.simon
check "a private group resolves by gid" \
	is "b.simon:*:1879048200:" group 1879048200
check "a group lists its members" \
	is "staff:*:1880000000:b.simon,a.adams" group staff
check "all groups are listed" is "staff:*:1880000000:b.simon,a.adams
agents:*:1880000001:b.simon
b.simon:*:1879048200:
a.adams:*:1879048201:" group
check "initgroups names the supplementary groups" \
	is "b.simon               1880000000 1880000001" initgroups b.simon

for name in root nobody daemon B.Simon b.simo staff '' 0 1 1000 65534 \
	4294967295; do
	refuse "passwd '$name' is not answered" ask passwd "$name"
done
for name in root nogroup sudo docker 0 27 999 65534; do
	refuse "group '$name' is not answered" ask group "$name"
done
check "root gets no groups from us" is "root                 " \
	initgroups root

mkcache <<'LIST'
user c.clark 1879048300 C.Clark /home/c.clark /bin/sh yes
LIST
refuse "a user who is gone from a new file is gone" ask passwd b.simon
check "a user of a new file is there" \
	is "c.clark:*:1879048300:1879048300:C.Clark:/home/c.clark:/bin/sh" \
	passwd c.clark

chmod 0666 "$cache"
refuse "i9: a cache that others may write is not believed" \
	ask passwd c.clark
chmod 0644 "$cache"
head -c 100 "$cache" >"$cache.cut" && mv "$cache.cut" "$cache"
refuse "a truncated cache has no users" ask passwd c.clark
: >"$cache"
refuse "an empty cache has no users" ask passwd c.clark
head -c 65536 /dev/urandom >"$cache"
refuse "a random cache has no users" ask passwd c.clark
rm -f "$cache"

refuse "mkcache names a bad line" mkcache <<'LIST'
user root 0 root /root /bin/sh yes
LIST

check "the module exports what the map lists" \
	same_words "$(exports)" "$(listed)"
check "the module's soname is libnss_8x8.so.2" sh -c \
	"readelf -d '$shipped' | grep -q 'SONAME.*\[libnss_8x8\.so\.2\]'"

finish
