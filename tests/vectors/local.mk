# SPDX-License-Identifier: BSD-2-Clause
# The verifiers behind a command line, and what they are shown.

check_PROGRAMS += tests/vectors/saml-verify tests/vectors/saml-verify-sha1
verdict_sources = tests/lib/arguments.c tests/lib/arguments.h \
	tests/lib/verdict_line.c tests/lib/verdict_line.h
verify_sources = tests/vectors/saml_verify.c $(verdict_sources) \
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

# The verifier of id_tokens, likewise.
check_PROGRAMS += tests/vectors/jws-verify
tests_vectors_jws_verify_SOURCES = tests/vectors/jws_verify.c \
	$(verdict_sources)
tests_vectors_jws_verify_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_vectors_jws_verify_LDADD = common/auth/libjose.la $(JANSSON_LIBS)
TESTS += tests/vectors/jws_verify.sh
EXTRA_DIST += tests/vectors/jws_verify.sh tests/vectors/jose

# Listings of users, through 8x8sso sync --from.
TESTS += tests/vectors/scim_saved.sh
EXTRA_DIST += tests/vectors/scim_saved.sh tests/vectors/scim

# The mutation engine over recorded Responses.  make check runs a share of the
# mutants, make mutations all of them (a quarter of an hour).

check_LTLIBRARIES += tests/vectors/libmutate.la
tests_vectors_libmutate_la_SOURCES = \
	tests/lib/arguments.c tests/lib/arguments.h \
	tests/lib/verify_options.c tests/lib/verify_options.h \
	tests/vectors/mutate.h \
	tests/vectors/mutate_bytes.c \
	tests/vectors/mutate_c14n.c \
	tests/vectors/mutate_doc.c tests/vectors/mutate_doc.h \
	tests/vectors/mutate_dsig.c \
	tests/vectors/mutate_insert.c \
	tests/vectors/mutate_kinds.c \
	tests/vectors/mutate_login.c \
	tests/vectors/mutate_same.c \
	tests/vectors/mutate_sign.c \
	tests/vectors/mutate_tree.c \
	tests/vectors/mutate_wrap.c \
	tests/vectors/saml-mutate.c
tests_vectors_libmutate_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/lib
tests_vectors_libmutate_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
mutate_ldadd = tests/vectors/libmutate.la tests/lib/libvector.la \
	$(CRYPTO_LIBS)

check_PROGRAMS += tests/vectors/saml-mutate
tests_vectors_saml_mutate_SOURCES =
tests_vectors_saml_mutate_LDADD = $(mutate_ldadd)

# The same with holes, which it has to find.
check_PROGRAMS += tests/vectors/saml-mutate-weak
tests_vectors_saml_mutate_weak_SOURCES = tests/vectors/mutate_weak.c
tests_vectors_saml_mutate_weak_CFLAGS = $(AM_CFLAGS) $(XML_CFLAGS)
tests_vectors_saml_mutate_weak_LDFLAGS = \
	-Wl,--wrap=base64_decode \
	-Wl,--wrap=saml_check_audience \
	-Wl,--wrap=saml_check_request \
	-Wl,--wrap=saml_check_window \
	-Wl,--wrap=saml_grammar_check \
	-Wl,--wrap=saml_signature_verify \
	-Wl,--wrap=xml_is_container \
	-Wl,--wrap=xmlsig_verify
tests_vectors_saml_mutate_weak_LDADD = $(mutate_ldadd) $(XML_LIBS)

mutate_tests = tests/vectors/mutate.sh tests/vectors/mutate_weak.sh
dist_check_SCRIPTS += $(mutate_tests)
TESTS += $(mutate_tests)
EXTRA_DIST += tests/vectors/samples

mutations: tests/vectors/saml-mutate$(EXEEXT)
	tests/vectors/saml-mutate$(EXEEXT) --out . \
		--samples $(srcdir)/tests/vectors/samples
.PHONY: mutations
