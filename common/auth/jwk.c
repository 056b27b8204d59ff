/* SPDX-License-Identifier: BSD-2-Clause */
/* What a key set is asked by those who do not read JSON. */
#include "auth/jwks.h"

#include <string.h>

bool
jwks_is_kid(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= KID_MAX_LEN &&
	    strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789._~-") == len;
}

const struct jwk *
jwks_find(const struct jwks *keys, const char *kid)
{
	for (size_t i = 0; i < keys->count; i++)
		if (strcmp(keys->key[i].kid, kid) == 0)
			return &keys->key[i];
	return NULL;
}
