# SPDX-License-Identifier: BSD-2-Clause
# L1: nss.cache.  The reader is libc only and runs inside every process; the
# writer is root's.

noinst_LTLIBRARIES += common/cache/libreader.la common/cache/libwriter.la
common_cache_libreader_la_SOURCES = \
	common/cache/format.h \
	common/cache/reader.c common/cache/reader.h \
	common/cache/reader_impl.h common/cache/reader_links.c
common_cache_libreader_la_LIBADD = common/base/libbase.la
common_cache_libwriter_la_SOURCES = \
	common/cache/array.c common/cache/image.c \
	common/cache/tables.c \
	common/cache/writer.c common/cache/writer.h \
	common/cache/writer_impl.h
common_cache_libwriter_la_LIBADD = common/base/libbase.la
