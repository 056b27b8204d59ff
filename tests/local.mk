# SPDX-License-Identifier: BSD-2-Clause
# make check: what needs neither root nor a network.  tests/run.sh runs the
# rest.  Every test speaks TAP.

include tests/lint/local.mk
include tests/unit/local.mk
include tests/module/local.mk
include tests/fuzz/local.mk

EXTRA_DIST += tests/lib/tap.sh

check_PROGRAMS += tests/lib/mkcache
tests_lib_mkcache_SOURCES = tests/lib/mkcache.c
tests_lib_mkcache_LDADD = common/cache/libwriter.la
EXTRA_DIST += tests/lib/saml_make.py tests/vectors/saml
