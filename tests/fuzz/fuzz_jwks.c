/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes of a provider -> keys.  What is accepted must be what jwks.h promises
 * and what the other processes take (jwk_wire.h).
 */
#include <string.h>

#include "auth/jwks.h"
#include "base/parse.h"
#include "fuzz.h"

#define ODD(bytes, len) ((bytes)[(len) - 1] % 2 == 1)

static void
check_key(const struct jwk *key)
{
	uint64_t e = 0;

	demand(jwks_is_kid(key->kid));
	demand(key->n_len >= 256 && key->n_len <= sizeof(key->n));
	demand(key->n_len > 256 || key->n[0] >= 0x80);
	demand(key->n[0] != 0 && ODD(key->n, key->n_len));
	demand(key->e_len > 0 && key->e_len <= sizeof(key->e));
	demand(key->e[0] != 0 && ODD(key->e, key->e_len));
	for (size_t i = 0; i < key->e_len; i++)
		e = e << 8 | key->e[i];
	demand(e >= 65537);
	demand(strlen(key->issuer) < sizeof(key->issuer));
	demand(parse_is_utf8(key->issuer, strlen(key->issuer)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct jwks keys;
	struct diag diag = DIAG_INIT;

	keys.count = SIZE_MAX;
	if (jwks_parse(data, size, &keys, &diag) != ERR_OK) {
		demand(keys.count == SIZE_MAX && diag.code != ERR_OK);
		return 0;
	}
	demand(keys.count > 0 && keys.count + keys.left_out <=
	    JWKS_KEYS_MAX);
	for (size_t i = 0; i < keys.count; i++) {
		check_key(&keys.key[i]);
		demand(jwks_find(&keys, keys.key[i].kid) == &keys.key[i]);
	}
	return 0;
}
