# SPDX-License-Identifier: BSD-2-Clause
# One process per task: bytes in on descriptor 0, records or a reason out.

pkglibexec_PROGRAMS += 8x8sso-device 8x8sso-fetch 8x8sso-saml
8x8sso_device_SOURCES = common/workers/device.c
8x8sso_device_LDADD = common/auth/libdevice.la common/auth/libjose.la \
	common/sys/libsandbox.la
8x8sso_saml_SOURCES = common/workers/saml.c
8x8sso_saml_LDADD = common/auth/libsaml.la common/sys/libsandbox.la
8x8sso_fetch_SOURCES = common/workers/fetch.c \
	common/workers/fetch_users.c common/workers/fetch_users.h
8x8sso_fetch_LDADD = common/directory/libscim.la \
	common/auth/libjose.la common/auth/libmetadata.la \
	common/sys/libsandbox.la
