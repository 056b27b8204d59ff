# SPDX-License-Identifier: BSD-2-Clause
# The program 8x8sso: one file per command, one table of commands.

sbin_PROGRAMS += 8x8sso
8x8sso_SOURCES = \
	common/admin/admin.h \
	common/admin/check.c common/admin/check.h \
	common/admin/check_cloud.c \
	common/admin/check_device.c \
	common/admin/check_host.c \
	common/admin/check_users.c \
	common/admin/deliver.c \
	common/admin/fetch.c common/admin/fetch.h \
	common/admin/fetch_peer.c common/admin/fetch_peer.h \
	common/admin/fetch_users.c \
	common/admin/grace.c common/admin/grace.h \
	common/admin/group.c \
	common/admin/idp.c \
	common/admin/ids.c \
	common/admin/idp_print.c common/admin/idp_print.h \
	common/admin/idp_store.c common/admin/idp_store.h \
	common/admin/main.c \
	common/admin/nsswitch.c common/admin/nsswitch.h \
	common/admin/oidc_print.c common/admin/oidc_print.h \
	common/admin/print.c common/admin/print.h \
	common/admin/progress.c common/admin/progress.h \
	common/admin/publish.c common/admin/publish.h \
	common/admin/state_dir.c common/admin/state_dir.h \
	common/admin/status.c \
	common/admin/sync.c common/admin/sync.h \
	common/admin/sync_differ.c \
	common/admin/sync_report.c common/admin/sync_users.c \
	common/admin/user.c common/admin/user.h \
	common/admin/user_change.c
8x8sso_LDADD = common/directory/libdirectory.la common/auth/librules.la \
	common/auth/libjose.la common/sys/libconf.la common/sys/libjson.la \
	common/sys/libsandbox.la common/cache/libreader.la
dist_man_MANS += common/admin/8x8sso.8 common/admin/8x8sso.conf.5
