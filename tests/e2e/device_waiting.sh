#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What a login costs this host while it waits for a person in a browser.
# shellcheck source=tests/lib/device.sh
. "${top_srcdir:?}/tests/lib/device.sh"

device_set_up
device_conf "" "[prompt]" "ssh_grace = 45s"

# Our processes of this name, none of which ends in the meantime.
cheap() # NAME...
{
	cheap_pids=
	for cheap_name; do
		cheap_pids="$cheap_pids $(pgrep -x "$cheap_name")" || return
	done
	# shellcheck disable=SC2086 # a list
	"$top_srcdir/tests/bench/waiting.sh" -s 20 $cheap_pids
}

later real by_pam b.simon --act "$see_code"
sees_code real
check "helper and worker wait in 8 MiB and 10 ms a minute" \
	cheap 8x8sso-helper 8x8sso-device
output_of real >/dev/null
check "and the login ended in its time" kept_out real device-time

lab disable M.Garcia@contoso.com
8x8sso sync >/dev/null
later decoy by_pam m.garcia --act "$see_code"
sees_code decoy
check "a decoy waits as cheaply" cheap 8x8sso-helper
check "and without a worker" test -z "$(pgrep -x 8x8sso-device)"
output_of decoy >/dev/null
check "until its time is over" kept_out decoy user-inactive
finish
