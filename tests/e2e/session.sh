#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# D9: the session ends when the identity provider says so.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

# What the session of a login by sshd has in its environment.
end_in_session() # [LOGIN OPTION...]
{
	# shellcheck disable=SC2016 # the remote shell's
	login "$@" ssh b.simon 'echo "end <$PAM_8X8SSO_SESSION_END>"' |
		sed -n 's/^end <\(.*\)>$/\1/p' >/run/end &&
		cat /run/end
}

# It is in an hour from now, or a little less.
in_an_hour() # TIME
{
	in_left=$(($1 - $(date +%s)))
	echo "seconds left: $in_left"
	[ "$in_left" -gt 3500 ] && [ "$in_left" -le 3600 ]
}

# Our session line comes first: what pam_systemd is told is told in time.
before_systemd()
{
	grep -q '^session.*pam_8x8sso' /etc/pam.d/common-session || return 1
	awk '/^session.*pam_8x8sso/ { ours = 1 }
		/^session.*pam_systemd/ && !ours { exit 1 }' \
	    /etc/pam.d/common-session
}

# As if the sign-in had left this time, for everybody.
leave_end() # TIME
{
	echo "PAM_8X8SSO_SESSION_END DEFAULT=$1" >/run/end.conf
	grep -q end.conf /etc/pam.d/common-session && return
	sed -i '1i session required pam_env.so readenv=0 conffile=/run/end.conf' \
	    /etc/pam.d/common-session
}

# The session of b.simon is refused, and the log says why.
session_refused_for() # REASON [LOGIN OPTION...]
{
	session_reason=$1
	shift
	forget_log
	if login "$@" ssh b.simon 'echo "somebody is in"'; then
		echo "there is a session"
		return 1
	fi
	logged "$session_reason"
}

set_up_and_sync
install -m 0644 "$HOST_KEY.pub" /etc/ssh/keys/b.simon
answer=$(respond session-end)

check "the session line comes before that of pam_systemd" before_systemd
check "sshd: the session knows its end" \
	in_an_hour "$(end_in_session --respond "$answer")"
check "and the log" grep "session until" "$HOST_LOG"
check "an end in the past is refused at the sign-in" \
	denied_for saml-session-ended simon "$(respond session-ended)"
check "without an end the session has none" \
	same "$(end_in_session --respond "$(respond)"; wc -l </run/end)" "
1"
check "with a key there is none either" \
	same "$(end_in_session --identity "$HOST_KEY"; wc -l </run/end)" "
1"

leave_end 1000000000
check "sshd: a session whose end is past is refused" \
	session_refused_for saml-session-ended --identity "$HOST_KEY"
leave_end 1000000000x
check "sshd: a session whose end is no time is refused" \
	session_refused_for syntax --identity "$HOST_KEY"
check "and after a sign-in too" \
	session_refused_for syntax --respond "$answer"
check "bob has no end" login --say secret ssh bob true
check "nor has root" login --say secret ssh root true
finish
