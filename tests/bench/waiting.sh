#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What processes cost that wait for a person: private memory, and CPU time of
# a minute.
#
#	waiting.sh [-s SECONDS] PID...	processes of a login that waits
#	waiting.sh [-s SECONDS]		8x8sso-device, built here, against a
#					provider on loopback, which it
#					trusts beside the system's hundred
#
# Of a login those are 8x8sso-helper and 8x8sso-device.  8 MiB and 10 ms a
# minute are too much for any of them.  Needs root, or the processes' owner.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=.}"
export top_srcdir top_builddir

seconds=60
if [ "${1:-}" = -s ]; then
	seconds=$2
	shift 2
fi
kib_max=8192
us_max=10000		# in a minute

kib() # PID: all of its pages that nobody shares
{
	awk '/^Private_/ { n += $2 } END { print n + 0 }' \
		"/proc/$1/smaps_rollup"
}

# The kernel's own count in nanoseconds; that of stat is in hundredths.
cpu_us() # PID
{
	awk '{ print int($1 / 1000) }' "/proc/$1/schedstat"
}

begin_device() # sets $pid of a worker that was told to wait
{
	mkdir "$dir/tls"
	openssl genrsa -out "$dir/tls/sign.pem" 2048 2> "$dir/err" &&
		openssl req -x509 -newkey rsa:2048 -nodes -days 2 \
		-subj /CN=localhost -addext subjectAltName=DNS:localhost \
		-keyout "$dir/key.pem" -out "$dir/cert.pem" 2> "$dir/err" ||
		exit 2
	cat /etc/ssl/certs/ca-certificates.crt "$dir/cert.pem" > "$dir/ca.pem"
	start_python device_server.py tls "$dir/cert.pem" "$dir/key.pem"
	at=https://localhost:$port/pending
	: > "$dir/out"
	$python "$top_srcdir/tests/lib/ask_device.py" \
		"$top_builddir/8x8sso-device" seconds=900 ca_file="$dir/ca.pem" \
		device_endpoint="$at/device" token_endpoint="$at/token" \
		>> "$dir/out" 2> "$dir/err" &
	asker=$!
	servers="$servers $asker"
	tries=0
	until grep -q DEVICE_PENDING "$dir/out" || [ $tries -gt 300 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	if ! pid=$(pgrep -P $asker) || [ $tries -gt 300 ]; then
		cat "$dir/out" "$dir/err"
		exit 2
	fi
}

if [ $# -eq 0 ]; then
	# shellcheck source=tests/lib/loopback.sh
	. "$top_srcdir/tests/lib/loopback.sh"
	begin_device
	set -- "$pid"
fi

before=
for pid; do
	before="$before $(cpu_us "$pid")" || exit 2
done
sleep "$seconds"

status=0
printf '%-16s %8s %12s %14s\n' process pid 'private KiB' 'CPU us/minute'
for pid; do
	used=$(($(cpu_us "$pid") - $(echo "$before" | awk '{ print $1 }')))
	before=$(echo "$before" | awk '{ $1 = ""; print }')
	used=$((used * 60 / seconds))
	memory=$(kib "$pid")
	printf '%-16s %8s %12s %14s\n' "$(cat "/proc/$pid/comm")" "$pid" \
		"$memory" $used
	[ "$memory" -lt $kib_max ] && [ $used -lt $us_max ] || status=1
done
exit $status
