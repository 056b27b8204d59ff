# SPDX-License-Identifier: BSD-2-Clause
# One process = one login: conversation, directory, policy, replay.
# libhelper is the program without main(), for tests.

noinst_LTLIBRARIES += pam_8x8sso/helper/libhelper.la
pam_8x8sso_helper_libhelper_la_SOURCES = \
	pam_8x8sso/helper/account.c \
	pam_8x8sso/helper/ask.c \
	pam_8x8sso/helper/authenticate.c \
	pam_8x8sso/helper/confirm.c \
	pam_8x8sso/helper/deliver.c \
	pam_8x8sso/helper/device.c \
	pam_8x8sso/helper/device.h \
	pam_8x8sso/helper/device_accept.c \
	pam_8x8sso/helper/device_talk.c \
	pam_8x8sso/helper/device_words.c \
	pam_8x8sso/helper/flow.c \
	pam_8x8sso/helper/flow.h \
	pam_8x8sso/helper/flow_decoy.c \
	pam_8x8sso/helper/grace.c \
	pam_8x8sso/helper/grace.h \
	pam_8x8sso/helper/helper.h \
	pam_8x8sso/helper/newcomer.c \
	pam_8x8sso/helper/picture.c \
	pam_8x8sso/helper/prompt.c \
	pam_8x8sso/helper/reply.c \
	pam_8x8sso/helper/saml.c \
	pam_8x8sso/helper/token_keys.c \
	pam_8x8sso/helper/verify.c

pkglibexec_PROGRAMS += 8x8sso-helper
8x8sso_helper_SOURCES = pam_8x8sso/helper/main.c
8x8sso_helper_LDADD = pam_8x8sso/helper/libhelper.la \
	common/directory/libdirectory.la common/auth/librules.la \
	common/auth/librequest.la common/auth/libclaims.la \
	common/sys/libconf.la common/sys/libqr.la common/sys/libsandbox.la \
	common/wire/libwire.la common/base/libbase.la
