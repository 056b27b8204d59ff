# SPDX-License-Identifier: BSD-2-Clause
# L1: the protocol between our processes; libc only, runs inside sshd too.
# Needs libbase, which is not in it: a module is linked whole, and nothing may
# be in it twice.

noinst_LTLIBRARIES += common/wire/libwire.la
common_wire_libwire_la_SOURCES = \
	common/wire/channel.c common/wire/channel.h \
	common/wire/codec.c common/wire/codec.h \
	common/wire/spawn.c common/wire/spawn.h \
	common/wire/wire.h
