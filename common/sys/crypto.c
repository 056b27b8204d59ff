/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/crypto.h"

#include <openssl/evp.h>

enum err
crypto_sha256(const void *data, size_t len, uint8_t ret[static SHA256_SIZE])
{
	unsigned int size = 0;

	if (EVP_Digest(data, len, ret, &size, EVP_sha256(), NULL) != 1 ||
	    size != SHA256_SIZE)
		return ERR_INTERNAL;
	return ERR_OK;
}
