/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of tests/vectors/saml, and the login that they belong to.
 */
#ifndef TESTS_SAML_VECTOR_H
#define TESTS_SAML_VECTOR_H

#include "auth/saml_response.h"
#include "sys/crypto.h"

#define VECTOR_TENANT "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
#define VECTOR_OBJECT "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
#define VECTOR_ISSUER "https://sts.windows.net/" VECTOR_TENANT "/"
#define VECTOR_AUDIENCE "https://sso.example.com/saml2"
#define VECTOR_ACS "https://host.example.com/saml2/acs"
#define VECTOR_REQUEST "_a74c3f0e9d2b48c1a74c3f0e9d2b48c1"
#define VECTOR_ASSERTION "_5d1e7f3a-2c4b-4e6d-8f90-a1b2c3d4e500"
#define VECTOR_ISSUED 1795176000	/* 2026-11-20T12:00:00Z */
#define VECTOR_REQUESTED (VECTOR_ISSUED - 60)

/* $top_srcdir/tests/vectors/saml/name, appended; false on failure. */
bool vector_load(const char *name, struct buf *out) MUST_USE;

/* One key from NAME-cert.pem. */
bool vector_key(const char *name, struct idp_keys *keys) MUST_USE;

/* What the helper would ask 20 s after good.xml was issued; response is not
 * set. */
struct saml_check vector_check(const struct idp_keys *keys);

/* SHA-256 of all that is in the claims, as they go over the wire; false when
 * something failed. */
bool vector_hash(const struct claims *claims,
	uint8_t ret[static SHA256_SIZE]) MUST_USE;

#endif
