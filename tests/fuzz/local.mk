# SPDX-License-Identifier: BSD-2-Clause

if FUZZERS
noinst_PROGRAMS += tests/fuzz/fuzz_cache
tests_fuzz_fuzz_cache_SOURCES = tests/fuzz/fuzz_cache.c \
	tests/lib/cache.c tests/lib/cache.h
tests_fuzz_fuzz_cache_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_cache_LDADD = common/cache/libreader.la \
	common/cache/libwriter.la
noinst_PROGRAMS += tests/fuzz/fuzz_scim
tests_fuzz_fuzz_scim_SOURCES = tests/fuzz/fuzz_scim.c
tests_fuzz_fuzz_scim_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_scim_LDADD = common/directory/libscim.la
noinst_PROGRAMS += tests/fuzz/fuzz_wire
tests_fuzz_fuzz_wire_SOURCES = tests/fuzz/fuzz_wire.c
tests_fuzz_fuzz_wire_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_wire_LDADD = $(module_libs) $(PAM_LIBS)
noinst_PROGRAMS += tests/fuzz/fuzz_saml_response tests/fuzz/fuzz_saml_metadata
fuzz_saml_cppflags = $(AM_CPPFLAGS) -I$(srcdir)/tests/lib
fuzz_saml_vector = tests/lib/saml_vector.c tests/lib/saml_vector.h
tests_fuzz_fuzz_saml_response_SOURCES = tests/fuzz/fuzz_saml_response.c \
	$(fuzz_saml_vector)
tests_fuzz_fuzz_saml_response_CPPFLAGS = $(fuzz_saml_cppflags)
tests_fuzz_fuzz_saml_response_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_saml_response_LDADD = common/auth/libsaml.la \
	common/auth/libmetadata.la
tests_fuzz_fuzz_saml_metadata_SOURCES = tests/fuzz/fuzz_saml_metadata.c \
	$(fuzz_saml_vector)
tests_fuzz_fuzz_saml_metadata_CPPFLAGS = $(fuzz_saml_cppflags)
tests_fuzz_fuzz_saml_metadata_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_saml_metadata_LDADD = common/auth/libsaml.la \
	common/auth/libmetadata.la
endif
