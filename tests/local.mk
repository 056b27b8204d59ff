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

EXTRA_DIST += tests/lib/saml_make.py tests/lib/tap.sh tests/lib/verdict.sh \
	tests/vectors/state/version-1.sql tests/vectors/state/version-2.sql \
	tests/vectors/state/version-3.sql

# Every check with one mistake, and the test that sees it: some minutes.
EXTRA_DIST += tests/mutants/device.mutants \
	tests/mutants/device-state.mutants \
	tests/mutants/provisioning.mutants \
	tests/mutants/provisioning-listing.mutants tests/mutants/rows.tsv \
	tests/mutants/run.sh tests/mutants/saml.mutants \
	tests/mutants/table.awk
mutants:
	$(SHELL) $(srcdir)/tests/mutants/run.sh
.PHONY: mutants

include tests/lint/local.mk
include tests/unit/local.mk
include tests/module/local.mk
include tests/vectors/local.mk
include tests/fuzz/local.mk
include tests/bench/local.mk

# Of all tests that call what is counted, but for the worker's: its sandbox
# lets nothing be written at the end.  configure --enable-coverage.
EXTRA_DIST += tests/lib/coverage.sh
coverage_tests = $(unit_saml_programs) tests/unit/test_authenticate \
	tests/unit/test_device tests/unit/test_device_answer \
	tests/unit/test_device_error tests/unit/test_json \
	tests/unit/test_json_quick tests/unit/test_jwk_wire \
	tests/unit/test_jwks tests/unit/test_jws tests/unit/test_jwt \
	tests/unit/test_jwt_memory tests/unit/test_jwt_rows \
	tests/unit/test_jwt_trust tests/unit/test_oidc \
	tests/unit/test_xml tests/unit/test_xml_layers \
	tests/unit/test_xml_memory tests/fuzz/replay.sh
.PHONY: coverage
coverage:
if COVERAGE
	@top_srcdir='$(abs_top_srcdir)' MAKE='$(MAKE)' $(SHELL) \
	    $(srcdir)/tests/lib/coverage.sh $(coverage_tests)
else
	@echo "make coverage: configure with --enable-coverage" >&2; exit 1
endif

# What tests/run.sh and tests/demo.sh run, as root and with a network.
EXTRA_DIST += tests/demo.sh tests/run.sh \
	tests/e2e/account.sh \
	tests/e2e/check.sh \
	tests/e2e/denial.sh \
	tests/e2e/device.sh \
	tests/e2e/device_errors.sh \
	tests/e2e/device_peers.sh \
	tests/e2e/device_waiting.sh \
	tests/e2e/idp.sh \
	tests/e2e/handover.sh \
	tests/e2e/install.sh \
	tests/e2e/jit.sh \
	tests/e2e/linked.sh \
	tests/e2e/listing.sh \
	tests/e2e/login.sh \
	tests/e2e/lookup.sh \
	tests/e2e/peers.sh \
	tests/e2e/picture.sh \
	tests/e2e/provisioning.sh \
	tests/e2e/scim_groups.sh \
	tests/e2e/scim_hostile.sh \
	tests/e2e/scim_peer.sh \
	tests/e2e/secrets.sh \
	tests/e2e/session.sh \
	tests/e2e/sync_faults.sh \
	tests/interop/oidc-provider/.npmrc \
	tests/interop/oidc-provider/browser.mjs \
	tests/interop/oidc-provider/package-lock.json \
	tests/interop/oidc-provider/package.json \
	tests/interop/oidc-provider/server.mjs \
	tests/interop/scimmy/.npmrc \
	tests/interop/scimmy/package-lock.json \
	tests/interop/scimmy/package.json \
	tests/interop/scimmy/server.js \
	tests/interop/scimmy/users.json \
	tests/interop/simplesamlphp.py \
	tests/lab/FACTS.md \
	tests/lab/idp.py \
	tests/lab/keys.py \
	tests/lab/lab \
	tests/lab/oidc.py \
	tests/lab/oidc_http.py \
	tests/lab/people.py \
	tests/lab/scim.py \
	tests/lab/scim_http.py \
	tests/lab/selftest.sh \
	tests/lib/device.sh \
	tests/lib/e2e.sh \
	tests/lib/host.sh \
	tests/lib/login.py \
	tests/lib/mounts.sh \
	tests/lib/packages.sh \
	tests/lib/picture.py \
	tests/lib/syslog.py
