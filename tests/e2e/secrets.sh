#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# No assertion and no token in a log, an argument, an environment or a file.
# shellcheck source=tests/lib/device.sh
. "${top_srcdir:?}/tests/lib/device.sh"

# Everything that a process shows of itself, until the file /run/watched goes.
watch()
{
	: >/run/watched
	while [ -e /run/watched ]; do
		cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null
		sleep 0.01
	done | tr '\0' '\n' | sort -u >/run/seen &
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

# Logins by device code, each with a code that was sent to be typed back: some
# that get in, and one whose token is refused.
device_work()
{
	install -d -m 0700 -o _8x8sso /run/confirm
	install -d -m 0755 /usr/local/libexec
	cat >/usr/local/libexec/confirm <<-'END'
	#!/bin/sh
	cat >/run/confirm/new
	rhost=$(sed -n 's/^rhost=//p' /run/confirm/new)
	sed -n 's/^code=//p' /run/confirm/new >"/run/confirm/$rhost"
	END
	chmod 0755 /usr/local/libexec/confirm
	device_conf "confirm = /usr/local/libexec/confirm"
	8x8sso sync
	8x8sso check
	8x8sso status
	8x8sso idp show
	later refused by_pam b.simon --act "$(approve_as "$SIMON" wrong-aud)"
	later pam by_pam b.simon --act "$approve" --type true \
	    --type "cat /run/confirm/192.0.2.7"
	later ssh by_ssh b.simon --act "$approve" --type true \
	    --type "cat /run/confirm/127.0.0.1"
	for name in refused pam ssh; do
		output_of "$name"
	done
	cat /run/confirm/1* >/run/sent_marks
	lab secrets >/run/device_marks
	lab codes >/run/user_codes
}

device_set_up
write_conf
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
	device_work
}

watch
work >/run/out 2>&1
unwatch

check "the watch saw the product at work" grep -q 8x8sso-helper /run/seen
check "the marks are marks" same 12 "$(sort -u /run/marks | grep -c '.\{30\}')"
check "the token is in no log" nowhere "$token" "$HOST_LOG"
check "the token is in no output" nowhere "$token" /run/out
check "the token is in no argument and no environment" \
	nowhere "$token" /run/seen
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
	assertion_nowhere /run/seen
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
	marks_nowhere /run/handover_marks /run/seen
check "a code and a request are in no file that others may read" \
	marks_nowhere /run/handover_marks "$CACHE" /etc/8x8sso /var/log /tmp
grep -v _ /run/handover_marks >/run/code_marks
check "a code is not even in the database" same "4 ok" \
	"$(wc -l </run/code_marks) $(marks_nowhere /run/code_marks \
	    /var/lib/8x8sso && echo ok)"
check "three device codes, and three answers of two tokens" \
	same 9 "$(grep -c '.\{100\}' /run/device_marks)"
check "they let in" same 2 \
	"$(grep 'way=device' "$HOST_LOG" | grep -c 'result=granted')"
cat /run/sent_marks >>/run/device_marks
check "a device code, a token and what was sent are in no log" \
	marks_nowhere /run/device_marks "$HOST_LOG"
check "and in no output" marks_nowhere /run/device_marks /run/out
check "and in no argument and no environment" \
	marks_nowhere /run/device_marks /run/seen
check "and in no file" marks_nowhere /run/device_marks \
	/var/lib/8x8sso /etc/8x8sso /var/log /tmp
check "what a person types in a browser is in no log and no file" \
	marks_nowhere /run/user_codes "$HOST_LOG" /var/lib/8x8sso \
	/etc/8x8sso /var/log /tmp

check "others cannot read the database" sh -c \
	"! setpriv --reuid=bob --clear-groups cat '$STORE' 2>&1"
check "nothing of ours dumped core" same "" \
	"$(find / -xdev -name 'core*' -newer /run/lab.log -type f -size +64k)"
finish
