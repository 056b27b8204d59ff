#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The address as a QR code, where there is room; another program reads it.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

# The address that the output of a login shows.
address() # FILE
{
	grep -Eo 'https://[^[:space:]]*[?&]SAMLRequest=[^[:space:]]*' "$1" |
		head -n 1
}

# The login succeeds and shows a code that says the same as the address.
pictured() # COMMAND...
{
	"$@" >/run/shown 2>&1 || { cat /run/shown; return 1; }
	cat /run/shown
	[ -n "$(address /run/shown)" ] &&
		same "$(scan /run/shown)" "$(address /run/shown)"
}

# The login succeeds and shows the address only.
plain() # COMMAND...
{
	"$@" >/run/shown 2>&1 || { cat /run/shown; return 1; }
	cat /run/shown
	[ -n "$(address /run/shown)" ] && ! grep -q '█' /run/shown
}

su_on() # SIZE
{
	login --size "$1" --respond "$answer" tty \
	    runuser -u bob -- su b.simon -c true
}

pamtester_on() # SIZE
{
	login --size "$1" --respond "$answer" tty \
	    pamtester login b.simon authenticate acct_mgmt
}

set_up_and_sync
answer=$(respond_as "$SIMON")

check "su in a large terminal: the code says the address" pictured su_on 180x90
check "a light terminal: the code is a negative" \
	same "$(scan /run/shown --light)$(scan /run/shown --light \
	    -Stest-inverted)" "$(address /run/shown)"
check "pamtester in a large terminal" pictured pamtester_on 180x90
echo exit >/etc/profile.d/zz-exit.sh
check "login(1) in a large terminal" pictured \
	login --size 180x90 --respond "$answer" tty login b.simon
check "80 columns: the address only" plain su_on 80x90
check "24 rows: the address only" plain su_on 180x24
check "a terminal of no size: the address only" plain su_on 0x0
check "ssh: the address only" plain simon_by_ssh "$answer"

printf '[prompt]\ncolumns = 180\n' >>"$CONF"
check "ssh, where 180 columns are configured" pictured simon_by_ssh \
	"$answer"
check "80 columns of a known terminal are 80" plain su_on 80x90
check "a program of its own: the address only" plain simon "$answer"

write_conf
printf '[prompt]\nqr = no\n' >>"$CONF"
check "switched off: the address only" plain su_on 180x90
finish
