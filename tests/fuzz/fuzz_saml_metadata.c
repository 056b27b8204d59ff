/* SPDX-License-Identifier: BSD-2-Clause */
/* Metadata and certificates: what comes out is what the header promises. */
#include <stdint.h>
#include <string.h>

#include "auth/saml_metadata.h"
#include "sys/crypto.h"
#include "../lib/saml_vector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool condition)
{
	if (!condition)
		abort();
}

static void
demand_key(const struct idp_key *key)
{
	AUTO(crypto_key) struct crypto_key *made = NULL;

	demand(crypto_key_new(key->n, key->n_len, key->e, key->e_len, &made,
	    NULL) == ERR_OK);
	demand(strnlen(key->subject, sizeof(key->subject)) <
	    sizeof(key->subject));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct saml_idp idp;
	struct idp_key key;
	struct diag diag = DIAG_INIT;

	if (saml_certificate_parse(data, size, &key, &diag) == ERR_OK)
		demand_key(&key);
	if (saml_metadata_parse(data, size, VECTOR_ISSUER, VECTOR_ISSUED,
	    &idp, &diag) != ERR_OK)
		return 0;
	demand(strcmp(idp.entity_id, VECTOR_ISSUER) == 0);
	demand(idp.keys.count >= 1 && idp.keys.count <= SAML_KEYS_MAX);
	for (size_t i = 0; i < idp.keys.count; i++)
		demand_key(&idp.keys.key[i]);
	return 0;
}
