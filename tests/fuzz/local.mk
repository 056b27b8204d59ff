# SPDX-License-Identifier: BSD-2-Clause
#
# One fuzzer per parser.  Configured with CC=clang --enable-fuzzers they are
# libFuzzer's, run from an empty folder of their own:
#
#	top_srcdir=... fuzz_saml_response -dict=saml.dict . SEEDS...
#
# In any other build each of them is a program that reads the files it is
# given, and make check runs it over its seeds: what once was found stays
# found, and its lines count in make coverage.  seeds.sh knows the seeds:
# tests/vectors/saml and jose, and tests/fuzz/corpus/NAME for what they do not
# reach.
#
# The two that read XML have a mutator of their own, which knows elements and
# attributes; saml.dict is what it inserts.

fuzz_programs = \
	tests/fuzz/fuzz_base64 \
	tests/fuzz/fuzz_cache \
	tests/fuzz/fuzz_deflate \
	tests/fuzz/fuzz_device \
	tests/fuzz/fuzz_json \
	tests/fuzz/fuzz_jwks \
	tests/fuzz/fuzz_jwt \
	tests/fuzz/fuzz_oidc \
	tests/fuzz/fuzz_saml_metadata \
	tests/fuzz/fuzz_saml_request \
	tests/fuzz/fuzz_saml_response \
	tests/fuzz/fuzz_scim \
	tests/fuzz/fuzz_wire

if FUZZERS
noinst_PROGRAMS += $(fuzz_programs)
fuzz_driver =
fuzz_mutator = tests/fuzz/xml_mutator.c tests/fuzz/xml_tokens.c \
	tests/fuzz/xml_tokens.h
else
check_PROGRAMS += $(fuzz_programs)
fuzz_driver = tests/fuzz/replay.c
fuzz_mutator =
TESTS += tests/fuzz/replay.sh
endif
dist_check_SCRIPTS += tests/fuzz/replay.sh
EXTRA_DIST += tests/fuzz/corpus tests/fuzz/jwt.dict tests/fuzz/saml.dict \
	tests/fuzz/seeds.sh

tests_fuzz_fuzz_base64_SOURCES = tests/fuzz/fuzz_base64.c tests/fuzz/fuzz.h \
	$(fuzz_driver)
tests_fuzz_fuzz_base64_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_base64_LDADD = common/base/libbase.la

tests_fuzz_fuzz_cache_SOURCES = tests/fuzz/fuzz_cache.c \
	tests/lib/cache.c tests/lib/cache.h $(fuzz_driver)
tests_fuzz_fuzz_cache_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_cache_LDADD = common/cache/libreader.la \
	common/cache/libwriter.la

tests_fuzz_fuzz_deflate_SOURCES = tests/fuzz/fuzz_deflate.c \
	tests/lib/redirect.c tests/lib/redirect.h $(fuzz_driver)
tests_fuzz_fuzz_deflate_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_deflate_LDADD = common/sys/libdeflate.la \
	common/base/libbase.la $(ZLIB_LIBS)

tests_fuzz_fuzz_device_SOURCES = tests/fuzz/fuzz_device.c $(fuzz_driver)
tests_fuzz_fuzz_device_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_device_LDADD = common/auth/libdevice.la

tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(fuzz_driver)
tests_fuzz_fuzz_json_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_fuzz_fuzz_json_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_json_LDADD = common/sys/libjson.la $(JANSSON_LIBS)

tests_fuzz_fuzz_jwks_SOURCES = tests/fuzz/fuzz_jwks.c $(fuzz_driver)
tests_fuzz_fuzz_jwks_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_jwks_LDADD = common/auth/libjose.la

tests_fuzz_fuzz_jwt_SOURCES = tests/fuzz/fuzz_jwt.c $(fuzz_driver)
tests_fuzz_fuzz_jwt_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(CRYPTO_CFLAGS)
tests_fuzz_fuzz_jwt_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_jwt_LDADD = common/auth/libjose.la $(JANSSON_LIBS) \
	$(CRYPTO_LIBS)

tests_fuzz_fuzz_oidc_SOURCES = tests/fuzz/fuzz_oidc.c $(fuzz_driver)
tests_fuzz_fuzz_oidc_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_oidc_LDADD = common/auth/libjose.la

tests_fuzz_fuzz_saml_metadata_SOURCES = tests/fuzz/fuzz_saml_metadata.c \
	$(fuzz_driver) $(fuzz_mutator)
tests_fuzz_fuzz_saml_metadata_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_saml_metadata_LDADD = tests/lib/libvector.la

tests_fuzz_fuzz_saml_request_SOURCES = tests/fuzz/fuzz_saml_request.c \
	tests/lib/redirect.c tests/lib/redirect.h $(fuzz_driver)
tests_fuzz_fuzz_saml_request_CFLAGS = $(AM_CFLAGS) $(XML_CFLAGS)
tests_fuzz_fuzz_saml_request_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_saml_request_LDADD = common/auth/librequest.la \
	common/base/libbase.la $(XML_LIBS) $(ZLIB_LIBS)

tests_fuzz_fuzz_saml_response_SOURCES = tests/fuzz/fuzz_saml_response.c \
	tests/fuzz/signed_bytes.c tests/fuzz/signed_bytes.h \
	$(fuzz_driver) $(fuzz_mutator)
tests_fuzz_fuzz_saml_response_CFLAGS = $(AM_CFLAGS) $(XML_CFLAGS)
tests_fuzz_fuzz_saml_response_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_saml_response_LDADD = tests/lib/libvector.la $(XML_LIBS)

tests_fuzz_fuzz_scim_SOURCES = tests/fuzz/fuzz_scim.c $(fuzz_driver)
tests_fuzz_fuzz_scim_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_scim_LDADD = common/directory/libscim.la

tests_fuzz_fuzz_wire_SOURCES = tests/fuzz/fuzz_wire.c $(fuzz_driver)
tests_fuzz_fuzz_wire_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_wire_LDADD = $(module_libs) $(PAM_LIBS)
