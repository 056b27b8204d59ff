# SPDX-License-Identifier: BSD-2-Clause
# make bench: how fast we are, beside the peers that are installed.  Parts of
# it: make bench BENCH="saml jwt login attacks sync".

bench_programs = tests/bench/attacks tests/bench/jwt_bench \
	tests/bench/login tests/bench/nothing tests/bench/nothing_xmlsec \
	tests/bench/peer_jwt tests/bench/peer_scim tests/bench/peer_xmlsec \
	tests/bench/saml_bench tests/bench/scale
EXTRA_PROGRAMS += $(bench_programs)
tests_bench_saml_bench_SOURCES = tests/bench/saml_bench.c \
	tests/bench/bench.c tests/bench/bench.h
tests_bench_saml_bench_LDFLAGS = -Wl,--wrap=parse_instant
tests_bench_saml_bench_LDADD = common/auth/libsaml.la \
	common/auth/libmetadata.la
tests_bench_jwt_bench_SOURCES = tests/bench/jwt_bench.c \
	tests/bench/bench.c tests/bench/bench.h
tests_bench_jwt_bench_LDADD = common/auth/libjose.la
tests_bench_attacks_SOURCES = tests/bench/attacks.c \
	tests/bench/bench.c tests/bench/bench.h \
	tests/lib/attack.c tests/lib/attack.h
tests_bench_attacks_LDADD = tests/lib/libvector.la common/sys/libdeflate.la

# The programs of one login, and what only their libraries cost.
tests_bench_login_SOURCES = tests/bench/login.c \
	tests/bench/bench.c tests/bench/bench.h
tests_bench_login_LDADD = common/directory/libdirectory.la \
	common/auth/librules.la common/auth/libclaims.la \
	common/auth/libmetadata.la common/sys/libconf.la
tests_bench_nothing_SOURCES = tests/bench/nothing.c
tests_bench_nothing_LDADD =
tests_bench_nothing_xmlsec_SOURCES = tests/bench/nothing.c
tests_bench_nothing_xmlsec_LDFLAGS = -Wl,--no-as-needed
tests_bench_nothing_xmlsec_LDADD = -lxmlsec1-openssl -lxmlsec1 $(XML_LIBS) \
	$(CRYPTO_LIBS)

# A large directory.
tests_bench_scale_SOURCES = tests/bench/scale.c \
	tests/bench/bench.c tests/bench/bench.h
tests_bench_scale_LDADD = common/directory/libdirectory.la \
	common/sys/libconf.la

tests_bench_peer_jwt_SOURCES = tests/bench/peer_jwt.c \
	tests/bench/bench.c tests/bench/bench.h
tests_bench_peer_jwt_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(CRYPTO_CFLAGS)
tests_bench_peer_jwt_LDADD = $(JANSSON_LIBS) $(CRYPTO_LIBS)
tests_bench_peer_scim_SOURCES = tests/bench/peer_scim.c
tests_bench_peer_scim_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(JANSSON_CFLAGS)
tests_bench_peer_scim_LDADD = $(CURL_LIBS) $(JANSSON_LIBS)
tests_bench_peer_xmlsec_SOURCES = tests/bench/peer_xmlsec.c \
	tests/bench/bench.c tests/bench/bench.h
tests_bench_peer_xmlsec_CFLAGS = $(AM_CFLAGS) $(XMLSEC_CFLAGS) \
	$(CRYPTO_CFLAGS)
tests_bench_peer_xmlsec_LDADD = $(XMLSEC_LIBS) $(XML_LIBS) $(CRYPTO_LIBS)

bench: all $(bench_programs)
	CC='$(CC)' $(srcdir)/tests/bench/bench.py $(BENCH)
.PHONY: bench

bench-clean:
	rm -rf tests/bench/data
	rm -f $(bench_programs) tests/bench/peer_lasso
clean-local: bench-clean
.PHONY: bench-clean

EXTRA_DIST += tests/bench/bench.py tests/bench/corpus.py \
	tests/bench/peer_lasso.c tests/bench/peer_simplesamlphp.php \
	tests/bench/peer_nsscache.py tests/bench/peers.py \
	tests/bench/sync.py tests/bench/waiting.sh
