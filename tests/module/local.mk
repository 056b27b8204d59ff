# SPDX-License-Identifier: BSD-2-Clause
# The modules under the programs that load them.

if BUILD_NSS
check_LTLIBRARIES += tests/module/libnss_8x8.la
tests_module_libnss_8x8_la_SOURCES = tests/module/nss_path.c
tests_module_libnss_8x8_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir) \
	-DTEST_NSS_CACHE='"$(abs_top_builddir)/tests/module/nss.cache"'
# -rpath: without it libtool makes no shared object.
tests_module_libnss_8x8_la_LDFLAGS = $(nss_ldflags) \
	-rpath $(abs_top_builddir)/tests/module
tests_module_libnss_8x8_la_LIBADD = nss_8x8/libnss.la
CLEANFILES += tests/module/nss.cache
TESTS += tests/module/nss.sh
endif
EXTRA_DIST += tests/module/nss.sh

# The fetch worker, and sync, against a server in Python.
TESTS += tests/module/fetch.sh tests/module/sync.sh
EXTRA_DIST += tests/module/fetch.sh tests/module/sync.sh \
	tests/lib/ask_fetch.py \
	tests/lib/scim_server.py
