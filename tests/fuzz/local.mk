# SPDX-License-Identifier: BSD-2-Clause
# One fuzzer per parser; configure with CC=clang --enable-fuzzers.

if FUZZERS
noinst_PROGRAMS += tests/fuzz/fuzz_cache tests/fuzz/fuzz_saml_metadata \
	tests/fuzz/fuzz_saml_response tests/fuzz/fuzz_scim \
	tests/fuzz/fuzz_wire

tests_fuzz_fuzz_cache_SOURCES = tests/fuzz/fuzz_cache.c \
	tests/lib/cache.c tests/lib/cache.h
tests_fuzz_fuzz_cache_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_cache_LDADD = common/cache/libreader.la \
	common/cache/libwriter.la

tests_fuzz_fuzz_saml_metadata_SOURCES = tests/fuzz/fuzz_saml_metadata.c
tests_fuzz_fuzz_saml_metadata_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_saml_metadata_LDADD = tests/lib/libvector.la
tests_fuzz_fuzz_saml_response_SOURCES = tests/fuzz/fuzz_saml_response.c
tests_fuzz_fuzz_saml_response_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_saml_response_LDADD = tests/lib/libvector.la

tests_fuzz_fuzz_scim_SOURCES = tests/fuzz/fuzz_scim.c
tests_fuzz_fuzz_scim_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_scim_LDADD = common/directory/libscim.la

tests_fuzz_fuzz_wire_SOURCES = tests/fuzz/fuzz_wire.c
tests_fuzz_fuzz_wire_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_wire_LDADD = $(module_libs) $(PAM_LIBS)
endif
