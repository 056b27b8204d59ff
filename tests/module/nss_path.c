/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole of what the module for tests has of its own: another path. */
#include "nss_8x8/nss_8x8.h"

const char nss_cache_path[] = TEST_NSS_CACHE;
