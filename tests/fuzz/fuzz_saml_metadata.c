/* SPDX-License-Identifier: BSD-2-Clause */
/* Metadata and certificates: what comes out is what the header promises. */
#include <string.h>

#include "auth/saml_metadata.h"
#include "fuzz.h"
#include "sys/crypto.h"
#include "../lib/saml_vector.h"

static unsigned int
bits_of(const uint8_t *number, size_t len)
{
	unsigned int bits = (unsigned int)len * 8;

	for (uint8_t top = number[0]; top < 0x80; top = (uint8_t)(top << 1)) {
		demand(top != 0);
		bits--;
	}
	return bits;
}

static void
demand_key(const struct idp_key *key)
{
	AUTO(crypto_key) struct crypto_key *made = NULL;
	size_t subject = strnlen(key->subject, sizeof(key->subject));

	demand(key->n_len >= 1 && key->n_len <= sizeof(key->n));
	demand(key->e_len >= 1 && key->e_len <= sizeof(key->e));
	demand(bits_of(key->n, key->n_len) >= RSA_BITS_MIN);
	demand(bits_of(key->n, key->n_len) <= RSA_BITS_MAX);
	demand(bits_of(key->e, key->e_len) >= 17);
	demand(key->n[key->n_len - 1] % 2 == 1);
	demand(key->e[key->e_len - 1] % 2 == 1);
	demand(crypto_key_new(key->n, key->n_len, key->e, key->e_len, &made,
	    NULL) == ERR_OK);
	demand(crypto_key_size(made) == key->n_len);
	demand(subject < sizeof(key->subject));
	for (size_t i = 0; i < subject; i++)
		demand(key->subject[i] >= ' ' && key->subject[i] <= '~');
}

/* Shown on a terminal, opened in a browser. */
static void
demand_address(const char *url, size_t size)
{
	size_t len = strnlen(url, size);

	demand(len < size);
	if (len == 0)
		return;
	demand(strncmp(url, "https://", 8) == 0 ||
	    strncmp(url, "http://", 7) == 0);
	for (size_t i = 0; i < len; i++)
		demand(url[i] > ' ' && url[i] <= '~');
}

static void
demand_distinct(const struct idp_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		for (size_t j = 0; j < i; j++)
			demand(memcmp(keys->key[i].cert_sha256,
			    keys->key[j].cert_sha256,
			    sizeof(keys->key[i].cert_sha256)) != 0);
}

bool
fuzz_known(size_t number, struct buf *out)
{
	return vector_load(number % 2 == 0 ? "metadata-entra.xml" :
	    "metadata-simplesamlphp.xml", out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct saml_idp idp;
	struct idp_key key;
	struct diag diag = DIAG_INIT;

	memset(&idp, 0xa5, sizeof(idp));
	memset(&key, 0xa5, sizeof(key));
	if (saml_certificate_parse(data, size, &key, &diag) == ERR_OK)
		demand_key(&key);
	if (saml_metadata_parse(data, size, VECTOR_ISSUER, VECTOR_ISSUED,
	    &idp, &diag) != ERR_OK)
		return 0;
	demand(strcmp(idp.entity_id, VECTOR_ISSUER) == 0);
	demand_address(idp.login_url, sizeof(idp.login_url));
	demand_address(idp.logout_url, sizeof(idp.logout_url));
	demand(idp.keys.count >= 1 && idp.keys.count <= SAML_KEYS_MAX);
	for (size_t i = 0; i < idp.keys.count; i++)
		demand_key(&idp.keys.key[i]);
	demand_distinct(&idp.keys);
	return 0;
}
