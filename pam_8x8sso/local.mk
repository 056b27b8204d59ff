# SPDX-License-Identifier: BSD-2-Clause
# The module that runs inside sshd, login, sudo: libpam and libc only.
# libmodule is the module without its shell, for tests.

noinst_LTLIBRARIES += pam_8x8sso/libmodule.la
pam_8x8sso_libmodule_la_SOURCES = \
	pam_8x8sso/args.c pam_8x8sso/args.h \
	pam_8x8sso/newcomer.c pam_8x8sso/newcomer.h \
	pam_8x8sso/owner.c pam_8x8sso/owner.h \
	pam_8x8sso/relay.c pam_8x8sso/relay.h \
	pam_8x8sso/session.c pam_8x8sso/session.h \
	pam_8x8sso/terminal.c pam_8x8sso/terminal.h \
	pam_8x8sso/verdict.c pam_8x8sso/verdict.h
module_libs = pam_8x8sso/libmodule.la common/wire/libwire.la \
	common/cache/libreader.la

pam_LTLIBRARIES += pam_8x8sso.la
pam_8x8sso_la_SOURCES = pam_8x8sso/pam_8x8sso.c
pam_8x8sso_la_LDFLAGS = -module -avoid-version -shared $(MODULE_LDFLAGS) \
	-Wl,--version-script=$(srcdir)/pam_8x8sso/pam_8x8sso.map
pam_8x8sso_la_LIBADD = $(module_libs) $(PAM_LIBS)
EXTRA_pam_8x8sso_la_DEPENDENCIES = pam_8x8sso/pam_8x8sso.map
EXTRA_DIST += pam_8x8sso/pam_8x8sso.map
dist_man_MANS += pam_8x8sso/pam_8x8sso.8

install-pam-la-away: install-pamLTLIBRARIES
	rm -f $(DESTDIR)$(pamdir)/pam_8x8sso.la
INSTALL_HOOKS += install-pam-la-away
uninstall-pam:
	rm -f $(DESTDIR)$(pamdir)/pam_8x8sso.so
UNINSTALL_HOOKS += uninstall-pam

include pam_8x8sso/helper/local.mk
