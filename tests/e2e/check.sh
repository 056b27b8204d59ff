#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What an administrator learns: 8x8sso check, status and user on a host that
# is well, and on one that is not.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

# The command fails and says this.
complains() # TEXT COMMAND...
{
	complains_text=$1
	shift
	if complains_output=$("$@" 2>&1); then
		echo "it succeeds"
		return 1
	fi
	printf '%s\n' "$complains_output"
	case $complains_output in
	*"$complains_text"*) return 0 ;;
	esac
	return 1
}

# Line N of the configuration is this, now.
set_line() # N TEXT
{
	sed -i "$1s|.*|$2|" "$CONF"
}

lines_of() # KEY
{
	grep -n "^$1 = " "$CONF" | cut -d: -f1
}

# The user's row of the list.
contains_row() # NAME STATE
{
	8x8sso user list | grep -E "^$1 +[0-9]+ +$2 "
}

set_up_and_sync
lab forget
check "check passes, and says what it tested" contains "scim: connected" \
	8x8sso check
check "the connection test is one GET of /Users" \
	same 1 "$(lab requests | grep -c '^GET .*/Users?')"
check "and nothing else" same 1 "$(lab requests | grep -c .)"

# -- the file --------------------------------------------------------------
line=$(lines_of tenant)
set_line "$line" "tenent = $TID"
check "a misspelt key: file and line" \
	complains "$CONF:$line: unknown key" 8x8sso check
check "sync says the same" complains "$CONF:$line:" 8x8sso sync
set_line "$line" "tenant = Contoso"
check "a value that cannot be: file and line" \
	complains "$CONF:$line:" 8x8sso check
set_line "$line" "issuer = https://sts.windows.net/$TID/"
check "a key that occurs twice: file and line" \
	complains "$CONF:$line:" 8x8sso check
set_line "$line" "[idb]"
check "an unknown section: file and line" \
	complains "$CONF:$line:" 8x8sso check
set_line "$line" "tenant"
check "a line that is none: file and line" \
	complains "$CONF:$line:" 8x8sso check
write_conf
chmod 0666 "$CONF"
check "a configuration that everybody may write" \
	complains "$CONF" 8x8sso check
write_conf
chmod 0644 /etc/8x8sso/scim-token
check "a token that everybody may read" \
	complains /etc/8x8sso/scim-token 8x8sso check
chmod 0600 /etc/8x8sso/scim-token
chmod 0777 "$STATE"
check "a state folder that everybody may write" complains "$STATE" \
	8x8sso check
chmod 0755 "$STATE"

# -- provider and cloud ----------------------------------------------------
echo junk >/etc/8x8sso/idp.pem
check "a certificate that is none" complains /etc/8x8sso/idp.pem 8x8sso check
rm /etc/8x8sso/idp.pem
check "a certificate that is not there" \
	complains /etc/8x8sso/idp.pem 8x8sso check
install -m 0644 "$LAB/idp.pem" /etc/8x8sso/idp.pem
sed -i -e '/^login_url/d' \
	-e 's|^certificate.*|metadata = /etc/8x8sso/metadata.xml|' "$CONF"
check "metadata that is not there" \
	complains /etc/8x8sso/metadata.xml 8x8sso check
echo '<html/>' >/etc/8x8sso/metadata.xml
check "metadata that is none" \
	complains /etc/8x8sso/metadata.xml 8x8sso check
refuse "sync does not take it either" 8x8sso sync
sed "s/$TID/11111111-2222-3333-4444-555555555555/g" "$LAB/metadata.xml" \
	>/etc/8x8sso/metadata.xml
check "another tenant's metadata" \
	complains /etc/8x8sso/metadata.xml 8x8sso check
install -m 0644 "$LAB/metadata.xml" /etc/8x8sso/metadata.xml
check "keys that no login uses yet" complains "run 8x8sso sync" 8x8sso check
check "sync takes good metadata" 8x8sso sync
check "and then check passes" 8x8sso check
write_conf
8x8sso sync >/dev/null
write_conf scim=https://localhost:1/scim/v2
check "a server that does not answer" complains "scim: " 8x8sso check
write_conf scim=http://host.example/scim/v2
check "a token goes to no server without TLS" complains "$CONF:" 8x8sso check
write_conf
mv "$LIBEXEC/8x8sso-helper" /run/helper
check "a helper that is not there" complains 8x8sso-helper 8x8sso check
mv /run/helper "$LIBEXEC/8x8sso-helper"
check "and all is well again" 8x8sso check

# -- looking ---------------------------------------------------------------
lab disable J.Smith@contoso.com
lab vanish M.Garcia@contoso.com
check "a sync says in one line what it found" \
	contains "1 vanished" 8x8sso sync
check "user list shows who is active" contains_row b.simon active
check "user list shows who is not" contains_row j.smith inactive
check "user list shows who vanished" contains_row m.garcia vanished
check "user list shows everybody" \
	same 3 "$(8x8sso user list | grep -c @contoso.com)"
check "user show says the same" contains inactive 8x8sso user show j.smith
check "status counts them" contains "1 active, 1 inactive, 1 vanished" \
	8x8sso status
lab fault status=500
8x8sso sync >/dev/null 2>&1
check "status tells the last error" contains http-status 8x8sso status
lab fault
rm "$CACHE"
check "check misses the cache" complains "$CACHE" 8x8sso check
check "sync makes it again" 8x8sso sync
check "and all is well again after that" 8x8sso check
finish
