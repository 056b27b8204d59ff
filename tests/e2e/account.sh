#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The account phase: who may be here, however they proved who they are.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

by_key() # USER
{
	login --identity "$HOST_KEY" ssh "$1" id -un
}

# Refused by key, with this reason in the log.
refused_by_key() # REASON USER
{
	forget_log
	by_key "$2" && return 1
	logged "$1"
}

# No listing since long ago.
age_listing()
{
	sed -i 's/^allow.*/&\nmax_age = 1s/' "$CONF"
	sleep 3
}

set_up_and_sync
for name in b.simon j.smith m.garcia bob root; do
	install -m 0644 "$HOST_KEY.pub" "/etc/ssh/keys/$name"
done

check "an ssh key lets an allowed user in" contains b.simon by_key b.simon
lab disable J.Smith@contoso.com
8x8sso sync >/dev/null
check "an ssh key does not let a deactivated user in" \
	refused_by_key user-inactive j.smith
lab vanish M.Garcia@contoso.com
8x8sso sync >/dev/null
check "an ssh key does not let a vanished user in" \
	refused_by_key user-vanished m.garcia

write_conf allow=""
check "nobody is allowed when allow is empty" \
	refused_by_key user-not-allowed b.simon
write_conf allow="somebody.else"
check "an ssh key does not let a user in who is not allowed" \
	refused_by_key user-not-allowed b.simon
check "a valid assertion does not let a user in who is not allowed" \
	denied_for user-not-allowed simon "$(respond_as "$SIMON")"
write_conf allow="somebody.else, b.simon"
check "a user who is named is allowed" by_key b.simon
write_conf allow="@sales"
check "a user is not in a group that this host does not have" \
	refused_by_key user-not-allowed b.simon
sed -i '/^\[access\]/i [groups]\nattributes = department\n' "$CONF"
8x8sso sync >/dev/null
check "a department becomes a group" contains sales id -Gn b.simon
check "a user of an allowed group is allowed" by_key b.simon
write_conf
8x8sso sync >/dev/null

age_listing
check "nobody is allowed when the listing is too old" \
	refused_by_key directory-stale b.simon
write_conf
check "and again when it is not" by_key b.simon

check "an ssh key lets root in" contains root by_key root
check "an ssh key lets bob in" contains bob by_key bob
mv "$STORE" /run/state.db
check "without state.db an ssh key lets root in" contains root by_key root
check "without state.db an ssh key lets bob in" contains bob by_key bob
check "without state.db an ssh key does not let b.simon in" \
	refused_by_key store-missing b.simon
mv /run/state.db "$STORE"
check "with it, b.simon is back" by_key b.simon

# Without the module nobody knows who is deactivated.
module=$(echo /usr/lib/*-linux-gnu*/security/pam_8x8sso.so)
mv "$module" /run/module.so
check "without the module an ssh key lets root in" contains root by_key root
check "without the module an ssh key lets bob in" contains bob by_key bob
refuse "without the module an ssh key does not let j.smith in" by_key j.smith
refuse "without the module an ssh key does not let b.simon in" by_key b.simon
mv /run/module.so "$module"
check "with it, b.simon is back" by_key b.simon
finish
