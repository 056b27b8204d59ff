# SPDX-License-Identifier: BSD-2-Clause
# The verifier behind a command line, and the Responses that it is shown.

check_PROGRAMS += tests/vectors/saml-verify tests/vectors/saml-verify-sha1
verify_sources = tests/vectors/saml_verify.c \
	tests/lib/verify_options.c tests/lib/verify_options.h
verify_libs = common/auth/libsaml.la common/auth/libmetadata.la

# What is installed, object by object.
tests_vectors_saml_verify_SOURCES = $(verify_sources)
tests_vectors_saml_verify_LDADD = $(verify_libs)

# Admits rsa-sha1 and RSA of 1024 bits too, so that old samples come to the
# check that they are about.  The two files that know of it are compiled once
# more; nothing else is built from these objects (modules.sh).
tests_vectors_saml_verify_sha1_SOURCES = $(verify_sources) \
	common/sys/crypto.c common/sys/xmlsig.c
tests_vectors_saml_verify_sha1_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_ADMITS_SHA1
tests_vectors_saml_verify_sha1_CFLAGS = $(AM_CFLAGS) $(XMLSEC_CFLAGS) \
	$(CRYPTO_CFLAGS)
tests_vectors_saml_verify_sha1_LDADD = $(verify_libs)

TESTS += tests/vectors/saml_verify.sh
EXTRA_DIST += tests/vectors/saml_verify.sh tests/vectors/saml
