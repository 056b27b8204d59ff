#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# make install puts everything where packagers expect it.
# shellcheck source=tests/lib/e2e.sh
. "${top_srcdir:?}/tests/lib/e2e.sh"

: "${STAGE:?}"
lib=$(cd "$STAGE" && echo usr/lib/*-linux-gnu*)

for row in \
	"$lib/security/pam_8x8sso.so the PAM module" \
	"$lib/libnss_8x8.so.2 the NSS module" \
	"usr/libexec/8x8sso/8x8sso-helper the helper" \
	"usr/libexec/8x8sso/8x8sso-saml the SAML worker" \
	"usr/libexec/8x8sso/8x8sso-fetch the fetch worker" \
	"usr/sbin/8x8sso the command" \
	"usr/lib/sysusers.d/8x8sso.conf the service account" \
	"usr/lib/tmpfiles.d/8x8sso.conf the state folders" \
	"lib/systemd/system/8x8sso-sync.service the sync service" \
	"lib/systemd/system/8x8sso-sync.timer the sync timer" \
	"usr/share/pam-configs/8x8sso the PAM profile" \
	"usr/share/pam-configs/8x8sso-linked the PAM profile with linked accounts" \
	"usr/share/man/man8/8x8sso.8 the command's page" \
	"usr/share/man/man8/pam_8x8sso.8 the PAM module's page" \
	"usr/share/man/man8/nss_8x8.8 the NSS module's page" \
	"usr/share/man/man5/8x8sso.conf.5 the configuration's page"; do
	check "make install installs ${row#* }" test -s "$STAGE/${row%% *}"
done
# Default: yes would select it with the next package that brings a module.
check "make install leaves the PAM profiles for the administrator to select" \
	same 2 "$(grep -lx "Default: no" "$STAGE"/usr/share/pam-configs/8x8sso* |
		wc -l)"
example=$(cd "$STAGE" && find . -name '8x8sso.conf*' -path '*etc*' \
    -o -name '8x8sso.conf*' -path '*doc*' | head -n 1)
check "make install installs an example configuration" test -n "$example"
check "make install leaves no libtool archives and static libraries" \
	same "" "$(cd "$STAGE" && find . -name '*.la' -o -name '*.a')"
check "the modules and programs have no run path" same "" "$(
	cd "$STAGE" && find . -type f -exec readelf -d {} + 2>/dev/null |
		grep -E 'R(UN)?PATH')"
check "systemd-analyze finds no fault in the units" \
	systemd-analyze verify "$STAGE"/lib/systemd/system/8x8sso-sync.service \
	    "$STAGE"/lib/systemd/system/8x8sso-sync.timer
check "an unconfigured host lets root in" root_gets_in
check "an unconfigured host lets bob in" bob_gets_in
finish
