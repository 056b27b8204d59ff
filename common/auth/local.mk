# SPDX-License-Identifier: BSD-2-Clause
# L3: the rules of a login.  libsaml is the SAML worker's (bytes -> claims),
# libdevice and libjose the device worker's and libmetadata the fetch worker's,
# librules and librequest the helper's, libclaims what passes between worker
# and helper.

noinst_LTLIBRARIES += common/auth/libclaims.la common/auth/libdevice.la \
	common/auth/libjose.la common/auth/libmetadata.la \
	common/auth/librequest.la common/auth/librules.la \
	common/auth/libsaml.la

common_auth_libclaims_la_SOURCES = common/auth/claims.c \
	common/auth/claims.h common/auth/claims_fill.h \
	common/auth/jwk.c common/auth/jwks.h \
	common/auth/jwk_wire.c common/auth/jwk_wire.h \
	common/auth/oidc.h common/auth/oidc_host.c
common_auth_libclaims_la_LIBADD = common/wire/libwire.la \
	common/base/libbase.la

common_auth_libjose_la_SOURCES = \
	common/auth/jwks.c common/auth/jwks.h \
	common/auth/jws.c common/auth/jws.h \
	common/auth/jwt.c common/auth/jwt.h \
	common/auth/jwt_claims.c common/auth/jwt_verifier.h \
	common/auth/oidc.c common/auth/oidc.h
common_auth_libjose_la_LIBADD = common/auth/libclaims.la \
	common/sys/libjson.la common/sys/libcrypto8.la common/base/libbase.la

common_auth_libdevice_la_SOURCES = \
	common/auth/device.c common/auth/device.h \
	common/auth/device_answer.c common/auth/device_answer.h \
	common/auth/device_error.c common/auth/device_error.h
common_auth_libdevice_la_LIBADD = common/sys/libhttp.la \
	common/sys/libjson.la common/base/libbase.la

common_auth_libmetadata_la_SOURCES = \
	common/auth/saml_metadata.c common/auth/saml_metadata.h
common_auth_libmetadata_la_LIBADD = common/sys/libxml.la \
	common/sys/libcrypto8.la common/base/libbase.la

common_auth_librequest_la_SOURCES = \
	common/auth/saml_request.c common/auth/saml_request.h
common_auth_librequest_la_LIBADD = common/sys/libdeflate.la \
	common/base/libbase.la

common_auth_librules_la_SOURCES = \
	common/auth/code.c common/auth/code.h \
	common/auth/decoy.c common/auth/decoy.h \
	common/auth/flows.c common/auth/flows.h \
	common/auth/idp_keys.c common/auth/idp_keys.h \
	common/auth/oidc_admit.c common/auth/oidc_admit.h \
	common/auth/oidc_fetch.c common/auth/oidc_fetch.h \
	common/auth/oidc_store.c common/auth/oidc_store.h \
	common/auth/pending.c common/auth/pending.h \
	common/auth/policy.c common/auth/policy.h \
	common/auth/rate.c common/auth/rate.h \
	common/auth/replay.c common/auth/replay.h \
	common/auth/symbols.c common/auth/symbols.h
common_auth_librules_la_LIBADD = common/auth/libclaims.la \
	common/sys/libconf.la common/sys/libcrypto8.la common/sys/libstore.la \
	common/base/libbase.la

common_auth_libsaml_la_SOURCES = \
	common/auth/saml_conditions.c \
	common/auth/saml_grammar.c common/auth/saml_grammar.h \
	common/auth/saml_response.c common/auth/saml_response.h \
	common/auth/saml_signature.c common/auth/saml_signature.h \
	common/auth/saml_statements.c \
	common/auth/saml_verifier.h
common_auth_libsaml_la_LIBADD = common/auth/libclaims.la \
	common/sys/libxmlsig.la common/base/libbase.la
