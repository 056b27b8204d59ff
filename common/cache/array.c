/* SPDX-License-Identifier: BSD-2-Clause */
#include "cache/writer_impl.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CAP_MIN 4096u
#define LARGE (2u * 1024 * 1024)	/* a page of the larger kind */
#define SMALL 4096u

void
array_advise(void *data, size_t len)
{
	uintptr_t from = ((uintptr_t)data + SMALL - 1) / SMALL * SMALL;
	uintptr_t to = ((uintptr_t)data + len) / SMALL * SMALL;

	/* What comes of it is the kernel's affair. */
	if (len >= 2 * LARGE)
		(void)madvise((uint8_t *)data + (from - (uintptr_t)data),
		    to - from, MADV_HUGEPAGE);
}

enum err
array_push(struct array *a, size_t len, void *ret_new)
{
	void **new = ret_new;
	size_t cap = a->cap < CAP_MIN ? CAP_MIN : a->cap;
	uint8_t *data;

	if (len > CACHE_SIZE_MAX - a->len)
		return ERR_TOO_LONG;
	while (cap < a->len + len)
		cap *= 2;
	if (cap != a->cap) {
		data = realloc(a->data, cap);
		if (data == NULL)
			return ERR_NOMEM;
		a->data = data;
		a->cap = cap;
		array_advise(data, cap);
	}
	*new = memset(a->data + a->len, 0, len);
	a->len += len;
	return ERR_OK;
}

enum err
array_put(struct array *a, const void *data, size_t len)
{
	void *new = NULL;
	enum err r = array_push(a, len, &new);

	if (r == ERR_OK)
		memcpy(new, data, len);
	return r;
}

void
array_free(struct array *a)
{
	free(a->data);
	*a = (struct array){ NULL, 0, 0 };
}
