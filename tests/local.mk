# SPDX-License-Identifier: BSD-2-Clause
# make check: what needs neither root nor a network.  tests/run.sh runs the
# rest.  Every test speaks TAP.

# What tests of several folders use.
check_PROGRAMS += tests/lib/mkcache
tests_lib_mkcache_SOURCES = tests/lib/mkcache.c
tests_lib_mkcache_LDADD = common/cache/libwriter.la

check_LTLIBRARIES += tests/lib/libvector.la
tests_lib_libvector_la_SOURCES = \
	tests/lib/saml_vector.c tests/lib/saml_vector.h
tests_lib_libvector_la_LIBADD = common/auth/libsaml.la \
	common/auth/libmetadata.la

EXTRA_DIST += tests/lib/saml_make.py tests/lib/tap.sh tests/vectors/saml

include tests/lint/local.mk
include tests/unit/local.mk
include tests/module/local.mk
include tests/fuzz/local.mk
