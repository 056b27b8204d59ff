# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Sourced by tests/e2e/*.sh, which tests/lib/host.sh runs on a disposable host:
# the lab, the configuration, logins, and what may be said about them.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:?}/tests/lib/tap.sh"

export LAB=/run/lab
TID=7c9be2a1-3b64-4b3e-8f0e-0d6c2f5a9e11
export OID=0e3bf8f4-97a5-4a4c-9a0c-3f3c5fd0c001	# of B.Simon
SIMON=B.Simon@contoso.com
STATE=/var/lib/8x8sso
export CACHE=$STATE/nss.cache
export STORE=$STATE/state/state.db
export CONF=/etc/8x8sso/8x8sso.conf
export LIBEXEC=/usr/libexec/8x8sso
SCIM=https://localhost:8443/udi/customers/0012J00042NkZQIQA3/scim/v2

lab() # VERB [ARG...]
{
	lab_verb=$1
	shift
	"$top_srcdir/tests/lab/lab" "$lab_verb" "$LAB" "$@"
}

login() # see login.py
{
	"$top_srcdir/tests/lib/login.py" "$@"
}

bail_out() # WHY
{
	echo "Bail out! $*"
	exit 1
}

# Starts a server that prints "ready" when it is.
start() # LOG COMMAND...
{
	start_log=$1
	shift
	"$@" >"$start_log" 2>&1 &
	for _ in $(seq 200); do
		grep -q ready "$start_log" && return
		sleep 0.05
	done
	bail_out "$1 did not start: $(cat "$start_log")"
}

# -- the host's configuration ----------------------------------------------

# The file as an administrator would write it; whole, for a login that reads it
# meanwhile.
write_conf() # [allow=LIST] [saml=LINE] [scim=URL] [more=LINES]
{
	conf_allow="*" conf_saml="" conf_scim=$SCIM conf_more=
	for conf_change; do
		case $conf_change in
		allow=*) conf_allow=${conf_change#*=} ;;
		saml=*) conf_saml=${conf_change#*=} ;;
		scim=*) conf_scim=${conf_change#*=} ;;
		more=*) conf_more=${conf_change#*=} ;;
		esac
	done
	cat >"$CONF.new" <<-END
	[idp]
	issuer = https://sts.windows.net/$TID/
	login_url = https://login.microsoftonline.com/$TID/saml2
	certificate = /etc/8x8sso/idp.pem
	tenant = $TID

	[saml]
	entity_id = https://sso.8x8.com/saml2
	acs_url = https://sso.8x8.com/saml2
	$conf_saml

	[scim]
	url = $conf_scim
	token_file = /etc/8x8sso/scim-token
	ca_file = /etc/8x8sso/lab-ca.pem
	page_size = 100
	timeout = 5s

	[access]
	allow = $conf_allow

	$conf_more
	END
	chmod 0644 "$CONF.new"
	mv "$CONF.new" "$CONF"
}

# The lab with three people, and the host set up to use it.
set_up()
{
	lab init
	start /run/lab.log "$top_srcdir/tests/lab/lab" serve "$LAB"
	lab provision "$SIMON" J.Smith@contoso.com M.Garcia@contoso.com \
	    >/dev/null
	install -m 0644 "$LAB/idp.pem" /etc/8x8sso/idp.pem
	install -m 0644 "$LAB/ca.pem" /etc/8x8sso/lab-ca.pem
	install -m 0600 "$LAB/token" /etc/8x8sso/scim-token
	write_conf
}

set_up_and_sync()
{
	set_up
	8x8sso sync >/run/sync.log 2>&1 || bail_out "sync: $(cat /run/sync.log)"
}

# -- syncs -----------------------------------------------------------------

# Who is in the directory, with which ids, and what programs see.
people()
{
	8x8sso --json user list | sha256sum
	8x8sso --json group list | sha256sum
	sha256sum "$CACHE"
}

# A sync fails for this reason and changes nothing: under the faults that there
# are, or under these and then there are none.
changes_nothing() # REASON [FAULT...]
{
	nothing_reason=$1
	shift
	[ $# -eq 0 ] || lab fault "$@"
	nothing_before=$(people)
	nothing_status=0
	8x8sso sync >/run/out 2>&1 || nothing_status=$?
	[ $# -eq 0 ] || lab fault
	cat /run/out
	[ "$nothing_status" -eq 1 ] && grep -q "($nothing_reason: " /run/out &&
		same "$nothing_before" "$(people)"
}

# -- logins ----------------------------------------------------------------

# The command with which the lab answers for a person, for login.py.
respond_as() # UPN [VARIANT...]
{
	printf '%s' "$top_srcdir/tests/lab/lab respond $LAB --url \"\$URL\""
	printf ' --user %s' "$1"
	shift
	for respond_variant; do
		printf ' --fault %s' "$respond_variant"
	done
}

respond() # [VARIANT...]
{
	respond_as "$SIMON" "$@"
}

# A login of b.simon in a conversation of its own, whole.
simon() # RESPOND
{
	login --respond "$1" pam sshd b.simon authenticate account
}

# A login of b.simon by a real sshd; says "I am NAME" of who is there then.
# (The prompt has the name that was asked for.)
simon_by_ssh() # RESPOND [OPTION...]
{
	ssh_respond=$1
	shift
	# shellcheck disable=SC2016 # the remote shell's
	login --respond "$ssh_respond" "$@" ssh b.simon 'echo "I am $(id -un)"'
}

root_gets_in()
{
	login --say secret pam login root authenticate account
}

bob_gets_in()
{
	login --say secret pam sshd bob authenticate account &&
		login --say secret tty runuser -u bob -- su bob -c true
}

# In place of the module, one that aborts whatever it is asked.
crashing_module() # FILE
{
	cat >/run/crash.c <<-'END'
	#include <stdlib.h>
	#define CRASH(f) int f(void *p, int i, int c, const char **v) \
		{ (void)p; (void)i; (void)c; (void)v; abort(); }
	CRASH(pam_sm_authenticate)
	CRASH(pam_sm_acct_mgmt)
	CRASH(pam_sm_setcred)
	CRASH(pam_sm_open_session)
	CRASH(pam_sm_close_session)
	END
	cc -shared -fPIC -o "$1" /run/crash.c ||
		bail_out "no module that crashes"
}

# What the QR code in the output of a login says.
scan() # FILE [OPTION...]
{
	scan_file=$1
	scan_light=
	shift
	if [ "${1-}" = --light ]; then
		scan_light=$1
		shift
	fi
	"$top_srcdir/tests/lib/picture.py" ${scan_light:+"$scan_light"} \
	    <"$scan_file" >/run/picture.pbm &&
		zbarimg --quiet --raw -Sdisable -Sqrcode.enable "$@" \
		    /run/picture.pbm 2>/dev/null
}

# -- the log ---------------------------------------------------------------

# Forgets what was logged.
forget_log()
{
	: >"$HOST_LOG"
}

# Says that a line with this reason was logged; it may come a moment after
# the answer.
logged() # REASON
{
	for _ in $(seq 40); do
		grep -Eq "reason=\"?$1\"?( |\$)" "$HOST_LOG" && return
		sleep 0.05
	done
	echo "no reason=$1 in the log:"
	cat "$HOST_LOG"
	return 1
}

# The login is refused and the log says why; the person is told that it is,
# and no reason.
denied_for() # REASON COMMAND...
{
	denied_reason=$1
	shift
	forget_log
	denied_output=$("$@" 2>&1)
	denied_status=$?
	printf '%s\n' "$denied_output"
	[ "$denied_status" -ne 0 ] && [ "$denied_status" -lt 126 ] || return 1
	logged "$denied_reason" && told "$denied_output"
}

told() # OUTPUT
{
	printf '%s\n' "$1" | sed -n 's/^error: //p' >/run/sentence.now
	if [ ! -s /run/sentence.now ]; then
		echo "the person was told nothing"
		return 1
	fi
	if grep -E 'saml-|reason=|_8x8sso|/' /run/sentence.now; then
		echo "the person was told too much"
		return 1
	fi
}

# As denied_for(), and the person is told what every other one is told of
# whom this is said.
refused_for() # REASON COMMAND...
{
	denied_for "$@" || return
	[ -e /run/sentence ] || cp /run/sentence.now /run/sentence
	cmp -s /run/sentence /run/sentence.now && return
	echo "another sentence than before:"
	cat /run/sentence
	return 1
}

# -- values ----------------------------------------------------------------

same() # A B
{
	[ "$1" = "$2" ] || { printf 'this: %s\nthat: %s\n' "$1" "$2"; return 1; }
}

# The command succeeds and says this.
contains() # TEXT COMMAND...
{
	contains_text=$1
	shift
	contains_status=0
	contains_output=$("$@" 2>&1) || contains_status=$?
	printf '%s\n' "$contains_output"
	[ "$contains_status" -eq 0 ] || return 1
	case $contains_output in
	*"$contains_text"*) return 0 ;;
	esac
	return 1
}

# The command ends by itself, whatever its status, not by a signal and in
# five seconds.
survives() # COMMAND...
{
	timeout 5 "$@"
	[ $? -lt 124 ]
}
