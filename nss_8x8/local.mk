# SPDX-License-Identifier: BSD-2-Clause
# The module that runs inside every process: libc only.

if BUILD_NSS
noinst_LTLIBRARIES += nss_8x8/libnss.la
nss_8x8_libnss_la_SOURCES = \
	nss_8x8/fill.c nss_8x8/group.c nss_8x8/nss_8x8.h nss_8x8/passwd.c
# libreader brings libbase: a module is linked whole, and nothing may be in it
# twice.
nss_8x8_libnss_la_LIBADD = common/cache/libreader.la

nss_LTLIBRARIES += libnss_8x8.la
libnss_8x8_la_SOURCES = nss_8x8/path.c
nss_ldflags = -module -avoid-version -shared -shrext .so.2 \
	$(MODULE_LDFLAGS) -Wl,-z,nodelete \
	-Wl,--version-script=$(srcdir)/nss_8x8/nss_8x8.map
libnss_8x8_la_LDFLAGS = $(nss_ldflags)
libnss_8x8_la_LIBADD = nss_8x8/libnss.la
EXTRA_libnss_8x8_la_DEPENDENCIES = nss_8x8/nss_8x8.map
dist_man_MANS += nss_8x8/nss_8x8.8

install-nss-la-away: install-nssLTLIBRARIES
	rm -f $(DESTDIR)$(nssdir)/libnss_8x8.la
INSTALL_HOOKS += install-nss-la-away
uninstall-nss:
	rm -f $(DESTDIR)$(nssdir)/libnss_8x8.so.2
UNINSTALL_HOOKS += uninstall-nss
endif
EXTRA_DIST += nss_8x8/nss_8x8.map
