#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Shows what this is, on a fresh Debian 12, as root, in a few minutes: builds
# and installs it, and B.Simon, whom Entra provisions over SCIM, logs in with
# a SAML assertion and by device code.
#
#	tests/demo.sh
#
# Everything, packages included, happens on an overlay over this machine's
# root that only this script and its children see; the cloud is the lab's, on
# a loopback of its own.  Afterwards the machine is as it was.
set -eu
umask 022

top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tests/lib/packages.sh
. "$top/tests/lib/packages.sh"
# shellcheck source=tests/lib/mounts.sh
. "$top/tests/lib/mounts.sh"
export LC_ALL=C.UTF-8

say() # TEXT
{
	printf '\n== %s\n' "$*"
}

# A command as it could be typed, and what it says.  It must succeed.
run() # COMMAND...
{
	printf '$ %s\n' "$*"
	run_status=0
	"$@" >/tmp/demo.out 2>&1 || run_status=$?
	sed 's/^/  /' /tmp/demo.out
	[ "$run_status" -eq 0 ] || die "$1 ended with status $run_status"
}

die()
{
	echo "demo.sh: $*" >&2
	exit 1
}

# -- outside ---------------------------------------------------------------

outside()
{
	[ "$(id -u)" -eq 0 ] || die "must be root"
	folder=$(mktemp -d /var/tmp/8x8sso-demo.XXXXXX)
	trap 'rm -rf "$folder"' EXIT
	trap 'exit 130' INT TERM HUP
	unshare --mount --propagation unchanged --pid --fork --kill-child \
	    sh "$0" --between "$folder"
}

# The overlay keeps its changes in the folder, or in memory where the disk
# cannot (it is an overlay itself).
between() # FOLDER
{
	folder=$1
	private_mounts
	mkdir "$folder/upper" "$folder/work" "$folder/root"
	options=lowerdir=/,upperdir=$folder/upper,workdir=$folder/work
	if ! mount -t overlay demo -o "$options" "$folder/root" 2>/dev/null
	then
		mount -t tmpfs -o mode=0755 demo "$folder"
		mkdir "$folder/upper" "$folder/work" "$folder/root"
		mount -t overlay demo -o "$options" "$folder/root"
	fi
	for place in proc sys dev; do
		mount --rbind "/$place" "$folder/root/$place"
	done
	mount -t proc proc "$folder/root/proc"
	mount -t tmpfs -o mode=1777 tmp "$folder/root/tmp"
	mkdir -p "$folder/root$top"
	mount --bind -o ro "$top" "$folder/root$top"
	[ ! -e /etc/resolv.conf ] ||
		cat /etc/resolv.conf >"$folder/resolv.conf"
	if [ -s "$folder/resolv.conf" ]; then
		rm -f "$folder/root/etc/resolv.conf"
		cp "$folder/resolv.conf" "$folder/root/etc/resolv.conf"
	fi
	exec chroot "$folder/root" sh "$top/tests/demo.sh" --inside
}

# -- inside: a copy of this machine ----------------------------------------

inside()
{
	say "1. Install what is missing (on a copy of this machine)"
	# shellcheck disable=SC2046 # a list
	install_packages $(packages_build; packages_host) >/tmp/apt.log 2>&1 ||
		{ tail -n 20 /tmp/apt.log; die "packages cannot be installed"; }
	sed -n 's/^installing:/  /p' /tmp/apt.log

	say "2. Build and install"
	cp -a "$top" /tmp/source
	cd /tmp/source
	if [ -e Makefile ]; then
		make -s distclean >/dev/null 2>&1 || :
	fi
	mkdir /tmp/build /tmp/stage
	printf '%s\n' '$ autoreconf -fi && ./configure && make' \
	    "\$ make install"
	{
		autoreconf -fi && cd /tmp/build && ../source/configure -q \
		    --prefix=/usr --sysconfdir=/etc --localstatedir=/var \
		    --libdir="/usr/lib/$(gcc -print-multiarch)" \
		    --libexecdir=/usr/libexec \
		    --with-systemdsystemunitdir=/lib/systemd/system &&
			make -s -j"$(nproc)" && make -s install DESTDIR=/tmp/stage
	} >/tmp/build.log 2>&1 ||
		{ tail -n 30 /tmp/build.log; die "the build failed"; }
	(cd /tmp/stage && find . -type f -o -type l | sed 's/^\./  /' | sort)
	exec "$top/tests/lib/host.sh" --here /tmp/stage \
	    sh "$top/tests/demo.sh" --host
}

# -- on the disposable host ------------------------------------------------

# Shows only how long an answer was: it is a secret.
login()
{
	"$top/tests/lib/login.py" "$@"
}

# The command with which the lab answers for B.Simon.
respond() # [VARIANT]
{
	printf '%s' "$top/tests/lab/lab respond $LAB --url \"\$URL\"" \
	    " --user B.Simon@contoso.com${1:+ --fault $1}"
}

# What she does in a browser with the code that is shown.
type_code()
{
	printf '%s' "$top/tests/lab/lab approve $LAB \"\$CODE\"" \
	    " B.Simon@contoso.com"
}

# Long addresses and keys are of no interest.
shorten()
{
	sed -E 's/(SAMLRequest=.{20})[^ "]*/\1.../'
}

show_login() # WHAT COMMAND...
{
	printf '$ %s\n' "$1"
	shift
	show_status=0
	"$@" >/tmp/demo.out 2>&1 || show_status=$?
	shorten </tmp/demo.out | sed 's/^/  /'
	return "$show_status"
}

must_fail()
{
	if "$@"; then
		die "this should have been refused"
	fi
	echo "  (refused)"
}

# The helper's line with this reason.
why() # REASON
{
	sleep 0.3
	echo "  The log says why:"
	grep -E "8x8sso-helper.*reason=$1" "$HOST_LOG" | tail -n 1 |
		sed 's/^<[0-9]*>/  /'
}

configure()
{
	install -m 0644 "$LAB/idp.pem" /etc/8x8sso/idp.pem
	install -m 0644 "$LAB/ca.pem" /etc/8x8sso/lab-ca.pem
	install -m 0600 "$LAB/token" /etc/8x8sso/scim-token
	cat >/etc/8x8sso/8x8sso.conf <<-END
	[idp]
	issuer = https://sts.windows.net/$tenant/
	login_url = https://login.microsoftonline.com/$tenant/saml2
	certificate = /etc/8x8sso/idp.pem
	tenant = $tenant
	[saml]
	entity_id = https://sso.8x8.com/saml2
	acs_url = https://sso.8x8.com/saml2
	[scim]
	url = https://localhost:8443/udi/customers/0012J00042NkZQIQA3/scim/v2
	token_file = /etc/8x8sso/scim-token
	ca_file = /etc/8x8sso/lab-ca.pem
	[access]
	allow = *
	END
	chmod 0644 /etc/8x8sso/8x8sso.conf
}

configure_device()
{
	cat >>/etc/8x8sso/8x8sso.conf <<-END
	[device]
	enabled = yes
	client_id = 4a0d8f6e-5a3c-4a6e-9d63-0d6d6c6f8f10
	issuer = http://127.0.0.1:8445/$tenant/v2.0
	verification_uri = http://127.0.0.1:8445/devicelogin
	END
}

start_lab()
{
	"$top/tests/lab/lab" init "$LAB"
	"$top/tests/lab/lab" serve "$LAB" >/run/lab.log 2>&1 &
	for _ in $(seq 200); do
		grep -q ready /run/lab.log && return
		sleep 0.05
	done
	die "the lab did not start: $(cat /run/lab.log)"
}

host()
{
	LAB=/run/lab
	tenant=7c9be2a1-3b64-4b3e-8f0e-0d6c2f5a9e11
	PATH=$top/tests/lab:$PATH
	export PATH LAB

	say "3. Start the lab: Entra and 8x8 on a loopback of their own"
	start_lab
	echo "  listening on https://localhost:8443"

	say "4. Configure this host with the values of the two portals"
	configure
	run cat /etc/8x8sso/8x8sso.conf

	say "5. Entra provisions B.Simon to 8x8 over SCIM"
	run lab provision "$LAB" B.Simon@contoso.com

	say "6. Check the configuration, with Test Connection"
	run 8x8sso check

	say "7. The host reads the list of users"
	run 8x8sso sync
	run 8x8sso user list

	say "8. B.Simon exists on this host, by nss_8x8 only"
	run sh -c '! grep b.simon /etc/passwd'
	run getent passwd b.simon
	run getent -s 8x8 passwd b.simon
	run id b.simon

	say "9. She logs in by ssh with a SAML assertion (a real sshd)"
	show_login "ssh b.simon@127.0.0.1 id" \
	    login --respond "$(respond)" ssh b.simon id

	say "10. And through pamtester, at a terminal"
	show_login "pamtester sshd b.simon authenticate acct_mgmt" \
	    login --respond "$(respond)" tty \
	    pamtester sshd b.simon authenticate acct_mgmt

	say "11. An assertion that was meant for somebody else is refused"
	must_fail show_login "ssh b.simon@127.0.0.1 id" \
	    login --respond "$(respond wrong-audience)" ssh b.simon id
	why saml-audience

	say "12. Device codes are switched on, and the host learns where to ask"
	configure_device
	run sed -n '/device/,$p' /etc/8x8sso/8x8sso.conf
	run 8x8sso sync

	say "13. She types a code in a browser: by ssh, and then Enter"
	show_login "ssh b.simon@127.0.0.1 id" \
	    login --act "$(type_code)" ssh b.simon id

	say "14. And through pamtester, at a terminal, where it goes on by itself"
	show_login "pamtester login b.simon authenticate acct_mgmt" \
	    login --size 80x40 --act "$(type_code)" tty \
	    pamtester login b.simon authenticate acct_mgmt

	say "15. Entra disables her: not even her ssh key lets her in any more"
	cp "$HOST_KEY.pub" /etc/ssh/keys/b.simon
	show_login "ssh -i key b.simon@127.0.0.1 id -un" \
	    login --identity "$HOST_KEY" ssh b.simon id -un
	run lab disable "$LAB" B.Simon@contoso.com
	run 8x8sso sync
	must_fail show_login "ssh -i key b.simon@127.0.0.1 id -un" \
	    login --identity "$HOST_KEY" ssh b.simon id -un
	why user-inactive

	say "16. Local people are not concerned"
	show_login "ssh bob@127.0.0.1 id -un" \
	    login --say secret ssh bob id -un

	say "That was all; this machine is as it was before."
}

case ${1-} in
'')
	outside
	;;
--between)
	between "$2"
	;;
--inside)
	inside
	;;
--host)
	host
	;;
*)
	die "usage: tests/demo.sh"
	;;
esac
