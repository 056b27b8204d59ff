# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Sourced by tests/run.sh and tests/demo.sh: what a base Debian 12 lacks, and
# how to add it without starting a service.

packages_build()
{
	echo gcc libc6-dev make autoconf automake libtool pkg-config \
	    libpam0g-dev libxml2-dev libxmlsec1-dev libcurl4-openssl-dev \
	    libssl-dev libjansson-dev libsqlite3-dev libinih-dev zlib1g-dev \
	    libqrencode-dev systemd xz-utils
}

# The lab and the disposable host.
packages_host()
{
	echo python3 python3-lxml python3-cryptography iproute2 procps curl \
	    openssh-server openssh-client pamtester sudo ca-certificates
}

# The rest of the tests.  npm of another source is as good.
packages_test()
{
	echo clang libclang-rt-14-dev valgrind libcmocka-dev shellcheck \
	    mandoc man-db libpam-wrapper libnss-wrapper xmlsec1 \
	    libxml2-utils openssl binutils git simplesamlphp php-cli php-cgi \
	    php-xml micro-httpd zbar-tools chromium strace faketime
	command -v npm >/dev/null || echo nodejs npm
}

package_is_there() # NAME
{
	dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null |
		grep -qx installed
}

# No service starts while packages are unpacked; a policy that was there
# before stays.
without_services() # COMMAND...
{
	policy=/usr/sbin/policy-rc.d
	[ ! -e "$policy" ] || policy=
	if [ -n "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 0755 "$policy"
	fi
	without_status=0
	"$@" || without_status=$?
	[ -z "$policy" ] || rm -f "$policy"
	return "$without_status"
}

apt_install() # NAME...
{
	DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
		DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
		    --no-install-recommends install "$@"
}

# Installs what is missing; says what.
install_packages() # NAME...
{
	missing=
	for package; do
		package_is_there "$package" || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	echo "installing:$missing"
	# shellcheck disable=SC2086 # a list
	without_services apt_install $missing
}
