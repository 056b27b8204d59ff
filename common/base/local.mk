# SPDX-License-Identifier: BSD-2-Clause
# L0: libc only.  Runs inside foreign processes too (see DESIGN.md 2).

noinst_LTLIBRARIES += common/base/libbase.la
common_base_libbase_la_SOURCES = \
	common/base/base64.c common/base/base64.h \
	common/base/buf.c common/base/buf.h \
	common/base/cleanup.h \
	common/base/clock.c common/base/clock.h \
	common/base/diag.c common/base/diag.h \
	common/base/err.c common/base/err.h \
	common/base/io.c common/base/io.h \
	common/base/limits.h \
	common/base/log.c common/base/log.h \
	common/base/net.c common/base/net.h \
	common/base/parse.c common/base/parse.h
