#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A disposable host.
#
#	tests/lib/host.sh [--here] STAGE COMMAND [ARG...]
#
# runs the command as root on a copy of this machine that has what `make
# install DESTDIR=STAGE` made, is set up as the README says, and is gone when
# the command ends: private mounts (an overlay over /, with the changes in
# memory), processes, network (loopback only) and host name.  Nothing of it
# reaches the machine itself, not even a folder: the root is mounted on /mnt of
# a mount namespace of its own, and when the first process dies, so does every
# other.  With --here the root is disposable already: no overlay is made.
#
# On the host: the service account, nsswitch.conf with 8x8, our PAM profile
# enabled, root and bob with the password "secret", a syslog that writes to
# /run/host/log, and an sshd on port 22 whose only users with keys are those
# in /etc/ssh/keys.  $HOST_LOG, $HOST_KEY and $STAGE are in the command's
# environment.
set -eu
umask 022

die()
{
	echo "host.sh: $*" >&2
	exit 1
}

top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/lib/mounts.sh
. "$top/tests/lib/mounts.sh"

# -- outside: leave the machine's namespaces -------------------------------

outside() # STAGE COMMAND...
{
	[ "$(id -u)" -eq 0 ] || die "must be root"
	[ -d "$1/usr" ] || die "$1: no installation there"
	stage=$(cd "$1" && pwd)
	shift
	export HOST_HERE="${here:-}"
	exec unshare --mount --propagation unchanged --pid --fork --kill-child \
	    --net --uts --ipc sh "$0" --inside "$stage" "$(pwd)" "$@"
}

# -- between: the root of the new host -------------------------------------

# Shows a folder of the machine at the same place of the new host.
share() # FOLDER
{
	[ -z "$HOST_HERE" ] || return 0
	mkdir -p "$root$1"
	mount --bind "$1" "$root$1"
}

make_root()
{
	root=
	if [ -z "$HOST_HERE" ]; then
		root=/mnt/root
		mount -t tmpfs -o mode=0755 host /mnt
		mkdir /mnt/upper /mnt/work /mnt/root
		mount -t overlay host -o \
		    lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work "$root"
		mount -t tmpfs -o mode=1777 tmp "$root/tmp"
	fi
	mount -t proc proc "$root/proc"
	mount -t sysfs -o ro sysfs "$root/sys" 2>/dev/null || :
	mount -t tmpfs -o mode=0755 run "$root/run"
	make_dev
	mkdir -p "$root/run/lock" "$root/run/host" "$root/run/sshd"
}

make_dev()
{
	dev=$root/dev
	mount -t tmpfs -o mode=0755 dev "$dev"
	for node in null:3 zero:5 full:7 random:8 urandom:9; do
		mknod -m 0666 "$dev/${node%:*}" c 1 "${node#*:}"
	done
	mknod -m 0666 "$dev/tty" c 5 0
	mkdir "$dev/pts" "$dev/shm"
	mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 pts \
	    "$dev/pts"
	ln -s pts/ptmx "$dev/ptmx"
	mount -t tmpfs -o mode=1777 shm "$dev/shm"
	ln -s /proc/self/fd "$dev/fd"
}

between() # STAGE DIRECTORY COMMAND...
{
	stage=$1
	directory=$2
	shift 2
	case $top/$stage in
	/mnt/*|*//mnt/*) die "the tree must not be below /mnt" ;;
	esac
	private_mounts
	hostname lab
	ip link set lo up
	make_root
	share "$top"
	share "$stage"
	[ ! -d "$directory" ] || share "$directory"
	for folder in ${HOST_SHARE:-}; do
		share "$folder"
	done
	exec chroot "${root:-/}" sh "$top/tests/lib/host.sh" --chroot "$stage" \
	    "$directory" "$@"
}

# -- inside: what an administrator does ------------------------------------

install_product()
{
	rm -rf /var/lib/8x8sso /etc/8x8sso
	tar -C "$stage" -cf - . |
		tar -C / -xf - --keep-directory-symlink --no-same-owner \
		    --no-overwrite-dir
	ldconfig
	if [ -f /usr/lib/sysusers.d/8x8sso.conf ] &&
	    command -v systemd-sysusers >/dev/null; then
		systemd-sysusers /usr/lib/sysusers.d/8x8sso.conf \
		    >/dev/null 2>&1
	fi
	getent passwd _8x8sso >/dev/null ||
		useradd --system --home-dir /nonexistent --no-create-home \
		    --shell /usr/sbin/nologin _8x8sso
	if [ -f /usr/lib/tmpfiles.d/8x8sso.conf ] &&
	    command -v systemd-tmpfiles >/dev/null; then
		systemd-tmpfiles --create /usr/lib/tmpfiles.d/8x8sso.conf
	fi
	install -d -m 0755 /etc/8x8sso /var/lib/8x8sso
	install -d -m 0700 -o _8x8sso -g _8x8sso /var/lib/8x8sso/state
}

make_accounts()
{
	getent passwd bob >/dev/null || useradd --create-home \
	    --shell /bin/sh bob
	printf 'root:secret\nbob:secret\n' | chpasswd
}

# A root that has just been made may know no names at all.
name_localhost()
{
	getent hosts localhost >/dev/null ||
		echo 127.0.0.1 localhost >>/etc/hosts
}

configure_nsswitch()
{
	sed -i -E '/8x8/d; s/^((passwd|group):[[:space:]]*(files|compat))/\1 8x8/' \
	    /etc/nsswitch.conf
	grep -q '^passwd:.*8x8' /etc/nsswitch.conf ||
		die "nsswitch.conf could not be changed"
}

configure_pam()
{
	[ -f /usr/share/pam-configs/8x8sso ] ||
		die "make install did not put usr/share/pam-configs/8x8sso"
	pam-auth-update --force --package --enable unix 8x8sso mkhomedir
	grep -q pam_8x8sso /etc/pam.d/common-auth ||
		die "pam-auth-update did not enable the profile"
}

start_syslog()
{
	export HOST_LOG=/run/host/log
	: >"$HOST_LOG"
	/usr/bin/python3 "$top/tests/lib/syslog.py" /dev/log "$HOST_LOG" &
	wait_for test -S /dev/log
}

start_sshd()
{
	export HOST_KEY=/run/host/key
	ssh-keygen -q -t ed25519 -N '' -f "$HOST_KEY"
	rm -f /etc/ssh/ssh_host_*
	ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
	install -d -m 0755 /etc/ssh/keys
	cat >/etc/ssh/sshd_lab <<-END
	ListenAddress 127.0.0.1:22
	HostKey /etc/ssh/ssh_host_ed25519_key
	PidFile /run/host/sshd.pid
	UsePAM yes
	KbdInteractiveAuthentication yes
	PasswordAuthentication no
	PermitRootLogin yes
	AuthorizedKeysFile /etc/ssh/keys/%u
	PrintMotd no
	UseDNS no
	END
	/usr/sbin/sshd -f /etc/ssh/sshd_lab
	wait_for test -s /run/host/sshd.pid
}

# Up to ten seconds.
wait_for() # COMMAND...
{
	for _ in $(seq 200); do
		"$@" && return
		sleep 0.05
	done
	die "timeout: $*"
}

inside() # STAGE DIRECTORY COMMAND...
{
	stage=$1
	directory=$2
	shift 2
	export STAGE="$stage" top_srcdir="$top" HOME=/root LC_ALL=C.UTF-8
	export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	unset TMPDIR XDG_RUNTIME_DIR SSH_AUTH_SOCK DISPLAY
	cd "$directory"
	install_product
	make_accounts
	name_localhost
	configure_nsswitch
	configure_pam
	start_syslog
	start_sshd
	status=0
	"$@" || status=$?
	exit "$status"
}

if [ "${1-}" = --here ]; then
	here=yes
	shift
fi
case ${1-} in
--inside)
	shift
	between "$@"
	;;
--chroot)
	shift
	inside "$@"
	;;
''|-*)
	die "usage: tests/lib/host.sh [--here] STAGE COMMAND [ARG...]"
	;;
*)
	outside "$@"
	;;
esac
