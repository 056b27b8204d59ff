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

set_up
token=$(cat "$LAB/token")
respond_and_keep="$(respond) | tee /run/answer"

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
}

watch
work >/run/out 2>&1
unwatch

check "the watch saw the product at work" grep -q 8x8sso-helper /run/shown
check "the marks are marks" same 9 "$(sort -u /run/marks | grep -c '.\{30\}')"
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

assertion_nowhere() # FILE...
{
	while read -r mark; do
		nowhere "$mark" "$@" || return 1
	done </run/marks
}
check "an assertion is in no log" assertion_nowhere "$HOST_LOG"
check "an assertion is in no output" assertion_nowhere /run/out
check "an assertion is in no argument and no environment" \
	assertion_nowhere /run/shown
check "an assertion is in no file" \
	assertion_nowhere /var/lib/8x8sso /etc/8x8sso /var/log /tmp
check "nothing of ours dumped core" same "" \
	"$(find / -xdev -name 'core*' -newer /run/lab.log -type f -size +64k)"
finish
