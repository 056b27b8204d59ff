# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Sourced by tests/e2e/device*.sh: Entra's device flow as the lab plays it, and
# logins by it, of which many wait at the same time.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

export ENTRA=http://127.0.0.1:8445
PAGE=$ENTRA/devicelogin
CLIENT=4a0d8f6e-5a3c-4a6e-9d63-0d6d6c6f8f10
LOGINS=/run/logins

# The configuration, with limits that no test reaches.  More lines may follow.
device_conf() # [allow=LIST] [issuer=URL] [uri=URL] [LINE]...
{
	conf_issuer=$ENTRA/$TID/v2.0 conf_uri=$PAGE conf_who="*" conf_lines=
	for conf_line; do
		case $conf_line in
		allow=*) conf_who=${conf_line#*=} ;;
		issuer=*) conf_issuer=${conf_line#*=} ;;
		uri=*) conf_uri=${conf_line#*=} ;;
		*)
			conf_lines="$conf_lines
$conf_line"
			;;
		esac
	done
	write_conf allow="$conf_who" more="[device]
enabled = yes
client_id = $CLIENT
issuer = $conf_issuer
verification_uri = $conf_uri
per_user = 1000
per_source = 1000
per_host = 1000
concurrent = 400$conf_lines"
}

# The host and the lab, and what people do at Entra: /run/entra.
entra_set_up()
{
	set_up
	mkdir -p "$LOGINS"
	(umask 077; printf 'Authorization: Bearer %s\n' "$(cat "$LAB/token")" \
	    >/run/entra.token)
	# As `lab` does it, but forty at the same time.
	cat >/run/entra <<-'END'
	#!/bin/sh
	# approve CODE UPN [VARIANTS], decline CODE, answer CODE NAME
	verb=$1 code=$2 what=${3-} how=${4-}
	text() { printf '"%s":"%s"' "$1" "$2"; }
	if [ "$verb" = answer ]; then
	    set -- answer "$(text endpoint "token:$code"),$(text answer \
		"$what"),$(text times 1)"
	else
	    set -- decide "$(text user_code "$code"),$(text upn \
		"$what"),$(text variants "$how")"
	fi
	exec curl -sf --noproxy '*' -H @/run/entra.token \
	    -d "{$2}" "$ENTRA/lab/$1"
	END
	chmod 0755 /run/entra
}

device_set_up()
{
	entra_set_up
	device_conf
	8x8sso sync >/run/sync.log 2>&1 || bail_out "sync: $(cat /run/sync.log)"
}

# -- what is done about a code, for --act ----------------------------------

# shellcheck disable=SC2016 # login.py sets CODE, and so below
approve_as() # UPN [VARIANT,...]
{
	printf '/run/entra approve "$CODE" %s %s' "$1" "${2-}"
}

# The provider's next answer to whoever polls for this code.
# shellcheck disable=SC2016
answer() # NAME
{
	printf '/run/entra answer "$CODE" %s' "$1"
}

# shellcheck disable=SC2016
export decline='/run/entra decline "$CODE"'
approve=$(approve_as "$SIMON")
export approve
# Only that it was seen.
# shellcheck disable=SC2016
export see_code='printf %s "$CODE" >"$LOGIN.code"'

# -- logins, some at the same time -----------------------------------------

# Starts one; $LOGIN is its name, for --act.
later() # NAME COMMAND...
{
	later_name=$1
	shift
	rm -f "$LOGINS/$later_name".*
	(
		export LOGIN="$LOGINS/$later_name"
		date +%s >"$LOGIN.begun"
		later_status=0
		"$@" >"$LOGIN.out" 2>&1 || later_status=$?
		date +%s >"$LOGIN.ended"
		echo "$later_status" >"$LOGIN.status"
	) >/dev/null 2>&1 &
}

# It has ended; its output.
output_of() # NAME
{
	for _ in $(seq 1000); do
		[ ! -s "$LOGINS/$1.status" ] || break
		sleep 0.1
	done
	cat "$LOGINS/$1.out"
	[ -s "$LOGINS/$1.status" ] && cp "$LOGINS/$1.out" /run/shown
}

# It has let somebody in, and says this.
got_in() # NAME [TEXT]
{
	output_of "$1" || return
	same 0 "$(cat "$LOGINS/$1.status")" || return
	[ $# -eq 1 ] || grep -Fq -e "$2" "$LOGINS/$1.out"
}

# The line of the log for it; what it printed names that.
line_of() # NAME
{
	line_tag=$(sed -n 's/.*in the log (\([^)]*\)).*/\1/p' \
	    "$LOGINS/$1.out" | tail -n 1)
	[ -n "$line_tag" ] && grep "op=.*login=$line_tag" "$HOST_LOG" |
		grep result=denied | tail -n 1
}

# It has ended for this reason, and the person was told one line of why.
kept_out() # NAME REASON
{
	output_of "$1" || return
	[ "$(cat "$LOGINS/$1.status")" -ne 0 ] || return
	for _ in $(seq 40); do
		line_of "$1" && break
		sleep 0.05
	done
	line_of "$1" | grep -Eq "reason=\"?$2\"?( |\$)"
}

# What it told the person in the end, without where to look for more.
told_by() # NAME
{
	awk '/^(error|prompt|info): / { told = "" }
		/finds the reason in the log/ { printf "%s", told }
		{ sub(/^[a-z]+: /, ""); told = told $0 "\n" }' \
	    "$LOGINS/$1.out"
}

# A code is shown there, and --act has $see_code.
sees_code() # NAME
{
	for _ in $(seq 200); do
		[ ! -s "$LOGINS/$1.code" ] || return 0
		sleep 0.05
	done
	cat "$LOGINS/$1.out"
	return 1
}

# -- ways -------------------------------------------------------------------

# A conversation of its own.
by_pam() # USER OPTION...
{
	by_user=$1
	shift
	login "$@" pam sshd "$by_user" authenticate account
}

# Where a text is shown at once; in UTF-8, of a usual size.
by_tty() # [OPTION]... tty COMMAND...
{
	login --size 80x40 "$@"
}

by_ssh() # USER OPTION...
{
	by_user=$1
	shift
	# shellcheck disable=SC2016 # the remote shell's
	login "$@" ssh "$by_user" 'echo "I am $(id -un)"'
}

# -- what is seen -----------------------------------------------------------

# How often the lab was asked this.
asked() # PATTERN
{
	lab polls | grep -Ec "$1"
}

# Nothing of ours is at work.
nobody_works()
{
	! pgrep -l '^8x8sso-(helper|device|fetch)$'
}
