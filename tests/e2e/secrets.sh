#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# No assertion and no token in a log, an argument, an environment or a file.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

# Everything that a process shows of itself, until the file /run/watched goes.
watch()
{
	: >/run/watched
	while [ -e /run/watched ]; do
		cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null
		sleep 0.01
	done | tr '\0' '\n' | sort -u >/run/shown &
	watcher=$!
}

unwatch()
{
	rm /run/watched
	wait "$watcher"
}

# The text is nowhere in these files (and not in base64 of the product's).
nowhere() # TEXT FILE...
{
	nowhere_text=$1
	shift
	! grep -rlaF -e "$nowhere_text" "$@"
}

# What identifies an answer: a piece of its base64 (in the signature's value),
# of the signature, and the assertion's ID.
marks()
{
	head -c 2210 /run/answer | tail -c 60
	echo
	base64 -d /run/answer >/run/answer.xml
	grep -o '<SignatureValue>.\{60\}' /run/answer.xml | cut -c17-
	grep -o '<Assertion ID="[^"]*' /run/answer.xml | cut -c16-
}

# What identifies a login that was handed over: its code, however it is
# written, and its request.
handover_marks()
{
	cat /run/code
	tr -d - </run/code
	base64 -d /run/answer | grep -o 'InResponseTo="[^"]*' | cut -c15- |
		sort -u
}

set_up
token=$(cat "$LAB/token")
respond_and_keep="$(respond) | tee /run/answer"
hand_over="$respond_and_keep | 8x8sso --json deliver |
	sed 's/.*\"code\":\"\([^\"]*\)\".*/\1/' | tee /run/code"

work()
{
	8x8sso sync
	8x8sso check
	8x8sso status
	8x8sso user show b.simon
	lab fault status=500
	8x8sso sync
	lab fault
	simon "$respond_and_keep"
	marks >/run/marks
	simon "cat /run/answer"
	simon "$(respond wrong-audience) | tee /run/answer"
	marks >>/run/marks
	login --respond "$respond_and_keep" ssh b.simon true
	marks >>/run/marks
	simon "$hand_over"
	marks >>/run/marks
	handover_marks >/run/handover_marks
	8x8sso deliver </run/answer
	simon "cat /run/code"
	login --respond "$hand_over" ssh b.simon true
	handover_marks >>/run/handover_marks
}

watch
work >/run/out 2>&1
unwatch

check "the watch saw the product at work" grep -q 8x8sso-helper /run/shown
check "the marks are marks" same 12 "$(sort -u /run/marks | grep -c '.\{30\}')"
check "the token is in no log" nowhere "$token" "$HOST_LOG"
check "the token is in no output" nowhere "$token" /run/out
check "the token is in no argument and no environment" \
	nowhere "$token" /run/shown
check "the token is in no file of ours but its own" same \
	/etc/8x8sso/scim-token \
	"$(grep -rlaF -e "$token" /var/lib/8x8sso /etc/8x8sso /var/log /tmp)"
check "a user cannot read the token's file" sh -c \
	'! setpriv --reuid=bob --clear-groups cat /etc/8x8sso/scim-token'
check "the service account cannot read the token's file" sh -c \
	'! setpriv --reuid=_8x8sso --clear-groups cat /etc/8x8sso/scim-token'

marks_nowhere() # MARKS FILE...
{
	nowhere_marks=$1
	shift
	while read -r mark; do
		nowhere "$mark" "$@" || return 1
	done <"$nowhere_marks"
}
assertion_nowhere() # FILE...
{
	marks_nowhere /run/marks "$@"
}
check "an assertion is in no log" assertion_nowhere "$HOST_LOG"
check "an assertion is in no output" assertion_nowhere /run/out
check "an assertion is in no argument and no environment" \
	assertion_nowhere /run/shown
check "an assertion is in no file" \
	assertion_nowhere /var/lib/8x8sso /etc/8x8sso /var/log /tmp

check "two logins were handed over" same 6 \
	"$(sort -u /run/handover_marks | grep -c '.\{9\}')"
check "their codes let in" same 2 \
	"$(grep 'op=deliver' "$HOST_LOG" | grep -c 'result=granted')"
check "a code and a request are in no log" \
	marks_nowhere /run/handover_marks "$HOST_LOG"
check "a code and a request are in no output" \
	marks_nowhere /run/handover_marks /run/out
check "a code and a request are in no argument and no environment" \
	marks_nowhere /run/handover_marks /run/shown
check "a code and a request are in no file that others may read" \
	marks_nowhere /run/handover_marks "$CACHE" /etc/8x8sso /var/log /tmp
grep -v _ /run/handover_marks >/run/code_marks
check "a code is not even in the database" same "4 ok" \
	"$(wc -l </run/code_marks) $(marks_nowhere /run/code_marks \
	    /var/lib/8x8sso && echo ok)"
check "others cannot read the database" sh -c \
	"! setpriv --reuid=bob --clear-groups cat '$STORE' 2>&1"
check "nothing of ours dumped core" same "" \
	"$(find / -xdev -name 'core*' -newer /run/lab.log -type f -size +64k)"
finish
