/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of libxml2 and xmlsec, which ask for thousands of small pieces
 * for one document and give them up together.
 *
 * Pieces are cut off blocks one behind the other, and a block is used again
 * when all its pieces were given up, and not before: what is read after it
 * was freed is stale, but nobody else's.  A block is wiped then, for it held
 * a part of somebody's assertion.  One thread only.
 */
#ifndef SYS_XML_MEMORY_H
#define SYS_XML_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* All that there is at a time (catalogue A1); more is refused. */
#define XML_MEMORY_MAX (32u * 1024 * 1024)

/* As malloc(), realloc(), strdup(), free(); pieces are aligned to 16 bytes. */
void *xml_memory_new(size_t size);
void *xml_memory_resize(void *piece, size_t size);
char *xml_memory_copy(const char *text);
void xml_memory_free(void *piece);

/* Makes libxml2 use it; before anything else of libxml2 is called.  False
 * when libxml2 does not want it. */
bool xml_memory_install(void) __attribute__((warn_unused_result));

#endif
