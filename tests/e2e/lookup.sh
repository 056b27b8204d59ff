#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# nss_8x8: who programs believe is on this host, whatever the cache holds.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

set_up_and_sync
line=$(getent passwd b.simon)
uid=$(id -u b.simon)

check "getent finds b.simon" test -n "$line"
check "getent -s 8x8 finds the same" \
	same "$line" "$(getent -s 8x8 passwd b.simon)"
check "getent by id finds the same" same "$line" "$(getent passwd "$uid")"
check "id agrees" same "$uid:$uid" "$(id -u b.simon):$(id -g b.simon)"
check "the listing has b.simon once" \
	same 1 "$(getent -s 8x8 passwd | grep -c "^b.simon:")"
check "the whole passwd listing has b.simon" \
	contains "$line" getent passwd
check "b.simon has a group of the same name and id" \
	same "b.simon:x:$uid" "$(getent group b.simon |
	sed 's/^\([^:]*\):[^:]*:\([^:]*\):.*/\1:x:\2/')"
check "the group is found by id" \
	same "$(getent group b.simon)" "$(getent group "$uid")"
check "initgroups gives b.simon the one group" \
	same "$uid" "$(id -G b.simon)"
check "initgroups gives bob nothing" \
	same "$(id -g bob)" "$(id -G bob)"
check "the name of B. Simon is in gecos" \
	same "Britta Simon" "$(printf '%s' "$line" | cut -d: -f5)"
refuse "an unknown name is not found" getent -s 8x8 passwd nobody.here
refuse "an unknown id is not found" getent -s 8x8 passwd 1879048191
refuse "root is not ours" getent -s 8x8 passwd root
refuse "no group of the system is ours" getent -s 8x8 group sudo
touch /tmp/owned
chown "$uid:$uid" /tmp/owned
check "a file's owner is shown by name" \
	same b.simon:b.simon "$(stat -c %U:%G /tmp/owned)"
check "sshd's own test finds b.simon" sh -c \
	'/usr/sbin/sshd -T -f /etc/ssh/sshd_lab -C user=b.simon,host=h,addr=::1'
check "an unprivileged process finds b.simon" \
	same "$line" "$(setpriv --reuid=bob --regid=bob --clear-groups \
	getent passwd b.simon)"

# -- caches that are none --------------------------------------------------
cp "$CACHE" /run/good.cache
size=$(stat -c %s "$CACHE")

replace() # COMMAND...
{
	"$@" >"$CACHE.new" && chmod 0644 "$CACHE.new" &&
		mv "$CACHE.new" "$CACHE"
}

still_fine() # WHAT
{
	check "$1: getent survives" survives getent -s 8x8 passwd b.simon
	check "$1: listing survives" survives getent passwd
	check "$1: id survives" survives id b.simon
	check "$1: ls survives" survives ls -ln /tmp
	check "$1: id of root works" same 0 "$(id -u root)"
	check "$1: groups of bob are right" same "$(id -g bob)" "$(id -G bob)"
	check "$1: root gets in" root_gets_in
}

rm "$CACHE"
refuse "missing cache: b.simon is not found" getent passwd b.simon
still_fine "missing cache"
replace true
refuse "empty cache: b.simon is not found" getent passwd b.simon
still_fine "empty cache"
for part in 1 7 8 64 $((size / 2)) $((size - 1)); do
	replace head -c "$part" /run/good.cache
	check "cache of $part bytes: getent survives" \
		survives getent -s 8x8 passwd b.simon
	check "cache of $part bytes: listing survives" survives getent passwd
done
still_fine "truncated cache"
replace head -c "$size" /dev/urandom
refuse "random cache: b.simon is not found" getent passwd b.simon
still_fine "random cache"
replace sh -c 'head -c 64 /run/good.cache; head -c 65536 /dev/urandom'
still_fine "random cache with a good beginning"
rm "$CACHE"
mkdir "$CACHE"
still_fine "a folder for a cache"
rmdir "$CACHE"
mkfifo "$CACHE"
still_fine "a pipe for a cache"
rm "$CACHE"

# One byte wrong, anywhere.
survives_flips()
{
	/usr/bin/python3 - "$CACHE" <<'END'
import os
import random
import subprocess
import sys

path = sys.argv[1]
good = open("/run/good.cache", "rb").read()
for seed in range(60):
    chance = random.Random(seed)
    data = bytearray(good)
    for _ in range(chance.choice([1, 1, 4, 32])):
        data[chance.randrange(len(data))] = chance.randrange(256)
    with open(path + ".new", "wb") as out:
        out.write(data)
    os.chmod(path + ".new", 0o644)
    os.rename(path + ".new", path)
    for command in (["getent", "-s", "8x8", "passwd"],
                    ["getent", "-s", "8x8", "group"], ["id", "b.simon"]):
        status = subprocess.run(command, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, timeout=10,
                                check=False).returncode
        if status < 0 or status > 100:
            sys.exit(f"seed {seed}: {command}: {status}")
END
}
check "60 damaged caches: getent and id survive" survives_flips

replace cat /run/good.cache
check "with the good cache b.simon is back" \
	same "$line" "$(getent passwd b.simon)"
finish
