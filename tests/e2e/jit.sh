#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Somebody whom nobody has provisioned comes to this host's own screen, or
# tries to come by other ways.
# shellcheck source=tests/lib/device.sh
. "${top_srcdir:?}/tests/lib/device.sh"

SMITH=J.Smith@contoso.com

# Without [scim] a sync knows keys only.
jit_conf() # yes|no [scim=URL] [LINE]...
{
	jit_scim="" jit_value=$1 jit_lines=
	shift
	for jit_line; do
		case $jit_line in
		scim=*) jit_scim=${jit_line#*=} ;;
		*)
			jit_lines="$jit_lines
$jit_line"
			;;
		esac
	done
	write_conf scim="$jit_scim" more="[device]
enabled = yes
services = login
client_id = $CLIENT
issuer = $ENTRA/$TID/v2.0
verification_uri = $PAGE
per_user = 1000
per_source = 1000
per_host = 1000
[users]
jit = $jit_value
jit_domains = contoso.com$jit_lines"
	[ -n "$jit_scim" ] || sed -i '/^token_file/d' "$CONF"
	8x8sso sync >/run/sync.log 2>&1 || bail_out "sync: $(cat /run/sync.log)"
	8x8sso publish >/run/publish.log 2>&1 ||
		bail_out "publish: $(cat /run/publish.log)"
}

# A real login at a terminal; then the shell is asked who is there.
at_console() # NAME UPN
{
	# shellcheck disable=SC2016 # the shell's after the login
	by_tty --timeout 40 --act "$(approve_as "$2")" \
	    --type 'echo echo I am \$\(id -un\) in \$HOME' --type 'echo exit' \
	    tty login "$1"
}

# What a display manager does with libpam, which looks the name up afterwards.
at_display() # NAME RESPOND
{
	login --rhost "" --respond "$2" pam display "$1" authenticate account
}

jit_users()
{
	8x8sso user list | awk '$3 == "jit" { print $1 }' | tr '\n' ' '
}

nobody_is_created() # COMMAND...
{
	before=$(people)
	"$@" && return 1
	same "$before" "$(people)"
}

# What a conversation shows of a name, but for that and the code.
picture_of() # FILE NAME
{
	sed -E -e "s/$2/NAME/g; s/[0-9]+ seconds/N seconds/" \
	    -e 's/Enter  .*/Enter/; s/the log \(.*/the log/' \
	    -e 's/SAMLRequest=.*/SAMLRequest/; s/Login [0-9a-f]+/Login/' "$1"
}

entra_set_up
cp /etc/pam.d/login /etc/pam.d/display

# -- off ---------------------------------------------------------------------

jit_conf no
check "with jit off an unknown name is unknown at the console" \
	contains "Login incorrect" at_console j.smith "$SMITH"
refuse "and to a display manager" at_display j.smith "$(respond_as "$SMITH")"
login --rhost "" --say x pam display j.smith >/run/off.1 2>&1
login --rhost "" --say x pam display nobody.knows >/run/off.2 2>&1
check "who could be somebody sees what nobody sees" same \
	"$(picture_of /run/off.1 j.smith)" \
	"$(picture_of /run/off.2 nobody.knows)"
check "nobody is there" test -z "$(jit_users)"

# -- on ----------------------------------------------------------------------

jit_conf yes
start_ms=$(date +%s%3N)
check "somebody new logs in at the console at once, by device code" \
	contains "I am j.smith in /home/j.smith" at_console j.smith "$SMITH"
echo "# $(($(date +%s%3N) - start_ms)) ms, with the provider's five seconds"
check "they are listed as such" same "j.smith " "$(jit_users)"
check "user show tells when they were seen" \
	contains "no sync has listed them yet" 8x8sso user show j.smith
check "status counts them" contains "1 created at sign-in" 8x8sso status
check "with the name that the provider has" \
	contains ":Jane Smith:" getent passwd j.smith
check "who publishes is told apart in the log" \
	grep -q '8x8sso.*publish result=ok users=1' "$HOST_LOG"
check "another new person by SAML, to a display manager" \
	at_display m.garcia "$(respond_as M.Garcia@contoso.com)"
check "who has an id from then on" getent passwd m.garcia
check "one who is known needs no second creation" \
	at_display m.garcia "$(respond_as M.Garcia@contoso.com)"
check "pamtester with the display manager's service, all of it" login --respond \
	"$(respond_as M.Garcia@contoso.com)" tty pamtester display m.garcia \
	authenticate acct_mgmt setcred open_session close_session

# -- whom it does not create -------------------------------------------------

check "nobody under another's name" nobody_is_created \
	at_display somebody.else "$(respond)"
check "nobody from another host" nobody_is_created \
	login --respond "$(respond)" pam display b.simon authenticate
check "nobody in upper case" nobody_is_created \
	at_display B.Simon "$(respond)"
check "no local account" nobody_is_created \
	at_display bob "$(respond_as bob@contoso.com)"
check "and root is root" root_gets_in
check "no path" nobody_is_created \
	at_display 'a/../b' "$(respond_as a/../b@contoso.com)"
check "nobody whose sign-in is a forged one" nobody_is_created \
	at_display b.simon "$(respond wrong-audience)"
check "nobody by ssh, whom sshd has refused before it asks" \
	nobody_is_created by_ssh b.simon --act "$approve" --respond "$(respond)"
check "nobody by su, which looks the name up first" \
	nobody_is_created login --respond "$(respond)" tty \
	    runuser -u bob -- su b.simon -c true
check "su says so itself, without a word with PAM" \
	contains "does not exist" sh -c "su b.simon -c true 2>&1; true"
jit_conf yes "jit_max = 2"
check "nobody beyond the limit" nobody_is_created \
	at_display b.simon "$(respond)"
check "the log says why" grep -q 'reason=jit-limit' "$HOST_LOG"
jit_conf yes
sed -i 's/^jit_domains.*/jit_domains = fabrikam.com/' "$CONF"
check "nobody of another domain" nobody_is_created \
	at_display b.simon "$(respond)"
check "the log says that, too" grep -q 'reason=jit-domain' "$HOST_LOG"
sed -i 's/^jit_domains.*/jit_domains = contoso.com/; s/^allow.*/allow = bob/' \
	"$CONF"
check "nobody whom [access] does not allow" nobody_is_created \
	at_display b.simon "$(respond)"
jit_conf yes

# -- a publisher that fails --------------------------------------------------

mv /usr/sbin/8x8sso /usr/sbin/8x8sso.away 2>/dev/null ||
	bail_out "where is 8x8sso? $(command -v 8x8sso)"
refuse "without the publisher nobody new gets in" \
	at_display b.simon "$(respond)"
check "which the log says" grep -q 'reason=jit-publish' "$HOST_LOG"
mv /usr/sbin/8x8sso.away /usr/sbin/8x8sso
refuse "the host does not know them yet" getent passwd b.simon
check "the next sign-in publishes whom the last one created" \
	at_display b.simon "$(respond)"
check "after which the host knows them, and ssh too" \
	contains "I am b.simon" simon_by_ssh "$(respond)"

# -- the first listing -------------------------------------------------------

uid=$(id -u j.smith)
jit_conf yes scim="$SCIM"
check "a sync knows all of them again" test -z "$(jit_users)"
check "who keep their ids" same "$uid" "$(id -u j.smith)"
check "and their accounts" contains "I am b.simon" \
	simon_by_ssh "$(respond)"
check "one record each" same 3 "$(8x8sso --json user list |
	grep -o '"login":"[^"]' | wc -l)"
check "nobody of ours is left at work" nobody_works
finish
