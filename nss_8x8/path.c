/* SPDX-License-Identifier: BSD-2-Clause */
#include "nss_8x8.h"

const char nss_cache_path[] = CACHE_PATH;
