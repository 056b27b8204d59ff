/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes to decision.  What is accepted must be one of the assertions of
 * tests/vectors/saml, the only ones that the key has ever signed:
 *
 *	top_srcdir=... tests/fuzz/fuzz_saml_response CORPUS tests/vectors/saml
 */
#include <stdint.h>
#include <string.h>

#include "auth/saml_response.h"
#include "base/base64.h"
#include "base/limits.h"
#include "saml_vector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_known(const struct claims *claims)
{
	const struct claims_fixed *fixed = claims_fixed(claims);
	const char *object = claims_get(claims, CLAIM_OBJECT);

	return strcmp(fixed->issuer, VECTOR_ISSUER) == 0 &&
	    strcmp(fixed->assertion_id, VECTOR_ASSERTION) == 0 &&
	    (strcmp(fixed->name_id, "opaque-b-simon") == 0 ||
	    (object != NULL && strcmp(object, VECTOR_OBJECT) == 0));
}

static void
verify(struct saml_check check, const char *tenant, uint64_t flags)
{
	AUTO(claims) struct claims *claims = NULL;
	struct diag diag = DIAG_INIT;

	check.tenant = tenant;
	check.flags = flags;
	if (saml_response_verify(&check, &claims, &diag) == ERR_OK &&
	    !is_known(claims))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct idp_keys keys;
	AUTO(buf) struct buf text = BUF_INIT(1024u * 1024);
	struct saml_check check;

	if (keys.count == 0 && !vector_key("idp", &keys))
		abort();
	check = vector_check(&keys);
	check.response = data;
	check.response_len = size;
	verify(check, VECTOR_TENANT, WIRE_SAML_FORCE_AUTHN);
	if (base64_encode(&text, data, size) != ERR_OK)
		return 0;
	check.response = text.data;
	check.response_len = text.len;
	verify(check, VECTOR_TENANT, WIRE_SAML_FORCE_AUTHN);
	verify(check, "", WIRE_SAML_UNSOLICITED);
	return 0;
}
