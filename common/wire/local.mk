# SPDX-License-Identifier: BSD-2-Clause
# L1: the protocol between our processes; libc only, runs inside sshd too.

noinst_LTLIBRARIES += common/wire/libwire.la
common_wire_libwire_la_SOURCES = \
	common/wire/channel.c common/wire/channel.h \
	common/wire/codec.c common/wire/codec.h \
	common/wire/spawn.c common/wire/spawn.h \
	common/wire/wire.h
common_wire_libwire_la_LIBADD = common/base/libbase.la
