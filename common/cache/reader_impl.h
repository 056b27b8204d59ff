/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of libreader share: reader.c finds users and groups,
 * reader_links.c the rest.  Nobody else includes this.
 */
#ifndef CACHE_READER_IMPL_H
#define CACHE_READER_IMPL_H

#include "cache/format.h"
#include "cache/reader.h"

static inline const struct cache_header *
reader_header(const struct cache *cache)
{
	return (const void *)cache->map;
}

/* The len bytes at a place, or NULL if they are not all in the file. */
static inline const void *
reader_bytes(const struct cache *cache, uint32_t at, uint64_t len)
{
	uint64_t from = (uint64_t)at * CACHE_UNIT;

	if (from > cache->size || len > cache->size - from)
		return NULL;
	return cache->map + from;
}

#endif
