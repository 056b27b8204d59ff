#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A local account that is a provisioned person's ([users] link_local): ours in
# every program, on the PAM lines that are shipped, and local again without us.
# shellcheck disable=SC2119 # respond: no variant
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

LINK="[users]
link_local = bsimon:b.simon@CONTOSO.com"

by_key() # USER
{
	login --identity "$HOST_KEY" ssh "$1" id -un
}

refused_by_key() # REASON USER
{
	forget_log
	by_key "$2" && return 1
	logged "$1"
}

# The local password, as if nothing were linked.
by_password() # [SERVICE]
{
	login --say local pam "${1:-login}" bsimon authenticate account
}

# The short code that a delivered response is good for.
by_code()
{
	printf '%s | 8x8sso deliver | sed %s' "$(respond)" \
	    "'s/.*: \\(.*\\) (.*/\\1/'"
}

is_local()
{
	by_password login && by_password sshd && by_key bsimon
}

# shellcheck disable=SC2016 # the remote shell's
by_ssh() # RESPOND
{
	login --respond "$1" ssh bsimon 'echo "I am $(id -un)"'
}

by_pam() # RESPOND
{
	login --respond "$1" pam sshd bsimon authenticate account
}

others_get_in()
{
	root_gets_in && bob_gets_in && by_key root && by_key bob
}

pam-auth-update --force --package --disable 8x8sso --enable 8x8sso-linked ||
	bail_out "no PAM profile for linked accounts"
useradd --create-home --shell /bin/bash bsimon
echo bsimon:local | chpasswd
for name in bsimon bob root b.simon; do
	install -m 0644 "$HOST_KEY.pub" "/etc/ssh/keys/$name"
done
uid=$(id -u bsimon)

# -- before and after ------------------------------------------------------
set_up_and_sync
check "nothing is linked: bsimon is local" is_local
check "nothing is linked: b.simon has an account" id b.simon
b_simon=$(id -u b.simon)
write_conf more="$LINK"
check "a line that no sync has seen: bsimon is local" is_local
check "check says that a sync is due" \
	contains "bsimon is not b.simon@CONTOSO.com's yet" 8x8sso check
8x8sso sync >/run/sync.log 2>&1 || bail_out "sync: $(cat /run/sync.log)"
check "check says whose it is" \
	contains "bsimon is b.simon@CONTOSO.com's" 8x8sso check
check "user list shows the local account" \
	contains "bsimon                   local" 8x8sso user list
check "user show, too" contains "by [users] link_local" \
	8x8sso user show bsimon
refuse "B.Simon has no account of her own any more" id b.simon
check "the host finds bsimon in its files" same "$uid" "$(id -u bsimon)"
check "and nowhere else" same "" "$(getent -s 8x8 passwd bsimon)"

# -- ours ------------------------------------------------------------------
refuse "the local password is not asked for: login" by_password login
refuse "the local password is not asked for: sshd" by_password sshd
refuse "the local password is not asked for: su" \
	login --say local tty runuser -u bob -- su bsimon -c true
check "B.Simon signs in as bsimon" by_pam "$(respond)"
check "a real sshd" contains "I am bsimon" by_ssh "$(respond)"
check "su by bob" login --respond "$(respond)" tty \
	runuser -u bob -- su bsimon -c true
echo 'bsimon ALL=(ALL:ALL) ALL' >/etc/sudoers.d/lab
chmod 0440 /etc/sudoers.d/lab
check "sudo by bsimon" contains "uid=0" \
	login --respond "$(by_code)" tty runuser -u bsimon -- sudo id
refuse "sudo by bsimon with the local password" \
	login --say local tty runuser -u bsimon -- sudo -k id
# login ends with 0 when it gives up, too.
echo 'echo "I am in"; exit' >/home/bsimon/.bash_profile
check "login" contains "I am in" \
	login --respond "$(by_code)" tty login bsimon
refuse "login with the local password" contains "I am in" \
	login --say local tty login bsimon
check "an ssh key" contains bsimon by_key bsimon
check "she is pinned" contains "$OID" 8x8sso user show bsimon
check "J.Smith is not bsimon" denied_for link-pin \
	by_pam "$(respond_as J.Smith@contoso.com)"
check "root and bob get in" others_get_in
write_conf
8x8sso sync >/dev/null
check "without its line bsimon is local" is_local
check "and B.Simon has the account that she had" \
	same "$b_simon" "$(id -u b.simon)"
check "which keeps its pin" contains "$OID" 8x8sso user show b.simon
write_conf more="$LINK"
8x8sso sync >/dev/null
refuse "with its line bsimon is not local" is_local

# -- not allowed, not of the site, not active, not there -------------------
write_conf allow=bob more="$LINK"
check "allow does not name her: no key" refused_by_key user-not-allowed bsimon
check "allow does not name her: no response" \
	denied_for user-not-allowed by_pam "$(respond)"
write_conf allow=bsimon more="$LINK"
check "allow names the local account" by_key bsimon
write_conf allow="*
sites = Reading, Madrid" more="$LINK"
check "not of a site of this host: no key" refused_by_key user-site bsimon
check "not of a site of this host: no response" \
	denied_for user-site by_pam "$(respond)"
check "of a site of this host" by_key bob
write_conf allow="*
sites = Headquarters" more="$LINK"
check "a site of this host" by_key bsimon
write_conf more="$LINK"

lab disable "$SIMON"
8x8sso sync >/dev/null
check "deactivated: no key" refused_by_key user-inactive bsimon
check "deactivated: no response" \
	denied_for user-inactive by_pam "$(respond)"
refuse "deactivated: no local password" by_password
refuse "deactivated: not by su of root" su bsimon -c true
chage -d 2020-01-01 -M 1 bsimon
check "deactivated: an expired local password opens nothing" \
	refused_by_key user-inactive bsimon
chage -d "$(date +%F)" -M 99999 bsimon
check "root and bob get in" others_get_in
lab vanish "$SIMON"
8x8sso sync >/dev/null
check "vanished: no key" refused_by_key user-vanished bsimon
refuse "vanished: no local password" by_password
lab provision "$SIMON" >/dev/null
8x8sso sync >/dev/null
refuse "somebody new with her userName is not the heir" by_pam "$(respond)"

# -- without us ------------------------------------------------------------
mv "$CACHE" /run/cache
check "without the cache bsimon is local" is_local
printf 'junk' >"$CACHE"
check "with a damaged cache bsimon is local" is_local
install -m 0666 /run/cache "$CACHE"
check "with a cache that others may write bsimon is local" is_local
check "root and bob get in" others_get_in
rm "$CACHE"
mv /run/cache "$CACHE"
refuse "with it she is not" is_local
module=$(echo /usr/lib/*-linux-gnu*/security/pam_8x8sso.so)
mv "$module" /run/module.so
check "without the module bsimon is local" is_local
check "without the module root and bob get in" others_get_in
refuse "without the module m.garcia does not" by_key m.garcia
mv /run/module.so "$module"
mv "$STORE" /run/state.db
refuse "without state.db bsimon does not get in" by_password
check "without state.db root and bob do" others_get_in
mv /run/state.db "$STORE"

# -- root, by any spelling -------------------------------------------------
echo "toor:x:0:0::/root:/bin/sh" >>/etc/passwd
echo "bsimon:x:0:0::/root:/bin/sh" >>/etc/passwd
write_conf more="[users]
link_local = toor:J.Smith@contoso.com, bsimon:M.Garcia@contoso.com, \
daemon:$SIMON"
8x8sso sync >/dev/null
8x8sso check >/run/check 2>&1
check "check: an alias of root" grep -q "FAIL.*toor is root" /run/check
check "check: a name with two lines" \
	grep -q "FAIL.*bsimon is in /etc/passwd twice" /run/check
check "check: an account of the system" \
	grep -q "FAIL.*daemon is an account of the system" /run/check
check "none of them is ours" is_local
check "root and bob get in" others_get_in
sed -i '/^toor:/d; /^bsimon:x:0:/d' /etc/passwd

# -- the shell -------------------------------------------------------------
cp "$CACHE" /run/cache
write_conf more="[users]
shell = /opt/shell"
8x8sso sync >/run/sync.err 2>&1
refuse "a shell that is not in /etc/shells is not published" \
	8x8sso sync
check "sync says what to do" \
	grep -q 'shell = /opt/shell is not in /etc/shells; add it' /run/sync.err
check "the cache is the old one" cmp /run/cache "$CACHE"
8x8sso check >/run/check 2>&1
check "check says so, too" grep -q "FAIL.*not in /etc/shells" /run/check
write_conf more="[users]
shell = /usr/sbin/nologin"
check "a shell that lets nobody in is published" 8x8sso sync

# -- other PAM lines, and a module that crashes ------------------------------
write_conf more="$LINK"
8x8sso sync >/dev/null
refuse "bsimon is linked" is_local
module=$(echo /usr/lib/*-linux-gnu*/security/pam_8x8sso.so)
cp "$module" /run/module
crashing_module "$module"
check "module crashes: root gets in" root_gets_in
check "module crashes: root gets in by key" by_key root
cp /run/module "$module"
pam-auth-update --force --package --disable 8x8sso-linked --enable 8x8sso ||
	bail_out "no PAM profile"
check "on the usual PAM lines bsimon is local" is_local
check "and root and bob get in" others_get_in
finish
