# SPDX-License-Identifier: BSD-2-Clause
# One process = one login: conversation, directory, policy, replay.

pkglibexec_PROGRAMS += 8x8sso-helper
8x8sso_helper_SOURCES = \
	pam_8x8sso/helper/account.c \
	pam_8x8sso/helper/authenticate.c \
	pam_8x8sso/helper/helper.h \
	pam_8x8sso/helper/main.c
8x8sso_helper_LDADD = common/directory/libdirectory.la \
	common/auth/librules.la common/sys/libconf.la \
	common/sys/libsandbox.la common/wire/libwire.la common/base/libbase.la
