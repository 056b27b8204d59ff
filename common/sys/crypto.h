/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenSSL's libcrypto.
 */
#ifndef SYS_CRYPTO_H
#define SYS_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

#define SHA256_SIZE 32

/* ERR_INTERNAL when OpenSSL fails. */
enum err crypto_sha256(const void *data, size_t len,
	uint8_t ret[static SHA256_SIZE]) MUST_USE;

#endif
