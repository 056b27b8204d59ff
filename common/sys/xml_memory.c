/* SPDX-License-Identifier: BSD-2-Clause */
#include "sys/xml_memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xmlmemory.h>

#define ALIGNMENT 16
#define BLOCK_SIZE (64u * 1024)
#define SPARE_MAX 16		/* empty blocks that are kept */

/* Begins at a multiple of BLOCK_SIZE and is one; only the first bytes of a
 * longer block are the beginning of a piece. */
struct block {
	struct block *next;	/* while it is a spare one */
	size_t size;		/* of all */
	size_t used;		/* this header and all pieces so far */
	size_t pieces;		/* that were not given up */
};

/* In front of each piece.  Its block is found by its address, not by anything
 * that an overrun could have written here. */
struct piece {
	size_t size;
	size_t unused;
};

_Static_assert(sizeof(struct block) % ALIGNMENT == 0, "alignment");
_Static_assert(sizeof(struct piece) == ALIGNMENT, "alignment");

static struct block *current;
static struct block *spare;
static size_t spares;
static size_t total;		/* of all blocks */

static size_t
round_up(size_t size, size_t unit)
{
	return (size + unit - 1) & ~(unit - 1);
}

static struct block *
block_of(void *memory)
{
	uintptr_t address = (uintptr_t)memory;

	return (struct block *)(address - address % BLOCK_SIZE);
}

static struct block *
block_new(size_t size)
{
	struct block *block = spare;

	size = round_up(size, BLOCK_SIZE);
	if (size == BLOCK_SIZE && block != NULL) {
		spare = block->next;
		spares--;
		return block;
	}
	if (size > XML_MEMORY_MAX - total)
		return NULL;
	block = aligned_alloc(BLOCK_SIZE, size);
	if (block == NULL)
		return NULL;
	total += size;
	*block = (struct block){ NULL, size, sizeof(*block), 0 };
	return block;
}

/* All its pieces were given up. */
static void
block_end(struct block *block)
{
	explicit_bzero(block + 1, block->used - sizeof(*block));
	block->used = sizeof(*block);
	if (block == current)
		return;
	if (block->size == BLOCK_SIZE && spares < SPARE_MAX) {
		block->next = spare;
		spare = block;
		spares++;
		return;
	}
	total -= block->size;
	free(block);
}

/* size is that of the piece with its header. */
static void *
cut(struct block *block, size_t size)
{
	struct piece *piece = (struct piece *)(void *)
	    ((uint8_t *)block + block->used);

	piece->size = size - sizeof(*piece);
	block->used += size;
	block->pieces++;
	return piece + 1;
}

void *
xml_memory_new(size_t size)
{
	struct block *block = current;

	if (size > XML_MEMORY_MAX)
		return NULL;
	size = round_up(size, ALIGNMENT) + sizeof(struct piece);
	if (block != NULL && size <= block->size - block->used)
		return cut(block, size);
	block = block_new(size + sizeof(*block));
	if (block == NULL)
		return NULL;
	/* A large piece has its block for itself.  There is a piece in the
	 * block that is left behind, or this one had fitted. */
	if (size <= BLOCK_SIZE / 4)
		current = block;
	return cut(block, size);
}

void
xml_memory_free(void *memory)
{
	struct block *block = block_of(memory);

	if (memory == NULL)
		return;
	block->pieces--;
	if (block->pieces == 0)
		block_end(block);
}

void *
xml_memory_resize(void *memory, size_t size)
{
	const struct piece *piece;
	void *larger;

	if (memory == NULL)
		return xml_memory_new(size);
	piece = (const struct piece *)memory - 1;
	if (size <= piece->size)
		return memory;
	larger = xml_memory_new(size);
	if (larger == NULL)
		return NULL;
	memcpy(larger, memory, piece->size);
	xml_memory_free(memory);
	return larger;
}

char *
xml_memory_copy(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = xml_memory_new(size);

	return copy == NULL ? NULL : memcpy(copy, text, size);
}

bool
xml_memory_install(void)
{
	return xmlMemSetup(xml_memory_free, xml_memory_new, xml_memory_resize,
	    xml_memory_copy) == 0;
}
