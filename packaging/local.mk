# SPDX-License-Identifier: BSD-2-Clause
# What make install puts beside the programs.  Nothing of it is active: the
# timer is not enabled, the PAM profile not selected, no configuration made.

examplesdir = $(docdir)/examples
dist_doc_DATA = README.md
dist_examples_DATA = \
	packaging/etc/8x8sso.conf.example \
	packaging/etc/sshd-8x8sso.conf.example

pamconfigsdir = $(datadir)/pam-configs
dist_pamconfigs_DATA = packaging/pam-configs/8x8sso \
	packaging/pam-configs/8x8sso-linked

# Below prefix, as every other path: make distcheck installs as nobody.
if HAVE_SYSTEMD
sysusersdir = $(prefix)/lib/sysusers.d
sysusers_DATA = packaging/sysusers/8x8sso.conf
tmpfilesdir = $(prefix)/lib/tmpfiles.d
nodist_tmpfiles_DATA = packaging/tmpfiles/8x8sso.conf
nodist_systemdsystemunit_DATA = packaging/systemd/8x8sso-sync.service
systemdsystemunit_DATA = packaging/systemd/8x8sso-sync.timer
endif

substituted = packaging/tmpfiles/8x8sso.conf \
	packaging/systemd/8x8sso-sync.service
$(substituted): Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(SED) \
		-e 's|@localstatedir[@]|$(localstatedir)|g' \
		-e 's|@sbindir[@]|$(sbindir)|g' \
		-e 's|@sysconfdir[@]|$(sysconfdir)|g' \
		$(srcdir)/$@.in > $@.tmp && mv $@.tmp $@
packaging/tmpfiles/8x8sso.conf: packaging/tmpfiles/8x8sso.conf.in
packaging/systemd/8x8sso-sync.service: \
	packaging/systemd/8x8sso-sync.service.in
CLEANFILES += $(substituted)

EXTRA_DIST += $(substituted:=.in) \
	packaging/sysusers/8x8sso.conf \
	packaging/systemd/8x8sso-sync.timer
