# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
# Sourced after tap.sh by shell tests that need servers on loopback.  Sets
# $python and $dir, which goes away at the end as the servers do; without
# Python the test ends here.  Needs $top_srcdir.

python=/usr/bin/python3

if [ ! -x $python ]; then
	echo "1..0 # SKIP no $python"
	exit 0
fi

dir=$(mktemp -d "${TMPDIR:-/tmp}/loopback.XXXXXX") || exit 1
servers=

clean_up()
{
	for server in $servers; do
		kill "$server"
		wait "$server"
	done 2>/dev/null
	rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# Sets $port, and $home for the server's files.
start_server() # NAME [CERT KEY]
{
	start_python scim_server.py "$@"
}

start_python() # PROGRAM NAME [CERT KEY]
{
	program=$1
	home=$dir/$2
	shift 2
	mkdir -p "$home"
	$python "${top_srcdir:?}/tests/lib/$program" "$home" "$@" &
	servers="$servers $!"
	tries=0
	until [ -s "$home/port" ] || [ $tries -gt 200 ]; do
		tries=$((tries + 1))
		sleep 0.05
	done
	# shellcheck disable=SC2034 # for those who source this
	port=$(cat "$home/port")
}

# The command with $dir/conf; what it says is in $dir/out and $dir/err.  A leak
# check needs to look into the process, which forbids that.
admin() # ARGUMENT...
{
	ASAN_OPTIONS=detect_leaks=0 "${top_builddir:?}/8x8sso" \
		--config "$dir/conf" "$@" >"$dir/out" 2>"$dir/err"
}

succeeds() # ARGUMENT...
{
	admin "$@" || { cat "$dir/err"; return 1; }
}

says() # TEXT ARGUMENT...
{
	text=$1
	shift
	admin "$@"
	cat "$dir/out" "$dir/err"
	grep -qF -- "$text" "$dir/out"
}

does_not_say() # TEXT ARGUMENT...
{
	! says "$@"
}
